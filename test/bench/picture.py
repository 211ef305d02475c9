"""The figures as a picture: panels of SVG, by gnuplot.

    picture.draw(results.rows, "build/bench")    bench.gp and bench.svg
"""
import shutil
import subprocess

def count_of(name):
    """The rules of "postern, 100 rules", or None."""
    words = name.replace(",", "").split()
    return int(words[-2]) if words[-1] == "rules" else None


def floor_lines(rows):
    lines = {}
    for row in rows:
        if row["section"] not in ("floor", "peers") or \
                row["per_connection"] == 1:
            continue
        count = count_of(row["name"])
        if count:
            lines.setdefault(row["name"].split(",")[0], []).append(
                (count, row["cpu_us"]))
    floor = [row["cpu_us"] for row in rows
             if row["section"] == "floor" and row["name"] == "floor"
             and row["per_connection"] > 1]
    if floor and lines:
        counts = sorted({count for line in lines.values()
                         for count, _ in line})
        lines["does nothing"] = [(count, floor[0]) for count in counts]
    return lines


def postfix_lines(rows):
    lines = {}
    for row in rows:
        if row["section"] == "postfix" and row["name"] != "no checks":
            lines.setdefault(row["name"], []).append(
                (row["rules"], row["added_us"]))
    return lines


def scan_lines(rows):
    lines = {}
    for row in rows:
        if row["section"] == "scan":
            for key, name in (("postmap_matching_us", "postmap"),
                              ("scan_matching_us", "postern scan")):
                lines.setdefault(name, []).append((row["rules"], row[key]))
    return lines


def engine_lines(rows, mail):
    lines = {}
    for row in rows:
        if row["section"] != "engines" or row["mail"] != mail:
            continue
        for key, name in (("matching_us", "postern"),
                          ("hyperscan_us", "Hyperscan"),
                          ("vectorscan_us", "Vectorscan")):
            if key in row:
                lines.setdefault(name, []).append((row["rules"], row[key]))
    return lines


def panels_of(rows):
    """[(title, label, lines)] of what was measured."""
    panels = [
        ("Filters, many mails a connection", "CPU us a mail",
         floor_lines(rows)),
        ("Behind a real Postfix", "CPU us a mail, added",
         postfix_lines(rows)),
        ("Matching alone", "CPU us a mail", scan_lines(rows))]
    for mail in dict.fromkeys(row["mail"] for row in rows
                              if row["section"] == "engines"):
        panels.append(("Matching: " + mail, "CPU us a mail",
                       engine_lines(rows, mail)))
    return [one for one in panels if one[2]]


def quoted(text):
    return "'%s'" % text.replace("'", "''")


def panel(number, title, label, lines):
    """Medians with their spread, both axes logarithmic."""
    data, plots = [], []
    for which, (name, points) in enumerate(lines.items()):
        block = "$d%d_%d" % (number, which)
        data.append("%s << EOD\n%sEOD\n" % (block, "".join(
            "%d %g %g %g\n" % (count, max(value["median"], 0.1),
                               max(value["least"], 0.1),
                               max(value["most"], 0.1))
            for count, value in sorted(points, key=lambda point: point[0]))))
        plots.append("%s using 1:2:3:4 with yerrorlines title %s" % (
            block, quoted(name)))
    return "%sset title %s\nset ylabel %s\nplot %s\n" % (
        "".join(data), quoted(title), quoted(label), ", ".join(plots))


def draw(rows, path):
    """Says what it drew, or why not."""
    panels = panels_of(rows)
    if not panels:
        return "no picture: nothing was measured by the number of rules"
    if not shutil.which("gnuplot"):
        return "no picture: gnuplot is not here"
    down, across = (len(panels) + 1) // 2, min(2, len(panels))
    script = ("set terminal svg size %d,%d font 'sans,11' background 'white'\n"
              "set output %s\nset logscale xy\nset grid\nset key outside below\n"
              "set xlabel 'rules'\nset multiplot layout %d,%d\n" % (
                  640 * across, 480 * down, quoted(path + ".svg"), down,
                  across))
    script += "".join(panel(number, *one)
                      for number, one in enumerate(panels))
    with open(path + ".gp", "w") as file:
        file.write(script + "unset multiplot\n")
    done = subprocess.run(["gnuplot", path + ".gp"], check=False,
                          stderr=subprocess.PIPE, universal_newlines=True)
    if done.returncode:
        return "no picture: " + done.stderr
    return path + ".svg"

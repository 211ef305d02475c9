"""Sections views and stream: what a reader sees, under load and at length."""
import os
import sys
import threading

import material
import scratch
from measure import (COUNTS, MESSAGES, PAIRS, cpu_of, load, peak, ratios,
                     record, say, spread, told)
from milter_client import Client
from milters import QUIET, WAYS, Turn, interleave, settings, show_milters
from postern import Filter, Postern

sys.path.insert(0, os.path.join(scratch.TOP, "test", "milter"))

import test_stream                                      # noqa: E402

# What text costs beside lines: it is decoded, converted, and looked at once
# more in another form.
DECODED = {"body_checks": "text_checks", "header_checks":
           "decoded_header_checks"}
STREAM_MB = int(os.environ.get("STREAM_MB", "1024"))
STREAM_KINDS = ("text", "base64", "html", "an attachment",
                test_stream.ATTACHMENT)
STREAM_MOST_KIB = 6 << 10
GROWTH_MOST = 1.25


def decoded(folder, count, **more):
    """The same rules, for what the reader sees."""
    return {**{DECODED.get(name, name): value for name, value in
               settings(folder, count).items()}, **more}


def views_section(results):
    """Rules for what a reader sees, beside the same ones for raw lines."""
    folder = scratch.Folder()
    mails = material.ordinary()
    path = record(folder / "packets", mails)
    folds = ["zero-width", "nfkc", "confusable"]
    daemons = [("floor", Filter(noreply=True))]
    for count in COUNTS:
        daemons += [
            ("raw, %d rules" % count, Postern(settings(folder, count))),
            ("decoded, %d rules" % count, Postern(decoded(folder, count)))]
    daemons.append(("folded, %d rules" % COUNTS[-1], Postern(
        decoded(folder, COUNTS[-1], fold=folds))))
    try:
        turns = [Turn(name, daemon, path, len(mails))
                 for name, daemon in daemons]
        interleave(turns)
        show_milters(results, "views", turns)
        by_name = {turn.name: turn for turn in turns}
        for way in WAYS:
            for count in COUNTS:
                raw, seen = (by_name["%s, %d rules" % (what, count)]
                             for what in ("raw", "decoded"))
                ratio = ratios(seen.cpu[way], raw.cpu[way])
                say("%d rules, %d mails a connection: decoded of raw %s" % (
                    count, way, told(ratio)))
                results.row("views", name="decoded of raw", rules=count,
                            per_connection=way, of_raw=ratio)
            few, many = (by_name["decoded, %d rules" % count]
                         for count in (COUNTS[0], COUNTS[-1]))
            results.target(
                8, "decoded, from %d rules to %d, m=%d" % (
                    COUNTS[0], COUNTS[-1], way),
                ratios(many.cpu[way], few.cpu[way]), GROWTH_MOST)
    finally:
        for _, daemon in daemons:
            daemon.stop()
        folder.close()
    attachments(results)


def find_below(pid, name):
    """The process of that name that another one started, or that one did."""
    with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
        children = [int(child) for child in file.read().split()]
    for child in children:
        with open("/proc/%d/comm" % child) as file:
            if file.read().strip() == name:
                return child
    found = [find_below(child, name) for child in children]
    return next(filter(None, found), None)


class Keeper:
    """The process that starts helpers: its CPU, and that of all it started,
    which may be told in hundredths of a second."""

    def __init__(self, pid):
        self.pid = find_below(pid, "postern-inspect")
        if self.pid is None:
            raise RuntimeError("nobody looks into attachments")

    def cpu(self):
        with open("/proc/%d/stat" % self.pid) as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK") \
            + cpu_of(self.pid)


def one_attachment_run(daemon, keeper, path):
    """Microseconds of CPU a message, of the daemon and of its helpers."""
    before = keeper.cpu() if keeper else 0
    took, result = load(daemon.address, path, MESSAGES, WAYS[-1],
                        [daemon.pid])
    if result["refused"]:
        raise RuntimeError("refused")
    helped = keeper.cpu() - before if keeper else 0
    return took, helped * 1e6 / MESSAGES


def attachments(results):
    """What attachment_checks add, to mails with an attachment and others."""
    folder = scratch.Folder()
    table = "pcre:" + os.path.join(scratch.TOP, "patterns",
                                   "attachment_checks")
    paths = {name: record(folder / name, mails) for name, mails in
             zip(("without", "with one"), material.attached())}
    conf = decoded(folder, COUNTS[-1])
    off = Postern(conf)
    on = Postern({**conf, "attachment_checks": [table]})
    try:
        keeper = Keeper(on.pid)
        runs = {}
        for _ in range(PAIRS + 1):
            for name, path in paths.items():
                for which in (off, on):
                    runs.setdefault((name, which is on), []).append(
                        one_attachment_run(which, which is on and keeper,
                                           path))
        say("\n%-24s %-22s %-22s %s" % (
            "mails, an attachment", "daemon, us more", "helpers, us",
            "daemon of without checks"))
        for name in paths:
            plain, seen = ([took for took, _ in runs[name, which][1:]]
                           for which in (False, True))
            helped = spread([more for _, more in runs[name, True][1:]])
            more = spread([a - b for a, b in zip(seen, plain)])
            ratio = ratios(seen, plain)
            say("%-24s %-22s %-22s %s" % (
                name, told(more, "%.0f"), told(helped, "%.0f"), told(ratio)))
            results.row("views", name="attachment_checks", mails=name,
                        more_us=more, helpers_us=helped, ratio=ratio)
    finally:
        off.stop()
        on.stop()
        folder.close()


class Spooled(threading.Thread):
    """Looks how large the temporary files of a process become."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.most, self.names = pid, 0, set()
        self.done = threading.Event()

    def run(self):
        while not self.done.wait(0.1):
            self.look()

    def look(self):
        folder = "/proc/%d/fd" % self.pid
        size = 0
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            try:
                link = os.readlink(path)
                if link.endswith(" (deleted)"):
                    size += os.stat(path).st_size
                    self.names.add(os.path.dirname(link))
            except OSError:
                pass
        self.most = max(self.most, size)




def stream_one(kind):
    """A large message behind a small one: KiB of memory for the small one,
    KiB more for the other, KiB of temporary files, seconds of CPU."""
    with Postern(test_stream.conf_of(kind)) as daemon:
        conv = Client(daemon.address, timeout=300).connect()
        conv.helo()
        test_stream.send(conv, kind, 100 << 10)
        small, before = peak(daemon.pid), cpu_of(daemon.pid)
        spooled = Spooled(daemon.pid)
        spooled.start()
        verdict = test_stream.send(conv, kind, STREAM_MB << 20)
        spooled.done.set()
        spooled.join()
        took, large = cpu_of(daemon.pid) - before, peak(daemon.pid)
        conv.quit()
    if not test_stream.is_right(kind, verdict):
        raise RuntimeError("%s: %s" % (kind, verdict))
    return small, large - small, spooled.most >> 10, took


def stream_section(results):
    """A message of a gigabyte, in the memory of a small one."""
    say("%-28s %8s %10s %10s %10s %10s" % (
        "%d MB of" % STREAM_MB, "KiB", "KiB more", "KiB on disk", "CPU s",
        "MB/s"))
    for kind in STREAM_KINDS:
        small, more, disk, took = stream_one(kind)
        say("%-28s %8d %10d %10d %10.1f %10.0f" % (
            kind, small, more, disk, took, STREAM_MB / max(took, 1e-9)))
        results.row("stream", message=kind, mb=STREAM_MB, kib=small,
                    kib_more=more, kib_on_disk=disk, cpu_s=took)
        results.target(9, "KiB more for %d MB of %s" % (STREAM_MB, kind),
                       {"median": more, "least": more, "most": more, "n": 1},
                       STREAM_MOST_KIB)

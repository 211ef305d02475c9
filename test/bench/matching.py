"""Sections scan, engines and literals: matching without a mail server."""
import os
import subprocess

import material
import scratch
from measure import (COUNTS, PAIRS, RUN_SECONDS, Coprocess, program, ratios,
                     record, run, say, spread, told)
from postern import write_conf

SCAN_LEAST = 500
ENGINES_MOST = 2.0

# postmap takes 86 ms a message at 10,000 rules: it gets some of the mail.
POSTMAP_SECONDS = 2.5
POSTMAP_US_PER_RULE = 9.0
SCANNED = 3000                  # messages in the mailbox


def tables(folder, name, texts):
    """Two files of rules, and a configuration that names them."""
    files = [folder.write("%s-%s" % (name, kind), text)
             for kind, text in zip(("header", "body"), texts)]
    conf = folder.write(name + ".conf", write_conf({
        "mode": "enforce", "user": "", "group": "", "reload_interval": 0,
        "body_checks_size_limit": 0, "header_checks": ["pcre:" + files[0]],
        "body_checks": ["pcre:" + files[1]]}))
    return files, conf


NO_RULES = ("# no rules\n", "# no rules\n")


# scan and postmap

def mbox(mails):
    """One file of many messages."""
    made = []
    for mail in mails:
        mail = mail.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
        made.append(b"From a@example.org Thu Feb 29 10:11:12 2024\n"
                    + mail.rstrip(b"\n") + b"\n\n")
    return b"".join(made)


def digest(mails):
    """One message of many, since postmap reads one: to it they are attached
    messages, whose fields header_checks see as those of any other."""
    made = [b"MIME-Version: 1.0\nContent-Type: multipart/mixed; "
            b"boundary=\"=_of_all\"\n\n"]
    for mail in mails:
        made.append(b"--=_of_all\nContent-Type: message/rfc822\n\n"
                    + mail.replace(b"\r\n", b"\n") + b"\n")
    return b"".join(made + [b"--=_of_all--\n"])


class Scan:
    """Seconds of CPU for the mailbox, and for one with nothing in it."""

    def __init__(self, folder, mails, turns):
        self.full = folder.write("mbox-%d" % len(mails), mbox(mails) * turns)
        self.none = folder.write("none.mbox", mbox([b"Subject: x\n\n\n"]))
        self.count = len(mails) * turns

    def take(self, conf):
        return [run([scratch.POSTERN, "scan", "-c", conf, path])
                for path in (self.full, self.none)]

    def per_mail(self, conf):
        full, none = self.take(conf)
        return (full - none) * 1e6 / self.count


class Postmap:
    """The same for postmap, with both kinds of table."""

    def __init__(self, folder, mails, turns):
        self.full = folder.write("digest-%d" % len(mails),
                                 digest(mails * turns))
        self.none = folder.write("none.eml", digest([b"Subject: x\n\n\n"]))
        self.count = len(mails) * turns

    def take(self, option, table, path):
        with open(path, "rb") as file:
            return run(["postmap", "-c", os.path.dirname(self.full), option,
                        "-", "pcre:" + table], stdin=file, allowed=(0, 1))

    def per_mail(self, files):
        took = 0
        for option, table in zip(("-hmq", "-bmq"), files):
            took += self.take(option, table, self.full) - \
                self.take(option, table, self.none)
        return took * 1e6 / self.count


def scan_round(one, other, ruled, empty):
    """Microseconds a message: all of scan, its matching, all of postmap, its
    matching.  What is left without rules is no matching."""
    scanned = one.per_mail(ruled[1])
    scanned_none = one.per_mail(empty[1])
    mapped = other.per_mail(ruled[0])
    mapped_none = other.per_mail(empty[0])
    return scanned, scanned - scanned_none, mapped, mapped - mapped_none


def scan_section(results):
    """`postern scan` beside `postmap -hmq` and `-bmq`."""
    folder = scratch.Folder()
    folder.write("main.cf", "compatibility_level = 3.6\n"
                 "mime_nesting_limit = 100\n")
    empty = tables(folder, "none", NO_RULES)
    every = material.ordinary()
    say("CPU us a mail, the reading of rules taken off; \"matching\": less "
        "what it takes without rules")
    say("%-8s %6s  %10s %10s  %12s %12s  %s" % (
        "rules", "mails", "scan", "matching", "postmap", "matching",
        "postmap's matching of scan's"))
    for count in COUNTS:
        ruled = tables(folder, "few%d" % count, material.few(count))
        most = int(POSTMAP_SECONDS * 1e6 / (POSTMAP_US_PER_RULE * count + 50))
        mails = every[::max(1, -(-len(every) // most))]
        other = Postmap(folder, mails, max(1, min(most, SCANNED)
                                           // len(mails)))
        pilot = Scan(folder, mails, 1).per_mail(ruled[1])
        one = Scan(folder, mails, max(1, min(
            SCANNED // len(mails),
            int(RUN_SECONDS * 1e6 / max(pilot, 1) / len(mails)))))
        rounds = [scan_round(one, other, ruled, empty) for _ in range(PAIRS)]
        scanned, matched, mapped, map_matched = zip(*rounds)
        # Where nothing is left, the noise is: a thousandth of scan's time.
        ratio = ratios(map_matched, [max(a, b / 1000) for a, b in
                                     zip(matched, scanned)])
        whole = ratios(mapped, scanned)
        say("%-8d %6d  %10.1f %10.1f  %12.1f %12.1f  %s; of all %s" % (
            count, len(mails), spread(scanned)["median"],
            spread(matched)["median"], spread(mapped)["median"],
            spread(map_matched)["median"], told(ratio, "%.0f"),
            told(whole, "%.0f")))
        results.row("scan", rules=count, mails=len(mails),
                    scan_us=spread(scanned), scan_matching_us=spread(matched),
                    postmap_us=spread(mapped),
                    postmap_matching_us=spread(map_matched),
                    matching_ratio=ratio, whole_ratio=whole)
        if count >= 1000:
            results.target(3, "postmap's matching of scan's, %d rules" % count,
                           ratio, SCAN_LEAST, False)
    folder.close()


# Engines

def vectorscan():
    """The folder of its library, fetched and unpacked into the build folder:
    the package cannot be installed beside Hyperscan's."""
    top = os.path.join(scratch.BUILD, "vectorscan")
    if not os.path.isdir(top):
        part = top + ".part"
        os.makedirs(part, exist_ok=True)
        for argv in (["apt-get", "download", "-qq", "libvectorscan5"],
                     ["sh", "-c", "dpkg -x libvectorscan5_*.deb ."]):
            if subprocess.run(argv, cwd=part, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL,
                              check=False).returncode:
                return None
        os.rename(part, top)
    for folder, _, names in os.walk(top):
        if "libhs.so.5" in names:
            return folder
    return None


def engines():
    """[(name, environment)] of those that can run."""
    if not os.path.exists(program("multi")):
        say("Hyperscan: skipped, test/bench/peers/multi.c was not built "
            "(libhyperscan-dev)")
        return []
    found = [("Hyperscan", {})]
    folder = vectorscan()
    if folder:
        found.append(("Vectorscan", {"LD_LIBRARY_PATH": folder}))
    else:
        say("Vectorscan: skipped, its package could not be fetched")
    for name, env in found:
        say("%s: %s" % (name, subprocess.run(
            [program("multi")], env={**os.environ, **env}, check=True,
            stdout=subprocess.PIPE, universal_newlines=True).stdout.strip()))
    return found


class Contest:
    """The content path with and without rules, and engines on the same."""

    def __init__(self, folder, packets, mails, texts, peers):
        files, conf = tables(folder, "contest", texts)
        _, empty = tables(folder, "empty", NO_RULES)
        self.names = [name for name, _ in peers]
        self.all = []
        try:
            self.all.append(Coprocess(
                [program("content"), packets, empty, conf], 2))
            for _, env in peers:
                self.all.append(Coprocess(
                    [program("multi"), packets] + files, 1, env))
            self.refused = [opened for one in self.all
                            for _, opened in one.opened]
            self.seconds = [seconds for one in self.all
                            for seconds, _ in one.opened]
            self.turns = [self.choose(one, mails) for one in self.all]
        except BaseException:
            self.close()
            raise
        self.rounds = []

    @staticmethod
    def choose(one, mails):
        """Turns that take long enough for a figure, and no longer."""
        took = sum(one.ask(1)) / 1e9 * mails
        return max(1, min(300, int(RUN_SECONDS / 4 / max(took, 1e-6))))

    def run(self):
        """Microseconds a mail: of matching, of the path alone, of each
        engine."""
        empty, ruled = self.all[0].ask(self.turns[0])
        row = [(ruled - empty) / 1000, empty / 1000]
        for one, turns in zip(self.all[1:], self.turns[1:]):
            row.append(one.ask(turns)[0] / 1000)
        self.rounds.append(row)

    def close(self):
        for one in self.all:
            one.__exit__(None, None, None)


def show_contest(results, name, count, contest):
    matched, path, *others = zip(*contest.rounds)
    if len(set(contest.refused[1:])) > 1:
        say("DIFFERENT: not all refuse as many messages")
    text = "%-20s %6d  %9.1f %9.1f  refused %d" % (
        name, count, spread(path)["median"], spread(matched)["median"],
        contest.refused[1])
    row = {"mail": name, "rules": count, "path_us": spread(path),
           "matching_us": spread(matched), "refused": contest.refused[1:]}
    for which, (peer, values) in enumerate(zip(contest.names, others)):
        ratio = ratios(matched, values)
        text += "\n%38s %9.1f  refused %d, opened in %.1f s; postern's of it " \
            "%s" % (peer, spread(values)["median"], contest.refused[2 + which],
                    contest.seconds[2 + which], told(ratio))
        row[peer.lower() + "_us"] = spread(values)
        row["of_" + peer.lower()] = ratio
        if peer == "Hyperscan" and count >= 1000 and name != "ordinary":
            results.target(5, "matching of Hyperscan's, %s, %d rules" % (
                name, count), ratio, ENGINES_MOST)
    say(text)
    results.row("engines", **row)


def engines_section(results):
    """Matching beside Hyperscan and Vectorscan.

    Ordinary mail, rules of common words, and large mails.
    """
    folder = scratch.Folder()
    ordinary, large = material.ordinary(64), material.large(8)
    record(folder / "ordinary", ordinary)
    record(folder / "large", large)
    peers = engines()
    say("CPU us a mail; of postern: the content path with tables that have no "
        "rules, and\nwhat the rules add; of the others: buffers of many lines, "
        "PCRE2 confirms")
    say("%-20s %6s  %9s %9s" % ("", "rules", "path", "matching"))
    for name, mails, which, make in (
            ("ordinary", ordinary, "ordinary", material.few),
            ("common words", ordinary, "ordinary", material.common),
            ("110 KB", large, "large", material.few),
            ("110 KB, common words", large, "large", material.common)):
        for count in COUNTS:
            # Refused, what is planted shows that they find it.
            texts = [text.replace("WARN planted", "REJECT planted")
                     for text in make(count)]
            contest = Contest(folder, folder / which, len(mails), texts,
                              peers)
            try:
                for _ in range(PAIRS):
                    contest.run()
                show_contest(results, name, count, contest)
            finally:
                contest.close()
    folder.close()


# Literals

def literals_section(results):
    """A pcre table of plain addresses and domains, beside a hash."""
    folder = scratch.Folder()
    count = 10000
    words = material.Words("literals")
    keys = ["%s@%s.example" % (words.odd(), words.odd()) if n % 2 else
            "%s.%s.example" % (words.odd(), words.odd()) for n in range(count)]
    keys = sorted(set(keys), key=lambda key: hash_of(key))
    exact = folder.write("exact", "".join(
        "/^%s$/ REJECT %d\n" % (key.replace(".", r"\."), n)
        for n, key in enumerate(keys)))
    hashed = folder.write("hashed", "".join(
        "%s REJECT %d\n" % item for item in zip(keys, range(count))))
    # Most keys of a mail server are in no table.
    asked = folder.write("asked", "".join(
        (key if n % 16 == 0 else "x" + key) + "\n"
        for n, key in enumerate(keys[::5])))
    with Coprocess([program("find"), asked, "hash:" + hashed,
                    "pcre:" + exact], 2) as process:
        found = [opened for _, opened in process.opened]
        if found[0] != found[1]:
            raise RuntimeError("hash: finds %d, pcre: %d" % tuple(found))
        turns = max(1, int(0.3e9 / (sum(process.ask(1)) * len(keys) / 5)))
        rounds = [process.ask(turns) for _ in range(PAIRS)]
    plain, pattern = zip(*rounds)
    ratio = ratios(pattern, plain)
    say("%d literal rules, ns a lookup: hash: %.0f, pcre: %.0f; %s times" % (
        len(keys), spread(plain)["median"], spread(pattern)["median"],
        told(ratio)))
    results.row("literals", rules=len(keys), hash_ns=spread(plain),
                pcre_ns=spread(pattern), ratio=ratio)
    folder.close()


def hash_of(key):
    """An order that is no order, always the same."""
    return sum(ord(letter) * 31 ** n for n, letter in enumerate(key)) % 65521

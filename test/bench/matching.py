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
LITERALS_MOST = 1.0

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

ENDS = ("com", "net", "org", "de", "info", "co.uk", "example")

# What a rule says of a key, and how a subject that is not it comes near.
LITERAL_FORMS = {
    "/^key$/": (lambda key: "/^%s$/" % key, lambda key: "x" + key),
    "/[@.]key$/": (lambda key: "/[@.]%s$/" % key, lambda key: "x" + key),
    "/key/": (lambda key: "/%s/" % key, lambda key: key[:-1] + "q"),
}


class Literals:
    """Keys for a table of one form, and what a class of access asks."""

    def __init__(self, form, asker, count):
        self.words = material.Words("literals " + form + asker)
        self.form, self.asker = form, asker
        self.whole = form == "/^key$/"
        keys = {self.key() for _ in range(count)}
        self.keys = sorted(keys, key=hash_of)

    def key(self):
        odd = self.words.odd
        end = self.words.random.choice(ENDS)
        if not self.whole:
            return "%s%s.%s" % (odd(), odd(), end)
        return "%s%s%s.%s" % (odd(), "." if self.asker == "client" else "@",
                              odd(), end)

    def subject(self, key):
        if not self.whole:
            key = ("mx.%s" if self.asker == "client" else "%s@%%s"
                   % self.words.odd()) % key
        return key + (" 192.0.2.%d" % (len(key) * 5)
                      if self.asker == "client" else "")

    def tables(self, folder):
        rule = LITERAL_FORMS[self.form][0]
        return ["hash:" + folder.write("hashed", "".join(
            "%s REJECT %d\n" % (key, n) for n, key in enumerate(self.keys))),
                "pcre:" + folder.write("exact", "".join(
                    "%s REJECT %d\n" % (rule(key.replace(".", r"\.")), n)
                    for n, key in enumerate(self.keys)))]

    def asked(self, folder, near):
        """Most keys of a mail server are in no table."""
        almost = LITERAL_FORMS[self.form][1]
        lines = []
        for n, key in enumerate(self.keys[::5]):
            if n % 16:
                key = almost(key) if near else self.key()
            lines.append(self.subject(key) + "\n")
        return folder.write("asked", "".join(lines))


def literals_measure(literals, near):
    """Rounds of nanoseconds in hash: and in pcre:."""
    folder = scratch.Folder()
    argv = [program("find")]
    if literals.asker:
        argv += ["-a", literals.asker]
    try:
        with Coprocess(argv + [literals.asked(folder, near)]
                       + literals.tables(folder), 2) as process:
            found = [opened for _, opened in process.opened]
            if found[0] != found[1] or not found[0]:
                raise RuntimeError("hash: finds %d, pcre: %d" % tuple(found))
            turns = max(1, int(0.1e9 / (sum(process.ask(1))
                                        * len(literals.keys) / 5)))
            return [process.ask(turns) for _ in range(PAIRS)]
    finally:
        folder.close()


def literals_section(results):
    """A pcre table of plain addresses and domains, beside a hash.

    A map is asked for each key of access(5)'s order until one is found, a
    table of patterns for the whole name or address: what counts is what a
    question costs.  One search is what one such key costs.  What is not in the
    table is as random as what is in it, or nearly a key of it.
    """
    count = 10000
    say("%d literal rules, ns, and pcre's of hash's" % count)
    for asker in ("", "sender", "client"):
        for form in list(LITERAL_FORMS)[:None if asker else 1]:
            literals = Literals(form, asker, count)
            for near in (False, True):
                what = "%s, %s, %s" % (
                    asker + "_access" if asker else "one search", form,
                    "near misses" if near else "others")
                plain, pattern = zip(*literals_measure(literals, near))
                ratio = ratios(pattern, plain)
                say("%-40s hash: %4.0f, pcre: %4.0f; %s times" % (
                    what, spread(plain)["median"], spread(pattern)["median"],
                    told(ratio)))
                results.row("literals", what=what, rules=len(literals.keys),
                            hash_ns=spread(plain), pcre_ns=spread(pattern),
                            ratio=ratio)
                if asker:
                    results.target("-", "pcre: of hash:, " + what, ratio,
                                   LITERALS_MOST)


def hash_of(key):
    """An order that is no order, always the same."""
    return sum(ord(letter) * 31 ** n for n, letter in enumerate(key)) % 65521

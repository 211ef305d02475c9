#!/usr/bin/env python3
"""postern query beside postmap, on random tables, keys and messages.

Tables of every type, odd on purpose (test/lib/random_tables.py), in files, in
names, and made of others.  Compared are what is printed, the exit status, and
the numbers of the lines that are warned about: those that are skipped are
among them.  What differs is made small before it is printed: lines of the
table and keys are left out while the answers still differ.

    test_postmap.py [SEED [LOOKUPS]]
"""
import concurrent.futures
import itertools
import os
import random
import re
import shutil
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(TOP, "test", "lib"))

import random_tables as tables                          # noqa: E402
import scratch                                          # noqa: E402
from shrink import shrink                               # noqa: E402

MAIL = os.path.join(TOP, "..", "shared", "mail")
LOOKUPS = 100000
KEYS = 250          # of a table
SHOWN = 5           # failures; the rest are counted

# What only we warn about, or Postfix without a line number.
ONLY_OURS = re.compile(rb"an indented line continues|a NUL byte in the line|"
                       rb"begins with white space|the result is empty|"
                       rb"not looked up|the result is not UTF-8")


# ---- messages

MESSAGES = [
    b"", b"\n", b"\r\n", b"A: b", b"A: b\n", b"A: b\n\n", b"A : b\nfoo\nB: c\n",
    b" x\nA: b\n\nc\n", b"From me\nA: b\n\n", b"A: a\0b\n c\0d\nB\0: c\n\nd\n",
    b"A: a\n b\n\tc\n\na\0b\n\nlast", b"A:\n\n\n\n", b"Subject: a\r\n b\r\n\r\na\r\n",
    b"A: " + b"x" * 102390 + b"\n abcd\n dropped\nB: " + b"b" * 150000 +
    b"\n dropped\n\n" + b"c" * 300000 + b"\n",
    b"Content-Type: multipart/mixed; boundary=x\n\npre\n--x\nA: a\n b\n\nabc\n"
    b"--x\nContent-Type: message/rfc822\n\nSubject: a\n\nabc\n--x--\nbody\n",
    b"Content-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: a\n\nabc\n"
    b"--x\nno header\n\nabc\n",
]


def message(rng):
    lines = [b"Content-Type: multipart/mixed; boundary=\"b\""]
    for _ in range(rng.randint(0, 30)):
        lines.append(tables.pick(
            rng, (3, b""), (3, b"--b"), (0.5, b"--b--"),
            (4, lambda: tables.letters(rng, 8)), (2, lambda: b"A: " + tables.letters(rng, 4)),
            (1, b" folded a"), (0.5, b"B : c"), (0.3, b"\xe9\xff"),
            (0.5, b"Content-Type: message/rfc822"), (0.2, b"ab\0c")))
    return b"\r\n".join(lines) + b"\r\n" if rng.random() < 0.5 else \
        b"\n".join(lines) + b"\n"


def stored_mails(rng):
    names = sorted(os.path.join(folder, name)
                   for folder, _, files in os.walk(MAIL) for name in files
                   if not name.endswith(".md"))
    for name in rng.sample(names, min(60, len(names))):
        with open(name, "rb") as file:
            yield file.read()


# ---- both programs

def run(command, text):
    answer = subprocess.run(command, input=text, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, timeout=60, check=False)
    return answer.returncode, answer.stdout, answer.stderr


def warned_lines(stderr):
    """The numbers of lines in "FILE, line N: " and "FILE:N: "."""
    lines = [line for line in stderr.splitlines() if not ONLY_OURS.search(line)]
    numbers = [re.search(rb", line (\d+): |^[^:]*:(\d+): ", line)
               for line in lines]
    return sorted({int(n.group(1) or n.group(2)) for n in numbers if n})


class Outcome:
    def __init__(self, wrong, lookups, found, error):
        self.wrong, self.lookups = wrong, lookups
        self.found, self.error = found, error


class Case:
    """Questions to both, and what is to be the same in the answers.

    keys are the lines of the input, or the lines of a message where flags are
    "h" or "b", or the single key that is given as an argument.  lines are
    those of the file of the table, where it has one of its own; built means
    that postmap makes a database of it first, and warns then.  message is the
    name of a file with the keys, which only ours can read.
    """

    def __init__(self, folder, table, keys, flags="", single=False, path=None,
                 lines=None, end=b"\n", last=b"\n", built=False,
                 warnings=True, message=None):
        self.folder, self.table, self.flags = folder, table, flags
        self.keys, self.single = keys, single
        self.path, self.lines, self.end, self.last = path, lines, end, last
        self.built, self.warnings = built, warnings and not built
        self.message = message

    def write(self):
        if self.lines is None:
            return
        text = self.end.join(self.lines) + (self.last if self.lines else b"")
        self.folder.write(os.path.basename(self.path), text)
        if self.built:
            status, _, words = run(["postmap", "-c", self.folder.path,
                                    self.table], b"")
            if status != 0:
                raise RuntimeError(words)

    def commands(self):
        key = self.keys[0] if self.single else b"-"
        postmap = ["postmap", "-c", self.folder.path]
        postmap += ["-%smq" % self.flags if self.flags else "-q", key,
                    self.table]
        ours = [scratch.POSTERN, "query"]
        ours += {"h": ["--header"], "b": ["--body"]}.get(self.flags, [])
        return postmap, ours + [self.table, self.message or key]

    def compare(self):
        text = b"" if self.single else b"".join(
            key + b"\n" for key in self.keys) if not self.flags else \
            b"\n".join(self.keys)
        theirs, ours = (run(command, text) for command in self.commands())
        status = 2 if b" fatal: " in theirs[2] else theirs[0]
        wrong = []
        if ours[0] != status:
            wrong.append("exit status %d, wanted %d" % (ours[0], status))
        # What postmap found before it died stays in its buffer.
        if status != 2 and ours[1] != theirs[1]:
            wrong.append("printed %r\n  wanted %r" % (ours[1], theirs[1]))
        if self.warnings and status != 2 and \
                warned_lines(ours[2]) != warned_lines(theirs[2]):
            wrong.append("warnings %r\n  wanted %r" % (ours[2], theirs[2]))
        return Outcome(wrong, len(self.keys) if status != 2 else 0,
                       len(ours[1].splitlines()), status == 2)

    def fails_with(self, name, items):
        # Without a key postmap does not even open the table.
        if name == "keys" and not items:
            return False
        before = getattr(self, name)
        setattr(self, name, items)
        self.write()
        failed = bool(self.compare().wrong)
        setattr(self, name, before)
        return failed

    def shrink(self):
        """Keys first: each of them costs less than a line."""
        self.message = None
        if not self.compare().wrong:
            return
        for name in ("keys", "lines", "keys"):
            if getattr(self, name) is not None and not (
                    self.single and name == "keys"):
                setattr(self, name, shrink(
                    getattr(self, name),
                    lambda items, name=name: self.fails_with(name, items)))
                self.write()

    def show(self):
        self.shrink()
        print("%r%s:" % (self.table, " (-%s)" % self.flags
                         if self.flags else ""))
        for what in self.compare().wrong:
            print("  " + what)
        print("  keys: %r" % self.keys)
        if self.lines is not None:
            print("  the table: %r" % self.end.join(self.lines))


# ---- cases

FILES = {"pcre": tables.pcre_lines, "regexp": tables.regexp_lines,
         "cidr": tables.cidr_lines, "texthash": tables.hash_lines,
         "hash": tables.hash_lines, "btree": tables.hash_lines,
         "cdb": tables.hash_lines, "lmdb": tables.hash_lines}

# postmap makes a database of them first.
BUILT = "hash", "btree", "cdb", "lmdb"


def keys_for(rng, kind, lines):
    if kind == "cidr":
        return tables.cidr_keys(rng, KEYS)
    if kind == "lmdb":
        # To postmap, an empty key (or a NUL) is fatal there.
        return [key for key in tables.hash_keys(rng, KEYS)
                if key and not key.startswith(b"\0")]
    if kind not in ("pcre", "regexp"):
        return tables.hash_keys(rng, KEYS)
    keys = tables.pattern_keys(rng, KEYS)
    # A pattern that refers back takes seconds for one of thousands.
    if any(b"\\1" in line or b"\\2" in line for line in lines):
        keys = [key for key in keys if len(key) < 100]
    return keys


def file_cases(folder, rng, n, kind):
    lines = FILES[kind](rng)
    name = "table%d" % n
    path = folder / name
    table = kind.encode() + b":" + path.encode()
    about = {"path": path, "lines": lines, "built": kind in BUILT,
             "end": b"\r\n" if rng.random() < 0.1 else b"\n"}
    about["last"] = about["end"] if rng.random() < 0.9 else b""
    case = Case(folder, table, keys_for(rng, kind, lines), **about)
    case.write()
    yield case
    if kind in ("pcre", "regexp") and rng.random() < 0.3:
        yield Case(folder, table, tables.odd_pattern_keys(rng, 20), **about)
    if rng.random() < 0.1:
        for key in (b"", b"a", b"\xff")[kind == "lmdb":]:
            yield Case(folder, table, [key], single=True, **about)


def name_case(folder, rng, kind):
    if kind == "inline":
        return Case(folder, tables.inline_name(rng),
                    tables.hash_keys(rng, KEYS), warnings=False)
    lines = FILES[kind](rng)
    return Case(folder, tables.rules_name(rng, kind.encode(), lines),
                keys_for(rng, kind, lines), warnings=False)


def table_cases(folder, seed):
    """Without end."""
    kinds = ["pcre", "regexp", "cidr", "texthash", "pcre", "regexp", "hash",
             "tables", "cdb", "regexp", "btree", "name", "lmdb"]
    parts = [kind.encode() + b":" + folder.write(kind, text).encode()
             for kind, text in PARTS]
    for part in parts:
        if part.split(b":")[0].decode() in BUILT:
            run(["postmap", "-c", folder.path, part], b"")
    for n in itertools.count():
        rng = random.Random("%d table %d" % (seed, n))
        kind = kinds[n % len(kinds)]
        if kind == "name":
            yield name_case(folder, rng, rng.choice(
                ["inline", "pcre", "regexp", "cidr"]))
        elif kind == "tables":
            for _ in range(3):
                table = tables.tables_name(rng, parts)
                keys = [tables.simple_key(rng) for _ in range(KEYS // 3)]
                yield Case(folder, table, [key for key in keys if key or
                                           b"lmdb:" not in table],
                           warnings=False)
        else:
            yield from file_cases(folder, rng, n, kind)


# What unionmap: and pipemap: are made of, beside what stands in their names.
PARTS = [("pcre", b"/^a(.*)/ b$1\nif /b/\n/B/i A\n/c$/\nendif\n"),
         ("regexp", b"/(.)(.)/!/x/ $2$1\n/^.$/ ab\n"),
         ("cidr", b"10.0.0.0/8 a\n"), ("texthash", b"a b\nB abc\nx A\n"),
         ("hash", b"a ab\nab a\n"), ("btree", b"b x\nbc a, b\n"),
         ("cdb", b"a x\nc ab\n"), ("lmdb", b"ab b\nx a\n")]

NAMES = [b"static:x", b"static:{ x y }", b"static:{x", b"static:{}",
         b"pcre:{{/a/ x}, {/b/ $$}}", b"pcre:{/a/ x}", b"pcre:{}",
         b"regexp:{{/a/!/b/ x}}", b"regexp:{/a/ x}", b"regexp:{}",
         b"cidr:{{10.0.0.0/8 x} {10.0.0.1/8 y}}", b"x:y", b"pcre:",
         b"pcre:/nonexistent", b"regexp:/nonexistent",
         b"texthash:/nonexistent", b"texthash:{a=b}", b"static:\xff",
         b"fail:x", b"fail:", b"fail:{", b"unionmap:x", b"unionmap:{}",
         b"unionmap:{ , }", b"pipemap:{}", b"unionmap:{x}", b"pipemap:{:x}",
         b"unionmap:{static:x}y", b"unionmap:{{static:x}}",
         b"pipemap:{static:a fail:x}", b"unionmap:{x:y static:a}",
         b"unionmap:{pcre:/nonexistent}",
         b"unionmap:{static:x pcre:{{/A/i y} {/a/i z}}}",
         b"unionmap:{pcre:{{/A/i y} {/a/i z}} static:x}"]


def name_cases(folder):
    for table in NAMES:
        for keys in ([b"a", b"A", b"10.0.0.1", b""], [b"\xc3\x89"]):
            yield Case(folder, table, keys, warnings=False)


def message_cases(folder, seed, count):
    """All of it, and what a table with groups makes of it."""
    rng = random.Random("%d messages" % seed)
    every = b"pcre:" + folder.write("every", b"/^/ -\n").encode()
    some = folder.write(
        "some", b"if !/^X/\n/a(.)(.*)$/ <$1>\n/^$/ empty\n/\\r$/ cr\nendif\n"
        b"/\xe9/ bytes\n/^A:.*\\n/ folded\n").encode()
    messages = MESSAGES + [message(rng) for _ in range(count)]
    for n, text in enumerate(messages + list(stored_mails(rng))):
        # postmap drops a last line that ends in \xff without LF.
        if text.endswith(b"\xff"):
            text += b"\n"
        message_file = folder.write("mail%d" % n, text) if n % 4 == 0 else None
        for flags in "hb":
            yield Case(folder, rng.choice([every, b"pcre:" + some,
                                           b"regexp:" + some]),
                       text.split(b"\n"), flags, message=message_file)


def usage():
    """The exit statuses that postmap has no like of."""
    wrong = 0
    for arguments, status in (
            (["--help"], 0), ([], 2), (["static:x"], 2), (["--nonsense"], 2),
            (["static:x", "a", "b"], 2), (["--header", "--body", "static:x",
             "-"], 2), (["--header", "static:x", "/nonexistent"], 2),
            (["--body", "static:x", "/"], 2), (["static:x", "--"], 0),
            (["--", "static:x", "--"], 0)):
        got, _, words = run([scratch.POSTERN, "query"] + arguments, b"")
        if got != status:
            print("query %r: exit status %d, wanted %d: %r" % (
                arguments, got, status, words))
            wrong += 1
    return wrong == 0


def compare_all(cases, wanted, failed):
    """Until so many lookups were compared, or there are no more cases;
    counts of runs, lookups, keys found and errors."""
    counts = [0, 0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        while wanted is None or counts[1] < wanted:
            some = list(itertools.islice(cases, 60))
            if not some:
                break
            for case, done in zip(some, pool.map(Case.compare, some)):
                counts = [a + b for a, b in zip(counts, [
                    1, done.lookups, done.found, done.error])]
                if done.wrong:
                    failed.append(case)
            if len(failed) >= SHOWN:
                break
    return counts


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else LOOKUPS
    if shutil.which("postmap") is None:
        scratch.skip("no postmap")
    folder = scratch.Folder()
    failed = []
    try:
        folder.write("main.cf",
                     "compatibility_level = 3.6\nsmtputf8_enable = yes\n")
        counts = compare_all(table_cases(folder, seed), wanted, failed)
        compare_all(itertools.chain(
            name_cases(folder), message_cases(folder, seed, 50)), None, failed)
        for case in failed[:SHOWN]:
            case.show()
    finally:
        folder.close()
    print("seed %d: %d tables, %d lookups, %d keys found, %d tables with an "
          "error; %s as postmap" % (
              (seed,) + tuple(counts) +
              ("%d not" % len(failed) if failed else "all",)))
    return 0 if usage() and not failed and counts[1] >= wanted and \
        counts[2] > wanted // 10 else 1


if __name__ == "__main__":
    sys.exit(main())

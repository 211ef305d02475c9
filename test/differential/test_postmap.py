#!/usr/bin/env python3
"""postern query beside postmap, on random tables, keys and messages.

Tables are odd on purpose: nested and broken IFs, negation, odd delimiters,
continuation lines, comments, bad lines, duplicates, CRLF, NUL, bytes that are
no ASCII or no UTF-8.  Compared are what is printed, the exit status, and the
numbers of the lines that are warned about.

    test_postmap.py [SEED [TABLES]]
"""
import concurrent.futures
import os
import random
import re
import shutil
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(TOP, "test", "lib"))

import scratch  # noqa: E402  (the path above leads to it)

MAIL = os.path.join(TOP, "..", "shared", "mail")
E_ACUTE = "\xe9".encode()
KEYS = 30

# What only we warn about, or Postfix without a line number.
ONLY_OURS = re.compile(rb"an indented line continues|a NUL byte in the line|"
                       rb"begins with white space|the result is empty|"
                       rb"not looked up|the result is not UTF-8")


def pick(rng, *weighted):
    """One of the (weight, value) pairs; a callable value is called."""
    value = rng.choices([v for _, v in weighted], [w for w, _ in weighted])[0]
    return value() if callable(value) else value


def letters(rng, most, alphabet=b"abcAB"):
    return bytes(rng.choice(alphabet) for _ in range(rng.randint(0, most)))


# ---- pcre

def atom(rng):
    return pick(
        rng, (8, lambda: letters(rng, 2)), (2, b"."), (1, b"[ab]"),
        (1, b"[^a]"), (1, b"\\/"), (1, b"\\|"), (1, E_ACUTE), (1, b"\\x41"),
        (2, lambda: b"(" + regex(rng) + b")"), (1, b"(a)|(b)"),
        (1, b"(?:ab)"), (1, b"\\bc"), (1, b" "))


def regex(rng):
    text = b""
    for _ in range(rng.randint(1, 3)):
        text += atom(rng) + pick(rng, (6, b""), (1, b"*"), (1, b"+"),
                                 (1, b"?"), (1, b"{2}"))
    return pick(rng, (3, b""), (1, b"^")) + text + \
        pick(rng, (3, b""), (1, b"$"))


def bad_regex(rng):
    return rng.choice([b"(", b"a)", b"[a", b"*a", b"a{2}{", b"(?<n", b"\\",
                       b"(?P>x)", b"a**+"])


def pattern(rng, broken=0.06):
    text = bad_regex(rng) if rng.random() < broken else regex(rng)
    delimiter = pick(rng, (12, b"/"), (1, b"|"), (1, b"'"), (1, b"#"),
                     (1, b","), (1, b"\""), (1, b"%"), (1, b"\xc3"))
    flags = b"".join(pick(rng, (9, b""), (1, b"i"), (1, b"s"), (1, b"m"),
                          (1, b"x"), (1, b"A"), (1, b"E"), (1, b"U"),
                          (0.3, b"X"), (0.15, b"q"), (0.1, b"/"))
                     for _ in range(2))
    end = b"" if rng.random() < broken / 3 else delimiter
    negation = pick(rng, (8, b""), (2, b"!"), (0.5, b"! "), (0.5, b"!!"),
                    (0.3, b"! ! !"))
    if delimiter == b"#" and not negation:
        negation = b"!!"
    return negation + delimiter + text + end + flags


def result(rng):
    return pick(
        rng, (6, lambda: b"REJECT " + letters(rng, 3)), (3, b"x $1 y"),
        (2, b"<${1}$(2)>"), (1, b"$1a"), (1, b"$$1 $$"), (1, b"$$$1$$"),
        (0.4, b"$0"), (0.4, b"$3"), (0.3, b"${1"), (0.3, b"$ 1"),
        (0.3, b"${a}"), (0.3, b"${1${1}}"), (0.3, b"${}"), (0.3, b"$01"),
        (0.3, b""), (0.5, lambda: b"caf" + E_ACUTE), (0.2, b"x $"),
        (0.2, b"$_1"), (0.1, b"\xff"))


def odd_line(rng):
    return rng.choice([b"# comment", b"   # comment", b"", b"  \t ",
                       b"unknown request", b"endiffy", b"if1 /a/", b"/",
                       b"!", b"!  ", b"//", b"// empty", b"if", b"IF !",
                       b"/a\0b/ nul", b"/a/ b\0c", b"\0"])


def pcre_lines(rng):
    lines, depth = [], 0
    if rng.random() < 0.04:
        lines.append(b"  indented first")
    for _ in range(rng.randint(1, 12)):
        kind = pick(rng, (10, "rule"), (2.5, "if"), (3 if depth else 0.3,
                    "endif"), (1.2, "odd"), (1, "continue"))
        if kind == "rule":
            lines.append(pattern(rng) + pick(rng, (5, b" "), (1, b"\t "),
                         (0.1, b"")) + result(rng))
        elif kind == "if":
            depth += 1
            lines.append(pick(rng, (3, b"if "), (1, b"IF"), (1, b"iF\t")) +
                         pattern(rng) + pick(rng, (9, b""), (1, b" junk")))
        elif kind == "endif":
            depth = max(depth - 1, 0)
            lines.append(pick(rng, (5, b"endif"), (1, b"ENDIF"),
                              (0.5, b"endif junk"), (0.2, b"endif/")))
        elif kind == "odd":
            lines.append(odd_line(rng))
        elif lines:
            lines.append(pick(rng, (1, b" "), (1, b"\t")) + pick(
                rng, (2, b"more"), (1, lambda: pattern(rng) + b" x"),
                (1, b"endif"), (1, b"$1")))
    while depth and rng.random() < 0.8:
        depth -= 1
        lines.append(b"endif")
    return lines


def pcre_keys(rng):
    keys = [b"", b"a", b"ab c", b"a\0b", E_ACUTE, "\xc9".encode(), b"\xff"]
    for _ in range(KEYS):
        key = letters(rng, 6, b"abcAB /|")
        if rng.random() < 0.05:
            key += E_ACUTE
        if rng.random() < 0.03:
            key += b"\r"
        keys.append(key)
    return keys


# ---- cidr

def address(rng, bits=None):
    """An address of few; with its host bits cleared where bits are given."""
    if rng.random() < 0.6:
        parts = [10, rng.choice([0, 1, 128]), 0, rng.choice([0, 1, 2, 255])]
        number, size = int.from_bytes(bytes(parts), "big"), 32
    else:
        number = rng.choice([0, 1, 0x20010db8 << 96, 0xfe80 << 112,
                             0xffff0a000001]) | rng.choice([0, 1, 1 << 64])
        size = 128
    if bits is not None:
        bits = min(bits, size)
        number = number >> (size - bits) << (size - bits)
    if size == 32:
        text = ".".join(str(b) for b in number.to_bytes(4, "big"))
    else:
        words = ["%x" % (number >> shift & 0xffff)
                 for shift in range(112, -16, -16)]
        text = ":".join(words)
        if rng.random() < 0.5:
            text = re.sub(r"(^|:)0(:0)+(:|$)", "::", text, count=1)
    return text.upper().encode() if rng.random() < 0.2 else text.encode(), \
        bits


def network(rng):
    if rng.random() < 0.08:
        return rng.choice([b"10.0.0.1/8", b"10.0.0.0/33", b"10.0.0.0/",
                           b"10.0.0.0/a", b"example.com", b"10.0.0",
                           b"2001:db8::1/32", b"::/129", b"[10.0.0.0/8",
                           b"[10.0.0.0]x", b"010.0.0.0/8", b"10.0.0.0/+8",
                           b"10.0.0.0/8/8", b":::/8", b"", b"[]",
                           b"[10.0.0.0/8]/8", b"10.0.0.0 /8"])
    bits = rng.choice([None, 0, 1, 7, 8, 9, 15, 16, 24, 25, 31, 32, 33, 48,
                       64, 65, 127, 128])
    text, bits = address(rng, bits)
    if bits is None:
        return pick(rng, (3, text), (1, b"[" + text + b"]"))
    length = b"%d" % bits
    return pick(rng, (4, text + b"/" + length),
                (1, b"[" + text + b"]/" + length),
                (1, b"[" + text + b"/" + length + b"]"),
                (0.3, text + b"/0" + length[:2]))


def cidr_lines(rng):
    lines, depth = [], 0
    for _ in range(rng.randint(1, 12)):
        kind = pick(rng, (10, "rule"), (3, "if"), (3 if depth else 0.3,
                    "endif"), (0.7, "odd"), (0.5, "continue"))
        not_it = pick(rng, (5, b""), (2, b"!"), (0.5, b"! ! "), (0.5, b"! "))
        if kind == "rule":
            lines.append(not_it + network(rng) + pick(
                rng, (9, b" "), (1, b"\t")) + pick(
                rng, (9, lambda: b"r" + letters(rng, 3)), (1, b"$1 $$"),
                (0.3, b"")))
        elif kind == "if":
            depth += 1
            lines.append(pick(rng, (3, b"if "), (1, b"IF "), (1, b"if")) +
                         (not_it or b" ") + network(rng) + pick(
                             rng, (15, b""), (1, b" junk")))
        elif kind == "endif":
            depth = max(depth - 1, 0)
            lines.append(pick(rng, (8, b"endif"), (1, b"ENDIF"),
                              (0.5, b"endif junk")))
        elif kind == "odd":
            lines.append(rng.choice([b"# x", b"", b"if", b"if !", b"!",
                                     b"foo", b"endif2", b"if2 10.0.0.0/8"]))
        elif lines:
            lines.append(rng.choice([b"  more", b"\t10.0.0.0/8 x"]))
    while depth and rng.random() < 0.8:
        depth -= 1
        lines.append(b"endif")
    return lines


def cidr_keys(rng):
    return [address(rng)[0] for _ in range(KEYS)] + [
        b"", b"localhost", b"10.0.0", b"10.0.0.1 ", b"[10.0.0.1]", b"\xff",
        b"010.0.0.1", b"::ffff:10.0.0.1", b"fe80::1%lo", b"::", b"0.0.0.0",
        b"10.0.0.1\r", b"10.0.0.1\0", b"1" * 100, b"2001:db8::" + b"0" * 40]


# ---- hash, texthash, inline

WORDS = ["a", "b", "A", "ab", "aB", "user@Example.com", "\xe9", "\xc9",
         "\xdf", "ss", "SS", "\u03a3", "\u03c2", "\u03c3", "\u212a", "k",
         "\u0130", "\u0390", "\ufb01", "fi", "\u1e9e", "\U00010400",
         "\U00010428", "key:", "\"a b\"", "\"A b\"@c", "\"a\\\"b\"", "a\\ b",
         "\"\"", "a\"b c\"d", "if", "!x", "/a/", "10.0.0.1", "#x", "x#y"]


def word(rng):
    text = rng.choice(WORDS)
    if rng.random() < 0.3:
        text += rng.choice(WORDS)
    return text.encode()


def hash_lines(rng):
    lines = []
    if rng.random() < 0.05:
        lines.append(b" indented first")
    for n in range(rng.randint(1, 25)):
        lines.append(pick(
            rng, (20, lambda: word(rng) + pick(rng, (5, b" "), (1, b"\t  "),
                                               (0.3, b"\f")) +
                  rng.choice([b"v%d", b"two words %d", b"\"q %d",
                              b"\xc3\xa9 %d", b"# %d", b"$1 %d"]) % n),
            (1, b"# comment"), (1, b"  # comment"), (1, b""),
            (1, b" continued"), (0.5, b"novalue"), (0.5, b"\"unclosed x"),
            (0.5, b"bad\xff utf"), (0.3, b"tail\\"), (0.3, b"nu\0l x"),
            (0.3, b"nul x\0y")))
    return lines


def hash_keys(rng):
    return [word(rng) for _ in range(KEYS)] + [
        b"", b"a\0b", b"a\xff", b"a ", b" a", b"a\r", b"novalue", b"nu"]


def inline_name(rng):
    pairs = []
    for n in range(rng.randint(1, 6)):
        key, value = word(rng).decode(), "v%d" % n
        pairs.append(pick(
            rng, (4, key + "=" + value), (3, "{" + key + " = " + value + " w}"),
            (1, "{ " + key + "={" + value + "} }"), (0.2, key),
            (0.2, key + "="), (0.2, "{" + key + "=x")))
    return ("inline:{" + rng.choice(["", " "]) + rng.choice(
        [", ", " ", ","]).join(pairs) + rng.choice(["", " "]) +
        rng.choice(["}"] * 15 + ["", "x"])).encode()


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
        lines.append(pick(
            rng, (3, b""), (3, b"--b"), (0.5, b"--b--"),
            (4, lambda: letters(rng, 8)), (2, lambda: b"A: " + letters(rng, 4)),
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


class Case:
    """One question to both, and what is to be the same in the answers.
    message is the name of a file with the keys, which only ours can read."""

    def __init__(self, folder, table, flags="", keys=None, key=None,
                 warnings=True, message=None):
        self.folder, self.table, self.flags = folder, table, flags
        self.text = b"" if keys is None else keys
        self.key, self.warnings = b"-" if key is None else key, warnings
        self.message = message

    def commands(self):
        postmap = ["postmap", "-c", self.folder.path]
        postmap += ["-%smq" % self.flags if self.flags else "-q", self.key,
                    self.table]
        ours = [scratch.POSTERN, "query"]
        ours += {"h": ["--header"], "b": ["--body"]}.get(self.flags, [])
        return postmap, ours + [self.table, self.message or self.key]

    def compare(self):
        theirs, ours = (run(command, self.text)
                        for command in self.commands())
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
        if wrong:
            print("%r (%s, %r):" % (self.table, self.flags, self.key))
            print("  " + "\n  ".join(wrong))
            self.show_table()
        return not wrong, len(ours[1].splitlines()), status == 2

    def show_table(self):
        path = self.table.split(b":", 1)[1]
        if os.path.exists(path):
            with open(path, "rb") as file:
                print("  the table: %r" % file.read())


def table_cases(folder, seed, count):
    kinds = {"pcre": (pcre_lines, pcre_keys), "cidr": (cidr_lines, cidr_keys),
             "texthash": (hash_lines, hash_keys)}
    for n in range(count):
        kind = rng_kind(n)
        rng = random.Random("%d table %d" % (seed, n))
        make_lines, make_keys = kinds[kind]
        end = b"\r\n" if rng.random() < 0.1 else b"\n"
        text = end.join(make_lines(rng)) + (end if rng.random() < 0.9
                                            else b"")
        path = folder.write("table%d" % n, text).encode()
        keys = make_keys(rng)
        lines = b"".join(key + b"\n" for key in keys)
        table = kind.encode() + b":" + path
        yield Case(folder, table, keys=lines)
        if n % 10 == 0:
            for key in (b"", b"a", b"\xff"):
                yield Case(folder, table, key=key)
        if kind == "texthash" and n % 3 == 0:
            status, _, words = run(["postmap", "-c", folder.path,
                                    b"hash:" + path], b"")
            if status != 0:
                raise RuntimeError(words)
            # The database was made before it is asked: no warnings now.
            yield Case(folder, b"hash:" + path, keys=lines, warnings=False)


def rng_kind(n):
    return ("pcre", "pcre", "cidr", "texthash")[n % 4]


def name_cases(folder, seed, count):
    for n in range(count):
        rng = random.Random("%d inline %d" % (seed, n))
        keys = b"".join(key + b"\n" for key in hash_keys(rng))
        yield Case(folder, inline_name(rng), keys=keys, warnings=False)
    for table in (b"static:x", b"static:{ x y }", b"static:{x", b"static:{}",
                  b"pcre:{{/a/ x}, {/b/ $$}}", b"pcre:{/a/ x}", b"pcre:{}",
                  b"cidr:{{10.0.0.0/8 x} {10.0.0.1/8 y}}", b"x:y", b"pcre:",
                  b"pcre:/nonexistent", b"texthash:/nonexistent",
                  b"texthash:{a=b}", b"static:\xff"):
        yield Case(folder, table, keys=b"a\nb\n10.0.0.1\n\n", warnings=False)


def message_cases(folder, seed, count):
    """All of it, and what a table with groups makes of it."""
    rng = random.Random("%d messages" % seed)
    every = b"pcre:" + folder.write("every", b"/^/ -\n").encode()
    some = b"pcre:" + folder.write(
        "some", b"if !/^X/\n/a(.)(.*)$/s <$1>\n/^$/ empty\n/\\r$/ cr\nendif\n"
        b"/\xe9/ bytes\n/^A:.*\\n/ folded\n").encode()
    messages = MESSAGES + [message(rng) for _ in range(count)]
    for n, text in enumerate(messages + list(stored_mails(rng))):
        # postmap drops a last line that ends in \xff without LF.
        if text.endswith(b"\xff"):
            text += b"\n"
        message_file = folder.write("mail%d" % n, text) if n % 4 == 0 else None
        for flags in "hb":
            yield Case(folder, rng.choice([every, some]), flags, text,
                       message=message_file)


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


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    if shutil.which("postmap") is None:
        scratch.skip("no postmap")
    folder = scratch.Folder()
    try:
        folder.write("main.cf",
                     "compatibility_level = 3.6\nsmtputf8_enable = yes\n")
        work = list(table_cases(folder, seed, count))
        work += name_cases(folder, seed, count // 8)
        work += message_cases(folder, seed, count // 8)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            done = list(pool.map(Case.compare, work))
    finally:
        folder.close()
    good = [case[0] for case in done]
    print("seed %d: %d runs, %d keys found, %d runs with an error; %d not as "
          "postmap" % (seed, len(good), sum(case[1] for case in done),
                       sum(case[2] for case in done), good.count(False)))
    return 0 if usage() and all(good) and sum(case[1] for case in done) > count else 1


if __name__ == "__main__":
    sys.exit(main())

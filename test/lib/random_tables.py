"""Random tables and keys, odd on purpose: nested and broken IFs, negation, odd
delimiters, continuation lines with comments between them, bad lines,
duplicates, NUL, very long lines, bytes that are no ASCII or no UTF-8.

A table is a list of lines without their ends; everything comes from the
random.Random that is passed.
"""
import re

E_ACUTE = "\xe9".encode()


def pick(rng, *weighted):
    """One of the (weight, value) pairs; a callable value is called."""
    value = rng.choices([v for _, v in weighted], [w for w, _ in weighted])[0]
    return value() if callable(value) else value


def letters(rng, most, alphabet=b"abcAB"):
    return bytes(rng.choice(alphabet) for _ in range(rng.randint(0, most)))


# ---- pcre and regexp

def atom(rng, posix):
    if posix and rng.random() < 0.25:
        return rng.choice([b"[[:upper:]]", b"[^[:alpha:]]", b"[]a]", b"[a-c]",
                           b"[[.a.]b]", b"\\(a\\)", b"\\1", b"\\<a", b"b\\>",
                           b"(a|ab)(c|bcd)", b"()", b"[\\n]", b"\\."])
    return pick(
        rng, (8, lambda: letters(rng, 2)), (2, b"."), (1, b"[ab]"),
        (1, b"[^a]"), (1, b"\\/"), (1, b"\\|"), (1, E_ACUTE), (1, b"\\x41"),
        (2, lambda: b"(" + regex(rng, posix) + b")"), (1, b"(a)|(b)"),
        (1, b"(?:ab)"), (1, b"\\bc"), (1, b" "))


def regex(rng, posix):
    text = b""
    for _ in range(rng.randint(1, 3)):
        text += atom(rng, posix) + pick(rng, (6, b""), (1, b"*"), (1, b"+"),
                                        (1, b"?"), (1, b"{2}"))
    return pick(rng, (3, b""), (1, b"^")) + text + \
        pick(rng, (3, b""), (1, b"$"))


def bad_regex(rng):
    return rng.choice([b"(", b"a)", b"[a", b"*a", b"a{2}{", b"(?<n", b"\\",
                       b"(?P>x)", b"a**+", b"[[:foo:]]", b"a{2,1}", b"\\(",
                       b"[b-a]", b"\\2", b"a{x}", b"^*", b"a{,2}"])


def flag(rng, posix):
    if posix:
        return pick(rng, (9, b""), (1, b"i"), (1, b"m"), (0.7, b"x"),
                    (0.2, b"s"), (0.1, b"X"), (0.1, b"/"))
    return pick(rng, (9, b""), (1, b"i"), (1, b"s"), (1, b"m"), (1, b"x"),
                (1, b"A"), (1, b"E"), (1, b"U"), (0.3, b"X"), (0.15, b"q"),
                (0.1, b"/"))


def pattern(rng, posix, broken=0.06):
    text = bad_regex(rng) if rng.random() < broken else regex(rng, posix)
    delimiter = pick(rng, (12, b"/"), (1, b"|"), (1, b"'"), (1, b"#"),
                     (1, b","), (1, b"\""), (1, b"%"), (1, b"\xc3"))
    flags = flag(rng, posix) + flag(rng, posix)
    end = b"" if rng.random() < broken / 3 else delimiter
    negation = pick(rng, (8, b""), (2, b"!"), (0.5, b"! "), (0.5, b"!!"),
                    (0.3, b"! ! !"))
    if delimiter == b"#" and not negation:
        negation = b"!!"
    return negation + delimiter + text + end + flags


def patterns(rng, posix):
    """One, or the two of regexp's /a/!/b/; pcre complains of the latter."""
    text = pattern(rng, posix)
    if rng.random() < (0.25 if posix else 0.02):
        second = pattern(rng, posix)
        text += (b"" if second[:1] == b"!" else b"!") + second
    return text


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


def pattern_lines(rng, posix):
    lines, depth = [], 0
    if rng.random() < 0.04:
        lines.append(b"  indented first")
    for _ in range(rng.randint(1, 12)):
        kind = pick(rng, (10, "rule"), (2.5, "if"), (3 if depth else 0.3,
                    "endif"), (1.2, "odd"), (1, "continue"))
        if kind == "rule":
            lines.append(patterns(rng, posix) + pick(rng, (5, b" "), (1, b"\t "),
                         (0.1, b"")) + result(rng))
        elif kind == "if":
            depth += 1
            lines.append(pick(rng, (3, b"if "), (1, b"IF"), (1, b"iF\t")) +
                         patterns(rng, posix) + pick(
                             rng, (9, b""), (1, b" junk")))
        elif kind == "endif":
            depth = max(depth - 1, 0)
            lines.append(pick(rng, (5, b"endif"), (1, b"ENDIF"),
                              (0.5, b"endif junk"), (0.2, b"endif/")))
        elif kind == "odd":
            lines.append(odd_line(rng))
        elif lines:
            if rng.random() < 0.2:
                lines.append(rng.choice([b"# between", b"", b"  # too"]))
            lines.append(pick(rng, (1, b" "), (1, b"\t")) + pick(
                rng, (0.3, b"long " * 3000), (2, b"more"), (1, lambda: pattern(rng, posix) + b" x"),
                (1, b"endif"), (1, b"$1")))
    while depth and rng.random() < 0.8:
        depth -= 1
        lines.append(b"endif")
    return lines


def pcre_lines(rng):
    return pattern_lines(rng, False)


def regexp_lines(rng):
    return pattern_lines(rng, True)


def pattern_keys(rng, count):
    keys = [b"", b"a", b"ab c", b"a\0b", b"ab" * 2500]
    while len(keys) < count:
        key = letters(rng, 6, b"abcAB /|")
        if rng.random() < 0.03:
            key += b"\r"
        keys.append(key)
    return keys


def odd_pattern_keys(rng, count):
    """Those for which a group may hold half a character: postmap -q ends."""
    return [E_ACUTE, "\xc9".encode(), b"\xff"] + [
        letters(rng, 4) + E_ACUTE + letters(rng, 2) for _ in range(count)]


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
                (0.5, b"caf" + E_ACUTE),
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
            if rng.random() < 0.3:
                lines.append(rng.choice([b"# between", b"", b"  # too"]))
            lines.append(rng.choice([b"  more", b"\t10.0.0.0/8 x",
                                     b" long" * 3000]))
    while depth and rng.random() < 0.8:
        depth -= 1
        lines.append(b"endif")
    return lines


def cidr_keys(rng, count):
    return [address(rng)[0] for _ in range(count)] + [
        b"", b"localhost", b"10.0.0", b"10.0.0.1 ", b"[10.0.0.1]", b"\xff",
        b"010.0.0.1", b"::ffff:10.0.0.1", b"fe80::1%lo", b"::", b"0.0.0.0",
        b"10.0.0.1\r", b"10.0.0.1\0", b"1" * 100, b"2001:db8::" + b"0" * 40]


# ---- hash, texthash, btree, inline

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
            (1, b" continued"), (0.1, b" and long" * 2000), (0.5, b"novalue"), (0.5, b"\"unclosed x"),
            (0.5, b"bad\xff utf"), (0.3, b"tail\\"), (0.3, b"nu\0l x"),
            (0.3, b"nul x\0y")))
    return lines


def hash_keys(rng, count):
    return [word(rng) for _ in range(count)] + [
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


# ---- rules in a name, and tables of tables

def balanced(line):
    depth = 0
    for byte in line:
        depth += (byte == ord("{")) - (byte == ord("}"))
        if depth < 0:
            return False
    return depth == 0


def rules_name(rng, kind, lines):
    """TYPE:{ {rule}, {rule} } of those lines that may stand there."""
    rules = [pick(rng, (5, b"{"), (1, b"{ ")) + line + b"}"
             for line in lines if balanced(line) and b"\0" not in line]
    return kind + b":{ " + rng.choice([b", ", b" ", b","]).join(rules) + b" }"


def simple_table(rng, files):
    """A table without much wrong in it, nothing but ASCII in its results:
    what is no UTF-8 ends a lookup of postmap within such a table.  files are
    names of tables on disk."""
    return pick(
        rng, (2, b"static:x"), (1, b"static:{x y}"), (0.3, b"fail:x"),
        (2, b"inline:{a=b, b=ab, ab=a, {A = AB}}"),
        (2, b"inline:{b=A x=b c=x}"), (1, b"inline:{bad"),
        (2, b"pcre:{{/^(a|b)(.*)/ $2$1} {/c/i b}}"), (1, b"pcre:{{/b/}}"),
        (2, b"regexp:{{/(a|ab)(c|b)?/!/x/ $1} {/B/i x}}"),
        (1, b"regexp:{{!/b/ A}}"), (1, b"cidr:{{10.0.0.0/8 a}}"),
        (4, lambda: rng.choice(files)))


def tables_name(rng, files, depth=0):
    parts = []
    for _ in range(rng.randint(1, 3)):
        if depth < 2 and rng.random() < 0.15:
            parts.append(tables_name(rng, files, depth + 1))
        else:
            part = simple_table(rng, files)
            # One that cannot be had is the end of all.
            if part != b"inline:{bad" or rng.random() < 0.1:
                parts.append(part)
    return rng.choice([b"unionmap:{", b"pipemap:{"]) + rng.choice(
        [b", ", b",", b" "]).join(parts) + pick(rng, (20, b"}"), (0.3, b""),
                                                (0.3, b"}x"))


def simple_key(rng):
    return letters(rng, 3, b"abcABx")

"""Messages that carry their own actions, for test_pairs.py.

A mark `{{LISTS ACTION}}` in a field or a line is what the tables of MARKS make
an action of, in the lists that its letters name: p header_checks, m
mime_header_checks, n nested_header_checks, b body_checks.
"""
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "differential"))
import test_mime                                        # noqa: E402

MARKS = r"/\{\{\w*%s\w* (.*)\}\}/ $1" + "\n"
LISTS = {"header_checks": "p", "mime_header_checks": "m",
         "nested_header_checks": "n", "body_checks": "b"}

# Each does something of its own; what ends a message comes last.
EDITS = [
    "PREPEND X-P: v", "PREPEND Subject: above", "REPLACE X-R: v",
    "REPLACE Subject: v", "REPLACE X-1:v", "REPLACE X-1:", "STRIP",
    "STRIP text", "IGNORE", "PREPEND Received: from nowhere",
    "REPLACE Received: from nowhere", "REPLACE X-R:  two  blanks  ",
    "prepend X-P: lower", "PREPEND X-2: v", "REPLACE X-2: v",
    "REPLACE Content-Type: text/plain", "PREPEND MIME-Version: 2.0",
    "PREPEND X-Fold: a\n b", "REPLACE X-Fold: a\n\tb", "REPLACE .",
    "PREPEND .", "REPLACE --b", "PREPEND --b--",
]
QUIET = [
    "WARN", "WARN text", "INFO", "INFO text", "DUNNO", "OK", "PREPEND",
    "REPLACE", "PREPEND no field", "REPLACE no field", "nonsense", "DEFER",
    "550 text", "REDIRECT", "REDIRECT nobody", "BCC", "BCC nobody", "bcc",
    "REPLACE : x", "PREPEND :x", "BCC b@example.net and more",
    "BCC <b@example.net>", "BCC b@", "BCC b@example.net;c",
]
ENVELOPE = [
    "HOLD", "HOLD reason", "BCC b@example.net", "BCC c@example.net",
    "BCC to@example.net", "BCC a b@example.net", "BCC b@example.net ",
    "BCC b@example.org, c@example.net", "BCC \"b\"@example.net",
]
ENDS = [
    "REJECT", "REJECT text", "REJECT 5.7.9 text", "REJECT 4.3.0 text",
    "REJECT 2.0.0 text", "DISCARD", "DISCARD text",
    "REDIRECT r@example.net", "PASS", "PASS text", "reject lower",
]
ACTIONS = EDITS + QUIET + ENVELOPE + ENDS


def mark(action, lists="pmnb"):
    return "{{%s %s}}" % (lists, action)


def some_mark(rng):
    group = rng.choices([EDITS, QUIET, ENVELOPE, ENDS], [70, 15, 10, 2])[0]
    lists = rng.choice(["pmnb", "pmnb", "p", "m", "n", "b", "pm"])
    return mark(rng.choice(group), lists)


def add_marks(rng, lines, often):
    """At the ends of lines, where they do not hide a boundary."""
    for n, line in enumerate(lines):
        if rng.random() < often and not line.startswith("--"):
            lines[n] = line + " " + some_mark(rng)
    return lines


def header(rng):
    """The top of a message: several of each name, folded, odd blanks."""
    lines = []
    for _ in range(rng.randint(1, 9)):
        name = rng.choice(["Subject", "Received", "X-1", "X-1", "X-2", "x-1",
                           "X-Fold", "Message-ID", "From"])
        line = name + rng.choice([": ", ": ", ":", ":\t", " : "]) + "v"
        if rng.random() < 0.2:
            line += "\n" + rng.choice([" ", "\t"]) + "folded"
        lines.append(line)
    return add_marks(rng, lines, 0.5)


def plain(rng):
    lines = [rng.choice(["text", "", ".", "Subject: x", " x", "x" * 3000])
             for _ in range(rng.randint(0, 8))]
    return "\n".join(header(rng) + [""] + add_marks(rng, lines, 0.4)) + "\n"


def structured(rng):
    """As test_mime has them: hostile, and with marks."""
    text = test_mime.Writer(rng).message().decode("latin-1")
    # No filter is shown a Content-Length.
    text = text.replace("\r", "").replace("Content-Length", "Content-Other")
    lines = text.rstrip("\n").split("\n")
    return "\n".join(header(rng) + add_marks(rng, lines, 0.25)) + "\n"


def random_message(seed):
    rng = random.Random(seed)
    text = (plain if rng.random() < 0.4 else structured)(rng)
    return text.encode("latin-1")


# MIME as somebody would write it who wants to be misread

def part(boundary, *lines):
    return "--%s\n%s\n" % (boundary, "\n".join(lines))


def nested(levels, inner):
    """Multipart in multipart; with the message itself `levels` deep."""
    text = inner
    for n in reversed(range(levels)):
        text = "Content-Type: multipart/mixed; boundary=b%d.\n\npre\n" \
            "--b%d.\n%s--b%d.--\n" % (n, n, text, n)
    return text


def hostile():
    """(name, message): each part has a field and a line to be changed."""
    inner = "X-In: a %s\n\nin %s\n" % (mark("REPLACE X-In: seen"),
                                       mark("REPLACE seen"))
    b = "Content-Type: multipart/mixed; boundary="
    yield "no boundary", "Content-Type: multipart/mixed\n\n--\n" + inner
    yield "boundary never comes", b + "b\n\ntext\n" + inner
    yield "boundary again", b + "b\n\n--b\n--b\n--b\n\n--b\n" + inner + \
        "--b--\n--b\n" + inner + "--b--\n--b--\n"
    yield "closed and open again", b + "b\n\n--b\n" + inner + \
        "--b--\nafter\n--b\n" + inner
    yield "two boundaries", b + "one; boundary=two\n\n--two\n" + inner + \
        "--one\n" + inner + "--two--\n" + inner
    yield "two types", b + "one\n" + b + "two\n\n--one\n" + inner + \
        "--two\n" + inner
    yield "inner boundary is outer's begin", b + "bb\n\n--bb\n" + b + \
        "b\n\n--b\n" + inner + "--bb\n" + inner + "--b--\n" + inner
    yield "outer boundary is inner's begin", b + "b\n\n--b\n" + b + \
        "bb\n\n--bb\n" + inner + "--b\n" + inner
    yield "same boundary inside", b + "b\n\n--b\n" + b + "b\n\n--b\n" + \
        inner + "--b--\n" + inner + "--b--\n"
    for size in (70, 71, 2047, 2048, 2049, 3000):
        name = "L" * size
        yield "boundary of %d" % size, b + name + "\n\n--" + name + "\n" + \
            inner + "--" + name[:2048] + "X\n" + inner + "--" + name + "--\n"
    yield "boundary with junk", b + "b\n\n--b junk\n" + inner + \
        "--b--junk\n" + inner
    yield "boundary in quotes", b + "\"a b\\\"c\"\n\n--a b\"c\n" + inner
    yield "quote not closed", b + "\"a b\n\n--a b\n" + inner
    yield "empty boundary", b + "\"\"\n\n--x\n" + inner + "--\n" + inner
    yield "comments", "Content-Type: (c) multipart (c(d)) / (e) mixed ; " \
        "(f) boundary (g) = (h) b (i)\n\n--b\n" + inner
    yield "folded type", "Content-Type:\n multipart/mixed\n ;\n\tboundary" \
        "=b\n\n--b\n" + inner
    yield "digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\n" \
        + inner + "--b\nX-H: h\n\n" + inner + "--b\nContent-Type: text/" \
        "plain\n\n" + inner
    yield "message in base64", b + "b\n\n--b\nContent-Type: message/rfc822" \
        "\nContent-Transfer-Encoding: base64\n\n" + inner
    yield "message at the top", "Content-Type: message/rfc822\n\n" + inner
    yield "message twice", "Content-Type: message/rfc822\n\nContent-Type: " \
        "message/rfc822\n\n" + inner
    yield "message/partial", "Content-Type: message/partial\n\n" + inner
    yield "headers without bodies", b + "b\n\n--b\nX-1: a %s\n--b\nX-2: b %s" \
        "\n--b--\n" % (mark("STRIP"), mark("PREPEND X-3: c"))
    yield "no header in a part", b + "b\n\n--b\nno header %s\n" % mark(
        "STRIP") + inner
    yield "header to the end", b + "b\n\n--b\nX-1: a %s" % mark("STRIP")
    yield "header at the end of nested", "Content-Type: message/rfc822\n\n" \
        "X-1: a %s\nX-2: b" % mark("REPLACE X-1: c")
    yield "MIME header anywhere", "X-1: a\n" + b + "b\nMIME-Version: 1.0 %s" \
        "\nContent-ID: x %s\n\n--b\nContent-Length: 5 %s\n\nx\n" % (
            mark("STRIP", "p"), mark("STRIP", "m"), mark("STRIP", "m"))
    for action in ("REJECT", "DISCARD", "HOLD", "REDIRECT r@example.net",
                   "PASS", "STRIP"):
        deep = nested(6, "X-In: %s\n\nin %s\n" % (mark(action, "m"),
                                                 mark(action, "b")))
        yield "too deep, then " + action, deep
        yield "too deep, before it " + action, \
            "X-1: %s\n" % mark(action, "p") + deep
        yield "too deep, at it " + action, nested(4, "Content-Type: multi" \
            "part/mixed; boundary=b9.; %s\n\nx\n" % mark(action, "m"))
        yield "too deep, long after " + action, \
            deep + "x\n" * 2000 + mark(action, "b")
    for levels in range(1, 7):
        yield "nested %d" % levels, nested(levels, inner)
        yield "messages %d" % levels, \
            "Content-Type: message/rfc822\n\n" * levels + inner

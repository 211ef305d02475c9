"""Cases for test_pairs.py: messages, by header_checks and its kin."""
import re

import pair_messages
from pair_messages import mark
from pairs import Case

# What the messages' own marks do not reach.
FIXED = "/^Received: from own-received\\.example /\tREJECT seen\n"

NESTING = 3


def content_main_cf(write):
    return {name: "pcre:" + write(name, pair_messages.MARKS % letter + FIXED)
            for name, letter in pair_messages.LISTS.items()} | {
                "mime_nesting_limit": NESTING}


def content_lists(write):
    return {name: ["pcre:" + write(name, pair_messages.MARKS % letter
                                   + FIXED)]
            for name, letter in pair_messages.LISTS.items()}


def every_action():
    """Each in each place, with something behind it that it may prevent."""
    for action in pair_messages.ACTIONS:
        do, later = mark(action), mark("REJECT later")
        yield "header " + action, "From: x\nSubject: hi %s\nTo: y\n\nb %s\n" \
            % (do, later)
        yield "header only " + action, "From: x\nSubject: hi %s\n\nb\n" % do
        # A fold would end the line of the body.
        do = do.replace("\n", " ")
        yield "body " + action, "From: x\n\nbody\nb %s\nlast\n" % do
        yield "mime " + action, "From: x\nContent-Type: multipart/mixed; " \
            "boundary=b\n\npre\n--b\nSubject: z\nContent-Type: message/" \
            "rfc822; x=\"%s\"\n\nSubject: q %s\n\nx\n--b--\n" % (do, do)


# (name, fields and lines with actions in <>)
TOGETHER = """
third Received|Received: a <STRIP>;Received: b;Received: c <STRIP>;Received: d
renames|A: 1 <REPLACE B: 1>;B: 2 <STRIP>;A: 3 <REPLACE A: 3>;B: 4 <REPLACE A: 4>
above|A: 1 <PREPEND A: a>;A: 2 <PREPEND A: b>;A: 3 <REPLACE A: c>;A: 4 <STRIP>
above itself|A: 1;B: 2 <PREPEND B: 0>;B: 3 <REPLACE B: 4>;B: 5 <STRIP>;B: 6
all gone|A: <STRIP>;B: <IGNORE>;C: <STRIP>
case of names|a: 1 <STRIP>;A: 2;a: 3 <REPLACE A: 4>;A: 5 <REPLACE a: 6>
emptied|A: 1 <REPLACE A:>;B: <REPLACE C:>;B: x <PREPEND D:>;A: 2 <REPLACE A:>
blank value|A: b <REPLACE A: >;A: <REPLACE A:   >;A: <REPLACE A:\t>
becomes Bcc|A: <REPLACE Bcc: x>;B: <REPLACE Content-Length: 1>;C: d
is given a Bcc|A: <PREPEND Bcc: x>;B: <PREPEND Return-Path: x>
between dropped|Bcc: a;Bcc: b;S: 1 <STRIP>;Content-Length: 1;S: 2 <REPLACE S: 3>
BCC thrice|A: <BCC a@example.net>;B: <BCC b@example.net>;C: <BCC a@example.net>
BCC a recipient|A: <BCC to@example.net>;B: <BCC TO@example.net>
REDIRECT ends it|A: <BCC a@example.net>;B: <REDIRECT r@example.net>;C: <STRIP>
REDIRECT first|A: <REDIRECT r@example.net>;B: <REDIRECT s@example.net>
HOLD and REDIRECT|A: <HOLD>;B: <REDIRECT r@example.net>
HOLD and REJECT|A: <HOLD>;B: <REJECT>
HOLD and DISCARD|A: <HOLD>;B: <DISCARD>
HOLD, BCC and edits|A: <HOLD>;B: <BCC b@example.net>;C: <STRIP>;D: <REPLACE E: f>
HOLD twice|A: <HOLD one>;B: <HOLD two>
PASS and REJECT|A: <PASS>;B: <REJECT>
edits before PASS|A: <STRIP>;B: <PASS>;C: <STRIP>
obsolete|A : x <REPLACE A: y>;A\t:y <STRIP>;A :z;B : <PREPEND C: d>
odd arguments|A: <REPLACE  x y: z>;B: <REPLACE \t X: z>;C: <PREPEND  X:y>
8 bits|A: \xe9 <REPLACE A: \xe8>;B: \xff
""".strip().split("\n")


def together():
    for line in TOGETHER:
        name, text = line.split("|")
        text = text.replace("\\t", "\t").replace("\\xe9", "\xe9")
        text = re.sub("<([^>]*)>", lambda found: mark(found[1]), text)
        yield name, "\n".join(text.split(";")) + "\n\nbody\n"
        yield name + ", in the body", "A: b\n\n" + "\n".join(
            text.split(";")) + "\n"
        yield name + ", nested", "Content-Type: message/rfc822\n\n" + \
            "\n".join(text.split(";")) + "\n\nbody\n"
    # The same, and the header is no more than that.
    yield "only a header", "A: %s\n" % mark("STRIP")
    yield "no body", "A: %s\n\n" % mark("STRIP")
    yield "nothing", ""
    yield "an empty line", "\n"
    yield "no field", "A: b\nno field %s\nC: d %s\n" % (
        mark("REPLACE x"), mark("STRIP"))
    yield "a blank first", " A: b %s\nC: d\n\nx\n" % mark("REPLACE x")
    yield "From line", "From x %s\nA: b\n\nx\n" % mark("REPLACE X: y")
    yield ">From line", ">From x\nA: b\n fold %s\n\nx\n" % mark("STRIP")
    yield "dots", "A: b\n\n.\n..x %s\n.y %s\n.\n" % (
        mark("PREPEND ."), mark("REPLACE .y"))
    yield "segments", "Content-Type: multipart/mixed; boundary=b\n\n" + \
        ("x" * 1000 + "\n") * 51 + "y" * 149 + "\n%s\n%s\n--b\n\n%s\n" % (
            mark("PREPEND 51200"), mark("STRIP"), mark("PREPEND again"))
    for last in range(-3, 4):
        yield "segment %d" % last, "A: b\n\n" + ("x" * 1023 + "\n") * 49 + \
            "y" * (1023 + last) + "\n%s\n" % mark("STRIP") + "z\n"


def around_2048():
    """Lines that come in pieces, and stray CRs near their ends."""
    for size in (2046, 2047, 2048, 2049, 2050, 4096, 4097):
        for name, line in (
                ("begin", mark("REPLACE y").ljust(size, "x")),
                ("end", mark("STRIP").rjust(size, "x")),
                ("both", mark("PREPEND y") + "x" * (size - 40)
                 + mark("REPLACE z"))):
            yield "%s %d" % (name, size), "A: b\n\n%s\nnext\n" % line
        yield "field %d" % size, "A: b\nX: %s\nnext: a\n\nx\n" % mark(
            "REPLACE X: y").rjust(size - 3, "x")
        yield "name %d" % size, "A: b\n%s: %s\nC: d\n\nx\n" % (
            "X" * size, mark("REPLACE X: y"))


def raw():
    """What wire() would not leave as it is."""
    yes, body = mark("REPLACE A: x").encode(), mark("REPLACE x").encode()
    for size in (2046, 2047, 2048, 2049, 4096):
        yield "CR CRLF at %d" % size, b"A: b\r\n\r\n" + body.ljust(
            size - 1, b"x") + b"\r\r\nnext\r\n"
        yield "CR at %d" % size, b"A: b\r\n\r\n" + body.ljust(
            size - 1, b"x") + b"\ryy\r\nnext\r\n"
        yield "CR in a field at %d" % size, b"A: " + b"x" * (
            size - 4) + b"\r" + yes + b"\r\nB: c\r\n\r\nx\r\n"
    yield "CR in a field", b"A: b\rc " + yes + b"\r\nB: \r\r\n\r\nx\r\n"
    yield "CRs in the body", b"A: b\r\n\r\nx\ry " + body + \
        b"\r\nz\ry\r\n\r\r\n\r\r\r\nq\r\r\n"
    yield "CR in the action", b"A: {{pb REPLACE A: x\ry}}\r\n\r\n" \
        b"{{pb REPLACE x\ry}}\r\n"
    yield "bare LF", b"A: b\n\nx\n" + body + b"\n\r\n"
    yield "bare LF and CRLF", b"A: " + yes + b"\n b\r\n\nx\r\n" + body + b"\n"
    yield "NUL in a field", b"A: b\0 " + yes + b"\r\n\r\nx\r\n"
    yield "NUL behind a mark", b"A: " + yes + b"\0 b\r\n\r\n" + body + \
        b"\0x\r\n"
    yield "NUL elsewhere", b"A: b\r\n\r\na\0x\r\n" + body + b"\r\nb\0c\r\n"


def listed():
    """What DIFFERENCES is about."""
    reject = mark("REJECT").encode()
    for name in (b"Bcc", b"resent-bcc", b"Content-Length", b"Return-Path"):
        yield "dropped: %s" % name.decode(), b"X: y\n%s: %s\n\nb\n" % (
            name, reject)
    yield "NUL: hidden", b"A: b\n\nx\0 %s\n" % mark("REPLACE seen").encode()
    for size in (60010, 70000, 102000):
        yield "60000: %d" % size, b"X: " + b"x" * size + b"\n\nx\n"
        yield "60000: %d, folded" % size, b"X: x" + b"\n y".join(
            [b"z" * 60] * (size // 60)) + b"\n\nx\n"
    yield "60000: the mark is cut off, too", b"X: " + b"x" * 60010 + \
        mark("STRIP").encode() + b"\n" + b"Y: " + b"y" * 60000 + b"\n\nx\n"
    yield "status code alone: header", b"X: %s\n\nx\n" % mark(
        "REJECT 5.7.9").encode()
    yield "FILTER: header", b"X: %s\n\nx\n" % mark("FILTER discard:x").encode()
    for address in "r@example.net and more", "<r@example.net>", "r@":
        yield "nowhere: " + address, b"X: %s\n\nx\n" % mark(
            "REDIRECT " + address).encode()
    for action in ("PREPEND X-Odd : a", "REPLACE X-Odd\t: a"):
        yield "blank before the colon: " + action, \
            b"X: %s\n\nx\n" % mark(action).encode()


def content_cases(seed, count):
    for source in every_action, together, around_2048, pair_messages.hostile:
        for name, text in source():
            yield Case(name, text.encode("latin-1"))
    for name, message in raw():
        yield Case(name, message + b".\r\n", raw=True)
    for name, message in listed():
        yield Case(name, message)
    yield Case("own Received: by its HELO", helo="own-received.example")
    for address in ("a b@example.net", "r@example.org, s@example.net",
                    '"r"@example.net', "r@example.net@example.org",
                    "@example.org:r@example.net", "r@example.net "):
        yield Case("REDIRECT " + address, b"X: %s\n\nx\n" % mark(
            "REDIRECT " + address).encode())
    for action in ("BCC b@example.net", "BCC to@example.net", "DISCARD",
                   "REDIRECT r@example.net", "REDIRECT two@example.net",
                   "HOLD", "STRIP", "REJECT"):
        message = b"X: a %s\n\nx\n" % mark(action).encode()
        yield Case("two recipients, " + action, message,
                   rcpts=["to@example.net", "two@example.net"])
        yield Case("null sender, " + action, message, sender="")
        yield Case("NOTIFY, " + action, message, rcpts=[
            ("to@example.net", "NOTIFY=NEVER"),
            ("two@example.net", "NOTIFY=SUCCESS,FAILURE"),
            ('"t o"@example.net', "ORCPT=rfc822;x@example.com")])
    for action in pair_messages.ENVELOPE + pair_messages.ENDS + [
            "STRIP", "REPLACE X: y", "PREPEND X: y"]:
        before = [Case("", b"X: a %s\n\nx %s\n" % (
            mark(action, "p").encode(), mark(action, "b").encode()))]
        yield Case("a message after " + action, before=before)
        yield Case("the same after " + action, before[0].message,
                   before=before)
    for n in range(count):
        yield Case("random %s.%d" % (seed, n), pair_messages.random_message(
            "%s.%d" % (seed, n)))

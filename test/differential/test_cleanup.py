#!/usr/bin/env python3
"""The MIME machine beside a real cleanup(8), which shows what postmap cannot.

Header and body checks that warn about whatever they are asked log every
lookup of a real Postfix: the list that a field goes to, the pieces of long
lines, and the lines that body_checks_size_limit leaves.

    test_cleanup.py [SEED [COUNT]]
"""
import os
import random
import re
import subprocess
import sys
import tempfile

import postfix
import test_mime

LINE, HEADER, NESTING, BOUNDARY = 512, 700, 3, 2048
# One that small parts pass, one that a full line just reaches.
BODY = 40, LINE + 3
LOOKUP = re.compile(
    r": (\w+): warning: (header|body) (.*) from [^ ]*\[[0-9a-f.:]+\]; "
    r"from=<.*: list-(\w)$")
LISTS = ("header_checks", "p"), ("mime_header_checks", "m"), (
    "nested_header_checks", "n"), ("body_checks", "b")


def message(seed):
    """As test_mime has them, with long lines, of Postfix's own line ends."""
    rng = random.Random(seed)
    text = test_mime.Writer(rng).message().replace(b"\r", b"")
    head, _, body = text.partition(b"\n\n")
    lines = body.rstrip(b"\n").split(b"\n")
    for n, line in enumerate(lines):
        if rng.random() < 0.15:
            size = rng.choice([1, 2]) * LINE + rng.choice([-2, -1, 0, 0, 1])
            lines[n] = line.ljust(size, b"%d" % (n % 10))[:size] + rng.choice(
                [b"", b"", b"A: 1", b" x", b"--b"])
    return head + b"\n\n" + b"\n".join(lines) + b"\n"


def printable(text):
    return "".join(chr(byte) if 32 <= byte < 127 else "?"
                   for byte in text)[:200]


def ours(path, body_limit):
    done = subprocess.run(
        [test_mime.DUMP, "-l", str(LINE), "-h", str(HEADER), "-n",
         str(NESTING), "-b", str(BOUNDARY), path],
        stdout=subprocess.PIPE, check=True, timeout=60)
    for line in done.stdout.decode().split("\n")[:-1]:
        kind, where, segment, *_, text = line.split(" ")
        text = bytes.fromhex(text)
        if kind == "N":
            yield "nesting", "", ""
        elif kind in "PF":
            yield "header", printable(text), where
        elif kind == "L" and text and int(segment) < body_limit:
            yield "body", printable(text), "b"


def looked_up(log, queue_id):
    for line in log.split("\n"):
        found = LOOKUP.search(line)
        if found and found[1] == queue_id and not found[3].startswith(
                "Received: "):
            yield found[2], found[3][:200], found[4]


def compare(server, path, body_limit, seed):
    data = message(seed)
    with open(path, "wb") as file:
        file.write(data)
    got = list(ours(path, body_limit))
    sent = server.send(data)
    if sent.reply.code != 250 and ("nesting", "", "") in got:
        return True
    if not sent.queue_id or sent.reply.code != 250:
        print("%s: %r" % (seed, sent.reply))
        return False
    log = server.wait_log(sent.queue_id + r": removed$").string
    want = list(looked_up(log, sent.queue_id))
    if want == got:
        return True
    print("%s: not as Postfix" % seed)
    for pair in zip(want + [None], got + [None]):
        if pair[0] != pair[1]:
            print("  Postfix %r, we %r" % pair)
            break
    print("  message: %r" % data[:4000])
    return False


def settings(body_limit):
    main_cf = {
        "line_length_limit": LINE, "body_checks_size_limit": body_limit,
        "header_size_limit": HEADER, "mime_nesting_limit": NESTING,
        "mime_boundary_length_limit": BOUNDARY,
        "default_transport": "discard:",
    }
    for name, letter in LISTS:
        main_cf[name] = "pcre:{{/^/ WARN list-%s}}" % letter
    return main_cf


def main():
    seed = sys.argv[1] if len(sys.argv) > 1 else "1"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 150
    good = 0
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "message")
        for limit in BODY:
            with postfix.Postfix(settings(limit)) as server:
                for n in range(count):
                    good += compare(server, path, limit, "%s.%d" % (seed, n))
    print("%d messages, %d not as Postfix" % (2 * count, 2 * count - good))
    return 0 if good == 2 * count and count > 0 else 1


if __name__ == "__main__":
    sys.exit(main())

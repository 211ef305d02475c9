#!/usr/bin/env python3
"""Stored mail, as scan takes it apart, beside what a real Postfix gives to a
filter for the same bytes: fields exactly, and the lines of the body."""
import json
import random
import re
import sys

import scratch
from milter_server import Recorder
from postern import tool, write_conf
from postfix import Postfix, require

# Rules that match everything show what was asked for.
CONF = {
    "header_checks": ["pcre:all"], "mime_header_checks": ["pcre:all"],
    "nested_header_checks": [], "body_checks": ["pcre:all"],
    "body_checks_size_limit": 0, "line_length_limit": "1M",
    "header_size_limit": 0, "header_total_limit": 0,
}

MESSAGES = [
    b"", b"\r\n", b"A: x\r\n", b"A: x\r\n\r\n", b"A: x\r\n\r\n\r\nbody\r\n",
    b"A: x\r\r\nB: y\r\n\r\r\nbody\r\r\n\r\r\r\nx\r\n",
    b"A: x\ry\r\n\r\nbo\rdy\r\n\rfoo\r\n",
    b"A: x\r\n\ry\r\n\r\nbody\r\n",
    b"A: x\nB: y\n\nbo\ndy\n",
    b"A: x\0y\r\nX-\0B: y\r\nC: z\r\n\r\nbo\r\n",
    b"A: x\0y\r\n fold\0more\r\nC: z\r\n\r\nb\r\n",
    b"A: x\r\n\0\r\nC: z\r\n\r\nb\r\n",
    b"A: " + b"a" * 3000 + b"\0b\r\n fold\r\nC: z\r\n\r\nx\r\n",
    b"A: a\0" + b"b" * 2043 + b"ccc\r\nC: z\r\n\r\nx\r\n",
    b"A: a\0" + b"b" * 2042 + b"ccc\r\n \0" + b"b" * 2046 + b"c\r\n\r\nx\r\n",
    b"A \t: x\r\nB:z\r\nC:\r\nD:\t\r\nE:  q  \r\n\r\nb  \r\n",
    b"A:\r\n x\r\n\ty\r\n \r\n z\r\nB: c  \r\n  \r\n\r\nb\r\n",
    b"A: x\r\nno field\r\nC: z\r\n\r\nb\r\n",
    b" A: x\r\nC: z\r\n\r\nb\r\n",
    b"A: x\r\n: y\r\n\r\nb\r\n", b"A\1B: x\r\n\r\nb\r\n",
    b"A: \xe9\r\nX\xe9: y\r\n\r\nb\r\n", b"A\x0b: a\r\n\r\nx\r\n",
    b">From c d\r\n>>From x\r\nA: x\r\n>From q\r\n\r\nb\r\n",
    b">From c d\r\n A: x\r\n\r\nb\r\n", b"A: x\r\nFrom q\r\n\r\nb\r\n",
    b"A: x\r\nBcc: a@b.c\r\nContent-Length: 5\r\nResent-Bcc: k@l\r\n"
    b"Return-Path: <x@y.z>\r\nX-Original-To: o@b.c\r\nB: y\r\n\r\nb\r\n",
    b"A: x\r\n\r\n" + b"b" * 5000 + b"\r\nc\r\n",
]
for size in (2046, 2047, 2048, 2049):
    MESSAGES.append(b"X" * size + b": y\r\nC: z\r\n\r\nb\r\n")
for lines in ((59998,), (59999,), (60000,), (60001,), (90000,),
              (30000, 30000), (30000, 30001), (53999, 20000), (54000, 20000),
              (54000, 6000), (54000, 6001), (57000, 3000, 100),
              (57000, 5000, 10, 10), (59990, 10, 10), (59991, 10, 10),
              (59989, 10, 10), (10, 53990, 2000, 2000, 2001)):
    MESSAGES.append(b"L:" + b"\r\n ".join(
        b"w" * (length - 2) for length in lines) + b"\r\nB: y\r\n\r\nb\r\n")


# A message on the wire that begins with "From " is an mbox in a file; and one
# that begins with a stray CR goes on with Postfix's own Received, where no
# filter sees it.
NOT_THESE = re.compile(rb"From |(>+From [^\n]*\n)*\r+[^\r\n]")


def odd_messages(seed, count):
    """Pieces that mean something, in any order."""
    print("seed %d" % seed)
    dice = random.Random(seed)
    pieces = [b"A: x", b"B", b":", b" ", b"\t", b"\r\n", b"\r\n", b"\r\n",
              b"\n", b"\r", b"\r\n ", b"\r\n\r\n", b"From ", b">From ", b"y",
              b"\xe9", b"\0", b"C-D: z\r\n", b"Content-Type: text/plain\r\n"]
    while count > 0:
        message = b"".join(dice.choice(pieces) for _ in
                           range(dice.randrange(1, 25))) + b"\r\n"
        if not NOT_THESE.match(message):
            count -= 1
            yield message


def shown(text):
    return text.encode("latin-1").decode("utf-8", "replace")


def by_postfix(seen):
    fields = ["%s:%s" % field for field in seen.fields]
    lines = seen.body.decode("latin-1").split("\r\n")
    return ([shown(field) for field in fields],
            [shown(line) for line in lines if line])


def by_scan(conf, folder, message):
    path = folder.write("message", message)
    done = tool("scan", "-c", conf, "--json", path)
    if not message:
        return [], []
    said = json.loads(done.stdout.decode("utf-8"))
    if said["verdict"] != "accept":
        raise AssertionError(said)
    found = [(match["view"], match["key"]) for match in said["matches"]]
    return ([key for view, key in found if view != "body_checks"],
            [key for view, key in found if view == "body_checks"])


def compare(message, recorder, postfix, conf, folder):
    recorder.clear()
    sent = postfix.send(message + b".\r\n", raw=True)
    if not sent.accepted:
        return "Postfix said %s" % sent.reply
    [seen] = recorder.messages
    want, got = by_postfix(seen), by_scan(conf, folder, message)
    if want != got:
        return "Postfix %r\n    scan    %r" % (want, got)
    return None


def main():
    require()
    folder = scratch.Folder()
    folder.write("all", "/^/ INFO\n")
    conf = folder.write("conf", write_conf(CONF))
    failed = total = 0
    with Recorder() as recorder, Postfix(
            {"smtpd_milters": recorder.main_cf}) as postfix:
        for message in MESSAGES + list(odd_messages(1, 500)):
            total += 1
            fault = compare(message, recorder, postfix, conf, folder)
            if fault:
                failed += 1
                print("%r:\n    %s" % (message[:300], fault[:3000]))
    folder.close()
    print("%d messages, %d differ" % (total, failed))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()

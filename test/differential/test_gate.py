#!/usr/bin/env python3
"""A table with its gate answers as it does without: random tables and keys,
the shipped tables and ten thousand generated rules over all test mails, and a
gate that loses matches is found out.

    test_gate.py [SEED [CHECKS]]
"""
import os
import random
import re
import subprocess
import sys

import corpus
from scratch import BUILD, TOP, Folder

CHECK = os.path.join(BUILD, "tools", "gate_check")
# A sanitized build takes ten times as long.
CHECKS = 1000000 if os.path.basename(BUILD) == "build" else 100000
RULES = 10000


def check(*arguments, fails=False):
    done = subprocess.run([CHECK, *arguments], stdout=subprocess.PIPE,
                          text=True)
    print(done.stdout.strip()[-4000:])
    if (done.returncode != 0) != fails:
        sys.exit("gate_check %s: exit %d" % (" ".join(arguments[:6]),
                                             done.returncode))
    return done.stdout


def random_tables(seed, checks, *options):
    said = check(*options, "-s", seed, "-n", checks)
    counts = re.search(r"(\d+) checks, (\d+) hits", said)
    if int(counts[2]) * 3 < int(counts[1]):
        sys.exit("too few hits: less than a third")


def mails(folder):
    paths = []
    for number, (_, message) in enumerate(corpus.everything()):
        paths.append(folder.write("%d.eml" % number,
                                  message.replace(b"\r\n", b"\n")))
    return paths


def words(paths):
    """Words of the mails, so that rules match now and then."""
    found = set()
    for path in paths:
        with open(path, "rb") as file:
            found.update(re.findall(rb"[A-Za-z]{3,12}", file.read(200000)))
    return sorted(word.decode() for word in found)


def generated(folder, seed, vocabulary):
    """Rules in the shapes that people write."""
    choice = random.Random(seed)

    def word():
        text = choice.choice(vocabulary)
        if choice.random() < 0.2:
            return text[0] + "[%s4@]" % text[1] + text[2:]
        if choice.random() < 0.1:
            return text + "s?"
        return text

    shapes = [
        lambda: word() + " " + word(),
        lambda: "^Subject:.*" + word() + ".*" + word(),
        lambda: r"\b(%s|%s) %s\b" % (word(), word(), word()),
        lambda: "^(From|To|Cc): .*@%s\\.example" % word(),
        lambda: "%s[^a-z]{1,3}%s" % (word(), word()),
        lambda: r"https?:\/\/[^ ]*%s%s" % (word(), word()),
        lambda: "^%s$" % word(),
        lambda: "%s\\s+(%s|%s)?%s" % (word(), word(), word(), word()),
    ]
    lines = []
    for number in range(RULES):
        if number % 500 == 100:
            lines.append("if %s/%s/" % (choice.choice(["", "", "!"]),
                                        word()))
        lines.append("/%s/ W%d" % (choice.choice(shapes)(), number))
        if number % 500 == 120:
            lines.append("endif")
    return folder.write("generated", "\n".join(lines) + "\n")


def main():
    seed = sys.argv[1] if len(sys.argv) > 1 else "20240229"
    checks = sys.argv[2] if len(sys.argv) > 2 else str(CHECKS)
    folder = Folder()
    check("-d", "-s", seed, "-n", "100000", fails=True)
    random_tables(seed, checks)
    random_tables(seed, str(int(checks) // 4), "-pu")
    paths = mails(folder)
    for name in ("header_checks", "mime_header_checks", "body_checks"):
        check("-t", "pcre:" + os.path.join(TOP, "patterns", name), *paths)
    table = generated(folder, seed, words(paths))
    check("-t", "pcre:" + table, *paths[::20])


if __name__ == "__main__":
    main()

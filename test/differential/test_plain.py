#!/usr/bin/env python3
"""Folding beside Python's unicodedata: the same NFKC of every character that
both know and of random texts; and what is dropped is what has no width.

    test_plain.py [SEED [COUNT]]
"""
import os
import random
import subprocess
import sys
import unicodedata

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.environ.get("BUILD", os.path.join(TOP, "build"))
DUMP = os.path.join(BUILD, "tools", "plain_dump")

# Format characters that are seen, or change what is.
VISIBLE = {0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6dd, 0x70f, 0x890,
           0x891, 0x8e2, 0x110bd, 0x110cd}
VISIBLE |= set(range(0x13430, 0x13440))
# Neither format characters nor variation selectors, but not to be seen.
FILLERS = {0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x3164, 0xffa0, 0x180f}

faults = 0


def fold(how, texts):
    done = subprocess.run([DUMP, how], input="\n".join(texts).encode() + b"\n",
                          stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().split("\n")[:-1]


def compare(what, texts, got, want):
    global faults
    assert len(texts) == len(got) == len(want)
    for text, mine, theirs in zip(texts, got, want):
        if mine != theirs:
            faults += 1
            if faults < 20:
                print(f"{what} of {ascii(text)}: {ascii(mine)}, "
                      f"not {ascii(theirs)}")


def assigned():
    """The characters of the older of the two Unicode versions."""
    return [chr(c) for c in range(0x20, 0x110000)
            if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co", "Zl")
            and chr(c) not in "\x7f\x85\u2029"]


def invisible(c):
    if ord(c) in VISIBLE:
        return False
    name = unicodedata.name(c, "")
    return unicodedata.category(c) == "Cf" or ord(c) in FILLERS or \
        "VARIATION SELECTOR" in name


def random_texts(dice, characters, count):
    """Of characters that do something to each other, and of all."""
    lively = [c for c in characters
              if unicodedata.combining(c) or unicodedata.decomposition(c) or
              unicodedata.normalize("NFKC", "e" + c) != "e" + c or
              "\u1100" <= c < "\u1200"]
    for _ in range(count):
        pool = dice.choice([lively, characters, "ab e", lively])
        other = dice.choice([lively, "ab \u0430\u3042", characters])
        yield "".join(dice.choice(dice.choice([pool, other]))
                      for _ in range(dice.randrange(1, 30)))


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    print(f"seed {seed}, {count} texts, Unicode {unicodedata.unidata_version}")
    characters = assigned()
    compare("NFKC", characters, fold("n", characters),
            [unicodedata.normalize("NFKC", c) for c in characters])
    texts = list(random_texts(random.Random(seed), characters, count))
    compare("NFKC", texts, fold("n", texts),
            [unicodedata.normalize("NFKC", text) for text in texts])
    compare("zero-width", characters, fold("z", characters),
            ["" if invisible(c) else c for c in characters])
    # Looks change, meanings do not: what is folded is of the same width, or
    # plain.
    for text, got in zip(characters, fold("c", characters)):
        if got != text and not unicodedata.normalize(
                "NFD", got).encode("ascii", "ignore"):
            compare("confusable", [text], [got], ["something plain"])
    print(f"{len(characters)} characters: {faults} faults")
    return faults > 0


if __name__ == "__main__":
    sys.exit(main())

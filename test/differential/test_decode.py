#!/usr/bin/env python3
"""Transfer encodings undone beside Python's binascii: random bytes, encoded,
and then damaged in the ways that readers put up with.

    test_decode.py [SEED [COUNT]]

Where the two do not agree, and what is done for it here:
- binascii ends base64 at the padding; we go on behind it, so that only what
  stands before it is compared.  Its caller, email, adds missing padding.
- Of "==" binascii keeps one "=" and drops the other: not made here.
- A CR behind "=" that no LF follows is the end of a line to binascii, which
  drops all up to the next LF: not made here.
- uuencoded lines that are shorter than they say end there; binascii fills
  them up with zeros, which are taken off again.
"""
import binascii
import os
import random
import re
import subprocess
import sys

from scratch import BUILD

DUMP = os.path.join(BUILD, "tools", "decode_dump")
BASE64 = (b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
          b"0123456789+/")
JUNK = bytes(set(range(256)) - set(BASE64) - set(b"="))


def some_bytes(rand):
    kind = rand.random()
    size = rand.choice([0, 1, 2, 3, 10, 57, 58, 200, 1000])
    if kind < 0.5:
        return rand.randbytes(size)
    text = b"".join(rand.choice([b"words ", b"=", b"\r\n", b"\xc3\xa9",
                                 b" ", b"\t", b"a", b"Q", b"\0"])
                    for _ in range(size // 3))
    return text


def fold(rand, text, width):
    end = rand.choice([b"\r\n", b"\n"])
    return end.join(text[i:i + width] for i in range(0, len(text), width))


def base64(rand):
    text = binascii.b2a_base64(some_bytes(rand), newline=False)
    text = fold(rand, text, rand.choice([4, 60, 76, 997]))
    if rand.random() < 0.5:
        for _ in range(rand.randint(1, 20)):
            at = rand.randint(0, len(text))
            text = text[:at] + bytes([rand.choice(JUNK)]) + text[at:]
    if rand.random() < 0.3:
        text = text[:rand.randint(0, len(text))]
    if rand.random() < 0.3:
        text = text.rstrip(b"=\r\n")
    # One character alone, of four, is no byte to anybody, but an error.
    codes = sum(byte in BASE64 for byte in text)
    whole = text
    if codes % 4 == 1:
        last = max(i for i, byte in enumerate(text) if byte in BASE64)
        whole = text[:last] + text[last + 1:]
    return text, binascii.a2b_base64(whole + b"===")


def quoted(rand):
    # Python makes "=" and a line end of its own of "\r" and "\n".
    text = binascii.b2a_qp(some_bytes(rand).replace(b"\r", b""))
    if rand.random() < 0.5:
        text = text.replace(b"=\n", b"=%s\r\n" % rand.choice(
            [b"", b" ", b"\t \t"]) if rand.random() < 0.3 else b"=\r\n")
    if rand.random() < 0.5:
        for _ in range(rand.randint(1, 10)):
            at = rand.randint(0, len(text))
            text = text[:at] + rand.choice(
                [b"=3D", b"=e9", b"=4", b"=X", b"=G1", b"x", b"="]) + text[at:]
    if rand.random() < 0.3:
        text = text[:rand.randint(0, len(text))]
    text = re.sub(rb"\r(?!\n)", b"", text)
    while b"==" in text:
        text = text.replace(b"==", b"=")
    # binascii knows no blanks between "=" and the line end.
    lines = [line.rstrip(b" \t\r")
             if line.rstrip(b" \t\r").endswith(b"=") else line
             for line in text.split(b"\n")]
    return text, binascii.a2b_qp(b"\n".join(lines))


def uuencode(rand):
    data = some_bytes(rand)
    lines = [binascii.b2a_uu(data[i:i + 45],
                             backtick=rand.random() < 0.5)
             for i in range(0, len(data), 45)]
    end = rand.choice([b"\n", b"\r\n"])
    text = b"begin 644 a file\n" + b"".join(lines) + b"`\nend\n"
    text = text.replace(b"\n", end)
    return text, data


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 6000
    rand = random.Random(seed)
    makers = (("base64", base64), ("quoted-printable", quoted),
              ("x-uuencode", uuencode))
    asked, wanted = [], []
    for i in range(count):
        name, make = makers[i % 3]
        text, want = make(rand)
        asked.append((name, rand.choice([1, 2, 3, 7, 64, 5000]), text))
        wanted.append(want)
    done = subprocess.run(
        [DUMP], input="".join("%s %d %s\n" % (name, chunk, text.hex())
                              for name, chunk, text in asked),
        stdout=subprocess.PIPE, text=True, check=True)
    got = [bytes.fromhex(line) for line in done.stdout.split("\n")[:-1]]
    faults = [case for case in zip(asked, wanted, got)
              if case[1] != case[2]]
    for (name, chunk, text), want, have in faults[:5]:
        print("%s by %d: %.500r\n  want %.500r\n  got  %.500r" % (
            name, chunk, text, want, have))
    print("seed %d: %d cases, %d differ" % (seed, len(got), len(faults)))
    sys.exit(len(got) != count or bool(faults))


if __name__ == "__main__":
    main()

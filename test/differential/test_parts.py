#!/usr/bin/env python3
"""The parts of random messages and their text beside Python's email package:
nesting, boundaries, headers, transfer encodings, character sets, flowed text.

    test_parts.py [SEED [COUNT]]

Where the two do not agree, and what is done for it here:
- A message that is encoded is not looked into by email: not made here.
- What stands outside of the parts, email keeps as preamble and epilogue; here
  it is a part, which is not compared.
- A boundary that comes again behind the last one begins a part here: not made.
- Where the last boundary is missing, email takes off the last line end; and
  it knows no encoding that is folded or has a semicolon behind it: not made.
- email splits lines at a CR alone: not made.
- Where a part's bytes do not fit its character set, email knows no text; what
  is to come of it is in test_charset.
"""
import base64
import binascii
import email
import os
import random
import re
import subprocess
import sys

from scratch import BUILD

DUMP = os.path.join(BUILD, "tools", "parts_dump")

WORDS = {
    "us-ascii": "the quick brown fox jumps over a lazy dog = -- > From",
    "utf-8": "größer naïve Ελλάδα привет 漢字 𝄞 word plain",
    "iso-8859-1": "größer naïve été año word plain",
    "iso-8859-15": "€uro œuvre Žižek word",
    "windows-1252": "“quoted” … – word €",
    "windows-1251": "привет мир word",
    "koi8-r": "привет мир word",
    "iso-8859-7": "Ελλάδα word",
    "utf-16": "größer 漢字 𝄞 word",
    "utf-16le": "größer 漢字 𝄞 word",
    "utf-16be": "größer 漢字 𝄞 word",
    "utf-7": "größer 漢字 ~ word + x",
    "iso-2022-jp": "漢字 かな word",
    "euc-jp": "漢字 かな word",
    "shift_jis": "漢字 かな word",
    "gb18030": "汉字 word",
    "big5": "漢字 word",
    "euc-kr": "한글 word",
}
# Not to be cut into lines by bytes.
WIDE = "utf-16", "utf-16le", "utf-16be"
BOUNDARIES = ["b", "=_x", "----=_Part_1", "a b", "(x)", "0", "b--", "'+_,-./",
              "x" * 70, "--b", "B"]


class Maker:
    def __init__(self, rand):
        self.random, self.used = rand, set()
        self.end = rand.choice(["\n", "\r\n"])

    def any(self, choices):
        return self.random.choice(choices)

    def often(self, share):
        return self.random.random() < share

    def text(self, words):
        words = words.split()
        lines = []
        for _ in range(self.random.randint(0, 12)):
            gap = self.any([" ", " ", "  ", "\t"])
            line = gap.join(self.any(words)
                            for _ in range(self.random.randint(0, 9)))
            lines.append(line + self.any(["", "", "", " ", " \t"]))
        return self.end.join(lines) + self.any(["", self.end])

    def field(self, name, value, *params):
        """Any spelling of it, folded."""
        text = self.any([name, name.lower(), name.upper()]) + ":"
        text += self.any(["", " ", "  ", "\t", self.end + " "])
        text += self.any([value, value.upper()])
        for name, param in params:
            if self.often(0.5) or not param.isalnum():
                param = '"%s"' % param
            text += self.any([";", "; ", ";" + self.end + "\t", " ; "])
            text += "%s=%s" % (self.any([name, name.upper()]), param)
        return text + self.any(["", "", ";"]) + self.end

    def encode(self, data, charset):
        kinds = ["base64", "quoted-printable"]
        if charset not in WIDE:
            kinds += ["8bit", "", "x-uuencode"]
        kind = self.any(kinds)
        if kind == "base64":
            width = self.any([4, 40, 76, 400])
            text = base64.b64encode(data).decode()
            lines = [text[i:i + width] for i in range(0, len(text), width)]
            return kind, (self.end.join(lines) + self.end).encode()
        if kind == "quoted-printable":
            text = binascii.b2a_qp(data, istext=False)
            return kind, text.replace(b"=\n", b"=" + self.end.encode())
        if kind == "x-uuencode":
            text = b"begin 644 x\n" + b"".join(
                binascii.b2a_uu(data[i:i + 45])
                for i in range(0, len(data), 45)) + b"`\nend\n"
            return kind, text.replace(b"\n", self.end.encode())
        return kind, data

    def leaf(self):
        if self.often(0.2):
            return self.other()
        charset = self.any(list(WORDS))
        data = self.text(WORDS[charset]).encode(charset)
        params = [("charset", charset)]
        if self.often(0.2):
            params.insert(0, ("format", "fixed"))
        kind, body = self.encode(data, charset)
        header = self.field("Content-Type", self.any(
            ["text/plain", "text/x-other", "text/css"]), *params)
        if charset == "us-ascii" and self.often(0.3):
            header = ""
        return self.add_encoding(header, kind), body

    def other(self):
        data = self.random.randbytes(self.any([0, 1, 2, 3, 1000]))
        kind, body = self.encode(data, "utf-16")
        return self.add_encoding(
            self.field("Content-Type", self.any(
                ["image/png", "application/octet-stream", "x/y"]),
                ("name", "a file")), kind), body

    def add_encoding(self, header, kind):
        if kind:
            name = "Content-Transfer-Encoding"
            header += "%s: %s" % (self.any([name, name.lower()]), self.any(
                [kind, kind.upper()])) + self.end
        for _ in range(self.random.randint(0, 2)):
            header += self.field("X-Other", "text/html")
        return header

    def boundary(self):
        while True:
            text = self.any(BOUNDARIES)
            if self.used:
                text = "%s%d" % (text[:60], len(self.used))
            if text not in self.used:
                self.used.add(text)
                return text

    def multipart(self, depth):
        boundary = self.boundary()
        kind = self.any(["mixed", "alternative", "related", "digest", "x"])
        header = self.field("Content-Type", "multipart/" + kind)
        header = header.rstrip(";\r\n") + '; boundary="%s"' % boundary
        body = self.any([b"", b"preamble" + self.end.encode()])
        for _ in range(self.random.randint(1, 4)):
            head, data = self.entity(depth + 1)
            # What has no type is a message, in a digest.
            if kind == "digest" and not re.search("(?im)^content-type", head):
                head += self.field("Content-Type", "text/plain")
            body += ("--%s%s%s" % (boundary, self.any(["", "", " ", "\t "]),
                                   self.end)).encode()
            body += (head + self.end).encode() + data + self.end.encode()
        body += ("--%s--%s" % (boundary, self.end)).encode()
        return header + self.end, body

    def message(self, depth):
        head, data = self.entity(depth + 1)
        body = (self.field("Subject", "x") + head + self.end).encode() + data
        return self.field("Content-Type", "message/rfc822"), body

    def entity(self, depth):
        if depth < 4 and self.often(0.4):
            return self.multipart(depth)
        if depth < 4 and self.often(0.1):
            return self.message(depth)
        return self.leaf()

    def whole(self):
        head, body = self.entity(0)
        head = self.field("Subject", "x") + head
        return (head + self.end).encode() + body


def paragraphs(text):
    """As bodies are shown: line breaks are blanks, empty lines part."""
    found, lines = [], []
    for line in text.replace("\r\n", "\n").split("\n") + [""]:
        if line.strip():
            lines.append(line)
        elif lines:
            found.append(" ".join(" ".join(lines).split()))
            lines = []
    return found


def parts_of(message, number="0"):
    """What email says: (number, type, bytes, paragraphs) of each leaf."""
    kind = message.get_content_type()
    if message.is_multipart():
        for i, part in enumerate(message.get_payload(), 1):
            yield from parts_of(part, "%s.%d" % (number, i))
        return
    data = message.get_payload(decode=True)
    found = None
    if kind.startswith("text/"):
        charset = message.get_content_charset() or "us-ascii"
        found = paragraphs(data.decode(charset))
    yield number, kind, data, found


def read_dump(lines):
    parts = []
    for line in lines:
        if line.startswith("- "):
            parts[-1][3].append(bytes.fromhex(line[2:]).decode("utf-8"))
            continue
        number, kind, size, data = line.split(" ")
        assert int(size) * 2 == len(data)
        parts.append((number, kind, bytes.fromhex(data), []))
    return [part for part in parts if "*" not in part[0]]


def same(want, got):
    return len(want) == len(got) and all(
        a[:3] == b[:3] and (a[3] is None or a[3] == b[3])
        for a, b in zip(want, got))


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    rand = random.Random(seed)
    messages = [Maker(rand).whole() for _ in range(count)]
    asked = b"".join(b"%d %d\n" % (len(data), rand.choice([1, 2, 3, 100, 9999]))
                     + data for data in messages)
    done = subprocess.run([DUMP], input=asked, stdout=subprocess.PIPE,
                          check=True)
    dumps = done.stdout.decode().split(".\n")[:-1]
    faults = n = 0
    for data, dump in zip(messages, dumps):
        want = list(parts_of(email.message_from_bytes(data)))
        got = read_dump(dump.splitlines())
        n += len(want)
        if same(want, got):
            continue
        faults += 1
        if faults < 4:
            print("%r\n  want %.2000r\n  got  %.2000r" % (data[:3000], want,
                                                        got))
    print("seed %d: %d messages, %d parts, %d messages differ" % (
        seed, len(dumps), n, faults))
    sys.exit(len(dumps) != count or faults > 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The parts of random messages and their text beside Python's email package:
nesting, boundaries, headers, transfer encodings, character sets, flowed text;
and what mail programs read in different ways.

    test_parts.py [SEED [COUNT]]

Where the two do not agree, and what is done for it here:
- A message that is encoded is not looked into by email: not made here.
- What stands outside of the parts, email keeps as preamble and epilogue; here
  it is a part, which is not compared.
- A boundary that comes again behind the last one begins a part here: not made.
- Where the last boundary is missing, email takes off the last line end: it is
  not compared there.
- It knows no encoding that is folded or has a blank behind it (as other
  programs do): not made.
- In a third of the messages fields and parameters come twice, and names and
  boundaries have something beside them: there the two agree, or the message is
  said to be ambiguous.  No other message is.
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
    def __init__(self, rand, odd=False):
        self.random, self.used, self.odd = rand, set(), odd
        self.no_end = False     # a last boundary is missing
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
        if self.odd and self.often(0.15):
            other = self.field("Content-Type", "text/html",
                               ("charset", "utf-7"))
            header = self.any([header + other, other + header,
                               header + header])
        if self.odd and self.often(0.15):
            header = header.rstrip(";\r\n") + self.any([
                "; charset=koi8-r", "; charset*=us-ascii''utf-8",
                "; charset=\"%s\"" % charset]) + self.end
        return self.add_encoding(header, kind), body

    def other(self):
        data = self.random.randbytes(self.any([0, 1, 2, 3, 1000]))
        kind, body = self.encode(data, "utf-16")
        return self.add_encoding(
            self.field("Content-Type", self.any(
                ["image/png", "application/octet-stream", "x/y"]),
                ("name", "a file")), kind), body

    def add_encoding(self, header, kind):
        if kind and self.odd and self.often(0.3):
            header += "Content-Transfer-Encoding: %s" % self.any([
                '"%s"', "%s (a comment)", "(base64) %s", "%s;", "x %s", "%s x",
                " %s", "%s" + self.end + "Content-Transfer-Encoding: 7bit",
                "7bit" + self.end + "Content-Transfer-Encoding: %s",
                "%s" + self.end + "Content-Transfer-Encoding: base64",
            ]) % kind + self.end
        elif kind:
            name = "Content-Transfer-Encoding"
            header += "%s: %s" % (self.any([name, name.lower()]), self.any(
                [kind, kind.upper()])) + self.end
        for _ in range(self.random.randint(0, 2)):
            header += self.field("X-Other", "text/html")
        return header

    def boundary(self):
        if self.odd and self.used and self.often(0.05):
            return self.any(sorted(self.used))
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
        header = header.rstrip(";\r\n") + self.boundaries(boundary)
        body = self.any([b"", b"preamble" + self.end.encode()])
        for _ in range(self.random.randint(1, 4)):
            head, data = self.entity(depth + 1)
            # What has no type is a message, in a digest.
            if kind == "digest" and not re.search("(?im)^content-type", head):
                head += self.field("Content-Type", "text/plain")
            body += ("--%s%s%s" % (boundary, self.any(["", "", " ", "\t "]),
                                   self.end)).encode()
            body += (head + self.end).encode() + data + self.end.encode()
        if self.odd and self.often(0.15):
            self.no_end = True
        else:
            body += ("--%s--%s" % (boundary, self.end)).encode()
        return header + self.end, body

    def boundaries(self, boundary):
        if self.odd and self.often(0.3):
            return self.any([
                '; boundary="%s"; boundary=z', '; boundary=z; boundary="%s"',
                '; boundary="%s"; boundary="%s"', "; boundary=%s",
                "; boundary*=us-ascii''z; boundary=\"%s\"", "; x=\"%s\"",
            ]).replace("%s", boundary)
        return '; boundary="%s"' % boundary

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
    if kind.startswith("text/") and kind != "text/html":
        charset = message.get_content_charset() or "us-ascii"
        found = paragraphs(data.decode(charset))
    yield number, kind, data, found


def read_dump(lines):
    """The parts, and whether they are ambiguous."""
    parts, odd = [], [line for line in lines if line.startswith("? ")]
    for line in lines:
        if line in odd:
            continue
        if line.startswith("- "):
            parts[-1][3].append(bytes.fromhex(line[2:]).decode("utf-8"))
            continue
        number, kind, size, data = line.split(" ")
        assert int(size) * 2 == len(data)
        parts.append((number, kind, bytes.fromhex(data), []))
    return [part for part in parts if "*" not in part[0]], odd != []


def same(want, got, no_end):
    def end(data):
        return data.rstrip(b"\r\n") if no_end else data

    return len(want) == len(got) and all(
        a[:2] == b[:2] and end(a[2]) == end(b[2]) and
        (a[3] is None or a[3] == b[3]) for a, b in zip(want, got))


def by_python(data):
    """None: it cannot."""
    try:
        return list(parts_of(email.message_from_bytes(data)))
    except (LookupError, ValueError, AttributeError, TypeError):
        return None


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    rand = random.Random(seed)
    makers = [Maker(rand, n % 3 == 2) for n in range(count)]
    messages = [maker.whole() for maker in makers]
    asked = b"".join(b"%d %d\n" % (len(data), rand.choice([1, 2, 3, 100, 9999]))
                     + data for data in messages)
    done = subprocess.run([DUMP], input=asked, stdout=subprocess.PIPE,
                          check=True)
    dumps = done.stdout.decode().split(".\n")[:-1]
    faults = n = said = agreed = 0
    for maker, data, dump in zip(makers, messages, dumps):
        want = by_python(data)
        got, ambiguous = read_dump(dump.splitlines())
        agree = want is not None and same(want, got, maker.no_end)
        n += len(got)
        said += ambiguous
        agreed += maker.odd and agree and not ambiguous
        if (agree or ambiguous) and (maker.odd or not ambiguous):
            continue
        faults += 1
        if faults < 4:
            print("%r\n  want %.2000r\n  got  %.2000r\n%s" % (
                data[:3000], want, got, "ambiguous" if ambiguous else ""))
    print("seed %d: %d messages, %d parts, %d ambiguous, %d odd and not "
          "ambiguous; %d messages differ" % (seed, len(dumps), n, said,
                                             agreed, faults))
    if count >= 1000 and min(said, agreed) < count / 50:
        faults += 1
    sys.exit(len(dumps) != count or faults > 0)


if __name__ == "__main__":
    main()

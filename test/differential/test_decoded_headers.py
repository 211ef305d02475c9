#!/usr/bin/env python3
"""decoded_header_checks beside Python's email package: thousands of generated
header fields, of which the decoded text is known, too.

    test_decoded_headers.py [SEED [COUNT]]

A field is made of pieces, each of some shape.  What postern shows must be what
the pieces were made from; and what Python shows must be the same, but for the
shapes in DIFFERENCES, each with the reason.
"""
import base64
import collections
import email
import email.header
import email.policy
import json
import random
import re
import sys
import urllib.parse

from postern import tool
from scratch import Folder

# Where Python shows something else, and why that is not what is wanted here.
DIFFERENCES = {
    "split": "a character that two words share is healed",
    "no blank": "words without blanks around them are decoded, as readers do",
    "blank within": "a blank in a word is part of it, as readers have it",
    "junk": "junk in base64 is left out, and what follows it is not",
    "padding": "behind a padding in mid-word more bytes come",
    "unknown set": "UTF-8 in a set that nobody knows is read as UTF-8",
    "a lie": "so is UTF-8 in words that say something else",
    "raw 8 bit": "UTF-8, or windows-1252, is shown and not U+FFFD",
    "latin1": "ISO-8859-1 from 0x80 to 0x9f is windows-1252, as in readers",
    "no set": "a word may name no character set at all",
    "control": "control characters are not shown",
    "inner": "of two begins of a word, the later one is meant",
    "both": "of name and name* each is shown, Python takes one",
    "twice": "a parameter that comes twice is shown twice",
    "pieces and plain": "so is one that comes whole and in pieces",
    "piece twice": "and one of which a piece comes twice",
    "percent twice": "and one that comes twice in RFC 2231's form",
    "all of them": "and one that comes in all three forms",
    "no semicolon": "behind a quote, the next parameter needs none",
}

TEXTS = ["Hello", "caf\u00e9", "na\u00efve", "\u0416\u0443\u043a",
         "\u65e5\u672c\u8a9e", "\u20ac 100", "gr\u00fc\u00dfe",
         "\u03b1\u03b2\u03b3", "a_b=c?d", "x", "(z)", "\U0001f600", "1 2 3",
         "\ud55c\uae00", "\u4e2d\u6587", "\u05e9\u05dc\u05d5\u05dd"]
SETS = ["utf-8", "UTF-8", "iso-8859-1", "iso-8859-15", "windows-1252",
        "iso-8859-2", "koi8-r", "windows-1251", "iso-8859-7", "iso-8859-8",
        "shift_jis", "euc-jp", "iso-2022-jp", "gb2312", "gbk", "gb18030",
        "big5", "euc-kr", "utf-16", "utf-16be", "utf-7", "us-ascii"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def any(self, choices):
        return self.random.choice(choices)

    def text_and_set(self):
        while True:
            text, name = self.any(TEXTS), self.any(SETS)
            try:
                data = text.encode(name)
            except UnicodeEncodeError:
                continue
            # Python has Cyrillic elsewhere in Big5 than everybody else.
            if name != "big5" or "\u0416" not in text:
                return text, name, data

    def q(self, data):
        def one(byte):
            c = chr(byte)
            if c == " ":
                return self.any(["_", "=20"])
            if c.isalnum() and byte < 128 and self.random.random() < 0.9:
                return c
            form = self.any(["=%02X", "=%02x"])
            return form % byte
        return "".join(one(byte) for byte in data)

    def word(self, name, data, language=False):
        if self.random.random() < 0.5:
            body = self.any("bB") + "?" + base64.b64encode(data).decode()
        else:
            body = self.any("qQ") + "?" + self.q(data)
        return "=?%s%s?%s?=" % (name, "*en" if language else "", body)

    # Each shape: the raw text, and what is to be seen.

    def plain(self):
        text = self.any(["offer", "Re:", "[list]", "a.b", "x=y", "who?"])
        return text, text

    def encoded(self):
        text, name, data = self.text_and_set()
        return self.word(name, data, self.random.random() < 0.1), text

    def neighbours(self):
        text, name, data = self.text_and_set()
        more, other, bytes_ = self.text_and_set()
        gap = self.any([" ", "\n ", "\n\t", "  "])
        return self.word(name, data) + gap + self.word(other, bytes_), \
            text + more

    def split(self):
        text = self.any(TEXTS)
        data = text.encode()
        at = self.random.randrange(len(data) + 1)
        return self.word("utf-8", data[:at]) + " " + self.word(
            "utf-8", data[at:]), text

    def no_blank(self):
        text, name, data = self.text_and_set()
        return "x" + self.word(name, data) + "y", "x" + text + "y"

    def in_quotes(self):
        text, name, data = self.text_and_set()
        return '"%s"' % self.word(name, data), '"%s"' % text

    def blank_within(self):
        text = self.any(["two words", "three of them", "a b"])
        return "=?utf-8?q?%s?=" % text, text

    def junk(self):
        text, name, data = self.text_and_set()
        body = base64.b64encode(data).decode()
        at = self.random.randrange(len(body.rstrip("=")) + 1)
        return "=?%s?b?%s?=" % (name, body[:at] + self.any("!-~,") +
                                body[at:]), text

    def padding(self):
        one, two = b"ab", b"cde"
        return "=?us-ascii?b?%s%s?=" % (
            base64.b64encode(one).decode(),
            base64.b64encode(two).decode()), "abcde"

    def unknown(self):
        text = self.any(TEXTS)
        return self.word("x-unheard-of", text.encode()), text

    def lie(self):
        text = self.any(TEXTS)
        return self.word("us-ascii", text.encode()), text

    def broken(self):
        """What is no UTF-8 is U+FFFD, and what is around it stays."""
        return self.word("utf-8", b"a\xffb"), "a\ufffdb"

    def raw(self):
        text = self.any(TEXTS[:8])
        if self.random.random() < 0.5:
            return text, text
        try:
            return text.encode("cp1252").decode("ascii",
                                                "surrogateescape"), text
        except UnicodeEncodeError:
            return text, text

    def latin1(self):
        return "=?iso-8859-1?q?=80_=93x=94?=", "\u20ac \u201cx\u201d"

    def no_set(self):
        return "=??q?caf=C3=A9?=", "caf\u00e9"

    def control(self):
        return "=?utf-8?q?V=00i=07a?=", "Via"

    def inner(self):
        return "=?utf-8?q?a=?utf-8?q?b?=", "=?utf-8?q?ab"

    SHAPES = [
        ("plain", 8), ("encoded", 20), ("neighbours", 8), ("split", 4),
        ("no_blank", 3), ("in_quotes", 3), ("blank_within", 2), ("junk", 2),
        ("padding", 1), ("unknown", 2), ("lie", 2), ("broken", 2), ("raw", 3),
        ("latin1", 1), ("no_set", 1), ("control", 1), ("inner", 1),
    ]
    NAMES = {"no_blank": "no blank", "blank_within": "blank within",
             "unknown": "unknown set", "lie": "a lie", "raw": "raw 8 bit",
             "no_set": "no set", "in_quotes": "in quotes"}

    def unstructured(self):
        """(raw, seen, shapes)"""
        shapes = self.random.choices([shape for shape, _ in self.SHAPES],
                                     [share for _, share in self.SHAPES],
                                     k=self.random.randint(1, 4))
        made = [getattr(self, shape)() for shape in shapes]
        # Words that stand side by side would be joined.
        between = self.any([" . ", " .\n . ", "\n - "])
        return between.join(raw for raw, _ in made), \
            between.join(seen for _, seen in made), \
            [self.NAMES.get(shape, shape) for shape in shapes]

    # Parameters: the raw text, the values to be seen, the shape.

    def name(self):
        text = self.any(TEXTS) + self.any(["", ".exe", " 1.txt", ".pdf.scr"])
        return re.sub(r'["\\?=]', "", text)

    def percent(self, text, name):
        return urllib.parse.quote(text.encode(name), safe="")

    def pieces(self, text, encoded):
        """filename*0*=..., in some order."""
        units = [text[i:i + 3] for i in range(0, len(text), 3)] or [""]
        made = []
        for number, unit in enumerate(units):
            if encoded or number == 0:
                made.append("filename*%d*=%s%s" % (
                    number, "utf-8''" if number == 0 else "",
                    self.percent(unit, "utf-8")))
            else:
                made.append('filename*%d="%s"' % (number, unit))
        return made

    def parameters(self):
        """(raw, values, shape)"""
        text = self.name()
        ascii_ = text.encode("ascii", "ignore").decode().strip() or "x.exe"
        shape = self.any([
            "quoted", "token", "percent", "pieces", "pieces in any order",
            "word in name", "words in name", "both", "twice", "gap",
            "not quoted", "no semicolon", "8 bit name", "comment", "mixed",
            "pieces and plain", "piece twice", "percent twice",
            "all of them",
        ])
        if shape == "quoted":
            return 'filename="%s"' % ascii_, [ascii_], shape
        if shape == "token":
            token = re.sub(r"\W", "", ascii_) or "x"
            return "filename=" + token, [token], shape
        if shape == "percent":
            return "filename*=UTF-8'%s'%s" % (
                self.any(["", "en"]), self.percent(text, "utf-8")), [text], \
                shape
        if shape in ("pieces", "pieces in any order"):
            made = self.pieces(text, True)
            if shape != "pieces":
                self.random.shuffle(made)
            return self.any([";", ";\n ", " ; "]).join(made), [text], shape
        if shape == "mixed":
            text = "\u00e4\u00f6" + ascii_
            return ";".join(self.pieces(text, False)), [text], shape
        if shape == "word in name":
            return 'filename="%s"' % self.word("utf-8", text.encode()), \
                [text], shape
        if shape == "words in name":
            return 'filename="%s\n %s"' % (
                self.word("utf-8", text.encode()),
                self.word("iso-8859-1", b"\xe4.exe")), \
                [text + "\u00e4.exe"], "word in name"
        if shape == "both":
            return 'filename="safe.txt"; filename*=utf-8\'\'' + \
                self.percent(text, "utf-8"), ["safe.txt", text], shape
        if shape == "twice":
            return 'filename="safe.txt"; filename="%s"' % ascii_, \
                ["safe.txt", ascii_], shape
        if shape == "pieces and plain":
            return 'filename="safe.txt"; filename*0="in"; filename*1=.exe', \
                ["safe.txt", "in.exe"], shape
        if shape == "piece twice":
            return "filename*0=a; filename*1=.exe; filename*0=b", \
                ["a.exe", "b.exe"], shape
        if shape == "percent twice":
            return "filename*=utf-8''a.txt; filename*=utf-8''" + \
                self.percent(text, "utf-8"), ["a.txt", text], shape
        if shape == "all of them":
            return "filename=a.txt; filename*0=b; filename*1=.txt; " \
                "filename*=utf-8''" + self.percent(text, "utf-8"), \
                ["a.txt", "b.txt", text], shape
        if shape == "gap":
            return "filename*0=in; filename*2=.exe", ["in.exe"], shape
        if shape == "not quoted":
            return "filename=my own file.exe", ["my own file.exe"], shape
        if shape == "no semicolon":
            return 'x="y" filename="%s"' % ascii_, [ascii_], shape
        if shape == "8 bit name":
            return 'filename="\u00e4.exe"', ["\u00e4.exe"], shape
        return '(c) filename (d) = (e) "%s" (f)' % ascii_, [ascii_], shape


def squeeze(text):
    return " ".join(text.split())


def ours(fields):
    """The keys of the fields, from one message each hundred."""
    folder = Folder()
    conf = folder.write("conf", 'decoded_header_checks = '
                        '[ "pcre:{ {/^/ INFO} }" ];\nheader_size_limit = 0;\n'
                        'header_total_limit = 0; header_count_limit = 0;\n'
                        'visible_recipient_limit = 0;\n')
    paths = []
    for at in range(0, len(fields), 100):
        paths.append(folder.write("%06d.eml" % at, b"".join(
            name + b": " + value + b"\n"
            for name, value in fields[at:at + 100]) + b"\nx\n"))
    done = tool("scan", "-c", conf, "--json", *paths)
    if done.returncode != 0:
        sys.exit(done.stderr.decode())
    keys = []
    for line in done.stdout.decode().splitlines():
        keys += [match["key"].partition(": ")[2]
                 for match in json.loads(line)["matches"]]
    if len(keys) != len(fields):
        sys.exit("%d keys of %d fields" % (len(keys), len(fields)))
    return keys


def python_text(value):
    """By decode_header(), which heals, or by the newer package."""
    data = b"X: " + value + b"\n\nx\n"
    found = []
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        found.append(squeeze(str(message["X"])))
    except (LookupError, ValueError, IndexError, AttributeError):
        pass
    try:
        message = email.message_from_bytes(data)
        found.append(squeeze(str(email.header.make_header(
            email.header.decode_header(message["X"])))))
    except (LookupError, ValueError, UnicodeError,
            email.errors.HeaderParseError):
        pass
    return found


def python_names(value):
    data = b"Content-Disposition: " + value + b"\n\nx\n"
    found = []
    for policy in (email.policy.default, email.policy.compat32):
        try:
            name = email.message_from_bytes(
                data, policy=policy).get_filename()
        except (LookupError, ValueError, IndexError, AttributeError,
                TypeError, KeyError):
            continue
        if name is not None:
            found.append(squeeze(str(name)))
    return found


class Tally:
    def __init__(self):
        self.wrong = 0
        self.differs = collections.Counter()
        self.fields = self.same = 0

    def fault(self, *lines):
        self.wrong += 1
        if self.wrong <= 20:
            print("\n    ".join(map(repr, lines)))

    def judge(self, raw, want, got, theirs, same, shapes):
        self.fields += 1
        if want != got:
            self.fault("postern", raw, got, "wanted", want)
            return
        if same:
            self.same += 1
            return
        reasons = [shape for shape in shapes if shape in DIFFERENCES]
        self.differs.update(reasons)
        if not reasons:
            self.fault("Python", raw, theirs, "postern", got)


def encode(raw):
    """A byte that is no UTF-8 was escaped as Python does it."""
    return raw.encode("utf-8", "surrogateescape")


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20261120
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 6000
    maker, tally = Maker(seed), Tally()
    texts = [maker.unstructured() for _ in range(count)]
    parameters = [maker.parameters() for _ in range(count // 2)]
    values = [encode(raw) for raw, _, _ in texts]
    names = [b"attachment; " + encode(raw) for raw, _, _ in parameters]
    keys = ours([(b"X-Text", value) for value in values] +
                [(b"Content-Disposition", value) for value in names])
    for (_, seen, shapes), value, got in zip(texts, values, keys):
        theirs = python_text(value)
        tally.judge(value, squeeze(seen), got, theirs, got in theirs, shapes)
    for (_, wanted, shape), value, key in zip(parameters, names,
                                              keys[count:]):
        got = [re.sub(r"\\(.)", r"\1", found) for found in
               re.findall(r'filename="((?:[^"\\]|\\.)*)"', key)]
        theirs = python_names(value)
        tally.judge(value, [squeeze(name) for name in wanted], got, theirs,
                    len(got) == 1 and got[0] in theirs, [shape])
    print("seed %d: %d fields, %d as Python shows them, %d wrong; other than "
          "Python, by shape: %s" % (
              seed, tally.fields, tally.same, tally.wrong,
              ", ".join("%s %d" % item for item in
                        sorted(tally.differs.items()))))
    unseen = set(DIFFERENCES) - set(tally.differs)
    if unseen and count >= 6000:
        print("these never differed: %s" % ", ".join(unseen))
        return 1
    return 0 if tally.wrong == 0 and tally.same * 3 > tally.fields else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The MIME machine beside Postfix's own, through postmap -h, -b and -m.

Seeded messages, odd and hostile on purpose, and the mails of ../shared/mail
where that folder is there.  postmap shows which text Postfix takes for header
fields and which for body lines; it neither cuts long lines nor knows segments,
so the machine runs with a line length that cuts none of them.

    test_mime.py [SEED [COUNT]]
"""
import concurrent.futures
import os
import random
import subprocess
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.environ.get("BUILD", os.path.join(TOP, "build"))
MAIL = os.path.join(TOP, "..", "shared", "mail")
DUMP = os.path.join(BUILD, "tools", "mime_dump")
END = b"\t<end of key>\n"
UNCUT = 1 << 24

# Boundaries that begin with each other, that need quotes, that end or look
# like a line, none at all, and one that only its first 2048 bytes count of.
BOUNDARIES = [
    "b", "bb", "b-", "b--", "B", "", "-", "--", "a b", "a;b", "a:b", "(c)",
    "=_x.1", "q\\\"q", "tail ", "\xe9", "b" * 70, "L" * 2047, "L" * 2048,
    "L" * 2049, "L" * 3000, "X", "X: y", "\t", "0", "'b'",
]
FIELDS = [
    "Subject: part", "X-Y:", "X-Y :", "X-Y \t : z", "Content-Length: 3",
    "Content-Disposition: attachment;\n filename=\"a.exe\"", "From: a@b",
    "Content-ID: <x>", "content-description: d", "MIME-version: 1.0",
    "X: folded\n\tonce\n  twice\n \n end", "X-Long: " + "v" * 300,
    "X-Long: " + "v" * 150 + "\n " + "w" * 150 + "\n cut",
    # About the smaller of the two limits on a header field.
    "X: " + "v" * 196 + "\n 1\n 2", "X: " + "v" * 197 + "\n 1\n 2",
    "X: " + "v" * 198 + "\n 1\n 2",
    "Content-Transfer-Encoding: base64",
    "Content-Transfer-Encoding: quoted-printable",
    "Content-Transfer-Encoding: 8bit", "--b: c", "!#$%: odd name",
    "Subject: \xe9\xff", "X:\ty", "X: trailing \t",
]
NO_FIELDS = [
    "no header", ": no name", "N\xe9me: x", "two words: x", " leading: blank",
    "\tx", "-", "--", "From a@b Mon Jan  1", ">From: x", "\x7f: y", "a\x01: y",
]
TYPES = [
    "text/plain", "text/html; charset=\"x\"", "TEXT", "message/rfc822",
    "Message/RFC822; x=y", "message / (c) rfc822", "message/partial",
    "message/external-body; access-type=x", "message/rfc822-headers",
    "message/global", "message/global-headers", "message", "message/",
    "\"message\"/rfc822", "message/\"rfc822\"", "message rfc822",
    "image/png", "application/octet-stream; name=\"a;b\"", "", "()", ";",
    "; x", "text/rfc822-headers", "(message/rfc822", "\\message/rfc822",
    "message/rfc822/x", "message/rfc822 x", "x; boundary=b",
]
MULTIPARTS = [
    "multipart/mixed", "multipart/digest", "MULTIPART/Digest", "multipart",
    "multipart/alternative", "multipart/ digest", "multipart/\"digest\"",
    "(c)multipart(c)/(c)digest(c)", "\n multipart/mixed", "multipart/x/y",
    "multipart = mixed", "\"multipart\"/mixed", "multipart/digest x",
]
PARAMETERS = [
    "; boundary={q}", "; boundary=\"{q}\"", ";boundary={q}", ";\n boundary={q}",
    ";\n\tboundary=\"{q}\"; x=y", "; BOUNDARY = \"{q}\"", "; boundary={q} junk",
    "; boundary (c) = (c (c)) \"{q}\" (c)", "; boundary*0=\"{q}\"", " boundary={q}",
    "; boundary={q}; boundary=\"X\"", "; boundary=\"{q}", "; boundary=", "",
    "; x=\"; boundary=b\"; boundary={q}", "; \"boundary\"={q}", "; (; boundary={q}",
    "; boundary==b",
    "; boundary=\\b", "; boundary=b\\", "; boundary=\"b\\", "; boundary", ";;;",
    "; charset=x;boundary=\"{q}\";;", "; boundary=@", "; boundary b", "; boundary:b",
    "; boundary=\"\\{q}\"", "; boundary='{q}'", "; boundary=\x01", "; boundary=b\r",
]
# What a boundary is after unfolding, where it is not as it was meant.
UNFOLDED = {
    "; boundary=\"{q}\n  \"": "{q}  ", "; boundary=\"b \n\n \tb\"": "b \tb",
    "; boundary=\"{q} \t\n\"": "{q}",
}
PARAMETERS += UNFOLDED
TEXTS = ["text", "", "", "Subject: x", " x", "--", "---", "----", "-- b", " --b",
         "--x", "\xff", "from", ".", "--b\r", "\r", "a\rb", "--\r"]


def quoted(boundary):
    return boundary.replace("\\", "\\\\").replace("\"", "\\\"")


class Writer:
    """A message, line by line, from one random source."""

    def __init__(self, rng):
        self.rng = rng
        self.lines = []
        self.room = 60
        self.known = ["b"]

    def some(self, most):
        return range(self.rng.randint(0, most))

    def text(self):
        for _ in self.some(3):
            self.lines.append(self.rng.choice(TEXTS))
        if self.rng.random() < 0.15:
            self.marker(self.rng.choice(self.known))

    def marker(self, boundary):
        rng = self.rng
        if rng.random() < 0.05:
            boundary = boundary[:-1]
        self.lines.append("--" + boundary + rng.choice(
            ["", "", "", "", "--", "--", "-", " ", "junk", "--junk", " --"]))

    def multipart(self):
        boundary = self.rng.choice(BOUNDARIES if self.rng.random() < 0.6
                                   else self.known)
        kind = self.rng.choice(MULTIPARTS[:5] if self.rng.random() < 0.7
                               else MULTIPARTS)
        form = self.rng.choice(PARAMETERS[:4] if self.rng.random() < 0.5
                               else PARAMETERS)
        if boundary == "" or not boundary.isalnum():
            if self.rng.random() < 0.8:
                form = "; boundary=\"{q}\""
        kind += form.replace("{q}", quoted(boundary))
        boundary = UNFOLDED.get(form, "{q}").replace("{q}", boundary)
        self.known.append(boundary)
        return kind, boundary

    def header(self, first):
        """Returns the boundary, or whether a message is to come."""
        rng, fields, inside = self.rng, [], None
        for _ in self.some(3):
            fields.append(rng.choice(FIELDS))
        for _ in range(rng.choice([0, 1, 1, 1, 2])):
            if rng.random() < (0.9 if first else 0.4):
                kind, inside = self.multipart()
            else:
                kind = rng.choice(TYPES[:4] if rng.random() < 0.5 else TYPES)
                if inside is None and "message" in kind.lower():
                    inside = True
            name = rng.choice(["Content-Type:", "Content-Type: ",
                               "content-type: ", "CONTENT-TYPE : "])
            fields.append(name + kind)
        if first:
            rng.shuffle(fields)
        elif rng.random() < 0.2:
            fields.insert(rng.randint(0, len(fields)), rng.choice(NO_FIELDS))
        for field in fields:
            self.lines.extend(field.split("\n"))
        # A part without a header, or one whose header is not closed.
        if first or rng.random() < 0.85:
            self.lines.append("")
        return inside

    def entity(self, first=False):
        if self.room == 0:
            return
        self.room -= 1
        inside = self.header(first)
        self.text()
        if inside is True:
            if self.rng.random() < 0.8:
                self.entity()
        elif inside is not None:
            for _ in self.some(3):
                self.marker(inside)
                self.entity()
            if self.rng.random() < 0.7:
                self.lines.append("--" + inside + "--")
            self.text()

    def message(self):
        self.entity(first=True)
        for _ in self.some(3):
            self.marker(self.rng.choice(self.known))
            self.header(False)
            self.text()
        text = "\n".join(self.lines).encode("latin-1")
        # postmap drops a last line that ends in \xff and not in a LF.
        open_end = self.rng.random() < 0.1 and not text.endswith(b"\xff")
        return text + (b"" if open_end else b"\n")


def deep(rng, levels):
    """A multipart in a multipart, past the limit, and out again."""
    out = []
    for n in range(levels):
        out += ["Content-Type: multipart/mixed; boundary=n%d." % n, "",
                "--n%d." % n, "X-Level: %d" % n]
    out += ["", "middle"]
    for n in range(levels - 1, -1, -1):
        if rng.random() < 0.9:
            out += ["--n%d." % n, "X-Out: %d" % n, "", "--n%d.--" % n]
    return "\n".join(out).encode() + b"\n"


def postmap(directory, flags, message):
    answer = subprocess.run(
        ["postmap", "-c", directory, "-%smq" % flags, "-",
         "pcre:%s/table" % directory], input=message, timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if answer.stderr:
        raise RuntimeError(answer.stderr)
    keys = answer.stdout.split(END)
    return keys[:-1] if keys[-1] == b"" else keys


def dump(path, chunk, limits):
    arguments = [DUMP, "-l", str(UNCUT), "-c", str(chunk)]
    for flag, value in limits.items():
        arguments += ["-" + flag, str(value)]
    answer = subprocess.run(arguments + [path], stdout=subprocess.PIPE,
                            check=True, timeout=60)
    return [line.split(b" ") for line in answer.stdout.splitlines()]


def ours(events):
    """Our fields, and all that we see, as postmap would print them."""
    fields, all_keys, body = [], [], False
    for event in events:
        kind, text = event[0], bytes.fromhex(event[8].decode())
        if kind in (b"N", b"B"):
            continue
        if kind != b"P" and not body:
            # The line that ended the header: no milter sees it.
            body = True
            all_keys.append(b"")
        if kind != b"L":
            fields.append(text)
        all_keys.append(text)
    return fields, all_keys


def raw(events, path):
    """The raw ranges are the body, without gap or overlap."""
    at, size = None, os.path.getsize(path)
    for event in events:
        if event[0] in b"FL":
            offset, length = int(event[3]), int(event[4])
            if offset != (at or 0) or length == 0:
                return False
            at = offset + length
    return at is None or at <= size


def explain(name, message, want, got):
    print("%s: not as Postfix" % name)
    for n, pair in enumerate(zip(want + [None], got + [None])):
        if pair[0] != pair[1]:
            print("  key %d: Postfix %r, we %r" % ((n,) + pair))
            break
    print("  message: %r" % message[:4000])


def compare(case):
    name, message, limits, directory, chunk = case
    plain = message.replace(b"\r\n", b"\n")
    path = os.path.join(directory, "message.%d" % os.getpid() +
                        name.replace("/", "_"))
    wire = plain.replace(b"\n", b"\r\n") if chunk % 2 else plain
    with open(path, "wb") as file:
        file.write(wire)
    try:
        events = dump(path, chunk, limits)
        fields, all_keys = ours(events)
        want = postmap(directory, "h", plain)
        if want != fields:
            explain(name + " (fields)", message, want, fields)
            return False
        want = postmap(directory, "hb", plain)
        while want and want[-1] == b"" and len(want) > len(all_keys):
            want.pop()
        if want != all_keys:
            explain(name, message, want, all_keys)
            return False
        if not raw(events, path):
            print("%s: raw ranges leave gaps" % name)
            return False
        return True
    finally:
        os.unlink(path)


def configure(scratch, name, limits):
    directory = os.path.join(scratch, name)
    os.mkdir(directory)
    with open(os.path.join(directory, "main.cf"), "w") as file:
        file.write("mime_nesting_limit = %d\nmime_boundary_length_limit = %d\n"
                   "header_size_limit = %d\n" % (
                       limits["n"], limits["b"], limits["h"]))
    with open(os.path.join(directory, "table"), "w") as file:
        file.write("/^/ %s\n" % END.decode().strip())
    return limits, directory


def stored_mails():
    for folder, _, names in sorted(os.walk(MAIL)):
        for name in sorted(names):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                message = file.read()
            # postmap ends a key at a NUL.
            if b"\0" not in message and not name.endswith(".md"):
                yield os.path.relpath(path, MAIL), message


def cases(scratch, seed, count):
    usual = configure(scratch, "usual", {"n": 100, "b": 2048, "h": 102400})
    small = configure(scratch, "small", {"n": 2, "b": 4, "h": 200})
    for name, message in stored_mails():
        yield (name, message) + usual + (4097,)
    for levels in (1, 2, 3, 4, 5, 100, 101, 102, 103, 104, 200):
        rng = random.Random("%d deep %d" % (seed, levels))
        for limits in usual, small:
            yield ("deep %d" % levels, deep(rng, levels)) + limits + (17,)
    for n in range(count):
        rng = random.Random("%d.%d" % (seed, n))
        yield ("seed %d.%d" % (seed, n), Writer(rng).message()) + (
            small if n % 3 == 0 else usual) + (
            rng.choice([1, 2, 3, 100, 101, 65535, 65536]),)


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1500
    if not os.access(DUMP, os.X_OK):
        print("%s is missing (make helpers)" % DUMP)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        work = list(cases(scratch, seed, count))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            good = list(pool.map(compare, work))
    print("%d messages, %d not as Postfix" % (len(good), good.count(False)))
    return 0 if all(good) and good else 1


if __name__ == "__main__":
    sys.exit(main())

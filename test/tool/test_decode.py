#!/usr/bin/env python3
"""postern decode and postern query --decoded."""
import base64
import json
import os
import re
import sys
import unittest

import archives
import corpus
import text_evasions
from postern import tool
from scratch import Folder

MESSAGE = """\
From: =?utf-8?q?B=C3=BC?= <b@xn--bcher-kva.example>
Subject: a
 =?utf-8?b?w6k=?=\t
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

Subject: no field
--b
Content-Type: application/x; name*1*=%6Dl; name*0=a.ht

--b
Content-Type: message/rfc822

Subject: =?utf-8?q?in=1Bner?=
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PHA+b25lPGk+PCEtLXgtLT50d288cD50aDxiIGhpZGRlbj5ubwc8L2I+cmVl
--b--
"""
# Of fields the value alone.
SEEN = [
    "From: Bü <b@xn--bcher-kva.example b@bücher.example>",
    "Subject: a é",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="b"',
    "part\t0 text/plain",
    "text_checks\tSubject: no field",
    'Content-Type: application/x; name="a.html"',
    "part\t1 application/x attached",
    "Content-Type: message/rfc822",
    "Subject: inner",
    'Content-Type: text/html; charset="utf-8"',
    "Content-Transfer-Encoding: base64",
    "part\t2.1 text/html base64 charset=utf-8",
    "text_checks\tonetwo",
    "hidden_text_checks\tno",
    "text_checks\tthree",
    "part\t1 application/x attached",
    "attachment_checks\tname=a.html type=application/x size=0 "
    "magic=application/x-empty charset= disposition=",
]
TABLE = """\
#+ Subject: a É
#- Subject: a e
/^Subject: a.É$/	one
/^Content-Type: .*name="[^"]*\\.html"/	two
"""


def unescape(text):
    return re.sub(rb"\\(x[0-9a-f]{2}|[nt\\])", lambda match: {
        b"n": b"\n", b"t": b"\t", b"\\": b"\\"}.get(match.group(1)) or bytes(
            [int(match.group(1)[1:], 16)]), text.encode()).decode()


class Test(unittest.TestCase):
    folder = Folder()
    message = folder.write("message", MESSAGE)
    table = "pcre:" + folder.write("table", TABLE)

    def says(self, want, *args, status=0, stdin=b""):
        done = tool(*args, stdin=stdin)
        self.assertEqual((done.returncode, done.stdout.decode()),
                         (status, want), done.stderr)

    def test_decode(self):
        want = "".join(key + "\n" if "\t" in key else
                       "decoded_header_checks\t%s\n" % key for key in SEEN)
        self.says(want, "decode", self.message)
        self.says(want, "decode", "-", stdin=MESSAGE.encode())
        named = "message\t%s\n%s" % (self.message, want)
        self.says(named * 2, "decode", self.message, self.message)
        self.says(want, "decode", "-",
                  stdin=MESSAGE.replace("\n", "\r\n").encode())
        self.says(want, "decode", "-", stdin=MESSAGE[:-1].encode())

    @staticmethod
    def decoded(message):
        return tool("decode", "-", stdin=message).stdout.decode()

    def test_mbox(self):
        stored = "From a@b.c Sat Jan  1 00:00:00 2022\n%s\nx\n\n"
        mbox = stored % "Subject: 1\n" + stored % "Subject: 2\n"
        self.says("".join("message\t-#%d\n"
                          "decoded_header_checks\tSubject: %d\n"
                          "part\t1 text/plain\ntext_checks\tx\n" % (n, n)
                          for n in (1, 2)),
                  "decode", "-", stdin=mbox.encode())

    def test_no_limits(self):
        """What a policy would refuse is what one wants to see."""
        fields = "Received: x\n" * 1200 + "X: " + "y " * 27000 + "\n"
        parts = "".join('Content-Type: multipart/mixed; boundary="%dx"\n\n'
                        "--%dx\n" % (n, n) for n in range(120))
        out = tool("decode", "-", stdin=(
            fields + parts + "\ninnermost\n").encode())
        self.assertEqual((out.returncode, out.stderr), (0, b""))
        self.assertIn(b"text_checks\tinnermost\n", out.stdout)
        self.assertEqual(out.stdout.count(b": x\n"), 1200)

    def test_levels(self):
        """A number is as long as the parts are deep, up to a bound."""
        conf = self.folder.write("deep", 'mime_nesting_limit = 200;\n'
                                 'text_checks = [ "inline:{x=DUNNO}" ];\n')
        for depth in 99, 100, 101:
            path = self.folder.write("m", "".join(
                'Content-Type: multipart/mixed; boundary="%dx"\n\n--%dx\n'
                % (n, n) for n in range(depth)) + "\na\n")
            out = tool("scan", "--explain", "-c", conf, path).stdout.decode()
            number = re.search(r"part\t(\S+) text/plain\n  text_checks\ta\t",
                               out).group(1)
            self.assertEqual(number, ("...." if depth > 100 else "") +
                             ".".join(["1"] * min(depth, 100)))

    def test_whole_keys(self):
        """Of an attachment all is shown, below the part that it is."""
        name = "n" * 500 + ".zip"
        parts = [(name, archives.make_zip([("d/" + "m" * 300 + ".exe", b"MZ"),
                                           ("second", b"")])),
                 ("b", b"x")]
        message = "Content-Type: multipart/mixed; boundary=b\n\n" + "".join(
            "--b\nContent-Disposition: attachment; filename=%s\n"
            "Content-Type: application/x\n"
            "Content-Transfer-Encoding: base64\n\n%s"
            % (name, base64.encodebytes(content).decode())
            for name, content in parts)
        size = len(parts[0][1])
        want = [
            ("part", "1 application/x base64 attached"),
            ("attachment_checks", "name=%s type=application/x size=%d "
             "magic=application/zip charset= disposition=attachment "
             "archive=zip" % (name, size)),
            ("attachment_checks", "name=%s/d/%s.exe type= size=2 magic= "
             "charset= disposition=entry" % (name, "m" * 300)),
            ("attachment_checks", "name=%s/second type= size=0 magic= "
             "charset= disposition=entry" % name),
            ("part", "2 application/x base64 attached"),
            ("attachment_checks", "name=b type=application/x size=1 "
             "magic=application/octet-stream charset= "
             "disposition=attachment")]
        out = self.decoded(message.encode())
        self.assertTrue(out.endswith("".join(
            "%s\t%s\n" % one for one in want)), out)
        path = self.folder.write("long", message)
        conf = self.folder.write(
            "long.cf", 'attachment_checks = [ "inline:{x=DUNNO}" ];\n')
        out = tool("scan", "--explain", "-c", conf, path).stdout.decode()
        self.assertTrue(out.endswith("".join(
            "  %s\t%s%s\n" % (view, key, "" if view == "part" else
                              "\tinline:{x=DUNNO}\t-")
            for view, key in want)), out)
        out = tool("scan", "--explain", "--json", "-c", conf, path).stdout
        self.assertEqual([(one["view"], one["key"])
                          for one in json.loads(out)["lookups"]][-6:], want)

    def test_ambiguous(self):
        """Said once, with the reason, and so does scan --explain."""
        message = ("Content-Type: multipart/mixed; boundary=b\n\n--b\n\na\n"
                   "--b\nContent-Type: text/plain\n"
                   "Content-Type: text/html\n\nb\n--b\n"
                   "Content-Transfer-Encoding: \"base64\"\n\nYQ==\n--b--\n")
        said = "ambiguous\ttwo Content-Type fields that differ\n"
        self.assertEqual(self.decoded(message.encode()).split(
            "part\t")[1:], ["1 text/plain\ntext_checks\ta\n"
                            "decoded_header_checks\tContent-Type: text/plain\n"
                            "decoded_header_checks\tContent-Type: text/html\n"
                            + said, "2 text/plain\ntext_checks\tb\n"
                            "decoded_header_checks\t"
                            "Content-Transfer-Encoding: \"base64\"\n",
                            "3 text/plain base64\ntext_checks\ta\n"])
        conf = self.folder.write(
            "odd.cf", 'text_checks = [ "inline:{x=DUNNO}" ];\n')
        path = self.folder.write("odd", message)
        out = tool("scan", "--explain", "-c", conf, path).stdout.decode()
        self.assertEqual(out.count("  " + said), 1)
        out = tool("decode", "--json", path).stdout.decode().splitlines()
        self.assertEqual([json.loads(line) for line in out
                          if "ambiguous" in line], [
            {"file": path, "part": None, "view": "ambiguous",
             "key": "two Content-Type fields that differ"}])

    def test_deep_in_a_file(self):
        """Below mime_nesting_limit the text is not decoded: not unsaid."""
        deep = "".join("Content-Type: multipart/mixed; boundary=z%dz\n\n"
                       "--z%dz\n" % (i, i) for i in range(12))
        path = self.folder.write("deep", (
            "Content-Type: application/octet-stream; name=x.eml\n\n" + deep +
            "Content-Transfer-Encoding: base64\n\nYnV5\n"))
        for limit, verdict in (9, "reject"), (12, "accept"):
            conf = self.folder.write("deep.cf", (
                'text_checks = [ "inline:{x=DUNNO}" ];\n'
                'mime_nesting_limit = %d;\nmime_nesting_action = "reject";\n'
                % limit))
            out = tool("scan", "--json", "-c", conf, path).stdout
            self.assertEqual(json.loads(out)["verdict"], verdict, out)

    def test_long_fields(self):
        """A name behind 16384 bytes is not seen; that there may be one is."""
        for kind in "text/plain", "application/octet-stream":
            for n, name, broken in (16000, "x.exe", ""), (17000, "",
                                                          " broken"):
                field = "Content-Type: %s;\n%s name=x.exe\n" % (
                    kind, " x=%s;\n" % ("y" * 990) * (n // 1000))
                out = self.decoded((field + "\nMZ\n").encode())
                self.assertIn("\nattachment_checks\tname=%s type=%s" % (
                    name, kind), out)
                self.assertTrue(out.endswith("disposition=%s\n" % broken), out)
                self.assertEqual("\nambiguous\ta field of more than 16384 "
                                 "bytes\n" in out, broken != "")

    def test_hostile_names(self):
        """Whatever a name is made of, a key is one line of characters."""
        names = [b"".join(bytes([byte]) for byte in range(1, 256)),
                 b"\n", b"a\r\nb.exe", b"\0", b"\x1b[2J.exe", b". . .", b"",
                 "\u2028a\u2029\u0085\u202e\u200b.exe".encode(),
                 b"\xf4\x90\x80\x80.exe", b"\xed\xa0\x80.exe",
                 b"a" * 65531 + b".exe", b"../" * 21845]
        for flags in 0, 0x800:
            content = archives.make_raw_zip([(name, b"x") for name in names],
                                            flags)
            out = self.decoded(
                b"Content-Type: a/b; name=z\n"
                b"Content-Transfer-Encoding: base64\n\n"
                + base64.encodebytes(content))
            keys = [line.partition("\t")[2] for line in out.split("\n")
                    if line.startswith("attachment_checks\t")]
            for key in keys[1:]:
                found = re.fullmatch("name=z/(.*) type= size=1 magic= "
                                     "charset= disposition=entry( broken)?",
                                     key)
                self.assertTrue(found, repr(key))
                self.assertTrue(len(found.group(1).encode()) <= 1022)
                self.assertFalse(re.search(
                    r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u200b-\u200f\ufeff]",
                    key), repr(key))
                if ".exe" in key:
                    self.assertTrue(found.group(1).endswith(".exe"))
            self.assertEqual(sum(".exe" in key for key in keys), 6, keys)

    def test_scan_agrees(self):
        """As with every lookup of scan, all messages, in their order."""
        views = ("decoded_header_checks", "text_checks",
                 "hidden_text_checks", "link_checks",
                 "link_domain_access", "attachment_checks")
        conf = self.folder.write("conf", "".join(
            '%s = [ "inline:{nothing=DUNNO}" ];\n' % view for view in views) +
            "header_total_limit = 0; header_count_limit = 0;\n"
            "header_size_limit = 0; hopcount_limit = 0;\n"
            'mime_nesting_action = "quarantine"; decoded_size_limit = 0;\n'
            'on_attachment_error = "accept"; link_limit = 0;\n')
        linked = self.decoded(text_evasions.html(
            "<a href='http://a.b.test/?u=http%3a//c.test/'>d.test</a>"))
        self.assertIn("link_checks\thttp://c.test/\n", linked)
        self.assertIn("link_domain_access\ta.b.test\n", linked)
        mail = self.folder / "mail"
        for folder in "cur", "new":
            os.makedirs(os.path.join(mail, folder))
        messages = [message for _, message in corpus.generated()] + [
            entry[1] for entry in text_evasions.TEXT]
        for n, message in enumerate(messages):
            self.folder.write("mail/cur/%04d" % n, message)
        seen = tool("decode", mail).stdout.decode()
        seen = re.split(r"(?m)^message\t.*\n", seen)[1:]
        said = tool("scan", "-c", conf, "--json", "--explain",
                    mail).stdout.decode()
        said = [json.loads(line) for line in said.splitlines()]
        self.assertEqual((len(seen), len(said)), (len(messages),) * 2)
        for mine, its in zip(seen, said):
            want = [(look["view"], look["key"]) for look in its["lookups"]
                    if look["view"] in views + ("part", "ambiguous")]
            lines = [line.split("\t") for line in mine.split("\n")[:-1]]
            self.assertEqual([(view, unescape(key)) for view, key in lines],
                             want, its["file"])
        # The same as JSON.
        said = [(look["view"], look["key"]) for its in said
                for look in its["lookups"]
                if look["view"] in views + ("ambiguous",)]
        seen = [json.loads(line) for line in tool(
            "decode", "--json", mail).stdout.decode().splitlines()]
        self.assertEqual([(one["view"], one["key"]) for one in seen], said)

    def test_json(self):
        seen = [json.loads(line) for line in tool(
            "decode", "--json", self.message).stdout.decode().splitlines()]
        part = "2.1 text/html base64 charset=utf-8"
        self.assertEqual(seen[-3:-1], [
            {"file": self.message, "part": part, "view": view, "key": key}
            for view, key in (("hidden_text_checks", "no"),
                              ("text_checks", "three"))])
        self.assertEqual(seen[-1]["part"], "1 application/x attached")
        self.assertEqual(seen[0]["part"], None)

    def test_exact_keys(self):
        """What is printed is the key, for query, and for a table's tests."""
        text = "a\u200b\u202eb\\x41 \u00e9\u00adc"
        message = ("Content-Type: text/plain; charset=utf-8\n\n%s\n" %
                   text).encode()
        line = self.decoded(message).splitlines()[-1]
        key = "a\\xe2\\x80\\x8b\\xe2\\x80\\xaeb\\\\x41 \u00e9\\xc2\\xadc"
        self.assertEqual(line, "text_checks\t" + key)
        table = "pcre:" + self.folder.write("exact", (
            "#+ %s\n/^a\\x{200b}\\x{202e}b\\\\x41 \u00e9\\xadc$/\tWARN\n" %
            key))
        self.says("1 tests, 0 failed\n", "query", "--decoded", "--test",
                  table)
        self.says("WARN\n", "query", "--decoded", "--escaped", table, key)
        self.says("", "query", "--decoded", table, key, status=1)
        self.says("%s\tWARN\n" % key, "query", "--decoded", "--escaped",
                  table, "-", stdin=(key + "\n").encode())
        conf = self.folder.write("exact.cf", 'text_checks = [ "%s" ];\n' %
                                 table)
        done = tool("scan", "--explain", "-c", conf, "-", stdin=message)
        self.assertIn("  text_checks\t%s\t%s\t" % (key, table),
                      done.stdout.decode())

    def test_odd_input(self):
        self.says("", "decode", "-", stdin=b"")
        self.says("decoded_header_checks\tX: \ufffd\npart\t1 text/plain\n",
                  "decode", "-", stdin=b"X: =?utf-8?q?=FF?=")
        done = tool("decode", self.folder / "none", self.message)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"none: No such file or directory", done.stderr)
        self.assertEqual(done.stdout.count(b"\n"), 1 + len(SEEN))
        self.assertEqual(tool("decode").returncode, 2)
        self.assertEqual(tool("decode", "--nonsense").returncode, 2)

    def test_query(self):
        found = "%s\tone\n%s\ttwo\n" % (SEEN[1], SEEN[6])
        self.says(found, "query", "--decoded", "--header", self.table,
                  self.message)
        self.says("", "query", "--header", self.table, self.message,
                  status=1)
        self.says("one\n", "query", "--decoded", self.table, "Subject: a é")
        self.says("", "query", self.table, "Subject: a é", status=1)
        self.says("2 tests, 0 failed\n", "query", "--decoded", "--test",
                  self.table)
        # É is two bytes there, and its other case unknown.
        self.says("2 tests, 0 failed\n", "query", "--test", self.table)
        self.says("", "query", "--decoded", self.table, "Subject: a\xe9\xff",
                  status=1)


if __name__ == "__main__":
    sys.exit(unittest.main())

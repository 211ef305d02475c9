#!/usr/bin/env python3
"""postern decode and postern query --decoded."""
import sys
import unittest

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
Content-Type: text/html
Content-Transfer-Encoding: base64

PHA+b25lPGk+PCEtLXgtLT50d288cD50aDxiIGhpZGRlbj5ubzwvYj5yZWU=
--b--
"""
# All but fields come with their list.
SEEN = [
    "From: Bü <b@xn--bcher-kva.example b@bücher.example>",
    "Subject: a é",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="b"',
    "text_checks\tSubject: no field",
    'Content-Type: application/x; name="a.html"',
    "Content-Type: message/rfc822",
    "Subject: inner",
    "Content-Type: text/html",
    "Content-Transfer-Encoding: base64",
    "text_checks\tonetwo",
    "hidden_text_checks\tno",
    "text_checks\tthree",
]
TABLE = """\
#+ Subject: a É
#- Subject: a e
/^Subject: a.É$/	one
/^Content-Type: .*name="[^"]*\\.html"/	two
"""


class Test(unittest.TestCase):
    folder = Folder()
    message = folder.write("message", MESSAGE)
    table = "pcre:" + folder.write("table", TABLE)

    def says(self, want, *args, status=0, stdin=b""):
        done = tool(*args, stdin=stdin)
        self.assertEqual((done.returncode, done.stdout.decode()),
                         (status, want), done.stderr)

    def test_decode(self):
        want = "".join(("" if "\t" in key else "decoded_header_checks\t")
                       + key + "\n" for key in SEEN)
        self.says(want, "decode", self.message)
        self.says(want, "decode", "-", stdin=MESSAGE.encode())
        self.says(want * 2, "decode", self.message, self.message)
        self.says(want, "decode", "-",
                  stdin=MESSAGE.replace("\n", "\r\n").encode())
        self.says(want, "decode", "-", stdin=MESSAGE[:-1].encode())

    def test_odd_input(self):
        self.says("", "decode", "-", stdin=b"")
        self.says("decoded_header_checks\tX: ??\n".replace("??", "\ufffd"),
                  "decode", "-", stdin=b"X: =?utf-8?q?=FF?=")
        done = tool("decode", self.folder / "none", self.message)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"none: No such file or directory", done.stderr)
        self.assertEqual(done.stdout.count(b"\n"), len(SEEN))
        self.assertEqual(tool("decode").returncode, 2)
        self.assertEqual(tool("decode", "--nonsense").returncode, 2)

    def test_query(self):
        found = "%s\tone\n%s\ttwo\n" % (SEEN[1], SEEN[5])
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

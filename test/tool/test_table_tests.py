#!/usr/bin/env python3
"""Tests inside tables, from the outside: query --test and check run them, and
a daemon does not take up a table whose tests fail."""
import os
import re
import sys
import unittest

from postern import Postern, tool
from scratch import TOP, Folder

GOOD = "#+ Subject: a\n#- Subject: b\n/^Subject: a/ WARN a\n"
BAD = "/b$/ WARN b\n#+ Subject: b\n/^Subject: [ab]/ WARN a\n"
FAILURE = ('%s:2: the test "Subject: b" must be answered by the rule in line '
           "3, not by that in line 1\n")


def run(*args):
    done = tool(*args)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Tests(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()

    def tearDown(self):
        self.folder.close()

    def query(self, text, kind="pcre"):
        path = self.folder.write("table", text)
        return run("query", "--test", kind + ":" + path)

    def check(self, text, more=""):
        path = self.folder.write("table", text)
        conf = self.folder.write(
            "conf", 'header_checks = [ "pcre:%s" ];\n%s' % (path, more))
        return run("check", "-c", conf)

    def test_query(self):
        self.assertEqual(self.query(GOOD), (0, "2 tests, 0 failed\n", ""))
        self.assertEqual(self.query(BAD), (
            1, FAILURE % (self.folder / "table") + "1 tests, 1 failed\n", ""))
        self.assertEqual(self.query("/a/ WARN\n"),
                         (0, "0 tests, 0 failed\n", ""))
        self.assertEqual(self.query("#+ A.example\na.example OK\n", "hash"),
                         (0, "1 tests, 0 failed\n", ""))

    def test_query_bare(self):
        """A file without a type is one of patterns."""
        path = self.folder.write("table", BAD)
        self.assertEqual(run("query", "--test", path),
                         run("query", "--test", "pcre:" + path))
        path = self.folder.write("a:b", GOOD)
        good = (0, "2 tests, 0 failed\n", "")
        for name in path, os.path.relpath(path), os.path.join(
                ".", os.path.relpath(path)):
            self.assertEqual(run("query", "--test", name), good)
        path = self.folder.write("table", "#+ a.example\na.example OK\n")
        status, out, err = run("query", "--test", path)
        self.assertEqual((status, out.splitlines()[-1]),
                         (1, "1 tests, 1 failed"))
        self.assertIn("is neither a rule nor IF", err)
        status, out, err = run("query", "--test", "nonsense:" + path)
        self.assertEqual((status, out), (2, ""))
        self.assertIn("nonsense", err)
        status, out, err = run("query", "--test", "/nonexistent/x")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("/nonexistent/x", err)
        # A key is asked of a table with a type only.
        self.assertEqual(run("query", path, "a.example")[0], 2)

    def test_query_many(self):
        status, out, _ = self.query("#+ b\n" * 10010 + "/a/ WARN\n")
        self.assertEqual(status, 1)
        self.assertTrue(out.endswith("... and 10 more\n"
                                     "10010 tests, 10010 failed\n"))

    def test_query_errors(self):
        status, out, err = run("query", "--test", "pcre:/nonexistent/x")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("/nonexistent/x", err)
        self.assertEqual(run("query", "--test", "pcre:x", "key")[0], 2)
        self.assertEqual(run("query", "--test")[0], 2)
        # What Postfix skips is skipped; the reason is on standard error.
        status, out, err = self.query("#+ a\n/a/q WARN\n")
        self.assertEqual(status, 1)
        self.assertIn("has no rule below it that is in use", out)
        self.assertIn('"q" is not a flag', err)

    def test_check(self):
        self.assertEqual(self.check(GOOD), (0, "", ""))
        table = self.folder / "table"
        self.assertEqual(self.check(BAD), (1, FAILURE % table, ""))
        status, out, _ = self.check(BAD, "compatible_tables = true;\n")
        self.assertEqual(status, 0)
        self.assertIn(":2: warning: the test ", out)
        # A faulty table says why, and not also that its tests fail.
        status, out, _ = self.check("#+ a\n/a/q WARN\n")
        self.assertEqual((status, len(out.splitlines())), (1, 1))

    def test_types(self):
        text = "#+ Subject: ab\n#- Subject: abx\n/a/!/x/ WARN\n"
        self.assertEqual(self.query(text, "regexp"),
                         (0, "2 tests, 0 failed\n", ""))
        self.assertEqual(self.query("#+ A.b\n#- b\na.b OK\n", "btree"),
                         (0, "2 tests, 0 failed\n", ""))
        # Each table of a union by itself, the second one failing.
        one = self.folder.write("one", "#+ a\na OK\n")
        two = self.folder.write("two", "#+ b\na OK\n")
        status, out, _ = run("query", "--test",
                             "unionmap:{hash:%s, hash:%s}" % (one, two))
        self.assertEqual(status, 1)
        self.assertEqual(out.splitlines(), [
            two + ':1: the test "b" is answered by no rule, not even that in '
            "line 2, which must match it", "2 tests, 1 failed"])

    def test_reload(self):
        table = self.folder.write("table", GOOD)
        with Postern({"header_checks": ["pcre:" + table]}) as daemon:
            self.folder.write("table", BAD)
            daemon.reload(wait="not loaded .*the old policy stays")
            daemon.wait_log('the test "Subject: b" must be answered by')
            self.folder.write("table", GOOD + "/c/ WARN\n")
            daemon.reload(wait=r": loaded \(SIGHUP\)")

    def test_many_rules(self):
        """At load only so many; check runs them all."""
        text = "".join("#+ %05d\n/^%05d$/ WARN x\n" % (n, n)
                       for n in range(5000))
        table = self.folder.write("table", text)
        with Postern({"header_checks": ["pcre:" + table]}) as daemon:
            left = int(daemon.wait_log(r"(\d+) tests in it are not run")[1])
            self.assertTrue(0 < left < 2500, left)
        self.assertEqual(self.check(text), (0, "", ""))
        self.assertEqual(self.check(text + "#+ x\n/^04999$/ WARN y\n")[0], 1)

    def test_shipped(self):
        """As many as the comments are, and none fails."""
        for name, least, *decoded in (
                ("header_checks", 50), ("mime_header_checks", 50),
                ("body_checks", 50),
                ("decoded_header_checks", 25, "--decoded"),
                ("text_checks", 50, "--decoded")):
            path = os.path.join(TOP, "patterns", name)
            with open(path, encoding="ascii") as file:
                number = len(re.findall("^#[-+] ", file.read(), re.M))
            self.assertGreater(number, least)
            self.assertEqual(run("query", "--test", *decoded, "pcre:" + path),
                             (0, "%d tests, 0 failed\n" % number, ""))


if __name__ == "__main__":
    os.chdir(TOP)
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())

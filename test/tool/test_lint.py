#!/usr/bin/env python3
"""`postern check --lint`: each lint on a table that shows it and on one that
nearly does; that what it proves is so, by asking the table; and that innocent
tables, the shipped ones among them, get no warning."""
import glob
import os
import random
import re
import shutil
import sys
import unittest

from postern import tool
from scratch import TOP, Folder

SEED = int(os.environ.get("SEED", "1"))
QUICK = {"allow", "indented-rule", "covered", "non-ascii", "never-asked"}

HEADER = "header_checks"
# A list for all fields, so that no rule is in the wrong one.
HEADERS = ["header_checks"]

# Lint, setting, type, table that shows it, lines; tables that do not.
PATTERNS = [
    # ---- covered ----
    ("covered", HEADER, "/a/ WARN\n/a/ DUNNO\n", [2]),
    ("covered", HEADER, "!/a/ WARN\n!/a/ DUNNO\n", [2]),
    ("covered", HEADER, "/lottery/ WARN\n/^Subject:.*lottery win/ WARN\n",
     [2]),
    ("covered", HEADER, "/^To:.*a/ WARN\n/^To:.*(big|small) b.*ac$/ WARN\n",
     [2]),
    ("covered", HEADER, "/^To: a/ WARN\n/^TO: ab?c/ WARN\n", [2]),
    ("covered", HEADER, "/a$/ WARN\n/ba\\z/ WARN\n", [2]),
    ("covered", HEADER, "/^a$/ WARN\n/^A$/i WARN\n", [2]),
    ("covered", HEADER, "/b[0-9]/ WARN\n/ab7/ WARN\n", [2]),
    ("covered", HEADER, "/x|ab/ WARN\n/abc|cab/ WARN\n", [2]),
    ("covered", HEADER, "/./ DUNNO\n/a/ WARN\n!/b/ WARN\n", [2, 3]),
    ("covered", HEADER, "/^.*$/ DUNNO\n/a/ WARN\n", [2]),
    ("covered", HEADER, "/a/ DUNNO\nif /b/\n/xa/ WARN\nendif\n", [3]),
    ("covered", HEADER, "if /b/\n/a/ DUNNO\nif /c/\n/ab/ WARN\nendif\n"
     "/ac/ WARN\nendif\n/ad/ WARN\n", [4, 6]),
    ("covered", HEADER, "/a(?=b)/ WARN\n/a(?=b)/ WARN\n", [2]),
    # Near: case, an end, a flag, a look, a choice, another IF, negation.
    (None, HEADER, "/^a/i WARN\n/^A/i WARN\n", []),
    (None, HEADER, "/a/i WARN\n/a/ WARN\n", []),
    (None, HEADER, "/^a/ WARN\n/ba/ WARN\n", []),
    (None, HEADER, "/a$/ WARN\n/ab/ WARN\n", []),
    (None, HEADER, "/a\\z/ WARN\n/ba$/ WARN\n", []),
    (None, HEADER, "/\\ba/ WARN\n/ba/ WARN\n", []),
    (None, HEADER, "/a(?!b)/ WARN\n/ac/ WARN\n", []),
    (None, HEADER, "/abc/ WARN\n/ab?c/ WARN\n", []),
    (None, HEADER, "/bb/ WARN\n/ab+c/ WARN\n", []),
    (None, HEADER, "/b.*b/ WARN\n/ab+c/ WARN\n", []),
    (None, HEADER, "/a.*b/s WARN\n/a\\nb/ WARN\n", []),
    (None, HEADER, "/a.*+b/ WARN\n/acb/ WARN\n", []),
    (None, HEADER, "/a(?>x|xy)b/ WARN\n/axyb/ WARN\n", []),
    (None, HEADER, "/b[0-8]/ WARN\n/ab[0-9]/ WARN\n", []),
    (None, HEADER, "/ab/ WARN\n/abc|cb/ WARN\n", []),
    (None, HEADER, "/ab/ WARN\n/a|b/ WARN\n", []),
    (None, HEADER, "!/a/ WARN\n/ab/ WARN\n", []),
    (None, HEADER, "/a/ WARN\n!/a/ WARN\n", []),
    (None, HEADER, "/a/ WARN\n!/ab/ WARN\n", []),
    (None, HEADER, "if /b/\n/a/ WARN\nendif\n/a/ WARN\n", []),
    (None, HEADER, "if /b/\n/./ WARN\nendif\n/a/ WARN\n", []),
    (None, HEADER, "if /b/\n/a/ WARN\nendif\nif /c/\n/a/ WARN\nendif\n", []),
    (None, HEADER, "/^$/ WARN\n/a/ WARN\n", []),
    (None, HEADER, "/.{2}/ WARN\n/a/ WARN\n", []),
    (None, HEADER, "/./s WARN\n/[a\\n]/ WARN\n", []),
    (None, HEADER, "/^a/m WARN\n/^b\\na/ WARN\n", []),
    (None, HEADER, "/a{2}/ WARN\n/ba/ WARN\n", []),
    # ---- domain-dot ----
    ("domain-dot", HEADER, "/@example.com>/ WARN\n", [1]),
    ("domain-dot", HEADER, "/@mail\\.example.com$/ WARN\n", [1]),
    ("domain-dot", HEADER, "/(From|To): .*spam.example.net/ WARN\n", [1]),
    ("domain-dot", HEADER, "/x(a|b.org)/ WARN\n", [1]),
    ("domain-dot", HEADER, "/@example.de/ WARN\n", [1]),
    ("domain-dot", HEADER, "/www.shop.info/ WARN\n", [1]),
    ("domain-dot", HEADER, "/example.co.uk\\b/ WARN\n", [1]),
    ("domain-dot", HEADER, "/evil.ru/ WARN\n", [1]),
    ("domain-dot", HEADER, "/^From:.*\\.example.com>/ WARN\n", [1]),
    ("domain-dot", HEADER, "/^From:.*.example.com>/ WARN\n", [1]),
    ("domain-dot", HEADER, "/@[a-z]+.example.com>/ WARN\n", [1]),
    ("domain-dot", HEADER, "/mx[0-9].example\\.com/ WARN\n", [1]),
    ("domain-dot", HEADER, "/(mail|smtp).example\\.com/ WARN\n", [1]),
    (None, HEADER, "/^From:.*.example\\.com>/ WARN\n", []),
    (None, HEADER, "/<[^@]*.example\\.com>/ WARN\n", []),
    (None, HEADER, "/(mail|smtp).com/ WARN\n", []),
    (None, HEADER, "/[0-9].[0-9]/ WARN\n", []),
    (None, HEADER, "/example\\.com./ WARN\n", []),
    (None, HEADER, "/node.js/ WARN\n", []),
    (None, HEADER, "/@example\\.com>/ WARN\n", []),
    (None, HEADER, "/example[.]com/ WARN\n", []),
    (None, HEADER, "/example.common/ WARN\n", []),
    (None, HEADER, "/example.com[a-z]/ WARN\n", []),
    (None, HEADER, "/example.*com/ WARN\n", []),
    (None, HEADER, "/more.info/ WARN\n", []),
    (None, HEADER, "/who.is.it/ WARN\n", []),
    (None, HEADER, "/buy.now/ WARN\n", []),
    (None, HEADER, "/a\\.com.b/ WARN\n", []),
    (None, HEADER, "/.com/ WARN\n", []),
    # ---- dot-star ----
    ("dot-star", HEADER, "/^.*viagra/ WARN\n", [1]),
    ("dot-star", HEADER, "/.*viagra/ WARN\n", [1]),
    ("dot-star", HEADER, "/viagra.*/ WARN\n", [1]),
    ("dot-star", HEADER, "/viagra.*$/ WARN\n", [1]),
    ("dot-star", HEADER, "/(via)gra.*/ WARN $1\n", [1]),
    ("dot-star", HEADER, "if /^Subject:.*/\n/a/ WARN\nendif\n", [1]),
    ("dot-star", HEADER, "!/^.*?viagra/ WARN\n", [1]),
    (None, HEADER, "/^.*(via)gra/ WARN $1\n", []),
    (None, HEADER, "/(via.*)/ WARN $1\n", []),
    (None, HEADER, "/^Subject:.*via/ WARN\n", []),
    (None, HEADER, "/via.+/ WARN\n", []),
    (None, HEADER, "/^.*via/s WARN\n", []),
    (None, HEADER, "/via.*$/s WARN\n", []),
    (None, HEADER, "/.*via/A WARN\n", []),
    (None, HEADER, "/via\\.*/ WARN\n", []),
    (None, HEADER, "/.*/ WARN\n", []),
    (None, HEADER, "/^.*$/ WARN\n", []),
    (None, HEADER, "/a|via.*/ WARN\n", []),
    # ---- backtracking ----
    ("backtracking", HEADER, "/(a+)+$/ WARN\n", [1]),
    ("backtracking", HEADER, "/^To: (\\w+\\s?)*$/ WARN\n", [1]),
    ("backtracking", HEADER, "/^(a|a)*b/ WARN\n", [1]),
    ("backtracking", HEADER, "/^([^\"]|\\\\.)*\"x/ WARN\n", [1]),
    ("backtracking", HEADER, "/^((x)|([^y]))+z/ WARN\n", [1]),
    ("backtracking", HEADER, "/^To: (?>([a-z]+)*>)/ WARN\n", [1]),
    ("backtracking", HEADER, "if /(?:\\d+,?)+;/\n/a/ WARN\nendif\n", [1]),
    ("backtracking", HEADER, "/^(([a-z])+.)+[A-Z]([a-z])+$/ WARN\n", [1]),
    (None, HEADER, "/(a++)+$/ WARN\n", []),
    (None, HEADER, "/(?>a+)+$/ WARN\n", []),
    (None, HEADER, "/(a+)+/ WARN\n", []),
    (None, HEADER, "/^To: (\\w+\\s)*$/ WARN\n", []),
    (None, HEADER, "/^(a|b)*c/ WARN\n", []),
    (None, HEADER, "/^([^\"\\\\]|\\\\.)*\"x/ WARN\n", []),
    (None, HEADER, "/^(a+){3}$/ WARN\n", []),
    (None, HEADER, "/a.*b.*c.*d/ WARN\n", []),
    # ---- encoded ----
    ("encoded", HEADER, "/^Subject: =\\?utf-8\\?/ WARN\n", [1]),
    ("encoded", HEADER, "/=\\?[^?]+\\?B\\?U2FsZQ/ WARN\n", [1]),
    ("encoded", HEADER, "/^Subject: =?utf-8?B?/ WARN\n", [1]),
    ("encoded", HEADER, "/=?iso-8859-1?q?x/x WARN\n", [1]),
    (None, HEADER, "/x=?b?q?/ WARN\n", []),
    ("encoded", "body_checks", "/VGhpcyBwcm9ncmFtIGNhbm5vdA/ WARN\n", [1]),
    ("encoded", "body_checks", "/^TVqQAAMAAAAEAAAA/ WARN\n", [1]),
    ("encoded", "body_checks", "/=D0=9A=D1=83=D0=BF/ WARN\n", [1]),
    ("encoded", "decoded_header_checks", "/a/ WARN\n/=\\?utf-8\\?q/ WARN\n",
     [2]),
    ("encoded", "text_checks", "/=D0=9A=D1=83=D0=BF/ WARN\n", [1]),
    ("domain-dot", "text_checks", "/@example.com$/ WARN\n", [1]),
    ("dot-star", "hidden_text_checks", "/.*foo/ WARN\n", [1]),
    ("backtracking", "decoded_header_checks", "/(a+)+$/ WARN\n", [1]),
    # A word's letter is more than these letters there.
    (None, "text_checks", "/[a-z0-9_]+x/i WARN\n/\\wx/ WARN\n", []),
    (None, HEADER, "/=\\?(?:koi8-r|gb2312)\\?/ WARN\n", []),
    (None, HEADER, "/utf-8/ WARN\n", []),
    (None, HEADER, "/\\?q\\?x/ WARN\n", []),
    (None, "body_checks", "/thisisaverylongwordindeed/ WARN\n", []),
    (None, "body_checks", "/ThisIsAVeryLongMixedWord17/ WARN\n", []),
    (None, "body_checks", "/0123456789abcdef0123456789ABCDEF/ WARN\n", []),
    (None, "body_checks", "/AAAAAAAAAAAAAAAAAAAAAAAA/ WARN\n", []),
    (None, "body_checks", "/=3D=20/ WARN\n", []),
    # ---- non-ascii ----
    ("non-ascii", HEADER, "/caf\u00e9/ WARN\n", [1]),
    ("non-ascii", HEADER, "/caf[e\u00e9]/i WARN\n", [1]),
    ("non-ascii", HEADER, "/caf\u00e9?/i WARN\n", [1]),
    ("non-ascii", HEADER, "/\u041a\u0443\u043f\u0438/ WARN\n", [1]),
    (None, HEADER, "/caf\u00e9/i WARN\n", []),
    (None, HEADER, "/caf(?:\u00e9|\u00c9)/ WARN\n", []),
    (None, HEADER, "/caf(?:\u00e9)?/i WARN\n", []),
    (None, HEADER, "/caf\\xc3\\xa9/ WARN\n", []),
    (None, HEADER, "/\u4e2d\u6587/ WARN\n", []),
    (None, HEADER, "/(*UTF)caf[\u00e9]/ WARN\n", []),
    (None, HEADER, b"/caf\xe9/ WARN\n", []),
    # ---- indented-rule ----
    ("indented-rule", HEADER, "if /a/\n/b/ WARN x\n |c| REJECT no\nendif\n",
     [2]),
    (None, HEADER, "if /a/\n/b/ WARN x\n or | and | REJECT\nendif\n", []),
    (None, HEADER, "/b/ REJECT we\n do not (really) take it\n", []),
    # ---- allow ----
    ("allow", HEADER, "# postern: allow nonsense\n/a/ WARN\n", [1]),
    ("allow", HEADER, "# postern: allow covered\n\n/a/ WARN\n", [1]),
    ("allow", HEADER, "# postern: allow covered, it is\n/a/ WARN\n", [1]),
    (None, HEADER, "# postern: allow covered it is\n/a/ WARN\n", []),
    (None, HEADER, "/a/ WARN\n#- ab\n# postern: allow dot-star, covered x\n"
     "# and more\n/a.*/ WARN\n", []),
    # ---- unseen-field ----
    ("unseen-field", HEADER, "/^Bcc:/ WARN\n", [1]),
    ("unseen-field", HEADER, "/^(Return-Path|Content-Length): x/ WARN\n",
     [1]),
    ("unseen-field", HEADER, "/^Received: from x/ WARN\n", [1]),
    (None, HEADER, "/^(?:Bcc|To):/ WARN\n", []),
    (None, HEADER, "/^Received-SPF:/ WARN\n", []),
    (None, HEADER, "!/^Received:/ DUNNO\n", []),
    # ---- never-asked: what a list does not see ----
    ("never-asked", "body_checks", "/a\\n b/ WARN\n", [1]),
    (None, "body_checks", "/a\\n?b/ WARN\n", []),
    (None, HEADER, "/a\\n b/ WARN\n", []),
]

# Setting, type, table, the lines of never-asked.
KEYS = [
    ("sender_access", "hash", """\
a@b.example	OK
a+x@b.example	OK
b.example	OK
example		OK
user@		OK
user+x@		OK
<>		OK
USER@B.Example	OK
"john doe"@b.example	OK
a@[192.0.2.1]	OK
b\u00fccher.example	OK
xn--bcher-kva.example	OK
163.com		OK
a_b.example	OK
""", []),
    ("sender_access", "hash", """\
.b.example	OK
@b.example	OK
*@b.example	OK
*.b.example	OK
192.0.2.1	OK
192.0.2		OK
192.0.2.0/24	OK
2001:db8::1	OK
<a@b.example>	OK
"john"@b.example	OK
""", list(range(1, 11))),
    ("recipient_access", "hash", "<> OK\na@b.example OK\n", [1]),
    ("header_from_access", "hash", "a@b.example OK\nb.example OK\nu@ OK\n"
     "<> OK\n@b.example OK\n.b.example OK\n192.0.2.1 OK\n", [4, 5, 6, 7]),
    ("reply_to_access", "pcre", "/^u@$/ OK\n/^a@b\\.example$/ OK\n", [1]),
    ("login_access", "hash", "jo OK\njo@b.example OK\n@x OK\n", []),
    ("client_access", "hash", """\
mail.b.example	OK
example		OK
unknown		OK
192.0.2.1	OK
192.0.2		OK
192		OK
2001:db8::1	OK
2001:DB8::2	OK
2001:db8	OK
2001:db8:1:2:3	OK
2001:db8:1:2:3:4:5:6	OK
::1		OK
b\u00fccher.example	OK
""", []),
    ("client_access", "hash", """\
.b.example	OK
a@b.example	OK
user@		OK
192.0.2.0/24	OK
192.0.2.*	OK
192.0.2.	OK
192.0.2.1-192.0.2.9	OK
192.0.2.01	OK
2001:0db8::1	OK
2001:db8::/32	OK
::ffff:192.0.2.1	OK
<>		OK
""", list(range(1, 13))),
    ("reverse_client_access", "hash", "b.example DUNNO\n@b.example DUNNO\n",
     [2]),
    ("helo_access", "hash", """\
mail.b.example	OK
localhost	OK
192.0.2.1	OK
[192.0.2.1]	OK
b.example	OK
a@b.example	OK
.b.example	OK
192.0.2.0/24	OK
""", [6, 7, 8]),
    ("mynetworks", "hash", "192.0.2.1 OK\n192.0.2 OK\nb.example OK\n",
     [2, 3]),
    ("message_size_access", "hash",
     "192.0.2 1\nb.example 1\na@b.example 1\n<> 1\n.b.example 1\n", [5]),
    # Pattern tables see whole keys.
    ("sender_access", "pcre", """\
/^user@$/	OK
/^b\\.example$/	OK
/^(com|net)$/	OK
""", [1, 2, 3]),
    ("sender_access", "pcre", """\
/^user@/	OK
/@c\\.example$/	OK
/^a@b\\.example$/	OK
/^<>$/		OK
/x\\.example/	OK
/^[a-z]+$/	OK
!/^c\\.example$/	OK
/^(d\\.example|a@d\\.example)$/	OK
""", []),
    ("client_access", "pcre", "/^192\\.0\\.2$/ OK\n/^\\.b\\.example$/ OK\n"
     "/^b\\.example$/ OK\n/^192\\.0\\.2\\.1$/ OK\n/^unknown$/ OK\n", [1, 2]),
    ("sender_access", "cidr", "192.0.2.0/24 OK\n", [0]),
    ("client_access", "cidr", "192.0.2.0/24 OK\n", []),
    # Anything may be a login.
    ("login_access", "cidr", "192.0.2.0/24 OK\n", [0]),
    ("login_access", "hash", "user OK\na@b.c OK\n*@ OK\n", []),
]

# The silent traps of Postfix's tables that are complaints already: each must
# be an error, whatever the lint.
TRAPS = [
    ("sender_access", "hash", "a@b.example 550\n"),
    (HEADER, "pcre", "if /a/\n/b/ WARN\n  /c/ WARN\nendif\n"),
    (HEADER, "pcre", "if /a/\n  /c/ WARN\nendif\n"),
    (HEADER, "pcre", "/a/ WARN\nendif\n"),
    (HEADER, "pcre", "if /a/\n/a/ WARN\n"),
    (HEADER, "pcre", "if /(/\n/a/ WARN\nendif\n"),
    (HEADER, "pcre", "/a/ WARN costs 5$\n"),
    (HEADER, "pcre", "/a/ WARN $name\n"),
    (HEADER, "pcre", "/a/\n"),
    (HEADER, "pcre", "/a/ FILTER smtp:x\n"),
    (HEADER, "pcre", "/a/ DELAY 5\n"),
    (HEADER, "pcre", "/a/ REJCT\n"),
    (HEADER, "pcre", "/a/ REPLACE text\n"),
    (HEADER, "pcre", "/a/ PREPEND text\n"),
    (HEADER, "pcre", "/a/ REDIRECT nobody\n"),
    (HEADER, "pcre", "/a/ BCC nobody\n"),
    ("client_access", "cidr", "192.0.2.1/24 OK\n"),
]
# Name, setting, type, table, its line: what Postfix only warns about is a
# warning, too, with compatible_tables and without.
WARNED = [
    ("duplicate", "sender_access", "hash",
     "a@b.example OK\nA@b.example REJECT\n", 2),
    ("colon", "login_access", "texthash", "jo: OK\n", 1),
    ("flag-x", HEADER, "pcre", "/a/ WARN\nif /b/X\n/b/ WARN\nendif\n", 2),
    ("if-text", HEADER, "pcre", "/b/ WARN\nif /a/ # or b\n/a/ WARN\nendif\n",
     2),
    ("if-text", HEADER, "pcre", "if !/a/i /b/ WARN\n/c/ WARN\nendif\n", 1),
    ("if-text", HEADER, "regexp", "if /a/!/b/\n/c/ WARN\nendif\n", 1),
    ("endif-text", HEADER, "regexp", "if /a/\n/a/ WARN\nendif a\n", 3),
    ("result", HEADER, "pcre", "/a/ WARN\n/b/ OK\n", 2),
    ("result", "sender_access", "hash", "a@b.example DEFER_IF_REJECT\n", 1),
    ("result", "sender_access", "btree", "b.example permit, reject\n", 1),
    ("result", "sender_access", "unionmap", "b.example permit, reject\n", 1),
]


class Lint(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()

    def tearDown(self):
        self.folder.close()

    def write(self, setting, kind, text):
        path = self.folder.write("table", text)
        conf = '%s = [ "%s:%s" ];\n' % (setting, kind, path)
        if setting == HEADER:
            conf += 'body_checks = [ "pcre:%s" ];\n' % self.folder.write(
                "empty", "")
        return self.folder.write("conf", conf)

    def run_check(self, conf, *args):
        done = tool("check", "-c", conf, *args)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def lints(self, setting, kind, text, *args):
        """(exit status, [(line, lint)], what was printed)"""
        conf = self.write(setting, kind, text)
        status, out = self.run_check(conf, *args)
        table = re.escape(self.folder / "table")
        found = re.findall(r"^%s:(\d+): warning: .* \[([a-z-]+)\]$" % table,
                           out, re.M)
        # What is about a table as a whole stands where it is named.
        found += re.findall(r"^%s:\d+(): warning: .* \[([a-z-]+)\]$"
                            % re.escape(conf), out, re.M)
        self.assertEqual(len(found), len(out.splitlines()), out)
        return status, [(int(line or 0), lint) for line, lint in found], out

    def test_patterns(self):
        for lint, setting, text, lines in PATTERNS:
            with self.subTest(text=text):
                want = [(line, lint) for line in lines]
                status, found, out = self.lints(setting, "pcre", text,
                                                "--lint")
                self.assertEqual((status, found), (0, want), out)
                want = [pair for pair in want if pair[1] in QUICK]
                status, found, out = self.lints(setting, "pcre", text)
                self.assertEqual((status, found), (0, want), out)

    def test_allowed(self):
        """Every lint can be silenced, by its name and no other."""
        for lint, setting, text, lines in PATTERNS:
            if lint in (None, "allow"):
                continue
            for name, want in ((lint, 0), ("allow", 1)):
                rows = text.splitlines()
                for line in reversed(lines):
                    rows.insert(line - 1, "# postern: allow %s why" % name)
                with self.subTest(text=text, name=name):
                    found = self.lints(setting, "pcre", "\n".join(rows),
                                       "--lint")[1]
                    self.assertEqual(len(found), want * len(lines))

    def test_keys(self):
        for setting, kind, text, lines in KEYS:
            with self.subTest(setting=setting, text=text):
                status, found, out = self.lints(setting, kind, text)
                self.assertEqual(
                    (status, found),
                    (0, [(line, "never-asked") for line in lines]), out)

    def test_keys_by_style(self):
        text = ".b.example OK\nb.example OK\n"
        conf = self.write("sender_access", "hash", text)
        with open(conf, "a", encoding="ascii") as file:
            file.write("parent_domain_matches_subdomains = false;\n")
        self.assertEqual(self.run_check(conf), (0, ""))

    def test_uses(self):
        """A key is asked if one of all lists asks."""
        table = self.folder.write("table", "user@ OK\n192.0.2 OK\n@x.y OK\n")
        conf = self.folder.write("conf", (
            'client_access = [ "hash:%s" ];\nsender_access = [ "hash:%s" ];\n'
            % (table, table)))
        self.assertEqual(
            re.findall(r":(\d+): warning:", self.run_check(conf)[1]), ["3"])

    def test_fields(self):
        """MIME fields are looked up in mime_header_checks."""
        table = self.folder.write(
            "table", "/^Content-(Type|Disposition):/ WARN\n"
            "/^Content-Length-X:/ WARN\n/^(?:Subject|MIME-Version):/ WARN\n")
        for conf, want in (('header_checks = [ "pcre:%s" ];\n', []),
                           ('header_checks = [ "pcre:%s" ];\n'
                            'mime_header_checks = [ ];\n', ["1"]),
                           ('nested_header_checks = [ "pcre:%s" ];\n', ["1"]),
                           ('mime_header_checks = [ "pcre:%s" ];\n', [])):
            path = self.folder.write("conf", conf % table)
            out = self.run_check(path, "--lint")[1]
            self.assertEqual(re.findall(r":(\d+): warning:", out), want, out)

    def test_networks(self):
        text = """\
192.0.2.0/24	OK
192.0.2.1	OK
!2001:db8::/32	OK
!2001:db8::/32	OK
if 10.0.0.0/8
10.1.0.0/16	OK
10.1.2.0/24	OK
endif
10.1.0.0/16	OK
!2001:db8:1::/48	OK
192.0.3.0/24	OK
0.0.0.0/0	OK
198.51.100.1	OK
::1	OK
"""
        self.assertEqual(
            self.lints("client_access", "cidr", text)[1],
            [(line, "covered") for line in (2, 4, 7, 13)])

    def test_traps(self):
        for setting, kind, text in TRAPS:
            with self.subTest(text=text):
                status, out = self.run_check(self.write(setting, kind, text))
                self.assertEqual(status, 1, out)

    def warnings(self, setting, kind, text, more):
        conf = self.write(setting, kind, text)
        if kind == "unionmap":
            path = self.folder / "table"
            conf = self.folder.write("conf", '%s = [ "unionmap:{hash:%s}" ];\n'
                                     % (setting, path))
        with open(conf, "a", encoding="ascii") as file:
            file.write(more)
        status, out = self.run_check(conf)
        self.assertEqual(status, 0, out)
        return re.findall(r"table:(\d+): warning: .*\(.+\) \[([a-z-]+)\]$",
                          out, re.M), out

    def test_warned(self):
        for name, setting, kind, text, line in WARNED:
            rows = text.splitlines()
            above = {n: "\n".join(rows[:line - 1] + ["# postern: allow " + n]
                                  + rows[line - 1:]) for n in (name, "allow")}
            for more in "", "compatible_tables = true;\n":
                with self.subTest(text=text, more=more):
                    found, out = self.warnings(setting, kind, text, more)
                    self.assertEqual(found, [(str(line), name)], out)
                    found, out = self.warnings(setting, kind, above[name],
                                               more)
                    self.assertEqual(out, "")
                    found, out = self.warnings(setting, kind, above["allow"],
                                               more)
                    self.assertEqual(found, [(str(line + 1), name)], out)

    def test_faulty(self):
        """What has errors is looked at all the same; what is skipped does
        not count."""
        conf = self.write(HEADER, "pcre", "/a/q WARN\n/a/ WARN\n/ab/ WARN\n"
                          "/(/ WARN\n/b/ $0\n/bc/ WARN\n")
        status, out = self.run_check(conf)
        self.assertEqual(status, 1)
        self.assertEqual(re.findall(r":(\d+): warning: .*\[covered\]", out),
                         ["3"])
        # Which IF it is in, is not known.
        conf = self.write(HEADER, "pcre", "endif\n/a/ WARN\n/ab/ WARN\n")
        self.assertNotIn("covered", self.run_check(conf)[1])

    def test_regexp(self):
        """POSIX's patterns, as far as they are read; not two in one rule."""
        for text, want in (
                ("/ab/ WARN\n/xab/ WARN\n", [(2, "covered")]),
                ("/^a.*b$/ WARN\n/^axb$/ WARN\n", [(2, "covered")]),
                ("/a[\\.]/ WARN\n/a\\\\/ WARN\n", [(2, "covered")]),
                ("/a[\\.]/ WARN\n/ab/ WARN\n", []),
                ("/ab/x WARN\n/xab/ WARN\n", []),
                ("/a/!/b/ WARN\n/a/ WARN\n", []),
                ("/a/ WARN\n/a/!/b/ WARN\n", []),
                ("/@example.com>/ WARN\n", [(1, "domain-dot")]),
                ("/^.*foo/ WARN\n", [(1, "dot-star")]),
                ("/foo.*/ WARN\n", [(1, "dot-star")]),
                ("/(f)oo.*/ WARN $1\n", []),
                ("/(a+)+$/ WARN\n", [])):
            with self.subTest(text=text):
                self.assertEqual(self.lints(HEADER, "regexp", text,
                                            "--lint")[:2], (0, want))
        self.assertEqual(self.lints("sender_access", "regexp",
                                    "/^user@$/ OK\n/^a@b$/ OK\n")[:2],
                         (0, [(1, "never-asked")]))

    def test_names(self):
        """Rules in a name, and tables in tables."""
        conf = self.folder.write(
            "conf", 'header_checks = [ "pcre:{{/a/ WARN}, {/ab/ WARN}}" ];\n'
            'sender_access = [ "inline:{ a@b.c=OK, {.b.c = OK} }" ];\n')
        out = self.run_check(conf)[1]
        self.assertRegex(out, r"conf:1: warning: pcre:\S.*: rule 2: .* "
                         r"line 1 .*\[covered\]\n")
        self.assertRegex(out, r'conf:2: warning: inline:.*"\.b\.c" .*\[never')
        # A union of fixed keys is asked for parts of them, too.
        table = self.folder.write("table", "/a/ OK\n/ab/ OK\n/^u@$/ OK\n")
        conf = self.folder.write("conf", (
            'sender_access = [ "unionmap:{inline:{b.c=OK}, pcre:%s}" ];\n'
            % table))
        self.assertEqual(re.findall(r":(\d+): warning:.*\[(.*)\]",
                                    self.run_check(conf)[1]),
                         [("2", "covered")])

    def test_unions(self):
        """The tables of a union are asked for what its first one takes."""
        for name, tables, want in (
                ("sender_access", "unionmap:{inline:{@b.c=OK, u@=OK, d.e=OK}, "
                 "inline:{@f.g=OK}}", ["@b.c", "@f.g"]),
                ("sender_access", "unionmap:{static:OK, "
                 "pcre:{{/^u@$/ OK}, {/^@x$/ OK}}}", ["@x"]),
                ("sender_access", "unionmap:{pcre:{{/^u@b.c$/ OK}}, "
                 "inline:{u@=OK, d.e=OK, a@b.c=OK, @b.c=OK}}",
                 ["u@", "d.e", "@b.c"]),
                ("sender_access", "unionmap:{unionmap:{pcre:{{/a/ OK}}, "
                 "static:OK}, inline:{u@=OK}}", ["u@"]),
                ("sender_access", "unionmap:{pipemap:{static:OK, "
                 "pcre:{{/a/ OK}}}, inline:{u@=OK, @b.c=OK}}", ["@b.c"]),
                ("sender_access", "unionmap:{fail:x, inline:{u@=OK}}",
                 ["u@"]),
                ("client_access", "unionmap:{regexp:{{/a/ OK}}, "
                 "inline:{192.0.2=OK, 192.0.2.1=OK, b.c=OK, a@b.c=OK}}",
                 ["192.0.2", "a@b.c"]),
                ("client_access", "unionmap:{cidr:{{::/0 OK}}, "
                 "unionmap:{inline:{192.0.2=OK}}}", ["192.0.2"]),
                # What comes out of a table is nobody's business.
                ("sender_access", "pipemap:{inline:{@b.c=OK, u@=OK}, "
                 "inline:{@f.g=OK}}", ["@b.c"]),
                ("header_checks", "unionmap:{static:OK, inline:{@b.c=OK}, "
                 "pcre:{{/^u@$/ OK}}}", [])):
            with self.subTest(tables=tables):
                conf = self.folder.write("conf", '%s = [ "%s" ];\n' % (
                    name, tables))
                out = self.run_check(conf)[1]
                self.assertEqual(re.findall(
                    r'(?:key|matches) "(.*?)" .*\[never', out), want)
        self.assertIn("whole keys only, like its first table", self.run_check(
            self.folder.write("conf", 'sender_access = [ "unionmap:{pcre:'
                              '{{/a/ OK}}, inline:{u@=OK}}" ];\n'))[1])
        # In two places, and asked for parts in one of them.
        conf = self.folder.write(
            "conf", 'sender_access = [ "inline:{u@=OK}", '
            '"unionmap:{pcre:{{/a/ OK}}, inline:{u@=OK}}" ];\n')
        self.assertNotIn("never-asked", self.run_check(conf)[1])

    def test_shown_input(self):
        """The text that a warning shows does take a million steps."""
        shown = 0
        for lint, setting, text, _ in PATTERNS:
            if lint != "backtracking":
                continue
            out = self.lints(setting, "pcre", text, "--lint")[2]
            attack = re.search(r'the text "(.*)" takes more', out)[1]
            rule = next(line for line in text.splitlines()
                        if line.startswith(("/", "if")))
            rule = re.sub(r"^if |( WARN)?$", "", rule) + " WARN\n"
            path = self.folder.write("conf2", (
                'header_checks = [ "pcre:%s" ];\nmatch_limit = 100000;\n'
                % self.folder.write("table2", "#- %s\n%s" % (attack, rule))))
            status, out = self.run_check(path)
            self.assertIn("meets a limit on matching", out, text)
            self.assertEqual(status, 1)
            shown += 1
        self.assertGreater(shown, 5)

    def test_shipped(self):
        for pattern in ("conf/postern.conf", "conf/*_access",
                        "patterns/*_checks"):
            for path in glob.glob(TOP + "/" + pattern):
                shutil.copy(path, self.folder.path)
        conf = self.folder / "postern.conf"
        self.assertEqual(self.run_check(conf, "--lint"), (0, ""))
        with open(self.folder / "body_checks", encoding="ascii") as file:
            text = file.read()
        # They are looked at: without its allowances there are warnings.
        self.folder.write("body_checks", text.replace("postern: allow", "x"))
        self.assertEqual(self.run_check(conf, "--lint")[1].count("[encoded]"),
                         3)


ATOMS = ["a", "b", "c", ".", "[ab]", "[^a]", "\\w", "(?:ab|c)", "(a|b)",
         "(?:b)?", "(?>a|ab)", "(?=b)", "(?!c)", "\\b", "ab", "bc", "\\n"]
REPEATS = ["", "", "", "", "?", "*", "+", "{2}", "{1,3}", "*?", "*+"]


def random_pattern(rng):
    def branch():
        text = rng.choice(["", "", "^"])
        for _ in range(rng.randint(1, 4)):
            atom = rng.choice(ATOMS)
            repeat = rng.choice(REPEATS)
            if repeat and (atom in ("(?=b)", "(?!c)", "\\b")):
                repeat = ""
            text += atom + repeat
            if rng.random() < 0.25:
                text += ".*"
        return text + rng.choice(["", "", "", "$", "\\z"])

    text = branch()
    if rng.random() < 0.2:
        text += "|" + branch()
    return "/%s/%s" % (text, rng.choice(["", "", "", "i", "s", "m", "A"]))


class Proofs(unittest.TestCase):
    """What is said to be so, is so: seeded, against the table itself."""

    def setUp(self):
        self.folder = Folder()
        self.rng = random.Random(SEED)
        print("seed %d" % SEED)

    def tearDown(self):
        self.folder.close()

    def keys(self, number):
        return ["".join(self.rng.choice("aabbccAB n") for _ in range(
            self.rng.randint(1, 7))) for _ in range(number)]

    def table(self):
        lines, depth = [], 0
        for number in range(1, 41):
            what = self.rng.random()
            mark = "!" if self.rng.random() < 0.1 else ""
            if what < 0.06:
                lines.append("if " + mark + random_pattern(self.rng))
                depth += 1
            elif what < 0.12 and depth:
                lines.append("endif")
                depth -= 1
            else:
                lines.append("%s%s WARN %d" % (
                    mark, random_pattern(self.rng), number))
        return lines + ["endif"] * depth

    def test_covered(self):
        covered = 0
        for _ in range(60):
            lines = self.table()
            path = self.folder.write("table", "\n".join(lines) + "\n")
            conf = self.folder.write(
                "conf", 'header_checks = [ "pcre:%s" ];\n' % path)
            out = tool("check", "-c", conf).stdout.decode()
            never = set(re.findall(r"table:(\d+): warning: .*\[covered\]",
                                   out))
            keys = "\n".join(self.keys(1500))
            answers = tool("query", "pcre:" + path, "-",
                           stdin=keys.encode()).stdout.decode()
            wrong = never & set(re.findall(r"\tWARN (\d+)$", answers, re.M))
            self.assertEqual(wrong, set(), "\n".join(lines) + answers)
            covered += len(never)
        self.assertGreater(covered, 100)

    def test_dot_star(self):
        """What the lint proposes matches the same."""
        seen = 0
        for _ in range(400):
            pattern = random_pattern(self.rng)
            body, flags = pattern[1:].rsplit("/", 1)
            pattern = "/%s/%s" % (self.rng.choice(
                ["^.*" + body, ".*" + body, body + ".*", body + ".*$"]),
                flags)
            path = self.folder.write("table", pattern + " WARN\n")
            conf = self.folder.write(
                "conf", 'header_checks = [ "pcre:%s" ];\n' % path)
            out = tool("check", "--lint", "-c", conf).stdout.decode()
            found = re.search(r"\(write (/.*/)\) \[dot-star\]", out)
            if not found:
                continue
            seen += 1
            other = self.folder.write("other", "%s%s WARN\n" % (
                found[1], flags))
            keys = "\n".join(self.keys(200)).encode()
            answers = [tool("query", "pcre:" + name, "-", stdin=keys).stdout
                       for name in (path, other)]
            self.assertEqual(answers[0], answers[1], pattern + out)
        self.assertGreater(seen, 50)


WORDS = """invoice payment account urgent newsletter meeting agenda project
    report delivery parcel order customer support weekly holiday photo music
    garden kitchen winter summer river mountain letter paper""".split()


# In the manner of the tables that manuals show and administrators pass on:
# setting, type, rules.
FOUND = [
    (HEADER, "pcre", r"""
/^Subject: make money fast/	REJECT
/^To: friend@public\.com/	REJECT
/^Content-(Type|Disposition):.*(file)?name=.*\.(bat|com|exe|js|scr|vbs)/ REJECT $3
/^content-(type|disposition):.*name[[:space:]]*=.*\.(docm|xlsm)/ REJECT
/^Content-(Disposition|Type).*name\s*=\s*"?(.*(\.|=2E)(cpl|hta|pif))(\?=)?"?\s*(;|$)/x REJECT "$2"
/^X-Originating-IP:/ IGNORE
/^User-Agent:/ IGNORE
/^Mime-Version:/ REPLACE Mime-Version: 1.0
/^X-Spam-(Flag|Status): *YES/ DISCARD
/^X-Spam-Level: \*{15,}/ REJECT spam
/^Subject:.*(\bcialis\b|v[i1]agra)/ REJECT No drugs
/^Subject: *\[SPAM\]/ HOLD
/^From:.*@(?:mail\.)?bad-domain\.tld\b/ REJECT
/^Reply-To:.*<[^>]+@(example\.(com|net))>/ WARN $1
/^Subject:\s*$/ REJECT empty subject
/^(To|From|Cc|Reply-To):.*<>/ REJECT
/^Date: .*(19[0-9]{2}|200[0-9])/ REJECT Past Date
/[^[:print:]]{8}/ REJECT 8bit
/^Subject:.*[\x80-\xff]{4,}/ REJECT 8bit
/^Subject: =\?(big5|euc-kr|gb2312|ks_c_5601-1987|koi8-r)\?/ REJECT charset
/charset="?(koi8-r|windows-1251)/ REJECT
/^X-Mailer: (?:The Bat!|Foxmail) [0-9.]+$/ WARN
/^Subject:.*\$[0-9,]{5,}/ WARN
/^From: .*(\.ru|\.cn)>?$/ WARN
/^Subject: (?:Re|Fwd|AW): {2,}/ WARN
/^To: undisclosed[- ]recipients?:?;?$/ WARN
/^(?:From|Sender): "?[0-9]{6,}"? </ WARN
!/^[[:print:][:space:]]*$/ WARN non-printing
if /^Content-(?:Type|Disposition):/
/name="?[^"]+\.(wsf|lnk)"?$/ REJECT
/\.(zip|rar|7z)/ WARN
endif
if !/^(From|To):/
/@localhost\b/ WARN
endif
/^(.*)$/ DUNNO
"""),
    ("body_checks", "pcre", r"""
~^[[:alnum:]+/]{60,}$~ DUNNO
/^<iframe src=(3D)?cid:.* height=(3D)?0 width=(3D)?0>$/ REJECT IFRAME
/^begin [0-7]{3,} .*\.(exe|scr)/ REJECT uu
/(https?:\/\/)?(www\.)?bad\.example\.com/ REJECT
/http:\/\/[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+\// WARN
/<a\s+href=["']?javascript:/ REJECT
/\bunsubscribe\b.*\bclick here\b/ WARN
/^[> ]+/ DUNNO
/bitcoin.*\b[13][a-km-zA-HJ-NP-Z1-9]{25,34}\b/ REJECT
/^\s*[-_=*]{20,}\s*$/ DUNNO
/make.money.fast/ REJECT
/\b(?:\d{1,3}\.){3}\d{1,3}\b/ WARN
/\b[\w.+-]+@[\w-]+\.[\w.-]+\b/ WARN
/visit us at w{3}\.[a-z]+\.(ru|cn)/ WARN
/M[ck]Dowell & Sons/ WARN
"""),
    ("recipient_access", "pcre", r"""
/^(?!owner-)(.*)-outgoing@(.*)/ 550 Use ${1}@${2} instead
/^friend@(?!my\.domain$)/ 550 Stick this in your pipe
/^bounce\+.*=.*@example\.com$/ OK
/^noddy@my\.domain$/  550 This user is a funny one.
 You do not want to send mail to them.
/@/ DUNNO
"""),
    ("client_access", "pcre", r"""
/^(?:\d{1,3}[.-]){3}\d{1,3}\./ REJECT dynamic
/([0-9a-f]{2}-?){6}\.(cable|dsl)\./ WARN
/\.dsl\.example\.net$/ REJECT
/^unknown$/ WARN
/^10\.1\./ OK
"""),
    ("helo_access", "regexp", r"""
/^[0-9.]+$/ REJECT
/^[^.]+$/ WARN
/^(mail\.)?example\.com$/ REJECT you are not me
/^\[?10\.([0-9]+)\./ REJECT
"""),
]


class Innocent(unittest.TestCase):
    """Thousands of rules as people write them, and not a warning."""

    def test_found(self):
        folder = Folder()
        for setting, kind, text in FOUND:
            path = folder.write("table", text)
            conf = folder.write("conf", '%s = [ "%s:%s" ];\n' % (
                setting, kind, path))
            done = tool("check", "--lint", "-c", conf)
            self.assertEqual(done.stdout.decode(), "", setting)
        folder.close()

    def test_rules(self):
        rng = random.Random(SEED)
        folder = Folder()
        rules = []
        for number in range(3000):
            word = "%s%d%s" % (rng.choice(WORDS), number, rng.choice(WORDS))
            shape = rng.choice([
                "/^Subject:.*\\b%s\\b/ REJECT no",
                "/^Subject: (?:Re: )?%s$/ WARN x",
                "/^From:.*@%s\\.example\\.com>/ REJECT",
                "/^X-Mailer: %s [0-9.]+$/ WARN",
                "/^List-Id:.*<%s\\.lists\\.example\\.org>/ DUNNO",
                "/^(To|Cc):.*%s@/ WARN $1",
                "/^Subject:.*%s.{1,20}(free|now)!/ WARN",
                "/^Message-ID: <[a-z0-9]+\\.%s@/ WARN",
                "/^Reply-To:\\s*\"?%s\"?\\s*</ WARN",
                "/%s[-_. ]?offer/ WARN",
            ])
            rules.append(shape % word)
        path = folder.write("table", "\n".join(rules) + "\n")
        conf = folder.write("conf",
                            'header_checks = [ "pcre:%s" ];\n' % path)
        done = tool("check", "--lint", "-c", conf)
        self.assertEqual(done.stdout.decode()[:2000], "")
        folder.close()

    def test_keys(self):
        rng = random.Random(SEED)
        folder = Folder()
        conf = ""
        for setting, shapes in (
                ("sender_access", ["u%d@b.example", "d%d.example", "u%d@",
                                   "u%d+x@mail.b.example", "%d.com"]),
                ("recipient_access", ["a.b-%d@b.example", "%d@", "x%d.org"]),
                ("client_access", ["10.1.%d", "2001:db8:%d", "h%d.example",
                                   "192.0.2.%d"]),
                ("helo_access", ["h%d.example", "h%d", "[192.0.2.%d]"])):
            keys = {rng.choice(shapes) % rng.randint(1, 250)
                    for _ in range(1000)}
            path = folder.write(setting, "".join(
                "%s OK\n" % key for key in sorted(keys)))
            conf += '%s = [ "hash:%s" ];\n' % (setting, path)
        done = tool("check", "--lint", "-c", folder.write("conf", conf))
        self.assertEqual(done.stdout.decode()[:2000], "")
        folder.close()


if __name__ == "__main__":
    os.chdir(TOP)
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())

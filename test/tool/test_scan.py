#!/usr/bin/env python3
"""postern scan from the outside: what it reads, what it prints, how it ends.

What becomes of a message is in test/golden; here are the command line, the
kinds of mailbox, where the envelope comes from, and output that fails.
"""
import json
import mailbox
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import time
import unittest

import corpus
import scratch
from message import split_message
from postern import tool, write_conf

ALL = {
    "header_checks": ["pcre:all"],
    "body_checks": ["pcre:all"],
    "sender_access": ["pcre:all"],
    "recipient_access": ["pcre:all"],
}


class Scan(unittest.TestCase):
    def setUp(self):
        self.folder = scratch.Folder()
        self.addCleanup(self.folder.close)
        self.folder.write("all", "/^/ INFO\n")
        self.folder.write("checks", "/^Subject: refuse/ REJECT no\n"
                          "/^Subject: later/ REJECT 4.7.0 later\n"
                          "/^Subject: drop/ DISCARD\n"
                          "/^Subject: hold/ HOLD why\n"
                          "/^Subject: warn/ WARN hm\n")
        self.folder.write("lines", "/^replace/ REPLACE new\n")
        self.conf({"header_checks": ["pcre:checks"],
                   "body_checks": ["pcre:lines"]})

    def conf(self, settings):
        self.folder.write("conf", write_conf(settings))

    def scan(self, *args, status=0, stdin=b""):
        """Standard output as text."""
        done = tool("scan", "-c", self.folder / "conf", *args, stdin=stdin)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        self.stderr = done.stderr.decode()
        return done.stdout.decode()

    def json(self, *args, **settings):
        return [json.loads(line) for line in
                self.scan("--json", *args, **settings).splitlines()]

    def seen(self, text, *args):
        """What all the lists of ALL were asked for, of one message."""
        self.conf(ALL)
        path = self.folder.write("message", text)
        said, = self.json(*args, path)
        return [(match["view"], match["key"]) for match in said["matches"]]

    def keys(self, views, text, *args):
        return [key for view, key in self.seen(text, *args) if view in views]

    def header(self, text, *args):
        return self.keys(("header_checks", "mime_header_checks"), text, *args)

    def envelope(self, text, *args):
        return [key for view, key in self.seen(text, *args)
                if view.startswith(("sender", "recipient"))]


class CommandLine(Scan):
    def test_wrong_usage(self):
        message = self.folder.write("m", "Subject: x\n\n")
        for args in ((), ("--client", "no.address", message),
                     ("--client", "", message), ("--nonsense", message)):
            self.scan(*args, status=2)
            self.assertIn("postern scan:" if args[:1] != ("--nonsense",)
                          else "usage:", self.stderr)

    def test_help(self):
        self.assertIn("usage: postern scan", self.scan("--help"))

    def test_configuration(self):
        message = self.folder.write("m", "Subject: x\n\n")
        self.folder.write("conf", "header_checks = 1;\nnonsense = 2;\n")
        self.scan(message, status=2)
        self.assertIn("conf:1:", self.stderr)
        self.assertIn("conf:2:", self.stderr)
        done = tool("scan", "-c", "/nonexistent/conf", message)
        self.assertEqual(done.returncode, 2)

    def test_exit_status(self):
        good = self.folder.write("good", "Subject: x\n\n")
        bad = self.folder.write("bad", "Subject: refuse\n\n")
        gone = self.folder / "gone"
        self.scan(good)
        self.scan(bad, status=1)
        self.scan(self.folder.write("d", "Subject: drop\n\n"), status=1)
        self.scan(self.folder.write("t", "Subject: later\n\n"), status=1)
        self.scan(self.folder.write("h", "Subject: hold\n\n"))
        out = self.scan(gone, bad, good, status=2)
        self.assertIn("gone: No such file or directory", self.stderr)
        self.assertIn(bad + ": reject 550 5.7.1 no (checks:1)\n", out)
        self.assertIn(good + ": accept\n", out)
        self.scan(self.folder.path, status=2)
        self.assertIn("no Maildir", self.stderr)

    def test_client_and_helo(self):
        self.conf({"client_access": ["inline:{192.0.2.1=REJECT, "
                                     "{known.example.org=REJECT name}}"],
                   "helo_access": ["inline:{bad.example.org=REJECT}"],
                   "exempt": {"authenticated": ["client"]}})
        message = self.folder.write("m", "Subject: x\n\n")
        self.assertIn("<unknown[192.0.2.1]>: Client host rejected",
                      self.scan("--client", "192.0.2.1", message, status=1))
        self.assertIn("<known.example.org[192.0.2.2]>: Client host rejected: "
                      "name", self.scan("--client",
                                        "192.0.2.2,known.example.org",
                                        message, status=1))
        self.scan("--client", "192.0.2.1", "--auth", "login", message)
        self.assertIn("Helo command rejected", self.scan(
            "--helo", "bad.example.org", message, status=1))

    def test_without_a_client(self):
        """No rule about clients or HELO names speaks of nobody."""
        self.conf({"client_access": ["pcre:all"], "helo_access": ["pcre:all"],
                   "reverse_client_access": ["pcre:all"]})
        said, = self.json(self.folder.write("m", "Subject: x\n\n"))
        self.assertEqual(said["matches"], [])


class Mailboxes(Scan):
    BOX = ("From a@example.org Mon Jan  1 00:00:00 2024\n"
           "Subject: refuse\n\none\n\n"
           "From MAILER-DAEMON Mon Jan  1 00:00:00 2024\n"
           "Subject: hold\n\n>From two\n\n"
           "From b@example.org Mon Jan  1 00:00:00 2024\n"
           "Subject: warn\n\nthree\n\n")

    def test_mbox(self):
        path = self.folder.write("box", self.BOX)
        self.assertEqual(
            self.scan(path, status=1),
            "%s#1: reject 550 5.7.1 no (checks:1)\n"
            "%s#2: accept\n"
            "  quarantine why\n"
            "%s#3: accept\n"
            "3 messages: 2 accept (1 in quarantine), 1 reject, 0 tempfail, "
            "0 discard\n"
            "       1 checks:1\n       1 checks:4\n       1 checks:5\n"
            % (path, path, path))

    def test_standard_input(self):
        out = self.scan("-", stdin=self.BOX.encode(), status=1)
        self.assertIn("-#3: accept\n", out)
        self.assertEqual(self.scan("-", stdin=b"Subject: x\n\n"),
                         "-: accept\n")
        self.assertEqual(self.scan("-"), "")

    def test_maildir(self):
        box = mailbox.Maildir(self.folder / "Maildir")
        for subject in ("refuse", "hold", "x"):
            box.add("Subject: %s\n\nbody\n" % subject)
        message = mailbox.MaildirMessage("Subject: refuse\n\n")
        message.set_subdir("cur")
        box.add(message)
        self.folder.write("Maildir/tmp/unfinished", "Subject: x\n\n")
        self.folder.write("Maildir/new/.hidden", "Subject: x\n\n")
        said = self.json(self.folder / "Maildir/", status=1)
        self.assertEqual([os.path.basename(os.path.dirname(one["file"]))
                          for one in said], ["cur", "new", "new", "new"])
        self.assertEqual(sorted(one["verdict"] for one in said),
                         ["accept", "accept", "reject", "reject"])
        for one in said:
            self.assertTrue(os.path.exists(one["file"]), one["file"])

    def test_as_python_writes_mboxes(self):
        """The messages of an mbox, as they were before they went in."""
        self.conf(ALL)
        bodies = ["plain\n", "From the start\n\nFrom the middle\n", "\n\n",
                  ">From quoted\n", "", "no end"]
        box = mailbox.mbox(self.folder / "box")
        for body in bodies:
            box.add(mailbox.mboxMessage("Subject: x\n\n" + body))
        box.close()
        said = self.json(self.folder / "box")
        got = [[match["key"] for match in one["matches"]
                if match["view"] == "body_checks"] for one in said]
        # Python quotes as of old: what was quoted before is not told apart.
        want = [[line.replace(">From", "From") for line in body.split("\n")
                 if line] for body in bodies]
        self.assertEqual(got, want)


class Content(Scan):
    def test_fields_that_no_milter_saw(self):
        text = ("Return-Path: <r@example.org>\nDelivered-To: d@example.com\n"
                "Received: newest\nX-A: 1\nBcc: b@example.com\n"
                "Received: older\ncontent-length: 5\nRESENT-BCC: x\n"
                "Delivered-To: before@example.com\n\nbody\n")
        self.assertEqual(self.header(text), [
            "Received: newest", "X-A: 1", "Received: older"])
        self.assertEqual(self.header(text, "--stored"), [
            "X-A: 1", "Received: older"])

    def test_left_out_fields_do_not_count(self):
        self.folder.write("strip", "/^Received: older/ STRIP\n")
        self.conf({"header_checks": ["pcre:strip"]})
        path = self.folder.write("m", "Received: newest\nReceived: older\n\n")
        self.assertIn("delheader 2 Received", self.scan(path))
        self.assertIn("delheader 1 Received", self.scan("--stored", path))

    def test_envelope(self):
        top = "Return-Path: <r@example.org>\nX-Original-To: o@example.com\n" \
            "Delivered-To: d@example.com\n"
        box = "From box@example.org Mon Jan  1 00:00:00 2024\n"
        none = "sender@message.invalid", "recipient@message.invalid"
        for text, args, want in (
                (top, (), ["r@example.org", "o@example.com"]),
                (box + top, (), ["r@example.org", "o@example.com"]),
                (box, (), ["box@example.org", none[1]]),
                (box.replace("box@example.org", "MAILER-DAEMON"), (),
                 ["<>", none[1]]),
                (box.replace("box@example.org", "-"), (), list(none)),
                ("Return-Path: <>\nDelivered-To: d@example.com\n", (),
                 ["<>", "d@example.com"]),
                ("Return-Path: two words\n", (), list(none)),
                ("X: y\n", (), list(none)),
                (top, ("--from", "a@example.net"),
                 ["a@example.net", "o@example.com"]),
                (top, ("--from", "<a@example.net>", "--rcpt", "<b@c.d>",
                       "--rcpt", "e@f.g"),
                 ["a@example.net", "b@c.d", "e@f.g"]),
                (top, ("--from", "", "--rcpt", "b@c.d"), ["<>", "b@c.d"])):
            with self.subTest(text=text, args=args):
                self.assertEqual(self.envelope(text + "\nbody\n", *args),
                                 want)

    def test_bytes_that_are_no_text(self):
        """As Python replaces what is no UTF-8; NUL and controls as well."""
        line = bytes(range(1, 10)) + bytes(range(14, 256)) + \
            b"\xc3\xa9 \xe2\x82 \xf0\x9f\x98\x80 \xed\xa0\x80 \0 end"
        self.assertEqual(
            self.keys(("body_checks",), b"X: y\n\n" + line + b"\n"),
            [line.decode("utf-8", "replace")])

    def test_text_is_printable(self):
        self.folder.write("checks", "/^Subject: (.*)/ REPLACE Subject: $1\n")
        out = self.scan("--explain", self.folder.write(
            "m", b"Subject: \x1b[31m\xff\x07\xc2\x9b" + b"x" * 3000 + b"\n\n"))
        self.assertNotRegex(out, r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

    def test_explain(self):
        path = self.folder.write("m", "Subject: warn\nTo: a\n\nb\n")
        out = self.scan("--explain", path).replace(self.folder.path, "")
        self.assertIn("  header_checks\tSubject: warn\tpcre:checks\tchecks:5"
                      "\tWARN hm\n", out)
        self.assertIn("  header_checks\tTo: a\tpcre:checks\t-\n", out)
        self.assertIn("  body_checks\tb\tpcre:lines\t-\n", out)
        said, = self.json("--explain", path)
        lookups = {(look["view"], look["key"]): look
                   for look in said["lookups"]}
        hit = lookups["header_checks", "Subject: warn"]
        self.assertEqual((hit["answer"], hit["rule"], hit["action"]),
                         ("hit", "checks:5", "WARN hm"))
        miss = lookups["body_checks", "b"]
        self.assertEqual((miss["answer"], miss["rule"], miss["action"]),
                         ("miss", None, None))

    def test_parts(self):
        """What the text of a part is looked up from stands above it."""
        self.folder.write("text.cf", 'text_checks = [ "inline:{a=WARN}" ];\n'
                          'hidden_text_checks = [ "inline:{b=WARN}" ];\n')
        path = self.folder.write("m", """\
Content-Type: multipart/mixed; boundary=b

before
--b
Content-Type: text/html; charset="ISO-8859-1"
Content-Transfer-Encoding: quoted-printable

one<b hidden>b</b>
--b
Content-Type: message/rfc822
Content-Transfer-Encoding: base64

U3ViamVjdDogeAoKdHdv
--b
Content-Type: image/x; charset="a\tb\x1b"

three
--b--
""")
        out = tool("scan", "-c", self.folder / "text.cf", "--explain",
                   path).stdout.decode()
        self.assertEqual(
            [line.split("\t")[:2] for line in out.split("\n")[2:-1]], [
                ["  part", "0 text/plain"],
                ["  text_checks", "before"],
                ["  part", "1 text/html quoted-printable charset=ISO-8859-1"],
                ["  hidden_text_checks", "b"],
                ["  text_checks", "one"],
                ["  part", "2.1 text/plain encoded"],
                ["  text_checks", "two"],
                ["  part", "3 image/x attached charset=a\\tb\\x1b"],
            ])
        said = json.loads(tool("scan", "-c", self.folder / "text.cf",
                               "--explain", "--json", path).stdout)
        self.assertEqual([look["key"] for look in said["lookups"]
                          if look["view"] == "part"][:2], [
            "0 text/plain",
            "1 text/html quoted-printable charset=ISO-8859-1"])
        self.assertEqual(len(said["matches"]), 1)

    def test_json_members(self):
        said, = self.json(self.folder.write("m", "Subject: hold\n\n"))
        self.assertEqual(list(said), [
            "file", "verdict", "code", "dsn", "text", "rule", "quarantine",
            "edits", "rcpts", "matches"])
        self.assertEqual((said["verdict"], said["code"], said["quarantine"]),
                         ("accept", None, "why"))
        self.assertEqual(list(said["rcpts"][0]), [
            "address", "verdict", "code", "dsn", "text", "rule"])
        self.assertEqual(list(said["matches"][0]), [
            "view", "key", "table", "rule", "action"])

    def test_shadow(self):
        path = self.folder.write("m", "Subject: refuse\n\n")
        self.conf({"mode": "shadow", "header_checks": ["pcre:checks"]})
        out = self.scan(path, status=1)
        self.assertRegex(out, r": reject 550 .*\nmode is \"shadow\".*\n$")
        self.assertEqual(len(self.json(path, status=1)), 1)
        self.assertIn('mode is "shadow"', self.stderr)


class Large(Scan):
    def test_memory(self):
        """130 MB, one line of 20 and a header of 20, within 100 MB."""
        self.conf({**ALL, "header_checks": ["pcre:checks"],
                   "header_total_limit": 0, "header_count_limit": 0,
                   "body_checks_size_limit": 0})
        self.folder.write("all", "/^x*$/ INFO\n")
        if os.path.basename(scratch.BUILD) in ("asan", "tsan"):
            self.skipTest("a sanitizer takes all addresses")
        path = self.folder / "large"
        with open(path, "wb") as file:
            for _ in range(1000):
                file.write(b"X-Field: " + b"y" * 20000 + b"\n")
            file.write(b"\n")
            for _ in range(50):
                file.write((b"x" * 70 + b"\n") * 26000)
            file.write(b"z" * 20000000)
        limit = 100 << 20
        with open(self.folder / "out", "wb") as out:
            done = subprocess.run(
                [scratch.POSTERN, "scan", "-c", self.folder / "conf",
                 "--json", path], stdout=out, check=False, preexec_fn=lambda:
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        self.assertEqual(done.returncode, 0)


class Output(Scan):
    def argv(self, *args):
        return [scratch.POSTERN, "scan", "-c", self.folder / "conf", *args]

    def test_full_disk(self):
        path = self.folder.write("m", "Subject: x\n\n")
        for args in ((path,), (path,) * 2000, ("--json", path)):
            with open("/dev/full", "wb") as full:
                done = subprocess.run(self.argv(*args), stdout=full,
                                      stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"standard output:", done.stderr)

    def test_closed_pipe(self):
        path = self.folder.write("m", "Subject: x\n\n")
        process = subprocess.Popen(self.argv("--json", *[path] * 5000),
                                   stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.stdout.close()
        error = process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(), 2)
        self.assertIn(b"standard output:", error)

    def test_interrupt(self):
        read, write = os.pipe()
        process = subprocess.Popen(self.argv("-"), stdin=read,
                                   stdout=subprocess.PIPE)
        os.close(read)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(10), -signal.SIGINT)
        os.close(write)
        process.stdout.close()

    def terminal(self, *args):
        """What is written to standard error, a terminal."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(self.argv(*args), stderr=theirs,
                                   stdout=subprocess.DEVNULL)
        os.close(theirs)
        text = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            text += part
        os.close(ours)
        process.wait()
        return text.decode()

    def test_progress(self):
        path = self.folder.write("m", "Subject: x\n\n" + "line\n" * 100000)
        text = self.terminal(*[path] * 100)
        self.assertRegex(text, r"\r\[#* *\] +\d+%  \d+ messages")
        # It is gone at the end.
        self.assertTrue(text.endswith("\r\033[K"), repr(text[-80:]))
        self.assertEqual(self.terminal(self.folder.write("n", "X: y\n\n")),
                         "")

    def test_no_progress_in_a_file(self):
        path = self.folder.write("m", "Subject: x\n\n" + "line\n" * 100000)
        self.scan(*[path] * 20)
        self.assertEqual(self.stderr, "")


def left_out(name):
    """What the one header list below does not see."""
    return name.lower() in (
        "delivered-to", "mime-version", "content-type", "content-id",
        "content-transfer-encoding", "content-disposition",
        "content-description")


class Corpus(Scan):
    """Messages taken apart, beside the tests' own way of doing it."""

    def test_corpus(self):
        self.conf({"header_checks": ["pcre:all"], "mime_header_checks": [],
                   "nested_header_checks": [], "header_size_limit": 0,
                   "hopcount_limit": 0})
        paths = {}
        for number, (name, data) in enumerate(corpus.everything()):
            paths[self.folder.write("m%d" % number, data)] = name, data
        said = self.json(*paths)
        self.assertEqual([one["file"].partition("#")[0] for one in said],
                         list(paths))
        for one in said:
            path, _, number = one["file"].partition("#")
            name, data = paths[path]
            with self.subTest(name=name):
                self.assertEqual((one["verdict"], one["edits"]),
                                 ("accept", []))
                self.assertEqual(self.fields(one), self.wanted(data, number))

    @staticmethod
    def fields(said):
        return [match["key"] for match in said["matches"]]

    def wanted(self, data, number):
        if number:
            data = data.partition(b"\n")[2]     # the From line
        # What is told apart elsewhere: test_mailbox.c.
        data = re.sub(rb"\r+\n", b"\n", data).replace(b"\r", b" ")
        fields, _ = split_message(data, field_limit=60000)
        return [("%s:%s" % (name, value.partition("\0")[0]))
                .encode("latin-1").decode("utf-8", "replace")
                for name, value in fields
                if not left_out(name)]


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])

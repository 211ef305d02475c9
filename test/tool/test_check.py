#!/usr/bin/env python3
"""`postern check` and `postern access` as commands: what they print and how
they exit; and that the configurations that we ship are whole."""
import glob
import os
import re
import shutil
import subprocess
import sys
import unittest

from scratch import POSTERN, TOP, Folder


def run(*args):
    """(exit status, standard output, standard error)"""
    done = subprocess.run([POSTERN, *args], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True,
                          check=False)
    return done.returncode, done.stdout, done.stderr


def settings_of(text):
    """{name: value} of a configuration with one setting a line."""
    return dict(re.findall(r"^[ \t]*#?(\w+) = (.*);$", text, re.M))


class Check(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()

    def tearDown(self):
        self.folder.close()

    def test_good(self):
        conf = self.folder.write("postern.conf", 'mode = "shadow";\n')
        self.assertEqual(run("check", "-c", conf), (0, "", ""))
        self.assertEqual(run("check", "--config", conf), (0, "", ""))

    def test_errors(self):
        self.folder.write("table", "/a/ FOO\n/b/ REJECT\n")
        conf = self.folder.write(
            "postern.conf", 'message_size_limit = "50 MB";\n'
            'header_checks = [ "pcre:table" ];\nmod = "shadow";\n')
        status, out, err = run("check", "-c", conf)
        self.assertEqual((status, err), (1, ""))
        self.assertEqual(out.splitlines(), [
            conf + ':1: message_size_limit: "50 MB" is not a size '
            '(write 52428800 or "50M")',
            conf + ':3: unknown setting "mod" (did you mean mode?)',
            # As it is named in the configuration.
            'table:1: header_checks: unknown action "FOO" '
            "(write REJECT, WARN, DUNNO, ...)"])

    def test_warnings(self):
        conf = self.folder.write("postern.conf",
                                 "header_size_limit = 70000;\n")
        status, out, _ = run("check", "-c", conf)
        self.assertEqual(status, 0)
        self.assertRegex(out, ":1: warning: header_size_limit: ")

    def test_host(self):
        """Users, groups and folders that the daemon would not find."""
        file = self.folder.write("file", "")
        conf = self.folder.write("postern.conf", (
            'user = "no-such"; group = "65534";\n'
            'socket_group = "no-such";\nchroot = "%s";\n'
            'spool_directory = "/none";\n') % file)
        status, out, _ = run("check", "-c", conf)
        self.assertEqual(status, 1)
        self.assertEqual(out.splitlines(), [
            conf + ':1: user: "no-such" is no user here (make it, or write '
            'another)',
            conf + ':2: socket_group: "no-such" is no group here (make it, '
            'or write another)',
            conf + ':3: chroot: "%s" is not a folder' % file,
            conf + ':4: spool_directory: "%s/none" Not a directory' % file])
        conf = self.folder.write("postern.conf", (
            'spool_directory = "/none";\n'
            'body_checks = [ "inline:{x=STRIP}" ];\n'))
        status, out, _ = run("check", "-c", conf)
        self.assertEqual(status, 1)
        self.assertIn(':1: warning: spool_directory: no temporary file can '
                      'be made in "/none": ', out)
        self.assertIn(':1: spool_directory: "/none" does not exist', out)

    def test_missing(self):
        status, out, _ = run("check", "-c", self.folder / "none")
        self.assertEqual(status, 1)
        self.assertEqual(out, (self.folder / "none")
                         + ": No such file or directory\n")

    def test_usage(self):
        self.assertEqual(run("check", "extra")[0], 2)
        self.assertEqual(run("check", "--nonsense")[0], 2)
        self.assertEqual(run("check", "-c")[0], 2)
        status, out, err = run("check", "--help")
        self.assertEqual((status, err), (0, ""))
        self.assertIn("usage: postern check", out)

    def test_defaults(self):
        status, out, err = run("check", "--defaults")
        self.assertEqual((status, err), (0, ""))
        conf = self.folder.write("postern.conf", out)
        self.assertEqual(run("check", "-c", conf), (0, "", ""))


class Manual(unittest.TestCase):
    def test_defaults(self):
        """The defaults that stand in the manual, beside the program's."""
        defaults = settings_of(run("check", "--defaults")[1])
        # One list is another's default; groups of exempt bear the same name.
        other = ("mime_header_checks", "nested_header_checks", "mynetworks")
        with open(TOP + "/milter/policy/postern.conf.5",
                  encoding="ascii") as file:
            entries = re.findall(r"^\.It Ic (.*) Pq (?:Ql )?(.*?)(?:\s+No)?$",
                                 file.read(), re.M)
        told = {name: value.replace("\\(dq", '"') for names, value in entries
                for name in names.replace(" No *", "").split(" , ")
                if name not in other}
        self.assertGreater(len(told), 50)
        self.assertEqual(told, {name: defaults.get(name) for name in told})


class Shipped(unittest.TestCase):
    """What make install puts into one folder, and what make run uses."""

    # Settings of conf/postern.conf that are not the defaults.
    OURS = {
        "mode": '"shadow"',
        "client_access": '[ "cidr:client_access" ]',
        "helo_access": '[ "hash:helo_access" ]',
        "sender_access": '[ "hash:sender_access" ]',
        "recipient_access": '[ "hash:recipient_access" ]',
        "header_checks": '[ "pcre:header_checks" ]',
        "mime_header_checks": '[ "pcre:mime_header_checks" ]',
        "body_checks": '[ "pcre:body_checks" ]',
        "decoded_header_checks": '[ "pcre:decoded_header_checks" ]',
        "text_checks": '[ "pcre:text_checks" ]',
        "link_checks": '[ "pcre:link_checks" ]',
        "attachment_checks": '[ "pcre:attachment_checks" ]',
    }

    def test_postern_conf(self):
        """Every setting, its default and its help, as --defaults has it."""
        with open(TOP + "/conf/postern.conf", encoding="ascii") as file:
            text = file.read()
        defaults = run("check", "--defaults")[1]
        want = {**settings_of(defaults), **self.OURS}
        self.assertEqual(settings_of(text), want)
        self.assertGreater(len(want), 60)
        helps = re.findall(r"^[ \t]*# .*$", defaults, re.M)
        self.assertEqual([line for line in helps
                          if line not in text.splitlines()], [])

    def test_installed(self):
        folder = Folder()
        try:
            for pattern in ("conf/postern.conf", "conf/*_access",
                            "patterns/*_checks"):
                for path in glob.glob(TOP + "/" + pattern):
                    shutil.copy(path, folder.path)
            self.assertEqual(run("check", "-c", folder / "postern.conf"),
                             (0, "", ""))
        finally:
            folder.close()

    def test_manual(self):
        """postern.conf(5) has every setting; actions of limits as one."""
        with open(TOP + "/milter/policy/postern.conf.5",
                  encoding="ascii") as file:
            page = file.read()
        names = settings_of(run("check", "--defaults")[1])
        self.assertEqual([name for name in names
                          if not re.search(r"^\.It Ic .*\b%s\b" % name, page,
                                           re.M)
                          and not name.endswith("_action")], [])

    def test_demo_conf(self):
        self.assertEqual(run("check", "-c", TOP + "/conf/demo.conf"),
                         (0, "", ""))


class Access(unittest.TestCase):
    TABLE = ("inline:{example.com=OK, <>=REJECT, user@=HOLD, 192.0.2=DEFER, "
             "unknown=DUNNO}")

    def found(self, class_, key, *args):
        return run("access", "--class", class_, self.TABLE, key, *args)

    def test_found(self):
        for class_, key, line in [
                ("sender", "a@b.example.com", "example.com\tOK\n"),
                ("sender", "<>", "<>\tREJECT\n"),
                ("sender", "<user@example.org>", "user@\tHOLD\n"),
                # Addresses are folded, as Postfix has them.
                ("recipient", "USER@example.org", "user@\tHOLD\n"),
                ("header-from", "USER@example.org", "user@\tHOLD\n"),
                ("reply_to", "user@example.org", "user@\tHOLD\n"),
                ("login", "192.0.2", "192.0.2\tDEFER\n"),
                ("helo", "mail.example.com", "example.com\tOK\n"),
                ("client", "a.example.com[192.0.2.1]", "example.com\tOK\n"),
                ("client", "a.example.org[192.0.2.1]", "192.0.2\tDEFER\n"),
                ("client", "unknown[192.0.2.1]", "unknown\tDUNNO\n"),
                ("client", "192.0.2.1", "unknown\tDUNNO\n"),
                ("reverse-client", "x.example.com[::1]",
                 "example.com\tOK\n")]:
            with self.subTest(key=key):
                self.assertEqual(self.found(class_, key), (0, line, ""))

    def test_delimiter(self):
        self.assertEqual(self.found("sender", "user+x@example.org"),
                         (1, "", ""))
        self.assertEqual(self.found("sender", "user+x@example.org",
                                    "--delimiter", "+"),
                         (0, "user@\tHOLD\n", ""))

    def test_missed(self):
        self.assertEqual(self.found("helo", "example.org"), (1, "", ""))

    def test_errors(self):
        self.assertEqual(self.found("client", "host")[0], 2)
        self.assertEqual(self.found("friend", "host")[0], 2)
        self.assertEqual(run("access", self.TABLE, "a@b.c")[0], 2)
        self.assertEqual(run("access", "--class", "helo", self.TABLE)[0], 2)
        status, out, err = run("access", "--class", "helo",
                               "hash:/nonexistent/x", "a")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("/nonexistent/x", err)
        # A rule without a result is no miss.
        status, out, err = run("access", "--class", "helo",
                               "pcre:{{/a/}}", "a")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("warning: ", err)

    def test_help(self):
        self.assertEqual(run("access", "--help")[0], 0)


if __name__ == "__main__":
    os.chdir(TOP)
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())

"""What all tables of patterns/ with tests of their own are asked: are they in
shape, what do they say of real mail, and does anything keep them busy?"""
import glob
import json
import os
import re
import subprocess

import scratch

MAIL = os.environ.get("POSTERN_MAIL",
                      os.path.join(scratch.TOP, "..", "shared", "mail"))
KEY = 8192                  # what a rule is given at most
HOSTILE_SECONDS = 20        # for all lines of all rules


def run(*args, **options):
    return subprocess.run([scratch.POSTERN, *args], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          **options)


class PatternTable:
    """patterns/NAME, used by the setting of that name."""

    def __init__(self, name):
        self.path = os.path.join(scratch.TOP, "patterns", name)
        self.table = "pcre:" + self.path
        self.folder = scratch.Folder()
        self.conf = self.folder.write(
            "postern.conf", '%s = [ "%s" ];\n' % (name, self.table))
        self.failures = []

    def fail(self, where, what):
        self.failures.append("%s: %s" % (where, what))

    def rules(self):
        """The number of each rule's line, its result, its tests."""
        wanted, unwanted = [], []
        with open(self.path, encoding="ascii") as file:
            for number, line in enumerate(file, 1):
                line = line.rstrip("\n")
                if line.startswith("#+ "):
                    wanted.append(line[3:])
                elif line.startswith("#- "):
                    unwanted.append(line[3:])
                elif line and not line.startswith("#"):
                    result = re.fullmatch(r"/.*/[a-z]*\s+(.*)", line)
                    yield (number, result[1] if result else line, wanted,
                           unwanted)
                    wanted, unwanted = [], []

    def found(self, *paths):
        """(file, action) for each rule that was found."""
        out = run("scan", "--json", "-c", self.conf, *paths).stdout.decode()
        said = [json.loads(line) for line in out.splitlines()]
        if len(said) != len(paths):
            self.fail("scan", "%d of %d messages" % (len(said), len(paths)))
        return {("/".join(one["file"].split(os.sep)[-2:]), match["action"])
                for one in said for match in one["matches"]
                if match["action"] != "DUNNO"}

    def check_itself(self):
        for args in ("query", "--decoded", "--test", self.table), (
                "check", "--lint", "-c", self.conf):
            done = run(*args)
            said = done.stdout + done.stderr
            if done.returncode != 0 or args[0] == "check" and said:
                self.fail(args[0], said.decode())

    def check_mail(self, wanted):
        """In real mail nothing is found but that; returns how many mails."""
        mails = sorted(glob.glob(os.path.join(MAIL, "*", "*.eml")))
        if mails:
            for one in self.found(*mails) ^ wanted:
                self.fail(*one)
        return len(mails)

    def check_hostile(self, runs, read=str.encode):
        """Keys that nearly match, with long runs of what is repeated (bytes).
        read makes a test's text a key; returns how many keys."""
        keys = [nearly for _, _, wanted, _ in self.rules()
                for text in wanted for nearly in near(read(text), runs)]
        try:
            done = run("query", "--decoded", self.table, "-",
                       input=b"\n".join(keys) + b"\n",
                       timeout=HOSTILE_SECONDS)
        except subprocess.TimeoutExpired:
            self.fail("hostile", "they take more than %d s" % HOSTILE_SECONDS)
        else:
            if done.stderr or not done.stdout:
                self.fail("hostile", done.stderr.decode())
        return len(keys)

    def summary(self, mails, keys, what):
        """The last line and the failures; returns main()'s result."""
        print("%d rules, %d mails, %d hostile %s" % (
            len(list(self.rules())), mails, keys, what))
        for failure in self.failures:
            print(failure)
        return len(self.failures) > 0


def near(text, runs):
    half = len(text) // 2
    for start in text[:half], text[:-1]:
        for again in runs + [text, text[half:], text[:-2]]:
            key = start + again * (KEY // len(again))
            yield key[:KEY - 1].decode("utf-8", "ignore").encode() + b"~"

#!/usr/bin/env python3
"""The shipped tables, as Postfix's own postmap reads them.

Every rule brings its tests along, as comments above it: "#+ TEXT" must be
answered by that very rule, "#- TEXT" must not be matched by it.  Then: real
mail is refused only where ACCEPTED_LOSSES says so, and no rule is slow on
lines that are made to be slow.
"""
import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
MAIL = os.environ.get("POSTERN_MAIL",
                      os.path.join(TOP, "..", "shared", "mail"))

# The table, how postmap is asked about one text, and about a whole message.
# (Part headers go to header_checks too here, which is stricter than a mail
# server is.)
TABLES = [
    ("header_checks", "-hq", "-hmq"),
    ("mime_header_checks", "-hq", "-hmq"),
    ("body_checks", "-bq", "-bmq"),
]

# Test mails that are refused, and rightly: by folder/file and the start of
# the reply.
ACCEPTED_LOSSES = {
    # Spam for medicine, out of a spam trap: "$RND_WORD" in its Message-ID.
    ("rubymail/00023.eml", "The program that wrote this message"),
    # 1.5 million dollars from Western Union, for a stranger.
    ("rubymail/00029.eml", "This subject is that of a well-known advance fee"),
    # "Microsoft Vlsta & Office2007 ... 0ff Retai|".
    ("rubymail/00084.eml", "The subject is disguised"),
}

ACTIONS = {b"REJECT", b"WARN"}
RULE = re.compile(rb"(!?/(?:[^/\\]|\\.)+/[a-zA-Z]*)[ \t]+(\S.*)\Z", re.S)
ESCAPE = re.compile(rb"\\(n|t|\\|x[0-9a-fA-F]{2})")
HOSTILE_HEADER = 100000     # postmap, like Postfix, cuts at 102,400
HOSTILE_LINE = 2048         # the longest piece of a line that is looked up
HOSTILE_SECONDS = 10        # for all of one rule's lines
JOBS = 4

failures = []


def fail(where, text):
    failures.append("%s: %s" % (where, text))


class Rule:
    def __init__(self, line, pattern, result, enclosing):
        self.line = line
        self.pattern = pattern
        self.result = result
        self.enclosing = enclosing
        self.wanted = []
        self.unwanted = []


def unescape(text):
    def byte(match):
        what = match.group(1)
        if what[:1] == b"x":
            return bytes([int(what[1:], 16)])
        return {b"n": b"\n", b"t": b"\t", b"\\": b"\\"}[what]
    return ESCAPE.sub(byte, text)


def read_table(path):
    """Its lines, and its rules with their tests."""
    with open(path, "rb") as file:
        lines = file.read().split(b"\n")
    rules, wanted, unwanted, blocks = [], [], [], []
    for number, line in enumerate(lines, 1):
        where = "%s:%d" % (os.path.basename(path), number)
        match = RULE.match(line)
        if line.startswith(b"#+ "):
            wanted.append(unescape(line[3:]))
        elif line.startswith(b"#- "):
            unwanted.append(unescape(line[3:]))
        elif match:
            rule = Rule(number, match.group(1), match.group(2), list(blocks))
            rule.wanted, rule.unwanted = wanted, unwanted
            wanted, unwanted = [], []
            rules.append(rule)
        elif wanted or unwanted:
            fail(where, "tests without a rule below them")
            wanted, unwanted = [], []
        elif line.startswith(b"if "):
            blocks.append(line)
        elif line.strip() == b"endif":
            blocks.pop()
        elif line and not line.startswith(b"#"):
            fail(where, "neither a rule nor a comment: %r" % line)
    if blocks:
        fail(path, "an if without endif")
    return lines, rules


class Postmap:
    """Real postmap, on tables that are written for one question."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        with open(os.path.join(folder, "main.cf"), "w") as file:
            file.write("compatibility_level = 3.6\n")

    def table(self, lines):
        self.count += 1
        path = os.path.join(self.folder, "table%d" % self.count)
        with open(path, "wb") as file:
            file.write(b"\n".join(lines) + b"\n")
        return path

    def ask(self, how, path, data, seconds=60):
        """What postmap prints, and what it complains about."""
        done = subprocess.run(
            ["postmap", "-c", self.folder, how, "-", "pcre:" + path],
            input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=seconds)
        return done.stdout, done.stderr.decode(errors="replace")


def check_loads(postmap, name):
    """As it stands, without a word from postmap."""
    path = os.path.join(TOP, "patterns", name)
    out, complaint = postmap.ask("-q", path, b"no rule knows this\n")
    if out or complaint:
        fail(name, "postmap says %r %s" % (out, complaint))


def message(how, text):
    return text + b"\n\n" if how == "-hq" else b"\n" + text + b"\n"


def numbered(lines, rules):
    """The table with every rule's line number for a result."""
    lines = list(lines)
    for rule in rules:
        lines[rule.line - 1] = rule.pattern + b" %d" % rule.line
    return lines


def alone(rule):
    return [rule.pattern + b" match", b"/./ other"]


def check_shape(name, rule):
    where = "%s:%d" % (name, rule.line)
    if not rule.wanted:
        fail(where, "no #+ test")
    if not rule.unwanted:
        fail(where, "no #- test")
    if rule.result.split()[0] not in ACTIONS:
        fail(where, "unexpected action: %r" % rule.result)
    if len(rule.result.split(None, 1)) < 2:
        fail(where, "no text to help the sender")
    if re.search(rb"\$(?!\d)|%", rule.result):
        fail(where, "a stray $ or %% in the text: %r" % rule.result)


def check_own_tests(postmap, name, how, lines, rules):
    whole = postmap.table(numbered(lines, rules))
    for rule in rules:
        where = "%s:%d" % (name, rule.line)
        single = postmap.table(alone(rule))
        for text in rule.wanted:
            out, complaint = postmap.ask(how, whole, message(how, text))
            if complaint or out != text + b"\t%d\n" % rule.line:
                fail(where, "%r gives %r %s" % (text, out, complaint))
        for text in rule.unwanted:
            out, complaint = postmap.ask(how, single, message(how, text))
            if complaint or out != text + b"\tother\n":
                fail(where, "%r gives %r %s" % (text, out, complaint))


def refusals(out, rules):
    """The rules that answered REJECT, from `KEY<tab>LINE` lines."""
    by_line = {rule.line: rule for rule in rules}
    for answer in re.finditer(rb"\t(\d+)$", out, re.M):
        rule = by_line.get(int(answer.group(1)))
        if rule and rule.result.startswith(b"REJECT"):
            yield rule


def check_mail(postmap, name, how, lines, rules):
    """Returns the entries of ACCEPTED_LOSSES that were met."""
    whole = postmap.table(numbered(lines, rules))
    files = sorted(glob.glob(os.path.join(MAIL, "*", "*.eml")))
    met = set()

    def ask(path):
        with open(path, "rb") as file:
            return postmap.ask(how, whole,
                               file.read().replace(b"\r\n", b"\n"))

    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        answers = list(pool.map(ask, files))
    for path, (out, complaint) in zip(files, answers):
        mail = "/".join(path.split(os.sep)[-2:])
        if complaint:
            fail(mail, complaint)
        for rule in refusals(out, rules):
            reply = rule.result.split(None, 1)[1].decode()
            loss = [entry for entry in ACCEPTED_LOSSES
                    if entry[0] == mail and reply.startswith(entry[1])]
            met.update(loss)
            if not loss:
                fail(mail, "refused by %s:%d: %s" % (name, rule.line, reply))
    return len(files), met


def hostile_texts(rule, size):
    """Lines that nearly match, with long runs of what patterns repeat."""
    runs = [b"a", b" ", b"\t", b".", b"\"", b"=", b";", b"<", b"_", b"%0a",
            b"\n ", b"\n\t ", b"a.", b".exe", b".exe ", b" .", b"name=",
            b"name=\"", b"name*0=", b"=?a?q?", b"?b?", b"boundary=", b"1.",
            b"[1.1.1.", b"<a>", b"a@a.a ", b"${", b"http://a.", b"<script",
            b"<input ", b"your ", b"I have "]
    for text in rule.wanted[:2]:
        half = len(text) // 2
        starts = [text[:half], text[:-1]]
        if text.find(b":") >= 0:
            starts.append(text[:text.find(b":") + 1] + b" ")
        for start in starts:
            for run in runs + [text[half:], text[-9:-1]]:
                line = (start + run * size)[:size - 1]
                # Neither an end of the header nor a blank fold.
                yield line + b"~"


def as_header(text):
    """A field that postmap takes as one, whatever the runs hold."""
    if not re.match(rb"[!-9;-~]+:", text):
        text = b"Subject:" + text
    return re.sub(rb"\n(?![ \t])", b"\n ", text)


def check_hostile(postmap, name, how, rules):
    """Not the time is asserted, but that every line gets its answer."""
    header = how == "-hq"
    size = HOSTILE_HEADER if header else HOSTILE_LINE

    def attack(rule):
        where = "%s:%d" % (name, rule.line)
        table = postmap.table(alone(rule))
        texts = list(hostile_texts(rule, size))
        if header:
            texts = [as_header(text) for text in texts]
            data = b"\n".join(texts) + b"\n\n"
        else:
            texts = [text.replace(b"\n", b"\r") for text in texts]
            data = b"\n" + b"\n".join(texts) + b"\n"
        try:
            out, complaint = postmap.ask(how, table, data, HOSTILE_SECONDS)
        except subprocess.TimeoutExpired:
            return where, "hostile lines take more than %d s" % HOSTILE_SECONDS
        answers = len(re.findall(rb"\t(?:match|other)$", out, re.M))
        if complaint:
            return where, complaint
        if answers != len(texts):
            return where, "%d answers for %d hostile lines" % (
                answers, len(texts))
        return None

    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for complaint in pool.map(attack, rules):
            if complaint:
                fail(*complaint)


def main():
    if not shutil.which("postmap"):
        print("postmap is not installed")
        return 77
    met = set()
    with tempfile.TemporaryDirectory() as folder:
        postmap = Postmap(folder)
        for name, how, how_mail in TABLES:
            lines, rules = read_table(os.path.join(TOP, "patterns", name))
            check_loads(postmap, name)
            for rule in rules:
                check_shape(name, rule)
            check_own_tests(postmap, name, how, lines, rules)
            check_hostile(postmap, name, how, rules)
            mails, met_here = check_mail(postmap, name, how_mail, lines,
                                         rules)
            met |= met_here
            print("%s: %d rules, %d tests, %d mails" % (
                name, len(rules), sum(len(rule.wanted) + len(rule.unwanted)
                                      for rule in rules), mails))
    if mails:
        for mail, reply in sorted(ACCEPTED_LOSSES - met):
            fail(mail, "no longer refused (%s): drop it from the list" % reply)
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

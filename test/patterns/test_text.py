#!/usr/bin/env python3
"""patterns/text_checks: its tests, its lint, what it says of real mail and of
a disguised one, and that no text keeps it busy."""
import base64
import glob
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))

import scratch                                          # noqa: E402

TABLE = os.path.join(scratch.TOP, "patterns", "text_checks")
MAIL = os.environ.get("POSTERN_MAIL",
                      os.path.join(scratch.TOP, "..", "shared", "mail"))

# Test mails in which something is found, and rightly.
FOUND = {
    # 1.5 million dollars from Western Union, for a stranger.
    ("rubymail/00029.eml", "WARN the text speaks of a stranger's millions"),
}

SCAM = "I want to present you as the next of kin to the deceased"
PARAGRAPH = 8192
HOSTILE_SECONDS = 20        # for all lines of all rules

failures = []


def fail(where, what):
    failures.append("%s: %s" % (where, what))


def run(*args, **options):
    return subprocess.run([scratch.POSTERN, *args], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          **options)


def found(conf, *paths):
    """(file, action) for each rule that was found."""
    out = run("scan", "--json", "-c", conf, *paths).stdout.decode()
    said = [json.loads(line) for line in out.splitlines()]
    if len(said) != len(paths):
        fail("scan", "%d of %d messages" % (len(said), len(paths)))
    return {("/".join(one["file"].split(os.sep)[-2:]), match["action"])
            for one in said for match in one["matches"]}


def rules():
    """The number of each rule's line, its result, its tests."""
    wanted, unwanted = [], []
    with open(TABLE, encoding="ascii") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line.startswith("#+ "):
                wanted.append(line[3:])
            elif line.startswith("#- "):
                unwanted.append(line[3:])
            elif line and not line.startswith("#"):
                yield number, line.rsplit("/", 1)[1], wanted, unwanted
                wanted, unwanted = [], []


def unescape(text):
    return re.sub(rb"\\(x[0-9a-f]{2}|\\)", lambda match:
                  b"\\" if match.group(1) == b"\\" else
                  bytes([int(match.group(1)[1:], 16)]), text.encode())


def check_shape():
    for number, result, wanted, unwanted in rules():
        if not wanted or not unwanted:
            fail(number, "no test, or none against it")
        if not re.match(r"(i )?\s?(REJECT|WARN) \w.*\w$", result):
            fail(number, "an action without a reason: " + result)


def check_itself(conf):
    for args in ("query", "--decoded", "--test", "pcre:" + TABLE), (
            "check", "--lint", "-c", conf):
        done = run(*args)
        if done.returncode != 0 or args[0] == "check" and done.stdout:
            fail(args[0], done.stdout.decode())


def check_mail(conf):
    mails = sorted(glob.glob(os.path.join(MAIL, "*", "*.eml")))
    if mails:
        for one in found(conf, *mails) ^ FOUND:
            fail(*one)
    return len(mails)


def check_disguised(folder, conf):
    """One rule each: broken lines; base64 of HTML; tags inside of words."""
    html = SCAM.replace("next", "ne<i></i>xt").replace(" of ", "&#32;of\r\n")
    bodies = [
        "\n" + SCAM.replace(" ", "\n"),
        "Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n" +
        base64.b64encode(html.encode()).decode(),
        "Content-Type: text/plain; charset=utf-16\n"
        "Content-Transfer-Encoding: base64\n\n" +
        base64.b64encode(SCAM.encode("utf-16")).decode(),
    ]
    for number, body in enumerate(bodies):
        path = folder.write("m%d" % number, "Subject: x\n" + body + "\n")
        if [action.split()[0] for _, action in found(conf, path)] != [
                "REJECT"]:
            fail("disguise", body)


def check_hostile():
    """Paragraphs that nearly match, with long runs of what is repeated."""
    runs = [b"a", b" ", b"a ", b"1", b"1,", b"bitcoin ", b"$1,", b"- ",
            b"your ", b"I have ", "\u200b".encode(), "\u0430".encode(),
            b"powershell -e ", b"gift card scratch ", b"Win + R "]
    lines = []
    for _, _, wanted, _ in rules():
        for text in map(unescape, wanted):
            half = len(text) // 2
            for start in text[:half], text[:-1]:
                for again in runs + [text, text[half:], text[:-2]]:
                    line = start + again * (PARAGRAPH // len(again))
                    line = line[:PARAGRAPH - 1].decode("utf-8", "ignore")
                    lines.append(line.encode() + b"~")
    try:
        done = run("query", "--decoded", "pcre:" + TABLE, "-",
                   input=b"\n".join(lines) + b"\n", timeout=HOSTILE_SECONDS)
    except subprocess.TimeoutExpired:
        fail("hostile", "they take more than %d s" % HOSTILE_SECONDS)
    else:
        if done.stderr or not done.stdout:
            fail("hostile", done.stderr.decode())
    return len(lines)


def main():
    folder = scratch.Folder()
    conf = folder.write("postern.conf",
                        'text_checks = [ "pcre:%s" ];\n' % TABLE)
    check_shape()
    check_itself(conf)
    mails = check_mail(conf)
    check_disguised(folder, conf)
    lines = check_hostile()
    print("%d rules, %d mails, %d hostile paragraphs" % (
        len(list(rules())), mails, lines))
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""patterns/link_checks: its tests, its lint, what it says of real mail and of
links that are disguised, and that no link keeps it busy."""
import glob
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))

import scratch                                          # noqa: E402

TABLE = os.path.join(scratch.TOP, "patterns", "link_checks")
MAIL = os.environ.get("POSTERN_MAIL",
                      os.path.join(scratch.TOP, "..", "shared", "mail"))
# Test mails in which something is found, and rightly.
FOUND = set()

# In HTML, what is said of it.
DISGUISED = [
    ("<a href='https:&#x2f;/www.bank.example@evil.example'>x</a>", "REJECT"),
    ("<a href='http://0xC0000201/'>x</a>", "WARN"),
    ("<a href='http://10.1/'>x</a>", None),
    ("<a href='//evil.example/'>ba<b>nk</b>.example</a>", "WARN"),
    ("<base href='http://evil.example'><a href=x>www.bank.example</a>",
     "WARN"),
    ("<a href='https://www.google.com/url?q=https://evil.example/'>"
     "https://bank.example</a>", "WARN"),
    ("<a href='https://x.safelinks.protection.outlook.com/?url=http%3a"
     "//bank.example/'>https://bank.example</a>", None),
    ("<a href='https://p\u0430ypal.com/'>paypal.com</a>", "WARN"),
    ("<a href=' java\tscript:location=x'>x</a>", "REJECT"),
    ("<iframe srcdoc='&lt;a href=data:text/html,x>'></iframe>", "REJECT"),
    ("<a href='file:\\\\evil.example\\x'>x</a>", "WARN"),
    ("<a href='http://a.example/x%2E%65xe'>x</a>", "WARN"),
    ("<a href='http://a.example/?%s'>x</a>" % ("a" * 5000), "WARN"),
    ("http://a.example/?%s" % ("a" * 9000), "WARN"),
    ("<a href='http://%s@evil.example/'>x</a>" % ("a" * 5000), "REJECT"),
    ("http://%s@evil.example/" % ("a" * 9000), "REJECT"),
    ("<img src='data:image/png;base64,%s'>" % ("A" * 5000), None),
]
HOSTILE_SECONDS = 20        # for all lines of all rules
KEY = 8192

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
            for one in said for match in one["matches"]
            if match["action"] != "DUNNO"}


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
                yield number, line.rsplit("/ ", 1)[1], wanted, unwanted
                wanted, unwanted = [], []


def check_shape():
    for number, result, wanted, unwanted in rules():
        # What is too long for a test has its own below.
        if not unwanted or not (wanted or "too long" in result):
            fail(number, "no test, or none against it")
        if not re.fullmatch(r"DUNNO|(REJECT|WARN) \w.*\w", result):
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
    for page, want in DISGUISED:
        path = folder.write("m", "Content-Type: text/html; charset=utf-8\n\n"
                            + page + "\n")
        got = {action.split()[0] for _, action in found(conf, path)}
        # What is too long is so, too.
        if got - {"WARN"} != ({want} if want else set()) - {"WARN"} or (
                want == "WARN" and not got):
            fail(page[:100], got)


def check_hostile():
    """Links that nearly match, with long runs of what is repeated."""
    runs = ["a", ".", "a.", "@", "a@", "www.", ".com", "-", "/", "1.", "%2f",
            "a.com.", "location", "x.exe", "#", "co.uk."]
    lines = []
    for _, _, wanted, _ in rules():
        for text in wanted:
            half = len(text) // 2
            for start in text[:half], text[:-1]:
                for again in runs + [text, text[half:], text[:-2]]:
                    line = start + again * (KEY // len(again))
                    lines.append(line[:KEY - 1] + "~")
    try:
        done = run("query", "--decoded", "pcre:" + TABLE, "-",
                   input="\n".join(lines).encode() + b"\n",
                   timeout=HOSTILE_SECONDS)
    except subprocess.TimeoutExpired:
        fail("hostile", "they take more than %d s" % HOSTILE_SECONDS)
    else:
        if done.stderr or not done.stdout:
            fail("hostile", done.stderr.decode())
    return len(lines)


def main():
    folder = scratch.Folder()
    conf = folder.write("postern.conf",
                        'link_checks = [ "pcre:%s" ];\n' % TABLE)
    check_shape()
    check_itself(conf)
    mails = check_mail(conf)
    check_disguised(folder, conf)
    lines = check_hostile()
    print("%d rules, %d mails, %d hostile links" % (
        len(list(rules())), mails, lines))
    for failure in failures:
        print(failure)
    return len(failures) > 0


if __name__ == "__main__":
    sys.exit(main())

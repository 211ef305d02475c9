#!/usr/bin/env python3
"""patterns/link_checks: its tests, its lint, what it says of real mail and of
links that are disguised, and that no link keeps it busy."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))

from pattern_table import PatternTable                  # noqa: E402

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
RUNS = [b"a", b".", b"a.", b"@", b"a@", b"www.", b".com", b"-", b"/", b"1.",
        b"%2f", b"a.com.", b"location", b"x.exe", b"#", b"co.uk."]


def check_shape(table):
    for number, result, wanted, unwanted in table.rules():
        # What is too long for a test has its own below.
        if not unwanted or not (wanted or "too long" in result):
            table.fail(number, "no test, or none against it")
        if not re.fullmatch(r"DUNNO|(REJECT|WARN) \w.*\w", result):
            table.fail(number, "an action without a reason: " + result)


def check_disguised(table):
    for page, want in DISGUISED:
        path = table.folder.write(
            "m", "Content-Type: text/html; charset=utf-8\n\n" + page + "\n")
        got = {action.split()[0] for _, action in table.found(path)}
        # What is too long is so, too.
        if got - {"WARN"} != ({want} if want else set()) - {"WARN"} or (
                want == "WARN" and not got):
            table.fail(page[:100], got)


def main():
    table = PatternTable("link_checks")
    check_shape(table)
    table.check_itself()
    mails = table.check_mail(FOUND)
    check_disguised(table)
    return table.summary(mails, table.check_hostile(RUNS), "links")


if __name__ == "__main__":
    sys.exit(main())

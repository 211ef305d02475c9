#!/usr/bin/env python3
"""patterns/text_checks: its tests, its lint, what it says of real mail and of
a disguised one, and that no text keeps it busy."""
import base64
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))

from pattern_table import PatternTable                  # noqa: E402

# Test mails in which something is found, and rightly.
FOUND = {
    # 1.5 million dollars from Western Union, for a stranger.
    ("rubymail/00029.eml", "WARN the text speaks of a stranger's millions"),
}

SCAM = "I want to present you as the next of kin to the deceased"
RUNS = [b"a", b" ", b"a ", b"1", b"1,", b"bitcoin ", b"$1,", b"- ",
        b"your ", b"I have ", "\u200b".encode(), "\u0430".encode(),
        b"powershell -e ", b"gift card scratch ", b"Win + R "]


def unescape(text):
    return re.sub(rb"\\(x[0-9a-f]{2}|\\)", lambda match:
                  b"\\" if match.group(1) == b"\\" else
                  bytes([int(match.group(1)[1:], 16)]), text.encode())


def check_shape(table):
    for number, result, wanted, unwanted in table.rules():
        if not wanted or not unwanted:
            table.fail(number, "no test, or none against it")
        if not re.fullmatch(r"(REJECT|WARN) \w.*\w", result):
            table.fail(number, "an action without a reason: " + result)


def check_disguised(table):
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
        path = table.folder.write("m%d" % number, "Subject: x\n" + body + "\n")
        if [action.split()[0] for _, action in table.found(path)] != [
                "REJECT"]:
            table.fail("disguise", body)


def main():
    table = PatternTable("text_checks")
    check_shape(table)
    table.check_itself()
    mails = table.check_mail(FOUND)
    check_disguised(table)
    return table.summary(mails, table.check_hostile(RUNS, unescape),
                         "paragraphs")


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Programs in disguise (see attachment_evasions.py): a real Postfix with the
rules of its manual in mime_header_checks and body_checks, and one with postern
behind it.  postern must find every one; that Postfix finds as many as the list
says keeps the README honest.

    test_attachment_evasions.py [--table]   --table prints who found what
"""
import os
import sys

import archives
import attachment_evasions as evasions
from postern import Postern
from postfix import Postfix
from scratch import TOP, Folder

INNOCENT = [
    evasions.named('filename="run.exe.txt"'),
    evasions.holds(archives.make_zip([("exe.txt", b"MZ is not all")])),
    evasions.holds(archives.make_ole([("WordDocument", 2)])),
]


def refused(postfix, message):
    sent = postfix.send(message)
    if sent.rcpts[0].refused or sent.data.refused:
        sys.exit("no: %s" % sent)
    if sent.end.code not in (250, 550):
        sys.exit("neither: %s" % sent)
    return sent.end.code == 550


def check_readme():
    """It names them all, and says how many each finds."""
    with open(os.path.join(TOP, "README"), encoding="utf-8") as file:
        text = " ".join(file.read().split())
    both = sum(by_postfix for _, _, by_postfix in evasions.ATTACHED)
    for part in ["Of %d disguises of programs" % len(evasions.ATTACHED),
                 "both find %d:" % both,
                 "postern alone finds %d:" % (len(evasions.ATTACHED) - both),
                 *(name for name, _, _ in evasions.ATTACHED)]:
        if part not in text:
            sys.exit("the README does not say: %s" % part)


def main():
    if "--table" not in sys.argv:
        check_readme()
    folder = Folder()

    def table(name, text):
        return "pcre:" + folder.write(name, text)

    wrong = found = 0
    with Postern({"attachment_checks": [table("checks", evasions.CHECKS)],
                  "text_checks": [table("text", evasions.TEXT)]}) \
            as postern, \
            Postfix({"mime_header_checks":
                     table("mime", evasions.MIME_HEADER),
                     "body_checks": table("body", evasions.BODY)}) as own, \
            Postfix({"smtpd_milters": postern.main_cf}) as behind:
        for message in INNOCENT:
            if refused(behind, message):
                sys.exit("refused: %r" % message)
        for name, message, by_postfix in evasions.ATTACHED:
            got = refused(own, message), refused(behind, message)
            found += got[0]
            if "--table" in sys.argv:
                print("%-45s %-8s %s" % (name, *("found" if one else "-"
                                                 for one in got)))
            if got != (by_postfix, True):
                wrong += 1
                print("%s: Postfix %s, postern %s" % (name, *got))
    print("%d evasions in attachments: Postfix finds %d, postern all but %d"
          % (len(evasions.ATTACHED), found, wrong))
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Programs in disguise (see attachment_evasions.py): a real Postfix with the
rules of its manual in mime_header_checks and body_checks, and one with postern
behind it.  postern must find every one; that Postfix finds as many as the list
says keeps the README honest.

    test_attachment_evasions.py [--table]   --table prints who found what
"""
import sys

import archives
import attachment_evasions as evasions
import disguises
from postern import Postern
from postfix import Postfix
from scratch import Folder

INNOCENT = [
    evasions.named('filename="run.exe.txt"'),
    evasions.holds(archives.make_zip([("exe.txt", b"MZ is not all")])),
    evasions.holds(archives.make_ole([("WordDocument", 2)])),
]


def main():
    if "--table" not in sys.argv:
        disguises.check_readme("disguises of programs", evasions.ATTACHED)
    folder = Folder()

    def table(name, text):
        return "pcre:" + folder.write(name, text)

    with Postern({"attachment_checks": [table("checks", evasions.CHECKS)],
                  "text_checks": [table("text", evasions.TEXT)]}) \
            as postern, \
            Postfix({"mime_header_checks":
                     table("mime", evasions.MIME_HEADER),
                     "body_checks": table("body", evasions.BODY)}) as own, \
            Postfix({"smtpd_milters": postern.main_cf}) as behind:
        disguises.accept(INNOCENT, behind)
        found, wrong = disguises.play(
            evasions.ATTACHED, {"Postfix": own, "postern": behind},
            "%-45s %-8s %s")
    return disguises.summary("in attachments", evasions.ATTACHED, found, wrong)


if __name__ == "__main__":
    sys.exit(main())

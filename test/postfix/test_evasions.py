#!/usr/bin/env python3
"""Evasions (see evasions.py): a real Postfix with the rule in its own
header_checks, and one with postern behind it.  postern must find every one;
that Postfix finds as many as the list says keeps the README honest.

    test_evasions.py [--table]      --table prints who found what
"""
import os
import sys

import evasions
from postern import Postern
from postfix import Postfix
from scratch import TOP, Folder

INNOCENT = [
    evasions.subject("=?utf-8?q?cheap_books?="),
    evasions.sender('"=?utf-8?q?Example_B?=" <a@xn--bcher-ova.example>'),
    evasions.named("filename*0=\"invoice.e\"; filename*1=\"pub\""),
]


def refused(postfix, message):
    sent = postfix.send(message)
    if sent.rcpts[0].refused or sent.data.refused:
        sys.exit("no: %s" % sent)
    return sent.end.code == 550


def check_readme():
    """It names them all, and says how many each finds."""
    with open(os.path.join(TOP, "README"), encoding="utf-8") as file:
        text = " ".join(file.read().split())
    both = sum(by_postfix for _, _, by_postfix in evasions.HEADER)
    for part in ["Of %d disguises" % len(evasions.HEADER),
                 "both find %d:" % both,
                 "postern alone finds %d:" % (len(evasions.HEADER) - both),
                 *(name for name, _, _ in evasions.HEADER)]:
        if part not in text:
            sys.exit("the README does not say: %s" % part)


def main():
    check_readme()
    folder = Folder()
    rules = "pcre:" + folder.write("rules", evasions.RULES)
    wrong = 0
    with Postern({"decoded_header_checks": [rules]}) as postern, \
            Postfix({"header_checks": rules}) as own, \
            Postfix({"smtpd_milters": postern.main_cf}) as behind:
        for message in INNOCENT:
            if refused(behind, message):
                sys.exit("refused: %r" % message)
        found = 0
        for name, message, by_postfix in evasions.HEADER:
            got = refused(own, message), refused(behind, message)
            found += got[0]
            if "--table" in sys.argv:
                print("%-40s %-8s %s" % (name, *("found" if one else "-"
                                                 for one in got)))
            if got != (by_postfix, True):
                wrong += 1
                print("%s: Postfix %s, postern %s" % (name, *got))
    print("%d evasions in header fields: Postfix finds %d, postern all but "
          "%d" % (len(evasions.HEADER), found, wrong))
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Evasions (see text_evasions.py): a real Postfix with the rule in its own
body_checks, and one with postern behind it.  postern must find every one;
that Postfix finds as many as the list says keeps the README honest.

    test_text_evasions.py [--table]     --table prints who found what
"""
import sys

import text_evasions as evasions
from postern import Postern
from postfix import Postfix
from scratch import Folder

FOLDS = ["zero-width", "nfkc", "confusable"]
INNOCENT = [
    evasions.mail("Our cheap\n\npills."),
    evasions.html("<p>Our cheap</p><p>pills.</p>"),
    evasions.html("Our <i hidden>cheap pills</i>"),
    evasions.parts("\nOur cheap", "\npills."),
    evasions.in_base64("Our cheap books."),
]


def refused(postfix, message):
    sent = postfix.send(message)
    if sent.rcpts[0].refused or sent.data.refused:
        sys.exit("no: %s" % sent)
    return sent.end.code == 550


def main():
    folder = Folder()
    rules = "pcre:" + folder.write("rules", evasions.RULES)
    wrong = found = 0
    with Postern({"text_checks": [rules]}) as postern, \
            Postern({"text_checks": [rules], "fold": FOLDS}) as folding, \
            Postfix({"body_checks": rules}) as own, \
            Postfix({"smtpd_milters": postern.main_cf}) as behind, \
            Postfix({"smtpd_milters": folding.main_cf}) as folded:
        for message in INNOCENT:
            if refused(behind, message):
                sys.exit("refused: %r" % message)
        for name, message, by_postfix in evasions.TEXT:
            got = refused(own, message), refused(behind, message)
            found += got[0]
            if "--table" in sys.argv:
                print("%-40s %-8s %s" % (name, *("found" if one else "-"
                                                 for one in got)))
            if got != (by_postfix, True):
                wrong += 1
                print("%s: Postfix %s, postern %s" % (name, *got))
        for name, message in evasions.FOLDED:
            got = refused(own, message), refused(folded, message)
            if got != (False, True) or refused(behind, message):
                wrong += 1
                print("%s: Postfix %s, postern with fold %s" % (name, *got))
    print("%d more with fold" % len(evasions.FOLDED))
    print("%d evasions in texts: Postfix finds %d, postern all but %d" % (
        len(evasions.TEXT), found, wrong))
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())

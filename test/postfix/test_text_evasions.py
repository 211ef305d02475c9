#!/usr/bin/env python3
"""Evasions (see text_evasions.py): a real Postfix with the rule in its own
body_checks, and one with postern behind it.  postern must find every one;
that Postfix finds as many as the list says keeps the README honest.

    test_text_evasions.py [--table]     --table prints who found what
"""
import sys

import disguises
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


def main():
    folder = Folder()
    rules = "pcre:" + folder.write("rules", evasions.RULES)
    with Postern({"text_checks": [rules]}) as postern, \
            Postern({"text_checks": [rules], "fold": FOLDS}) as folding, \
            Postfix({"body_checks": rules}) as own, \
            Postfix({"smtpd_milters": postern.main_cf}) as behind, \
            Postfix({"smtpd_milters": folding.main_cf}) as folded:
        disguises.accept(INNOCENT, behind)
        found, wrong = disguises.play(
            evasions.TEXT, {"Postfix": own, "postern": behind},
            "%-40s %-8s %s")
        wrong += disguises.play(
            [(*each, False, False) for each in evasions.FOLDED],
            {"Postfix": own, "postern": behind, "with fold": folded})[1]
    print("%d more with fold" % len(evasions.FOLDED))
    return disguises.summary("in texts", evasions.TEXT, found, wrong)


if __name__ == "__main__":
    sys.exit(main())

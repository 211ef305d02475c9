#!/usr/bin/env python3
"""Evasions (see evasions.py): a real Postfix with the rule in its own
header_checks, and one with postern behind it.  postern must find every one;
that Postfix finds as many as the list says keeps the README honest.

    test_evasions.py [--table]      --table prints who found what
"""
import sys

import disguises
import evasions
from postern import Postern
from postfix import Postfix
from scratch import Folder

INNOCENT = [
    evasions.subject("=?utf-8?q?cheap_books?="),
    evasions.sender('"=?utf-8?q?Example_B?=" <a@xn--bcher-ova.example>'),
    evasions.named("filename*0=\"invoice.e\"; filename*1=\"pub\""),
]


def main():
    disguises.check_readme("disguises", evasions.HEADER)
    folder = Folder()
    rules = "pcre:" + folder.write("rules", evasions.RULES)
    with Postern({"decoded_header_checks": [rules]}) as postern, \
            Postfix({"header_checks": rules}) as own, \
            Postfix({"smtpd_milters": postern.main_cf}) as behind:
        disguises.accept(INNOCENT, behind)
        found, wrong = disguises.play(
            evasions.HEADER, {"Postfix": own, "postern": behind},
            "%-40s %-8s %s")
    return disguises.summary("in header fields", evasions.HEADER, found, wrong)


if __name__ == "__main__":
    sys.exit(main())

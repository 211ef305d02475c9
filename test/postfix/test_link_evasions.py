#!/usr/bin/env python3
"""Evasions (see link_evasions.py): a real Postfix with the rule in its own
body_checks, and two with postern behind it, with link_checks and with
link_domain_access.  That each finds what the list says keeps the README honest.

    test_link_evasions.py [--table]     --table prints who found what
"""
import contextlib
import sys

import disguises
import link_evasions as evasions
from postern import Postern
from postfix import Postfix
from scratch import Folder
from text_evasions import html, mail

INNOCENT = [
    mail("http://bank.example/pay and http://evil.example.org/pay"),
    mail("http://notevil.example/pay?evil.example mailto:evil@bank.example"),
    html("<a href='http://bank.example/evil.example/pay'>evil.example</a>"),
    html("<a href='/pay'>http</a> <a href='pay'>evil.example</a>"),
]


def main():
    folder = Folder()
    rules = "pcre:" + folder.write("rules", evasions.RULES)
    domains = "hash:" + folder.write("domains", evasions.DOMAINS)
    with contextlib.ExitStack() as stack:
        def filtered(settings):
            postern = stack.enter_context(Postern(settings))
            return stack.enter_context(Postfix(
                {"smtpd_milters": postern.main_cf}))
        own = stack.enter_context(Postfix({"body_checks": rules}))
        checks = filtered({"link_checks": [rules]})
        access = filtered({"link_domain_access": [domains]})
        disguises.accept(INNOCENT, checks, access)
        found, wrong = disguises.play(
            evasions.LINKS, {"Postfix": own, "link_checks": checks,
                             "link_domain_access": access},
            "%-34s %-6s %-6s %s")
    return disguises.summary("of links", evasions.LINKS, found, wrong)


if __name__ == "__main__":
    sys.exit(main())

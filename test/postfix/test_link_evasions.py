#!/usr/bin/env python3
"""Evasions (see link_evasions.py): a real Postfix with the rule in its own
body_checks, and two with postern behind it, with link_checks and with
link_domain_access.  That each finds what the list says keeps the README honest.

    test_link_evasions.py [--table]     --table prints who found what
"""
import contextlib
import sys

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


def refused(postfix, message):
    sent = postfix.send(message)
    if sent.rcpts[0].refused or sent.data.refused:
        sys.exit("no: %s" % sent)
    return sent.end.code >= 500


def main():
    folder = Folder()
    rules = "pcre:" + folder.write("rules", evasions.RULES)
    domains = "hash:" + folder.write("domains", evasions.DOMAINS)
    wrong = found = 0
    with contextlib.ExitStack() as stack:
        def filtered(settings):
            postern = stack.enter_context(Postern(settings))
            return stack.enter_context(Postfix(
                {"smtpd_milters": postern.main_cf}))
        own = stack.enter_context(Postfix({"body_checks": rules}))
        behind = [filtered({"link_checks": [rules]}),
                  filtered({"link_domain_access": [domains]})]
        for message in INNOCENT:
            if any(refused(one, message) for one in behind):
                sys.exit("refused: %r" % message)
        for name, message, by_postfix, by_checks in evasions.LINKS:
            got = tuple(refused(one, message) for one in (own, *behind))
            found += got[0]
            if "--table" in sys.argv:
                print("%-34s %-6s %-6s %s" % (name, *(
                    "found" if one else "-" for one in got)))
            if got != (by_postfix, by_checks, True):
                wrong += 1
                print("%s: Postfix %s, link_checks %s, link_domain_access %s"
                      % (name, *got))
    print("%d evasions of links: Postfix finds %d, postern all but %d" % (
        len(evasions.LINKS), found, wrong))
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())

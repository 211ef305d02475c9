#!/usr/bin/env python3
"""With no rules postern changes nothing: every message is answered and
delivered by a real Postfix exactly as it is without a filter."""
import sys

import corpus
from postern import Postern
from postfix import Postfix
from test_nothing import bytes_survive, local_mail, messages_arrive

# The caps have defaults, and some of the test mails pass them.
NO_CAPS = {
    "header_size_limit": 0, "header_total_limit": 0, "header_count_limit": 0,
    "recipient_limit": 0, "hopcount_limit": 0,
}


def main():
    many = {"hopcount_limit": "1000"}
    with Postern(NO_CAPS, "local") as plain, Postern({
            **NO_CAPS,
            # The body is parsed and kept, and nothing is found in it.
            "header_checks": ["inline:{no-such-line=STRIP}"],
            "body_checks": ["inline:{no-such-line=STRIP}"],
            "body_checks_size_limit": 0,
            "mime_nesting_limit": 1000}, "inet") as busy, \
            Postfix(many) as bare, \
            Postfix({**many, "smtpd_milters": plain.main_cf,
                     "non_smtpd_milters": plain.main_cf}) as first, \
            Postfix({**many, "smtpd_milters": busy.main_cf}) as second:
        print("%d messages" % messages_arrive(bare, [first, second]))
        local_mail(bare, first)
        bytes_survive(bare, first)
        bytes_survive(bare, second)
        assert not first.milter_lines() and not second.milter_lines()
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""What the client hears for a result of an access map or of header_checks:
our replies beside those of a real Postfix that has the result in a table.
(Replies of more than 510 bytes are cut here, and not by Postfix.)"""
import os
import re
import subprocess
import sys
import tempfile

from postfix import Postfix
from scratch import BUILD

DUMP = os.path.join(BUILD, "tools", "reply_dump")

TEXTS = [
    "", " no", "  two  blanks ", " 5.7.1", " 5.7.1 x", " 4.7.1 x",
    " 4.3.0 later", " 2.7.1 x", " 5.7.1x", " 5.7 x", " 5.1234.1 x",
    " 5.123.999 x", " 5.7.1234 x", " 3.7.1 x", " 5.10.1 x", "\ttab",
    " 550 x", " \"q\" <a@b> 100%", " " + "long " * 80,
] + [" %d.1.%d x" % (class_, last) for class_ in (4, 5)
     for last in (*range(10), 10, 100)]
WORDS = ["REJECT", "reject", "DEFER", "DEFER_IF_PERMIT", "550", "421", "450",
         "599", "400", "521"]
OTHERS = [
    "DUNNO", "OK", "RELAY x", "ok x", "550", "42", "600 x", "399 x", "250 x",
    "4.7.1 x", "5500 x", "55 x", "nonsense", "STRIP", "IGNORE", "PASS",
    "REPLACE X: y", "WARN x", "INFO x", "REJECTED",
    # Lists of restrictions; test_results.py has more.
    "permit", "permit, reject", "reject,", "REJECT, x", "defer,x",
    "defer_if_permit,permit", "warn_if_reject, reject", "OK, x", ",",
    "warn_if_reject reject, defer", "permit, hash:x",
]
ACCESS = [word + text for word in WORDS for text in TEXTS
          if text or not word.isdigit()] + OTHERS
CHECKS = ["REJECT" + text for text in TEXTS] + [
    "reject x", "554 x", "DEFER x", "DUNNO", "OK", "WARN x", "REJECTED x",
    "PREPEND nothing", "REPLACE nothing", "REDIRECT nobody", "RELAY",
]
CLASSES = ("client", "reverse_client", "helo", "login", "sender",
           "recipient")

# Postfix has no such map for every class; ours is named after its check.
RESTRICTIONS = {
    "client": "check_client_access texthash:%s",
    "reverse_client": "check_reverse_client_hostname_access texthash:%s",
    "helo": "check_helo_access texthash:%s",
    "login": "check_sasl_access texthash:%s",
    "sender": "check_sender_access texthash:%s",
    "recipient": "check_recipient_access texthash:%s",
}


class Case:
    """One result in one table, with a key of its own."""

    def __init__(self, place, number, result):
        self.place, self.result = place, result
        label = "%s%d" % (place.replace("_", "-"), number)
        self.client = ("", "192.0.2.1")
        self.reverse, self.login = "", None
        self.helo = "neutral.example.org"
        self.sender, self.rcpt = "from@example.org", "to@example.net"
        if place == "client":
            self.client = (label + ".example.org", "192.0.2.1")
            self.key = self.client[0]
            self.name = "%s[192.0.2.1]" % self.client[0]
        elif place == "reverse_client":
            self.reverse = self.key = self.name = label + ".example.org"
        elif place == "helo":
            self.helo = self.key = self.name = label + ".example.org"
        elif place == "login":
            self.login = self.key = self.name = label
        elif place == "sender":
            self.sender = self.key = self.name = label + "@example.org"
        elif place == "recipient":
            self.rcpt = self.key = self.name = label + "@example.net"
        else:
            self.key = self.name = label


def ours(cases):
    text = "".join("%s\t%s\t%s\n" % (case.place, case.name,
                                     case.result.rstrip())
                   for case in cases)
    done = subprocess.run([DUMP], input=text, stdout=subprocess.PIPE,
                          universal_newlines=True, check=True)
    return done.stdout.split("\n")[:-1]


def theirs(postfix, case):
    with postfix.smtp(case.client[1], case.client[0], helo=case.helo,
                      reverse=case.reverse or case.client[0],
                      login=case.login) as smtp:
        if case.place == "header":
            sent = smtp.send(b"X-Case: %s\r\n\r\nbody\r\n"
                             % case.key.encode(), case.sender, [case.rcpt])
            return str(sent.end)
        reply = smtp.command("MAIL FROM:<%s>" % case.sender)
        assert not reply.refused, reply
        return str(smtp.command("RCPT TO:<%s>" % case.rcpt))


def agree(case, our, their):
    """Ours, and what the session makes of what is no reply."""
    if our == "wrong" and case.place != "header":
        return their.startswith("451 4.3.5 ")
    if case.place == "reverse_client" and (
            our == "OK" or re.search(r",permit\b", case.result)):
        return their.startswith("451 4.3.5 ")
    if our[0].isdigit() and re.search(r"[0-9]\.[0-9]$", case.result):
        # Behind such a code Postfix looks for the text past its end, and
        # answers with what happens to lie there.
        if case.place == "header":
            return our.split()[:2] == their.split()[:2]
        return our.split(" rejected: ")[0] == their.split(" rejected: ")[0]
    if our[0].isdigit():
        return our == their
    return their.startswith("250 ")


def make_cases():
    cases = [Case(class_, i, result) for class_ in CLASSES
             for i, result in enumerate(ACCESS)]
    return cases + [Case("header", i, result)
                    for i, result in enumerate(CHECKS)]


def write_tables(folder, cases):
    for place in (*CLASSES, "header"):
        path = folder + "/" + place
        with open(path, "w", encoding="ascii") as file:
            for case in cases:
                if case.place == place:
                    file.write(("/^X-Case: %s$/ %s\n" if place == "header"
                                else "%s %s\n") % (case.key, case.result))
        os.utime(path, (1e9, 1e9))


def main():
    cases = make_cases()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        write_tables(folder, cases)
        with Postfix({
                "header_checks": "pcre:%s/header" % folder,
                "smtpd_recipient_restrictions": ", ".join(
                    RESTRICTIONS[class_] % (folder + "/" + class_)
                    for class_ in CLASSES)}) as postfix:
            for case, our in zip(cases, ours(cases)):
                their = theirs(postfix, case)
                if not agree(case, our, their):
                    wrong += 1
                    print("%s %r:\n  postern %s\n  Postfix %s" % (
                        case.place, case.result, our, their))
    print("%d results, %d differ" % (len(cases), wrong))
    return 0 if wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

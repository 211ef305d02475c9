#!/usr/bin/env python3
"""The limits on errors beside those of a real Postfix: the same client makes
as many errors before it hears 421, and the same replies are slow.

A schedule is a word of letters, as in STEPS.  Where postern differs it is
listed, with the reason; a difference that is listed and not there fails, too.
"""
import concurrent.futures
import itertools
import os
import sys
import time

from postern import Postern
from postfix import Postfix
from smtp import Closed

HARD, SOFT, SLEEP = 5, 2, 1
SLOW = 0.8              # seconds: a reply that has waited

RECIPIENTS = "no@example.net REJECT\nlater@example.net DEFER\n"
# What the mail server itself refuses, on either side.
GONE = "gone@example.net 550 5.1.1 No such user here\n"
CHECKS = "/^Subject: no/ REJECT\n"

STEPS = {
    # The sleep comes before each line of a reply: so it is not EHLO.
    "h": "HELO mail.example.org",
    "m": "MAIL FROM:<from@example.org>",
    "r": "RCPT TO:<to@example.net>",
    "n": "RCPT TO:<no@example.net>",
    "l": "RCPT TO:<later@example.net>",
    "g": "RCPT TO:<gone@example.net>",
    "u": "FROB nicate",
    "a": "RSET",
    # Errors of which the mail server tells no filter.
    "b": "MAIL FROM:nobody said so",
    "d": "DATA",
}

# Until 421, at most these.
SCHEDULES = [
    "hmnnnnnnnnnn", "hmllnnllnnll", "hmnahmnahmnahmnahmnahmnahmn",
    "hmgngngngngr", "huuuuuuuuuuh", "humugunuluuuh",
    # A message that is taken makes up for all before it.
    "hmnrnnEmnnnnnnnnn", "hmnrnnEmrEmnnrgEhmnnnnnnnn",
    # One that is refused does not.
    "hmrXmrXmrXmrXmrXmrXmr", "hmrnXmnrXmnnnnnn", "hmrnEmrXmrXmnnnnnnn",
    # Some recipients were taken before it ends.
    "hmrnnnnnnn", "hmrnnnnXm", "hmrnnnnnE",
]
# Schedule: errors in Postfix, and with postern, at most those that it has.
LISTED = {
    # What a filter says of recipients that are refused is not heard.
    "hmggggggggggr": (5, 10),
    # Syntax, and order: it answers them before any filter is asked.
    "hbbbbbbbbbbm": (5, 10),
    "hmdddddddddr": (5, 9),
    # Both at the fifth error; but a filter speaks when it is asked, and
    # Postfix asks it nothing at RSET and DATA.
    "hmnnnnnaaah": (5, 5),
}
TIMED = ["hmrrnnnrhmruhm", "hmnrnEmnn", "hmrnXmrXmrXm", "hmggrn"]


class Client:
    def __init__(self, postfix):
        self.smtp = postfix.smtp(helo=None)
        self.errors, self.slow, self.ended = 0, "", False

    def take(self, letter, began, reply):
        took = time.monotonic() - began
        self.slow += letter if took > SLOW else "."
        if reply.code == 421:
            self.ended = True
        elif reply.refused:
            self.errors += 1

    def say(self, letter, text):
        began = time.monotonic()
        try:
            self.take(letter, began, self.smtp.command(text))
            # Postfix says it unasked, behind the reply to the last error.
            if self.errors >= HARD and not self.ended:
                self.smtp.sock.settimeout(0.15)
                try:
                    self.ended = self.smtp.read().code == 421
                except OSError:
                    # A reader that met a time-out reads no more.
                    self.smtp.file = self.smtp.sock.makefile("rb")
                self.smtp.sock.settimeout(30)
        except (Closed, OSError):
            self.ended = True

    def message(self, letter):
        if self.smtp.command("DATA").code != 354:
            self.errors += 1
            return
        self.say(letter, "Subject: %s\r\n\r\nx\r\n."
                 % ("yes" if letter == "E" else "no"))

    def run(self, schedule):
        for letter in schedule:
            if letter in "EX":
                self.message(letter)
            else:
                self.say(letter, STEPS[letter])
            if self.ended:
                break
        self.smtp.close()
        return self


def compare(postfix, ours, timed):
    wrong = 0
    schedules = TIMED if timed else SCHEDULES + list(LISTED)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        ran = list(pool.map(lambda pair: Client(pair[0]).run(pair[1]),
                            itertools.product((postfix, ours), schedules)))
    for schedule, theirs, mine in zip(schedules, ran,
                                      ran[len(schedules):]):
        got = theirs.errors, mine.errors
        want = LISTED.get(schedule, (theirs.errors, theirs.errors))
        if timed and theirs.slow != mine.slow:
            wrong += 1
            print("%s: slow in Postfix %s, with postern %s" % (
                schedule, theirs.slow, mine.slow))
        if not timed and (got != want or not theirs.ended):
            wrong += 1
            print("%s: %d errors in Postfix%s, %d with postern%s" % (
                schedule, theirs.errors, "" if theirs.ended else " and on",
                mine.errors, "" if mine.ended else " and on"))
        if not timed and not mine.ended and schedule not in LISTED:
            wrong += 1
            print("%s: no 421 from postern" % schedule)
    return wrong


def settings(daemon, limits):
    """Main.cf for Postfix's own checks, and for those of the filter."""
    paths = {name: daemon.write_file(name, text) for name, text in (
        ("recipients", RECIPIENTS), ("gone", GONE), ("checks", CHECKS))}
    for path in paths.values():
        # Postfix rereads a fresh file until it is 2 s old.
        os.utime(path, (1, 1))
    daemon.write_conf({
        "recipient_access": ["texthash:" + paths["recipients"]],
        "header_checks": ["regexp:" + paths["checks"]], **limits})
    daemon.reload(wait=": loaded")
    os.chmod(daemon.folder.path, 0o755)
    gone = "check_recipient_access texthash:" + paths["gone"]
    return {
        "smtpd_recipient_restrictions": gone
        + ", check_recipient_access texthash:" + paths["recipients"],
        "header_checks": "regexp:" + paths["checks"],
        **{"smtpd_" + name: str(value) for name, value in limits.items()},
    }, {
        "smtpd_recipient_restrictions": gone,
        "smtpd_milters": daemon.main_cf,
    }


def main():
    wrong = 0
    for timed, limits in ((False, {"hard_error_limit": HARD}),
                          (True, {"soft_error_limit": SOFT,
                                  "error_sleep_time": SLEEP})):
        with Postern() as daemon:
            reference, filtered = settings(daemon, limits)
            with Postfix(reference) as postfix, Postfix(filtered) as ours:
                wrong += compare(postfix, ours, timed)
    print("%d schedules, %d differ" % (
        len(SCHEDULES) + len(LISTED) + len(TIMED), wrong))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Results of access maps that are lists of restrictions, and what they make of
the results before and behind them: a Postfix that has the tables itself, and
one that has the daemon, which has them.

Compared are the reply to each of two recipients, and what was logged: warnings
(so that one sees which table was asked next) and reject_warnings.

    test_results.py [SEED [COUNT]]
"""
import random
import re
import sys

from postern import Postern
from postfix import Postfix
from scratch import Folder

FIXED = [
    "permit", "PERMIT", "reject", "defer", "warn_if_reject",
    "warn_if_reject reject", "warn_if_reject, reject",
    "warn_if_reject,defer", "Warn_If_Reject REJECT",
    "warn_if_reject permit", "warn_if_reject reject, reject",
    "warn_if_reject warn_if_reject reject", "reject,permit", "REJECT,x",
    "REJECT, sorry", "permit,reject", "permit x", "defer,x",
    "defer, permit", "defer_if_permit", "defer_if_permit,permit",
    "warn_if_reject defer_if_permit", "defer_if_permit, reject",
    "defer_if_reject, reject", "defer_if_reject,defer_if_permit",
    "defer_if_reject, defer_if_permit, reject", "defer_if_permit reject",
    "warn_if_reject defer_if_reject, reject", ",", ", ,", "reject,",
    "permit,", "REJECT\t,x", "reject , x", "warn_if_reject,",
    "warn_if_reject,reject,warn_if_reject,defer", "DUNNO", "OK", "550",
    # What Postfix answers with 451 4.3.5, and so do we.
    "warn_if_reject REJECT 5.7.1 no", "OK,x", "DUNNO, reject", "foo",
    "{ reject }", "warn_if_reject {reject}", "warn_if_reject 550 x",
    "550, x", "hold, x", "discard,x", "warn,x", "hold,",
    "check_client_access hash:/x", "static:OK", "permit, static:OK",
    "warn_if_reject reject, foo", "warn_if_reject,550",
    "warn_if_reject defer_if_permit, OK",
]
NAMES = ["permit", "reject", "defer", "defer_if_permit", "defer_if_reject",
         "warn_if_reject", "warn_if_reject", "x"]
# Where each table stands, and who is found in it.
CLASSES = "client", "helo", "sender", "recipient"


def random_result():
    if random.random() < 0.3:
        return random.choice(["DUNNO", "OK", "REJECT no", "DEFER later",
                              "DEFER_IF_PERMIT soft", "DEFER_IF_REJECT hard",
                              "WARN seen", "550 5.7.9 code"])
    text = random.choice(NAMES)
    for _ in range(random.randint(0, 4)):
        text += random.choice([",", ", ", " , ", ",,"]) + random.choice(NAMES)
    return text if "," in text else text + ","


class Case:
    """Some of the keys of one dialogue have a result, in two tables each."""

    def __init__(self, number, results):
        self.number, self.results = number, results
        self.keys = {
            "client": "198.51.%d.%d" % divmod(number, 250),
            "helo": "h%d.example.org" % number,
            "sender": "s%d@example.org" % number,
            "recipient": "r%d@example.net" % number,
        }


def make_cases(count):
    results = [{(class_, 0): result, (class_, 1): "WARN next"}
               for result in FIXED for class_ in CLASSES]
    for _ in range(count):
        places = [(class_, table) for class_ in CLASSES for table in (0, 1)]
        results.append({place: random_result() for place in random.sample(
            places, random.randint(1, 5))})
    # Once this has been logged, all has.
    results.append({("recipient", 0): "WARN the end"})
    return [Case(i, some) for i, some in enumerate(results)]


def write_tables(folder, cases):
    tables = {}
    for class_ in CLASSES:
        for table in (0, 1):
            lines = ["%s %s\n" % (case.keys[class_],
                                  case.results[class_, table])
                     for case in cases if (class_, table) in case.results]
            tables.setdefault(class_, []).append("texthash:" + folder.write(
                "%s%d" % (class_, table), "".join(lines)))
    return tables


def converse(postfix, case):
    with postfix.smtp(case.keys["client"], "", helo=case.keys["helo"]) as smtp:
        mail = smtp.command("MAIL FROM:<%s>" % case.keys["sender"])
        assert not mail.refused, mail
        return [str(smtp.command("RCPT TO:<%s>" % rcpt)) for rcpt in
                (case.keys["recipient"], "other@example.net")]


def said(log, warn, case):
    """What was logged about this dialogue, once each: Postfix asks all lists
    again for the second recipient."""
    lines = re.findall(r": (%s|reject_warning): RCPT from ([^\n]*?); from=<"
                       r"%s>" % (warn, re.escape(case.keys["sender"])), log)
    return sorted({("warn" if word == warn else word, text)
                   for word, text in lines})


def main():
    random.seed(sys.argv[1] if len(sys.argv) > 1 else "8")
    cases = make_cases(int(sys.argv[2]) if len(sys.argv) > 2 else 250)
    folder = Folder()
    tables = write_tables(folder, cases)
    wrong = 0
    with Postern({**{class_ + "_access": some
                     for class_, some in tables.items()},
                  "compatible_tables": True}) as daemon, \
            Postfix({"smtpd_milters": daemon.main_cf}) as ours, \
            Postfix({"smtpd_%s_restrictions" % class_: ", ".join(
                "check_%s_access %s" % (class_, table) for table in some)
                     for class_, some in tables.items()}) as theirs:
        answers = [(case, converse(ours, case), converse(theirs, case))
                   for case in cases]
        daemon.wait_log(": the end;")
        logs = theirs.log(), daemon.log()
        for case, got, want in answers:
            noted = said(logs[0], "warn", case), said(logs[1], "warning", case)
            if got == want and noted[0] == noted[1]:
                continue
            wrong += 1
            if wrong <= 20:
                print("%r:\n  postern %s %s\n  Postfix %s %s" % (
                    case.results, got, noted[1], want, noted[0]))
    folder.close()
    print("%d cases, %d differ" % (len(cases), wrong))
    return 0 if wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

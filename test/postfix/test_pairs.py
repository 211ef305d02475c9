#!/usr/bin/env python3
"""postern beside a real Postfix that has the same tables in its main.cf.

postern's configuration is what `postern import` makes of the first one's, and
the tables that it says it left.
The same sessions and messages go to both (test/lib/pairs.py); replies,
recipients, DSN NOTIFY, hold states and every byte of what is delivered are
the same, or differ in a way that DIFFERENCES lists and postern-tables(5)
explains.

    test_pairs.py [SEED [COUNT]]    COUNT random cases of each kind
"""
import copy
import os
import random
import re
import sys

import scratch
from pair_access import (TAKEN, VARIANTS, access_cases, access_lists,
                         access_main_cf, chosen_cases, chosen_tables,
                         early_cases, early_tables, make_tables,
                         routed_cases, routed_tables)
from pair_content import content_cases, content_lists, content_main_cf
from pairs import Pair

SEED, COUNT = "1", 60

# Import sets it where what it takes over has faults; here it is what import
# leaves, since a milter cannot do it, that has them.
LEFT = {"compatible_tables": True}

BOTH = {"recipient_delimiter": "+", "notify_classes": ""}


# The differences.  `applies` makes the two results alike in what the
# difference is about; a case that is then the same is explained by it.  Each
# must be needed by some case: one that is not is stale.

class Difference:
    def __init__(self, name, manual, apply):
        self.name, self.manual, self.apply = name, manual, apply
        self.cases = 0


DIFFERENCES = []


def difference(name, manual):
    """`manual` stands in postern-tables(5), with the reason."""
    def add(function):
        DIFFERENCES.append(Difference(name, manual, function))
        return function
    return add


def unlisted():
    """Differences that the manual does not have."""
    with open(os.path.join(scratch.TOP, "milter", "table",
                           "postern-tables.5"), encoding="utf-8") as file:
        text = re.sub(r"^\.[A-Z]\w ", "", file.read(), flags=re.M)
    text = re.sub(r"\s+", " ", text.replace("\\ ", " "))
    return [one.name for one in DIFFERENCES if one.manual not in text]


def as_named(case, postfix, postern, name, holds):
    """For cases made to show it: what holds is said, and that is all."""
    if case.name.startswith(name + ":") and holds:
        postfix.__dict__.update(copy.deepcopy(postern.__dict__))


@difference("own Received",
            "that the mail server itself adds is not seen by a milter")
def own_received(case, postfix, postern):
    as_named(case, postfix, postern, "own Received",
             postfix.replies[-1] == "550 5.7.1 seen"
             and postern.state == "delivered")


@difference("dropped",
            "away from the message's own header before a milter sees it")
def dropped(case, postfix, postern):
    as_named(case, postfix, postern, "dropped",
             postfix.replies[-1] == "550 5.7.1 message content rejected"
             and postern.data == b"X: y\r\n\r\nb\r\n")


@difference("NUL",
            "A NUL does not end what a pattern sees of a line of the body")
def nul(case, postfix, postern):
    as_named(case, postfix, postern, "NUL", postern.data
             == re.sub(rb"(?m)^[^\r]*\0[^\r]*", b"seen", postfix.data)
             != postfix.data)


@difference("60000",
            "Postfix cuts fields at 60000 bytes before a milter sees them")
def cut(case, postfix, postern):
    field = re.match(rb"X:[^\r]*(\r\n [^\r]*)*", postern.data)
    as_named(case, postfix, postern, "60000", field and 53000 < len(
        field[0].replace(b"\r", b"")) <= 60000)


@difference("header_size_limit",
            "is refused; Postfix cuts it and says nothing")
def header_size(case, postfix, postern):
    as_named(case, postfix, postern, "header_size_limit",
             postfix.state == "delivered" and postern.replies[-1].startswith(
                 "552 5.3.4 Header field size"))


@difference("nowhere", "refuses the message; Postfix takes it and returns it "
            "to its sender")
def nowhere(case, postfix, postern):
    as_named(case, postfix, postern, "nowhere", postfix.state == "gone"
             and postern.replies[-1] == "550 5.1.3 no address to redirect it "
             "to")


@difference("FILTER", "cannot be done by a milter")
def filter_(case, postfix, postern):
    as_named(case, postfix, postern, "FILTER", postfix.state == "gone"
             and (postern.state == "delivered"
                  or postern.replies[-1].startswith("451 4.3.5")))


@difference("restriction",
            "Names of restrictions, classes of them included, are no results "
            "of access maps")
def restriction(case, postfix, postern):
    as_named(case, postfix, postern, "restriction",
             postfix.replies[-1].startswith("450 4.7.25 Client host")
             and postern.replies[-1].startswith("451 4.3.5"))


@difference("status code alone",
            "gets the default text; Postfix sends what happens to lie in "
            "its memory")
def dsn_alone(case, postfix, postern):
    if case.name.startswith("status code alone:"):
        postfix.replies = [re.sub(
            r"(rejected: |^550 5\.7\.9 ).*",
            lambda found: found[1] + ("Access denied" if "rej" in found[1]
                                      else "message content rejected"),
            reply) for reply in postfix.replies]


@difference("NOTIFY of REDIRECT",
            "gets the usual delivery reports, whatever NOTIFY the client "
            "asked for")
def redirect(case, postfix, postern):
    for result in postfix, postern:
        result.rcpts = sorted(
            (rcpt, "" if re.match("r(-.*)?@", rcpt) else args)
            for rcpt, args in result.rcpts)


@difference("NOTIFY of BCC",
            "gets no delivery reports; Postfix writes that of the "
            "recipient behind it")
def bcc(case, postfix, postern):
    if case.name.startswith("access"):
        for result in postfix, postern:
            result.rcpts = sorted({(rcpt, "" if rcpt.endswith("@bcc.example")
                                    else args)
                                   for rcpt, args in result.rcpts})


@difference("PREPEND again", "puts its field on top once a message")
def prepend_again(case, postfix, postern):
    seen, lines = set(), []
    for line in postfix.data.split(b"\r\n"):
        if not line.startswith(b"X-Conn") or line not in seen:
            lines.append(line)
        seen.add(line)
    if case.name.startswith("access") and len(case.rcpts) > 1:
        postfix.data = b"\r\n".join(lines)


@difference("blank before the colon",
            "since a milter gives name and value apart")
def blank(case, postfix, postern):
    head, end, body = postfix.data.partition(b"\r\n\r\n")
    postfix.data = re.sub(rb"(?m)^(X-Odd)[ \t]+:", rb"\1:", head) + end + body


@difference("words at connect",
            "What a client hears that is refused when it connects are the "
            "mail server's words")
def at_connect(case, postfix, postern):
    if case.name.startswith("access early") and postern.replies[0] in (
            "554 mx.postern.test ESMTP not accepting connections",
            "421 mx.postern.test Service unavailable - try again later") and \
            re.fullmatch(r"(5\d\d|421) .* <.*\]>: Client host rejected: .*",
                         postfix.replies[0]):
        postfix.replies = postern.replies


@difference("forgotten", "smtpd 8 forgets what is not a refusal")
def forgotten(case, postfix, postern):
    if not case.name.startswith("access early"):
        return
    if postern.state == "gone":
        postern.__dict__.update(copy.deepcopy(postfix.__dict__))
    if postern.state == "held" and postfix.state == "delivered":
        postern.state = "delivered"
    if re.match(r"r-Conn\d-(client|helo)@", postern.rcpts[0][0]
                if postern.rcpts else ""):
        postern.rcpts = postfix.rcpts
    postern.rcpts = [rcpt for rcpt in postern.rcpts if rcpt in postfix.rcpts
                     or not rcpt[0].endswith("@bcc.example")]
    postern.data = re.sub(rb"X-Conn\d-(client|helo)-.*\r\n", b"",
                          postern.data)


@difference("too deep",
            "of what follows changes the answer. Where PASS or REDIRECT came "
            "before, the limit is not looked at any more")
def too_deep(case, postfix, postern):
    deep = "550 5.6.0 MIME nesting exceeds safety limit"
    if postern.replies[-1] == deep:
        hit = postfix.state in ("refused", "gone")
    else:
        hit = postfix.replies[-1] == deep and re.search(
            rb"\{\{\w+ (PASS|REDIRECT )", case.message)
    if hit:
        postfix.__dict__.update(copy.deepcopy(postern.__dict__))


def explain(case, postfix, postern):
    """The fewest differences that make the results the same, or None."""
    def alike(some):
        pair = copy.deepcopy(postfix), copy.deepcopy(postern)
        for one in some:
            one.apply(case, *pair)
        return pair[0] == pair[1]

    some = list(DIFFERENCES)
    if not alike(some):
        return None
    for one in DIFFERENCES:
        rest = [other for other in some if other is not one]
        if alike(rest):
            some = rest
    return some


def access_pair(tables, main_cf, more=None, both=None):
    return Pair(access_main_cf(tables, main_cf), access_lists(tables),
                {**BOTH, **(both or {})}, {**LEFT, **(more or {})})


def compare(pair, cases, tally):
    tally["kept"] += len(pair.imported.kept)
    for case, postfix, postern in pair.run(cases):
        tally["cases"] += 1
        if postfix == postern:
            continue
        explained = explain(case, postfix, postern)
        if explained is not None:
            for one in explained:
                one.cases += 1
            continue
        tally["differ"] += 1
        print(case)
        for name in postfix.differences(postern):
            print("  %s: Postfix %.3000r\n  %s  postern %.3000r" % (
                name, getattr(postfix, name), " " * len(name),
                getattr(postern, name)))


def main():
    seed = sys.argv[1] if len(sys.argv) > 1 else SEED
    count = int(sys.argv[2]) if len(sys.argv) > 2 else COUNT
    print("seed %s, %d random cases of each kind" % (seed, count))
    tally = {"cases": 0, "differ": 0, "kept": 0}
    with Pair(content_main_cf, content_lists, BOTH, LEFT) as pair:
        compare(pair, content_cases(seed, count), tally)
    # A case shows the limit that import turns off.
    with access_pair(chosen_tables(), {}, {
            "header_size_limit": 50000}) as pair:
        compare(pair, chosen_cases(), tally)
    with access_pair(early_tables(), {"smtpd_delay_reject": "no"}) as pair:
        compare(pair, early_cases(), tally)
    with access_pair(routed_tables(), {}, both={
            "mydestination": "local.example",
            "local_recipient_maps": ""}) as pair:
        compare(pair, routed_cases(), tally)
    for name, classes, main_cf in VARIANTS:
        rng = random.Random("%s access %s" % (seed, name))
        tables = make_tables(rng, name, classes)
        with access_pair(tables, main_cf) as pair:
            assert name not in TAKEN or not pair.imported.added, name
            compare(pair, access_cases(rng, name + " " + seed, count),
                    tally)
    stale = [one.name for one in DIFFERENCES if one.cases == 0]
    for one in DIFFERENCES:
        print("%4d cases: %s: \"%s\"" % (one.cases, one.name, one.manual))
    print("%(cases)d cases, %(differ)d not as Postfix; %(kept)d lists as "
          "imported" % tally)
    if stale:
        print("stale differences: " + ", ".join(stale))
    if unlisted():
        print("not in postern-tables(5): " + ", ".join(unlisted()))
    return 1 if stale or unlisted() or tally["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""postern beside a real Postfix that has the same tables in its main.cf.

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

import pair_messages
import scratch
from pair_messages import mark
from pairs import Case, Pair

SEED, COUNT = "1", 60

# What the messages' own marks do not reach.
FIXED = "/^Received: from own-received\\.example /\tREJECT seen\n"

NESTING = 3

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
        text = re.sub(r"^\.[A-Z]\w (Ql |Xr )?", "", file.read(), flags=re.M)
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


@difference("FILTER", "cannot be done by a milter")
def filter_(case, postfix, postern):
    as_named(case, postfix, postern, "FILTER", postfix.state == "gone"
             and (postern.state == "delivered"
                  or postern.replies[-1].startswith("451 4.3.5")))


@difference("restriction",
            "Names of restrictions are no results of access maps")
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
        result.rcpts = sorted((rcpt, "" if rcpt == "r@example.net" else args)
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


# Content

def content_main_cf(write):
    return {name: "pcre:" + write(name, pair_messages.MARKS % letter + FIXED)
            for name, letter in pair_messages.LISTS.items()} | {
                "mime_nesting_limit": NESTING}


def content_conf(write):
    return {name: ["pcre:" + write(name, pair_messages.MARKS % letter
                                   + FIXED)]
            for name, letter in pair_messages.LISTS.items()} | {
                "mime_nesting_limit": NESTING, "header_size_limit": 0,
                "compatible_tables": True, "exempt": {"recipients": []}}


def every_action():
    """Each in each place, with something behind it that it may prevent."""
    for action in pair_messages.ACTIONS:
        do, later = mark(action), mark("REJECT later")
        yield "header " + action, "From: x\nSubject: hi %s\nTo: y\n\nb %s\n" \
            % (do, later)
        yield "header only " + action, "From: x\nSubject: hi %s\n\nb\n" % do
        # A fold would end the line of the body.
        do = do.replace("\n", " ")
        yield "body " + action, "From: x\n\nbody\nb %s\nlast\n" % do
        yield "mime " + action, "From: x\nContent-Type: multipart/mixed; " \
            "boundary=b\n\npre\n--b\nSubject: z\nContent-Type: message/" \
            "rfc822; x=\"%s\"\n\nSubject: q %s\n\nx\n--b--\n" % (do, do)


# (name, fields and lines with actions in <>)
TOGETHER = """
third Received|Received: a <STRIP>;Received: b;Received: c <STRIP>;Received: d
renames|A: 1 <REPLACE B: 1>;B: 2 <STRIP>;A: 3 <REPLACE A: 3>;B: 4 <REPLACE A: 4>
above|A: 1 <PREPEND A: a>;A: 2 <PREPEND A: b>;A: 3 <REPLACE A: c>;A: 4 <STRIP>
above itself|A: 1;B: 2 <PREPEND B: 0>;B: 3 <REPLACE B: 4>;B: 5 <STRIP>;B: 6
all gone|A: <STRIP>;B: <IGNORE>;C: <STRIP>
case of names|a: 1 <STRIP>;A: 2;a: 3 <REPLACE A: 4>;A: 5 <REPLACE a: 6>
emptied|A: 1 <REPLACE A:>;B: <REPLACE C:>;B: x <PREPEND D:>;A: 2 <REPLACE A:>
blank value|A: b <REPLACE A: >;A: <REPLACE A:   >;A: <REPLACE A:\t>
becomes Bcc|A: <REPLACE Bcc: x>;B: <REPLACE Content-Length: 1>;C: d
is given a Bcc|A: <PREPEND Bcc: x>;B: <PREPEND Return-Path: x>
between dropped|Bcc: a;Bcc: b;S: 1 <STRIP>;Content-Length: 1;S: 2 <REPLACE S: 3>
BCC thrice|A: <BCC a@example.net>;B: <BCC b@example.net>;C: <BCC a@example.net>
BCC a recipient|A: <BCC to@example.net>;B: <BCC TO@example.net>
REDIRECT ends it|A: <BCC a@example.net>;B: <REDIRECT r@example.net>;C: <STRIP>
REDIRECT first|A: <REDIRECT r@example.net>;B: <REDIRECT s@example.net>
HOLD and REDIRECT|A: <HOLD>;B: <REDIRECT r@example.net>
HOLD and REJECT|A: <HOLD>;B: <REJECT>
HOLD and DISCARD|A: <HOLD>;B: <DISCARD>
HOLD, BCC and edits|A: <HOLD>;B: <BCC b@example.net>;C: <STRIP>;D: <REPLACE E: f>
HOLD twice|A: <HOLD one>;B: <HOLD two>
PASS and REJECT|A: <PASS>;B: <REJECT>
edits before PASS|A: <STRIP>;B: <PASS>;C: <STRIP>
obsolete|A : x <REPLACE A: y>;A\t:y <STRIP>;A :z;B : <PREPEND C: d>
odd arguments|A: <REPLACE  x y: z>;B: <REPLACE \t X: z>;C: <PREPEND  X:y>
8 bits|A: \xe9 <REPLACE A: \xe8>;B: \xff
""".strip().split("\n")


def together():
    for line in TOGETHER:
        name, text = line.split("|")
        text = text.replace("\\t", "\t").replace("\\xe9", "\xe9")
        text = re.sub("<([^>]*)>", lambda found: mark(found[1]), text)
        yield name, "\n".join(text.split(";")) + "\n\nbody\n"
        yield name + ", in the body", "A: b\n\n" + "\n".join(
            text.split(";")) + "\n"
        yield name + ", nested", "Content-Type: message/rfc822\n\n" + \
            "\n".join(text.split(";")) + "\n\nbody\n"
    # The same, and the header is no more than that.
    yield "only a header", "A: %s\n" % mark("STRIP")
    yield "no body", "A: %s\n\n" % mark("STRIP")
    yield "nothing", ""
    yield "an empty line", "\n"
    yield "no field", "A: b\nno field %s\nC: d %s\n" % (
        mark("REPLACE x"), mark("STRIP"))
    yield "a blank first", " A: b %s\nC: d\n\nx\n" % mark("REPLACE x")
    yield "From line", "From x %s\nA: b\n\nx\n" % mark("REPLACE X: y")
    yield ">From line", ">From x\nA: b\n fold %s\n\nx\n" % mark("STRIP")
    yield "dots", "A: b\n\n.\n..x %s\n.y %s\n.\n" % (
        mark("PREPEND ."), mark("REPLACE .y"))
    yield "segments", "Content-Type: multipart/mixed; boundary=b\n\n" + \
        ("x" * 1000 + "\n") * 51 + "y" * 149 + "\n%s\n%s\n--b\n\n%s\n" % (
            mark("PREPEND 51200"), mark("STRIP"), mark("PREPEND again"))
    for last in range(-3, 4):
        yield "segment %d" % last, "A: b\n\n" + ("x" * 1023 + "\n") * 49 + \
            "y" * (1023 + last) + "\n%s\n" % mark("STRIP") + "z\n"


def around_2048():
    """Lines that come in pieces, and stray CRs near their ends."""
    for size in (2046, 2047, 2048, 2049, 2050, 4096, 4097):
        for name, line in (
                ("begin", mark("REPLACE y").ljust(size, "x")),
                ("end", mark("STRIP").rjust(size, "x")),
                ("both", mark("PREPEND y") + "x" * (size - 40)
                 + mark("REPLACE z"))):
            yield "%s %d" % (name, size), "A: b\n\n%s\nnext\n" % line
        yield "field %d" % size, "A: b\nX: %s\nnext: a\n\nx\n" % mark(
            "REPLACE X: y").rjust(size - 3, "x")
        yield "name %d" % size, "A: b\n%s: %s\nC: d\n\nx\n" % (
            "X" * size, mark("REPLACE X: y"))


def raw():
    """What wire() would not leave as it is."""
    yes, body = mark("REPLACE A: x").encode(), mark("REPLACE x").encode()
    for size in (2046, 2047, 2048, 2049, 4096):
        yield "CR CRLF at %d" % size, b"A: b\r\n\r\n" + body.ljust(
            size - 1, b"x") + b"\r\r\nnext\r\n"
        yield "CR at %d" % size, b"A: b\r\n\r\n" + body.ljust(
            size - 1, b"x") + b"\ryy\r\nnext\r\n"
        yield "CR in a field at %d" % size, b"A: " + b"x" * (
            size - 4) + b"\r" + yes + b"\r\nB: c\r\n\r\nx\r\n"
    yield "CR in a field", b"A: b\rc " + yes + b"\r\nB: \r\r\n\r\nx\r\n"
    yield "CRs in the body", b"A: b\r\n\r\nx\ry " + body + \
        b"\r\nz\ry\r\n\r\r\n\r\r\r\nq\r\r\n"
    yield "CR in the action", b"A: {{pb REPLACE A: x\ry}}\r\n\r\n" \
        b"{{pb REPLACE x\ry}}\r\n"
    yield "bare LF", b"A: b\n\nx\n" + body + b"\n\r\n"
    yield "bare LF and CRLF", b"A: " + yes + b"\n b\r\n\nx\r\n" + body + b"\n"
    yield "NUL in a field", b"A: b\0 " + yes + b"\r\n\r\nx\r\n"
    yield "NUL behind a mark", b"A: " + yes + b"\0 b\r\n\r\n" + body + \
        b"\0x\r\n"
    yield "NUL elsewhere", b"A: b\r\n\r\na\0x\r\n" + body + b"\r\nb\0c\r\n"


def listed():
    """What DIFFERENCES is about."""
    reject = mark("REJECT").encode()
    for name in (b"Bcc", b"resent-bcc", b"Content-Length", b"Return-Path"):
        yield "dropped: %s" % name.decode(), b"X: y\n%s: %s\n\nb\n" % (
            name, reject)
    yield "NUL: hidden", b"A: b\n\nx\0 %s\n" % mark("REPLACE seen").encode()
    for size in (60010, 70000, 102000):
        yield "60000: %d" % size, b"X: " + b"x" * size + b"\n\nx\n"
        yield "60000: %d, folded" % size, b"X: x" + b"\n y".join(
            [b"z" * 60] * (size // 60)) + b"\n\nx\n"
    yield "60000: the mark is cut off, too", b"X: " + b"x" * 60010 + \
        mark("STRIP").encode() + b"\n" + b"Y: " + b"y" * 60000 + b"\n\nx\n"
    yield "status code alone: header", b"X: %s\n\nx\n" % mark(
        "REJECT 5.7.9").encode()
    yield "FILTER: header", b"X: %s\n\nx\n" % mark("FILTER discard:x").encode()
    for action in ("PREPEND X-Odd : a", "REPLACE X-Odd\t: a"):
        yield "blank before the colon: " + action, \
            b"X: %s\n\nx\n" % mark(action).encode()


def content_cases(seed, count):
    for source in every_action, together, around_2048, pair_messages.hostile:
        for name, text in source():
            yield Case(name, text.encode("latin-1"))
    for name, message in raw():
        yield Case(name, message + b".\r\n", raw=True)
    for name, message in listed():
        yield Case(name, message)
    yield Case("own Received: by its HELO", helo="own-received.example")
    for action in ("BCC b@example.net", "BCC to@example.net", "DISCARD",
                   "REDIRECT r@example.net", "REDIRECT two@example.net",
                   "HOLD", "STRIP", "REJECT"):
        message = b"X: a %s\n\nx\n" % mark(action).encode()
        yield Case("two recipients, " + action, message,
                   rcpts=["to@example.net", "two@example.net"])
        yield Case("null sender, " + action, message, sender="")
        yield Case("NOTIFY, " + action, message, rcpts=[
            ("to@example.net", "NOTIFY=NEVER"),
            ("two@example.net", "NOTIFY=SUCCESS,FAILURE"),
            ('"t o"@example.net', "ORCPT=rfc822;x@example.com")])
    for n in range(count):
        yield Case("random %s.%d" % (seed, n), pair_messages.random_message(
            "%s.%d" % (seed, n)))


# Access maps

RESULTS = """OK|DUNNO|RELAY|ok|REJECT|REJECT not you|reject lower|REJECT 5.1.2 bad|
REJECT 4.7.0 soft|REJECT  two  blanks |DEFER|DEFER later|DEFER 4.2.1 x|
DEFER 5.1.1 x|DEFER_IF_PERMIT|DEFER_IF_PERMIT 4.3.2 wait|DEFER_IF_REJECT|
DEFER_IF_REJECT 4.1.8 wait|550 no|450 4.2.0 later|554 5.1.1 user|450 5.1.2 x|
521 5.7.0 never|421 4.7.0 bye|499 x|599 x|550  5.1.1  two|554 5.1.8.x y|550|42|
250 text|DISCARD|DISCARD text|HOLD|HOLD reason|hold|REDIRECT r@example.net|
REDIRECT s@example.net|REDIRECT nobody|REDIRECT|BCC b@bcc.example|
BCC c@bcc.example|BCC to@bcc.example|BCC nobody|INFO|INFO x|WARN|WARN x|
PREPEND X-%(name)s-A: 1|PREPEND X-%(name)s-B: 2|PREPEND X-%(name)s-C:|
PREPEND no field|PREPEND|STRIP|nonsense""".replace("\n", "").split("|")

CLIENTS = [("", "192.0.2.7"), ("mail.client.example", "203.0.113.5"),
           ("client.example", "192.0.2.7"), ("", "198.51.100.9"),
           ("", "2001:db8:1:2::3"), ("other.example", "203.0.113.6")]
HELOS = ["mail.helo.example", "other.example", "1.2.3.4", "[1.2.3.4]"]
SENDERS = ["from@example.org", "from+ext@example.org", "x@sub.example.com",
           "", '"a b"@q.example', "local", "other@else.example",
           "From@Example.ORG", "a=b@example.org"]
RECIPIENTS = ["to@example.net", "to+x@example.net", "x@sub.example.net",
              '"t o"@q.example', "local", "postmaster@example.net",
              "two@example.com", "three@example.com", "to@bcc.example",
              "postmaster+x@example.net", "owner-list-x@example.net",
              '"t+x"@q.example', '"@"@q.example']
KEYS = {
    "client": ["client.example", "mail.client.example", ".client.example",
               "192.0.2", "192.0.2.7", "198.51.100.9", "unknown",
               "2001:db8:1", "203", "example"],
    "helo": ["helo.example", "mail.helo.example", ".helo.example", "1.2.3.4",
             "[1.2.3.4]", "[1.2.3", "1.2.3", "example"],
    "sender": ["from@example.org", "example.org", "from+ext@example.org",
               "from@", "from+ext@", "sub.example.com", "<>",
               '"a b"@q.example', "a b@q.example", "local@example.com",
               "q.example", "com", ".example.com", "a=b@"],
    "recipient": ["to@example.net", "to@", "to+x@example.net", "to+x@",
                  "example.net", "sub.example.net", '"t o"@q.example',
                  "local@example.com", "postmaster@example.net", "net",
                  "two@example.com", "three@example.com", ".example.net",
                  "postmaster@", "owner@", '"t"@q.example', "t@", '"@"@'],
}
KEYS["reverse_client"] = KEYS["client"]

# Postfix has no list for the reverse client's map: it takes that of HELO.
PLACES = {"client": "client", "helo": "helo", "reverse_client": "helo",
          "sender": "sender", "recipient": "recipient"}

CHECKS = {"reverse_client": "reverse_client_hostname"}

VARIANTS = [  # classes, main.cf, postern.conf
    (("client", "helo", "sender", "recipient"), {}, {}),
    (("client", "reverse_client", "sender", "recipient"),
     {"parent_domain_matches_subdomains": "", "access_map_reject_code": 558,
      "access_map_defer_code": 459, "smtpd_null_access_lookup_key": "nobody"},
     {"parent_domain_matches_subdomains": False,
      "access_map_reject_code": 558, "access_map_defer_code": 459,
      "null_access_lookup_key": "nobody"}),
    (("client", "helo", "sender", "recipient"), {"soft_bounce": "yes"},
     {"soft_bounce": True}),
]


def make_tables(rng, classes):
    """{class: [(type, text)]}: two of fixed keys, one of patterns."""
    tables = {}
    for name in classes:
        about = "Rcpt" if name == "recipient" else "Conn"
        tables[name] = []
        for n, kind in enumerate(("texthash", "texthash", "pcre")):
            results = [result % {"name": "%s%d-%s" % (about, n, name)}
                       if "%(" in result else result for result in RESULTS]
            keys = rng.sample(KEYS[name], rng.randint(1, 4))
            form = "/^%s$/\t%s\n" if kind == "pcre" else "%s\t%s\n"
            text = "".join(form % (re.escape(key) if kind == "pcre" else key,
                                   rng.choice(results).replace(
                                       "$", "$$")) for key in keys)
            tables[name].append((kind, text))
    if "client" in tables:
        tables["client"].append(("cidr", "198.51.100.0/24\t%s\n"
                                 "2001:db8::/32\t%s\n" % (
                                     rng.choice(RESULTS[:30]),
                                     rng.choice(RESULTS[:30]))))
    return tables


def named(tables, write):
    return {name: ["%s:%s" % (kind, write("%s%d" % (name, n), text))
                   for n, (kind, text) in enumerate(list_)]
            for name, list_ in tables.items()}


def access_main_cf(tables, more):
    def make(write):
        main_cf = dict(more)
        for name, list_ in named(tables, write).items():
            main_cf["smtpd_%s_restrictions" % PLACES[name]] = ", ".join(
                "check_%s_access %s" % (CHECKS.get(name, name), table)
                for table in list_)
        return main_cf
    return make


def access_conf(tables, more):
    def make(write):
        return {**{"%s_access" % name: list_ for name, list_
                   in named(tables, write).items()},
                "compatible_tables": True, "recipient_delimiter": "+",
                "myorigin": "example.com", "exempt": {"recipients": []},
                **more}
    return make


def access_cases(rng, name, count):
    for n in range(count):
        client = rng.choice(CLIENTS)
        yield Case("access %s.%d" % (name, n), sender=rng.choice(SENDERS),
                   rcpts=rng.sample(RECIPIENTS, rng.choice([1, 1, 1, 2, 3])),
                   client=client[1], client_name=client[0],
                   reverse=rng.choice([None, "", "client.example"]),
                   helo=rng.choice(HELOS))


# By the sender's address; a case each, with one recipient and with two.
CHOSEN = [
    ("status code alone", "REJECT 5.7.9"), ("status code alone", "550 5.1.1"),
    ("FILTER", "FILTER discard:x"), ("restriction", "reject_unknown_client_hostname"),
    ("access", "BCC b@bcc.example"), ("access", "PREPEND X-Conn: a"),
    ("access", "REJECT 5.1.1 a"), ("access", "DEFER 4.1.8 b"),
] + [("code", "5%d%d x" % (n % 10, n % 7)) for n in range(10)] + [
    ("class", "REJECT 5.1.%d x" % n) for n in range(10)]


def chosen_tables():
    """Each class is asked by a key of its own."""
    return {name: [("texthash", "".join(
        form % n + "\t%s\n" % result for n, (_, result)
        in enumerate(CHOSEN)))] for name, form in (
            ("helo", "h%d.example"), ("sender", "s%d@example.org"),
            ("recipient", "r%d@example.net"))}


def chosen_cases():
    usual = {"sender": "from@example.org", "helo": "mail.example.org",
             "rcpts": ["to@example.net"]}
    for n, (name, result) in enumerate(CHOSEN):
        for key, value in (("sender", "s%d@example.org" % n),
                           ("helo", "h%d.example" % n),
                           ("rcpts", ["r%d@example.net" % n])):
            yield Case("%s: %s by %s" % (name, result, key),
                       **{**usual, key: value})
        yield Case("%s: %s, two recipients" % (name, result),
                   **{**usual, "sender": "s%d@example.org" % n,
                      "rcpts": ["to@example.net", "two@example.net"]})
    yield Case("header_size_limit: refused",
               b"X: " + b"x" * 50000 + b"\n\nx\n")
    yield Case("header_size_limit, at it", b"X: " + b"x" * 49997 + b"\n\nx\n")


def compare(pair, cases, tally):
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
            print("  %s: Postfix %.900r\n  %s  postern %.900r" % (
                name, getattr(postfix, name), " " * len(name),
                getattr(postern, name)))


def main():
    seed = sys.argv[1] if len(sys.argv) > 1 else SEED
    count = int(sys.argv[2]) if len(sys.argv) > 2 else COUNT
    print("seed %s, %d random cases of each kind" % (seed, count))
    tally = {"cases": 0, "differ": 0}
    with Pair(content_main_cf, content_conf, BOTH) as pair:
        compare(pair, content_cases(seed, count), tally)
    with Pair(access_main_cf(chosen_tables(), {}),
              access_conf(chosen_tables(), {}), BOTH) as pair:
        compare(pair, chosen_cases(), tally)
    for number, (classes, main_cf, conf) in enumerate(VARIANTS):
        rng = random.Random("%s access %d" % (seed, number))
        tables = make_tables(rng, classes)
        with Pair(access_main_cf(tables, main_cf), access_conf(tables, conf),
                  BOTH) as pair:
            compare(pair, access_cases(rng, "%s.%d" % (seed, number),
                                       count), tally)
    stale = [one.name for one in DIFFERENCES if one.cases == 0]
    for one in DIFFERENCES:
        print("%4d cases: %s: \"%s\"" % (one.cases, one.name, one.manual))
    print("%(cases)d cases, %(differ)d not as Postfix" % tally)
    if stale:
        print("stale differences: " + ", ".join(stale))
    if unlisted():
        print("not in postern-tables(5): " + ", ".join(unlisted()))
    return 1 if stale or unlisted() or tally["differ"] else 0


if __name__ == "__main__":
    sys.exit(main())

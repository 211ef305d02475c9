"""Cases for test_pairs.py: sessions, by access maps of every class."""
import re

from pairs import Case

RESULTS = """OK|DUNNO|RELAY|ok|REJECT|REJECT not you|reject lower|
REJECT 5.1.2 bad|
REJECT 4.7.0 soft|REJECT  two  blanks |DEFER|DEFER later|DEFER 4.2.1 x|
DEFER 5.1.1 x|DEFER_IF_PERMIT|DEFER_IF_PERMIT 4.3.2 wait|DEFER_IF_REJECT|
DEFER_IF_REJECT 4.1.8 wait|550 no|450 4.2.0 later|554 5.1.1 user|450 5.1.2 x|
521 5.7.0 never|421 4.7.0 bye|499 x|599 x|550  5.1.1  two|554 5.1.8.x y|550|42|
250 text|DISCARD|DISCARD text|HOLD|HOLD reason|hold|
REDIRECT r-%(name)s@example.net|
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
    "login": ["jo", "jo@example.org", "jo+x", "jo+x@example.org", "jo@",
              "example.org"],
}
LOGINS = [None, "jo", "Jo", "jo@example.org", "jo+x", "jo+x@example.org"]
KEYS["reverse_client"] = KEYS["client"]

# Postfix has no list for the maps of reverse client and login: they take that
# of HELO.
PLACES = {"client": "client", "helo": "helo", "reverse_client": "helo",
          "login": "helo", "sender": "sender", "recipient": "recipient"}

CHECKS = {"reverse_client": "reverse_client_hostname", "login": "sasl"}

# Those whose results are only such as postern import takes over: their lists
# are as imported, all of them.
TAKEN = ("soft", "login")
NOT_TAKEN = re.compile("PREPEND|BCC|STRIP|nonsense|250|REDIRECT( nobody)?$")

VARIANTS = [  # name, classes, main.cf
    ("usual", ("client", "helo", "sender", "recipient"), {}),
    ("other", ("client", "reverse_client", "sender", "recipient"),
     {"parent_domain_matches_subdomains": "", "access_map_reject_code": 558,
      "access_map_defer_code": 459, "smtpd_null_access_lookup_key":
      "nobody"}),
    ("soft", ("client", "helo", "sender", "recipient"),
     {"soft_bounce": "yes", "mynetworks": "127.0.0.0/8 198.51.100.0/24",
      "behind": "permit_mynetworks, permit_sasl_authenticated, "}),
    ("early", ("client", "helo", "sender", "recipient"),
     {"smtpd_delay_reject": "no"}),
    ("login", ("client", "login", "sender", "recipient"), {}),
]


def make_tables(rng, variant, classes):
    """{class: [(type, text)]}: two of fixed keys, one of patterns."""
    tables = {}
    usual = [result for result in RESULTS if variant not in TAKEN
             or not NOT_TAKEN.match(result)]
    early = variant == "early"
    for name in classes:
        about = "Rcpt" if name == "recipient" else "Conn"
        tables[name] = []
        for n, kind in enumerate(("texthash", "texthash", "pcre")):
            results = [result % {"name": "%s%d-%s" % (about, n, name)}
                       if "%(" in result else result for result in usual]
            # The test's own connection, before XCLIENT, has no name.
            # With a blank the result begins within the key.
            keys = rng.sample([key for key in KEYS[name] if not (
                early and key == "unknown"
                or variant in TAKEN and key == "a b@q.example")],
                              rng.randint(1, 4))
            form = "/^%s$/\t%s\n" if kind == "pcre" else "%s\t%s\n"
            text = "".join(form % (re.escape(key) if kind == "pcre" else key,
                                   rng.choice(results).replace(
                                       "$", "$$")) for key in keys)
            tables[name].append((kind, text))
    if "client" in tables:
        tables["client"].append(("cidr", "198.51.100.0/24\t%s\n"
                                 "2001:db8::/32\t%s\n" % (
                                     rng.choice(usual[:30]),
                                     rng.choice(usual[:30]))))
    return tables


def named(tables, write):
    return {name: ["%s:%s" % (kind, write("%s%d" % (name, n), text))
                   for n, (kind, text) in enumerate(list_)]
            for name, list_ in tables.items()}


def access_main_cf(tables, more):
    def make(write):
        main_cf = dict(more)
        behind = main_cf.pop("behind", "")
        for name, list_ in named(tables, write).items():
            main_cf["smtpd_%s_restrictions" % PLACES[name]] = \
                behind + ", ".join("check_%s_access %s" % (
                    CHECKS.get(name, name), table) for table in list_)
        return main_cf
    return make


def access_lists(tables):
    def make(write):
        return {"%s_access" % name: list_ for name, list_
                in named(tables, write).items()}
    return make


def access_cases(rng, name, count):
    def transaction(**more):
        return Case("access %s.%d" % (name, n), sender=rng.choice(SENDERS),
                    rcpts=rng.sample(RECIPIENTS, rng.choice([1, 1, 1, 2, 3])),
                    **more)

    for n in range(count):
        client = rng.choice(CLIENTS)
        before = [transaction(message=rng.choice([None, b"X: y\n\nz\n"]))
                  for _ in range(rng.choice([0, 0, 0, 1, 2]))]
        yield transaction(client=client[1], client_name=client[0],
                          reverse=rng.choice([None, "", "client.example"]),
                          helo=rng.choice(HELOS), before=before,
                          login=rng.choice(LOGINS))


# By the sender's address; a case each, with one recipient and with two.
CHOSEN = [
    ("status code alone", "REJECT 5.7.9"), ("status code alone", "550 5.1.1"),
    ("FILTER", "FILTER discard:x"),
    ("restriction", "reject_unknown_client_hostname"),
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


# At the stages before MAIL; by the client's address.
EARLY = ["REJECT early", "421 early", "HOLD", "BCC b@bcc.example",
         "PREPEND X-Conn0-client-A: b", "DISCARD", "DEFER early", "WARN"]


def early_tables():
    return {name: [("texthash", "".join(
        form % n + "\t%s\n" % result for n, result in enumerate(EARLY)))]
            for name, form in (("client", "192.0.2.1%d"),
                               ("helo", "h%d.example"))}


# Recipients that name another way to go, and some that do not: OK, in the
# second table, ends the list for the latter only.
ROUTED = ["user%x.example@example.net", "user@example.net",
          "x.example!user@example.net", '"user@x.example"@example.net',
          "user%x.example@local.example", "x.example!user@local.example",
          '"user@x.example"@local.example', "user%x.example",
          "x.example!user", "@a.example,@b.example:user@example.net",
          '"a b"@example.net', '"a%b"@example.net', "%b@example.net",
          "a!@example.net", '"a\\@b"@example.net', "a%b%c@local.example",
          "user@[192.0.2.1]", "user%x@[192.0.2.1]", "to%x@other.example",
          "w%x@example.net", "d%x@example.net"]


def routed_tables():
    return {"recipient": [
        ("texthash", "w%x@example.net\tPREPEND X-Rcpt: a\n"
         "user%x@[192.0.2.1]\tpermit\nd%x@example.net\tDEFER\n"),
        ("pcre", "/net$|example$/ OK\n"), ("pcre", "/^/ REJECT second\n")]}


def routed_cases():
    for recipient in ROUTED:
        yield Case("routed: %s" % recipient, rcpts=[recipient])


def early_cases():
    for n, result in enumerate(EARLY):
        yield Case("access early: %s by client" % result,
                   client="192.0.2.1%d" % n)
        yield Case("access early: %s by helo" % result,
                   helo="h%d.example" % n)


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

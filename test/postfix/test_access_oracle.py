#!/usr/bin/env python3
"""Which key of access(5) is found: a real Postfix, the daemon attached to it,
and `postern access`.

Tables hold random subsets of the keys that somebody could think of, each with
itself as its result.  Postfix has them in its restrictions and the daemon in
its lists; both are asked by WARN, and log what they found.  Every table is
asked for every client, HELO name, login, sender and recipient, under several
settings.

What is found by the other form of an internationalized domain Postfix must
not have found, and a note must say so.

    test_access_oracle.py [SEED [TABLES]]
"""
import random
import re
import sys

from postern import Postern, tool
from postfix import Postfix
from scratch import Folder

CLASSES = "client", "helo", "login", "sender", "recipient"
CHECKS = dict(zip(CLASSES, ("check_client_access", "check_helo_access",
                            "check_sasl_access", "check_sender_access",
                            "check_recipient_access")))

CLIENTS = [
    ("mail.example.org", "192.0.2.7"), ("", "192.0.2.7"),
    ("a.b.c.d.example.org", "192.0.2.70"), ("EXAMPLE.org", "198.51.100.1"),
    ("org", "10.1.2.3"), ("", "2001:db8::1"), ("", "::1"),
    ("six.example.org", "2001:db8:1:2:3:4:5:6"), ("x.org", "2001:db8::"),
    ("", "::ffff:192.0.2.9"), ("mapped.example.org", "::ffff:10.1.2.3"),
    ("a.xn--bcher-kva.example", "192.0.2.8"), ("", "2001:DB8:0:0:1::1"),
]
HELOS = [
    "mail.example.org", "EXAMPLE.ORG", "a.b.c.example.org", "org", "1.2.3.4",
    "[1.2.3.4]", "0.2.3.4", "010.2.3.4", "1.2.3.256", "1.2.3", "example.org.",
    "[IPv6:2001:db8::1]", "2001:db8::1", "a..example.org", "1.2.3.4.5",
    "0.0.0.0", "Bücher.example", "a.xn--bcher-kva.example", "faß.example",
    "::ffff:1.2.3.4", "[::1]", "ΣΑΣ.example",
]
LOGINS = [
    "", "jo", "Jo", "jo+ext", "jo@example.org", "JO@Example.ORG", "j o",
    "jürgen", "JÜRGEN", "<jo>", "jo@sub.example.org", "\udcff\udcfe",
    "jo\udcff", "example.org",
]
ADDRESSES = [
    "user@example.org", "user+ext@example.org", "User+Ext@Sub.Example.ORG",
    "user@a.b.c.example.org", "+ext@example.org", "user++ext@example.org",
    "postmaster+ext@example.org", "postmaster@example.org",
    "Mailer-Daemon@example.org", "double-bounce@example.org",
    "owner-list@example.org", "list-request+x@example.org",
    "owner-list+x@example.org", "user-x+y@example.org", "List-Request@org",
    "mailer-daemon-x@example.org", "a-b@example.org",
    '"us(er"@example.org', '"us(er+e)xt"@example.org', '"user"@example.org',
    '"us@er+x"@example.org', "user@[192.0.2.9]", "user@org",
    "user=x@example.org", "user@[IPv6:2001:db8::1]",
    "user@Bücher.example", "user+ext@xn--bcher-kva.example",
    "jürgen@example.org", "JÜRGEN+ext@a.bücher.example", "ß@faß.example",
]
# As Postfix rewrites them or makes them fit; only the daemon is told of it.
REWRITTEN = {
    "helo": ["a;b@example.org", "<a>.example.org", "a(b) c.example.org",
             'a"b\\c.example.org'],
    "sender": ["example.org!user", "user@example.org.", "bare", "Bare+ext",
               "@relay.example:user@example.org", '"user@example.org"',
               "user%sub@example.org", '"a b"@Example.org.'],
}
REWRITTEN["recipient"] = REWRITTEN["sender"] + ["postmaster", "PostMaster"]
OTHERS = {"helo": ["a?b?example.org", "?a?.example.org", "a?b??c.example.org",
                   "a?b?c.example.org"],
          "sender": ["user@example.org", "bare@example.com", "bare@", "bare",
                     "bare+ext@example.com", "postmaster", "postmaster@",
                     "postmaster@example.com", "example.org!user",
                     "user%sub@example.org", '"a b"@example.org']}

# How both are set, and what the tool is told.
STYLES = [
    ({"recipient_delimiter": "+"}, {}, ["--delimiter", "+"]),
    ({"recipient_delimiter": "-+", "parent_domain_matches_subdomains": ""},
     {"parent_domain_matches_subdomains": False},
     ["--delimiter", "-+", "--dot-parents"]),
    ({"recipient_delimiter": "", "smtpd_null_access_lookup_key": "null"},
     {"null_access_lookup_key": "null"}, None),
]


def domains(name):
    """A domain's parents, with and without a dot, and its first labels."""
    parts = name.split(".")
    for i in range(len(parts)):
        yield ".".join(parts[i:])
        yield "." + ".".join(parts[i:])
        yield ".".join(parts[:i + 1])
    for form, other in (("bücher", "xn--bcher-kva"),
                        ("faß", "xn--fa-hia")):
        if form in name.lower():
            yield from domains(name.lower().replace(form, other))
        if other in name.lower():
            yield name.lower().replace(other, form)


def networks(address):
    address = address.replace("::ffff:", "")
    for i in range(1, len(address) + 1):
        if i == len(address) or address[i] in ".:" or address[i - 1] in ".:":
            yield address[:i]


def mails(address):
    local, _, domain = address.rpartition("@")
    plain = local.strip('"')
    forms = {local, plain, plain.split("+")[0], plain.split("@")[0],
             plain.split("-")[0], '"%s"' % plain.split("+")[0],
             '"%s"' % plain}
    for form in sorted(forms):
        for name in {domain, *domains(domain)}:
            if form and name.count(".") == domain.count("."):
                yield form + "@" + name
        if form:
            yield from (form + "@", form)
    yield "@" + domain
    yield from domains(domain)


def make_pools():
    pools = {
        "client": {key for name, address in CLIENTS for key in
                   [*domains(name), *networks(address), "unknown"]},
        "helo": {key for helo in HELOS for key in domains(helo)}
        | set(OTHERS["helo"]),
        "login": {key for login in LOGINS if "\udcff" not in login
                  for key in [login, login.lower(), *mails("@" + login)]}
        | {"jo@", "\ufffd\ufffd", "jo\ufffd"},
        "sender": {key for address in ADDRESSES for key in mails(address)}
        | set(OTHERS["sender"]) | {"<>", "null"},
    }
    pools["recipient"] = pools["sender"]
    return {class_: sorted(key for key in {
        key if chance < 1 else key.lower() for key in pool
        for chance in (0, 1)} if key and " " not in key.strip('"'))
            for class_, pool in pools.items()}


def make_tables(folder, count):
    """{class: [(name, TYPE:FILE)]} with results that name table and key."""
    tables = {}
    for class_, pool in make_pools().items():
        tables[class_] = []
        for i in range(count):
            name = "%s%d" % (class_, i)
            some = random.sample(pool, random.randint(1, len(pool) // 3))
            kind = "pcre" if i % 4 == 3 else "texthash"
            lines, seen = [], set()
            for key in some:
                if kind == "pcre":
                    lines.append("/^%s$/%s WARN %s [%s]" % (
                        re.escape(key).replace("/", "\\/"),
                        random.choice(["", "i"]), name, key))
                elif key.casefold() not in seen:
                    seen.add(key.casefold())
                    lines.append("%s WARN %s [%s]" % (key, name, key))
            if class_ == "client" and i % 4 == 2:
                kind = "cidr"
                lines = ["%s WARN %s [%s]" % (network, name, network)
                         for network in random.sample([
                             "192.0.2.0/24", "10.0.0.0/8", "::/0",
                             "2001:db8::/64", "::ffff:0:0/96", "::1",
                             "192.0.2.7", "2001:db8::1"], 4)]
            path = folder.write(name, "\n".join(lines) + "\n")
            tables[class_].append((name, kind + ":" + path))
    return tables


def found_in(log, word):
    """{table: key} of lines with that word."""
    return dict(re.findall(r": %s: RCPT from [^\n]*?\]: (\w+) \[([^\n]*?)\]; "
                           r"from=<" % word, log))


def notes_in(log):
    """Rules that were found by the other form of a domain."""
    return set(re.findall(r": note: RCPT from .* rule=(\S+)$", log, re.M))


class Pair:
    """Postfix and the daemon, with the same tables."""

    def __init__(self, tables, main, conf):
        self.tables = tables
        lists = {class_ + "_access": [table for _, table in some]
                 for class_, some in tables.items()}
        lists["recipient_access"] = lists["recipient_access"] + [
            "static:{WARN the end}"]
        # Nobody is exempt, and the null key is a name like any other.
        self.daemon = Postern({
            **lists, **conf, "exempt": {"mynetworks": [], "recipients": [],
                                        "authenticated": []},
            "recipient_delimiter": main["recipient_delimiter"]})
        try:
            self.postfix = Postfix({
                **main, "smtpd_milters": self.daemon.main_cf,
                "smtpd_recipient_restrictions": ", ".join(
                    "%s %s" % (CHECKS[class_], table)
                    for class_, some in tables.items()
                    for _, table in some)})
        except BaseException:
            self.daemon.kill()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.postfix.stop()
        self.daemon.__exit__(*error)

    def converse(self, client, helo, login, sender, recipient):
        """What was logged of it, by Postfix and by the daemon."""
        postfix_seen = len(self.postfix.log())
        daemon_seen = len(self.daemon.log())
        wide = not (sender + recipient).isascii()
        with self.postfix.smtp(client[1], client[0], helo=None,
                               login=login) as smtp:
            smtp.command("EHLO " + helo)
            for command in ("MAIL FROM:<%s>%s" % (
                    sender, " SMTPUTF8" if wide else ""),
                            "RCPT TO:<%s>" % recipient):
                reply = smtp.command(command)
                assert not reply.refused, (command, reply)
        # The end of the connection before may be written late.
        while not re.search(r": connect from .*: disconnect from ",
                            self.postfix.log()[postfix_seen:], re.S):
            self.postfix.wait_log("disconnect from")
        # Nothing is asked for <postmaster>: the next one's end will do.
        if recipient.lower() != "postmaster":
            while ": the end; from=" not in self.daemon.log()[daemon_seen:]:
                self.daemon.wait_log(": the end; from=")
        return (self.postfix.log()[postfix_seen:],
                self.daemon.log()[daemon_seen:])


class Comparison:
    def __init__(self):
        self.wrong = self.asked = self.found = self.noted = 0

    def differ(self, what, *args):
        self.wrong += 1
        if self.wrong <= 40:
            print(what, *args)

    def compare(self, pair, keys, options, rewritten):
        theirs, daemon = pair.converse(**keys)
        notes = notes_in(daemon)
        theirs = found_in(theirs, "warn")
        daemon_found = found_in(daemon, "warning")
        for class_, tables in pair.tables.items():
            for name, table in tables:
                want, got = theirs.get(name), daemon_found.get(name)
                noted = any(rule.rpartition(":")[0] == table.partition(":")[2]
                            for rule in notes)
                self.asked += 1
                self.found += want is not None
                self.noted += noted
                if (got is None or want is not None) if noted \
                        else got != want:
                    self.differ("%s, %s %r: the daemon %s%s, Postfix %s" % (
                        name, class_, keys[class_], got,
                        " (with a note)" if noted else "", want))
                if options is None or class_ in rewritten:
                    continue
                self.compare_tool(class_, table, keys, options, got, noted)

    def compare_tool(self, class_, table, keys, options, want, noted):
        key = keys[class_]
        if class_ == "client":
            key = "%s[%s]" % key
        elif class_ in ("sender", "recipient"):
            key = "<%s>" % key
        elif class_ == "login" and not key:
            return
        done = tool("access", "--class", class_, *options, table, "--",
                    key.encode("utf-8", "surrogateescape"))
        got = re.search(r"\tWARN \w+ \[(.*)\]$", done.stdout.decode())
        got = got and got[1]
        if got != want or (b"the other form" in done.stderr) != noted:
            self.differ("%s %r: postern access %s, the daemon %s" % (
                table, key, got, want))


def cases():
    """Dialogues, and of which classes the key is rewritten."""
    for i in range(max(len(HELOS), len(ADDRESSES), len(LOGINS)) + 1):
        yield {"client": CLIENTS[i % len(CLIENTS)],
               "helo": HELOS[i % len(HELOS)],
               "login": LOGINS[i % len(LOGINS)],
               "sender": ([""] + ADDRESSES)[i % (len(ADDRESSES) + 1)],
               "recipient": ADDRESSES[i % len(ADDRESSES)]}, ()
    for class_, some in REWRITTEN.items():
        for key in some:
            yield {"client": CLIENTS[0], "helo": HELOS[0], "login": LOGINS[0],
                   "sender": ADDRESSES[0], "recipient": ADDRESSES[0],
                   class_: key}, CLASSES


def main():
    seed = sys.argv[1] if len(sys.argv) > 1 else "5"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 12
    random.seed(seed)
    comparison = Comparison()
    folder = Folder()
    for main_cf, conf, options in STYLES:
        tables = make_tables(folder, count)
        with Pair(tables, main_cf, conf) as pair:
            for keys, rewritten in cases():
                comparison.compare(pair, keys, options, rewritten)
    folder.close()
    print("seed %s: %d lookups, %d found, %d by another form, %d differ" % (
        seed, comparison.asked, comparison.found, comparison.noted,
        comparison.wrong))
    return 0 if comparison.wrong == 0 and comparison.noted > 20 \
        and comparison.found > 1000 else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Which key of access(5) is found: `postern access` beside a real Postfix.

Tables hold random subsets of the keys that somebody could think of, each with
itself as its result; Postfix is asked by WARN in its restrictions, and logs
what it found.  Every table is asked for every client, HELO name, sender and
recipient."""
import os
import random
import re
import subprocess
import sys
import tempfile

from postfix import Postfix
from scratch import POSTERN

CLIENTS = [
    ("mail.example.org", "192.0.2.7"), ("", "192.0.2.7"),
    ("a.b.c.d.example.org", "192.0.2.70"), ("EXAMPLE.org", "198.51.100.1"),
    ("org", "10.1.2.3"), ("", "2001:db8::1"), ("", "::1"),
    ("six.example.org", "2001:db8:1:2:3:4:5:6"), ("x.org", "2001:db8::"),
]
HELOS = [
    "mail.example.org", "EXAMPLE.ORG", "a.b.c.example.org", "org", "1.2.3.4",
    "[1.2.3.4]", "0.2.3.4", "010.2.3.4", "1.2.3.256", "1.2.3", "example.org.",
    "[IPv6:2001:db8::1]", "2001:db8::1", "a..example.org", "1.2.3.4.5",
    "0.0.0.0",
]
ADDRESSES = [
    "user@example.org", "user+ext@example.org", "User+Ext@Sub.Example.ORG",
    "user@a.b.c.example.org", "+ext@example.org", "user++ext@example.org",
    "postmaster+ext@example.org", "postmaster@example.org",
    "mailer-daemon@example.org", "double-bounce@example.org",
    "owner-list@example.org", "list-request+x@example.org",
    '"us(er"@example.org', '"us(er+e)xt"@example.org', '"user"@example.org',
    '"us@er+x"@example.org', "user@[192.0.2.9]", "user@org",
    "user=x@example.org",
]


def domains(name):
    """A domain's parents, with and without a dot, and its first labels."""
    parts = name.split(".")
    for i in range(len(parts)):
        yield ".".join(parts[i:])
        yield "." + ".".join(parts[i:])
        yield ".".join(parts[:i + 1])


def networks(address):
    for i in range(1, len(address) + 1):
        if i == len(address) or address[i] in ".:" or address[i - 1] in ".:":
            yield address[:i]


def mails(address):
    local, _, domain = address.rpartition("@")
    plain = local.strip('"')
    for form in {local, plain, plain.split("+")[0], plain.split("@")[0],
                 '"%s"' % plain.split("+")[0], '"%s"' % plain}:
        if form:
            yield from (form + "@" + domain, form + "@", form)
    yield "@" + domain
    yield from domains(domain)


POOLS = {
    "client": sorted({key for name, address in CLIENTS for key in
                      [*domains(name), *networks(address), "unknown"]}),
    "helo": sorted({key for helo in HELOS for key in domains(helo)}),
    "sender": sorted({key for address in ADDRESSES
                      for key in mails(address)} | {"<>"}),
}
POOLS["recipient"] = POOLS["sender"]


def make_tables(postfix_folder, count):
    """(class, TYPE:FILE) with results that name their table and key."""
    tables = []
    for class_, pool in POOLS.items():
        keys = sorted({key.lower() for key in pool if key})
        for i in range(count):
            kind = "pcre" if i % 4 == 3 else "texthash"
            name = "%s%d" % (class_, i)
            some = random.sample(keys, random.randint(1, len(keys) // 3))
            if kind == "pcre":
                lines = ["/^%s$/ WARN %s [%s]" % (
                    re.escape(key).replace("/", "\\/"), name, key)
                    for key in some]
            else:
                lines = ["%s WARN %s [%s]" % (key, name, key)
                         for key in some]
            path = postfix_folder + "/" + name
            with open(path, "w", encoding="ascii") as file:
                file.write("\n".join(lines) + "\n")
            os.utime(path, (1e9, 1e9))
            tables.append((class_, name, kind + ":" + path))
    return tables


def ours(class_, table, key):
    """The result, or None."""
    done = subprocess.run(
        [POSTERN, "access", "--class", class_, "--delimiter", "+", table,
         "--", key], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        universal_newlines=True, check=False)
    if done.returncode == 1:
        return None
    if done.returncode:
        raise AssertionError("%s %s: %s" % (table, key, done.stderr))
    return done.stdout.rstrip("\n").split("\t", 1)[1]


def converse(postfix, client, helo, sender, recipient):
    """What Postfix found, by the name of the table."""
    before = len(postfix.log())
    with postfix.smtp(client[1], client[0], helo=helo, greet="HELO") as smtp:
        for command in ("MAIL FROM:<%s>" % sender,
                        "RCPT TO:<%s>" % recipient):
            reply = smtp.command(command)
            assert not reply.refused, (command, reply)
    postfix_said = postfix.log()[before:]
    while "disconnect from" not in postfix_said:
        postfix.wait_log("disconnect from")
        postfix_said = postfix.log()[before:]
    return {name: "WARN %s %s" % (name, key) for name, key in re.findall(
        r": warn: RCPT from \S+: (\w+) (\[.*?\]); from=<", postfix_said)}


def main():
    random.seed(os.environ.get("SEED", "5"))
    wrong = asked = found = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        tables = make_tables(folder, 24)
        restrictions = ["check_%s_access %s" % (class_, table)
                        for class_, _, table in tables]
        with Postfix({"recipient_delimiter": "+",
                      "allow_percent_hack": "no",
                      "smtpd_recipient_restrictions":
                          ", ".join(restrictions)}) as postfix:
            for i in range(max(len(HELOS), len(ADDRESSES)) + 1):
                client = CLIENTS[i % len(CLIENTS)]
                helo = HELOS[i % len(HELOS)]
                sender = ([""] + ADDRESSES)[i]
                recipient = ADDRESSES[i % len(ADDRESSES)]
                theirs = converse(postfix, client, helo, sender, recipient)
                keys = {"client": "%s[%s]" % client, "helo": helo,
                        "sender": "<%s>" % sender,
                        "recipient": "<%s>" % recipient}
                for class_, name, table in tables:
                    got = ours(class_, table, keys[class_])
                    asked += 1
                    found += got is not None
                    if got != theirs.get(name):
                        wrong += 1
                        print("%s %s: postern %s, Postfix %s" % (
                            name, keys[class_], got, theirs.get(name)))
    print("%d lookups, %d found, %d differ" % (asked, found, wrong))
    return 0 if wrong == 0 and found > 200 else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The addresses of From and Reply-To beside those that Python's email package
finds: random fields of sound syntax (names, encoded words, comments, groups,
routes, quoted and obsolete local parts, literals, folding).

    test_addresses.py [SEED [COUNT]]
"""
import email.headerregistry
import os
import random
import subprocess
import sys

from scratch import BUILD

DUMP = os.path.join(BUILD, "tools", "address_dump")
FACTORY = email.headerregistry.HeaderRegistry()

ATOMS = ["a", "user", "x+y", "first", "Q", "o'neil", "_", "a-b", "1"]
NAMES = ["John", '"Doe, John"', "=?utf-8?q?J=C3=BC_=40?=", '"a@b.c"', "Q.",
         '"(x)"', r'"q\"uo\\te <x@y>"', "=?utf-8?b?YSxi?="]
COMMENTS = ["(c)", "(a, b@c)", "((x) y)", r"(\))", "(<a@b>)", '(")']


class Maker:
    """Sound fields; each part may be one of several ways to write it."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def any(self, choices):
        return self.random.choice(choices)

    def often(self, share):
        return self.random.random() < share

    def gap(self, share=0.1):
        """White space, folding or a comment, now and then."""
        if not self.often(share):
            return ""
        return self.any([" ", "\n ", " " + self.any(COMMENTS) + " ", "\t"])

    def local(self):
        if self.often(0.2):
            return self.any(['"a b"', '"x,y"', r'"q\"q"', '"<z>"', '"p@q"',
                             '"plain"', '"a:b;c"', '"("'])
        return ".".join(self.any(ATOMS)
                        for _ in range(self.random.randint(1, 3)))

    def domain(self):
        if self.often(0.1):
            return self.any(["[192.0.2.1]", "[IPv6:2001:db8::1]"])
        return ".".join(self.any(["example", "org", "a", "x-y", "net"])
                        for _ in range(self.random.randint(1, 4)))

    def spec(self):
        return self.local() + "@" + self.domain()

    def mailbox(self):
        spec = self.spec()
        if self.often(0.4):
            return self.gap() + spec + self.gap()
        name = " ".join(self.any(NAMES)
                        for _ in range(self.random.randint(0, 3)))
        route = self.any(["@r.example:", "@r,@s:"]) if self.often(0.1) else ""
        return "%s%s%s<%s%s%s>%s" % (
            self.gap(), name, self.any(["", " "]) + self.gap(),
            route, "" if route else self.gap(), spec, self.gap())

    def mailboxes(self, least):
        return ",".join(self.any(["", " "]) + self.mailbox()
                        for _ in range(self.random.randint(least, 4)))

    def field(self):
        parts = []
        for _ in range(self.random.randint(1, 3)):
            if self.often(0.2):
                parts.append(self.any(["Friends", '"a, b"', "A B"]) + ":"
                             + self.mailboxes(0) + ";")
            else:
                parts.append(self.mailboxes(1))
        return ",".join(parts)


def python(value):
    """Internal forms; None where Python finds a defect (not only obsolete
    syntax), or trips over it."""
    try:
        header = FACTORY("From", value.replace("\n", ""))
    except (AttributeError, IndexError):
        return None
    for defect in header.defects:
        if "obsolete" not in str(defect).lower():
            return None
    return [("%s@%s" % (address.username, address.domain)).encode()
            for address in header.addresses]


def ours(values):
    done = subprocess.run(
        [DUMP], input=b"".join(value.encode() + b"\0" for value in values),
        stdout=subprocess.PIPE, check=True)
    found, lists = done.stdout.split(b"\0")[:-1], [[]]
    for address in found:
        if address:
            lists[-1].append(address)
        else:
            lists.append([])
    return lists[:-1]


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    maker = Maker(seed)
    values = [maker.field() for _ in range(count)]
    wrong = compared = addresses = 0
    for value, got in zip(values, ours(values)):
        want = python(value)
        if want is None:
            continue
        compared += 1
        addresses += len(want)
        if want != got:
            wrong += 1
            if wrong <= 20:
                print("%r\n  postern %s\n  Python  %s" % (value, got, want))
    print("seed %d: %d fields, %d addresses, %d differ" % (
        seed, compared, addresses, wrong))
    return 0 if wrong == 0 and compared > count / 3 else 1


if __name__ == "__main__":
    sys.exit(main())

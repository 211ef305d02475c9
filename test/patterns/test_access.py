#!/usr/bin/env python3
"""The example access tables under conf/, as Postfix's postmap reads them.

postmap must have nothing to say about them, neither as they are shipped nor
with every commented example in force.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

CONF = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))), "conf")

# The table's type, a key, and how its result begins; None: not found.
SHIPPED = {
    "client_access": ("cidr", [
        ("192.0.2.241", "OK"),
        ("192.0.2.242", "REJECT Your network"),
        ("192.0.2.1", None),
        ("2001:db8:bad::1", "REJECT Your network"),
        ("2001:db8::1", None),
        ("198.51.100.26", None),
    ]),
    "helo_access": ("texthash", [
        ("unwanted.example.com", "REJECT Please"),
        ("OK.unwanted.example.com", "DUNNO"),
        ("localhost", None),
    ]),
    "sender_access": ("texthash", [
        ("spammer@unwanted.example.com", "REJECT We have asked"),
        ("friend@unwanted.example.com", "DUNNO"),
        ("unwanted.example.com", "550 5.7.1 Mail"),
        ("example.com", None),
        ("<>", None),
    ]),
    "recipient_access": ("texthash", [
        ("postmaster@", "OK"),
        ("Abuse@", "OK"),
        ("postmaster@unwanted.example.com", "OK"),
        ("former@unwanted.example.com", "550 5.1.1 This"),
        ("unwanted.example.com", "REJECT No mail"),
        ("example.com", None),
    ]),
}

# The same with the examples in force: only what they add.
UNCOMMENTED = {
    "client_access": [("198.51.100.25", "OK"), ("198.51.100.26", "DEFER ")],
    "helo_access": [("mx.example.com", "REJECT "), ("lan", "REJECT ")],
    "sender_access": [("jo@example.com", "HOLD "), ("invalid", "REJECT ")],
    "recipient_access": [("jo@example.com", "DEFER ")],
}

failures = []


def ask(folder, kind, path, pairs):
    for key, want in pairs:
        done = subprocess.run(
            ["postmap", "-c", folder, "-q", key, "%s:%s" % (kind, path)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            universal_newlines=True)
        got = done.stdout.rstrip("\n")
        right = got.startswith(want) if want else not got
        if not right or done.stderr:
            failures.append("%s: %s gives %r, not %r %s" % (
                path, key, got, want, done.stderr))


def main():
    if not shutil.which("postmap"):
        print("postmap is not installed")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "main.cf"), "w") as file:
            file.write("compatibility_level = 3.6\n")
        for name, (kind, pairs) in SHIPPED.items():
            with open(os.path.join(CONF, name)) as file:
                text = file.read()
            for version, lines, wanted in (
                    ("", text, pairs),
                    (".uncommented", re.sub(r"(?m)^#(?=[^\s#])", "", text),
                     UNCOMMENTED[name])):
                path = os.path.join(folder, name + version)
                with open(path, "w") as file:
                    file.write(lines)
                # texthash waits while a file is fresh.
                os.utime(path, (1000000000, 1000000000))
                ask(folder, kind, path, wanted)
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Links beside Node's URL, which is the WHATWG's standard as browsers have it:
generated URLs with all that is done to them to mislead, by themselves and with
a base: the same scheme, host, port, and, decoded, the same path and query.

What differs, and why:
- what Node refuses we read, since mail readers are less strict: a port that is
  none, "%zz" in a host, a host with blanks;
- dots at the end of a host are gone: DNS does not need them, and a block list
  has none; behind a number several of them make a name of it for Node;
- an IPv4 address in IPv6's clothes is one: a list has it in four numbers.

    test_link_whatwg.py [SEED [COUNT]]
"""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import urllib.parse

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.environ.get("BUILD", os.path.join(TOP, "build"))
DUMP = os.path.join(BUILD, "tools", "link_dump")

NODE = """
const out = [];
for (const [base, text] of JSON.parse(require('fs').readFileSync(0, 'utf8'))) {
    let url = null;
    try { url = base === null ? new URL(text) : new URL(text, base); }
    catch (e) { }
    out.push(url && [url.protocol, url.hostname, url.port, url.pathname,
        url.search, url.hash]);
}
console.log(JSON.stringify(out));
"""

SCHEMES = ["http", "https", "HTTP", "hTTps", "ftp", "ws", "wss"]
SLASHES = ["//", "//", "//", "/", "", "\\\\", "/\\", "///", "\\", "////\\"]
USERS = ["", "", "", "bank.example@", "a:b@", "@", "bank.example:80@", "a@b@",
         "%40@", "bank.example%2f@", "b\u00fc@", ":@"]
LABELS = ["evil", "EVIL", "bank", "a-b", "a--b", "x_y", "1a", "9", "b\u00fccher",
          "B\u00dcCHER", "stra\u00dfe", "\u03c3\u03bf\u03c2", "\u043f\u043e\u0447\u0442\u0430",
          "p\u0430ypal", "\u4f8b\u3048", "\uff45\uff56\uff49\uff4c",
          "e\u00advil", "ev\u200bil", "\u24d4vil", "\U0001d41evil", "\u2603",
          "i\u2764\ufe0f", "\U0001f4a9", "xn--bcher-kva", "XN--BCHER-KVA",
          "xn--n3h", "caf\u00e9", "cafe\u0301", "\u0130", "\u017f", "\ufb01x",
          "\u212ailo", "a\u2024b", "a\u3002b", "a\uff61b", "\u05d0\u05d1",
          "\u0645\u062b\u0627\u0644", "\u1e9e", "-a", "a-", "ev%69l",
          "%65%76%69%6c", "%C3%BCx", "%ef%bd%85vil", "x%2ey"]
NUMBERS = ["0", "1", "255", "256", "0x7f", "0X7F", "010", "08", "0x", "65535",
           "16777215", "3232235777", "4294967295", "4294967296", "0xffffffff",
           "00000000300", "1.", "%31"]
HOSTS6 = ["[::1]", "[2001:DB8::0:1]", "[::ffff:192.0.2.1]", "[::ffff:c000:201]",
          "[1:2:3:4:5:6:7:8]", "[::]", "[1::8]", "[2001:db8:0:0:1:0:0:1]"]
PORTS = ["", "", "", ":", ":80", ":443", ":8080", ":0080", ":21", ":65535"]
PATHS = "abcXYZ019-._~/!$&'()*+,;=:@%\\?#\u00fc\u20ac\U0001f600 \"<>|^`{}[]"
BASES = ["http://base.example/", "https://base.example:8080/a/b?c#d",
         "http://base.example", "https://[2001:db8::1]/x/./y/../z",
         "ftp://base.example/a/b/", "http://u:p@base.example/q?r/s"]


def random_host(dice):
    kind = dice.randrange(10)
    if kind == 0:
        return dice.choice(HOSTS6)
    if kind <= 2:
        return ".".join(dice.choice(NUMBERS)
                        for _ in range(dice.randrange(1, 5)))
    labels = [dice.choice(LABELS) for _ in range(dice.randrange(1, 4))]
    if dice.random() < 0.8:
        labels.append(dice.choice(["example", "test", "Com"]))
    return ".".join(labels) + dice.choice(["", "", "", "."])


def random_path(dice):
    parts = ["".join(dice.choice(PATHS) for _ in range(dice.randrange(12))),
             dice.choice(["", "..", ".", "%2e%2E", ".%2e", "%2e", "...", "a"]),
             dice.choice(["", "?q=%41&b", "#f", "?a?b#c#d", "%4", "%C3%BC"])]
    dice.shuffle(parts)
    return dice.choice(["", "/", "\\"]).join(parts)


def random_url(dice):
    return (dice.choice(SCHEMES) + ":" + dice.choice(SLASHES) +
            dice.choice(USERS) + random_host(dice) + dice.choice(PORTS) +
            dice.choice(["/", "/", "\\", "?", "#", ""]) + random_path(dice))


def random_relative(dice):
    return dice.choice([
        random_path, random_url,
        lambda dice: "/" + random_path(dice),
        lambda dice: "//" + random_host(dice) + "/" + random_path(dice),
        lambda dice: "\\/" + random_host(dice) + "?" + random_path(dice),
        lambda dice: "../" * dice.randrange(4) + random_path(dice),
        lambda dice: dice.choice(["http:", "https:", "HTTP:", "ftp:"]) +
        random_path(dice)])(dice)


def mistreat(dice, text):
    """What browsers make nothing of; 0x1f and line ends part our input."""
    for _ in range(dice.randrange(3)):
        at = dice.randrange(len(text) + 1)
        text = text[:at] + dice.choice("\t\r\t") + text[at:]
    return dice.choice(["", "", " ", "\x01", "\x0c "]) + text + \
        dice.choice(["", "", " ", "  \x0b"])


def ours(how, lines):
    done = subprocess.run([DUMP, how], check=True, stdout=subprocess.PIPE,
                          input="\n".join(lines).encode() + b"\n")
    return [line.split("\t") if line else None
            for line in done.stdout.decode().split("\n")[:-1]]


def theirs(pairs):
    done = subprocess.run(["node", "-e", NODE], check=True,
                          stdout=subprocess.PIPE,
                          input=json.dumps(pairs).encode())
    return json.loads(done.stdout)


def plain_address(host):
    """An address in IPv6's clothes, as Node writes it, in four numbers."""
    found = re.fullmatch(r"::ffff:([0-9a-f]+):([0-9a-f]+)", host)
    if not found:
        return host
    high, low = (int(part, 16) for part in found.groups())
    return "%d.%d.%d.%d" % (high >> 8, high & 255, low >> 8, low & 255)


def their_form(url):
    protocol, host, port, path, search, fragment = url
    host = plain_address(host.strip("[]")).rstrip(".")
    return [protocol, urllib.parse.unquote(host), port] + [
        urllib.parse.unquote_to_bytes(part) for part in (
            path, search, fragment)]


def our_form(url, host):
    found = re.fullmatch(
        r"([a-z]+:)//(?:\[[^\]]*\]|[^/:]*)(?::([^/]*))?"
        r"(/[^?#]*)(\?[^#]*)?(#.*)?", url, re.S)
    if not found:
        return [url]
    protocol, port, path, search, fragment = found.groups()
    # Nothing behind the mark is as good as no mark.
    search = "" if search in (None, "?") else search
    fragment = "" if fragment in (None, "#") else fragment
    return [protocol, urllib.parse.unquote(host), port or ""] + [
        urllib.parse.unquote_to_bytes(part) for part in (
            path, search, fragment)]


def compare(pairs, got):
    faults = refused = 0
    for (base, text), mine, its in zip(pairs, got, theirs(pairs)):
        if its is None:
            refused += 1
            continue
        want = their_form(its)
        # What is left where there were several, or nothing else.
        if its[1].endswith("..") or want[1] == "":
            continue
        if mine is None or our_form(*mine) != want:
            faults += 1
            if faults < 20:
                print("%r%s:\n    %s,\nNode %s" % (
                    text, "" if base is None else " below " + base,
                    mine and our_form(*mine), want))
    return faults, refused


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    if shutil.which("node") is None:
        print("no node")
        return 77
    dice = random.Random(seed)
    alone = [[None, mistreat(dice, random_url(dice))] for _ in range(count)]
    below = [[dice.choice(BASES), mistreat(dice, random_relative(dice))]
             for _ in range(count)]
    faults, refused = compare(alone, ours("read", [
        text for _, text in alone]))
    more, refused_more = compare(below, ours("join", [
        base + "\x1f" + text for base, text in below]))
    faults += more
    refused += refused_more
    print("seed %d, %d of each, of which Node refuses %d: %d faults" % (
        seed, count, refused, faults))
    # A test of nothing but what it refuses would be none.
    return faults > 0 or refused > count


if __name__ == "__main__":
    sys.exit(main())

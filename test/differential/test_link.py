#!/usr/bin/env python3
"""Links beside Python's urllib.parse, ipaddress and codecs, and beside the
package python3-idna where it is there: generated URLs, and mistreated ones
that mean the same.

    test_link.py [SEED [COUNT]]
"""
import base64
import ipaddress
import os
import random
import subprocess
import sys
import urllib.parse

try:
    import idna
except ImportError:
    idna = None

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.environ.get("BUILD", os.path.join(TOP, "build"))
DUMP = os.path.join(BUILD, "tools", "link_dump")

PORTS = {"http": 80, "https": 443, "ftp": 21}
# Names that both IDNA 2003, which Python has, and 2008 write alike.
WORDS = ["a", "example", "b\u00fccher", "caf\u00e9", "\u043f\u043e\u0447\u0442\u0430",
         "\u4f8b\u3048", "x-y", "1a", "_dmarc", "\u0395\u03bb\u03bb\u03ac\u03b4",
         "M\u00dcNCHEN", "\uff45\uff56\uff49\uff4c"]
PATHS = "abcXYZ019-._~/!$&'()*+,;=:@%\u00fc\u20ac "
faults = 0


def dump(how, lines):
    done = subprocess.run([DUMP, how], stdout=subprocess.PIPE, check=True,
                          input="\n".join(lines).encode() + b"\n")
    return [line.split("\t") for line in done.stdout.decode().split("\n")[:-1]]


def same(what, given, got, want):
    global faults
    if got != want:
        faults += 1
        if faults < 20:
            print(f"{what} of {given!r}: {got!r}, not {want!r}")


def a_label(name):
    return ".".join(
        label.lower() if label.isascii() else
        label.encode("idna").decode() if idna is None else
        idna.encode(label, uts46=True).decode() for label in name.split("."))


def random_host(dice):
    """A host as it is written, and as DNS has it."""
    kind = dice.randrange(6)
    if kind == 0:
        address = ipaddress.IPv4Address(dice.getrandbits(32))
        return write_ipv4(dice, int(address)), str(address)
    if kind == 1:
        address = ipaddress.IPv6Address(dice.getrandbits(128) &
                                        dice.choice([-1, 0xffff, -1 << 64]))
        text = dice.choice([str(address), address.exploded.upper()])
        return f"[{text}]", str(address.ipv4_mapped or address)
    labels = [dice.choice(WORDS) for _ in range(dice.randrange(1, 4))]
    name = ".".join(labels + ["example"])
    want = a_label(name)
    if dice.random() < 0.3:
        name += "." * dice.randrange(3)
    if dice.random() < 0.3:
        name = "".join(f"%{b:02x}" if dice.random() < 0.3 else chr(b)
                       for b in name.encode()) if name.isascii() else \
            urllib.parse.quote(name)
    return name, want


def write_ipv4(dice, address):
    """In one to four parts, decimal, octal or hexadecimal."""
    n = dice.randrange(1, 5)
    parts = [address >> 24, address >> 16 & 255, address >> 8 & 255][:n - 1]
    parts.append(address & (1 << 8 * (5 - n)) - 1)
    return ".".join(dice.choice([str, hex, lambda p: "0" + oct(p)[2:]])(p)
                    for p in parts)


def without_dots(path):
    """RFC 3986, 5.2.4."""
    out = []
    parts = path.split("/")[1:]
    for i, part in enumerate(parts):
        if part == "..":
            out = out[:-1]
        if part not in (".", ".."):
            out.append(part)
        elif i == len(parts) - 1:
            out.append("")
    return "/" + "/".join(out)


def random_url(dice):
    """A URL, and what urlsplit() must say of it once it is read."""
    scheme = dice.choice(list(PORTS))
    host, want = random_host(dice)
    port = dice.choice(["", "", ":", ":80", ":443", ":0021", ":8080"])
    path = "/" + "".join(dice.choice(PATHS)
                         for _ in range(dice.randrange(20)))
    path = urllib.parse.quote(path, dice.choice(["/", "/:@!$&'()*+,;=~"]))
    query = "q=" + urllib.parse.quote(dice.choice(["x y", "\u00fc&b", "1"]))
    number = int(port[1:] or PORTS[scheme]) if port else PORTS[scheme]
    text = f"{scheme}://{host}{port}{path}?{query}"
    return text, (scheme, want, number, path, query)


def mistreat(dice, text):
    """What browsers make nothing of."""
    begin, rest = text.split("://", 1)
    for _ in range(dice.randrange(4)):
        kind = dice.randrange(6)
        if kind == 0:
            begin = begin.upper()
        elif kind == 1 and rest[0] not in "/\\":
            rest = dice.choice(["bank.example@", "bank.example:80@"]) + rest
        elif kind == 2:
            at = dice.randrange(len(rest))
            rest = rest[:at] + dice.choice("\t\r") + rest[at:]
        elif kind == 3:
            begin = dice.choice("\x01 \x0c ") + begin
        elif kind == 4:
            rest += dice.choice(["  ", "\x1f"])
        else:
            rest = dice.choice("/\\") * dice.randrange(3) + rest
    return begin + ":" + dice.choice(["//", "\\\\", "/\\"]) + rest


def check_read(dice, count):
    pairs = [random_url(dice) for _ in range(count)]
    plain = dump("read", [text for text, _ in pairs])
    badly = [mistreat(dice, text) for text, _ in pairs]
    for (text, want), got, bad, again in zip(pairs, plain, badly,
                                             dump("read", badly)):
        scheme, host, port, path, query = want
        split = urllib.parse.urlsplit(got[0])
        same("scheme", text, split.scheme, scheme)
        same("host", text, got[1], host)
        same("hostname", text, split.hostname, host)
        same("port", text, split.port or PORTS[scheme], port)
        same("path", text, urllib.parse.unquote(split.path),
             urllib.parse.unquote(without_dots(path)))
        same("query", text, urllib.parse.unquote(split.query),
             urllib.parse.unquote(query))
        same("the same", bad, again, got)
    # What has been read reads as itself.
    once = [got[0] for got in plain]
    same("all again", "", [got[0] for got in dump("read", once)], once)


def wrap(dice, url):
    """Some service's link to a URL."""
    quoted = urllib.parse.quote(url, dice.choice(["", ":/"]))
    code = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return dice.choice([
        f"https://www.google.com/url?sa=t&q={quoted}&usg=x",
        f"https://x.safelinks.protection.outlook.com/?url={quoted}&data=1",
        f"https://l.example/l.php?u={quoted}#x",
        f"https://r.example/{urllib.parse.quote(url, '')}/x",
        f"https://r.example/?{urllib.parse.urlencode({'a': 1, 'to': url})}",
        f"https://b.example/c?u={code}",
        f"https://b.example/{code}/x",
        "https://urldefense.proofpoint.com/v2/url?u=" +
        urllib.parse.quote(url, "").replace("-", "%2D").replace(
            "_", "%5F").replace("%2F", "_").replace("%", "-") + "&d=x",
    ])


def check_walk(dice, count):
    texts, want = [], []
    for _ in range(count):
        url = dump_free_url(dice)
        chain = [url]
        for _ in range(dice.randrange(1, 4)):
            chain.insert(0, wrap(dice, chain[0]))
        texts.append(chain[0])
        want.append(url)
    for text, url, got in zip(texts, want, dump("walk", texts)):
        same("the last link", text, got[-1], url)


def dump_free_url(dice):
    return "https://" + dice.choice("abc") + ".evil.example/" + \
        "".join(dice.choice("ab/-_.") for _ in range(8)).replace(".", "x") + \
        dice.choice(["", "?x=1", "?x=1&y=2"])


def check_find(dice, count):
    """Links among words, with the punctuation that people put around them."""
    words = ["see", "it.", "http", "www", "a/b", "Now!", "x@y.example", "\u4f60"]
    around = [("", ""), ("(", ")"), ("<", ">"), ("\"", "\""), ("", "."),
              ("", ","), ("[", "]."), ("\u201c", "\u201d"), ("'", "'!"),
              ("", "\u3002")]
    texts, want = [], []
    for _ in range(count):
        parts, links = [], []
        for _ in range(dice.randrange(6)):
            if dice.random() < 0.5:
                parts.append(dice.choice(words))
                continue
            link = dump_free_url(dice).replace("https:", dice.choice(
                ["https:", "HTTP:", "ftp:"]))
            begin, end = dice.choice(around)
            links.append(link)
            parts.append(begin + link + end)
        texts.append(" ".join(parts))
        want.append(links or [""])
    for text, links, got in zip(texts, want, dump("find", texts)):
        same("links", text, got, links)


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    print(f"seed {seed}, {count} of each; "
          f"{'' if idna else 'no '}python3-idna")
    dice = random.Random(seed)
    check_read(dice, count)
    check_walk(dice, count)
    check_find(dice, count)
    print(f"{faults} faults")
    return faults > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Messages of any size pass in the memory of a small one, with everything
decoded.

    test_stream.py [MEGABYTES [KIND...]]    of each; 1024 is a gigabyte
"""
import base64
import re
import sys
import time

from milter_client import Client
from postern import Postern, sanitized

CHUNK = 65535
GROWTH = 6 << 20
CONF = """
text_checks = [ "pcre:{ {/never (to )?be found/ REJECT} }" ];
hidden_text_checks = [ "pcre:{ {/never (to )?be found/ REJECT} }" ];
decoded_header_checks = [ "pcre:{ {/never (to )?be found/ REJECT} }" ];
body_checks = [ "pcre:{ {/never (to )?be found/ REJECT} }" ];
body_checks_size_limit = 0;
decoded_size_limit = 0;
mime_part_limit = 1000000000;
attachment_size_limit = "1024G";
mode = "enforce";
"""
# A large attachment is discarded, by a rule that has seen all of its size.
INSPECTED = CONF + """
attachment_checks = [ "pcre:{ {/ size=[0-9]{7,} magic=/ DISCARD} }" ];
attachment_inspect_limit = "64M";
attachment_time_limit = "60s";
"""
ATTACHMENT = "an attachment, looked into"

WORDS = b"some words that go on, and on and on, in lines\r\n"
# Content-Type, Content-Transfer-Encoding, what is repeated.
BODIES = {
    "text": ("text/plain", "7bit", WORDS * 20 + b"\r\n"),
    "one paragraph": ("text/plain; charset=koi8-r", "8bit",
                      WORDS.replace(b"o", b"\xc1")),
    "one line": ("text/plain; format=flowed; delsp=yes", "8bit",
                 b"words and words "),
    "one word": ("text/plain", "8bit", b"x" * 1000),
    "base64": ("text/plain; charset=utf-16le", "base64",
               base64.encodebytes(WORDS.decode().encode("utf-16le") * 9)),
    "quoted-printable": ("text/plain", "quoted-printable",
                         b"w=6Frd=20and=\r\n=20 words\r\n"),
    "uuencode": ("text/plain", "x-uuencode",
                 b"begin 644 x\r\n#0V%T\r\n`\r\nend\r\n"),
    "html": ("text/html", "8bit",
             b"<p>words <b>and</b> words<i hidden>and</i> <a href=x>x</a>"
             b"<ul><li>more<br>words\r\n"),
    "html that nests": ("text/html", "8bit", b"<div><b>x"),
    "html in a tag": ("text/html", "8bit", b"<a href='x" + b"x" * 1000),
    "parts": ("multipart/mixed; boundary=b", "",
              b"--b\r\nContent-Type: text/html\r\n\r\nx\r\n--b\r\n"
              b"Content-Type: a/b; name=x\r\n\r\nx\r\n"),
    "no part ends": ("multipart/mixed; boundary=b", "",
                     b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n"
                     b"\r\n--c\r\n\r\nx\r\n"),
    "boundaries": ("multipart/mixed; boundary=b", "", b"--b\r\n"),
    "an encoded message": ("message/rfc822", "base64",
                           base64.encodebytes(WORDS * 9)),
    "an attachment": ("application/octet-stream", "base64",
                      base64.encodebytes(WORDS * 9)),
    ATTACHMENT: ("application/octet-stream; name=x", "base64",
                 base64.encodebytes(WORDS * 9)),
}


def conf_of(kind):
    return INSPECTED if kind == ATTACHMENT else CONF


def is_right(kind, verdict):
    return verdict == "discard" if kind == ATTACHMENT else \
        verdict in ("accept", "continue")


def peak(daemon):
    with open("/proc/%d/status" % daemon.pid, encoding="ascii") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) << 10


def send(conv, kind, size, tail=b""):
    type_, encoding, what = BODIES[kind]
    block = what * (CHUNK // len(what) + 1)
    conv.mail("<a@example.org>")
    conv.rcpt("<b@example.com>")
    conv.data()
    conv.header("Content-Type", " " + type_)
    conv.header("Content-Transfer-Encoding", " " + encoding)
    conv.eoh()
    for _ in range(size // len(block) + 1):
        for at in range(0, len(block), CHUNK):
            conv.body(block[at:at + CHUNK])
    if tail:
        conv.body(tail)
    return conv.eom().verdict


def main():
    size = (int(sys.argv[1]) if len(sys.argv) > 1 else 12) << 20
    faults = 0
    for kind in sys.argv[2:] or BODIES:
        with Postern(conf_of(kind)) as daemon:
            conv = Client(daemon.address).connect()
            conv.helo()
            send(conv, kind, 100 << 10)
            before, begin = peak(daemon), time.monotonic()
            reply = send(conv, kind, size)
            seconds = time.monotonic() - begin
            found = send(conv, "text", 100 << 10,
                         b"\r\nnever to\r\nbe found\r\n")
            after = peak(daemon)
            conv.quit()
        print("%-26s %4d MB in %5.1f s, memory %d KB, %d KB more: %s" % (
            kind, size >> 20, seconds, before >> 10, (after - before) >> 10,
            reply))
        faults += ((after - before > GROWTH and not sanitized())
                   or found != "reject"
                   or not is_right(kind, reply))
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()

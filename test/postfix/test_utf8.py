#!/usr/bin/env python3
"""What is beyond ASCII in replies, in the log and in headers, with a real
Postfix: its own header_checks beside the raw and the decoded list of postern.
"""
import email
import email.policy
import sys

from postern import Postern
from postfix import Postfix, unreceived
from scratch import Folder

RAW = """
/^X-Raw: (.*)$/         REPLACE X-Was: $1
/^X-Above: /            PREPEND X-Set: \u00e9t\u00e9
"""
DECODED = """
/^X-Say: (.*)$/         REJECT no $1
/^X-Set: (.*)$/         REPLACE Subject: [$1]
/^X-From: (.*)$/        PREPEND From: $1
/^X-Name: (.*)$/        REPLACE Content-Disposition: inline; filename="$1"
/^X-Log: (.*)$/         WARN $1
"""


class Faults:
    def __init__(self):
        self.n = 0

    def expect(self, what, got, want):
        if got != want:
            self.n += 1
            print("%s:\n  got  %r\n  want %r" % (what, got, want))


def fields(postfix, message, **args):
    [delivery] = postfix.delivered(postfix.send(message, **args))
    return unreceived(delivery.data).partition(b"\r\n\r\n")[0]


def raw_views(faults, own, behind):
    """The raw list puts into a header what Postfix would."""
    for message in (b"X-Raw: caf\xc3\xa9\n\nx\n", b"X-Raw: caf\xe9\n\nx\n",
                    b"X-Above: 1\n\nx\n"):
        got, want = fields(behind, message), fields(own, message)
        faults.expect("raw %r" % message, got, want)
        if max(want) < 0x80:
            sys.exit("Postfix encodes: %r" % want)


def replies(faults, behind):
    say = b"X-Say: =?utf-8?q?=C3=A9t=C3=A9_=E2=80=AEx?=\n\nx\n"
    sent = behind.send(say)
    faults.expect("reply", str(sent.end), "550 5.7.1 no ?t? ?x")
    sent = behind.send(say, mail_args="SMTPUTF8")
    faults.expect("reply with SMTPUTF8", str(sent.end),
                  "550 5.7.1 no \u00e9t\u00e9 ?x")


def headers(faults, behind):
    def parsed(message, **args):
        return email.message_from_bytes(
            fields(behind, message, **args) + b"\r\n\r\n",
            policy=email.policy.default)

    got = fields(behind, b"X-Set: =?utf-8?q?caf=C3=A9?=\n\nx\n")
    faults.expect("Subject", got, b"Subject: =?utf-8?B?W2NhZsOpXQ==?=")
    # Longer than one encoded word.
    name = "gr\u00fc\u00dfe " * 40
    got = parsed(b"X-Set: " + name.encode() + b"\n\nx\n")
    faults.expect("long Subject", got["Subject"], "[%s]" % name.strip())
    got = parsed('X-From: "J\u00e9 x" <a@b.example>\n\nx\n'.encode())
    faults.expect("From", (got["From"].addresses[0].display_name,
                           got["From"].addresses[0].addr_spec),
                  ("J\u00e9 x", "a@b.example"))
    got = parsed("X-Name: r\u00e9sum\u00e9.txt\n\nx\n".encode())
    faults.expect("file name", got.get_filename(), "r\u00e9sum\u00e9.txt")
    # In an address there is no way but SMTPUTF8.
    message = "X-From: <j\u00e9@b.example>\n\nx\n".encode()
    faults.expect("address", parsed(message)["From"], None)
    got = fields(behind, message, mail_args="SMTPUTF8")
    faults.expect("address with SMTPUTF8", got.split(b"\r\n")[0],
                  "From: <j\u00e9@b.example>".encode())


def log(faults, behind, postern):
    behind.send("X-Log: \u202egpj.exe\u202c \u0085 \u2066\n\nx\n".encode())
    postern.wait_log(r": \?gpj\.exe\? ")
    bad = [c for c in postern.log() if c in "\u202e\u202c\u0085\u2066"]
    faults.expect("controls in the log", bad, [])


def main():
    folder, faults = Folder(), Faults()
    raw = "pcre:" + folder.write("raw", RAW)
    decoded = "pcre:" + folder.write("decoded", DECODED)
    with Postern({"header_checks": [raw],
                  "decoded_header_checks": [decoded]}) as postern, \
            Postfix({"header_checks": raw}) as own, \
            Postfix({"smtpd_milters": postern.main_cf}) as behind:
        raw_views(faults, own, behind)
        replies(faults, behind)
        headers(faults, behind)
        log(faults, behind, postern)
    print("%d faults" % faults.n)
    return faults.n > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Attachments that are taken out, through a real Postfix: Python's email
package reads what was delivered.  What was to go is the notice, in a part that
it takes for text; every other byte of the message is as it was sent.

    test_strip.py [SEED]
"""
import base64
import email
import email.policy
import random
import re
import sys

from postern import Postern
from postfix import Postfix, unreceived
from scratch import Folder

MESSAGES = 60
CHECKS = """\
/^name=.*\\.exe type=/      STRIP no programs: §5
/^name=.*\\.gif type=/      REPLACE a picture
/^name=hold/               HOLD
"""
NOTICE = "Removed: $name\\n-- \\n($type) $reason"

# A parameter, and the name that it is.
NAMES = [
    ('filename="run.exe"', "run.exe"),
    ("filename*=utf-8''--b0.exe", "--b0.exe"),
    ("filename*=utf-8''a%0D%0A--b0%0D%0A.exe", "a --b0 .exe"),
    ("filename*=utf-8''Rechnung%20f%C3%BCr%20%C3%96l.exe",
     "Rechnung für Öl.exe"),
    ('filename="=?utf-8?B?5pel5pys?=.exe"', "日本.exe"),
    ("filename=%s.exe" % ("x" * 200), "x" * 200 + ".exe"),
    ("filename*=utf-8''%s.exe" % ("%C3%A9" * 100), "é" * 100 + ".exe"),
    ("filename*=utf-8''a%E2%80%AEb.exe", "a<U+202E>b.exe"),
    ("filename=.exe", ".exe"),
    ('filename="From a.exe"', "From a.exe"),
]
KEPT_FIELDS = "From: a@example.org\r\nSubject: =?utf-8?q?=E9?=\r\n"


def crlf(text):
    return text.replace("\n", "\r\n")


class Shape:
    """A message, as pieces that stay; between them something goes."""

    def __init__(self, rand):
        self.rand = rand
        self.pieces, self.texts = [b""], []
        self.raw, self.boundaries = b"", 0

    def keep(self, text):
        data = text.encode("utf-8")
        self.raw += data
        self.pieces[-1] += data

    def lose(self, text, notice):
        self.raw += text.encode("utf-8")
        self.pieces.append(b"")
        self.texts.append(notice)

    def bytes(self):
        return self.rand.randbytes(self.rand.choice((0, 1, 50, 3000)))

    def lost(self, fields=""):
        """Header and body of what a rule names."""
        if self.rand.random() < 0.2:
            self.lose("Content-Type: image/gif; name=a.gif\r\n" + fields
                      + "\r\nGIF89a\r\n", "a picture")
            return
        parameter, name = self.rand.choice(NAMES)
        text = ("Content-Type: application/x-any\r\n"
                "Content-Disposition: attachment;\r\n %s\r\n"
                "Content-Transfer-Encoding: base64\r\n%s\r\n%s" % (
                    parameter, fields, crlf(
                        base64.encodebytes(self.bytes()).decode())))
        self.lose(text + self.rand.choice(("", "\r\n", "--\r\n")),
                  "Removed: %s\n-- \n(application/x-any) no programs: §5"
                  % name)

    def kept(self):
        self.keep(self.rand.choice((
            "\r\nno header\r\n", "Content-Type: text/html\r\n\r\n<p>x\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: 8bit\r\n\r\n--\r\nä \r\n\r\n",
            "Content-Type: image/png\r\nContent-Disposition: attachment\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n"
            + crlf(base64.encodebytes(self.bytes()).decode()))))

    def attached_message(self, depth):
        self.keep("Content-Type: message/rfc822\r\n\r\n")
        if self.rand.random() < 0.5:
            self.keep(KEPT_FIELDS)
            self.multipart(depth)
            return
        self.keep(KEPT_FIELDS)
        self.lost()

    def multipart(self, depth):
        boundary = "b%d" % self.boundaries
        self.boundaries += 1
        self.keep("Content-Type: multipart/mixed; boundary=%s\r\n\r\n%s"
                  % (boundary, self.rand.choice(("", "pre\r\n"))))
        for _ in range(self.rand.randrange(1, 5)):
            self.keep("--%s%s\r\n" % (boundary,
                                      self.rand.choice(("", "", " "))))
            kinds = [self.kept, self.lost]
            if depth > 0:
                kinds += [lambda: self.attached_message(depth - 1),
                          lambda: self.multipart(depth - 1)]
            self.rand.choice(kinds)()
        self.keep("--%s--\r\n%s" % (boundary,
                                    self.rand.choice(("", "post\r\n"))))


def shape(rand):
    made = Shape(rand)
    made.keep("From: a@example.org\r\nTo: to@example.net\r\n"
              "Subject: x\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n"
              "Message-ID: <a@example.org>\r\nMIME-Version: 1.0\r\n")
    if rand.random() < 0.15:
        made.lost()
    else:
        made.multipart(3)
    return made


def text_of(part):
    """What Python makes of it, and whether it would show it."""
    assert part.get_content_type() == "text/plain", part.as_string()
    assert part.get_content_disposition() == "inline", part.as_string()
    assert part.get_filename() is None and not part.defects, part.defects
    for line in part.as_bytes().splitlines():
        assert len(line) <= 76, line
    return part.get_content().rstrip("\n")


def notices(message):
    return [text_of(part) for part in message.walk()
            if not part.is_multipart()
            and part["Content-Transfer-Encoding"] == "quoted-printable"]


def compare(made, delivered):
    delivered = delivered.replace(b"\r\n", b"\n")
    pieces = [piece.replace(b"\r\n", b"\n") for piece in made.pieces]
    found = re.fullmatch(b"(.*?)".join(map(re.escape, pieces)), delivered,
                         re.S)
    assert found, (made.raw.decode(), delivered.decode("utf-8", "replace"))
    policy = email.policy.default
    got = [text_of(email.message_from_bytes(part, policy=policy))
           for part in found.groups()]
    assert got == made.texts, (got, made.texts)
    whole = email.message_from_bytes(delivered, policy=policy)
    assert notices(whole) == made.texts, delivered
    assert whole["Subject"] == "x"


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    rand = random.Random(seed)
    folder = Folder()
    checks = folder.write("checks", CHECKS)
    lost = 0
    with Postern({"attachment_checks": ["pcre:" + checks],
                  "attachment_notice": NOTICE.replace("\\n", "\n")}) \
            as postern, \
            Postfix({"smtpd_milters": postern.main_cf}) as postfix:
        for number in range(MESSAGES):
            made = shape(rand)
            sent = postfix.send(made.raw)
            (delivery,) = postfix.delivered(sent)
            try:
                compare(made, unreceived(delivery.data))
            except AssertionError:
                print("seed %d, message %d" % (seed, number))
                raise
            lost += len(made.texts)
    print("seed %d: %d messages, %d attachments taken out"
          % (seed, MESSAGES, lost))
    return lost < MESSAGES


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Attachments that are taken out, through a real Postfix: Python's email
package reads what was delivered.  What was to go is the notice, in a part that
it takes for text; every other byte of the message is as it was sent.

Mail that is signed or encrypted is held as it is, wherever in a message that
lies: openssl still finds its signature good.

    test_strip.py [SEED]
"""
import base64
import email
import email.policy
import random
import re
import shutil
import subprocess
import sys

from postern import Postern
from postfix import Postfix, unreceived
from scratch import Folder

MESSAGES = 60
CHECKS = """\
/^name=.*\\.exe type=/      STRIP no programs: §5
/^name=.*\\.gif type=/      REPLACE a picture
/^name=hold/               HOLD
/^name=(smime\\.p7m|encrypted\\.asc) /    REPLACE cannot be read
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


# Signed and encrypted mail: what stands in it lies in fields of its own.
SIGNED = """\
Content-Type: multipart/signed; protocol="%s"; micalg=pgp-sha256;
 boundary="s"

--s
Content-Type: multipart/mixed; boundary="in"

--in

text
--in
Content-Type: a/b; name=run.exe

MZ
--in--

--s
Content-Type: %s; name=signature

c2lnbmVk
--s--
"""
ENCRYPTED = """\
Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";
 boundary="s"

--s
Content-Type: application/pgp-encrypted

Version: 1
--s
Content-Type: application/octet-stream; name=encrypted.asc

-----BEGIN PGP MESSAGE-----
--s--
"""


def openssl(*args, stdin=b""):
    return subprocess.run(["openssl", *args], input=stdin, check=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def sealed_by_openssl(folder):
    """(name, entity, whether its signature is to be checked)"""
    if shutil.which("openssl") is None:
        return []
    key, cert = folder / "key", folder / "cert"
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key,
            "-out", cert, "-subj", "/CN=a.example")
    entity = SIGNED.partition("--s\n")[2].partition("\n--s\n")[0].encode()
    sign = ["smime", "-sign", "-signer", cert, "-inkey", key]
    made = [("S/MIME, signed", openssl(*sign, stdin=entity), True),
            ("S/MIME, signed in one piece", openssl(*sign, "-nodetach",
                                                    stdin=entity), True),
            ("S/MIME, encrypted", openssl("smime", "-encrypt", cert,
                                          stdin=entity), False)]
    return [(name, text.replace(b"\r\n", b"\n").replace(
        b"MIME-Version: 1.0\n", b""), checked)
            for name, text, checked in made]


def around(entity):
    """(where, message): the entity as all of the message, and within."""
    head = b"From: a@example.org\nSubject: x\nMIME-Version: 1.0\n"
    mixed = b"Content-Type: multipart/mixed; boundary=\"out\"\n\n--out\n"
    attached = b"Content-Type: message/rfc822\n"
    yield "all", head + entity
    yield "a part", head + mixed + entity + b"\n--out--\n"
    yield "forwarded", head + mixed + attached + b"\nSubject: in\n" + \
        entity + b"\n--out--\n"
    yield "forwarded, encoded", head + mixed + attached + \
        b"Content-Transfer-Encoding: base64\n\n" + \
        base64.encodebytes(b"Subject: in\n" + entity) + b"\n--out--\n"


def check_sealed(folder, postfix):
    sealed = [(name, text.encode(), False) for name, text in [
        ("PGP, signed", SIGNED % ("application/pgp-signature",
                                  "application/pgp-signature")),
        ("S/MIME, by hand", SIGNED % ("application/pkcs7-signature",
                                      "application/pkcs7-signature")),
        ("PGP, encrypted", ENCRYPTED)]]
    count = 0
    for name, entity, checked in sealed + sealed_by_openssl(folder):
        for where, message in around(entity):
            sent = postfix.send(message)
            assert sent.end.code == 250, (name, where, sent)
            assert postfix.where(sent.queue_id) == "hold", (name, where)
            held = unreceived(postfix.content(sent.queue_id))
            # Postfix adds the fields that are missing, behind the others.
            assert held.replace(b"\r\n", b"\n").endswith(
                message.partition(b"MIME-Version: 1.0\n")[2].partition(
                    b"\n\n")[2]), (name, where, held)
            if checked and where == "all":
                openssl("smime", "-verify", "-noverify", stdin=held)
            count += 1
        # Beside it what is not sealed goes.
        sent = postfix.send(
            b"Content-Type: multipart/mixed; boundary=\"out\"\n\n--out\n"
            b"Content-Type: a/b; name=first.exe\n\nMZ\n--out\n" + entity +
            b"\n--out--\n")
        held = postfix.content(sent.queue_id).replace(b"\r\n", b"\n")
        assert b"first.exe\n\nMZ" not in held, (name, held)
        assert entity in held, (name, held)
    return count


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
        held = check_sealed(folder, postfix)
    print("seed %d: %d messages, %d attachments taken out; %d held"
          % (seed, MESSAGES, lost, held))
    return lost < MESSAGES


if __name__ == "__main__":
    sys.exit(main())

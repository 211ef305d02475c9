#!/usr/bin/env python3
"""What a real Postfix answers, delivers, holds and logs with postern at its
side.  To add a case, add a row to a table below; a configuration of its own
is one more call of configure()."""
import base64
import re
import sys

from postern import Postern
from postfix import Postfix, unreceived

HEADER_CHECKS = r"""
/^X-Do: reject$/        REJECT
/^X-Do: reject-text$/   REJECT no such thing here
/^X-Do: reject-dsn$/    REJECT 5.7.9 policy nine
/^X-Do: reject-soft$/   REJECT 4.3.0 come back
/^X-Do: percent$/       REJECT 100% of %s is no %%
/^X-Do: discard$/       DISCARD
/^X-Do: hold$/          HOLD look at it
/^X-Do: redirect (.*)$/ REDIRECT $1
/^X-Do: bcc (.*)$/      BCC $1
/^X-Do: prepend$/       PREPEND X-Before: it
/^X-Do: replace$/       REPLACE X-Do: replaced
/^X-Do: rename$/        REPLACE X-Other: renamed
/^X-Do: strip$/         STRIP
/^X-Do: ignore$/        IGNORE
/^X-Do: warn$/          WARN just so
/^X-Do: pass$/          PASS
/^X-Do: folded\n\tline$/ REPLACE X-Do: unfolded
/^Received:.*strip-me/  STRIP
/^Subject:(.*)spam(.*)/ REPLACE Subject:$1****$2
"""

MIME_CHECKS = r"""
/^Content-Type:.*evil\.exe/     REJECT no programs
/^Content-Disposition:.*rename/ REPLACE Content-Disposition: attachment
/^X-Part: drop/                 IGNORE
"""

NESTED_CHECKS = r"""
/^Subject: nested bad/  REJECT nested no
/^Subject: nested edit/ REPLACE Subject: nested edited
"""

BODY_CHECKS = r"""
/^body reject/          REJECT body says no
/^body prepend/         PREPEND put before
/^body replace (.*)$/   REPLACE replaced $1
/^body strip/           STRIP
/^body hold/            HOLD
/^body discard/         DISCARD
"""

TEXT_CHECKS = """
/one phrase, broken/    REJECT read as text
/^caf. noir$/           REJECT 5.7.3 in UTF-8
"""

SENDERS = """
<>                      WARN null sender
reject@example.org      REJECT
text@example.org        REJECT you know why
dsn@example.org         REJECT 5.1.2 bad domain
defer@example.org       DEFER
code@example.org        521 5.7.0 never again
hold@example.org        HOLD from there
prepend@example.org     PREPEND X-Sender: was listed
redirect@example.org    REDIRECT elsewhere@example.net
bcc@example.org         BCC copy@example.net
discard@example.org     DISCARD
permit@example.org      DEFER_IF_PERMIT wait
bad.example             REJECT whole domain
ext@                    REJECT any domain
ok@bad.example          OK
"""

RECIPIENTS = """
no@example.com          REJECT nobody here
no+yes@example.com      OK
later@example.com       450 4.2.0 later
"""

HELOS = "liar.example REJECT you are not\n.sub.example REJECT\n"

CLIENTS = r"""
192.0.2.66      REJECT
192.0.2.67      DEFER
192.0.2.68      OK
198.51.100.0/24 554 5.7.1 whole network
2001:db8:bad::/48 REJECT six
"""

AUTHORS = """
bad@example.net         REJECT an author
hold@example.net        HOLD
prepend@example.net     PREPEND X-Author: was listed
watch@example.net       warn_if_reject, reject
bücher.example          REJECT a book
"""

LOGINS = "jo 535 5.7.8 Jo has left\n"

NAMES = "evil.example REJECT by name\n"
REVERSE = "ptr.example REJECT by reverse name\n"


def tables(daemon):
    write = daemon.write_file
    return {
        "header_checks": ["pcre:" + write("header_checks", HEADER_CHECKS)],
        "mime_header_checks": ["pcre:" + write("mime", MIME_CHECKS)],
        "nested_header_checks": ["pcre:" + write("nested", NESTED_CHECKS)],
        "body_checks": ["pcre:" + write("body", BODY_CHECKS)],
        "text_checks": ["pcre:" + write("text", TEXT_CHECKS)],
        "sender_access": ["hash:" + write("senders", SENDERS)],
        "recipient_access": ["hash:" + write("recipients", RECIPIENTS)],
        "helo_access": ["hash:" + write("helos", HELOS)],
        "client_access": ["cidr:" + write("clients", CLIENTS),
                          "hash:" + write("names", NAMES)],
        "reverse_client_access": ["hash:" + write("reverse", REVERSE)],
        "login_access": ["hash:" + write("logins", LOGINS)],
        "header_from_access": ["hash:" + write("authors", AUTHORS)],
        "reply_to_access": ["inline:{{bad@example.net=550 5.1.2 no}}"],
        "srs_unwrap": True,
        "recipient_delimiter": "+",
    }


def configure(daemon, settings):
    daemon.write_conf({**tables(daemon), **settings})
    daemon.reload(wait=": loaded")


def mail(*fields, body=b"Hello.\n"):
    head = (b"From: a@example.org\n", b"Subject: x\n")
    return b"".join(field + b"\n" for field in fields) + b"".join(
        head) + b"\n" + body


# name, field, reply to the final dot (None: accepted), deliveries expected
HEADERS = [
    ("plain", b"X-Do: nothing", None, 1),
    ("reject", b"X-Do: reject", "550 5.7.1 message content rejected", 0),
    ("reject text", b"X-Do: reject-text",
     "550 5.7.1 no such thing here", 0),
    ("reject dsn", b"X-Do: reject-dsn", "550 5.7.9 policy nine", 0),
    ("reject soft", b"X-Do: reject-soft", "451 4.3.0 come back", 0),
    ("percent", b"X-Do: percent", "550 5.7.1 100% of %s is no %%", 0),
    ("discard", b"X-Do: discard", None, 0),
    ("warn", b"X-Do: warn", None, 1),
    ("no match: case of a folded name", b"x-do:reject", None, 1),
]

# name, fields, the header as delivered (above From and Subject)
EDITS = [
    ("prepend", [b"X-A: 1", b"X-Do: prepend", b"X-B: 2"],
     b"X-A: 1\r\nX-Before: it\r\nX-Do: prepend\r\nX-B: 2\r\n"),
    ("replace", [b"X-A: 1", b"X-Do: replace", b"X-Do: nothing"],
     b"X-A: 1\r\nX-Do: replaced\r\nX-Do: nothing\r\n"),
    ("the second of a name", [b"X-Do: nothing", b"X-Do: replace"],
     b"X-Do: nothing\r\nX-Do: replaced\r\n"),
    ("rename", [b"X-A: 1", b"X-Do: rename", b"X-B: 2"],
     b"X-A: 1\r\nX-Other: renamed\r\nX-B: 2\r\n"),
    ("strip", [b"X-A: 1", b"X-Do: strip", b"X-B: 2"],
     b"X-A: 1\r\nX-B: 2\r\n"),
    ("ignore", [b"X-Do: ignore", b"X-B: 2"], b"X-B: 2\r\n"),
    ("the third Received", [b"Received: one", b"Received: two",
                            b"Received: strip-me", b"Received: four"],
     b"Received: one\r\nReceived: two\r\nReceived: four\r\n"),
    ("many of one name", [b"X-Do: strip", b"X-Do: replace", b"X-Do: prepend",
                          b"X-Do: ignore", b"X-Do: rename",
                          b"X-Do: nothing"],
     b"X-Do: replaced\r\nX-Before: it\r\nX-Do: prepend\r\n"
     b"X-Other: renamed\r\nX-Do: nothing\r\n"),
    ("no blank after the colon", [b"X-Do:strip", b"X-Do: strip"],
     b"X-Do:strip\r\n"),
    ("folded", [b"X-Do: folded\n\tline", b"X-B: 2"],
     b"X-Do: unfolded\r\nX-B: 2\r\n"),
    ("group", [b"Subject: some spam here"],
     b"Subject: some **** here\r\n"),
    ("after pass nothing is looked at", [b"X-Do: pass", b"X-Do: reject"],
     b"X-Do: pass\r\nX-Do: reject\r\n"),
]

PART = (b"Content-Type: multipart/mixed; boundary=b\nMIME-Version: 1.0",)

# name, fields, body, reply or None, the body as delivered
BODIES = [
    ("reject", (), b"fine\nbody reject\n", "550 5.7.1 body says no", None),
    ("prepend", (), b"one\nbody prepend\ntwo\n", None,
     b"one\r\nput before\r\nbody prepend\r\ntwo\r\n"),
    ("replace", (), b"one\nbody replace this\ntwo\n", None,
     b"one\r\nreplaced this\r\ntwo\r\n"),
    ("strip", (), b"one\nbody strip\ntwo\n", None, b"one\r\ntwo\r\n"),
    ("all at once", (), b"body strip\nbody replace a\nbody prepend\n", None,
     b"replaced a\r\nput before\r\nbody prepend\r\n"),
    ("a large body", (), b"x" * 70 + b"\n" + b"body strip\n" +
     (b"y" * 70 + b"\n") * 5000, None,
     b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 5000),
    ("a phrase across lines", (), b"here is one\nphrase,\n\tbroken\n",
     "550 5.7.1 read as text", None),
    ("base64", (b"Content-Transfer-Encoding: base64",),
     base64.encodebytes(b"one phrase, broken"), "550 5.7.1 read as text",
     None),
    ("a character set", (
        b"Content-Type: text/plain; charset=iso-8859-1",
        b"Content-Transfer-Encoding: quoted-printable"),
     b"caf=E9 =\nnoir\n", "550 5.7.3 in UTF-8", None),
    ("base64 in a part", PART,
     b"--b\nContent-Transfer-Encoding: base64\n\n" +
     base64.encodebytes(b"line\n" * 20000 + b"\none phrase, broken") +
     b"--b--\n", "550 5.7.1 read as text", None),
    ("a part's field", PART,
     b"--b\nContent-Type: text/plain; name=evil.exe\n\nx\n--b--\n",
     "550 5.7.1 no programs", None),
    ("edit of a part's field", PART,
     b"--b\nContent-Disposition: attachment;\n filename=rename\n"
     b"X-Part: drop\nX-Part: keep\n\nx\n--b--\n", None,
     b"--b\r\nContent-Disposition: attachment\r\nX-Part: keep\r\n\r\nx\r\n"
     b"--b--\r\n"),
    ("a nested message", (b"Content-Type: message/rfc822",),
     b"Subject: nested bad\n\nx\n", "550 5.7.1 nested no", None),
    ("edit of a nested message", (b"Content-Type: message/rfc822",),
     b"To: x\nSubject: nested edit\n\nbody\n", None,
     b"To: x\r\nSubject: nested edited\r\n\r\nbody\r\n"),
]

# name, sender, client settings, the reply to RCPT
ENVELOPES = [
    ("plain", "a@example.org", {}, "250 2.1.5 Ok"),
    ("sender", "reject@example.org", {},
     "554 5.7.1 <reject@example.org>: Sender address rejected: Access denied"),
    ("sender with an extension", "reject+x@example.org", {},
     "554 5.7.1 <reject+x@example.org>: Sender address rejected: "
     "Access denied"),
    ("text", "text@example.org", {},
     "554 5.7.1 <text@example.org>: Sender address rejected: you know why"),
    ("dsn of a sender", "dsn@example.org", {},
     "554 5.1.8 <dsn@example.org>: Sender address rejected: bad domain"),
    ("defer", "defer@example.org", {},
     "450 4.7.1 <defer@example.org>: Sender address rejected: Access denied"),
    ("permit", "permit@example.org", {},
     "450 4.7.1 <permit@example.org>: Sender address rejected: wait"),
    ("domain", "x@bad.example", {},
     "554 5.7.1 <x@bad.example>: Sender address rejected: whole domain"),
    ("parent domain", "x@a.b.bad.example", {},
     "554 5.7.1 <x@a.b.bad.example>: Sender address rejected: whole domain"),
    ("an address before its domain", "ok@bad.example", {}, "250 2.1.5 Ok"),
    ("any domain", "ext@anywhere.example", {},
     "554 5.7.1 <ext@anywhere.example>: Sender address rejected: any domain"),
    ("null sender", "", {}, "250 2.1.5 Ok"),
    ("rewritten by a forwarder",
     "SRS0=HHH=TT=example.org=reject@forwarder.example", {},
     "554 5.7.1 <SRS0=HHH=TT=example.org=reject@forwarder.example>: Sender "
     "address rejected: Access denied"),
    ("login", "a@example.org", {"login": "jo"},
     "535 5.7.8 <jo>: SASL login name rejected: Jo has left"),
    ("another login", "a@example.org", {"login": "joe"}, "250 2.1.5 Ok"),
    ("helo", "a@example.org", {"helo": "liar.example"},
     "554 5.7.1 <liar.example>: Helo command rejected: you are not"),
    ("helo below", "a@example.org", {"helo": "a.liar.example"},
     "554 5.7.1 <a.liar.example>: Helo command rejected: you are not"),
    ("client", "a@example.org", {"client": "192.0.2.66"},
     "554 5.7.1 <unknown[192.0.2.66]>: Client host rejected: Access denied"),
    ("client before sender", "reject@example.org", {"client": "192.0.2.67"},
     "450 4.7.1 <unknown[192.0.2.67]>: Client host rejected: Access denied"),
    ("OK ends the clients' list only", "reject@example.org",
     {"client": "192.0.2.68", "name": "evil.example"},
     "554 5.7.1 <reject@example.org>: Sender address rejected: Access denied"),
    ("client network", "a@example.org", {"client": "198.51.100.9"},
     "554 5.7.1 <unknown[198.51.100.9]>: Client host rejected: "
     "whole network"),
    ("client IPv6", "a@example.org", {"client": "2001:db8:bad::1"},
     "554 5.7.1 <unknown[2001:db8:bad::1]>: Client host rejected: six"),
    ("client by name", "a@example.org",
     {"client": "192.0.2.9", "name": "mail.evil.example"},
     "554 5.7.1 <mail.evil.example[192.0.2.9]>: Client host rejected: "
     "by name"),
]


def check_headers(postfix):
    for name, field, want, deliveries in HEADERS:
        sent = postfix.send(mail(field))
        reply = str(sent.reply)
        if want is None:
            assert sent.accepted, (name, sent)
        else:
            assert reply == want, (name, reply, want)
        if sent.accepted:
            assert len(postfix.delivered(sent)) == deliveries, (name, sent)


def check_edits(postfix):
    for name, fields, want in EDITS:
        sent = postfix.send(mail(*fields))
        assert sent.accepted, (name, sent)
        [delivery] = postfix.delivered(sent)
        data = unreceived(delivery.data)
        want_all = want + b"From: a@example.org\r\nSubject: x\r\n\r\nHello.\r\n"
        assert data == want_all, (name, data, want_all)


def check_authors(postfix, daemon):
    for fields, want in (
            ([b"From: A <bad@example.net>"],
             "554 5.7.1 <bad@example.net>: Header From address rejected: "
             "an author"),
            ([b"From: a@example.net, (x)\n\tB <bad@example.net>"],
             "554 5.7.1 <bad@example.net>: Header From address rejected: "
             "an author"),
            ([b"From: x@mail.xn--bcher-kva.example"],
             "554 5.7.1 <x@mail.xn--bcher-kva.example>: Header From address "
             "rejected: a book"),
            (["From: x@bücher.example".encode()],
             "554 5.7.1 <x@b?cher.example>: Header From address rejected: "
             "a book"),
            ([b"Reply-To: bad@example.net"],
             "550 5.1.8 <bad@example.net>: Header Reply-To address rejected: "
             "no"),
            ([b"From: \"bad@example.net\" <a@example.net>"], None)):
        sent = postfix.send(mail(*fields))
        assert (None if sent.accepted else str(sent.reply)) == want, sent
    sent = postfix.send(mail(b"From: hold@example.net"))
    assert sent.accepted and sent.queue_id in postfix.held(), sent
    sent = postfix.send(mail(b"From: prepend@example.net"))
    [delivery] = postfix.delivered(sent)
    assert unreceived(delivery.data).startswith(
        b"X-Author: was listed\r\nFrom: prepend@"), delivery.data
    assert postfix.send(mail(b"From: watch@example.net")).accepted
    daemon.wait_log(r"\w+: reject_warning: header From: watch@example\.net "
                    r"from .*: 554 5\.7\.1 <watch@example\.net>: Header From "
                    r"address rejected: Access denied rule=\S+/authors:5$")


def check_bodies(postfix):
    for name, fields, body, reply, want in BODIES:
        sent = postfix.send(mail(*fields, body=body))
        if reply is not None:
            assert str(sent.reply) == reply, (name, str(sent.reply))
            continue
        assert sent.accepted, (name, sent)
        [delivery] = postfix.delivered(sent)
        got = delivery.data.split(b"\r\n\r\n", 1)[1]
        assert got == want, (name, got[:300], want[:300])


def check_envelopes(postfix):
    for name, sender, settings, want in ENVELOPES:
        sent = postfix.send(mail(), sender, ["b@example.com"], **settings)
        got = str(sent.rcpts[0] if sent.rcpts else sent.reply)
        assert got == want, (name, got, want)


def check_recipients(postfix):
    sent = postfix.send(mail(), "a@example.org",
                        ["no@example.com", "yes@example.com",
                         "no+yes@example.com", "no+x@example.com",
                         "later@example.com"])
    assert [reply.code for reply in sent.rcpts] == [
        554, 250, 250, 554, 450], sent
    assert str(sent.rcpts[4]) == ("450 4.2.0 <later@example.com>: Recipient "
                                  "address rejected: later"), sent
    [delivery] = postfix.delivered(sent)
    assert sorted(delivery.rcpts) == ["no+yes@example.com",
                                      "yes@example.com"], delivery


def rcpts_of(postfix, sent):
    return sorted(rcpt for delivery in postfix.delivered(sent)
                  for rcpt in delivery.rcpts)


def check_effects(postfix):
    to = ["one@example.com", "two@example.com"]
    cases = [
        ("redirect@example.org", mail(), ["elsewhere@example.net"]),
        ("bcc@example.org", mail(), sorted(to + ["copy@example.net"])),
        ("a@example.org", mail(b"X-Do: redirect r@example.net"),
         ["r@example.net"]),
        # After REDIRECT Postfix looks at no more of the message.
        ("a@example.org", mail(b"X-Do: redirect r@example.net",
                               b"X-Do: redirect s@example.net",
                               b"X-Do: reject"), ["r@example.net"]),
        # The last one wins: that of the header.
        ("redirect@example.org", mail(b"X-Do: redirect r@example.net"),
         ["r@example.net"]),
        ("a@example.org", mail(b"X-Do: bcc r@example.net",
                               b"X-Do: bcc s@example.net"),
         sorted(to + ["r@example.net", "s@example.net"])),
        ("discard@example.org", mail(), []),
    ]
    for sender, message, want in cases:
        sent = postfix.send(message, sender, to)
        assert sent.accepted, (sender, sent)
        assert rcpts_of(postfix, sent) == want, (sender, message, want)
    sent = postfix.send(mail(b"X-A: 1"), "prepend@example.org", to)
    [delivery] = postfix.delivered(sent)
    assert unreceived(delivery.data).startswith(
        b"X-Sender: was listed\r\nX-A: 1\r\n"), delivery.data


def check_holds(postfix):
    for sender, message in (("hold@example.org", mail()),
                            ("a@example.org", mail(b"X-Do: hold")),
                            ("a@example.org", mail(body=b"body hold\n"))):
        sent = postfix.send(message, sender)
        assert sent.accepted, sent
        assert postfix.delivered(sent) == []
        assert sent.queue_id in postfix.held(), sent
    # A reject that comes later wins.
    sent = postfix.send(mail(b"X-Do: hold", b"X-Do: reject"))
    assert sent.reply.code == 550, sent


def check_sizes(postfix, daemon):
    configure(daemon, {"message_size_limit": 2000, "header_size_limit": 300,
                       "visible_recipient_limit": 3, "hopcount_limit": 4})
    cases = [
        (mail(), None),
        (mail(body=b"x" * 900 + b"\n" + b"x" * 1200 + b"\n"),
         r"552 5\.3\.4 Message size \d+ .*exceeds the limit of 2000 bytes"),
        (mail(b"X-Long: " + b"x" * 292), None),
        (mail(b"X-Long: " + b"x" * 293),
         r"552 5\.3\.4 Header field size 301 exceeds header_size_limit 300"),
        (mail(b"To: a@b, c@d", b"Cc: e@f"), None),
        (mail(b"To: a@b, c@d", b"Cc: e@f, g@h"), r"550 5\.5\.3 4 addresses"),
        (mail(*[b"Received: by x"] * 4), None),
        (mail(*[b"Received: by x"] * 5), r"554 5\.4\.0 Too many hops"),
    ]
    for message, want in cases:
        sent = postfix.send(message)
        if want is None:
            assert sent.accepted, (message[:60], sent)
        else:
            assert re.match(want, str(sent.reply)), (want, sent)
    smtp = postfix.smtp()
    declared = smtp.command("MAIL FROM:<a@example.org> SIZE=2001")
    assert re.match(r"552 5\.3\.4 Message size 2001 \(declared\)",
                    str(declared)), declared
    assert smtp.command("MAIL FROM:<a@example.org> SIZE=2000").code == 250
    smtp.close()
    configure(daemon, {"header_size_limit": 300,
                       "header_size_action": "truncate"})
    sent = postfix.send(mail(b"X-Long: " + b"x" * 400, b"X-B: 2"))
    [delivery] = postfix.delivered(sent)
    assert unreceived(delivery.data).startswith(
        b"X-Long: " + b"x" * 292 + b"\r\nX-B: 2\r\n"), delivery.data


def check_shadow(postfix, daemon):
    configure(daemon, {"mode": "shadow"})
    for sender, message, log in (
            ("reject@example.org", mail(),
             r"NOQUEUE: would-reject: RCPT from unknown\[192\.0\.2\.1\]: "
             r"554 5\.7\.1 <reject@example\.org>: Sender .*; "
             r"from=<reject@example\.org> to=<\S+> helo=<\S+> "
             r"rule=\S+/senders:3$"),
            ("a@example.org", mail(b"X-Do: reject"),
             r"\w+: would-reject: header X-Do: reject from "),
            ("a@example.org", mail(b"X-Do: strip"), r"would-strip: header"),
            ("a@example.org", mail(b"X-Do: hold"), r"would-hold: header")):
        sent = postfix.send(message, sender)
        assert sent.accepted, sent
        [delivery] = postfix.delivered(sent)
        assert unreceived(delivery.data) == message.replace(b"\n", b"\r\n")
        daemon.wait_log(log)


def check_other_modes(postfix, daemon):
    configure(daemon, {"soft_bounce": True})
    assert str(postfix.send(mail(b"X-Do: reject")).reply).startswith(
        "450 4.7.1 message"), "soft_bounce"
    configure(daemon, {"delay_reject": False})
    sent = postfix.send(mail(), "reject@example.org")
    assert sent.mail.code == 554, sent
    sent = postfix.send(mail(), helo="liar.example")
    assert str(sent.reply).startswith("554 5.7.1 <liar.example>"), sent
    configure(daemon, {"trusted_relays": ["192.0.2.66", "192.0.2.1"]})
    sent = postfix.send(mail(b"X-Do: reject"), client="192.0.2.66")
    assert sent.accepted and sent.queue_id in postfix.held(), sent
    sent = postfix.send(mail(), "reject@example.org")
    assert sent.accepted and sent.queue_id in postfix.held(), sent
    configure(daemon, {"exempt": {
        "mynetworks": ["client"], "authenticated": ["client", "sender"],
        "recipients": ["inline:{postmaster@=OK}"]},
        "mynetworks": ["192.0.2.66/32"]})
    assert postfix.send(mail(), client="192.0.2.66").accepted
    assert postfix.send(mail(), "reject@example.org", client="192.0.2.67",
                        login="joe").accepted
    bad = mail(b"X-Do: reject")
    assert postfix.send(bad, rcpts=["postmaster@example.com"]).accepted
    assert not postfix.send(bad, rcpts=["postmaster@example.com",
                                        "x@example.com"]).accepted


def check_local(postfix, daemon):
    configure(daemon, {})
    message = (b"From: a@example.org\nTo: b@example.com\nSubject: x\n%s\n"
               b"Hello.\n")
    queue_id = postfix.sendmail(message % b"", "a@example.org",
                                ["no@example.com"])
    [delivery] = postfix.delivered(queue_id)
    assert delivery.rcpts == ["no@example.com"], delivery
    for sender, field in (("", b"X-Do: reject\n"),
                          ("a@example.org", b"X-Do: reject-soft\n"),
                          ("defer@example.org", b"")):
        queue_id = postfix.sendmail(message % field, sender,
                                    ["b@example.com"])
        assert postfix.delivered(queue_id) == []
        assert queue_id in postfix.held(), (sender, field)
    postfix.sendmail(message % b"X-Do: reject-text\n", "a@example.org",
                     ["b@example.com"])
    postfix.wait_log("milter-reject: .*no such thing here")


def check_log(daemon):
    log = daemon.log()
    for pattern in (
            r"\w+: reject: header X-Do: reject-text from unknown\["
            r"192\.0\.2\.1\]; from=<from@example\.org> to=<to@example\.net> "
            r"helo=<mail\.example\.org>: 550 5\.7\.1 no such thing here "
            r"rule=\S+/header_checks:3$",
            r"NOQUEUE: reject: RCPT from mail\.evil\.example\[192\.0\.2\.9\]: "
            r"554 5\.7\.1 .*: by name; from=<a@example\.org> "
            r"to=<b@example\.com> helo=<mail\.example\.org> "
            r"rule=\S+/names:1$",
            r"\w+: warning: header X-Do: warn from .*: just so rule=",
            r"\w+: reject: body body reject from "):
        assert re.search(pattern, log, re.M), pattern


def main():
    with Postern() as daemon, Postfix({
            "smtpd_milters": daemon.main_cf, "hopcount_limit": "1000",
            "non_smtpd_milters": daemon.main_cf}) as postfix:
        configure(daemon, {})
        check_headers(postfix)
        check_authors(postfix, daemon)
        check_edits(postfix)
        check_bodies(postfix)
        check_envelopes(postfix)
        check_recipients(postfix)
        check_effects(postfix)
        check_holds(postfix)
        check_log(daemon)
        check_sizes(postfix, daemon)
        check_shadow(postfix, daemon)
        check_other_modes(postfix, daemon)
        check_local(postfix, daemon)
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""postern serve: what it says to the mail server, event by event, and what it
bears: broken packets, clients that vanish or dribble, thousands at a time.

    test_protocol.py [NAME...]        only the tests whose names hold one
"""
import os
import random
import re
import struct
import sys
import time

import milter_protocol
import named_tests
from crowd import Crowd
from milter_client import Client, Closed, Edit
from postern import Postern

PATIENCE = 60
ENVELOPE = ("<a@example.org>", ["<b@example.net>"])
CHECKS = r"""/^Subject: reject/ REJECT no 100% of %s
/^Subject: tempfail/ REJECT 4.7.0 later
/^Subject: digits/ REJECT 3 strikes
/^Subject: discard/ DISCARD
/^Subject: hold/ HOLD look at it
/^Subject: redirect/ REDIRECT other@example.net
/^Subject: bcc/ BCC copy@example.net
/^Subject: both/ BCC copy@example.net
/^X-Redirect:/ REDIRECT other@example.net
/^X-Strip:/ STRIP
/^X-Replace: (.*)/ REPLACE X-Replaced: $1
/^X-Same:(.*)/ REPLACE X-Same: new$1
/^X-Prepend:/ PREPEND X-Above: yes
/^X-Space:  two$/ WARN two blanks
/^X-None:none$/ WARN no blank
/^X-Fold: a\n\tb$/ WARN folded
/^X-Long: (x{59000})/ WARN long
/^X-Nul: a$/ WARN cut at NUL
"""
BODY = r"""/^reject me$/ REJECT body
/^replace me$/ REPLACE replaced
/^delete me$/ IGNORE
"""


class Filter(Postern):
    """postern with a rule for everything."""

    def __init__(self, address="inet", **settings):
        self.settings = settings
        super().__init__({}, address)

    def write_conf(self, conf):
        super().write_conf({
            "header_checks": ["pcre:" + self.write_file("checks", CHECKS)],
            "body_checks": ["pcre:" + self.write_file("body", BODY)],
            "header_size_limit": 200000,
            **self.settings, **conf})

    def greeted(self, **options):
        conv = Client(self.address, timeout=PATIENCE,
                      **options).connect("mail.example.org", "192.0.2.1")
        conv.helo()
        return conv

    def send(self, message, **options):
        conv = self.greeted(**options)
        result = conv.deliver(*ENVELOPE, message)
        conv.quit()
        return result


def subject(word, more=b""):
    return b"Subject: " + word.encode() + b"\r\n" + more + b"\r\nx\r\n"


CONTENT = [
    ("pass", ("accept", 0, "", "")),
    ("reject", ("reject", 550, "5.7.1", "no 100% of %s")),
    ("tempfail", ("tempfail", 451, "4.7.0", "later")),
    ("digits", ("reject", 550, "5.7.1", "3 strikes")),
    ("discard", ("discard", 0, "", "")),
]

EDITS = [
    (b"Subject: hold", [Edit("quarantine", reason="look at it")]),
    (b"Subject: redirect", [Edit("delrcpt", address="<b@example.net>"),
                            Edit("addrcpt", address="other@example.net")]),
    (b"Subject: bcc", [Edit("addrcpt_par", address="copy@example.net",
                            args="NOTIFY=NEVER")]),
    (b"X-Strip: 1", [Edit("chgheader", name="X-Strip", index=1, value="")]),
    (b"X-Same: 1\r\nX-Pass: 1\r\nX-Same: 2",
     [Edit("chgheader", name="X-Same", index=1, value=" new 1"),
      Edit("chgheader", name="X-Same", index=2, value=" new 2")]),
    (b"X-Prepend: 1", [Edit("insheader", name="X-Above", index=1,
                            value=" yes")]),
]


def test_content_verdicts():
    with Filter() as daemon:
        conv = daemon.greeted()
        # All in one connection, so that no reply outlives its message.
        for _ in range(2):
            for word, want in CONTENT:
                result = conv.deliver(*ENVELOPE, subject(word))
                reply = result.reply
                assert (result.verdict, reply.code, reply.dsn,
                        reply.text) == want, (word, result)
        conv.quit()
        for message, want in EDITS:
            result = daemon.send(message + b"\r\n\r\nx\r\n")
            assert result.verdict == "accept", result
            assert sorted(map(repr, result.edits)) == sorted(
                map(repr, want)), (message, result.edits)


def test_both_redirect_and_copy():
    with Filter() as daemon:
        result = daemon.send(subject("both", b"X-Redirect: 1\r\n"))
        args = {edit.address: edit.args for edit in result.edits
                if edit.op in ("addrcpt", "addrcpt_par")}
        assert args.get("other@example.net", "") is None, result


def test_body():
    with Filter() as daemon:
        message = b"Subject: x\r\n\r\n%s\r\nlast\r\n"
        result = daemon.send(message % b"reject me")
        assert result.reply.code == 550, result
        for cut in (None, 1, 2, 3, [8, 9], 65535):
            conv = daemon.greeted()
            result = conv.deliver(*ENVELOPE, message %
                                  b"replace me\r\ndelete me", cut)
            body = b"".join(edit.body for edit in result.edits
                            if edit.op == "replbody")
            assert body == b"replaced\r\nlast\r\n", (cut, result)
            conv.quit()
        # An empty new body must be said, too.
        result = daemon.send(b"Subject: x\r\n\r\ndelete me\r\n")
        assert result.edits == [Edit("replbody", body=b"")], result
        # A long one comes in pieces.
        text = b"0123456789abcdef\r\n" * 20000
        result = daemon.send(message % (b"replace me\r\n" + text[:-2]))
        body = b"".join(edit.body for edit in result.edits)
        assert body == b"replaced\r\n" + text + b"last\r\n"
        assert len(result.edits) > 3


def test_early_verdicts():
    conf = {"delay_reject": False,
            "client_access": ["inline:{192.0.2.9=REJECT,"
                              " {192.0.2.8 = 421 4.7.0 go}}"],
            "helo_access": ["inline:{bad.example=REJECT}"],
            "sender_access": ["inline:{{no@example.org = 550 5.1.8 no}}"],
            "recipient_access": ["inline:{no@example.net=REJECT,"
                                 " wait@example.net=DEFER,"
                                 " gone@example.net=DISCARD}"]}
    with Filter(**conf) as daemon:
        client = Client(daemon.address, timeout=PATIENCE)
        reply = client.connect("x.example", "192.0.2.9").stages["connect"]
        assert (reply.verdict, reply.code) == ("reject", 554), reply
        reply = client.connect("x.example", "192.0.2.8").stages["connect"]
        assert reply.code == 421, reply
        # IPv4 in IPv6's clothes is IPv4.
        reply = client.connect("x.example",
                               "::ffff:192.0.2.9").stages["connect"]
        assert reply.code == 554, reply
        conv = client.connect("x.example", "192.0.2.1")
        assert conv.helo("bad.example").code == 554
        conv = client.connect("x.example", "192.0.2.1")
        conv.helo("good.example")
        reply = conv.mail("<no@example.org>")
        assert (reply.code, reply.dsn) == (550, "5.1.8"), reply
        # The transaction is over, the conversation is not.
        assert conv.mail("<a@example.org>").verdict == "continue"
        assert conv.rcpt("<no@example.net>").code == 554
        assert conv.rcpt("<wait@example.net>").code == 450
        assert conv.rcpt("<b@example.net>").verdict == "continue"
        assert conv.send_message(subject("pass")).verdict == "accept"
        # DISCARD at RCPT is the whole message's.
        result = conv.deliver("<a@example.org>",
                              ["<b@example.net>", "<gone@example.net>"],
                              subject("reject"))
        assert result.verdict == "discard", result
        assert conv.deliver(*ENVELOPE, subject("reject")).verdict == "reject"


def test_delayed_verdicts():
    conf = {"client_access":
            ["inline:{192.0.2.1=REJECT, 127.0.0.1=REJECT}"]}
    with Filter(**conf) as daemon:
        conv = daemon.greeted()
        assert conv.stages["connect"].verdict == "continue"
        assert conv.mail("<a@example.org>").verdict == "continue"
        assert conv.rcpt("<b@example.net>").code == 554
        conv.quit()
        # sendmail(1): no {client_resolve}, so the client is not asked for.
        conv = Client(daemon.address, timeout=PATIENCE).negotiate()
        conv.connect_local()
        result = conv.deliver("a@example.org", ["b@example.net"],
                              subject("pass"))
        assert result.verdict == "accept", result
        conv.quit()
        # A server that cannot be asked for macros has SMTP clients.
        actions = milter_protocol.POSTFIX_ACTIONS & ~milter_protocol.SETSYMLIST
        conv = daemon.greeted(actions=actions)
        conv.mail("<a@example.org>")
        assert conv.rcpt("<b@example.net>").code == 554
        conv.quit()


def test_declared_size_and_login():
    conf = {"message_size_limit": 1000, "exempt": {"authenticated": ["size"]}}
    with Filter(**conf) as daemon:
        conv = daemon.greeted()
        assert conv.mail("<a@b.c>", "SIZE=1000").verdict == "continue"
        reply = conv.mail("<a@b.c>", "BODY=8BITMIME", "size=1001")
        assert (reply.code, reply.dsn) == (552, "5.3.4"), reply
        reply = conv.mail("<a@b.c>", "SIZE=99999999999999999999999")
        assert reply.code == 552, reply
        conv.login("somebody")
        assert conv.mail("<a@b.c>", "SIZE=1001").verdict == "continue"
        conv.quit()


def test_transactions():
    """RSET everywhere, HELO again, refused recipients, MAIL after MAIL."""
    steps = [lambda c: c.mail("<a@example.org>"),
             lambda c: c.rcpt("<b@example.net>"),
             lambda c: c.data(),
             lambda c: c.header("Subject", " reject"),
             lambda c: c.eoh()]
    with Filter() as daemon:
        conv = daemon.greeted()
        for count in range(len(steps) + 1):
            for step in steps[:count]:
                step(conv)
            conv.abort()
            assert conv.deliver(*ENVELOPE,
                                subject("pass")).verdict == "accept"
            for step in steps[:count]:
                step(conv)
            assert conv.helo("again.example").verdict == "continue"
            assert conv.deliver(*ENVELOPE,
                                subject("reject")).verdict == "reject"
        conv.mail("<a@example.org>")
        conv.mail("<c@example.org>")
        conv.rcpt("<b@example.net>")
        assert conv.send_message(subject("reject")).verdict == "reject"
        daemon.wait_log("from=<c@example.org> to=<b@example.net> "
                        "helo=<again.example>")
        conv.quit()


def test_log_lines():
    """The queue ID is there at the first header field already."""
    with Filter(address="local") as daemon:
        daemon.send(subject("reject"))
        found = daemon.wait_log(
            r"4ABCDEF123: reject: header Subject: reject from "
            r"mail\.example\.org\[192\.0\.2\.1\]; from=<a@example\.org> "
            r"to=<b@example\.net> helo=<[^>]*>: 550 5\.7\.1 no 100% of %s "
            r"rule=\S+/checks:1$")
        assert found
        # Nothing that comes from outside breaks a line.
        conv = daemon.greeted()
        conv.helo("evil\n1970 postern: faked\x1b[31m")
        conv.deliver("<a\nb@example.org>", ["<c\rd@example.net>"],
                     subject("reject"))
        conv.quit()
        daemon.wait_log(r"helo=<evil\?1970\?postern:\?faked\?\[31m>")
        for line in daemon.log().splitlines():
            assert re.match(r"\d{4}-\d\d-\d\dT", line), line


def test_leading_space():
    with Filter() as daemon:
        message = (b"X-Space:  two\r\nX-None:none\r\nX-Fold: a\r\n\tb\r\n"
                   b"\r\nx\r\n")
        daemon.send(message)
        for text in ("two blanks", "no blank", "folded"):
            daemon.wait_log("warning: .*: %s rule=" % text)
        # Without it all look as if there had been one, and edits fit.
        old = milter_protocol.POSTFIX_PROTOCOL & ~milter_protocol.HDR_LEADSPC
        seen = len(daemon.log())
        result = daemon.send(message, protocol=old)
        assert result.verdict == "accept"
        assert "no blank" not in daemon.log()[seen:]
        result = daemon.send(b"X-Same: 1\r\n\r\nx\r\n", protocol=old)
        assert result.edits == [Edit("chgheader", name="X-Same", index=1,
                                     value="new 1")], result


def test_old_servers():
    """Whoever offers less is asked for less."""
    everything = milter_protocol.POSTFIX_ACTIONS
    with Filter() as daemon:
        for version, actions, protocol in (
                (6, everything, 0), (2, 0x3f, 0x7f), (2, 0x0f, 0x3f),
                (6, everything, 0x1fffff & ~milter_protocol.SKIP),
                (4, everything, 0x3ff)):
            result = daemon.send(subject("reject"), version=version,
                                 actions=actions, protocol=protocol)
            assert result.reply.code == 550, (version, result)
            result = daemon.send(subject("pass"), version=version,
                                 actions=actions, protocol=protocol)
            assert result.verdict == "accept", (version, result)


EVERY_REPLY = sum(no_reply for _, _, no_reply
                  in milter_protocol.STAGES.values())
# Settings beside those of Filter; the stages that do not come, and those
# that are answered.
NEGOTIATED = [
    ({}, "unknown data", "rcpt"),
    ({"recipient_limit": 0}, "unknown data", ""),
    ({"mode": "shadow"}, "unknown data", "mail"),
    ({"header_checks": [], "body_checks": []}, "unknown data body", "rcpt"),
    ({"header_checks": [], "body_checks": [], "header_size_limit": 0,
      "header_total_limit": 0, "header_count_limit": 0, "hopcount_limit": 0},
     "unknown data header eoh body", "rcpt"),
    ({"header_checks": []}, "unknown data", "rcpt"),
    ({"message_size_limit": 1000}, "unknown data", "mail rcpt"),
    ({"delay_reject": False, "client_access": ["inline:{x=REJECT}"],
      "helo_access": ["inline:{x=REJECT}"]},
     "unknown data", "connect helo mail rcpt"),
    ({"exempt": {"mynetworks": ["header", "body"]}},
     "unknown data", "rcpt body"),
    ({"hard_error_limit": 5}, "data", "helo mail rcpt unknown"),
    ({"soft_error_limit": 5}, "data", "helo mail rcpt unknown"),
]


def test_negotiated():
    """What is not needed is neither sent nor answered."""
    for settings, left_out, answered in NEGOTIATED:
        want = milter_protocol.SKIP | milter_protocol.HDR_LEADSPC
        want |= milter_protocol.RCPT_REJ if "unknown" in answered else 0
        for stage, (_, leave_out, no_reply) in milter_protocol.STAGES.items():
            want |= leave_out if stage in left_out.split() else 0
            if stage not in answered.split():
                want |= no_reply
        with Filter(**settings) as daemon:
            conv = Client(daemon.address, timeout=PATIENCE).negotiate()
            assert conv.protocol == want, (
                settings, hex(conv.protocol), hex(want))
            conv.quit()


def test_place_is_known_early():
    """Only those for whom there is none wait for a reply to CONNECT."""
    for mode, verdict in (("enforce", "tempfail"), ("shadow", "accept")):
        with Filter(session_limit=1, mode=mode) as daemon:
            client = Client(daemon.address, timeout=PATIENCE)
            first, second = client.negotiate(), client.negotiate()
            assert first.protocol & milter_protocol.NR_CONN
            assert not second.protocol & milter_protocol.NR_CONN
            assert second.connect().verdict == verdict
            second.quit()
            assert first.connect().kind == "none"
            assert first.deliver(*ENVELOPE, subject("pass")
                                 ).verdict == "accept"
            first.quit()


def test_macros():
    """No more than what is used, where it is used."""
    bare = {"exempt": {"authenticated": [], "recipients": []}}
    maps = ["inline:{x=REJECT}"]
    for settings, want in (
            (bare, ("{client_resolve}", "i", "i")),
            ({}, ("{client_resolve}", "i {auth_authen}", "i {rcpt_addr}")),
            ({**bare, "reverse_client_access": maps},
             ("{client_resolve} {client_ptr}", "i", "i")),
            ({**bare, "sender_access": maps},
             ("{client_resolve}", "i {mail_addr}", "i")),
            ({**bare, "login_access": maps, "sender_access": maps},
             ("{client_resolve}", "i {auth_authen} {mail_addr}", "i")),
            ({**bare, "recipient_access": maps},
             ("{client_resolve}", "i", "i {rcpt_addr}"))):
        with Filter(**settings) as daemon:
            conv = Client(daemon.address, timeout=PATIENCE).negotiate()
            assert conv.symlist == {
                "connect": want[0], "helo": "{none}", "mail": want[1],
                "rcpt": want[2], "data": "{none}", "eoh": "i",
                "eom": "i"}, (settings, conv.symlist)
            conv.quit()


def random_settings(chance):
    """Any of what verdicts come from, at any stage."""
    maybe = {
        "client_access": ["inline:{192.0.2.9=REJECT, 192.0.2.8=HOLD}"],
        "helo_access": ["inline:{bad.example=REJECT}"],
        "sender_access": ["inline:{no@example.org=REJECT,"
                          " held@example.org=HOLD,"
                          " gone@example.org=DISCARD}"],
        "login_access": ["inline:{mallory=DEFER}"],
        "recipient_access": ["inline:{no@example.net=REJECT,"
                             " gone@example.net=DISCARD}"],
        "header_from_access": ["inline:{no@example.org=REJECT}"],
        "message_size_access": ["inline:{no@example.net=100}"],
        "message_size_limit": 300, "header_size_limit": 40,
        "header_count_limit": 2, "body_line_limit": 60,
        "visible_recipient_limit": 1,
        "delay_reject": False, "soft_bounce": True, "header_checks": [],
        "body_checks": [], "body_checks_size_limit": 20,
        "message_size_action": "quarantine",
        "header_size_action": "truncate",
        "exempt": {"mynetworks": ["body", "header", "size", "client"],
                   "authenticated": ["body", "size"]},
        "mynetworks": ["192.0.2.7"],
    }
    share = chance.choice([0.1, 0.2, 0.35])
    settings = {name: maybe[name] for name in maybe
                if chance.random() < share}
    settings["recipient_limit"] = chance.choice([0, 0, 1, 1000])
    if chance.random() < 0.5:
        settings = {"header_size_limit": 0, "header_total_limit": 0,
                    "header_count_limit": 0, "hopcount_limit": 0,
                    "header_checks": [], "body_checks": [], **settings}
    return settings


def random_mail(chance):
    """(client, HELO, login, sender, recipients, MAIL's arguments, bytes)"""
    fields = [chance.choice(["Subject: %s" % word for word in (
        "pass", "reject", "tempfail", "discard", "hold", "redirect", "bcc")]
        + ["From: no@example.org", "To: a@b, c@d", "X-Strip: 1",
           "X-Prepend: 1", "X-Replace: 1", "X-Long: " + "y" * 50,
           "Content-Type: multipart/mixed; boundary=b"])
        for _ in range(chance.randrange(4))]
    lines = [chance.choice(["reject me", "replace me", "delete me", "--b",
                            "", "x", "z" * 70, "X-Strip: in part"])
             for _ in range(chance.choice([0, 1, 3, 20]))]
    text = "".join(line + "\r\n" for line in fields + [""] + lines)
    return (chance.choice(["192.0.2.1", "192.0.2.7", "192.0.2.8",
                           "192.0.2.9"]),
            chance.choice(["mx.example", "bad.example"]),
            chance.choice(["", "", "alice", "mallory"]),
            chance.choice(["<a@example.org>", "<no@example.org>", "<>",
                           "<held@example.org>", "<gone@example.org>"]),
            [chance.choice(["<b@example.net>", "<no@example.net>",
                            "<gone@example.net>", "<postmaster@x.example>"])
             for _ in range(chance.choice([1, 1, 2]))],
            chance.choice([(), ("SIZE=50",), ("SIZE=500",)]), text.encode())


def outcome_for(daemon, mail, **offer):
    """All that the mail server and its client would notice."""
    address, helo, login, sender, rcpts, args, data = mail
    conv = Client(daemon.address, timeout=PATIENCE, **offer).negotiate()
    replies = [conv.connect("mail.example.org", address)]
    replies.append(conv.helo(helo))
    conv.login(login)
    result = None
    if not conv.connection_reply:
        result = conv.deliver(sender, rcpts, data, 20, args)
        replies += [reply for _, reply in result.rcpts] + [result.reply]
    conv.quit()
    words = [(reply.verdict, reply.smtp) for reply in replies]
    if result is None:
        return words
    return words + [result.verdict, sorted(map(repr, result.edits))]


def test_whatever_is_offered():
    """No mail's fate hangs on which of the options a mail server has."""
    seed = int(os.environ.get("SEED", "4"))
    chance = random.Random(seed)
    print("seed %d" % seed)
    everything = milter_protocol.POSTFIX_PROTOCOL
    fates = {}
    for _ in range(int(os.environ.get("COUNT", "60"))):
        with Filter(**random_settings(chance)) as daemon:
            for _ in range(15):
                mail = random_mail(chance)
                want = outcome_for(daemon, mail)
                fates[repr(want[-2:])] = 1 + fates.get(repr(want[-2:]), 0)
                offers = [
                    {"protocol": milter_protocol.HDR_LEADSPC},
                    {"protocol": everything & ~EVERY_REPLY},
                    {"protocol": chance.getrandbits(21)
                     | milter_protocol.HDR_LEADSPC}]
                for offer in offers:
                    got = outcome_for(daemon, mail, **offer)
                    assert got == want, (daemon.settings, mail, offer, got,
                                         want)
                # Edits have no leading space then, and no silent copies.
                got = outcome_for(daemon, mail, version=2, actions=0x3f,
                                  protocol=0x7f)
                assert got[:-1] == want[:-1], (daemon.settings, mail, got,
                                               want)
    print("%d different ends" % len(fates))
    assert len(fates) > 20, fates


def test_edits_that_cannot_be_made():
    """The message waits; it is neither lost nor passed unchanged."""
    with Filter() as daemon:
        for action, word in ((milter_protocol.QUARANTINE, "hold"),
                             (milter_protocol.DELRCPT, "redirect"),
                             (milter_protocol.ADDRCPT, "redirect")):
            result = daemon.send(
                subject(word),
                actions=milter_protocol.POSTFIX_ACTIONS & ~action)
            assert (result.verdict, result.reply.code) == (
                "tempfail", 451), result
            daemon.wait_log("the mail server does not take")
        # A copy without NOTIFY= is still one.
        result = daemon.send(
            subject("bcc"), actions=milter_protocol.POSTFIX_ACTIONS
            & ~milter_protocol.ADDRCPT_PAR)
        assert result.edits == [Edit("addrcpt",
                                     address="copy@example.net")], result
        result = daemon.send(
            b"X-Replace: 1\r\n\r\nx\r\n",
            actions=milter_protocol.POSTFIX_ACTIONS & ~milter_protocol.CHGHDRS)
        assert result.verdict == "tempfail", result


def test_long_and_odd_bytes():
    with Filter() as daemon:
        options = {"field_limit": None}
        for size in (65534, 65535, 65536, 102400, 190000):
            result = daemon.send(b"X-Long: " + b"x" * size + b"\r\n\r\nx\r\n",
                                 **options)
            assert result.verdict == "accept", (size, result)
        daemon.wait_log("warning: header X-Long: x+")
        daemon.send(b"X-Nul: a\0b\r\n\r\na\0b\r\n")
        daemon.wait_log("cut at NUL")
        result = daemon.send(b"Subject: x\r\n\r\n\0\0\r\nreject me\r\n")
        assert result.verdict == "reject", result
        for at in range(14):
            conv = daemon.greeted()
            result = conv.deliver(*ENVELOPE, b"Subject: x\r\n\r\n"
                                  b"reject me\r\nx\r\n", [at])
            assert result.verdict == "reject", (at, result)
            conv.quit()
        result = daemon.send(b"Subject: x\r\n\r\n" + b"y" * 300000 + b"\r\n")
        assert result.verdict == "accept", result
        # A packet of more than a megabyte ends the connection.
        conv = daemon.greeted()
        conv.mail("<a@b>")
        conv.rcpt("<b@c>")
        try:
            conv.packet("L", b"X: " + b"x" * (1 << 20))
        except Closed:
            pass
        assert conv.closed()


BROKEN = [
    (b"", None), (b"O", None), (b"O\0\0", None), (b"C", None),
    (b"C\0", None), (b"Cname\0004\0", None), (b"Cname\0004\0\0bad\0", None),
    (b"Cname\0U\0", None), (b"Cname\0L\0\0/x\0", None), (b"H", None),
    (b"Hno end", None), (b"L", None), (b"Lname", None),
    (b"Lname\0value", None), (b"L\0\0", None), (b"M", None), (b"M\0", None),
    (b"Mno end", None), (b"R<b@c>\0", None), (b"R\0", None), (b"D", None),
    (b"DM", None), (b"DMa", None), (b"DMa\0b", None), (b"DMi\0", None),
    (b"B", None), (b"Bx\r\n", None), (b"E", None), (b"Ex\r\n", None),
    (b"N", None), (b"T", None), (b"A", None), (b"K", None), (b"Q", None),
    (b"U", None), (b"Unoop\0", None), (b"\xff", None), (b"X" * 100, None),
    (b"M<a>\0", 0), (b"M<a>\0", 0xffffffff), (b"M<a>\0", 0x7fffffff),
    (b"M<a>\0", 2 << 20), (b"M<a>\0", 1000),
]


def test_broken_packets():
    """The connection may end; the filter does not."""
    with Filter() as daemon:
        client = Client(daemon.address, timeout=PATIENCE)

        def envelope():
            conv = client.connect()
            conv.mail("<a@b>")
            conv.rcpt("<b@c>")
            return conv
        for data, length in BROKEN:
            for opened in (client.open, client.negotiate, client.connect,
                           envelope):
                conv = opened()
                conv.packet(data[:1], data[1:], length)
                conv.vanish()
        assert daemon.send(subject("reject")).verdict == "reject"


def test_out_of_order():
    """Every pair and triple of events, whether they follow or not."""
    connect = b"Cx\0004\x12\x34192.0.2.1\0"
    events = [connect, b"Hx\0", b"M<a@b>\0", b"R<b@c>\0", b"T", b"LA\0 b\0",
              b"N", b"Bx\r\n", b"E", b"A", b"Unoop\0", b"K",
              b"O" + struct.pack(">III", 6, 0x1ff, 0x1fffff)]
    with Filter(address="local") as daemon:
        client = Client(daemon.address, timeout=PATIENCE)
        for opened in (client.open, client.negotiate, client.connect):
            for first in events:
                for second in events:
                    conv = opened()
                    for data in (first, second, b"Ex\r\n", second, first):
                        conv.packet(data[:1], data[1:])
                    if first in events[3:8]:
                        conv.vanish()
                    else:
                        conv.quit()
        daemon.wait_log("sent .* where none can be")
        # A new CONNECT without new options: the mail has to wait.
        conv = client.connect()
        assert conv.deliver(*ENVELOPE, subject("pass")).verdict == "accept"
        conv.packet("K")
        conv.packet(connect[:1], connect[1:])
        for data in events[1:8]:
            conv.packet(data[:1], data[1:])
        conv.packet("E")
        replies = [conv.read_packet()[0] for _ in range(2)]
        assert replies == ["c", "t"], replies
        assert daemon.send(subject("reject")).verdict == "reject"


def test_vanishing():
    steps = [lambda c: c.helo(), lambda c: c.mail("<a@b>"),
             lambda c: c.rcpt("<b@c>"), lambda c: c.data(),
             lambda c: c.header("A", " b"), lambda c: c.eoh(),
             lambda c: c.body(b"replace me\r\n"),
             lambda c: c.raw(b"\0\0\1\0B" + b"half a packet")]
    with Filter(session_limit=4) as daemon:
        client = Client(daemon.address, timeout=PATIENCE)
        for _ in range(3):
            client.open().vanish()
            client.negotiate().vanish()
            for count in range(len(steps) + 1):
                for leave in ("vanish", "quit"):
                    conv = client.connect()
                    for step in steps[:count]:
                        step(conv)
                    getattr(conv, leave)()
                    time.sleep(0.01)
        # All places and all open messages have been given back.
        time.sleep(0.5)
        convs = [client.connect() for _ in range(4)]
        for conv in convs:
            assert conv.stages["connect"].verdict == "continue"
            assert conv.deliver(*ENVELOPE,
                                subject("reject")).verdict == "reject"
            conv.quit()
        # Edits for somebody who does not read them.
        conv = client.connect()
        conv.mail("<a@b>")
        conv.rcpt("<b@c>")
        for _ in range(200):
            conv.header("X-Replace", " 1" * 1000)
        conv.begin("eoh")
        conv.begin("eom")
        conv.vanish()
        assert daemon.send(subject("reject")).verdict == "reject"
        begin = time.monotonic()
    assert time.monotonic() - begin < 20


def test_dribbling():
    with Filter() as daemon:
        slow = Client(daemon.address, timeout=PATIENCE, dribble=True,
                      pause=0.001).negotiate()
        slow.connect()
        for word, want in CONTENT[:3]:
            assert slow.deliver(*ENVELOPE,
                                subject(word)).verdict == want[0]
            # Meanwhile others are served.
            assert daemon.send(subject(word)).verdict == want[0]
        slow.raw(b"\0\0\0\5")
        assert daemon.send(subject("reject")).verdict == "reject"
        slow.vanish()


def crowd_size(daemon):
    """As many as this machine allows, at most 3000."""
    with open("/proc/%d/limits" % daemon.pid) as file:
        files = int(re.search(r"Max open files\s+(\d+)", file.read())[1])
    return min(3000, files // 2 - 100)


def test_thousands():
    with Filter(session_limit=5000) as daemon:
        count = crowd_size(daemon)
        client = Client(daemon.address, timeout=PATIENCE)
        with Crowd(client, count) as crowd:
            for stage, *args in (
                    ("helo", "x"), ("mail", "<a@b>"), ("rcpt", "<b@c>"),
                    ("data",), ("header", "Subject", " reject"), ):
                replies = crowd.each(stage, *args)
                assert all(reply.verdict == "continue" for reply in replies)
            crowd.each("eoh")
            replies = crowd.each("eom")
            assert len(replies) == count
            assert all(reply.code == 550 for reply in replies)
            idle = daemon.rss() / count
            print("%d conversations, %.1f KiB each" % (count, idle / 1024))
        assert daemon.send(subject("reject")).verdict == "reject"


if __name__ == "__main__":
    sys.exit(named_tests.run(globals(), sys.argv[1:]))

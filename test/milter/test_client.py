#!/usr/bin/env python3
"""Proves the milter client with the filter that does nothing: all that the
client can do towards a filter is done, and the filter is there afterwards."""
import os
import struct
import sys
import time

from milter_client import (Client, Closed, Crowd, Edit, Message, apply,
                           split_message)
from milter_protocol import ADDHDRS
from postern import Filter

MESSAGE = (b"Received: from a\r\n\tby b\r\nSubject:no blank\r\n"
           b"X-Fold:  two\r\n  blanks \r\n\r\nline one\r\n\r\nline two\r\n")

SPLIT = [
    ("plain", b"A: b\r\n\r\nc\r\n", [("A", " b")], b"c\r\n"),
    ("LF only", b"A: b\n\nc\n", [("A", " b")], b"c\r\n"),
    ("no end", b"A: b\n\nc", [("A", " b")], b"c\r\n"),
    ("fold", b"A: b\r\n\tc\r\n  d\r\n\r\n", [("A", " b\n\tc\n  d")], b""),
    ("no body", b"A: b\r\n", [("A", " b")], b""),
    ("no header", b"\r\nx\r\n", [], b"x\r\n"),
    ("no empty line", b"A: b\r\nnot a field\r\n", [("A", " b")],
     b"not a field\r\n"),
    ("blank before colon", b"A : b\r\n\r\n", [("A", " b")], b""),
    ("no blank", b"A:b\r\n\r\n", [("A", "b")], b""),
    ("mbox line", b"From x y\r\nA: b\r\n\r\n",
     [("X-Mailbox-Line", " From x y"), ("A", " b")], b""),
    ("dropped", b"Bcc: a\r\nReturn-Path: <b>\r\nA: b\r\n\r\n", [("A", " b")],
     b""),
    ("eight bits", b"A: \xe9\r\n\r\n\xff\r\n", [("A", " \xe9")],
     b"\xff\r\n"),
]

APPLY = [
    ("nothing", [], b"A: 1\r\nB: 2\r\nA: 3\r\n\r\nx\r\n"),
    ("addheader", [Edit("addheader", name="C", value=" 4")],
     b"A: 1\r\nB: 2\r\nA: 3\r\nC: 4\r\n\r\nx\r\n"),
    ("insheader 1", [Edit("insheader", index=1, name="C", value=" 4")],
     b"C: 4\r\nA: 1\r\nB: 2\r\nA: 3\r\n\r\nx\r\n"),
    ("insheader 2", [Edit("insheader", index=2, name="C", value=" 4")],
     b"A: 1\r\nC: 4\r\nB: 2\r\nA: 3\r\n\r\nx\r\n"),
    ("insheader past", [Edit("insheader", index=9, name="C", value=" 4")],
     b"A: 1\r\nB: 2\r\nA: 3\r\nC: 4\r\n\r\nx\r\n"),
    ("chgheader", [Edit("chgheader", index=2, name="a", value=" 4")],
     b"A: 1\r\nB: 2\r\na: 4\r\n\r\nx\r\n"),
    ("delete", [Edit("chgheader", index=1, name="A", value="")],
     b"B: 2\r\nA: 3\r\n\r\nx\r\n"),
    ("chgheader past", [Edit("chgheader", index=3, name="A", value=" 4")],
     b"A: 1\r\nB: 2\r\nA: 3\r\nA: 4\r\n\r\nx\r\n"),
    ("replbody", [Edit("replbody", body=b"y\r"), Edit("replbody",
                                                      body=b"\nz")],
     b"A: 1\r\nB: 2\r\nA: 3\r\n\r\ny\r\nz\r\n"),
]


def split_is_right():
    for name, data, fields, body in SPLIT:
        assert split_message(data) == (fields, body), (
            name, split_message(data))


def apply_is_right():
    for name, edits, want in APPLY:
        made = apply(b"A: 1\r\nB: 2\r\nA: 3\r\n\r\nx\r\n", edits)
        assert made.data() == want, (name, made.data())
    message = Message([], b"", "<a@b>", ["<c@d>", "<e@f>"])
    made = apply(message, [Edit("delrcpt", address="<c@d>"),
                           Edit("addrcpt", address="<g@h>"),
                           Edit("chgfrom", address="<i@j>"),
                           Edit("quarantine", reason="why")])
    assert (made.sender, made.rcpts, made.quarantine) == (
        "<i@j>", ["<e@f>", "<g@h>"], "why")


def ordinary(client):
    conv = client.connect()
    assert conv.stages["connect"].verdict == "continue"
    assert conv.helo().verdict == "continue"
    for _ in range(3):
        result = conv.deliver("<a@example.org>",
                              ["<b@example.net>", "<c@example.net>"], MESSAGE)
        assert result.verdict == "accept" and result.stage == "eom", result
        assert result.edits == [] and len(result.accepted) == 2
    conv.mail("<>")
    conv.abort()
    assert conv.deliver("<>", ["<b@c>"], MESSAGE).verdict == "accept"
    conv.quit()


def message_of(client, message, cuts=None):
    conv = client.connect(None, "2001:db8::1")
    conv.helo()
    result = conv.deliver("<a@b>", ["<b@c>"], message, cuts)
    assert result.verdict == "accept", result
    conv.quit()


def odd_messages(client):
    client.field_limit = None
    message_of(client, b"X: " + b"x" * 100000 + b"\r\n\r\nx\r\n")
    message_of(client, b"X: a\0b\r\n\r\na\0b\r\n")
    message_of(client, Message([("X", " a\rb\rc")], b"bare\rbare\nend"))
    body = MESSAGE.partition(b"\r\n\r\n")[2]
    for at in range(len(body) + 1):
        message_of(client, MESSAGE, [at])
    message_of(client, MESSAGE, 1)
    message_of(client, b"\r\n" + b"x" * 300000, 65535)


def broken_packets(client):
    """Whatever is sent, the filter may close but must live."""
    cases = [
        (b"", None), (b"O", None), (b"O\0\0", None), (b"C", None),
        (b"C\0", None), (b"Cname\0004\0", None), (b"L", None),
        (b"Lname", None), (b"Lname\0value", None), (b"M", None),
        (b"Mno end", None), (b"D", None), (b"DM", None), (b"DMa", None),
        (b"DMa\0b", None), (b"B", None), (b"E", None), (b"\xff", None),
        (b"X" * 100, None), (b"M<a>\0", 0), (b"M<a>\0", 0xffffffff),
        (b"M<a>\0", 0x7fffffff), (b"M<a>\0", 2 << 20), (b"M<a>\0", 1000),
    ]
    for data, length in cases:
        for opened in (client.open, client.negotiate, client.connect):
            conv = opened()
            conv.packet(data[:1], data[1:], length)
            conv.vanish()


def vanishing(client):
    steps = [lambda c: c.helo(), lambda c: c.mail("<a@b>"),
             lambda c: c.rcpt("<b@c>"), lambda c: c.data(),
             lambda c: c.header("A", " b"), lambda c: c.eoh(),
             lambda c: c.body(b"x\r\n"),
             lambda c: c.raw(b"\0\0\1\0B" + b"half a packet")]
    client.open().vanish()
    client.negotiate().vanish()
    for count in range(len(steps) + 1):
        for leave in ("vanish", "quit"):
            conv = client.connect()
            for step in steps[:count]:
                step(conv)
            getattr(conv, leave)()


def a_thousand(client, count=3000):
    with Crowd(client, count) as crowd:
        for stage, *args in (("helo", "x"), ("mail", "<a@b>"),
                             ("rcpt", "<b@c>"), ("data",),
                             ("header", "A", " b"), ("eoh",),
                             ("body", b"x\r\n"), ("eom",)):
            replies = crowd.each(stage, *args)
            assert len(replies) == count
            assert all(reply.verdict == "continue" for reply in replies)


def test_negotiation(client):
    """An old mail server that offers less gets less."""
    old = Client(client.address, actions=ADDHDRS, protocol=0,
                 version=2)
    conv = old.connect()
    assert conv.actions == ADDHDRS and conv.protocol == 0
    conv.helo()
    conv.mail("<a@b>")
    conv.quit()
    conv = client.open()
    conv.packet("O", struct.pack(">III", 1, 0, 0))
    try:
        assert conv.closed()
    except Closed:
        pass
    conv.vanish()


def main():
    split_is_right()
    apply_is_right()
    kinds = [("inet", False), ("inet", True), ("local", False),
             ("inet6", False)]
    if not os.path.exists("/proc/net/if_inet6"):
        kinds.pop()
    for address, noreply in kinds:
        with Filter(address, noreply) as daemon:
            begin = time.monotonic()
            client = Client(daemon.address, timeout=10)
            ordinary(client)
            odd_messages(client)
            dribble = Client(daemon.address, timeout=10, dribble=True)
            ordinary(dribble)
            broken_packets(client)
            vanishing(client)
            test_negotiation(client)
            a_thousand(client)
            ordinary(client)
            print("%s noreply=%s: %.1f s" % (address, noreply,
                                             time.monotonic() - begin))
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Proves that the milter client is a Postfix: for every message of the corpus
it sends a filter what the real one sends, packet for packet, and apply()
makes of edits what the real one makes of them."""
import sys

import corpus
from message import Message, apply, split_message
from milter_client import Client, Edit
from milter_protocol import FIELD_LIMIT
from milter_server import Recorder
from postfix import Postfix, require, unreceived

# Without the stages of the connection, whose ports differ.
EVENTS = "MRTLNBED"

MESSAGE = (b"A: 1\r\nReceived: from x\r\nB: 2\r\nA: 3\r\nX-Fold: a\r\n b\r\n"
           b"\r\nline\r\n")

EDITS = [
    [Edit("addheader", name="C", value=" new")],
    [Edit("addheader", name="C", value=" new"),
     Edit("addheader", name="C", value=" newer")],
    [Edit("addheader", name="C", value="none")],
    [Edit("addheader", name="C", value=" a\n\tb")],
    [Edit("insheader", index=0, name="C", value=" top")],
    [Edit("insheader", index=0, name="C", value=" one"),
     Edit("insheader", index=0, name="D", value=" two")],
    [Edit("insheader", index=1, name="C", value=" one"),
     Edit("insheader", index=1, name="D", value=" two")],
    [Edit("insheader", index=2, name="C", value=" one"),
     Edit("insheader", index=1, name="D", value=" two"),
     Edit("insheader", index=4, name="E", value=" three")],
    [Edit("insheader", index=0, name="C", value=" one"),
     Edit("insheader", index=1, name="D", value=" two"),
     Edit("insheader", index=2, name="E", value=" three")],
    [Edit("insheader", index=5, name="C", value=" five")],
    [Edit("insheader", index=6, name="C", value=" six")],
    [Edit("insheader", index=99, name="C", value=" last")],
    [Edit("chgheader", index=1, name="a", value=" changed")],
    [Edit("chgheader", index=2, name="A", value=" changed")],
    [Edit("chgheader", index=3, name="A", value=" appended")],
    [Edit("chgheader", index=0, name="A", value=" zero")],
    [Edit("chgheader", index=1, name="A", value="")],
    [Edit("chgheader", index=1, name="A", value=""),
     Edit("chgheader", index=1, name="A", value="")],
    [Edit("chgheader", index=3, name="A", value="")],
    [Edit("chgheader", index=1, name="Received", value=" from y")],
    [Edit("chgheader", index=1, name="Received", value="")],
    [Edit("chgheader", index=1, name="X-Fold", value=" c\n\td")],
    [Edit("insheader", index=1, name="A", value=" first"),
     Edit("chgheader", index=1, name="A", value=" changed")],
    [Edit("chgheader", index=1, name="A", value=" changed"),
     Edit("insheader", index=3, name="C", value=" new"),
     Edit("chgheader", index=1, name="B", value=""),
     Edit("addheader", name="B", value=" again")],
    [Edit("chgheader", index=1, name="A", value=""),
     Edit("insheader", index=2, name="C", value=" after a deletion")],
    [Edit("replbody", body=b"new\r\n")],
    [Edit("replbody", body=b"split\r"), Edit("replbody", body=b"\nline")],
    [Edit("replbody", body=b"")],
    [Edit("replbody", body=b".\r\na\nb\r\n")],
    [Edit("addrcpt", address="<new@example.net>")],
    [Edit("addrcpt_par", address="<new@example.net>", args="NOTIFY=NEVER")],
    [Edit("delrcpt", address="<one@example.net>")],
    [Edit("delrcpt", address="<one@example.net>"),
     Edit("delrcpt", address="<two@example.com>"),
     Edit("addrcpt", address="<other@example.net>")],
    [Edit("delrcpt", address="<nobody@example.net>")],
    [Edit("chgfrom", address="<new@example.org>")],
    [Edit("chgfrom", address="<>")],
]


def events(recorder, queue_id):
    """The packets of one message, with the queue id named alike."""
    return [(command, data.replace(queue_id.encode(), b"ID"))
            for command, data in recorder.packets if command in EVENTS
            and not (command == "D" and data[:1] in (b"C", b"H"))]


def cut_at_end(packets):
    """Up to the end of the message."""
    commands = [command for command, _ in packets]
    return packets[commands.index("M") - 1:commands.index("E") + 1]


def client_sends_the_same(postfix, recorder):
    client = Client(recorder.address)
    count = 0
    for name, message in corpus.everything():
        recorder.clear()
        sent = postfix.send(message, "a@example.org", ["b@example.net"])
        assert sent.accepted, (name, sent)
        want = cut_at_end(events(recorder, sent.queue_id))
        recorder.clear()
        conv = client.connect(None)
        conv.helo()
        result = conv.deliver("<a@example.org>", ["<b@example.net>"], message)
        assert result.verdict == "accept", (name, result)
        conv.quit()
        got = cut_at_end(events(recorder, "4ABCDEF123"))
        # The next hop, which Postfix puts in as a host.
        got, want = (
            [packet for packet in packets
             if not (packet[0] == "D" and packet[1][:1] in (b"M", b"R"))]
            for packets in (got, want))
        for ours, theirs in zip(got, want):
            assert ours == theirs, "%s\nwant %.3000r\ngot  %.3000r" % (
                name, theirs, ours)
        assert len(got) == len(want), (name, got[-3:], want[-3:])
        count += 1
    print("%d messages sent alike" % count)


def edits_end_the_same(postfix, recorder, leadspc):
    for edits in EDITS:
        recorder.edits = edits
        sent = postfix.send(MESSAGE, "a@example.org",
                            ["one@example.net", "two@example.com"])
        assert sent.accepted, sent
        deliveries = postfix.delivered(sent)
        [delivery] = deliveries
        want = apply(Message.parse(MESSAGE, "a@example.org",
                                   ["one@example.net", "two@example.com"]),
                     edits, leadspc)
        assert delivery.sender == want.sender.strip("<>"), (edits, delivery)
        assert sorted(delivery.rcpts) == sorted(
            rcpt.strip("<>") for rcpt in want.rcpts), (edits, delivery)
        assert unreceived(delivery.data) == want.data(), (
            "%r:\nwant %r\ngot  %r" % (edits, want.data(), delivery.data))
        # Also with the position of its own Received.
        fields, body = split_message(delivery.data)
        first = next(field for field in fields if field[0] == "Received"
                     and "mx.postern.test" in field[1])
        whole = apply(Message([first] + split_message(MESSAGE)[0],
                              split_message(MESSAGE)[1]),
                      edits, leadspc, received=True)
        assert delivery.data == whole.data(), (
            "%r:\nwant %r\ngot  %r" % (edits, whole.data(), delivery.data))
    recorder.edits = []


def quarantine_is_held(postfix, recorder):
    recorder.edits = [Edit("quarantine", reason="odd")]
    sent = postfix.send(MESSAGE)
    assert sent.accepted and postfix.delivered(sent) == []
    assert postfix.held() == [sent.queue_id]
    assert unreceived(postfix.content(sent.queue_id)) == MESSAGE.replace(
        b"\r\n", b"\n")
    assert "sender: from@example.org" in postfix.envelope(sent.queue_id)
    recorder.edits = []
    postfix.release(sent.queue_id)
    assert len(postfix.delivered(sent)) == 1


def long_field_is_cut(postfix, recorder):
    """Where Postfix cuts a field, the client does."""
    for size in (30000, 53990, 53991, 53992, 53993, 59980, 59991, 59992,
                 59993, FIELD_LIMIT, FIELD_LIMIT + 100, 150000):
        first = b"X-Long: " + b"x" * size
        lines = b"".join(b" " + b"y" * (size % 97 + 5) + b"\r\n"
                         for _ in range(size // 80))
        for message in (first + b"\r\n\r\nx\r\n",
                        first + b"\r\n y\r\n z\r\n\r\nx\r\n",
                        first + b"\r\n " + b"y" * 70000 + b"\r\n\r\nx\r\n",
                        b"X-Long: x\r\n" + lines + b"\r\nx\r\n"):
            recorder.clear()
            sent = postfix.send(message)
            assert sent.accepted, sent
            want = split_message(message, FIELD_LIMIT)
            [seen] = recorder.messages
            assert (seen.fields, seen.body) == want, (
                size, [len(value) for _, value in seen.fields],
                [len(value) for _, value in want[0]])


def main():
    require()
    with Recorder() as recorder, Postfix({
            "smtpd_milters": recorder.main_cf,
            "hopcount_limit": "1000"}) as postfix:
        long_field_is_cut(postfix, recorder)
        edits_end_the_same(postfix, recorder, True)
        quarantine_is_held(postfix, recorder)
        client_sends_the_same(postfix, recorder)
    with Recorder(protocol=0) as recorder, Postfix({
            "smtpd_milters": recorder.main_cf}) as postfix:
        edits_end_the_same(postfix, recorder, False)
    return 0


if __name__ == "__main__":
    sys.exit(main())

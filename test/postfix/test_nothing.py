#!/usr/bin/env python3
"""Proves the harness around Postfix: with the filter that does nothing, mail
of every kind arrives, and exactly as it arrives without a filter."""
import sys
import time

import corpus
from postern import Filter
from postfix import Postfix, require, unreceived


def replies(sent):
    """All replies in an order, without what differs each time."""
    stages = [sent.banner, sent.xclient, sent.helo, sent.mail, *sent.rcpts,
              sent.data, sent.end]
    return [str(reply).replace(str(sent.queue_id), "ID")
            for reply in stages if reply]


def deliver(postfix, message, **settings):
    """What is comparable: replies, and each delivery."""
    sent = postfix.send(message, "from@example.org",
                        ["one@example.net", "two@example.com"], **settings)
    return replies(sent), sorted(
        (delivery.sender, sorted(zip(delivery.rcpts, delivery.rcpt_args)),
         delivery.mail_args.split()[1:], unreceived(delivery.data))
        for delivery in postfix.delivered(sent))


def messages_arrive(bare, filtered):
    count = 0
    for name, message in corpus.everything():
        want = deliver(bare, message)
        for postfix in filtered:
            got = deliver(postfix, message)
            assert got == want, "%s:\nwant %r\ngot  %r" % (name, want, got)
        assert want[0][-1] == "250 2.0.0 Ok: queued as ID", (name, want)
        assert len(want[1]) == 1, (name, want)
        count += 1
    return count


def clients_are_played(postfix):
    cases = [
        ({"client": "192.0.2.7", "name": "mail.example.org"},
         "from mail.example.org (mail.example.org [192.0.2.7])"),
        ({"client": "192.0.2.7"},
         "from mail.example.org (unknown [192.0.2.7])"),
        ({"client": "2001:db8::7", "name": "six.example.org",
          "helo": "[2001:db8::7]"},
         "from [2001:db8::7] (six.example.org [IPv6:2001:db8::7])"),
        ({"client": ""}, "from mail.example.org (unknown [127.0.0.1])"),
        ({"client": "192.0.2.7", "name": "a.b.c", "login": "joe"},
         "with ESMTPA"),
        ({"client": "192.0.2.7", "greet": "HELO"}, "with SMTP"),
    ]
    for settings, want in cases:
        sent = postfix.send(b"Subject: x\n\nx\n", **settings)
        assert sent.accepted, (settings, sent)
        [delivery] = postfix.delivered(sent)
        head = delivery.data.split(b"\r\nSubject")[0].decode()
        assert want in " ".join(head.split()), (settings, head)


def local_mail(bare, filtered):
    for rcpts in (["one@example.net"], ["a@example.net", "b@example.com"]):
        message = (b"From: a@b.c\nTo: d@e.f\nMessage-Id: <1@x>\n"
                   b"Date: Thu, 29 Feb 2024 10:11:12 +0100\n\n.\nx\n")
        got = []
        for postfix in (bare, filtered):
            queue_id = postfix.sendmail(message, "from@example.org", rcpts)
            [delivery] = postfix.delivered(queue_id)
            assert sorted(delivery.rcpts) == rcpts, delivery
            got.append(unreceived(delivery.data))
        assert got[0] == got[1] == message.replace(b"\n", b"\r\n"), got


def bytes_survive(bare, filtered):
    """Bytes that only `raw` can send."""
    for message in (b"A: b\r\n\r\na\0b\r\n.\r\n",
                    b"A: a\rb\r\n\r\nc\rd\r\n.\r\n",
                    b"A: \xff\0\r\n\r\n\r\n\r\n.\r\n",
                    b"A: b\r\n\r\nlong " + b"x" * 200000 + b"\r\n.\r\n",
                    b"A: b\r\n\r\nno end\r\n.\r\n"):
        want = deliver(bare, message, raw=True)
        got = deliver(filtered, message, raw=True)
        assert got == want and want[1], (message[:40], want, got)


def main():
    require()
    begin = time.monotonic()
    # Some of the real mail has gone round in circles.
    many = {"hopcount_limit": "1000"}
    with Filter("local") as plain, Filter("local", noreply=True) as silent, \
            Filter("inet") as inet, Postfix(many) as bare, \
            Postfix({**many, "smtpd_milters": plain.main_cf,
                     "non_smtpd_milters": plain.main_cf}) as first, \
            Postfix({**many, "smtpd_milters": silent.main_cf}) as second:
        print("started after %.1f s" % (time.monotonic() - begin))
        begin = time.monotonic()
        count = messages_arrive(bare, [first, second])
        print("%d messages in %.1f s" % (count, time.monotonic() - begin))
        clients_are_played(first)
        local_mail(bare, first)
        bytes_survive(bare, first)
        assert not first.milter_lines(), first.milter_lines()
        # The filter must have been there: without it mail is refused.
        plain.kill()
        refused = first.send(b"Subject: x\n\nx\n")
        assert refused.reply.code == 451, refused
        plain.process.returncode = None
        plain.start(plain.process.args)
        assert first.send(b"Subject: x\n\nx\n").accepted
        with Postfix({"smtpd_milters": inet.main_cf}) as third:
            assert third.send(b"Subject: x\n\nx\n").accepted
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Behind a real Sendmail, with both engines: what is accepted, what is refused
at each stage and how, and what is changed."""
import sys

from postern import Postern
from sendmail import Sendmail

CHECKS = """\
/^Subject: refuse/ REJECT No, 100% not.
/^Subject: later/ REJECT 4.7.1 Later
/^Subject: gone/ DISCARD
/^Subject: copy/ BCC copy@example.net
/^Subject: else/ REDIRECT other@example.net
/^Subject: change/ REPLACE Subject: changed
/^X-Strip:/ STRIP
/^X-Prepend:/ PREPEND X-Above: a text
"""
BODY = "/^(.*)river(.*)$/ REPLACE ${1}RIVER$2\n/forbidden/ REJECT words\n"


def message(subject, more="", body="body\n"):
    return ("Subject: %s\n%s\n%s" % (subject, more, body)).encode()


class Case:
    def __init__(self, sendmail):
        self.sendmail, self.taken = sendmail, 0

    def refused(self, data, want, **envelope):
        sent = self.sendmail.send(data, **envelope)
        assert (sent.reply.code, sent.reply.dsn, sent.reply.text) == want, (
            want, str(sent.reply))

    def accepted(self, data, **envelope):
        """The delivery; lines end in CRLF."""
        self.taken += 1
        mark = b"X-Case: %d\n" % self.taken
        sent = self.sendmail.send(mark + data, **envelope)
        assert sent.accepted, sent
        return self.sendmail.delivered(mark[:-1])[-1]


def play(case):
    got = case.accepted(message("plain"))
    assert got.rcpts == ["to@example.net"] and b"\r\nbody\r\n" in got.data
    # Its words are a format to Sendmail.
    case.refused(message("refuse"), (550, "5.7.1", "No, 100% not."))
    case.refused(message("later"), (451, "4.7.1", "Later"))
    case.refused(message("x", "", "this is forbidden\n"),
                 (550, "5.7.1", "words"))
    case.refused(message("x"), (
        554, "5.7.1", "<no@example.org>: Sender address rejected: "
        "Access denied"), sender="no@example.org")
    case.refused(message("x"), (
        554, "5.7.1", "<no@example.net>: Recipient address rejected: "
        "Access denied"), rcpts=["no@example.net"])
    got = case.accepted(message("x"), rcpts=["no@example.net",
                                             "to@example.net"])
    assert got.rcpts == ["to@example.net"], got

    got = case.accepted(message("change", "X-Strip: 1\nX-Prepend: 1\n",
                                "the river here\nand there\n"))
    header, _, body = got.data.partition(b"\r\n\r\n")
    assert b"\r\nSubject: changed\r\n" in header, got.data
    assert b"X-Strip" not in header and b"\r\nX-Above: a text\r\n" in header
    assert body == b"the RIVER here\r\nand there\r\n", body
    got = case.accepted(message("else"))
    assert got.rcpts == ["other@example.net"], got
    got = case.accepted(message("copy"))
    assert "copy@example.net" in got.rcpts, got

    # It is told that it was taken, and nobody gets it.
    sent = case.sendmail.send(message("gone"))
    assert sent.end.code == 250, sent
    got = case.accepted(message("after all"))
    assert b"after all" in got.data


def several(case):
    """In one session, with RSET and HELO between."""
    with case.sendmail.smtp() as smtp:
        smtp.command("EHLO one.example")
        for subject, code in (("plain", 250), ("refuse", 550),
                              ("plain", 250)):
            sent = smtp.send(message(subject), "a@example.org",
                             ["b@example.net"])
            assert sent.end.code == code, sent
            smtp.command("RSET")
            smtp.command("EHLO two.example")


def large(case):
    """Lines, fields and chunks of many packets."""
    body = "".join("%06d %s\n" % (n, "x" * 60) for n in range(8000))
    fields = "".join("X-%d: %s\n" % (n, "y" * 500) for n in range(30))
    got = case.accepted(message("x", fields, body))
    assert body.replace("\n", "\r\n").encode() in got.data
    got = case.accepted(message("x", fields, body + "a river\n"))
    assert got.data.endswith(b"a RIVER\r\n") and len(got.data) > 500000


def errors(engine):
    """421 ends the session here as well."""
    with Postern({"engine": engine, "hard_error_limit": 2,
                  "recipient_access": ["inline:{no@example.net=REJECT}"]}
                 ) as daemon, Sendmail({"postern": daemon.main_cf}) as mta, \
            mta.smtp() as smtp:
        smtp.command("EHLO mail.example.org")
        smtp.command("MAIL FROM:<a@example.org>")
        codes = [smtp.command("RCPT TO:<no@example.net>").code
                 for _ in range(3)]
        assert codes == [554, 554, 421], codes


def main():
    for engine in ("libmilter", "native"):
        with Postern({"engine": engine}) as daemon:
            daemon.write_conf({
                "engine": engine,
                "header_checks": ["regexp:" + daemon.write_file(
                    "checks", CHECKS)],
                "body_checks": ["regexp:" + daemon.write_file("body", BODY)],
                "body_checks_size_limit": 0,
                "sender_access": ["inline:{no@example.org=REJECT}"],
                "recipient_access": ["inline:{no@example.net=REJECT}"]})
            daemon.reload(wait=": loaded")
            with Sendmail({"postern": daemon.main_cf}) as sendmail:
                case = Case(sendmail)
                for test in (play, several, large):
                    test(case)
                    print("%s, %s: ok" % (engine, test.__name__))
        errors(engine)
        print("%s, errors: ok" % engine)


if __name__ == "__main__":
    sys.exit(main())

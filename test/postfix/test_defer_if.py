#!/usr/bin/env python3
"""DEFER_IF_PERMIT and DEFER_IF_REJECT beside a real Postfix: what one list
has found holds for that list, for the lists behind it, or for one recipient
only, and of several the first counts."""
import itertools
import os
import sys

from postern import Postern
from postfix import Postfix

TABLES = {
    "helo": "permit.example DEFER_IF_PERMIT helo\n"
            "reject.example DEFER_IF_REJECT helo\n",
    "sender": "permit@example.org DEFER_IF_PERMIT sender\n"
              "reject@example.org DEFER_IF_REJECT sender\n"
              "soft@example.org DEFER_IF_REJECT sender\n",
    "recipient": "permit1@example.net DEFER_IF_PERMIT one\n"
                 "permit2@example.net DEFER_IF_PERMIT 4.2.0 two\n"
                 "soft@example.net DEFER_IF_REJECT soft\n"
                 "no@example.net REJECT\n"
                 "later@example.net DEFER\n"
                 "ok@example.net OK\n",
    # Asked after it, of the same list.
    "more": "soft@example.net REJECT 5.1.1 more\n"
            "permit1@example.net DEFER_IF_PERMIT late\n"
            "soft@example.org REJECT\n",
}
HELOS = ["mail.example", "permit.example", "reject.example"]
SENDERS = ["from@example.org", "permit@example.org", "reject@example.org",
           "soft@example.org"]
RECIPIENTS = [["permit1", "ok", "no", "permit2"], ["soft", "no", "ok"],
              ["ok", "permit2", "permit1"], ["no", "later"]]


def talk(postfix, helo, sender, rcpts):
    with postfix.smtp(helo=helo) as smtp:
        smtp.command("MAIL FROM:<%s>" % sender)
        return [str(smtp.command("RCPT TO:<%s@example.net>" % rcpt))
                for rcpt in rcpts]


def settings(daemon):
    paths = {name: "texthash:" + daemon.write_file(name, text)
             for name, text in TABLES.items()}
    for path in paths.values():
        # Postfix rereads a fresh file until it is 2 s old.
        os.utime(path.partition(":")[2], (1, 1))
    daemon.write_conf({
        "helo_access": [paths["helo"]],
        "sender_access": [paths["sender"], paths["more"]],
        "recipient_access": [paths["recipient"], paths["more"]],
    })
    daemon.reload(wait=": loaded")
    os.chmod(daemon.folder.path, 0o755)
    return {
        "smtpd_helo_restrictions": "check_helo_access " + paths["helo"],
        "smtpd_sender_restrictions":
            "check_sender_access %(sender)s, "
            "check_sender_access %(more)s" % paths,
        "smtpd_recipient_restrictions":
            "check_recipient_access %(recipient)s, "
            "check_recipient_access %(more)s" % paths,
    }


def main():
    wrong = asked = 0
    with Postern() as daemon, Postfix(settings(daemon)) as reference, \
            Postfix({"smtpd_milters": daemon.main_cf}) as postfix:
        for case in itertools.product(HELOS, SENDERS, RECIPIENTS):
            ours, theirs = talk(postfix, *case), talk(reference, *case)
            asked += len(theirs)
            if ours != theirs:
                wrong += 1
                print("%s\n  postern: %s\n  Postfix: %s"
                      % (case, ours, theirs))
    print("%d recipients, %d cases differ" % (asked, wrong))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())

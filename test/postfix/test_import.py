#!/usr/bin/env python3
"""A Postfix with checks of its own, and one that `postern import` was used
on: the same sessions are answered the same, if not at the same stage.

What the import says may leave main.cf does leave it, so that it is postern
that answers; and no session is refused that was not before.  First with lists
as people write them, then with random ones (SEED, ROUNDS), for which it is
who gets his mail that counts."""
import os
import random
import re
import subprocess
import sys

from postern import Postern, tool
from postfix import Postfix, require
from scratch import Folder

TABLES = {
    "clients": "friend.bad.example OK\nbad.example REJECT no such clients\n"
               "192.0.2 450 4.7.1 come later\n2001:db8:0:1 554 six\n"
               "203.0.113.9 DEFER\n",
    "reverse": "dynamic.example REJECT 5.7.1 dynamic\n",
    "helos": "/^\\[/ REJECT\n/^localhost$/ 550 5.7.1 not me\n"
             "/^(dyn.*)\\.example$/ REJECT $1 is dynamic\n",
    "senders": "spam.example REJECT\nnews@ DUNNO\n<> DUNNO\n"
               "ads@paper.example 554 5.7.1 no ads\n"
               "paper.example REJECT 5.1.8 no papers\n",
    "more": "list.example 451 lists wait\n",
    "rcpts": "closed@here.example REJECT closed\n"
             "left.example 550 5.1.1 gone\nabuse@ DUNNO\n",
    "logins": "blocked REJECT 5.7.1 no longer\nslow 451 4.7.1 wait\n"
              "user DUNNO\n",
    "names": "named@here.example reject\nlater@here.example defer\n",
    "compiled": "compiled.example REJECT from a database\n",
    "late": "198.51.100.128/25 REJECT late\n",
    "strict": "strict.example REJECT strictly\n",
    "white": "fine.example OK\n",
    "grey": "grey.example REJECT grey\n",
    "headers": "/^Subject: .*bad/ REJECT bad subject\n"
               "/^X-Later:/ REJECT 4.3.0 later\n"
               "/^X-Note: (.*)/ PREPEND X-Noted: $1\n"
               "/^X-Old: (.*)/ REPLACE X-New: $1\n/^X-Gone:/ IGNORE\n",
    "lines": "/very bad/ REJECT 5.7.1 bad line\n",
}

# FOLDER is where the tables are.
SETTINGS = {
    "mynetworks": "127.0.0.0/8, 198.51.100.0/24 [2001:db8:5::]/48",
    "recipient_delimiter": "+",
    "access_map_reject_code": "553",
    "header_checks": "pcre:FOLDER/headers",
    "body_checks": "pcre:FOLDER/lines",
    "smtpd_restriction_classes": "strictly",
    "strictly": "check_helo_access texthash:FOLDER/strict",
    "smtpd_client_restrictions":
        "check_reverse_client_hostname_access texthash:FOLDER/reverse, "
        "check_client_access texthash:FOLDER/clients",
    "smtpd_helo_restrictions":
        "permit_mynetworks check_helo_access pcre:FOLDER/helos",
    "smtpd_sender_restrictions":
        "check_sasl_access texthash:FOLDER/logins, "
        "check_sender_access texthash:FOLDER/senders, "
        "reject_non_fqdn_sender",
    "smtpd_recipient_restrictions":
        "permit_mynetworks, permit_sasl_authenticated, strictly,\n"
        "  check_sender_access texthash:FOLDER/more,\n"
        "  check_sender_access cdb:FOLDER/compiled,\n"
        "  check_recipient_access texthash:FOLDER/rcpts,\n"
        "  check_recipient_access texthash:FOLDER/names,\n"
        "  check_sender_access texthash:FOLDER/white,\n"
        "  check_recipient_access texthash:FOLDER/grey",
    "smtpd_data_restrictions": "check_client_access cidr:FOLDER/late",
}

# What the import is to take out of main.cf, and what not.
LEAVES = {"reverse", "more", "rcpts", "late", "logins", "names", "compiled"}
STAYS = {"clients", "senders", "helos", "strict", "white", "grey"}

BODY = b"Subject: x\n\nbody\n"

# What differs from a stranger who sends something harmless.
SESSIONS = [
    {},
    {"name": "a.bad.example"}, {"name": "friend.bad.example"},
    {"client": "192.0.2.70"}, {"client": "2001:db8:0:1::5"},
    {"client": "203.0.113.9"},
    {"client": "203.0.113.9", "name": "friend.bad.example"},
    {"name": "x.dynamic.example"},
    {"reverse": "y.dynamic.example"},
    {"reverse": "y.dynamic.example", "login": "user"},
    {"helo": "[203.0.113.1]"}, {"helo": "localhost"},
    {"helo": "LOCALHOST", "client": "198.51.100.7"},
    {"helo": "dyn7.example"}, {"helo": "dyn7.example", "login": "user"},
    {"helo": "mail.strict.example"},
    {"helo": "mail.strict.example", "login": "user"},
    {"helo": "mail.strict.example", "client": "2001:db8:5::1"},
    {"sender": "a@spam.example"}, {"sender": "a+b@sub.spam.example"},
    {"sender": "news@spam.example"}, {"sender": ""},
    {"sender": "a@spam.example", "client": "198.51.100.7"},
    {"sender": "a@spam.example", "login": "user"},
    {"sender": "ads@paper.example"}, {"sender": "ads+x@paper.example"},
    {"sender": "b@paper.example"},
    {"sender": "a@list.example"}, {"sender": "a@list.example",
                                   "login": "user"},
    {"sender": "a@list.example", "client": "198.51.100.7"},
    {"rcpts": ["closed@here.example", "open@here.example"]},
    {"rcpts": ["closed+x@here.example"]},
    {"rcpts": ["x@left.example"]},
    {"rcpts": ["x@left.example"], "client": "127.0.0.9"},
    {"rcpts": ["abuse@left.example"]},
    {"rcpts": ["x@grey.example"]},
    {"rcpts": ["x@grey.example"], "sender": "a@fine.example"},
    {"rcpts": ["postmaster@left.example"]},
    {"login": "blocked"}, {"login": "Blocked"}, {"login": "slow"},
    {"login": "blocked", "client": "198.51.100.7"},
    {"login": "blocked", "sender": "a@compiled.example"},
    {"sender": "a@compiled.example"}, {"sender": "a@x.compiled.example"},
    {"rcpts": ["named@here.example", "later@here.example"]},
    {"client": "198.51.100.200"}, {"client": "198.51.100.100"},
    {"message": b"Subject: bad\n\nbody\n"},
    {"message": b"Subject: bad\n\nbody\n", "rcpts": ["abuse@x.example"]},
    {"message": b"Subject: bad\n\nbody\n", "client": "198.51.100.7"},
    {"message": b"Subject: x\n =?x?= bad\n\nbody\n", "login": "user"},
    {"message": b"X-Later: x\n\nbody\n"},
    {"message": b"X-Note: one\nX-Old: two\nX-Gone: 3\n\nbody\n"},
    {"message": b"Subject: x\n\nfine\nvery bad\n"},
    {"message": b"Content-Type: multipart/mixed; boundary=b\n\n--b\n"
                b"Subject: bad\n\nx\n--b--\n"},
    {"message": b"Content-Type: message/rfc822\n\nSubject: so bad\n\nx\n"},
    {"message": b"X-Long: " + b"x" * 55000 + b"\n\nx\n"},
    {"message": b"X-A: b\n" * 1500 + b"\nx\n"},
]


def converse(postfix, session):
    """All replies of a session, and what was delivered."""
    given = {"client": "203.0.113.5", "message": BODY, **session}
    sent = postfix.send(given.pop("message"), **given)
    replies = [sent.banner, sent.helo, sent.mail, *sent.rcpts, sent.data,
               sent.end]
    delivered = [(delivery.sender, delivery.rcpts, re.sub(
        rb"\AReceived:.*?\r\n(?=\S)", b"", delivery.data, flags=re.S))
                 for delivery in postfix.delivered(sent)]
    return [re.sub(r"queued as \w+", "queued", str(reply))
            for reply in replies if reply], delivered


def leave(settings, out):
    """main.cf without what may leave it; the tables that did."""
    settings, gone = dict(settings), set()
    part = re.search(r"may then leave main\.cf.*?:\n#\n(.*?)\n#\n", out,
                     re.S)
    if not part:
        return settings, gone
    for line in part[1].splitlines():
        words = re.match(r"#   (\w+)(?:: (\w+) (\S+))?$", line)
        if not words:
            assert line.startswith("#       "), line
            continue
        name, check, table = words.groups()
        if not check:
            del settings[name]
            continue
        gone.add(table.rpartition("/")[2])
        settings[name] = re.sub(
            r"(^|[,\s])%s\s+%s(?=,|\s|$)" % (check, re.escape(table)),
            r"\1", settings[name])
    return settings, gone


def compare_written():
    """The lists above; the number of faults."""
    folder = Folder()
    for name, text in TABLES.items():
        folder.write(name, text)
    subprocess.run(["postmap", "cdb:" + folder / "compiled"], check=True,
                   env={**os.environ, "PATH": os.environ.get("PATH", "")
                        + ":/usr/sbin:/sbin"})
    settings = {name: value.replace("FOLDER", folder.path)
                for name, value in SETTINGS.items()}
    wrong = refused = ours = later = 0
    with Postfix(settings) as before:
        out = read(before)
        after_settings, gone = leave(settings, out)
        assert gone == LEAVES, (gone, out)
        stay = out[out.index("stay in main.cf all the same"):]
        left = out[out.index("# Left in main.cf"):]
        assert all(re.search(r"/%s\n" % name, stay if name not in (
            "white", "grey") else left) for name in STAYS), out
        with filtering(out) as daemon, Postfix({
                **after_settings, "smtpd_milters": daemon.main_cf,
                "non_smtpd_milters": daemon.main_cf}) as after:
            for session in SESSIONS:
                one, two = converse(before, session), converse(after, session)
                refused += not one[1]
                # smtpd_data_restrictions; and said in the configuration.
                if one != two and one[0][-1].endswith("rejected: late"):
                    one, two = one[0][-1], two[0][-1]
                    later += 1
                if one != two:
                    wrong += 1
                    print("%.200s:\n  before %.600s\n  after  %.600s" % (
                        session, one, two))
            # Mail by sendmail(1) does not lose its checks: it is kept from
            # being delivered by both.
            for postfix in before, after:
                queue_id = postfix.sendmail(b"Subject: bad\n\nx\n")
                assert not queue_id or not postfix.delivered(queue_id)
            ours = len([line for line in after.log().splitlines()
                        if "milter-reject" in line])
    print("%d sessions, %d refused, %d of them by postern; %d differ" % (
        len(SESSIONS), refused, ours, wrong))
    assert (later > 0) == ("here it answers at RCPT" in out)
    return wrong + (refused <= 20) + (ours <= 15)


POOL = {
    "client": ["a.example", "b.example", "203.0.113.1", "198.51.100"],
    "helo": ["h.example", "i.example"],
    "sender": ["s.example", "t.example", "u@"],
    "recipient": ["x@r.example", "y@r.example", "q.example"],
    "sasl": ["user", "other"],
}
RESULTS = ["REJECT", "OK", "DUNNO", "450 x", "REJECT", "DUNNO", "WARN x",
           "reject", "permit", "warn_if_reject reject"]
LISTS = ["smtpd_%s_restrictions" % name for name in (
    "client", "helo", "sender", "recipient")]


def random_settings(rng, folder):
    """Restriction lists of maps that refuse and permit at random."""
    tables = []
    for number in range(10):
        class_ = rng.choice(sorted(POOL))
        results = RESULTS if rng.random() < 0.4 else ["REJECT", "DUNNO"]
        path = folder.write("t%d" % number, "".join(
            "%s %s\n" % (key, rng.choice(results)) for key in
            rng.sample(POOL[class_], rng.randint(1, len(POOL[class_])))))
        tables.append("check_%s_access texthash:%s" % (class_, path))
    others = ["permit_mynetworks", "permit_sasl_authenticated",
              "warn_if_reject", "reject_non_fqdn_sender", "some_class",
              "permit"]
    settings = {"mynetworks": "127.0.0.0/8 198.51.100.0/24",
                "smtpd_restriction_classes": "some_class",
                "some_class": rng.choice(tables)}
    for name in LISTS:
        words = rng.sample(tables, rng.randint(0, 5)) + rng.sample(
            others[:rng.choice([2, 2, 2, 5, 6])], rng.randint(0, 2))
        rng.shuffle(words)
        # It is a prefix of what follows.
        if words and words[-1] == "warn_if_reject":
            words.pop()
        settings[name] = rng.choice([", ", " "]).join(words)
    return settings


def random_session(rng):
    return {
        "client": rng.choice(["203.0.113.1", "203.0.113.2", "198.51.100.7"]),
        "name": rng.choice(["", "m.a.example", "b.example"]),
        "helo": rng.choice(["h.example", "i.example", "j.example"]),
        "sender": rng.choice(["u@s.example", "v@t.example", "u@v.example"]),
        "login": rng.choice([None, "other", "user"]),
        "rcpts": rng.sample(["x@r.example", "y@r.example", "z@q.example",
                             "z@z.example"], 2),
    }


def compare_random(rng):
    """One round; sessions that ended otherwise, and how many were refused by
    postern."""
    folder = Folder()
    settings = random_settings(rng, folder)
    wrong = 0
    with Postfix(settings) as before:
        out = read(before)
        after_settings, _ = leave(settings, out)
        with filtering(out) as daemon, Postfix({
                **after_settings, "smtpd_milters": daemon.main_cf}) as after:
            for _ in range(25):
                session = random_session(rng)
                one, two = converse(before, session), converse(after, session)
                if one[1] != two[1]:
                    wrong += 1
                    print("%s\n%s:\n  before %.600s\n  after  %.600s" % (
                        settings, session, one, two))
            ours = after.log().count("milter-reject")
    folder.close()
    return wrong, ours


def read(postfix):
    """What postern import makes of it."""
    done = tool("import", stdin=postfix.postconf())
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout.decode()


def filtering(out):
    """The daemon on what was written, at an address of its own."""
    return Postern(re.sub(r"(?m)^listen = .*$", "", out)
                   + "reload_interval = 0;\n")


def main():
    require()
    wrong = compare_written()
    seed = int(os.environ.get("SEED", "7"))
    rounds = int(os.environ.get("ROUNDS", "6"))
    rng, ours = random.Random(seed), 0
    for _ in range(rounds):
        more, refused = compare_random(rng)
        wrong, ours = wrong + more, ours + refused
    print("seed %d, %d rounds: %d refused by postern, %d faults" % (
        seed, rounds, ours, wrong))
    return 0 if wrong == 0 and ours > rounds else 1


if __name__ == "__main__":
    sys.exit(main())

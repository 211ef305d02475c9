#!/usr/bin/env python3
"""Both engines, the same conversations: what they answer is compared byte for
byte, and what they log line by line.

    test_engines.py [NAME...]       golden files whose names hold one
    COUNT=1000 SEED=7               random conversations, from another seed
    FULL=1                          every golden case with every offer

Each case of test/golden and random conversations, by protocol versions 2, 3, 4
and 6, with and without each flag of what is negotiated, the packets cut
anywhere.
"""
import glob
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "golden"))

import milter_protocol                                  # noqa: E402
import test_golden                                      # noqa: E402
import test_protocol                                    # noqa: E402
from engines import Differ, Pair, packets               # noqa: E402
from postern import Postern                             # noqa: E402

SEED = int(os.environ.get("SEED", "6"))
COUNT = int(os.environ.get("COUNT", "25"))
EACH = 20               # conversations of each random configuration
FULL = bool(os.environ.get("FULL"))

ACTIONS = milter_protocol.POSTFIX_ACTIONS
PROTOCOL = milter_protocol.POSTFIX_PROTOCOL


def offers():
    """What mail servers offer: all, that of older versions, all but one."""
    yield {}
    yield {"version": 2, "actions": 0x3f, "protocol": 0x7f}
    yield {"version": 2, "actions": 0x0f, "protocol": 0x3f}
    yield {"version": 3, "actions": 0x3f, "protocol": 0xff}
    yield {"version": 4, "actions": 0xff, "protocol": 0x3ff}
    yield {"actions": ACTIONS, "protocol": 0}
    for bit in range(21):
        yield {"protocol": PROTOCOL & ~(1 << bit)}
    for bit in range(9):
        yield {"actions": ACTIONS & ~(1 << bit)}


OFFERS = list(offers())


# The golden cases

def golden(case):
    """As test_golden.ask_daemon() plays it."""
    address, name = case.client
    data = case.data()

    def converse(conv):
        conv.negotiate()
        conv.connect(name or "[%s]" % address, address)
        for login in case.said("auth"):
            conv.login(login)
        conv.helo(case.said("helo")[0])
        conv.deliver(case.said("from")[0], case.said("rcpt"), data)
        conv.quit()
    return converse


def chosen(number, slow):
    """All offers, or in turn: all, and two others; and where replies wait, no
    more than the first."""
    if slow:
        return OFFERS[:1]
    if FULL:
        return OFFERS
    rest = OFFERS[1:]
    return [OFFERS[0], rest[number % len(rest)],
            rest[(number * 7 + 3) % len(rest)]]


def run_golden(path, faults):
    group = test_golden.Group(path)
    slow = "error_sleep_time" in group.conf()
    with Pair(lambda: test_golden.Tables(group)) as pair:
        for number, case in enumerate(group.cases):
            for offer in chosen(number, slow):
                for cuts in (None, number):
                    try:
                        pair.play(golden(case), cuts, **offer)
                    except Differ as error:
                        faults.append("%s, case %s: %s" % (
                            os.path.basename(path), case.name, error))
    return pair.played


# Random conversations

def rcpts_and_message(conv, chance, mail):
    _, _, _, sender, rcpts, args, data = mail
    if chance.random() < 0.8:
        conv.deliver(sender, rcpts, data,
                     chance.choice([1, 7, 100, 65535]), args)
        return
    # In some other way than Postfix does it, or only begun.
    if conv.mail(sender, *args).verdict != "continue":
        return
    for rcpt in rcpts:
        conv.rcpt(rcpt, *chance.choice([(), ("NOTIFY=NEVER",)]))
    if chance.random() < 0.5:
        conv.data(chance.choice(["", "4QUEUE1"]))
    if chance.random() < 0.8:
        conv.header(chance.choice(["Subject", "X-Strip", "", "a b"]),
                    chance.choice([" reject", "", " x\n\ty", "pass\xff"]))
    if chance.random() < 0.8:
        conv.eoh()
        if chance.random() < 0.7:
            conv.body(chance.choice([b"", b"x\r\n", b"reject me\r",
                                     b"\n\0"]))
        if chance.random() < 0.8:
            conv.eom()
    if chance.random() < 0.5:
        conv.abort()


def anyhow(seed):
    """A conversation, and what it says, from a seed."""
    def converse(conv):
        chance = random.Random(seed)
        mails = [test_protocol.random_mail(chance)
                 for _ in range(chance.choice([1, 1, 2, 4]))]
        address, helo, login = mails[0][:3]
        conv.negotiate()
        if chance.random() < 0.1:
            conv.connect_local()
        else:
            conv.connect(chance.choice(["mail.example.org", ""]),
                         chance.choice([address, "2001:db8::7",
                                        "::ffff:192.0.2.9"]),
                         ptr=chance.choice([None, "ptr.example"]))
        for mail in mails:
            if conv.connection_reply:
                break
            if chance.random() < 0.8:
                conv.helo(helo)
            if chance.random() < 0.1:
                conv.unknown("FROB")
            conv.login(login)
            rcpts_and_message(conv, chance, mail)
        if chance.random() < 0.9:
            conv.quit()
    return converse


def settings_of(chance):
    settings = test_protocol.random_settings(chance)
    for name, value in (("hard_error_limit", 3), ("mode", "shadow"),
                        ("session_limit", 1)):
        if chance.random() < 0.1:
            settings[name] = value
    return settings


def run_random(number, faults):
    chance = random.Random(SEED * 1000003 + number)
    settings = settings_of(chance)
    said = {}
    with Pair(lambda: test_protocol.Filter(**settings)) as pair:
        for _ in range(EACH):
            seed = chance.getrandbits(32)
            offer = dict(chance.choice(OFFERS))
            if chance.random() < 0.3:
                offer["protocol"] = chance.getrandbits(21)
            try:
                _, heard, _ = pair.play(
                    anyhow(seed), chance.choice([None, seed]), **offer)
                for command, _ in packets(heard):
                    said[command] = said.get(command, 0) + 1
            except Differ as error:
                faults.append("%r, conversation %d: %s" % (
                    settings, seed, error))
    return pair.played, said


def main(names):
    faults, played = [], 0
    for path in sorted(glob.glob(os.path.join(test_golden.HERE,
                                              "*.golden"))):
        if not any(name in path for name in names or [""]):
            continue
        try:
            played += run_golden(path, faults)
        except Differ as error:
            faults.append("%s: %s" % (os.path.basename(path), error))
    print("%d golden conversations" % played)
    print("seed %d" % SEED)
    replies = {}
    for number in range(0 if names else COUNT):
        try:
            more, said = run_random(number, faults)
            played += more
            for command in said:
                replies[command] = replies.get(command, 0) + said[command]
        except Differ as error:
            faults.append("random configuration %d: %s" % (number, error))
    print("%d conversations in all; replies to the random ones: %s" % (
        played, " ".join("%s=%d" % item for item in sorted(
            replies.items()))))
    for fault in faults[:20]:
        print(fault)
    print("%d differ" % len(faults))
    assert names or all(replies.get(command) for command in "Ocdyimbq+-2s"), \
        "too little was tried"
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

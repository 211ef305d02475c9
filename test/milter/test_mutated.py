#!/usr/bin/env python3
"""Broken streams of the milter protocol, to both engines: where libmilter ends
the connection so does ours, and what both say is the same.

    test_mutated.py                     some hundreds, a fixed seed
    SECONDS=3600 SEED=7 test_mutated.py so long, from another seed
    test_mutated.py FILE...             streams of files, looked at closely

What differs for a reason is in REASONS, and counted.  Neither daemon may end,
nor grow beyond MEMORY, whatever the streams are.
"""
import os
import random
import select
import socket
import sys
import time

import test_protocol
from engines import ENGINES, Pair, packets
from milter_client import open_socket
from mutations import MOST, make, packets_of

SEED = int(os.environ.get("SEED", "5"))
SECONDS = int(os.environ.get("SECONDS", "0"))
BATCHES = int(os.environ.get("BATCHES", "15"))
EACH = 60               # streams of a batch, which have one policy
QUIET = 0.15            # seconds: nobody will say more
MEMORY = 400 << 20      # of a daemon with EACH connections


def peak(pid):
    """The most that it ever had in memory."""
    with open("/proc/%d/status" % pid) as file:
        for line in file:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) << 10
    return 0


class Line:
    """One stream on its way to one daemon."""

    def __init__(self, address, stream, cut):
        self.sock = open_socket(address)
        self.sock.setblocking(False)
        self.rest, self.cut = memoryview(stream), cut
        self.heard, self.ended, self.early = bytearray(), False, False

    def write(self):
        try:
            n = self.sock.send(self.rest[:self.cut or len(self.rest)])
            self.rest = self.rest[n:]
        except BlockingIOError:
            pass
        except OSError:
            self.rest = self.rest[:0]

    def read(self):
        try:
            data = self.sock.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.heard += data
        self.ended = not data

    def no_more(self):
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    @property
    def result(self):
        """What it said, and whether it closed before we did."""
        return bytes(self.heard), self.early


def run(lines, quiet):
    """Until all have ended, or none says more."""
    poll = select.poll()
    by_number = {}
    for line in lines:
        if not line.ended:
            by_number[line.sock.fileno()] = line
            poll.register(line.sock, select.POLLIN
                          | (select.POLLOUT if line.rest else 0))
    while by_number:
        ready = poll.poll(quiet * 1000)
        if not ready:
            break
        for number, events in ready:
            line = by_number[number]
            if events & select.POLLOUT and line.rest:
                line.write()
                if not line.rest:
                    poll.modify(line.sock, select.POLLIN)
            if events & (select.POLLIN | select.POLLHUP | select.POLLERR):
                line.read()
            if line.ended:
                poll.unregister(line.sock)
                del by_number[number]


def converse(addresses, streams, quiet=QUIET):
    """For each stream what each daemon makes of it."""
    lines = [[Line(address, stream, cut) for address in addresses]
             for stream, cut in streams]
    flat = [line for pair in lines for line in pair]
    run(flat, quiet)
    for line in flat:
        line.early = line.ended
        line.rest = line.rest[:0]
        line.no_more()
    run(flat, 20)
    for line in flat:
        line.sock.close()
    assert all(line.ended for line in flat), "a connection is not closed"
    return [[line.result for line in pair] for pair in lines]


# What differs, and why.  A function says whether it is that; `ask` plays a
# stream once more: to our engine, or to a libmilter that has seen no other.

def impossible_length(stream, theirs, ours, ask):
    """A length of 0, or of 2^31 and more: libmilter takes the next byte for
    the command of an empty packet; we close."""
    place, length, _ = packets_of(stream)[-1]
    return ((length == 0 or length >= 1 << 31) and ours[1]
            and ask.native(stream[:place])[0] == ours[0])


def body_at_the_end(stream, theirs, ours, ask):
    """A packet of EOM with bytes of the body: libmilter gives no answer to the
    message, or two, where chunks are not answered."""
    return any(command == "E" and length > 1
               for _, length, command in packets_of(stream))


def no_header(stream, theirs, ours, ask):
    """A body, or the end, right behind DATA: libmilter passes it over, and
    whoever waits for its answer waits on; without a DATA it is answered."""
    order = "".join(command or "?" for _, _, command in packets_of(stream)
                    if command != "D")
    return "TB" in order or "TE" in order


def added_up(stream, theirs, ours, ask):
    """What may be left out: libmilter adds up what all connections that it
    ever had have agreed."""
    return ask.fresh(stream) == ours


# Not for libmilter at all.

def odd_macros(stream):
    """A list of macros that ends with a name: libmilter looks for its value
    behind the list, and may crash.  To our engine the value is empty."""
    place = 0
    for place, length, command in packets_of(stream):
        data = stream[place + 6:place + 4 + length]
        if command == "D" and data.count(b"\0") % 2:
            return True
    return False


REASONS = [impossible_length, body_at_the_end, no_header, added_up]


class Ask:
    def __init__(self, pair):
        self.pair = pair

    def native(self, stream):
        return converse([self.pair.daemons[1].address], [(stream, 0)],
                        1)[0][0]

    def fresh(self, stream):
        with self.pair.make_one(0) as daemon:
            return converse([daemon.address], [(stream, 0)], 1)[0][0]


class Fuzz:
    def __init__(self):
        self.faults, self.reasons = [], {}
        self.streams = self.early = self.peak = self.odd = 0

    def explain(self, pair, stream, theirs, ours):
        ask = Ask(pair)
        for reason in REASONS:
            if packets_of(stream) and reason(stream, theirs, ours, ask):
                name = reason.__name__
                self.reasons[name] = self.reasons.get(name, 0) + 1
                return True
        return False

    def batch(self, number):
        chance = random.Random(SEED * 1000003 + number)
        settings = test_protocol.random_settings(chance)
        if chance.random() < 0.3:
            settings["hard_error_limit"] = 3
        streams = [(make(chance), chance.choice([0, 0, 0, 1000, 7]))
                   for _ in range(EACH)]
        # By TCP libmilter's last replies, which Nagle keeps back, are lost at
        # the reset that follows on a close with something unread.
        with Pair(lambda: test_protocol.Filter(
                "local", drain_time=1, **settings)) as pair:
            pair.may_differ = True
            self.play(pair, streams, number)

    def play(self, pair, streams, number):
        addresses = [daemon.address for daemon in pair.daemons]
        odd = [item for item in streams if odd_macros(item[0])]
        self.odd += len(odd)
        converse(addresses[1:], odd)
        streams = [item for item in streams if item not in odd]
        results = converse(addresses, streams)
        for (stream, cut), (theirs, ours) in zip(streams, results):
            self.streams += 1
            self.early += theirs[1]
            if theirs != ours:
                # Perhaps one was slow.
                theirs, ours = converse(addresses, [(stream, cut)], 1)[0]
            if theirs != ours and not self.explain(pair, stream, theirs,
                                                   ours):
                self.fault(stream, theirs, ours, number)
        for name, daemon in zip(ENGINES, pair.daemons):
            if not daemon.running():
                raise AssertionError("%s ended in batch %d" % (name, number))
            self.peak = max(self.peak, peak(daemon.pid))

    def fault(self, stream, theirs, ours, number):
        path = os.path.join(os.environ.get("TMPDIR", "/tmp"),
                            "postern-stream-%d-%d" % (number,
                                                      len(self.faults)))
        with open(path, "wb") as file:
            file.write(stream)
        self.faults.append("%s: %s\n  libmilter %s\n  native    %s" % (
            path, " ".join(command + ("" if length < 100 else
                                      "(%d)" % length)
                           for _, length, command in packets_of(stream)),
            *[("closed: " if early else "stays: ") + " ".join(
                "%s%s" % (command, data[:60] if command not in "Oc" else "")
                for command, data in packets(heard))
              for heard, early in (theirs, ours)]))


def look_at(paths):
    with Pair(lambda: test_protocol.Filter("local")) as pair:
        pair.may_differ = True
        for path in paths:
            with open(path, "rb") as file:
                fuzz = Fuzz()
                fuzz.play(pair, [(file.read(), 0)], 0)
            print("%s: %s" % (path, "\n".join(fuzz.faults)
                              or fuzz.reasons or "the same"))


def main(paths):
    if paths:
        return look_at(paths)
    fuzz, begin, number = Fuzz(), time.monotonic(), 0
    print("seed %d" % SEED)
    while (time.monotonic() - begin < SECONDS if SECONDS
           else number < BATCHES):
        fuzz.batch(number)
        number += 1
    print("%d streams, of which %d ended early in libmilter; %d MiB at most" % (
        fuzz.streams, fuzz.early, fuzz.peak >> 20))
    for reason in REASONS:
        print("%6d differ: %s" % (fuzz.reasons.get(reason.__name__, 0),
                                  " ".join(reason.__doc__.split())))
    print("%6d for our engine alone: %s" % (
        fuzz.odd, " ".join(odd_macros.__doc__.split())))
    for fault in fuzz.faults[:20]:
        print(fault)
    print("%d differ for no reason" % len(fuzz.faults))
    assert fuzz.peak < MEMORY, "too much memory"
    assert fuzz.early > fuzz.streams / 20, "too few were broken"
    return bool(fuzz.faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

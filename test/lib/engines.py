"""The same conversation with both engines, byte for byte.

    with Pair(lambda: Postern({...})) as pair:
        pair.play(function, cuts=7, version=4)  # function(conversation)

plays the mail server towards one daemon for each of ENGINES, and raises
Differ where what they sent is not the same to the byte, or one ended the
connection and the other did not.  With `cuts` all that is sent is cut
anywhere, at the same places for both; the number is a seed.

ENGINES="libmilter libmilter" compares one with itself: what differs then is
the test's own fault.
"""
import os
import random
import re
import socket

from milter_client import (Client, Closed, Conversation, ProtocolError,
                           Timeout, open_socket)

ENGINES = os.environ.get("ENGINES", "libmilter native").split()
PATIENCE = 8


class Differ(AssertionError):
    """They do not say the same."""


class Tap:
    """A socket of which all is kept that comes in; what goes out may be cut
    into pieces, each with a packet of its own on the network."""

    def __init__(self, sock, cuts=None):
        self.sock, self.heard, self.sent = sock, bytearray(), bytearray()
        self.chance = cuts is not None and random.Random(cuts)
        self.waiting = b""
        # Few bytes or many; now and then all at once.
        self.most = self.chance and self.chance.choice([3, 40, 1000, 1 << 20])

    def sendall(self, data):
        self.sent += data
        if not self.chance:
            self.sock.sendall(data)
            return
        # What is due at once goes with what comes later, as far as possible.
        self.waiting += data

    def flush(self):
        data, self.waiting = self.waiting, b""
        try:
            while data:
                size = self.chance.randint(1, self.most)
                self.sock.sendall(data[:size])
                data = data[size:]
        except (BrokenPipeError, ConnectionResetError):
            # What it said before it closed is still to be read.
            pass

    def recv(self, size):
        self.flush()
        data = self.sock.recv(size)
        self.heard += data
        return data

    def settimeout(self, seconds):
        self.sock.settimeout(seconds)

    def setsockopt(self, *option):
        self.sock.setsockopt(*option)

    def finish(self):
        """No more is sent; all that still comes."""
        self.sock.settimeout(PATIENCE)
        try:
            self.flush()
            self.sock.shutdown(socket.SHUT_WR)
            while self.recv(1 << 16):
                pass
        except socket.timeout:
            raise Timeout("it does not close") from None
        except OSError:
            pass
        self.sock.close()

    def close(self):
        """finish() does it."""


class Tapped(Client):
    def __init__(self, address, cuts=None, **offer):
        super().__init__(address, timeout=PATIENCE, **offer)
        self.cuts, self.tap = cuts, None

    def open(self):
        self.tap = Tap(open_socket(self.address, self.timeout), self.cuts)
        return Conversation(self, self.tap)


def record(address, function, cuts=None, **offer):
    """(what was sent, what came, how it ended)"""
    client = Tapped(address, cuts, **offer)
    end = ""
    conv = client.open()
    try:
        function(conv)
    except Closed:
        # If it is heard of at all: who sends more, or waits, hears of it.
        pass
    except (ProtocolError, Timeout) as error:
        end = type(error).__name__
    try:
        client.tap.finish()
    except Timeout:
        end += " it does not close"
    return bytes(client.tap.sent), bytes(client.tap.heard), end


# A line of the log without what is never the same: time, process and port.
LINE = re.compile(r"^\S+ postern\[\d+\]: (.*)$", re.M)


def lines(text):
    return [line for line in LINE.findall(text) if "listening on" not in line]


class Pair:
    """Two daemons that differ by their engine alone."""

    def __init__(self, make):
        """make() gives a daemon of the engine that POSTERN_ENGINE names."""
        self.make, self.daemons = make, []
        self.played, self.may_differ = 0, False
        try:
            for number in range(len(ENGINES)):
                self.daemons.append(self.make_one(number))
        except BaseException:
            self.kill()
            raise

    def make_one(self, number):
        before = os.environ.get("POSTERN_ENGINE")
        os.environ["POSTERN_ENGINE"] = ENGINES[number]
        try:
            return self.make()
        finally:
            os.environ.pop("POSTERN_ENGINE")
            if before is not None:
                os.environ["POSTERN_ENGINE"] = before

    def play(self, function, cuts=None, **offer):
        self.played += 1
        one, other = [record(daemon.address, function, cuts, **offer)
                      for daemon in self.daemons]
        # How much was sent to who had closed is a matter of luck.
        if one[1:] != other[1:]:
            raise Differ("cuts %r, offer %r\n%s" % (
                cuts, offer, shown(one, other)))
        return one

    def compare_logs(self):
        """Each line that one has logged and the other has not; once both
        have ended."""
        logs = [sorted(lines(log)) for log in self.logs]
        if logs[0] != logs[1]:
            raise Differ("in their logs:\n" + "\n".join(
                "%s: %s" % (name, line)
                for name, mine, theirs in zip(ENGINES, logs, logs[::-1])
                for line in mine if mine.count(line) > theirs.count(line)))

    def kill(self):
        for daemon in self.daemons:
            daemon.kill()
            daemon.folder.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None:
            self.kill()
            return
        self.logs = []
        for daemon in self.daemons:
            daemon.stop()
            self.logs.append(daemon.last_log.replace(
                daemon.folder.path, "FOLDER"))
        if not self.may_differ:
            self.compare_logs()


def packets(data):
    """[(command, payload)], a rest that is no packet as ("...", rest)."""
    found = []
    while data:
        size = int.from_bytes(data[:4], "big")
        if len(data) < 5 or not 1 <= size <= len(data) - 4:
            return found + [("...", data)]
        found.append((chr(data[4]), data[5:4 + size]))
        data = data[4 + size:]
    return found


def shown(one, other):
    """From the first packet on that is not the same."""
    text = "sent: %s\n" % " ".join(name for name, _ in packets(one[0]))
    heard = [packets(which[1]) for which in (one, other)]
    same = 0
    while (same < min(map(len, heard))
           and heard[0][same] == heard[1][same]):
        same += 1
    for name, which, replies in zip(ENGINES, (one, other), heard):
        text += "%s, after %d the same: %r ... (%d in all) %s\n" % (
            name, same, [(command, data[:300]) for command, data
                         in replies[same:same + 3]], len(replies), which[2])
    return text

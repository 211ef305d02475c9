"""Streams of the milter protocol, and what may be wrong with them.

    stream = make(random.Random(7))         # bytes
    packets_of(stream)                      # [(offset, length, command)]
"""
import struct

from milter_client import Client, Conversation
from milter_protocol import POSTFIX_ACTIONS, POSTFIX_PROTOCOL

MOST = 1 << 20          # behind a command: MILTER_PACKET_MAX

COMMANDS = "ABCDEHKLMNOQRTU"


class Recorder(Conversation):
    """A conversation with nobody: every event is wanted, and all goes well."""

    def __init__(self):
        super().__init__(Client(None), None)
        self.sent = []

    def raw(self, data):
        self.sent.append((chr(data[4]), data[5:]))

    def read_packet(self):
        return "c", b""


WORDS = ["pass", "reject", "tempfail", "discard", "hold", "redirect", "bcc"]


def one_message(conv, chance):
    conv.mail(chance.choice(["<a@example.org>", "<>", "<no@example.org>"]),
              *chance.choice([(), ("SIZE=500",), ("SIZE=", "BODY=8BITMIME")]))
    for _ in range(chance.choice([1, 1, 2, 5])):
        conv.rcpt(chance.choice(["<b@example.net>", "<no@example.net>"]))
    if chance.random() < 0.3:
        conv.data()
    for _ in range(chance.randrange(4)):
        conv.header(chance.choice(["Subject", "X-Strip", "X-Prepend",
                                   "Content-Type"]),
                    " " + chance.choice(WORDS))
    conv.eoh()
    for _ in range(chance.choice([0, 1, 1, 3])):
        conv.body(chance.choice([b"x\r\n", b"reject me\r\n", b"\r", b"",
                                 b"replace me\r\n", b"y" * 5000 + b"\r\n"]))
    conv.eom()


def well_formed(chance):
    """[(command, payload)]"""
    offer = chance.choice([
        (6, POSTFIX_ACTIONS, POSTFIX_PROTOCOL),
        (6, POSTFIX_ACTIONS, POSTFIX_PROTOCOL),
        (6, POSTFIX_ACTIONS, chance.getrandbits(21)),
        (2, 0x3f, 0x7f), (6, chance.getrandbits(9), POSTFIX_PROTOCOL)])
    conv = Recorder()
    conv.connect(chance.choice(["mail.example.org", ""]),
                 chance.choice(["192.0.2.1", "192.0.2.9", "2001:db8::1"]))
    for _ in range(chance.choice([1, 1, 1, 2])):
        if chance.random() < 0.8:
            conv.helo()
        one_message(conv, chance)
        if chance.random() < 0.3:
            conv.abort()
    packets = [("O", struct.pack(">III", *offer))] + conv.sent
    if chance.random() < 0.2:
        # The next connection on the same socket.
        packets += [("K", b"")] + packets[:chance.randrange(len(packets))]
    return packets + [("Q", b"")] * chance.choice([0, 1, 1])


# What may happen to a list of packets

def at(chance, packets):
    return chance.randrange(len(packets))


def drop(chance, packets):
    del packets[at(chance, packets)]


def double(chance, packets):
    n = at(chance, packets)
    packets.insert(n, packets[n])


def move(chance, packets):
    packets.insert(at(chance, packets), packets.pop(at(chance, packets)))


def swap(chance, packets):
    one, other = at(chance, packets), at(chance, packets)
    packets[one], packets[other] = packets[other], packets[one]


def rename(chance, packets):
    n = at(chance, packets)
    packets[n] = (chance.choice([chance.choice(COMMANDS),
                                 chr(chance.randrange(256))]), packets[n][1])


def insert(chance, packets):
    packets.insert(at(chance, packets), (
        chance.choice(COMMANDS), chance.choice([
            b"", b"\0", b"x", b"x\0", b"a\0b\0", b"\0\0\0",
            bytes(chance.randrange(256)
                  for _ in range(chance.randrange(40)))])))


def edit(chance, packets):
    """A byte of a payload: changed, taken out, put in."""
    n = at(chance, packets)
    command, data = packets[n]
    place = chance.randrange(len(data) + 1)
    byte = bytes([chance.choice([0, 0, 255, 10, chance.randrange(256)])])
    data = chance.choice([data[:place] + byte + data[place:],
                          data[:place] + byte + data[place + 1:],
                          data[:place] + data[place + 1:]])
    packets[n] = (command, data)


def without_nul(chance, packets):
    n = at(chance, packets)
    command, data = packets[n]
    packets[n] = (command, chance.choice([
        data.replace(b"\0", b""), data.rstrip(b"\0"),
        data.replace(b"\0", b"", 1)]))


def cut_short(chance, packets):
    n = at(chance, packets)
    command, data = packets[n]
    packets[n] = (command, data[:chance.randrange(len(data) + 1)])


def blow_up(chance, packets):
    n = at(chance, packets)
    command, data = packets[n]
    size = chance.choice([100, 5000, 65536, 70000, MOST - 1, MOST, MOST + 1,
                          MOST + 2])
    packets[n] = (command, data + b"x" * max(0, size - len(data) - 1)
                  + chance.choice([b"\0", b"x", b"\r\n"]))


def macros(chance, packets):
    packets.insert(at(chance, packets), ("D", chance.choice(
        "CHMRTENLBX").encode() + chance.choice([
            b"i\0Q\0", b"i\0", b"i", b"\0\0", b"{auth_authen}\0mallory\0",
            b"auth_authen\0mallory\0", b"{rcpt_mailer}\0error\0",
            b"i\0a\0i\0b\0", b"{\0x\0", b"x" * 3000 + b"\0y\0", b""])))


CHANGES = [drop, double, move, swap, rename, insert, edit, edit, edit,
           without_nul, cut_short, blow_up, macros, macros]


def lie(chance, data):
    """A length that is not the packet's."""
    length = struct.unpack(">I", data[:4])[0]
    length = chance.choice([length - 1, length + 1, length + 4, 0, 1, 2,
                            MOST, MOST + 1, MOST + 2, 0x7fffffff, 0x80000000,
                            0xffffffff, chance.getrandbits(32)])
    return struct.pack(">I", length & 0xffffffff) + data[4:]


def make(chance):
    packets = well_formed(chance)
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3, 8])):
        if packets:
            chance.choice(CHANGES)(chance, packets)
    parts = [struct.pack(">I", len(data) + 1) + command.encode("latin-1")
             + data for command, data in packets]
    if parts and chance.random() < 0.15:
        n = chance.randrange(len(parts))
        parts[n] = lie(chance, parts[n])
    stream = b"".join(parts)
    if chance.random() < 0.15:
        stream = stream[:chance.randrange(len(stream) + 1)]
    if chance.random() < 0.05:
        place = chance.randrange(len(stream) + 1)
        stream = (stream[:place] + bytes([chance.randrange(256)])
                  + stream[place:])
    return stream


def packets_of(stream):
    """[(offset, length, command)] as the lengths say, as long as they can be
    followed; the command is "" where there is none."""
    found, place = [], 0
    while place + 4 <= len(stream):
        length = struct.unpack(">I", stream[place:place + 4])[0]
        found.append((place, length,
                      stream[place + 4:place + 5].decode("latin-1")))
        if not 1 <= length <= MOST + 1:
            break
        place += 4 + length
    return found

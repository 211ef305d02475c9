"""The native engine beside libmilter, and beside the least that reads the
protocol; what idle connections cost, and what those do that sleep."""
import os
import statistics
import struct
import time

import crowd
import material
import scratch
import waiting
from measure import PAIRS, cpu_of, ratios, record, say, spread, told
from milter_client import Client
from milters import WAYS, Turn, interleave, settings, show_milters
from postern import Daemon, Filter, Postern

RULES = 1000
IDLE = int(os.environ.get("WAITING", "10000"))
FEW = 10
SLEEPERS = 1000
EVENTS = 400            # of a round, each with a pause before it
PAUSE = 0.002           # seconds: longer than libmilter's pool keeps busy
TRIPS = 3000            # of a round, to each of two daemons


def native(conf):
    return Postern({**conf, "engine": "native"})


class Bare(Daemon):
    """The bare reader (test/bench/bare.c), with what it agrees on."""

    def __init__(self, offer):
        super().__init__("inet")
        program = os.path.join(scratch.BUILD, "bench", "bare")
        self.start([program, self.address, offer.hex()])

    def stop(self, check=True):
        status = self.process.poll()
        self.kill()
        if check and status is not None:
            self.fail("ended by itself with %d" % status)
        self.folder.close()


def offer_of(daemon):
    """What a filter answers to what load offers."""
    conv = Client(daemon.address).open()
    conv.packet("O", struct.pack(">III", 6, 0x1ff, 0x1fffff))
    command, data = conv.read_packet()
    conv.vanish()
    if command != "O":
        raise RuntimeError("negotiation was answered %s" % command)
    return data


def native_section(results):
    """The native engine beside libmilter, and beside a bare reader."""
    folder = scratch.Folder()
    mails = material.ordinary()
    path = record(folder / "packets", mails)
    conf = settings(folder, RULES)
    daemons = [("libmilter, nothing", Filter(noreply=True)),
               ("libmilter, %d rules" % RULES, Postern(
                   {**conf, "engine": "libmilter"})),
               ("native, %d rules" % RULES, native(conf)),
               ("native, no rules", native(settings(folder, 0)))]
    try:
        # Sent the same packets, of which it answers as many; and one that is
        # sent all, and answers all.
        daemons.append(("bare", Bare(offer_of(daemons[2][1]))))
        daemons.append(("bare, answering all", Bare(
            struct.pack(">III", 6, 0x1ff, 0))))
        all_turns = [Turn(name, daemon, path, len(mails))
                     for name, daemon in daemons]
        interleave(all_turns)
        show_milters(results, "native", all_turns)
        floor, _, ours, _, bare, _ = all_turns
        for way in WAYS:
            results.target(
                20, "native of libmilter's nothing, %d rules, m=%d" % (
                    RULES, way), ratios(ours.cpu[way], floor.cpu[way]), 0.5)
            results.target(
                21, "native of a bare reader, %d rules, m=%d" % (RULES, way),
                ratios(ours.cpu[way], bare.cpu[way]), 1.6)
    finally:
        for _, daemon in daemons:
            daemon.stop()
        folder.close()


# Idle connections

class Idle:
    """A daemon with so many connections that wait, and one that does not."""

    def __init__(self, daemon, count):
        self.daemon = daemon
        client = Client(daemon.address, timeout=60)
        self.idle = waiting.open_some(client, count, False)
        self.busy = client.connect()
        self.busy.helo()

    def close(self):
        for conversation in self.idle + [self.busy]:
            conversation.sock.close()


def events(idles):
    """Microseconds of CPU that each daemon takes for an event; in turn, so that
    both have the same neighbours."""
    for one in idles:
        one.busy.mail("<a@example.org>")
    before = [cpu_of(one.daemon.pid) for one in idles]
    for number in range(EVENTS):
        # Each is the first behind a pause as often as the other.
        for one in idles if number % 2 else idles[::-1]:
            time.sleep(PAUSE)
            one.busy.rcpt("<b@example.com>")
    taken = [cpu_of(one.daemon.pid) - begin
             for one, begin in zip(idles, before)]
    for one in idles:
        one.busy.abort()
    return [1e6 * took / EVENTS for took in taken]


def idle_section(results):
    """An event among thousands of idle connections, and what they weigh."""
    crowd.raise_file_limit(2 * IDLE + 1000)
    conf = {"log": "/dev/null", "session_limit": 0}
    for engine, most in (("libmilter", None), ("native", 1.2)):
        with Postern({**conf, "engine": engine}) as one, \
                Postern({**conf, "engine": engine}) as other:
            few, many = Idle(one, FEW), Idle(other, IDLE)
            taken = [events((many, few)) for _ in range(PAIRS)]
            few.close()
            many.close()
        ratio = ratios(*zip(*taken))
        say("%-10s an event: among %d %6.1f us, among %d %6.1f us; %s" % (
            engine, FEW, statistics.median(few for _, few in taken), IDLE,
            statistics.median(many for many, _ in taken), told(ratio)))
        results.row("idle", name=engine, ratio=ratio)
        if most:
            results.target(22, "an event among %d of one among %d" % (
                IDLE, FEW), ratio, most)
    for name, deliver in (("after HELO", False), ("after a message", True)):
        with native(conf) as daemon:
            size = waiting.each(daemon, deliver)
        say("native     %-16s %5.0f bytes for each of %d" % (name, size, IDLE))
        results.row("idle", name=name, native_bytes=size)
        results.target(23, "bytes of an idle connection, " + name,
                       spread([size]), 2048)


# Sleepers

SLEEPY = {
    "log": "/dev/null", "session_limit": 0, "engine": "native",
    "recipient_access": ["inline:{no@example.com=REJECT}"],
    "soft_error_limit": 1, "error_sleep_time": 8, "delay_session_limit": 0,
    "recipient_limit": 0,
}


def put_to_sleep(conversations):
    """All of them wait for a reply from now on."""
    for conv in conversations:
        conv.begin("rcpt", b"<no@example.com>\0")


def trips(convs):
    """p99 of round trips, in microseconds, of each conversation; in turn."""
    taken = [[] for _ in convs]
    for _ in range(TRIPS):
        for conv, times in zip(convs, taken):
            begin = time.perf_counter()
            conv.rcpt("<b@example.com>")
            times.append(time.perf_counter() - begin)
    for conv in convs:
        conv.abort()
        conv.mail("<a@example.org>")
    return [1e6 * sorted(times)[int(TRIPS * 0.99)] for times in taken]


def sleepers_section(results):
    """A thousand conversations that sleep, and all others."""
    crowd.raise_file_limit(SLEEPERS + 1000)
    with Postern(SLEEPY) as one, Postern(SLEEPY) as other:
        asleep = waiting.open_some(Client(other.address, timeout=60),
                                   SLEEPERS, False)
        for conv in asleep:
            conv.mail("<a@example.org>")
            conv.rcpt("<no@example.com>")
        awake = [Client(daemon.address, timeout=60).connect()
                 for daemon in (other, one)]
        for conv in awake:
            conv.helo()
            conv.mail("<a@example.org>")
        taken, threads = [], 0
        trips(awake)
        for _ in range(PAIRS):
            begin = time.monotonic()
            put_to_sleep(asleep)
            taken.append(trips(awake))
            threads = max(threads, len(os.listdir(
                "/proc/%d/task" % other.pid)))
            if time.monotonic() - begin > 8:
                raise RuntimeError("they woke up meanwhile: TRIPS is too much")
            for conv in asleep:
                conv.finish("rcpt")
        for conv in asleep + awake:
            conv.sock.close()
        ratio = ratios(*zip(*taken))
        say("p99 of a round trip: %.0f us, with %d sleepers %.0f us; %s; "
            "%d threads" % (
                statistics.median(alone for _, alone in taken), SLEEPERS,
                statistics.median(with_them for with_them, _ in taken),
                told(ratio), threads))
        results.row("sleepers", ratio=ratio, threads=threads)
        results.target(24, "p99 with %d sleepers of p99 without" % SLEEPERS,
                       ratio, 1.1)

"""How it is measured: CPU of processes to the nanosecond, rounds in which all
that is compared takes its turn, and medians of what the rounds say.

    PAIRS=3 MESSAGES=500 make bench     short runs

A figure of one process in one round means nothing on a busy machine; a ratio
within one round does, and the median of nine such ratios is what counts.
"""
import json
import os
import resource
import statistics
import struct
import subprocess
import sys
import time

import scratch
from milter_client import Client, Conversation

PAIRS = int(os.environ.get("PAIRS", "9"))
MESSAGES = int(os.environ.get("MESSAGES", "3000"))
CONNECTIONS = 4

# How long one run of the slowest filters may take; messages go in whole turns
# through the mail, so that all are measured on the same mixture.
RUN_SECONDS = float(os.environ.get("RUN_SECONDS", "1"))

COUNTS = [int(word) for word in
          os.environ.get("RULES", "10 100 1000 10000").split()]


def program(name):
    return os.path.join(scratch.BUILD, "bench", name)


# CPU

def cpu_of(pid):
    """Seconds of all threads of a process, those that ended included."""
    # As clock_getcpuclockid() makes it: CPUCLOCK_SCHED of a whole process.
    return time.clock_gettime((~pid << 3) | 2)


def run(argv, stdin=None, stdout=subprocess.DEVNULL, allowed=(0,)):
    """Seconds of CPU that a program took, to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(argv, stdin=stdin, stdout=stdout, check=False,
                          stderr=subprocess.PIPE, timeout=900)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in allowed:
        raise RuntimeError("%s: %d: %s" % (argv, done.returncode,
                                           done.stderr[-2000:]))
    return (after.ru_utime - before.ru_utime
            + after.ru_stime - before.ru_stime)


def peak(pid):
    """Largest resident size so far, in KiB."""
    with open("/proc/%d/status" % pid) as file:
        for line in file:
            if line.startswith("VmHWM"):
                return int(line.split()[1])
    return 0


# Figures

def spread(values):
    return {"median": statistics.median(values), "least": min(values),
            "most": max(values), "n": len(values)}


def ratios(above, below):
    """Of each round, and what of that is told."""
    return spread([a / max(b, 1e-12) for a, b in zip(above, below)])


def told(ratio, form="%.2f"):
    return (form + " (" + form + "-" + form + ")") % (
        ratio["median"], ratio["least"], ratio["most"])


def say(text=""):
    print(text)
    sys.stdout.flush()


class Results:
    """Rows of figures, and what they were to reach."""

    def __init__(self):
        self.rows, self.targets = [], []

    def row(self, section, **figures):
        self.rows.append({"section": section, **figures})

    def target(self, number, what, reached, wanted, most=True):
        """`reached` is a spread; its median counts."""
        met = reached["median"] <= wanted if most else \
            reached["median"] >= wanted
        self.targets.append({"number": number, "what": what,
                             "reached": reached, "wanted": wanted,
                             "at_most": most, "met": met})

    def show_targets(self):
        """True if all are met."""
        if not self.targets:
            return True
        say("\nWhat was to be reached")
        for target in self.targets:
            say("%-6s %s. %-54s %s, to be at %s %g" % (
                "ok" if target["met"] else "MISSED", target["number"],
                target["what"], told(target["reached"]),
                "most" if target["at_most"] else "least",
                target["wanted"]))
        return all(target["met"] for target in self.targets)

    def write(self, path):
        with open(path, "w") as file:
            json.dump({"pairs": PAIRS, "rows": self.rows,
                       "targets": self.targets}, file, indent=1)


# Load

class Recorder(Conversation):
    """A conversation with nobody: every event is wanted and answered."""

    def __init__(self):
        super().__init__(Client(None), None)
        self.sent = []

    def raw(self, data):
        self.sent.append(data)

    def read_packet(self):
        return "c", b""

    def mark(self):
        self.sent.append(struct.pack(">IB", 1, 0))


def record(path, messages):
    """The packets of these messages, for load and content."""
    conv = Recorder()
    conv.macros.update(client_addr="192.0.2.1", client_name="mx.example.org",
                       client_ptr="mx.example.org", client_resolve="OK")
    conv.connect("mx.example.org", "192.0.2.1")
    conv.helo("mx.example.org")
    conv.mark()
    for message in messages:
        conv.deliver("<sender@example.org>", ["<rcpt@example.com>"], message)
        conv.mark()
    with open(path, "wb") as file:
        file.write(b"".join(conv.sent))
    return path


def load(address, path, messages, per_connection, pids,
         connections=CONNECTIONS):
    """Send these; microseconds of CPU a message that the processes took, and
    what load says of it."""
    before = sum(map(cpu_of, pids))
    done = subprocess.run(
        [program("load"), address, path, str(messages), str(per_connection),
         str(connections)], check=True, stdout=subprocess.PIPE, timeout=900)
    took = sum(map(cpu_of, pids)) - before
    return took * 1e6 / messages, json.loads(done.stdout)


def turns(seconds, count):
    """How often `count` messages go round, where once takes so long."""
    most = max(1, MESSAGES // count)
    return max(1, min(most, int(RUN_SECONDS / max(seconds, 1e-9))))


# Programs that measure themselves

class Coprocess:
    """content, find or multi: first what each of its things said when it was
    opened, then figures, a row for each line that it gets."""

    def __init__(self, argv, things, env=None):
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, **(env or {})}, universal_newlines=True)
        self.opened = []
        for _ in range(things):
            seconds, count = self._line()
            self.opened.append((float(seconds), int(count)))

    def _line(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("%s ended with %s" % (
                self.process.args[0], self.process.wait()))
        return line.split()

    def ask(self, number):
        self.process.stdin.write("%d\n" % number)
        self.process.stdin.flush()
        return [float(word) for word in self._line()]

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

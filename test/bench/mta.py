"""Section postfix: what checks cost behind a real Postfix.

Each way of checking has a Postfix of its own, all there at the same time; the
CPU of its smtpd and cleanup processes, and of the filter, is what counts.
Mail goes to discard(8), whose CPU does not.
"""
import os
import tempfile

import material
import scratch
from measure import COUNTS, PAIRS, cpu_of, ratios, say, spread, told
from milters import settings
from postern import Filter, Postern
from postfix import Postfix
from smtp import wire

PER_CONNECTION = int(os.environ.get("PER_CONNECTION", "1"))

# At 10,000 rules Postfix takes 86 ms a mail; it gets every fourth.
SLOW, SLOW_EVERY = 10000, 4

MAIN = {
    "relay_transport": "discard:", "default_transport": "discard:",
    "local_transport": "discard:", "virtual_transport": "discard:",
    # One process, so that none ends while it is measured.
    "max_use": "1000000", "max_idle": "3600s",
    "mime_nesting_limit": "100",
}


def own_checks(folder, count):
    """main.cf of Postfix's own checks."""
    conf = settings(folder, count)
    return {"header_checks": conf["header_checks"][0],
            "body_checks": conf["body_checks"][0],
            "body_checks_size_limit": "0"}


def processes(session):
    """smtpd and cleanup of the Postfix whose master leads this session."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name) as file:
                head, _, rest = file.read().rpartition(")")
        except OSError:
            continue
        if int(rest.split()[3]) == session and head.partition("(")[2] in (
                "smtpd", "cleanup"):
            found.append(int(name))
    return found


def send_one(smtp, mail):
    smtp.raw(b"MAIL FROM:<from@example.org>\r\n"
             b"RCPT TO:<to@example.net>\r\nDATA\r\n")
    for _ in range(3):
        smtp.read()
    smtp.raw(mail)
    return smtp.read().refused


class Way:
    """One way of checking: a Postfix, and the filter behind it."""

    def __init__(self, name, main=None, daemon=None):
        self.name, self.daemon = name, daemon
        main = dict(main or {})
        if daemon:
            main["smtpd_milters"] = daemon.main_cf
        self.postfix = Postfix({**MAIN, **main})
        self.us, self.filter_us = [], []
        self.refused = 0

    def cpu(self):
        """Seconds of all, and of the filter in it."""
        filtering = cpu_of(self.daemon.pid) if self.daemon else 0.0
        pids = processes(self.postfix.process.pid)
        return sum(map(cpu_of, pids)) + filtering, filtering

    def send(self, mails):
        """How many were refused."""
        refused = 0
        for at in range(0, len(mails), PER_CONNECTION):
            with self.postfix.smtp_plain() as smtp:
                smtp.command("EHLO mx.example.org")
                for mail in mails[at:at + PER_CONNECTION]:
                    refused += send_one(smtp, mail)
                smtp.command("QUIT")
        return refused

    def run(self, mails):
        before = self.cpu()
        self.refused = self.send(mails)
        took = [b - a for a, b in zip(before, self.cpu())]
        self.us.append(took[0] * 1e6 / len(mails))
        self.filter_us.append(took[1] * 1e6 / len(mails))

    def close(self):
        self.postfix.stop()
        if self.daemon:
            self.daemon.stop()


def added(way, none):
    return [a - b for a, b in zip(way.us, none.us)]


def keep_in_memory():
    """The queues; to wait for a disk costs time and tells nothing."""
    if os.path.isdir("/dev/shm") and os.access("/dev/shm", os.W_OK):
        tempfile.tempdir = "/dev/shm"


def wired(mails):
    return [wire(mail) + b".\r\n" for mail in mails]


def take_turns(ways, mails):
    for way in ways:
        way.send(mails[:8])         # starts the processes
    for _ in range(PAIRS):
        for way in ways:
            way.run(mails)


def show_ways(results, count, mails, ways):
    none = ways["no checks"]
    for name, way in ways.items():
        extra = added(way, none)
        whole = ratios(way.us, none.us)
        say("%-8s %-18s %5d  %8.0f %8.0f %8.0f   %-22s %d" % (
            count, name, len(mails), spread(way.us)["median"],
            spread(extra)["median"], spread(way.filter_us)["median"],
            told(whole), way.refused))
        results.row("postfix", rules=count, name=name, mails=len(mails),
                    cpu_us=spread(way.us), added_us=spread(extra),
                    filter_us=spread(way.filter_us), of_no_checks=whole,
                    refused=way.refused)


def targets(results, count, ways):
    own, ours = ways["Postfix's own"], ways["postern"]
    if count == 100:
        results.target(4, "the whole with postern of Postfix's own, 100 rules",
                       ratios(ours.us, own.us), 1.0)
    if count == 1000:
        none = ways["no checks"]
        results.target(
            4, "added by Postfix's own of postern's, 1000 rules",
            ratios(added(own, none), added(ours, none)), 10, False)


def postfix_section(results):
    """smtpd, cleanup and the filter together."""
    folder = scratch.Folder()
    mails = wired(material.ordinary())
    say("CPU us a mail of smtpd, cleanup and the filter, %d mail in a "
        "connection" % PER_CONNECTION)
    say("%-8s %-18s %5s  %8s %8s %8s   %-22s %s" % (
        "rules", "", "mails", "all", "added", "filter",
        "of no checks (spread)", "refused"))
    keep_in_memory()
    for count in COUNTS:
        some = mails[::SLOW_EVERY] if count >= SLOW else mails
        ways = {}
        try:
            ways["no checks"] = Way("no checks")
            ways["floor"] = Way("floor", daemon=Filter(noreply=True))
            ways["Postfix's own"] = Way("own", own_checks(folder, count))
            ways["postern"] = Way("postern",
                                  daemon=Postern(settings(folder, count)))
            take_turns(list(ways.values()), some)
            show_ways(results, count, some, ways)
            targets(results, count, ways)
        finally:
            for way in ways.values():
                way.close()
    folder.close()

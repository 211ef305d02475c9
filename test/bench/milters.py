"""Sections floor, peers, start and huge: filters under load."""
import os
import time

import material
import rspamd
import scratch
from measure import (COUNTS, PAIRS, cpu_of, load, peak, ratios,
                     record, say, spread, told, turns)
from milter_client import Client
from postern import Daemon, Filter, Postern

# header_checks and body_checks alone: nothing that is asked in the envelope.
QUIET = {"log": "/dev/null", "body_checks_size_limit": 0,
         "recipient_limit": 0}
WAYS = (1, 50)          # messages in a connection

# What postern is to reach beside the floor, by the number of rules.
FLOOR_MOST = {1000: 1.2, 10000: 1.3}
GROWTH_MOST = 1.25


def settings(folder, count, make=material.few):
    """A configuration with so many rules; 0: with none."""
    if count == 0:
        return dict(QUIET)
    names = []
    for kind, text in zip(("header", "body"), make(count)):
        path = folder / "%s-%s-%d" % (make.__name__, kind, count)
        if not os.path.exists(path):
            folder.write(os.path.basename(path), text)
        names.append("pcre:" + path)
    return {**QUIET, "header_checks": [names[0]], "body_checks": [names[1]]}


class Turn:
    """A filter with what one of its runs is."""

    def __init__(self, name, daemon, path, count):
        self.name, self.daemon, self.path = name, daemon, path
        # A first turn also warms it up, a second tells how long one takes.
        load(daemon.address, path, count, 1, self.pids())
        took, _ = load(daemon.address, path, count, 1, self.pids())
        self.messages = count * turns(took * count / 1e6, count)
        self.cpu = {way: [] for way in WAYS}
        self.rate = {way: [] for way in WAYS}
        self.refused = 0

    def pids(self):
        return getattr(self.daemon, "pids", None) or [self.daemon.pid]

    def run(self, way):
        took, result = load(self.daemon.address, self.path, self.messages,
                            way, self.pids())
        self.cpu[way].append(took)
        self.rate[way].append(self.messages / result["seconds"])
        self.refused = result["refused"] / self.messages


def interleave(all_turns):
    for _ in range(PAIRS):
        for way in WAYS:
            for one in all_turns:
                one.run(way)


def show_milters(results, section, all_turns):
    say("%-24s %4s  %12s  %-22s  %10s %8s  %s" % (
        "", "m/c", "CPU us/mail", "of the floor (spread)", "mails/s",
        "peak KiB", "refused"))
    floor = all_turns[0]
    for one in all_turns:
        for way in WAYS:
            ratio = ratios(one.cpu[way], floor.cpu[way])
            size = max(map(peak, one.pids()))
            say("%-24s %4d  %12.1f  %-22s  %10.0f %8d  %.3f" % (
                one.name, way, spread(one.cpu[way])["median"], told(ratio),
                spread(one.rate[way])["median"], size, one.refused))
            results.row(section, name=one.name, per_connection=way,
                        cpu_us=spread(one.cpu[way]), of_floor=ratio,
                        rate=spread(one.rate[way]), peak_kib=size,
                        refused=one.refused, messages=one.messages)


def floor_section(results):
    """The daemon beside a filter that does nothing."""
    folder = scratch.Folder()
    mails = material.ordinary()
    path = record(folder / "packets", mails)
    say("%d mails, mean %d bytes; the floor: a libmilter filter that does "
        "nothing and replies to nothing" % (
            len(mails), sum(map(len, mails)) // len(mails)))
    # Rules that refuse a header field are answered at the end of the header,
    # which nothing but the round trip of that makes dearer.
    daemons = [("floor", Filter(noreply=True)),
               ("floor, answering EOH", Filter(eoh=True))] + [
        ("postern, %d rules" % count, Postern(settings(folder, count)))
        for count in [0] + COUNTS]
    try:
        all_turns = [Turn(name, daemon, path, len(mails))
                     for name, daemon in daemons]
        interleave(all_turns)
        show_milters(results, "floor", all_turns)
        by_count = dict(zip(COUNTS, all_turns[3:]))
        for way in WAYS:
            for count, most in FLOOR_MOST.items():
                if count in by_count:
                    results.target(
                        1, "daemon of the floor, %d rules, m=%d" % (
                            count, way), ratios(by_count[count].cpu[way],
                                                all_turns[0].cpu[way]), most)
            if 10 in by_count and 10000 in by_count:
                results.target(
                    2, "daemon from 10 rules to 10000, m=%d" % way,
                    ratios(by_count[10000].cpu[way], by_count[10].cpu[way]),
                    GROWTH_MOST)
    finally:
        for _, daemon in daemons:
            daemon.stop()
        folder.close()


def peers_section(results):
    """Filters that Debian has, with the same rules."""
    if not rspamd.available():
        say("rspamd: skipped, the package is not here")
        return
    folder = scratch.Folder()
    mails = material.ordinary()
    path = record(folder / "packets", mails)
    daemons = [("floor", Filter(noreply=True))]
    try:
        for count in COUNTS:
            daemons.append(("rspamd, %d rules" % count, rspamd.Rspamd(
                material.few(count))))
            say("rspamd, %d rules: %s" % (count, daemons[-1][1].said))
        all_turns = [Turn(name, daemon, path, len(mails))
                     for name, daemon in daemons]
        interleave(all_turns)
        show_milters(results, "peers", all_turns)
    finally:
        for _, daemon in daemons:
            daemon.stop()
        folder.close()


class Timed(Postern):
    """Notes how long it took until somebody could negotiate with it."""

    ready = cpu = 0.0

    def start(self, argv):
        begin = time.monotonic()
        wait, time.sleep = time.sleep, lambda _: wait(0.001)
        try:
            super().start(argv)
        finally:
            time.sleep = wait
        Client(self.address).negotiate().vanish()
        self.ready = time.monotonic() - begin
        self.cpu = cpu_of(self.pid)


def start_section(results):
    """Until it serves, and what it needs then."""
    folder = scratch.Folder()
    counts = [0] + COUNTS
    ready = {count: [] for count in counts}
    sizes = {count: [] for count in counts}
    cpu = {count: [] for count in counts}
    for _ in range(PAIRS):
        for count in counts:
            with Timed(settings(folder, count)) as daemon:
                ready[count].append(daemon.ready)
                cpu[count].append(daemon.cpu)
                sizes[count].append(peak(daemon.pid))
    say("%-10s %-26s %-26s %s" % ("rules", "ms until ready (spread)",
                                  "CPU ms (spread)", "peak MiB"))
    for count in counts:
        times = spread([1000 * value for value in ready[count]])
        used = spread([1000 * value for value in cpu[count]])
        size = spread([value / 1024 for value in sizes[count]])
        say("%-10d %-26s %-26s %.1f" % (
            count, told(times, "%.0f"), told(used, "%.0f"), size["median"]))
        results.row("start", rules=count, ready_ms=times, cpu_ms=used,
                    peak_mib=size)
    if 10000 in ready:
        results.target(6, "ms until ready at 10000 rules", spread(
            [1000 * value for value in ready[10000]]), 500)
        results.target(6, "MiB of memory at 10000 rules", spread(
            [value / 1024 for value in sizes[10000]]), 64)
    folder.close()


def huge_section(results):
    """Messages of 10 MB."""
    folder = scratch.Folder()
    size = 10 * 1000 * 1000
    paths = {name: record(folder / name, [material.huge(size, encoded)])
             for name, encoded in (("text", False), ("attachment", True))}
    daemons = [("floor", Filter(noreply=True))] + [
        ("postern, %d rules" % count, Postern(settings(folder, count)))
        for count in (0, 1000)]
    try:
        speeds, often = {}, {}
        for number in range(PAIRS + 1):
            for which in [(name, who) for name in paths for who in daemons]:
                name, (who, daemon) = which
                took, result = load(daemon.address, paths[name],
                                    often.get((name, who), 1), 1,
                                    [daemon.pid], 1)
                if result["refused"]:
                    raise RuntimeError("%s refused it" % who)
                if number == 0:         # only to see how long it takes
                    often[name, who] = min(20, turns(took / 1e6, 1))
                else:
                    speeds.setdefault((name, who), []).append(size / took)
        say("%-12s %-22s %s" % ("10 MB of", "", "MB a second of CPU (spread)"))
        for (name, who), values in speeds.items():
            say("%-12s %-22s %s" % (name, who, told(spread(values), "%.0f")))
            results.row("huge", message=name, name=who, mb_s=spread(values))
        for name in paths:
            results.target(
                7, "MB/s, 10 MB of %s at 1000 rules" % name,
                spread(speeds[name, "postern, 1000 rules"]), 500, False)
    finally:
        for _, daemon in daemons:
            daemon.stop()
        folder.close()

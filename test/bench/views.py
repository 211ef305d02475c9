"""Sections views and stream: what a reader sees, under load and at length."""
import os
import sys

import material
import scratch
from measure import COUNTS, cpu_of, peak, ratios, record, say, told
from milter_client import Client
from milters import QUIET, WAYS, Turn, interleave, settings, show_milters
from postern import Filter, Postern

sys.path.insert(0, os.path.join(scratch.TOP, "test", "milter"))

import test_stream                                      # noqa: E402

# What text costs beside lines: it is decoded, converted, and looked at once
# more in another form.
DECODED = {"body_checks": "text_checks", "header_checks":
           "decoded_header_checks"}
STREAM_MB = int(os.environ.get("STREAM_MB", "1024"))
STREAM_KINDS = ("text", "base64", "html")
STREAM_MOST_KIB = 6 << 10
GROWTH_MOST = 1.25


def decoded(folder, count, **more):
    """The same rules, for what the reader sees."""
    return {**{DECODED.get(name, name): value for name, value in
               settings(folder, count).items()}, **more}


def views_section(results):
    """Rules for what a reader sees, beside the same ones for raw lines."""
    folder = scratch.Folder()
    mails = material.ordinary()
    path = record(folder / "packets", mails)
    folds = ["zero-width", "nfkc", "confusable"]
    daemons = [("floor", Filter(noreply=True))]
    for count in COUNTS:
        daemons += [
            ("raw, %d rules" % count, Postern(settings(folder, count))),
            ("decoded, %d rules" % count, Postern(decoded(folder, count)))]
    daemons.append(("folded, %d rules" % COUNTS[-1], Postern(
        decoded(folder, COUNTS[-1], fold=folds))))
    try:
        turns = [Turn(name, daemon, path, len(mails))
                 for name, daemon in daemons]
        interleave(turns)
        show_milters(results, "views", turns)
        by_name = {turn.name: turn for turn in turns}
        for way in WAYS:
            for count in COUNTS:
                raw, seen = (by_name["%s, %d rules" % (what, count)]
                             for what in ("raw", "decoded"))
                ratio = ratios(seen.cpu[way], raw.cpu[way])
                say("%d rules, %d mails a connection: decoded of raw %s" % (
                    count, way, told(ratio)))
                results.row("views", name="decoded of raw", rules=count,
                            per_connection=way, of_raw=ratio)
            few, many = (by_name["decoded, %d rules" % count]
                         for count in (COUNTS[0], COUNTS[-1]))
            results.target(
                8, "decoded, from %d rules to %d, m=%d" % (
                    COUNTS[0], COUNTS[-1], way),
                ratios(many.cpu[way], few.cpu[way]), GROWTH_MOST)
    finally:
        for _, daemon in daemons:
            daemon.stop()
        folder.close()


def stream_one(kind):
    """A large message behind a small one: KiB of memory for the small one,
    KiB more for the other, seconds of CPU."""
    with Postern(test_stream.CONF) as daemon:
        conv = Client(daemon.address).connect()
        conv.helo()
        test_stream.send(conv, kind, 100 << 10)
        small, before = peak(daemon.pid), cpu_of(daemon.pid)
        verdict = test_stream.send(conv, kind, STREAM_MB << 20)
        took, large = cpu_of(daemon.pid) - before, peak(daemon.pid)
        conv.quit()
    if verdict not in ("accept", "continue"):
        raise RuntimeError("%s: %s" % (kind, verdict))
    return small, large - small, took


def stream_section(results):
    """A message of a gigabyte, in the memory of a small one."""
    say("%-12s %8s %10s %10s %10s" % (
        "%d MB of" % STREAM_MB, "KiB", "KiB more", "CPU s", "MB/s"))
    for kind in STREAM_KINDS:
        small, more, took = stream_one(kind)
        say("%-12s %8d %10d %10.1f %10.0f" % (
            kind, small, more, took, STREAM_MB / max(took, 1e-9)))
        results.row("stream", message=kind, mb=STREAM_MB, kib=small,
                    kib_more=more, cpu_s=took)
        results.target(9, "KiB more for %d MB of %s" % (STREAM_MB, kind),
                       {"median": more, "least": more, "most": more, "n": 1},
                       STREAM_MOST_KIB)

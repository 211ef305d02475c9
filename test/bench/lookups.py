"""Section lookups: tables of a million keys beside a plain uthash table over
the same keys, in one process that takes turns (test/bench/lookup.c), and the
time to open what postmap built.
"""
import os
import subprocess

import scratch
from measure import program, say, spread

KEYS = int(os.environ.get("KEYS", "1000000"))
RATIO_MOST = 2.0
OPEN_MOST = 10.0


def build(folder, keys):
    """A text of so many keys, and the databases that postmap makes of it."""
    path = folder.write("keys", "".join(
        "user%d@host%d.example.com REJECT number %d\n" % (n, n % 977, n)
        for n in range(keys)))
    folder.write("main.cf", "compatibility_level = 3.6\n"
                 "smtputf8_enable = yes\nlmdb_map_size = 1073741824\n")
    for kind in ("cdb", "lmdb"):
        subprocess.run(["postmap", "-c", folder.path, kind + ":" + path],
                       check=True, timeout=600)
    return path


def measure(path):
    done = subprocess.run([program("lookup"), path], check=True,
                          stdout=subprocess.PIPE, universal_newlines=True,
                          timeout=900)
    return {name: float(value) for name, value in (
        line.split() for line in done.stdout.splitlines())}


def lookups_section(results):
    """Maps of a million keys, the least of five rounds."""
    folder = scratch.Folder()
    try:
        found = measure(build(folder, KEYS))
    finally:
        folder.close()
    plain = found["lookup_uthash_ns"]
    say("%d keys; a lookup in a plain uthash table: %.0f ns" % (
        found["keys"], plain))
    for kind in ("hash", "cdb", "lmdb"):
        opened, took = found["open_%s_ms" % kind], \
            found["lookup_%s_ns" % kind]
        say("%-5s opens in %8.3f ms; a lookup: %5.0f ns, %5.2f times uthash"
            % (kind + ":", opened, took, took / plain))
        results.row("lookups", type=kind, keys=int(found["keys"]),
                    open_ms=opened, lookup_ns=took, of_uthash=took / plain)
        if kind == "hash":
            results.target("-", "a lookup in hash: of uthash",
                           spread([took / plain]), RATIO_MOST)
        else:
            results.target("-", "ms to open %s:" % kind, spread([opened]),
                           OPEN_MOST)

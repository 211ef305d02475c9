#!/usr/bin/env python3
"""cdb: and lmdb: beside postmap, which wrote them, and under its hands.

Random tables, as of test_postmap.py and larger ones, are asked by both
programs, with and without a NUL behind keys and values.  Then postmap rebuilds
a database in a loop while a daemon and the tool ask it.

    test_databases.py [SEED [LOOKUPS]]
"""
import itertools
import os
import random
import shutil
import subprocess
import sys
import threading
import time

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(TOP, "test", "lib"))

from milter_client import Client, apply                 # noqa: E402
from postern import Postern, tool                       # noqa: E402
import random_tables as tables                          # noqa: E402
import scratch                                          # noqa: E402
from test_postmap import Case, compare_all              # noqa: E402

KINDS = b"cdb", b"lmdb"
MAKE = os.path.join(scratch.BUILD, "tools", "make_database")
# At least so many rebuilds, and until so many questions came in between: a
# sanitized build is slow to answer.
REBUILDS, REBUILDS_MOST = 12, 1000
ASKED = 11
KEYS = 3000


def postmap(folder, kind, path):
    done = subprocess.run(["postmap", "-c", folder.path,
                           "%s:%s" % (kind, path)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)


def main_cf(folder):
    folder.write("main.cf", "compatibility_level = 3.6\n"
                 "smtputf8_enable = yes\n")


# ---- the same answers

def long_lines(rng):
    """Keys up to what lmdb takes, and values that need pages of their own."""
    lines = []
    for n in range(rng.choice([3, 40, 300, 2500])):
        key = b"%x" % rng.getrandbits(32) + b"k" * rng.choice(
            [0, 1, 20, 200, 480])
        lines.append(key[:rng.choice([5, 60, 510])] + b" %d " % n +
                     b"v" * rng.choice([0, 0, 1, 30, 2000,
                                        4070 + rng.randrange(20), 9000]))
    return lines


def long_keys(rng, lines):
    keys = [line.split()[0] for line in rng.sample(lines, min(60, len(lines)))]
    return keys + [key[:-1] or b"0" for key in keys] + \
        [key + b"k" for key in keys] + [b"0", b"g", b"k" * 511, b"k" * 512,
                                        b"k" * 3000]


def table_cases(folder, seed):
    """Without end."""
    for n in itertools.count():
        rng = random.Random("%d database %d" % (seed, n))
        if n % 5 == 4:
            lines = long_lines(rng)
            keys = long_keys(rng, lines)
        else:
            lines, keys = tables.hash_lines(rng), tables.hash_keys(rng, 100)
        # To postmap, an empty key (or a NUL) is fatal with lmdb.
        keys = [key for key in keys if key and not key.startswith(b"\0")]
        path = folder / "table%d" % n
        for kind in KINDS:
            case = Case(folder, b"%s:%s" % (kind, path.encode()), keys,
                        path=path, lines=lines, built=True)
            case.write()
            yield case
        yield from plain_cases(folder, path, lines, keys)
        yield Case(folder, b"unionmap:{lmdb:%s, cdb:%s, static:x}" % (
            (path.encode(),) * 2), keys, warnings=False)


def plain_cases(folder, path, lines, keys):
    """The same without a NUL behind keys and values."""
    if len(lines) > 300:
        return
    plain = path + "-plain"
    dump = b"".join(b"%s\t%s\n" % tuple(line.lower().split(None, 1))
                    for line in lines if is_simple(line))
    for kind in KINDS:
        subprocess.run([MAKE, kind, b"%s.%s" % (plain.encode(), kind)],
                       input=dump, check=True, timeout=60)
        yield Case(folder, b"%s:%s" % (kind, plain.encode()), keys)


def is_simple(line):
    return len(line.split(None, 1)) == 2 and line.isascii() and \
        b"\0" not in line and b"\t" not in line and not line.startswith(b" ")


def same_answers(seed, wanted):
    folder = scratch.Folder()
    main_cf(folder)
    failed = []
    counts = compare_all(table_cases(folder, seed), wanted, failed)
    for case in failed[:5]:
        case.show()
    folder.close()
    print("seed %d: %d tables, %d lookups, %d keys found, %d tables with an "
          "error; %d not as postmap" % ((seed,) + tuple(counts) +
                                        (len(failed),)))
    assert not failed and counts[1] >= wanted and counts[2] > wanted // 10
    assert counts[3] == 0


# ---- a writer at work

def write_version(folder, version):
    """A text whose values tell which it is; the keys stay.  Its size changes,
    too, so that pages are taken and given back."""
    return folder.write("map", "".join(
        "user%d@example.com REJECT version %d of %d%s\n" % (
            n, version, n, " x" * (version % 3 * 20)) for n in range(KEYS)))


class Rebuilds(threading.Thread):
    """postmap, again and again; `done` is the last version that is whole."""

    def __init__(self, folder, kind):
        super().__init__()
        self.folder, self.kind = folder, kind
        self.begun = self.done = 0
        self.asked = 0
        self.error = None

    def build(self, version):
        self.begun = version
        postmap(self.folder, self.kind, write_version(self.folder, version))
        self.done = version

    def run(self):
        try:
            for version in range(1, REBUILDS_MOST):
                self.build(version)
                if version >= REBUILDS and self.asked >= ASKED:
                    break
        except BaseException as error:
            self.error = error
            raise


def ask_daemon(daemon, writer, rng):
    """One sender of the table; his answer is of the last version or of the
    one that is being written."""
    n = rng.randrange(KEYS)
    conv = Client(daemon.address).connect("mx.example.org", "192.0.2.1")
    conv.helo("mx.example.org")
    least = writer.done
    conv.mail("<user%d@example.com>" % n)
    reply = conv.rcpt("<b@example.net>").text
    most = writer.begun
    conv.quit()
    wanted = {"version %d of %d" % (version, n)
              for version in range(least, most + 1)}
    assert any(text in reply for text in wanted), (reply, wanted)


def ask_tool(folder, writer):
    """All keys of the table in one go."""
    keys = "".join("user%d@example.com\n" % n for n in range(KEYS))
    least = writer.done
    done = tool("query", "%s:%s" % (writer.kind, folder / "map"), "-",
                stdin=keys.encode())
    most = writer.begun
    lines = done.stdout.decode().splitlines()
    assert len(lines) == KEYS and done.returncode == 0, done
    for n, line in enumerate(lines):
        words = line.split()
        assert words[:3] == ["user%d@example.com" % n, "REJECT", "version"] \
            and least <= int(words[3]) <= most and words[5] == str(n), line


def test_rebuilt_under_us():
    """In place (lmdb), with no reload."""
    folder = scratch.Folder()
    main_cf(folder)
    writer = Rebuilds(folder, "lmdb")
    writer.build(0)
    rng = random.Random(1)
    with Postern({"sender_access": ["lmdb:" + folder / "map"],
                  "delay_reject": True}) as daemon:
        writer.start()
        while writer.is_alive():
            ask_daemon(daemon, writer, rng)
            if writer.asked % 20 == 0:
                ask_tool(folder, writer)
            writer.asked += 1
        writer.join()
        assert writer.error is None and writer.done >= REBUILDS
        for _ in range(20):
            ask_daemon(daemon, writer, rng)
        assert "older than" not in daemon.log()
    folder.close()
    print("%d senders asked during %d rebuilds" % (writer.asked, writer.done))
    assert writer.asked >= ASKED


def verdict(daemon, sender):
    conv = Client(daemon.address).connect("mx.example.org", "192.0.2.1")
    conv.helo("mx.example.org")
    conv.mail(sender)
    result = conv.rcpt("<b@example.net>")
    conv.quit()
    return result.verdict


def test_replaced_and_reloaded():
    """A file by another name (cdb) is noticed; so is a newer text."""
    folder = scratch.Folder()
    main_cf(folder)
    path = folder.write("map", "a@example.com REJECT\n")
    postmap(folder, "cdb", path)
    with Postern({"sender_access": ["cdb:" + path],
                  "reload_interval": 1}) as daemon:
        assert verdict(daemon, "<a@example.com>") == "reject"
        assert verdict(daemon, "<b@example.com>") == "continue"
        folder.write("map", "b@example.com REJECT\n")
        postmap(folder, "cdb", path)
        daemon.wait_log(r"loaded \(.*map(\.cdb)? has changed\)")
        deadline = time.monotonic() + 10
        while verdict(daemon, "<b@example.com>") != "reject":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert verdict(daemon, "<a@example.com>") == "continue"
        assert "older than" not in daemon.log()
        os.utime(path)
        daemon.wait_log(r"warning: .*map\.cdb is older than its source "
                        r".*run: postmap cdb:%s\)" % path)
        assert verdict(daemon, "<b@example.com>") == "reject"
        check = tool("check", "-c", daemon.conf_path)
        assert b"postern.conf:" in check.stdout and \
            b"is older than its source" in check.stdout and \
            check.returncode == 0, check
        # A damaged one does not go live.
        with open(path + ".cdb.tmp", "wb") as file:
            file.write(b"no database")
        os.rename(path + ".cdb.tmp", path + ".cdb")
        daemon.wait_log(r"not loaded .*the old policy stays")
        daemon.wait_log(r"map\.cdb is damaged")
        assert verdict(daemon, "<b@example.com>") == "reject"
    folder.close()


def test_wrong_results():
    """They are found out when they are found, and edits are possible."""
    folder = scratch.Folder()
    main_cf(folder)
    access = folder.write("access", "a@example.com NONSENSE\n")
    body = folder.write("body", "secret STRIP\nodd NONSENSE\n")
    postmap(folder, "cdb", access)
    postmap(folder, "lmdb", body)
    with Postern({"sender_access": ["cdb:" + access],
                  "body_checks": ["lmdb:" + body]}) as daemon:
        assert "error" not in daemon.log()
        assert verdict(daemon, "<a@example.com>") == "tempfail"
        daemon.wait_log("cdb:%s: .*NONSENSE" % access)
        conv = Client(daemon.address).connect("mx.example.org", "192.0.2.1")
        conv.helo("mx.example.org")
        message = b"Subject: x\r\n\r\nodd\r\nsecret\r\nlast\r\n"
        result = conv.deliver("<c@example.com>", ["<b@example.net>"], message)
        assert apply(message, result.edits).body == b"odd\r\nlast\r\n", result
        conv.quit()
        daemon.wait_log("lmdb:%s: .*NONSENSE" % body)
    folder.close()


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 20000
    if shutil.which("postmap") is None:
        scratch.skip("no postmap")
    same_answers(seed, wanted)
    test_rebuilt_under_us()
    test_replaced_and_reloaded()
    test_wrong_results()


if __name__ == "__main__":
    main()

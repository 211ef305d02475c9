#!/usr/bin/env python3
"""attachment_checks in the daemon: whoever its helpers run as, whatever
becomes of them, and whatever the message is cut into.

    test_attachments.py [TEST...]
"""
import base64
import os
import signal
import sys
import threading
import time

import archives
import scratch
from keepers import Keepers, children, is_running, wait_for
from milter_client import Client
from postern import Postern

CHECKS = """\
/^name=.*\\.exe type=/      REJECT a program
/ error=/                   WARN it failed
/ magic=image\\/gif /       HOLD a picture
"""


def message(*attachments):
    text = "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    for name, content in attachments:
        text += ("--b\r\nContent-Type: application/octet-stream\r\n"
                 "Content-Transfer-Encoding: base64\r\n"
                 "Content-Disposition: attachment; filename=%s\r\n\r\n"
                 % name)
        text += base64.encodebytes(content).decode().replace("\n", "\r\n")
    return (text + "--b--\r\n").encode()


PROGRAM = archives.make_zip([("readme.txt", b"x"), ("run.exe", b"MZ")])
MAIL = message(("a.zip", PROGRAM))
PICTURE = message(("a", b"GIF89a"))


def deliver(daemon, mail, **options):
    conv = Client(daemon.address).connect()
    conv.helo()
    result = conv.deliver("<a@example.org>", ["<b@example.net>"], mail,
                          **options)
    conv.quit()
    return result


def settings(folder_table, **more):
    return dict({"attachment_checks": ["pcre:" + folder_table]}, **more)


def keeper_of(daemon):
    return Keepers(daemon.pid).keeper()


def start(**more):
    daemon = Postern()
    daemon.__enter__()
    table = daemon.write_file("checks", CHECKS)
    daemon.write_conf(settings(table, **more))
    daemon.reload(wait=": loaded")
    return daemon


def test_verdicts(daemon):
    """Those that a reload asked for are there as well: no restart."""
    assert deliver(daemon, MAIL).verdict == "reject"
    edits = deliver(daemon, PICTURE).edits
    assert [edit.op for edit in edits] == ["quarantine"], edits
    assert deliver(daemon, message(("a.txt", b"x"))).verdict == "accept"


def test_nothing_is_left(_daemon):
    daemon = start()
    keeper, guard = keeper_of(daemon), Keepers(daemon.pid).guard()
    for _ in range(20):
        deliver(daemon, MAIL)
    wait_for(lambda: not children(keeper))
    daemon.__exit__(None, None, None)
    wait_for(lambda: not is_running(keeper) and not is_running(guard))


def test_many(daemon):
    """More at once than there are helpers."""
    verdicts = []

    def run():
        for _ in range(5):
            verdicts.append(deliver(daemon, MAIL).verdict)

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts == ["reject"] * 100, verdicts


def stop_first_helper(daemon, number):
    """A thread that sends the signal to each helper while it runs."""
    keeper = keeper_of(daemon)
    hit = []
    done = threading.Event()

    def hunt():
        while not done.is_set():
            for pid in children(keeper):
                try:
                    os.kill(pid, number)
                    hit.append(pid)
                except ProcessLookupError:
                    pass

    thread = threading.Thread(target=hunt)
    thread.start()

    def finish():
        done.set()
        thread.join()
        return hit

    return finish


def deliver_until_deferred(daemon, mail):
    """A helper is soon gone, and not every signal meets one at work."""
    results = []
    while len(results) < 1000 and "tempfail" not in results:
        results.append(deliver(daemon, mail).verdict)
    return results


def test_helpers_are_killed(daemon):
    """A message is deferred or judged, and the daemon goes on."""
    finish = stop_first_helper(daemon, signal.SIGKILL)
    results = deliver_until_deferred(daemon, MAIL)
    assert finish(), "nothing was killed"
    assert set(results) <= {"reject", "tempfail"}, results
    assert results[-1] == "tempfail", len(results)
    daemon.wait_log("attachment: the helper died of signal 9")
    assert deliver(daemon, MAIL).verdict == "reject"


def test_helpers_hang(daemon):
    finish = stop_first_helper(daemon, signal.SIGSTOP)
    begin = time.monotonic()
    results = deliver_until_deferred(daemon, PICTURE)
    assert finish(), "nothing was stopped"
    assert results[-1] == "tempfail", len(results)
    assert time.monotonic() - begin < 40
    daemon.wait_log("attachment: the helper took too long")
    keeper = keeper_of(daemon)
    wait_for(lambda: not children(keeper))
    assert deliver(daemon, MAIL).verdict == "reject"


def test_keeper_is_killed(daemon):
    """Another one is there for the next message, and the log says so."""
    keepers = Keepers(daemon.pid)
    guard = keepers.guard()
    for _ in range(3):
        keeper = keepers.keeper()
        os.kill(keeper, signal.SIGKILL)
        # One that comes before its end is seen waits for the new one.
        assert deliver(daemon, MAIL).verdict in ("reject", "tempfail")
        wait_for(lambda: keepers.keeper() != keeper)
        assert deliver(daemon, MAIL).verdict == "reject"
    daemon.wait_log("warning: inspector: postern-inspect died of signal 9")
    daemon.wait_log("warning: inspector: postern-inspect was started again")
    os.kill(guard, signal.SIGKILL)
    wait_for(lambda: keepers.guard() != guard)
    assert deliver(daemon, MAIL).verdict == "reject"
    daemon.wait_log("warning: inspector: postern-guard was started again")


def test_keeper_hangs(daemon):
    """However many ask: each in its time, and all is well behind it."""
    keeper = keeper_of(daemon)
    os.kill(keeper, signal.SIGSTOP)
    verdicts = []
    threads = [threading.Thread(
        target=lambda: verdicts.append(deliver(daemon, MAIL).verdict))
               for _ in range(12)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts == ["tempfail"] * 12, verdicts
    assert time.monotonic() - begin < 60
    os.kill(keeper, signal.SIGCONT)
    assert deliver(daemon, MAIL).verdict == "reject"


def test_no_keeper(daemon):
    """Then it is on_attachment_error; a rule may still say more."""
    keepers = Keepers(daemon.pid)
    both = keepers.keeper(), keepers.guard()
    for number in signal.SIGSTOP, signal.SIGKILL:
        for pid in both:
            os.kill(pid, number)
    wait_for(lambda: not keepers.all())
    result = deliver(daemon, PICTURE)
    assert result.verdict == "tempfail", result.verdict
    daemon.wait_log("warning: attachment name=a type=application/octet-stream "
                    "size=6 magic=")
    daemon.wait_log("warning: inspector: postern-inspect and its guard are "
                    "gone")
    assert deliver(daemon, message(("x.exe", b"x"))).verdict == "reject"
    daemon.write_conf(settings(daemon.folder / "checks",
                               on_attachment_error="accept"))
    daemon.reload(wait=": loaded")
    assert deliver(daemon, PICTURE).verdict == "accept"


def test_cut(daemon):
    """What lies past attachment_inspect_limit is not looked at."""
    daemon.write_file("checks", "/ size=20006 magic=application\\/zip .* "
                      "archive=zip cut$/ HOLD cut\n")
    daemon.write_conf(settings(daemon.folder / "checks",
                               attachment_inspect_limit="4K"))
    daemon.reload(wait=": loaded")
    content = archives.make_zip([("a", os.urandom(30000))])[:20006]
    assert deliver(daemon, message(("a.zip", content))).edits


def test_user(_daemon):
    """The keeper and its helpers are who the daemon is, where it is."""
    if os.geteuid() != 0:
        return
    root = scratch.Folder()
    os.makedirs(root / "tmp")
    os.chmod(root / "tmp", 0o1777)
    root.write("checks", CHECKS)
    with Postern() as daemon:
        os.chmod(daemon.folder.path, 0o755)
        text = ('listen = "%s"; log = "stderr"; user = "nobody"; '
                'chroot = "%s"; reload_interval = 0;\n'
                'attachment_checks = [ "pcre:/checks" ];\n'
                % (daemon.address, root.path))
        root.write("postern.conf", text)
        daemon.kill()
        daemon.start([scratch.POSTERN, "serve", "-c",
                      root / "postern.conf"])
        keeper = keeper_of(daemon)
        assert os.readlink("/proc/%d/root" % keeper) == root.path
        with open("/proc/%d/status" % keeper, encoding="ascii") as file:
            status = file.read()
        uids = [line.split()[1:] for line in status.splitlines()
                if line.startswith(("Uid:", "Gid:"))]
        assert all(number != "0" for ids in uids for number in ids), uids
        assert deliver(daemon, MAIL).verdict == "reject"
    root.close()


def main():
    failed = 0
    for name, test in sorted(globals().items()):
        if not name.startswith("test_") or \
                (len(sys.argv) > 1 and name not in sys.argv[1:]):
            continue
        begin = time.monotonic()
        try:
            if name in ("test_user", "test_nothing_is_left"):
                test(None)
            else:
                daemon = start(attachment_time_limit=2)
                try:
                    test(daemon)
                finally:
                    daemon.__exit__(None, None, None)
            word = "ok"
        except AssertionError as error:
            word = "FAILED: %s" % error
            failed += 1
        print("%s: %s (%.1fs)" % (name, word, time.monotonic() - begin),
              flush=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""What only the native engine can: wait without a thread, and have thousands
of connections; and what it does when connections end in the midst of that.

    test_native.py [NAME...]
"""
import os
import resource
import socket
import struct
import subprocess
import sys
import threading
import time

import named_tests
import scratch
from crowd import Crowd, raise_file_limit
from milter_client import Client, Closed, open_socket
from postern import Postern, sanitized

RULES = {"engine": "native", "session_limit": 0, "log": "stderr",
         "recipient_access": ["inline:{no@example.net=REJECT}"]}
LATE = {**RULES, "soft_error_limit": 1, "hard_error_limit": 0,
        "error_sleep_time": 1, "delay_session_limit": 0, "drain_time": 3}


def threads(daemon):
    return len(os.listdir("/proc/%d/task" % daemon.pid))


def settled(daemon):
    """Once all of them have begun."""
    seen = []
    while len(seen) < 10 or len(set(seen[-10:])) > 1:
        seen.append(threads(daemon))
        time.sleep(0.05)
    return seen[-1]


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def files(daemon):
    return len(os.listdir("/proc/%d/fd" % daemon.pid))


def sleepers(daemon, count):
    """So many conversations whose next refused recipient is answered late."""
    crowd = Crowd(Client(daemon.address, timeout=60), count)
    crowd.each("mail", "<a@b>")
    assert all(reply.code == 554
               for reply in crowd.each("rcpt", "<no@example.net>"))
    return crowd


def put_to_sleep(crowd):
    for conv in crowd.conversations:
        conv.deferred = []
        conv.rcpt("<no@example.net>")


def wake(crowd):
    replies = []
    for conv in crowd.conversations:
        (name, due), conv.deferred = conv.deferred[0], None
        replies.append(conv.finish(name, due))
    return replies


def test_sleepers_have_no_thread():
    """A thousand of them, none with a thread, and the others answered."""
    with Postern({**LATE, "error_sleep_time": 4}) as daemon:
        before = settled(daemon)
        with sleepers(daemon, 1000) as crowd:
            other = Client(daemon.address, timeout=60).connect()
            begin = time.monotonic()
            put_to_sleep(crowd)
            took = []
            while time.monotonic() < begin + 2:
                at = time.monotonic()
                other.mail("<a@b>")
                assert other.rcpt("<c@d>").verdict in ("continue", None)
                other.abort()
                took.append(time.monotonic() - at)
            assert threads(daemon) == before, (threads(daemon), before)
            assert max(took) < 2, max(took)
            replies = wake(crowd)
            # They were sent within a while, and each waited for its time.
            assert time.monotonic() - begin >= 4
            assert all(reply.code == 554 for reply in replies)
            assert threads(daemon) == before
            other.quit()
    print("%d exchanges beside 1000 sleepers" % len(took))


def test_sleepers_go_away():
    """Who does not wait for the answer leaves nothing behind."""
    with Postern(LATE) as daemon:
        Client(daemon.address).connect().quit()
        wait_until(lambda: files(daemon) < 40)
        before = files(daemon)
        crowd = sleepers(daemon, 50)
        put_to_sleep(crowd)
        time.sleep(0.2)
        for number, conv in enumerate(crowd.conversations):
            if number % 2:
                conv.vanish()
            else:
                conv.sock.close()
        crowd.conversations = []
        wait_until(lambda: files(daemon) <= before)
        assert Client(daemon.address).connect().mail("<a@b>").verdict in (
            "continue", None)


def test_stop_wakes():
    """A stop waits for the answers that are late."""
    with Postern(LATE) as daemon:
        crowd = sleepers(daemon, 20)
        put_to_sleep(crowd)
        time.sleep(0.2)
        daemon.signal(15)
        assert all(reply.code == 554 for reply in wake(crowd))
        crowd.close()


def test_what_is_sent_meanwhile():
    """Packets behind one whose answer is late are neither lost nor early."""
    with Postern(LATE) as daemon:
        conv = Client(daemon.address).connect()
        conv.mail("<a@b>")
        assert conv.rcpt("<no@example.net>").code == 554
        begin = time.monotonic()
        for name in ("no", "yes", "no"):
            conv.macros["rcpt_addr"] = name + "@example.net"
            conv.send_macros("rcpt")
            conv.packet("R", b"<%s@example.net>\0" % name.encode())
        kinds = [conv.read_packet()[0] for _ in range(3)]
        assert kinds == ["y", "c", "y"], kinds
        assert 1.9 < time.monotonic() - begin < 4
        conv.quit()


def test_no_descriptors():
    """New connections wait until there is one; nothing spins."""
    with Postern(RULES) as daemon:
        Client(daemon.address).connect().quit()
        limit = files(daemon) + 10
        subprocess.run(["prlimit", "--pid", str(daemon.pid),
                        "--nofile=%d:%d" % (limit, limit)], check=True)
        inside = [Client(daemon.address).connect() for _ in range(5)]
        crowd = [open_socket(daemon.address, 5) for _ in range(20)]
        daemon.wait_log("no connection more can be taken: Too many open")
        before = daemon.cpu()
        time.sleep(1)
        assert daemon.cpu() - before < 0.2, daemon.cpu() - before
        for conv in inside:
            assert conv.mail("<a@b>").verdict in ("continue", None)
        for sock in crowd:
            sock.close()
        conv = Client(daemon.address).connect()
        conv.quit()
        assert daemon.log().count("no connection more") < 5
        for conv in inside:
            conv.quit()


def test_half_closed():
    """Who says that nothing follows still hears the answers."""
    with Postern(RULES) as daemon:
        sock = open_socket(daemon.address, 5)
        sock.sendall(struct.pack(">IcIII", 13, b"O", 2, 0x3f, 0x7f)
                     + struct.pack(">Ic", 17, b"C")
                     + b"mx\0" b"4pp" b"192.0.2.1\0")
        sock.shutdown(socket.SHUT_WR)
        heard = b""
        while True:
            data = sock.recv(1000)
            if not data:
                break
            heard += data
        assert heard[4:5] == b"O" and heard.endswith(b"\0\0\0\1c"), heard
        sock.close()


def cost(daemon, convs, events):
    """CPU seconds of events that come one by one."""
    before = daemon.cpu()
    for number in range(events):
        conv = convs[number % len(convs)]
        conv.mail("<a@b>")
        conv.rcpt("<c@d>")
        conv.abort()
    return daemon.cpu() - before


def test_idle():
    """Ten thousand that say nothing: small, and no burden to the others."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    count = 10000 if hard < 0 else min(10000, hard // 2 - 500)
    raise_file_limit(count + 256)
    with Postern({**RULES, "log": "/dev/null"}) as daemon:
        client = Client(daemon.address, timeout=60)
        busy = [client.connect() for _ in range(10)]
        cost(daemon, busy, 500)
        few = cost(daemon, busy, 2000)
        before = daemon.rss()
        with Crowd(client, count):
            each = (daemon.rss() - before) / count
            many = cost(daemon, busy, 2000)
        print("%d idle: %.0f bytes each; 2000 events: %.2f s, before %.2f s"
              % (count, each, many, few))
        if not sanitized():
            assert each < 2048, each
        # A tick of the clock that counts is 10 ms, and others run, too.
        assert many < few * 2 + 0.1, (many, few)
        for conv in busy:
            conv.quit()


def test_crowd():
    """Whole messages in many connections at the same time."""
    folder = scratch.Folder()
    rules = folder.write("rules", "/^Subject: reject/ REJECT\n")
    with Postern({**RULES, "header_checks": ["pcre:" + rules]}) as daemon:
        client = Client(daemon.address, timeout=60)
        faults = []

        def run(number):
            try:
                for turn in range(5):
                    conv = client.connect()
                    for _ in range(3):
                        word = "reject" if (number + turn) % 2 else "pass"
                        result = conv.deliver(
                            "<a@b>", ["<c@d>"],
                            b"Subject: %s\r\n\r\n%s" % (
                                word.encode(), b"x" * 70000))
                        want = "reject" if word == "reject" else "accept"
                        assert result.verdict == want, result
                    if turn % 2:
                        conv.vanish()
                    else:
                        conv.quit()
            except (AssertionError, OSError, Closed) as error:
                faults.append(error)
        crowd = [threading.Thread(target=run, args=(number,))
                 for number in range(16)]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
        assert not faults, faults
    folder.close()


if __name__ == "__main__":
    sys.exit(named_tests.run(globals(), sys.argv[1:]))

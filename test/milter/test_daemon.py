#!/usr/bin/env python3
"""postern serve: its start, its reloads, its end.

    test_daemon.py [NAME...]        only the tests whose names hold one
"""
import grp
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import named_tests
import scratch
from milter_client import Client, Closed
from postern import Postern, sanitized, tool, write_conf, DEFAULTS

CHECKS = "/^Subject: bad/ REJECT no bad subjects\n"
GOOD = b"Subject: good\r\n\r\nx\r\n"
BAD = b"Subject: bad\r\n\r\nx\r\n"
ENVELOPE = ("<a@example.org>", ["<b@example.net>"])
# Sanitizers and shared machines make everything slower.
PATIENCE = 30


class Checked(Postern):
    """A daemon with one table of header_checks."""

    def __init__(self, text=CHECKS, address="inet", args=(), **settings):
        self.text, self.settings = text, settings
        super().__init__({}, address, args)
        self.wait_log("listening on", PATIENCE)

    def write_conf(self, conf):
        path = self.write_file("checks", self.text)
        super().write_conf({"header_checks": ["pcre:" + path],
                            **self.settings, **conf})

    def table(self, text):
        """Replace the table, with a date that differs."""
        self.text = text
        self.write_file("checks", text)

    def greeted(self, address="192.0.2.1"):
        conv = Client(self.address, timeout=PATIENCE).connect(
            "mail.example.org", address)
        conv.helo()
        return conv


def verdict(conv, message):
    return conv.deliver(*ENVELOPE, message).verdict


def wait_until(what, timeout=PATIENCE):
    deadline = time.monotonic() + timeout
    while not what():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def wait_end(daemon, status=0):
    """The process ends by itself."""
    ended = daemon.process.wait(PATIENCE)
    assert ended == status, (ended, daemon.log())


# Reloads

def test_reload_between_connections():
    with Checked() as daemon:
        old = daemon.greeted()
        assert verdict(old, BAD) == "reject"
        assert verdict(old, GOOD) == "accept"
        daemon.table("/^Subject: good/ REJECT\n")
        daemon.reload(wait=r"loaded \(SIGHUP\): mode enforce, \d+ tables?")
        new = daemon.greeted()
        assert verdict(new, GOOD) == "reject"
        assert verdict(new, BAD) == "accept"
        # The open one keeps what it was negotiated with.
        assert verdict(old, BAD) == "reject"
        assert verdict(old, GOOD) == "accept"
        daemon.signal(signal.SIGUSR1)
        daemon.wait_log(r"loaded \(SIGUSR1\)")
        old.quit()
        new.quit()


def test_broken_reload_while_open():
    with Checked() as daemon:
        old = daemon.greeted()
        old.mail("<a@example.org>")
        daemon.table("/(/ REJECT\n/x/ REJECT\n/[/ REJECT\n")
        daemon.reload(wait=r"not loaded \(SIGHUP\), the old policy stays")
        daemon.wait_log(r"checks:1: ")
        daemon.wait_log(r"checks:3: ")
        old.rcpt("<b@example.net>")
        assert old.send_message(BAD).verdict == "reject"
        new = daemon.greeted()
        assert verdict(new, BAD) == "reject"
        daemon.table("/^Subject: good/ REJECT\n")
        daemon.reload(wait=r"loaded \(SIGHUP\)")
        assert verdict(daemon.greeted(), GOOD) == "reject"
        # A configuration that is no configuration, and none at all.
        with open(daemon.conf_path, "w") as file:
            file.write("mode = ;\n")
        daemon.reload(wait=r"the old policy stays")
        os.unlink(daemon.conf_path)
        daemon.reload(wait=r"the old policy stays")
        assert verdict(daemon.greeted(), GOOD) == "reject"
        daemon.write_conf({})
        daemon.reload(wait=r"loaded \(SIGHUP\)")


def test_what_is_read_once_stays():
    with Checked() as daemon:
        daemon.write_conf({"listen": "inet:1@127.0.0.1", "user": "nobody"})
        daemon.reload(wait=r"the old policy stays: 2 errors")
        daemon.wait_log("postern.conf:.*listen")
        daemon.wait_log("postern.conf:.*user")


def test_changed_files_are_noticed():
    with Checked(reload_interval=1) as daemon:
        assert verdict(daemon.greeted(), GOOD) == "accept"
        daemon.table("/^Subject: good/ REJECT\n")
        daemon.wait_log(r"loaded \(.*checks has changed\)")
        assert verdict(daemon.greeted(), GOOD) == "reject"
        daemon.table("/(/ REJECT\n")
        daemon.wait_log(r"not loaded \(.*checks has changed\)")
        time.sleep(2.2)
        assert len(re.findall("not loaded", daemon.log())) == 1
        os.unlink(daemon.folder / "checks")
        wait_until(lambda: len(re.findall("not loaded", daemon.log())) == 2)
        daemon.table("/^Subject: other/ REJECT\n")
        wait_until(lambda: len(re.findall(r"loaded \(.*checks has changed",
                                          daemon.log())) == 4)
        assert verdict(daemon.greeted(), GOOD) == "accept"


class Traffic:
    """Threads that send good and bad mail and note what is wrong."""

    def __init__(self, daemon, threads=4):
        self.daemon, self.wrong, self.sent = daemon, [], 0
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.run)
                        for _ in range(threads)]
        for thread in self.threads:
            thread.start()

    def run(self):
        try:
            while not self.over.is_set():
                conv = self.daemon.greeted()
                for message, want in ((GOOD, "accept"), (BAD, "reject")) * 3:
                    got = verdict(conv, message)
                    self.sent += 1
                    if got != want:
                        self.wrong.append((message, got))
                conv.quit()
        except Exception as error:      # pylint: disable=broad-except
            self.wrong.append(error)

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join(PATIENCE)
        assert not self.wrong, self.wrong
        assert self.sent > 0


def test_storm_of_signals_under_traffic():
    table = CHECKS + "".join("/^X-%d: (a|b)+c/ WARN\n" % n
                             for n in range(3000))
    with Checked(table) as daemon:
        traffic = Traffic(daemon)
        for turn in range(3):
            for number in range(100):
                daemon.signal(signal.SIGHUP if number % 3 else
                              signal.SIGUSR1)
            time.sleep(0.3)
        daemon.table(table + "/^Subject: new/ REJECT\n")
        daemon.reload(wait=r"loaded \(SIG\w+\): .* 300[4-9] rules",
                      timeout=PATIENCE)
        traffic.stop()
        assert daemon.running()
        assert "old policy stays" not in daemon.log()
        loads = len(re.findall(r"loaded \(SIG", daemon.log()))
        assert 2 <= loads <= 301, loads
        assert verdict(daemon.greeted(),
                       b"Subject: new\r\n\r\nx\r\n") == "reject"


def test_reloads_do_not_pile_up():
    """A policy that nobody holds any more is freed."""
    if sanitized():
        return
    table = CHECKS + "".join("/^X-%d: (a|b)+c/ WARN\n" % n
                             for n in range(2000))
    with Checked(table) as daemon:
        def reload_often(times):
            for _ in range(times):
                conv = daemon.greeted()
                daemon.reload(wait=r"loaded", timeout=PATIENCE)
                conv.quit()
        reload_often(10)
        begin = daemon.rss()
        reload_often(20)
        one = max(1, daemon.rss() - begin)
        assert one < 16 << 20, (begin, one)


# The end

def test_stop_in_mid_message():
    with Checked(address="local", drain_time=60) as daemon:
        path = daemon.address.partition(":")[2]
        inside, idle = daemon.greeted(), daemon.greeted()
        inside.mail("<a@example.org>")
        inside.rcpt("<b@example.net>")
        inside.data()
        inside.header("Subject", " bad")
        begin = time.monotonic()
        daemon.signal(signal.SIGTERM)
        daemon.wait_log(r"stopping \(SIGTERM\): 1 message open")
        late = daemon.greeted()
        for conv in (idle, late):
            replies = (conv.mail("<c@example.org>"),
                       conv.rcpt("<b@example.net>"))
            assert replies[0].verdict == "continue", replies
            assert (replies[1].code, replies[1].dsn) == (451, "4.3.2"), replies
        time.sleep(0.5)
        assert daemon.running() and os.path.exists(path)
        inside.eoh()
        assert inside.eom().code == 550
        wait_end(daemon)
        assert time.monotonic() - begin < 30
        assert not os.path.exists(path)
        assert re.search(r"stopped$", daemon.log(), re.M), daemon.log()
        for conv in (inside, idle, late):
            assert conv.closed()


def test_stop_without_replies_to_the_envelope():
    """A message that comes while the filter stops hears so at its end, and
    is waited for."""
    with Checked(CHECKS + "/^Subject: odd/ WARN\n", drain_time=60,
                 recipient_limit=0) as daemon:
        inside, late = daemon.greeted(), daemon.greeted()
        # What is logged of the header says that the message has begun.
        inside.mail("<a@example.org>")
        inside.rcpt("<b@example.net>")
        inside.data()
        inside.header("Subject", " odd")
        inside.eoh()
        daemon.wait_log("warning: header Subject: odd")
        daemon.signal(signal.SIGTERM)
        daemon.wait_log(r"stopping \(SIGTERM\): 1 message open")
        for reply in (late.mail("<c@example.org>"),
                      late.rcpt("<b@example.net>")):
            assert reply.verdict == "continue", reply
        inside.quit()
        time.sleep(0.5)
        assert daemon.running()
        late.data()
        late.header("Subject", " good")
        late.eoh()
        reply = late.eom()
        assert (reply.code, reply.dsn) == (451, "4.3.2"), reply
        wait_end(daemon)


def test_stop_waits_for_local_mail():
    """By no SMTP a recipient cannot be refused: it hears so at its end."""
    with Checked(drain_time=60) as daemon:
        inside = daemon.greeted()
        inside.mail("<a@example.org>")
        inside.rcpt("<b@example.net>")
        local = Client(daemon.address, timeout=PATIENCE).negotiate()
        local.connect_local()
        daemon.signal(signal.SIGTERM)
        daemon.wait_log(r"stopping \(SIGTERM\): 1 message open")
        for reply in (local.mail("a@example.org"),
                      local.rcpt("b@example.net")):
            assert reply.verdict == "continue", reply
        inside.quit()
        time.sleep(0.5)
        assert daemon.running()
        result = local.send_message(GOOD)
        assert (result.stage, result.reply.code, result.reply.dsn) == (
            "eom", 451, "4.3.2"), result
        wait_end(daemon)


def test_stop_waits_for_end_of_message():
    """INT as well; an abort ends a message, too."""
    with Checked() as daemon:
        whole, left = daemon.greeted(), daemon.greeted()
        for conv in (whole, left):
            conv.mail("<a@example.org>")
            conv.rcpt("<b@example.net>")
        daemon.signal(signal.SIGINT)
        daemon.wait_log(r"stopping \(SIGINT\): 2 messages open")
        left.abort()
        time.sleep(0.4)
        result = whole.send_message(b"Subject: x\r\n\r\n" + b"y\r\n" * 99999)
        assert result.verdict == "accept" and result.stage == "eom"
        wait_end(daemon)


def test_drain_time_passes():
    with Checked(drain_time=1) as daemon:
        conv = daemon.greeted()
        conv.mail("<a@example.org>")
        conv.rcpt("<b@example.net>")
        begin = time.monotonic()
        daemon.signal(signal.SIGTERM)
        wait_end(daemon)
        assert 0.9 < time.monotonic() - begin < 15
        daemon.wait_log("1 message was cut, drain_time is over")
        assert conv.closed()


def test_idle_conversations_hold_nobody():
    with Checked(drain_time=60) as daemon:
        convs = [daemon.greeted() for _ in range(20)]
        for conv in convs[:10]:
            assert verdict(conv, GOOD) == "accept"
        begin = time.monotonic()
        daemon.signal(signal.SIGTERM)
        wait_end(daemon)
        assert time.monotonic() - begin < 20
        daemon.wait_log(": 0 messages open")


def test_stop_under_traffic():
    """No message that has begun is left without a verdict."""
    with Checked(drain_time=30) as daemon:
        wrong, late = [], []

        def run():
            conv = daemon.greeted()
            while True:
                try:
                    conv.mail("<a@example.org>")
                    reply = conv.rcpt("<b@example.net>")
                except (Closed, OSError):
                    return
                if reply.code == 451 and reply.dsn == "4.3.2":
                    late.append(1)
                    return
                try:
                    if conv.send_message(BAD).verdict != "reject":
                        wrong.append("verdict")
                except (Closed, OSError) as error:
                    wrong.append(error)
                    return
        threads = [threading.Thread(target=run) for _ in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        daemon.signal(signal.SIGTERM)
        wait_end(daemon)
        for thread in threads:
            thread.join(PATIENCE)
        assert not wrong, wrong


# session_limit

def test_session_limit():
    for action in ("tempfail", "accept"):
        with Checked(session_limit=2, session_limit_action=action) as daemon:
            convs = [daemon.greeted(), daemon.greeted()]
            assert verdict(convs[1], BAD) == "reject"
            third = Client(daemon.address, timeout=PATIENCE).connect()
            reply = third.stages["connect"]
            if action == "tempfail":
                assert (reply.verdict, reply.code) == ("tempfail", 421), reply
            else:
                assert reply.verdict == "accept", reply
            daemon.wait_log("rule=session_limit")
            # Who is turned away takes no place, and who leaves makes room.
            third.quit()
            convs[0].quit()
            wait_until(lambda: Client(daemon.address).connect(
            ).stages["connect"].verdict == "continue")


# Sockets

def refused(conf, *args):
    """The words of a daemon that must not start."""
    folder = scratch.Folder()
    path = folder.write("postern.conf", write_conf({**DEFAULTS, **conf}))
    done = tool("serve", "-c", path, *args)
    folder.close()
    assert done.returncode == 1, done
    return done.stderr.decode()


def test_sockets():
    folder = scratch.Folder()
    path = folder / "socket"
    address = "local:" + path
    first = Postern({"socket_mode": "0660"}, address)
    assert "another postern (or something else) listens on" in refused(
        {"listen": address})
    assert verdict(Client(address).connect(), GOOD) == "accept"
    assert os.stat(path).st_mode & 0o777 == 0o660
    first.kill()
    first.folder.close()
    assert os.path.exists(path)
    # What a killed one left behind is replaced.
    with Postern({"socket_mode": "0622"}, address):
        assert verdict(Client(address).connect(), GOOD) == "accept"
        assert os.stat(path).st_mode & 0o777 == 0o622
    assert not os.path.exists(path)
    folder.write("socket", "precious")
    assert "no socket" in refused({"listen": address})
    with open(path) as file:
        assert file.read() == "precious"
    folder.close()


def test_second_daemon():
    with Postern({}) as daemon:
        assert "listens on " + daemon.address in refused(
            {"listen": daemon.address})
        assert verdict(Client(daemon.address).connect(), GOOD) == "accept"
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = "inet:%d@127.0.0.1" % other.getsockname()[1]
        assert "something else" in refused({"listen": address})


def test_socket_group():
    if os.geteuid() != 0:
        return
    folder = scratch.Folder()
    path = folder / "socket"
    with Postern({"socket_group": "daemon", "socket_mode": "0660"},
                 "local:" + path):
        status = os.stat(path)
        assert status.st_gid == grp.getgrnam("daemon").gr_gid
    assert "no-such-group" in refused({"socket_group": "no-such-group",
                                       "listen": "local:" + path})
    assert not os.path.exists(path)
    folder.close()


# What keeps it from starting

def test_faults_stop_the_start():
    folder = scratch.Folder()
    table = folder.write("checks", "/(/ REJECT\n/x/ REJECT\n/[/ REJECT\n")
    socket_path = folder / "socket"
    words = refused({"header_checks": ["pcre:" + table], "nonsense": 1,
                     "listen": "local:" + socket_path})
    assert "checks:1: " in words and "checks:3: " in words, words
    assert "nonsense" in words and "not started: " in words, words
    assert not os.path.exists(socket_path)
    # Here the socket is bound before the tables are read.
    words = refused({"header_checks": ["pcre:" + table],
                     "listen": "local:" + socket_path})
    assert "checks:1: " in words and "checks:3: " in words, words
    assert "listening" not in words
    assert not os.path.exists(socket_path)
    if os.geteuid() == 0:
        words = refused({"user": "no-such-user"})
        assert 'user "no-such-user" does not exist' in words, words
    done = tool("serve", "-c", folder / "absent")
    assert done.returncode == 1 and b"absent" in done.stderr, done
    folder.close()


def test_options():
    done = tool("serve", "--help")
    assert done.returncode == 0 and b"--pid-file" in done.stdout, done
    for args in (["--no-such"], ["operand"], ["-c"]):
        done = tool("serve", *args)
        assert done.returncode == 2 and b"usage" in done.stderr, done
    done = tool("--version")
    assert done.returncode == 0 and re.match(rb"postern \d", done.stdout)
    for args, status in ((["--help"], 0), ([], 2), (["nonsense"], 2)):
        done = tool(*args)
        assert done.returncode == status, done
        assert b"usage: postern" in done.stdout + done.stderr, done


# The background

def start_in_background(folder, *args):
    """Through pipes, of which it must let go by itself; but a keeper with
    sanitizers keeps one to complain to."""
    if not sanitized():
        return tool("serve", "--daemon", *args)
    with open(folder / "said", "w+b") as said:
        done = subprocess.run([scratch.POSTERN, "serve", "--daemon", *args],
                              stdout=said, stderr=said, timeout=120,
                              check=False)
        said.seek(0)
        done.stderr = said.read()
    return done


def test_background():
    folder = scratch.Folder()
    log, pid_file = folder / "log", folder / "pid"
    address = "local:" + folder / "socket"
    conf = folder.write("postern.conf", write_conf(
        {**DEFAULTS, "listen": address, "log": log, "reload_interval": 0}))
    folder.write("pid", "1\n")      # stale: nobody locks it
    done = start_in_background(folder, "--pid-file", pid_file, "-c", conf)
    assert done.returncode == 0 and done.stderr == b"", done
    with open(pid_file) as file:
        pid = int(file.read())
    try:
        in_background(pid, folder, address, conf)
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        raise
    # A fault: the parent says no, with the reasons.
    folder.write("postern.conf", "nonsense = 1;\nlog = \"%s\";\n" % log)
    done = tool("serve", "--daemon", "--pid-file", pid_file, "-c", conf)
    assert done.returncode == 1 and b"nonsense" in done.stderr, done
    assert not os.path.exists(pid_file)
    folder.write("postern.conf", write_conf({**DEFAULTS, "listen": address}))
    done = tool("serve", "--daemon", "-c", conf)
    assert done.returncode == 1 and b"--daemon" in done.stderr, done
    folder.close()


def in_background(pid, folder, address, conf):
    log, pid_file = folder / "log", folder / "pid"
    assert os.readlink("/proc/%d/fd/2" % pid) == "/dev/null"
    assert os.readlink("/proc/%d/cwd" % pid) == "/"
    assert verdict(Client(address).connect(), GOOD) == "accept"
    wait_until(lambda: re.search(r"listening on local:.* \(mode enforce",
                                 open(log).read()))
    again = tool("serve", "--daemon", "--pid-file", pid_file, "-c", conf)
    assert again.returncode == 1, again
    assert b"another postern is running" in again.stderr, again
    os.rename(log, log + ".old")
    os.kill(pid, signal.SIGHUP)
    wait_until(lambda: os.path.exists(log) and "loaded" in open(log).read())
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not os.path.exists("/proc/%d" % pid))
    assert not os.path.exists(pid_file)
    assert not os.path.exists(folder / "socket")


# Privileges

def status_of(pid):
    with open("/proc/%d/status" % pid) as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file
                    if ":\t" in line)


def test_user_and_group():
    if os.geteuid() != 0:
        return
    nobody = pwd.getpwnam("nobody")
    folder = scratch.Folder()
    os.chmod(folder.path, 0o777)
    path = folder / "socket"
    with Checked(address="local:" + path, user="nobody", group="daemon",
                 pid_file=folder / "pid") as daemon:
        gid = grp.getgrnam("daemon").gr_gid
        status = status_of(daemon.pid)
        assert status["Uid"].split() == [str(nobody.pw_uid)] * 4, status
        assert status["Gid"].split() == [str(gid)] * 4, status
        assert "0" not in status["Groups"].split(), status
        assert int(status["CapPrm"], 16) == 0, status
        assert int(status["CapEff"], 16) == 0, status
        assert status["NoNewPrivs"] == "1", status
        assert os.stat(path).st_uid == nobody.pw_uid
        with open(folder / "pid") as file:
            assert int(file.read()) == daemon.pid
        assert verdict(daemon.greeted(), BAD) == "reject"
        # A table that only root can read is one that cannot be read.
        os.chmod(daemon.folder / "checks", 0o600)
        daemon.reload(wait="the old policy stays")
        daemon.wait_log("checks.*Permission denied")
        os.chmod(daemon.folder / "checks", 0o644)
        daemon.reload(wait=r"loaded \(SIGHUP\)")
    assert not os.path.exists(path) and not os.path.exists(folder / "pid")
    # The first load meets the same permissions.
    table = folder.write("checks", CHECKS)
    os.chmod(table, 0o600)
    words = refused({"header_checks": ["pcre:" + table], "user": "nobody",
                     "listen": "local:" + path})
    assert "Permission denied" in words and "not started" in words, words
    # What cannot be removed any more is emptied, or replaced later.
    os.chmod(folder.path, 0o755)
    with Checked(address="local:" + path, user="nobody",
                 pid_file=folder / "pid") as daemon:
        pass
    assert os.stat(folder / "pid").st_size == 0
    with Checked(address="local:" + path, user="nobody",
                 pid_file=folder / "pid") as daemon:
        assert verdict(daemon.greeted(), BAD) == "reject"
    folder.close()


def test_user_without_root():
    """What cannot be changed is said."""
    if os.geteuid() == 0:
        return
    with Checked(user="no-such-user") as daemon:
        daemon.wait_log("not started as root")
        assert verdict(daemon.greeted(), BAD) == "reject"
    with Checked(user=pwd.getpwuid(os.geteuid()).pw_name) as daemon:
        assert "not started as root" not in daemon.log()


def test_chroot():
    if os.geteuid() != 0:
        return
    root = scratch.Folder()
    os.mkdir(root / "etc")
    os.mkdir(root / "tmp")
    os.chmod(root / "tmp", 0o1777)
    root.write("etc/checks", CHECKS)
    log = root / "log"
    address = "inet:%d@127.0.0.1" % scratch.free_port()

    def write(**more):
        return root.write("etc/postern.conf", write_conf({
            **DEFAULTS, "listen": address, "chroot": root.path + "/",
            "user": "nobody", "header_checks": ["pcre:/etc/checks"],
            "pid_file": root / "pid", **more}))
    conf = write()
    with open(log, "wb") as stderr:
        process = subprocess.Popen([scratch.POSTERN, "serve", "-c", conf],
                                   stdin=subprocess.DEVNULL, stdout=stderr,
                                   stderr=stderr)

    def logged():
        with open(log) as file:
            return file.read()
    wait_until(lambda: "listening on" in logged() or
               process.poll() is not None)
    assert process.poll() is None, logged()
    assert os.readlink("/proc/%d/root" % process.pid) == root.path
    conv = Client(address, timeout=PATIENCE).connect()
    assert verdict(conv, BAD) == "reject"
    root.write("etc/checks", "/^Subject: good/ REJECT\n")
    process.send_signal(signal.SIGHUP)
    wait_until(lambda: "loaded (SIGHUP)" in logged())
    assert verdict(Client(address).connect(), GOOD) == "reject"
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0, logged()
    # A table that is there outside only is none.
    outside = scratch.Folder()
    table = outside.write("checks", CHECKS)
    done = tool("serve", "-c", write(header_checks=["pcre:" + table]))
    assert done.returncode == 1 and table.encode() in done.stderr, done
    assert b"(inside the chroot)" in done.stderr, done
    # FILE outside of it has to be there inside, too.
    conf = outside.write("postern.conf", open(write()).read())
    done = tool("serve", "-c", conf)
    assert done.returncode == 1 and b"(inside the chroot)" in done.stderr
    outside.close()
    root.close()


# Shadow

def test_shadow():
    text = (CHECKS + "/^X-Edit:/ REPLACE X-Edited: 1\n"
            "/^X-Hold:/ HOLD\n/^X-Gone:/ DISCARD\n/^X-Bcc:/ BCC c@d.e\n")
    with Checked(text, mode="shadow", session_limit=5, drain_time=60,
                 recipient_limit=1,
                 sender_access=["inline:{no@example.org=REJECT}"]) as daemon:
        conv = daemon.greeted()
        for field in ("Subject: bad", "X-Edit: 1", "X-Hold: 1", "X-Gone: 1",
                      "X-Bcc: 1"):
            result = conv.deliver(*ENVELOPE,
                                  field.encode() + b"\r\n\r\nx\r\n")
            assert result.verdict == "accept" and not result.edits, result
        result = conv.deliver("<no@example.org>", ["<b@example.net>"], GOOD)
        assert result.verdict == "accept", result
        result = conv.deliver("<a@example.org>", ["<b@c>", "<d@e>"], GOOD)
        assert result.verdict == "accept" and len(result.accepted) == 2
        for word in ("would-reject: header Subject: bad",
                     "would-replace: ", "would-hold: ", "would-discard: ",
                     "would-bcc: ", "would-reject: RCPT"):
            daemon.wait_log(word)
        assert not re.search(r": (reject|hold|discard): ", daemon.log())
        # Past session_limit it goes by unseen.
        more = [daemon.greeted() for _ in range(6)]
        assert more[5].stages["connect"].verdict == "accept"
        # So does what begins while the filter stops.
        conv.mail("<a@example.org>")
        daemon.signal(signal.SIGTERM)
        daemon.wait_log("stopping")
        assert more[0].mail("<a@example.org>").verdict == "accept"
        conv.abort()
        wait_end(daemon)


# Many

def test_out_of_files():
    """At the limit it waits for connections to go, and goes on."""
    with Checked(session_limit=20) as daemon:
        subprocess.run(["prlimit", "--pid", str(daemon.pid),
                        "--nofile=40:40"], check=True)
        socks = []
        for _ in range(60):
            sock = socket.socket()
            sock.connect(("127.0.0.1",
                          int(daemon.address[5:].partition("@")[0])))
            socks.append(sock)
        time.sleep(0.5)
        assert daemon.running()
        for sock in socks:
            sock.close()
        conv = daemon.greeted()
        assert verdict(conv, BAD) == "reject"
        conv.quit()


def test_file_limit_is_raised():
    with Checked(session_limit=1500) as daemon:
        with open("/proc/%d/limits" % daemon.pid) as file:
            files = re.search(r"Max open files\s+(\d+)", file.read())
        assert int(files[1]) >= 3000 or "session_limit = 1500" in daemon.log()


def test_messages_leave_no_memory():
    if sanitized():
        return
    text = CHECKS + "/^X-Edit:/ REPLACE X-Edited: 1\n"
    with Checked(text) as daemon:
        path = daemon.write_file("body", "/replace me/ REPLACE with this\n")
        daemon.write_conf({"body_checks": ["pcre:" + path]})
        daemon.reload(wait=r"loaded \(SIGHUP\)")
        message = (b"Subject: x\r\nX-Edit: 1\r\n\r\nreplace me\r\n"
                   + b"and more\r\n" * 1000)

        def many(count):
            for _ in range(count):
                conv = daemon.greeted()
                for _ in range(5):
                    result = conv.deliver(*ENVELOPE, message)
                    assert result.verdict == "accept" and result.edits
                conv.quit()
        many(60)
        begin = daemon.rss()
        many(120)
        assert daemon.rss() - begin < 8 << 20, (begin, daemon.rss())


def test_log_of_user():
    """The log file that root has made can be opened again by the user."""
    if os.geteuid() != 0:
        return
    log = scratch.Folder()
    os.chmod(log.path, 0o755)
    with Checked(user="nobody", log=log / "log") as daemon:
        os.chmod(daemon.folder.path, 0o755)
        owner = pwd.getpwnam("nobody")
        found = os.stat(log / "log")
        assert (found.st_uid, found.st_gid) == (owner.pw_uid, owner.pw_gid)
        daemon.reload(wait=r"loaded \(SIGHUP\)")
        assert "warning" not in daemon.log(), daemon.log()
    log.close()


if __name__ == "__main__":
    sys.exit(named_tests.run(globals(), sys.argv[1:]))

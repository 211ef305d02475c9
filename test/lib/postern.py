"""Daemons under test: postern itself, and the filter that does nothing.

    with Postern({"header_checks": ["pcre:%s" % table]}) as daemon:
        conv = Client(daemon.address).connect()
        ...
        daemon.wait_log("reject: header Subject")
        daemon.write_conf({...}); daemon.reload()

    with Filter() as nothing:           # the same interface
        Client(nothing.address) ...

Leaving the block stops the daemon; a wrong exit status or a report of a
sanitizer on its standard error fails the test then.  Files that the
configuration names are best made with daemon.folder.write(name, text) or
write_file(), which return the path.

    Postern(conf, address="local")      # a unix socket; or "inet6", or any
                                        # address; default: inet, a free port
    daemon.main_cf                      # the address as Postfix writes it
    daemon.log()                        # all that it logged so far; after
                                        # the end: daemon.last_log
    daemon.pid, daemon.conf_path, daemon.rss(), daemon.cpu()

A configuration is a dict, in terms of postern.conf, or its text; listen and
log are added unless they are there, and with a dict all of DEFAULTS.  tool()
runs one of the other subcommands.

POSTERN_ENGINE=native in the environment makes every daemon one of the native
engine, unless its configuration names an engine.
"""
import os
import re
import signal
import subprocess
import time

import scratch
from milter_client import open_socket

# What a test wants where it says nothing: verdicts that arrive, a log that
# can be read, the user that runs the test, and no surprise reload.
DEFAULTS = {
    "mode": "enforce",
    "log": "stderr",
    "user": "",
    "group": "",
    "reload_interval": 0,
}

# On a unix socket user postfix, too, is to reach it.
LOCAL = {"socket_mode": "0666", "socket_group": ""}

SANITIZER = re.compile(
    r"ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|"
    r"runtime error:|SUMMARY: \w+Sanitizer")


class DaemonFailed(AssertionError):
    """The daemon did not start, or ended in a way that it should not."""


def write_value(value):
    """One value in libconfig's syntax."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, dict):
        return "{ %s }" % " ".join(
            "%s = %s;" % (name, write_value(inner))
            for name, inner in value.items())
    if isinstance(value, (list, tuple)):
        marks = "()" if any(isinstance(inner, (dict, list, tuple))
                            for inner in value) else "[]"
        return "%s %s %s" % (marks[0], ", ".join(map(write_value, value)),
                             marks[1])
    return '"%s"' % value.replace("\\", "\\\\").replace('"', '\\"').replace(
        "\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def write_conf(settings):
    """A configuration file's text from a dict."""
    return "".join("%s = %s;\n" % (name, write_value(value))
                   for name, value in settings.items())


def sanitized():
    """Is it built with one?  What is freed is kept for a while then."""
    with open(scratch.POSTERN, "rb") as file:
        text = file.read()
    return b"__asan_init" in text or b"__tsan_init" in text


def tool(*args, stdin=b"", timeout=120):
    """Run `postern ARGS`; a CompletedProcess with bytes."""
    done = subprocess.run([scratch.POSTERN, *args], input=stdin,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=timeout, check=False)
    if SANITIZER.search(done.stderr.decode("utf-8", "replace")):
        raise DaemonFailed(done.stderr.decode("utf-8", "replace"))
    return done


class Daemon:
    """What Postern and Filter share."""

    start_seconds = 20
    umask = -1

    def __init__(self, address="inet"):
        self.folder = scratch.Folder()
        self.process = None
        self.stderr_path = self.folder / "stderr"
        if address == "inet":
            address = "inet:%d@127.0.0.1" % scratch.free_port()
        elif address == "inet6":
            address = "inet6:%d@[::1]" % scratch.free_port("::1")
        elif address == "local":
            address = "local:" + self.folder / "socket"
        self.address = address

    @property
    def main_cf(self):
        """The address as a value of smtpd_milters."""
        kind, _, rest = self.address.partition(":")
        if kind in ("local", "unix"):
            return "unix:" + rest
        port, _, host = rest.partition("@")
        return "%s:%s:%s" % (kind, host, port)

    @property
    def pid(self):
        return self.process.pid

    def start(self, argv):
        with open(self.stderr_path, "ab") as stderr:
            self.process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr,
                umask=self.umask)
        deadline = time.monotonic() + self.start_seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                self.fail("ended with %s instead of starting"
                          % self.process.returncode)
            try:
                open_socket(self.address, 1).close()
                return
            except OSError:
                time.sleep(0.02)
        self.kill()
        self.fail("does not listen on %s" % self.address)

    def fail(self, what):
        text = "%s %s; it wrote:\n%s" % (type(self).__name__, what,
                                         self.stderr()[-20000:])
        self.folder.close()
        raise DaemonFailed(text)

    def stderr(self):
        with open(self.stderr_path, "rb") as file:
            return file.read().decode("utf-8", "replace")

    def log(self):
        return self.stderr()

    def wait_log(self, pattern, timeout=10):
        """The first match of this pattern in the log, waiting for it."""
        deadline = time.monotonic() + timeout
        while True:
            found = re.search(pattern, self.log(), re.M)
            if found:
                return found
            if time.monotonic() > deadline:
                raise AssertionError("no %r in the log:\n%s"
                                     % (pattern, self.log()[-10000:]))
            time.sleep(0.02)

    def signal(self, number):
        self.process.send_signal(number)

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """End it at once."""
        if self.running():
            self.process.kill()
        self.process.wait()

    def rss(self):
        """Resident memory in bytes."""
        with open("/proc/%d/statm" % self.pid) as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self):
        """Seconds of CPU used so far."""
        with open("/proc/%d/stat" % self.pid) as file:
            fields = file.read().rpartition(")")[2].split()
        return ((int(fields[11]) + int(fields[12]))
                / os.sysconf("SC_CLK_TCK"))

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.stop()
            return
        try:
            if kind is not SystemExit:
                print("log of %s:\n%s" % (type(self).__name__,
                                          self.log()[-3000:]))
        finally:
            self.kill()
            self.folder.close()


class Filter(Daemon):
    """The filter that does nothing (test/bench/nothing.c)."""

    umask = 0           # user postfix is to reach its socket

    def __init__(self, address="inet", noreply=False, eoh=False):
        program = os.path.join(scratch.BUILD, "bench", "nothing")
        if not os.path.exists(program):
            scratch.skip("%s is not there (make helpers)" % program)
        super().__init__(address)
        self.start([program, self.address]
                   + (["--noreply"] if noreply else [])
                   + (["--eoh"] if eoh else []))

    def reload(self):
        """It has nothing to read."""

    def stop(self, check=True):
        """Killed, since libmilter takes five seconds to stop by itself; but
        it must have lived until now."""
        status = self.process.poll()
        self.kill()
        if check and status is not None:
            self.fail("ended by itself with %d" % status)
        self.folder.close()


class Postern(Daemon):
    """`postern serve` on a configuration."""

    def __init__(self, conf=None, address="inet", args=(), stop_seconds=60):
        if not os.path.exists(scratch.POSTERN):
            raise DaemonFailed("%s is not built" % scratch.POSTERN)
        super().__init__(address)
        self.stop_seconds = stop_seconds
        self.log_path = self.last_log = None
        self.conf_path = self.folder / "postern.conf"
        self.write_conf(conf or {})
        self.start([scratch.POSTERN, "serve", "-c", self.conf_path, *args])

    def write_conf(self, conf):
        """Replace the configuration (no reload yet)."""
        text = conf
        if not isinstance(conf, str):
            local = self.address.startswith(("local:", "unix:"))
            text = write_conf({**DEFAULTS, **(LOCAL if local else {}),
                               **conf})
        if not re.search(r"^\s*listen\s*[=:]", text, re.M):
            text += "listen = %s;\n" % write_value(self.address)
        if not re.search(r"^\s*log\s*[=:]", text, re.M):
            text += 'log = "stderr";\n'
        engine = os.environ.get("POSTERN_ENGINE")
        if engine and not re.search(r"^\s*engine\s*[=:]", text, re.M):
            text += "engine = %s;\n" % write_value(engine)
        path = re.search(r'^\s*log\s*[=:]\s*"(/.*?)"', text, re.M)
        self.log_path = path and path[1]
        with open(self.conf_path, "w", encoding="utf-8",
                  errors="surrogateescape") as file:
            file.write(text)

    def write_file(self, name, text):
        """A table beside the configuration; returns its path."""
        return self.folder.write(name, text)

    def log(self):
        text = self.stderr()
        if self.log_path and os.path.exists(self.log_path):
            with open(self.log_path, "rb") as file:
                text += file.read().decode("utf-8", "replace")
        return text

    def reload(self, wait=None, timeout=10):
        """HUP; with `wait`, until this pattern is in what is logged from
        now on."""
        seen = len(self.log())
        self.signal(signal.SIGHUP)
        deadline = time.monotonic() + timeout
        while wait and not re.search(wait, self.log()[seen:], re.M):
            if time.monotonic() > deadline:
                raise AssertionError("no %r after HUP:\n%s"
                                     % (wait, self.log()[seen:]))
            time.sleep(0.02)

    def stop(self, status=0):
        """TERM; the exit status must be `status` (None: any) and no
        sanitizer may have complained."""
        if self.running():
            self.signal(signal.SIGTERM)
        try:
            ended = self.process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            self.fail("did not stop within %d s" % self.stop_seconds)
        if SANITIZER.search(self.stderr()):
            self.fail("has a report of a sanitizer")
        if status is not None and ended != status:
            self.fail("ended with %d instead of %d" % (ended, status))
        self.last_log = self.log()
        self.folder.close()

"""A private, real Sendmail for tests, unpacked from Debian's packages.

    with Sendmail({"postern": daemon.main_cf}) as sendmail:
        sent = sendmail.send(b"Subject: x\\n\\nbody\\n")
        [delivery] = sendmail.delivered(b"Subject: x")

Nothing is installed (it conflicts with Postfix): the packages are downloaded,
once, and unpacked into the build folder.  Its configuration and queue lie in a
scratch folder, it listens on a free port of 127.0.0.1, and delivers to a sink
at once, however busy the machine is.
Where it cannot be had, or not run, the test program ends with 77 and says why.
"""
import os
import shutil
import subprocess
import time

import scratch
from smtp import Sink, Smtp

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
LIBRARIES = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu",
             "usr/lib/aarch64-linux-gnu", "lib/aarch64-linux-gnu"]
HOSTNAME = "mx.postern.test"

MC = """\
divert(0)dnl
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `%(hostname)s')dnl
define(`QUEUE_DIR', `%(queue)s')dnl
define(`STATUS_FILE', `%(folder)s/statistics')dnl
define(`HELP_FILE', `')dnl
define(`ALIAS_FILE', `')dnl
define(`confPID_FILE', `%(folder)s/pid')dnl
define(`confCW_FILE', `')dnl
define(`confHOSTS_FILE', `%(folder)s/hosts')dnl
define(`confSERVICE_SWITCH_FILE', `%(folder)s/switch')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confTO_IDENT', `0')dnl
define(`confLOG_LEVEL', `14')dnl
define(`confBAD_RCPT_THROTTLE', `0')dnl
define(`confREJECT_LOG_INTERVAL', `1m')dnl
define(`confDELIVERY_MODE', `interactive')dnl
define(`confQUEUE_LA', `10000')dnl
define(`confREFUSE_LA', `10000')dnl
define(`SMART_HOST', `relay:[127.0.0.1]')dnl
define(`RELAY_MAILER_ARGS', `TCP $h %(sink)d')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
DAEMON_OPTIONS(`Name=MTA, Addr=127.0.0.1, Port=%(port)d')dnl
%(filters)s
MAILER(`smtp')dnl
"""


def unpack():
    """The folder that they are unpacked into; each step that fails says so."""
    root = os.path.join(scratch.BUILD, "sendmail")
    if os.path.exists(root + "/done"):
        return root
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        scratch.skip("Debian's packages cannot be had: there is no apt-get")
    if not shutil.which("m4"):
        scratch.skip("sendmail.cf cannot be made: m4 is not installed")
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root)
    packages = subprocess.run(["make", "-s", "--no-print-directory",
                               "sendmail-packages"], cwd=TOP, check=True,
                              stdout=subprocess.PIPE,
                              universal_newlines=True).stdout.split()
    done = subprocess.run(["apt-get", "-q", "download", *packages], cwd=root,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          universal_newlines=True, timeout=300, check=False)
    if done.returncode:
        scratch.skip("Debian's Sendmail cannot be downloaded: "
                     + " ".join(done.stdout.split())[-300:])
    for name in os.listdir(root):
        if name.endswith(".deb"):
            subprocess.run(["dpkg", "-x", name, root], cwd=root, check=True)
    # With a group of its own it would not hear of our libraries.
    os.chmod(program(root), 0o755)
    open(root + "/done", "w", encoding="ascii").close()
    return root


def program(root):
    return root + "/usr/libexec/sendmail/sendmail"


def milter_address(address):
    """As INPUT_MAIL_FILTER writes what main.cf has."""
    kind, _, rest = address.partition(":")
    if kind == "unix":
        return "local:" + rest
    host, _, port = rest.rpartition(":")
    return "%s:%s@%s" % (kind, port, host)


class Sendmail:
    def __init__(self, filters=None, settings=""):
        """filters: {name: address}, as main_cf of a daemon; settings: further
        lines of sendmail.mc."""
        if os.geteuid() != 0:
            scratch.skip("a private Sendmail needs root")
        self.root = unpack()
        self.process = None
        self.folder = scratch.Folder()
        self.sink = Sink()
        self.port = scratch.free_port()
        self.filters = filters or {}
        self.settings = settings
        try:
            self._configure()
            self._start()
        except BaseException:
            self.stop()
            raise

    def _configure(self):
        os.mkdir(self.folder / "queue", 0o700)
        # As its own checks want it.
        os.chmod(self.folder.path, 0o755)
        self.folder.write("hosts", "127.0.0.1 localhost\n")
        self.folder.write("switch", "hosts files\naliases files\n")
        lines = ["INPUT_MAIL_FILTER(`%s', `S=%s, F=T, T=C:10s;S:30s;R:30s;"
                 "E:60s')dnl" % (name, milter_address(address))
                 for name, address in self.filters.items()]
        mc = self.folder.write("sendmail.mc", MC % {
            "hostname": HOSTNAME, "queue": self.folder / "queue",
            "folder": self.folder.path, "sink": self.sink.port,
            "port": self.port,
            "filters": "\n".join(lines + [self.settings])})
        base = self.root + "/usr/share/sendmail/cf/"
        text = subprocess.run(
            ["m4", "-D_CF_DIR_=" + base, base + "m4/cf.m4", mc],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True).stdout
        self.config = self.folder.write("sendmail.cf", text)

    def _start(self):
        self.log_path = self.folder / "log"
        with open(self.log_path, "wb") as log:
            # Whose own name has no domain it lets sleep for a minute, before
            # it reads any configuration: it gets a name for itself.
            self.process = subprocess.Popen(
                ["unshare", "--uts", "sh", "-c",
                 'hostname "$0" && exec "$@"', HOSTNAME,
                 program(self.root), "-C", self.config, "-bD", "-X",
                 self.folder / "traffic"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
                env={**os.environ, "LD_LIBRARY_PATH": ":".join(
                    os.path.join(self.root, name) for name in LIBRARIES),
                     # It asks for our own name before it reads anything.
                     "RES_OPTIONS": "timeout:1 attempts:1"})
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.smtp().close()
                return
            except OSError:
                time.sleep(0.05)
        scratch.skip("Debian's Sendmail does not start here: " + " ".join(
            self.log().split())[-500:])

    def log(self):
        """What it says on standard error, and all of its SMTP."""
        text = b""
        for name in ("log", "traffic"):
            if os.path.exists(self.folder / name):
                with open(self.folder / name, "rb") as file:
                    text += file.read()
        return text.decode("utf-8", "replace")

    def smtp(self):
        return Smtp(("127.0.0.1", self.port), timeout=60)

    def send(self, message, sender="from@example.org",
             rcpts=("to@example.net",), helo="mail.example.org"):
        """A Sent, as of Smtp.send()."""
        with self.smtp() as smtp:
            smtp.command("EHLO " + helo)
            return smtp.send(message, sender, rcpts)

    def delivered(self, mark, timeout=30):
        """Those that have this text, as soon as there is one."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            found = [one for one in list(self.sink.deliveries)
                     if mark in one.data]
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError("%r was not delivered" % mark)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.sink.close()
        self.folder.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None and kind is not SystemExit:
            print(self.log()[-3000:])
        self.stop()

"""A private, real Postfix for tests.

Its configuration, queue and data lie in a scratch folder, it listens on a
free port of 127.0.0.1, and whatever it delivers goes to a sink that keeps
the exact bytes.  It needs root (as Postfix does) and Debian's package; where
one is missing, Postfix() ends the test program with exit 77.

A case takes a few lines:

    with Postern({"sender_access": ["inline:{a@b.c=REJECT}"]}) as daemon, \\
            Postfix({"smtpd_milters": daemon.main_cf}) as postfix:
        sent = postfix.send(b"Subject: x\\n\\nbody\\n", "a@b.c", ["d@e.f"],
                            client="192.0.2.7", name="mail.example.org")
        assert sent.reply.code == 554, sent
        sent = postfix.send(b"Subject: x\\n\\nbody\\n")
        [delivery] = postfix.delivered(sent)     # waits for it
        assert delivery.rcpts == ["to@example.net"]
        assert unreceived(delivery.data) == b"Subject: x\\r\\n\\r\\nbody\\r\\n"

The first argument of Postfix() is main.cf: it adds to or replaces SETTINGS.
Tables go to files by postfix.folder.write(name, text).

    postfix.send(...)         a message by SMTP from any client -> Sent
    postfix.smtp(...)         a connection, for other dialogues -> Smtp
    postfix.sendmail(...)     a message by sendmail(1) -> its queue id
    postfix.delivered(sent)   [Delivery]; waits until it left the queue, and
                              is [] for what was discarded or held
    postfix.where(id)         "incoming", "active", "deferred", "hold", None
    postfix.held()            queue ids on hold
    postfix.content(id)       header and body of a queued message
    postfix.envelope(id)      its records, as postcat -e prints them
    postfix.log(), .wait_log(pattern), .milter_lines(queue_id)

Every client is a stranger here, so Postfix adds no missing header fields; it
adds them to mail by sendmail(1).
"""
import os
import re
import shutil
import signal
import subprocess
import time

import scratch
from smtp import Sent, Sink, Smtp

HOSTNAME = "mx.postern.test"

SETTINGS = {
    "compatibility_level": "3.6",
    "myhostname": HOSTNAME,
    "mydomain": "postern.test",
    "myorigin": "example.com",
    "mydestination": "",
    "mynetworks": "127.0.0.0/8",
    "inet_interfaces": "127.0.0.1",
    "inet_protocols": "all",
    "alias_maps": "",
    "alias_database": "",
    "append_dot_mydomain": "no",
    "biff": "no",
    # Nothing is added to mail that came by SMTP, whoever the client.
    "local_header_rewrite_clients": "",
    "smtpd_peername_lookup": "no",
    "smtpd_authorized_xclient_hosts": "127.0.0.0/8",
    # XCLIENT's LOGIN counts only where SASL is on.
    "smtpd_sasl_auth_enable": "yes",
    # An open relay in a form that smtpd does not recognise as one.
    "smtpd_relay_restrictions": "check_client_access static:OK, reject",
    "smtpd_recipient_restrictions": "",
    "smtpd_error_sleep_time": "0",
    "smtpd_soft_error_limit": "100000",
    "smtpd_hard_error_limit": "100000",
    "smtpd_junk_command_limit": "100000",
    "smtpd_client_connection_count_limit": "0",
    "smtpd_recipient_limit": "10000",
    "default_process_limit": "50",
    "message_size_limit": "0",
    "mailbox_size_limit": "0",
    "in_flow_delay": "0",
    # It must not be empty; where() looks in no queue that has subfolders.
    "hash_queue_names": "defer",
    # Short ones come again after a second or more, and deliveries are found
    # by them.
    "enable_long_queue_ids": "yes",
    "queue_run_delay": "300s",
    "bounce_queue_lifetime": "1h",
    "smtp_send_xforward_command": "yes",
    "smtp_line_length_limit": "0",
    "smtp_host_lookup": "native",
    "smtp_tls_security_level": "none",
    "smtpd_tls_security_level": "none",
    "milter_default_action": "tempfail",
}

MASTER = """\
127.0.0.1:%(port)d inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

QUEUES = ("incoming", "active", "deferred", "hold")


def require():
    """End the test program with 77 where no Postfix can run."""
    if os.geteuid() != 0:
        scratch.skip("a private Postfix needs root")
    if not shutil.which("postconf", path=search_path()):
        scratch.skip("postfix is not installed")


def search_path():
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def unreceived(data):
    """The message without the Received field of our own Postfix."""
    return RECEIVED.sub(b"", data, count=1)


# Our own Received field, by SMTP and by sendmail(1).
RECEIVED = re.compile(
    rb"^Received:(?:[^\n]*\n[ \t]+)?[ ]?by " + re.escape(HOSTNAME.encode())
    + rb" \(Postfix\b[^\n]*?(?:\n[ \t])?[^\n]*\bid (\w+)"
    rb"[^\n]*\n(?:[ \t][^\n]*\n)*", re.I | re.M)


def queue_id_of(delivery):
    """XFORWARD has no IDENT of mail that did not come by SMTP."""
    own = RECEIVED.search(delivery.data)
    return delivery.ident or own and own[1].decode()


class Postfix:
    """One running instance; see the top of this file."""

    defaults = None          # what `postconf` says of the package

    def __init__(self, settings=None, master=""):
        """settings: main.cf, master: further lines of master.cf."""
        require()
        self.folder = scratch.Folder()
        self.process = None
        self.sink = Sink()
        self.port = scratch.free_port()
        try:
            self._configure(settings or {}, master)
            self._start()
        except BaseException:
            self.stop()
            raise

    # Setting up

    @classmethod
    def package(cls):
        """Where the package keeps its programs."""
        if cls.defaults is None:
            names = ("daemon_directory", "command_directory",
                     "meta_directory", "shlib_directory", "mail_version")
            text = subprocess.run(
                ["postconf", "-d", *names], check=True,
                stdout=subprocess.PIPE, universal_newlines=True,
                env={**os.environ, "PATH": search_path()}).stdout
            cls.defaults = dict(re.findall(r"^(\w+) = (.*)$", text, re.M))
            # The defaults are upstream's; a package may have moved things.
            text = subprocess.run(
                ["postconf", *names[:4]], check=False,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                universal_newlines=True,
                env={**os.environ, "PATH": search_path()}).stdout
            cls.defaults.update(re.findall(r"^(\w+) = (.*)$", text, re.M))
        return cls.defaults

    def _configure(self, settings, master):
        self.config = self.folder / "etc"
        self.queue = self.folder / "queue"
        self.log_path = self.folder / "log"
        package = self.package()
        main = {
            "config_directory": self.config,
            "queue_directory": self.queue,
            "data_directory": self.folder / "data",
            "maillog_file": self.log_path,
            "maillog_file_prefixes": self.folder.path,
            **{name: package[name] for name in package
               if name.endswith("_directory")},
            **SETTINGS,
        }
        sink = "smtp:[127.0.0.1]:%d" % self.sink.port
        for name in ("relay_transport", "default_transport",
                     "local_transport", "virtual_transport"):
            main[name] = sink
        # Given twice, a parameter makes master hang: hence one dict.
        main.update(settings)
        os.mkdir(self.config)
        # Dated back, as Postfix rereads a fresh file until it is 2 s old.
        self.folder.write("etc/main.cf", "".join(
            "%s = %s\n" % item for item in main.items()))
        self.folder.write("etc/master.cf",
                          MASTER % {"port": self.port} + master)
        # Only its absence is a complaint; nothing is looked up in it here.
        for name in ("dynamicmaps.cf", "dynamicmaps.cf.d"):
            source = "/etc/postfix/" + name
            if os.path.isdir(source):
                shutil.copytree(source, self.config + "/" + name)
            elif os.path.exists(source):
                shutil.copy(source, self.config + "/" + name)
        self._make_queue()

    def _make_queue(self):
        """What `postfix start` would make, without its second of shell."""
        owner, group = "postfix", "postdrop"
        os.mkdir(self.queue)
        for name in ("active", "bounce", "corrupt", "defer", "deferred",
                     "flush", "hold", "incoming", "private", "saved",
                     "trace"):
            os.mkdir(self.queue + "/" + name, 0o700)
            shutil.chown(self.queue + "/" + name, owner)
        os.mkdir(self.queue + "/pid", 0o755)
        for name, mode in (("maildrop", 0o1730), ("public", 0o2710)):
            os.mkdir(self.queue + "/" + name)
            shutil.chown(self.queue + "/" + name, owner, group)
            os.chmod(self.queue + "/" + name, mode)
        os.mkdir(self.folder / "data", 0o700)
        shutil.chown(self.folder / "data", owner)

    def _run(self, program, *args, stdin=b""):
        """A Postfix command on this instance; its standard output."""
        done = subprocess.run(
            [program, *args], input=stdin, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=60, check=False,
            env={**os.environ, "PATH": search_path(),
                 "MAIL_CONFIG": self.config})
        if done.returncode:
            raise RuntimeError("%s: %s" % (
                program, done.stderr.decode("utf-8", "replace")))
        return done.stdout

    def _start(self):
        master = self.package()["daemon_directory"] + "/master"
        with open(self.folder / "master.err", "wb") as errors:
            self.process = subprocess.Popen(
                [master, "-c", self.config, "-d"], stdin=subprocess.DEVNULL,
                stdout=errors, stderr=errors, start_new_session=True)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.smtp_plain().close()
                return
            except OSError:
                time.sleep(0.02)
        with open(self.folder / "master.err") as errors:
            raise RuntimeError("Postfix did not start: %s%s"
                               % (errors.read(), self.log()))

    # Mail in

    def smtp_plain(self):
        """A connection just after the banner."""
        return Smtp(("127.0.0.1", self.port))

    def smtp(self, client="192.0.2.1", name="", helo="mail.example.org",
             login=None, sent=None, reverse=None, greet="EHLO"):
        """A connection after EHLO, as that client ("": 127.0.0.1 itself).
        What was answered is left in `sent`, if given."""
        sent = sent or Sent()
        smtp = self.smtp_plain()
        sent.banner = smtp.banner
        if client and not sent.banner.refused:
            sent.xclient = smtp.xclient(client, name, login, reverse=reverse)
        if helo is not None and not (sent.xclient or sent.banner).refused:
            sent.helo = smtp.command("%s %s" % (greet, helo))
        smtp.sent = sent
        return smtp

    def send(self, message, sender="from@example.org",
             rcpts=("to@example.net",), client="192.0.2.1", name="",
             helo="mail.example.org", login=None, mail_args="", raw=False,
             reverse=None, greet="EHLO"):
        """One message in a connection of its own; a Sent.  Bare LF in the
        message becomes CRLF unless `raw`."""
        sent = Sent()
        if isinstance(rcpts, str):
            rcpts = [rcpts]
        with self.smtp(client, name, helo, login, sent, reverse,
                       greet) as smtp:
            if not sent.reply.refused:
                smtp.send(message, sender, rcpts, mail_args, raw, sent)
        return sent

    def sendmail(self, message, sender="from@example.org",
                 rcpts=("to@example.net",), timeout=10):
        """A message by sendmail(1); its queue id, or None if the message
        was not taken from the maildrop (it stays there)."""
        if isinstance(rcpts, str):
            rcpts = [rcpts]
        pattern = r"postfix/pickup\[\d+\]: (\w+): uid="
        before = len(re.findall(pattern, self.log()))
        # From files LF is the line end.
        self._run("sendmail", "-C", self.config, "-i", "-f", sender, "--",
                  *rcpts, stdin=message.replace(b"\r\n", b"\n"))
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            found = re.findall(pattern, self.log())
            if len(found) > before and not os.listdir(
                    self.queue + "/maildrop"):
                return found[before]
            if re.search(r"postfix/pickup\[\d+\]: warning: maildrop/\S+: "
                         r"error writing", self.log()):
                return None
            time.sleep(0.02)
        return None

    # Mail out

    def where(self, queue_id):
        """The queue that a message is in, or None."""
        for name in QUEUES:
            if os.path.exists("%s/%s/%s" % (self.queue, name, queue_id)):
                return name
        return None

    def delivered(self, sent, timeout=20):
        """Deliveries of a Sent (or queue id), when it has left the queue or
        is on hold."""
        queue_id = getattr(sent, "queue_id", sent)
        if not queue_id:
            return []
        deadline = time.monotonic() + timeout
        while True:
            queue = self.where(queue_id)
            if queue == "deferred" and not self.was_deferred(queue_id):
                queue = "released"
            if queue in (None, "hold"):
                return [delivery for delivery in list(self.sink.deliveries)
                        if queue_id_of(delivery) == queue_id]
            if queue == "deferred" or time.monotonic() > deadline:
                raise AssertionError("%s stays in %s:\n%s" % (
                    queue_id, queue, self.log()[-5000:]))
            time.sleep(0.005)

    def was_deferred(self, queue_id):
        """True if a delivery failed, and not only postsuper put it there."""
        return bool(re.search(r"%s: .*status=deferred" % queue_id,
                              self.log()))

    def held(self):
        return sorted(os.listdir(self.queue + "/hold"))

    def content(self, queue_id):
        """Header, empty line and body of a queued message, LF line ends."""
        return self._run("postcat", "-c", self.config, "-bhq", queue_id)

    def envelope(self, queue_id):
        return self._run("postcat", "-c", self.config, "-eq",
                         queue_id).decode("utf-8", "replace")

    def postconf(self):
        """What `postconf -n` says of it."""
        return self._run("postconf", "-n")

    def release(self, queue_id):
        """As `postsuper -H`: off hold.  The queue run that follows takes
        it; wait for it with delivered()."""
        self._run("postsuper", "-c", self.config, "-H", queue_id)
        self._run("postqueue", "-c", self.config, "-f")

    # The log

    def log(self):
        try:
            with open(self.log_path, "rb") as file:
                return file.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def wait_log(self, pattern, timeout=10):
        deadline = time.monotonic() + timeout
        while True:
            found = re.search(pattern, self.log(), re.M)
            if found:
                return found
            if time.monotonic() > deadline:
                raise AssertionError("no %r in Postfix's log:\n%s"
                                     % (pattern, self.log()[-10000:]))
            time.sleep(0.02)

    def milter_lines(self, queue_id=None):
        """What Postfix logged of milters: rejects, holds, warnings."""
        return [line for line in self.log().splitlines()
                if re.search(r"milter", line)
                and (not queue_id or queue_id in line)]

    # The end

    def stop(self):
        """Stop what was started here, and nothing else."""
        if self.process:
            self._stop_group()
        self.sink.close()
        self.folder.close()

    def _stop_group(self):
        """master leads a session of its own, which holds only its
        children."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            pass
        deadline = time.monotonic() + 10
        while group_lives(self.process.pid) and time.monotonic() < deadline:
            os.killpg(self.process.pid, signal.SIGKILL)
            time.sleep(0.01)
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        try:
            if kind is not None and kind is not SystemExit:
                print("Postfix's log:\n%s" % self.log()[-3000:])
        finally:
            self.stop()


def group_lives(group):
    """True if a process of this group is there that is not only waiting
    to be collected."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group and fields[0] not in "ZX":
                return True
    return False

"""rspamd in milter mode with our rules: Debian's, one worker that scans itself,
nothing loaded but the regexp module, Hyperscan on.

Header rules are asked of all raw header fields, body rules of the raw body.
What it costs beside (MIME, tokens, links) cannot be turned off.
"""
import os
import re
import shutil
import time

import scratch
from postern import Daemon

CONF = """
options {
    pidfile = "%(folder)s/pid";
    hs_cache_dir = "%(folder)s";
    rrd = "/dev/null";
    cache_file = "%(folder)s/symbols.cache";
    filters = "regexp";
    dns { nameserver = ["127.0.0.1:%(unused)d"]; timeout = 0.1s; }
    control_socket = "%(folder)s/control mode=0600";
    words_decay = 0;
}
logging { type = "console"; level = "error"; }
modules { path = "%(folder)s/none/"; }
lua = "%(folder)s/rules.lua";
actions { reject = 1000; add_header = 900; greylist = 800; }
group "bench" { }
worker "hs_helper" { count = 1; cache_dir = "%(folder)s"; }
worker "rspamd_proxy" {
    bind_socket = "127.0.0.1:%(port)d";
    milter = yes;
    count = 1;
    timeout = 120s;
    upstream "local" { default = yes; self_scan = yes; }
}
"""


def available():
    return shutil.which("rspamd", path="/usr/bin:/usr/sbin") is not None


def pattern_of(line):
    """The pattern of "/pattern/ ACTION", still with its quoted slashes."""
    return re.match(r"/(.*)/ \w+", line)[1]


def lua_rules(tables):
    """The regexp module's own syntax; DOTALL and caseless as in Postfix.  All
    header fields are one text, so a rule's ^ is that of a line."""
    made = []
    for kind, table, flags in (("header", tables[0], "im{all_header}"),
                               ("body", tables[1], "im{body}")):
        for number, line in enumerate(table.splitlines()):
            made.append("config['regexp']['%s_%d'] = { re = [==[/%s/%s]==], "
                        "score = 0.001 }\n" % (
                            kind.upper(), number, pattern_of(line), flags))
    return "config['regexp'] = config['regexp'] or {}\n" + "".join(made)


def title(pid):
    try:
        with open("/proc/%s/cmdline" % pid) as file:
            return file.read()
    except OSError:
        return ""


def mapped(pid):
    """Databases of regular expressions; those of words are .hsmp."""
    with open("/proc/%d/maps" % pid) as file:
        return set(re.findall(r"/(\w+)\.hs(?:\.unser)?\b", file.read()))


class Rspamd(Daemon):
    """As Postern and Filter are, with more than one process."""

    start_seconds = 60

    def __init__(self, tables):
        super().__init__("inet")
        port = int(re.search(r"\d+", self.address)[0])
        os.chmod(self.folder.path, 0o777)
        os.mkdir(self.folder / "none")
        self.folder.write("rules.lua", lua_rules(tables))
        conf = self.folder.write("rspamd.conf", CONF % {
            "folder": self.folder.path, "port": port,
            "unused": scratch.free_port()})
        self.start(["rspamd", "-f", "-i", "-c", conf])
        self.pids = []
        self.said = self.wait_for_hyperscan()

    def wait_for_hyperscan(self):
        """The helper compiles, and then the worker maps what it made: a file
        for the header rules and one for those of the body."""
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            time.sleep(0.2)
            self.pids = self.workers()
            if self.pids and len(mapped(self.pids[0])) >= 2:
                return "Hyperscan is loaded"
        if not self.pids:
            self.fail("has no worker")
        return "WITHOUT Hyperscan (it was not loaded)"

    def workers(self):
        """The one that has the connections."""
        with open("/proc/%d/task/%d/children" % (self.pid, self.pid)) as file:
            return [int(pid) for pid in file.read().split()
                    if "proxy" in title(pid)]

    def stop(self, check=True):
        self.process.terminate()
        try:
            self.process.wait(20)
        finally:
            self.kill()
            self.folder.close()

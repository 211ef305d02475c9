#!/usr/bin/env python3
"""Runs every miltertest script of this folder against a daemon of its own.

    test_miltertest.py [SCRIPT...]

To add a case, add a NAME.lua; nothing else has to know of it.  Comment lines
at its top, before the first line that is no comment, say what it wants:

    -- conf: header_checks = [ "pcre:@FOLDER@/checks" ];
        A line of postern.conf; several make the file.  What they do not set
        is as in DEFAULTS of test/lib/postern.py.
    -- file checks: /^Subject: bad/ REJECT bad subject
        A line of the file "checks" in the scratch folder @FOLDER@.
    -- log: reject: header Subject: bad
        A pattern that must be in the daemon's log when the script is done.
    -- nolog: PATTERN
        One that must not.
    -- filter: nothing [--noreply]
        The filter that does nothing in postern's place.
    -- address: local
        The kind of socket: inet (default), inet6, local.

Any other comment is one.  The script finds these globals: ADDRESS of the
daemon, its PID, the scratch FOLDER, and the functions of lib.lua (open, step,
message, reply_is, fail, signal, write).  An error() or fail() fails the case;
so does a daemon that does not stop with status 0 afterwards.

Mind what miltertest cannot do: fields over 1 KB, NUL, raw values (with
HDR_LEADSPC it inserts the space itself).  For those there is
test/lib/milter_client.py.
"""
import glob
import os
import re
import shutil
import subprocess
import sys

import scratch
from postern import DEFAULTS, LOCAL, Filter, Postern, write_conf

HERE = os.path.dirname(os.path.abspath(__file__))
DIRECTIVES = ("conf", "file", "log", "nolog", "filter", "address")


def wishes(path):
    """What the top of a script asks for: [(directive, argument, text)]."""
    found = []
    with open(path) as file:
        for line in file:
            if not line.startswith("--") and line.strip():
                break
            part = re.match(r"-- (\w+)(?: ([\w.-]+))?: ?(.*)", line)
            if part and part[1] in DIRECTIVES:
                found.append((part[1], part[2], part[3].rstrip("\n")))
    return found


def texts(asked, directive):
    return [text for name, _, text in asked if name == directive]


def start(asked):
    """The daemon that a script wants."""
    address = (texts(asked, "address") or ["inet"])[0]
    filters = texts(asked, "filter")
    if filters:
        words = filters[0].split()
        assert words[0] == "nothing", "no filter %r" % words[0]
        return Filter(address, "--noreply" in words)
    return Script(asked, address)


class Script(Postern):
    """postern with the configuration and the files of a script."""

    def __init__(self, asked, address):
        self.asked = asked
        super().__init__({}, address)

    def write_conf(self, conf):
        files = {}
        for name, argument, text in self.asked:
            if name == "file":
                files.setdefault(argument, []).append(text + "\n")
        for name, lines in files.items():
            self.write_file(name, "".join(lines))
        lines = "".join(text + "\n" for text in texts(self.asked, "conf"))
        lines = lines.replace("@FOLDER@", self.folder.path)
        local = self.address.startswith("local:")
        rest = {name: value
                for name, value in {**DEFAULTS,
                                    **(LOCAL if local else {})}.items()
                if not re.search(r"^\s*%s\s*[=:]" % name, lines, re.M)}
        super().write_conf(lines + write_conf(rest))


def run(path):
    """Run one script; returns what went wrong, or None."""
    asked = wishes(path)
    with start(asked) as daemon:
        defines = {"ADDRESS": daemon.address, "PID": str(daemon.pid),
                   "FOLDER": daemon.folder.path,
                   "SCRIPT": path}
        argv = ["miltertest", "-s", os.path.join(HERE, "lib.lua")]
        for name, value in defines.items():
            argv += ["-D", "%s=%s" % (name, value)]
        try:
            done = subprocess.run(argv, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=120,
                                  check=False)
        except subprocess.TimeoutExpired as late:
            return "takes over 120 s\n%s" % late.stdout
        problem = None
        if done.returncode:
            problem = "exit %d\n%s" % (done.returncode,
                                       done.stdout.decode("latin-1"))
        log = daemon.log()
        for pattern in texts(asked, "log"):
            if not re.search(pattern, log, re.M):
                problem = (problem or "") + "log lacks %r\n" % pattern
        for pattern in texts(asked, "nolog"):
            if re.search(pattern, log, re.M):
                problem = (problem or "") + "log has %r\n" % pattern
        return problem and problem + "log of the daemon:\n" + log[-5000:]


def runner_works():
    """A script that must fail does."""
    folder = scratch.Folder()
    path = folder.write("bad.lua", "-- filter: nothing\n"
                        "step(open(), REJECT, 'helo', 'x')\n")
    problem = run(path)
    assert problem and "reply c instead of r" in problem, problem
    path = folder.write("bad.lua", "-- filter: nothing\n-- log: absent\n")
    problem = run(path)
    assert problem and "log lacks 'absent'" in problem, problem
    path = folder.write("bad.lua", "-- filter: nothing\nif then\n")
    problem = run(path)
    assert problem and "unexpected symbol" in problem, problem
    folder.close()


def main(paths):
    if not shutil.which("miltertest"):
        scratch.skip("miltertest is not installed")
    failed = 0
    if not paths:
        runner_works()
        paths = sorted(set(glob.glob(os.path.join(HERE, "*.lua")))
                       - {os.path.join(HERE, "lib.lua")})
    for path in paths:
        try:
            problem = run(path)
        except AssertionError as error:
            problem = str(error)
        print("%s: %s" % (os.path.basename(path), problem or "ok"))
        failed += bool(problem)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

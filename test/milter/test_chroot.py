#!/usr/bin/env python3
"""contrib/chroot: what it copies is enough to run and to reload in there."""
import os
import subprocess
import sys

import scratch
from milter_client import Client
from postern import Postern

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def fill(root, conf):
    done = subprocess.run(["sh", TOP + "/contrib/chroot", root, conf],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True, check=False)
    assert done.returncode == 0, done
    return done.stdout, done.stderr


def deliver(daemon, subject):
    conv = Client(daemon.address).connect()
    conv.helo()
    result = conv.deliver("<a@example.org>", ["<b@example.net>"],
                          b"Subject: " + subject + b"\r\n\r\nedit\r\n")
    conv.quit()
    return result


def main():
    if os.geteuid() != 0:
        scratch.skip("only root may enter a chroot")
    root = scratch.Folder()
    os.chmod(root.path, 0o755)
    with Postern() as daemon:
        os.chmod(daemon.folder.path, 0o755)
        write = daemon.write_file
        write("header_checks", "/bad/ REJECT\n")
        write("body_checks", "/^edit/ REPLACE edited\n")
        write("decoded", "/\\x{65e5}/ REJECT\n")
        write("more.conf", 'log = "stderr"; user = "nobody";')
        # Several settings in a line, and some that are included.
        write("postern.conf",
              'reload_interval = 0; spool_directory = "/spool"; '
              'spool_memory_limit = 0; listen = "%s"; chroot = "%s";\n'
              'header_checks = [ "pcre:header_checks" ];\n'
              'decoded_header_checks = [ "pcre:decoded" ];\n'
              'body_checks = [ # here\n\t"pcre:body_checks" ];\n'
              '@include "more.conf"\n#log = "syslog";\n'
              % (daemon.address, root.path))
        out, err = fill(root.path, daemon.conf_path)
        assert err == "", err
        assert "is ready" in out and "syslog" not in out, out
        assert os.stat(root / "spool").st_mode & 0o7777 == 0o1777
        daemon.kill()
        daemon.start([scratch.POSTERN, "serve", "-c", daemon.conf_path])
        assert os.readlink("/proc/%d/root" % daemon.pid) == root.path
        assert deliver(daemon, b"bad").verdict == "reject"
        # Its character set is one that libc reads from a file.
        assert deliver(daemon, b"=?euc-jp?q?=C6=FC?=").verdict == "reject"
        edits = deliver(daemon, b"good").edits
        assert [edit.body for edit in edits] == [b"edited\r\n"], edits
        write("header_checks", "/worse/ REJECT\n")
        assert fill(root.path, daemon.conf_path)[1] == ""
        daemon.reload(wait=": loaded")
        assert deliver(daemon, b"bad").verdict == "accept"
        assert deliver(daemon, b"worse").verdict == "reject"
    root.close()
    print("the chroot has what is needed")


if __name__ == "__main__":
    sys.exit(main())

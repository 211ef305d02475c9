"""Folders, ports and reasons to skip, for all tests."""
import atexit
import os
import shutil
import signal
import socket
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD") or os.path.join(TOP, "build")
POSTERN = os.environ.get("POSTERN") or os.path.join(BUILD, "postern")


# A test that is ended for taking too long stops what it started.
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))


def skip(reason):
    """End the test program: it cannot run here."""
    print("skipped: " + reason)
    sys.stdout.flush()
    sys.exit(77)


class Folder:
    """A folder of our own that every user can read; gone after close(), or
    when the program ends."""

    def __init__(self):
        for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
            if readable_by_all(parent):
                break
        self.path = tempfile.mkdtemp(prefix="postern-", dir=parent)
        os.chmod(self.path, 0o755)
        self.owner = os.getpid()
        atexit.register(self.close)

    def __truediv__(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text):
        """A file with this text (str or bytes); returns its path.  It is
        dated back an hour: Postfix reads fresh texthash files repeatedly."""
        path = self / name
        if isinstance(text, str):
            text = text.encode("utf-8", "surrogateescape")
        with open(path, "wb") as file:
            file.write(text)
        os.utime(path, (os.stat(path).st_mtime - 3600,) * 2)
        return path

    def close(self):
        if os.getpid() == self.owner:
            shutil.rmtree(self.path, ignore_errors=True)


def readable_by_all(path):
    """True if any user can walk down to this folder."""
    path = os.path.realpath(path)
    while True:
        if not os.path.isdir(path) or not os.stat(path).st_mode & 0o001:
            return False
        if path == os.path.dirname(path):
            return True
        path = os.path.dirname(path)


_given = set()


def free_port(host="127.0.0.1"):
    """A port that nobody listens on, never given twice by this process.
    Ports outside the range that the system gives to clients are taken, so
    that no connection of another test sits on it meanwhile."""
    base = 10000 + os.getpid() * 61 % 20000
    for step in range(22000):
        port = 10000 + (base - 10000 + step) % 22000
        if port in _given:
            continue
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind((host, port))
            except OSError:
                continue
        _given.add(port)
        return port
    raise OSError("no free port")

#!/usr/bin/env python3
"""Helpers that look into attachments: what they find, and what becomes of
them when the files, or those who kill them, mean ill.

    test_inspect.py [TEST...]
"""
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))

import archives                                         # noqa: E402
import keepers                                          # noqa: E402
import scratch                                          # noqa: E402

INSPECT = os.path.join(scratch.BUILD, "tools", "inspect")
SANDBOX = os.path.join(scratch.BUILD, "tools", "sandbox")
SEED = int(os.environ.get("SEED", "20"))

SANITIZED = b"bounds-memory no" in subprocess.run(
    [SANDBOX], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    check=False).stdout
# The slowest of them.
PATIENCE = 120

FILES = [("readme.txt", b"hello"), ("dir/run.exe", b"MZ" + b"x" * 100)]
NAMES = ["readme.txt", "dir/run.exe"]


class Found:
    """What the tool printed of one file."""

    def __init__(self, line):
        fields = line.split("\t")
        self.error = self.magic = self.archive = self.marks = ""
        if fields[1].startswith("error: "):
            self.error = fields[1][len("error: "):]
        else:
            self.magic, self.archive, self.marks = fields[1:]
        self.entries = []       # (marks, size, name)

    @property
    def names(self):
        return [name for _, _, name in self.entries]

    def __repr__(self):
        return repr(vars(self))


def parse(text):
    found = []
    for line in text.split("\n")[:-1]:
        if line.startswith("\t"):
            _, marks, size, name = line.split("\t", 3)
            found[-1].entries.append((marks, int(size), name))
        else:
            found.append(Found(line))
    return found


def inspect(paths, *options):
    done = subprocess.run([INSPECT, *options, *paths], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=PATIENCE)
    assert done.returncode == 0, done
    found = parse(done.stdout.decode("utf-8"))
    assert len(found) == len(paths), done
    return found


def inspect_bytes(folder, content, *options):
    path = folder.write("one", content)
    return inspect([path], *options)[0]


def expect(what, got, want):
    assert got == want, "%s: %r, not %r" % (what, got, want)


# What is found

def test_formats(folder):
    for archive, magic, content in [
            ("zip", "application/zip", archives.make_zip(FILES)),
            ("zip", "application/zip",
             archives.make_zip(FILES, zipfile.ZIP_STORED)),
            ("tar", "application/x-tar", archives.make_tar(FILES)),
            ("tar", "application/gzip", archives.make_tar(FILES, "w:gz")),
            ("tar", "application/x-bzip2", archives.make_tar(FILES, "w:bz2")),
            ("tar", "application/x-xz", archives.make_tar(FILES, "w:xz")),
            ("rar", "application/x-rar", archives.make_rar4(FILES)),
            ("rar5", "application/x-rar", archives.make_rar5(FILES)),
            ("lha", "application/x-lzh-compressed",
             archives.make_lha(FILES))]:
        found = inspect_bytes(folder, content)
        expect(magic, (found.archive, found.magic, found.marks, found.names),
               (archive, magic, "", NAMES))
        expect(magic, [size for _, size, _ in found.entries], [5, 102])


def test_other_writers(folder):
    """What the programs of others make of a folder."""
    tree = folder / "tree"
    os.makedirs(os.path.join(tree, "dir"))
    for name, content in FILES + [("dir/für 中.txt", b"x")]:
        with open(os.path.join(tree, name), "wb") as out:
            out.write(content)
    want = sorted(NAMES + ["dir/für 中.txt"])
    ran = 0
    for archive, name, command in [
            ("zip", "a.zip", ["7z", "a", "-bd", "-y"]),
            ("7zip", "a.7z", ["7z", "a", "-bd", "-y"]),
            ("tar", "a.tar", ["bsdtar", "-cf"]),
            ("tar", "a.tar.gz", ["bsdtar", "--gzip", "-cf"]),
            ("tar", "a.tar.bz2", ["bsdtar", "--bzip2", "-cf"]),
            ("tar", "a.tar.xz", ["bsdtar", "--xz", "-cf"]),
            ("tar", "a.tar.zst", ["bsdtar", "--zstd", "-cf"]),
            ("7zip", "b.7z", ["bsdtar", "--format=7zip", "-cf"]),
            ("zip", "b.zip", ["bsdtar", "--format=zip", "-cf"]),
            ("cpio", "a.cpio", ["bsdtar", "--format=cpio", "-cf"]),
            ("iso9660", "b.iso", ["bsdtar", "--format=iso9660", "-cf"]),
            ("iso9660", "a.iso", ["genisoimage", "-quiet", "-J", "-o"])]:
        if shutil.which(command[0]) is None:
            print("%s is not here" % command[0])
            continue
        path = folder / name
        args = ["."] if command[0] == "genisoimage" else \
            sorted(os.listdir(tree))
        subprocess.run([*command, path, *args], cwd=tree, check=True,
                       env=dict(os.environ, LC_ALL="C.UTF-8"),
                       stdout=subprocess.DEVNULL)
        found = inspect([path])[0]
        expect(name, (found.archive, found.marks, sorted(found.names)),
               (archive, "", want))
        ran += 1
    assert ran >= 4, "too few archivers are here"


def test_cabinet(folder):
    """gcab keeps the last part of a name."""
    for name, content in FILES:
        folder.write(os.path.basename(name), content)
    for option in [], ["-z"]:
        path = folder / "a.cab"
        subprocess.run(["gcab", "-c", *option, path, "readme.txt", "run.exe"],
                       check=True, cwd=folder.path,
                       stdout=subprocess.DEVNULL)
        found = inspect([path])[0]
        expect("cab", (found.archive, found.marks, found.names),
               ("cab", "", ["readme.txt", "run.exe"]))
    # With a program before it that unpacks it.
    with open(path, "rb") as file:
        found = inspect_bytes(folder, b"MZ" + b"\0" * 5000 + file.read())
    expect("cab", (found.archive, found.names),
           ("cab", ["readme.txt", "run.exe"]))


def test_second_opinion(folder):
    """What we make ourselves is what others take it for."""
    for name, content, command in [
            ("a.rar", archives.make_rar4(FILES), ["7z", "l", "-ba"]),
            ("b.rar", archives.make_rar5(FILES), ["7z", "l", "-ba"]),
            ("a.lzh", archives.make_lha(FILES), ["lha", "l"]),
            ("raw.zip", archives.make_raw_zip(
                [(name.encode(), content) for name, content in FILES]),
             ["7z", "t"])]:
        done = subprocess.run([*command, folder.write(name, content)],
                              check=True, stdout=subprocess.PIPE)
        for name, _ in FILES if command[1] == "l" else []:
            assert name.encode() in done.stdout, done.stdout


def test_in_front(folder):
    """A program that unpacks itself, or something that looks harmless."""
    for front in b"MZ" + b"\0" * 5000, b"\x7fELF" + b"x" * 300000, b"GIF89a":
        for name, content in [("zip", archives.make_zip(FILES)),
                              ("rar", archives.make_rar4(FILES)),
                              ("rar5", archives.make_rar5(FILES))]:
            found = inspect_bytes(folder, front + content)
            expect(front[:6], (found.archive, found.marks, found.names),
                   (name, "", NAMES))
        found = inspect_bytes(folder, archives.make_zip(
            [("a", front + archives.make_rar5(FILES)), ("b", b"")]))
        inside = [] if front[:3] == b"GIF" else ["a/" + name for name in NAMES]
        expect(front[:6], found.names, ["a"] + inside + ["b"])
    # Programs that only know of archives.
    for front in b"MZ", b"x":
        found = inspect_bytes(folder, front + (
            b"Rar!\x1a\7\1\0 7z\xbc\xaf\x27\x1c MSCF\0\0\0\0 " * 100))
        expect("no archive", (found.archive, found.marks, found.names),
               ("", "", []))
    if shutil.which("7z") is not None:
        for name, content in FILES:
            folder.write(os.path.basename(name), content)
        subprocess.run(["7z", "a", "-bd", "-y", "-sfx", "s.exe", "readme.txt",
                        "run.exe"], cwd=folder.path, check=True,
                       stdout=subprocess.DEVNULL)
        found = inspect([folder / "s.exe"])[0]
        expect("7z", (found.archive, found.names),
               ("7zip", ["readme.txt", "run.exe"]))


def test_encrypted(folder):
    if shutil.which("7z") is None:
        return
    path = folder.write("plain.txt", "x")
    for name, options, names in [
            ("e.zip", ["-psecret"], ["plain.txt"]),
            ("a.zip", ["-psecret", "-mem=AES256"], ["plain.txt"]),
            ("e.7z", ["-psecret"], ["plain.txt"]),
            ("h.7z", ["-psecret", "-mhe=on"], [])]:
        subprocess.run(["7z", "a", "-bd", "-y", *options, folder / name,
                        path], check=True, stdout=subprocess.DEVNULL)
        found = inspect([folder / name])[0]
        expect(name, (found.marks, found.names), ("e", names))
        expect(name, [marks for marks, _, _ in found.entries],
               ["e"] * len(names))


def test_no_archive(folder):
    for content, magic in [
            (b"", "application/x-empty"),
            (b"hello, world\n", "text/plain"),
            (b"%PDF-1.4\n%\xe2\xe3\n", "application/pdf"),
            (b"\0" * 10000, "application/octet-stream"),
            (b"MZ" + b"\0" * 5000, None)]:
        found = inspect_bytes(folder, content)
        expect(magic, (found.archive, found.names, found.marks,
                       found.error), ("", [], "", ""))
        if magic is not None and content:
            expect(magic, found.magic, magic)


def test_nested(folder):
    inner = archives.make_zip(FILES)
    for _ in range(4):
        inner = archives.make_tar([("in", inner)])
    outer = archives.make_zip([("front", b"x"), ("in", inner),
                               ("back", b"y")])
    for depth, want in [
            (1, ["in"]), (2, ["in", "in/in"]), (6, ["in" + "/in" * i
             for i in range(5)] + ["in/in/in/in/in/" + name
                                   for name in NAMES])]:
        found = inspect_bytes(folder, outer, "-d", str(depth))
        expect(depth, found.names, ["front"] + want + ["back"])
        # What is not looked into says so.
        expect(depth, [name for marks, _, name in found.entries if "c" in
                       marks], [want[-1]] if depth < 6 else [])


def test_entries(folder):
    content = archives.make_zip([("f%d" % i, b"") for i in range(10000)])
    for limit, more in [(9999, "+"), (10000, ""), (10001, ""), (0, "+")]:
        found = inspect_bytes(folder, content, "-e", str(limit))
        expect(limit, (len(found.entries), found.marks),
               (min(limit, 10000), more))


def test_names(folder):
    """Names of any length and any bytes arrive, the long ones' ends too."""
    for name, want in [
            ("a" * 1024, "a" * 1024),
            ("a" * 1024 + ".exe", "a" * 256 + "..." + "a" * 761 + ".exe"),
            ("ä" * 30000 + ".js", None), ("a\nb\tc", None)]:
        found = inspect_bytes(folder, archives.make_zip([(name, b"")]),
                              *(["-e", "1"]))
        if want is not None:
            expect("name", found.names, [want])
    found = inspect_bytes(folder,
                          archives.make_zip([("ä" * 30000 + ".js", b"")]))
    assert found.names[0].endswith("äää.js"), found
    assert len(found.names[0].encode()) <= 1024
    for flags, name, want in [
            (0, b"../../etc/x.exe", ["../../etc/x.exe"]),
            (0, b"/x.exe", ["/x.exe"]), (0, b"nul\0.exe", ["nul"]),
            (0, b"C:\\dir\\x.exe", ["C:/dir/x.exe"]),
            (0, b"cp437\x84.exe", ["cp437\ufffd.exe"]),
            (0, "\u202efdp.exe".encode(), ["\u202efdp.exe"]),
            (0x800, "\u202efdp.exe".encode(), ["\u202efdp.exe"]),
            # What libarchive does not tell us, unpackers make a file of.
            (0x800, b"bad\xff.exe", ["\ufffd", "bad\ufffd.exe"]),
            (0x800, b"bad\xff" + b"a" * 65527 + b".exe",
             ["\ufffd", "bad\ufffd" + "a" * 250 + "..." + "a" * 761 +
              ".exe"])]:
        raw = archives.make_raw_zip([(name, b"x"), (b"next", b"")], flags)
        found = inspect_bytes(folder, raw)
        lost = len(want) - 1
        expect(name, sorted(found.names), sorted(want + ["next"]))
        expect(name, found.marks, "b" * lost)
    # In pieces that are no header, and a million of them.
    raw = archives.make_raw_zip([(b"\xff", b"")] * 3, 0x800)
    found = inspect_bytes(folder, raw + b"PK\1\2" * 1000000 + raw[-22:],
                          "-e", "100")
    assert len(found.entries) <= 100, found
    # A header that is none, in a file, with all behind it in its name.
    for flags in 0, 0x800:
        fake = bytearray(b"PK\1\2" + bytes(42))
        fake[8:10] = flags.to_bytes(2, "little")
        fake[28:30] = b"\xff\xff"
        raw = archives.make_raw_zip([(b"a", bytes(fake)),
                                     (b"bad\xff.exe", b"")], 0x800)
        found = inspect_bytes(folder, raw)
        assert "bad\ufffd.exe" in found.names, found
    begin = time.monotonic()
    raw = archives.make_raw_zip(
        [(b"a", bytes(fake[:30]) * 500000), (b"bad\xff.exe", b"")], 0x800)
    inspect_bytes(folder, raw)
    assert time.monotonic() - begin < 5
    # Names that are not UTF-8.
    raw = archives.make_zip([("ab.exe", b"")]).replace(b"ab.exe", b"a\x84.exe")
    expect("raw", inspect_bytes(folder, raw).names, ["a\ufffd.exe"])


def test_macros(folder):
    plain = archives.make_ole([("WordDocument", 2), ("Data", 2)])
    vba = archives.make_ole([("WordDocument", 2)] + [("x%d" % i, 2)
                            for i in range(20)] + [("VBA", 1)])
    for content, marks in [
            (plain, ""), (vba, "m"),
            (archives.make_ole([("VBA", 1)], shift=12), "m"),
            (archives.make_ole([("_VBA_PROJECT", 2)]), "m"),
            (archives.make_ole([("vba", 1)]), "m"),
            (archives.make_ole([("VBA", 2), ("_VBA_PROJECT", 1)]), ""),
            (archives.make_ole([("VBAX", 1), ("XVBA", 1)]), ""),
            (plain[:512], "b"), (plain[:100], "b"),
            (archives.make_ole([("x", 2)], loop=True), "b"),
            (archives.make_ole([("x", 2)], fat=[0xfffffffd, 7]), "b")]:
        expect("ole", inspect_bytes(folder, content).marks, marks)
        found = inspect_bytes(folder, archives.make_zip(
            [("a.doc", content), ("b", b"x")]))
        expect("ole in zip", (found.marks, [m for m, _, _ in found.entries]),
               ("", [marks, ""]))
    found = inspect_bytes(folder, archives.make_zip(
        [("[Content_Types].xml", b"<x/>"), ("word/other.bin", vba)]))
    expect("renamed", [m for m, _, _ in found.entries], ["", "m"])
    found = inspect_bytes(folder, archives.make_ole(
        [("EncryptionInfo", 2), ("EncryptedPackage", 2)]))
    expect("encrypted", found.marks, "e")
    for name, marks in [("word/vbaProject.bin", "m"),
                        ("xl/VBAPROJECT.BIN", "m"),
                        ("word/vbaProject.bin.txt", "")]:
        found = inspect_bytes(folder, archives.make_zip(
            [("[Content_Types].xml", b"<x/>"), (name, b"x")]))
        expect(name, found.marks, marks)


# What means ill

def test_cut(folder):
    """Every length of several archives: an answer, and never a clean one."""
    contents = [archives.make_zip(FILES), archives.make_tar(FILES, "w:gz"),
                archives.make_rar5(FILES), archives.make_rar4(FILES)]
    for content in contents:
        lengths = range(10, len(content), max(1, len(content) // 40))
        paths = [folder.write("cut%d" % n, content[:n]) for n in lengths]
        for found in inspect(paths):
            expect("error", found.error, "")
            assert found.names == NAMES[:len(found.names)], found
    # What the inspector was not given, it does not call broken.
    path = folder.write("whole", contents[0])
    expect("cut", inspect([path], "-c", "200")[0].marks, "c")
    expect("broken", inspect_bytes(folder, contents[0][:200]).marks, "b")


def mutate(rng, content):
    content = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(content))
        kind = rng.randrange(3)
        if kind == 0:
            content[at] = rng.randrange(256)
        elif kind == 1:
            content[at:at + 4] = rng.choice(
                [b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"])
        else:
            del content[at:at + rng.randint(1, 30)]
    return bytes(content)


def test_mutated(folder):
    """Whatever is in them: an answer, in time; most are found broken."""
    rng = random.Random(SEED)
    print("SEED=%d" % SEED)
    inner = archives.make_tar(FILES, "w:gz")
    contents = [archives.make_zip(FILES + [("in", inner)]),
                archives.make_tar(FILES + [("in", inner)], "w:xz"),
                archives.make_rar4(FILES), archives.make_rar5(FILES),
                archives.make_ole([("WordDocument", 2)] * 30)]
    paths = [folder.write("m%d" % i, mutate(rng, rng.choice(contents)))
             for i in range(400)]
    begin = time.monotonic()
    for path, found in zip(paths, inspect(paths, "-t", "2")):
        assert not found.error or "died" not in found.error, (path, found)
    assert time.monotonic() - begin < 60


def test_bombs(folder):
    """A zip of zips of zeros, and 200 MB in one file: bounded, and said."""
    zeros = b"\0" * 50_000_000
    bomb = archives.make_zip([("zeros%d" % i, zeros) for i in range(4)])
    wide = archives.make_zip([("in%d.zip" % i, bomb) for i in range(200)])
    tar = archives.make_tar([("a", zeros), ("b", zeros), ("c", zeros)],
                            "w:gz")
    inner = archives.make_zip([("x%d.tar.gz" % i, tar) for i in range(20)])
    for content in (bomb, wide, inner):
        begin = time.monotonic()
        found = inspect_bytes(folder, content, "-t", "3", "-e", "500")
        assert time.monotonic() - begin < 8, "too slow"
        assert found.archive == "zip" and found.entries, found
    # A directory of 60,000 names for one file that is packed once, and one of
    # as many as a zip has room for.
    zeros = b"\0" * 1000
    for content, names in [
            (archives.make_raw_zip([(b"a", zeros)], directory=[
                (b"a", 0, 1000)] * 60000), None),
            (archives.make_raw_zip([(b"f%d" % i, b"") for i in range(65535)]),
             65535)]:
        begin = time.monotonic()
        one = inspect_bytes(folder, content, "-e", "100000", "-t", "5")
        assert time.monotonic() - begin < 10, "too slow"
        assert names is None or len(one.entries) == names, one.marks
    # In each other, as deep as it goes: seen down to the depth, and said.
    deep = archives.make_zip(FILES)
    for _ in range(500):
        deep = archives.make_zip([("in.zip", deep)])
    one = inspect_bytes(folder, deep, "-d", "4")
    expect("deep", [(name, marks) for marks, _, name in one.entries],
           [("in.zip" + "/in.zip" * i, "c" if i == 3 else "")
            for i in range(4)])
    # 450 MB in each of 20: that one was not read to its end.
    assert "c" in found.marks + found.entries[-1][0], found


def test_memory(folder):
    """A dictionary of a GiB is refused, and that is said."""
    found = inspect_bytes(folder, archives.huge_dictionary())
    if SANITIZED:
        return
    expect("memory", (found.marks, found.names), ("c", []))


class Half:
    """The inspector, and a helper that has half of a file."""

    def __init__(self, folder, *options):
        first = folder.write("first", archives.make_zip(
            [("a", os.urandom(300000))]))
        second = folder.write("second", archives.make_zip(FILES))
        self.process = subprocess.Popen(
            [INSPECT, "-h", "100000", *options, first, second],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == b"half\n"
        self.keepers = keepers.Keepers(self.process.pid)
        self.keeper = self.keepers.keeper()
        self.guard = self.keepers.guard()
        self.helper, = keepers.children(self.keeper)

    def goes_on(self):
        out, _ = self.process.communicate(b"\n", timeout=PATIENCE)
        return parse(out.decode())


def test_killed(folder):
    """By whatever signal: an error for that file, and the next has none."""
    # A sanitizer makes an exit of its own of all but the first.
    for number in [signal.SIGKILL, signal.SIGSEGV, signal.SIGSYS][
            :1 if SANITIZED else 3]:
        half = Half(folder)
        os.kill(half.helper, number)
        first, second = half.goes_on()
        assert first.error.startswith("the helper died of signal %d" %
                                      number), first
        expect("the next", second.names, NAMES)


def test_hangs(folder):
    half = Half(folder, "-t", "1")
    os.kill(half.helper, signal.SIGSTOP)
    begin = time.monotonic()
    first, second = half.goes_on()
    expect("error", first.error, "the helper took too long")
    assert time.monotonic() - begin < 10
    expect("the next", second.names, NAMES)
    wait_gone(half.helper)


def wait_gone(pid):
    deadline = time.monotonic() + 15
    while os.path.exists("/proc/%d" % pid):
        assert time.monotonic() < deadline, "%d is still there" % pid
        time.sleep(0.05)


def test_keeper_killed(folder):
    """What it was at is lost; there is another one for the next file."""
    half = Half(folder)
    os.kill(half.keeper, signal.SIGKILL)
    wait_gone(half.helper)
    first, second = half.goes_on()
    expect("error", first.error, "the helper ended without an answer")
    expect("the next", second.names, NAMES)


def test_guard_killed(folder):
    """The keeper, and what it is at, goes on; and it has a guard again."""
    half = Half(folder)
    os.kill(half.guard, signal.SIGKILL)
    keepers.wait_for(lambda: half.keepers.guard() != half.guard)
    expect("keeper", half.keepers.keeper(), half.keeper)
    second = half.keepers.guard()
    os.kill(second, signal.SIGKILL)
    keepers.wait_for(lambda: half.keepers.guard() != second)
    os.kill(half.keeper, signal.SIGKILL)
    keepers.wait_for(lambda: half.keepers.keeper() != half.keeper)
    first, second = half.goes_on()
    expect("error", first.error, "the helper ended without an answer")
    expect("the next", second.names, NAMES)
    keepers.wait_for(lambda: not half.keepers.all())


def take_pid(pid):
    """A process of that number, or None where nobody may choose it."""
    for _ in range(100):
        try:
            with open("/proc/sys/kernel/ns_last_pid", "w",
                      encoding="ascii") as file:
                file.write(str(pid - 1))
        except OSError:
            return None
        process = subprocess.Popen(["sleep", "60"])
        if process.pid == pid:
            return process
        process.kill()
        process.wait()
    return None


def test_number_again(folder):
    """A keeper knows nothing of the helpers of the one before it, which the
    guard was started beside: their numbers may be those of others by now."""
    half = Half(folder, "-t", "5")
    os.kill(half.guard, signal.SIGKILL)
    keepers.wait_for(lambda: half.keepers.guard() != half.guard)
    os.kill(half.keeper, signal.SIGKILL)
    keepers.wait_for(lambda: half.keepers.keeper() != half.keeper)
    wait_gone(half.helper)
    other = take_pid(half.helper)
    if other is not None:
        try:
            # The helper's seconds, and a grace.
            status = other.wait(timeout=9)
            assert False, "a stranger ended with %d" % status
        except subprocess.TimeoutExpired:
            pass
        other.kill()
        other.wait()
    expect("the next", half.goes_on()[1].names, NAMES)


def test_no_descriptors(folder):
    """Without any for a guard its place is kept: that of a helper would be
    closed when there are some, and the guard's end when the helper ends."""
    half = Half(folder, "-t", "20")
    limit = resource.RLIMIT_NOFILE
    old = resource.prlimit(half.keeper, limit)
    resource.prlimit(half.keeper, limit, (5, old[1]))
    os.kill(half.guard, signal.SIGKILL)
    time.sleep(4)
    expect("the keeper's descriptors",
           sorted(os.listdir("/proc/%d/fd" % half.keeper)), list("012345"))
    expect("no guard", sorted(half.keepers.all()), [keepers.KEEPER])
    resource.prlimit(half.keeper, limit, old)
    half.keepers.guard()
    expect("the next", half.goes_on()[1].names, NAMES)


def test_killed_again_and_again(folder):
    """Not more than one is started in a second."""
    half = Half(folder)
    begin = time.monotonic()
    seen = {half.keeper}
    while time.monotonic() < begin + 5:
        pid = half.keepers.all().get(keepers.KEEPER)
        if pid is not None:
            seen.add(pid)
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
    assert 3 <= len(seen) <= 7, seen
    expect("the next", half.goes_on()[1].names, NAMES)


def test_both_killed(folder):
    """Then there are no helpers: an error for each file, and no more."""
    half = Half(folder)
    for number in signal.SIGSTOP, signal.SIGKILL:
        os.kill(half.guard, number)
        os.kill(half.keeper, number)
    wait_gone(half.helper)
    first, second = half.goes_on()
    assert first.error, first
    expect("error", second.error, "no helper can be started")


def test_parent_killed(folder):
    """Nothing is left behind, be it stopped."""
    half = Half(folder, "-t", "1000")
    os.kill(half.helper, signal.SIGSTOP)
    half.process.kill()
    half.process.wait()
    half.process.stdin.close()
    half.process.stdout.close()
    wait_gone(half.keeper)
    wait_gone(half.guard)
    wait_gone(half.helper)


def test_many_at_once(folder):
    paths = [folder.write("z%d" % i, archives.make_zip(
        [("file%d" % i, b"x" * 1000)])) for i in range(200)]
    done = subprocess.run([INSPECT, "-j", "20", *paths], check=True,
                          stdout=subprocess.PIPE, timeout=PATIENCE)
    found = parse(done.stdout.decode())
    expect("names", sorted(name for one in found for name in one.names),
           sorted("file%d" % i for i in range(200)))


def test_pieces(folder):
    content = archives.make_zip(FILES)
    for size in ("1", "7", "64"):
        expect(size, inspect_bytes(folder, content, "-p", size).names, NAMES)


# What a helper may do

def sandbox(*args):
    done = subprocess.run([SANDBOX, *args], stdout=subprocess.PIPE,
                          check=True, timeout=PATIENCE)
    return dict(line.split() for line in done.stdout.decode().splitlines())


def test_sandbox(_folder):
    held, free = sandbox(), sandbox("free")
    for name in ("write", "little-memory"):
        expect(name, held[name], "done")
    for name in ("open", "create", "socket", "unix-socket", "fork", "exec",
                 "kill", "ptrace", "unlink"):
        assert held[name] in ("refused", "killed"), (name, held[name])
        expect(name + " without the sandbox", free[name], "done")
    expect("time", held["long"], "killed")
    if not SANITIZED:
        for name in ("code", "much-memory"):
            assert held[name] in ("refused", "killed"), (name, held[name])
            expect(name + " without the sandbox", free[name], "done")


def test_helper_has_nothing(folder):
    """The very process: its descriptors, its filter, its limits."""
    half = Half(folder)
    base = "/proc/%d/" % half.helper
    expect("descriptors", len(os.listdir(base + "fd")),
           4 if SANITIZED else 1)
    with open(base + "status", encoding="ascii") as file:
        status = dict(line.rstrip("\n").split(":\t") for line in file
                      if ":\t" in line)
    expect("Seccomp", status["Seccomp"], "2")
    expect("NoNewPrivs", status["NoNewPrivs"], "1")
    with open(base + "limits", encoding="ascii") as file:
        limits = file.read()
    assert "Max open files            0                    0" in limits
    assert "Max core file size        0                    0" in limits
    expect("the keeper's descriptors",
           sorted(os.listdir("/proc/%d/fd" % half.keeper)), list("012345"))
    half.goes_on()


def main():
    tests = [(name, test) for name, test in sorted(globals().items())
             if name.startswith("test_") and
             (len(sys.argv) < 2 or name in sys.argv[1:])]
    failed = 0
    for name, test in tests:
        begin = time.monotonic()
        folder = scratch.Folder()
        try:
            test(folder)
            word = "ok"
        except AssertionError as error:
            word = "FAILED: %s" % error
            failed += 1
        folder.close()
        print("%s: %s (%.1fs)" % (name, word, time.monotonic() - begin),
              flush=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())

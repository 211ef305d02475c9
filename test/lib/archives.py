"""Archives and office files that Debian has no program to make, byte by byte.

Each function returns the bytes of a file.
"""
import io
import struct
import tarfile
import zipfile
import zlib


def make_zip(files, method=zipfile.ZIP_DEFLATED):
    """files: [(name, bytes)]"""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def make_raw_zip(files, flags=0, directory=None):
    """Names are bytes, just as they are; stored.  flags: 0x800 says UTF-8.

    directory: what the directory lists, again [(name, offset, size)].
    """
    out, listed = bytearray(), []
    for name, content in files:
        listed.append((name, len(out), len(content)))
        out += struct.pack("<IHHHHHIIIHH", 0x04034b50, 20, flags, 0, 0,
                           0x5a21, zlib.crc32(content), len(content),
                           len(content), len(name), 0) + name + content
    contents = dict(files)
    begin = len(out)
    for name, offset, size in directory or listed:
        out += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014b50, 20, 20, flags, 0,
                           0, 0x5a21, zlib.crc32(contents.get(name, b"")),
                           size, size, len(name), 0, 0, 0, 0, 0, offset)
        out += name
    count = min(len(directory or listed), 0xffff)
    return bytes(out) + struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, count, count,
                                    len(out) - begin, begin, 0)


def make_lha(files):
    """LHA, stored, with heads of level 0."""
    out = b""
    for name, content in files:
        name = name.encode("ascii")
        crc = 0
        for byte in content:
            crc ^= byte
            for _ in range(8):
                crc = crc >> 1 ^ (0xa001 if crc & 1 else 0)
        head = b"-lh0-" + struct.pack("<IIIBBB", len(content), len(content),
                                      0x50000000, 0x20, 0, len(name)) + \
            name + struct.pack("<H", crc)
        out += bytes([len(head), sum(head) & 0xff]) + head + content
    return out + b"\0"


def make_tar(files, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def make_rar4(files):
    """RAR 4, stored: the marker, the archive's head, a head for each file."""
    def block(kind, flags, rest, data=b""):
        head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(head) & 0xffff) + head + data

    out = b"Rar!\x1a\x07\x00" + block(0x73, 0, b"\0" * 6)
    for name, content in files:
        name = name.encode("ascii")
        out += block(0x74, 0x8000, struct.pack(
            "<IIBIIBBHI", len(content), len(content), 3,
            zlib.crc32(content), 0x50000000, 20, 0x30, len(name), 0x20) +
            name, content)
    return out + block(0x7b, 0x4000, b"")


def vint(number):
    out = b""
    while number >= 0x80:
        out += bytes([number & 0x7f | 0x80])
        number >>= 7
    return out + bytes([number])


def make_rar5(files):
    """RAR 5, stored; names are UTF-8."""
    def block(kind, flags, rest, data=b""):
        head = vint(kind) + vint(flags)
        if flags & 2:
            head += vint(len(data))
        head += rest
        head = vint(len(head)) + head
        return struct.pack("<I", zlib.crc32(head)) + head + data

    out = b"Rar!\x1a\x07\x01\x00" + block(1, 0, vint(0))
    for name, content in files:
        name = name.encode("utf-8")
        out += block(2, 2, vint(4) + vint(len(content)) + vint(0o100644) +
                     struct.pack("<I", zlib.crc32(content)) + vint(0) +
                     vint(1) + vint(len(name)) + name, content)
    return out + block(5, 0, vint(0))


def make_ole(entries, shift=9, loop=False, fat=None):
    """A compound file with nothing but its directory: [(name, kind)]

    kind: 1 a storage, 2 a stream.  loop: the directory never ends.
    """
    size = 1 << shift

    def entry(name, kind):
        text = name.encode("utf-16-le") + b"\0\0" if name else b""
        return (text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
                ).ljust(128, b"\0")

    every = [entry("Root Entry", 5)] + [entry(*one) for one in entries]
    each = size // 128
    sectors = [b"".join(every[i:i + each]).ljust(size, b"\0")
               for i in range(0, len(every), each)]
    table = [0xfffffffd] + list(range(2, len(sectors) + 1)) + [
        1 if loop else 0xfffffffe]
    table = fat or table
    table += [0xffffffff] * (size // 4 - len(table))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH", 0x3e, 3 if shift == 9 else 4, 0xfffe,
                        shift, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xfffffffe, 0,
                        0xfffffffe, 0)
    head += struct.pack("<I", 0) + struct.pack("<I", 0xffffffff) * 108
    return head.ljust(size, b"\0") + \
        struct.pack("<%dI" % (size // 4), *table) + b"".join(sectors)


def huge_dictionary():
    """A .tar.xz that wants a GiB of memory to be unpacked."""
    packed = bytearray(make_tar([("file", b"x")], "w:xz"))
    size = (packed[12] + 1) * 4             # of the head of the first block
    assert packed[14:16] == b"\x21\x01"     # LZMA2, one byte: the size
    packed[16] = 36                         # 2 << (36 / 2 + 11)
    packed[12 + size - 4:12 + size] = struct.pack(
        "<I", zlib.crc32(packed[12:12 + size - 4]))
    return bytes(packed)

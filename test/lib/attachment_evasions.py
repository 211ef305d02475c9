"""Known ways to get a program past rules on attachments: each a message that
the rules below must still find.

ATTACHED holds (name, message, found by Postfix's own checks); CHECKS and TEXT
are what postern is given, MIME_HEADER and BODY, the rules of Postfix's own
manual, what Postfix is.
"""
import base64
import binascii
import io
import shutil
import subprocess
import tarfile
import zipfile

import archives
import scratch

CHECKS = r"""
/^name=.*\.(exe|js|scr) type=/	REJECT a program's name
/ magic=application\/(x-dosexec|vnd\.microsoft\.portable-executable) /	REJECT
/ magic=application\/(vnd\.)?ms-tnef /	REJECT a packet of Outlook's
/ disposition=\S* archive=\S+ encrypted/	REJECT an encrypted archive
/ disposition=\S* .*\bmacros$/	REJECT macros
"""
# A file in mid-text is no part.
TEXT = r"""
/\bbegin [0-7]{3,4} [^ ]*\.(exe|js|scr) /	REJECT a file in the text
"""
# header_checks(5), EXAMPLES.
MIME_HEADER = r"""
/^Content-(Disposition|Type).*name\s*=\s*"?([^;]*(\.|=2E)(exe|js|scr))(\?=)?"?\s*(;|$)/	REJECT
"""
BODY = r"""
/^begin [0-7]{3,4} .*\.(exe|js|scr)/	REJECT
"""

MZ = b"MZ" + b"\0" * 58 + b"\x40\0\0\0" + b"PE\0\0\x4c\1" + b"\0" * 200
FILES = [("readme.txt", b"hello"), ("dir/run.exe", b"x")]


def b64(content):
    return base64.encodebytes(content).decode()


def multipart(*parts):
    return ("Subject: x\nMIME-Version: 1.0\n"
            "Content-Type: multipart/mixed; boundary=\"b\"\n\n"
            + "".join("--b\n" + part + "\n" for part in parts)
            + "--b--\n").encode()


def fields(text, body="x"):
    """A part with these fields, and nothing in it that a rule is about."""
    return multipart("Content-Type: text/plain\n\ntext", text + "\n\n" + body)


def named(parameters):
    return fields("Content-Disposition: attachment; " + parameters)


def holds(content, name="data", kind="application/octet-stream"):
    """A part whose own name and type say nothing."""
    return fields("Content-Type: %s; name=%s\n"
                  "Content-Transfer-Encoding: base64" % (kind, name),
                  b64(content))


def uu(content, name):
    lines = [binascii.b2a_uu(content[at:at + 45]).decode()
             for at in range(0, len(content), 45)]
    return "begin 644 %s\n%s`\nend\n" % (name, "".join(lines))


def made_by(command, name, files, *options):
    """What another program packs; None where it is not here."""
    if shutil.which(command[0]) is None:
        return None
    folder = scratch.Folder()
    for file, content in files:
        folder.write(file, content)
    subprocess.run([*command, *options, name, *(file for file, _ in files)],
                   cwd=folder.path, check=True, stdout=subprocess.DEVNULL)
    with open(folder / name, "rb") as file:
        content = file.read()
    folder.close()
    return content


def encrypted(name, *options):
    return made_by(["7z", "a", "-bd", "-y", "-psecret"], name,
                   [("run.exe", b"x")], *options)


def tgz(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


ZIP = archives.make_zip(FILES)
INNER = multipart("Content-Type: a/b; name=a.zip\n"
                  "Content-Transfer-Encoding: base64\n\n" + b64(ZIP))
DOCM = archives.make_zip([
    ("[Content_Types].xml", b"<x/>"),
    ("word/vbaProject.bin", archives.make_ole([("VBA", 1)]))])
TNEF = b"\x78\x9f\x3e\x22" + b"\1\0" + b"\1\6\x90\x08\0\4\0\0\0\0\0\1\0" * 4

ATTACHED = [
    # The name
    ("a plain name", named('filename="run.exe"'), True),
    ("capitals", named('FILENAME="RUN.EXE"'), True),
    ("a double extension", named('filename="a.pdf.exe"'), True),
    ("the type's name only", fields('Content-Type: a/b; name="run.exe"'),
     True),
    ("a harmless name beside it", fields(
        'Content-Type: a/b; name="run.exe"\n'
        'Content-Disposition: attachment; filename="a.txt"'), True),
    ("a file name beside the type", fields(
        "Content-Type: a/b; filename*=utf-8''run.%65xe"), False),
    ("a dot at the end", named('filename="run.exe."'), False),
    ("blanks and dots at the end", named('filename="run.exe . ."'), False),
    ("a blank at the end by percent", named(
        "filename*=utf-8''run.exe%20"), False),
    ("the direction turned", named(
        "filename*=utf-8''invoice_%E2%80%AEfdp.%65xe"), False),
    ("pieces", named('filename*0="run.e"; filename*1="xe"'), False),
    ("pieces in the wrong order", named(
        'filename*1="n.e"; filename*2="xe"; filename*0="ru"'), False),
    ("pieces of both kinds", named(
        "filename*1=\"xe\"; filename*0*=utf-8''run%2Ee"), False),
    ("percent", named("filename*=utf-8''run%2E%65%78%65"), False),
    ("percent that is none", named("filename*=utf-8''%zz%run.%65xe"), False),
    ("a character set in the name", named(
        "filename*=utf-16be''%00r%00u%00n%00.%00e%00x%00e"), False),
    ("another one", named("filename*=utf-7''run.+AGUAeABl-"), False),
    ("an unknown one", named("filename*=x-none''run.%65xe"), False),
    ("no character set", named("filename*=run.%65xe"), False),
    ("an encoded word in quotes", named(
        'filename="=?utf-8?B?%s?="' % b64(b"run.exe").strip()), False),
    ("an encoded word without quotes", named(
        'filename==?utf-8?Q?run=2E=65xe?='), False),
    ("several of them", named(
        'filename="=?utf-8?Q?run.?= =?utf-8?Q?e?=\n =?utf-8?Q?xe?="'),
     False),
    ("a line end in one", named('filename="=?utf-8?Q?a=0A.ex=65?="'), False),
    ("a fold in the name", named('filename="my\n run.exe"'), True),
    ("a fold in mid-parameter", named('filename\n =\n "run.exe"'), True),
    ("a comment", named('filename (of) = (the) "run.exe" (file)'), False),
    ("no quotes", named("filename=my run.exe"), True),
    ("no last quote", named('filename="run.exe'), True),
    ("no semicolon", named('x="y" filename="run.exe"'), True),
    ("a semicolon in the name", named('filename="a;b.exe"'), False),
    ("backslashes", named('filename="run\\.e\\xe"'), False),
    ("two parameters of one name", named(
        'filename="a.txt"; filename="run.exe"'), True),
    ("two fields of one name", fields(
        "Content-Disposition: attachment; filename=a.txt\n"
        "Content-Disposition: attachment; filename*=utf-8''run.%65xe"),
     False),
    ("shown instead of attached", fields(
        "Content-Type: text/plain\n"
        "Content-Disposition: inline; filename*=utf-8''run.%65xe"), False),
    ("all of the message", b"Subject: x\nMIME-Version: 1.0\n"
     b"Content-Type: a/b; name*=utf-8''run.%65xe\n\nx\n", False),
    ("in an attached message", fields(
        "Content-Type: message/rfc822", "Subject: y\n"
        "Content-Disposition: attachment; filename*0=run.e; filename*1=xe"
        "\n\nx"), False),
    ("in one that is encoded", fields(
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64",
        b64(INNER.replace(b"a.zip", b"run.exe"))), False),
    # The content
    ("a harmless name and type", holds(MZ, "a.txt", "text/plain"), False),
    ("a picture by its type", holds(MZ, "a.jpg", "image/jpeg"), False),
    ("no name and no type", fields("Content-Transfer-Encoding: base64\n"
                                   "Content-Disposition: attachment",
                                   b64(MZ)), False),
    ("base64 with junk", fields(
        "Content-Type: a/b\nContent-Transfer-Encoding: base64",
        "!".join(b64(MZ))), False),
    ("quoted-printable", fields(
        "Content-Type: a/b\nContent-Transfer-Encoding: quoted-printable",
        "=\n".join("=%02X" % byte for byte in MZ)), False),
    ("uuencode", fields(
        "Content-Type: a/b\nContent-Transfer-Encoding: x-uuencode",
        uu(MZ, "data")), False),
    ("uuencode in the text", b"Subject: x\n\nHello,\n\n" +
     uu(MZ, "run.exe").encode(), True),
    ("that in base64", b"Subject: x\nMIME-Version: 1.0\n"
     b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" +
     b64(b"Hello,\n\n" + uu(MZ, "run.exe").encode()).encode(), False),
    ("a packet of Outlook's", holds(TNEF, "data", "application/x"), False),
    # Archives
    ("in a zip", holds(ZIP), False),
    ("in a zip in a zip", holds(archives.make_zip([("a.zip", ZIP)])), False),
    ("in a zip in an encoded message", fields(
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64",
        b64(INNER)), False),
    ("in a tar.gz", holds(tgz(FILES)), False),
    ("in a rar", holds(archives.make_rar5(FILES)), False),
    ("in an old rar", holds(archives.make_rar4(FILES)), False),
    ("in an lzh", holds(archives.make_lha(FILES)), False),
    ("in a 7z", holds(made_by(["7z", "a", "-bd", "-y"], "a.7z",
                              [("run.js", b"x")]) or ZIP), False),
    ("in an image of a disc", holds(made_by(
        ["genisoimage", "-quiet", "-J", "-o"], "a.iso",
        [("run.exe", b"x")]) or ZIP), False),
    ("in an encrypted zip", holds(encrypted("a.zip") or ZIP), False),
    ("in a 7z whose names are encrypted", holds(
        encrypted("a.7z", "-mhe=on") or ZIP), False),
    ("a zip that begins as a picture", holds(
        b"GIF89a" + b"\1" * 500 + ZIP, "a.gif", "image/gif"), False),
    ("a rar that begins as a text", holds(
        b"Hello, " * 500 + archives.make_rar5(FILES)), False),
    ("a zip that begins as a PDF", holds(
        b"%PDF-1.4\n" + ZIP, "a.pdf", "application/pdf"), False),
    ("a dot at the end in a zip", holds(
        archives.make_zip([("run.exe.", b"x")])), False),
    ("the direction turned in a zip", holds(
        archives.make_zip([("a\u202efdp.exe", b"x")])), False),
    ("an old character set in a zip", holds(
        archives.make_raw_zip([(b"f\x81r.exe", b"x")])), False),
    ("a zip that lies about UTF-8", holds(
        archives.make_raw_zip([(b"f\x81r.exe", b"x")], 0x800)), False),
    ("a way out of the folder", holds(
        archives.make_zip([("../../run.exe", b"x")])), False),
    ("a folder that is a file", holds(
        archives.make_zip([("a/b/c/run.exe", b"x")],
                          zipfile.ZIP_STORED)), False),
    ("a zip without its end", holds(ZIP[:-60]), False),
    # Macros
    ("macros in an OLE file", holds(
        archives.make_ole([("VBA", 1)]), "a.rtf", "text/rtf"), False),
    ("macros in an archive", holds(DOCM, "a.docx"), False),
    ("macros in an archive in a zip", holds(
        archives.make_zip([("a.docx", DOCM)])), False),
]

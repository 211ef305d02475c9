#!/usr/bin/env python3
"""patterns/attachment_checks: its tests, its lint, and what becomes of real
attachments by it."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))

import archives                                         # noqa: E402
from email.message import EmailMessage                  # noqa: E402
from pattern_table import PatternTable, run             # noqa: E402

F = [("readme.txt", b"hello")]
OLE = archives.make_ole([("WordDocument", 2)])
MACROS = archives.make_ole([("WordDocument", 2), ("VBA", 1)])
# "MZ", and where the header of the program itself is.
PROGRAM = b"MZ".ljust(60, b"\0") + b"\x80\0\0\0".ljust(68, b"\0") + \
    b"PE\0\0\x4c\x01".ljust(200, b"\0")

CASES = [       # name, content, verdict, the first word of the action
    ("readme.txt", b"hello", "accept", None),
    ("a.zip", archives.make_zip(F), "accept", None),
    ("letter.doc", OLE, "accept", None),
    ("letter.doc", MACROS, "accept", "WARN"),
    ("a.zip", archives.make_zip(F + [("in.doc", MACROS)]), "accept", "WARN"),
    ("a.zip", archives.make_zip(F + [("run.exe. ", b"x")]), "reject",
     "REJECT"),
    ("a.zip", archives.make_zip([("b.zip", archives.make_zip(
        [("run.js", b"x")]))]), "reject", "REJECT"),
    ("run.vbs ", b"x", "reject", "REJECT"),
    ("gpj.\u202eexe", b"x", "reject", "REJECT"),
    ("holiday.jpg", PROGRAM, "reject", "REJECT"),
    ("a.iso", b"x", "accept", "HOLD"),
    ("example.com", b"x", "accept", None),
]


def main():
    table = PatternTable("attachment_checks")
    table.check_itself()
    assert not table.failures, table.failures
    for name, content, verdict, action in CASES:
        mail = EmailMessage()
        mail["Subject"] = "x"
        mail.set_content("text")
        mail.add_attachment(content, maintype="application",
                            subtype="octet-stream", filename=name)
        path = table.folder.write("mail.eml", bytes(mail))
        done = run("scan", "-c", table.conf, "--explain", path)
        lines = (done.stdout + done.stderr).decode().split("\n")
        assert ": %s" % verdict in lines[0], (name, lines)
        hits = [line.split("\t")[-1].split()[0] for line in lines
                if line.startswith("  attachment_checks") and
                not line.endswith("\t-")]
        assert hits[:1] == ([action] if action else []), (name, lines)
    print("%d attachments are judged as they should be" % len(CASES))


if __name__ == "__main__":
    sys.exit(main())

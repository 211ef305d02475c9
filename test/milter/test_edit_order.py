#!/usr/bin/env python3
"""Several edits of one name land on the right fields, by Postfix's rules of
counting and by Sendmail's: random headers whose fields say what is to be done
with them, and what each of the two mail servers makes of the calls.

    test_edit_order.py [SEED [COUNT]]

That Postfix counts as message.apply() does, test_mirror.py shows on a real one;
no Sendmail is asked here, only its documentation."""
import json
import random
import re
import sys

import pair_messages
import scratch
from milter_client import Edit
from message import Message, apply, apply_sendmail
from pair_messages import mark
from postern import tool, write_conf

ACTIONS = [
    "STRIP", "IGNORE", "PREPEND X-1: a", "PREPEND X-2: b", "PREPEND x-1: c",
    "PREPEND Received: d", "REPLACE X-1: e", "REPLACE X-2: f",
    "REPLACE Received: g", "REPLACE x-1: h", "REPLACE X-1:", "REPLACE Bcc: i",
    "PREPEND X-1:",
]


def random_header(seed):
    rng = random.Random(seed)
    often = rng.choice([0.2, 0.5, 0.9, 1])
    lines = []
    for n in range(rng.randint(1, 14)):
        line = "%s: %d" % (rng.choice(["X-1", "X-2", "x-1", "Received"]), n)
        if rng.random() < often:
            line += " " + mark(rng.choice(ACTIONS), "p")
        lines.append(line)
    return ("\n".join(lines) + "\n\nbody\n").encode()


def scan(folder, messages):
    """Each message, its edits, and what comes above its header."""
    table = folder.write("checks", pair_messages.MARKS % "p")
    conf = folder.write("conf", write_conf({
        "header_checks": ["pcre:" + table], "compatible_tables": True,
        "sender_access": ["inline:{{a@b.c = PREPEND X-1: top}}"]}))
    paths = [folder.write("message%d" % n, message)
             for n, message in enumerate(messages)]
    for sender, some, above in (
            ("a@b.c", paths[::2], [("X-1", " top")]),
            ("d@e.f", paths[1::2], [])):
        done = tool("scan", "-c", conf, "--json", "--from", sender, *some)
        for line in done.stdout.decode("utf-8").splitlines():
            said = json.loads(line)
            assert said["verdict"] == "accept", said
            yield messages[int(said["file"].rpartition("message")[2])], [
                Edit(**edit) for edit in said["edits"]], above


def postfix_fields(message, edits):
    changes = [Edit("chgheader", name=edit.name, index=edit.index, value="")
               if edit.op == "delheader" else edit for edit in edits]
    return apply(message, changes).fields


def asked_for(message, above):
    """What the marks ask for, field by field."""
    fields = list(above)
    for name, value in message.fields:
        found = re.search(r"\{\{p (\w+) ?(.*)\}\}", value)
        action, text = found.groups() if found else ("", "")
        made = tuple(text.partition(":")[::2])
        if action == "PREPEND":
            fields.append(made)
        elif action == "REPLACE" and made[0] != "Bcc":
            fields.append(made)
        if action in ("", "PREPEND"):
            fields.append((name, value))
    return fields


def lowered(fields):
    """The spelling of a name is the mail server's to change."""
    return [(name.lower(), value) for name, value in fields]


def main():
    seed = sys.argv[1] if len(sys.argv) > 1 else "1"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1500
    print("seed %s" % seed)
    folder = scratch.Folder()
    messages = [random_header("%s.%d" % (seed, n)) for n in range(count)]
    differ = several = 0
    for data, edits, above in scan(folder, messages):
        message = Message.parse(data)
        names = [edit.name.lower() for edit in edits]
        several += len(names) > len(set(names))
        want = lowered(asked_for(message, above))
        for name, fields in (("Postfix", postfix_fields(message, edits)),
                             ("Sendmail", apply_sendmail(message, edits))):
            if lowered(fields) != want:
                differ += 1
                print("%r\n  %r\n  want %r\n  %s %r" % (
                    data, edits, want, name, fields))
    folder.close()
    print("%d messages, %d with several edits of a name, %d differ" % (
        count, several, differ))
    return 0 if not differ and several > count / 3 else 1


if __name__ == "__main__":
    sys.exit(main())

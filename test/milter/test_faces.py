#!/usr/bin/env python3
"""One engine, two faces: the daemon and `postern scan` say the same of every
mail of the corpus, of every disguise of text, and of every real mail that is
there, with the shipped tables, tight caps, tables that edit and decoded views;
and the daemon says the same of a body that comes byte by byte."""
import json
import os
import sys

import corpus
from milter_client import Client, Message
from postern import Postern, tool
import scratch
import text_evasions

SENDER, RCPT = "<sender@example.org>", "<rcpt@example.com>"
EDITORS = {
    "header_checks": "/^Received:/ STRIP\n/^Subject: (.*)/ PREPEND X-S: $1\n"
    "/^From:/ REPLACE X-From: gone\n/^To:/ HOLD\n",
    "body_checks": "/^-/ STRIP\n/^(.*)the(.*)$/ REPLACE ${1}THE$2\n"
    "/^ / PREPEND before\n",
    "attachment_checks": "/./ STRIP it\n",
}
# Raw and decoded rules that stand in each other's way.
VIEWS = {
    "header_checks": "/^Subject:.*x/ PREPEND X-Raw: 1\n/^Date:/ STRIP\n",
    "decoded_header_checks": "/^Subject: (.*e.*)/ REPLACE X-Seen: $1\n"
    "/^Content-Type: text.html/ WARN html\n/^To:/ BCC copy@example.com\n",
    "text_checks": "/cheap p.lls/ REJECT text\n/[aeiou]{3}/ HOLD\n"
    "/the [a-e]/ REDIRECT elsewhere@example.com\n",
    "hidden_text_checks": "/./ DISCARD\n",
    "body_checks": "/^Y2/ REJECT base64\n/^--.*--$/ WARN end\n/[qxz]/ PASS\n",
}


def configurations(folder):
    patterns = os.path.join(scratch.TOP, "patterns")
    shipped = {name: ["pcre:" + os.path.join(patterns, name)] for name in (
        "header_checks", "mime_header_checks", "body_checks")}
    editors = {name: ["pcre:" + folder.write(name, text)]
               for name, text in EDITORS.items()}
    yield "shipped tables", shipped
    yield "tight caps", {
        "message_size_limit": 3000, "header_size_limit": 200,
        "header_total_limit": 1500, "header_count_limit": 12,
        "body_line_limit": 300, "visible_recipient_limit": 2,
        "hopcount_limit": 3, "header_count_action": "tempfail",
        "body_line_action": "quarantine"}
    yield "editors", {**editors, "header_size_action": "truncate",
                      "header_size_limit": 100}
    views = {name: ["pcre:" + folder.write(name + "_decoded", text)]
             for name, text in VIEWS.items()}
    yield "decoded views", {
        **views, "mime_part_limit": 4, "mime_part_action": "quarantine",
        "attachment_size_limit": 2000, "decoded_size_limit": 3000}
    yield "decoded views and caps", {
        **views, "mime_part_limit": 2, "attachment_size_limit": 20,
        "decoded_size_limit": 30, "decoded_size_action": "reject"}


def as_received(data):
    """Without what scan leaves out of stored mail: it came at delivery."""
    message = Message.parse(data)
    message.fields = [field for field in message.fields
                      if field[0].lower() != "delivered-to"]
    return message.data()


def without_envelope(data):
    """A file that begins as an mbox does would be read as one."""
    return data.partition(b"\n")[2] if data[:5] == b"From " else data


def through_daemon(daemon, messages, cuts=None):
    """(verdict, code, dsn, text, edits) of each."""
    client = Client(daemon.address)
    for _, message in messages:
        conv = client.connect("mx.example.org", "192.0.2.1")
        conv.helo("mx.example.org")
        result = conv.deliver(SENDER, [RCPT], as_received(message), cuts)
        conv.quit()
        reply = result.reply
        yield (result.verdict, reply.code, reply.dsn, reply.text,
               joined([plain_edit(edit) for edit in result.edits]))


def plain_edit(edit):
    op = {"addrcpt_par": "addrcpt", "replbody": "replacebody"}.get(
        edit.op, edit.op)
    if op == "chgheader" and not edit.value:
        op = "delheader"
    value = edit.value.encode("latin-1") if edit.value else edit.body
    return op, edit.name, edit.index, value or None, edit.address, edit.reason


def through_scan(conf, paths):
    done = tool("scan", "-c", conf, "--json", "--client",
                "192.0.2.1,mx.example.org", "--helo", "mx.example.org",
                "--from", SENDER.strip("<>"), "--rcpt", RCPT.strip("<>"),
                *paths)
    assert done.returncode in (0, 1), done.stderr
    for line in done.stdout.splitlines():
        found = json.loads(line)
        yield (found["verdict"], found["code"] or 0, found["dsn"] or "",
               found["text"] or "", [scan_edit(edit)
                                     for edit in found["edits"]])


def scan_edit(edit):
    return (edit["op"], edit.get("name"), edit.get("index"),
            edit.get("value") or None, edit.get("address"),
            edit.get("reason"))


def joined(edits):
    """As scan shows them: a body in one piece, and text in UTF-8."""
    bodies = [value or b"" for op, _, _, value, _, _ in edits
              if op == "replacebody"]
    made = [(*edit[:3], edit[3] and edit[3].decode("utf-8", "replace"),
             *edit[4:]) for edit in edits if edit[0] != "replacebody"]
    if bodies:
        at = len(made) - (bool(made) and made[-1][0] == "quarantine")
        text = b"".join(bodies).decode("utf-8", "replace")
        made.insert(at, ("replacebody", None, None, text or None, None, None))
    return made


def differ_in_bytes(what, daemon, messages, scanned):
    """How many that are small are seen otherwise byte by byte."""
    small = [i for i, (_, data) in enumerate(messages) if len(data) < 3000]
    if not what.startswith("decoded views"):
        return 0
    wrong = 0
    for i, one in zip(small, through_daemon(
            daemon, [messages[i] for i in small], 1)):
        if one != scanned[i]:
            wrong += 1
            print("%s: byte by byte %.600r\n scan %.600r" % (
                messages[i][0], one, scanned[i]))
    return wrong


def main():
    messages = [(name, without_envelope(data))
                for name, data in corpus.everything()]
    messages += [(name, data) for name, data, _ in text_evasions.TEXT]
    folder = scratch.Folder()
    paths = [folder.write("%04d.eml" % number, data)
             for number, (_, data) in enumerate(messages)]
    for what, conf in configurations(folder):
        different = verdicts = edits = 0
        with Postern(conf) as daemon:
            scanned = list(through_scan(daemon.conf_path, paths))
            assert len(scanned) == len(messages), (what, len(scanned))
            for (name, _), one, two in zip(
                    messages, through_daemon(daemon, messages), scanned):
                verdicts += one[0] != "accept"
                edits += bool(one[4])
                if one != two:
                    different += 1
                    print("%s: %s:\n daemon %.600r\n scan   %.600r" % (
                        what, name, one, two))
            different += differ_in_bytes(what, daemon, messages, scanned)
        print("%s: %d messages, %d not accepted, %d edited, %d differ" % (
            what, len(messages), verdicts, edits, different))
        assert different == 0
        assert verdicts or edits, "nothing was found: no test"
    return 0


if __name__ == "__main__":
    sys.exit(main())

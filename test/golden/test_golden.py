#!/usr/bin/env python3
"""Golden cases: what becomes of a message, asked of scan and of the daemon.

    test_golden.py [FILE...] [CASE...]      cases whose name contains CASE

A file NAME.golden is one configuration, its tables, and cases.  Lines before
the first part are comments.

    ===== postern.conf
    header_checks = [ "pcre:checks" ];
    ===== file checks
    /^Subject: refuse/  REJECT No, thanks.
    ===== case REJECT with a text
    from <a@example.org>
    ----- message
    Subject: refuse me

    a line
    ----- expect
    reject 550 5.7.1 No, thanks. (checks:1)

The dialogue, before the message, may say: client ADDRESS [NAME]; helo NAME;
from PATH; rcpt PATH, repeated; auth LOGIN.  What is not said is DIALOGUE's.
In a message and in what is expected, <<x * 100>> is a hundred x (\\n is a line
end) and <<00 0d>> are bytes, also within each other; <<end>> ends a message in
mid-line.

What is expected is written from the specification, not copied from what the
program prints.  "*" in a line stands for anything.

    accept|reject|tempfail|discard [CODE DSN TEXT] [(RULE)]
    rcpt PATH: reject|tempfail CODE DSN TEXT (RULE)     one refused of several
    insheader INDEX NAME:VALUE      edits, in the order of the milter's calls
    chgheader INDEX NAME:VALUE
    delheader INDEX NAME
    addrcpt ADDRESS
    delrcpt ADDRESS
    quarantine REASON
    replacebody                     and the new body's lines, with "| "
    match VIEW RULE ACTION          all that matched; or: match nothing
    log TEXT                        is somewhere in what the daemon logged

match lines may be left out.  The daemon's log must name each (RULE).  With
"----- result" the message that Postfix makes of the edits of header and body
is given instead of these edits.
"""
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))

from milter_client import Client, Edit, apply           # noqa: E402
from postern import Postern, tool                       # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))

DIALOGUE = {
    "client": ["192.0.2.10 mail.example.org"],
    "helo": ["mail.example.org"],
    "from": ["<sender@example.org>"],
    "rcpt": ["<user@example.com>"],
    "auth": [],
}
MESSAGE = "Subject: x\n\nbody\n"

# So that the daemon's answers can be seen; a case's settings come first.
SETTINGS = {
    "mode": '"enforce"', "log": '"stderr"', "user": '""', "group": '""',
    "reload_interval": "0",
}

LOG_SECONDS = 10


class Case:
    def __init__(self, group, name):
        self.group, self.name = group, name
        self.dialogue = {word: [] for word in DIALOGUE}
        self.message = MESSAGE
        self.expect, self.result = [], None

    def said(self, word):
        return self.dialogue[word] or DIALOGUE[word]

    @property
    def client(self):
        """(address, name); the name is "" where it is unknown."""
        address, _, name = self.said("client")[0].partition(" ")
        return address, name

    def data(self):
        text, end, _ = self.message.partition("<<end>>")
        return escapes(text if end else self.message)

    def lines(self, *words):
        """The expected lines that begin with one of these words."""
        return [line for line in self.expect if line.split(" ")[0] in words]

    def outcome(self):
        return [line for line in self.expect
                if line.split(" ")[0] not in ("match", "log")]


class Group:
    """A file of cases."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path).partition(".")[0]
        self.files, self.cases = {}, []
        with open(path, encoding="utf-8") as file:
            self.read(file.read())

    def read(self, text):
        """The empty line before a "=====" is there for the eye."""
        text = re.sub(r"\n\n(?======)", "\n", text)
        parts = re.split(r"^(=====|-----) (.*)\n", text, flags=re.M)[1:]
        for mark, title, body in zip(*[iter(parts)] * 3):
            self.take(mark, title, body)

    def take(self, mark, title, body):
        word, _, rest = title.partition(" ")
        if mark == "=====" and word == "case":
            self.cases.append(Case(self, rest))
            self.take_dialogue(body)
        elif mark == "=====":
            self.files[rest or word] = body
        elif word == "message":
            self.cases[-1].message = body
        elif word == "expect":
            self.cases[-1].expect = [
                escapes(part).decode("latin-1")
                for part in body.split("\n") if part]
        elif word == "result":
            self.cases[-1].result = escapes(body)
        else:
            raise ValueError("%s: what is %r?" % (self.path, title))

    def take_dialogue(self, body):
        for said in body.split("\n"):
            word, _, rest = said.partition(" ")
            if not said or said.startswith("#"):
                continue
            if word not in DIALOGUE:
                raise ValueError("%s: what is %r?" % (self.path, said))
            self.cases[-1].dialogue[word].append(rest)

    def conf(self):
        text = self.files["postern.conf"]
        return text + "".join(
            "%s = %s;\n" % item for item in SETTINGS.items()
            if not re.search(r"^\s*%s\s*=" % item[0], text, re.M))

    @property
    def shadow(self):
        return 'mode = "shadow"' in self.conf()


def escapes(text):
    """<<x * 100>> and <<00 0d>>, as bytes."""
    def replace(part):
        many = re.fullmatch(rb"(.*) \* (\d+)", part[1], re.S)
        if many:
            return many[1].replace(b"\\n", b"\n") * int(many[2])
        return bytes.fromhex(part[1].decode())

    made, text = text.encode("utf-8"), None
    while made != text:
        text, made = made, re.sub(rb"<<([^<>]*)>>", replace, made)
    return made


# What the two faces say: a list of lines, and of edits.

class Said:
    def __init__(self, verdict, rcpts, edits):
        """verdict and rcpts are lines; rcpts only of refused ones."""
        self.lines, self.edits = [verdict] + rcpts, edits

    def shown(self, case):
        """The lines to compare: without edits of the message itself where
        its result is given."""
        edits = self.edits
        if case.result is not None:
            edits = [edit for edit in edits if edit.op not in CONTENT]
        return self.lines + [line for edit in edits
                             for line in edit_lines(edit)]

    def result(self, data):
        return apply(data, [edit for edit in self.edits
                            if edit.op in CONTENT]).data()


CONTENT = ("addheader", "insheader", "chgheader", "replbody")


def verdict_line(kind, code, dsn, text, rule=None):
    words = [kind, code and str(code), dsn, text, rule and "(%s)" % rule]
    return " ".join(word for word in words if word)


def edit_lines(edit):
    op = edit.op.replace("addrcpt_par", "addrcpt")
    if op == "chgheader" and not edit.value:
        return ["delheader %d %s" % (edit.index, edit.name)]
    if op == "replbody":
        return ["replacebody"] + body_lines(edit.body.decode("latin-1"))
    if edit.name is None:
        return ["%s %s" % (op, edit.address or edit.reason)]
    where = "%d " % edit.index if edit.index is not None else ""
    value = edit.value.replace("\n", "\\n")
    return ["%s %s%s:%s" % (op, where, edit.name, value)]


def body_lines(body):
    lines = body.split("\r\n")
    rest = lines.pop()
    lines = ["| " + line if line else "|" for line in lines]
    return lines + (["\\ " + rest] if rest else [])


def ask_scan(case, conf, path):
    """What scan says, and what matched."""
    address, name = case.client
    args = ["scan", "-c", conf, "--json",
            "--client", ",".join(filter(None, (address, name))),
            "--helo", case.said("helo")[0], "--from", case.said("from")[0]]
    for rcpt in case.said("rcpt"):
        args += ["--rcpt", rcpt]
    for login in case.said("auth"):
        args += ["--auth", login]
    done = tool(*args, path)
    faults = [line for line in done.stderr.decode().splitlines()
              if " warning: " not in line and "shadow" not in line]
    if faults:
        raise AssertionError("scan: %s" % faults)
    said = json.loads(done.stdout.decode("utf-8"))
    wanted = 0 if said["verdict"] == "accept" else 1
    if done.returncode != wanted:
        raise AssertionError("scan: exit %d" % done.returncode)
    return read_json(said), [
        ("match %(view)s %(rule)s %(action)s" % match)
        .encode("utf-8").decode("latin-1") for match in said["matches"]]


def read_json(said):
    words = ("verdict", "code", "dsn", "text", "rule")
    rcpts = ["rcpt %s: %s" % (rcpt["address"],
                              verdict_line(*(rcpt[word] for word in words)))
             for rcpt in said["rcpts"]
             if rcpt["verdict"] in REFUSED and len(said["rcpts"]) > 1]
    return Said(verdict_line(*(said[word] for word in words)), rcpts,
                [read_edit(**edit) for edit in said["edits"]])


def read_edit(op, **members):
    """As the protocol has it."""
    if op == "delheader":
        op, members["value"] = "chgheader", ""
    if op == "replacebody":
        return Edit("replbody", body=members["value"].encode("utf-8"))
    return Edit(op, **members)


def ask_daemon(case, client, data):
    address, name = case.client
    conv = client.connect(name or "[%s]" % address, address)
    for login in case.said("auth"):
        conv.login(login)
    conv.helo(case.said("helo")[0])
    got = conv.deliver(case.said("from")[0], case.said("rcpt"), data)
    conv.quit()
    rcpts = ["rcpt %s: %s" % (rcpt, reply_line(reply.verdict, reply))
             for rcpt, reply in got.rcpts
             if reply.verdict in REFUSED and len(got.rcpts) > 1]
    return Said(reply_line(got.verdict, got.reply), rcpts,
                join_body(got.edits))


def reply_line(verdict, reply):
    return verdict_line(verdict, reply.code, reply.dsn, reply.text)


def join_body(edits):
    """One edit for all packets of a new body."""
    joined, body = [], None
    for edit in edits:
        if edit.op != "replbody":
            joined.append(edit)
        elif body is None:
            body = Edit("replbody", body=edit.body)
            joined.append(body)
        else:
            body.body += edit.body
    return joined


# The comparison

VERDICTS = "accept", "reject", "tempfail", "discard", "rcpt"
REFUSED = "reject", "tempfail"


def rule_of(line):
    found = re.search(r" \(([^()]*)\)$", line)
    return found[1] if found and line.split(" ")[0] in VERDICTS else None


def without_rule(line):
    return line if rule_of(line) is None else line.rpartition(" (")[0]


def same(want, got):
    pattern = ".*".join(map(re.escape, want.split("*")))
    return re.fullmatch(pattern, got, re.S) is not None


def compare(who, want, got):
    if len(want) == len(got) and all(map(same, want, got)):
        return []
    return (["%s:" % who] + ["    want  " + line[:500] for line in want]
            + ["    got   " + line[:500] for line in got])


def expect_log(case, daemon, seen):
    """Everything must be in what was logged since: the log is written by a
    thread of its own."""
    wanted = [line[4:] for line in case.lines("log")]
    wanted += ["rule=" + rule.rstrip("*")
               for rule in map(rule_of, case.expect) if rule]
    if case.group.shadow and case.outcome() != ["accept"]:
        wanted.append("would-")
    deadline = time.monotonic() + LOG_SECONDS
    while True:
        log = daemon.log()[seen:]
        missing = [text for text in wanted if text not in log]
        if not missing:
            return []
        if time.monotonic() > deadline:
            return (["the daemon did not log %r; it logged:" % text
                     for text in missing]
                    + ["    " + line for line in log.splitlines()])
        time.sleep(0.01)


def expect_result(who, case, said, data):
    want = case.result.replace(b"\n", b"\r\n").decode("latin-1")
    got = said.result(data).decode("latin-1")
    return compare(who + ", the result", want.split("\r\n"),
                   got.split("\r\n"))


def run_case(case, daemon, client):
    data = case.data()
    path = daemon.folder.write("message", data)
    scan, matches = ask_scan(case, daemon.conf_path, path)
    faults = compare("scan", case.outcome(), scan.shown(case))
    if case.lines("match"):
        faults += compare("scan, matches", case.lines("match"),
                          matches or ["match nothing"])
    seen = len(daemon.log())
    want = [without_rule(line) for line in case.outcome()]
    if case.group.shadow:
        want = ["accept"]
    said = ask_daemon(case, client, data)
    faults += compare("daemon", want, said.shown(case))
    if case.result is not None:
        faults += expect_result("scan", case, scan, data)
        if not case.group.shadow:
            faults += expect_result("daemon", case, said, data)
    if not faults and not case.group.shadow and scan.edits != [
            edit for edit in map(plain_edit, said.edits)]:
        faults = ["scan and daemon differ in their edits: %r and %r"
                  % (scan.edits, said.edits)]
    return faults + expect_log(case, daemon, seen)


def plain_edit(edit):
    """scan does not show the parameters of a recipient."""
    if edit.op == "addrcpt_par":
        return Edit("addrcpt", address=edit.address)
    return edit


def run_group(group, names):
    cases = [case for case in group.cases
             if not names or any(name in case.name for name in names)]
    if not cases:
        return 0, 0
    failed = 0
    with Tables(group) as daemon:
        client = Client(daemon.address)
        for case in cases:
            if not case.expect:
                faults = ["nothing is expected"]
            else:
                faults = run_case(case, daemon, client)
            if faults:
                failed += 1
                print("%s: case %s" % (group.path, case.name))
                print("\n".join("  " + fault for fault in faults))
    return len(cases), failed


class Tables(Postern):
    """The daemon, with the tables of a group beside its configuration."""

    def __init__(self, group):
        self.group = group
        super().__init__(group.conf())

    def write_conf(self, conf):
        for name, text in self.group.files.items():
            if name != "postern.conf":
                self.folder.write(name, text)
        super().write_conf(conf)


def main():
    paths = [arg for arg in sys.argv[1:] if arg.endswith(".golden")]
    names = [arg for arg in sys.argv[1:] if not arg.endswith(".golden")]
    paths = paths or sorted(os.path.join(HERE, name)
                            for name in os.listdir(HERE)
                            if name.endswith(".golden"))
    total = failures = 0
    for path in paths:
        cases, failed = run_group(Group(path), names)
        total += cases
        failures += failed
        print("%s: %d cases, %d failed" % (os.path.basename(path), cases,
                                           failed))
    if total == 0:
        print("no case")
    sys.exit(failures > 0 or total == 0)


if __name__ == "__main__":
    main()

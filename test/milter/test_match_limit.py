#!/usr/bin/env python3
"""The worst patterns that are known, on the worst texts for them, through the
daemon and scan: no message takes longer than match_time_limit, all else in
the table still decides, both say the same, and the log names the rules.

With an argument, a limit such as 10s, it prints what each pattern takes.
"""
import json
import os
import re
import sys
import time

import attacks
from milter_client import Client
from postern import Postern, tool
import scratch

LIMIT = "1s"
# Steps bound the work; the clock only guards against hanging.  Sanitizers and
# other work on the machine take more than the constant allows for.
FENCE = 10
# Under a sanitizer one in four of the patterns is enough.
EACH = 1 if os.path.basename(scratch.BUILD) == "build" else 4
LINE, LINES, SHORT, SHORTS = 2000, 300, 75, 1000
FIELD, FIELDS = 49000, 15
SENTINEL = "/^(?:S:)?the.*sentinel.*word/ REJECT 5.7.1 sentinel\n"
WARNING = re.compile(r"(\S+:\d+): (match_time_limit|match limit) reached"
                     r"(?:, taken as no match| (\d+) times)")


def rule(pattern, action):
    mark = next(c for c in "/~#%;" if c not in pattern)
    return "%s%s%s %s\n" % (mark, pattern, mark, action)


def in_field(pattern):
    """^ is the beginning of the value there."""
    return re.sub(r"^\^", "^A:", pattern)


def lines_of(attack, part):
    """Long and short ones, one of so many parts of them."""
    return ((attack.text(LINE) + b"\r\n") * (LINES // part)
            + (attack.text(SHORT) + b"\r\n") * (SHORTS // part))


def message(listed, where):
    """A mail of nothing else, and the sentinel behind it."""
    last = b"the sentinel word\r\n"
    if where == "header":
        fields = b"".join(b"A:" + attack.text(FIELD) + b"\r\n"
                          for attack in listed
                          for _ in range(max(FIELDS // len(listed), 1)))
        return fields + b"S:" + last + b"\r\n"
    each = max(len(listed) // 4, 1)
    return b"Subject: x\r\n\r\n" + b"".join(
        lines_of(attack, each) for attack in listed) + last


def warnings(text):
    """{rule's line: (limit, times)}; each is said once, and counted once."""
    said, counted = {}, {}
    for where, limit, times in WARNING.findall(text):
        to = counted if times else said
        assert where not in to, (where, "is said twice", text[-3000:])
        to[where] = int(times or 1)
    assert set(counted) <= set(said), (said, counted)
    return {where: counted.get(where, 1) for where in said}


def by_scan(daemon, path):
    before = time.monotonic()
    done = tool("scan", "--json", "-c", daemon.conf_path, "--client",
                "192.0.2.1", "--helo", "mx", "--from", "a@b.c", "--rcpt",
                "d@e.f", path)
    assert done.returncode == 1, done.stderr[-3000:]
    found = json.loads(done.stdout)
    return (found["verdict"], found["text"], found["rule"],
            warnings(done.stderr.decode()), time.monotonic() - before)


def logged(daemon, seen):
    """What was logged since; the log's writer may be behind."""
    text, deadline = "", time.monotonic() + 10
    while time.monotonic() < deadline:
        now = daemon.log()[seen:]
        if now == text and "rule=" in text:
            return text
        text = now
        time.sleep(0.1)
    raise AssertionError("no rule in the log:\n" + daemon.log()[-3000:])


def by_daemon(daemon, data):
    seen, cpu, before = len(daemon.log()), daemon.cpu(), time.monotonic()
    conv = Client(daemon.address, timeout=120).connect("mx", "192.0.2.1")
    conv.helo("mx")
    result = conv.deliver("<a@b.c>", ["<d@e.f>"], data)
    conv.quit()
    took = time.monotonic() - before
    text = logged(daemon, seen)
    rules = re.findall(r"rule=(\S+)$", text, re.M)
    return (result.verdict, result.reply.text, rules[-1], warnings(text),
            daemon.cpu() - cpu, took)


def compare(daemon, name, listed, where, limit):
    """The rules that met a limit; it fails unless all is as it should be."""
    patterns = [attack.pattern if where == "body" else
                in_field(attack.pattern) for attack in listed]
    # One's text may match another; that is no verdict.
    action = "REJECT bad" if len(listed) == 1 else "DUNNO"
    table = daemon.write_file("checks", SENTINEL + "".join(
        rule(pattern, action) for pattern in patterns))
    daemon.write_conf({
        "match_time_limit": limit, "body_checks_size_limit": 0,
        "header_total_limit": 0, "header_count_limit": 0,
        "mime_header_checks": [], "nested_header_checks": [],
        where + "_checks": ["pcre:" + table]})
    daemon.reload(wait="loaded")
    data = message(listed, where)
    one = by_daemon(daemon, data)
    two = by_scan(daemon, daemon.folder.write("mail", data))
    print("%-18s %-6s %5.2fs of CPU, limits met %s" % (
        name, where, one[4], sorted(one[3].values())), flush=True)
    assert one[:4] == two[:4], (name, one[:4], two[:4])
    assert one[0] == "reject" and "sentinel" in one[1], (name, one)
    assert one[2] == table + ":1", (name, one)
    fence = FENCE * int(limit.rstrip("s")) + 5
    assert one[5] < fence and two[4] < fence, (name, one, two)
    return set(one[3]), one[4]


def main():
    limit = sys.argv[1] if len(sys.argv) > 1 else LIMIT
    met, worst = 0, 0.0
    with Postern({"match_time_limit": limit}) as daemon:
        for where in "body", "header":
            for attack in attacks.PATTERNS[::EACH]:
                rules, cpu = compare(daemon, attack.name, [attack], where,
                                     limit)
                met += bool(rules)
                worst = max(worst, cpu)
            rules, cpu = compare(daemon, "all of them", attacks.PATTERNS,
                                 where, limit)
            worst = max(worst, cpu)
            assert len(rules) > 20, rules
    print("%d of %d met a limit; the worst message took %.2f s, %s allowed"
          % (met, 2 * len(attacks.PATTERNS[::EACH]), worst, limit))
    assert met > 70 / EACH, met
    return 0


if __name__ == "__main__":
    sys.exit(main())

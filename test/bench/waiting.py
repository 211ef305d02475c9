"""What a conversation that waits costs beside a filter that does nothing.

Thousands of conversations are opened, and left after HELO, or after a whole
message; the memory that the daemon took for them is divided by their number.
The filter that does nothing shows what libmilter itself keeps for each.
"""
import os
import time

import crowd
from measure import say
from milter_client import Client
from postern import Filter, Postern
import scratch

COUNT = int(os.environ.get("WAITING", "10000"))
WARM = 300              # conversations that fill what is only taken once
MESSAGE = b"Subject: hello\r\nFrom: a@example.org\r\n\r\nx\r\n"


def written(pid):
    """Bytes of memory that the process alone has written to."""
    with open("/proc/%d/smaps_rollup" % pid) as file:
        for line in file:
            if line.startswith("Private_Dirty:"):
                return int(line.split()[1]) * 1024
    return 0


def open_some(client, count, deliver):
    conversations = []
    for _ in range(count):
        conversation = client.connect()
        conversation.helo()
        if deliver:
            conversation.deliver("<a@example.org>", ["<b@example.com>"],
                                 MESSAGE)
        conversations.append(conversation)
    return conversations


def each(daemon, deliver):
    """Bytes for a conversation."""
    client = Client(daemon.address, timeout=60)
    opened = open_some(client, WARM, deliver)
    before = written(daemon.pid)
    opened += open_some(client, COUNT, deliver)
    time.sleep(0.5)             # events that have no reply
    after = written(daemon.pid)
    for conversation in opened:
        conversation.sock.close()
    return (after - before) / COUNT


def waiting_section(results):
    """Bytes for each of thousands of idle conversations."""
    patterns = os.path.join(scratch.TOP, "patterns")
    conf = {name: ["pcre:" + os.path.join(patterns, name)] for name in (
        "header_checks", "mime_header_checks", "body_checks")}
    conf.update(log="/dev/null", session_limit=0)
    crowd.raise_file_limit(COUNT + WARM + 300)
    say("%d conversations that wait; bytes each" % COUNT)
    for name, deliver in (("after HELO", False), ("after a message", True)):
        with Filter(noreply=True) as floor, Postern(conf) as daemon:
            least, ours = each(floor, deliver), each(daemon, deliver)
        say("%-16s floor %5.0f  postern %5.0f  more %5.0f  ratio %.2f" % (
            name, least, ours, ours - least, ours / max(least, 1)))
        results.row("waiting", name=name, conversations=COUNT,
                    floor_bytes=least, postern_bytes=ours)

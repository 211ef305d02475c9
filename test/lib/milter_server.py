"""A scripted filter in Python: records what a mail server sends it, and makes
the changes that a test wants.  With it the tests learn what Postfix really
does, and prove that milter_client does the same.

    with Recorder() as recorder, \\
            Postfix({"smtpd_milters": recorder.main_cf}) as postfix:
        recorder.edits = [Edit("addheader", name="X", value=" y")]
        postfix.send(b"Subject: x\\n\\nbody\\n")
        [seen] = recorder.messages
        assert seen.fields == [("Subject", " x")]
        recorder.packets                 # all of them: [(command, payload)]

answers: what is said at a stage, by command letter, instead of continue:
{"R": ("y", b"550 5.7.1 no\\0")}.
"""
import socketserver
import struct
import threading

from message import Message, as_bytes
from milter_protocol import (EDITS, HDR_LEADSPC, POSTFIX_ACTIONS,
                             SYMLIST_STAGES)

WITH_REPLY = "CHMRTLNBEU"


def pack_edit(edit):
    """(command, payload) of an Edit."""
    for command, (op, _, layout) in EDITS.items():
        if op != edit.op:
            continue
        data = b""
        for name in layout:
            value = getattr(edit, name)
            if name == "index":
                data += struct.pack(">I", value)
            elif name == "body":
                data += value
            elif value is not None:
                data += as_bytes(value) + b"\0"
        return command, data
    raise ValueError(edit)


class Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def packet(self):
        length = self.rfile.read(4)
        if len(length) < 4:
            return None, b""
        data = self.rfile.read(struct.unpack(">I", length)[0])
        return chr(data[0]), data[1:]

    def say(self, command, payload=b""):
        self.wfile.write(struct.pack(">I", len(payload) + 1)
                         + command.encode() + payload)

    def handle(self):
        recorder = self.server.recorder
        seen = Message([], b"")
        while True:
            command, data = self.packet()
            if command is None or command == "Q":
                return
            recorder.packets.append((command, data))
            if command == "O":
                self.negotiate(recorder, data)
                continue
            if command == "M":
                seen = Message([], b"", data.split(b"\0")[0].decode())
            elif command == "R":
                seen.rcpts.append(data.split(b"\0")[0].decode())
            elif command == "L":
                name, value = data.decode("latin-1").split("\0")[:2]
                seen.fields.append((name, value))
            elif command in "BE":
                seen.body += data
            if command in WITH_REPLY:
                if command == "E":
                    recorder.messages.append(seen)
                    for edit in recorder.edits:
                        self.say(*pack_edit(edit))
                self.say(*recorder.answers.get(command, ("c", b"")))

    def negotiate(self, recorder, data):
        version, actions, protocol = struct.unpack(">III", data[:12])
        recorder.offered = (version, actions, protocol)
        answer = struct.pack(">III", version, actions & recorder.actions,
                             protocol & recorder.protocol)
        for where, names in recorder.symlist.items():
            answer += struct.pack(
                ">I", SYMLIST_STAGES.index(where))
            answer += names.encode() + b"\0"
        self.say("O", answer)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class Recorder:
    """See the top of this file.

    symlist: macros to ask for, as {"connect": "j {client_addr}"}.
    """

    def __init__(self, symlist=None, protocol=HDR_LEADSPC):
        self.actions = POSTFIX_ACTIONS
        self.protocol = protocol
        self.symlist = symlist or {}
        self.offered = None
        self.packets, self.messages = [], []
        self.edits, self.answers = [], {}
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.recorder = self
        port = self.server.server_address[1]
        self.address = "inet:%d@127.0.0.1" % port
        self.main_cf = "inet:127.0.0.1:%d" % port
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()

    def clear(self):
        self.packets, self.messages = [], []

    def macros(self, command):
        """Names and values that were sent before this command, the last
        time: {name: value}."""
        found = {}
        for letter, data in self.packets:
            if letter == "D" and data[:1] == command.encode():
                words = data[1:].decode("latin-1").split("\0")
                found = dict(zip(words[::2], words[1::2]))
        return found

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()

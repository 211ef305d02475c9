"""A small milter client: it plays the mail server towards a filter.

For what miltertest cannot do: long header fields, NUL bytes, bare CR and LF,
body chunks cut anywhere, broken packets, clients that vanish or dribble,
thousands of connections at once.  It speaks version 6 of the protocol and
behaves as Postfix does: it offers what Postfix offers, sends the macros that
the filter asked for before each event, leaves out stages that were negotiated
away, waits for no reply that was, and honours skip, accept, discard and
reject as Postfix's milter8.c does.

The whole of it in one example:

    conv = Client("inet:8896@127.0.0.1").connect("mail.example.org",
                                                 "192.0.2.1")
    conv.helo("mail.example.org")
    result = conv.deliver("<a@example.org>", ["<b@example.net>"],
                          b"Subject: x\\r\\n\\r\\nbody\\r\\n")
    assert result.verdict == "reject" and result.reply.code == 550
    conv.quit()

Step by step, each step returning a Reply:

    conv.mail("<a@b.c>", "SIZE=100"); conv.rcpt("<d@e.f>"); conv.data()
    conv.header("Subject", " x"); conv.eoh(); conv.body(b"..."); conv.eom()
    conv.abort()                       # RSET; no reply in the protocol
    conv.packet("L", b"no NUL here")   # any packet, well-formed or not
    conv.raw(b"...")                   # any bytes
    conv.vanish()                      # close without a word (RST)

A step returns a Reply even if nothing was asked: where Postfix would not ask
(stage negotiated away, message already accepted) the kind is "none" or the
verdict that stands.

Client(..., dribble=True) sends every byte by itself.  Crowd runs thousands of
conversations that are open at the same time.

A message given as bytes is taken apart as Postfix takes it apart for a
milter: see split_message().  apply() makes the changes of a reply as Postfix
makes them.
"""
import re
import socket
import struct
import time

from crowd import Crowd
from message import Message, apply, as_bytes, cut, split_message
from milter_protocol import (
    CHUNK, EDITS, FIELD_LIMIT, HDR_LEADSPC, POSTFIX_ACTIONS, POSTFIX_MACROS,
    POSTFIX_PROTOCOL, REJECT_TEXT, SETSYMLIST, STAGES, SYMLIST_STAGES,
    TEMPFAIL_TEXT, VERDICTS, Closed, Edit, ProtocolError, Reply, Timeout,
    check_replycode, open_socket)

__all__ = ["Client", "Closed", "Conversation", "Crowd", "Edit", "Message",
           "ProtocolError", "Reply", "Result", "Timeout", "apply",
           "open_socket", "split_message"]


class Result:
    """What became of one message.

    verdict  accept, reject, tempfail or discard
    stage    the stage that decided ("eom" for a message that passed)
    reply    the Reply that decided
    stages   {stage: Reply}; the last Reply of a repeated one
    rcpts    [(address, Reply)] in the order given
    accepted addresses of the recipients that were not refused
    edits    list of Edit (empty unless the verdict is accept)
    """

    def __init__(self):
        self.verdict, self.stage, self.reply = None, None, Reply()
        self.stages, self.rcpts, self.edits = {}, [], []

    @property
    def accepted(self):
        return [address for address, reply in self.rcpts
                if reply.verdict not in ("reject", "tempfail")]

    def decide(self, stage, reply):
        self.stage, self.reply = stage, reply
        self.verdict = reply.verdict
        if self.verdict == "continue":
            self.verdict = "accept"
        if self.verdict == "accept":
            self.edits = reply.edits

    def __repr__(self):
        return "<%s at %s: %r>" % (self.verdict, self.stage, self.reply)


class Client:
    """How to reach a filter and what to offer it."""

    def __init__(self, address, actions=POSTFIX_ACTIONS,
                 protocol=POSTFIX_PROTOCOL, version=6, timeout=30,
                 dribble=False, pause=0, chunk=CHUNK,
                 field_limit=FIELD_LIMIT):
        """dribble: one byte per write, with `pause` seconds in between.
        chunk: size of body chunks.  field_limit: cut header fields there as
        Postfix does (None: never)."""
        self.address = address
        self.actions, self.protocol, self.version = actions, protocol, version
        self.timeout = timeout
        self.dribble, self.pause = dribble, pause
        self.chunk, self.field_limit = chunk, field_limit

    def open(self):
        """A Conversation before negotiation."""
        return Conversation(self, open_socket(self.address, self.timeout))

    def negotiate(self):
        """A Conversation after negotiation, before connect."""
        conv = self.open()
        conv.negotiate()
        return conv

    def connect(self, name="mail.example.org", address="192.0.2.1",
                port=12345, **settings):
        """Negotiate and send the connect event; see Conversation.connect.
        The reply to it is in conv.stages["connect"]."""
        conv = self.negotiate()
        conv.connect(name, address, port, **settings)
        return conv


class Conversation:
    """One milter connection.

    macros   values by name without braces; set what you need; "" and
             missing ones are not sent, as Postfix does
    stages   last Reply of each stage
    actions, protocol, version, symlist: what was agreed
    """

    def __init__(self, client, sock):
        self.client, self.sock = client, sock
        self.input = b""
        self.macros = {
            "j": "mx.example.net", "v": "Postfix 3.7.11",
            "daemon_name": "mx.example.net", "daemon_addr": "127.0.0.1",
            "daemon_port": "25",
        }
        self.symlist = {}
        self.actions = self.protocol = self.version = 0
        self.stages = {}
        self.connection_reply = None    # accept or reject for the session
        self.message_reply = None       # accept or discard for the message
        self.skipping = None
        self.local = False
        self.deferred = None            # events that a Crowd will finish

    # Bytes and packets

    def raw(self, data):
        """Send these bytes as they are."""
        try:
            if not self.client.dribble:
                self.sock.sendall(data)
                return
            for at in range(len(data)):
                self.sock.sendall(data[at:at + 1])
                if self.client.pause:
                    time.sleep(self.client.pause)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Closed(str(error)) from None

    def packet(self, command, payload=b"", length=None):
        """Send one packet; `length` overrides the true one."""
        command = as_bytes(command)
        if length is None:
            length = len(command) + len(payload)
        self.raw(struct.pack(">I", length) + command + payload)

    def _take(self, size):
        deadline = time.monotonic() + self.client.timeout
        while len(self.input) < size:
            self.sock.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                data = self.sock.recv(1 << 16)
            except socket.timeout:
                raise Timeout("no answer in %s s" % self.client.timeout
                              ) from None
            except ConnectionResetError as error:
                raise Closed(str(error)) from None
            if not data:
                raise Closed("end of file")
            self.input += data
        taken, self.input = self.input[:size], self.input[size:]
        return taken

    def read_packet(self):
        """One packet of the filter: (command, payload)."""
        length = struct.unpack(">I", self._take(4))[0]
        if not 1 <= length <= 1 << 24:
            raise ProtocolError("packet of %d bytes" % length)
        data = self._take(length)
        return chr(data[0]), data[1:]

    def closed(self, timeout=5):
        """True if the filter closes, False if it stays or says something."""
        self.sock.settimeout(timeout)
        try:
            data = self.sock.recv(1)
        except socket.timeout:
            return False
        except OSError:
            return True
        self.input += data
        return not data

    # Negotiation

    def negotiate(self):
        client = self.client
        self.packet("O", struct.pack(">III", client.version, client.actions,
                                     client.protocol))
        command, data = self.read_packet()
        if command != "O" or len(data) < 12:
            raise ProtocolError("negotiation answered %s %r"
                                % (command, data))
        self.version, self.actions, self.protocol = struct.unpack(
            ">III", data[:12])
        for value, offered, what in (
                (self.actions, client.actions, "actions"),
                (self.protocol, client.protocol, "protocol")):
            if value & ~offered:
                raise ProtocolError("%s 0x%x were not offered"
                                    % (what, value & ~offered))
        rest = data[12:]
        if rest and not client.actions & SETSYMLIST:
            raise ProtocolError("list of macros without SETSYMLIST")
        while rest:
            end = rest.index(b"\0", 4)
            where = struct.unpack(">I", rest[:4])[0]
            self.symlist[SYMLIST_STAGES[where]] = rest[4:end].decode()
            rest = rest[end + 1:]

    def macro_names(self, stage):
        """[(name, name without braces)] of the list in force.  Header
        fields share the list of the header's end, the body the message's."""
        stage = {"header": "eoh", "body": "eom"}.get(stage, stage)
        names = self.symlist.get(stage, POSTFIX_MACROS.get(stage, ""))
        return [(name, name.strip("{}"))
                for name in re.split(r"[\s,]+", names) if name]

    def send_macros(self, stage):
        data = as_bytes(STAGES[stage][0])
        for name, bare in self.macro_names(stage):
            value = self.macros.get(bare)
            if (bare == "client_addr" and value and ":" in value
                    and stage not in ("header", "eoh", "body", "eom")):
                value = "IPv6:" + value     # smtpd says it, cleanup does not
            if value:
                data += as_bytes(name) + b"\0" + as_bytes(value) + b"\0"
        self.packet("D", data)

    # Events.  begin() sends, finish() waits for what is due.

    def _standing(self, stage):
        """The verdict that answers without asking, or None."""
        if self.connection_reply:
            return self.connection_reply
        if stage in ("connect", "helo", "unknown"):
            return None
        return self.message_reply

    def begin(self, stage, payload=b""):
        """Send an event; True if finish() is to wait for a reply."""
        command, no_send, no_reply = STAGES[stage]
        if self._standing(stage) or self.protocol & no_send:
            return False
        if self.skipping == stage:
            return False
        self.skipping = None
        self.send_macros(stage)
        self.packet(command, payload)
        return not self.protocol & no_reply

    def finish(self, stage, due=True):
        standing = self._standing(stage)
        if not due:
            reply = standing or Reply()
        else:
            reply = self.read_reply(stage)
            self._remember(stage, reply)
        self.stages[stage] = reply
        return reply

    def _event(self, stage, payload=b""):
        due = self.begin(stage, payload)
        if self.deferred is not None:
            self.deferred.append((stage, due))
            return None
        return self.finish(stage, due)

    def _remember(self, stage, reply):
        """What outlasts the event, as in Postfix's milter8_event()."""
        early = stage in ("connect", "helo")
        verdict = reply.verdict
        if reply.kind == "skip":
            self.skipping = stage
        elif verdict == "accept":
            if early:
                self.connection_reply = reply
            else:
                self.message_reply = reply
        elif verdict == "discard":
            if early:
                raise ProtocolError("discard at " + stage)
            self.message_reply = reply
        elif verdict in ("reject", "tempfail") and early:
            self.connection_reply = reply
        elif verdict == "shutdown":
            self.connection_reply = reply

    def read_reply(self, stage):
        """Packets up to and including the one that ends the reply."""
        edits, progress = [], 0
        while True:
            command, data = self.read_packet()
            if command == "p":
                progress += 1
            elif command in EDITS:
                if stage != "eom":
                    raise ProtocolError("edit %s at %s" % (command, stage))
                edits.append(self._edit(command, data))
            else:
                return self._verdict(command, data, edits, progress)

    def _edit(self, command, data):
        op, action, layout = EDITS[command]
        if not self.actions & action:
            raise ProtocolError("%s was not negotiated" % op)
        fields = {}
        for name in layout:
            if name == "index":
                fields[name] = struct.unpack(">I", data[:4])[0]
                data = data[4:]
            elif name == "body":
                fields[name], data = data, b""
            elif data or name != "args":
                text, end, data = data.partition(b"\0")
                if not end:
                    raise ProtocolError("%s: %s has no end" % (op, name))
                fields[name] = text.decode("latin-1")
        if data:
            raise ProtocolError("%s: %d bytes too many" % (op, len(data)))
        return Edit(op, **fields)

    @staticmethod
    def _verdict(command, data, edits, progress):
        kind = VERDICTS.get(command)
        if not kind:
            raise ProtocolError("unknown reply %r" % command)
        smtp = ""
        if kind == "reject":
            smtp = REJECT_TEXT
        elif kind == "tempfail":
            smtp = TEMPFAIL_TEXT
        elif kind == "replycode":
            smtp = check_replycode(data)
        return Reply(kind, smtp, edits, progress)

    # The stages of a conversation

    def connect(self, name="mail.example.org", address="192.0.2.1",
                port=12345, ptr=None, resolve="OK"):
        """The connect event.  No name ("" or None) is sent as [address], as
        Postfix does.  `ptr` defaults to the name."""
        family = "6" if ":" in address else "4"
        bare = name or "unknown"
        if not name:
            resolve = "FAIL" if resolve == "OK" else resolve
        self.macros.update({
            "client_addr": address, "client_name": bare,
            "client_port": str(port),
            "client_ptr": ptr or bare, "client_resolve": resolve,
            "client_connections": "1",
            "_": "%s [%s]" % (ptr or bare, address),
        })
        return self._connect(name or "[%s]" % address, family, address, port)

    def connect_local(self, queue_id="4ABCDEF123"):
        """As for mail from sendmail(1): no {client_resolve}, and the queue
        id is there at once.  HELO follows with "localhost"; in MAIL and
        RCPT addresses have no angle brackets, and a null sender is ""."""
        self.macros.update({
            "i": queue_id, "client_addr": "127.0.0.1",
            "client_name": "localhost", "client_ptr": "localhost",
            "client_port": "0", "daemon_port": "0",
            "_": "localhost [127.0.0.1]",
        })
        self.local = True
        reply = self._connect("localhost", "4", "127.0.0.1", 0)
        self.helo("localhost")
        return reply

    def _connect(self, name, family, address, port):
        return self._event("connect", as_bytes(name) + b"\0"
                           + as_bytes(family) + struct.pack(">H", port)
                           + as_bytes(address) + b"\0")

    def helo(self, name="mail.example.org"):
        return self._event("helo", as_bytes(name) + b"\0")

    def login(self, name, method="PLAIN"):
        """From here on the client is authenticated ("" undoes it)."""
        self.macros.update(auth_authen=name,
                           auth_type=method if name else "")

    def mail(self, sender, *args):
        """A new transaction; sender with its angle brackets."""
        self.message_reply = self.skipping = None
        bare = sender.strip("<>")
        self.macros["mail_addr"] = bare
        if not self.local:
            self.macros.update(mail_mailer="smtp", i="",
                               mail_host=bare.rpartition("@")[2])
        return self._event("mail", self._argv(sender, args))

    def rcpt(self, rcpt, *args):
        bare = rcpt.strip("<>")
        self.macros["rcpt_addr"] = bare
        if not self.local:
            self.macros.update(rcpt_mailer="smtp",
                               rcpt_host=bare.rpartition("@")[2])
        return self._event("rcpt", self._argv(rcpt, args))

    @staticmethod
    def _argv(address, args):
        return b"".join(as_bytes(arg) + b"\0" for arg in (address,) + args)

    def data(self, queue_id="4ABCDEF123"):
        self.macros["i"] = queue_id
        return self._event("data")

    def unknown(self, command):
        return self._event("unknown", as_bytes(command) + b"\0")

    def header(self, name, value):
        """value is all that follows the colon, folds as LF + blank.  The
        leading space goes unless HDR_LEADSPC was agreed."""
        name, value = as_bytes(name), as_bytes(value)
        if not self.protocol & HDR_LEADSPC and value[:1] == b" ":
            value = value[1:]
        return self._event("header", name + b"\0" + value + b"\0")

    def eoh(self):
        return self._event("eoh")

    def body(self, chunk):
        """One packet."""
        return self._event("body", as_bytes(chunk))

    def eom(self):
        return self._event("eom")

    def abort(self):
        """As after RSET.  Not sent where Postfix would not."""
        if not self.connection_reply:
            self.packet("A")
        self.message_reply = self.skipping = None

    def quit(self):
        """The polite end, which Postfix begins with an abort."""
        try:
            if self.version:
                self.packet("A")
            self.packet("Q")
        except Closed:
            pass
        self.sock.close()

    def vanish(self):
        """Close without a word; the filter sees a reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        self.sock.close()

    # Whole messages

    def send_message(self, message, cuts=None, queue_id="4ABCDEF123"):
        """DATA to end of message, stopping at a verdict as Postfix does.

        message is bytes (see split_message) or a Message.  `cuts` says where
        the body is cut: a list of offsets, or a number (size of chunks);
        default as Postfix.  Returns a Result."""
        if not isinstance(message, Message):
            message = Message.parse(message,
                                    field_limit=self.client.field_limit)
        result = Result()
        for stage, call in self._calls(message, cuts, queue_id):
            reply = call()
            result.stages[stage] = reply
            if reply.verdict != "continue":
                break
        result.decide(stage, reply)
        return result

    def _calls(self, message, cuts, queue_id):
        yield "data", lambda: self.data(queue_id)
        for name, value in message.fields:
            yield "header", lambda: self.header(name, value)
        yield "eoh", self.eoh
        for chunk in cut(message.body, cuts or self.client.chunk):
            yield "body", lambda: self.body(chunk)
        yield "eom", self.eom

    def deliver(self, sender, rcpts, message, cuts=None, mail_args=()):
        """A whole transaction; returns a Result.  Recipients are refused one
        by one; with none left the transaction ends there.  After a refusal
        the transaction is aborted, as Postfix does."""
        reply = self.mail(sender, *mail_args)
        if reply.verdict in ("reject", "tempfail", "shutdown"):
            result = Result()
            result.stages["mail"] = reply
            result.decide("mail", reply)
            return result
        replies = [(rcpt, self.rcpt(rcpt)) for rcpt in rcpts]
        refused = ("reject", "tempfail", "shutdown")
        if all(reply.verdict in refused for _, reply in replies):
            result = Result()
            result.decide("rcpt", replies[-1][1])
            self.abort()
        else:
            result = self.send_message(message, cuts)
            if result.stage != "eom" and result.verdict in refused:
                self.abort()
        result.rcpts = replies
        for stage in ("connect", "helo", "mail", "rcpt"):
            if stage in self.stages:
                result.stages[stage] = self.stages[stage]
        return result

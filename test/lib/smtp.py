"""Both ends of SMTP for tests: a client that hides nothing, and a sink.

    with Smtp(("127.0.0.1", port)) as smtp:
        reply = smtp.command("EHLO me")          # Reply: code, dsn, text
        sent = smtp.send(message, "a@b.c", ["d@e.f"])

    sink = Sink(); sink.port
    sink.deliveries                              # list of Delivery
"""
import re
import socket
import socketserver
import threading


class SmtpReply:
    """One reply.  text is without code and enhanced status code, lines
    joined by LF; str() is all of it."""

    def __init__(self, lines):
        self.lines = lines
        self.code = int(lines[0][:3])
        self.dsn, texts = "", []
        for line in lines:
            part = re.match(r"\d{3}[ -]?(?:(\d\.\d+\.\d+)(?: |$))?(.*)",
                            line, re.S)
            self.dsn = self.dsn or part[1] or ""
            texts.append(part[2])
        self.text = "\n".join(texts)

    @property
    def refused(self):
        return self.code >= 400

    def __str__(self):
        return "\n".join(self.lines)

    def __repr__(self):
        return "<%s>" % self


class Sent:
    """All replies to one message.  Stages that were not reached are None.

    banner, xclient, helo, mail, data, end   SmtpReply
    rcpts        list of SmtpReply, one per recipient
    reply        the one that decided: the first refusal (of a recipient
                 only if all were refused), else the last
    accepted     True if the message was taken
    queue_id     of an accepted message
    """

    def __init__(self):
        self.banner = self.xclient = self.helo = self.mail = None
        self.data = self.end = None
        self.rcpts = []
        self.queue_id = None

    @property
    def reply(self):
        stages = [self.banner, self.xclient, self.helo, self.mail]
        if self.rcpts and all(reply.refused for reply in self.rcpts):
            stages += self.rcpts
        elif self.rcpts:
            stages += [self.data, self.end]
        stages = [reply for reply in stages if reply]
        for reply in stages:
            if reply.refused:
                return reply
        return stages[-1]

    @property
    def accepted(self):
        return self.end is not None and self.end.code == 250

    def __repr__(self):
        return "<%s %s>" % ("accepted" if self.accepted else "refused",
                            self.reply)


def wire(message):
    """The message as SMTP carries it: CRLF, dots doubled, without the final
    dot.  A bare LF becomes CRLF; a bare CR stays."""
    lines = message.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return b"".join(
        (b"." if line[:1] == b"." else b"")
        + (line[:-1] if line[-1:] == b"\r" else line) + b"\r\n"
        for line in lines)


class Closed(Exception):
    """The server closed the connection."""


class Smtp:
    """A plain SMTP client, one command at a time."""

    def __init__(self, address, timeout=60):
        self.sock = socket.create_connection(address, timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.sock.makefile("rb")
        self.banner = self.read()

    def read(self):
        lines = []
        while True:
            line = self.file.readline(65536)
            if not line:
                raise Closed(lines)
            lines.append(line.rstrip(b"\r\n").decode("utf-8",
                                                     "surrogateescape"))
            if line[3:4] != b"-":
                return SmtpReply(lines)

    def raw(self, data):
        self.sock.sendall(data)

    def command(self, text):
        if isinstance(text, str):
            text = text.encode("utf-8", "surrogateescape")
        self.raw(text + b"\r\n")
        return self.read()

    def xclient(self, address=None, name=None, login=None, port=None,
                reverse=None):
        """Play another client (Postfix's XCLIENT).  name "" is one that
        has no name; `reverse` is its unverified name, the same as the
        name by default."""
        words = ["XCLIENT"]
        if address:
            words.append("ADDR=" + ("IPV6:" if ":" in address else "")
                         + address)
        if name is not None:
            words.append("NAME=" + (xtext(name) or "[UNAVAILABLE]"))
            reverse = name if reverse is None else reverse
            words.append("REVERSE_NAME="
                         + (xtext(reverse) or "[UNAVAILABLE]"))
        if port:
            words.append("PORT=%d" % port)
        if login:
            words.append("LOGIN=" + xtext(login))
        return self.command(" ".join(words))

    def send(self, message, sender, rcpts, mail_args="", raw=False,
             sent=None):
        """One transaction.  `raw`: message is sent byte for byte and brings
        its own final dot.  Recipients and sender are bare addresses."""
        sent = sent or Sent()
        sent.mail = self.command("MAIL FROM:<%s>%s" % (
            sender, " " + mail_args if mail_args else ""))
        if sent.mail.refused:
            return sent
        sent.rcpts = [self.command("RCPT TO:<%s>" % rcpt)
                      for rcpt in rcpts]
        if all(reply.refused for reply in sent.rcpts):
            self.command("RSET")
            return sent
        sent.data = self.command("DATA")
        if sent.data.code != 354:
            return sent
        self.raw(message if raw else wire(message) + b".\r\n")
        sent.end = self.read()
        queued = re.search(r"queued as (\w+)", sent.end.text)
        sent.queue_id = queued and queued[1]
        return sent

    def close(self):
        try:
            self.raw(b"QUIT\r\n")
        except OSError:
            pass
        self.file.close()
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def xtext(text):
    """RFC 3461's encoding, as XCLIENT has it."""
    return "".join("+%02X" % byte if byte < 33 or byte > 126
                   or byte in b"+=" else chr(byte)
                   for byte in text.encode("utf-8", "surrogateescape"))


class Delivery:
    """What the sink was given.

    sender, rcpts   bare addresses
    mail_args, rcpt_args   ESMTP arguments as text, one per recipient
    data            the message, CRLF, dots undone
    ident           the sender's queue id (XFORWARD IDENT), or None
    """

    def __init__(self):
        self.sender, self.mail_args = None, ""
        self.rcpts, self.rcpt_args = [], []
        self.data, self.ident = b"", None

    def __repr__(self):
        return "<%s to %s, %d bytes>" % (self.sender, self.rcpts,
                                         len(self.data))


class SinkHandler(socketserver.StreamRequestHandler):
    """One connection to the sink."""

    disable_nagle_algorithm = True

    def handle(self):
        try:
            self.converse()
        except OSError:
            pass

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def converse(self):
        self.say("220 sink ESMTP")
        delivery, ident = Delivery(), None
        while True:
            line = self.rfile.readline()
            if not line:
                return
            text = line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
            verb = text.split(" ", 1)[0].upper()
            path = re.match(r"[^<]*<(.*?)>\s*(.*)", text)
            if verb == "EHLO":
                self.say("250-sink\r\n250-SIZE\r\n250-8BITMIME\r\n"
                         "250-SMTPUTF8\r\n250-DSN\r\n250-PIPELINING\r\n"
                         "250 XFORWARD IDENT")
            elif verb == "XFORWARD":
                found = re.search(r"IDENT=(\w+)", text)
                ident = found and found[1]
                self.say("250 2.0.0 Ok")
            elif verb == "MAIL" and path:
                delivery = Delivery()
                # It holds for one message; a bounce has none, and may come
                # by a connection that is used again.
                delivery.ident, ident = ident, None
                delivery.sender, delivery.mail_args = path[1], path[2]
                self.say("250 2.1.0 Ok")
            elif verb == "RCPT" and path:
                delivery.rcpts.append(path[1])
                delivery.rcpt_args.append(path[2])
                self.say("250 2.1.5 Ok")
            elif verb == "DATA":
                self.say("354 go on")
                delivery.data = self.collect()
                self.server.sink.add(delivery)
                self.say("250 2.0.0 Ok")
            elif verb == "QUIT":
                self.say("221 2.0.0 Bye")
                return
            else:
                self.say("250 2.0.0 Ok")

    def collect(self):
        lines = []
        while True:
            line = self.rfile.readline()
            if not line:
                raise OSError("end of file in the message")
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line[:1] == b"." else line)


class SinkServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128


class Sink:
    """An SMTP server that takes everything and remembers it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.deliveries = []
        self.server = SinkServer(("127.0.0.1", 0), SinkHandler)
        self.server.sink = self
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever,
                                       args=(0.05,), daemon=True)
        self.thread.start()

    def add(self, delivery):
        with self.lock:
            self.deliveries.append(delivery)

    def close(self):
        self.server.shutdown()
        self.server.server_close()

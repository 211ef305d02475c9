"""The milter protocol, version 6: numbers, replies, edits, addresses.

Written from libmilter's mfdef.h; what Postfix does was seen on the wire.
"""
import re
import socket

ADDHDRS, CHGBODY, ADDRCPT, DELRCPT = 0x01, 0x02, 0x04, 0x08
CHGHDRS, QUARANTINE, CHGFROM, ADDRCPT_PAR, SETSYMLIST = (
    0x10, 0x20, 0x40, 0x80, 0x100)
POSTFIX_ACTIONS = 0x1FF

NOCONNECT, NOHELO, NOMAIL, NORCPT, NOBODY, NOHDRS, NOEOH = (
    0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40)
NR_HDR, NOUNKNOWN, NODATA, SKIP, RCPT_REJ = 0x80, 0x100, 0x200, 0x400, 0x800
NR_CONN, NR_HELO, NR_MAIL, NR_RCPT, NR_DATA, NR_UNKN, NR_EOH, NR_BODY = (
    0x1000, 0x2000, 0x4000, 0x8000, 0x10000, 0x20000, 0x40000, 0x80000)
HDR_LEADSPC = 0x100000
POSTFIX_PROTOCOL = 0x1FFFFF

# Where a filter's own list of macros may stand (smfi_setsymlist).
SYMLIST_STAGES = ("connect", "helo", "mail", "rcpt", "data", "eom", "eoh")

# stage: command, "do not send" bit, "no reply" bit
STAGES = {
    "connect": ("C", NOCONNECT, NR_CONN),
    "helo": ("H", NOHELO, NR_HELO),
    "mail": ("M", NOMAIL, NR_MAIL),
    "rcpt": ("R", NORCPT, NR_RCPT),
    "data": ("T", NODATA, NR_DATA),
    "unknown": ("U", NOUNKNOWN, NR_UNKN),
    "header": ("L", NOHDRS, NR_HDR),
    "eoh": ("N", NOEOH, NR_EOH),
    "body": ("B", NOBODY, NR_BODY),
    "eom": ("E", 0, 0),
}

# What Postfix sends when neither main.cf nor the filter says otherwise.
POSTFIX_MACROS = {
    "connect": "j {daemon_name} {daemon_addr} v _",
    "helo": "{tls_version} {cipher} {cipher_bits} {cert_subject} "
            "{cert_issuer}",
    "mail": "i {auth_type} {auth_authen} {auth_author} {mail_addr} "
            "{mail_host} {mail_mailer}",
    "rcpt": "i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
    "data": "i", "eoh": "i", "eom": "i",
}

CHUNK = 65535            # the size of Postfix's body chunks
FIELD_LIMIT = 60000      # where Postfix cuts a field once a milter listens

REJECT_TEXT = "550 5.7.1 Command rejected"
TEMPFAIL_TEXT = "451 4.7.1 Service unavailable - try again later"


class ProtocolError(Exception):
    """The filter said something that no filter may say."""


class Closed(Exception):
    """The filter closed the connection."""


class Timeout(Exception):
    """The filter did not answer in time."""


class Reply:
    """What the filter answered to one event.

    kind     continue accept reject tempfail discard replycode skip shutdown
             connfail; "none" if no answer was due
    verdict  kind, with a replycode read as reject or tempfail, and skip and
             none as continue
    code, dsn, text   of the reply that the client would get ("" and 0 if
             none); text is without code and dsn, lines joined by LF
    smtp     that reply as it goes over the wire, lines joined by LF
    edits    list of Edit, only at end of message
    progress number of "still busy" packets before the answer
    """

    def __init__(self, kind="none", smtp="", edits=(), progress=0):
        self.kind = kind
        self.smtp = smtp
        self.edits = list(edits)
        self.progress = progress
        self.code, self.dsn, self.text = 0, "", ""
        texts = []
        for line in smtp.split("\n") if smtp else []:
            part = re.match(r"(\d{3})[ -](?:(\d\.\d+\.\d+)(?: |$))?(.*)",
                            line, re.S)
            if not part:
                raise ProtocolError("malformed reply: %r" % smtp)
            self.code, self.dsn = int(part[1]), part[2] or ""
            texts.append(part[3])
        self.text = "\n".join(texts)

    @property
    def verdict(self):
        if self.kind == "replycode":
            return "reject" if self.code >= 500 else "tempfail"
        if self.kind in ("skip", "none"):
            return "continue"
        return self.kind

    def __repr__(self):
        return "<%s%s%s>" % (self.kind, self.smtp and " " + self.smtp,
                             " %r" % self.edits if self.edits else "")


class Edit:
    """One change: op, and of name, index, value, address, args, reason and
    body those that belong to it.  Names of op: addheader insheader chgheader
    addrcpt addrcpt_par delrcpt replbody quarantine chgfrom.  All strings
    are str (latin-1), body is bytes.  A chgheader with an empty value
    deletes."""

    FIELDS = ("name", "index", "value", "address", "args", "reason", "body")

    def __init__(self, op, **fields):
        self.op = op
        for name in self.FIELDS:
            setattr(self, name, fields.get(name))

    def key(self):
        return (self.op,) + tuple(
            getattr(self, name) for name in self.FIELDS
            if getattr(self, name) is not None)

    def __eq__(self, other):
        return isinstance(other, Edit) and self.key() == other.key()

    def __hash__(self):
        return hash(self.key())

    def __repr__(self):
        return "Edit%r" % (self.key(),)


def parse_address(address):
    """A socket from libmilter's forms: inet:PORT@HOST, inet6:PORT@HOST,
    local:/PATH, unix:/PATH, or (HOST, PORT)."""
    if isinstance(address, tuple):
        return socket.AF_INET, address
    kind, _, rest = address.partition(":")
    if kind in ("local", "unix"):
        return socket.AF_UNIX, rest
    port, _, host = rest.partition("@")
    if kind == "inet":
        return socket.AF_INET, (host or "127.0.0.1", int(port))
    if kind == "inet6":
        return socket.AF_INET6, (host.strip("[]") or "::1", int(port))
    raise ValueError("not a milter address: %r" % (address,))


def open_socket(address, timeout=30):
    family, where = parse_address(address)
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.settimeout(timeout)
    try:
        sock.connect(where)
        if family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        sock.close()
        raise
    return sock


EDITS = {
    "h": ("addheader", ADDHDRS, ("name", "value")),
    "i": ("insheader", ADDHDRS, ("index", "name", "value")),
    "m": ("chgheader", CHGHDRS, ("index", "name", "value")),
    "+": ("addrcpt", ADDRCPT, ("address",)),
    "2": ("addrcpt_par", ADDRCPT_PAR, ("address", "args")),
    "-": ("delrcpt", DELRCPT, ("address",)),
    "b": ("replbody", CHGBODY, ("body",)),
    "q": ("quarantine", QUARANTINE, ("reason",)),
    "e": ("chgfrom", CHGFROM, ("address", "args")),
}

VERDICTS = {
    "c": "continue", "a": "accept", "r": "reject", "t": "tempfail",
    "d": "discard", "y": "replycode", "s": "skip", "4": "shutdown",
    "f": "connfail",
}


def check_replycode(data):
    """The reply that Postfix makes of a replycode packet, or an error where
    Postfix calls it malformed.  Lines come joined by CRLF."""
    text = data.rstrip(b"\0").decode("latin-1")
    lines = text.split("\r\n")
    for line in lines:
        part = re.match(r"([45])\d\d([ -])(.?)", line, re.S)
        if not part or part[3].isdigit() and part[3] != part[1]:
            raise ProtocolError("malformed replycode %r" % text)
        if line[:3] != lines[0][:3] or "\n" in line or "\r" in line:
            raise ProtocolError("odd replycode %r" % text)
    text = "\n".join(lines)
    if re.search(r"%(?!%)", text.replace("%%", "")):
        raise ProtocolError("single %% in replycode %r" % text)
    return text.replace("%%", "%")

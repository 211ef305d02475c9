"""Messages as a milter sees them: taken apart, changed, put together.

    message = Message.parse(b"Subject: a\\r\\n b\\r\\n\\r\\nbody\\r\\n")
    message.fields == [("Subject", " a\\n b")]; message.body == b"body\\r\\n"
    message = apply(message, edits)     # as Postfix makes a milter's changes
    message.data()                      # bytes again
"""
import re


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode("latin-1",
                                                            "surrogateescape")


def cut(body, cuts):
    """Body chunks: `cuts` is a size, or offsets at which to cut."""
    if isinstance(cuts, int):
        cuts = range(cuts, len(body), cuts)
    begin = 0
    for end in list(cuts) + [len(body)]:
        if end > begin:
            yield body[begin:end]
        begin = end


class Message:
    """Envelope, fields [(name, value)] (str, latin-1) and body (bytes)."""

    def __init__(self, fields, body, sender="", rcpts=()):
        self.fields = list(fields)
        self.body = body
        self.sender, self.rcpts = sender, list(rcpts)
        self.quarantine = None

    @classmethod
    def parse(cls, data, sender="", rcpts=(), field_limit=None):
        fields, body = split_message(data, field_limit)
        return cls(fields, body, sender, rcpts)

    def data(self):
        """Bytes with CRLF."""
        lines = [name + ":" + value.replace("\n", "\r\n") + "\r\n"
                 for name, value in self.fields]
        return "".join(lines).encode("latin-1") + b"\r\n" + self.body


# What cleanup(8) drops before a milter sees the message.
DROPPED = ("bcc", "content-length", "resent-bcc", "return-path")


def lines_of(data):
    """Lines without their ends; LF and CRLF both end a line."""
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return [line[:-1] if line[-1:] == b"\r" else line for line in lines]


def split_message(data, field_limit=None):
    """Take a message apart as Postfix does for a milter.

    Returns ([(name, value)], body): names and values as str (latin-1), the
    value with all that follows the colon, folds as LF + their blanks; the
    body with CRLF, always ending in one if there is any.  As in Postfix, the
    first line that is no header field ends the header, with or without an
    empty line; "From " lines on top become X-Mailbox-Line; Return-Path, Bcc
    and Content-Length go.  `field_limit` cuts a field as cleanup(8) cuts
    it.  Not mirrored: nothing is added (Postfix adds nothing to mail from
    strangers) and its own Received is not there (no milter is shown it)."""
    lines = lines_of(data)
    head = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.S)
    at = 0
    while at < len(lines) and re.match(rb">*From ", lines[at]):
        lines[at] = b"X-Mailbox-Line: " + lines[at]
        at += 1
    fields, at = [], 0
    while at < len(lines):
        part = head.match(lines[at])
        if part:
            fields.append([part[1], part[2]])
        elif fields and lines[at][:1] in (b" ", b"\t"):
            fields[-1][1] += b"\n" + lines[at]
        else:
            break
        at += 1
    if at < len(lines) and lines[at] == b"":
        at += 1
    body = b"".join(line + b"\r\n" for line in lines[at:])
    fields = [(name.decode("latin-1"),
               cut_value(name, value, field_limit).decode("latin-1"))
              for name, value in fields]
    return [field for field in fields if field[0].lower() not in DROPPED], body


def cut_value(name, value, limit):
    """Name and value together come to the limit at most; a cut is made at
    the end of a line if one ends in the last tenth."""
    room = limit and limit - len(name) - 1
    if not limit or len(value) <= room:
        return value
    value = value[:room]
    at = value.rfind(b"\n")
    if at + len(name) + 1 >= limit * 9 // 10:
        value = value[:at]
    return value


def apply(message, edits, leadspc=True, received=False):
    """The Message that Postfix makes of `message` by these edits.

    message: a Message, or bytes.  `leadspc`: HDR_LEADSPC was agreed.
    `received`: the first field is Postfix's own Received, which insheader
    counts and chgheader does not."""
    if not isinstance(message, Message):
        message = Message.parse(message)
    fields = [tuple(field) for field in message.fields]
    made = Message(fields, message.body, message.sender, message.rcpts)
    own = [made.fields.pop(0)] if received else []
    above = []
    blank = "" if leadspc else " "
    body = []
    for edit in edits:
        field = (edit.name, blank + (edit.value or ""))
        if edit.op == "addheader":
            made.fields.append(field)
        elif edit.op == "insheader" and edit.index == 0:
            above.insert(0, field)
        elif edit.op == "insheader":
            index = edit.index - len(above) - 1
            if index < 0:
                above.insert(edit.index, field)
            else:
                made.fields.insert(index, field)
        elif edit.op == "chgheader":
            change(made.fields, edit, field)
        elif edit.op in ("addrcpt", "addrcpt_par"):
            made.rcpts.append(edit.address)
        elif edit.op == "delrcpt":
            made.rcpts = [rcpt for rcpt in made.rcpts
                          if rcpt.strip("<>") != edit.address.strip("<>")]
        elif edit.op == "chgfrom":
            made.sender = edit.address
        elif edit.op == "quarantine":
            made.quarantine = edit.reason
        elif edit.op == "replbody":
            body.append(edit.body)
    made.fields = above + own + made.fields
    if body:
        made.body = b"".join(line + b"\r\n"
                             for line in lines_of(b"".join(body)))
    return made


def change(fields, edit, field):
    """chgheader on a list of fields: the nth of that name, or at the end."""
    at = [number for number, (name, _) in enumerate(fields)
          if name.lower() == edit.name.lower()]
    index = max(edit.index, 1) - 1
    if index < len(at):
        if edit.value:
            fields[at[index]] = field
        else:
            del fields[at[index]]
    elif edit.value:
        fields.append(field)


def apply_sendmail(message, edits):
    """The fields that Sendmail makes of header edits, by the rules of its
    documentation of libmilter: insheader counts from the top, its own
    Received included; chgheader counts the fields of that name, and a field
    that was deleted stays in its place and is counted on, empty."""
    own = object()
    fields = [own] + [list(field) for field in message.fields]
    for edit in edits:
        if edit.op == "insheader":
            fields.insert(edit.index, [edit.name, edit.value or ""])
        elif edit.op == "addheader":
            fields.append([edit.name, edit.value])
        elif edit.op in ("chgheader", "delheader"):
            same = [field for field in fields if field is not own
                    and field[0].lower() == edit.name.lower()]
            if edit.index <= len(same):
                # A change writes over one that was deleted, too.
                same[max(edit.index, 1) - 1][1] = edit.value or None
            elif edit.value:
                fields.append([edit.name, edit.value])
    return [tuple(field) for field in fields
            if field is not own and field[1] is not None]

"""Messages for tests: made here, and real ones where they are.

    for name, message in corpus.generated():      # some 80, always the same
    for name, message in corpus.shared():         # real mail; maybe none
    for name, message in corpus.everything():     # both

`message` is bytes as a file would hold them: CRLF in most, bare LF in some.
The generator is seeded and prints its seed; POSTERN_SEED sets another one.
Real mail is looked for in ../shared/mail beside the repository, or where
POSTERN_MAIL says.

A new message is one more function under @message; `random` is its own
generator, so the others stay as they are.
"""
import base64
import os
import quopri
import random as randomness

import scratch

SEED = 20240229
MAKERS = []
WORDS = ("postern gate wall tower bridge river mill meadow letter parcel "
         "morning supper invoice meeting report garden kettle window paper "
         "bottle pocket winter summer holiday station ticket number").split()


def message(function):
    MAKERS.append(function)
    return function


def generated(seed=None):
    """Yields (name, bytes)."""
    if seed is None:
        seed = int(os.environ.get("POSTERN_SEED", SEED))
    print("corpus: seed %d" % seed)
    for maker in MAKERS:
        random = randomness.Random("%d %s" % (seed, maker.__name__))
        made = maker(random)
        if isinstance(made, bytes):
            yield maker.__name__, made
            continue
        for number, one in enumerate(made):
            yield "%s-%d" % (maker.__name__, number), one


def shared_folder():
    return (os.environ.get("POSTERN_MAIL")
            or os.path.join(os.path.dirname(scratch.TOP), "shared", "mail"))


def shared():
    """Yields (name, bytes) of real mail, in a fixed order."""
    top = shared_folder()
    for folder, folders, names in os.walk(top):
        folders.sort()
        for name in sorted(names):
            if name.endswith(".md"):
                continue
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                yield os.path.relpath(path, top), file.read()


def everything():
    yield from generated()
    yield from shared()


# Pieces

def text(random, lines=5, width=8):
    """Lines of words, with CRLF."""
    return b"".join(
        " ".join(random.choice(WORDS) for _ in range(width)).encode()
        + b"\r\n" for _ in range(lines))


def noise(random, size):
    return bytes(random.randrange(256) for _ in range(size))


def head(random, subject=None, *fields, mime=True):
    """The fields of an ordinary message, without the empty line."""
    subject = subject or " ".join(random.sample(WORDS, 3)).encode()
    lines = [
        b"Received: from a.example.org (a.example.org [192.0.2.4])",
        b"\tby b.example.net (8.17/8.17) with ESMTP id %d"
        % random.randrange(10 ** 6),
        b"\tfor <to@example.net>; Thu, 29 Feb 2024 10:11:12 +0100",
        b"From: Some One <from@example.org>",
        b"To: <to@example.net>, Other <other@example.net>",
        b"Subject: " + subject,
        b"Message-ID: <%d@example.org>" % random.randrange(10 ** 9),
        b"Date: Thu, 29 Feb 2024 10:11:12 +0100",
    ]
    if mime:
        lines.append(b"MIME-Version: 1.0")
    return b"\r\n".join(lines + list(fields)) + b"\r\n"


def part(content_type, body, *fields):
    """An entity: its fields, an empty line, its body."""
    lines = [b"Content-Type: " + content_type] + list(fields)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def multipart(boundary, *parts, preamble=b"", epilogue=b"", close=True):
    body = preamble
    for entity in parts:
        body += b"--" + boundary + b"\r\n" + entity
        if not body.endswith(b"\r\n"):
            body += b"\r\n"
    if close:
        body += b"--" + boundary + b"--\r\n"
    return body + epilogue


def b64(data):
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def qp(data):
    return quopri.encodestring(data).replace(b"\r\n", b"\n").replace(
        b"\n", b"\r\n")


def mixed(random, *parts, **settings):
    return (head(random, None,
                 b'Content-Type: multipart/mixed; boundary="mix"')
            + b"\r\n" + multipart(b"mix", *parts, **settings))


# Ordinary messages

@message
def plain(random):
    for lines in (0, 1, 20, 500):
        yield head(random, mime=False) + b"\r\n" + text(random, lines)


@message
def plain_lf(random):
    return (head(random) + b"\r\n" + text(random)).replace(b"\r\n", b"\n")


@message
def mixed_line_ends(random):
    return head(random) + b"\r\n" + b"one\r\ntwo\nthree\r\n\nfour\n"


@message
def empty_lines(random):
    return head(random) + b"\r\n" * 40


@message
def dots(random):
    return head(random) + b"\r\n.\r\n..\r\n.a\r\n" + text(random) + b"."


@message
def no_final_newline(random):
    return head(random) + b"\r\n" + text(random) + b"the end"


@message
def eight_bit(random):
    body = "Grüße aus Köln, naïve café, 東京\r\n".encode()
    yield (head(random, None, b"Content-Type: text/plain; charset=utf-8",
                b"Content-Transfer-Encoding: 8bit") + b"\r\n" + body)
    yield (head(random, None, b"Content-Type: text/plain; charset=latin1")
           + b"\r\n" + "Grüße aus Köln\r\n".encode("latin-1"))


@message
def eight_bit_subject(random):
    yield head(random, "Grüße".encode()) + b"\r\n" + text(random)
    yield head(random, b"Gr\xfc\xdfe") + b"\r\n" + text(random)


@message
def html(random):
    body = (b"<html><body style='color:red'><p>" + text(random)
            + b"<a href=\"http://www.example.com/\">here</a>"
            + b"<!-- hidden -->&eacute;</p></body></html>\r\n")
    for encode in (bytes, qp, b64):
        name = {bytes: b"7bit", qp: b"quoted-printable", b64: b"base64"}
        yield (head(random, None, b"Content-Type: text/html; charset=utf-8",
                    b"Content-Transfer-Encoding: " + name[encode])
               + b"\r\n" + encode(body))


@message
def alternative(random):
    return (head(random, None,
                 b"Content-Type: multipart/alternative; boundary=alt")
            + b"\r\n" + multipart(
                b"alt", part(b"text/plain", text(random)),
                part(b"text/html", qp(b"<p>" + text(random)),
                     b"Content-Transfer-Encoding: quoted-printable"),
                preamble=b"You need a MIME reader.\r\n",
                epilogue=b"After the end.\r\n"))


@message
def related_in_alternative(random):
    inner = multipart(b"in", part(b"text/html", b"<img src=cid:a>\r\n"),
                      part(b"image/png", b64(noise(random, 400)),
                           b"Content-ID: <a>",
                           b"Content-Transfer-Encoding: base64"))
    return (head(random, None,
                 b"Content-Type: multipart/alternative;\r\n boundary=\"out\"")
            + b"\r\n" + multipart(
                b"out", part(b"text/plain", text(random)),
                part(b"multipart/related; boundary=in", inner)))


# Attachments

@message
def attachment(random):
    for name, kind in ((b"report.pdf", b"application/pdf"),
                       (b"letter.docx", b"application/octet-stream"),
                       (b"run.exe", b"application/x-msdownload"),
                       (b"holiday.jpg.scr", b"image/jpeg")):
        yield mixed(
            random, part(b"text/plain", text(random)),
            part(kind + b'; name="' + name + b'"', b64(noise(random, 900)),
                 b"Content-Transfer-Encoding: base64",
                 b'Content-Disposition: attachment; filename="' + name
                 + b'"'))


@message
def attachment_names(random):
    for field in (b"filename*=utf-8''na%C3%AFve.txt",
                  b"filename*0=\"long\"; filename*1=\"er.txt\"",
                  b"filename=\"=?utf-8?B?w6kudHh0?=\"",
                  b"filename=bare.txt; filename=\"second.exe\"",
                  b"filename=\"unfinished", b"filename=", b";;;",
                  b"\r\n\tfilename=\"fold.txt\"\r\n\t; size=1"):
        yield mixed(random, part(
            b"application/octet-stream", b64(noise(random, 60)),
            b"Content-Transfer-Encoding: base64",
            b"Content-Disposition: attachment; " + field))


@message
def uuencoded(random):
    return (head(random) + b"\r\n" + b"begin 644 cat.txt\r\n"
            + b"#0V%T\r\n`\r\nend\r\n")


@message
def large_attachment(random):
    return mixed(random, part(
        b"application/zip; name=a.zip", b64(noise(random, 150000)),
        b"Content-Transfer-Encoding: base64"))


@message
def base64_oddities(random):
    data = base64.b64encode(text(random, 3))
    for body in (data, data[:-1], data + b"====", b"   " + data,
                 data[:20] + b"!\x01" + data[20:], data + b"\r\n\r\ntail"):
        yield (head(random, None, b"Content-Type: text/plain",
                    b"Content-Transfer-Encoding: base64")
               + b"\r\n" + body + b"\r\n")


@message
def quoted_printable_oddities(random):
    for body in (b"a=3Db=\r\nc", b"a=", b"=XX=4", b"soft=  \r\nbreak",
                 b"lower=c3=a9", b"trailing  \r\n= \r\n"):
        yield (head(random, None, b"Content-Type: text/plain; charset=utf-8",
                    b"Content-Transfer-Encoding: quoted-printable")
               + b"\r\n" + body + b"\r\n")


# Header fields

@message
def encoded_words(random):
    for subject in (b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=",
                    b"=?utf-8?B?R3LDvMOfZQ==?=",
                    b"=?iso-8859-1?q?caf=E9?= =?utf-8?q?_x?=",
                    b"=?utf-8?Q?unfinished", b"=?nosuch?Q?a=20b?=",
                    b"=?utf-8?X?a?=", b"a =?utf-8?q?b?= c =?utf-8?b?ZA==?="):
        yield head(random, subject) + b"\r\n" + text(random)


@message
def long_fields(random):
    for size in (997, 2000, 2047, 2048, 2049, 5000, 40000):
        yield (head(random, None, b"X-Long: " + b"x" * size)
               + b"\r\n" + text(random))


@message
def folded_fields(random):
    value = b"\r\n\t".join(random.choice(WORDS).encode() for _ in range(60))
    yield head(random, value) + b"\r\n" + text(random)
    yield (head(random, b"one\r\n \r\n  two\r\n\t\tthree ")
           + b"\r\n" + text(random))
    yield (head(random, None, b"References:\r\n"
                + b"\r\n".join(b" <%d@example.org>" % number
                               for number in range(500)))
           + b"\r\n" + text(random))


@message
def many_fields(random):
    return (head(random, None, *(b"X-Number: %d" % number
                                 for number in range(300)))
            + b"\r\n" + text(random))


@message
def many_received(random):
    hop = (b"Received: from a by b with SMTP id %d;\r\n"
           b"\tThu, 29 Feb 2024 10:11:12 +0100\r\n")
    return (b"".join(hop % number for number in range(30))
            + head(random) + b"\r\n" + text(random))


@message
def blanks_around_colon(random):
    return (head(random, None, b"X-A:none", b"X-B:  two", b"X-C:\ttab",
                 b"X-D : before", b"X-E:", b"X-F: ", b"X-G: end  ")
            + b"\r\n" + text(random))


@message
def repeated_fields(random):
    return (head(random, None, b"Subject: again", b"subject: lower",
                 b"SUBJECT: upper", b"From: <other@example.org>")
            + b"\r\n" + text(random))


@message
def addresses(random):
    rcpts = b",\r\n ".join(b'"%d, x" <u%d@example.net>' % (n, n)
                           for n in range(120))
    return (head(random, None, b"Cc: " + rcpts,
                 b"Reply-To: group: a@b.c, d@e.f;, (a (nested) comment) g@h.i")
            + b"\r\n" + text(random))


@message
def no_header(random):
    yield b"\r\n" + text(random)
    yield text(random)


@message
def header_only(random):
    return head(random)


@message
def header_ends_oddly(random):
    yield head(random) + b"this is no field\r\nX-After: yes\r\n\r\nbody\r\n"
    yield head(random) + b": no name\r\n\r\nbody\r\n"
    yield head(random) + b"Bad Name: x\r\n\r\nbody\r\n"
    yield b" starts with a blank\r\n" + head(random) + b"\r\nbody\r\n"
    yield b"From someone Thu Feb 29 10:11:12 2024\r\n" + head(random) + \
        b"\r\n>From here\r\nFrom there\r\n"


# Long lines

@message
def long_lines(random):
    for size in (998, 999, 2047, 2048, 2049, 4096, 70000):
        yield (head(random) + b"\r\n" + b"x" * (size - 4) + b" end\r\n"
               + text(random))


@message
def body_of_chunks(random):
    """Around the size of the chunks that a milter gets."""
    for size in (65533, 65534, 65535, 65536):
        line = b"x" * 98 + b"\r\n"
        body = line * (size // 100 + 1)
        yield head(random) + b"\r\n" + body[-size:]


@message
def control_characters(random):
    yield head(random) + b"\r\na\x01b\x07c\x1bd\x7fe\tf\r\n"
    yield head(random, b"a\x01b\x1b[31mred") + b"\r\n" + text(random)


# Broken MIME

@message
def broken_boundaries(random):
    plain_part = part(b"text/plain", text(random))
    for content_type, body in (
            (b"multipart/mixed", multipart(b"x", plain_part)),
            (b"multipart/mixed; boundary=", multipart(b"", plain_part)),
            (b'multipart/mixed; boundary=""', multipart(b"", plain_part)),
            (b"multipart/mixed; boundary=x", plain_part),
            (b"multipart/mixed; boundary=x", b""),
            (b"multipart/mixed; boundary=x",
             multipart(b"x", plain_part, close=False)),
            (b"multipart/mixed; boundary=x",
             multipart(b"x", b"no header fields\r\n")),
            (b"multipart/mixed; boundary=x", b"--x\r\n--x\r\n--x--\r\n"),
            (b"multipart/mixed; boundary=x",
             b"--x junk\r\n\r\na\r\n--xy\r\nb\r\n--x--junk\r\n"),
            (b'multipart/mixed; boundary="a b"',
             multipart(b"a b", plain_part)),
            (b"multipart/mixed; boundary=x; boundary=y",
             multipart(b"x", plain_part) + multipart(b"y", plain_part)),
            (b"multipart/mixed (comment); boundary (odd) = x (more)",
             multipart(b"x", plain_part))):
        yield (head(random, None, b"Content-Type: " + content_type)
               + b"\r\n" + body)


@message
def long_boundaries(random):
    for size in (70, 71, 998, 2047, 2048, 2049, 3000):
        mark = b"b" * size
        yield (head(random, None,
                    b'Content-Type: multipart/mixed;\r\n boundary="'
                    + mark + b'"')
               + b"\r\n" + multipart(mark, part(b"text/plain",
                                                text(random))))


@message
def boundary_prefixes(random):
    """An inner boundary that begins as the outer one does."""
    inner = multipart(b"outer-inner", part(b"text/plain", text(random)))
    return (head(random, None, b"Content-Type: multipart/mixed; "
                 b"boundary=outer")
            + b"\r\n" + multipart(
                b"outer", part(b"multipart/mixed; boundary=outer-inner",
                               inner), part(b"text/plain", text(random))))


@message
def deep_nesting(random):
    for depth in (5, 99, 101, 150):
        body = part(b"text/plain", text(random))
        for level in range(depth):
            mark = b"level%d" % level
            body = part(b"multipart/mixed; boundary=" + mark,
                        multipart(mark, body))
        yield head(random) + body


@message
def nested_messages(random):
    for kind in (b"message/rfc822", b"message/global", b"message/partial",
                 b"message/delivery-status", b"message/external-body"):
        inner = head(random, b"inner", b"X-Inner: yes") + b"\r\n" + \
            text(random)
        yield mixed(random, part(b"text/plain", text(random)),
                    part(kind, inner))


@message
def message_in_message(random):
    body = head(random, b"innermost") + b"\r\n" + text(random)
    for _ in range(6):
        body = (head(random, None, b"Content-Type: message/rfc822")
                + b"\r\n" + body)
    return body


@message
def encoded_message(random):
    """Forbidden by RFC 2046, seen in real mail."""
    inner = head(random, b"inner") + b"\r\n" + text(random)
    return mixed(random, part(b"message/rfc822", b64(inner),
                              b"Content-Transfer-Encoding: base64"))


@message
def digest(random):
    entries = [b"\r\n" + head(random) + b"\r\n" + text(random)
               for _ in range(4)]
    return (head(random, None,
                 b"Content-Type: multipart/digest; boundary=dig")
            + b"\r\n" + multipart(b"dig", *entries))


@message
def bounce(random):
    return (head(random, b"Undelivered Mail Returned to Sender",
                 b"Content-Type: multipart/report; "
                 b"report-type=delivery-status; boundary=rep")
            + b"\r\n" + multipart(
                b"rep", part(b"text/plain", text(random)),
                part(b"message/delivery-status",
                     b"Reporting-MTA: dns; a\r\n\r\nAction: failed\r\n"),
                part(b"message/rfc822", head(random) + b"\r\n")))


@message
def odd_content_types(random):
    for content_type in (b"text", b"/", b"text/plain; charset", b"",
                         b"text/plain; charset=\"utf-8", b"text/plain;;;",
                         b"TEXT/PLAIN; CHARSET=US-ASCII",
                         b"text/plain; charset=utf-8; charset=latin1"):
        yield (head(random, None, b"Content-Type: " + content_type)
               + b"\r\n" + text(random))


@message
def two_content_types(random):
    return (head(random, None, b"Content-Type: text/plain",
                 b"Content-Type: multipart/mixed; boundary=x",
                 b"Content-Transfer-Encoding: 7bit",
                 b"Content-Transfer-Encoding: base64")
            + b"\r\n" + multipart(b"x", part(b"text/html",
                                             b"<p>x</p>\r\n")))


@message
def part_headers_oddly_ended(random):
    yield mixed(random, b"Content-Type: text/plain\r\nno field\r\nX: y\r\n")
    yield mixed(random, b" blank\r\nContent-Type: text/html\r\n\r\n<p>\r\n")
    yield mixed(random, b"Content-Type: text/plain\r\n--mix\r\n\r\nx\r\n")


@message
def signed(random):
    return (head(random, None,
                 b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=x;\r\n"
                 b"\tb=" + base64.b64encode(noise(random, 128)),
                 b"Content-Type: multipart/signed; micalg=pgp-sha256;\r\n"
                 b"\tprotocol=\"application/pgp-signature\"; boundary=sig")
            + b"\r\n" + multipart(
                b"sig", part(b"text/plain", text(random)),
                part(b"application/pgp-signature", b"-----BEGIN PGP-----\r\n"
                     + b64(noise(random, 90)) + b"-----END PGP-----\r\n")))

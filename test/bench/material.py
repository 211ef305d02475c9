"""What is measured on: rules and mail, always the same.

    few(1000)           general rules: the texts of two tables, for header
                        fields and for body lines
    common(1000)        the same of words that every mail is full of
    ordinary()          [bytes], mean some 9 KB; from MAILS if it is set
    attached()          [bytes], as many without an attachment and with one
    large()             [bytes], 110 KB each
    huge(10 ** 7, ...)  one message

Rules have the shapes that administrators write and that spam has taught them:
a word or two in a subject, a domain in a URL, a name of an attachment, words
with digits for letters.  Most hold a word that no mail holds.  The first rule
of each table is planted in one mail of fifty, and warns, so that a message
goes on after it and the number of hits is that of any number of rules.
"""
import base64
import os
import quopri
import random as randomness

import archives
import corpus

SEED = int(os.environ.get("BENCH_SEED", "20240229"))

# Postfix reads a table in the order of the file: a hit on the first rule
# spares it the others, in one line of one mail of fifty.
PLANTED_SUBJECT = "quarterly parcel zq7 pickup"
PLANTED_LINE = "your zq7 parcel waits for pickup at the old tower"
PLANTED_EVERY = 50

COMMON = """the and you that for was with are this have from they one had word
but not what all were when your can said there use each which she how their
will other about out many then them these some her would make like him into
time has look two more write see number way could people than first water been
call who oil its now find long down day did get come made may part over new
sound take only little work know place year live back give most very after
thing our just name good sentence man think say great where help through much
before line right too mean old any same tell boy follow came want show also
around form three small set put end does another well large must big even such
because turn here why ask went men read need land different home move try kind
hand picture again change off play spell air away animal house point page
letter mother answer found study still learn should world please review
attached document invoice payment account update order delivery service team
regards thanks meeting report project customer information request contact
email message office business support security password click here link
website offer price free today company product shipping confirm schedule
""".split()

ONSETS = ("b br c ch d dr f fl g gr h j k kl l m n p pl qu r s st sh t tr v "
          "w z").split()
VOWELS = "a e i o u ai ea oo".split()
CODAS = ["", "", "n", "r", "s", "l", "nd", "ck", "m"]


class Words:
    """Seeded words: common ones, as often as in English, and odd ones."""

    def __init__(self, name):
        self.random = randomness.Random("%d %s" % (SEED, name))
        self.weights = [1 / (n + 3) for n in range(len(COMMON))]

    def common(self, count=1):
        """As text has them."""
        return self.random.choices(COMMON, self.weights, k=count)

    def even(self):
        """Any of the common ones alike."""
        return self.random.choice(COMMON)

    def odd(self):
        pick = self.random.choice
        return "".join(pick(ONSETS) + pick(VOWELS) + pick(CODAS)
                       for _ in range(pick((2, 3, 3))))

    def number(self, digits):
        return str(self.random.randrange(10 ** (digits - 1), 10 ** digits))

    def any(self):
        return self.odd() if self.random.random() < 0.7 else self.even()

    def leet(self, word):
        for plain, both in (("a", "[a@4]"), ("i", "[i1!]"), ("o", "[o0]"),
                            ("e", "[e3]"), ("s", "[s5$]")):
            if self.random.random() < 0.5:
                word = word.replace(plain, both, 1)
        return word


# Rules

def header_rule(w):
    a, b, c, odd = w.any(), w.even(), w.any(), w.odd()
    return w.random.choice((
        r"^Subject:.*\b%s %s\b.*%s" % (odd, b, c),
        r"^Subject: (re: )?%s[ -]?%s" % (odd, w.number(3)),
        r"^Subject:.*(%s|%s)[ -]%s" % (odd, w.odd(), c),
        r"^Subject:.*\b%s\b" % w.leet(odd),
        r"^From:.*@(.*\.)?%s-%s\.(com|net|info)" % (odd, b),
        r"^From: .?%s %s.? <" % (odd, c),
        r"^(To|Cc):.*%s%s@" % (odd, w.number(2)),
        r"^Received: from .*\.%s%s\.(example|test)" % (odd, b),
        r"^Received:.*\[192\.0\.2\.%s\]" % w.number(4),
        r"^X-Mailer: %s %s\.\d" % (odd, w.number(1)),
        r"^Message-ID: <.*@%s\.%s" % (odd, b),
        r"^Reply-To:.*%s\.%s@" % (a, odd),
        r"^Content-(Type|Disposition):.*name=.?%s.*\.(exe|scr|pif)" % odd,
        r"^List-Unsubscribe:.*%s\.biz" % odd,
        r"^(Sender|Return-Path):.*%s" % odd,
    ))


def body_rule(w):
    a, b, c, odd = w.any(), w.even(), w.any(), w.odd()
    return w.random.choice((
        r"%s %s for \$?%s" % (odd, b, w.number(3)),
        r"https?://[a-z0-9.-]*%s\.(biz|info|top)" % odd,
        r"https?://(www\.)?%s%s\.com/%s" % (b, odd, c),
        r"\b%s\b.{0,40}\b%s\b" % (w.leet(odd), b),
        r"(%s|%s) your (%s|%s) (now|today)" % (odd, w.odd(), a, c),
        r"^[> ]*%s %s\b.*%s$" % (a, odd, c),
        r"\b%s[ _-]?%s[ _-]?%s\b" % (b, odd, c),
        r"%s\d{2,5}%s" % (odd, b),
        r"call (us )?(now )?at %s.%s" % (w.number(3), w.number(5)),
        r"<a href=.?http://%s" % odd,
        r"%s@%s\." % (odd, b),
        r"^begin \d+ %s.*\.(exe|scr)" % odd,
    ))


def bare_rule(w, header):
    """One without a piece of text that it needs."""
    digit = w.random.randrange(5, 15)
    if header:
        return r"^[a-z]{%d}[0-9]{%d}:" % (digit, w.random.randrange(3, 9))
    return w.random.choice((
        r"^\s*[a-z]{2}\d{%d}[a-z]\s*$" % digit,
        r"\b\d{4}[- ]\d{4}[- ]\d{%d}\b" % digit,
        r"^[0-9a-f]{%d}x?$" % (digit + 20)))


def table(name, count, make, planted):
    w = Words(name)
    lines = ["/%s/ WARN planted\n" % planted] if planted else []
    seen = set()
    while len(lines) < count:
        text = make(w).replace("/", r"\/")
        if text not in seen:
            seen.add(text)
            lines.append("/%s/ REJECT rule %d\n" % (text, len(lines)))
    return "".join(lines)


def few(count):
    """`count` rules, half of them for header fields, of which few match."""
    def header(w):
        return bare_rule(w, True) if w.random.random() < 0.015 \
            else header_rule(w)

    def body(w):
        return bare_rule(w, False) if w.random.random() < 0.015 \
            else body_rule(w)
    return (table("header", count // 2, header,
                  "^Subject: .*zq7 pickup"),
            table("body", count - count // 2, body,
                  r"zq7 parcel waits\b"))


def common_rule(w):
    """Words that mails are full of; together they hardly ever come."""
    a, b, c, d = w.random.sample(COMMON, 4)
    return w.random.choice((
        r"%s %s %s %s" % (a, b, c, d),
        r"\b%s\s+%s\b.{0,20}\b%s %s\b" % (a, b, c, d),
        r"(%s|%s) your (%s|%s) %s%s" % (a, b, c, d, w.even(), w.number(1)),
        r"\b%s\b.*\b%s %s %s\b" % (a, b, c, d),
        r"%s[ ,]+%s[ ,]+%s%s" % (a, b, c, w.number(2)),
        r"please %s (the )?%s.*%s\.%s" % (a, b, c, d),
    ))


def common(count):
    def header(w):
        return "^Subject:.*" + common_rule(w)
    return (table("common header", count // 2, header, None),
            table("common body", count - count // 2, common_rule, None))


# Mail

def lines(w, size):
    """Text of about so many bytes."""
    made, total = [], 0
    while total < size:
        words = [w.odd() if w.random.random() < 0.04 else word
                 for word in w.common(w.random.randrange(4, 14))]
        line = " ".join(words)
        if w.random.random() < 0.3:
            line = line.capitalize() + "."
        if w.random.random() < 0.04:
            line += " http://www.%s.com/%s?id=%s" % (
                w.odd(), w.even(), w.number(7))
        if w.random.random() < 0.05:
            line = ""
        made.append(line)
        total += len(line) + 2
    return made


def html(w, size):
    made = ["<html><head><style>p { margin: 0 } td { color: #333 }</style>"
            "</head><body>"]
    for line in lines(w, size * 2 // 3):
        made.append(w.random.choice((
            "<p>%s</p>", "<td class=\"c%s\" style=\"padding: 4px\">%%s</td>"
            % w.number(2), "<a href=\"https://%s.com/%s\">%%s</a>"
            % (w.odd(), w.number(8)), "<div>%s<br>")) % line)
    return made + ["</body></html>"]


def head(w, subject, content_type, encoding=None):
    ident = w.number(9)
    made = []
    for _ in range(w.random.randrange(1, 5)):
        made.append("Received: from %s.example.org (%s.example.org "
                    "[192.0.2.%s])\r\n\tby mx.%s.example (Postfix) with ESMTPS "
                    "id %s\r\n\tfor <to@example.net>; Thu, 29 Feb 2024 "
                    "10:11:12 +0100 (CET)" % (
                        w.odd(), w.odd(), w.number(2), w.odd(), w.number(8)))
    signature = base64.b64encode(w.random.randbytes(192)).decode()
    made += [
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; "
        "d=%s.example;\r\n\ts=s%s; h=from:to:subject:date:message-id;\r\n\tb="
        % (w.odd(), w.number(3)) + "\r\n\t ".join(
            signature[n:n + 70] for n in range(0, 256, 70)),
        "From: %s %s <%s@%s.example>" % (
            w.odd().capitalize(), w.odd().capitalize(), w.odd(), w.odd()),
        "To: <to@example.net>",
        "Subject: " + subject,
        "Date: Thu, 29 Feb 2024 10:11:%s +0100" % w.number(2),
        "Message-ID: <%s.%s@%s.example>" % (ident, w.number(6), w.odd()),
        "MIME-Version: 1.0",
        "X-Mailer: %s %s.0" % (w.odd().capitalize(), w.number(1)),
        "List-Unsubscribe: <https://%s.example/u/%s>" % (w.odd(), w.number(9)),
        "Authentication-Results: mx.example.net; dkim=pass header.d=%s.example"
        ";\r\n\tspf=pass smtp.mailfrom=%s.example" % (w.odd(), w.odd()),
        "Content-Type: " + content_type,
    ]
    if encoding:
        made.append("Content-Transfer-Encoding: " + encoding)
    return "\r\n".join(made).encode() + b"\r\n\r\n"


def crlf(made):
    return "\r\n".join(made).encode() + b"\r\n"


def part(content_type, body, encoding="7bit"):
    return ("Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n"
            % (content_type, encoding)).encode() + body


def multipart(parts):
    return b"".join(b"--=_bench\r\n" + one for one in parts) + \
        b"--=_bench--\r\n"


def mail(w, size, planted):
    """One mail of about so many bytes, of one of five kinds."""
    subject = PLANTED_SUBJECT if planted else \
        " ".join(w.common(w.random.randrange(2, 8)))
    text = lines(w, size * 0.3)
    if planted:
        text.append(PLANTED_LINE)
    kind = w.random.random()
    if kind < 0.35:
        return head(w, subject, "text/plain; charset=utf-8", "7bit") + \
            crlf(text + lines(w, size * 0.6))
    if kind < 0.45:
        return head(w, subject, "text/html; charset=utf-8",
                    "quoted-printable") + quopri.encodestring(
                        "\n".join(text + html(w, size * 0.55)).encode()
                    ).replace(b"\n", b"\r\n") + b"\r\n"
    both = [part("text/plain; charset=utf-8", crlf(text))]
    if kind < 0.85:
        both.append(part("text/html; charset=utf-8",
                         crlf(html(w, size * 0.5))))
        return head(w, subject, "multipart/alternative; boundary=\"=_bench\""
                    ) + multipart(both)
    both.append(part("application/pdf; name=\"%s.pdf\"" % w.odd(),
                     base64.encodebytes(w.random.randbytes(int(size * 0.4)))
                     .replace(b"\n", b"\r\n"), "base64"))
    return head(w, subject, "multipart/mixed; boundary=\"=_bench\"") + \
        multipart(both)


def from_folder(top, most):
    """Every nth file, so that there are at most so many."""
    paths = sorted(
        os.path.join(folder, name) for folder, _, names in os.walk(top)
        for name in names if not name.endswith(".md"))
    made = []
    for path in paths[::max(1, -(-len(paths) // most))]:
        with open(path, "rb") as file:
            made.append(file.read())
    if not made:
        raise SystemExit("no mail in MAILS=%s" % top)
    return made


def ordinary(most=128):
    """Mail of MAILS, or made: a quarter from the corpus of the tests."""
    if os.environ.get("MAILS"):
        return from_folder(os.environ["MAILS"], most)
    odd = [data for _, data in corpus.generated(SEED)
           if b"\r\n\r\n" in data and len(data) < 8000]
    made = odd[::max(1, len(odd) // (most // 4))][:most // 4]
    w = Words("mail")
    while len(made) < most:
        size = min(60000, 1500 + w.random.lognormvariate(8.75, 0.9))
        made.append(mail(w, size, len(made) % PLANTED_EVERY == 0))
    w.random.shuffle(made)
    return made


def attachment(w, size):
    """A document, or an archive of some."""
    if w.random.random() < 0.5:
        return "application/pdf; name=\"%s.pdf\"" % w.odd(), \
            b"%PDF-1.4\n" + w.random.randbytes(size)
    return "application/zip; name=\"%s.zip\"" % w.odd(), archives.make_zip(
        [(w.odd() + ".txt", w.random.randbytes(size // 5))
         for _ in range(5)])


def attached(count=64, size=20000):
    """The same mails of text, without and with an attachment of that size."""
    w = Words("attached")
    without, both = [], []
    for _ in range(count):
        text = part("text/plain; charset=utf-8", crlf(lines(w, 4000)))
        content_type, data = attachment(w, size)
        front = head(w, " ".join(w.common(5)),
                     "multipart/mixed; boundary=\"=_bench\"")
        without.append(front + multipart([text]))
        both.append(front + multipart([text, part(
            content_type, base64.encodebytes(data).replace(b"\n", b"\r\n"),
            "base64")]))
    return without, both


def large(count=16, size=110000):
    w = Words("large")
    return [mail(w, size * 1.12, False) for _ in range(count)]


def huge(size, encoded):
    """One message of so many bytes: a long text, or an attachment."""
    w = Words("huge")
    if encoded:
        body = base64.encodebytes(w.random.randbytes(size * 3 // 4 - size // 60)
                                  ).replace(b"\n", b"\r\n")
        return head(w, "one file", "application/octet-stream; name=a.bin",
                    "base64") + body
    block = crlf(lines(w, 200000))
    return head(w, "a log", "text/plain; charset=utf-8", "7bit") + \
        (block * (size // len(block) + 1))[:size] + b"\r\n"

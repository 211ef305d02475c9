"""Known ways to hide from a rule the text that a reader sees: each a message
in which the rule for the plain text must still find it.

TEXT holds (name, message, found by Postfix's own body_checks); RULES is the
table that both are given.  FOLDED holds (name, message) for the same table
with fold.
"""
import base64
import binascii

RULES = "/cheap pills/	REJECT text\n"
PLAIN = "Our cheap pills."


def b64(text, charset="utf-8"):
    data = text if isinstance(text, bytes) else text.encode(charset)
    return base64.b64encode(data).decode()


def mail(body, type_=None, encoding=None, fields=""):
    if isinstance(body, str):
        body = body.encode("utf-8")
    head = "Subject: x\nMIME-Version: 1.0\n" + fields
    if type_:
        head += "Content-Type: %s\n" % type_
    if encoding:
        head += "Content-Transfer-Encoding: %s\n" % encoding
    return head.encode() + b"\n" + body + b"\n"


def in_base64(text, charset="utf-8", name=None, type_="text/plain"):
    return mail(b64(text, charset), "%s; charset=%s" % (
        type_, name or charset), "base64")


def html(text):
    return mail(text, "text/html; charset=utf-8")


def parts(*list_, type_="multipart/mixed; boundary=b", name="b"):
    return mail("".join("--%s\n%s\n" % (name, part) for part in list_)
                + "--%s--" % name, type_)


def nest(depth):
    part = ("Content-Transfer-Encoding: base64\n\n" + b64(PLAIN))
    for i in range(depth):
        part = ("Content-Type: multipart/mixed; boundary=b%d\n\n"
                "--b%d\n%s\n--b%d--" % (i, i, part, i))
    return parts(part)


def message_of(part, encoding, coded):
    return parts("Content-Type: message/rfc822\n"
                 "Content-Transfer-Encoding: %s\n\n%s" % (
                     encoding, coded(part.encode()).decode()))


UU = "begin 644 x\n%s`\nend" % binascii.b2a_uu(PLAIN.encode()).decode()
INNER = "Subject: x\nContent-Transfer-Encoding: base64\n\n" + b64(PLAIN)
CODED = "Content-Transfer-Encoding: base64\n\n" + b64(PLAIN)

TEXT = [
    ("nothing is hidden", mail(PLAIN), True),
    ("capitals", mail("Our CHEAP PILLS."), True),
    # Lines and white space
    ("a line end between the words", mail("Our cheap\npills."), False),
    ("two blanks", mail("Our cheap  pills."), False),
    ("a tab", mail("Our cheap\tpills."), False),
    ("a no-break space", mail("Our cheap\u00a0pills."), False),
    ("an ideographic space", mail("Our cheap\u3000pills."), False),
    ("control characters", mail("Our che\x01ap\x08 pil\x7fls."), False),
    ("behind 50 KB", mail("words and words\n" * 4000 + "\n" + PLAIN), False),
    ("across the pieces of a long line", mail(
        "x" * 2040 + " cheap pills"), False),
    ("a stuffed line", mail("Our cheap\n pills.",
                                       "text/plain; format=flowed"), False),
    # Transfer encodings
    ("base64", in_base64(PLAIN), False),
    ("base64 in short lines", mail("\n".join(
        b64(PLAIN)[i:i + 3] for i in range(0, 30, 3)), None, "base64"), False),
    ("base64 with junk", mail("-*-".join(b64(PLAIN)), None, "base64"), False),
    ("base64 with empty lines", mail("\n\n".join(b64(PLAIN)), None, "base64"),
     False),
    ("base64 without padding", mail(b64("cheap pills!").rstrip("="), None,
                                    "base64"), False),
    ("base64 with padding inside", mail(b64("chea") + b64("p pills"), None,
                                        "base64"), False),
    ("base64 with text behind it", mail(b64(PLAIN) + "\n!\n", None,
                                        "base64"), False),
    ("base64 that a comment follows", mail(b64(PLAIN), None, "base64 (x)"),
     False),
    ("base64 behind comments", mail(
        b64(PLAIN), None, "((x) y) (\\)) base64"), False),
    ("base64 in capitals", mail(b64(PLAIN), None, "BASE64"), False),
    ("base64 on a folded line", mail(b64(PLAIN), None, "\n base64"), False),
    ("a second encoding that lies", mail(
        b64(PLAIN), None, None, "Content-Transfer-Encoding: base64\n"
        "Content-Transfer-Encoding: 7bit\n"), False),
    ("quoted-printable", mail("".join("=%02X" % byte for byte in
                                      PLAIN.encode()), None,
                              "quoted-printable"), False),
    ("small hexadecimal digits", mail("che=61p pi=6c=6cs", None,
                                      "quoted-printable"), False),
    ("a soft line break in a word", mail("che=\nap pil=\nls", None,
                                         "quoted-printable"), False),
    ("a soft line break and blanks", mail("che= \t\nap pi= \nlls", None,
                                          "quoted-printable"), False),
    ("a soft line break and 1500 blanks", mail(
        "che=" + " " * 1500 + "\nap pills", None, "quoted-printable"), False),
    ("quoted-printable that is broken", mail("=4 =X == =\nche=61p pills",
                                             None, "quoted-printable"),
     False),
    ("uuencode", mail(UU, None, "x-uuencode"), False),
    # Character sets
    ("UTF-16", in_base64(PLAIN, "utf-16"), False),
    ("UTF-16 without a mark", in_base64(PLAIN, "utf-16be"), False),
    ("UTF-16 the other way", in_base64(PLAIN, "utf-16le"), False),
    ("UTF-32", in_base64(PLAIN, "utf-32"), False),
    ("UTF-16 that begins with a wide blank", mail(
        b64("\u2000" + PLAIN, "utf-16le"), "text/plain; charset=utf-16",
        "base64"), False),
    ("UTF-16 that says it is ASCII", in_base64(PLAIN, "utf-16be", "us-ascii"),
     False),
    ("UTF-7", mail("Our +AGMAaABlAGEAcA- pi+AGwAbA-s.",
                   "text/plain; charset=utf-7"), False),
    ("EBCDIC", in_base64(PLAIN, "cp037", "ibm037"), False),
    ("a character set in pieces", mail(
        b64(PLAIN, "utf-16be"), "text/plain; charset*0=utf-; charset*1=16be",
        "base64"), False),
    # Flowed text
    ("flowed", mail("Our cheap \npills.", "text/plain; format=flowed"), False),
    ("flowed in a quote", mail("> Our cheap \n> pills.",
                               "text/plain; format=flowed"), False),
    ("a word that flows on", mail("Our che \nap pi \nlls.",
                                  "text/plain; format=flowed; delsp=yes"),
     False),
    # HTML
    ("HTML, a comment in a word", html("Our che<!-- x -->ap pills."), False),
    ("HTML, a tag in a word", html("Our che<b></b>ap pi<i>ll</i>s."), False),
    ("HTML, a tag that nobody knows", html("Our che<x y='>'>ap pills."),
     False),
    ("HTML, numbers for letters", html("Our &#99;heap &#112;&#105;lls."),
     False),
    ("HTML, hexadecimal ones", html("Our &#x63;heap &#X70;ills."), False),
    ("HTML, no semicolon", html("Our &#99heap pill&#115."), False),
    ("HTML, many zeros", html("Our &#0000000099;heap pills."), False),
    ("HTML, an entity for the blank", html("Our cheap&nbsp;pills."), False),
    ("HTML, a line break", html("Our cheap<br>pills."), False),
    ("HTML, a tag across lines", html("Our che<b\ntitle='a\nb'\n>ap pills."),
     False),
    ("HTML, a script between", html(
        "Our che<script>x = '</b>';</script>ap pills."), False),
    ("HTML, a style between", html(
        "Our che<style>x { y: z }</style>ap pills."), False),
    ("HTML, hidden text between", html(
        "Our che<span style='display:none'>xyz</span>ap pills."), False),
    ("HTML, small text between", html(
        "Our che<font style='font-size:0px'>xyz</font>ap pills."), False),
    ("HTML, hidden by an attribute", html(
        "Our che<span hidden>xyz</span>ap pills."), False),
    ("HTML, a comment that ends early", html("Our che<!-->ap pi<!--->lls."),
     False),
    ("HTML, a tag with a slash", html("Our che<b/x=y/>ap pills."), False),
    ("HTML in base64 of UTF-16", in_base64(
        "Our che<b></b>ap pills.", "utf-16", type_="text/html"), False),
    ("HTML, a character set of its own", mail(b64(
        "<meta charset=koi8-r>Our cheap&nbsp;pills."), "text/html", "base64"),
     False),
    ("AMP", mail("Our che<b></b>ap pills.", "text/x-amp-html"), False),
    ("XHTML", mail("<p>Our che<b/>ap pills.</p>", "application/xhtml+xml"),
     False),
    # Parts
    ("the last alternative", parts(
        "\nGood day", "Content-Type: text/html\n\nOur che<b></b>ap pills.",
        type_="multipart/alternative; boundary=b"), False),
    ("five levels deep", nest(5), False),
    ("fifty levels deep", nest(50), False),
    ("a boundary in pieces", parts(
        CODED, type_="multipart/mixed; boundary*0=x; boundary*1=y",
        name="xy"), False),
    ("a boundary with escapes", parts(
        CODED, type_='multipart/mixed; boundary="x\\y"', name="xy"), False),
    ("a boundary with blanks behind it", parts(
        CODED, type_="multipart/mixed; boundary=b").replace(
            b"--b\n", b"--b \t\n"), False),
    ("a boundary that begins with a blank", parts(
        CODED, type_='multipart/mixed; boundary=" b"', name=" b"), False),
    ("a boundary without quotes", parts(
        CODED, type_="multipart/mixed; boundary=--=_a/b:?c",
        name="--=_a/b:?c"), False),
    ("a boundary behind no semicolon", parts(
        CODED, type_="multipart/mixed boundary=b"), False),
    ("a line that begins as the boundary", parts(
        "Content-Transfer-Encoding: base64\n\n%s\n--.-.\n%s" % (
            b64(PLAIN)[:8], b64(PLAIN)[8:]),
        type_="multipart/mixed; boundary=.", name="."), False),
    ("a part that is not closed", mail(
        "--b\n" + CODED, "multipart/mixed; boundary=b"), False),
    ("a multipart without parts", mail(
        "Our cheap\npills", "multipart/mixed; boundary=b"), False),
    ("no boundary's name", mail("Our cheap\npills", "multipart/mixed"), False),
    ("before the parts", mail("Our cheap\npills\n--b\n\nx\n--b--\n",
                              "multipart/mixed; boundary=b"), False),
    ("behind the parts", mail("--b\n\nx\n--b--\nOur cheap\npills",
                              "multipart/mixed; boundary=b"), False),
    ("a part behind the last boundary", mail(
        "--b\n\nx\n--b--\n--b\n" + CODED, "multipart/mixed; boundary=b"),
     False),
    ("a header that begins with a blank", parts(" x\n" + CODED), False),
    ("a line of a mailbox above a message", mail(
        "From a@b Thu\n" + INNER, "message/rfc822"), False),
    ("attached", parts("Content-Disposition: attachment; filename=x.txt\n"
                       + CODED), False),
    ("a type that is none", mail(b64(PLAIN), "text", "base64"), False),
    ("a type that nobody knows", mail(b64(PLAIN), "text/x-y-z", "base64"),
     False),
    ("no MIME-Version", in_base64(PLAIN).replace(b"MIME-Version: 1.0\n", b""),
     False),
    ("an attached message", parts("Content-Type: message/rfc822\n\n" + INNER),
     False),
    ("an encoded message", message_of(INNER, "base64", base64.encodebytes),
     False),
    ("a message in quoted-printable", message_of(
        INNER, "quoted-printable", binascii.b2a_qp), False),
    ("a message that is not encoded", parts(
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        + INNER), False),
    ("a piece of a message", mail(
        INNER, "message/partial; number=1; total=1; id=x"), False),
    ("a message that lies elsewhere", mail(
        CODED, "message/external-body; access-type=x"), False),
    ("a message of a kind that nobody knows", mail(
        "Our cheap\n pills", "message/x-y-z"), False),
    ("a digest", parts("\n" + INNER,
                       type_="multipart/digest; boundary=b"), False),
    ("a delivery report", mail("Our cheap\n pills",
                               "message/delivery-status"), False),
    # What only a name tells
    ("a file that its name calls text", mail(
        "Our cheap\npills.", "application/octet-stream; name=a.txt"), False),
    ("a page that its name calls one", mail(
        b64("Our che<b>ap</b> pills."),
        "application/octet-stream; name*0=a.ht; name*1=ml", "base64"), False),
    ("a page without a type", mail(
        "Our che<b>ap</b> pills.",
        fields="Content-Disposition: attachment; filename=a.htm\n"), False),
    ("mail that its name calls so", mail(
        b64(CODED), "application/octet-stream; name=a.eml", "base64"), False),
    ("commands of text/enriched", mail(
        "Our che<bold>ap</bold> pills.", "text/enriched"), False),
]

# What fold is for.
FOLDED = [
    ("a zero-width space in a word", mail("Our che\u200bap pi\u200blls.")),
    ("a soft hyphen", mail("Our che\u00adap pi\u00adlls.")),
    ("a joiner between blanks", mail("Our cheap \u200d pills.")),
    ("100 KB that nobody sees", mail(
        "Our che" + "\u200b" * 33000 + "ap pills.")),
    ("10 KB of zero-width entities", html(
        "Our che" + "&#8203;" * 4000 + "ap pills.")),
    ("controls of direction", mail(
        "Our \u202acheap\u202c \u2066pills\u2069.")),
    ("tag characters", mail("Our che\U000e0041ap pills.")),
    ("full-width letters", mail("Our \uff43\uff48\uff45\uff41\uff50 pills.")),
    ("mathematical letters", mail(
        "Our cheap \U0001d429\U0001d422\U0001d425\U0001d425\U0001d42c.")),
    ("circled letters", mail("Our cheap \u24df\u24d8\u24db\u24db\u24e2.")),
    ("Cyrillic letters", mail("Our \u0441h\u0435\u0430p \u0440ills.")),
    ("Greek letters", mail("Our che\u03b1p p\u03b9lls.")),
    ("all of it together", mail("Our cheap \uff50\u200b\u0456\u00adlls.")),
]

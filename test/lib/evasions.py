"""Known ways to hide from a rule what a reader sees: each a message that the
rule for the plain text must still find.

HEADER holds (name, message, found by Postfix's own header_checks); RULES is
the table that both are given.
"""
import base64

RULES = """\
/^Subject: .*cheap pills/	REJECT subject
/^Subject: .*prix réduit/	REJECT subject
/^From: .*Example Bank/	REJECT author
/^From: .*@bücher\\.example/	REJECT author
/^Content-(Type|Disposition): .*name="?[^;]*\\.exe/	REJECT name
"""


def b64(text, charset="utf-8"):
    data = text if isinstance(text, bytes) else text.encode(charset)
    return base64.b64encode(data).decode()


def word(text, charset="utf-8", name=None):
    return "=?%s?B?%s?=" % (name or charset, b64(text, charset))


def subject(value):
    if isinstance(value, str):
        value = value.encode()
    return b"Subject: " + value + b"\n\ntext\n"


def part(field):
    """An attachment with that field."""
    return (b'Subject: x\nMIME-Version: 1.0\n'
            b'Content-Type: multipart/mixed; boundary="b"\n\n'
            b'--b\n' + field.encode() + b'\n\nMZ\n--b--\n')


def named(parameters):
    return part("Content-Disposition: attachment; " + parameters)


def sender(value):
    return b"From: " + value.encode() + b"\nSubject: x\n\ntext\n"


HEADER = [
    # The subject
    ("nothing is hidden", subject("Our cheap pills"), True),
    ("capitals", subject("Our CHEAP PILLS"), True),
    ("a fold between the words", subject("Our cheap\n pills"), False),
    ("two blanks between them", subject("cheap  pills"), False),
    ("a tab between them", subject("cheap\tpills"), False),
    ("quoted-printable", subject("=?utf-8?Q?cheap_pills?="), False),
    ("every byte escaped", subject("=?utf-8?q?" + "".join(
        "=%02x" % byte for byte in b"cheap pills") + "?="), False),
    ("base64", subject(word("cheap pills")), False),
    ("a word for each letter", subject(" ".join(
        word(letter) for letter in "cheap pills")), False),
    ("a word in mid-word", subject("ch=?utf-8?q?ea?=p p=?utf-8?q?ill?=s"),
     False),
    ("words without blanks", subject(word("cheap ") + word("pills")), False),
    ("words in folds", subject("=?utf-8?q?cheap_?=\n\t=?utf-8?q?pills?="),
     False),
    ("a character in two words", subject(
        "=?utf-8?q?prix_r=C3?= =?utf-8?q?=A9duit?="), False),
    ("raw UTF-8", subject("Prix réduit"), True),
    ("its capitals", subject("PRIX RÉDUIT"), False),
    ("raw ISO-8859-1", subject("prix réduit".encode("latin-1")), False),
    ("ISO-8859-1", subject("=?iso-8859-1?q?prix_r=E9duit?="), False),
    ("a capital in windows-1252", subject("=?cp1252?q?prix_r=C9duit?="),
     False),
    ("UTF-16", subject(word("cheap pills", "utf-16-be", "utf-16be")), False),
    ("UTF-16 with a mark", subject(word("cheap pills", "utf-16")), False),
    ("UTF-32", subject(word("cheap pills", "utf-32-be", "utf-32be")), False),
    ("UTF-7", subject("=?utf-7?q?+AGMAaABlAGEAcA_+AHA-ills?=".replace(
        "cA_", "cA-_")), False),
    ("shifts of ISO-2022-JP", subject("=?iso-2022-jp?q?=1B(Bcheap_=1B(J=1B(B"
                                      "pills?="), False),
    ("EBCDIC", subject(word("cheap pills", "cp037")), False),
    ("a character set for each word", subject(
        word("cheap", "utf-16") + " " + word(" pi", "koi8-r") + " " +
        word("lls", "big5")), False),
    ("an unknown character set", subject(
        "=?x-private?b?%s?=" % b64("cheap pills")), False),
    ("no character set", subject("=??b?%s?=" % b64("cheap pills")), False),
    ("a character set that lies", subject(
        "=?us-ascii?b?%s?=" % b64("prix réduit")), False),
    ("a language", subject("=?utf-8*en?q?cheap_pills?="), False),
    ("blanks in a word", subject("=?utf-8?q?ch=65ap pills?="), False),
    ("a question mark in a word", subject(
        "=?utf-8?q?what?_ch=65ap_pills?="), False),
    ("base64 without padding", subject(
        "=?utf-8?b?%s?=" % b64("cheap pills").rstrip("=")), False),
    ("base64 with padding inside", subject("=?utf-8?b?%s%s?=" % (
        b64("chea"), b64("p pills"))), False),
    ("base64 with junk", subject("=?utf-8?b?%s?=" % "!".join(
        b64("cheap pills"))), False),
    ("base64 in a fold", subject("=?utf-8?b?%s\n %s?=" % (
        b64("cheap pills")[:6], b64("cheap pills")[6:])), False),
    ("control characters", subject("=?utf-8?q?ch=00ea=7Fp_pi=01lls?="),
     False),
    ("a line end in a word", subject("=?utf-8?q?cheap=0D=0Apills?="), False),
    ("a no-break space", subject("=?utf-8?q?cheap=C2=A0pills?="), False),
    ("an ideographic space", subject("=?utf-8?q?cheap=E3=80=80pills?="),
     False),
    ("a word that has begun already", subject(
        "=?utf-8?q?news =?utf-8?q?ch=65ap_pills?="), False),
    ("in an attached message", part(
        "Content-Type: message/rfc822\n\nSubject: " + word("cheap pills")),
     False),
    # The author
    ("a name in words in quotes", sender(
        '"=?utf-8?q?Ex=61mple_B=61nk?=" <a@evil.example>'), False),
    ("a name in several words", sender(
        "%s\n %s <a@evil.example>" % (word("Example "), word("Bank"))),
     False),
    ("a domain in A-labels", sender("<a@xn--bcher-kva.example>"), False),
    ("capitals in A-labels", sender("<a@XN--BCHER-KVA.Example>"), False),
    # Names of attachments
    ("a plain name", named('filename="invoice.exe"'), True),
    ("the old parameter", part(
        'Content-Type: application/x; name="invoice.exe"'), True),
    ("percent", named("filename*=utf-8''invoice%2Ee%78e"), False),
    ("pieces", named('filename*0="invoice.e"; filename*1="xe"'), False),
    ("pieces in the wrong order", named(
        'filename*2="xe"; filename*0="invo"; filename*1="ice.e"'), False),
    ("pieces of both kinds", named(
        "filename*1=\"ice.e\"; filename*0*=utf-8''inv%6F;\n filename*2*=%78e"),
     False),
    ("a piece that is missing", named('filename*0="a.e"; filename*5="xe"'),
     False),
    ("a piece that comes twice", named(
        'filename*0="a."; filename*1="txt"; filename*1="exe"'), False),
    ("a word in a name", named('filename="%s"' % word("invoice.exe")), False),
    ("words in a name", named('filename="%s\n %s"' % (
        word("invoice.e"), word("xe"))), False),
    ("a word in pieces", named('filename*0="=?utf-8?b?aW52b2lj"; '
                               'filename*1="ZS5leGU=?="'), False),
    ("a harmless name before", named(
        "filename=\"a.txt\"; filename*=utf-8''a.%65xe"), False),
    ("backslashes", named('filename="invoice\\.e\\x\\e"'), False),
    ("blanks around the equals sign", named('filename = "invoice.exe"'),
     False),
    ("comments", part("Content-Disposition: attachment; "
                      "filename (x) = (y) \"invoice.exe\""), False),
    ("no semicolon", named('x="y" filename="invoice.exe"'), True),
]

"""Known ways to hide from a rule where a link leads: each a message in which
the rule for the plain target must still find it.

LINKS holds (name, message, found by Postfix's own body_checks, by link_checks);
link_domain_access must find every one.  RULES is the table for the former two,
DOMAINS the one for the latter.
"""
import base64
import urllib.parse

from text_evasions import b64, html, in_base64, mail, parts

TARGETS = r"(?:(?:www\.)?evil\.example|xn--bcher-kva\.example|192\.0\.2\.1)"
# A body line has the link anywhere; link_checks are given the link alone.
RULES = r"/https?:\/\/%s\/pay/	REJECT link" % TARGETS + "\n"
DOMAINS = ("evil.example	REJECT host\n"
           "xn--bcher-kva.example	REJECT host\n"
           "192.0.2.1	REJECT host\n")
URL = "http://evil.example/pay"
QUOTED = urllib.parse.quote(URL, "")


def a(href, text="Your bank"):
    return html("<a href=\"%s\">%s</a>" % (href, text))


def wrapped(begin, end="", times=1):
    url = URL
    for _ in range(times):
        url = begin + urllib.parse.quote(url, "") + end
    return url


def url64(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


PAGE = "<a href=%s>Your bank</a>" % URL
INNER = "Subject: x\nContent-Transfer-Encoding: base64\n\n" + b64(URL)

LINKS = [
    ("nothing is hidden", mail("See %s." % URL), True, True),
    ("a link of HTML", a(URL), True, True),
    ("text that shows another host", a(URL, "https://bank.example/"), True,
     True),
    ("capitals", mail("HTTP://EVIL.Example/pay"), True, True),
    ("angle brackets", mail("<%s>" % URL), True, True),
    ("brackets", mail("(see %s)" % URL), True, True),
    ("text behind it without a blank", mail(
        "http://evil.example\u3092\u898b\u3066"), False, False),
    ("no scheme", mail("www.evil.example/pay"), False, True),
    ("hxxp", mail("hxxp://evil.example/pay"), False, False),
    ("hxxp in HTML", a("hxxps://evil.example/pay"), False, False),
    # Encodings of the body
    ("base64", in_base64("See %s." % URL), False, True),
    ("quoted-printable", mail("=68ttp://e=76il.example/pay", None,
                              "quoted-printable"), False, True),
    ("a soft line break in it", mail("http://evil.exa=\nmple/pay", None,
                                     "quoted-printable"), False, True),
    ("UTF-16", in_base64(URL, "utf-16"), False, True),
    ("UTF-7", mail("http:+AC8ALw-evil.example/pay",
                   "text/plain; charset=utf-7"), False, True),
    ("flowed", mail("http://evil.exa \nmple/pay",
                    "text/plain; format=flowed; delsp=yes"), False, True),
    ("attached text", parts("\nx", "Content-Type: text/plain; name=x.txt\n"
                            "Content-Disposition: attachment\n"
                            "Content-Transfer-Encoding: base64\n\n" +
                            b64(URL)), False, True),
    ("a calendar", mail(b64("BEGIN:VCALENDAR\nURL:%s\n" % URL),
                        "text/calendar", "base64"), False, True),
    ("an attached message", parts("Content-Type: message/rfc822\n\n" + INNER),
     False, True),
    # The URL itself
    ("entities", a("&#104;ttp&colon;//&#x65;vil&period;example/pay"), False,
     True),
    ("entities without a semicolon", a("http://evil&#46example/pay"), False,
     True),
    ("a tab in it", a("ht\ttp://evil.\texample/pay"), False, True),
    ("a line end in it", a("http://evil.\nexample/pay"), False, True),
    ("control characters before it", html("<a href='&#1; %s'>x</a>" % (
        URL.replace(":", "&#58;"))), False, True),
    ("backslashes", a("http:\\\\evil.example\\pay"), False, True),
    ("no slashes", a("http:evil.example/pay"), False, True),
    ("one slash", a("http:/evil.example/pay"), False, True),
    ("many slashes", a("http:////evil.example/pay"), False, True),
    ("no scheme in HTML", a("//evil.example/pay"), False, True),
    ("a name before it", a("https://bank.example@evil.example/pay"), False,
     True),
    ("a name and a password", a("https://bank.example:443@evil.example/pay"),
     False, True),
    ("a name with a slash", a("https://bank.example%2f@evil.example/pay"),
     False, True),
    ("a port", a("http://evil.example:80/pay"), False, True),
    ("a port with zeros", a("http://evil.example:00080/pay"), False, True),
    ("a dot at the end", a("http://evil.example./pay"), False, True),
    ("a percent-encoded host", a("http://%65vil%2Eexample/pay"), False, True),
    ("a percent-encoded path", a("http://evil.example/%70a%79"), False, True),
    ("dots in the path", a("http://evil.example/x/.%2e/./pay"), False, True),
    ("a fragment", a("http://evil.example/pay#https://bank.example/"), True,
     True),
    # Hosts
    ("full-width letters", a("http://\uff45\uff56\uff49\uff4c.example/pay"),
     False, True),
    ("mathematical letters", a("http://\U0001d41evil.example/pay"), False,
     True),
    ("an ideographic full stop", a("http://evil\u3002example/pay"), False,
     True),
    ("a soft hyphen", a("http://ev\u00adil.example/pay"), False, True),
    ("a zero-width space", a("http://ev\u200bil.example/pay"), False, True),
    ("below an emoji", a("http://\U0001f4a9.\uff45vil.example/pay"), False,
     False),
    ("an IDN", a("http://b\u00fccher.example/pay"), False, True),
    ("an IDN in capitals", a("http://B\u00dcCHER.example/pay"), False, True),
    ("a decomposed IDN", a("http://bu\u0308cher.example/pay"), False, True),
    ("a percent-encoded IDN", a("http://b%C3%BCcher.example/pay"), False, True),
    ("an IDN in ISO-8859-1", mail(
        "http://b\u00fccher.example/pay".encode("latin-1"),
        "text/plain; charset=iso-8859-1"), False, True),
    ("an address as a number", a("http://3221225985/pay"), False, True),
    ("as a hexadecimal number", a("http://0xC0000201/pay"), False, True),
    ("in octal numbers", a("http://0300.0.02.01/pay"), False, True),
    ("in hexadecimal numbers", a("http://0xc0.0x0.0x2.0x1/pay"), False, True),
    ("in three numbers", a("http://192.0.513/pay"), False, True),
    ("in full-width digits", a("http://\uff11\uff19\uff12.0.2.1/pay"), False,
     True),
    ("in IPv6's clothes", a("http://[::ffff:192.0.2.1]/pay"), False, True),
    # Behind other links
    ("behind Google", a("https://www.google.com/url?sa=t&amp;q=%s&amp;x=1" %
                        QUOTED), False, True),
    ("behind Safe Links", a(wrapped(
        "https://x.safelinks.protection.outlook.com/?url=", "&amp;data=1")),
     False, True),
    ("behind URL Defense 2", a(
        "https://urldefense.proofpoint.com/v2/url?u=http-3A__evil.example_pay"
        "&amp;d=x"), False, True),
    ("behind URL Defense 3", a(
        "https://urldefense.com/v3/__http:/*evil.example/pay__;Lw!!x$"), False,
     True),
    ("behind AMP", a("https://www.google.com/amp/s/evil.example/pay"), False,
     True),
    ("behind a translator", a("https://evil-example.translate.goog/pay"),
     False, True),
    ("behind Bing", a("https://www.bing.com/ck/a?u=a1" + url64(URL)), False,
     True),
    ("behind any redirect", a(wrapped("https://r.example/go?to=")), False,
     True),
    ("in a path", a("https://r.example/%s/x" % QUOTED), False, True),
    ("in a path in base64", a("https://r.example/c/%s/x" % url64(URL)), False,
     True),
    ("encoded twice", a("https://r.example/?u=" +
                        urllib.parse.quote(QUOTED)), False, True),
    ("behind four redirects", a(wrapped("https://r.example/?u=", "&amp;x=y",
                                        4)), False, True),
    ("in javascript:", a("javascript:location='http:%2f%2fevil.example/pay'"),
     False, True),
    ("a data: URL", a("data:text/html," + urllib.parse.quote(PAGE)), False,
     True),
    ("a data: URL in base64", a("data:text/html;base64," + b64(PAGE)), False,
     True),
    # HTML
    ("below a base", html("<base href='http://evil.example/x/'>"
                          "<a href='../pay'>x</a>"), False, True),
    ("below a base behind it", html("<a href=pay>x</a>"
                                    "<base href='http://evil.example/'>"),
     False, True),
    ("below the base of the header", mail(
        "<a href=/pay>x</a>", "text/html", None,
        "Content-Location: http://evil.example/\n"), False, True),
    ("a refresh", html("<meta http-equiv=refresh content='0;URL=http:"
                       "//evil&#46;example/pay'>"), False, True),
    ("a form", html("<form action='http:/evil.example/pay'>"), False, True),
    ("a button", html("<button formaction='http:/evil.example/pay'>"), False,
     True),
    ("a picture", html("<img src='http:/evil.example/pay'>"), False, True),
    ("one of several pictures", html(
        "<img srcset='x.png 1x, http:/evil.example/pay 2x'>"), False, True),
    ("a background", html("<td background='http:/evil.example/pay'>"), False,
     True),
    ("a style", html("<p style='background:u\\72l(http:/evil.example/pay)'>"),
     False, True),
    ("an imported style", html(
        "<style>@import 'http:/evil.example/pay';</style>"), False, True),
    ("a film", html("<video poster='http:/evil.example/pay'>"), False, True),
    ("an object", html("<object data='http:/evil.example/pay'>"), False, True),
    ("an area", html("<map><area href='http:/evil.example/pay'>"), False,
     True),
    ("a drawing", html("<svg><a xlink:href='http:/evil.example/pay'>"), False,
     True),
    ("a frame", html("<iframe src='http:/evil.example/pay'>"), False, True),
    ("a page in an attribute", html(
        "<iframe srcdoc='&lt;a href=http:/evil.example/pay>'>"), False, True),
    ("a ping", html("<a href='https://bank.example/' "
                    "ping='http:/evil.example/pay'>x</a>"), False, True),
    ("a comment for Outlook", html(
        "<!--[if mso]><a href='http:/evil.example/pay'>x</a><![endif]-->"),
     False, True),
    ("a hidden link", html("<a style='display:none' "
                           "href='http:/evil.example/pay'>x</a>"), False,
     True),
    ("a URL in hidden text", html("<p hidden>http://evil.<i></i>example/pay"),
     False, True),
    ("a tag in a URL", html("http://evil.<b></b>example/pay"), False, True),
    ("a comment in a URL", html("http://ev<!-- x -->il.example/pay"), False,
     True),
]

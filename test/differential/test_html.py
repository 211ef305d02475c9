#!/usr/bin/env python3
"""HTML to text beside w3m: the same words in the same order.

Seeded pages, each of many snippets (so that few processes are needed); and the
character references beside Python's html.unescape.  w3m knows no CSS, so what
we take for hidden has its place among the words here.

Left out of the pages, since there w3m does not do as browsers do, or since it
is no matter of words (each seen to differ):
- what stands beside something in another cell that is more than a line: it
  draws a page, line by line;
- alternative texts without blanks around them: we tell them apart from words,
  it joins both;
- <select>, <textarea>, <input>: drawn as boxes, cut to their size;
- the title: w3m does not show it, we have it among what is hidden;
- <ol>: numbered; <s>, <del>, <ins>: "[S:" and the like are written around it;
- <article>, <section> and the like, which it does not know for blocks;
- a <form> in a <form>, or a heading in a heading: browsers do not see one of
  the two end tags, so that no line ends there;
- script in a script ("<!--<script>"), foreign elements, CDATA, NUL, comments
  that end in "--!>" or are "<!-->", tags that are not closed: browsers'
  tokenizers read them in ways of their own, which the unit tests hold down.

    test_html.py [SEED [PAGES]]
"""
import html
import os
import random
import re
import subprocess
import sys
import tempfile
from html.entities import html5

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.environ.get("BUILD", os.path.join(TOP, "build"))
DUMP = os.path.join(BUILD, "tools", "html_dump")
SNIPPETS = 100
ENVIRONMENT = dict(os.environ, LC_ALL="C.UTF-8", HOME="/proc/self/nowhere")

LETTERS = "abcdefghijklmnopqrstuvwxyz"
INLINE = ["b", "i", "u", "em", "strong", "span", "font color=red", "tt", "big",
          "small", "code", "SPAN class=\"x>y\"", "x-unknown", "a href='u'",
          "A HREF=u", "o:p", "font size=+1 face='a, b'", "nobr",
          "a href=\"http://x/?a=1&amp;b=2\" title='a > b'", "cite", "kbd"]
NOTHING = ["<!-- c -->", "<!-- a > b - - c -->", "<!---->", "<wbr>", "<b></b>",
           "<!--[if mso]><p>qmso<![endif]-->", "<![if !mso]>", "<![endif]>",
           "<!--[if !mso]><!-->", "<!--<![endif]-->",
           "<span></span>", "</unknown>", "<?xml:namespace prefix=o />",
           "<script>var no = '<b>' + \"</b>\" < 3;</script>",
           "<style>.no { color: red } b > i { x: '' }</style>",
           "<SCRIPT TYPE=x>no</SCRIPT\n>", "<i><!--x--></i>", "<span\n\tclass='a'\n>\n</span\n>".replace(
               "\n</", "</")]
BLOCK = ["div", "p", "center", "blockquote", "h1", "h3", "address", "DIV a=b",
         "p align='center'", "dl", "noscript"]


class Writer:
    def __init__(self, rng):
        self.rng = rng

    def letters(self):
        return "".join(self.rng.choice(LETTERS)
                       for _ in range(self.rng.randint(1, 7)))

    def piece(self):
        """Some letters, the last perhaps written otherwise."""
        rng, text = self.rng, self.letters()
        kind = rng.random()
        if kind < 0.1:
            text += "&#%d;" % rng.choice(range(97, 123))
        elif kind < 0.15:
            text += "&#x%x;" % rng.choice(range(97, 123))
        elif kind < 0.2:
            text += rng.choice(["&eacute;", "&uuml;", "&Ntilde;", "&szlig;",
                                "&alpha;", "&Omega;", "\xe9", "\u0436",
                                "\u4e2d", "&#1078;"])
        return text

    def word(self):
        """One word, however it is cut up by what shows nothing."""
        rng, out = self.rng, self.piece()
        for _ in range(rng.choice([0, 0, 0, 1, 2])):
            if rng.random() < 0.5:
                out += rng.choice(NOTHING) + self.piece()
            else:
                tag = rng.choice(INLINE)
                out += "<%s>%s</%s>" % (tag, self.piece(), tag.split()[0])
        return out

    def gap(self):
        return self.rng.choice([" ", " ", " ", "\n", " \t ", "&nbsp;", "&#32;",
                                " <br> ", "<br>", "<br/>", " < ", " &lt; ",
                                " &amp; ", " & ", " <!-- --> ",
                                " <style>.no { x: '<b>' } b > i {}</style> ",
                                " <script>no = '<b>' + \"</b>\" < 3;</script> ",
                                " <SCRIPT TYPE=x>no</SCRIPT\n> "])

    def text(self):
        rng, out = self.rng, self.word()
        for _ in range(rng.randint(0, 5)):
            out += self.gap()
            kind = rng.random()
            if kind < 0.08:
                out += " <img src=u width=90 alt='%s'> " % self.letters()
            elif kind < 0.14:
                out += " <span style='%s'> %s </span> " % (rng.choice([
                    "display:none", "opacity:0", "display: none",
                    "visibility : hidden"]), self.word())
            elif kind < 0.2:
                tag = rng.choice(INLINE)
                out += " <%s>%s</%s> " % (tag, self.text(), tag.split()[0])
            else:
                out += self.word()
        return out

    def items(self):
        end = self.rng.choice(["", "</li>"])
        return "<ul>%s</ul>" % "".join(
            "<li>" + self.text() + end + self.rng.choice(["", "\n"])
            for _ in range(self.rng.randint(1, 4)))

    def line(self):
        """What stays on one line, for cells."""
        text = self.text()
        return re.sub(r"<br/?>", " ", text)

    def table(self):
        rng = self.rng
        end = rng.random() < 0.5
        body = rng.choice(["", "<tbody>"])
        out = "<table border=%d>" % rng.randint(0, 1) + body
        for _ in range(rng.randint(1, 3)):
            out += "<tr>"
            for _ in range(rng.randint(1, 3)):
                cell = rng.choice(["td", "td", "th"])
                out += "<%s>%s" % (cell, self.line())
                out += "</%s>" % cell if end else ""
            out += "</tr>" if end else "\n"
        return out + "</table>"

    def pre(self):
        lines = [" ".join(self.piece() for _ in range(self.rng.randint(0, 4)))
                 for _ in range(self.rng.randint(1, 4))]
        return "<pre>%s</pre>" % "\n".join(lines)

    def block(self, depth):
        rng = self.rng
        kind = rng.random()
        if depth == 0 or kind < 0.35:
            return self.text()
        if kind < 0.5:
            return self.items()
        if kind < 0.6:
            return self.table()
        if kind < 0.65:
            return self.pre()
        if kind < 0.7:
            return "<dl><dt>%s<dd>%s</dl>" % (self.text(), self.text())
        if kind < 0.73:
            return "<hr>"
        tag = rng.choice(BLOCK)
        if tag[0] == "h":
            return "<%s>%s</%s>" % (tag, self.text(), tag)
        inside = "".join(self.block(depth - 1)
                         for _ in range(rng.randint(1, 3)))
        if tag.startswith("p") and rng.random() < 0.5:
            return "<%s>%s" % (tag, inside)
        return "<%s>%s</%s>" % (tag, inside, tag.split()[0])

    def page(self):
        """Snippet n begins with the word Qn."""
        out = ["<!DOCTYPE html><html><head><title>no</title></head><body>\n"]
        for n in range(SNIPPETS):
            out.append("<div>Q%d</div>%s\n<div></div>" % (n, self.block(3)))
        return "".join(out) + "</body></html>\n"


def words_of(text):
    return re.findall(r"[^\W_]+", text)


def snippets(words):
    out, current = {}, []
    for word in words:
        if re.fullmatch(r"Q\d+", word):
            current = out.setdefault(int(word[1:]), [])
        else:
            current.append(word)
    return out


def run(arguments):
    answer = subprocess.run(arguments, stdout=subprocess.PIPE, check=True,
                            timeout=120, env=ENVIRONMENT)
    return answer.stdout.decode("utf-8", "replace")


def unquote(text):
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t", "r": "\r"}.get(
        m[1], m[1]), text)


def ours(path, chunk):
    text = ""
    for line in run([DUMP, "-c", str(chunk), path]).split("\n"):
        if line[:1] in "Pp":
            text += "\n"
        elif line[:1] in "Aa":
            text += " " + unquote(line[2:]) + " "
        elif line[:1] in "Tt":
            text += unquote(line[2:])
    words = words_of(text)
    return words[1:] if words[:1] == ["no"] else words


def theirs(path):
    return words_of(run(["w3m", "-dump", "-T", "text/html", "-I", "UTF-8",
                         "-O", "UTF-8", "-cols", "4000", path]))


def compare(number, page, want, got):
    want, got = snippets(want), snippets(got)
    wrong = [n for n in range(SNIPPETS) if want.get(n) != got.get(n)]
    for n in wrong[:3]:
        source = page.split("<div>Q%d</div>" % n)[1]
        print("page %d, snippet %d\n  w3m:  %s\n  ours: %s\n%s" % (
            number, n, want.get(n), got.get(n),
            source.split("<div>Q%d</div>" % (n + 1))[0]))
    return len(wrong)


def same_words(seed, pages, scratch):
    wrong = 0
    for number in range(pages):
        rng = random.Random("%d.%d" % (seed, number))
        page = Writer(rng).page()
        path = os.path.join(scratch, "page.html")
        with open(path, "w", encoding="utf-8") as file:
            file.write(page)
        got = ours(path, rng.choice([1, 7, 1000, 65535]))
        wrong += compare(number, page, theirs(path), got)
    print("%d snippets, %d not as w3m (seed %d)" % (
        pages * SNIPPETS, wrong, seed))
    return wrong


def references(seed):
    """Python leaves out, of numbers, what is no character; HTML does not."""
    rng = random.Random(seed)
    names = sorted(html5)
    for name in names:
        yield "&" + name
        yield "&%sx" % name
        yield "&%s;" % name[:rng.randint(1, len(name))].rstrip(";")
    for _ in range(3000):
        number = rng.choice([rng.randrange(0x20, 0x7f),
                             rng.randrange(0xa0, 0x3000),
                             rng.randrange(0x80, 0xa0),
                             rng.randrange(0xd800, 0xe000),
                             rng.randrange(0xe000, 0xfdd0),
                             rng.randrange(0x10000, 0x1fffe),
                             rng.randrange(0x110000, 1 << 40), 0])
        if html.unescape("&#%d;" % number) != "":
            yield "&#%d%s" % (number, rng.choice([";", "", " "]))
            yield "&#%s%x%s" % (rng.choice("xX"), number,
                                rng.choice([";", "", "g"]))
    for text in "&", "&#", "&#x", "&;", "&#;", "&#xg", "&&amp;", "&a&lt;":
        yield text


def same_references(seed, scratch):
    path = os.path.join(scratch, "references.html")
    cases = [case for case in references(seed)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join("<p>Q%s\n" % case for case in cases))
    text = "".join(unquote(line[2:]) for line in run(
        [DUMP, "-c", "5", path]).split("\n") if line[:1] == "T")
    got, at, wrong = text, 0, 0
    for case in cases:
        want = "Q%s\n" % html.unescape(case)
        if not got.startswith(want, at):
            print("%r: Python %r, we %r" % (case, want,
                                            got[at:at + len(want) + 5]))
            wrong += 1
            at = got.find("\nQ", at + 1)
            if at < 0:
                break
            at += 1
            continue
        at += len(want)
    print("%d references, %d not as Python" % (len(cases), wrong))
    return wrong


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    pages = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    if not os.access(DUMP, os.X_OK):
        print("%s is missing (make helpers)" % DUMP)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        wrong = same_references(seed, scratch)
        wrong += same_words(seed, pages, scratch)
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())

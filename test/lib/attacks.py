"""Patterns that somebody can make slow, and the texts that do it.

The patterns are those that the literature, vulnerability databases and
manuals show as warnings, some shortened; after them come those that PCRE2's
match limit alone does not bound.  All are unanchored or begin with "^", and
none of them matches its text.

    for attack in attacks.PATTERNS:
        attack.name, attack.pattern
        attack.text(2048)       # bytes of about that length
"""


class Attack:
    def __init__(self, name, pattern, pump, tail="", front=""):
        self.name, self.pattern = name, pattern
        self.pump, self.tail = pump.encode(), tail.encode()
        self.front = front.encode()

    def text(self, size):
        room = size - len(self.front) - len(self.tail)
        rounds = max(room // len(self.pump), 1)
        return self.front + self.pump * rounds + self.tail


PATTERNS = [Attack(*fields) for fields in (
    # A repeat of a repeat: two to the power of the text's length.
    ("plus plus", r"^(a+)+$", "a", "!"),
    ("star star", r"^(a*)*$", "a", "!"),
    ("alternatives", r"^(a|aa)+$", "a", "!"),
    ("same twice", r"^(a|a)*$", "a", "!"),
    ("optional", r"^(a|a?)+$", "a", "!"),
    ("letters", r"^([a-zA-Z]+)*$", "a", "!"),
    ("any, ten times", r"^(.*a){11}$", "a", "!"),
    ("nested", r"^(([a-z])+.)+[A-Z]([a-z])+$", "a", "0"),
    ("words", r"^(\w+\s?)*$", "a", "!"),
    ("three", r"^((a+)+)+$", "a", "!"),
    ("digits", r"^(\d+)+x", "1", "!x"),
    ("class", r"^([0-9a-f]+:?)+z", "a", "!z"),
    ("mail address", r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}"
     r"[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$",
     "a", "!@x.y!"),
    ("mail address 2", r"^([\w.-]+)+@([\w-]+\.)+\w+$", "a", "!@x.y!"),
    ("comma list", r"^(.*?,){11}P", "1,", "!P"),
    ("path", r"^(/?[^/]+)*/x$", "a/", "!x!"),
    ("URL", r"^(https?://)?([\da-z.-]+)\.([a-z.]{2,6})([/\w .-]*)*/?$",
     "a", "!", "http://a.bc/"),
    ("quoted", r'^"([^"\\]|\\.|[^"])*"$', "a", '"!', '"'),
    ("comment", r"/\*([^*]|[\r\n]|(\*+([^*/]|[\r\n])))*\*+/", "*x", "/!",
     "/*"),
    ("HTML", r"<(\w+\s*(\s+\w+\s*=\s*[^<>]*\s*)*)>x", "a= ", ">!x", "<a "),
    ("tag", r"<[^>]*style\s*=[^>]*font-size\s*:[^>]*0[^>]*>x",
     "style=font-size:0 ", ">!x", "<"),
    ("version", r"^(\d+\.?)+-(\w+\.?)+$", "1", "-!"),
    ("java class", r"^(([a-z])+.)+[A-Z]([a-z])+$", "a", "."),
    ("IP", r"^((\d{1,3}\.?)+:?)+!", "1", "x!"),
    # Powers of the length.
    ("blanks at the end", r"\s+$", " ", "x"),
    ("blanks around", r"^\s+|\s+$", " ", "x", "x"),
    ("twice", r"(?:x+x+)+y", "x", "!y"),
    ("cloud", r'(?:(?:"|\d|.*)+(?:.*=.*));', "x", "", ";x="),
    ("cloud 2", r".*.*=.*y", "x=", "", "y"),
    ("four dots", r"^.*.*.*.*[xy]", "a", ""),
    ("dots between", r"a.*a.*a.*a.*[xy]", "a", ""),
    ("foo bar", r"^Subject:.*foo.*bar.*baz.*[xy]", "foobarbaz", "",
     "Subject:"),
    ("three sets", r"[ab]*[ac]*[ad]*[xy]", "a", ""),
    ("two sets", r"[ab]*[ac]*[xy]", "a", ""),
    ("lazy", r"a.*?b.*?c.*?[xy]", "abc", ""),
    ("bounded", r"a.{0,200}b.{0,200}c.{0,200}[xy]", "abc", ""),
    ("bounded 2", r"(a{0,100}){0,100}[xy]", "a", ""),
    ("small", r"(?:a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?)b{3}",
     "a", "bb!"),
    ("choices", "(?:a|ab|abc)" * 3 + "(?:a|b|c|ab|bc|ca)" * 14 + "[xy]",
     "abc", ""),
    ("refers", r"(a+)(a+)\1\2[xy]", "a", ""),
    ("refers 2", r"(.+)\1[xy]", "ab", ""),
    ("looks ahead", r"(?=(a+))(?=.*a.*b).*[xy]", "a", ""),
    ("looks behind", r"(?<=a)(?:[ab]+(?<!b)[ac]+)+[xy]", "a", ""),
    ("atomic", r"(?>a[ab]*c|a)[ad]*[xy]", "a", ""),
    ("possessive", r"(?:a[ab]*+c|a)+[xy]", "a", ""),
    ("just below", r"a[ab]{0,1300}[ac]{0,1300}[xy]", "a", ""),
    ("long tail", r"[ab]*(?:[ac][ac][ac][ac][ac][ac][ac][ac][ac][ac][ac][ac]"
     r"[ac][ac][ac][ac][ac][ac][ac][ac][ac][ac][ac][ac])[xy]", "a", ""),
    ("literal tail", r"[ab]*" + "a" * 200 + "[xy]", "a", ""),
    # What the reader of syntax leaves alone.
    ("recursion", r"^(a(?1)?a?)+[xy]", "a", ""),
    ("condition", r"^(?:(a)|b)*(?(1)a*a*a*|b)[xy]", "a", ""),
    ("no JIT", r"(*NO_JIT)[ab]*[ac]*[ad]*[xy]", "a", ""),
    ("verb", r"(?:a+(*THEN)b|a)+a*a*[xy]", "a", ""),
    ("UTF", r"(*UTF)(*UCP)\w+\w+\w+[!?]", "a", ""),
    ("extended", r"(?x) [ab]* [ac]* [ad]* [xy]  # words", "a", ""),
    ("property", r"\p{L}*\p{Ll}*[a-z]*[!?]", "a", ""),
    ("grapheme", r"\X*\X*\X*[!?]", "a", ""),
    ("long repeat", r"(*NO_JIT)\p{L}{500}[xy]|\p{L}{500}[?]", "a", "!b"),
)]

/* syntax_set - escapes and classes of a pattern.  See syntax_set.h. */
#include "table/syntax_set.h"

static void
add_range(struct byteset *set, unsigned from, unsigned to)
{
	for (unsigned byte = from; byte <= to; byte++)
		byteset_add(set, (unsigned char)byte);
}

static void
add_bytes(struct byteset *set, const char *bytes)
{
	for (; *bytes != '\0'; bytes++)
		byteset_add(set, (unsigned char)*bytes);
}

static void
add_alnum(struct byteset *set)
{
	add_range(set, '0', '9');
	add_range(set, 'A', 'Z');
	add_range(set, 'a', 'z');
}

/* \d and its like, by PCRE2's tables for the C locale. */
static bool
add_letter_set(struct byteset *set, char letter)
{
	switch (letter) {
	case 'd':
		add_range(set, '0', '9');
		return true;
	case 'w':
		add_alnum(set);
		byteset_add(set, '_');
		return true;
	case 's':
		add_bytes(set, " \t\n\v\f\r");
		return true;
	case 'h':
		add_bytes(set, " \t\xa0");
		return true;
	case 'v':
		add_bytes(set, "\n\v\f\r\x85");
		return true;
	default:
		return false;
	}
}

/* What follows "\x": its length, or 0 where it is not one byte. */
static size_t
take_hex(struct span text, unsigned char *byte_r)
{
	bool braces = text.n > 0 && text.p[0] == '{';
	size_t n = braces, digits = 0;
	unsigned value = 0;

	while (n < text.n && ascii_hex(text.p[n]) >= 0 && digits < 2) {
		value = value * 16 + (unsigned)ascii_hex(text.p[n++]);
		digits++;
	}
	*byte_r = (unsigned char)value;
	if (digits == 0)
		return 0;
	if (!braces)
		return n;
	return n < text.n && text.p[n] == '}' ? n + 1 : 0;
}

/* A letter that stands for one byte: \n, \x41, \012. */
static size_t
take_byte(struct span text, unsigned char *byte_r)
{
	static const char letters[] = "ntrfea", bytes[] = "\n\t\r\f\x1b\a";
	const char *at = strchr(letters, text.p[0]);
	size_t n;

	if (text.p[0] == '\0')
		return 0;
	if (at != NULL) {
		*byte_r = (unsigned char)bytes[at - letters];
		return 1;
	}
	if (text.p[0] == 'x') {
		n = take_hex(span_skip(text, 1), byte_r);
		return n > 0 ? n + 1 : 0;
	}
	if (text.p[0] != '0')
		return 0;
	*byte_r = 0;
	for (n = 1; n < 3 && n < text.n && text.p[n] >= '0' &&
	    text.p[n] <= '7'; n++)
		*byte_r = (unsigned char)(*byte_r * 8 + text.p[n] - '0');
	return n;
}

/* GNU's letters in POSIX's syntax. */
static bool
known_letter(char letter, uint32_t options)
{
	return (options & SYNTAX_POSIX) == 0 ||
	    ascii_lower((unsigned char)letter) == 'w' ||
	    ascii_lower((unsigned char)letter) == 's';
}

size_t
syntax_escape(struct span text, uint32_t options, struct byteset *set_r,
    bool *literal_r, unsigned char *byte_r)
{
	char letter;
	size_t n = 1;

	*set_r = (struct byteset){ .bits = { 0 } };
	*literal_r = false;
	*byte_r = 0;
	if (text.n < 2 || text.p[0] != '\\')
		return 0;
	letter = text.p[1];
	if (ascii_alnum((unsigned char)letter) &&
	    !known_letter(letter, options))
		return 0;
	if (add_letter_set(set_r, letter))
		return 2;
	if (add_letter_set(set_r,
	    (char)ascii_lower((unsigned char)letter))) {
		byteset_invert(set_r);
		return 2;
	}
	if (ascii_alnum((unsigned char)letter))
		n = take_byte(span_skip(text, 1), byte_r);
	else
		*byte_r = (unsigned char)letter;
	if (n == 0)
		return 0;
	*literal_r = true;
	byteset_add(set_r, *byte_r);
	syntax_fold(set_r, options);
	return n + 1;
}

/* "[:alpha:]", by its name. */
static bool
add_named(struct byteset *set, struct span name, uint32_t options)
{
	bool not = name.n > 0 && name.p[0] == '^';
	struct byteset own = { .bits = { 0 } };

	name = span_skip(name, not);
	if (span_equal(name, SPAN("alnum")) ||
	    span_equal(name, SPAN("word"))) {
		add_alnum(&own);
		if (name.n == 4)
			byteset_add(&own, '_');
	} else if (span_equal(name, SPAN("alpha"))) {
		add_range(&own, 'A', 'Z');
		add_range(&own, 'a', 'z');
	} else if (span_equal(name, SPAN("upper")) ||
	    span_equal(name, SPAN("lower"))) {
		if (name.p[0] == 'u' || (options & PCRE2_CASELESS) != 0)
			add_range(&own, 'A', 'Z');
		if (name.p[0] == 'l' || (options & PCRE2_CASELESS) != 0)
			add_range(&own, 'a', 'z');
	} else if (span_equal(name, SPAN("punct"))) {
		add_range(&own, '!', '/');
		add_range(&own, ':', '@');
		add_range(&own, '[', '`');
		add_range(&own, '{', '~');
	} else if (span_equal(name, SPAN("cntrl"))) {
		add_range(&own, 0, 31);
		byteset_add(&own, 127);
	} else if (span_equal(name, SPAN("digit"))) {
		add_range(&own, '0', '9');
	} else if (span_equal(name, SPAN("xdigit"))) {
		add_range(&own, '0', '9');
		add_range(&own, 'A', 'F');
		add_range(&own, 'a', 'f');
	} else if (span_equal(name, SPAN("space"))) {
		add_letter_set(&own, 's');
	} else if (span_equal(name, SPAN("blank"))) {
		add_bytes(&own, " \t");
	} else if (span_equal(name, SPAN("print"))) {
		add_range(&own, ' ', '~');
	} else if (span_equal(name, SPAN("graph"))) {
		add_range(&own, '!', '~');
	} else if (span_equal(name, SPAN("ascii"))) {
		add_range(&own, 0, 127);
	} else {
		return false;
	}
	if (not)
		byteset_invert(&own);
	byteset_join(set, &own);
	return true;
}

/* "[:name:]" at the front; 0 where there is none or it is not known. */
static size_t
take_named(struct span text, uint32_t options, struct byteset *set)
{
	size_t n = 2;

	while (n < text.n && (ascii_alnum((unsigned char)text.p[n]) ||
	    text.p[n] == '^'))
		n++;
	if (n + 1 >= text.n || text.p[n] != ':' || text.p[n + 1] != ']' ||
	    !add_named(set, span_make(text.p + 2, n - 2), options))
		return 0;
	return n + 2;
}

/* Pattern and text are both folded to capitals before they are compared. */
static bool
folds(uint32_t options)
{
	return (options & SYNTAX_POSIX) != 0 &&
	    (options & PCRE2_CASELESS) != 0;
}

/* One byte of a class, escaped or not; with literal_r false, a set. */
static size_t
take_member(struct span text, uint32_t options, struct byteset *set_r,
    bool *literal_r, unsigned char *byte_r)
{
	if (text.p[0] == '\\' && (options & SYNTAX_POSIX) == 0) {
		/* In a class, \b is another byte than anywhere else. */
		if (text.n > 1 && text.p[1] == 'b') {
			*byte_r = '\b';
			*literal_r = true;
			return 2;
		}
		return syntax_escape(text, options & ~PCRE2_CASELESS, set_r,
		    literal_r, byte_r);
	}
	*literal_r = true;
	*byte_r = (unsigned char)text.p[0];
	/* GNU's pattern is folded before anything is made of it, so that
	 * "[;-z]" is "[;-Z]". */
	if (folds(options) && *byte_r >= 'a' && *byte_r <= 'z')
		*byte_r = (unsigned char)(*byte_r - 'a' + 'A');
	return 1;
}

/* "a", "a-z" or "\d" at the front of what a class holds. */
static size_t
take_range(struct span text, uint32_t options, struct byteset *set)
{
	struct byteset own;
	unsigned char from, to;
	bool literal;
	size_t n = take_member(text, options, &own, &literal, &from), more;

	if (n == 0)
		return 0;
	if (!literal) {
		byteset_join(set, &own);
		/* "\d-x" is taken in more than one way. */
		return n + 1 < text.n && text.p[n] == '-' &&
		    text.p[n + 1] != ']' ? 0 : n;
	}
	if (n + 1 >= text.n || text.p[n] != '-' || text.p[n + 1] == ']') {
		byteset_add(set, from);
		return n;
	}
	/* The end may be an escape, but neither a set nor "[:name:]". */
	more = text.p[n + 1] == '[' ? 0 : take_member(span_skip(text, n + 1),
	    options, &own, &literal, &to);
	if (more == 0 || !literal || to < from)
		return 0;
	add_range(set, from, to);
	return n + 1 + more;
}

size_t
syntax_class(struct span text, uint32_t options, struct byteset *set_r)
{
	bool not = text.n > 1 && text.p[1] == '^';
	size_t at = 1 + not, first = at;

	*set_r = (struct byteset){ .bits = { 0 } };
	while (at < text.n && (text.p[at] != ']' || at == first)) {
		struct span rest = span_skip(text, at);
		char second = rest.n > 1 ? rest.p[1] : '\0';
		size_t n;

		if (rest.p[0] == '[' && (second == '.' || second == '='))
			return 0;
		if (rest.p[0] == '[' && second == ':')
			n = take_named(rest, options, set_r);
		else
			n = take_range(rest, options, set_r);
		if (n == 0)
			return 0;
		at += n;
	}
	/* As the text is folded, too, it never meets one. */
	for (unsigned char c = 'a'; folds(options) && c <= 'z'; c++)
		byteset_remove(set_r, c);
	syntax_fold(set_r, options);
	if (not)
		byteset_invert(set_r);
	return at < text.n ? at + 1 : 0;
}

void
syntax_fold(struct byteset *set, uint32_t options)
{
	if ((options & PCRE2_CASELESS) == 0)
		return;
	/* There are no letters elsewhere. */
	if (set->bits[1] == 0)
		return;
	for (int c = 'a'; c <= 'z'; c++) {
		unsigned char lower = (unsigned char)c;
		unsigned char upper = (unsigned char)(c - 'a' + 'A');

		if (byteset_has(set, lower))
			byteset_add(set, upper);
		else if (byteset_has(set, upper))
			byteset_add(set, lower);
	}
}

/* plain_words - letters that look like others, word by word.  See plain.h. */
#include "message/plain.h"

#include "message/plain_class.h"

/* So many letters, each alone, are one word. */
#define SPACED		3

/* What a word, or a whole text, is made of. */
struct word {
	size_t end;
	size_t letters, digits;
	size_t latin, only_latin;	/* without a Cyrillic double */
	size_t cyrillic, only_cyrillic;	/* without a Latin one */
	size_t only_other;		/* of any script but Latin */
	bool changes;			/* a letter does, whatever the word */
};

enum script { SCRIPT_AS_IS, SCRIPT_LATIN, SCRIPT_CYRILLIC };

/* The Cyrillic letter that a Latin one looks like, or NULL. */
static const char *
double_of(char c)
{
	static const char doubles[128][3] = {
		['A'] = "\u0410", ['B'] = "\u0412", ['C'] = "\u0421",
		['E'] = "\u0415", ['H'] = "\u041d", ['I'] = "\u0406",
		['J'] = "\u0408", ['K'] = "\u041a", ['M'] = "\u041c",
		['O'] = "\u041e", ['P'] = "\u0420", ['S'] = "\u0405",
		['T'] = "\u0422", ['X'] = "\u0425", ['Y'] = "\u0423",
		['a'] = "\u0430", ['c'] = "\u0441", ['e'] = "\u0435",
		['i'] = "\u0456", ['j'] = "\u0458", ['k'] = "\u043a",
		['o'] = "\u043e", ['p'] = "\u0440", ['s'] = "\u0455",
		['x'] = "\u0445", ['y'] = "\u0443",
	};

	if ((unsigned char)c >= 128 || doubles[(unsigned char)c][0] == '\0')
		return NULL;
	return doubles[(unsigned char)c];
}

static void
count(struct word *word, const struct plain_class *class, char first)
{
	bool only = class->to[0] == '\0' || (class->flags & PLAIN_WEAK) != 0;

	word->changes |= class->to[0] != '\0' &&
	    (class->flags & PLAIN_BY_WORD) == 0;
	switch (plain_kind(class)) {
	case PLAIN_OTHER:
		break;
	case PLAIN_PART:
		word->digits += ascii_digit(first);
		break;
	case PLAIN_LATIN:
		word->letters++;
		word->latin++;
		word->only_latin += double_of(first) == NULL;
		break;
	case PLAIN_CYRILLIC:
		word->cyrillic++;
		word->only_cyrillic += only;
		/* fallthrough */
	case PLAIN_LETTER:
		word->letters++;
		word->only_other += only;
		break;
	}
}

/* The word from `at` on, up to its end, or until it has so many letters. */
static struct word
read_word(struct span text, size_t at, size_t letters)
{
	struct word word = { .end = at };
	size_t n;

	while (word.end < text.n && word.letters < letters) {
		const struct plain_class *class = plain_class_at(text,
		    word.end, &n);

		if (plain_kind(class) == PLAIN_OTHER &&
		    (class->flags & PLAIN_IGNORABLE) == 0)
			break;
		count(&word, class, text.p[word.end]);
		word.end += n;
	}
	return word;
}

static bool
separates(char c)
{
	return c != '\0' && strchr(" .-*'/,+", c) != NULL;
}

static bool
is_single(const struct word *word, bool or_digit)
{
	return word->letters + (or_digit ? word->digits : 0) == 1;
}

static void
add_word(struct word *to, const struct word *word)
{
	to->end = word->end;
	to->letters += word->letters;
	to->digits += word->digits;
	to->latin += word->latin;
	to->only_latin += word->only_latin;
	to->cyrillic += word->cyrillic;
	to->only_cyrillic += word->only_cyrillic;
	to->only_other += word->only_other;
	to->changes |= word->changes;
}

/*
 * The letters that stand alone one after the other from the single one that
 * `first` is, all as one word.  No more than two letters of what follows are
 * looked at, so a text is not read more than three times.
 */
static struct word
read_spaced(struct span text, const struct word *first, bool or_digit)
{
	struct word all = *first;
	char separator = first->end < text.n ? text.p[first->end] : '\0';

	if (!separates(separator))
		return all;
	while (all.end < text.n && text.p[all.end] == separator) {
		struct word next = read_word(text, all.end + 1, 2);

		if (!is_single(&next, or_digit))
			break;
		add_word(&all, &next);
	}
	return all;
}

/* A word, or letters that are spaced out to look like one. */
static struct word
read_unit(struct span text, size_t at)
{
	struct word word = read_word(text, at, SIZE_MAX), all;

	if (!is_single(&word, false))
		return word;
	all = read_spaced(text, &word, false);
	return all.letters >= SPACED ? all : word;
}

/* As plain.h has it; `whole` is what the text is made of. */
static enum script
script_of(const struct word *word, const struct word *whole)
{
	if (word->latin > 0 && word->only_latin == 0 && word->cyrillic > 0) {
		if (word->only_cyrillic > 0)
			return SCRIPT_CYRILLIC;
		if (word->only_other == 0 &&
		    whole->only_cyrillic > whole->latin)
			return SCRIPT_CYRILLIC;
		return SCRIPT_LATIN;
	}
	if (word->latin > 0)
		return SCRIPT_LATIN;
	if (word->letters > 0 && word->only_other == 0 &&
	    whole->latin >= whole->only_other)
		return SCRIPT_LATIN;
	return SCRIPT_AS_IS;
}

/* What stands for a character in a word of this script, or NULL. */
static const char *
instead(const struct plain_class *class, char first, enum script script)
{
	if (script == SCRIPT_CYRILLIC && (unsigned char)first < 0x80)
		return double_of(first);
	if (class->to[0] == '\0')
		return NULL;
	if ((class->flags & PLAIN_BY_WORD) != 0 && script != SCRIPT_LATIN)
		return NULL;
	return class->to;
}

/* What is written; what lies before `kept` has been. */
struct writing {
	struct span text;
	size_t kept;
	struct buf *out;
};

static void
write_up_to(struct writing *to, size_t end)
{
	buf_add(to->out, span_make(to->text.p + to->kept, end - to->kept));
	to->kept = end;
}

static void
write_as(struct writing *to, size_t at, size_t end, enum script script)
{
	size_t n;

	for (; at < end; at += n) {
		const struct plain_class *class = plain_class_at(to->text, at,
		    &n);
		const char *other = instead(class, to->text.p[at], script);

		if (other == NULL)
			continue;
		write_up_to(to, at);
		buf_add(to->out, span_of(other));
		to->kept = at + n;
	}
}

static bool
ascii_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

/* What script_of() asks about the whole text. */
static struct word
read_whole(struct span text)
{
	struct word whole = { .end = text.n };
	size_t n;

	for (size_t at = 0; at < text.n; at += n) {
		size_t end = plain_ascii(text, at);

		for (; at < end; at++)
			whole.latin += ascii_letter(text.p[at]);
		n = 0;
		if (at < text.n)
			count(&whole, plain_class_at(text, at, &n), text.p[at]);
	}
	return whole;
}

static bool
may_change(const struct word *word, enum script script)
{
	return word->changes || script == SCRIPT_LATIN ||
	    (script == SCRIPT_CYRILLIC && word->latin > 0);
}

/* Up to the end of the word, or of what is between two. */
static size_t
write_unit(struct writing *to, size_t at, const struct word *whole)
{
	struct word word = read_unit(to->text, at);
	size_t n;

	if (word.end > at) {
		enum script script = script_of(&word, whole);

		if (may_change(&word, script))
			write_as(to, at, word.end, script);
		return word.end;
	}
	plain_class_at(to->text, at, &n);
	write_as(to, at, at + n, SCRIPT_AS_IS);
	return at + n;
}

/*
 * Where to begin for the character at `at`, which is not ASCII: behind a
 * word of two ASCII letters or more, none of which belongs to it.
 */
static size_t
unit_before(struct span text, size_t from, size_t at)
{
	while (at - from > 2 && (ascii_alnum((unsigned char)text.p[at - 1]) ||
	    !ascii_letter(text.p[at - 2]) || !ascii_letter(text.p[at - 3])))
		at--;
	return at - from > 2 ? at - 1 : from;
}

void
plain_fold_letters(struct span text, struct buf *out)
{
	struct word whole = read_whole(text);
	struct writing to = { .text = text, .out = out };
	size_t at = 0;

	while (at < text.n) {
		size_t ascii = plain_ascii(text, at);

		/* Words of ASCII alone stay. */
		at = ascii < text.n ? unit_before(text, at, ascii) : ascii;
		while (at < text.n && at <= ascii)
			at = write_unit(&to, at, &whole);
	}
	write_up_to(&to, text.n);
}

/* Can there be letters that are spaced out?  Quick, and too often yes. */
bool
plain_may_be_spaced(struct span text)
{
	const char *p = text.p;
	size_t at = 0;

	if (text.n < 2 * SPACED - 1)
		return false;
	for (; text.n - at >= 66; at += 64) {
		unsigned char hit = 0;

		for (size_t i = 0; i < 64; i++)
			hit |= (p[at + i] == p[at + i + 2]) &
			    ((p[at + i] & 0xf0) == 0x20);
		if (hit != 0)
			return true;
	}
	for (; at + 2 < text.n; at++)
		if (p[at] == p[at + 2] && (p[at] & 0xf0) == 0x20)
			return true;
	return false;
}

/* All but the separators of letters that are spaced out. */
static void
write_joined(struct writing *to, size_t at, size_t end)
{
	while (at < end) {
		at = read_word(to->text, at, SIZE_MAX).end;
		write_up_to(to, at);
		if (at < end)
			to->kept = ++at;
	}
}

void
plain_join_letters(struct span text, struct buf *out)
{
	struct writing to = { .text = text, .out = out };
	size_t n;

	for (size_t at = 0; at < text.n;) {
		struct word word = read_word(text, at, SIZE_MAX), all = word;

		if (word.end == at) {
			plain_class_at(text, at, &n);
			at += n;
			continue;
		}
		if (is_single(&word, true))
			all = read_spaced(text, &word, true);
		if (all.letters >= SPACED)
			write_joined(&to, at, all.end);
		at = all.end;
	}
	write_up_to(&to, text.n);
}

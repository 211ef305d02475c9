/*
 * random_pattern - patterns of the whole grammar of pcre2pattern(3), or of
 * POSIX's extended one, and texts made from them.
 *
 * One walk makes both: `shape` decides what the pattern is, `chance` which of
 * its texts comes out.  So the same shape with another chance gives another
 * text for the same pattern, and what is repeated is walked again.  The text
 * is likely to match; nobody relies on that it does.
 */
#ifndef POSTERN_TEST_RANDOM_PATTERN_H
#define POSTERN_TEST_RANDOM_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define GROUPS_MAX	20
#define SAMPLE_MAX	400

static inline uint32_t
random_next(uint64_t *state)
{
	/* A linear congruence of 64 bits; its upper half is good enough. */
	*state = *state * UINT64_C(6364136223846793005) +
	    UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33);
}

static inline unsigned
random_below(uint64_t *state, unsigned n)
{
	return random_next(state) % n;
}

struct walk {
	uint64_t shape, chance;
	struct buf *pattern;
	struct buf *sample;
	bool quiet;		/* the pattern is written already */
	bool posix;
	bool bare;		/* hardly any literals: classes instead */
	unsigned depth;
	unsigned groups;	/* opened so far */
	unsigned most;		/* named below, back or forth */
	size_t from[GROUPS_MAX + 1], to[GROUPS_MAX + 1];
};

static inline unsigned
shape(struct walk *w, unsigned n)
{
	return random_below(&w->shape, n);
}

static inline unsigned
chance(struct walk *w, unsigned n)
{
	return random_below(&w->chance, n);
}

static inline void
put(struct walk *w, const char *text)
{
	if (!w->quiet)
		buf_add(w->pattern, span_of(text));
}

static inline void
putf(struct walk *w, const char *format, unsigned n)
{
	char text[40];

	/* The formats are literals of this file. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(text, sizeof(text), format, n);
#pragma GCC diagnostic pop
	put(w, text);
}

static inline void
say(struct walk *w, unsigned char byte)
{
	if (w->sample->n < SAMPLE_MAX)
		buf_addc(w->sample, (char)byte);
}

/* A letter in either case, now and then. */
static inline void
say_text(struct walk *w, const char *text)
{
	bool flips = chance(w, 3) == 0;

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (flips && ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') &&
		    chance(w, 2) == 0)
			c ^= 0x20;
		say(w, c);
	}
}

static const char *const words[] = {
	"viagra", "Subject:", "offer", "example.com", "free", "money", "http:",
	"click", "a", "ab", "abc", "k", "s", "Kiss", "1234", "@", "xx", "--",
	"From:", "name=", "cheap", "unsubscribe", "the", "and", "ing", "=20",
	"\xc3\xa9", "\xff", "\xe2\x84\xaa", "q", "z9", "aaaa", "abab", "0",
};

#define WORDS	((unsigned)(sizeof(words) / sizeof(words[0])))

static void walk_branches(struct walk *w);

static inline void
walk_literal(struct walk *w)
{
	const char *word = words[shape(w, WORDS)];
	unsigned how = w->posix ? shape(w, 2) : shape(w, 9);

	if (how == 7) {
		put(w, "\\Q");
		put(w, word);
		put(w, "\\E");
	} else {
		for (const char *p = word; *p != '\0'; p++) {
			unsigned char c = (unsigned char)*p;

			if (strchr(".@-=\\", c) != NULL && c != '\0')
				put(w, shape(w, 4) == 0 && c == '.' ? "" :
				    strchr(".", c) != NULL ? "\\" : "");
			if (how == 8 && shape(w, 3) == 0)
				putf(w, "\\x%02x", c);
			else if (how == 6 && shape(w, 4) == 0)
				putf(w, "\\%03o", c);
			else if (how == 5 && shape(w, 4) == 0)
				putf(w, "\\x{%x}", c);
			else
				putf(w, "%c", c);
		}
	}
	say_text(w, word);
}

struct piece {
	const char *pattern, *texts;	/* one byte of the texts */
};

static inline void
walk_one(struct walk *w, const struct piece *pieces, unsigned n)
{
	const struct piece *piece = &pieces[shape(w, n)];

	put(w, piece->pattern);
	say(w, (unsigned char)piece->texts[chance(w,
	    (unsigned)strlen(piece->texts))]);
}

static inline void
walk_class(struct walk *w)
{
	static const struct piece perl[] = {
		{ "[a@4]", "a@4" }, { "[i1!l]", "i1!l" }, { "[0-9]", "059" },
		{ "[^a-z]", "A0 " }, { "[a-cx-z]", "abz" }, { "[]a]", "]a" },
		{ "[^]a]", "b0" }, { "[[:alpha:]]", "aZk" },
		{ "[[:^digit:]]", "a-" }, { "[\\d.]", "1." },
		{ "[^\\s]", "a1" }, { "[\\w-]", "a_-" }, { "[a\\-z]", "a-z" },
		{ "[\\x41-\\x43]", "ABC" }, { "[k]", "kK" }, { "[S]", "sS" },
		{ "[\\Qa-\\E]", "a-" }, { "[\\n\\r]", "\n\r" },
		{ "[[:space:]]", " \t\n" }, { "[\\h\\v]", " \n" },
		{ "[^\\W]", "a1" }, { "[\\b]", "\b" }, { "[[:punct:]]", "!-" },
		{ "[\\xe9\\xff]", "\xe9\xff" }, { "[@-Z]", "@AZ" },
		{ "[`-z]", "`az" }, { "[[-`]", "[_" }, { "[{-~]", "{}" },
	};
	static const struct piece posix[] = {
		{ "[a@4]", "a@4" }, { "[0-9]", "059" }, { "[^a-z]", "A0 " },
		{ "[]a]", "]a" }, { "[^]a]", "b0" }, { "[[:alpha:]]", "aZk" },
		{ "[\\.]", "\\." }, { "[k]", "kK" }, { "[[.a.]b]", "ab" },
		{ "[[=a=]]", "a" }, { "[a-]", "a-" }, { "[[:space:]x]", " x" },
	};

	if (w->posix)
		walk_one(w, posix, sizeof(posix) / sizeof(posix[0]));
	else
		walk_one(w, perl, sizeof(perl) / sizeof(perl[0]));
}

static inline void
walk_escape(struct walk *w)
{
	static const struct piece perl[] = {
		{ "\\d", "059" }, { "\\w", "aZ_" }, { "\\s", " \t\n" },
		{ "\\D", "a-" }, { "\\W", " -" }, { "\\S", "a1" },
		{ "\\h", " \t" }, { "\\H", "a" }, { "\\v", "\n" },
		{ "\\V", "a" }, { "\\R", "\n\r" }, { "\\N", "a " },
		{ "\\X", "a1" }, { "\\C", "a" }, { ".", "a b" },
		{ ".", "xyz" }, { "\\t", "\t" }, { "\\cA", "\001" },
		{ "\\e", "\033" }, { "\\a", "\007" }, { "\\n", "\n" },
		{ "\\.", "." }, { "\\@", "@" }, { "\\p{L}", "aZ" },
		{ "\\P{Lu}", "a1" }, { "\\o{101}", "A" }, { "\\-", "-" },
	};
	static const struct piece posix[] = {
		{ ".", "a b" }, { "\\.", "." }, { ".", "xyz" }, { "\\$", "$" },
	};

	if (w->posix)
		walk_one(w, posix, sizeof(posix) / sizeof(posix[0]));
	else
		walk_one(w, perl, sizeof(perl) / sizeof(perl[0]));
}

static inline void
walk_anchor(struct walk *w)
{
	static const char *const perl[] = {
		"^", "$", "\\A", "\\z", "\\Z", "\\b", "\\B", "\\G", "\\K",
		"^", "$", "\\b", "(?#why)", "(?C1)", "(?C)", "(*COMMIT)",
		"(*PRUNE)", "(*SKIP)", "(*THEN)", "(*ACCEPT)", "(*FAIL)",
		"(?i)", "(?-i)", "(?s)", "(?-s)", "(?m)", "(?x)", "(?xx)",
		"(?^)", "(?U)", "(?J)", "(?n)", "(*MARK:a)",
	};

	if (w->posix)
		put(w, shape(w, 2) == 0 ? "^" : "$");
	else
		put(w, perl[shape(w, sizeof(perl) / sizeof(perl[0]))]);
}

/* "(", what goes with it, and ")"; kept: the text stays in the sample. */
static inline void
walk_group(struct walk *w)
{
	static const struct opening {
		const char *text;
		bool captures, kept;
	} openings[] = {
		{ "(", true, true }, { "(", true, true },
		{ "(?:", false, true }, { "(?:", false, true },
		{ "(?>", false, true }, { "(?|", false, true },
		{ "(?i:", false, true }, { "(?-i:", false, true },
		{ "(?s-m:", false, true }, { "(?x:", false, true },
		{ "(?^:", false, true }, { "(?=", false, false },
		{ "(?!", false, false }, { "(?<=", false, true },
		{ "(?<!", false, false }, { "(*atomic:", false, true },
		{ "(*sr:", false, true }, { "(?<n>", true, true },
		{ "(?P<m>", true, true }, { "(?(1)", false, true },
		{ "(?(?=a)", false, true }, { "(?(DEFINE)", false, false },
		{ "(?(R)", false, false }, { "(?(<n>)", false, true },
	};
	const struct opening *opening = &openings[w->posix ? 0 :
	    shape(w, sizeof(openings) / sizeof(openings[0]))];
	size_t sample = w->sample->n;
	unsigned group = 0;

	put(w, opening->text);
	if (opening->captures && w->groups < GROUPS_MAX)
		group = ++w->groups;
	walk_branches(w);
	put(w, ")");
	if (group > 0) {
		w->from[group] = sample;
		w->to[group] = w->sample->n;
	}
	if (!opening->kept && chance(w, 4) > 0)
		w->sample->n = sample;
}

static inline void
walk_reference(struct walk *w)
{
	static const char *const forms[] = {
		"\\%u", "\\g%u", "\\g{%u}", "(?%u)", "(?R)", "(?-1)", "\\k<n>",
		"(?&n)", "\\g{-1}", "(?P=m)", "(?P>m)", "\\g<1>", "(?+1)",
	};
	unsigned form = shape(w, sizeof(forms) / sizeof(forms[0]));
	unsigned group = 1 + shape(w, 3);

	putf(w, forms[form], group);
	if (form <= 2 && group <= w->groups)
		for (size_t i = w->from[group]; i < w->to[group] &&
		    w->to[group] <= w->sample->n; i++)
			say(w, (unsigned char)w->sample->p[i]);
}

static inline void
walk_atom(struct walk *w)
{
	unsigned what = shape(w, 20);

	if (w->bare && what < 8)
		what = 9 + what % 5;
	if (what < 9 || w->depth > 4)
		walk_literal(w);
	else if (what < 11)
		walk_class(w);
	else if (what < 14)
		walk_escape(w);
	else if (what < 18)
		walk_group(w);
	else if (what == 18 || w->posix)
		walk_anchor(w);
	else
		walk_reference(w);
}

/* The same atom once more, into the sample alone. */
static inline void
walk_again(struct walk *w, uint64_t shape_before, unsigned groups)
{
	uint64_t shape_after = w->shape;
	unsigned groups_after = w->groups;
	bool quiet = w->quiet;

	w->shape = shape_before;
	w->groups = groups;
	w->quiet = true;
	walk_atom(w);
	w->shape = shape_after;
	w->groups = groups_after;
	w->quiet = quiet;
}

static inline void
walk_repeated(struct walk *w)
{
	static const struct repeat {
		const char *text;
		unsigned least, more;
	} repeats[] = {
		{ "*", 0, 3 }, { "+", 1, 3 }, { "?", 0, 1 }, { "{2}", 2, 0 },
		{ "{1,}", 1, 2 }, { "{0,2}", 0, 2 }, { "{2,4}", 2, 2 },
		{ "{0}", 0, 0 }, { "{3}", 3, 0 }, { "{1,2}", 1, 1 },
		{ "{7}", 7, 0 }, { "{12}", 12, 0 }, { "{9,}", 9, 2 },
	};
	uint64_t before = w->shape;
	unsigned groups = w->groups, times;
	size_t sample = w->sample->n;
	const struct repeat *repeat;

	walk_atom(w);
	if (shape(w, 3) > 0)
		return;
	/* Long ones of long ones take their time, and in libc forever. */
	repeat = &repeats[shape(w, sizeof(repeats) / sizeof(repeats[0]) -
	    (w->posix || w->depth > 1 ? 3 : 0))];
	put(w, repeat->text);
	if (!w->posix && shape(w, 3) == 0)
		put(w, shape(w, 2) == 0 ? "?" : "+");
	times = repeat->least + chance(w, repeat->more + 1);
	if (times == 0)
		w->sample->n = sample;
	while (times-- > 1 && w->sample->n < SAMPLE_MAX)
		walk_again(w, before, groups);
}

static inline void
walk_branch(struct walk *w)
{
	unsigned n = shape(w, 12) == 0 ? 0 : 1 + shape(w, 4);

	for (unsigned i = 0; i < n; i++)
		walk_repeated(w);
}

/* Of several branches one gives its text. */
static void
walk_branches(struct walk *w)
{
	unsigned n = shape(w, 4) == 0 ? 2 + shape(w, 3) : 1;
	unsigned mine = chance(w, n);
	size_t from = w->sample->n;
	struct buf kept;

	buf_init(&kept, SAMPLE_MAX + 1);
	w->depth++;
	for (unsigned i = 0; i < n; i++) {
		if (i > 0)
			put(w, "|");
		w->sample->n = from;
		walk_branch(w);
		if (i == mine && w->sample->n > from)
			buf_add(&kept, span_make(w->sample->p + from,
			    w->sample->n - from));
	}
	w->depth--;
	w->sample->n = from;
	buf_add(w->sample, buf_span(&kept));
	buf_clear(&kept);
}

/*
 * The pattern of that shape, where pattern is not NULL, and one of its texts.
 */
static inline void
random_pattern(uint64_t of_shape, uint64_t of_chance, bool posix,
    struct buf *pattern, struct buf *sample)
{
	static const char *const starts[] = {
		"(*UTF)", "(*UCP)", "(*NO_START_OPT)", "(*CRLF)", "(*ANY)",
		"(*NO_JIT)", "(*NOTEMPTY)", "(*BSR_ANYCRLF)", "(*NUL)",
		"(*UTF)(*UCP)",
	};
	struct walk w = {
		.shape = of_shape, .chance = of_chance, .posix = posix,
		.pattern = pattern, .sample = sample, .quiet = pattern == NULL,
	};

	if (shape(&w, 30) == 0 && !posix)
		put(&w, starts[shape(&w, sizeof(starts) / sizeof(starts[0]))]);
	w.bare = shape(&w, 4) == 0;
	if (shape(&w, 5) == 0)
		put(&w, "^");
	walk_branches(&w);
	if (shape(&w, 8) == 0)
		put(&w, "$");
}

/*
 * The same, but plain words that are all of a text, or its end, as in tables
 * of addresses and domains; some of them are not quite that.
 */
static inline void
random_word(uint64_t of_shape, uint64_t of_chance, bool posix,
    struct buf *pattern, struct buf *sample)
{
	static const struct end {
		const char *pattern, *texts[3];
	} heads[] = {
		{ "^", { "", "", "" } }, { "^", { "", "", "" } },
		{ "^", { "", "", "x" } }, { "^(.*[.@])?", { "", "a@", "." } },
		{ "[.@]", { "a@", "x.", "." } }, { "", { "", "x", "@" } },
		{ "(^|[.@])", { "", "b@", "x" } }, { "^(ab|q)",
		{ "ab", "q", "Q" } },
	}, tails[] = {
		{ "$", { "", "\n", "" } }, { "$", { "", "\n", "\n\n" } },
		{ "$", { "", "\r\n", "x" } }, { "($)", { "", "\n", "" } },
		{ "$", { "", "*", "\n" } }, { "", { "", "x", "\n" } },
		{ "($|x)", { "", "x", "\n" } }, { "*$", { "", "*", "\n" } },
	};
	struct walk w = {
		.shape = of_shape, .chance = of_chance, .posix = posix,
		.pattern = pattern, .sample = sample, .quiet = pattern == NULL,
	};
	const struct end *head = &heads[shape(&w, 8)];
	const struct end *tail = &tails[shape(&w, 8)];

	put(&w, head->pattern);
	buf_add(sample, span_of(head->texts[chance(&w, 3)]));
	for (unsigned i = shape(&w, 4) + 1; i > 0; i--)
		walk_literal(&w);
	put(&w, tail->pattern);
	buf_add(sample, span_of(tail->texts[chance(&w, 3)]));
}

#endif

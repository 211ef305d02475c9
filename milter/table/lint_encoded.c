/*
 * lint_encoded - a pattern for a text as one sender has encoded it.
 *
 * Whoever sends a text chooses its encoding, and base64 of a text differs with
 * the place where it begins.  Told by what stands in a pattern as it is: the
 * start of an encoded word, or letters that decode to a text.
 */
#include "base/printable.h"
#include "table/lint_rules.h"

/* Shorter ones may be anything. */
#define RUN_MIN		16
#define RUN_MAX		2000
#define CONTENT_MIN	4
#define CHARSET_MIN	4

/* One character is up to four. */
#define ESCAPES_MIN	5

/* Bytes of a pattern that stand for themselves, one behind the other. */
struct run {
	char text[RUN_MAX];
	size_t n;
};

static void
decode(struct span text, struct buf *out)
{
	unsigned bits = 0, value = 0;

	for (size_t i = 0; i < text.n; i++) {
		value = value << 6 | (unsigned)ascii_base64(text.p[i]);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_addc(out, (char)(value >> bits));
			value &= (1U << bits) - 1;
		}
	}
}

/* Letters, digits and the marks between them: what people write. */
static bool
is_text(struct span text)
{
	size_t letters = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c < ' ' && c != '\n' && c != '\r' && c != '\t')
			return false;
		if (c > '~')
			return false;
		letters += ascii_alnum(c) || c == ' ';
	}
	return text.n >= RUN_MIN / 2 && letters * 4 >= text.n * 3;
}

/* What is decoded before it is looked up is never found so. */
static const char *
advice(const struct lint_run *run)
{
	return run->written->options.utf ? "which this list never sees "
	    "(write the decoded text)" : "and only one of the ways to encode "
	    "this text (write a rule for the decoded text)";
}

/* Twelve random bytes are a text once in a million times. */
static bool
say_base64(const struct lint_run *run, const struct written_rule *rule,
    struct span text)
{
	bool found = false;

	for (size_t skip = 0; skip < 4 && !found; skip++) {
		struct buf decoded, shown;

		buf_init(&decoded, RUN_MAX);
		buf_init(&shown, 2 * LINT_SHOWN);
		decode(span_skip(text, skip), &decoded);
		found = is_text(buf_span(&decoded));
		if (found) {
			lint_show(&shown, buf_span(&decoded));
			lint_say(run, LINT_ENCODED, rule->line, "\"%.*s\" is "
			    "\"%s\" in base64, as one of its spellings (write "
			    "a rule for the decoded text)", (int)(text.n <
			    LINT_SHOWN ? text.n : LINT_SHOWN), text.p,
			    buf_string(&shown));
		}
		buf_clear(&decoded);
		buf_clear(&shown);
	}
	return found;
}

/* Zero bytes as programs have them, among letters of both cases. */
static bool
is_binary(struct span text)
{
	size_t upper = 0, other = 0, zeros = 0, longest = 0;

	for (size_t i = 0; i < text.n; i++) {
		zeros = text.p[i] == 'A' ? zeros + 1 : 0;
		longest = zeros > longest ? zeros : longest;
		upper += text.p[i] >= 'A' && text.p[i] <= 'Z';
		other += text.p[i] > 'Z' || ascii_digit(text.p[i]);
	}
	return longest >= 4 && upper > longest && other > 0;
}

static bool
look_base64(const struct lint_run *run, const struct written_rule *rule,
    struct span text)
{
	while (text.n > 0) {
		size_t n = 0;
		struct span word;

		while (n < text.n && ascii_base64(text.p[n]) >= 0)
			n++;
		word = span_head(text, n);
		if (n >= RUN_MIN && say_base64(run, rule, word))
			return true;
		if (n + 4 >= RUN_MIN && is_binary(word)) {
			lint_say(run, LINT_ENCODED, rule->line, "\"%.*s\" is "
			    "base64 of a file that begins at this very place "
			    "(write a rule for the type of the attachment)",
			    (int)(n < LINT_SHOWN ? n : LINT_SHOWN), word.p);
			return true;
		}
		text = span_skip(text, n + 1);
	}
	return false;
}

static bool
is_hex(char c)
{
	int lower = ascii_lower((unsigned char)c);

	return ascii_digit(c) || (lower >= 'a' && lower <= 'f');
}

/* "=C3=A9=": quoted-printable. */
static size_t
count_escapes(struct span text)
{
	size_t n = 0;

	while (text.n >= 3 && text.p[0] == '=' && is_hex(text.p[1]) &&
	    is_hex(text.p[2])) {
		text = span_skip(text, 3);
		n++;
	}
	return n;
}

static bool
look_words(const struct lint_run *run, const struct written_rule *rule,
    struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		struct span rest = span_skip(text, i);
		bool marker = span_casestarts(rest, SPAN("?b?")) ||
		    span_casestarts(rest, SPAN("?q?"));

		if (span_casestarts(rest, SPAN("=?utf-8?")) ||
		    (marker && rest.n >= 3 + CONTENT_MIN)) {
			lint_say(run, LINT_ENCODED, rule->line, "\"%.*s\" is "
			    "of an encoded word, %s",
			    SPAN_ARG(span_head(rest, 40)), advice(run));
			return true;
		}
		if (count_escapes(rest) >= ESCAPES_MIN) {
			lint_say(run, LINT_ENCODED, rule->line, "\"%.*s\" is "
			    "quoted-printable, %s",
			    SPAN_ARG(span_head(rest, 40)), advice(run));
			return true;
		}
	}
	return false;
}

static bool
is_token(char c)
{
	return ascii_alnum((unsigned char)c) || c == '-' || c == '_';
}

/* "=?utf-8?B?" with question marks that repeat what stands before them. */
static bool
look_unescaped(const struct lint_run *run, const struct written_rule *rule)
{
	for (size_t i = 0; i < rule->pattern.n; i++) {
		struct span rest = span_skip(rule->pattern, i), end;
		size_t n = 2;

		if (!span_starts(rest, SPAN("=?")))
			continue;
		while (n < rest.n && is_token(rest.p[n]))
			n++;
		end = span_skip(rest, n);
		if (n < 2 + CHARSET_MIN)
			continue;
		if (span_casestarts(end, SPAN("?b?")) ||
		    span_casestarts(end, SPAN("?q?"))) {
			lint_say(run, LINT_ENCODED, rule->line, "\"%.*s\" is "
			    "an encoded word, but for its question marks, "
			    "which repeat here (write a rule for the decoded "
			    "text)", SPAN_ARG(span_head(rest, n + 3)));
			return true;
		}
	}
	return false;
}

/* True where something was found: once is enough for a rule. */
static bool
look(const struct lint_run *run, const struct written_rule *rule,
    const struct branch *branch, struct run *bytes)
{
	for (; branch != NULL; branch = branch->next) {
		const struct node *node = branch->first;

		do {
			bytes->n = 0;
			for (; node != NULL && node->literal &&
			    node_once(node) && bytes->n < RUN_MAX;
			    node = node->next)
				bytes->text[bytes->n++] = (char)node->byte;
			if (look_words(run, rule, span_make(bytes->text,
			    bytes->n)) || look_base64(run, rule,
			    span_make(bytes->text, bytes->n)))
				return true;
			if (node == NULL)
				break;
			if (look(run, rule, node->branches, bytes))
				return true;
			node = node->literal && node_once(node) ? node :
			    node->next;
		} while (node != NULL);
	}
	return false;
}

void
lint_encoded(const struct lint_run *run, const struct lint_pattern *pattern)
{
	struct run bytes = { .n = 0 };

	if (!lint_wanted(run, LINT_ENCODED, pattern->rule->line) ||
	    look_unescaped(run, pattern->rule))
		return;
	if (pattern->tree != NULL)
		look(run, pattern->rule, pattern->tree, &bytes);
}

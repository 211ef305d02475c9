/* written - the rules of a table as they are written.  See written.h. */
#include "table/written.h"

#include <stdlib.h>

#include "table/braces.h"
#include "table/expand.h"
#include "table/pattern.h"
#include "table/pcre.h"
#include "table/syntax.h"

static const struct {
	struct span type;
	enum written_kind kind;
} types[] = {
	{ SPAN_INIT("pcre"), WRITTEN_PCRE },
	{ SPAN_INIT("regexp"), WRITTEN_REGEXP },
	{ SPAN_INIT("cidr"), WRITTEN_CIDR },
	{ SPAN_INIT("hash"), WRITTEN_KEYS },
	{ SPAN_INIT("texthash"), WRITTEN_KEYS },
	{ SPAN_INIT("btree"), WRITTEN_KEYS },
	{ SPAN_INIT("cdb"), WRITTEN_KEYS },
	{ SPAN_INIT("lmdb"), WRITTEN_KEYS },
	{ SPAN_INIT("inline"), WRITTEN_KEYS },
};

#define TYPES	(sizeof(types) / sizeof(types[0]))

/* The words that results begin with are in capitals, or should be. */
static bool
like_action(struct span text)
{
	size_t n = 0;

	while (n < text.n && ((text.p[n] >= 'A' && text.p[n] <= 'Z') ||
	    text.p[n] == '_'))
		n++;
	return n > 1 && (n == text.n || ascii_space((unsigned char)text.p[n]));
}

static bool
one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/*
 * A continuation that is a rule with another delimiter than '/', which the
 * table's own reader is sure about.
 */
static bool
suspects(struct span text)
{
	size_t end, n;

	while (text.n > 0 && (text.p[0] == '!' ||
	    ascii_blank((unsigned char)text.p[0])))
		text = span_skip(text, 1);
	if (text.n < 3 || !one_of(text.p[0], "|%#@,;:'\"~=+"))
		return false;
	end = span_find(span_skip(text, 1), text.p[0]) + 1;
	if (end < 2 || end >= text.n)
		return false;
	for (n = end + 1; n < text.n && one_of(text.p[n], PCRE_FLAGS);)
		n++;
	text = span_skip(text, n);
	return text.n > 0 && ascii_blank((unsigned char)text.p[0]) &&
	    like_action(nesting_skip_space(text));
}

/* What is read, and how its complaints are named, as table_open() has it. */
static bool
begin(struct written *written, struct span name)
{
	struct span type = span_head(name, span_find(name, ':'));
	bool known = false;
	const char *rest;

	for (size_t i = 0; i < TYPES; i++) {
		if (!span_equal(types[i].type, type))
			continue;
		written->kind = types[i].kind;
		known = true;
	}
	if (!known || type.n + 1 >= name.n ||
	    span_find(name, '\0') < name.n ||
	    (written->name = strndup(name.p, name.n)) == NULL)
		return false;
	rest = written->name + type.n + 1;
	written->load = (struct load){
		.name = span_of(rest), .table = written->name,
		.options = &written->options, .sources = &written->sources,
		.complaints = &written->unheard,
		.in_name = rest[0] == '{' || span_equal(type, SPAN("inline")),
	};
	written->load.file = written->load.in_name ? written->name : rest;
	return true;
}

/* The pairs of inline: lie in its name. */
static bool
read_text(struct written *written)
{
	struct load *load = &written->load;
	const char *why;

	if (load->in_name && written->kind == WRITTEN_KEYS)
		return braces_strip(load->name, &written->pairs, &why);
	if (!load_text(load, &written->text) ||
	    !notes_read(buf_span(&written->text), &written->notes))
		return false;
	allowed_take(&written->allowed, &written->notes);
	buf_init(&written->joined, written->text.n + 1);
	buf_add(&written->joined, buf_span(&written->text));
	buf_string(&written->joined);
	written->lines = (struct logical){
		.p = written->joined.p, .n = written->joined.n,
		.suspects = written->kind == WRITTEN_PCRE ||
		    written->kind == WRITTEN_REGEXP ? suspects : NULL,
	};
	return !written->joined.cut;
}

bool
written_open(struct written *written, struct span name,
    const struct table_options *options)
{
	*written = (struct written){ .options = *options };
	sources_init(&written->sources);
	complaints_init(&written->unheard);
	if (begin(written, name) && read_text(written))
		return true;
	written_close(written);
	return false;
}

void
written_close(struct written *written)
{
	nesting_clear(&written->nesting);
	notes_clear(&written->notes);
	allowed_clear(&written->allowed);
	buf_clear(&written->joined);
	buf_clear(&written->text);
	sources_clear(&written->sources);
	complaints_clear(&written->unheard);
	free(written->name);
	written->name = NULL;
}

/* A result that Postfix would skip the rule for. */
static bool
result_is_sound(struct span result, struct written_rule *rule,
    uint32_t pattern_has)
{
	unsigned groups = 0;
	struct buf why;
	bool sound;

	buf_init(&why, 200);
	sound = expand_check(result, &groups, &why);
	buf_clear(&why);
	rule->substitutes = groups > 0;
	return sound && groups <= pattern_has && result.n > 0 &&
	    (groups == 0 || !rule->negated);
}

/* As pcre_read.c and regexp_read.c take them: each turns its option. */
static bool
read_flags(struct span flags, const char *known, uint32_t *options_r)
{
	*options_r = PCRE2_CASELESS | PCRE2_DOTALL;
	for (; flags.n > 0; flags = span_skip(flags, 1)) {
		if (!one_of(flags.p[0], known))
			return false;
		*options_r ^= pcre_option(flags.p[0]);
	}
	return true;
}

/* Its groups; false where it is no pattern. */
static bool
compiles(const struct written_rule *rule, uint32_t *groups_r)
{
	size_t offset;
	int error;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)rule->pattern.p,
	    rule->pattern.n, rule->options, &error, &offset, NULL);

	*groups_r = 0;
	if (code == NULL)
		return false;
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, groups_r);
	pcre2_code_free(code);
	return true;
}

static void
read_pattern(struct written *written, struct span rest,
    struct written_rule *rule)
{
	const bool posix = written->kind == WRITTEN_REGEXP;
	const struct pattern_syntax syntax = {
		.flags = posix ? "imx" : PCRE_FLAGS, .takes_two = posix,
	};
	const struct statement_reader reader = {
		.load = &written->load, .line = rule->line
	};
	struct pattern pattern;
	uint32_t groups = UINT16_MAX;

	if (!pattern_take(&reader, &syntax, "", &rest, &pattern) ||
	    !read_flags(pattern.flags, syntax.flags, &rule->options))
		return;
	if (written->options.utf && !posix)
		rule->options |= PCRE2_UTF | PCRE2_UCP;
	rule->negated = pattern.negated;
	rule->pattern = pattern.text;
	/* Of two patterns neither says alone what the rule finds. */
	rule->sound = posix ? rest.n == 0 || rest.p[0] != '!' :
	    compiles(rule, &groups);
	rest = nesting_skip_space(rest);
	if (!rule->is_if && !result_is_sound(rest, rule, groups))
		rule->sound = false;
}

static void
read_network(struct span rest, struct written_rule *rule)
{
	size_t n = 0;

	for (; rest.n > 0 && (rest.p[0] == '!' || ascii_space(
	    (unsigned char)rest.p[0])); rest = span_skip(rest, 1))
		if (rest.p[0] == '!')
			rule->negated = !rule->negated;
	while (n < rest.n && !ascii_space((unsigned char)rest.p[n]))
		n++;
	rule->pattern = span_head(rest, n);
	rule->sound = network_parse(rule->pattern, &rule->network) == NULL &&
	    (rule->is_if || span_trim(span_skip(rest, n)).n > 0);
}

/* As hash: has it: up to the first white space outside of quotes. */
static void
read_key(struct span text, struct written_rule *rule)
{
	bool quoted = false;
	size_t n = 0;

	for (; n < text.n; n++) {
		if (text.p[n] == '\\')
			n++;
		else if (text.p[n] == '"')
			quoted = !quoted;
		else if (!quoted && ascii_space((unsigned char)text.p[n]))
			break;
	}
	rule->pattern = span_head(text, n);
	rule->sound = !quoted && n > 0 && n < text.n;
}

/* False for ENDIF, and for what is no statement. */
static bool
read_statement(struct written *written, struct span text,
    struct written_rule *rule)
{
	size_t opened;

	if (nesting_word(text, SPAN("endif"))) {
		if (!nesting_pop(&written->nesting, &opened) ||
		    text.n > sizeof("endif") - 1)
			written->amiss = true;
		return false;
	}
	rule->is_if = nesting_word(text, SPAN("if"));
	if (rule->is_if)
		text = span_skip(text, 2);
	rule->parent = written->nesting.depth > 0 ?
	    written->nesting.open[written->nesting.depth - 1] : WRITTEN_NONE;
	if (written->kind == WRITTEN_CIDR)
		read_network(text, rule);
	else
		read_pattern(written, text, rule);
	if (rule->is_if && (!rule->sound || !nesting_push(&written->nesting,
	    rule->number)))
		written->amiss = true;
	return true;
}

/* "key=value" or "{ key = value }" of inline: */
static bool
next_pair(struct written *written, struct written_rule *rule)
{
	struct span word;
	const char *why;

	if (!braces_word(&written->pairs, &word))
		return false;
	if (word.n > 0 && word.p[0] == '{' &&
	    !braces_strip(word, &word, &why))
		return true;
	rule->pattern = span_trim(span_head(word, span_find(word, '=')));
	rule->sound = rule->pattern.n > 0;
	rule->number = written->number++;
	return true;
}

bool
written_next(struct written *written, struct written_rule *rule_r)
{
	struct logical_line line;

	*rule_r = (struct written_rule){ .parent = WRITTEN_NONE };
	if (written->pairs.p != NULL)
		return next_pair(written, rule_r);
	while (logical_next(&written->lines, &line)) {
		*rule_r = (struct written_rule){
			.parent = WRITTEN_NONE, .line = line.line,
			.number = written->number, .suspect = line.suspect,
		};
		if (line.indented || line.text.n == 0)
			continue;
		if (written->kind == WRITTEN_KEYS)
			read_key(line.text, rule_r);
		else if (!read_statement(written, line.text, rule_r))
			continue;
		written->number++;
		return true;
	}
	return false;
}

/*
 * The lints, and their reader of patterns.
 *
 *	TYPE USES PARENTS DELIMITERS	(three letters, then the set)
 *	KEY<TAB>KEY...
 *	the table's text
 *
 * A rule that is said to be covered is never the one that is found; a key that
 * is said never to be asked for is not found by the list that the table stands
 * in; what is a pattern of a few texts matches nothing else.
 */
#include "base/region.h"
#include "base/network.h"
#include "fuzz.h"
#include "message/address.h"
#include "policy/lint_keys.h"
#include "table/lint_form.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

#define REGION_MAX	((size_t)64 << 20)

/* One of them takes a million steps and more for every text that is tried. */
#define BACKTRACKING_MAX	60

static const char *const names[] = {
	"pcre:table", "regexp:table", "cidr:table", "hash:table",
	"pcre:", "inline:",
};

static const unsigned uses[] = {
	1U << ACCESS_CLIENT, 1U << ACCESS_REVERSE_CLIENT, 1U << ACCESS_HELO,
	1U << ACCESS_LOGIN, 1U << ACCESS_SENDER, 1U << ACCESS_RECIPIENT,
	1U << ACCESS_HEADER_FROM, 1U << ACCESS_REPLY_TO,
	1U << ACCESS_HELO | 1U << ACCESS_RECIPIENT,
	LINT_USE_NETWORKS, LINT_USE_HEADER, LINT_USE_MIME, LINT_USE_NESTED,
	LINT_USE_BODY, LINT_USE_HEADER | LINT_USE_BODY, LINT_USE_OTHER,
};

static struct scratch_pool *pool;

struct linted {
	struct table *table;		/* NULL: something is wrong with it */
	struct complaints warnings;
	struct lint_keys keys;
};

/* Is there such a warning about the rule in this line? */
static bool
warned(const struct linted *linted, const char *lint, unsigned line)
{
	for (size_t i = 0; i < linted->warnings.n; i++)
		if (linted->warnings.list[i].line == line && span_ends(
		    span_of(linted->warnings.list[i].text), span_of(lint)))
			return true;
	return false;
}

static void
check_rule(const struct linted *linted, const struct match *match,
    const char *lint)
{
	struct rule rule;

	table_rule(linted->table, match->rule, &rule);
	/* Pairs of inline: all stand in line 0. */
	if (rule.line > 0)
		MUST(!warned(linted, lint, rule.line));
}

/* No labels that are empty, and a last one that is no number. */
static bool
is_host(struct span name)
{
	size_t label = 0;
	bool digits = true;

	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c == '.' && label == 0)
			return false;
		if (c == '.') {
			label = 0;
			digits = true;
			continue;
		}
		if (!ascii_alnum(c) && c != '-' && c != '_' && c < 0x80)
			return false;
		label++;
		digits = digits && ascii_digit(c);
	}
	return label > 0 && !digits;
}

/* Do mail servers give us the like? */
static bool
is_given(enum access_class class, struct span name)
{
	struct span local, domain;

	switch (class) {
	case ACCESS_CLIENT:
	case ACCESS_REVERSE_CLIENT:
	case ACCESS_HELO:
		return is_host(name);
	case ACCESS_LOGIN:
		return true;
	default:
		return name.n == 0 || (address_split(name, &local, &domain) &&
		    local.n > 0 && !span_equal(local, SPAN("*")) &&
		    is_host(domain));
	}
}

/* As all the lists of its class ask for it. */
static void
ask_class(const struct linted *linted, enum access_class class,
    struct span name)
{
	const struct access_key *key;
	struct access_keys keys;
	struct match match;
	char address[NETWORK_TEXT] = "192.0.2.1";
	struct network network;

	if (address_parse(name, &network) && (class == ACCESS_CLIENT ||
	    class == ACCESS_REVERSE_CLIENT)) {
		network_format(&network, address);
		name = SPAN("unknown");
	} else if (!is_given(class, name)) {
		return;
	}
	/* No client has such an address: see session. */
	if (span_casestarts(span_of(address), SPAN("::ffff:")))
		return;
	region_reset(linted->keys.region);
	keys = access_keys(class, linted->keys.style, name,
	    span_of(address), linted->keys.region);
	match_init(&match, pool);
	if (access_find(linted->table, &keys, &match, &key) == ANSWER_HIT &&
	    !key->idn)
		check_rule(linted, &match, "[never-asked]");
	match_clear(&match);
}

/* A rule before it that met a limit would have been the one. */
static void
ask(const struct linted *linted, struct span key)
{
	struct match match;

	match_init(&match, pool);
	if (table_find(linted->table, key, &match) == ANSWER_HIT &&
	    match.limited == 0)
		check_rule(linted, &match, "[covered]");
	match_clear(&match);
	for (int i = 0; i < ACCESS_CLASSES; i++)
		if (linted->keys.uses == 1U << i)
			ask_class(linted, (enum access_class)i, key);
}

static void
check_tree(const struct branch *branch, size_t from, size_t to)
{
	for (; branch != NULL; branch = branch->next) {
		size_t at = from;

		for (const struct node *node = branch->first; node != NULL;
		    node = node->next) {
			/* What stands for a flag has no place. */
			if (node->to > 0) {
				MUST(node->from >= at && node->to <= to);
				MUST(node->from < node->to);
				check_tree(node->branches, node->from,
				    node->to);
				at = node->to;
			}
			MUST(node->min <= node->max);
		}
	}
}

/* What pcre2_match() says; no pattern that PCRE2 does not take is sound. */
static int
match_of(const struct written_rule *rule, struct span text)
{
	size_t offset;
	int error, got;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)rule->pattern.p,
	    rule->pattern.n, rule->options, &error, &offset, NULL);
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	pcre2_match_context *context = pcre2_match_context_create(NULL);

	MUST(code != NULL && data != NULL && context != NULL);
	pcre2_set_match_limit(context, 100000);
	got = pcre2_match(code, (PCRE2_SPTR)text.p, text.n, 0, 0, data,
	    context);
	pcre2_match_context_free(context);
	pcre2_match_data_free(data);
	pcre2_code_free(code);
	return got;
}

static bool
among_literals(struct lint_literals list, struct span key)
{
	struct span literal;

	while (lint_literals_next(&list, &literal))
		if (span_caseequal(literal, key))
			return true;
	return false;
}

static void
check_pattern(const struct written *written, const struct written_rule *rule,
    struct span keys, struct region *region)
{
	bool posix = written->kind == WRITTEN_REGEXP;
	const struct branch *tree = syntax_read(rule->pattern, rule->options |
	    (posix ? SYNTAX_POSIX : 0), region);
	struct lint_literals list;
	bool all = false, literal;

	if (tree == NULL)
		return;
	check_tree(tree, 0, rule->pattern.n);
	literal = lint_literals_begin(written, rule, region, &list);
	for (const struct form *form = forms_of(tree, region); form != NULL;
	    form = form->next)
		all = all || (form->exact && form_matches_all(form));
	while (!posix && (all || literal) && keys.n > 0) {
		struct span key = fuzz_until(&keys, '\t');
		int got = key.n > 0 ? match_of(rule, key) : 0;

		if (all)
			MUST(got != PCRE2_ERROR_NOMATCH);
		/* Some also match in front of a line feed. */
		if (span_ends(key, SPAN("\n")))
			key.n--;
		if (literal && key.n > 0 && got >= 0)
			MUST(among_literals(list, key));
	}
}

static void
check_patterns(struct span name, const struct table_options *options,
    struct span keys, struct region *region)
{
	struct written written;
	struct written_rule rule;

	if (!written_open(&written, name, options))
		return;
	while (written_next(&written, &rule)) {
		region_reset(region);
		if (written.kind == WRITTEN_PCRE ||
		    written.kind == WRITTEN_REGEXP)
			if (rule.sound)
				check_pattern(&written, &rule, keys, region);
	}
	written_close(&written);
}

static void
open_table(struct span name, const struct table_options *options,
    struct linted *linted)
{
	struct complaints complaints;
	struct sources sources;

	sources_init(&sources);
	complaints_init(&complaints);
	linted->table = table_open(name, options, &sources, &complaints);
	if (complaints.errors > 0)
		table_free(&linted->table);
	complaints_clear(&complaints);
	sources_clear(&sources);
}

static void
check(struct span name, struct linted *linted, struct span keys)
{
	const struct table_options options = {
		.match_limit = 2000, .depth_limit = 500, .heap_limit = 500,
		.file = "conf", .line = 1,
	};
	unsigned wanted = LINT_ALL;

	if (name.n > BACKTRACKING_MAX ||
	    fuzz_files[0].text.n > BACKTRACKING_MAX)
		wanted &= ~(1U << LINT_BACKTRACKING);
	complaints_init(&linted->warnings);
	open_table(name, &options, linted);
	lint_table(name, &options, wanted, &linted->warnings);
	lint_keys(&linted->keys, name, &options, wanted, &linted->warnings);
	MUST(linted->warnings.errors == 0);
	check_patterns(name, &options, keys, linted->keys.region);
	while (linted->table != NULL && keys.n > 0) {
		struct span key = fuzz_copy(fuzz_until(&keys, '\t'));

		ask(linted, key);
		fuzz_free(key);
	}
	complaints_clear(&linted->warnings);
	table_free(&linted->table);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_make((const char *)data, size);
	const char *type = names[fuzz_choice(&rest, COUNT(names))];
	struct access_style style = { .null_key = SPAN_INIT("<>") };
	struct region region;
	struct linted linted = { .keys = { .style = &style,
	    .region = &region } };
	struct span keys;
	struct buf name;

	linted.keys.uses = uses[fuzz_choice(&rest, COUNT(uses))];
	style.parents = fuzz_choice(&rest, 2) == 1;
	style.delimiter = fuzz_line(&rest);
	keys = fuzz_line(&rest);
	if (fuzz_too_much_for_libc(type, rest))
		return 0;
	if (pool == NULL)
		MUST((pool = scratch_pool_new()) != NULL);
	fuzz_files[0] = (struct fuzz_file){ "table", rest };
	region_init(&region, REGION_MAX);
	buf_init(&name, size + 100);
	buf_add(&name, span_of(type));
	if (span_ends(span_of(type), SPAN(":")))
		buf_add(&name, rest);
	check(buf_span(&name), &linted, keys);
	buf_clear(&name);
	region_clear(&region);
	return 0;
}

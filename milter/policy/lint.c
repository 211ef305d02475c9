/* lint - what is right in a configuration's tables, but hardly meant. */
#include "policy/lint.h"

#include <stdlib.h>

#include "policy/conf.h"
#include "policy/lint_keys.h"
#include "policy/settings.h"
#include "table/braces.h"

/* The keys of one rule. */
#define KEYS_MAX	((size_t)4 << 20)

/* Tables within tables; more are passed over. */
#define DEPTH_MAX	8

/* What a list of tables is asked for; of others, nothing is said. */
static const struct {
	const char *setting;
	unsigned uses;
} lists[] = {
	{ "client_access", 1U << ACCESS_CLIENT },
	{ "reverse_client_access", 1U << ACCESS_REVERSE_CLIENT },
	{ "helo_access", 1U << ACCESS_HELO },
	{ "login_access", 1U << ACCESS_LOGIN },
	{ "sender_access", 1U << ACCESS_SENDER },
	{ "recipient_access", 1U << ACCESS_RECIPIENT },
	{ "header_from_access", 1U << ACCESS_HEADER_FROM },
	{ "reply_to_access", 1U << ACCESS_REPLY_TO },
	{ "link_domain_access", 1U << ACCESS_LINK_DOMAIN },
	{ "message_size_access", 1U << ACCESS_CLIENT | 1U << ACCESS_SENDER |
	    1U << ACCESS_RECIPIENT },
	{ "exempt.recipients", 1U << ACCESS_RECIPIENT },
	{ "mynetworks", LINT_USE_NETWORKS },
	{ "trusted_relays", LINT_USE_NETWORKS },
	{ "header_checks", LINT_USE_HEADER },
	{ "mime_header_checks", LINT_USE_MIME },
	{ "nested_header_checks", LINT_USE_NESTED },
	{ "body_checks", LINT_USE_BODY },
};

/* Those whose keys are UTF-8. */
static const char *const decoded[] = {
	"decoded_header_checks", "text_checks", "hidden_text_checks",
	"attachment_checks",
};

/* A table, where it is named first, and all that it is asked for. */
struct named {
	struct span name;
	const struct conf_item *item;
	unsigned uses;
	bool utf;		/* its keys are UTF-8 */
	enum lint_asked asked;
};

struct linter {
	const struct conf *conf;
	struct named *tables;
	size_t n, room;
};

static unsigned
uses_of(const char *setting)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strcmp(lists[i].setting, setting) == 0)
			return lists[i].uses;
	return LINT_USE_OTHER;
}

static bool
is_decoded(const char *setting)
{
	for (size_t i = 0; i < sizeof(decoded) / sizeof(decoded[0]); i++)
		if (strcmp(decoded[i], setting) == 0)
			return true;
	return false;
}

static void
add(struct linter *linter, const struct named *new)
{
	for (size_t i = 0; i < linter->n; i++) {
		struct named *old = &linter->tables[i];

		if (!span_equal(old->name, new->name) ||
		    old->utf != new->utf)
			continue;
		old->uses |= new->uses;
		if (old->asked != new->asked)
			old->uses |= LINT_USE_OTHER;
		return;
	}
	if (linter->n == linter->room) {
		size_t room = linter->room * 2 + 16;
		struct named *tables = reallocarray(linter->tables, room,
		    sizeof(*tables));

		if (tables == NULL)
			return;
		linter->tables = tables;
		linter->room = room;
	}
	linter->tables[linter->n++] = *new;
}

/* False where it is no table of tables. */
static bool
members_of(struct span name, struct span *members_r)
{
	const char *why;

	if (!span_starts(name, SPAN("pipemap:")) &&
	    !span_starts(name, SPAN("unionmap:")))
		return false;
	if (!braces_strip(span_skip(name, span_find(name, ':') + 1),
	    members_r, &why))
		*members_r = SPAN("");
	return true;
}

/* What table_takes_parts() would say of it. */
static enum lint_asked
asked_of(struct span name)
{
	struct span members, first;

	for (unsigned depth = 0; members_of(name, &members); name = first)
		if (depth++ == DEPTH_MAX || !braces_word(&members, &first))
			return LINT_ASKED_WHOLE;
	return span_starts(name, SPAN("pcre:")) ||
	    span_starts(name, SPAN("regexp:")) ||
	    span_starts(name, SPAN("cidr:")) ||
	    span_starts(name, SPAN("fail:")) ? LINT_ASKED_WHOLE :
	    LINT_ASKED_PARTS;
}

/*
 * The tables of a unionmap are asked for parts of keys, or not, as the first
 * one has it; those of a pipemap, what the one before has answered, of which
 * nothing is known.  Neither are fields and lines in lower case, as a unionmap
 * may ask for.
 */
static void
add_table(struct linter *linter, struct named table, unsigned depth)
{
	bool piped = span_starts(table.name, SPAN("pipemap:"));
	struct span members;

	if (!members_of(table.name, &members)) {
		add(linter, &table);
		return;
	}
	if (depth == 0)
		return;
	if (!piped && table.asked == LINT_ASKED_AS_TYPE)
		table.asked = asked_of(table.name);
	if ((table.uses & LINT_USE_CHECKS) != 0)
		table.uses = LINT_USE_OTHER;
	while (braces_word(&members, &table.name)) {
		add_table(linter, table, depth - 1);
		if (piped)
			table.uses = LINT_USE_OTHER;
	}
}

static void
collect(struct linter *linter)
{
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings[i];
		const struct conf_list *list;

		if (setting->type != SETTING_LIST)
			continue;
		list = (const struct conf_list *)(const void *)
		    ((const char *)linter->conf + setting->offset);
		for (size_t k = 0; k < list->n; k++) {
			struct named named = {
				.name = list->items[k].text,
				.item = &list->items[k],
				.uses = uses_of(setting->name),
				.utf = is_decoded(setting->name),
				.asked = LINT_ASKED_AS_TYPE,
			};

			while (named.name.n > 0 && named.name.p[0] == '!')
				named.name = span_trim(span_skip(named.name,
				    1));
			add_table(linter, named, DEPTH_MAX);
		}
	}
}

static void
lint_all(const struct linter *linter, unsigned wanted,
    struct complaints *complaints)
{
	const struct conf *conf = linter->conf;
	const struct access_style style = {
		.parents = conf->parent_domain_matches_subdomains,
		.delimiter = conf->recipient_delimiter,
		.null_key = conf->null_access_lookup_key,
	};
	struct region region;

	region_init(&region, KEYS_MAX);
	for (size_t i = 0; i < linter->n; i++) {
		const struct named *named = &linter->tables[i];
		const struct lint_keys keys = {
			named->uses, named->asked, &style, &region
		};
		const struct table_options options = {
			.utf = named->utf,
			.folder = conf->folder,
			.file = named->item->file,
			.line = named->item->line,
		};

		lint_table(named->name, &options, wanted, complaints);
		lint_keys(&keys, named->name, &options, wanted, complaints);
	}
	region_clear(&region);
}

void
policy_lint(const char *file, bool all, struct complaints *complaints)
{
	struct conf conf;
	struct sources sources;
	struct complaints unheard;
	struct linter linter = { .conf = &conf };

	sources_init(&sources);
	complaints_init(&unheard);
	conf_read(&conf, file, &sources, &unheard);
	if (conf.places != NULL)
		collect(&linter);
	lint_all(&linter, all ? LINT_ALL : LINT_QUICK, complaints);
	free(linter.tables);
	conf_clear(&conf);
	complaints_clear(&unheard);
	sources_clear(&sources);
}

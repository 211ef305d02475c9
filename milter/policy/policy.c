/* policy - the compiled whole of configuration and tables.  See policy.h. */
#include "policy/policy.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/printable.h"
#include "base/spool.h"
#include "policy/rules.h"
#include "table/table_tests.h"

/* Names, lists and networks; the tables themselves are not counted here. */
#define POLICY_MAX	((size_t)64 << 20)

/*
 * So many patterns are tried for the tests in tables when a policy is loaded:
 * about a second's worth, all tests of some 2,000 rules.
 */
#define LOAD_TRIALS	((size_t)10 * 1000 * 1000)

/* A TYPE:NAME that was opened, whether that went well or not. */
struct opened {
	struct span name;
	bool utf;		/* for keys that are UTF-8 */
	struct table *table;	/* NULL: complained about already */
	unsigned checked;	/* uses that its rules were checked for */
};

struct builder {
	struct policy *policy;
	struct complaints *complaints;
	struct opened *opened;
	size_t nopened;
	struct table_tests tests;
};

static const struct conf_list *
access_list(const struct conf *conf, enum access_class class)
{
	const struct conf_list *const lists[ACCESS_CLASSES] = {
		[ACCESS_CLIENT] = &conf->client_access,
		[ACCESS_REVERSE_CLIENT] = &conf->reverse_client_access,
		[ACCESS_HELO] = &conf->helo_access,
		[ACCESS_LOGIN] = &conf->login_access,
		[ACCESS_SENDER] = &conf->sender_access,
		[ACCESS_RECIPIENT] = &conf->recipient_access,
		[ACCESS_HEADER_FROM] = &conf->header_from_access,
		[ACCESS_REPLY_TO] = &conf->reply_to_access,
		[ACCESS_LINK_DOMAIN] = &conf->link_domain_access,
	};

	return lists[class];
}

static const struct conf_list *
header_list(const struct conf *conf, enum header_list list)
{
	return list == HEADER_PRIMARY ? &conf->header_checks :
	    list == HEADER_MIME ? &conf->mime_header_checks :
	    &conf->nested_header_checks;
}

/* Room for every table that the configuration can name. */
static size_t
count_items(const struct conf *conf)
{
	size_t n = conf->mynetworks.n + conf->trusted_relays.n +
	    conf->message_size_access.n + conf->exempt_recipients.n +
	    conf->body_checks.n + conf->decoded_header_checks.n +
	    conf->text_checks.n + conf->hidden_text_checks.n +
	    conf->link_checks.n + conf->attachment_checks.n;

	for (int class = 0; class < ACCESS_CLASSES; class++)
		n += access_list(conf, (enum access_class)class)->n;
	for (int list = 0; list < HEADER_LISTS; list++)
		n += header_list(conf, (enum header_list)list)->n;
	return n;
}

/* Tests of a table that is not to be used would only repeat why. */
static void
run_tests(struct builder *builder, const struct table *table,
    const struct table_options *options)
{
	size_t before = builder->tests.not_run;

	table_tests_run(table, options, &builder->tests,
	    builder->complaints);
	if (builder->tests.not_run > before)
		complain(builder->complaints, COMPLAINT_WARNING, options->file,
		    options->line, "%s: %zu tests in it are not run at load, "
		    "since they would take long; postern check runs all",
		    table_name(table), builder->tests.not_run - before);
}

static struct opened *
open_table(struct builder *builder, struct span name,
    const struct conf_item *item, bool utf)
{
	struct policy *policy = builder->policy;
	const struct conf *conf = &policy->conf;
	struct table_options options = {
		.compatible = conf->compatible_tables,
		.match_limit = (uint32_t)conf->match_limit,
		.depth_limit = (uint32_t)conf->match_depth_limit,
		.heap_limit = (uint32_t)conf->match_heap_limit,
		.limit_is_error =
		    conf->on_match_limit == MATCH_LIMIT_TEMPFAIL,
		.utf = utf,
		.folder = conf->folder,
		.file = item->file,
		.line = item->line,
	};
	size_t errors = builder->complaints->errors;
	struct opened *opened;

	for (size_t i = 0; i < builder->nopened; i++)
		if (span_equal(builder->opened[i].name, name) &&
		    builder->opened[i].utf == utf)
			return &builder->opened[i];
	opened = &builder->opened[builder->nopened++];
	opened->name = name;
	opened->utf = utf;
	opened->table = table_open(name, &options, &policy->sources,
	    builder->complaints);
	if (opened->table != NULL)
		policy->tables[policy->ntables++] = opened->table;
	if (opened->table != NULL && builder->complaints->errors == errors)
		run_tests(builder, opened->table, &options);
	return opened;
}

static bool
is_decoded(enum rules_use use)
{
	return use == RULES_DECODED_HEADER || use == RULES_TEXT ||
	    use == RULES_ATTACHMENT;
}

/* The tables of one list, each rule's result looked at once for each use. */
static void
build_maps(struct builder *builder, const struct conf_list *list,
    const char *name, enum rules_use use, struct maps *maps)
{
	struct policy *policy = builder->policy;

	if (list->n == 0)
		return;
	maps->tables = region_alloc(&policy->region,
	    list->n * sizeof(*maps->tables));
	for (size_t i = 0; i < list->n && maps->tables != NULL; i++) {
		const struct conf_item *item = &list->items[i];
		struct opened *opened = open_table(builder, item->text, item,
		    is_decoded(use));

		if (opened->table == NULL)
			continue;
		if ((opened->checked & 1U << use) == 0)
			rules_check(opened->table, use, name, item,
			    policy->conf.compatible_tables,
			    builder->complaints);
		opened->checked |= 1U << use;
		maps->tables[maps->n++] = opened->table;
	}
}

/* TYPE:NAME, as opposed to an IPv6 address without brackets. */
static bool
names_table(struct span text)
{
	struct span type = span_head(text, span_find(text, ':'));

	for (size_t i = 0; i < type.n; i++)
		if (!ascii_alnum((unsigned char)type.p[i]) &&
		    type.p[i] != '_' && type.p[i] != '-')
			return false;
	return type.n > 0 && type.n < text.n;
}

/* What is no network is said with what would be. */
static void
refuse_network(struct builder *builder, const char *name,
    const struct conf_item *item, const struct network *meant,
    const char *wrong)
{
	char right[NETWORK_TEXT] = "192.0.2.0/24";
	bool known = meant->bits < meant->size * 8;
	struct buf found;

	if (known)
		network_format(meant, right);
	buf_init(&found, 128);
	printable_add(&found, item->text, 60);
	if (item->text.p[0] == '/')
		complain(builder->complaints, COMPLAINT_ERROR, item->file,
		    item->line, "%s: \"%s\" is a file (write \"cidr:%s\")",
		    name, buf_string(&found), buf_string(&found));
	else
		complain(builder->complaints, COMPLAINT_ERROR, item->file,
		    item->line, "%s: \"%s\": %s (write \"%s\")", name,
		    buf_string(&found), wrong, right);
	buf_clear(&found);
}

static void
build_networks(struct builder *builder, const struct conf_list *list,
    const char *name, struct networks *networks)
{
	if (list->n == 0)
		return;
	networks->items = region_alloc(&builder->policy->region,
	    list->n * sizeof(*networks->items));
	for (size_t i = 0; i < list->n && networks->items != NULL; i++) {
		const struct conf_item *item = &list->items[i];
		struct network_item built = { .except = false };
		struct span text = item->text;
		const char *wrong;

		while (text.n > 0 && text.p[0] == '!') {
			built.except = !built.except;
			text = span_trim(span_skip(text, 1));
		}
		wrong = network_parse(text, &built.network);
		if (wrong != NULL && names_table(text)) {
			built.table = open_table(builder, text, item,
			    false)->table;
			if (built.table == NULL)
				continue;
		} else if (wrong != NULL) {
			refuse_network(builder, name, item, &built.network,
			    wrong);
			continue;
		}
		networks->items[networks->n++] = built;
	}
}

static void
build_access(struct builder *builder)
{
	struct policy *policy = builder->policy;
	const struct conf *conf = &policy->conf;

	for (int i = 0; i < ACCESS_CLASSES; i++) {
		enum access_class class = (enum access_class)i;
		char name[64];

		snprintf(name, sizeof(name), "%s_access",
		    access_class_name(class));
		build_maps(builder, access_list(conf, class), name,
		    class == ACCESS_REVERSE_CLIENT ? RULES_REVERSE :
		    RULES_ACCESS, &policy->access[class]);
	}
	build_maps(builder, &conf->message_size_access,
	    "message_size_access", RULES_SIZE,
	    &policy->message_size_access);
	build_maps(builder, &conf->exempt_recipients, "exempt.recipients",
	    RULES_EXEMPT, &policy->exempt_recipients);
}

static bool
maps_do(const struct maps *maps, enum rules_use use,
    bool (*rules_do)(const struct table *table, enum rules_use use))
{
	for (size_t i = 0; i < maps->n; i++)
		if (rules_do(maps->tables[i], use))
			return true;
	return false;
}

static void
build_checks(struct builder *builder)
{
	static const char *const names[HEADER_LISTS] = {
		[HEADER_PRIMARY] = "header_checks",
		[HEADER_MIME] = "mime_header_checks",
		[HEADER_NESTED] = "nested_header_checks",
	};
	struct policy *policy = builder->policy;

	for (int i = 0; i < HEADER_LISTS; i++)
		build_maps(builder, header_list(&policy->conf,
		    (enum header_list)i), names[i], RULES_HEADER,
		    &policy->header_checks[i]);
	build_maps(builder, &policy->conf.body_checks, "body_checks",
	    RULES_BODY, &policy->body_checks);
	build_maps(builder, &policy->conf.decoded_header_checks,
	    "decoded_header_checks", RULES_DECODED_HEADER,
	    &policy->decoded_header_checks);
	build_maps(builder, &policy->conf.text_checks, "text_checks",
	    RULES_TEXT, &policy->text_checks);
	build_maps(builder, &policy->conf.hidden_text_checks,
	    "hidden_text_checks", RULES_TEXT, &policy->hidden_text_checks);
	build_maps(builder, &policy->conf.link_checks, "link_checks",
	    RULES_TEXT, &policy->link_checks);
	build_maps(builder, &policy->conf.attachment_checks,
	    "attachment_checks", RULES_ATTACHMENT,
	    &policy->attachment_checks);
	/* The fields of parts and of nested messages lie in the body. */
	policy->edits_body = maps_do(&policy->header_checks[HEADER_MIME],
	    RULES_HEADER, rules_edit) ||
	    maps_do(&policy->header_checks[HEADER_NESTED], RULES_HEADER,
	    rules_edit) ||
	    maps_do(&policy->decoded_header_checks, RULES_DECODED_HEADER,
	    rules_edit) ||
	    maps_do(&policy->body_checks, RULES_BODY, rules_edit) ||
	    maps_do(&policy->attachment_checks, RULES_ATTACHMENT,
	    rules_edit);
}

/* Found out at the first large message, it costs that one. */
static void
check_spool(struct builder *builder)
{
	const struct conf *conf = &builder->policy->conf;
	const struct conf_place *place = conf_where(conf, "spool_directory");
	const char *why;

	if ((builder->policy->edits_body ||
	    builder->policy->attachment_checks.n > 0) &&
	    spool_try(conf->spool_directory, &why) < 0)
		complain(builder->complaints, COMPLAINT_WARNING,
		    place->line > 0 ? place->file : conf->file, place->line,
		    "spool_directory: no temporary file can be made in "
		    "\"%s\": %s (larger messages that a rule edits, or whose "
		    "attachments are looked into, will get 451)",
		    conf->spool_directory, why);
}

static void
build(struct builder *builder)
{
	struct policy *policy = builder->policy;
	const struct conf *conf = &policy->conf;
	size_t n = count_items(conf);

	policy->access_style = (struct access_style){
		.parents = conf->parent_domain_matches_subdomains,
		.delimiter = conf->recipient_delimiter,
		.null_key = conf->null_access_lookup_key,
		.srs = conf->srs_unwrap,
	};
	policy->tables = region_alloc(&policy->region,
	    (n + 1) * sizeof(*policy->tables));
	builder->opened = calloc(n + 1, sizeof(*builder->opened));
	if (policy->tables != NULL && builder->opened != NULL) {
		build_networks(builder, &conf->mynetworks, "mynetworks",
		    &policy->mynetworks);
		build_networks(builder, &conf->trusted_relays,
		    "trusted_relays", &policy->trusted_relays);
		build_access(builder);
		build_checks(builder);
		check_spool(builder);
	}
	if (policy->region.failed || builder->opened == NULL)
		complain(builder->complaints, COMPLAINT_ERROR, conf->file, 0,
		    "out of memory, or too large");
	free(builder->opened);
}

/* A text instead of the file where there is one. */
static struct policy *
load(const char *file, const char *text, size_t trials,
    struct sources *sources_r, struct complaints *complaints)
{
	size_t errors = complaints->errors;
	struct policy *policy = calloc(1, sizeof(*policy));
	struct builder builder = {
		.policy = policy, .complaints = complaints,
		.tests.trials = trials,
	};

	if (policy == NULL) {
		complain(complaints, COMPLAINT_ERROR, file, 0,
		    "out of memory");
		return NULL;
	}
	region_init(&policy->region, POLICY_MAX);
	sources_init(&policy->sources);
	/* Tables are read even so: one run shows all that is wrong. */
	if (text != NULL)
		conf_read_text(&policy->conf, file, text, complaints);
	else
		conf_read(&policy->conf, file, &policy->sources, complaints);
	if (policy->conf.places != NULL)
		build(&builder);
	if (complaints->errors == errors)
		return policy;
	if (sources_r != NULL) {
		*sources_r = policy->sources;
		sources_init(&policy->sources);
	}
	policy_free(&policy);
	return NULL;
}

struct policy *
policy_new(const char *file, struct sources *sources_r,
    struct complaints *complaints)
{
	return load(file, NULL, LOAD_TRIALS, sources_r, complaints);
}

struct policy *
policy_new_tested(const char *file, struct complaints *complaints)
{
	return load(file, NULL, SIZE_MAX, NULL, complaints);
}

struct policy *
policy_of_text(const char *name, const char *text,
    struct complaints *complaints)
{
	return load(name, text, LOAD_TRIALS, NULL, complaints);
}

void
policy_free(struct policy **policy_p)
{
	struct policy *policy = *policy_p;

	if (policy == NULL)
		return;
	for (size_t i = 0; i < policy->ntables; i++)
		table_free(&policy->tables[i]);
	sources_clear(&policy->sources);
	region_clear(&policy->region);
	conf_clear(&policy->conf);
	free(policy);
	*policy_p = NULL;
}

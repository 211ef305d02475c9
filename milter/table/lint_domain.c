/* lint_domain - a dot in the name of a domain that matches any byte. */
#include "table/lint_rules.h"

#define DOMAIN_MAX	200

/* Hardly ever the end of anything but a domain. */
static const char *const sure[] = {
	"com", "net", "org", "edu", "gov", "biz", "arpa",
	"cn", "cz", "hu", "jp", "kr", "nl", "ru", "tw", "ua", "uk",
};

/*
 * Words as well: "more.info" may be a text.  They count where something else
 * shows that it is a domain, and so do the two letters of countries.
 */
static const char *const words[] = {
	"info", "name", "pro", "mobi", "xyz", "top", "online", "site", "shop",
	"club", "app", "dev", "mil", "int", "icu", "click", "store", "tech",
	"website", "space", "example", "invalid",
};

static const char countries[] =
    " ac ad ae af ag ai al am ao ar at au az ba bd be bg bh bo br by bz ca cc "
    "cd ch ci cl cm cn co cr cu cy cz de dk do dz ec ee eg es et eu fi fj fr "
    "ga ge gf gg gh gl gq gr gs gt gw hk hn hr ht hu id ie il in io iq ir is "
    "it je jo jp ke kg kh ki km kr kw kz la lb lc li lk lt lu lv ly ma mc md "
    "me mg mk ml mn mo mt mu mv mw mx my mz na ng ni nl no np nu nz om pa pe "
    "ph pk pl pt pw py qa re ro rs ru rw sa sc sd se sg sh si sk sn so st su "
    "sv sy tc td tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va "
    "vc ve vg vn vu ws ye za zm zw ";

static const char *const second[] = { "co", "com", "ac", "org", "gov", "net" };

/* Letters and dots in a row, as the pattern has them. */
struct stretch {
	char text[DOMAIN_MAX];	/* '.' for both kinds of dots */
	size_t n;
	size_t open, escaped;	/* dots of each kind */
	bool address;		/* behind an "@" or "//" */
	bool joined;		/* to a group or a class: "(mx|ns).a.com" */
};

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

static bool
in_list(struct span word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_caseequal(word, span_of(list[i])))
			return true;
	return false;
}

static bool
is_country(struct span word)
{
	const char *at = countries;

	if (word.n != 2)
		return false;
	for (; at[1] != '\0'; at += 3)
		if (at[1] == ascii_lower(word.p[0]) &&
		    at[2] == ascii_lower(word.p[1]))
			return true;
	return false;
}

static bool
ends_like_domain(const struct stretch *stretch, struct span name,
    struct span last)
{
	size_t dot = span_rfind(name, '.');
	struct span before = dot < name.n ? span_skip(name, dot + 1) : name;
	bool shown = stretch->address || stretch->escaped > 0 ||
	    span_casestarts(name, SPAN("www."));

	if (in_list(last, sure, COUNT(sure)))
		return true;
	if (in_list(last, words, COUNT(words)))
		return shown;
	return is_country(last) && (shown || (dot < name.n &&
	    in_list(before, second, COUNT(second))));
}

/* Labels, with a letter on both sides of every dot. */
static bool
is_domain(const struct stretch *stretch)
{
	struct span all = span_make(stretch->text, stretch->n);
	size_t dot;

	if (span_starts(all, SPAN(".")))
		all = span_skip(all, 1);
	dot = span_rfind(all, '.');
	if (stretch->open == 0 || dot == all.n || dot == 0 ||
	    dot + 1 == all.n)
		return false;
	for (size_t i = 0; i < all.n; i++)
		if (all.p[i] == '.' && (i == 0 || i + 1 == all.n ||
		    !ascii_alnum((unsigned char)all.p[i - 1]) ||
		    !ascii_alnum((unsigned char)all.p[i + 1])))
			return false;
	return ends_like_domain(stretch, span_head(all, dot),
	    span_skip(all, dot + 1));
}

static void
judge(const struct lint_run *run, const struct written_rule *rule,
    const struct stretch *stretch)
{
	struct buf right;

	if (!is_domain(stretch))
		return;
	buf_init(&right, 2 * DOMAIN_MAX);
	for (size_t i = 0; i < stretch->n; i++) {
		if (stretch->text[i] == '.')
			buf_addc(&right, '\\');
		buf_addc(&right, stretch->text[i]);
	}
	lint_say(run, LINT_DOMAIN_DOT, rule->line, "the dot in \"%.*s\" "
	    "matches any byte (write %s)", (int)stretch->n, stretch->text,
	    buf_string(&right));
	buf_clear(&right);
}

static bool
is_letter(const struct node *node)
{
	return node->kind == NODE_SET && node->literal && node_once(node) &&
	    (ascii_alnum(node->byte) || node->byte == '-');
}

static bool
is_dot(const struct node *node)
{
	return node->kind == NODE_SET && node_once(node) &&
	    (node->dot || (node->literal && node->byte == '.'));
}

/* What may follow a domain without being a part of it. */
static bool
ends_name(const struct node *node)
{
	if (node == NULL || node->kind != NODE_SET)
		return node == NULL || node->kind != NODE_GROUP;
	if (node->dot)
		return node->min == 0 && node->max == FOREVER;
	return node->literal && node->min > 0 && !ascii_alnum(node->byte) &&
	    node->byte != '-' && node->byte != '_';
}

static const struct node *
take_stretch(const struct node *node, struct stretch *stretch)
{
	/* A dot at the front may be meant where no label stands before it. */
	if (is_dot(node) && node->dot && !stretch->joined)
		return node;
	for (; node != NULL && (is_letter(node) || is_dot(node)) &&
	    stretch->n < DOMAIN_MAX; node = node->next) {
		stretch->text[stretch->n++] = is_dot(node) ? '.' :
		    (char)node->byte;
		stretch->open += node->dot;
		stretch->escaped += is_dot(node) && !node->dot;
	}
	return node;
}

/* Letters and digits that are not known one by one: a part of a label. */
static bool
is_label(const struct node *node)
{
	if (node->kind != NODE_SET || node->literal || node->dot)
		return node->kind == NODE_GROUP;
	for (int c = 0; c < 256; c++)
		if (byteset_has(&node->set, (unsigned char)c) &&
		    !ascii_alnum((unsigned char)c) && c != '-' && c != '_')
			return false;
	return true;
}

static void
look(const struct lint_run *run, const struct written_rule *rule,
    const struct branch *branch)
{
	for (; branch != NULL; branch = branch->next) {
		const struct node *node = branch->first, *end;
		char before = '\0', last = '\0';
		bool joined = false;

		while (node != NULL) {
			struct stretch stretch = {
				.address = last == '@' ||
				    (last == '/' && before == '/'),
				.joined = joined
			};

			look(run, rule, node->branches);
			end = take_stretch(node, &stretch);
			if (end != node && ends_name(end))
				judge(run, rule, &stretch);
			before = last;
			last = end == node && node->literal ?
			    (char)node->byte : '\0';
			joined = end == node && is_label(node);
			node = end != node ? end : node->next;
		}
	}
}

void
lint_domain_dot(const struct lint_run *run, const struct lint_pattern *pattern)
{
	if (lint_wanted(run, LINT_DOMAIN_DOT, pattern->rule->line))
		look(run, pattern->rule, pattern->tree);
}

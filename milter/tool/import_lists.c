/*
 * import_lists - the restriction lists of Postfix.  See import_state.h.
 *
 * A list is walked as smtpd(8) walks it, with a note of what stands before:
 * whom it may have permitted by now, and whether it goes on at all.
 */
#include "tool/import_state.h"

#include "table/braces.h"

/* Classes within classes. */
#define DEPTH_MAX	10

static const struct import_list lists[] = {
	{ "smtpd_client_restrictions", STAGE_CONNECT, ACCESS_CLIENT },
	{ "smtpd_helo_restrictions", STAGE_HELO, ACCESS_HELO },
	{ "smtpd_sender_restrictions", STAGE_MAIL, ACCESS_SENDER },
	{ "smtpd_relay_restrictions", STAGE_RCPT, ACCESS_RECIPIENT },
	{ "smtpd_recipient_restrictions", STAGE_RCPT, ACCESS_RECIPIENT },
	{ "smtpd_data_restrictions", STAGE_DATA, -1 },
	{ "smtpd_end_of_data_restrictions", STAGE_DATA, -1 },
};

/* With that for recipients behind it. */
#define RELAY_LIST	3

static const struct {
	const char *name;
	enum access_class class;
	enum import_stage stage;	/* when it is known */
} checks[] = {
	{ "check_client_access", ACCESS_CLIENT, STAGE_CONNECT },
	{ "check_reverse_client_hostname_access", ACCESS_REVERSE_CLIENT,
	    STAGE_CONNECT },
	{ "check_helo_access", ACCESS_HELO, STAGE_HELO },
	{ "check_sasl_access", ACCESS_LOGIN, STAGE_MAIL },
	{ "check_sender_access", ACCESS_SENDER, STAGE_MAIL },
	{ "check_recipient_access", ACCESS_RECIPIENT, STAGE_RCPT },
};

#define CHECKS	(sizeof(checks) / sizeof(checks[0]))

struct walk {
	struct import *import;
	const struct import_list *list;
	struct span within;		/* the class, or empty */
	unsigned depth;

	/* What stands before, as far as it may have permitted. */
	unsigned behind;		/* BEHIND_... */
	struct span other;		/* for everything; the first */
	struct span by_class[ACCESS_RECIPIENT + 1];	/* maps taken */
	struct span end;		/* permit or reject: all ends here */
	bool warn;			/* warn_if_reject, just before */
};

static void walk_text(struct walk *walk, struct span text);

void
import_note(struct import *import, const char *where, struct span what,
    const char *why)
{
	if (import->nnotes == IMPORT_NOTES_MAX) {
		import->too_much = true;
		return;
	}
	import->notes[import->nnotes++] = (struct import_note){
		where, region_copy(&import->region, what), why
	};
}

/* The argument of a restriction, or of a table in braces. */
static struct span
take_argument(struct span *rest)
{
	struct span word, inner;
	const char *why;

	braces_word(rest, &word);
	return word.n > 0 && word.p[0] == '{' &&
	    braces_strip(word, &inner, &why) ? inner : word;
}

static const char *
because(const struct walk *walk, const char *before, struct span what,
    const char *behind)
{
	return region_printf(&walk->import->region, "%s%.*s%s", before,
	    SPAN_ARG(what), behind);
}

/*
 * Something of another class that may have permitted before this map.  An OK
 * for a recipient is not in every case one here: see import_meaning.c.
 */
static struct span
spared_by(const struct walk *walk, enum access_class class)
{
	bool other_ok = class == ACCESS_RECIPIENT && import_params_yes(
	    &walk->import->params, "allow_untrusted_routing");

	if (walk->other.n > 0)
		return walk->other;
	for (int i = 0; i <= ACCESS_RECIPIENT; i++)
		if ((i != (int)class || other_ok) && walk->by_class[i].n > 0)
			return walk->by_class[i];
	return SPAN("");
}

static const char *
never_asked(const struct walk *walk, const struct import_map *map,
    enum import_stage stage)
{
	if (walk->end.n > 0)
		return because(walk, "it is never asked: the list ends at \"",
		    walk->end, "\", before it");
	if (!walk->import->delay_reject && stage > walk->list->stage)
		return "it is never asked: smtpd_delay_reject = no";
	if (map->class == ACCESS_LOGIN &&
	    (walk->behind & BEHIND_AUTHENTICATED) != 0)
		return "it is never asked: permit_sasl_authenticated stands "
		    "before it, and permits whoever has a login";
	return NULL;
}

/* Its place: is it asked for all that postern would ask it for? */
static const char *
left_by_place(const struct walk *walk, const struct import_map *map)
{
	struct span spared = spared_by(walk, map->class);

	if (map->class == ACCESS_RECIPIENT &&
	    walk->list->stage == STAGE_DATA)
		return "in this list it is asked for a message with a single "
		    "recipient only";
	if (map->class == ACCESS_LOGIN && walk->behind != 0)
		return "it stands behind permit_mynetworks, and nobody is "
		    "exempt from login_access: name it there if it is meant "
		    "for all";
	if (walk->warn)
		return "behind warn_if_reject it refuses nothing; here it "
		    "would (mode = \"shadow\" is for all rules at once)";
	if (spared.n > 0)
		return because(walk, "it stands behind ", spared,
		    ", which may permit: here it would be asked in any case. "
		    "Take it over if that is what it is for");
	return NULL;
}

static const char *
left_by_results(const struct walk *walk, const struct import_map *map)
{
	if (map->table.why != NULL)
		return map->table.why;
	if (map->table.unread != NULL)
		return map->table.unread;
	if ((map->table.kinds & IMPORT_FOREIGN) != 0)
		return region_printf(&walk->import->region, "its result %s "
		    "is the mail server's to carry out", map->table.foreign);
	if ((map->table.kinds & IMPORT_ADDS) != 0)
		return "it adds fields or recipients, which must not be done "
		    "twice: to take it over, remove it from main.cf";
	return NULL;
}

/* What this map may have permitted, others behind it are not asked for. */
static void
note_permits(struct walk *walk, const struct import_map *map)
{
	struct span text = span_of(region_printf(&walk->import->region,
	    "%.*s %.*s", SPAN_ARG(map->restriction), SPAN_ARG(map->given)));

	if (map->table.why == NULL && map->table.unread == NULL &&
	    (map->table.kinds & (IMPORT_PERMITS |
	    IMPORT_FOREIGN)) == 0)
		return;
	if (map->left == NULL && walk->by_class[map->class].n == 0)
		walk->by_class[map->class] = text;
	else if (map->left != NULL && walk->other.n == 0)
		walk->other = text;
}

static void
walk_map(struct walk *walk, struct span restriction, enum access_class class,
    enum import_stage stage, struct span table)
{
	struct import *import = walk->import;
	struct import_map *map;

	if (import->nmaps == IMPORT_MAPS_MAX) {
		import->too_much = true;
		return;
	}
	map = &import->maps[import->nmaps++];
	*map = (struct import_map){
		.list = walk->list, .within = walk->within, .class = class,
		.behind = walk->behind, .restriction = restriction,
		.given = region_copy(&import->region, table),
	};
	import_table(&import->params, map->given, ACTION_IN_ACCESS,
	    &map->table);
	if ((map->left = never_asked(walk, map, stage)) != NULL)
		return;
	map->left = left_by_place(walk, map);
	if (map->left == NULL)
		map->left = left_by_results(walk, map);
	note_permits(walk, map);
}

/* check_client_access and its kin; false where it is none of them. */
static bool
walk_check(struct walk *walk, struct span word, struct span *rest)
{
	for (size_t i = 0; i < CHECKS; i++)
		if (span_caseequal(word, span_of(checks[i].name))) {
			walk_map(walk, span_of(checks[i].name),
			    checks[i].class, checks[i].stage,
			    take_argument(rest));
			return true;
		}
	return false;
}

/* A table alone: the class is the list's. */
static bool
walk_bare(struct walk *walk, struct span word)
{
	if (span_find(word, ':') == word.n)
		return false;
	for (size_t i = 0; i < CHECKS; i++)
		if ((int)checks[i].class == walk->list->bare) {
			walk_map(walk, span_of(checks[i].name),
			    checks[i].class, checks[i].stage, word);
			return true;
		}
	return false;
}

/* Those that postern has a word for, and those that end the list. */
static bool
walk_end(struct walk *walk, struct span word)
{
	const struct import *import = walk->import;

	if (span_caseequal(word, SPAN("permit_sasl_authenticated"))) {
		walk->behind |= BEHIND_AUTHENTICATED;
	} else if (span_caseequal(word, SPAN("permit_mynetworks"))) {
		if (import->networks_known)
			walk->behind |= BEHIND_MYNETWORKS;
		else if (walk->other.n == 0)
			walk->other = SPAN("permit_mynetworks, whose networks "
			    "are not known");
	} else if (span_caseequal(word, SPAN("permit")) ||
	    span_caseequal(word, SPAN("reject")) ||
	    span_caseequal(word, SPAN("defer"))) {
		/* With warn_if_reject before it, only permit ends a list. */
		if (walk->end.n == 0 && (!walk->warn ||
		    span_caseequal(word, SPAN("permit"))))
			walk->end = region_copy(&walk->import->region, word);
		import_note(walk->import, walk->list->name, word, "it decides "
		    "for all that come to it, and belongs to its list");
	} else {
		return false;
	}
	return true;
}

/* A class of restrictions is what it stands for. */
static bool
walk_class(struct walk *walk, struct span word)
{
	struct import_params *params = &walk->import->params;
	struct span rest = import_params_get(params,
	    "smtpd_restriction_classes");
	struct span name, raw, within = walk->within;
	bool warn = walk->warn;
	char *string;

	while (braces_word(&rest, &name))
		if (span_equal(name, word))
			break;
	string = region_copy(&walk->import->region, word).n > 0 ?
	    region_printf(&walk->import->region, "%.*s", SPAN_ARG(word)) :
	    NULL;
	if (name.n == 0 || string == NULL ||
	    !import_params_has(params, string, &raw) ||
	    walk->depth == DEPTH_MAX)
		return false;
	walk->depth++;
	walk->within = name;
	walk_text(walk, import_params_get(params, string));
	walk->within = within;
	walk->depth--;
	walk->warn = warn;
	return true;
}

/* What stays the mail server's. */
static void
walk_other(struct walk *walk, struct span word, struct span *rest)
{
	struct import_word known = import_word(word);
	struct span argument = known.argument ? take_argument(rest) : SPAN("");
	struct span text = span_of(region_printf(&walk->import->region,
	    "%.*s%s%.*s", SPAN_ARG(word), argument.n > 0 ? " " : "",
	    SPAN_ARG(argument)));

	import_note(walk->import, walk->list->name, text, known.why);
	if (known.permits && walk->other.n == 0)
		walk->other = text;
}

static void
walk_text(struct walk *walk, struct span text)
{
	struct span word;
	bool in_warned_class = walk->warn;

	while (braces_word(&text, &word)) {
		if (span_caseequal(word, SPAN("warn_if_reject"))) {
			walk->warn = true;
			continue;
		}
		if (!walk_check(walk, word, &text) &&
		    !walk_end(walk, word) && !walk_class(walk, word) &&
		    !walk_bare(walk, word))
			walk_other(walk, word, &text);
		walk->warn = in_warned_class;
	}
}

static void
walk_list(struct import *import, size_t number)
{
	struct walk walk = { .import = import, .list = &lists[number] };

	walk_text(&walk, import_params_get(&import->params,
	    lists[number].name));
}

void
import_lists(struct import *import)
{
	/* Which of the two at RCPT answers first. */
	bool relay_first = import_params_yes(&import->params,
	    "smtpd_relay_before_recipient_restrictions");
	struct span raw;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (i == RELAY_LIST)
			walk_list(import, relay_first ? i : i + 1);
		else if (i == RELAY_LIST + 1)
			walk_list(import, relay_first ? i : i - 1);
		else
			walk_list(import, i);
	if (import_params_has(&import->params, "smtpd_restriction_classes",
	    &raw) && raw.n > 0)
		import_note(import, "smtpd_restriction_classes", raw,
		    "where a list names one, what it stands for was read; "
		    "what only maps name stays the mail server's");
	if (import_params_has(&import->params, "smtpd_etrn_restrictions",
	    &raw) && raw.n > 0)
		import_note(import, "smtpd_etrn_restrictions", raw,
		    "ETRN is the mail server's own");
}

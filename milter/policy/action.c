/* action - what a table's result asks for.  See action.h. */
#include "policy/action.h"

#include <stdint.h>
#include <stdio.h>

#include "base/printable.h"
#include "message/address.h"
#include "policy/nearest.h"
#include "policy/restrictions.h"

#define IN_HEADER	(1U << ACTION_IN_HEADER)
#define IN_BODY		(1U << ACTION_IN_BODY)
#define IN_RAW		(IN_HEADER | IN_BODY)
#define IN_TEXT		(1U << ACTION_IN_TEXT)
#define IN_ATTACHMENT	(1U << ACTION_IN_ATTACHMENT)
#define IN_CHECKS	(IN_RAW | IN_TEXT | IN_ATTACHMENT)
#define IN_ACCESS	(1U << ACTION_IN_ACCESS)

/* What may or must follow the word. */
enum argument {
	ARGUMENT_TEXT,		/* any text, or none */
	ARGUMENT_REPLY,		/* an enhanced status code and a text */
	ARGUMENT_ADDRESS,
	ARGUMENT_FIELD		/* Name: value; but of a header any text */
};

static const struct word {
	const char *word;
	enum action_kind kind;
	unsigned places;
	enum argument argument;
} words[] = {
	/* The first word of a kind is its name. */
	{ "DUNNO", ACTION_DUNNO, IN_CHECKS | IN_ACCESS, ARGUMENT_TEXT },
	{ "OK", ACTION_OK, IN_CHECKS | IN_ACCESS, ARGUMENT_TEXT },
	{ "RELAY", ACTION_OK, IN_ACCESS, ARGUMENT_TEXT },
	{ "REJECT", ACTION_REJECT, IN_CHECKS | IN_ACCESS, ARGUMENT_REPLY },
	{ "DEFER", ACTION_DEFER, IN_ACCESS, ARGUMENT_REPLY },
	{ "DISCARD", ACTION_DISCARD, IN_CHECKS | IN_ACCESS, ARGUMENT_TEXT },
	{ "HOLD", ACTION_HOLD, IN_CHECKS | IN_ACCESS, ARGUMENT_TEXT },
	{ "REDIRECT", ACTION_REDIRECT, IN_CHECKS | IN_ACCESS,
	    ARGUMENT_ADDRESS },
	{ "BCC", ACTION_BCC, IN_CHECKS | IN_ACCESS, ARGUMENT_ADDRESS },
	{ "PREPEND", ACTION_PREPEND, IN_RAW | IN_ACCESS, ARGUMENT_FIELD },
	{ "REPLACE", ACTION_REPLACE, IN_RAW | IN_ATTACHMENT, ARGUMENT_FIELD },
	{ "STRIP", ACTION_STRIP, IN_RAW | IN_ATTACHMENT, ARGUMENT_TEXT },
	{ "IGNORE", ACTION_IGNORE, IN_RAW, ARGUMENT_TEXT },
	{ "PASS", ACTION_PASS, IN_CHECKS, ARGUMENT_TEXT },
	{ "INFO", ACTION_INFO, IN_CHECKS | IN_ACCESS, ARGUMENT_TEXT },
	{ "WARN", ACTION_WARN, IN_CHECKS | IN_ACCESS, ARGUMENT_TEXT },
	{ "DEFER_IF_PERMIT", ACTION_DEFER_IF_PERMIT, IN_ACCESS,
	    ARGUMENT_REPLY },
	{ "DEFER_IF_REJECT", ACTION_DEFER_IF_REJECT, IN_ACCESS,
	    ARGUMENT_REPLY },
};

#define WORDS	(sizeof(words) / sizeof(words[0]))

/*
 * What a text was decoded from is neither a line nor one place: a phrase may
 * begin in one encoded line and end in another.
 */
#define NO_LINE \
	"a decoded text is no line of the message that could be changed: " \
	"write REJECT or HOLD, or put the rule into body_checks"

/* Who reads the mail is to know that something is not there. */
#define A_PART \
	"what is in the place of an attachment is a text that says so: " \
	"write STRIP, or \"REPLACE text\""

/* Words that Postfix knows and we do not carry out here, and what to write. */
static const struct hint {
	const char *word;
	unsigned places;
	const char *text;
} hints[] = {
	{ "FILTER", IN_CHECKS | IN_ACCESS,
	    "a milter cannot route mail: leave the rule in a table of "
	    "Postfix's own, or write REDIRECT user@domain" },
	{ "DELAY", IN_CHECKS,
	    "a milter cannot delay mail, and Postfix has this disabled: "
	    "write HOLD, or \"REJECT 4.7.1 text\" to have it sent again" },
	{ "HANGUP", IN_ACCESS,
	    "a milter cannot hang up: write \"421 4.7.0 text\"" },
	{ "PREPEND", IN_TEXT, NO_LINE },
	{ "REPLACE", IN_TEXT, NO_LINE },
	{ "STRIP", IN_TEXT, NO_LINE },
	{ "IGNORE", IN_TEXT, NO_LINE },
	{ "IGNORE", IN_ATTACHMENT, A_PART },
	{ "PREPEND", IN_ATTACHMENT, A_PART },
	{ "DEFER", IN_CHECKS, "write \"REJECT 4.7.1 text\"" },
	{ "RELAY", IN_CHECKS, "write DUNNO" },
	{ "permit_mynetworks", IN_ACCESS,
	    "see exempt in postern.conf(5), or write OK for the networks" },
	{ "permit_sasl_authenticated", IN_ACCESS,
	    "see exempt in postern.conf(5)" },
	{ "sleep", IN_ACCESS, "a milter does not keep clients waiting" },
};

static const char *const restrictions[] = {
	"check_", "reject_", "permit_", "defer_",
};

/*
 * The length of an RFC 3463 code at the front of the text, or 0: as in
 * Postfix, class 2, 4 or 5 and one to three digits in the other places.
 */
static size_t
dsn_length(struct span text)
{
	size_t n = 1;

	if (text.n == 0 || strchr("245", text.p[0]) == NULL ||
	    text.p[0] == '\0')
		return 0;
	for (int place = 0; place < 2; place++) {
		size_t digits = 0;

		if (n == text.n || text.p[n++] != '.')
			return 0;
		while (n < text.n && ascii_digit(text.p[n])) {
			n++;
			digits++;
		}
		if (digits < 1 || digits > 3)
			return 0;
	}
	return n == text.n || ascii_space((unsigned char)text.p[n]) ? n : 0;
}

static struct span
skip_space(struct span text)
{
	while (text.n > 0 && ascii_space((unsigned char)text.p[0]))
		text = span_skip(text, 1);
	return text;
}

static void
take_reply(struct span text, struct action *action)
{
	size_t n = dsn_length(text);

	action->dsn = span_head(text, n);
	action->text = n > 0 ? skip_space(span_skip(text, n)) : text;
}

/* Does the enhanced status code say something else than what is answered? */
static enum action_status
check_reply(enum action_place place, struct span word,
    const struct action *action, char *why, size_t size)
{
	char class = action->dsn.n > 0 ? action->dsn.p[0] : '\0';
	char is = '5';

	if (class == '\0')
		return ACTION_FINE;
	if (action->kind == ACTION_CODE)
		is = word.p[0];
	else if (action->kind != ACTION_REJECT)
		is = '4';
	if (class == is || (place != ACTION_IN_ACCESS && class == '4'))
		return ACTION_FINE;
	if (place != ACTION_IN_ACCESS) {
		snprintf(why, size, "\"%.*s\" becomes a temporary reply with "
		    "4%.*s: write 5%.*s, or 4%.*s", SPAN_ARG(action->dsn),
		    SPAN_ARG(span_skip(action->dsn, 1)),
		    SPAN_ARG(span_skip(action->dsn, 1)),
		    SPAN_ARG(span_skip(action->dsn, 1)));
		return ACTION_SURPRISING;
	}
	snprintf(why, size, "the answer to \"%.*s %.*s\" will be %c%.*s, "
	    "since %.*s is %s (write %s)", SPAN_ARG(word),
	    SPAN_ARG(action->dsn), is, SPAN_ARG(span_skip(action->dsn, 1)),
	    SPAN_ARG(word), is == '5' ? "permanent" : "temporary",
	    action->kind == ACTION_REJECT ? "DEFER for a temporary reply" :
	    "that, or a code of the other class");
	return action->kind == ACTION_CODE ? ACTION_ODD : ACTION_SURPRISING;
}

/* Nothing in it has a meaning of its own in an address. */
static bool
is_plain(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c <= ' ' || c == 0x7f || strchr("<>(),;\"\\", c) != NULL)
			return false;
	}
	return text.n > 0;
}

/*
 * To Postfix all before the last '@' is the local part, whatever it looks
 * like, and what it cannot deliver then goes back to the sender.
 */
static enum action_status
check_address(struct span word, struct action *action, char *why, size_t size)
{
	struct span text = span_trim(action->text), local, domain;
	char found[PRINTABLE_EXCERPT];
	bool sound;

	action->text = text;
	printable_excerpt(text, found);
	if (!address_split(text, &local, &domain)) {
		snprintf(why, size, "%.*s needs an address with its domain, "
		    "not \"%s\" (write \"%.*s user@example.com\")",
		    SPAN_ARG(word), found, SPAN_ARG(word));
		return ACTION_WRONG;
	}
	sound = is_plain(domain);
	if (sound && is_plain(local))
		return ACTION_FINE;
	snprintf(why, size, "%.*s takes one address and nothing else, not "
	    "\"%s\" (write \"%.*s user@example.com\")", SPAN_ARG(word),
	    found, SPAN_ARG(word));
	if (!sound && action->kind == ACTION_REDIRECT)
		*action = (struct action){
			.kind = ACTION_REJECT, .dsn = SPAN("5.1.3"),
			.text = SPAN("no address to redirect it to"),
		};
	else if (!sound)
		*action = (struct action){ .kind = ACTION_DUNNO };
	return ACTION_SURPRISING;
}

static enum action_status
check_field(enum action_place place, struct span word, struct action *action,
    char *why, size_t size)
{
	char found[PRINTABLE_EXCERPT];

	if (action->text.n == 0) {
		snprintf(why, size, "%.*s needs a text", SPAN_ARG(word));
		return ACTION_WRONG;
	}
	if (place == ACTION_IN_BODY || place == ACTION_IN_ATTACHMENT ||
	    field_parse(action->text, &action->field))
		return ACTION_FINE;
	printable_excerpt(action->text, found);
	snprintf(why, size, "%.*s needs a header field, not \"%s\" (write "
	    "\"%.*s Name: value\")", SPAN_ARG(word), found, SPAN_ARG(word));
	return ACTION_WRONG;
}

/* Without what they need, these do nothing in an access map: no 451. */
static enum action_status
lacking(enum action_place place, enum action_status status,
    struct action *action)
{
	if (status != ACTION_WRONG || place != ACTION_IN_ACCESS)
		return status;
	*action = (struct action){ .kind = ACTION_DUNNO };
	return ACTION_SURPRISING;
}

static const char *
searched_in(enum action_place place)
{
	switch (place) {
	case ACTION_IN_BODY:
		return "line";
	case ACTION_IN_TEXT:
		return "paragraph";
	case ACTION_IN_ATTACHMENT:
		return "attachment";
	default:
		return "header";
	}
}

static enum action_status
parse_known(const struct word *known, enum action_place place,
    struct span word, struct span rest, struct action *action, char *why,
    size_t size)
{
	enum action_status status;

	*action = (struct action){ .kind = known->kind, .text = rest };
	switch (known->argument) {
	case ARGUMENT_REPLY:
		take_reply(rest, action);
		status = check_reply(place, word, action, why, size);
		if (status != ACTION_FINE ||
		    known->kind != ACTION_DEFER_IF_REJECT)
			return status;
		snprintf(why, size, "DEFER_IF_REJECT softens the rejects of "
		    "this filter only, not those of the mail server (leave it "
		    "in a map of Postfix, or write DEFER)");
		return ACTION_ODD;
	case ARGUMENT_ADDRESS:
		status = check_address(word, action, why, size);
		return lacking(place, status, action);
	case ARGUMENT_FIELD:
		status = check_field(place, word, action, why, size);
		return lacking(place, status, action);
	case ARGUMENT_TEXT:
		break;
	}
	if (known->kind == ACTION_OK && place != ACTION_IN_ACCESS) {
		snprintf(why, size, "OK does not accept the message, here it "
		    "only ends the search for this %s (write DUNNO)",
		    searched_in(place));
		return ACTION_ODD;
	}
	return ACTION_FINE;
}

/* Digits, with or without a text: an SMTP code, or a time stamp. */
static enum action_status
parse_number(enum action_place place, struct span text, struct span word,
    struct span rest, struct action *action, char *why, size_t size)
{
	char found[PRINTABLE_EXCERPT];

	printable_excerpt(text, found);
	if (place != ACTION_IN_ACCESS) {
		snprintf(why, size, "\"%s\" is an action in access maps only "
		    "(write REJECT and the text)", found);
		return ACTION_WRONG;
	}
	if (span_digits(text)) {
		*action = (struct action){ .kind = ACTION_OK };
		snprintf(why, size, "a number without a text permits, as OK "
		    "does (write \"%s text\" to refuse, or OK)",
		    text.n == 3 && strchr("45", text.p[0]) != NULL ?
		    found : "550");
		return ACTION_SURPRISING;
	}
	if (word.n != 3 || strchr("45", word.p[0]) == NULL) {
		snprintf(why, size, "\"%s\" does not begin with a reply code "
		    "from 400 to 599", found);
		return ACTION_WRONG;
	}
	*action = (struct action){ .kind = ACTION_CODE };
	for (size_t i = 0; i < word.n; i++)
		action->code = action->code * 10 +
		    (unsigned)(word.p[i] - '0');
	take_reply(rest, action);
	return check_reply(place, word, action, why, size);
}

static const struct word *
nearest_word(struct span word, unsigned place)
{
	const struct word *best = NULL;
	size_t distance = NEAREST_MAX;

	for (size_t i = 0; i < WORDS; i++) {
		size_t d = nearest_distance(word, span_of(words[i].word));

		if ((words[i].places & place) != 0 && d < distance) {
			best = &words[i];
			distance = d;
		}
	}
	return nearest_enough(distance, word.n) ? best : NULL;
}

static bool
is_restriction(struct span word)
{
	for (size_t i = 0; i < sizeof(restrictions) / sizeof(*restrictions);
	    i++)
		if (span_casestarts(word, span_of(restrictions[i])))
			return true;
	return false;
}

/* Says what is wrong with a word that is no action here. */
static void
explain_unknown(enum action_place place, struct span word, char *why,
    size_t size)
{
	unsigned here = 1U << place;
	const struct word *near = nearest_word(word, here);
	char found[PRINTABLE_EXCERPT];

	printable_excerpt(word, found);
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if ((hints[i].places & here) != 0 &&
		    span_caseequal(word, span_of(hints[i].word))) {
			snprintf(why, size, "%s: %s", found, hints[i].text);
			return;
		}
	for (size_t i = 0; i < WORDS; i++)
		if (span_caseequal(word, span_of(words[i].word))) {
			snprintf(why, size, "%s is no action %s", found,
			    place == ACTION_IN_ACCESS ? "in access maps, "
			    "only in header_checks and body_checks" :
			    "in header_checks and body_checks, only in "
			    "access maps");
			return;
		}
	if (place == ACTION_IN_ACCESS && is_restriction(word))
		snprintf(why, size, "\"%s\" is a restriction that only the "
		    "mail server can judge: leave the rule in a table of its "
		    "own", found);
	else if (place == ACTION_IN_ACCESS && dsn_length(word) > 0)
		snprintf(why, size, "\"%s\" needs an action before it (write "
		    "\"%s%s text\")", found, found[0] == '4' ? "450 4" :
		    "550 5", found + 1);
	else if (near != NULL)
		snprintf(why, size, "unknown action \"%s\" (did you mean "
		    "%s?)", found, near->word);
	else
		snprintf(why, size, "unknown action \"%s\" (write REJECT, "
		    "%s, DUNNO, ...)", found,
		    place == ACTION_IN_ACCESS ? "OK" : "WARN");
}

enum action_status
action_parse(enum action_place place, struct span text,
    struct action *action_r, char *why, size_t size)
{
	struct action action = { .kind = ACTION_DUNNO };
	struct span rest = text, word = span_word(&rest);
	const struct word *known = NULL;
	enum action_status status = ACTION_WRONG;

	rest = skip_space(rest);
	for (size_t i = 0; i < WORDS && known == NULL; i++)
		if ((words[i].places & (1U << place)) != 0 &&
		    span_caseequal(word, span_of(words[i].word)))
			known = &words[i];
	if (known != NULL)
		status = parse_known(known, place, word, rest, &action, why,
		    size);
	else if (span_digits(word))
		status = parse_number(place, text, word, rest, &action, why,
		    size);
	else if (place == ACTION_IN_ACCESS && restrictions_begin(text))
		status = restrictions_parse(text, &action, why, size);
	else if (word.n == 0)
		snprintf(why, size, "an action is missing");
	else
		explain_unknown(place, word, why, size);
	if (status != ACTION_WRONG)
		*action_r = action;
	return status;
}

const char *
action_word(enum action_kind kind)
{
	for (size_t i = 0; i < WORDS; i++)
		if (words[i].kind == kind)
			return words[i].word;
	return kind == ACTION_LIST ? "list" : "code";
}

/*
 * settings - the one table of all settings of postern.conf.
 *
 * A row says how the value of a setting is written, what it may be, what it
 * is by default and what it is for; the reader of postern.conf, the printer of
 * defaults and the tests all go by it.  It never changes.
 */
#ifndef POSTERN_POLICY_SETTINGS_H
#define POSTERN_POLICY_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* How it is written, and what the member of struct conf is. */
enum setting_type {
	SETTING_HEADING,	/* no setting: the title of a section */
	SETTING_TEXT,		/* const char * */
	SETTING_SPAN,		/* struct span */
	SETTING_BOOL,		/* bool */
	SETTING_NUMBER,		/* uint64_t */
	SETTING_SIZE,		/* uint64_t, bytes */
	SETTING_TIME,		/* uint64_t, seconds */
	SETTING_BITS,		/* unsigned, "0660" */
	SETTING_CHOICE,		/* an enum */
	SETTING_LIST,		/* struct conf_list */
	SETTING_GROUPS		/* unsigned, a set of bits: see choices */
};

struct choice {
	const char *word;	/* NULL ends the list */
	unsigned value;
};

struct setting {
	const char *name;	/* as in struct conf; "exempt.NAME" */
	enum setting_type type;
	size_t offset;		/* in struct conf */
	const char *fallback;	/* the default as postern.conf writes it; */
	const char *same_as;	/* or NULL, and then another setting's value */
	uint64_t min, max;	/* numbers, sizes, times */
	const struct choice *choices;
	bool startup;		/* read once: cannot change at a reload */
	/* What a text must be, for the complaint; NULL where it is fine. */
	const char *(*check)(struct span text);
	const char *help;	/* one line */
};

extern const struct setting settings[];
extern const size_t settings_count;

/* The number of a setting, by its name or with Postfix's smtpd_ before it. */
bool setting_number(struct span name, size_t *number_r);

/* A name that is near to this one, or NULL. */
const char *setting_nearest(struct span name);

#endif

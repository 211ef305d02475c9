/*
 * import_state - what the parts of postern import hand to each other.
 *
 * What main.cf does is not to change by what is written here: postern never
 * refuses what Postfix, with the same settings, would take, and whatever it
 * refuses less than Postfix does has to stay in main.cf.  So a map that stands
 * behind something that might permit, and that postern has no word for, is
 * not taken over but named in a comment, and the words that it has (exempt, an
 * OK in an earlier map of the same class) are used where they mean the same.
 *
 * All texts are the region's, which is freed whole.
 */
#ifndef POSTERN_TOOL_IMPORT_STATE_H
#define POSTERN_TOOL_IMPORT_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/complaint.h"
#include "policy/access.h"
#include "tool/import_params.h"
#include "tool/import_table.h"

/* More than anybody has; what is beyond is not taken, and that is said. */
#define IMPORT_MAPS_MAX		1000
#define IMPORT_NOTES_MAX	2000
#define IMPORT_NETWORKS_MAX	5000

enum import_stage {
	STAGE_CONNECT, STAGE_HELO, STAGE_MAIL, STAGE_RCPT, STAGE_DATA
};

/* A restriction list; bare is the class of a table without check_..._access. */
struct import_list {
	const char *name;
	enum import_stage stage;
	int bare;			/* enum access_class, or -1 */
};

/* Who is spared by a permit_... before a map; a set of bits. */
enum { BEHIND_MYNETWORKS = 1 << 0, BEHIND_AUTHENTICATED = 1 << 1 };

/* A map that a restriction list asks, in the order of the lists. */
struct import_map {
	const struct import_list *list;
	struct span within;		/* a class of restrictions, or empty */
	struct span restriction;	/* "check_client_access" */
	struct span given;		/* the table as main.cf names it */
	enum access_class class;
	unsigned behind;
	struct import_table table;

	/* Why postern.conf cannot have it, or NULL. */
	const char *left;
	/* Why it has to stay in main.cf as well; NULL: it may go. */
	const char *stays;
	/* The same table is asked already, for everybody that this one is. */
	const struct import_map *same_as;
};

/* What was left behind beside maps. */
struct import_note {
	const char *where;		/* the parameter */
	struct span what;
	const char *why;
};

enum { IMPORT_HEADER, IMPORT_MIME, IMPORT_NESTED, IMPORT_BODY, IMPORT_CHECKS };

/* header_checks and its kin. */
struct import_checks {
	const char *name;
	bool given;			/* it was read, not a default */
	struct import_table *tables;
	size_t n;
	unsigned kinds;
	const char *left;		/* the whole list: why, or NULL */
};

struct import {
	struct region region;
	struct import_params params;

	struct import_map *maps;
	size_t nmaps;
	/* Those that postern.conf has, in its order. */
	const struct import_map **order[ACCESS_RECIPIENT + 1];
	size_t norder[ACCESS_RECIPIENT + 1];
	struct import_note *notes;
	size_t nnotes;
	bool too_much;			/* a bound above was met */

	struct span *networks;
	size_t nnetworks;
	/* Postfix's mynetworks, all of it: else permit_mynetworks is none
	 * that exempt could have. */
	bool networks_known;

	/* Groups, as enum exempt_group has them. */
	unsigned exempt_mynetworks, exempt_authenticated;
	bool delay_reject;

	struct import_checks checks[IMPORT_CHECKS];

	/* Some table is faultless only as Postfix reads it; what is not. */
	bool compatible;
	struct complaints faults;
};

void import_note(struct import *import, const char *where, struct span what,
    const char *why);

/* import_networks.c: mynetworks. */
void import_networks(struct import *import);

/* import_lists.c: all restriction lists into maps and notes. */
void import_lists(struct import *import);

/* import_words.c: what is known of a restriction that asks no map of ours. */
struct import_word {
	bool argument;		/* a word of its own follows it */
	bool permits;		/* it may end the list with a permit */
	const char *why;	/* why it is left behind */
};
struct import_word import_word(struct span name);

/* import_plan.c: exempt, the order of maps, and which may leave main.cf. */
void import_plan(struct import *import);

/* import_checks.c: header_checks and its kin. */
void import_checks(struct import *import);

/* import_meaning.c: notes of parameters that change what was taken over. */
void import_meaning(struct import *import);

/*
 * import_write.c: postern.conf; import_settings.c: the plain settings in it;
 * import_advice.c: in comments, what was left and what to do with main.cf.
 */
void import_write(struct import *import, struct buf *out);
void import_write_answers(struct import *import, struct buf *out);
void import_write_addresses(struct import *import, struct buf *out);
void import_write_limits(struct import *import, struct buf *out);
void import_write_advice(struct import *import, struct buf *out);

/* What was written is tried from memory, as a file of this folder. */
#define IMPORT_TRIED_AS	"/proc/self/fd/"

/* Where the milter listens, in postern.conf and in main.cf. */
#define IMPORT_LISTEN	"inet:8896@127.0.0.1"
#define IMPORT_MILTER	"inet:127.0.0.1:8896"

/*
 * import_text.c: a comment in lines of 79 columns that begin with `begin`; a
 * fault of a table as such a comment; a text in quotes.
 */
void import_comment(struct buf *out, const char *begin, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
void import_fault(struct buf *out, const char *begin,
    const struct complaint *fault);
void import_quote(struct buf *out, struct span text);

#endif

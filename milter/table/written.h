/*
 * written - the rules of a table as they are written, one after the other,
 * with what the comments above them allow.
 *
 * For lints: it reads the text a second time, and keeps quiet about what the
 * table's own reader complains about.  Compiled tables have no text, but for
 * the file beside them that they were made of.
 */
#ifndef POSTERN_TABLE_WRITTEN_H
#define POSTERN_TABLE_WRITTEN_H

#include "base/network.h"
#include "table/allowed.h"
#include "table/load.h"
#include "table/nesting.h"
#include "table/notes.h"

enum written_kind { WRITTEN_PCRE, WRITTEN_REGEXP, WRITTEN_CIDR, WRITTEN_KEYS };

#define WRITTEN_NONE	SIZE_MAX

struct written_rule {
	bool is_if;
	size_t number;		/* counted from 0, IFs too */
	size_t parent;		/* the IF that it stands in, or WRITTEN_NONE */
	unsigned line;
	/*
	 * Its table has it.  What is skipped, or can only be told from one
	 * that is not by its own reader, is not sound.
	 */
	bool sound;
	bool negated;
	struct span pattern;	/* without delimiters; or the key as written */
	uint32_t options;	/* PCRE2's, of a pattern */
	struct network network;	/* of a cidr table */
	bool substitutes;	/* $1 and the like in its result */
	unsigned suspect;	/* a line in it that looks like a rule, or 0 */
};

struct written {
	enum written_kind kind;
	struct load load;
	char *name;		/* TYPE:NAME */
	struct buf text;	/* as it is in the file */
	struct notes notes;
	struct allowed allowed;
	struct buf joined;	/* in logical lines */
	struct logical lines;
	struct span pairs;	/* of inline: what is left to read */
	struct nesting nesting;
	size_t number;
	/* An IF or ENDIF is amiss: what stands in which IF is not known. */
	bool amiss;
	struct table_options options;
	struct sources sources;
	struct complaints unheard;
};

/* False, without a word, where there is no text to read. */
bool written_open(struct written *written, struct span name,
    const struct table_options *options);
void written_close(struct written *written);

bool written_next(struct written *written, struct written_rule *rule_r);

#endif

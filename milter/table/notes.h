/*
 * notes - what comments above a rule say to us.
 *
 *	#+ TEXT		a test: the rule below must answer TEXT
 *	#- TEXT		a test: it must not
 *	# postern: allow NAME,NAME... REASON
 *			lints that are to keep quiet about the rule
 *
 * Tests begin at the margin and belong to the next rule, whatever comments
 * and blank lines stand between; an allowance stands in the comment directly
 * above its rule.  To Postfix all of them are comments.
 */
#ifndef POSTERN_TABLE_NOTES_H
#define POSTERN_TABLE_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"

enum note_kind { NOTE_WANTED, NOTE_UNWANTED, NOTE_ALLOW };

struct note {
	enum note_kind kind;
	unsigned line;		/* the comment's own */
	unsigned rule;		/* the first line of the rule; 0: none */
	struct span text;	/* as written: the test, or names and reason */
};

/* In the order of their lines, and so of their rules. */
struct notes {
	struct note *list;
	size_t n, room;
};

/*
 * Reads them out of a table's text, which must stay as it is while the notes
 * are used.  False without memory; notes_clear() is due either way.
 */
bool notes_read(struct span text, struct notes *notes_r);
void notes_clear(struct notes *notes);

/* The bytes that a test stands for: \n \t \\ \xHH; all else as written. */
void notes_unescape(struct span text, struct buf *out);

/*
 * Takes the next name of an allowance; false where there are no more.  Commas,
 * with blanks behind them or not, stand between names; a blank alone stands
 * before the reason.
 */
bool notes_name(struct span *names, struct span *name_r);

#endif

/*
 * action - what a table's result asks for: header_checks(5), access(5).
 *
 * Actions are read at load, to complain about those that mean nothing, and
 * again when a rule has matched, when $1 and the like are filled in.  The
 * spans of a struct action point into the text it was read from.
 */
#ifndef POSTERN_POLICY_ACTION_H
#define POSTERN_POLICY_ACTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "message/header.h"

enum action_kind {
	ACTION_DUNNO, ACTION_OK, ACTION_REJECT, ACTION_DEFER,
	ACTION_CODE,		/* access: "550 text", "421 4.7.0 text" */
	ACTION_DISCARD, ACTION_HOLD, ACTION_REDIRECT, ACTION_BCC,
	ACTION_PREPEND, ACTION_REPLACE, ACTION_STRIP, ACTION_IGNORE,
	ACTION_PASS, ACTION_INFO, ACTION_WARN,
	ACTION_DEFER_IF_PERMIT, ACTION_DEFER_IF_REJECT,
	ACTION_LIST		/* access: see policy/restrictions.h */
};

/* Where the result was found decides which words mean something. */
enum action_place {
	ACTION_IN_HEADER, ACTION_IN_BODY, ACTION_IN_ACCESS,
	ACTION_IN_TEXT,		/* no raw line or field is behind it */
	ACTION_IN_ATTACHMENT	/* a part is */
};

struct action {
	enum action_kind kind;
	unsigned code;		/* ACTION_CODE: 400-599 */
	struct span dsn;	/* "5.7.1" at the front of the text, or empty */
	struct span text;	/* without the dsn; address; replacement;
				   names of restrictions */
	struct field field;	/* PREPEND and REPLACE of a header field */
	bool only_warn;		/* what it refuses is logged and let pass:
				   behind warn_if_reject */
};

enum action_status {
	ACTION_FINE,
	ACTION_ODD,	/* usable, as Postfix does it, but worth a warning */
	ACTION_SURPRISING, /* Postfix does something that it does not say:
			      a complaint, what Postfix does if compatible */
	ACTION_WRONG	/* means nothing here; Postfix would warn (checks)
			   or answer 451 4.3.5 (access) each time */
};

/*
 * What is wrong, found and right goes to `why` (of `size` bytes) unless the
 * answer is ACTION_FINE.  *action_r is filled unless it is ACTION_WRONG.
 */
enum action_status action_parse(enum action_place place, struct span text,
    struct action *action_r, char *why, size_t size);

/* "REJECT", for the log and for scan. */
const char *action_word(enum action_kind kind);

#endif

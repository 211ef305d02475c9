/*
 * restrictions - a result of an access map that lists names of restrictions.
 *
 * What is no action of access(5) is such a list to Postfix, as in
 * smtpd_recipient_restrictions, and "REJECT,x" is one, too: the names stand
 * between commas and blanks, and the first that decides ends the list.  Those
 * that need nothing but themselves are known here.
 */
#ifndef POSTERN_POLICY_RESTRICTIONS_H
#define POSTERN_POLICY_RESTRICTIONS_H

#include "policy/action.h"

/* Does the list begin with a name that is known, or has it none at all? */
bool restrictions_begin(struct span text);

/*
 * As action_parse(), for a text that restrictions_begin() knows: ACTION_LIST,
 * or ACTION_OK where it comes to no more than that.
 */
enum action_status restrictions_parse(struct span text,
    struct action *action_r, char *why, size_t size);

/*
 * Takes what the next name asks for: 1; 0 at the end; -1 at a name that is not
 * known here, which Postfix would answer with 451 4.3.5 once it comes to it.
 */
int restrictions_next(struct span *rest, struct action *action_r);

#endif

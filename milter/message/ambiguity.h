/*
 * ambiguity - what in a part's header one mail program reads so, and another
 * otherwise.
 *
 * Which reading a recipient gets nobody can know, so that of most of these one
 * alone is looked at here (see bodyparts.h), and the message is said to be
 * ambiguous.
 *
 * Not among them is what programs agree upon, wrong as it is: a last boundary
 * that is missing, a type or an encoding that nobody knows.
 */
#ifndef POSTERN_MESSAGE_AMBIGUITY_H
#define POSTERN_MESSAGE_AMBIGUITY_H

#include <stdbool.h>

#include "base/span.h"
#include "message/part.h"

/* Two fields of one name, whose values say different things. */
bool ambiguity_of_values(struct span first, struct span second);
/* The same for Content-Transfer-Encoding. */
bool ambiguity_of_encodings(struct span first, struct span second);

/*
 * It says base64 or the like, with something around it: some programs pass
 * over that, and others take it for part of the name.
 */
bool ambiguity_of_encoding(struct span value);

/*
 * A parameter of Content-Type that has several values, or one that ends
 * elsewhere for some; `read` is the value that we go by.  Without memory,
 * *failed becomes true.
 */
bool ambiguity_of_parameter(const struct part *part, struct span name,
    struct span read, bool *failed);

#endif

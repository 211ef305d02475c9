/* nesting - IF and ENDIF, as pattern tables have them. */
#include "table/nesting.h"

#include <stdlib.h>

void
nesting_clear(struct nesting *nesting)
{
	free(nesting->open);
	*nesting = (struct nesting){ .open = NULL };
}

bool
nesting_push(struct nesting *nesting, size_t statement)
{
	if (nesting->depth == nesting->room) {
		size_t room = nesting->room > 0 ? nesting->room * 2 : 8;
		size_t *open = reallocarray(nesting->open, room,
		    sizeof(*open));

		if (open == NULL)
			return false;
		nesting->open = open;
		nesting->room = room;
	}
	nesting->open[nesting->depth++] = statement;
	return true;
}

bool
nesting_pop(struct nesting *nesting, size_t *statement_r)
{
	if (nesting->depth == 0)
		return false;
	*statement_r = nesting->open[--nesting->depth];
	return true;
}

bool
nesting_word(struct span text, struct span word)
{
	return span_casestarts(text, word) &&
	    (text.n == word.n || !ascii_alnum(text.p[word.n]));
}

struct span
nesting_skip_space(struct span text)
{
	while (text.n > 0 && ascii_space(text.p[0]))
		text = span_skip(text, 1);
	return text;
}

/*
 * text - the text of one part as its reader sees it, while it streams.
 *
 * From the decoded bytes of a part to paragraphs in UTF-8: its character set
 * (charset.h), its lines (flow.h) or tags (html.h), white space and windows
 * (paragraph.h).  HTML without a character set in its field may name one
 * itself, in its first kilobyte.  The same struct text serves one part after
 * the other.
 */
#ifndef POSTERN_MESSAGE_TEXT_H
#define POSTERN_MESSAGE_TEXT_H

#include <stdbool.h>

#include "message/html.h"
#include "message/part.h"

struct text;

struct text_sink {
	/*
	 * The paragraph, or the window of it, is good during the call.  What
	 * HTML hides has paragraphs of its own.
	 */
	void (*paragraph)(void *context, struct span text, bool hidden);
	/* An HTML_LINK, good during the call; NULL: nobody asks. */
	void (*link)(void *context, const struct html_event *link);
	void *context;
	/* What nobody sees splits no phrase: see paragraph.h. */
	bool bare;
};

/* NULL only without memory. */
struct text *text_new(const struct text_sink *sink);
void text_free(struct text **text);

void text_begins(struct text *text, const struct part *part);
void text_data(struct text *text, struct span bytes);
void text_ends(struct text *text);

/* Memory ran out: what was seen is not the whole. */
bool text_failed(const struct text *text);

#endif

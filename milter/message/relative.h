/*
 * relative - the links of an HTML part, made whole by its base.
 *
 * The base is what <base> says; it is good for the links in front of it, too,
 * which wait for it.  Beside it that of the part's header is one, or of a
 * header around it: Content-Base, or Content-Location.
 *
 * Browsers take the first <base>, but what is inside of a template, a drawing
 * or a comment for Outlook is one for some readers only.  So a relative link
 * comes with each base, up to RELATIVE_BASES_MAX.
 *
 * What the sink is told has a URL for link_read(); links that are relative to
 * nothing do not come.  A link that a reader without a sense for bases would
 * take elsewhere ("www.example.com", "https:x") comes both ways.
 */
#ifndef POSTERN_MESSAGE_RELATIVE_H
#define POSTERN_MESSAGE_RELATIVE_H

#include "base/buf.h"
#include "message/html.h"
#include "message/part.h"

/* Of links that wait for a base, with their texts: others do not wait. */
#define RELATIVE_WAIT_MAX	((size_t)256 * 1024)

#define RELATIVE_BASES_MAX	4

struct relative_sink {
	/* An HTML_LINK, good during the call. */
	void (*link)(void *context, const struct html_event *link);
	void *context;
};

struct relative {
	struct relative_sink sink;
	struct buf bases[RELATIVE_BASES_MAX];	/* as link_read() has them */
	size_t n;
	struct buf waiting;
	struct buf joined;
	bool failed;		/* memory ran out */
};

void relative_init(struct relative *relative,
    const struct relative_sink *sink);
void relative_clear(struct relative *relative);

void relative_begins(struct relative *relative, const struct part *part);
void relative_link(struct relative *relative, const struct html_event *link);

#endif

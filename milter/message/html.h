/*
 * html - the text that the reader of an HTML part sees, while it streams.
 *
 * The machine is fed with UTF-8 in chunks that may be cut anywhere, inside a
 * character, an entity or a tag too; it calls the sink with text, the ends of
 * paragraphs and links.  Any way of cutting gives the same events, but for
 * where a run of text is cut into pieces.  It takes what it holds from memory
 * once it needs it, never more than some 3 MB, and its time is linear.
 *
 * Tags are read as browsers read them (WHATWG HTML: tokenizer, entities, the
 * stack of open elements with its implied and its misnested ends).  Nothing
 * that they show is left out; where it cannot be told whether something shows
 * (layout, positions, scripts, styles that come after what they style), it is
 * taken to show.
 *
 * There are two streams of text, each with paragraphs of its own: what shows,
 * and what is hidden by style or by attribute.  Hidden text does not part what
 * stands around it.  White space is left as it stood: any run of it, line
 * ends included, means one blank.  U+00A0, zero-width characters and the soft
 * hyphen are characters like others.  Bytes that are not UTF-8 pass through.
 *
 * Blocks, list items and table rows end a paragraph, and so do two <br>, or an
 * empty line in <pre>, with nothing between them.  One <br> is a line end, and
 * between table cells stands a tab: both are white space in the text.
 * Displays are those of the style: a <div> made inline parts nothing.
 *
 * Comments, scripts, styles, and title attributes are left out, and so are
 * pages in an <iframe srcdoc>, but for their links, which are told.  The title
 * is hidden text, since no mail reader shows it; and so is what a conditional
 * comment holds for Outlook alone, a page of its own within the page: a third
 * stream.
 */
#ifndef POSTERN_MESSAGE_HTML_H
#define POSTERN_MESSAGE_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* What is longer comes with its first characters, and `cut`. */
#define HTML_URL_MAX	4096	/* a URL; also a text that stands alone */
#define HTML_LABEL_MAX	1024	/* the visible text of a link */

/* Elements nested deeper take the place of the innermost one, as in Chrome. */
#define HTML_DEPTH_MAX	512

struct html;

enum html_kind {
	HTML_TEXT,	/* a piece of text, never empty */
	HTML_PARAGRAPH,	/* the paragraph ends; never without text before */
	/*
	 * A whole paragraph that stands beside the running text and does not
	 * part it: the alternative text of an image, the value of a button or
	 * input, its placeholder.
	 */
	HTML_ASIDE,
	HTML_LINK
};

/* Where a link stood: an attribute unless said otherwise. */
enum html_link {
	HTML_HREF,		/* of <a> and <area>: what a click opens */
	HTML_BASE,		/* the href of <base> */
	HTML_STYLESHEET,	/* the href of any other element */
	HTML_ACTION,		/* action and formaction */
	HTML_SRC,		/* src, lowsrc, dynsrc, poster, data */
	HTML_SRCSET,		/* each of its URLs has an event of its own */
	HTML_BACKGROUND,
	HTML_CITE,		/* cite, longdesc, ping, profile, codebase */
	HTML_REFRESH,		/* the URL in a <meta http-equiv="refresh"> */
	HTML_STYLE		/* url() in a style */
};

struct html_event {
	enum html_kind kind;
	bool hidden;		/* its stream; a link: its element is */
	bool within;		/* hidden, too: in a conditional comment */
	/*
	 * HTML_TEXT, HTML_ASIDE; HTML_LINK: what a reader sees inside of <a>,
	 * alternative texts included, white space collapsed.
	 */
	struct span text;
	/*
	 * HTML_LINK: entities decoded, without white space and controls at
	 * its ends and without tabs and line ends, as browsers take it.
	 * Only that of <a> may be empty.
	 */
	struct span url;
	enum html_link link;
	bool cut;		/* the text or the URL was longer */
};

struct html_sink {
	/* The event and its spans are good during the call. */
	void (*event)(void *context, const struct html_event *event);
	void *context;
};

/* NULL only without memory. */
struct html *html_new(const struct html_sink *sink);
void html_free(struct html **html);

void html_feed(struct html *html, struct span chunk);

/*
 * The end of the part: what was held back comes out, the last paragraphs end.
 * As in browsers a tag that is not closed is dropped.
 */
void html_end(struct html *html);

/* Memory ran out: what the machine says is no longer the whole. */
bool html_failed(const struct html *html);

/* For the name of a kind of link in keys and logs: "href", "src" ... */
const char *html_link_name(enum html_link link);

#endif

/*
 * paragraph - text as patterns see it: white space collapsed, in paragraphs.
 *
 * Any run of white space, Unicode's included, is one space; none stands at
 * either end.  Control characters, which no reader shows, are gone: UTF-16
 * that is read as ASCII has a NUL at each letter.  A paragraph longer than
 * PARAGRAPH_MAX bytes is given out in windows that overlap: what is not longer
 * than PARAGRAPH_OVERLAP lies in one of them as a whole.  A window ends, and
 * the next one begins, between words where one ends near by, and never inside
 * a character.
 *
 * What nobody sees (plain.h) may keep two letters as far apart as it likes.
 * With a second struct paragraph, the bare one, a paragraph of several windows
 * that has such characters is given out without them, too: in windows of its
 * own, which end with it.
 *
 * The text is valid UTF-8 in pieces that may be cut anywhere, which does not
 * show.
 */
#ifndef POSTERN_MESSAGE_PARAGRAPH_H
#define POSTERN_MESSAGE_PARAGRAPH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

#define PARAGRAPH_MAX		8192
#define PARAGRAPH_OVERLAP	1024

struct paragraph {
	/* The text is good until the call returns. */
	void (*window)(void *context, struct span text);
	void *context;

	bool space;		/* white space stands before what comes */
	bool line;		/* the line that is being read has text */
	size_t n;
	char text[PARAGRAPH_MAX];
	size_t cut;		/* bytes of a character that is not whole */
	char character[4];

	struct paragraph *bare;	/* or NULL */
	bool beside;		/* something was left out of the bare one */
	bool slid;		/* and a window was given out since */
};

void paragraph_init(struct paragraph *paragraph,
    void (*window)(void *context, struct span text), void *context);

/* Behind paragraph_init() of both, which have no text yet. */
void paragraph_use_bare(struct paragraph *paragraph, struct paragraph *bare);

void paragraph_add(struct paragraph *paragraph, struct span text);
void paragraph_space(struct paragraph *paragraph);

/*
 * A line ends: white space, and the end of the paragraph if there was no text
 * in it.  A soft one is no white space.
 */
void paragraph_line(struct paragraph *paragraph);
void paragraph_soft_line(struct paragraph *paragraph);

/* The paragraph ends; nothing happens where there is none. */
void paragraph_break(struct paragraph *paragraph);

#endif

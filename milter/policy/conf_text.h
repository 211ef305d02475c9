/*
 * conf_text - the text of postern.conf, with what it includes put in place.
 *
 * libconfig wraps a number that 31 bits do not hold unless an L stands behind
 * it; here the L is added, and numbers that 63 bits do not hold are quoted,
 * so that none is read as another.  @include "FILE" is carried out here, too:
 * FILE may be absolute, and counts as a source of the configuration.
 */
#ifndef POSTERN_POLICY_CONF_TEXT_H
#define POSTERN_POLICY_CONF_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/complaint.h"
#include "base/region.h"
#include "base/source.h"
#include "policy/conf.h"

/* Lines of the text from `from` on come from a file, from `place` on. */
struct conf_run {
	unsigned from;
	struct conf_place place;
};

#define CONF_RUNS_MAX	256

struct conf_text {
	struct buf text;
	unsigned line;		/* of the text, while it is made; from 1 */
	struct conf_run runs[CONF_RUNS_MAX];
	size_t nruns;
};

/* False where something could not be read; the rest is there even so. */
bool conf_text_read(struct conf_text *text, const char *file,
    const char *folder, struct region *region, struct sources *sources,
    struct complaints *complaints);
void conf_text_clear(struct conf_text *text);

/* Where a line of the text comes from. */
struct conf_place conf_text_place(const struct conf_text *text,
    unsigned line);

#endif

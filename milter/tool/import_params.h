/*
 * import_params - the parameters of a Postfix, as `postconf -n` prints them.
 *
 * "name = value" in logical lines, so that main.cf itself can be read, too;
 * of two lines with one name the last counts.  A value is asked for with all
 * that begins with "$" in it filled in, as postconf(5) describes it: $name,
 * ${name?text}, ${name:text}, ${{a} == {b} ? {c} : {d}}.
 *
 * postconf -n leaves out what has its default.  A few defaults are known here;
 * a name that is neither read nor known stays as it is, "$name", and is
 * remembered, so that nobody takes it for a part of a file's name.
 */
#ifndef POSTERN_TOOL_IMPORT_PARAMS_H
#define POSTERN_TOOL_IMPORT_PARAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/region.h"

/* More is no output of postconf.  So is a value that grows past this. */
#define IMPORT_PARAMS_MAX	10000
#define IMPORT_VALUE_MAX	((size_t)1 << 20)
#define IMPORT_UNKNOWN_MAX	100

struct import_param {
	struct span name, value;
};

struct import_params {
	struct region *region;
	struct import_param *list;
	size_t n;
	struct span unknown[IMPORT_UNKNOWN_MAX];
	size_t nunknown;
};

/*
 * The text is written to, and must live as long as params.  False, with the
 * line and what is wrong with it, where it is no such list.
 */
bool import_params_read(struct import_params *params, struct buf *text,
    struct region *region, unsigned *line_r, const char **why_r);

/* Was it read?  Its value as it stands there. */
bool import_params_has(const struct import_params *params, const char *name,
    struct span *raw_r);

/* Its value, or its default, filled in and trimmed; empty where it has none. */
struct span import_params_get(struct import_params *params,
    const char *name);
struct span import_params_expand(struct import_params *params,
    struct span text);

/* A name that was not to be had and that text still holds, or empty. */
struct span import_params_missing(const struct import_params *params,
    struct span text);

/* "yes" */
bool import_params_yes(struct import_params *params, const char *name);

#endif

/*
 * inspect - what is in an attachment: its type by content, the names in an
 * archive, whether it has macros.
 *
 * Parsers of such formats meet hostile files, so none runs in this process:
 * each attachment goes to a helper process without privileges, files,
 * network, and with bounds on memory and time (sandbox.h), over a socket.  A
 * helper that dies, hangs or says what makes no sense is an answer, "error"
 * with the reason, for that one attachment; the next one has a new helper.
 *
 * Helpers come from the keeper (keeper.h), which is started while the program
 * has one thread, and before privileges and files are out of reach.  A few may
 * be at work at the same time; more callers wait.
 */
#ifndef POSTERN_SERVICE_INSPECT_H
#define POSTERN_SERVICE_INSPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/inspection.h"
#include "base/region.h"

/* Helpers at the same time. */
#define INSPECT_HELPERS		8

/* What an inspection may add to its region: names, and the list of them. */
#define INSPECT_REGION(entries) \
	((size_t)(entries) * (INSPECTION_NAME_MAX + 200) + 4096)

struct inspector;

/* See keeper_start(): it is called there.  NULL with a reason. */
struct inspector *inspector_start(int (*drop)(void *context, char *why,
    size_t size), void *context, char *why, size_t size);

/* Nobody may be inspecting any more; the keeper ends. */
void inspector_stop(struct inspector **inspector);

/*
 * Something that the log should have of the processes themselves, in a line;
 * false: nothing is left.  Any thread may ask.
 */
bool inspector_news(struct inspector *inspector, char *line, size_t size);

/*
 * Looks into the bytes of the source; any thread may call it, and it comes
 * back limits->seconds and a few later at the latest.  What is found, or why
 * nothing could be, lies in the region.
 */
void inspect(struct inspector *inspector,
    const struct inspection_limits *limits,
    const struct inspection_source *source, struct region *region,
    struct inspection *inspection_r);

#endif

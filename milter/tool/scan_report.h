/*
 * scan_report - what scan prints: verdicts, edits, lookups and counts, as
 * text or as one JSON object a line.
 *
 * A verdict stands before the lookups that led to it, and these may be as
 * many as the message has lines, so they wait in a spool.
 */
#ifndef POSTERN_TOOL_SCAN_REPORT_H
#define POSTERN_TOOL_SCAN_REPORT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/spool.h"
#include "policy/policy.h"
#include "tool/json.h"
#include "tool/scan_count.h"
#include "tool/scan_run.h"

/*
 * Lines, or elements of a JSON array, that wait: the last of them in a
 * buffer, so that the temporary file is not written byte by byte.
 */
struct scan_list {
	bool begun;
	struct spool *spool;	/* NULL: all are in the buffer */
	struct buf last;
	struct json json;
};

struct scan_report {
	const struct policy *policy;
	bool json, explain;
	struct scan_count count;

	/* Of one message: */
	struct scan_list lookups;
	struct scan_list matches;	/* json only */
	const char *why;		/* something cannot be shown */
};

void scan_report_init(struct scan_report *report,
    const struct policy *policy, bool json, bool explain);
void scan_report_clear(struct scan_report *report);

/* A scan_notes function; the context is the report. */
void scan_report_note(void *report, const struct note *note);

/*
 * What became of a message, on standard output; 0, or -1 with a one-line
 * reason where not all of it could be shown.
 */
int scan_report_message(struct scan_report *report, const char *name,
    const struct scan_run *run, const char **why_r);

/* Forgets what was noted of a message that is not reported. */
void scan_report_drop(struct scan_report *report);

/* Counts, where there are several messages; that the mode is shadow. */
void scan_report_end(struct scan_report *report);

/* scan_json.c and scan_text.c */
void scan_json_note(struct scan_report *report, const struct note *note);
void scan_json_message(struct scan_report *report, const char *name,
    const struct scan_run *run);
void scan_text_note(struct scan_report *report, const struct note *note);
void scan_text_message(struct scan_report *report, const char *name,
    const struct scan_run *run);

/* Adds to what waits; gives it to `write` in pieces. */
bool scan_list_add(struct scan_report *report, struct scan_list *list,
    struct span text);
void scan_list_give(struct scan_report *report, const struct scan_list *list,
    void (*write)(void *context, struct span piece), void *context);

/* The new body in pieces. */
void scan_new_body(struct scan_report *report, const struct scan_run *run,
    void (*write)(void *context, struct span piece), void *context);

#endif

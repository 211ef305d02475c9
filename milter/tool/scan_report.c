/* scan_report - what text and JSON have in common.  See scan_report.h. */
#include "tool/scan_report.h"

#include <stdio.h>

/* In memory, for one message; past it, in a temporary file. */
#define WAITING_MAX	((size_t)1024 * 1024)
#define LAST_MAX	((size_t)64 * 1024)

#define PIECE		16384

void
scan_report_init(struct scan_report *report, const struct policy *policy,
    bool json, bool explain)
{
	*report = (struct scan_report){
		.policy = policy, .json = json, .explain = explain,
	};
	scan_count_init(&report->count);
	buf_init(&report->lookups.last, LAST_MAX);
	buf_init(&report->matches.last, LAST_MAX);
}

void
scan_report_clear(struct scan_report *report)
{
	scan_report_drop(report);
	buf_clear(&report->lookups.last);
	buf_clear(&report->matches.last);
	scan_count_clear(&report->count);
}

static void
drop_list(struct scan_list *list)
{
	spool_free(&list->spool);
	buf_reset(&list->last);
	list->begun = false;
}

void
scan_report_drop(struct scan_report *report)
{
	drop_list(&report->lookups);
	drop_list(&report->matches);
	report->why = NULL;
}

static bool
add_to_spool(struct scan_report *report, struct scan_list *list,
    struct span text)
{
	const char *why = "out of memory";

	if (list->spool == NULL)
		list->spool = spool_new(WAITING_MAX,
		    report->policy->conf.spool_directory);
	if (list->spool != NULL && spool_add(list->spool, text, &why) == 0)
		return true;
	if (report->why == NULL)
		report->why = why;
	return false;
}

bool
scan_list_add(struct scan_report *report, struct scan_list *list,
    struct span text)
{
	if (text.n > LAST_MAX - list->last.n) {
		if (!add_to_spool(report, list, buf_span(&list->last)))
			return false;
		buf_reset(&list->last);
	}
	if (text.n > LAST_MAX)
		return add_to_spool(report, list, text);
	if (buf_add(&list->last, text))
		return true;
	report->why = "out of memory";
	return false;
}

void
scan_list_give(struct scan_report *report, const struct scan_list *list,
    void (*write)(void *context, struct span piece), void *context)
{
	char piece[PIECE];
	uint64_t size = list->spool != NULL ? spool_size(list->spool) : 0;

	for (uint64_t at = 0; at < size && report->why == NULL;) {
		size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;

		if (spool_read(list->spool, at, piece, n, &report->why) < 0)
			return;
		write(context, span_make(piece, n));
		at += n;
	}
	if (report->why == NULL && list->last.n > 0)
		write(context, buf_span(&list->last));
}

void
scan_new_body(struct scan_report *report, const struct scan_run *run,
    void (*write)(void *context, struct span piece), void *context)
{
	char piece[PIECE];
	struct body_reader reader = { 0 };
	const char *why = "";
	ssize_t n;

	while ((n = session_new_body(run->session, &reader, piece,
	    sizeof(piece), &why)) > 0)
		write(context, span_make(piece, (size_t)n));
	if (n < 0 && report->why == NULL)
		report->why = why;
}

void
scan_report_note(void *context, const struct note *note)
{
	struct scan_report *report = context;

	if (note->kind == NOTE_LOG) {
		if (note->warning)
			fprintf(stderr, "%.*s\n", SPAN_ARG(note->text));
		return;
	}
	if (note->kind == NOTE_LOOKUP && note->answer == ANSWER_HIT)
		scan_count_rule(&report->count, note->rule);
	if (report->json)
		scan_json_note(report, note);
	else if (report->explain)
		scan_text_note(report, note);
}

static bool
is_quarantined(const struct scan_run *run)
{
	for (size_t i = 0; i < run->outcome->nedits; i++)
		if (run->outcome->edits[i].kind == EDIT_QUARANTINE)
			return true;
	return false;
}

int
scan_report_message(struct scan_report *report, const char *name,
    const struct scan_run *run, const char **why_r)
{
	if (report->json)
		scan_json_message(report, name, run);
	else
		scan_text_message(report, name, run);
	scan_count_message(&report->count, &run->verdict,
	    is_quarantined(run));
	*why_r = report->why;
	scan_report_drop(report);
	return *why_r == NULL ? 0 : -1;
}

void
scan_report_end(struct scan_report *report)
{
	FILE *out = report->json ? stderr : stdout;

	if (report->count.messages > 1)
		scan_count_print(&report->count, out);
	if (report->policy->conf.mode == MODE_SHADOW)
		fputs("mode is \"shadow\": the daemon would only log this\n",
		    out);
}

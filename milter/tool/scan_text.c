/* scan_text - a message's fate for a reader.  See scan_report.h. */
#include <inttypes.h>
#include <stdio.h>

#include "base/escaped.h"
#include "base/printable.h"
#include "tool/scan_report.h"

/* As much as is shown of what comes from outside and is no key. */
#define SHOWN_MAX	1000
#define LINE_MAX_BYTES	8192

static void
print(void *context, struct span text)
{
	(void)context;
	fwrite(text.p, 1, text.n, stdout);
}

static void
add_rule(struct buf *line, struct span rule)
{
	if (rule.n == 0)
		return;
	buf_add(line, SPAN(" ("));
	printable_add(line, rule, SHOWN_MAX);
	buf_addc(line, ')');
}

/* "reject 550 5.7.1 no (FILE:LINE)" */
static void
add_verdict(struct buf *line, const struct verdict *verdict)
{
	buf_add(line, span_of(verdict_word(verdict->kind)));
	if (verdict->code > 0)
		buf_addf(line, " %u", verdict->code);
	if (verdict->dsn.n > 0) {
		buf_addc(line, ' ');
		printable_add(line, verdict->dsn, SHOWN_MAX);
	}
	if (verdict->text.n > 0) {
		buf_addc(line, ' ');
		printable_add(line, verdict->text, SHOWN_MAX);
	}
	add_rule(line, verdict->rule);
	buf_addc(line, '\n');
}

/* Those of several recipients that were refused. */
static void
add_recipients(struct buf *line, const struct scan_run *run)
{
	for (size_t i = 0; run->nrcpts > 1 && i < run->nrcpts; i++) {
		const struct scan_rcpt *rcpt = &run->rcpts[i];

		if (rcpt->verdict.kind != VERDICT_REJECT &&
		    rcpt->verdict.kind != VERDICT_TEMPFAIL)
			continue;
		buf_reset(line);
		buf_add(line, SPAN("  rcpt "));
		printable_add(line, rcpt->path, SHOWN_MAX);
		buf_add(line, SPAN(": "));
		add_verdict(line, &rcpt->verdict);
		print(NULL, buf_span(line));
	}
}

static void
count_bytes(void *context, struct span piece)
{
	*(uint64_t *)context += piece.n;
}

static void
add_edit(struct scan_report *report, const struct scan_run *run,
    const struct edit *edit, struct buf *line)
{
	uint64_t size = 0;

	buf_addf(line, "  %s ", edit_word(edit->kind));
	switch (edit->kind) {
	case EDIT_INSHEADER:
	case EDIT_CHGHEADER:
	case EDIT_DELHEADER:
		buf_addf(line, "%u ", edit->index);
		/* FALLTHROUGH */
	case EDIT_ADDHEADER:
		printable_add(line, edit->name, SHOWN_MAX);
		if (edit->kind == EDIT_DELHEADER)
			break;
		buf_addc(line, ':');
		printable_add(line, edit->value, SHOWN_MAX);
		break;
	case EDIT_ADDRCPT:
	case EDIT_DELRCPT:
	case EDIT_CHGFROM:
		printable_add(line, edit->address, SHOWN_MAX);
		break;
	case EDIT_REPLACEBODY:
		scan_new_body(report, run, count_bytes, &size);
		buf_addf(line, "%" PRIu64 " bytes", size);
		break;
	case EDIT_QUARANTINE:
		printable_add(line, edit->reason, SHOWN_MAX);
		break;
	}
	buf_addc(line, '\n');
}

void
scan_text_message(struct scan_report *report, const char *name,
    const struct scan_run *run)
{
	struct buf line;

	buf_init(&line, LINE_MAX_BYTES);
	printable_add(&line, span_of(name), SHOWN_MAX);
	buf_add(&line, SPAN(": "));
	add_verdict(&line, &run->verdict);
	print(NULL, buf_span(&line));
	add_recipients(&line, run);
	for (size_t i = 0; i < run->outcome->nedits; i++) {
		buf_reset(&line);
		add_edit(report, run, &run->outcome->edits[i], &line);
		print(NULL, buf_span(&line));
	}
	buf_clear(&line);
	scan_list_give(report, &report->lookups, print, NULL);
}

static void
add_answer(struct buf *line, const struct note *note)
{
	buf_addc(line, '\t');
	printable_add(line, note->table, SHOWN_MAX);
	buf_addc(line, '\t');
	switch (note->answer) {
	case ANSWER_HIT:
		printable_add(line, note->rule, SHOWN_MAX);
		buf_addc(line, '\t');
		printable_add(line, note->action, SHOWN_MAX);
		break;
	case ANSWER_MISS:
		buf_addc(line, '-');
		break;
	case ANSWER_ERROR:
		buf_add(line, SPAN("could not look"));
		break;
	}
}

/*
 * "  VIEW<tab>KEY<tab>TABLE<tab>RULE<tab>RESULT", rule "-" for a miss; and
 * "  part<tab>WHICH".  Of the key all is shown: rules are made for it.
 */
void
scan_text_note(struct scan_report *report, const struct note *note)
{
	struct buf line;

	buf_init(&line, LINE_MAX_BYTES + 4 * note->key.n);
	buf_addf(&line, "  %s\t", note->view);
	escaped_add(&line, note->key);
	if (note->kind == NOTE_LOOKUP)
		add_answer(&line, note);
	buf_addc(&line, '\n');
	scan_list_add(report, &report->lookups, buf_span(&line));
	buf_clear(&line);
}

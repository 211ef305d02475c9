/* scan_json - a message's fate as one JSON object.  See scan_report.h. */
#include <stdio.h>

#include "tool/scan_report.h"

struct waiting {
	struct scan_report *report;
	struct scan_list *list;
};

static bool
to_stdout(void *context, struct span bytes)
{
	(void)context;
	return fwrite(bytes.p, 1, bytes.n, stdout) == bytes.n;
}

static bool
to_list(void *context, struct span bytes)
{
	const struct waiting *waiting = context;

	return scan_list_add(waiting->report, waiting->list, bytes);
}

static void
string(struct json *json, const char *name, struct span value)
{
	json_key(json, name);
	json_text(json, value);
}

static void
number(struct json *json, const char *name, unsigned value)
{
	json_key(json, name);
	if (value > 0)
		json_number(json, value);
	else
		json_null(json);
}

static void
add_verdict(struct json *json, const struct verdict *verdict)
{
	string(json, "verdict", span_of(verdict_word(verdict->kind)));
	number(json, "code", verdict->code);
	string(json, "dsn", verdict->dsn);
	string(json, "text", verdict->text);
	string(json, "rule", verdict->rule);
}

static void
add_piece(void *context, struct span piece)
{
	json_piece(context, piece);
}

static void
add_raw(void *context, struct span piece)
{
	json_raw(context, piece);
}

/* A value may be empty, which is not the same as none. */
static void
add_field(struct json *json, const struct edit *edit)
{
	string(json, "name", edit->name);
	if (edit->kind != EDIT_ADDHEADER)
		number(json, "index", edit->index);
	if (edit->kind == EDIT_DELHEADER)
		return;
	json_key(json, "value");
	json_string(json, edit->value);
}

static void
add_edit(struct scan_report *report, const struct scan_run *run,
    const struct edit *edit, struct json *json)
{
	json_begin_object(json);
	string(json, "op", span_of(edit_word(edit->kind)));
	switch (edit->kind) {
	case EDIT_ADDHEADER:
	case EDIT_INSHEADER:
	case EDIT_CHGHEADER:
	case EDIT_DELHEADER:
		add_field(json, edit);
		break;
	case EDIT_ADDRCPT:
	case EDIT_DELRCPT:
	case EDIT_CHGFROM:
		string(json, "address", edit->address);
		break;
	case EDIT_REPLACEBODY:
		json_key(json, "value");
		json_begin_string(json);
		scan_new_body(report, run, add_piece, json);
		json_end_string(json);
		break;
	case EDIT_QUARANTINE:
		string(json, "reason", edit->reason);
		break;
	}
	json_end_object(json);
}

static struct span
quarantine_reason(const struct outcome *outcome)
{
	struct span reason = SPAN("");

	for (size_t i = 0; i < outcome->nedits; i++)
		if (outcome->edits[i].kind == EDIT_QUARANTINE)
			reason = outcome->edits[i].reason;
	return reason;
}

static void
add_recipients(struct json *json, const struct scan_run *run)
{
	json_key(json, "rcpts");
	json_begin_array(json);
	for (size_t i = 0; i < run->nrcpts; i++) {
		json_begin_object(json);
		string(json, "address", run->rcpts[i].path);
		add_verdict(json, &run->rcpts[i].verdict);
		json_end_object(json);
	}
	json_end_array(json);
}

static void
add_list(struct scan_report *report, const char *name,
    const struct scan_list *list, struct json *json)
{
	json_key(json, name);
	json_begin_array(json);
	scan_list_give(report, list, add_raw, json);
	json_end_array(json);
}

void
scan_json_message(struct scan_report *report, const char *name,
    const struct scan_run *run)
{
	struct json_sink sink = { to_stdout, NULL };
	const struct outcome *outcome = run->outcome;
	struct json json;

	json_init(&json, &sink);
	json_begin_object(&json);
	string(&json, "file", span_of(name));
	add_verdict(&json, &run->verdict);
	string(&json, "quarantine", quarantine_reason(outcome));
	json_key(&json, "edits");
	json_begin_array(&json);
	for (size_t i = 0; i < outcome->nedits; i++)
		add_edit(report, run, &outcome->edits[i], &json);
	json_end_array(&json);
	add_recipients(&json, run);
	add_list(report, "matches", &report->matches, &json);
	if (report->explain)
		add_list(report, "lookups", &report->lookups, &json);
	json_end_object(&json);
	putchar('\n');
}

static void
add_note(struct scan_report *report, struct scan_list *list,
    const struct note *note, bool with_answer)
{
	static const struct span answers[] = {
		SPAN_INIT("error"), SPAN_INIT("miss"), SPAN_INIT("hit")
	};
	struct waiting waiting = { report, list };
	struct json_sink sink = { to_list, &waiting };

	if (!list->begun)
		json_init(&list->json, &sink);
	list->begun = true;
	list->json.sink = sink;
	json_begin_object(&list->json);
	string(&list->json, "view", span_of(note->view));
	json_key(&list->json, "key");
	json_string(&list->json, note->key);
	string(&list->json, "table", note->table);
	if (with_answer)
		string(&list->json, "answer", note->kind != NOTE_LOOKUP ?
		    SPAN("") : answers[note->answer - ANSWER_ERROR]);
	string(&list->json, "rule", note->answer == ANSWER_HIT ?
	    note->rule : SPAN(""));
	string(&list->json, "action", note->action);
	json_end_object(&list->json);
}

void
scan_json_note(struct scan_report *report, const struct note *note)
{
	if (note->kind == NOTE_LOOKUP && note->answer == ANSWER_HIT)
		add_note(report, &report->matches, note, false);
	if (report->explain)
		add_note(report, &report->lookups, note, true);
}

/*
 * notes - lines for the log, in Postfix's shape, and lookups for scan.
 *
 *	QUEUEID: reject: header Subject: ... from host[ip]; from=<...>
 *	to=<...> helo=<...>: TEXT rule=FILE:LINE
 *
 * Whatever came from outside is made printable and cut.
 */
#include "session/state.h"

#include <stdarg.h>

#include "base/printable.h"

#define LINE_MAX_BYTES	2000
/* As much of a header field or line as Postfix shows. */
#define SEEN_MAX	200
#define NAME_SHOWN	256

/*
 * How much of an event's memory notes may take.  What is left is enough for
 * the list to grow once more, and for the reply.  In scan notes are what is
 * asked for.
 */
static bool
may_note(const struct session *s)
{
	return s->options.lookups != LOOKUPS_NONE ||
	    s->event.used < EVENT_MAX / 4;
}

/*
 * NULL where the event has noted too much already; what the message's fate
 * depends on is noted all the same.
 */
static struct note *
new_note(struct session *s, bool fate)
{
	size_t n = s->outcome.nnotes, room = s->notes_room;

	if (!fate && !may_note(s)) {
		s->dropped++;
		return NULL;
	}
	if (n == room) {
		struct note *notes;

		room = room > 0 ? room * 2 : 8;
		notes = region_alloc(&s->event, room * sizeof(*notes));
		if (notes == NULL) {
			s->dropped++;
			return NULL;
		}
		if (n > 0)
			memcpy(notes, s->notes, n * sizeof(*notes));
		s->notes = notes;
		s->notes_room = room;
	}
	s->notes[n] = (struct note){ .kind = NOTE_LOG };
	s->outcome.nnotes = n + 1;
	return &s->notes[n];
}

void
note_lookup(struct session *s, const char *view, struct span key,
    const struct table *table, enum answer answer, struct span rule,
    struct span action)
{
	bool failed = s->event.failed;
	struct note *note = new_note(s, false);

	if (note != NULL)
		*note = (struct note){
			.kind = NOTE_LOOKUP, .view = view,
			.key = region_copy(&s->event, key),
			.table = span_of(table_name(table)),
			.answer = answer, .rule = rule,
			.action = region_copy(&s->event, action),
		};
	/* No verdict hangs on it. */
	s->event.failed = failed;
}

struct span
note_describe(struct session *s, const struct part *part,
    struct region *region)
{
	bool failed = region->failed;
	struct span text;
	struct buf line;

	if (s->options.lookups != LOOKUPS_ALL)
		return SPAN("");
	buf_init(&line, LINE_MAX_BYTES);
	part_describe(part, &line);
	text = region_copy(region, buf_span(&line));
	buf_clear(&line);
	/* No verdict hangs on it. */
	region->failed = failed;
	return text;
}

void
note_described(struct session *s, struct span text)
{
	struct note *note;

	if (s->options.lookups != LOOKUPS_ALL ||
	    (note = new_note(s, false)) == NULL)
		return;
	note->kind = NOTE_PART;
	note->view = "part";
	note->key = text;
}

void
note_remark(struct session *s, const char *view, const char *text)
{
	struct note *note;

	if (s->options.lookups != LOOKUPS_ALL ||
	    (note = new_note(s, false)) == NULL)
		return;
	note->kind = NOTE_REMARK;
	note->view = view;
	note->key = span_of(text);
}

static void
add_line(struct session *s, struct buf *line, bool warning, bool fate)
{
	bool failed = s->event.failed;
	struct note *note = new_note(s, fate);

	if (note != NULL) {
		note->warning = warning;
		note->text = region_copy(&s->event, buf_span(line));
	}
	/* No verdict hangs on it. */
	s->event.failed = failed;
	buf_clear(line);
}

void
note_warning(struct session *s, const char *format, ...)
{
	struct buf line, text;
	va_list args;

	buf_init(&line, LINE_MAX_BYTES);
	buf_init(&text, LINE_MAX_BYTES);
	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	buf_addf(&line, "%s: warning: ", s->queue_id.n > 0 ?
	    buf_string(&s->queue_id) : "NOQUEUE");
	printable_add(&line, buf_span(&text), LINE_MAX_BYTES - 100);
	buf_clear(&text);
	add_line(s, &line, true, false);
}

void
note_dropped(struct session *s)
{
	struct buf line;

	if (s->dropped == 0)
		return;
	buf_init(&line, LINE_MAX_BYTES);
	buf_addf(&line, "%s: warning: %zu more lines were not logged",
	    s->queue_id.n > 0 ? buf_string(&s->queue_id) : "NOQUEUE",
	    s->dropped);
	add_line(s, &line, true, true);
}

static void
add_name(struct buf *line, const char *label, struct span name)
{
	buf_addf(line, " %s=<", label);
	printable_add(line, name, NAME_SHOWN);
	buf_addc(line, '>');
}

/* What only writes a line does so in shadow mode, too. */
static bool
acts(const char *word)
{
	static const char *const words[] = {
		"info", "warning", "note", "reject_warning"
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i]) == 0)
			return false;
	return true;
}

static bool
is_fate(const char *word)
{
	return strcmp(word, "reject") == 0 || strcmp(word, "hold") == 0 ||
	    strcmp(word, "discard") == 0;
}

/* "QUEUEID: reject: ", and in shadow mode "QUEUEID: would-reject: ". */
static void
begin_line(struct session *s, struct buf *line, const char *word)
{
	bool would = s->policy->conf.mode == MODE_SHADOW && acts(word);

	buf_init(line, LINE_MAX_BYTES);
	printable_add(line, s->queue_id.n > 0 ? buf_span(&s->queue_id) :
	    SPAN("NOQUEUE"), NAME_SHOWN);
	buf_addf(line, ": %s%s: ", would ? "would-" : "", word);
}

static void
add_client(struct session *s, struct buf *line)
{
	buf_add(line, SPAN(" from "));
	printable_add(line, s->client_name, NAME_SHOWN);
	buf_addc(line, '[');
	printable_add(line, s->client_address, NAME_SHOWN);
	buf_addc(line, ']');
}

static void
add_envelope(struct session *s, struct buf *line)
{
	bool mail = s->kind != EVENT_CONNECT && s->kind != EVENT_HELO &&
	    (s->kind != EVENT_UNKNOWN || s->t->begun);
	struct span to = s->kind == EVENT_RCPT ? s->t->to : s->t->first;

	buf_addc(line, ';');
	if (mail)
		add_name(line, "from", s->t->sender);
	if (mail && s->kind != EVENT_MAIL)
		add_name(line, "to", to);
	if (s->helo.n > 0)
		add_name(line, "helo", buf_span(&s->helo));
}

static void
add_rule(struct buf *line, struct span rule)
{
	if (rule.n == 0)
		return;
	buf_add(line, SPAN(" rule="));
	printable_add(line, rule, SEEN_MAX);
}

void
note_content(struct session *s, const char *word, const struct seen *seen,
    struct span text, struct span rule)
{
	struct buf line;

	begin_line(s, &line, word);
	buf_addf(&line, "%s ", seen->what);
	printable_add(&line, seen->text, SEEN_MAX);
	add_client(s, &line);
	add_envelope(s, &line);
	if (text.n > 0) {
		buf_add(&line, SPAN(": "));
		printable_add(&line, text, SEEN_MAX * 2);
	}
	add_rule(&line, rule);
	add_line(s, &line, false, is_fate(word));
}

static const char *
stage(const struct session *s)
{
	switch (s->kind) {
	case EVENT_CONNECT:
		return "CONNECT";
	case EVENT_HELO:
		return "HELO";
	case EVENT_MAIL:
		return "MAIL";
	case EVENT_RCPT:
		return "RCPT";
	case EVENT_UNKNOWN:
		return "UNKNOWN";
	default:
		return "END-OF-MESSAGE";
	}
}

void
note_stage(struct session *s, const char *word, struct span text,
    struct span rule)
{
	struct buf line;

	begin_line(s, &line, word);
	buf_add(&line, span_of(stage(s)));
	add_client(s, &line);
	if (text.n > 0) {
		buf_add(&line, SPAN(": "));
		printable_add(&line, text, SEEN_MAX * 3);
	}
	add_envelope(s, &line);
	add_rule(&line, rule);
	add_line(s, &line, false, is_fate(word));
}

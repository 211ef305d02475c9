/* mailbox - stored mail, message by message.  See mailbox.h. */
#include "tool/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

#define WINDOW		65536

/*
 * Postfix reads lines in pieces of line_length_limit bytes: the name of a
 * field must lie in the first, and a NUL ends the piece that it is in.
 */
#define PIECE		2048

/* A longer line is no From line. */
#define FROM_LINE_MAX	1024

/* What a line's head, its end and a From line behind it may take. */
#define AHEAD		(2 * PIECE)

enum place {
	AT_START,	/* before the first message */
	IN_HEADER, IN_BODY,
	AT_END		/* of a message */
};

struct mailbox {
	int fd;
	const char *why;	/* once set, nothing more is read */
	bool eof;
	char window[WINDOW];
	size_t begin, end;	/* what is in it and not taken yet */
	uint64_t offset;	/* of `begin` in the file */

	bool mbox;
	uint64_t number;
	char sender[FROM_LINE_MAX];
	size_t sender_length;

	enum place place;
	bool top;		/* no line of the header yet but From lines */
	bool line_start;	/* in the body */
	bool first_line;	/* of the body: a From line may follow */
	uint64_t crs;		/* taken; a line end, or spaces */
	unsigned owes;		/* bytes of a CRLF */
	struct buf field;
};

struct mailbox *
mailbox_open(const char *path, const char **why_r)
{
	struct mailbox *m = calloc(1, sizeof(*m));

	if (m == NULL) {
		*why_r = "out of memory";
		return NULL;
	}
	buf_init(&m->field, MAILBOX_FIELD_MAX + 1);
	m->fd = strcmp(path, "-") == 0 ? STDIN_FILENO :
	    open(path, O_RDONLY | O_CLOEXEC);
	if (m->fd < 0) {
		*why_r = strerrordesc_np(errno);
		free(m);
		return NULL;
	}
	return m;
}

void
mailbox_close(struct mailbox **mailbox)
{
	struct mailbox *m = *mailbox;

	if (m == NULL)
		return;
	if (m->fd != STDIN_FILENO)
		close(m->fd);
	buf_clear(&m->field);
	free(m);
	*mailbox = NULL;
}

/* The window */

static void
fill(struct mailbox *m)
{
	ssize_t n;

	if (m->end == WINDOW) {
		memmove(m->window, m->window + m->begin, m->end - m->begin);
		m->end -= m->begin;
		m->begin = 0;
	}
	do
		n = read(m->fd, m->window + m->end, WINDOW - m->end);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		m->why = strerrordesc_np(errno);
	if (n <= 0)
		m->eof = true;
	else
		m->end += (size_t)n;
}

/* What comes next: at least n bytes (AHEAD at most), but at the end. */
static struct span
ahead(struct mailbox *m, size_t n)
{
	while (m->end - m->begin < n && !m->eof)
		fill(m);
	return span_make(m->window + m->begin, m->end - m->begin);
}

static void
take(struct mailbox *m, size_t n)
{
	m->begin += n;
	m->offset += n;
	if (m->begin == m->end)
		m->begin = m->end = 0;
}

/* Lines that are only looked at */

/* The length of the line end at the front of text: CRs and LF; 0: none. */
static size_t
line_end(struct span text, bool eof)
{
	size_t n = 0;

	while (n < text.n && text.p[n] == '\r')
		n++;
	if (n < text.n && text.p[n] == '\n')
		return n + 1;
	return n == text.n && eof ? n : 0;
}

/* "From sender Mon Jan  1 00:00:00 2024": a time and a year at the least. */
static bool
is_from_line(struct span text)
{
	bool time = false, year = false;
	unsigned digits = 0;

	text = span_head(text, FROM_LINE_MAX);
	text = span_head(text, span_find(text, '\n'));
	if (text.n == FROM_LINE_MAX || !span_starts(text, SPAN("From ")))
		return false;
	for (size_t i = 5; i < text.n; i++) {
		if (ascii_digit(text.p[i])) {
			digits++;
			continue;
		}
		if (text.p[i] == ':' && digits > 0 && i + 1 < text.n &&
		    ascii_digit(text.p[i + 1]))
			time = true;
		if (digits == 4 && ascii_space(text.p[i]))
			year = true;
		digits = 0;
	}
	return time && (year || digits == 4);
}

/* ">From ", ">>From ": how many '>', or 0. */
static size_t
from_quotes(struct span text)
{
	size_t n = 0;

	while (n < text.n && n < FROM_LINE_MAX && text.p[n] == '>')
		n++;
	return span_starts(span_skip(text, n), SPAN("From ")) ? n : 0;
}

/*
 * Behind an empty line a From line, or the end, ends an mbox's message; the
 * empty line is the mbox's.
 */
static bool
ends_here(struct mailbox *m)
{
	struct span next = ahead(m, AHEAD);
	size_t end;

	if (next.n == 0)
		return true;
	if (!m->mbox)
		return false;
	if (m->first_line && is_from_line(next))
		return true;
	end = line_end(span_head(next, PIECE), next.n <= PIECE && m->eof);
	if (end == 0)
		return false;
	next = span_skip(next, end);
	if (next.n > 0 && !is_from_line(next))
		return false;
	take(m, end);
	return true;
}

/* Lines that are taken */

static void
take_crs(struct mailbox *m)
{
	for (;;) {
		struct span next = ahead(m, 1);
		size_t n = 0;

		while (n < next.n && next.p[n] == '\r')
			n++;
		take(m, n);
		m->crs += n;
		if (n == 0 || n < next.n)
			return;
	}
}

/* CRs that were no line end become spaces. */
static size_t
give_crs(struct mailbox *m, char *to, size_t size)
{
	size_t n = m->crs < size ? (size_t)m->crs : size;

	memset(to, ' ', n);
	m->crs -= n;
	return n;
}

/*
 * As much of the line as fits, without its end; *ended_r where it is through
 * (at the end of the file, too).
 */
static size_t
take_line(struct mailbox *m, char *to, size_t size, bool *ended_r)
{
	size_t n = give_crs(m, to, size);

	*ended_r = false;
	while (n < size || m->crs == 0) {
		struct span next = ahead(m, 1);

		if (next.n > 0 && next.p[0] == '\r') {
			take_crs(m);
			next = ahead(m, 1);
		}
		if (next.n == 0 || next.p[0] == '\n') {
			take(m, next.n > 0);
			m->crs = 0;
			*ended_r = true;
			return n;
		}
		if (n == size)
			return n;
		n += give_crs(m, to + n, size - n);
		next = span_head(next, size - n);
		next = span_head(next, span_find(next, '\n'));
		next = span_head(next, span_find(next, '\r'));
		memcpy(to + n, next.p, next.n);
		take(m, next.n);
		n += next.n;
	}
	return n;
}

/* Messages */

static int
failed(const struct mailbox *m)
{
	return m->why != NULL ? -1 : 0;
}

static void
take_from_line(struct mailbox *m)
{
	char line[FROM_LINE_MAX], rest[PIECE];
	bool ended;
	struct span text = span_make(line,
	    take_line(m, line, sizeof(line), &ended));

	while (!ended)
		take_line(m, rest, sizeof(rest), &ended);
	text = span_skip(text, 5);
	text = span_word(&text);
	memcpy(m->sender, text.p, text.n);
	m->sender_length = text.n;
	m->number++;
}

int
mailbox_next(struct mailbox *m)
{
	struct field field;
	char body[PIECE];

	if (m->place == AT_START)
		m->mbox = span_starts(ahead(m, 5), SPAN("From "));
	while (m->place == IN_HEADER && mailbox_field(m, &field) > 0)
		;
	while (m->place == IN_BODY && mailbox_body(m, body, sizeof(body)) > 0)
		;
	if (ahead(m, 1).n == 0)
		return failed(m);
	if (m->mbox)
		take_from_line(m);
	m->place = IN_HEADER;
	m->top = true;
	return m->why != NULL ? -1 : 1;
}

uint64_t
mailbox_number(const struct mailbox *m)
{
	return m->number;
}

struct span
mailbox_sender(const struct mailbox *m)
{
	return span_make(m->sender, m->sender_length);
}

/* The head of the next line, as take_line() would give it. */
static size_t
look_at_line(struct mailbox *m, char head[PIECE])
{
	struct span next = ahead(m, AHEAD);
	size_t n;

	for (n = 0; n < PIECE && n < next.n; n++) {
		head[n] = next.p[n];
		if (head[n] != '\r' && head[n] != '\n')
			continue;
		if (line_end(span_skip(next, n), m->eof) > 0)
			return n;
		head[n] = ' ';
	}
	return n;
}

/*
 * One line of the field, behind LF where it is a fold.  A piece of it ends at
 * a NUL; nothing is added any more once the limit is reached.
 */
static void
add_line(struct mailbox *m, bool fold)
{
	char piece[PIECE];
	bool ended;

	do {
		struct span text = span_make(piece,
		    take_line(m, piece, sizeof(piece), &ended));

		if (m->field.n >= MAILBOX_FIELD_MAX)
			continue;
		if (fold)
			buf_addc(&m->field, '\n');
		buf_add(&m->field, span_head(text, span_find(text, '\0')));
		fold = false;
	} while (!ended);
}

static struct span
cut_field(const struct buf *field)
{
	struct span text = span_head(buf_span(field), MAILBOX_FIELD_MAX);
	size_t fold;

	if (field->n <= MAILBOX_FIELD_MAX)
		return text;
	fold = span_rfind(text, '\n');
	return fold < text.n && fold >= MAILBOX_FIELD_MAX / 10 * 9 ?
	    span_head(text, fold) : text;
}

/* What smtpd(8) makes of From lines that a message begins with. */
static bool
is_mailbox_line(struct mailbox *m, struct span line)
{
	m->top = m->top && (span_starts(line, SPAN("From ")) ||
	    from_quotes(line) > 0);
	return m->top;
}

static int
end_header(struct mailbox *m, bool empty_line)
{
	char none[1];
	bool ended;

	if (empty_line)
		take_line(m, none, sizeof(none), &ended);
	m->place = IN_BODY;
	m->first_line = empty_line;
	m->line_start = true;
	return failed(m);
}

int
mailbox_field(struct mailbox *m, struct field *field_r)
{
	char head[PIECE];
	struct span line;

	if (m->place != IN_HEADER)
		return failed(m);
	line = span_make(head, look_at_line(m, head));
	buf_reset(&m->field);
	if (is_mailbox_line(m, line)) {
		buf_add(&m->field, SPAN("X-Mailbox-Line: "));
		add_line(m, false);
	} else if (field_parse(span_head(line, span_find(line, '\0')),
	    field_r)) {
		add_line(m, false);
		while (look_at_line(m, head) > 0 && ascii_blank(head[0]))
			add_line(m, true);
	} else {
		return end_header(m, line.n == 0);
	}
	if (!field_parse(cut_field(&m->field), field_r))
		m->why = "out of memory";
	return m->why != NULL ? -1 : 1;
}

/* At the start of a line of the body: false where the message is over. */
static bool
begin_line(struct mailbox *m)
{
	if (ends_here(m)) {
		m->place = AT_END;
		return false;
	}
	if (m->mbox && from_quotes(ahead(m, AHEAD)) > 0)
		take(m, 1);
	m->line_start = m->first_line = false;
	return true;
}

ssize_t
mailbox_body(struct mailbox *m, char *to, size_t size)
{
	size_t n = 0;

	while (n < size && m->why == NULL && m->place == IN_BODY) {
		bool ended;

		if (m->owes > 0) {
			to[n++] = m->owes == 2 ? '\r' : '\n';
			m->line_start = --m->owes == 0;
		} else if (!m->line_start || begin_line(m)) {
			n += take_line(m, to + n, size - n, &ended);
			m->owes = ended ? 2 : 0;
		}
	}
	return m->why != NULL ? -1 : (ssize_t)n;
}

uint64_t
mailbox_offset(const struct mailbox *m)
{
	return m->offset;
}

const char *
mailbox_why(const struct mailbox *m)
{
	return m->why;
}

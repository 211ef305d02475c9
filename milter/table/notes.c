/* notes - what comments above a rule say to us.  See notes.h. */
#include "table/notes.h"

#include <stdlib.h>

struct reader {
	struct notes *notes;
	unsigned line;
	size_t tests;		/* the first that has no rule yet */
	size_t allowed;		/* the first in this block of comments */
	bool failed;
};

static struct span
trim_left(struct span s)
{
	while (s.n > 0 && ascii_space(s.p[0]))
		s = span_skip(s, 1);
	return s;
}

static void
add(struct reader *reader, enum note_kind kind, struct span text)
{
	struct notes *notes = reader->notes;

	if (notes->n == notes->room) {
		size_t room = notes->room > 0 ? notes->room * 2 : 16;
		struct note *list = reallocarray(notes->list, room,
		    sizeof(*list));

		if (list == NULL) {
			reader->failed = true;
			return;
		}
		notes->list = list;
		notes->room = room;
	}
	notes->list[notes->n++] = (struct note){
		.kind = kind, .line = reader->line, .text = text
	};
}

/* What follows "# postern: allow", or nothing. */
static struct span
allowance(struct span comment)
{
	static const struct span words[] = {
		SPAN_INIT("#"), SPAN_INIT("postern:"), SPAN_INIT("allow"),
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		comment = trim_left(comment);
		if (!span_starts(comment, words[i]))
			return span_make(NULL, 0);
		comment = span_skip(comment, words[i].n);
	}
	return comment.n > 0 && ascii_space(comment.p[0]) ?
	    span_trim(comment) : span_make(NULL, 0);
}

static void
read_comment(struct reader *reader, struct span line)
{
	struct span text;

	/* The end of a line as DOS has it is none of the test's text. */
	if (span_ends(line, SPAN("\r")))
		line = span_head(line, line.n - 1);
	if (line.n > 3 && (span_starts(line, SPAN("#+ ")) ||
	    span_starts(line, SPAN("#- "))))
		add(reader, line.p[1] == '+' ? NOTE_WANTED : NOTE_UNWANTED,
		    span_skip(line, 3));
	else if ((text = allowance(line)).n > 0)
		add(reader, NOTE_ALLOW, text);
}

/* All that waits for a rule has found it. */
static void
meet_rule(struct reader *reader)
{
	struct notes *notes = reader->notes;

	for (size_t i = reader->tests; i < notes->n; i++)
		if (notes->list[i].kind != NOTE_ALLOW ||
		    i >= reader->allowed)
			notes->list[i].rule = reader->line;
	reader->tests = reader->allowed = notes->n;
}

static void
read_line(struct reader *reader, struct span line)
{
	struct span text = trim_left(line);

	if (text.n == 0)
		reader->allowed = reader->notes->n;
	else if (text.p[0] == '#')
		read_comment(reader, line);
	else if (text.p == line.p)
		meet_rule(reader);
	/* Else it continues a rule; what stands above is for the next. */
}

bool
notes_read(struct span text, struct notes *notes_r)
{
	struct reader reader = { .notes = notes_r };

	*notes_r = (struct notes){ .list = NULL };
	while (text.n > 0 && !reader.failed) {
		struct span line = span_head(text, span_find(text, '\n'));

		reader.line++;
		read_line(&reader, line);
		text = span_skip(text, line.n + 1);
	}
	return !reader.failed;
}

void
notes_clear(struct notes *notes)
{
	free(notes->list);
	*notes = (struct notes){ .list = NULL };
}

/* The length of the escape at the front, or 0 where there is none. */
static size_t
take_escape(struct span text, char *byte_r)
{
	if (text.n < 2 || text.p[0] != '\\')
		return 0;
	switch (text.p[1]) {
	case 'n':
		*byte_r = '\n';
		return 2;
	case 't':
		*byte_r = '\t';
		return 2;
	case '\\':
		*byte_r = '\\';
		return 2;
	case 'x':
		if (text.n < 4 || ascii_hex(text.p[2]) < 0 ||
		    ascii_hex(text.p[3]) < 0)
			return 0;
		*byte_r = (char)(ascii_hex(text.p[2]) * 16 +
		    ascii_hex(text.p[3]));
		return 4;
	default:
		return 0;
	}
}

void
notes_unescape(struct span text, struct buf *out)
{
	while (text.n > 0) {
		char byte = text.p[0];
		size_t n = take_escape(text, &byte);

		buf_addc(out, byte);
		text = span_skip(text, n > 0 ? n : 1);
	}
}

bool
notes_name(struct span *names, struct span *name_r)
{
	struct span word = *names;
	size_t n;

	if (word.n == 0 || ascii_space(word.p[0]))
		return false;
	for (n = 0; n < word.n && word.p[n] != ',' && !ascii_space(word.p[n]);)
		n++;
	*name_r = span_head(word, n);
	*names = span_skip(word, n);
	if (names->n > 0 && names->p[0] == ',')
		*names = trim_left(span_skip(*names, 1));
	return true;
}

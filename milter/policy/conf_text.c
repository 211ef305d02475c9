/* conf_text - the text of postern.conf and its includes.  See conf_text.h. */
#include "policy/conf_text.h"

/* A configuration is some kilobytes; more is a mistake. */
#define TEXT_MAX	((size_t)4 << 20)
#define FILE_MAX	((size_t)1 << 20)
#define DEPTH_MAX	10

/* What 31 and 63 bits hold. */
#define INT_DIGITS	"2147483647"
#define INT64_DIGITS	"9223372036854775807"

struct reader {
	struct conf_text *text;
	const char *folder;
	struct region *region;
	struct sources *sources;
	struct complaints *complaints;
	bool whole;
};

/* One file, as far as it has been read. */
struct file {
	const char *name;
	unsigned line;
	unsigned depth;
	struct span rest;
	bool fresh;		/* only blanks so far in this line */
};

static void read_file(struct reader *reader, const char *name,
    const struct file *by);

static void
fail(struct reader *reader, const struct file *file, const char *why)
{
	reader->whole = false;
	complain(reader->complaints, COMPLAINT_ERROR, file->name, file->line,
	    "%s", why);
}

/* From here on lines come from that file. */
static void
begin_run(struct reader *reader, const struct file *file)
{
	struct conf_text *text = reader->text;

	if (text->nruns < CONF_RUNS_MAX)
		text->runs[text->nruns++] = (struct conf_run){
			.from = text->line,
			.place = { file->name, file->line },
		};
}

static void
emit(struct reader *reader, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] == '\n')
			reader->text->line++;
	buf_add(&reader->text->text, bytes);
}

/* Passes n bytes on, as they are. */
static void
pass(struct reader *reader, struct file *file, size_t n)
{
	struct span bytes = span_head(file->rest, n);

	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] == '\n')
			file->line++;
		file->fresh = bytes.p[i] == '\n' || (file->fresh &&
		    ascii_blank(bytes.p[i]));
	}
	emit(reader, bytes);
	file->rest = span_skip(file->rest, n);
}

/* The length of a text in quotes, the quotes included. */
static size_t
quoted_length(struct span rest)
{
	size_t n = 1;

	while (n < rest.n && rest.p[n] != '"')
		n += rest.p[n] == '\\' && n + 1 < rest.n ? 2 : 1;
	return n < rest.n ? n + 1 : rest.n;
}

/* libconfig takes a comment that never ends, and all behind it, for one. */
static size_t
comment_length(struct reader *reader, const struct file *file)
{
	struct span rest = file->rest;
	size_t n = 2;

	if (!span_starts(rest, SPAN("/*")))
		return span_find(rest, '\n');
	while (n < rest.n && !span_starts(span_skip(rest, n), SPAN("*/")))
		n++;
	if (n >= rest.n)
		fail(reader, file, "a comment is not closed (write */)");
	return n < rest.n ? n + 2 : rest.n;
}

static bool
is_hex(struct span number)
{
	size_t n = 2;

	while (n < number.n && strchr("0123456789abcdef",
	    ascii_lower((unsigned char)number.p[n])) != NULL)
		n++;
	return number.n > 2 && n == number.n &&
	    span_casestarts(number, SPAN("0x"));
}

/* Does a number need more than that many bits, 31 or 63? */
static bool
wider_than(struct span number, unsigned bits)
{
	bool hex = is_hex(number);
	struct span digits = span_skip(number, hex ? 2 : 0);
	struct span most = bits == 31 ? SPAN(INT_DIGITS) : SPAN(INT64_DIGITS);

	while (digits.n > 1 && digits.p[0] == '0')
		digits = span_skip(digits, 1);
	if (hex)
		return digits.n > (bits + 1) / 4 ||
		    (digits.n == (bits + 1) / 4 && digits.p[0] > '7');
	return digits.n > most.n || (digits.n == most.n &&
	    memcmp(digits.p, most.p, most.n) > 0);
}

/* A number, or what begins like one (a fraction, or with an L already). */
static void
pass_number(struct reader *reader, struct file *file)
{
	struct span number;
	size_t n = 0;

	while (n < file->rest.n && (file->rest.p[n] == '.' ||
	    ascii_alnum((unsigned char)file->rest.p[n])))
		n++;
	number = span_head(file->rest, n);
	if (!span_digits(number) && !is_hex(number)) {
		pass(reader, file, n);
	} else if (wider_than(number, 63)) {
		emit(reader, SPAN("\""));
		pass(reader, file, n);
		emit(reader, SPAN("\""));
	} else {
		pass(reader, file, n);
		if (wider_than(number, 31))
			emit(reader, SPAN("L"));
	}
}

/* At an @include: the file's name in quotes, with what stands before it. */
static bool
include_line(struct span rest, struct span *name_r, size_t *length_r)
{
	const struct span word = SPAN("@include");
	size_t n = 0, end;

	while (n < rest.n && ascii_blank(rest.p[n]))
		n++;
	if (!span_starts(span_skip(rest, n), word))
		return false;
	n += word.n;
	while (n < rest.n && ascii_blank(rest.p[n]))
		n++;
	if (n == rest.n || rest.p[n] != '"')
		return false;
	end = n + quoted_length(span_skip(rest, n));
	*name_r = span_make(rest.p + n + 1, end - n - 2);
	*length_r = end;
	return end - n >= 2 && span_find(*name_r, '\n') == name_r->n;
}

static void
include(struct reader *reader, struct file *file, struct span name,
    size_t length)
{
	bool plain = (name.n > 0 && name.p[0] == '/') ||
	    strcmp(reader->folder, ".") == 0;
	const char *path = plain ? region_copy(reader->region, name).p :
	    region_printf(reader->region, "%s/%.*s", reader->folder,
	    SPAN_ARG(name));

	file->rest = span_skip(file->rest, length);
	if (file->depth == DEPTH_MAX ||
	    reader->text->nruns + 2 > CONF_RUNS_MAX)
		fail(reader, file, "too many files are included");
	else if (path != NULL)
		read_file(reader, path, file);
	begin_run(reader, file);
	file->fresh = false;
}

static void
read_text(struct reader *reader, struct file *file)
{
	begin_run(reader, file);
	while (file->rest.n > 0) {
		char c = file->rest.p[0];
		struct span name;
		size_t n;

		if (file->fresh && include_line(file->rest, &name, &n)) {
			include(reader, file, name, n);
		} else if (c == '\0') {
			fail(reader, file, "a NUL byte");
			return;
		} else if (c == '"') {
			n = quoted_length(file->rest);
			if (n < 2 || file->rest.p[n - 1] != '"')
				fail(reader, file, "a quote is not closed");
			pass(reader, file, n);
		} else if (c == '#' || span_starts(file->rest, SPAN("//")) ||
		    span_starts(file->rest, SPAN("/*"))) {
			pass(reader, file, comment_length(reader, file));
		} else if (ascii_digit(c)) {
			pass_number(reader, file);
		} else if (ascii_alnum((unsigned char)c) || c == '*') {
			/* A name, which may hold digits. */
			for (n = 1; n < file->rest.n && (ascii_alnum(
			    (unsigned char)file->rest.p[n]) ||
			    strchr("-_*", file->rest.p[n]) != NULL) &&
			    file->rest.p[n] != '\0'; n++)
				;
			pass(reader, file, n);
		} else {
			pass(reader, file, 1);
		}
	}
}

static void
read_file(struct reader *reader, const char *name, const struct file *by)
{
	struct file file = { .name = name, .line = 1, .fresh = true };
	const char *why;
	struct buf buf;

	if (by != NULL)
		file.depth = by->depth + 1;
	buf_init(&buf, FILE_MAX);
	if (source_read(reader->sources, name, &buf, &why) < 0) {
		reader->whole = false;
		if (by == NULL)
			complain(reader->complaints, COMPLAINT_ERROR, name, 0,
			    "%s", why);
		else
			complain(reader->complaints, COMPLAINT_ERROR,
			    by->name, by->line, "%s: %s", name, why);
	} else {
		file.rest = buf_span(&buf);
		read_text(reader, &file);
		if (by != NULL)
			emit(reader, SPAN("\n"));
	}
	buf_clear(&buf);
}

bool
conf_text_read(struct conf_text *text, const char *file, const char *folder,
    struct region *region, struct sources *sources,
    struct complaints *complaints)
{
	struct reader reader = {
		text, folder, region, sources, complaints, true
	};

	text->line = 1;
	text->nruns = 0;
	buf_init(&text->text, TEXT_MAX);
	read_file(&reader, file, NULL);
	if (text->text.cut) {
		reader.whole = false;
		complain(complaints, COMPLAINT_ERROR, file, 0,
		    "larger, with what it includes, than is taken here");
	}
	return reader.whole;
}

void
conf_text_clear(struct conf_text *text)
{
	buf_clear(&text->text);
}

struct conf_place
conf_text_place(const struct conf_text *text, unsigned line)
{
	struct conf_place place = { "", line };

	for (size_t i = 0; i < text->nruns; i++)
		if (text->runs[i].from <= line) {
			place = text->runs[i].place;
			place.line += line - text->runs[i].from;
		}
	return place;
}

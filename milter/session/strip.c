/*
 * strip - attachments that are taken out, and the text in their place.
 *
 * What is taken out is a part of the raw message: between boundaries all of
 * it, header and body; in an attached message that is nothing else, its body
 * and the fields of its header that are about that; in the message itself the
 * same.  Parts of an encoded message cannot be reached: all of that goes.
 *
 * No two of these ranges overlap, and attachments are looked up in their
 * order, so that what is taken out comes in order, too.
 */
#include "session/state.h"

#include "base/printable.h"
#include "message/notice.h"

/* What of a nested header is read at once, and of a line looked at. */
#define CHUNK	4096

static bool
is_sealed(const struct part *part)
{
	static const struct span types[] = {
		SPAN_INIT("multipart/signed"),
		SPAN_INIT("multipart/encrypted"),
		SPAN_INIT("application/pkcs7-mime"),
		SPAN_INIT("application/x-pkcs7-mime"),
	};

	for (; part != NULL; part = part->outer)
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
			if (span_equal(part->type, types[i]))
				return true;
	return false;
}

struct raw_part *
strip_begins(struct session *s, const struct part *part)
{
	struct raw_part *raw = s->t->attached.encoded;
	bool encoded = part->in_encoded, sealed = is_sealed(part);

	if (!s->policy->edits_body)
		return NULL;
	while (part->in_encoded)
		part = part->outer;
	/* One of the same encoded message. */
	if (encoded && raw != NULL) {
		raw->sealed |= sealed;
		return raw;
	}
	if ((raw = region_alloc(&s->t->region, sizeof(*raw))) == NULL)
		return NULL;
	*raw = (struct raw_part){
		.begin = part->begin, .body = part->body, .sealed = sealed,
		.where = part->outer == NULL ? RAW_MESSAGE :
		    span_starts(part->outer->type, SPAN("multipart/")) ?
		    RAW_WHOLE : RAW_NESTED,
	};
	if (encoded)
		s->t->attached.encoded = raw;
	return raw;
}

void
strip_ends(struct raw_part *raw, const struct part *part)
{
	if (raw != NULL && !part->in_encoded)
		raw->end = part->end;
}

void
strip_encoded_ends(struct session *s, const struct part *part)
{
	struct raw_part *raw = s->t->attached.encoded;

	if (raw == NULL || part->in_encoded)
		return;
	raw->end = part->end;
	s->t->attached.encoded = NULL;
}

bool
strip_breaks_seal(const struct attachment *attachment)
{
	return attachment->raw != NULL && attachment->raw->sealed;
}

/* A header that is read again. */
struct nested {
	uint64_t offset;	/* of the next line */
	uint64_t field;		/* of the one that goes away, and */
	bool goes;		/* whether it does */
	bool empty;		/* the last line is */
};

static void
field_ends(struct session *s, struct nested *nested)
{
	if (nested->goes)
		rewrite_strip(s, nested->field, nested->offset, SPAN(""));
	nested->goes = false;
}

static void
take_line(struct session *s, struct nested *nested, const struct line *line)
{
	struct field field;
	bool goes_on = !line->first ||
	    (line->text.n > 0 && ascii_blank(line->text.p[0]));

	nested->empty = line->first && line->text.n == 0;
	if (!goes_on) {
		field_ends(s, nested);
		nested->goes = field_parse(line->text, &field) &&
		    retype_is_about_body(field.name);
		nested->field = nested->offset;
	}
	nested->offset += line->raw;
}

/*
 * The header from the spool: its fields about the body go away.  Gives the
 * place for others, before the empty line where there is one.
 */
static uint64_t
strip_fields(struct session *s, const struct raw_part *raw)
{
	struct nested nested = { .offset = raw->begin };
	struct lines lines;
	struct line line = { .raw = 0 };
	char bytes[CHUNK];
	const char *why;
	uint64_t last = raw->begin;

	if (!lines_init(&lines, CHUNK)) {
		fail_message(s, "out of memory");
		return raw->begin;
	}
	for (uint64_t at = raw->begin; at < raw->body && !s->t->decided;) {
		size_t n = raw->body - at < CHUNK ? (size_t)(raw->body - at) :
		    CHUNK;
		struct span chunk = span_make(bytes, n);

		if (spool_read(s->t->spool, at, bytes, n, &why) < 0)
			fail_message(s, why);
		at += n;
		while (!s->t->decided && lines_next(&lines, &chunk, &line)) {
			last = nested.offset;
			take_line(s, &nested, &line);
		}
	}
	if (!s->t->decided && lines_end(&lines, &line)) {
		last = nested.offset;
		take_line(s, &nested, &line);
	}
	nested.offset = nested.empty ? last : nested.offset;
	field_ends(s, &nested);
	lines_clear(&lines);
	return nested.offset;
}

/* The notice as it stands in the message. */
static void
make_part(struct session *s, const struct attachment *attachment,
    struct span name, const struct action *action, bool header,
    struct buf *part)
{
	struct notice_words words = {
		.name = name.n > 0 ? name : SPAN("unnamed"),
		.type = attachment->type, .reason = action->text,
	};
	struct buf text;

	buf_init(&text, NOTICE_MAX);
	if (action->kind == ACTION_REPLACE)
		notice_fill(&text, SPAN("$reason"), &words);
	else
		notice_fill(&text, s->policy->conf.attachment_notice, &words);
	while (text.cut && !utf8_valid(buf_span(&text)))
		text.n--;
	if (header) {
		notice_header(part);
		buf_addc(part, '\n');
	}
	notice_body(part, buf_span(&text));
	s->t->region.failed |= text.failed || part->cut;
	buf_clear(&text);
}

static void
strip_raw(struct session *s, const struct raw_part *raw, struct span part)
{
	uint64_t begin = raw->begin;

	if (raw->where == RAW_NESTED)
		begin = strip_fields(s, raw);
	if (!s->t->decided)
		rewrite_strip(s, begin, raw->end, part);
	if (raw->where == RAW_MESSAGE)
		retype(s, notice_fields, NOTICE_FIELDS);
}

void
strip_attachment(struct session *s, const struct attachment *attachment,
    struct span name, const struct action *action)
{
	struct raw_part *raw = attachment->raw;
	struct buf part;

	if (raw == NULL || raw->stripped)
		return;
	raw->stripped = true;
	/* Each byte three times, and the ends of lines; and the header. */
	buf_init(&part, 4 * NOTICE_MAX + 1024);
	make_part(s, attachment, name, action, raw->where != RAW_MESSAGE,
	    &part);
	strip_raw(s, raw, buf_span(&part));
	buf_clear(&part);
}

/* protocol - what inspector and helper say.  See protocol.h. */
#include "service/protocol.h"

#include <string.h>

#include "base/utf8.h"

#define HEAD	sizeof(struct record_head)
#define ROOM	64

void
reply_begin(struct reply_reader *reader, uint64_t entries,
    struct region *region, struct inspection *inspection)
{
	*inspection = (struct inspection){ .marks = 0 };
	*reader = (struct reply_reader){
		.region = region, .inspection = inspection, .max = entries,
	};
}

static bool
is_utf8(struct span text)
{
	uint32_t code;
	size_t n;

	for (; text.n > 0; text = span_skip(text, n))
		if (utf8_next(text, &code, &n) != UTF8_GOOD)
			return false;
	return true;
}

/* Words that are ours: no blank, no control character, nothing but ASCII. */
static bool
is_word(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~')
			return false;
	return text.n > 0 && text.n <= INSPECTION_WORD_MAX;
}

static bool
is_line(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < ' ' || text.p[i] > '~')
			return false;
	return text.n > 0;
}

static bool
room_for_entry(struct reply_reader *reader)
{
	size_t room = reader->room == 0 ? ROOM : reader->room * 2;
	size_t n = reader->inspection->nentries;
	struct inspection_entry *entries;

	if (n < reader->room)
		return true;
	if (room > reader->max)
		room = (size_t)reader->max;
	entries = region_alloc(reader->region, room * sizeof(*entries));
	if (entries == NULL)
		return false;
	if (n > 0)
		memcpy(entries, reader->entries, n * sizeof(*entries));
	reader->entries = entries;
	reader->room = room;
	reader->inspection->entries = entries;
	return true;
}

static bool
take_entry(struct reply_reader *reader, struct span text)
{
	struct inspection *inspection = reader->inspection;

	if (inspection->nentries >= reader->max || !is_utf8(text) ||
	    !room_for_entry(reader))
		return false;
	reader->entries[inspection->nentries++] = (struct inspection_entry){
		.name = region_copy(reader->region, text),
		.size = reader->head.size, .marks = reader->head.marks,
	};
	return !reader->region->failed;
}

/* Kinds come in the order of their numbers; only entries are several. */
static bool
is_in_order(const struct reply_reader *reader, enum record_kind kind)
{
	if (kind == RECORD_ENTRY)
		return reader->last == RECORD_ARCHIVE ||
		    reader->last == RECORD_ENTRY;
	return kind >= RECORD_MAGIC && kind <= RECORD_ERROR &&
	    (unsigned)kind > reader->last &&
	    (kind == RECORD_MAGIC || kind == RECORD_ERROR || reader->last > 0);
}

static enum reply_state
state_if(bool right, enum reply_state state)
{
	return right ? state : REPLY_WRONG;
}

static enum reply_state
take_record(struct reply_reader *reader)
{
	struct inspection *inspection = reader->inspection;
	enum record_kind kind = (enum record_kind)reader->head.kind;
	struct span text = span_make(reader->text, reader->head.length);

	reader->last = kind;
	switch (kind) {
	case RECORD_MAGIC:
		inspection->magic = region_copy(reader->region, text);
		return state_if(is_word(text), REPLY_GOES_ON);
	case RECORD_ARCHIVE:
		inspection->archive = region_copy(reader->region, text);
		inspection->marks = reader->head.marks;
		return state_if(text.n == 0 || is_word(text), REPLY_GOES_ON);
	case RECORD_ENTRY:
		return state_if(take_entry(reader, text), REPLY_GOES_ON);
	case RECORD_END:
		return state_if(text.n == 0, REPLY_COMPLETE);
	case RECORD_ERROR:
		*inspection = (struct inspection){
			.error = region_copy(reader->region, text)
		};
		return state_if(is_line(text), REPLY_COMPLETE);
	}
	return REPLY_WRONG;
}

static bool
is_right(const struct reply_reader *reader)
{
	const struct record_head *head = &reader->head;

	return is_in_order(reader, (enum record_kind)head->kind) &&
	    (head->marks & ~INSPECTION_MARKS) == 0 && head->unused == 0 &&
	    head->length <= sizeof(reader->text);
}

/* Moves what is missing, as far as it is there. */
static void
fill(struct reply_reader *reader, struct span *bytes, char *to, size_t want)
{
	size_t n = bytes->n < want ? bytes->n : want;

	memcpy(to, bytes->p, n);
	reader->have += n;
	*bytes = span_skip(*bytes, n);
}

enum reply_state
reply_feed(struct reply_reader *reader, struct span bytes)
{
	enum reply_state state = REPLY_GOES_ON;

	while (state == REPLY_GOES_ON && bytes.n > 0) {
		size_t length = reader->head.length;

		if (reader->have < HEAD) {
			fill(reader, &bytes, (char *)&reader->head +
			    reader->have, HEAD - reader->have);
			if (reader->have < HEAD)
				break;
			length = reader->head.length;
			if (!is_right(reader))
				return REPLY_WRONG;
		}
		if (bytes.n > 0)
			fill(reader, &bytes, reader->text +
			    (reader->have - HEAD),
			    HEAD + length - reader->have);
		if (reader->have < HEAD + length)
			break;
		state = take_record(reader);
		reader->have = 0;
	}
	/* Nothing comes behind the end. */
	return state == REPLY_COMPLETE && bytes.n > 0 ? REPLY_WRONG : state;
}

void
record_make(enum record_kind kind, unsigned marks, uint64_t size,
    struct span *text, struct record_head *head_r)
{
	size_t max = kind == RECORD_ENTRY || kind == RECORD_ERROR ?
	    INSPECTION_NAME_MAX : INSPECTION_WORD_MAX;

	*text = span_head(*text, max);
	*head_r = (struct record_head){
		.kind = (uint8_t)kind, .marks = (uint8_t)marks,
		.length = (uint16_t)text->n, .size = size,
	};
}

/*
 * What a helper answers: taken when it is right, in pieces of any size, and
 * refused when it is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "service/protocol.h"

static void
add(struct buf *out, unsigned kind, unsigned marks, uint64_t size,
    struct span text)
{
	struct record_head head = {
		.kind = (uint8_t)kind, .marks = (uint8_t)marks,
		.length = (uint16_t)text.n, .size = size,
	};

	buf_add(out, span_make((const char *)&head, sizeof(head)));
	buf_add(out, text);
}

static enum reply_state
feed(struct span bytes, size_t piece, uint64_t max, struct region *region,
    struct inspection *found)
{
	struct reply_reader reader;
	enum reply_state state = REPLY_GOES_ON;

	reply_begin(&reader, max, region, found);
	while (bytes.n > 0 && state == REPLY_GOES_ON) {
		state = reply_feed(&reader, span_head(bytes, piece));
		bytes = span_skip(bytes, piece);
	}
	return state;
}

static void
make_answer(struct buf *out, size_t entries)
{
	buf_init(out, 1 << 20);
	add(out, RECORD_MAGIC, 0, 0, SPAN("application/zip"));
	add(out, RECORD_ARCHIVE, INSPECTION_BROKEN, 0, SPAN("zip"));
	for (size_t i = 0; i < entries; i++)
		add(out, RECORD_ENTRY, INSPECTION_ENCRYPTED, i,
		    SPAN("dir/\xc3\xa4.txt"));
	add(out, RECORD_END, 0, 0, SPAN(""));
}

static void
test_right(void **state)
{
	(void)state;
	for (size_t n = 0; n < 300; n = n * 2 + 1)
		for (size_t piece = 1; piece < 5000; piece *= 3) {
			struct inspection found;
			struct region region;
			struct buf out;

			region_init(&region, 1 << 20);
			make_answer(&out, n);
			assert_int_equal(feed(buf_span(&out), piece, n,
			    &region, &found), REPLY_COMPLETE);
			assert_true(span_equal(found.magic,
			    SPAN("application/zip")));
			assert_true(span_equal(found.archive, SPAN("zip")));
			assert_int_equal(found.marks, INSPECTION_BROKEN);
			assert_int_equal(found.nentries, n);
			for (size_t i = 0; i < n; i++) {
				assert_int_equal(found.entries[i].size, i);
				assert_true(span_equal(found.entries[i].name,
				    SPAN("dir/\xc3\xa4.txt")));
			}
			/* One more than was asked for. */
			if (n > 0)
				assert_int_equal(feed(buf_span(&out), piece,
				    n - 1, &region, &found), REPLY_WRONG);
			buf_clear(&out);
			region_clear(&region);
		}
}

static void
test_error(void **state)
{
	struct inspection found;
	struct region region;
	struct buf out;

	(void)state;
	region_init(&region, 1 << 20);
	/* At any place, and then nothing of the rest counts. */
	for (size_t n = 0; n < 3; n++) {
		buf_init(&out, 1 << 20);
		if (n > 0)
			add(&out, RECORD_MAGIC, 0, 0, SPAN("a/b"));
		if (n > 1)
			add(&out, RECORD_ARCHIVE, 0, 0, SPAN(""));
		add(&out, RECORD_ERROR, 0, 0, SPAN("it is late"));
		assert_int_equal(feed(buf_span(&out), 1, 5, &region, &found),
		    REPLY_COMPLETE);
		assert_true(span_equal(found.error, SPAN("it is late")));
		assert_int_equal(found.magic.n, 0);
		buf_clear(&out);
	}
	region_clear(&region);
}

/* The record that is wrong, behind what may stand before it. */
static void
test_wrong(void **state)
{
	static const struct {
		unsigned before;	/* 1: magic; 2: archive as well */
		unsigned kind, marks;
		struct span text;
	} cases[] = {
		{ 0, RECORD_ARCHIVE, 0, SPAN_INIT("zip") },
		{ 0, RECORD_ENTRY, 0, SPAN_INIT("a") },
		{ 0, RECORD_END, 0, SPAN_INIT("") },
		{ 0, 0, 0, SPAN_INIT("") },
		{ 0, 6, 0, SPAN_INIT("") },
		{ 0, RECORD_MAGIC, 0, SPAN_INIT("") },
		{ 0, RECORD_MAGIC, 0, SPAN_INIT("a b") },
		{ 0, RECORD_MAGIC, 0, SPAN_INIT("a\xff") },
		{ 0, RECORD_MAGIC, 32, SPAN_INIT("a/b") },
		{ 0, RECORD_ERROR, 0, SPAN_INIT("") },
		{ 0, RECORD_ERROR, 0, SPAN_INIT("a\nb") },
		{ 1, RECORD_MAGIC, 0, SPAN_INIT("a/b") },
		{ 1, RECORD_ENTRY, 0, SPAN_INIT("a") },
		{ 1, RECORD_ARCHIVE, 0, SPAN_INIT("a\n") },
		{ 1, RECORD_ARCHIVE, 64, SPAN_INIT("zip") },
		{ 2, RECORD_ENTRY, 0, SPAN_INIT("a\xff") },
		{ 2, RECORD_ENTRY, 0, SPAN_INIT("\xc3") },
		{ 2, RECORD_ENTRY, 0, SPAN_INIT("\xed\xa0\x80") },
		{ 2, RECORD_END, 0, SPAN_INIT("x") },
		{ 2, RECORD_ARCHIVE, 0, SPAN_INIT("zip") },
	};
	struct inspection found;
	struct region region;

	(void)state;
	region_init(&region, 1 << 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out;

		buf_init(&out, 1 << 20);
		if (cases[i].before > 0)
			add(&out, RECORD_MAGIC, 0, 0, SPAN("a/b"));
		if (cases[i].before > 1)
			add(&out, RECORD_ARCHIVE, 0, 0, SPAN("zip"));
		add(&out, cases[i].kind, cases[i].marks, 0, cases[i].text);
		assert_int_equal(feed(buf_span(&out), out.n, 5, &region,
		    &found), REPLY_WRONG);
		assert_int_equal(feed(buf_span(&out), 1, 5, &region, &found),
		    REPLY_WRONG);
		buf_clear(&out);
	}
	region_clear(&region);
}

static void
test_long_and_more(void **state)
{
	static char name[INSPECTION_NAME_MAX + 1];
	struct inspection found;
	struct region region;
	struct buf out;

	(void)state;
	memset(name, 'a', sizeof(name));
	region_init(&region, 1 << 20);
	for (size_t n = sizeof(name) - 2; n <= sizeof(name); n++) {
		buf_init(&out, 1 << 20);
		add(&out, RECORD_MAGIC, 0, 0, SPAN("a/b"));
		add(&out, RECORD_ARCHIVE, 0, 0, SPAN("zip"));
		add(&out, RECORD_ENTRY, 0, 0, span_make(name, n));
		assert_int_equal(feed(buf_span(&out), 100, 5, &region,
		    &found), n <= INSPECTION_NAME_MAX ? REPLY_GOES_ON :
		    REPLY_WRONG);
		buf_clear(&out);
	}
	/* What stands behind the end, in the same piece. */
	make_answer(&out, 1);
	buf_addc(&out, 'x');
	assert_int_equal(feed(buf_span(&out), out.n, 5, &region, &found),
	    REPLY_WRONG);
	buf_clear(&out);
	/* A region that has no room. */
	region_clear(&region);
	region_init(&region, 200);
	make_answer(&out, 50);
	assert_int_equal(feed(buf_span(&out), out.n, 50, &region, &found),
	    REPLY_WRONG);
	buf_clear(&out);
	region_clear(&region);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_long_and_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The directory of compound files: of one with a table of sectors that is
 * longer than the header has room for, in pieces and in bad order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "service/ole.h"

#define SECTOR		512
#define EACH		(SECTOR / 4)
#define NONE		0xfffffffeU
/* So many sectors need more of the table than the header lists. */
#define SECTORS		(110 * EACH + 50)

static unsigned char *file;
static size_t file_size;

static void
put(size_t at, uint32_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		file[at + i] = (unsigned char)(value >> 8 * i);
}

static size_t
place(uint32_t sector)
{
	return ((size_t)sector + 1) * SECTOR;
}

/* Sectors 1 to 111 are the table's; 0 says where those past 109 are. */
static void
put_next(uint32_t sector, uint32_t next)
{
	put(place(1 + sector / EACH) + sector % EACH * 4, next, 4);
}

static void
put_entry(uint32_t sector, const char *name, unsigned kind)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		file[place(sector) + i * 2] = (unsigned char)name[i];
	put(place(sector) + 64, (uint32_t)(n + 1) * 2, 2);
	put(place(sector) + 66, kind, 1);
}

static struct span
whole(void)
{
	return span_make((const char *)file, file_size);
}

static int
make_file(void **state)
{
	(void)state;
	file_size = (size_t)(SECTORS + 1) * SECTOR;
	if ((file = calloc(1, file_size)) == NULL)
		return -1;
	memcpy(file, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
	put(30, 9, 2);
	put(48, 200, 4);
	put(68, 0, 4);
	for (uint32_t i = 0; i < 109; i++)
		put(76 + i * 4, 1 + i, 4);
	put(place(0), 110, 4);
	put(place(0) + 4, 111, 4);
	put(place(0) + SECTOR - 4, NONE, 4);
	/* 200, then the last of all, then one in the middle. */
	put_next(200, SECTORS - 1);
	put_next(SECTORS - 1, 5000);
	put_next(5000, NONE);
	put_entry(200, "Root Entry", 5);
	return 0;
}

static int
free_file(void **state)
{
	(void)state;
	free(file);
	return 0;
}

static void
test_far_sectors(void **state)
{
	(void)state;
	assert_true(ole_is(whole()));
	assert_int_equal(ole_look(whole()), OLE_PLAIN);
	put_entry(5000, "VBA", 1);
	assert_int_equal(ole_look(whole()), OLE_MACROS);
	put_entry(5000, "VBA", 2);
	assert_int_equal(ole_look(whole()), OLE_PLAIN);
}

static void
test_damage(void **state)
{
	(void)state;
	/* A chain without an end, one that leads out, one to nowhere. */
	put_next(5000, 200);
	assert_int_equal(ole_look(whole()), OLE_BROKEN);
	put_next(5000, SECTORS);
	assert_int_equal(ole_look(whole()), OLE_BROKEN);
	put_next(5000, NONE);
	assert_int_equal(ole_look(whole()), OLE_PLAIN);
	put(place(0) + 4, 0xffffffff, 4);
	assert_int_equal(ole_look(whole()), OLE_BROKEN);
	put(place(0) + 4, 111, 4);
	put(30, 10, 2);
	assert_int_equal(ole_look(whole()), OLE_BROKEN);
	put(30, 9, 2);
}

/* Whatever is missing at the end: never an answer from beyond. */
static void
test_lengths(void **state)
{
	(void)state;
	for (size_t n = 0; n < file_size; n += n < 2000 ? 1 : 3001) {
		char *copy = malloc(n > 0 ? n : 1);

		assert_non_null(copy);
		memcpy(copy, file, n);
		if (ole_is(span_make(copy, n)))
			assert_int_equal(ole_look(span_make(copy, n)),
			    OLE_BROKEN);
		else
			assert_true(n < OLE_SIGNATURE);
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_far_sectors),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, make_file, free_file);
}

/* Regions: aligned, zeroed, bounded, and freed whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/region.h"

static void
alloc_is_zeroed_and_aligned(void **state)
{
	static const size_t sizes[] = {
		0, 1, 15, 16, 17, 4079, 4080, 4095, 4096, 4097, 100000, 3,
	};
	struct region region;

	(void)state;
	region_init(&region, SIZE_MAX);
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			unsigned char *p = region_alloc(&region, sizes[i]);

			assert_non_null(p);
			assert_int_equal((uintptr_t)p % _Alignof(max_align_t),
			    0);
			for (size_t j = 0; j < sizes[i]; j++)
				assert_int_equal(p[j], 0);
			memset(p, 0xff, sizes[i]);
		}
		region_reset(&region);
		assert_int_equal(region.used, 0);
	}
	region_clear(&region);
	assert_null(region.blocks);
}

/* Neighbours do not share bytes, over many blocks. */
static void
allocs_are_apart(void **state)
{
	unsigned char *p[1000];
	struct region region;

	(void)state;
	region_init(&region, SIZE_MAX);
	for (size_t i = 0; i < 1000; i++) {
		p[i] = region_alloc(&region, i);
		memset(p[i], (int)(i % 251), i);
	}
	for (size_t i = 0; i < 1000; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_equal(p[i][j], i % 251);
	region_clear(&region);
}

static void
bound(void **state)
{
	const size_t align = sizeof(max_align_t);
	static const struct {
		size_t units, more;
		bool fits;
	} cases[] = {
		{ 4, 3, true }, { 4, 4, true }, { 4, 5, false },
		{ 0, 8, true }, { 0, 9, false },
		{ 8, 0, true }, { 8, 1, false },
	};
	struct region region;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		region_init(&region, 8 * align);
		assert_non_null(region_alloc(&region, cases[i].units * align));
		assert_int_equal(region_alloc(&region,
		    cases[i].more * align) != NULL, cases[i].fits);
		assert_int_equal(region.failed, !cases[i].fits);
		region_reset(&region);
		assert_false(region.failed);
		assert_non_null(region_alloc(&region, 8 * align));
		region_clear(&region);
	}
}

static void
hopeless_sizes(void **state)
{
	static const size_t sizes[] = {
		SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 15, SIZE_MAX / 2 + 1,
		SIZE_MAX / 2,
	};
	struct region region;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		region_init(&region, 1 << 20);
		assert_null(region_alloc(&region, sizes[i]));
		assert_true(region.failed);
		assert_null(region_copy(&region,
		    span_make("", SIZE_MAX)).p);
		region_clear(&region);
	}
}

static void
copies(void **state)
{
	static const struct span texts[] = {
		SPAN_INIT(""), SPAN_INIT("a"), SPAN_INIT("a\0b"), { NULL, 0 },
	};
	struct region region;

	(void)state;
	region_init(&region, 256);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct span copy = region_copy(&region, texts[i]);

		assert_true(span_equal(copy, texts[i]));
		assert_ptr_not_equal(copy.p, texts[i].p);
		assert_int_equal(copy.p[copy.n], '\0');
	}
	assert_string_equal(region_printf(&region, "%s-%d", "a", 7), "a-7");
	assert_null(region_printf(&region, "%0999d", 7));
	assert_true(region.failed);
	region_clear(&region);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alloc_is_zeroed_and_aligned),
		cmocka_unit_test(allocs_are_apart),
		cmocka_unit_test(bound),
		cmocka_unit_test(hopeless_sizes),
		cmocka_unit_test(copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Sizes and times, and what people write instead. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/unit.h"

#define NONE	UINT64_MAX

static const struct {
	const char *text;
	uint64_t number, size, time;
} units[] = {
	{ "0", 0, 0, 0 },
	{ "7", 7, 7, 7 },
	{ "0007", 7, 7, 7 },
	{ "52428800000", 52428800000U, 52428800000U, 52428800000U },
	{ "50M", NONE, 52428800, 3000 },
	{ "50m", NONE, 52428800, 3000 },
	{ "1k", NONE, 1024, NONE },
	{ "3G", NONE, 3221225472U, NONE },
	{ "2T", NONE, 2199023255552U, NONE },
	{ "60s", NONE, NONE, 60 },
	{ "2H", NONE, NONE, 7200 },
	{ "1d", NONE, NONE, 86400 },
	{ "2w", NONE, NONE, 1209600 },
	{ "", NONE, NONE, NONE },
	{ "M", NONE, NONE, NONE },
	{ "-1", NONE, NONE, NONE },
	{ "+1", NONE, NONE, NONE },
	{ "1.5M", NONE, NONE, NONE },
	{ "1 M", NONE, NONE, NONE },
	{ "1M ", NONE, NONE, NONE },
	{ "1MB", NONE, NONE, NONE },
	{ "0x10", NONE, NONE, NONE },
	/* The most that 64 bits hold, and one more. */
	{ "18446744073709551614", UINT64_MAX - 1, UINT64_MAX - 1,
	    UINT64_MAX - 1 },
	{ "18446744073709551616", NONE, NONE, NONE },
	{ "99999999999999999999999", NONE, NONE, NONE },
	{ "16777215T", NONE, 16777215ULL << 40, NONE },
	{ "16777216T", NONE, NONE, NONE },
};

static void
expect(const char *what, const char *text, bool read, uint64_t got,
    uint64_t want)
{
	if (read != (want != NONE) || (read && got != want))
		fail_msg("%s \"%s\": %" PRIu64, what, text, got);
}

static void
reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct span text = span_of(units[i].text);
		uint64_t got = 0;
		bool read = unit_number(text, &got);

		expect("number", units[i].text, read, got, units[i].number);
		read = unit_size(text, &got);
		expect("size", units[i].text, read, got, units[i].size);
		read = unit_time(text, &got);
		expect("time", units[i].text, read, got, units[i].time);
	}
}

static const struct {
	const char *text, *letters;
	bool good;
	uint64_t number;
	char letter;
} guesses[] = {
	{ "50 MB", "kmg", true, 50, 'm' },
	{ " 5kib", "kmg", true, 5, 'k' },
	{ "5 min", "smh", true, 5, 'm' },
	{ "5 x", "smh", false, 0, 0 },
	{ "5", "smh", false, 0, 0 },
	{ "m", "smh", false, 0, 0 },
	{ "", "smh", false, 0, 0 },
};

static void
guesses_what_was_meant(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(guesses) / sizeof(guesses[0]); i++) {
		uint64_t number = 0;
		char letter = 0;
		bool good = unit_guess(span_of(guesses[i].text),
		    guesses[i].letters, &number, &letter);

		if (good != guesses[i].good || (good &&
		    (number != guesses[i].number ||
		    letter != guesses[i].letter)))
			fail_msg("\"%s\"", guesses[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(guesses_what_was_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

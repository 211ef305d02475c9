/* unit - sizes and times as people write them.  See unit.h. */
#include "policy/unit.h"

struct unit {
	char letter;		/* lower case */
	uint64_t factor;
};

static const struct unit sizes[] = {
	{ 'k', (uint64_t)1 << 10 }, { 'm', (uint64_t)1 << 20 },
	{ 'g', (uint64_t)1 << 30 }, { 't', (uint64_t)1 << 40 },
	{ '\0', 0 }
};

static const struct unit times[] = {
	{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 },
	{ 'w', 604800 }, { '\0', 0 }
};

bool
unit_number(struct span text, uint64_t *number_r)
{
	uint64_t number = 0;

	if (!span_digits(text))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		uint64_t digit = (uint64_t)(text.p[i] - '0');

		if (number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*number_r = number;
	return true;
}

static bool
parse(struct span text, const struct unit *units, uint64_t *value_r)
{
	uint64_t number, factor = 1;

	if (text.n > 0 && !ascii_digit(text.p[text.n - 1])) {
		char letter = (char)ascii_lower(text.p[text.n - 1]);

		while (units->letter != '\0' && units->letter != letter)
			units++;
		if (units->letter == '\0')
			return false;
		factor = units->factor;
		text.n--;
	}
	if (!unit_number(text, &number) || number > UINT64_MAX / factor)
		return false;
	*value_r = number * factor;
	return true;
}

bool
unit_size(struct span text, uint64_t *bytes_r)
{
	return parse(text, sizes, bytes_r);
}

bool
unit_time(struct span text, uint64_t *seconds_r)
{
	return parse(text, times, seconds_r);
}

bool
unit_guess(struct span text, const char *letters, uint64_t *number_r,
    char *letter_r)
{
	struct span digits = span_trim(text);
	size_t n = 0;

	while (n < digits.n && ascii_digit(digits.p[n]))
		n++;
	text = span_trim(span_skip(digits, n));
	digits = span_head(digits, n);
	if (text.n == 0 || strchr(letters, ascii_lower(
	    (unsigned char)text.p[0])) == NULL || text.p[0] == '\0')
		return false;
	*letter_r = (char)ascii_lower((unsigned char)text.p[0]);
	return unit_number(digits, number_r);
}

/* html_length - numbers and lengths of CSS.  See html_css.h. */
#include "message/html_css.h"

/* Larger numbers count as this. */
#define NUMBER_MAX	8000000
#define LENGTH_MAX	(INT32_MAX / 8)

/*
 * A number from the front of *text, in thousandths, sign and exponent as CSS
 * has them.
 */
bool
css_number(struct span *text, int32_t *thousandths_r)
{
	struct span s = *text;
	int64_t n = 0, scale = 1000;
	bool minus = false, digits = false;

	if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
		minus = s.p[0] == '-';
		s = span_skip(s, 1);
	}
	for (; s.n > 0 && ascii_digit(s.p[0]); s = span_skip(s, 1)) {
		digits = true;
		n = n * 10 + (s.p[0] - '0') * 1000;
		if (n > (int64_t)NUMBER_MAX * 1000)
			n = (int64_t)NUMBER_MAX * 1000;
	}
	if (s.n > 1 && s.p[0] == '.' && ascii_digit(s.p[1]))
		for (s = span_skip(s, 1); s.n > 0 && ascii_digit(s.p[0]);
		    s = span_skip(s, 1)) {
			digits = true;
			scale /= 10;
			n += (s.p[0] - '0') * scale;
		}
	if (!digits)
		return false;
	/* An exponent: "1e-9px" is nothing, "1em" has none. */
	if (s.n > 1 && (s.p[0] == 'e' || s.p[0] == 'E') &&
	    (ascii_digit(s.p[1]) || (s.n > 2 && ascii_digit(s.p[2]) &&
	    (s.p[1] == '-' || s.p[1] == '+')))) {
		bool down = s.p[1] == '-';
		int power = 0;

		s = span_skip(s, ascii_digit(s.p[1]) ? 1 : 2);
		for (; s.n > 0 && ascii_digit(s.p[0]); s = span_skip(s, 1))
			if (power < 20)
				power = power * 10 + (s.p[0] - '0');
		for (; power > 0; power--)
			n = down ? n / 10 : n * 10 > (int64_t)NUMBER_MAX *
			    1000 ? (int64_t)NUMBER_MAX * 1000 : n * 10;
	}
	if (n > 2000000000)
		n = 2000000000;
	*thousandths_r = (int32_t)(minus ? -n : n);
	*text = s;
	return true;
}

/* Times and by make 1/64 px, or 1/1024 em, of thousandths. */
struct unit {
	struct span name;
	unsigned unit;
	int32_t times, by;
};

static const struct unit units[] = {
	{ SPAN_INIT("px"), CSS_PX, 64, 1000 },
	{ SPAN_INIT("pt"), CSS_PX, 256, 3000 },
	{ SPAN_INIT("pc"), CSS_PX, 1024, 1000 },
	{ SPAN_INIT("in"), CSS_PX, 6144, 1000 },
	{ SPAN_INIT("cm"), CSS_PX, 6144, 2540 },
	{ SPAN_INIT("mm"), CSS_PX, 6144, 25400 },
	{ SPAN_INIT("q"), CSS_PX, 6144, 101600 },
	{ SPAN_INIT("em"), CSS_EM, 1024, 1000 },
	{ SPAN_INIT("%"), CSS_EM, 1024, 100000 },
	{ SPAN_INIT("rem"), CSS_REM, 1024, 1000 },
	{ SPAN_INIT("ex"), CSS_EM, 512, 1000 },
	{ SPAN_INIT("ch"), CSS_EM, 512, 1000 },
	{ SPAN_INIT("vw"), CSS_UNKNOWN, 1, 1 },
	{ SPAN_INIT("vh"), CSS_UNKNOWN, 1, 1 },
	{ SPAN_INIT("vmin"), CSS_UNKNOWN, 1, 1 },
	{ SPAN_INIT("vmax"), CSS_UNKNOWN, 1, 1 },
};

/* A number without a unit is a length only where it is 0. */
bool
css_length(struct span text, int32_t *length_r)
{
	int64_t n;
	int32_t number;

	text = span_trim(text);
	if (!css_number(&text, &number))
		return false;
	if (text.n == 0 && number == 0) {
		*length_r = CSS_LENGTH(0, CSS_PX);
		return true;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!span_caseequal(text, units[i].name))
			continue;
		n = (int64_t)number * units[i].times / units[i].by;
		if (n > LENGTH_MAX)
			n = LENGTH_MAX;
		if (n < -LENGTH_MAX)
			n = -LENGTH_MAX;
		*length_r = CSS_LENGTH(n, units[i].unit);
		return true;
	}
	return false;
}

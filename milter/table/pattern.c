/* pattern - [!]/pattern/flags, as pcre_table(5) has it. */
#include "table/pattern.h"

#include "table/nesting.h"

/* At the delimiter that ends the pattern, or s.n where there is none. */
static size_t
pattern_end(struct span s, char delimiter)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != delimiter)
		i += s.p[i] == '\\' ? 2 : 1;
	return i < s.n ? i : s.n;
}

/*
 * The delimiter is any byte but a blank, and '\0' where there is none; a
 * backslash in front of it stays in the pattern; the flags end at a blank.
 */
static bool
split(struct span *rest, struct pattern *pattern_r, struct span *flags_r,
    char *delimiter_r)
{
	size_t n;

	*pattern_r = (struct pattern){ .negated = false };
	*delimiter_r = '\0';
	for (; rest->n > 0; *rest = span_skip(*rest, 1)) {
		if (rest->p[0] == '!')
			pattern_r->negated = !pattern_r->negated;
		else if (!ascii_space(rest->p[0]))
			break;
	}
	if (rest->n == 0)
		return false;
	*delimiter_r = rest->p[0];
	*rest = span_skip(*rest, 1);
	if ((n = pattern_end(*rest, *delimiter_r)) == rest->n)
		return false;
	pattern_r->text = span_head(*rest, n);
	*rest = span_skip(*rest, n + 1);
	for (n = 0; n < rest->n && !ascii_space(rest->p[n]);)
		n++;
	*flags_r = span_head(*rest, n);
	*rest = nesting_skip_space(span_skip(*rest, n));
	return true;
}

static uint32_t
flag_option(char flag)
{
	switch (flag) {
	case 'i':
		return PCRE2_CASELESS;
	case 's':
		return PCRE2_DOTALL;
	case 'm':
		return PCRE2_MULTILINE;
	case 'x':
		return PCRE2_EXTENDED;
	case 'A':
		return PCRE2_ANCHORED;
	case 'E':
		return PCRE2_DOLLAR_ENDONLY;
	case 'U':
		return PCRE2_UNGREEDY;
	default:
		return 0;
	}
}

/* Flags toggle, so that "i" makes a pattern heed case. */
static bool
take_flags(const struct load *load, unsigned line, const char *skipped,
    struct span flags, uint32_t *options_r)
{
	*options_r = PCRE2_CASELESS | PCRE2_DOTALL;
	for (; flags.n > 0; flags = span_skip(flags, 1)) {
		uint32_t option = flag_option(flags.p[0]);

		*options_r ^= option;
		if (option != 0)
			continue;
		if (flags.p[0] != 'X') {
			load_trap(load, line, skipped, "\"%.*s\" is not a flag "
			    "(there are i m s x A E U, and a blank ends them)",
			    SPAN_ARG(flags));
			return false;
		}
		load_warn(load, line, "the flag \"X\" is obsolete and does "
		    "nothing");
	}
	return true;
}

bool
pattern_take(const struct load *load, unsigned line, const char *skipped,
    struct span *rest, struct pattern *pattern_r)
{
	struct span flags;
	char delimiter;

	if (split(rest, pattern_r, &flags, &delimiter))
		return take_flags(load, line, skipped, flags,
		    &pattern_r->options);
	if (delimiter == '\0')
		load_trap(load, line, skipped, "no pattern (write /pattern/)");
	else
		load_trap(load, line, skipped, "the pattern has no closing "
		    "\"%c\"", delimiter);
	return false;
}

pcre2_code *
pattern_compile(const struct load *load, unsigned line, const char *skipped,
    const struct pattern *pattern)
{
	size_t offset = 0;
	int error = 0;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern->text.p,
	    pattern->text.n, pattern->options, &error, &offset, NULL);

	if (code == NULL) {
		char why[200] = "";

		pcre2_get_error_message(error, (PCRE2_UCHAR *)why,
		    sizeof(why));
		load_trap(load, line, skipped, "%s at offset %zu of the "
		    "pattern \"%.*s\"", why, offset, SPAN_ARG(pattern->text));
		return NULL;
	}
	/* Where there is no JIT, or none is allowed, PCRE2 interprets. */
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

uint32_t
pattern_groups(const pcre2_code *code)
{
	uint32_t groups = 0;

	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
	return groups;
}

bool
pattern_interpreted(const pcre2_code *code)
{
	size_t size = 0;

	return pcre2_pattern_info(code, PCRE2_INFO_JITSIZE, &size) != 0 ||
	    size == 0;
}

bool
pattern_suspects(struct span text)
{
	struct pattern pattern;
	struct span flags, rest = text;
	bool is_if = nesting_word(text, SPAN("if"));
	char delimiter;

	if (nesting_word(text, SPAN("endif")))
		return span_trim(text).n == sizeof("endif") - 1;
	if (is_if)
		rest = span_skip(text, 2);
	if (!split(&rest, &pattern, &flags, &delimiter) || delimiter != '/')
		return false;
	for (size_t i = 0; i < flags.n; i++)
		if (flag_option(flags.p[i]) == 0 && flags.p[i] != 'X')
			return false;
	return is_if || (rest.n > 0 && pattern.text.n > 0);
}

/* idn - the two forms of an internationalized domain name.  See idn.h. */
#include "message/idn.h"

#include <idn2.h>
#include <stdint.h>

#define FLAGS	(IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL)

/* What libidn2 takes: a C string, with the case of ASCII letters gone. */
static bool
lower(struct span domain, char out[IDN_MAX + 1])
{
	if (domain.n == 0 || domain.n > IDN_MAX)
		return false;
	for (size_t i = 0; i < domain.n; i++) {
		if (domain.p[i] == '\0')
			return false;
		out[i] = (char)ascii_lower(domain.p[i]);
	}
	out[domain.n] = '\0';
	return true;
}

static bool
is_ascii(const char *domain)
{
	for (; *domain != '\0'; domain++)
		if ((unsigned char)*domain >= 0x80)
			return false;
	return true;
}

/* Some label begins with "xn--". */
static bool
has_a_label(const char *domain)
{
	while (domain != NULL && *domain != '\0') {
		if (strncmp(domain, "xn--", 4) == 0)
			return true;
		domain = strchr(domain, '.');
		if (domain != NULL)
			domain++;
	}
	return false;
}

/* Freed with idn2_free(); NULL where there is none. */
static char *
a_labels(const char *domain)
{
	uint8_t *to = NULL;

	if (idn2_lookup_u8((const uint8_t *)domain, &to, FLAGS) != IDN2_OK)
		return NULL;
	return (char *)to;
}

static char *
u_labels(const char *domain)
{
	char *to = NULL, *back;
	bool same;

	if (idn2_to_unicode_8z8z(domain, &to, 0) != IDN2_OK)
		return NULL;
	/* Punycode can say what no U-label is, such as a plain ASCII name. */
	back = a_labels(to);
	same = back != NULL && strcmp(back, domain) == 0;
	idn2_free(back);
	if (same)
		return to;
	idn2_free(to);
	return NULL;
}

bool
idn_other(struct span domain, struct buf *out)
{
	char name[IDN_MAX + 1], *to = NULL;
	bool differs;

	if (!lower(domain, name))
		return false;
	if (!is_ascii(name))
		to = a_labels(name);
	else if (has_a_label(name))
		to = u_labels(name);
	differs = to != NULL && *to != '\0' && strcmp(to, name) != 0;
	if (differs)
		buf_add(out, span_of(to));
	idn2_free(to);
	return differs;
}

/* What cannot stand in a domain, nor in most addresses. */
static bool
ends_word(unsigned char c)
{
	return c <= ' ' || c == 0x7f || strchr("<>()[]{},;:\"'`|\\/?#=&", c) !=
	    NULL;
}

static bool
has_prefix(struct span text)
{
	for (size_t i = 2; i + 2 <= text.n; i++) {
		i += span_find(span_skip(text, i), '-');
		if (i + 1 < text.n && text.p[i + 1] == '-' &&
		    ascii_lower((unsigned char)text.p[i - 1]) == 'n' &&
		    ascii_lower((unsigned char)text.p[i - 2]) == 'x')
			return true;
	}
	return false;
}

static bool
has_wide(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			return true;
	return false;
}

/* Adds " user@other" for "user@domain", or " other"; true where it did. */
static bool
add_other(struct span word, struct buf *out)
{
	size_t at = span_rfind(word, '@');
	struct span domain = span_skip(word, at < word.n ? at + 1 : 0);
	struct buf other;
	bool found;

	/* At the end of a sentence. */
	while (span_ends(domain, SPAN(".")))
		domain.n--;
	if (domain.n < 4 || !(has_prefix(domain) ||
	    (at < word.n && has_wide(domain))))
		return false;
	buf_init(&other, 4 * IDN_MAX);
	found = idn_other(domain, &other);
	if (found) {
		buf_addc(out, ' ');
		if (at < word.n)
			buf_add(out, span_head(word, at + 1));
		buf_add(out, buf_span(&other));
	}
	buf_clear(&other);
	return found;
}

bool
idn_beside(struct span text, struct buf *out)
{
	size_t names = 0;

	/* Most fields have no such name. */
	if (!has_wide(text) && !has_prefix(text)) {
		buf_add(out, text);
		return !out->cut;
	}
	while (text.n > 0) {
		size_t gap = 0, n;
		struct span word;

		while (gap < text.n && ends_word((unsigned char)text.p[gap]))
			gap++;
		buf_add(out, span_head(text, gap));
		text = span_skip(text, gap);
		n = 0;
		while (n < text.n && !ends_word((unsigned char)text.p[n]))
			n++;
		word = span_head(text, n);
		buf_add(out, word);
		if (names < IDN_NAMES && add_other(word, out))
			names++;
		text = span_skip(text, n);
	}
	return !out->cut;
}

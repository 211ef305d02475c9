/* translate - between libmilter's terms and the session's. */
#include "daemon/translate.h"

#include <arpa/inet.h>

static struct span
present(int family, const void *bytes, char text[INET6_ADDRSTRLEN])
{
	return span_of(inet_ntop(family, bytes, text, INET6_ADDRSTRLEN));
}

struct span
translate_address(const struct sockaddr *address, char text[INET6_ADDRSTRLEN])
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address == NULL)
		return span_make(NULL, 0);
	switch (address->sa_family) {
	case AF_INET:
		memcpy(&v4, address, sizeof(v4));
		return present(AF_INET, &v4.sin_addr, text);
	case AF_INET6:
		memcpy(&v6, address, sizeof(v6));
		if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr))
			return present(AF_INET, &v6.sin6_addr.s6_addr[12],
			    text);
		return present(AF_INET6, &v6.sin6_addr, text);
	default:
		return span_make(NULL, 0);
	}
}

static uint64_t
number(struct span digits)
{
	uint64_t n = 0;

	if (!span_digits(digits))
		return 0;
	for (size_t i = 0; i < digits.n; i++) {
		unsigned digit = (unsigned)(digits.p[i] - '0');

		if (n > (UINT64_MAX - digit) / 10)
			return UINT64_MAX;
		n = n * 10 + digit;
	}
	return n;
}

static bool
is_size(struct span arg, uint64_t *size_r)
{
	const struct span name = SPAN("SIZE=");

	if (!span_casestarts(arg, name))
		return false;
	*size_r = number(span_skip(arg, name.n));
	return true;
}

uint64_t
translate_size(char *const *args)
{
	uint64_t size;

	if (args[0] == NULL)
		return 0;
	for (size_t i = 1; args[i] != NULL; i++)
		if (is_size(span_of(args[i]), &size))
			return size;
	return 0;
}

uint64_t
translate_packed_size(struct span args)
{
	uint64_t size;
	size_t n;

	while ((n = span_find(args, '\0')) < args.n) {
		if (is_size(span_head(args, n), &size))
			return size;
		args = span_skip(args, n + 1);
	}
	return 0;
}

static bool
is_utf8(struct span arg)
{
	return span_caseequal(arg, SPAN("SMTPUTF8"));
}

bool
translate_utf8(char *const *args)
{
	for (size_t i = 0; args[i] != NULL; i++)
		if (i > 0 && is_utf8(span_of(args[i])))
			return true;
	return false;
}

bool
translate_packed_utf8(struct span args)
{
	size_t n;

	while ((n = span_find(args, '\0')) < args.n) {
		if (is_utf8(span_head(args, n)))
			return true;
		args = span_skip(args, n + 1);
	}
	return false;
}

void
translate_reply(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		size_t room = REPLY_TEXT_MAX - out->n;

		if (room < (c == '%' ? 2 : 1))
			break;
		if (c == '%')
			buf_addc(out, '%');
		buf_addc(out, c < ' ' || c == 0x7f ? ' ' : (char)c);
	}
}

/* packet - reads and writes the packets of the milter protocol. */
#include "daemon/packet.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include "daemon/translate.h"

static uint32_t
number(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 |
	    (uint32_t)u[2] << 8 | u[3];
}

enum packet_found
packet_find(struct span bytes, struct packet *packet_r, size_t *size_r)
{
	uint32_t n;

	*size_r = PACKET_HEAD;
	if (bytes.n < 4)
		return PACKET_PART;
	n = number(bytes.p);
	if (n == 0 || n > PACKET_MAX + 1)
		return PACKET_BROKEN;
	*size_r = 4 + (size_t)n;
	if (bytes.n < *size_r)
		return PACKET_PART;
	packet_r->command = (unsigned char)bytes.p[4];
	packet_r->payload = span_make(bytes.p + PACKET_HEAD, n - 1);
	return PACKET_WHOLE;
}

/* What is in them */

bool
packet_offer(struct span payload, struct packet_offer *offer_r)
{
	if (payload.n < 12)
		return false;
	offer_r->version = number(payload.p);
	offer_r->actions = number(payload.p + 4);
	offer_r->steps = number(payload.p + 8);
	return true;
}

bool
packet_string(struct span *rest, struct span *string_r)
{
	size_t n = span_find(*rest, '\0');

	if (n == rest->n)
		return false;
	*string_r = span_head(*rest, n);
	*rest = span_skip(*rest, n + 1);
	return true;
}

struct span
packet_text(struct span payload)
{
	return span_head(payload, span_find(payload, '\0'));
}

/* The text ends in a NUL that is not counted. */
static bool
read_address(char family, struct span text, struct packet_client *client)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address = { .any.sa_family = AF_UNSPEC };
	const struct span prefix = SPAN("IPv6:");

	switch (family) {
	case '4':
		if (inet_aton(text.p, &address.v4.sin_addr) != 1)
			return false;
		address.any.sa_family = AF_INET;
		break;
	case '6':
		/* As smtpd of Postfix has it in {client_addr}. */
		if (span_casestarts(text, prefix))
			text = span_skip(text, prefix.n);
		if (inet_pton(AF_INET6, text.p, &address.v6.sin6_addr) != 1)
			return false;
		address.any.sa_family = AF_INET6;
		break;
	case 'L':	/* as long as a path may be, for libmilter */
		if (text.n >= sizeof(((struct sockaddr_un *)0)->sun_path))
			return false;
		break;
	default:
		return false;
	}
	client->address = translate_address(&address.any, client->space);
	return true;
}

bool
packet_client(struct span payload, struct packet_client *client_r)
{
	const size_t port = 2;
	char family;

	client_r->address = span_make(NULL, 0);
	if (!packet_string(&payload, &client_r->name) || payload.n == 0)
		return false;
	family = payload.p[0];
	payload = span_skip(payload, 1);
	if (family == 'U')
		return true;
	/* The port, at least one byte of an address, and a NUL at the end. */
	if (payload.n <= port || payload.p[payload.n - 1] != '\0')
		return false;
	return read_address(family, packet_text(span_skip(payload, port)),
	    client_r);
}

bool
packet_field(struct span payload, struct span *name_r, struct span *value_r)
{
	size_t end;

	if (payload.n == 0 || payload.p[payload.n - 1] != '\0')
		return false;
	/* A name without a byte has one NUL more behind it, for libmilter. */
	end = 1 + span_find(span_skip(payload, 1), '\0');
	if (end + 1 >= payload.n)
		return false;
	*name_r = packet_text(payload);
	*value_r = packet_text(span_skip(payload, end + 1));
	return true;
}

/* A name without the braces of "{x}". */
static struct span
bare(struct span name)
{
	if (name.n == 3 && name.p[0] == '{' && name.p[2] == '}')
		return span_make(name.p + 1, 1);
	return name;
}

bool
packet_macro(struct span macros, struct span name, struct span *value_r)
{
	struct span found;

	while (packet_string(&macros, &found)) {
		if (!packet_string(&macros, value_r))
			*value_r = span_make(NULL, 0);
		if (span_equal(bare(found), bare(name)))
			return true;
	}
	return false;
}

/* Out */

static void
put_number(struct buf *out, uint32_t n)
{
	const char bytes[] = { (char)(n >> 24), (char)(n >> 16),
	    (char)(n >> 8), (char)n };

	buf_add(out, span_make(bytes, sizeof(bytes)));
}

/* The head of a packet, and room for all of it. */
static bool
begin_packet(struct buf *out, char reply, size_t n)
{
	if (n > PACKET_MAX || !buf_reserve(out, PACKET_HEAD + n))
		return false;
	put_number(out, (uint32_t)n + 1);
	buf_addc(out, reply);
	return true;
}

bool
packet_add(struct buf *out, char reply, struct span payload)
{
	return begin_packet(out, reply, payload.n) && buf_add(out, payload);
}

bool
packet_add_strings(struct buf *out, char reply, int64_t value,
    const char *first, const char *second)
{
	struct span one = span_of(first), two = span_of(second);
	size_t n = (value >= 0 ? 4 : 0) + one.n + (first != NULL) + two.n +
	    (second != NULL);

	if (!begin_packet(out, reply, n))
		return false;
	if (value >= 0)
		put_number(out, (uint32_t)value);
	if (first != NULL) {
		buf_add(out, one);
		buf_addc(out, '\0');
	}
	if (second != NULL) {
		buf_add(out, two);
		buf_addc(out, '\0');
	}
	return true;
}

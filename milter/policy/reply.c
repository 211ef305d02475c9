/* reply - what the client is told.  See reply.h. */
#include "policy/reply.h"

#include <assert.h>
#include <stdarg.h>

#include "base/buf.h"
#include "base/printable.h"

/* Postfix's bound: RFC 5321's 512 less CRLF. */
#define REPLY_MAX	510

static const char *const rejected[] = {
	[ACCESS_CLIENT] = "Client host",
	[ACCESS_REVERSE_CLIENT] = "Unverified Client host",
	[ACCESS_HELO] = "Helo command",
	[ACCESS_LOGIN] = "SASL login name",
	[ACCESS_SENDER] = "Sender address",
	[ACCESS_RECIPIENT] = "Recipient address",
	[ACCESS_HEADER_FROM] = "Header From address",
	[ACCESS_REPLY_TO] = "Header Reply-To address",
	[ACCESS_LINK_DOMAIN] = "Link",
};

/*
 * Text for a reply line: as Postfix does it, what cannot be printed becomes a
 * blank, and what is too long is cut (between characters).
 */
static struct span
one_line(struct region *region, struct span text, size_t max)
{
	char *p = region_alloc(region, (text.n < max ? text.n : max) + 1);
	size_t n = 0;

	if (p == NULL)
		return SPAN("");
	while (text.n > 0) {
		size_t char_n = utf8_char(text);
		unsigned char c = (unsigned char)text.p[0];
		bool control = c < ' ' || c == 0x7f || char_n == 0 ||
		    (char_n == 2 && c == 0xc2 &&
		    (unsigned char)text.p[1] < 0xa0);

		if (char_n == 0)
			char_n = 1;
		if ((control ? 1 : char_n) > max - n)
			break;
		if (control)
			p[n++] = ' ';
		else
			for (size_t i = 0; i < char_n; i++)
				p[n++] = text.p[i];
		text = span_skip(text, char_n);
	}
	return span_make(p, n);
}

/* The reply's parts as they are sent, `dsn` with the class of the code. */
static void
compose(struct reply *reply, unsigned code, struct span dsn,
    struct span text, struct region *region)
{
	char *p = region_alloc(region, dsn.n + 1);

	if (p == NULL)
		dsn.n = 0;
	if (dsn.n > 0) {
		memcpy(p, dsn.p, dsn.n);
		p[0] = (char)('0' + code / 100);
	}
	reply->code = code;
	reply->dsn = span_make(p, dsn.n);
	reply->text = one_line(region, text,
	    REPLY_MAX - sizeof("550 ") - dsn.n);
}

/*
 * A code about mail addresses (X.1.Y) is made to fit what is refused: a
 * sender's for senders, a recipient's for recipients, X.0.0 for the rest.
 * Who stands in From or Reply-To is a sender here.
 */
static struct span
fix_dsn(enum access_class class, struct span dsn)
{
	/* By Y from 1 to 8. */
	static const char *const sender[] = {
		"5.1.7", "5.1.8", "5.1.7", "5.1.7", "5.1.0", "5.1.7",
		"5.1.7", "5.1.8"
	};
	static const char *const recipient[] = {
		"5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.5", "5.1.6",
		"5.1.3", "5.1.2"
	};
	struct span last = span_skip(dsn, 4);

	if (!span_starts(span_skip(dsn, 1), SPAN(".1.")))
		return dsn;
	if (class < ACCESS_SENDER)
		return SPAN("5.0.0");
	if (last.n != 1 || last.p[0] < '1' || last.p[0] > '8')
		return SPAN("5.1.0");
	return span_of(class == ACCESS_RECIPIENT ?
	    recipient[last.p[0] - '1'] : sender[last.p[0] - '1']);
}

static unsigned
access_code(const struct conf *conf, const struct action *action)
{
	switch (action->kind) {
	case ACTION_REJECT:
		return (unsigned)conf->access_map_reject_code;
	case ACTION_CODE:
		return action->code;
	default:
		/* DEFER, and the two DEFER_IF. */
		return (unsigned)conf->access_map_defer_code;
	}
}

void
reply_access(const struct conf *conf, enum access_class class,
    struct span name, const struct action *action, struct region *region,
    struct reply *reply_r)
{
	struct span dsn = action->dsn, text = action->text;
	struct buf buf;

	if (dsn.n == 0)
		dsn = SPAN("5.7.1");
	if (text.n == 0)
		text = action->kind == ACTION_DEFER_IF_PERMIT ||
		    action->kind == ACTION_DEFER_IF_REJECT ?
		    SPAN("Service unavailable") : SPAN("Access denied");
	/* More than fits in a reply: compose() cuts. */
	buf_init(&buf, (size_t)2 * REPLY_MAX);
	buf_addc(&buf, '<');
	buf_add(&buf, name);
	buf_addf(&buf, ">: %s rejected: ", rejected[class]);
	buf_add(&buf, text);
	compose(reply_r, access_code(conf, action), fix_dsn(class, dsn),
	    buf_span(&buf), region);
	buf_clear(&buf);
}

void
reply_content(const struct action *action, struct region *region,
    struct reply *reply_r)
{
	bool soft = action->dsn.n > 0 && action->dsn.p[0] != '5';
	struct span text = action->text;

	/* Behind a code alone Postfix sends what lies in its memory. */
	if (text.n == 0)
		text = SPAN("message content rejected");
	compose(reply_r, soft ? 451 : 550, action->dsn.n > 0 ? action->dsn :
	    SPAN("5.7.1"), text, region);
}

void
reply_make(unsigned code, const char *dsn, struct region *region,
    struct reply *reply_r, const char *format, ...)
{
	struct buf buf;
	va_list args;

	assert(code >= 400 && code <= 599);
	buf_init(&buf, (size_t)16 * REPLY_MAX);
	va_start(args, format);
	buf_addv(&buf, format, args);
	va_end(args);
	compose(reply_r, code, span_of(dsn), buf_span(&buf), region);
	buf_clear(&buf);
}

void
reply_soften(struct reply *reply, struct region *region)
{
	if (reply->code >= 500)
		compose(reply, reply->code - 100, reply->dsn, reply->text,
		    region);
}

struct span
reply_plain(struct span text, bool utf8, struct region *region)
{
	struct span plain;
	struct buf out;

	buf_init(&out, text.n + 1);
	if (utf8)
		printable_add(&out, text, text.n + 3);
	else
		printable_ascii(&out, text);
	region->failed |= out.failed;
	plain = region_copy(region, buf_span(&out));
	buf_clear(&out);
	return plain;
}

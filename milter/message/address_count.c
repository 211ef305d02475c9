/*
 * address_count - how many addresses a To or Cc field has.  See address.h.
 *
 * One pass.  A quote, comment or domain literal that is opened and never
 * closed is ordinary text, so that it does not hide what follows; each kind
 * is looked for in vain at most once, which keeps the cost linear.
 */
#include "message/address.h"

struct counter {
	struct span value;
	size_t count;

	/* The mailbox that is being read. */
	bool words;		/* text outside of angle brackets */
	bool angles;		/* there were angle brackets */
	bool in_angle, in_route;
	bool address;		/* text inside of them, behind the route */

	/* There is no end of such a thing any more. */
	bool open_quote, open_comment, open_literal;
};

static int
byte(const struct counter *c, size_t at)
{
	return at < c->value.n ? (unsigned char)c->value.p[at] : -1;
}

/* The offset behind the closing byte, or `at` where there is none. */
static size_t
skip_to(const struct counter *c, size_t at, char close, bool *open)
{
	for (size_t i = at + 1; !*open && i < c->value.n; i++) {
		if (c->value.p[i] == close)
			return i + 1;
		if (c->value.p[i] == '\\')
			i++;
	}
	*open = true;
	return at;
}

/* As skip_to(), but comments nest. */
static size_t
skip_comment(struct counter *c, size_t at)
{
	size_t level = 0;

	for (size_t i = at; !c->open_comment && i < c->value.n; i++) {
		if (c->value.p[i] == '(')
			level++;
		else if (c->value.p[i] == ')' && --level == 0)
			return i + 1;
		else if (c->value.p[i] == '\\')
			i++;
	}
	c->open_comment = true;
	return at;
}

/*
 * "=?charset?encoding?text?=" (RFC 2047): careless programs leave commas and
 * the like in the text.
 */
static size_t
skip_encoded_word(const struct counter *c, size_t at)
{
	unsigned marks = 0;
	size_t i = at + 2;

	if (byte(c, at + 1) != '?')
		return at;
	for (; i < c->value.n && !ascii_space(byte(c, i)); i++)
		if (byte(c, i) == '?' && ++marks == 3)
			return byte(c, i + 1) == '=' ? i + 2 : at;
	return at;
}

static void
text(struct counter *c)
{
	if (c->in_angle)
		c->address = true;
	else
		c->words = true;
}

static void
angle_ends(struct counter *c)
{
	if (c->in_angle)
		c->angles = true;
	if (c->in_angle && c->address)
		c->count++;
	c->in_angle = c->in_route = c->address = false;
}

static void
mailbox_ends(struct counter *c)
{
	angle_ends(c);
	if (c->words && !c->angles)
		c->count++;
	c->words = c->angles = false;
}

/* A source route: "<@a,@b:c@d>". */
static bool
route_here(const struct counter *c, size_t at)
{
	while (ascii_space(byte(c, at)))
		at++;
	return byte(c, at) == '@' || byte(c, at) == ',';
}

static void
punctuation(struct counter *c, size_t at)
{
	switch (byte(c, at)) {
	case '<':
		angle_ends(c);
		c->in_angle = true;
		c->in_route = route_here(c, at + 1);
		break;
	case '>':
		angle_ends(c);
		break;
	case ',':
		if (!c->in_route || !route_here(c, at + 1))
			mailbox_ends(c);
		break;
	case ':':
		/* The words before it were the name of a group. */
		if (!c->in_angle)
			c->words = c->angles = false;
		c->in_route = c->address = false;
		break;
	default:
		/* The end of a group; some programs separate with it. */
		mailbox_ends(c);
	}
}

static size_t
step(struct counter *c, size_t at)
{
	int b = byte(c, at);
	size_t end = at;

	if (ascii_space(b))
		return at + 1;
	if (b == '(')
		end = skip_comment(c, at);
	if (end > at)
		return end;
	if (strchr("<>,:;", b) != NULL && b != '\0') {
		punctuation(c, at);
		return at + 1;
	}
	if (!c->in_route)
		text(c);
	if (b == '"')
		end = skip_to(c, at, '"', &c->open_quote);
	else if (b == '[')
		end = skip_to(c, at, ']', &c->open_literal);
	else if (b == '=')
		end = skip_encoded_word(c, at);
	else if (b == '\\')
		end = at + 2;
	return end > at ? end : at + 1;
}

size_t
address_count(struct span value)
{
	struct counter c = { .value = value };
	size_t at = 0;

	while (at < value.n)
		at = step(&c, at);
	mailbox_ends(&c);
	return c.count;
}

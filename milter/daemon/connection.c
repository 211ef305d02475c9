/* connection - bytes between a socket and the milter protocol. */
#include "daemon/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of one reading.  Most messages need one or two; a body chunk is 64 KiB. */
#define READ_MAX	((size_t)256 * 1024)

/*
 * The first memory for a packet that is incomplete, as long as it may need that
 * much: a body chunk.  What has not come touches none of it.
 */
#define KEPT_SMALLEST	((size_t)68 * 1024)

/* Memory that answers are gathered in is kept up to this. */
#define OUT_KEPT	((size_t)256 * 1024)

bool
workspace_init(struct workspace *workspace)
{
	buf_init(&workspace->out, WIRE_OUT_MAX);
	workspace->in = malloc(READ_MAX);
	return workspace->in != NULL;
}

void
workspace_clear(struct workspace *workspace)
{
	free(workspace->in);
	workspace->in = NULL;
	buf_clear(&workspace->out);
}

void
connection_init(struct connection *connection, int fd,
    const struct shared *shared)
{
	*connection = (struct connection){ .fd = fd, .next = WIRE_READ };
	wire_init(&connection->wire, shared);
}

static void
drop(struct kept *kept)
{
	free(kept->p);
	*kept = (struct kept){ 0 };
}

void
connection_clear(struct connection *connection)
{
	wire_clear(&connection->wire);
	drop(&connection->in);
	drop(&connection->out);
	close(connection->fd);
	connection->fd = -1;
}

/* Out */

/* How much went out; -1: the connection is broken. */
static ssize_t
put_out(int fd, const char *p, size_t n)
{
	ssize_t sent;

	do
		sent = send(fd, p, n, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	return sent;
}

static bool
keep(struct kept *kept, struct span bytes)
{
	struct kept copy = { malloc(bytes.n), 0, bytes.n, bytes.n };

	if (copy.p == NULL)
		return false;
	memcpy(copy.p, bytes.p, bytes.n);
	free(kept->p);
	*kept = copy;
	return true;
}

/* What had to wait.  WANTS_READ: nothing does any more. */
static enum connection_wants
put_kept(struct connection *c)
{
	struct kept *out = &c->out;
	ssize_t sent;

	if (out->n == 0)
		return WANTS_READ;
	sent = put_out(c->fd, out->p + out->at, out->n - out->at);
	if (sent < 0)
		return WANTS_CLOSE;
	out->at += (size_t)sent;
	if (out->at < out->n)
		return WANTS_WRITE;
	drop(out);
	return WANTS_READ;
}

/* All that was said, in one go; what does not go waits. */
static enum connection_wants
put_answers(struct connection *c, struct buf *out)
{
	enum connection_wants wants = WANTS_READ;
	ssize_t sent = 0;

	if (out->n > 0 && (sent = put_out(c->fd, out->p, out->n)) < 0)
		wants = WANTS_CLOSE;
	else if ((size_t)sent < out->n)
		wants = keep(&c->out, span_skip(buf_span(out),
		    (size_t)sent)) ? WANTS_WRITE : WANTS_CLOSE;
	if (out->size > OUT_KEPT)
		buf_clear(out);
	else
		buf_reset(out);
	return wants;
}

/* In */

/* Memory for what is missing of a packet, as it comes. */
static bool
make_room(struct connection *c)
{
	struct kept *in = &c->in;
	size_t size = in->size * 2 > KEPT_SMALLEST ? in->size * 2 :
	    KEPT_SMALLEST;
	char *p;

	if (in->at > 0) {
		memmove(in->p, in->p + in->at, in->n - in->at);
		in->n -= in->at;
		in->at = 0;
	}
	if (in->n < in->size)
		return true;
	if (size > c->wanted)
		size = c->wanted;
	if ((p = realloc(in->p, size)) == NULL)
		return false;
	in->p = p;
	in->size = size;
	return true;
}

/*
 * Into the thread's space, or, of an incomplete packet, no more than the rest
 * of it into its own memory.  0: the other side has closed; -1: see errno.
 */
static ssize_t
receive(struct connection *c, struct workspace *workspace)
{
	struct kept *in = &c->in;
	char *to = workspace->in;
	size_t n = READ_MAX;
	ssize_t got;

	if (in->n > 0) {
		if (!make_room(c)) {
			errno = ENOMEM;
			return -1;
		}
		to = in->p + in->n;
		n = in->size < c->wanted ? in->size - in->n :
		    c->wanted - in->n;
	}
	do
		got = recv(c->fd, to, n, 0);
	while (got < 0 && errno == EINTR);
	if (got > 0 && in->n > 0)
		in->n += (size_t)got;
	return got;
}

/* What is left of the bytes is kept, wherever they lie. */
static bool
keep_rest(struct connection *c, struct span rest)
{
	struct kept *in = &c->in;

	if (rest.n == 0)
		drop(in);
	else if (in->n > 0)	/* they are kept already */
		in->at = in->n - rest.n;
	else
		return keep(in, rest);
	return true;
}

/* Feeds the bytes, and sends what comes out, as long as one needs the other. */
static enum connection_wants
feed(struct connection *c, struct span bytes, struct workspace *workspace)
{
	enum connection_wants wants;
	size_t taken;

	do {
		c->next = wire_feed(&c->wire, bytes, &workspace->out, &taken,
		    &c->wanted);
		bytes = span_skip(bytes, taken);
		wants = put_answers(c, &workspace->out);
	} while (c->next == WIRE_WRITE && wants == WANTS_READ);
	if (wants == WANTS_CLOSE || !keep_rest(c, bytes))
		return WANTS_CLOSE;
	return wants;
}

static enum connection_wants
wants_now(const struct connection *c)
{
	return c->next == WIRE_WAIT ? WANTS_WAIT : c->next == WIRE_CLOSE ?
	    WANTS_CLOSE : WANTS_READ;
}

static enum connection_wants
read_and_feed(struct connection *c, struct workspace *workspace)
{
	ssize_t got = receive(c, workspace);

	if (got < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? WANTS_READ :
		    WANTS_CLOSE;
	if (got == 0)
		return WANTS_CLOSE;
	if (c->in.n > 0)
		return c->in.n < c->wanted ? WANTS_READ : feed(c,
		    span_make(c->in.p, c->in.n), workspace);
	return feed(c, span_make(workspace->in, (size_t)got), workspace);
}

enum connection_wants
connection_serve(struct connection *c, struct workspace *workspace)
{
	enum connection_wants wants = put_kept(c);

	if (wants != WANTS_READ)
		return wants;
	switch (c->next) {
	case WIRE_READ:
		wants = read_and_feed(c, workspace);
		break;
	case WIRE_WAIT:
		return WANTS_WAIT;
	case WIRE_WRITE:
		wants = feed(c, span_make(c->in.n > 0 ? c->in.p + c->in.at :
		    "", c->in.n - c->in.at), workspace);
		break;
	case WIRE_CLOSE:
		return WANTS_CLOSE;
	}
	return wants == WANTS_READ ? wants_now(c) : wants;
}

void
connection_waited(struct connection *c)
{
	c->next = WIRE_WRITE;
}

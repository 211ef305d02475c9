/*
 * connection - one connection of the native engine: its socket, between which
 * and wire.h the bytes go.
 *
 * Nothing here waits.  What is read lies in the space of the thread that
 * reads; a connection has memory for bytes only as long as a packet is
 * incomplete, or while something has to be waited for with bytes left over:
 * no more than one reading, or one packet.  As long as the mail server does
 * not read what it is told, nothing is read from it, and less than
 * WIRE_OUT_MAX waits for it.
 *
 * One thread at a time, not always the same one.
 */
#ifndef POSTERN_DAEMON_CONNECTION_H
#define POSTERN_DAEMON_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "daemon/wire.h"

/* What a thread lends to a connection for the time of one call. */
struct workspace {
	char *in;
	struct buf out;
};

bool workspace_init(struct workspace *workspace);
void workspace_clear(struct workspace *workspace);

struct connection {
	int fd;
	enum wire_next next;
	struct kept {
		char *p;
		size_t at, n, size;	/* what is left is from `at` to `n` */
	} in, out;
	size_t wanted;		/* of `in`: the packet's whole length */
	struct wire wire;
};

/* Takes over the socket, which does not block. */
void connection_init(struct connection *connection, int fd,
    const struct shared *shared);

/* The socket is closed, too, and the conversation ends. */
void connection_clear(struct connection *connection);

enum connection_wants {
	WANTS_READ, WANTS_WRITE,	/* of the socket; then serve again */
	WANTS_WAIT,	/* for what the conversation waits for (wire.h); then
			   connection_waited(), and serve again */
	WANTS_CLOSE	/* connection_clear() */
};

/* Goes on as far as it can: one reading at most, so that others have a turn. */
enum connection_wants connection_serve(struct connection *connection,
    struct workspace *workspace);

/* What was waited for is there. */
void connection_waited(struct connection *connection);

/* It holds memory until the mail server does its part. */
static inline bool
connection_is_halfway(const struct connection *connection)
{
	return connection->in.n > 0 || connection->out.n > 0;
}

#endif

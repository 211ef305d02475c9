/*
 * listening - the address that we listen on, before and after libmilter or the
 * native engine binds it.
 *
 * libmilter either removes a local socket unseen or fails on one that was
 * left behind.  So we look first: a socket that nobody answers on is removed,
 * one that is alive never is, and any other file stays.  The folder is locked
 * from the look to the bind, so that two that start at once do not take the
 * socket from each other.
 */
#ifndef POSTERN_DAEMON_LISTENING_H
#define POSTERN_DAEMON_LISTENING_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

struct listening {
	bool local;		/* the rest is for local sockets: */
	int folder;		/* kept open; -1: none */
	const char *name;	/* in it; part of the address */
	dev_t device;		/* of the socket that was bound */
	ino_t inode;
	bool bound;
};

void listening_init(struct listening *listening);

/*
 * address is what libmilter takes ("inet:8896@127.0.0.1", "inet6:...",
 * "local:/path") and outlives the listening.  0, or -1 with a reason added to
 * why.  What is bound next must be settled, or removed.
 */
int listening_prepare(struct listening *listening, const char *address,
    struct buf *why);

/* Connections that wait to be taken. */
#define LISTENING_BACKLOG	1024

/*
 * Binds and listens where libmilter would; for the native engine, after
 * listening_prepare().  A socket that does not block, or -1 with a reason.
 */
int listening_bind(const char *address, struct buf *why);

/*
 * Gives the bound local socket its owner and mode; -1 for an id leaves it as
 * it is; makes one of the network answer without delay.
 * Bind under umask(0777): until here nobody is to connect.
 */
int listening_settle(struct listening *listening, uid_t uid, gid_t gid,
    mode_t mode, struct buf *why);

/* Removes the socket, if it is still ours and permissions allow it. */
void listening_remove(struct listening *listening);

#endif

/*
 * keeper - a small process that starts helpers.
 *
 * A daemon with threads must not fork: only the memory of one thread would be
 * whole in the child, and all secrets and connections of the others would be
 * there as well.  So the keeper is forked while there is one thread and
 * nothing to hide, reads libmagic's database, closes all that it inherited,
 * gives up what privileges there are, and waits.  Who wants a helper sends it
 * one end of a socket pair; the keeper forks a helper that has that end and
 * nothing else.  It keeps the end as well until the helper is gone, to say
 * what became of one that died, and kills the one that takes too long.
 *
 * It ends, and with it all helpers, when the process that started it has.
 * Whoever else ends it gets another one (guard.h); the helpers of the old one
 * end with it, and what it was asked meanwhile the new one does.
 */
#ifndef POSTERN_SERVICE_KEEPER_H
#define POSTERN_SERVICE_KEEPER_H

#include <stddef.h>

/* Helpers at the same time; more are refused, which reads as an end. */
#define KEEPER_HELPERS_MAX	32

/*
 * Forks; to be called before there is a thread.  drop(context, why, size)
 * runs in the keeper once all files are read: it gives up privileges and may
 * change the root; 0, or -1 with a reason.  It may be NULL.  The descriptor to
 * ask by, or -1 with a reason.
 */
int keeper_start(int (*drop)(void *context, char *why, size_t size),
    void *context, char *why, size_t size);

/*
 * A helper that has the other end of the socket *fd_r, and so many seconds to
 * live; any thread may ask.  0, or -1 where the keeper is gone or the system
 * gives no socket.
 */
int keeper_ask(int keeper, unsigned seconds, int *fd_r);

/*
 * What happened to the keeper since, in a line of at most size - 1 bytes: 1;
 * nothing: 0; it and its guard are gone, and with them all helpers: -1.  It
 * does not wait.
 */
int keeper_news(int keeper, char *line, size_t size);

#endif

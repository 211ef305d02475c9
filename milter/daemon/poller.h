/*
 * poller - which of many sockets has something to be done.
 *
 * A thin front of the system's own: epoll (poller_epoll.c), or kqueue where
 * there is none (poller_kqueue.c).  A socket is watched for one thing at a
 * time, and that once: when it is there, one thread is told, and nobody else
 * until the socket is watched again.  So whoever was told has it for itself.
 * Cost depends on what happens, not on how many are watched.
 *
 * All functions but poller_new() may be called by any thread at any time.
 */
#ifndef POSTERN_DAEMON_POLLER_H
#define POSTERN_DAEMON_POLLER_H

struct poller;

/* An error of the socket is either of them. */
enum poller_for { POLLER_READ, POLLER_WRITE };

/* NULL, with errno.  It lives as long as the process. */
struct poller *poller_new(void);

/*
 * Watches a socket, the first time or again; `what` comes back from
 * poller_wait().  A socket that is closed is not watched any more.  0, or -1
 * with errno.
 */
int poller_add(struct poller *poller, int fd, enum poller_for want,
    void *what);
int poller_again(struct poller *poller, int fd, enum poller_for want,
    void *what);

/*
 * Waits; then `what` of one.  One at a time, so that nobody waits behind one
 * that takes long while another thread is free.
 */
void *poller_wait(struct poller *poller);

#endif

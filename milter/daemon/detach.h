/*
 * detach - into the background, and the word from there that all went well.
 */
#ifndef POSTERN_DAEMON_DETACH_H
#define POSTERN_DAEMON_DETACH_H

struct detach {
	int parent;	/* a pipe to the process that waits; -1: none */
	int null;	/* /dev/null, opened before a chroot hides it */
};

void detach_init(struct detach *detach);

/*
 * Forks.  The parent never comes back: it waits for detach_done() or for the
 * child's end, and exits 0 or 1.  The child, in a session of its own, still
 * has the terminal to complain to.  To be called before there is a thread.
 * 0, or -1 with errno where no process could be had.
 */
int detach_begin(struct detach *detach);

/* Lets go of standard input, output and error, and of the parent. */
void detach_done(struct detach *detach);

#endif

/* poller_kqueue - the BSDs.  See poller.h. */
#include "daemon/poller.h"

#ifndef __linux__
#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>

#include <stdint.h>
#include <stdlib.h>

struct poller {
	int fd;
};

struct poller *
poller_new(void)
{
	struct poller *poller = malloc(sizeof(*poller));

	if (poller == NULL)
		return NULL;
	if ((poller->fd = kqueue()) < 0) {
		free(poller);
		return NULL;
	}
	return poller;
}

int
poller_add(struct poller *poller, int fd, enum poller_for want, void *what)
{
	struct kevent event;

	EV_SET(&event, (uintptr_t)fd, want == POLLER_READ ? EVFILT_READ :
	    EVFILT_WRITE, EV_ADD | EV_ONESHOT, 0, 0, what);
	return kevent(poller->fd, &event, 1, NULL, 0, NULL) < 0 ? -1 : 0;
}

int
poller_again(struct poller *poller, int fd, enum poller_for want, void *what)
{
	return poller_add(poller, fd, want, what);
}

void *
poller_wait(struct poller *poller)
{
	struct kevent event;
	int n;

	do
		n = kevent(poller->fd, NULL, 0, &event, 1, NULL);
	while (n <= 0);
	return event.udata;
}
#endif

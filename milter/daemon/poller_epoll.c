/* poller_epoll - Linux.  See poller.h. */
#include "daemon/poller.h"

#ifdef __linux__
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>

struct poller {
	int fd;
};

struct poller *
poller_new(void)
{
	struct poller *poller = malloc(sizeof(*poller));

	if (poller == NULL)
		return NULL;
	if ((poller->fd = epoll_create1(EPOLL_CLOEXEC)) < 0) {
		free(poller);
		return NULL;
	}
	return poller;
}

static int
control(struct poller *poller, int how, int fd, enum poller_for want,
    void *what)
{
	struct epoll_event event = { .data.ptr = what, .events = EPOLLONESHOT |
	    (want == POLLER_READ ? (uint32_t)EPOLLIN : (uint32_t)EPOLLOUT) };

	return epoll_ctl(poller->fd, how, fd, &event);
}

int
poller_add(struct poller *poller, int fd, enum poller_for want, void *what)
{
	return control(poller, EPOLL_CTL_ADD, fd, want, what);
}

int
poller_again(struct poller *poller, int fd, enum poller_for want, void *what)
{
	return control(poller, EPOLL_CTL_MOD, fd, want, what);
}

void *
poller_wait(struct poller *poller)
{
	struct epoll_event event;
	int n;

	do
		n = epoll_wait(poller->fd, &event, 1, -1);
	while (n <= 0);
	return event.data.ptr;
}
#endif

/*
 * bare - the least that reads the milter protocol.
 *
 *	bare LISTEN OFFER
 *
 * LISTEN is inet:PORT@ADDRESS.  OFFER, in hexadecimal, is what each negotiation
 * is answered with: that of the filter beside which this is measured, so that
 * both are sent the same packets.  Every event that was to be answered then is
 * answered with one constant, "continue"; nothing is looked at.  Epoll, and
 * two workers, of which each has its connections for itself.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	WORKERS = 2, EVENTS = 64, BUFFER = 256 * 1024, ANSWERS = 64 * 1024,
	LARGEST = 1024 * 1024 + 5
};

struct connection {
	int fd;
	unsigned char *rest;	/* of a packet that has not come in full */
	size_t n;
};

static int listener;
static unsigned char offer[1024];
static size_t offer_size;
static uint32_t steps;

/* What is not answered once it was agreed. */
static const struct { char command; uint32_t mute; } events[] = {
	{ 'L', 0x80 }, { 'B', 0x80000 }, { 'N', 0x40000 }, { 'R', 0x8000 },
	{ 'M', 0x4000 }, { 'H', 0x2000 }, { 'C', 0x1000 }, { 'T', 0x10000 },
	{ 'U', 0x20000 }, { 'E', 0 },
};

static bool
is_answered(char command)
{
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (events[i].command == command)
			return (steps & events[i].mute) == 0;
	return false;
}

static uint32_t
number(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static void
forget(struct connection *c)
{
	close(c->fd);
	free(c->rest);
	free(c);
}

/* All whole packets; what is left of the last is kept.  False: the end. */
static bool
take_packets(struct connection *c, const unsigned char *p, size_t n)
{
	static const unsigned char constant[] = { 0, 0, 0, 1, 'c' };
	unsigned char answers[ANSWERS];
	size_t said = 0;

	while (n >= 5) {
		size_t size = 4 + (size_t)number(p);

		if (size < 5 || size > LARGEST || p[4] == 'Q')
			return false;
		if (size > n)
			break;
		if (said + sizeof(offer) > sizeof(answers))
			return false;
		if (p[4] == 'O') {
			memcpy(answers + said, offer, offer_size);
			said += offer_size;
		} else if (is_answered((char)p[4])) {
			memcpy(answers + said, constant, sizeof(constant));
			said += sizeof(constant);
		}
		p += size;
		n -= size;
	}
	if (said > 0 && send(c->fd, answers, said, MSG_NOSIGNAL) !=
	    (ssize_t)said)
		return false;
	if (n > 0) {
		unsigned char *rest = malloc(n);

		if (rest == NULL)
			return false;
		memcpy(rest, p, n);
		free(c->rest);
		c->rest = rest;
	} else {
		free(c->rest);
		c->rest = NULL;
	}
	c->n = n;
	return true;
}

static bool
serve(struct connection *c, unsigned char *buffer)
{
	ssize_t got;

	if (c->n > 0)
		memcpy(buffer, c->rest, c->n);
	got = recv(c->fd, buffer + c->n, BUFFER, 0);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	return got > 0 && take_packets(c, buffer, c->n + (size_t)got);
}

static void
take_connection(int poller)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);
	struct connection *c;
	int one = 1, fd = accept4(listener, (struct sockaddr *)&address,
	    &size, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		err(1, NULL);
	c->fd = fd;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	event.data.ptr = c;
	if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0)
		err(1, "epoll_ctl");
}

static void *
work(void *context)
{
	struct epoll_event found[EVENTS], event = {
		.events = EPOLLIN | EPOLLEXCLUSIVE };
	unsigned char *buffer = malloc(BUFFER + LARGEST);
	int poller = epoll_create1(EPOLL_CLOEXEC);

	(void)context;
	if (buffer == NULL || poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD,
	    listener, &event) < 0)
		err(1, "worker");
	for (;;) {
		int n = epoll_wait(poller, found, EVENTS, -1);

		for (int i = 0; i < n; i++) {
			struct connection *c = found[i].data.ptr;

			if (c == NULL)
				take_connection(poller);
			else if (!serve(c, buffer))
				forget(c);
		}
	}
	return NULL;
}

static void
read_offer(const char *hex)
{
	size_t n = strlen(hex) / 2;

	if (n < 12 || n + 5 > sizeof(offer))
		errx(2, "the offer has %zu bytes", n);
	for (size_t i = 0; i < n; i++) {
		unsigned byte;

		if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
			errx(2, "the offer is not hexadecimal");
		offer[5 + i] = (unsigned char)byte;
	}
	offer[2] = (unsigned char)((n + 1) >> 8);
	offer[3] = (unsigned char)(n + 1);
	offer[4] = 'O';
	offer_size = n + 5;
	steps = number(offer + 5 + 8);
}

static void
open_listener(const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	char host[64];
	unsigned port;
	int one = 1;

	if (sscanf(text, "inet:%u@%63s", &port, host) != 2 ||
	    inet_pton(AF_INET, host, &in.sin_addr) != 1)
		errx(2, "%s: write inet:PORT@ADDRESS", text);
	in.sin_port = htons((uint16_t)port);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR,
	    &one, sizeof(one)) < 0 || bind(listener, (struct sockaddr *)&in,
	    sizeof(in)) < 0 || listen(listener, 1024) < 0)
		err(1, "%s", text);
}

int
main(int argc, char **argv)
{
	pthread_t threads[WORKERS];

	if (argc != 3)
		errx(2, "usage: bare LISTEN OFFER");
	read_offer(argv[2]);
	open_listener(argv[1]);
	for (int i = 0; i < WORKERS; i++)
		if (pthread_create(&threads[i], NULL, work, NULL) != 0)
			errx(1, "no thread");
	pthread_join(threads[0], NULL);
	return 0;
}

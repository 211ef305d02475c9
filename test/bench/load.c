/*
 * load - a mail server that has the same messages for every filter.
 *
 *	load ADDRESS FILE MESSAGES PER_CONNECTION CONNECTIONS
 *
 * FILE holds packets of the milter protocol as test/bench/run records them: a
 * packet of the command 0 ends the conversation's opening, and then each
 * message.  CONNECTIONS threads send MESSAGES messages in turn, with
 * PER_CONNECTION of them in each connection, honouring what the filter
 * negotiated, and one line of JSON says how long it took and what came back.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOST_SECTIONS	100000
#define LARGEST_REPLY	(2 * 1024 * 1024)

struct packet {
	const unsigned char *bytes;	/* with its length of four bytes */
	size_t n;
};

struct section {
	struct packet *packets;
	size_t n;
};

static struct section sections[MOST_SECTIONS];	/* 0: the opening */
static size_t nsections;
static struct sockaddr_storage server;
static socklen_t server_size;
static long messages, per_connection;
static atomic_long next_message, accepted, refused;

/* What of the protocol goes with a command, as the filter agreed to it. */
static const struct stage {
	char command;
	uint32_t left_out, unanswered;
} stages[] = {
	{ 'C', 0x01, 0x1000 }, { 'H', 0x02, 0x2000 }, { 'M', 0x04, 0x4000 },
	{ 'R', 0x08, 0x8000 }, { 'T', 0x200, 0x10000 },
	{ 'L', 0x20, 0x80 }, { 'N', 0x40, 0x40000 }, { 'B', 0x10, 0x80000 },
	{ 'E', 0, 0 },
};

static uint32_t
number(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static void
add_packet(struct section *section, const unsigned char *bytes, size_t n)
{
	if ((section->n & (section->n + 1)) == 0) {
		size_t room = section->n * 2 + 2;

		section->packets = realloc(section->packets,
		    room * sizeof(struct packet));
		if (section->packets == NULL)
			err(2, NULL);
	}
	section->packets[section->n++] = (struct packet){ bytes, n };
}

static void
read_file(const char *name)
{
	struct stat st;
	unsigned char *bytes;
	size_t at = 0, size;
	int fd = open(name, O_RDONLY);

	if (fd < 0 || fstat(fd, &st) < 0)
		err(2, "%s", name);
	size = (size_t)st.st_size;
	if ((bytes = malloc(size)) == NULL ||
	    read(fd, bytes, size) != (ssize_t)size)
		err(2, "%s", name);
	close(fd);
	while (at + 5 <= size && nsections < MOST_SECTIONS) {
		size_t n = 4 + (size_t)number(bytes + at);

		if (n < 5 || n > size - at)
			errx(2, "%s: broken at byte %zu", name, at);
		if (bytes[at + 4] == 0)
			nsections++;
		else
			add_packet(&sections[nsections], bytes + at, n);
		at += n;
	}
	if (nsections < 2)
		errx(2, "%s: no message in it", name);
}

static void
read_address(const char *text)
{
	unsigned port;
	char host[64];
	struct sockaddr_in *in = (struct sockaddr_in *)&server;
	struct sockaddr_un *un = (struct sockaddr_un *)&server;

	if (sscanf(text, "inet:%u@%63s", &port, host) == 2 &&
	    inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		server_size = sizeof(*in);
	} else if (strncmp(text, "local:", 6) == 0 &&
	    strlen(text + 6) < sizeof(un->sun_path)) {
		un->sun_family = AF_UNIX;
		strcpy(un->sun_path, text + 6);
		server_size = sizeof(*un);
	} else {
		errx(2, "%s: write inet:PORT@ADDRESS or local:/PATH", text);
	}
}

static void
put(int fd, const unsigned char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

		if (sent <= 0)
			err(2, "send");
		bytes += sent;
		n -= (size_t)sent;
	}
}

static void
get(int fd, unsigned char *to, size_t n)
{
	while (n > 0) {
		ssize_t got = recv(fd, to, n, 0);

		if (got <= 0)
			errx(2, "the filter closed the connection");
		to += got;
		n -= (size_t)got;
	}
}

/* The command of one reply; its payload goes to `to`. */
static int
get_packet(int fd, unsigned char *to)
{
	unsigned char head[4];

	get(fd, head, 4);
	if (number(head) < 1 || number(head) > LARGEST_REPLY)
		errx(2, "a reply of %u bytes", number(head));
	get(fd, to, number(head));
	return to[0];
}

/* What decides; an edit at the end of a message does not. */
static int
get_reply(int fd, unsigned char *to)
{
	int command;

	do
		command = get_packet(fd, to);
	while (strchr("acrtdsy4f", command) == NULL);
	return command;
}

static int
open_connection(uint32_t *protocol_r, unsigned char *space)
{
	static const unsigned char offer[] = { 0, 0, 0, 13, 'O', 0, 0, 0, 6,
	    0, 0, 1, 0xff, 0, 0x1f, 0xff, 0xff };
	int one = 1, fd = socket(server.ss_family, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&server, server_size) < 0)
		err(2, "connect");
	if (server.ss_family == AF_INET)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	put(fd, offer, sizeof(offer));
	if (get_packet(fd, space) != 'O')
		errx(2, "no negotiation");
	*protocol_r = number(space + 9);
	return fd;
}

static const struct stage *
stage_of(int command)
{
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		if (stages[i].command == command)
			return &stages[i];
	return NULL;
}

/* The last reply: 'c' where nothing was refused. */
static int
send_section(int fd, const struct section *section, uint32_t protocol,
    unsigned char *space)
{
	bool skip = false;
	int reply = 'c';

	for (size_t i = 0; i < section->n; i++) {
		const struct packet *packet = &section->packets[i];
		bool macros = packet->bytes[4] == 'D';
		int command = packet->bytes[macros ? 5 : 4];
		const struct stage *stage = stage_of(command);

		if (stage == NULL)
			errx(2, "a packet of the command %c", command);
		if ((protocol & stage->left_out) != 0 ||
		    (skip && command == 'B'))
			continue;
		put(fd, packet->bytes, packet->n);
		if (macros || (protocol & stage->unanswered) != 0)
			continue;
		reply = get_reply(fd, space);
		if (reply == 's')
			skip = true;
		else if (reply != 'c')
			break;
	}
	return reply == 's' ? 'c' : reply;
}

static void
converse(unsigned char *space)
{
	static const unsigned char quit[] = { 0, 0, 0, 1, 'Q' };
	uint32_t protocol;
	int fd = open_connection(&protocol, space);

	send_section(fd, &sections[0], protocol, space);
	for (long i = 0; i < per_connection; i++) {
		long n = atomic_fetch_add(&next_message, 1);
		int reply;

		if (n >= messages)
			break;
		reply = send_section(fd, &sections[1 + (size_t)n %
		    (nsections - 1)], protocol, space);
		atomic_fetch_add(reply == 'c' || reply == 'a' ? &accepted :
		    &refused, 1);
	}
	put(fd, quit, sizeof(quit));
	close(fd);
}

static void *
run(void *context)
{
	unsigned char *space = malloc(LARGEST_REPLY);

	(void)context;
	if (space == NULL)
		err(2, NULL);
	while (atomic_load(&next_message) < messages)
		converse(space);
	free(space);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct timespec begin, end;
	pthread_t threads[1000];
	long connections;

	if (argc != 6)
		errx(2, "usage: load ADDRESS FILE MESSAGES PER_CONNECTION "
		    "CONNECTIONS");
	read_address(argv[1]);
	read_file(argv[2]);
	messages = strtol(argv[3], NULL, 10);
	per_connection = strtol(argv[4], NULL, 10);
	connections = strtol(argv[5], NULL, 10);
	if (messages < 1 || per_connection < 1 || connections < 1 ||
	    connections > 1000)
		errx(2, "a number is out of range");
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (long i = 0; i < connections; i++)
		if (pthread_create(&threads[i], NULL, run, NULL) != 0)
			errx(2, "no thread");
	for (long i = 0; i < connections; i++)
		pthread_join(threads[i], NULL);
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("{\"seconds\": %.6f, \"accepted\": %ld, \"refused\": %ld}\n",
	    (double)(end.tv_sec - begin.tv_sec) +
	    (double)(end.tv_nsec - begin.tv_nsec) / 1e9,
	    atomic_load(&accepted), atomic_load(&refused));
	return 0;
}

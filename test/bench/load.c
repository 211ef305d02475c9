/*
 * load - a mail server that has the same messages for every filter.
 *
 *	load ADDRESS FILE MESSAGES PER_CONNECTION CONNECTIONS
 *
 * FILE holds packets of the milter protocol as test/bench/measure.py writes: a
 * packet of the command 0 ends the conversation's opening, and then each
 * message.  CONNECTIONS threads send MESSAGES messages in turn, with
 * PER_CONNECTION of them in each connection, honouring what the filter
 * negotiated (the macros that it asked for, too), and one line of JSON says
 * how long it took and what came back.  As in Postfix, what is sent waits in a
 * buffer until a reply is due.
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
#define MACRO_LISTS	7
#define BUFFER_SIZE	65536

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

/*
 * What of the protocol goes with a command, as the filter agreed to it, and
 * which list of macros.  Postfix sends fields and body as part of what ends
 * them.
 */
static const struct stage {
	char command;
	uint32_t left_out, unanswered, macros;
} stages[] = {
	{ 'C', 0x01, 0x1000, 0 }, { 'H', 0x02, 0x2000, 1 },
	{ 'M', 0x04, 0x4000, 2 }, { 'R', 0x08, 0x8000, 3 },
	{ 'T', 0x200, 0x10000, 4 }, { 'L', 0x20, 0x80, 6 },
	{ 'N', 0x40, 0x40000, 6 }, { 'B', 0x10, 0x80000, 5 },
	{ 'E', 0, 0, 5 },
};

/* One connection to the filter, with what it negotiated. */
struct link {
	int fd;
	uint32_t protocol;
	char *macros[MACRO_LISTS];	/* NULL: those that were recorded */
	size_t waiting;
	unsigned char buffer[BUFFER_SIZE];
	unsigned char space[LARGEST_REPLY];
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
put_out(int fd, const unsigned char *bytes, size_t n)
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
flush(struct link *link)
{
	put_out(link->fd, link->buffer, link->waiting);
	link->waiting = 0;
}

static void
put(struct link *link, const unsigned char *bytes, size_t n)
{
	if (n > BUFFER_SIZE - link->waiting)
		flush(link);
	if (n > BUFFER_SIZE) {
		put_out(link->fd, bytes, n);
		return;
	}
	memcpy(link->buffer + link->waiting, bytes, n);
	link->waiting += n;
}

static void
get(struct link *link, unsigned char *to, size_t n)
{
	flush(link);
	while (n > 0) {
		ssize_t got = recv(link->fd, to, n, 0);

		if (got <= 0)
			errx(2, "the filter closed the connection");
		to += got;
		n -= (size_t)got;
	}
}

/* The command of one reply, whose size is *n_r; it is in link->space. */
static int
get_packet(struct link *link, size_t *n_r)
{
	unsigned char head[4];

	get(link, head, 4);
	*n_r = number(head);
	if (*n_r < 1 || *n_r > LARGEST_REPLY)
		errx(2, "a reply of %zu bytes", *n_r);
	get(link, link->space, *n_r);
	return link->space[0];
}

/* What decides; an edit at the end of a message does not. */
static int
get_reply(struct link *link)
{
	size_t n;
	int command;

	do
		command = get_packet(link, &n);
	while (strchr("acrtdsy4f", command) == NULL);
	return command;
}

/* smfi_setsymlist(): a number and a string for each list. */
static void
read_lists(struct link *link, const unsigned char *p, size_t n)
{
	while (n > 4) {
		uint32_t which = number(p);
		const unsigned char *end = memchr(p + 4, 0, n - 4);

		if (end == NULL || which >= MACRO_LISTS)
			errx(2, "a broken list of macros");
		free(link->macros[which]);
		link->macros[which] = strdup((const char *)p + 4);
		n -= (size_t)(end + 1 - p);
		p = end + 1;
	}
}

static void
open_link(struct link *link)
{
	static const unsigned char offer[] = { 0, 0, 0, 13, 'O', 0, 0, 0, 6,
	    0, 0, 1, 0xff, 0, 0x1f, 0xff, 0xff };
	int one = 1;
	size_t n;

	link->fd = socket(server.ss_family, SOCK_STREAM, 0);
	if (link->fd < 0 || connect(link->fd, (struct sockaddr *)&server,
	    server_size) < 0)
		err(2, "connect");
	if (server.ss_family == AF_INET)
		setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &one,
		    sizeof(one));
	put(link, offer, sizeof(offer));
	if (get_packet(link, &n) != 'O' || n < 13)
		errx(2, "no negotiation");
	link->protocol = number(link->space + 9);
	read_lists(link, link->space + 13, n - 13);
}

static void
close_link(struct link *link)
{
	static const unsigned char quit[] = { 0, 0, 0, 1, 'Q' };

	put(link, quit, sizeof(quit));
	flush(link);
	close(link->fd);
	for (size_t i = 0; i < MACRO_LISTS; i++) {
		free(link->macros[i]);
		link->macros[i] = NULL;
	}
}

static const struct stage *
stage_of(int command)
{
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		if (stages[i].command == command)
			return &stages[i];
	return NULL;
}

static bool
is_listed(const char *name, const char *list)
{
	size_t n = strlen(name);

	for (const char *p = list; (p = strstr(p, name)) != NULL; p += n)
		if ((p == list || strchr(" ,", p[-1]) != NULL) &&
		    strchr(" ,", p[n]) != NULL)
			return true;
	return false;
}

/* The recorded macros, or those of them that are in the list. */
static void
put_macros(struct link *link, const struct packet *packet, const char *list)
{
	unsigned char *space = link->space;
	const char *p = (const char *)packet->bytes + 6;
	const char *end = (const char *)packet->bytes + packet->n;
	size_t n = 6;

	if (list == NULL) {
		put(link, packet->bytes, packet->n);
		return;
	}
	memcpy(space, packet->bytes, n);
	while (p < end) {
		const char *value = p + strlen(p) + 1;
		const char *next = value + strlen(value) + 1;

		if (is_listed(p, list)) {
			memcpy(space + n, p, (size_t)(next - p));
			n += (size_t)(next - p);
		}
		p = next;
	}
	space[2] = (unsigned char)((n - 4) >> 8);
	space[3] = (unsigned char)(n - 4);
	put(link, space, n);
}

/* The last reply: 'c' where nothing was refused. */
static int
send_section(struct link *link, const struct section *section)
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
		if ((link->protocol & stage->left_out) != 0 ||
		    (skip && command == 'B'))
			continue;
		if (macros) {
			put_macros(link, packet, link->macros[stage->macros]);
			continue;
		}
		put(link, packet->bytes, packet->n);
		if ((link->protocol & stage->unanswered) != 0)
			continue;
		reply = get_reply(link);
		if (reply == 's')
			skip = true;
		else if (reply != 'c')
			break;
	}
	return reply == 's' ? 'c' : reply;
}

static void
converse(struct link *link)
{
	open_link(link);
	send_section(link, &sections[0]);
	for (long i = 0; i < per_connection; i++) {
		long n = atomic_fetch_add(&next_message, 1);
		int reply;

		if (n >= messages)
			break;
		reply = send_section(link, &sections[1 + (size_t)n %
		    (nsections - 1)]);
		atomic_fetch_add(reply == 'c' || reply == 'a' ? &accepted :
		    &refused, 1);
	}
	close_link(link);
}

static void *
run(void *context)
{
	struct link *link = calloc(1, sizeof(*link));

	(void)context;
	if (link == NULL)
		err(2, NULL);
	while (atomic_load(&next_message) < messages)
		converse(link);
	free(link);
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

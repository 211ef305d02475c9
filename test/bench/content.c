/*
 * content - what the content path costs without a protocol around it.
 *
 *	content PACKETS CONF...
 *
 * PACKETS are messages as test/bench/measure.py records them for load.  Each
 * goes through the session as the milter would feed it.  First there is a line
 * for each configuration: seconds of CPU to read it, and how many messages it
 * does not accept.  Then, for each line of input, which is a number, every
 * configuration goes so many times through the messages, and a line tells the
 * nanoseconds of CPU a message that each took.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/policy.h"
#include "session/session.h"

#define CONFS_MAX	16
#define PACKETS_MAX	((size_t)1 << 30)

struct entry {
	const struct policy *policy;
	struct scratch_pool *scratch;
	size_t refused;
};

static double
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static size_t
number(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (size_t)u[0] << 24 | (size_t)u[1] << 16 | (size_t)u[2] << 8 |
	    u[3];
}

static void
read_packets(const char *path, struct buf *packets)
{
	struct sources sources;
	const char *why;

	sources_init(&sources);
	buf_init(packets, PACKETS_MAX);
	if (source_read(&sources, path, packets, &why) < 0)
		errx(2, "%s: %s", path, why);
	sources_clear(&sources);
}

static bool
is_over(struct session *session, const struct event *event)
{
	const struct outcome *outcome = session_event(session, event);

	while (outcome->nasks > 0)
		outcome = session_answer(session, outcome->asks[0].id,
		    ASK_YES);
	return outcome->verdict.kind != VERDICT_CONTINUE;
}

static bool
begin(struct session *session)
{
	struct event connect = { .kind = EVENT_CONNECT, .connect = {
	    .name = SPAN("mx.example.org"), .address = SPAN("192.0.2.1"),
	    .smtp = true } };
	struct event mail = { .kind = EVENT_MAIL,
	    .mail = { .path = SPAN("<sender@example.org>") } };
	struct event rcpt = { .kind = EVENT_RCPT,
	    .rcpt = { .path = SPAN("<rcpt@example.com>") } };

	return is_over(session, &connect) || is_over(session, &mail) ||
	    is_over(session, &rcpt);
}

/* One packet after the envelope: L, N, B or E. */
static bool
packet_decides(struct session *session, const char *packet, size_t n)
{
	struct event event = { .kind = EVENT_EOM };
	size_t name = strnlen(packet + 1, n - 1);

	if (packet[0] == 'L') {
		event.kind = EVENT_HEADER;
		event.header.name = span_make(packet + 1, name);
		event.header.value = span_of(packet + name + 2);
	} else if (packet[0] == 'B') {
		event.kind = EVENT_BODY;
		event.body = span_make(packet + 1, n - 1);
		if (session_skips_body(session))
			return false;
	} else if (packet[0] == 'N') {
		event.kind = EVENT_EOH;
	}
	return is_over(session, &event);
}

/* All messages once; how many. */
static size_t
go_through(struct entry *entry, const struct buf *packets)
{
	struct session_options options = { .scratch = entry->scratch };
	struct session *session = NULL;
	size_t messages = 0;
	bool over = true;

	for (size_t at = 0; at + 5 <= packets->n; ) {
		const char *packet = packets->p + at + 4;
		size_t n = number(packets->p + at);

		at += 4 + n;
		if (packet[0] == 'M') {
			session_free(&session);
			session = session_new(entry->policy, &options);
			if (session == NULL)
				errx(2, "out of memory");
			messages++;
			over = begin(session);
			entry->refused += over;
		} else if (!over && strchr("LNBE", packet[0]) != NULL) {
			over = packet_decides(session, packet, n);
			entry->refused += over;
		}
	}
	session_free(&session);
	return messages;
}

static void
open_entry(struct entry *entry, const char *name, const struct buf *packets)
{
	struct complaints complaints;
	double taken = cpu_ns();

	complaints_init(&complaints);
	entry->policy = policy_new(name, NULL, &complaints);
	if (entry->policy == NULL)
		errx(2, "%s: see `postern check`", name);
	taken = cpu_ns() - taken;
	complaints_clear(&complaints);
	entry->scratch = scratch_pool_new();
	go_through(entry, packets);
	printf("%.3f %zu\n", taken / 1e9, entry->refused);
	fflush(stdout);
}

/* Nanoseconds a message. */
static double
time_entry(struct entry *entry, const struct buf *packets, int turns)
{
	double taken = cpu_ns();
	size_t messages = 0;

	for (int turn = 0; turn < turns; turn++)
		messages += go_through(entry, packets);
	return (cpu_ns() - taken) / (double)(messages > 0 ? messages : 1);
}

int
main(int argc, char **argv)
{
	struct entry entries[CONFS_MAX] = { 0 };
	struct buf packets;
	int n = argc - 2;
	char line[32];

	if (n < 1 || n > CONFS_MAX)
		errx(2, "usage: content PACKETS CONF...");
	read_packets(argv[1], &packets);
	for (int i = 0; i < n; i++)
		open_entry(&entries[i], argv[2 + i], &packets);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		int turns = atoi(line);

		for (int i = 0; i < n; i++)
			printf("%.0f ", time_entry(&entries[i], &packets,
			    turns));
		putchar('\n');
		fflush(stdout);
	}
	return 0;
}

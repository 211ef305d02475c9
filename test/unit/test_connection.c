/* A connection of the native engine, at one end of a pair of sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/connection.h"

static char path[] = "/tmp/test_connection.XXXXXX";
static struct shared shared;
static struct traffic traffic;
static struct delays delays;
static struct workspace workspace;

/* What plays the mail server has the other end. */
struct pair {
	struct connection connection;
	int fd;
	enum connection_wants wants;
};

static void
begin(struct pair *pair)
{
	const int small = 8192;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    ends), 0);
	setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	connection_init(&pair->connection, ends[0], &shared);
	pair->fd = ends[1];
	pair->wants = WANTS_READ;
}

static void
end(struct pair *pair)
{
	close(pair->fd);
	connection_clear(&pair->connection);
	assert_int_equal(traffic_messages(&traffic), 0);
	assert_int_equal(atomic_load(&traffic.conversations), 0);
}

/* As the poller would have it, until it waits for us. */
static void
serve(struct pair *pair)
{
	for (int i = 0; i < 4 && pair->wants != WANTS_CLOSE; i++)
		pair->wants = connection_serve(&pair->connection, &workspace);
}

static void
send_all(struct pair *pair, struct span bytes)
{
	assert_int_equal(send(pair->fd, bytes.p, bytes.n, MSG_NOSIGNAL),
	    bytes.n);
}

static size_t
receive(struct pair *pair, char *to, size_t size)
{
	ssize_t n = recv(pair->fd, to, size, 0);

	return n > 0 ? (size_t)n : 0;
}

static void
expect(struct pair *pair, struct span want)
{
	char got[256];
	size_t n = receive(pair, got, sizeof(got));

	assert_int_equal(n, want.n);
	assert_memory_equal(got, want.p, n);
}

/* An old mail server's: everything is sent, and answered. */
static const struct span offer = SPAN_INIT("\0\0\0\15O\0\0\0\2\0\0\0\77"
    "\0\0\0\177");
static const struct span opening = SPAN_INIT("\0\0\0\21Cmx\0" "4\0\31"
    "192.0.2.1\0" "\0\0\0\4Hmx\0");

static void
open_up(struct pair *pair)
{
	char got[256];

	begin(pair);
	send_all(pair, offer);
	send_all(pair, opening);
	serve(pair);
	assert_int_equal(pair->wants, WANTS_READ);
	assert_int_equal(receive(pair, got, sizeof(got)), 17 + 5 + 5);
	assert_false(connection_is_halfway(&pair->connection));
}

/*
 * A byte at a time; memory is kept while a packet is incomplete.  The first
 * has no NUL in it.
 */
static void
dribble(void **state)
{
	static const char lacking[] = "\0\0\0\6M<a@b>";
	static const char whole[] = "\0\0\0\7M<a@b>\0";
	struct pair pair;

	(void)state;
	open_up(&pair);
	for (size_t i = 0; i < 10; i++) {
		send_all(&pair, span_make(&lacking[i], 1));
		serve(&pair);
		assert_int_equal(pair.wants, i < 9 ? WANTS_READ :
		    WANTS_CLOSE);
		if (i < 9)
			assert_true(connection_is_halfway(
			    &pair.connection));
	}
	end(&pair);
	open_up(&pair);
	for (size_t i = 0; i < 11; i++) {
		send_all(&pair, span_make(&whole[i], 1));
		serve(&pair);
	}
	assert_int_equal(pair.wants, WANTS_READ);
	assert_false(connection_is_halfway(&pair.connection));
	assert_null(pair.connection.in.p);
	expect(&pair, SPAN("\0\0\0\1c"));
	end(&pair);
}

/* The longest packet in small pieces, and what follows right behind it. */
static void
long_packet(void **state)
{
	static char bytes[PACKET_HEAD + PACKET_MAX + 17];
	struct buf all;
	struct pair pair;
	size_t at = 0;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	open_up(&pair);
	send_all(&pair, SPAN("\0\0\0\7M<a@b>\0\0\0\0\7R<c@d>\0"));
	serve(&pair);
	expect(&pair, SPAN("\0\0\0\1c\0\0\0\1c"));
	buf_init(&all, sizeof(bytes) + 64);
	bytes[0] = 'A';
	bytes[1] = '\0';
	bytes[PACKET_MAX - 1] = '\0';
	assert_true(packet_add(&all, 'L', span_make(bytes, PACKET_MAX)));
	assert_true(packet_add(&all, 'N', SPAN("")));
	while (at < all.n) {
		ssize_t n = send(pair.fd, all.p + at, all.n - at < 4096 ?
		    all.n - at : 4096, MSG_NOSIGNAL);

		assert_true(n > 0);
		at += (size_t)n;
		serve(&pair);
		assert_int_equal(pair.wants, WANTS_READ);
		assert_true(pair.connection.in.size <= PACKET_HEAD +
		    PACKET_MAX);
		assert_true(pair.connection.in.size <= 2 * at + 70000);
	}
	assert_null(pair.connection.in.p);
	expect(&pair, SPAN("\0\0\0\1c\0\0\0\1c"));
	buf_clear(&all);
	end(&pair);
}

/* Who does not read is not read from, and what waits for him is bounded. */
static void
deaf(void **state)
{
	struct pair pair;
	size_t sent = 0, heard = 0;
	char got[4096];
	size_t n;

	(void)state;
	open_up(&pair);
	while (pair.wants == WANTS_READ && sent < 1000000) {
		send_all(&pair, SPAN("\0\0\0\4Hmx\0"));
		sent++;
		pair.wants = connection_serve(&pair.connection, &workspace);
	}
	assert_int_equal(pair.wants, WANTS_WRITE);
	assert_true(sent < 100000);
	/* More comes, and is left where it is. */
	for (int i = 0; i < 100; i++)
		send_all(&pair, SPAN("\0\0\0\4Hmx\0"));
	for (int i = 0; i < 10; i++)
		assert_int_equal(connection_serve(&pair.connection,
		    &workspace), WANTS_WRITE);
	assert_true(pair.connection.out.n < WIRE_OUT_MAX);
	/* Now he listens. */
	for (int i = 0; i < 100000 && heard < (sent + 100) * 5; i++) {
		while ((n = receive(&pair, got, sizeof(got))) > 0)
			heard += n;
		connection_serve(&pair.connection, &workspace);
	}
	assert_int_equal(heard, (sent + 100) * 5);
	assert_false(connection_is_halfway(&pair.connection));
	end(&pair);
}

/* What is left over while a reply is late is not lost. */
static void
left_over(void **state)
{
	struct span rcpt = SPAN("\0\0\0\22R<no@example.net>\0");
	char got[1024];
	struct pair pair;

	(void)state;
	open_up(&pair);
	send_all(&pair, SPAN("\0\0\0\7M<a@b>\0"));
	for (int i = 0; i < 3; i++)
		send_all(&pair, rcpt);
	send_all(&pair, SPAN("\0\0\0\1"));
	pair.wants = connection_serve(&pair.connection, &workspace);
	assert_int_equal(pair.wants, WANTS_WAIT);
	/* Both answers that are known are out. */
	assert_int_equal(receive(&pair, got, sizeof(got)), 80);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pair.wants, WANTS_WAIT);
		assert_int_equal(receive(&pair, got, sizeof(got)), 0);
		assert_int_equal(conversation_waits_for(
		    pair.connection.wire.conversation), WAIT_DELAY);
		conversation_wake(pair.connection.wire.conversation);
		connection_waited(&pair.connection);
		pair.wants = connection_serve(&pair.connection, &workspace);
		assert_true(receive(&pair, got, sizeof(got)) > 60);
	}
	assert_int_equal(pair.wants, WANTS_READ);
	assert_true(connection_is_halfway(&pair.connection));
	send_all(&pair, SPAN("Q"));
	serve(&pair);
	assert_int_equal(pair.wants, WANTS_CLOSE);
	end(&pair);
}

/* Closed by the other side: before, in and behind a packet. */
static void
gone(void **state)
{
	static const struct span said[] = { SPAN_INIT(""),
	    SPAN_INIT("\0\0"), SPAN_INIT("\0\0\0\7M<a@"),
	    SPAN_INIT("\0\0\0\7M<a@b>\0") };

	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		struct pair pair;

		open_up(&pair);
		if (said[i].n > 0)
			send_all(&pair, said[i]);
		shutdown(pair.fd, SHUT_RDWR);
		serve(&pair);
		assert_int_equal(pair.wants, WANTS_CLOSE);
		end(&pair);
	}
}

static void
idle(void *context)
{
	(void)context;
}

static int
set_up(void **state)
{
	static const char conf[] =
	    "recipient_access = [ \"inline:{no@example.net=REJECT}\" ];\n"
	    "header_checks = [ \"inline:{x=REJECT}\" ];\n"
	    "soft_error_limit = 1;\nerror_sleep_time = \"1s\";\n";
	struct complaints complaints;
	struct policy *policy;
	const char *why;
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0 || write(fd, conf, sizeof(conf) - 1) < 0)
		return -1;
	close(fd);
	complaints_init(&complaints);
	policy = policy_new(path, NULL, &complaints);
	complaints_clear(&complaints);
	unlink(path);
	shared.log = log_open("/dev/null", &why);
	shared.scratch = scratch_pool_new();
	traffic_init(&traffic);
	delays_init(&delays);
	shared.traffic = &traffic;
	shared.delays = &delays;
	if (policy == NULL || shared.log == NULL || shared.scratch == NULL)
		return -1;
	shared.current = current_new(policy, idle, NULL);
	return workspace_init(&workspace) && shared.current != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	current_free(&shared.current);
	scratch_pool_free(&shared.scratch);
	log_close(&shared.log, 0);
	workspace_clear(&workspace);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dribble), cmocka_unit_test(long_packet),
		cmocka_unit_test(deaf), cmocka_unit_test(left_over),
		cmocka_unit_test(gone),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/*
 * How stored mail is taken apart.  What a message's header and body come to
 * is what Postfix 3.7.11 gave to a milter for the same bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "tool/mailbox.h"

#define S(literal)	SPAN_INIT(literal)
#define OUT_MAX		((size_t)1024 * 1024)

#define FROM_A	"From a@example.com Mon Jan  1 00:00:00 2024\n"
#define FROM_B	"From b@example.com  Tue Feb 29 12:34:56 2024\n"

static const struct {
	const char *name;
	struct span input, want;
} cases[] = {
	{ "nothing", S(""), S("") },
	{ "plain", S("A: x\n\nbody\n"), S("=\nA| x\n--\nbody\r\n") },
	{ "CRLF", S("A: x\r\n\r\nbody\r\n"), S("=\nA| x\n--\nbody\r\n") },
	{ "many CRs", S("A: x\r\r\nB: y\r\n\r\r\nbody\r\r\n\r\r\r\nx\r\n"),
	    S("=\nA| x\nB| y\n--\nbody\r\n\r\nx\r\n") },
	{ "stray CR", S("A: x\ry\r\n\r\nbo\rdy\r\n\rfoo\r\n"),
	    S("=\nA| x y\n--\nbo dy\r\n foo\r\n") },
	{ "stray CRs", S("A: x\r\r\r.\n\na\r\r\r\rb\r\r\n"),
	    S("=\nA| x   .\n--\na    b\r\n") },
	{ "stray CR folds", S("A: x\r\n\ry\r\n\r\nbody\r\n"),
	    S("=\nA| x\n y\n--\nbody\r\n") },
	{ "NUL", S("A: x\0y\r\nX-\0B: y\r\nC: z\r\n\r\nbo\0dy\r\n"),
	    S("=\nA| x\n--\nX-\0B: y\r\nC: z\r\n\r\nbo\0dy\r\n") },
	{ "NUL and fold", S("A: x\0y\r\n fold\0more\r\nC: z\r\n\r\nb\r\n"),
	    S("=\nA| x\n fold\nC| z\n--\nb\r\n") },
	{ "NUL line", S("A: x\n\0\nC: z\n\nb\n"),
	    S("=\nA| x\n--\n\0\r\nC: z\r\n\r\nb\r\n") },
	{ "blanks", S("A \t: x\nB:z\nC:\nD:\t\nE:  q  \n\nb  \n"),
	    S("=\nA| x\nB|z\nC|\nD|\t\nE|  q  \n--\nb  \r\n") },
	{ "folds", S("A:\n x\n\ty\n \n z\nB: c  \n  \n\nb\n"),
	    S("=\nA|\n x\n\ty\n \n z\nB| c  \n  \n--\nb\r\n") },
	{ "no field", S("A: x\nno field\nC: z\n\nb\n"),
	    S("=\nA| x\n--\nno field\r\nC: z\r\n\r\nb\r\n") },
	{ "leading blank", S(" A: x\nC: z\n\nb\n"),
	    S("=\n--\n A: x\r\nC: z\r\n\r\nb\r\n") },
	{ "no body", S("A: x\n"), S("=\nA| x\n--\n") },
	{ "no line end", S("A: x"), S("=\nA| x\n--\n") },
	{ "only CR", S("A: x\r"), S("=\nA| x\n--\n") },
	{ "empty line", S("A: x\n\n"), S("=\nA| x\n--\n") },
	{ "empty header", S("\nb\n"), S("=\n--\nb\r\n") },
	{ "two empty lines", S("A: x\n\n\nb\n"), S("=\nA| x\n--\n\r\nb\r\n") },
	{ "no last line end", S("A: x\n\nb"), S("=\nA| x\n--\nb\r\n") },
	{ "CR at the end", S("A: x\n\nb\r\r"), S("=\nA| x\n--\nb\r\n") },
	{ "8 bit", S("A: \xe9\nX\xe9: y\n\nb\n"),
	    S("=\nA| \xe9\n--\nX\xe9: y\r\n\r\nb\r\n") },
	{ "control in a name", S("X\1Y: y\n\nb\n"),
	    S("=\n--\nX\1Y: y\r\n\r\nb\r\n") },
	{ "no name", S("A: x\n: y\n\nb\n"),
	    S("=\nA| x\n--\n: y\r\n\r\nb\r\n") },
	{ "quoted From lines", S(">From c d\n>>From x\nA: x\n>From q\n\nb\n"),
	    S("=\nX-Mailbox-Line| >From c d\nX-Mailbox-Line| >>From x\n"
	    "A| x\n--\n>From q\r\n\r\nb\r\n") },
	{ "blank behind a From line", S(">From c\n A: x\n\nb\n"),
	    S("=\nX-Mailbox-Line| >From c\n--\n A: x\r\n\r\nb\r\n") },
	{ "From in the header", S("A: x\nFrom q\n\nb\n"),
	    S("=\nA| x\n--\nFrom q\r\n\r\nb\r\n") },
	{ "no mbox", S("A: x\n\nb\n\n" FROM_A "C: z\n\nb\n"),
	    S("=\nA| x\n--\nb\r\n\r\n"
	    "From a@example.com Mon Jan  1 00:00:00 2024\r\n"
	    "C: z\r\n\r\nb\r\n") },
	{ "no mbox, no quotes", S("A: x\n\n>From b\n"),
	    S("=\nA| x\n--\n>From b\r\n") },

	{ "mbox of one", S(FROM_A "A: x\n\nb\n\n"),
	    S("#1 a@example.com\nA| x\n--\nb\r\n") },
	{ "mbox of two", S(FROM_A "A: x\n\nb\n\n" FROM_B "A: y\n\nc\n\n"),
	    S("#1 a@example.com\nA| x\n--\nb\r\n"
	    "#2 b@example.com\nA| y\n--\nc\r\n") },
	{ "mbox with CRLF",
	    S("From a Mon Jan 1 00:00:00 2024\r\nA: x\r\n\r\nb\r\n\r\n"
	    "From b Mon Jan 1 00:00:00 2024\r\nA: y\r\n\r\nc\r\n\r\n"),
	    S("#1 a\nA| x\n--\nb\r\n#2 b\nA| y\n--\nc\r\n") },
	{ "mbox cut short", S(FROM_A "A: x\n\nb"),
	    S("#1 a@example.com\nA| x\n--\nb\r\n") },
	{ "mbox, empty lines", S(FROM_A "A: x\n\n\nb\n\n\n\n" FROM_B "\n\n\n"),
	    S("#1 a@example.com\nA| x\n--\n\r\nb\r\n\r\n\r\n"
	    "#2 b@example.com\n--\n\r\n") },
	{ "mbox without bodies", S(FROM_A "A: x\n\n" FROM_B "A: y\n\n"),
	    S("#1 a@example.com\nA| x\n--\n#2 b@example.com\nA| y\n--\n") },
	{ "mbox, quotes",
	    S(FROM_A "A: x\n\n>From here\n>>From there\n>From\n> From\n\n"),
	    S("#1 a@example.com\nA| x\n--\nFrom here\r\n>From there\r\n"
	    ">From\r\n> From\r\n") },
	{ "mbox, From no line", S(FROM_A "A: x\n\nb\n\nFrom here on\n\n"),
	    S("#1 a@example.com\nA| x\n--\nb\r\n\r\nFrom here on\r\n") },
	{ "mbox, no empty line", S(FROM_A "A: x\n\nb\n" FROM_B "c\n"),
	    S("#1 a@example.com\nA| x\n--\nb\r\n"
	    "From b@example.com  Tue Feb 29 12:34:56 2024\r\nc\r\n") },
	{ "mbox, From line twice", S(FROM_A ">From c\nA: x\n\nb\n\n"),
	    S("#1 a@example.com\nX-Mailbox-Line| >From c\nA| x\n--\nb\r\n") },
	{ "mbox, time zone", S("From x\nA: x\n\nb\n\n"
	    "From y Mon Jan  1 00:00:00 MET 2024 remote from z\n\nc\n\n"
	    "From - Mon Jan  1 00:00:00 2024 +0100\n\nd\n"),
	    S("#1 x\nA| x\n--\nb\r\n#2 y\n--\nc\r\n#3 -\n--\nd\r\n") },
};

/* Everything that a mailbox gives; the body in pieces of `size`. */
static void
show(struct mailbox *m, size_t size, struct buf *out)
{
	struct field field;
	char *piece = malloc(size);
	ssize_t n;

	while (mailbox_next(m) > 0) {
		if (mailbox_number(m) > 0)
			buf_addf(out, "#%u %.*s\n",
			    (unsigned)mailbox_number(m),
			    SPAN_ARG(mailbox_sender(m)));
		else
			buf_add(out, SPAN("=\n"));
		while (mailbox_field(m, &field) > 0) {
			buf_add(out, field.name);
			buf_addc(out, '|');
			buf_add(out, field.value);
			buf_addc(out, '\n');
		}
		buf_add(out, SPAN("--\n"));
		while ((n = mailbox_body(m, piece, size)) > 0)
			buf_add(out, span_make(piece, (size_t)n));
		assert_int_equal(n, 0);
	}
	assert_null(mailbox_why(m));
	free(piece);
}

static void
expect(const char *name, const char *how, struct buf *got, struct span want)
{
	if (got->cut || !span_equal(buf_span(got), want))
		fail_msg("%s, %s: got\n%.*s\nwant\n%.*s", name, how,
		    SPAN_ARG(buf_span(got)), SPAN_ARG(want));
	buf_clear(got);
}

static int
file_of(struct span text)
{
	int fd = memfd_create("mail", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.p, text.n), text.n);
	return fd;
}

static struct mailbox *
open_text(struct span text, int *fd_r)
{
	char path[40];
	const char *why = "";
	struct mailbox *m;

	*fd_r = file_of(text);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", *fd_r);
	m = mailbox_open(path, &why);
	if (m == NULL)
		fail_msg("%s: %s", path, why);
	return m;
}

static void
expect_text(const char *name, struct span text, struct span want)
{
	static const size_t sizes[] = { 1, 2, 3, 65535 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct buf out;
		int fd;
		struct mailbox *m = open_text(text, &fd);

		buf_init(&out, OUT_MAX);
		show(m, sizes[i], &out);
		assert_int_equal(mailbox_offset(m), text.n);
		mailbox_close(&m);
		assert_null(m);
		close(fd);
		expect(name, "as a file", &out, want);
	}
}

static void
takes_messages_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_text(cases[i].name, cases[i].input, cases[i].want);
}

struct dribble {
	int fd;
	struct span text;
};

/* One packet, one byte: each read(2) gets no more. */
static void *
dribble(void *argument)
{
	struct dribble *d = argument;

	for (size_t i = 0; i < d->text.n; i++)
		if (send(d->fd, d->text.p + i, 1, MSG_NOSIGNAL) != 1)
			break;
	close(d->fd);
	return NULL;
}

static void
takes_single_bytes(void **state)
{
	int input = dup(STDIN_FILENO);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *why = "";
		int pair[2];
		pthread_t thread;
		struct dribble d;
		struct mailbox *m;
		struct buf out;

		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair),
		    0);
		d = (struct dribble){ pair[1], cases[i].input };
		dup2(pair[0], STDIN_FILENO);
		close(pair[0]);
		assert_int_equal(pthread_create(&thread, NULL, dribble, &d),
		    0);
		m = mailbox_open("-", &why);
		assert_non_null(m);
		buf_init(&out, OUT_MAX);
		show(m, 65535, &out);
		mailbox_close(&m);
		pthread_join(thread, NULL);
		expect(cases[i].name, "byte by byte", &out, cases[i].want);
	}
	if (input >= 0)
		dup2(input, STDIN_FILENO);
}

static void
fill(struct buf *buf, char c, size_t n)
{
	while (n-- > 0)
		buf_addc(buf, c);
}

/* A field of these lines' lengths, LF counted, "L:" in the first. */
static void
add_field(struct buf *input, const size_t *lines)
{
	buf_add(input, SPAN("L:"));
	fill(input, 'w', lines[0] - 2);
	for (lines++; *lines > 0; lines++) {
		buf_add(input, SPAN("\n "));
		fill(input, 'w', *lines - 2);
	}
	buf_add(input, SPAN("\nB: c\n\nbody\n"));
}

/* Cut at 60,000 bytes, or at the last fold if that lies beyond 54,000. */
static const struct {
	const char *name;
	size_t lines[6];
	size_t want;
} long_fields[] = {
	{ "n-1", { 59999 }, 59999 }, { "n", { 60000 }, 60000 },
	{ "n+1", { 60001 }, 60000 }, { "much", { 300000 }, 60000 },
	{ "folded n", { 30000, 30000 }, 60000 },
	{ "folded n+1", { 30000, 30001 }, 60000 },
	{ "far fold", { 53999, 40000 }, 60000 },
	{ "near fold", { 54000, 40000 }, 54000 },
	{ "near fold, n", { 54000, 6000 }, 60000 },
	{ "near fold, n+1", { 54000, 6001 }, 54000 },
	{ "nothing behind n", { 57000, 3000, 100 }, 60000 },
	{ "small one behind", { 57000, 5000, 10, 10 }, 57000 },
	{ "many folds", { 10, 53990, 2000, 2000, 2001 }, 58000 },
};

static void
cuts_long_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(long_fields) / sizeof(long_fields[0]);
	    i++) {
		struct buf input, want;
		size_t head;

		buf_init(&input, OUT_MAX);
		add_field(&input, long_fields[i].lines);
		buf_init(&want, OUT_MAX);
		head = long_fields[i].want;
		buf_add(&want, SPAN("=\nL|"));
		buf_add(&want, span_make(input.p + 2, head - 2));
		buf_add(&want, SPAN("\nB| c\n--\nbody\r\n"));
		expect_text(long_fields[i].name, buf_span(&input),
		    buf_span(&want));
		buf_clear(&input);
		buf_clear(&want);
	}
}

/* The colon must lie in the first 2048 bytes; a NUL ends only its piece. */
static void
reads_pieces(void **state)
{
	(void)state;
	for (size_t n = 2046; n <= 2049; n++) {
		struct buf input, want;

		buf_init(&input, OUT_MAX);
		fill(&input, 'X', n);
		buf_add(&input, SPAN(": y\n\nb\n"));
		buf_init(&want, OUT_MAX);
		buf_add(&want, n < 2048 ? SPAN("=\n") : SPAN("=\n--\n"));
		fill(&want, 'X', n);
		buf_add(&want, n < 2048 ? SPAN("| y\n--\nb\r\n") :
		    SPAN(": y\r\n\r\nb\r\n"));
		expect_text("long name", buf_span(&input), buf_span(&want));
		buf_reset(&input);
		buf_reset(&want);
		buf_add(&input, SPAN("L: a"));
		buf_addc(&input, '\0');
		fill(&input, 'b', n - 5);
		buf_add(&input, SPAN("cc\n\nb\n"));
		buf_add(&want, SPAN("=\nL| a"));
		buf_add(&want, span_head(SPAN("bcc"), n - 2046 < 3 ? 0 : 3));
		if (n == 2047)
			buf_add(&want, SPAN("c"));
		if (n == 2048)
			buf_add(&want, SPAN("cc"));
		buf_add(&want, SPAN("\n--\nb\r\n"));
		expect_text("NUL in a piece", buf_span(&input),
		    buf_span(&want));
		buf_clear(&input);
		buf_clear(&want);
	}
}

/* Longer than the window: the body, and runs of what is held back. */
static void
takes_long_lines(void **state)
{
	static const char held[] = { 'x', '\r', '>' };

	(void)state;
	for (size_t i = 0; i < sizeof(held); i++) {
		struct buf input, want;

		buf_init(&input, OUT_MAX);
		buf_add(&input, SPAN(FROM_A "A: x\n\n"));
		fill(&input, held[i], 200000);
		buf_add(&input, SPAN("From \n"));
		fill(&input, held[i], 70000);
		buf_add(&input, SPAN("\n\n" FROM_B));
		buf_init(&want, OUT_MAX);
		buf_add(&want, SPAN("#1 a@example.com\nA| x\n--\n"));
		fill(&want, held[i] == '\r' ? ' ' : held[i], 200000);
		buf_add(&want, SPAN("From \r\n"));
		if (held[i] != '\r')
			fill(&want, held[i], 70000);
		buf_add(&want, SPAN("\r\n#2 b@example.com\n--\n"));
		expect_text("long lines", buf_span(&input), buf_span(&want));
		buf_clear(&input);
		buf_clear(&want);
	}
}

/* The next message comes however much of this one was read. */
static void
skips_the_rest(void **state)
{
	struct field field;
	char piece[3];

	(void)state;
	for (unsigned read = 0; read < 5; read++) {
		int fd;
		struct mailbox *m = open_text(SPAN(FROM_A
		    "A: x\nB: y\n\nbody\nbody\n\n" FROM_B "C: z\n\n"), &fd);

		assert_int_equal(mailbox_next(m), 1);
		for (unsigned i = 0; i < read && i < 3; i++)
			mailbox_field(m, &field);
		if (read > 3)
			mailbox_body(m, piece, sizeof(piece));
		assert_int_equal(mailbox_next(m), 1);
		assert_int_equal(mailbox_number(m), 2);
		assert_int_equal(mailbox_field(m, &field), 1);
		assert_true(span_equal(field.name, SPAN("C")));
		assert_int_equal(mailbox_next(m), 0);
		assert_int_equal(mailbox_next(m), 0);
		mailbox_close(&m);
		close(fd);
	}
}

static void
says_why(void **state)
{
	const char *why = "";
	struct mailbox *m;

	(void)state;
	assert_null(mailbox_open("/nonexistent/mail", &why));
	assert_string_equal(why, "No such file or directory");
	m = mailbox_open("/", &why);
	assert_non_null(m);
	assert_int_equal(mailbox_next(m), -1);
	assert_string_equal(mailbox_why(m), "Is a directory");
	assert_int_equal(mailbox_next(m), -1);
	mailbox_close(&m);
	mailbox_close(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_messages_apart),
		cmocka_unit_test(takes_single_bytes),
		cmocka_unit_test(cuts_long_fields),
		cmocka_unit_test(reads_pieces),
		cmocka_unit_test(takes_long_lines),
		cmocka_unit_test(skips_the_rest),
		cmocka_unit_test(says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * multi - what matching costs with Hyperscan, or with Vectorscan, its fork.
 *
 *	multi PACKETS HEADER_TABLE BODY_TABLE
 *	multi				prints which library it is
 *
 * PACKETS are messages as for test/bench/content.c, and the protocol with the
 * caller is the same.  The fields of a message are one buffer, the lines of
 * its body are buffers of up to 64 KB, made before the clock starts.  One
 * database for each table proposes rules (PREFILTER, SINGLEMATCH), PCRE2 with
 * JIT then looks for the first of them that matches, record by record: what a
 * gate of this kind would cost inside of postern, and no more.
 *
 * The tables are as test/bench/material.py makes them: "/pattern/ ACTION".
 */
#include <sys/stat.h>

#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hs/hs.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define RULES_MAX	20000
#define BUFFER_SIZE	65536

struct gate {
	pcre2_code *codes[RULES_MAX];
	bool rejects[RULES_MAX];
	unsigned refused[RULES_MAX];	/* the database does not take these */
	size_t n, nrefused;
	hs_database_t *database;
	hs_scratch_t *scratch;
	pcre2_match_data *data;
};

/* Records, each ended by LF; ends[i] is behind that of the ith. */
struct buffer {
	char *bytes;
	size_t n, records;
	uint32_t *ends;
	bool header;
	size_t message;
};

static struct gate header_gate, body_gate;
static struct buffer *buffers;
static size_t nbuffers, messages;

static void *
must(void *p)
{
	if (p == NULL)
		err(2, NULL);
	return p;
}

static double
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static char *
read_whole(const char *name, size_t *n_r)
{
	FILE *file = fopen(name, "rb");
	struct stat st;
	char *bytes;

	if (file == NULL || fstat(fileno(file), &st) < 0)
		err(2, "%s", name);
	*n_r = (size_t)st.st_size;
	bytes = must(malloc(*n_r + 1));
	if (fread(bytes, 1, *n_r, file) != *n_r)
		err(2, "%s", name);
	bytes[*n_r] = '\0';
	fclose(file);
	return bytes;
}

/* Rules */

static void
add_rule(struct gate *gate, char *line)
{
	char *end = strstr(line, "/ ");
	size_t at;
	int error;
	pcre2_code *code;

	if (line[0] != '/' || end == NULL || gate->n == RULES_MAX)
		errx(2, "not a rule: %s", line);
	*end = '\0';
	code = pcre2_compile((PCRE2_SPTR)line + 1, PCRE2_ZERO_TERMINATED,
	    PCRE2_CASELESS | PCRE2_DOTALL, &error, &at, NULL);
	if (code == NULL || pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) != 0)
		errx(2, "no pattern: %s", line + 1);
	gate->rejects[gate->n] = strncmp(end + 2, "REJECT", 6) == 0;
	gate->codes[gate->n++] = code;
}

static hs_database_t *
compile(const char **patterns, const unsigned *flags, const unsigned *ids,
    size_t n, size_t *wrong_r)
{
	hs_database_t *database = NULL;
	hs_compile_error_t *error = NULL;

	*wrong_r = n;
	if (hs_compile_multi(patterns, flags, ids, (unsigned)n, HS_MODE_BLOCK,
	    NULL, &database, &error) == HS_SUCCESS)
		return database;
	if (error->expression < 0)
		errx(2, "%s", error->message);
	*wrong_r = (size_t)error->expression;
	hs_free_compile_error(error);
	return NULL;
}

static void
open_gate(struct gate *gate, const char *name, unsigned more)
{
	const char **patterns = must(calloc(RULES_MAX, sizeof(*patterns)));
	unsigned *flags = must(calloc(RULES_MAX, sizeof(*flags)));
	unsigned *ids = must(calloc(RULES_MAX, sizeof(*ids)));
	size_t n, wrong, left = 0;
	char *rest = read_whole(name, &n), *line;

	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		add_rule(gate, line);
		patterns[left] = line + 1;
		ids[left] = (unsigned)left;
		flags[left++] = HS_FLAG_CASELESS | HS_FLAG_MULTILINE |
		    HS_FLAG_PREFILTER | HS_FLAG_SINGLEMATCH |
		    HS_FLAG_ALLOWEMPTY | more;
	}
	while ((gate->database = compile(patterns, flags, ids, left,
	    &wrong)) == NULL) {
		gate->refused[gate->nrefused++] = ids[wrong];
		left--;
		patterns[wrong] = patterns[left];
		ids[wrong] = ids[left];
	}
	if (hs_alloc_scratch(gate->database, &gate->scratch) != HS_SUCCESS)
		errx(2, "no scratch");
	gate->data = must(pcre2_match_data_create(1, NULL));
	free(patterns);
	free(flags);
	free(ids);
}

/* Messages */

static struct buffer *
new_buffer(bool header)
{
	struct buffer *buffer;

	if ((nbuffers & (nbuffers + 1)) == 0)
		buffers = must(realloc(buffers,
		    (nbuffers * 2 + 2) * sizeof(*buffers)));
	buffer = &buffers[nbuffers++];
	*buffer = (struct buffer){ .header = header, .message = messages };
	return buffer;
}

/* The last buffer, with room for a record; the longest have their own. */
static struct buffer *
buffer_for(bool header, size_t n)
{
	struct buffer *last = nbuffers > 0 ? &buffers[nbuffers - 1] : NULL;

	if (last != NULL && last->message == messages &&
	    last->header == header && last->n + n + 1 <= BUFFER_SIZE)
		return last;
	last = new_buffer(header);
	last->bytes = must(malloc(n + 1 > BUFFER_SIZE ? n + 1 : BUFFER_SIZE));
	last->ends = must(calloc(BUFFER_SIZE + 1, sizeof(uint32_t)));
	return last;
}

static void
add_record(bool header, const char *name, const char *text, size_t n)
{
	size_t before = name == NULL ? 0 : strlen(name) + 1;
	struct buffer *to = buffer_for(header, before + n);

	if (name != NULL) {
		memcpy(to->bytes + to->n, name, before - 1);
		to->bytes[to->n + before - 1] = ':';
	}
	memcpy(to->bytes + to->n + before, text, n);
	to->n += before + n;
	to->bytes[to->n++] = '\n';
	to->ends[to->records++] = (uint32_t)to->n;
}

/* A chunk's lines; a line that goes on in the next chunk is two here. */
static void
add_lines(const char *p, size_t n)
{
	while (n > 0) {
		const char *end = memchr(p, '\n', n);
		size_t line = end == NULL ? n : (size_t)(end - p);
		size_t all = end == NULL ? n : line + 1;

		if (line > 0 && p[line - 1] == '\r')
			line--;
		add_record(false, NULL, p, line);
		p += all;
		n -= all;
	}
}

static void
read_packets(const char *name)
{
	size_t size;
	const char *bytes = read_whole(name, &size);

	for (size_t at = 0; at + 5 <= size; ) {
		const unsigned char *head = (const unsigned char *)bytes + at;
		size_t n = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
		    (size_t)head[2] << 8 | head[3];
		const char *packet = bytes + at + 5;

		if (packet[-1] == 'M')
			messages++;
		else if (packet[-1] == 'L')
			add_record(true, packet, packet + strlen(packet) + 1,
			    strlen(packet + strlen(packet) + 1));
		else if (packet[-1] == 'B')
			add_lines(packet, n - 1);
		at += 4 + n;
	}
}

/* Matching */

struct proposed {
	unsigned ids[RULES_MAX];
	size_t n;
};

static int
propose(unsigned id, unsigned long long from, unsigned long long to,
    unsigned flags, void *context)
{
	struct proposed *proposed = context;

	(void)from, (void)to, (void)flags;
	proposed->ids[proposed->n++] = id;
	return 0;
}

static int
by_number(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

/* The first proposed rule that matches is one that rejects. */
static bool
is_rejected(const struct gate *gate, const struct proposed *proposed,
    const char *record, size_t n)
{
	for (size_t i = 0; i < proposed->n; i++)
		if (pcre2_match(gate->codes[proposed->ids[i]],
		    (PCRE2_SPTR)record, n, 0, 0, gate->data, NULL) >= 0)
			return gate->rejects[proposed->ids[i]];
	return false;
}

static bool
scan(const struct gate *gate, const struct buffer *buffer)
{
	static struct proposed proposed;
	size_t begin = 0;
	bool found = false;

	proposed.n = 0;
	if (hs_scan(gate->database, buffer->bytes, (unsigned)buffer->n, 0,
	    gate->scratch, propose, &proposed) != HS_SUCCESS)
		errx(2, "hs_scan failed");
	for (size_t i = 0; i < gate->nrefused; i++)
		proposed.ids[proposed.n++] = gate->refused[i];
	if (proposed.n == 0)
		return false;
	qsort(proposed.ids, proposed.n, sizeof(proposed.ids[0]), by_number);
	for (size_t i = 0; i < buffer->records && !found; i++) {
		found = is_rejected(gate, &proposed, buffer->bytes + begin,
		    buffer->ends[i] - 1 - begin);
		begin = buffer->ends[i];
	}
	return found;
}

/* How many messages are rejected. */
static size_t
go_through(void)
{
	size_t rejected = 0, last = 0;

	for (size_t i = 0; i < nbuffers; i++) {
		if (buffers[i].message == last)
			continue;
		if (scan(buffers[i].header ? &header_gate : &body_gate,
		    &buffers[i])) {
			rejected++;
			last = buffers[i].message;
		}
	}
	return rejected;
}

int
main(int argc, char **argv)
{
	double taken = cpu_ns();
	char line[32];

	if (argc == 1) {
		puts(hs_version());
		return 0;
	}
	if (argc != 4)
		errx(2, "usage: multi PACKETS HEADER_TABLE BODY_TABLE");
	read_packets(argv[1]);
	/* A folded field is one record: its LFs are text. */
	open_gate(&header_gate, argv[2], HS_FLAG_DOTALL);
	open_gate(&body_gate, argv[3], 0);
	taken = cpu_ns() - taken;
	printf("%.3f %zu\n", taken / 1e9, go_through());
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		int turns = atoi(line);

		taken = cpu_ns();
		for (int turn = 0; turn < turns; turn++)
			go_through();
		printf("%.0f\n", (cpu_ns() - taken) / (double)messages /
		    (turns > 0 ? turns : 1));
		fflush(stdout);
	}
	return 0;
}

/*
 * gate_speed RUNS N FILE... - what a gate of N patterns costs on texts.
 *
 * RUNS is a file of runs, one a line; a pattern requires one of them, or to
 * begin with it where the line starts with "^".  Each FILE is a text of lines.
 * Printed are, for the vectorised and for the scalar gate, how long it took
 * to make, its size, nanoseconds for a byte of the texts, the hits, and
 * nanoseconds for a scan of a text of 20 and of 60 bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "table/gate.h"

#define TEXT_MAX	((size_t)64 << 20)
#define BUFFER		((size_t)64 << 10)
#define RECORDS		((size_t)16 << 10)
#define ROUNDS		15
#define SHORT		100000

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static struct span
read_file(const char *name)
{
	char *text = malloc(TEXT_MAX);
	FILE *file = fopen(name, "rb");
	size_t n;

	if (text == NULL || file == NULL) {
		perror(name);
		exit(2);
	}
	n = fread(text, 1, TEXT_MAX, file);
	fclose(file);
	return span_make(text, n);
}

static struct span
next_line(struct span *rest)
{
	struct span line = span_head(*rest, span_find(*rest, '\n'));

	*rest = span_skip(*rest, line.n + 1);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* The patterns; they live as long as the program. */
static struct required *
read_runs(const char *name, size_t n)
{
	struct required *patterns = calloc(n, sizeof(*patterns));
	struct span *runs = calloc(n, sizeof(*runs));
	struct span rest = read_file(name);

	if (patterns == NULL || runs == NULL)
		exit(2);
	for (size_t i = 0; i < n && rest.n > 0; i++) {
		struct span line = next_line(&rest);
		struct required_clause *clause = &patterns[i].clauses[0];

		clause->at_start = line.n > 0 && line.p[0] == '^';
		runs[i] = span_head(span_skip(line, clause->at_start),
		    REQUIRED_RUN_MAX);
		for (size_t b = 0; b < runs[i].n; b++)
			((char *)runs[i].p)[b] |= 0x20;
		clause->runs = &runs[i];
		clause->n = 1;
		patterns[i].n = 1;
	}
	return patterns;
}

/* One buffer from the text's start: its lines as records, and its size. */
static size_t
lines_of(struct span text, struct record *records, size_t *n_r)
{
	struct span rest = span_head(text, BUFFER);
	struct span whole = rest;

	*n_r = 0;
	while (rest.n > 0 && *n_r < RECORDS) {
		struct span line = next_line(&rest);

		records[(*n_r)++] = (struct record){
		    (uint32_t)(line.p - whole.p), (uint32_t)line.n };
	}
	return whole.n - rest.n;
}

static size_t
scan_text(const struct gate *gate, struct span text, struct record *records,
    double *best, struct gate_hits *hits)
{
	size_t found = 0;

	for (size_t used, n; text.n > 0; text = span_skip(text, used)) {
		double least = 0;

		used = lines_of(text, records, &n);
		for (int round = 0; round < ROUNDS; round++) {
			double begin = now();

			if (gate_scan(gate, span_head(text, used), records, n,
			    hits) < n)
				found += n;
			begin = now() - begin;
			if (round == 0 || begin < least)
				least = begin;
		}
		*best += least;
		found += hits->n;
	}
	return found;
}

static double
scan_short(const struct gate *gate, size_t n, struct gate_hits *hits)
{
	struct span text = span_head(
	    SPAN("Subject: the minutes of our meeting on Thursday, and more"),
	    n);
	struct record record = { 0, (uint32_t)text.n };
	double begin = now();

	for (int i = 0; i < SHORT; i++)
		gate_scan(gate, text, &record, 1, hits);
	return (now() - begin) / SHORT;
}

static void
measure(const struct required *patterns, size_t n, enum gate_kind kind,
    int n_texts, const struct span *texts)
{
	struct record *records = malloc(RECORDS * sizeof(*records));
	double begin = now(), time = 0;
	struct gate *gate = gate_new(patterns, n, kind);
	struct gate_hits hits;
	size_t found = 0, bytes = 0;

	if (gate == NULL || records == NULL)
		exit(2);
	printf("%-6s %zu patterns, made in %.2f ms, %zu KB: ",
	    kind == GATE_BEST ? "best" : "scalar", n, (now() - begin) / 1e6,
	    gate_size(gate) / 1024);
	gate_hits_init(&hits);
	for (int i = 0; i < n_texts; i++) {
		bytes += texts[i].n;
		found += scan_text(gate, texts[i], records, &time, &hits);
	}
	printf("%.3f ns a byte, %zu hits in %zu KB; 20 bytes %.0f ns, "
	    "60 %.0f ns\n", time / (double)bytes, found, bytes / 1024,
	    scan_short(gate, 20, &hits), scan_short(gate, 60, &hits));
	gate_hits_clear(&hits);
	gate_free(&gate);
	free(records);
}

int
main(int argc, char **argv)
{
	struct required *patterns;
	struct span *texts;
	size_t n;

	if (argc < 4 || (n = strtoul(argv[2], NULL, 10)) == 0 ||
	    n > 1000000) {
		fprintf(stderr, "usage: gate_speed RUNS N FILE...\n");
		return 2;
	}
	patterns = read_runs(argv[1], n);
	texts = calloc((size_t)argc, sizeof(*texts));
	if (texts == NULL)
		return 2;
	for (int i = 3; i < argc; i++)
		texts[i - 3] = read_file(argv[i]);
	measure(patterns, n, GATE_BEST, argc - 3, texts);
	measure(patterns, n, GATE_SCALAR, argc - 3, texts);
	return 0;
}

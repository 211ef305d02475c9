/*
 * gate_check - does a table answer the same with its gate as without?
 *
 *	gate_check [-dpu] [-k KEYS] [-n CHECKS] [-s SEED]
 *	gate_check [-d] -t TYPE:TABLE FILE ...
 *
 * The first makes random tables, of patterns of the whole grammar with IFs,
 * negations and flags, and asks each of them KEYS keys, most of them made from
 * its patterns; the second asks a table about the lines of files.  A check is
 * one key: without the gate, with the best and with the scalar gate, and with
 * both as one record among many.  With -d a gate is used that loses matches,
 * which must come out.  With -p there are no regexp tables: once in tens of
 * millions of keys libc does not return from regexec().  With -u tables and
 * keys are UTF-8, with characters that are some letter's other case.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"
#include "random_pattern.h"
#include "table/steps.h"
#include "table/table.h"

#define STATEMENTS_MAX	40
#define BATCH		64
/* Lookups that PCRE2 gives up on are no check; most take a hundred steps. */
#define MATCH_LIMIT	2000
/* The same for one search, in which libc or PCRE2 may be busy for ages. */
#define STEPS		((uint64_t)200 * 1000)

static const enum gate_kind kinds[] = { GATE_NONE, GATE_BEST, GATE_SCALAR };

#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

struct tables {
	struct table *with[KINDS];	/* [0]: without */
	struct buf text;
	uint64_t shapes[STATEMENTS_MAX];
	unsigned n;
	bool posix;
	bool words;		/* and not of the whole grammar */
};

struct found {
	enum answer answer;
	size_t rule;
	struct buf text;
	bool limited;
};

static unsigned long checks, hits, limited, tables_made, statements;
static bool drops, pcre_alone, utf;
static uint64_t seed = 20240229, this_table;
static struct scratch_pool *pool;

static void *
must(void *pointer)
{
	if (pointer == NULL)
		errx(2, "out of memory, or no such table");
	return pointer;
}

static struct table *
open_one(const char *name, enum gate_kind kind)
{
	struct table_options options = {
		.compatible = true, .match_limit = MATCH_LIMIT, .gate = kind,
		.utf = utf,
	};
	struct complaints complaints;
	struct sources sources;
	struct table *table;

	if (drops && kind == GATE_BEST)
		options.gate = GATE_DROPS;
	complaints_init(&complaints);
	sources_init(&sources);
	table = must(table_open(span_of(name), &options, &sources,
	    &complaints));
	sources_clear(&sources);
	complaints_clear(&complaints);
	return table;
}

static void
open_all(struct tables *tables, const char *name)
{
	for (size_t i = 0; i < KINDS; i++)
		tables->with[i] = open_one(name, kinds[i]);
	tables_made++;
	statements += table_rules(tables->with[0]);
}

static void
close_all(struct tables *tables)
{
	for (size_t i = 0; i < KINDS; i++)
		table_free(&tables->with[i]);
}

/* Random tables */

/*
 * Does it match in nearly anything?  Such a rule hides all that come behind
 * it, so that only a few of them are wanted; and none that is no pattern.
 */
static bool
is_dull(struct span pattern, bool posix, bool negated, uint64_t *random)
{
	static const char *const anything[] = { "", "Q", "uvw ~ 77", "\n" };
	const size_t n = sizeof(anything) / sizeof(anything[0]);
	struct table_options options = {
		.compatible = true, .match_limit = MATCH_LIMIT,
		.gate = GATE_NONE, .utf = utf,
	};
	struct complaints complaints;
	struct sources sources;
	struct table *table;
	struct match match;
	struct buf name;
	size_t found = 0;

	complaints_init(&complaints);
	sources_init(&sources);
	match_init(&match, pool);
	buf_init(&name, (size_t)1 << 16);
	buf_addf(&name, "%s:{{%s/%.*s/ R}}", posix ? "regexp" : "pcre",
	    negated ? "!" : "", SPAN_ARG(pattern));
	table = table_open(buf_span(&name), &options, &sources, &complaints);
	for (size_t i = 0; table != NULL && i < n; i++)
		found += table_find(table, span_of(anything[i]), &match) ==
		    ANSWER_HIT;
	if (table == NULL || table_rules(table) == 0)
		found = n;
	table_free(&table);
	match_clear(&match);
	buf_clear(&name);
	sources_clear(&sources);
	complaints_clear(&complaints);
	return found == n && random_below(random, 30) > 0;
}

static void
pattern_of(const struct tables *tables, uint64_t shape, uint64_t chance,
    struct buf *pattern, struct buf *sample)
{
	(tables->words ? random_word : random_pattern)(shape, chance,
	    tables->posix, pattern, sample);
}

static void
add_pattern(struct tables *tables, uint64_t *random, bool is_if)
{
	static const char *const flags[] = {
		"", "", "", "", "", "i", "s", "m", "x", "A", "E", "U", "im",
		"ix",
	};
	bool negated = random_below(random, is_if ? 4 : 12) == 0;
	struct buf sample, pattern;

	buf_init(&sample, SAMPLE_MAX + 1);
	buf_init(&pattern, (size_t)1 << 16);
	do {
		buf_reset(&pattern);
		buf_reset(&sample);
		tables->shapes[tables->n] = random_next(random);
		pattern_of(tables, tables->shapes[tables->n], 0, &pattern,
		    &sample);
	} while (is_dull(buf_span(&pattern), tables->posix, negated && !is_if,
	    random));
	tables->n++;
	buf_addf(&tables->text, "%s/%.*s/", negated ? "!" : "",
	    SPAN_ARG(buf_span(&pattern)));
	buf_add(&tables->text, span_of(tables->posix ?
	    flags[random_below(random, 6)] : flags[random_below(random,
	    sizeof(flags) / sizeof(flags[0]))]));
	buf_clear(&sample);
	buf_clear(&pattern);
}

/* A rule, or an IF with some rules in it. */
static void
add_statement(struct tables *tables, uint64_t *random, unsigned depth)
{
	bool is_if = depth < 3 && random_below(random, 8) == 0;

	if (tables->n == STATEMENTS_MAX)
		return;
	if (is_if)
		buf_add(&tables->text, SPAN("if "));
	add_pattern(tables, random, is_if);
	if (!is_if) {
		buf_addf(&tables->text, " R%u", tables->n);
		if (random_below(random, 5) == 0)
			buf_add(&tables->text, SPAN(" <$1>"));
		buf_addc(&tables->text, '\n');
		return;
	}
	buf_addc(&tables->text, '\n');
	for (unsigned i = 1 + random_below(random, 3); i > 0; i--)
		add_statement(tables, random, depth + 1);
	buf_add(&tables->text, SPAN("endif\n"));
}

static void
make_table(struct tables *tables, uint64_t *random)
{
	char name[64], path[] = "/tmp/postern-gate-XXXXXX";
	unsigned n = 1 + random_below(random, STATEMENTS_MAX);
	int fd;

	buf_reset(&tables->text);
	tables->n = 0;
	tables->posix = random_below(random, 5) == 0 && !pcre_alone;
	/* Only of many words there is a hash. */
	tables->words = random_below(random, 5) == 0;
	if (tables->words && random_below(random, 4) > 0)
		n = STATEMENTS_MAX;
	while (tables->n < n)
		add_statement(tables, random, 0);
	if ((fd = mkstemp(path)) < 0)
		err(2, "%s", path);
	if (write(fd, tables->text.p, tables->text.n) !=
	    (ssize_t)tables->text.n)
		err(2, "%s", path);
	close(fd);
	snprintf(name, sizeof(name), "%s:%s", tables->posix ? "regexp" :
	    "pcre", path);
	open_all(tables, name);
	unlink(path);
}

/* Keys */

static void
spoil(struct buf *key, uint64_t *random)
{
	if (key->n == 0)
		return;
	if (random_below(random, 4) == 0)
		key->p[random_below(random, (unsigned)key->n)] ^= 0x20;
	else if (random_below(random, 2) == 0)
		key->p[random_below(random, (unsigned)key->n)] =
		    (char)random_next(random);
	else
		key->n = random_below(random, (unsigned)key->n);
}

static void
add_sample(const struct tables *tables, struct buf *key, uint64_t *random)
{
	struct buf sample;

	buf_init(&sample, SAMPLE_MAX + 1);
	pattern_of(tables, tables->shapes[random_below(random, tables->n)],
	    random_next(random), NULL, &sample);
	buf_add(key, buf_span(&sample));
	buf_clear(&sample);
}

/* Characters that are the same as others but for case, and no bad bytes. */
static void
widen(struct buf *key, uint64_t *random)
{
	static const struct { const char *from, *to; } other[] = {
		{ "kK", "\xe2\x84\xaa" }, { "sS", "\xc5\xbf" },
		{ "iI", "\xc4\xb0" }, { "iI", "\xc4\xb1" },
		{ "09", "\xd9\xa0" }, { "az", "\xef\xbd\x81" },
		{ " ", "\xc2\xa0" }, { "\n", "\xe2\x80\xa8" },
		{ "\xa9", "\x89" }, { "\xa9\xff", "\xc3\x89" },
	};
	struct buf wide, valid;

	buf_init(&wide, 3 * key->n);
	buf_init(&valid, 9 * key->n);
	for (size_t i = 0; i < key->n; i++) {
		unsigned n = random_below(random, 40);
		char c = key->p[i];

		if (n < sizeof(other) / sizeof(other[0]) && c != '\0' &&
		    strchr(other[n].from, c) != NULL)
			buf_add(&wide, span_of(other[n].to));
		else
			buf_addc(&wide, c);
	}
	utf8_add_valid(&valid, buf_span(&wide));
	buf_reset(key);
	buf_add(key, buf_span(&valid));
	buf_clear(&wide);
	buf_clear(&valid);
}

static void
make_key(const struct tables *tables, struct buf *key, uint64_t *random)
{
	unsigned how = random_below(random, 10);

	/* A word is soon not one any more. */
	if (tables->words && random_below(random, 2) == 0)
		how = random_below(random, 2) == 0 ? 3 : 5;
	if (how < 3 || how == 9)
		buf_add(key, span_of(words[random_below(random, WORDS)]));
	if (how < 9)
		add_sample(tables, key, random);
	if (how > 5)
		add_sample(tables, key, random);
	if (how == 2 || how == 5)
		spoil(key, random);
	if (how == 1 || how == 4)
		buf_add(key, span_of(words[random_below(random, WORDS)]));
	if (utf)
		widen(key, random);
}

/* Comparing */

static void
keep(struct found *found, enum answer answer, const struct match *match)
{
	found->answer = answer;
	found->rule = answer == ANSWER_HIT ? match->rule : 0;
	found->limited = match->limited > 0;
	buf_reset(&found->text);
	if (answer == ANSWER_HIT)
		buf_add(&found->text, match->text);
}

static void
print_bytes(struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		if (c >= ' ' && c < 0x7f && c != '\\')
			putchar(c);
		else
			printf("\\x%02x", c);
	}
	putchar('\n');
}

static void
say_found(const char *how, const struct found *found)
{
	printf("%s: answer %d, rule %zu, text \"%.*s\"\n", how, found->answer,
	    found->rule + 1, SPAN_ARG(buf_span(&found->text)));
}

static void
compare(const struct tables *tables, const char *how, struct span key,
    const struct found *want, const struct found *got)
{
	struct rule rule;

	if (want->answer == got->answer && want->rule == got->rule &&
	    span_equal(buf_span(&want->text), buf_span(&got->text)))
		return;
	if (drops) {
		printf("a lost match was noticed after %lu checks\n", checks);
		exit(1);
	}
	printf("DIFFERENT, seed %llu, table %llu\n", (unsigned long long)seed,
	    (unsigned long long)this_table);
	printf("%.*s", SPAN_ARG(buf_span(&tables->text)));
	printf("key: ");
	print_bytes(key);
	say_found("without the gate", want);
	say_found(how, got);
	table_rule(tables->with[0], want->answer == ANSWER_HIT ? want->rule :
	    got->rule, &rule);
	printf("the rule is in line %u\n", rule.line);
	exit(1);
}

/* One key, by itself; false where PCRE2 gave up. */
static bool
check_alone(const struct tables *tables, struct span key, struct found *want)
{
	struct found got = { .answer = ANSWER_MISS };
	struct steps steps = { .all = 0 };
	struct match match;

	match_init(&match, pool);
	match.steps = &steps;
	buf_init(&got.text, (size_t)1 << 20);
	steps_begin(&steps, STEPS);
	keep(want, table_find(tables->with[0], key, &match), &match);
	for (size_t i = 1; i < KINDS && !want->limited; i++) {
		steps_begin(&steps, STEPS);
		keep(&got, table_find(tables->with[i], key, &match), &match);
		compare(tables, i == 1 ? "best" : "scalar", key, want, &got);
	}
	checks++;
	hits += want->answer == ANSWER_HIT;
	limited += want->limited;
	buf_clear(&got.text);
	steps_clear(&steps);
	match_clear(&match);
	return !want->limited;
}

static void
check_screen(const struct tables *tables, const struct table *table,
    struct span text, const struct record *records, size_t n,
    const struct found *want)
{
	struct found got = { .answer = ANSWER_MISS };
	struct steps steps = { .all = 0 };
	struct screen screen;
	struct match match;
	size_t next;

	match_init(&match, pool);
	match.steps = &steps;
	buf_init(&got.text, (size_t)1 << 20);
	screen_init(&screen);
	screen_start(&screen, table, text, records, n, &match);
	next = screen_next(&screen, 0);
	for (size_t i = 0; i < n; i++) {
		match.limited = 0;
		if (i == next) {
			steps_begin(&steps, STEPS);
			keep(&got, screen_find(&screen, i), &match);
			next = screen_next(&screen, i + 1);
		} else {
			keep(&got, ANSWER_MISS, &match);
		}
		if (!want[i].limited)
			compare(tables, "as a record", span_make(text.p +
			    records[i].from, records[i].n), &want[i], &got);
	}
	screen_clear(&screen);
	buf_clear(&got.text);
	steps_clear(&steps);
	match_clear(&match);
}

struct batch {
	struct buf text;
	struct record records[BATCH];
	struct found want[BATCH];
	size_t n;
};

static void
batch_check(const struct tables *tables, struct batch *batch)
{
	struct span text = buf_span(&batch->text);

	for (size_t i = 0; i < batch->n; i++)
		check_alone(tables, span_make(text.p + batch->records[i].from,
		    batch->records[i].n), &batch->want[i]);
	for (size_t i = 1; i < KINDS; i++)
		check_screen(tables, tables->with[i], text, batch->records,
		    batch->n, batch->want);
	batch->n = 0;
	buf_reset(&batch->text);
}

static void
batch_add(const struct tables *tables, struct batch *batch, struct span key,
    const char *gap)
{
	batch->records[batch->n++] = (struct record){
		(uint32_t)batch->text.n, (uint32_t)key.n,
	};
	buf_add(&batch->text, key);
	buf_add(&batch->text, span_of(gap));
	if (batch->n == BATCH)
		batch_check(tables, batch);
}

static void
check_random(unsigned long n, unsigned keys)
{
	static const char *const gaps[] = { "", "\n", "\r\n", "", "\n" };
	struct tables tables = { .n = 0 };
	static struct batch batch;
	struct buf key;

	buf_init(&tables.text, (size_t)1 << 20);
	buf_init(&batch.text, (size_t)1 << 24);
	buf_init(&key, (size_t)1 << 16);
	for (size_t i = 0; i < BATCH; i++)
		buf_init(&batch.want[i].text, (size_t)1 << 20);
	for (this_table = 0; checks < n; this_table++) {
		uint64_t random = seed * UINT64_C(0x9e3779b97f4a7c15) +
		    this_table * UINT64_C(0xbf58476d1ce4e5b9);

		random_next(&random);
		make_table(&tables, &random);
		for (unsigned i = 0; i < keys; i++) {
			buf_reset(&key);
			make_key(&tables, &key, &random);
			batch_add(&tables, &batch, buf_span(&key),
			    gaps[random_below(&random, 5)]);
		}
		batch_check(&tables, &batch);
		close_all(&tables);
	}
	for (size_t i = 0; i < BATCH; i++)
		buf_clear(&batch.want[i].text);
	buf_clear(&key);
	buf_clear(&tables.text);
	buf_clear(&batch.text);
}

static void
check_files(const char *name, char *const *files)
{
	struct tables tables = { .n = 0 };
	static struct batch batch;
	char *line = NULL;
	size_t room = 0;
	ssize_t got;

	buf_init(&tables.text, 1);
	buf_init(&batch.text, (size_t)1 << 28);
	for (size_t i = 0; i < BATCH; i++)
		buf_init(&batch.want[i].text, (size_t)1 << 20);
	open_all(&tables, name);
	for (; *files != NULL; files++) {
		FILE *file = fopen(*files, "r");

		if (file == NULL)
			err(2, "%s", *files);
		while ((got = getline(&line, &room, file)) > 0) {
			struct span key = span_make(line, (size_t)got);

			if (line[got - 1] == '\n')
				key.n--;
			batch_add(&tables, &batch, span_head(key, 65536),
			    "\n");
		}
		fclose(file);
	}
	batch_check(&tables, &batch);
	for (size_t i = 0; i < BATCH; i++)
		buf_clear(&batch.want[i].text);
	buf_clear(&batch.text);
	buf_clear(&tables.text);
	close_all(&tables);
	free(line);
}

int
main(int argc, char **argv)
{
	unsigned long n = 100000;
	unsigned keys = 256;
	const char *table = NULL;
	int option;

	while ((option = getopt(argc, argv, "dk:n:ps:t:u")) != -1) {
		switch (option) {
		case 'd':
			drops = true;
			break;
		case 'k':
			keys = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'n':
			n = strtoul(optarg, NULL, 10);
			break;
		case 'p':
			pcre_alone = true;
			break;
		case 's':
			seed = strtoull(optarg, NULL, 10);
			break;
		case 't':
			table = optarg;
			break;
		case 'u':
			utf = true;
			break;
		default:
			return 2;
		}
	}
	pool = scratch_pool_new();
	if (table != NULL)
		check_files(table, argv + optind);
	else
		check_random(n, keys);
	printf("%lu checks, %lu hits, %lu given up, %lu tables with %lu rules, "
	    "seed %llu: no difference\n", checks, hits, limited, tables_made,
	    statements, (unsigned long long)seed);
	scratch_pool_free(&pool);
	return 0;
}

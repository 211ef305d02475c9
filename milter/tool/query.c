/* query - postern query: ask one table, as postmap -q would. */
#include "tool/query.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "policy/decoded_key.h"
#include "table/notes.h"
#include "table/table.h"
#include "table/table_tests.h"
#include "tool/keys.h"

enum { FOUND = 0, NOT_FOUND = 1, FAILED = 2 };

struct query {
	const struct table *table;
	struct match match;

	/*
	 * postmap -q takes no keys and gives no results that are not UTF-8;
	 * with -h and -b it takes any.
	 */
	bool utf8;
	bool decoded;	/* fields of a message as decoded_header_checks have
			   them */
	bool escaped;	/* keys are written as in the tests of tables */
	bool found, failed;
};

static void
usage(FILE *to)
{
	fputs("usage: postern query TYPE:FILE KEY\n"
	    "       postern query TYPE:FILE -          keys from standard "
	    "input\n"
	    "       postern query --header TYPE:FILE MESSAGE|-\n"
	    "       postern query --body TYPE:FILE MESSAGE|-\n"
	    "       postern query --test [TYPE:]FILE\n"
	    "\n"
	    "Asks a table as \"postmap -q\" would, and prints the result of "
	    "KEY alone, or a line\n"
	    "\"KEY<tab>RESULT\" for each of several keys that was found.\n"
	    "\n"
	    "  --header  look up each header field of a message (postmap "
	    "-hmq -)\n"
	    "  --body    look up each line of its body (postmap -bmq -)\n"
	    "  --decoded the table is one of decoded_header_checks: patterns "
	    "match characters,\n"
	    "            and header fields are decoded; with any of the "
	    "others, or alone\n"
	    "  --escaped in KEY \\xHH is a byte, \\n, \\t and \\\\ are what "
	    "they say, as postern\n"
	    "            decode and scan --explain print keys\n"
	    "  --test    run the tests in the table: \"#+ TEXT\" above a "
	    "rule, which must\n"
	    "            answer TEXT, and \"#- TEXT\", which it must not; a "
	    "FILE without\n"
	    "            TYPE: is a pcre: table\n"
	    "  --help    print this\n"
	    "\n"
	    "Exit status: 0 something was found, 1 nothing was, 2 an "
	    "error; with --test\n"
	    "0 all passed, 1 one failed, 2 the table cannot be read.\n", to);
}

/* "NAME: key KEY: what" on standard error, fit for a terminal. */
static void
tell(const struct query *query, struct span key, const char *what)
{
	struct buf text;

	buf_init(&text, 1000);
	printable_add(&text, span_of(table_name(query->table)), 300);
	buf_addf(&text, ": key \"");
	printable_add(&text, key, 200);
	buf_addf(&text, "\": ");
	printable_add(&text, span_of(what), 300);
	fprintf(stderr, "%s\n", buf_string(&text));
	buf_clear(&text);
}

static void
tell_limits(const struct query *query)
{
	struct rule rule;

	if (query->match.limited == 0)
		return;
	table_rule(query->table, query->match.limited_rule, &rule);
	fprintf(stderr, "%s:%u: a limit on matching was met; the rule counts "
	    "as not matched\n", rule.file, rule.line);
}

static void
put(struct span bytes, char behind)
{
	if (bytes.n > 0)
		fwrite(bytes.p, 1, bytes.n, stdout);
	putchar(behind);
}

/* False: it makes no sense to go on.  `shown` is printed before, or NULL. */
static bool
look_up(struct query *query, struct span key, const struct span *shown)
{
	enum answer answer;

	if (query->utf8 && !utf8_valid(key)) {
		tell(query, key, "not looked up: it is not UTF-8");
		return true;
	}
	answer = table_find(query->table, key, &query->match);
	tell_limits(query);
	if (answer == ANSWER_MISS)
		return true;
	if (answer == ANSWER_ERROR) {
		tell(query, key, query->match.why);
		query->failed = true;
		return false;
	}
	if (query->utf8 && !utf8_valid(query->match.text)) {
		tell(query, key, "the result is not UTF-8");
		query->failed = true;
		return false;
	}
	if (query->match.text.n == 0)
		tell(query, key, "the result is empty, which Postfix takes "
		    "for an error in the table");
	if (shown != NULL)
		put(*shown, '\t');
	put(query->match.text, '\n');
	query->found = true;
	return true;
}

/* 1, or 0 at the end; -1 for a line without end, or an error. */
static int
read_line(FILE *from, struct buf *line, bool *has_lf_r)
{
	int c = EOF;

	buf_reset(line);
	*has_lf_r = false;
	while ((c = getc_unlocked(from)) != EOF && c != '\n')
		if (!buf_addc(line, (char)c))
			return -1;
	if (ferror(from))
		return -1;
	*has_lf_r = c == '\n';
	return *has_lf_r || line->n > 0;
}

static void
complain_of_input(struct query *query, const char *name, FILE *from)
{
	fprintf(stderr, "%s: %s\n", name, ferror(from) ? "cannot be read" :
	    "a line is too long, or memory ran out");
	query->failed = true;
}

static bool
look_up_written(struct query *query, struct span written, bool shown)
{
	struct span key = written;
	struct buf plain;
	bool goes_on;

	buf_init(&plain, KEYS_LINE_MAX);
	if (query->escaped) {
		notes_unescape(written, &plain);
		key = buf_span(&plain);
	}
	goes_on = look_up(query, key, shown ? &written : NULL);
	buf_clear(&plain);
	return goes_on;
}

static void
look_up_lines(struct query *query)
{
	struct buf line;
	bool has_lf;
	int got;

	buf_init(&line, KEYS_LINE_MAX);
	while ((got = read_line(stdin, &line, &has_lf)) > 0) {
		struct span key = buf_span(&line);

		/* postmap works with C strings. */
		if (!look_up_written(query, span_head(key,
		    span_find(key, '\0')), true))
			break;
	}
	if (got < 0)
		complain_of_input(query, "standard input", stdin);
	buf_clear(&line);
}

static bool
look_up_decoded(struct query *query, struct span text)
{
	struct field field;
	struct buf key;
	bool goes_on;

	if (!field_parse(text, &field))
		return true;
	buf_init(&key, 0);
	if (decoded_key(&field, &key)) {
		struct span shown = buf_span(&key);

		goes_on = look_up(query, shown, &shown);
	} else {
		tell(query, text, "out of memory");
		query->failed = true;
		goes_on = false;
	}
	buf_clear(&key);
	return goes_on;
}

static bool
message_key(void *context, struct span key)
{
	struct query *query = context;

	return query->decoded ? look_up_decoded(query, key) :
	    look_up(query, key, &key);
}

static void
look_up_message(struct query *query, enum keys_of of, const char *name,
    FILE *from)
{
	const struct keys_sink sink = { message_key, query };
	struct keys *keys = keys_new(of, &sink);
	struct buf line;
	bool has_lf;
	int got = -1;

	query->utf8 = false;
	buf_init(&line, KEYS_LINE_MAX);
	while (keys != NULL && (got = read_line(from, &line, &has_lf)) > 0)
		if (!keys_line(keys, buf_span(&line), has_lf))
			break;
	if (got < 0 || (!keys_end(keys) && !query->failed))
		complain_of_input(query, name, from);
	keys_free(&keys);
	buf_clear(&line);
}

static void
look_up_file(struct query *query, enum keys_of of, const char *name)
{
	FILE *from;

	if (strcmp(name, "-") == 0) {
		look_up_message(query, of, "standard input", stdin);
		return;
	}
	if ((from = fopen(name, "re")) == NULL) {
		fprintf(stderr, "%s: %s\n", name, strerrordesc_np(errno));
		query->failed = true;
		return;
	}
	look_up_message(query, of, name, from);
	fclose(from);
}

static void
tell_complaints(const struct complaints *complaints, FILE *to)
{
	for (size_t i = 0; i < complaints->n; i++) {
		const struct complaint *complaint = &complaints->list[i];

		if (complaint->line > 0)
			fprintf(to, "%s:%u: %s\n", complaint->file,
			    complaint->line, complaint->text);
		else
			fprintf(to, "%s: %s\n", complaint->file,
			    complaint->text);
	}
}

/* As postmap reads it: what can be used of it is used. */
static struct table_options
options_of_postmap(bool utf)
{
	return (struct table_options){ .compatible = true, .utf = utf };
}

static struct table *
open_table(const char *name, bool utf)
{
	const struct table_options options = options_of_postmap(utf);
	struct complaints complaints;
	struct sources sources;
	struct table *table;

	complaints_init(&complaints);
	sources_init(&sources);
	table = table_open(span_of(name), &options, &sources, &complaints);
	tell_complaints(&complaints, stderr);
	complaints_clear(&complaints);
	sources_clear(&sources);
	return table;
}

/* TYPE:NAME, or the path of a file, which may hold a colon as well. */
static bool
names_type(const char *name)
{
	return name[strcspn(name, ":/")] == ':';
}

/* A bare file: the tables that most tests stand in are of patterns. */
static struct table *
open_file(const char *name, bool utf)
{
	struct buf text;
	struct table *table;

	if (names_type(name))
		return open_table(name, utf);
	buf_init(&text, (size_t)1 << 20);
	buf_addf(&text, "pcre:%s", name);
	table = open_table(buf_string(&text), utf);
	buf_clear(&text);
	return table;
}

static bool
flushed(void)
{
	if (fflush(stdout) == 0)
		return true;
	fprintf(stderr, "standard output: %s\n", strerrordesc_np(errno));
	return false;
}

static int
run_tests(const char *name, bool utf)
{
	const struct table_options options = options_of_postmap(utf);
	struct table_tests tests = { .trials = SIZE_MAX };
	struct table *table = open_file(name, utf);
	struct complaints complaints;
	bool failed;

	if (table == NULL)
		return FAILED;
	complaints_init(&complaints);
	table_tests_run(table, &options, &tests, &complaints);
	tell_complaints(&complaints, stdout);
	if (complaints.n < tests.failed)
		printf("... and %zu more\n", tests.failed - complaints.n);
	printf("%zu tests, %zu failed\n", tests.run, tests.failed);
	/* A test that fails is a warning to postmap's reader. */
	failed = complaints.errors > 0 || !flushed();
	complaints_clear(&complaints);
	table_free(&table);
	return failed ? FAILED : tests.failed > 0 ? NOT_FOUND : FOUND;
}

/* mode is 'k' for keys, else 'h' or 'b'. */
static int
run(int mode, bool decoded, bool escaped, const char *name, const char *key)
{
	struct query query = {
		.utf8 = true, .decoded = decoded, .escaped = escaped
	};
	struct table *table = open_table(name, decoded);
	struct scratch_pool *pool;

	if (table == NULL)
		return FAILED;
	/* Without one, unionmap: and pipemap: would make scratch each time. */
	pool = scratch_pool_new();
	query.table = table;
	match_init(&query.match, pool);
	if (mode != 'k')
		look_up_file(&query, mode == 'h' ? KEYS_OF_HEADERS :
		    KEYS_OF_BODY, key);
	else if (strcmp(key, "-") == 0)
		look_up_lines(&query);
	else
		look_up_written(&query, span_of(key), false);
	match_clear(&query.match);
	scratch_pool_free(&pool);
	table_free(&table);
	if (!flushed())
		query.failed = true;
	return query.failed ? FAILED : query.found ? FOUND : NOT_FOUND;
}

int
query_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "header", no_argument, NULL, 'h' },
		{ "body", no_argument, NULL, 'b' },
		{ "decoded", no_argument, NULL, 'd' },
		{ "escaped", no_argument, NULL, 'e' },
		{ "test", no_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'H' },
		{ NULL, 0, NULL, 0 },
	};
	int mode = 'k', option;
	bool decoded = false, escaped = false;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'H') {
			usage(stdout);
			return 0;
		}
		if (option == 'd' || option == 'e') {
			decoded |= option == 'd';
			escaped |= option == 'e';
			continue;
		}
		if (option == '?' || mode != 'k') {
			usage(stderr);
			return FAILED;
		}
		mode = option;
	}
	if (argc - optind != (mode == 't' ? 1 : 2) ||
	    (escaped && mode != 'k')) {
		usage(stderr);
		return FAILED;
	}
	if (mode == 't')
		return run_tests(argv[optind], decoded);
	return run(mode, decoded, escaped, argv[optind], argv[optind + 1]);
}

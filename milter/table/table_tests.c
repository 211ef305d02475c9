/* table_tests - the tests that stand in a table.  See table_tests.h. */
#include "table/table_tests.h"

#include "base/printable.h"
#include "table/braces.h"
#include "table/load.h"
#include "table/notes.h"

/* What is shown of a test's text. */
#define SHOWN	100

/* The types whose rules are lines of a text file. */
static const struct span types[] = {
	SPAN_INIT("pcre"), SPAN_INIT("regexp"), SPAN_INIT("cidr"),
	SPAN_INIT("hash"), SPAN_INIT("texthash"), SPAN_INIT("btree"),
};

struct runner {
	const struct table *table;
	const struct load *load;
	struct table_tests *tests;
	struct match match;
	struct buf key;
};

/* The rules are in the order of their lines. */
static bool
find_rule(const struct table *table, unsigned line, size_t *number_r)
{
	size_t low = 0, high = table_rules(table);
	struct rule rule = { .line = 0 };

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		table_rule(table, middle, &rule);
		if (rule.line < line)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == table_rules(table))
		return false;
	table_rule(table, low, &rule);
	*number_r = low;
	return rule.line == line;
}

/* Fixed keys are found at once; patterns are tried from the first. */
static size_t
cost(const struct table *table, enum note_kind kind, size_t rule)
{
	if (table_takes_parts(table))
		return 1;
	return kind == NOTE_WANTED ? rule + 1 : table_rules(table);
}

static void __attribute__((format(printf, 3, 4)))
fail(struct runner *runner, const struct note *note, const char *what, ...)
{
	const struct load *load = runner->load;
	struct buf text;
	va_list args;

	buf_init(&text, 600);
	buf_addf(&text, "the test \"");
	printable_add(&text, note->text, SHOWN);
	buf_addf(&text, "\" ");
	va_start(args, what);
	buf_addv(&text, what, args);
	va_end(args);
	complain(load->complaints, load->options->compatible ?
	    COMPLAINT_WARNING : COMPLAINT_ERROR, load->file, note->line, "%s",
	    buf_string(&text));
	buf_clear(&text);
	runner->tests->failed++;
}

static void
judge(struct runner *runner, const struct note *note, size_t number,
    enum answer answer)
{
	const struct match *match = &runner->match;
	struct rule rule = { .line = 0 };

	if (answer == ANSWER_ERROR) {
		fail(runner, note, "cannot be answered: %s", match->why);
		return;
	}
	if (answer == ANSWER_HIT)
		table_rule(runner->table, match->rule, &rule);
	if (match->limited > 0)
		fail(runner, note, "meets a limit on matching");
	else if (note->kind == NOTE_UNWANTED && answer == ANSWER_HIT &&
	    match->rule == number)
		fail(runner, note, "is answered by the rule in line %u, which "
		    "must not match it", note->rule);
	else if (note->kind == NOTE_WANTED && answer == ANSWER_MISS)
		fail(runner, note, "is answered by no rule, not even that in "
		    "line %u, which must match it", note->rule);
	else if (note->kind == NOTE_WANTED && match->rule != number)
		fail(runner, note, "must be answered by the rule in line %u, "
		    "not by that in line %u", note->rule, rule.line);
}

static void
run(struct runner *runner, const struct note *note)
{
	struct table_tests *tests = runner->tests;
	size_t number, trials;

	if (note->rule == 0 || !find_rule(runner->table, note->rule,
	    &number)) {
		tests->run++;
		fail(runner, note, "has no rule below it that is in use");
		return;
	}
	trials = cost(runner->table, note->kind, number);
	if (trials > tests->trials) {
		tests->not_run++;
		return;
	}
	tests->trials -= trials;
	tests->run++;
	buf_reset(&runner->key);
	notes_unescape(note->text, &runner->key);
	/* regexec() under a sanitizer reads on to a NUL. */
	buf_string(&runner->key);
	judge(runner, note, number, table_find(runner->table,
	    buf_span(&runner->key), &runner->match));
}

static void
run_all(struct runner *runner, struct span text)
{
	struct notes notes;

	buf_init(&runner->key, text.n + 1);
	match_init(&runner->match, NULL);
	if (!notes_read(text, &notes))
		load_fail(runner->load, "out of memory");
	for (size_t i = 0; i < notes.n; i++)
		if (notes.list[i].kind != NOTE_ALLOW)
			run(runner, &notes.list[i]);
	notes_clear(&notes);
	match_clear(&runner->match);
	buf_clear(&runner->key);
}

/* That they can be opened is known; each name is shorter than this one. */
static void
run_parts(struct span parts, const struct table_options *options,
    struct table_tests *tests, struct complaints *complaints)
{
	struct span word;
	const char *why;

	if (!braces_strip(parts, &parts, &why))
		return;
	while (braces_word(&parts, &word)) {
		struct complaints unheard;
		struct sources sources;
		struct table *table;

		complaints_init(&unheard);
		sources_init(&sources);
		table = table_open(word, options, &sources, &unheard);
		if (table != NULL)
			table_tests_run(table, options, tests, complaints);
		table_free(&table);
		sources_clear(&sources);
		complaints_clear(&unheard);
	}
}

static void
run_file(const struct table *table, struct load *load,
    struct table_tests *tests)
{
	struct runner runner = {
		.table = table, .load = load, .tests = tests
	};
	struct buf text;

	if (!load_text(load, &text))
		return;
	run_all(&runner, buf_span(&text));
	buf_clear(&text);
}

void
table_tests_run(const struct table *table,
    const struct table_options *options, struct table_tests *tests,
    struct complaints *complaints)
{
	struct span name = span_of(table_name(table));
	struct span type = span_head(name, span_find(name, ':'));
	struct sources sources;
	struct load load = {
		.name = span_skip(name, type.n + 1), .table = name.p,
		.options = options, .sources = &sources,
		.complaints = complaints,
	};

	if (span_equal(type, SPAN("unionmap")) ||
	    span_equal(type, SPAN("pipemap"))) {
		run_parts(load.name, options, tests, complaints);
		return;
	}
	if (load.name.n == 0 || load.name.p[0] == '{')
		return;
	load.file = load.name.p;
	sources_init(&sources);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (span_equal(type, types[i]))
			run_file(table, &load, tests);
	sources_clear(&sources);
}

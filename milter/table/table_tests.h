/*
 * table_tests - the tests that stand in a table, as comments: see notes.h.
 *
 * The table as a whole is asked for the text of each, and the rule below must
 * be the one that answers ("#+"), or must not be ("#-").
 */
#ifndef POSTERN_TABLE_TABLE_TESTS_H
#define POSTERN_TABLE_TABLE_TESTS_H

#include "table/table.h"

struct table_tests {
	/*
	 * How many rules may be tried, and are left to try: a table of n
	 * patterns costs about n for each of its tests.  A test that would
	 * cost more than is left is not run.
	 */
	size_t trials;
	size_t run, failed, not_run;
};

/*
 * Runs the tests of a table that was opened with these options from a file of
 * text, and those of the tables that a unionmap or pipemap is made of, each by
 * itself; other tables have none.  Each that fails is an error at the line of
 * the test, with `compatible` a warning.  The file is read again: one that has
 * changed meanwhile will be noticed, and loaded, soon enough.
 */
void table_tests_run(const struct table *table,
    const struct table_options *options, struct table_tests *tests,
    struct complaints *complaints);

#endif

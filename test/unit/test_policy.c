/*
 * Policies: what is opened and shared, what is complained about, what needs
 * the body to be kept.  All files lie in a folder that is made for the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/policy.h"

static void
write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Adds all complaints to said, one a line. */
static struct policy *
build(const char *text, struct buf *said)
{
	struct complaints complaints;
	struct policy *policy;

	write_file("postern.conf", text);
	complaints_init(&complaints);
	policy = policy_new("postern.conf", NULL, &complaints);
	assert_int_equal(policy == NULL, complaints.errors > 0);
	for (size_t i = 0; i < complaints.n; i++) {
		complaint_format(&complaints.list[i], said);
		buf_addc(said, '\n');
	}
	complaints_clear(&complaints);
	return policy;
}

/*
 * The configuration, table t beside it, and what is said: with strict tables
 * and with compatible ones, where that differs.
 */
static const struct {
	const char *conf, *table, *strict, *compatible;
} checks[] = {
	{ "", "", "", NULL },
	{ "header_checks = [ \"pcre:t\" ];", "/a/ REJECT\n", "", NULL },
	/* What means nothing. */
	{ "header_checks = [ \"pcre:t\" ];", "/a/ FOO\n\n/b/ WARN\n/c/ BAR\n",
	    "t:1: header_checks: unknown action \"FOO\" (write REJECT, WARN, "
	    "DUNNO, ...)\n"
	    "t:4: header_checks: unknown action \"BAR\" (write REJECT, WARN, "
	    "DUNNO, ...)\n",
	    "t:1: warning: header_checks: unknown action \"FOO\" (write "
	    "REJECT, WARN, DUNNO, ...)\n"
	    "t:4: warning: header_checks: unknown action \"BAR\" (write "
	    "REJECT, WARN, DUNNO, ...)\n" },
	/* Odd only: a warning in any case. */
	{ "body_checks = [ \"pcre:t\" ];", "/a/ OK\n",
	    "t:1: warning: body_checks: OK does not accept the message, here "
	    "it only ends the search for this line (write DUNNO) "
	    "[result]\n", NULL },
	/* ... which a comment silences, and no other. */
	{ "header_checks = [ \"pcre:t\" ];",
	    "# postern: allow result\n/a/ OK\n# postern: allow covered\n"
	    "/b/ OK\n",
	    "t:4: warning: header_checks: OK does not accept the message, "
	    "here it only ends the search for this header (write DUNNO) "
	    "[result]\n", NULL },
	/* What means something elsewhere, by place. */
	{ "helo_access = [ \"pcre:t\" ];", "/a/ STRIP\n",
	    "t:1: helo_access: STRIP is no action in access maps, only in "
	    "header_checks and body_checks\n",
	    "t:1: warning: helo_access: STRIP is no action in access maps, "
	    "only in header_checks and body_checks\n" },
	{ "body_checks = [ \"pcre:t\" ];", "/a/ REPLACE x\n", "", NULL },
	{ "sender_access = [ \"pcre:t\" ];", "/a/ 550\n",
	    "t:1: sender_access: a number without a text permits, as OK does "
	    "(write \"550 text\" to refuse, or OK)\n",
	    "t:1: warning: sender_access: a number without a text permits, "
	    "as OK does (write \"550 text\" to refuse, or OK)\n" },
	{ "client_access = [ \"pcre:t\" ];", "/a/ OK\n", "", NULL },
	{ "reverse_client_access = [ \"pcre:t\" ];", "/a/ OK\n",
	    "t:1: reverse_client_access: OK is refused here, since anybody "
	    "can choose this name (write DUNNO)\n",
	    "t:1: warning: reverse_client_access: OK is refused here, since "
	    "anybody can choose this name (write DUNNO)\n" },
	{ "message_size_access = [ \"pcre:t\" ];",
	    "/a/ 50M\n/b/ 0\n/c/ 5\n", "", NULL },
	{ "message_size_access = [ \"pcre:t\" ];", "/a/ OK\n",
	    "t:1: message_size_access: \"OK\" is not a size (write 52428800 "
	    "or 50M, or 0 for no limit)\n",
	    "t:1: warning: message_size_access: \"OK\" is not a size (write "
	    "52428800 or 50M, or 0 for no limit)\n" },
	{ "exempt = { recipients = [ \"pcre:t\" ]; };",
	    "/a/ OK\n/b/ DUNNO\n/c/ REJECT\n",
	    "t:3: exempt.recipients: REJECT means nothing here (write OK or "
	    "DUNNO)\n",
	    "t:3: warning: exempt.recipients: REJECT means nothing here "
	    "(write OK or DUNNO)\n" },
	/* What is put into a header from a table of UTF-8. */
	{ "decoded_header_checks = [ \"pcre:t\" ];",
	    "/a/ REPLACE Subject: \xc3\xa9\n/b/ REPLACE From: \xc3\xa9 <a@b>\n"
	    "/(c)/ PREPEND From: <$1@b>\n", "", NULL },
	{ "decoded_header_checks = [ \"pcre:t\" ];",
	    "/a/ PREPEND From: <\xc3\xa9@b>\n/b/ REPLACE Date: \xc3\xa9\n",
	    "t:1: decoded_header_checks: PREPEND cannot put this into From: "
	    "an address is ASCII without SMTPUTF8\n"
	    "t:2: decoded_header_checks: REPLACE cannot put this into Date: "
	    "this field can be ASCII only\n",
	    "t:1: warning: decoded_header_checks: PREPEND cannot put this "
	    "into From: an address is ASCII without SMTPUTF8\n"
	    "t:2: warning: decoded_header_checks: REPLACE cannot put this "
	    "into Date: this field can be ASCII only\n" },
	{ "header_checks = [ \"pcre:t\" ];", "/a/ REPLACE Date: \xc3\xa9\n",
	    "", NULL },
	/* One table in several lists: complained about once for each use. */
	{ "header_checks = [ \"pcre:t\" ]; sender_access = [ \"pcre:t\" ];\n"
	    "recipient_access = [ \"pcre:t\" ];", "/a/ STRIP\n",
	    "t:1: sender_access: STRIP is no action in access maps, only in "
	    "header_checks and body_checks\n",
	    "t:1: warning: sender_access: STRIP is no action in access maps, "
	    "only in header_checks and body_checks\n" },
	/* What a group holds is not known; the word before it is. */
	{ "header_checks = [ \"pcre:t\" ];",
	    "/(a)/ $1\n/(b)/ ${1}JECT\n/(c)/ REDIRECT $1\n"
	    "/(d)/ PREPEND $1\n/(e)/ REPLACE X-$(1): y\n"
	    "/(f)/ REJECT $$ $1\n", "", NULL },
	{ "header_checks = [ \"pcre:t\" ];", "/(a)/ FOO $1\n",
	    "t:1: header_checks: unknown action \"FOO\" (write REJECT, WARN, "
	    "DUNNO, ...)\n",
	    "t:1: warning: header_checks: unknown action \"FOO\" (write "
	    "REJECT, WARN, DUNNO, ...)\n" },
	{ "message_size_access = [ \"pcre:t\" ];", "/(a)/ $1\n", "", NULL },
	/* Of a pipe only what the last table says is a result. */
	{ "sender_access = [ \"pipemap:{pcre:t, inline:{k=FOO}}\" ];",
	    "/a/ k\n",
	    "postern.conf:1: sender_access: unknown action \"FOO\" (write "
	    "REJECT, OK, DUNNO, ...)\n",
	    "postern.conf:1: warning: sender_access: unknown action \"FOO\" "
	    "(write REJECT, OK, DUNNO, ...)\n" },
	{ "sender_access = [ \"unionmap:{static:OK, regexp:t}\" ];",
	    "/a/ OK\n/b/!/c/ FOO\n",
	    "t:2: sender_access: unknown action \"FOO\" (write REJECT, OK, "
	    "DUNNO, ...)\n",
	    "t:2: warning: sender_access: unknown action \"FOO\" (write "
	    "REJECT, OK, DUNNO, ...)\n" },
	/* Rules in the configuration are complained about there. */
	{ "\nhelo_access = [ \"static:OK\",\n \"static:FOO\" ];", "",
	    "postern.conf:3: helo_access: unknown action \"FOO\" (write "
	    "REJECT, OK, DUNNO, ...)\n",
	    "postern.conf:3: warning: helo_access: unknown action \"FOO\" "
	    "(write REJECT, OK, DUNNO, ...)\n" },
};

static void
complains(void **state)
{
	struct buf said, conf;

	(void)state;
	buf_init(&said, (size_t)1 << 20);
	buf_init(&conf, (size_t)1 << 20);
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct policy *policy;

		write_file("t", checks[i].table);
		buf_reset(&said);
		policy = build(checks[i].conf, &said);
		if (strcmp(buf_string(&said), checks[i].strict) != 0)
			fail_msg("%s %s: strict: %s", checks[i].conf,
			    checks[i].table, buf_string(&said));
		policy_free(&policy);

		buf_reset(&said);
		buf_reset(&conf);
		buf_addf(&conf, "%s\ncompatible_tables = true;\n",
		    checks[i].conf);
		policy = build(buf_string(&conf), &said);
		if (strcmp(buf_string(&said), checks[i].compatible != NULL ?
		    checks[i].compatible : checks[i].strict) != 0)
			fail_msg("%s %s: compatible: %s", checks[i].conf,
			    checks[i].table, buf_string(&said));
		assert_non_null(policy);
		policy_free(&policy);
	}
	buf_clear(&said);
	buf_clear(&conf);
}

static const struct {
	const char *conf, *table;
	bool edits;
} bodies[] = {
	{ "body_checks = [ \"pcre:t\" ];", "/a/ REJECT\n/b/ WARN\n", false },
	{ "body_checks = [ \"pcre:t\" ];", "/a/ REJECT\n/b/ STRIP\n", true },
	{ "body_checks = [ \"pcre:t\" ];", "/b/ IGNORE\n", true },
	{ "body_checks = [ \"pcre:t\" ];", "/b/ REPLACE x\n", true },
	{ "body_checks = [ \"pcre:t\" ];", "/b/ PREPEND x\n", true },
	{ "body_checks = [ \"pcre:t\" ];", "/(b)/ $1\n", true },
	{ "body_checks = [ \"pcre:t\" ];", "/(b)/ REJECT $1\n", false },
	{ "body_checks = [ \"unionmap:{fail:x, regexp:t}\" ];",
	    "/b/ STRIP\n", true },
	{ "body_checks = [ \"pipemap:{static:x, pcre:t}\" ];", "/b/ STRIP\n",
	    true },
	{ "body_checks = [ \"pipemap:{pcre:t, static:WARN}\" ];",
	    "/(b)/ $1\n/c/ STRIP\n", false },
	/* Fields of parts are among them by default. */
	{ "header_checks = [ \"pcre:t\" ];", "/b/ STRIP\n", true },
	{ "header_checks = [ \"pcre:t\" ]; mime_header_checks = [ ];\n"
	    "nested_header_checks = [ ];", "/b/ STRIP\n", false },
	{ "nested_header_checks = [ \"pcre:t\" ];", "/b/ STRIP\n", true },
	{ "mime_header_checks = [ \"pcre:t\" ];", "/b/ HOLD\n", false },
	{ "decoded_header_checks = [ \"pcre:t\" ];", "/b/ STRIP\n", true },
	{ "decoded_header_checks = [ \"pcre:t\" ];", "/b/ HOLD\n", false },
	{ "attachment_checks = [ \"pcre:t\" ];", "/b/ STRIP\n", true },
	{ "attachment_checks = [ \"pcre:t\" ];", "/b/ REPLACE x\n", true },
	{ "attachment_checks = [ \"pcre:t\" ];", "/b/ HOLD\n", false },
	{ "sender_access = [ \"pcre:t\" ];", "/b/ PREPEND X: y\n", false },
	{ "header_size_action = \"truncate\";", "", false },
};

static void
knows_whether_to_keep_the_body(void **state)
{
	struct buf said;

	(void)state;
	buf_init(&said, (size_t)1 << 20);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct policy *policy;

		write_file("t", bodies[i].table);
		policy = build(bodies[i].conf, &said);
		assert_non_null(policy);
		if (policy->edits_body != bodies[i].edits)
			fail_msg("%s %s", bodies[i].conf, bodies[i].table);
		policy_free(&policy);
	}
	buf_clear(&said);
}

static void
opens_tables_once(void **state)
{
	struct policy *policy;
	struct buf said;

	(void)state;
	buf_init(&said, (size_t)1 << 20);
	write_file("t", "/a/ REJECT\n");
	policy = build("header_checks = [ \"pcre:t\", \"static:WARN\" ];\n"
	    "body_checks = [ \"pcre:t\" ]; sender_access = [ \"pcre:t\" ];\n"
	    "exempt = { recipients = [ ]; };", &said);
	assert_non_null(policy);
	assert_int_equal(policy->ntables, 2);
	assert_int_equal(policy->header_checks[HEADER_PRIMARY].n, 2);
	assert_int_equal(policy->header_checks[HEADER_NESTED].n, 2);
	assert_ptr_equal(policy->header_checks[HEADER_MIME].tables[0],
	    policy->body_checks.tables[0]);
	assert_ptr_equal(policy->access[ACCESS_SENDER].tables[0],
	    policy->body_checks.tables[0]);
	assert_int_equal(policy->access[ACCESS_HELO].n, 0);
	assert_string_equal(table_name(policy->body_checks.tables[0]),
	    "pcre:t");
	/* The configuration and the table are watched. */
	assert_int_equal(policy->sources.n, 2);
	policy_free(&policy);
	assert_null(policy);
	buf_clear(&said);
}

static void
reads_networks(void **state)
{
	struct policy *policy;
	struct buf said;

	(void)state;
	buf_init(&said, (size_t)1 << 20);
	write_file("t", "192.0.2.0/24 x\n");
	policy = build("mynetworks = [ \"192.0.2.0/24\", \"!!10.0.0.0/8\",\n"
	    "\"!::1\", \"[2001:db8::]/32\", \"! cidr:t\", \"cidr:t\" ];",
	    &said);
	assert_string_equal(buf_string(&said), "");
	assert_int_equal(policy->mynetworks.n, 6);
	assert_false(policy->mynetworks.items[1].except);
	assert_true(policy->mynetworks.items[2].except);
	assert_null(policy->mynetworks.items[2].table);
	assert_true(policy->mynetworks.items[4].except);
	assert_ptr_equal(policy->mynetworks.items[4].table,
	    policy->mynetworks.items[5].table);
	policy_free(&policy);

	buf_reset(&said);
	policy = build("trusted_relays = [ \"10.0.0.1/8\",\n\"/etc/x\",\n"
	    "\"host\",\n\"cidr:missing\",\n\"cidr:missing\",\n\"!\" ];",
	    &said);
	assert_null(policy);
	assert_string_equal(buf_string(&said),
	    "postern.conf:1: trusted_relays: \"10.0.0.1/8\": bits are set "
	    "beyond the prefix (write \"10.0.0.0/8\")\n"
	    "postern.conf:2: trusted_relays: \"/etc/x\" is a file (write "
	    "\"cidr:/etc/x\")\n"
	    "postern.conf:3: trusted_relays: \"host\": not an IP address or "
	    "network (write \"192.0.2.0/24\")\n"
	    "postern.conf:4: cidr:missing: cannot be read: No such file or "
	    "directory\n"
	    "postern.conf:6: trusted_relays: \"!\": not an IP address or "
	    "network (write \"192.0.2.0/24\")\n");
	buf_clear(&said);
}

/* A policy that could not be built leaves what to watch. */
static void
gives_sources_back(void **state)
{
	struct complaints complaints;
	struct sources sources;

	(void)state;
	write_file("postern.conf", "header_checks = [ \"pcre:missing\" ];\n"
	    "mode = \"x\";");
	complaints_init(&complaints);
	sources_init(&sources);
	assert_null(policy_new("postern.conf", &sources, &complaints));
	assert_int_equal(complaints.errors, 2);
	assert_int_equal(sources.n, 2);
	assert_null(sources_changed(&sources));
	write_file("missing", "/a/ REJECT\n");
	assert_string_equal(sources_changed(&sources), "./missing");
	assert_int_equal(unlink("missing"), 0);
	sources_clear(&sources);
	complaints_clear(&complaints);
}

/* Names are relative to the folder of postern.conf, wherever we are. */
static void
starts_from_the_folder(void **state)
{
	char folder[256], file[300];
	struct complaints complaints;
	struct policy *policy;

	(void)state;
	assert_non_null(getcwd(folder, sizeof(folder)));
	snprintf(file, sizeof(file), "%s/postern.conf", folder);
	write_file("t", "/a/ REJECT\n");
	write_file("postern.conf", "header_checks = [ \"pcre:t\" ];");
	complaints_init(&complaints);
	assert_int_equal(chdir("/"), 0);
	policy = policy_new(file, NULL, &complaints);
	assert_int_equal(chdir(folder), 0);
	assert_non_null(policy);
	assert_int_equal(complaints.n, 0);
	policy_free(&policy);
	complaints_clear(&complaints);
}

static int
enter_folder(void **state)
{
	static char folder[] = "/tmp/postern-policy-XXXXXX";

	*state = folder;
	return mkdtemp(folder) != NULL && chdir(folder) == 0 ? 0 : -1;
}

static int
leave_folder(void **state)
{
	unlink("postern.conf");
	unlink("t");
	return chdir("/") == 0 && rmdir(*state) == 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complains),
		cmocka_unit_test(knows_whether_to_keep_the_body),
		cmocka_unit_test(opens_tables_once),
		cmocka_unit_test(reads_networks),
		cmocka_unit_test(gives_sources_back),
		cmocka_unit_test(starts_from_the_folder),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}

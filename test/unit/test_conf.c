/*
 * postern.conf: what is read, what is complained about and where.  All files
 * lie in a folder that is made for the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/conf.h"
#include "policy/nearest.h"
#include "policy/settings.h"
#include "policy/value.h"

static void
write_file(const char *name, struct span text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text.p, 1, text.n, file), text.n);
	assert_int_equal(fclose(file), 0);
}

/* What conf_read() was given and has made of it. */
struct reading {
	struct conf conf;
	struct sources sources;
	struct complaints complaints;
	struct buf said;	/* all complaints, one a line */
	bool good;
};

static void
read_conf(struct reading *reading, struct span text)
{
	write_file("postern.conf", text);
	sources_init(&reading->sources);
	complaints_init(&reading->complaints);
	buf_init(&reading->said, (size_t)1 << 20);
	reading->good = conf_read(&reading->conf, "postern.conf",
	    &reading->sources, &reading->complaints);
	for (size_t i = 0; i < reading->complaints.n; i++) {
		complaint_format(&reading->complaints.list[i],
		    &reading->said);
		buf_addc(&reading->said, '\n');
	}
	assert_int_equal(reading->good, reading->complaints.errors == 0);
}

static void
clear(struct reading *reading)
{
	conf_clear(&reading->conf);
	sources_clear(&reading->sources);
	complaints_clear(&reading->complaints);
	buf_clear(&reading->said);
}

/* What one line sets, as value_format() writes it; NULL: a complaint. */
static const struct {
	const char *text, *name, *want, *says;
} settings_read[] = {
	{ "", "header_size_limit", "50000", "" },
	{ "header_size_limit = 10;", "header_size_limit", "10", "" },
	{ "header_size_limit = 0;", "header_size_limit", "0", "" },
	{ "header_size_limit = \"5K\"", "header_size_limit", "5120", "" },
	{ "header_size_limit = \"60000\"", "header_size_limit", "60000", "" },
	{ "header_size_limit : 20", "header_size_limit", "20", "" },
	{ "header_size_limit = 0x7f", "header_size_limit", "127", "" },
	{ "header_size_limit = \"5 KB\"", "header_size_limit", "50000",
	    "postern.conf:1: header_size_limit: \"5 KB\" is not a size "
	    "(write 5120 or \"5K\")\n" },
	{ "header_size_limit = \"x\"", "header_size_limit", "50000",
	    "postern.conf:1: header_size_limit: \"x\" is not a size "
	    "(write 52428800 or \"50M\")\n" },
	{ "header_size_limit = 60001", "header_size_limit", "60001",
	    "postern.conf:1: warning: header_size_limit: 60001 is never "
	    "reached, since Postfix cuts header fields at 60000 bytes once "
	    "a milter is attached (write 50000)\n" },
	{ "\nheader_size_limit = -1", "header_size_limit", "50000",
	    "postern.conf:2: header_size_limit: -1 is not a size "
	    "(write 52428800 or \"50M\")\n" },
	{ "header_size_limit = true", "header_size_limit", "50000",
	    "postern.conf:1: header_size_limit: true is not a size "
	    "(write 52428800 or \"50M\")\n" },
	{ "header_size_limit = 1.5", "header_size_limit", "50000",
	    "postern.conf:1: header_size_limit: a fraction is not a size "
	    "(write 52428800 or \"50M\")\n" },
	{ "header_size_limit = { a = 1; };", "header_size_limit", "50000",
	    "postern.conf:1: header_size_limit: a group is not a size "
	    "(write 52428800 or \"50M\")\n" },
	{ "header_size_limit = [ 1 ];", "header_size_limit", "50000",
	    "postern.conf:1: header_size_limit: a list holds texts in "
	    "quotes, not other values\n" },
	/* Ranges at their ends. */
	{ "session_limit = 1000000", "session_limit", "1000000", "" },
	{ "session_limit = 1000001", "session_limit", "2000",
	    "postern.conf:1: session_limit: 1000001 is too large "
	    "(at most 1000000)\n" },
	{ "line_length_limit = 512", "line_length_limit", "512", "" },
	{ "line_length_limit = 511", "line_length_limit", "2048",
	    "postern.conf:1: line_length_limit: 511 is too small "
	    "(at least 512)\n" },
	{ "session_limit = \"5K\"", "session_limit", "2000",
	    "postern.conf:1: session_limit: \"5K\" is not a number\n" },
	/* What libconfig 1.5 would wrap at 31 and 63 bits. */
	{ "message_size_limit = 2147483647", "message_size_limit",
	    "2147483647", "" },
	{ "message_size_limit = 2147483648", "message_size_limit",
	    "2147483648", "" },
	{ "message_size_limit = 4294967297", "message_size_limit",
	    "4294967297", "" },
	{ "message_size_limit = 52428800000", "message_size_limit",
	    "52428800000", "" },
	{ "message_size_limit = 52428800000L", "message_size_limit",
	    "52428800000", "" },
	{ "message_size_limit = 0xC35000000", "message_size_limit",
	    "52428800000", "" },
	{ "message_size_limit = 00000000000000000000005",
	    "message_size_limit", "5", "" },
	{ "session_limit = 4294967297", "session_limit", "2000",
	    "postern.conf:1: session_limit: 4294967297 is too large "
	    "(at most 1000000)\n" },
	{ "session_limit = 18446744073709551617", "session_limit", "2000",
	    "postern.conf:1: session_limit: \"18446744073709551617\" is too "
	    "large (at most 1000000)\n" },
	/* Times. */
	{ "drain_time = \"2m\"", "drain_time", "120", "" },
	{ "drain_time = 5", "drain_time", "5", "" },
	{ "drain_time = \"1h\"", "drain_time", "3600", "" },
	{ "drain_time = 3601", "drain_time", "30",
	    "postern.conf:1: drain_time: 3601 is too large "
	    "(at most 3600)\n" },
	{ "drain_time = \"5 min\"", "drain_time", "30",
	    "postern.conf:1: drain_time: \"5 min\" is not a time "
	    "(write \"5m\")\n" },
	{ "error_sleep_time = 8", "error_sleep_time", "8", "" },
	{ "error_sleep_time = \"9s\"", "error_sleep_time", "1",
	    "postern.conf:1: error_sleep_time: \"9s\" is too large "
	    "(at most 8)\n" },
	/* Yes and no. */
	{ "soft_bounce = true", "soft_bounce", "true", "" },
	{ "soft_bounce = TRUE", "soft_bounce", "true", "" },
	{ "soft_bounce = \"yes\"", "soft_bounce", "true", "" },
	{ "delay_reject = \"No\"", "delay_reject", "false", "" },
	{ "soft_bounce = \"on\"", "soft_bounce", "false",
	    "postern.conf:1: soft_bounce: \"on\" is not true or false\n" },
	{ "soft_bounce = 1", "soft_bounce", "false",
	    "postern.conf:1: soft_bounce: 1 is not true or false\n" },
	/* Words. */
	{ "mode = \"shadow\"", "mode", "\"shadow\"", "" },
	{ "mode = \"Shadow\"", "mode", "\"shadow\"", "" },
	{ "mode = \"shadows\"", "mode", "\"enforce\"",
	    "postern.conf:1: mode: \"shadows\" is not \"enforce\" or "
	    "\"shadow\"\n" },
	{ "header_size_action = \"truncate\"", "header_size_action",
	    "\"truncate\"", "" },
	{ "message_size_action = \"truncate\"", "message_size_action",
	    "\"reject\"",
	    "postern.conf:1: message_size_action: \"truncate\" is not "
	    "\"reject\", \"tempfail\" or \"quarantine\"\n" },
	{ "on_match_limit = \"tempfail\"", "on_match_limit", "\"tempfail\"",
	    "" },
	{ "session_limit_action = \"accept\"", "session_limit_action",
	    "\"accept\"", "" },
	{ "", "engine", "\"libmilter\"", "" },
	{ "engine = \"native\"", "engine", "\"native\"", "" },
	{ "engine = \"epoll\"", "engine", "\"libmilter\"",
	    "postern.conf:1: engine: \"epoll\" is not \"libmilter\" or "
	    "\"native\"\n" },
	/* Texts. */
	{ "listen = \"local:/run/x\"", "listen", "\"local:/run/x\"", "" },
	{ "listen = \"INET6:8896@[::1]\"", "listen", "\"INET6:8896@[::1]\"",
	    "" },
	{ "listen = \"inet:65535\"", "listen", "\"inet:65535\"", "" },
	{ "listen = \"inet:milter@localhost\"", "listen",
	    "\"inet:milter@localhost\"", "" },
	{ "listen = \"inet:65536@127.0.0.1\"", "listen",
	    "\"inet:8896@127.0.0.1\"", "postern.conf:1: listen: "
	    "\"inet:65536@127.0.0.1\" is not a socket: its port is no "
	    "number from 1 to 65535 (write \"inet:8896@127.0.0.1\")\n" },
	{ "listen = \"inet:0@127.0.0.1\"", "listen",
	    "\"inet:8896@127.0.0.1\"", "postern.conf:1: listen: "
	    "\"inet:0@127.0.0.1\" is not a socket: its port is no "
	    "number from 1 to 65535 (write \"inet:8896@127.0.0.1\")\n" },
	{ "listen = \"inet:88x@127.0.0.1\"", "listen",
	    "\"inet:8896@127.0.0.1\"", "postern.conf:1: listen: "
	    "\"inet:88x@127.0.0.1\" is not a socket: its port is no "
	    "number from 1 to 65535 (write \"inet:8896@127.0.0.1\")\n" },
	{ "listen = \"inet:@127.0.0.1\"", "listen",
	    "\"inet:8896@127.0.0.1\"", "postern.conf:1: listen: "
	    "\"inet:@127.0.0.1\" is not a socket: its port is no "
	    "number from 1 to 65535 (write \"inet:8896@127.0.0.1\")\n" },
	{ "listen = \"inet6:99999999999999999999@::1\"", "listen",
	    "\"inet:8896@127.0.0.1\"", "postern.conf:1: listen: "
	    "\"inet6:99999999999999999999@::1\""
	    " is not a socket: its port is no "
	    "number from 1 to 65535 (write \"inet:8896@127.0.0.1\")\n" },
	{ "listen = \"inet:8896@\"", "listen", "\"inet:8896@127.0.0.1\"",
	    "postern.conf:1: listen: \"inet:8896@\" is not a socket: there "
	    "is no host behind the \"@\" (write "
	    "\"inet:8896@127.0.0.1\")\n" },
	{ "listen = \"local:run/x\"", "listen", "\"inet:8896@127.0.0.1\"",
	    "postern.conf:1: listen: \"local:run/x\" is not a socket: its "
	    "name does not begin with \"/\" (write "
	    "\"local:/run/postern/postern.sock\")\n" },
	{ "listen = \"8896\"", "listen", "\"inet:8896@127.0.0.1\"",
	    "postern.conf:1: listen: \"8896\" is not a socket (write "
	    "\"inet:8896@127.0.0.1\" or "
	    "\"local:/run/postern/postern.sock\")\n" },
	{ "chroot = \"var\"", "chroot", "\"\"",
	    "postern.conf:1: chroot: \"var\" is not the absolute name of a "
	    "file or folder (write \"/...\")\n" },
	{ "socket_mode = \"600\"", "socket_mode", "\"0600\"", "" },
	{ "socket_mode = 0660", "socket_mode", "\"0660\"",
	    "postern.conf:1: socket_mode: 660 is not an octal mode in quotes "
	    "(write \"0660\")\n" },
	{ "socket_mode = \"0888\"", "socket_mode", "\"0660\"",
	    "postern.conf:1: socket_mode: \"0888\" is not an octal mode in "
	    "quotes (write \"0660\")\n" },
	{ "socket_mode = \"1777\"", "socket_mode", "\"0660\"",
	    "postern.conf:1: socket_mode: \"1777\" is not an octal mode in "
	    "quotes (write \"0660\")\n" },
	{ "recipient_delimiter = \"+-\"", "recipient_delimiter", "\"+-\"",
	    "" },
	{ "recipient_delimiter = \"a\"", "recipient_delimiter", "\"\"",
	    "postern.conf:1: recipient_delimiter: \"a\" is not a set of "
	    "delimiters (write \"+\")\n" },
	{ "myorigin = \"/etc/mailname\"", "myorigin", "\"\"",
	    "postern.conf:1: myorigin: \"/etc/mailname\" is not a domain "
	    "(write \"example.com\")\n" },
	{ "null_access_lookup_key = \"\"", "null_access_lookup_key",
	    "\"<>\"", "postern.conf:1: null_access_lookup_key: \"\" is not "
	    "a key (write \"<>\")\n" },
	{ "log = 5", "log", "\"syslog\"",
	    "postern.conf:1: log: 5 is not a text in quotes\n" },
	/* Lists, in both of libconfig's brackets. */
	{ "header_checks = [ \"a\", \"b\" ]", "header_checks",
	    "[ \"a\", \"b\" ]", "" },
	{ "header_checks = ( \"a\",\n\"b\" )", "header_checks",
	    "[ \"a\", \"b\" ]", "" },
	{ "header_checks = \"a\"", "header_checks", "[ ]",
	    "postern.conf:1: header_checks: \"a\" is not a list "
	    "(write [ \"a\" ])\n" },
	{ "header_checks = 3", "header_checks", "[ ]",
	    "postern.conf:1: header_checks: 3 is not a list "
	    "(write [ \"...\" ])\n" },
	{ "header_checks = ( \"a\",\n3 )", "header_checks", "[ ]",
	    "postern.conf:2: header_checks: a list holds texts in quotes, "
	    "not other values\n" },
	{ "header_checks = [ \"a\" ]", "mime_header_checks", "[ \"a\" ]",
	    "" },
	{ "header_checks = [ \"a\" ]; nested_header_checks = [ ];",
	    "nested_header_checks", "[ ]", "" },
	{ "", "mynetworks", "[ \"127.0.0.0/8\", \"[::1]/128\" ]", "" },
	/* Groups. */
	{ "", "exempt.mynetworks", "[ \"client\", \"helo\" ]", "" },
	{ "exempt = { mynetworks = [ \"body\", \"size\" ]; };",
	    "exempt.mynetworks", "[ \"body\", \"size\" ]", "" },
	{ "exempt = { mynetworks = [ ]; };", "exempt.mynetworks", "[ ]",
	    "" },
	{ "exempt = { authenticated = [ \"hello\" ]; };",
	    "exempt.authenticated", "[ \"client\", \"helo\" ]",
	    "postern.conf:1: exempt.authenticated: \"hello\" is not "
	    "\"client\", \"helo\", \"sender\", \"recipient\", \"header\", "
	    "\"body\", \"size\" or \"decoded\"\n" },
	{ "exempt = [ \"client\" ];", "exempt.mynetworks",
	    "[ \"client\", \"helo\" ]",
	    "postern.conf:1: exempt: not a group (write exempt = "
	    "{ mynetworks = [ \"client\" ]; };)\n" },
	{ "exempt = { recipient = [ ]; };", "exempt.recipients",
	    "[ \"inline:{postmaster@=OK, abuse@=OK}\" ]",
	    "postern.conf:1: unknown setting \"exempt.recipient\" "
	    "(did you mean exempt.recipients?)\n" },
	/* Names. */
	{ "smtpd_recipient_limit = 5", "recipient_limit", "5", "" },
	{ "recipient_limit = 5;\nsmtpd_recipient_limit = 6;",
	    "recipient_limit", "5", "postern.conf:2: smtpd_recipient_limit: "
	    "is set already, at postern.conf:1\n" },
	{ "smtpd_smtpd_recipient_limit = 5", "recipient_limit", "1000",
	    "postern.conf:1: unknown setting "
	    "\"smtpd_smtpd_recipient_limit\"\n" },
	{ "hader_checks = [ ]", "header_checks", "[ ]",
	    "postern.conf:1: unknown setting \"hader_checks\" "
	    "(did you mean header_checks?)\n" },
	{ "xyzzy = 1", "header_checks", "[ ]",
	    "postern.conf:1: unknown setting \"xyzzy\"\n" },
	/* Syntax: what stands before a fault is looked at, too. */
	{ "mode = 1;\nlog = ;", "mode", "\"enforce\"",
	    "postern.conf:2: syntax error at or before \"log = ;\" (write "
	    "name = value; with texts in quotes, lists in brackets)\n"
	    "postern.conf:1: mode: 1 is not \"enforce\" or \"shadow\"\n" },
	{ "mode = \"shadow\";\n\nmode = \"enforce\";", "mode", "\"shadow\"",
	    "postern.conf:3: duplicate setting name at "
	    "\"mode = \"enforce\";\"\n" },
	/* Comments and texts are not looked into for numbers. */
	{ "# 99999999999\n// 99999999999\n/* 99999999999\n */ log = "
	    "\"/9999999999 \\\" 9999999999\"; session_limit = 5", "log",
	    "\"/9999999999 \" 9999999999\"", "" },
};

static void
reads_settings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(settings_read) /
	    sizeof(settings_read[0]); i++) {
		struct reading reading;
		struct buf got;
		size_t number;

		read_conf(&reading, span_of(settings_read[i].text));
		assert_true(setting_number(span_of(settings_read[i].name),
		    &number));
		buf_init(&got, 4096);
		value_format(&reading.conf, &settings[number], &got);
		if (strcmp(buf_string(&got), settings_read[i].want) != 0)
			fail_msg("%s: %s is %s, want %s",
			    settings_read[i].text, settings_read[i].name,
			    buf_string(&got), settings_read[i].want);
		if (strcmp(buf_string(&reading.said),
		    settings_read[i].says) != 0)
			fail_msg("%s: says %s, want %s",
			    settings_read[i].text, buf_string(&reading.said),
			    settings_read[i].says);
		buf_clear(&got);
		clear(&reading);
	}
}

/* A few members by themselves, so that offsets are known to be right. */
static void
fills_members(void **state)
{
	struct reading reading;
	const struct conf *conf = &reading.conf;

	(void)state;
	read_conf(&reading, SPAN("sender_access = [ \"x\",\n \"y\" ];\n"
	    "header_total_action = \"quarantine\"; myorigin = \"a.b\";\n"
	    "exempt = { authenticated = [ \"sender\" ]; };\n"));
	assert_true(reading.good);
	assert_string_equal(conf->file, "postern.conf");
	assert_string_equal(conf->folder, ".");
	assert_string_equal(conf->listen, "inet:8896@127.0.0.1");
	assert_int_equal(conf->socket_mode, 0660);
	assert_string_equal(conf->user, "");
	assert_int_equal(conf->mode, MODE_ENFORCE);
	assert_true(conf->delay_reject);
	assert_false(conf->soft_bounce);
	assert_string_equal(conf->myorigin, "a.b");
	assert_true(span_equal(conf->null_access_lookup_key, SPAN("<>")));
	assert_int_equal(conf->access_map_reject_code, 554);
	assert_int_equal(conf->sender_access.n, 2);
	assert_string_equal(conf->sender_access.items[1].text.p, "y");
	assert_string_equal(conf->sender_access.items[1].file,
	    "postern.conf");
	assert_int_equal(conf->sender_access.items[1].line, 2);
	assert_int_equal(conf->header_total_limit, 1048576);
	assert_int_equal(conf->header_total_action, LIMIT_QUARANTINE);
	assert_int_equal(conf->exempt_authenticated, EXEMPT_SENDER);
	assert_int_equal(conf->exempt_mynetworks,
	    EXEMPT_CLIENT | EXEMPT_HELO);
	assert_int_equal(conf->exempt_recipients.n, 1);
	assert_int_equal(conf->spool_memory_limit, 262144);
	assert_string_equal(conf->spool_directory, "/tmp");
	assert_int_equal(conf_line(conf, "sender_access"), 1);
	assert_int_equal(conf_line(conf, "exempt.authenticated"), 4);
	assert_int_equal(conf_line(conf, "helo_access"), 0);
	clear(&reading);
}

/* Postfix's own words for its defaults, of Debian's postconf -d. */
static void
has_the_defaults_of_postfix(void **state)
{
	struct reading reading;
	const struct conf *conf = &reading.conf;

	(void)state;
	read_conf(&reading, SPAN(""));
	assert_int_equal(conf->body_checks_size_limit, 51200);
	assert_int_equal(conf->line_length_limit, 2048);
	assert_int_equal(conf->mime_nesting_limit, 100);
	assert_int_equal(conf->mime_boundary_length_limit, 2048);
	assert_int_equal(conf->hopcount_limit, 50);
	assert_int_equal(conf->recipient_limit, 1000);
	assert_int_equal(conf->access_map_defer_code, 450);
	assert_true(conf->parent_domain_matches_subdomains);
	assert_int_equal(conf->recipient_delimiter.n, 0);
	clear(&reading);
}

/* Every setting is printed once, with a line of help before it. */
static void
prints_defaults(void **state)
{
	struct reading reading;
	struct buf text;

	(void)state;
	buf_init(&text, (size_t)1 << 20);
	conf_print_defaults(&text);
	read_conf(&reading, buf_span(&text));
	assert_string_equal(buf_string(&reading.said), "");
	for (size_t i = 0; i < settings_count; i++) {
		const char *name = settings[i].name;
		bool given;

		if (name == NULL)
			continue;
		given = reading.conf.places[i].line > 0;
		if (given == (settings[i].same_as != NULL))
			fail_msg("%s", name);
		assert_true(strlen(settings[i].help) > 10);
		assert_true(strlen(settings[i].help) <= 76);
	}
	clear(&reading);
	buf_clear(&text);
}

/* The names of all settings differ, and none is near enough to another. */
static void
tells_names_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < settings_count; i++)
		for (size_t j = 0; j < i; j++)
			if (settings[i].name != NULL &&
			    settings[j].name != NULL)
				assert_true(nearest_distance(
				    span_of(settings[i].name),
				    span_of(settings[j].name)) > 0);
}

static void
includes_files(void **state)
{
	struct reading reading;
	const struct conf_place *place;

	(void)state;
	write_file("one.conf", SPAN("mode = \"shadow\";\nsession_limit = "
	    "52428800000;\n"));
	write_file("two.conf", SPAN("soft_bounce = 3"));
	read_conf(&reading, SPAN("drain_time = \"5s\";\n"
	    "  @include \"one.conf\"\n# @include \"no.conf\"\n"
	    "x = \"\n@include \\\"no.conf\\\"\n\";\n"
	    "@include \"two.conf\" ; hopcount_limit = true;\n"
	    "@include \"no.conf\"\nlog = 4;\n"));
	assert_string_equal(buf_string(&reading.said),
	    "postern.conf:8: no.conf: No such file or directory\n"
	    "one.conf:2: session_limit: 52428800000 is too large "
	    "(at most 1000000)\n"
	    "postern.conf:4: unknown setting \"x\"\n"
	    "two.conf:1: soft_bounce: 3 is not true or false\n"
	    "postern.conf:7: hopcount_limit: true is not a number\n"
	    "postern.conf:9: log: 4 is not a text in quotes\n");
	assert_int_equal(reading.conf.mode, MODE_SHADOW);
	place = conf_where(&reading.conf, "mode");
	assert_string_equal(place->file, "one.conf");
	assert_int_equal(place->line, 1);
	assert_int_equal(conf_line(&reading.conf, "drain_time"), 1);
	/* All of them are watched, the missing one as well. */
	assert_int_equal(reading.sources.n, 4);
	assert_null(sources_changed(&reading.sources));
	write_file("no.conf", SPAN(""));
	assert_string_equal(sources_changed(&reading.sources), "no.conf");
	assert_int_equal(unlink("no.conf"), 0);
	clear(&reading);

	write_file("one.conf", SPAN("@include \"one.conf\"\n"));
	read_conf(&reading, SPAN("@include \"one.conf\""));
	assert_string_equal(buf_string(&reading.said),
	    "one.conf:1: too many files are included\n");
	clear(&reading);
}

/* Whatever is cut off or put in, the reader ends and says so. */
static void
survives_broken_text(void **state)
{
	struct reading reading;
	struct buf text;

	(void)state;
	buf_init(&text, (size_t)1 << 20);
	conf_print_defaults(&text);
	for (size_t n = 0; n < text.n; n += 7) {
		read_conf(&reading, span_head(buf_span(&text), n));
		clear(&reading);
	}
	buf_clear(&text);
	read_conf(&reading, SPAN("mode = \"shadow\";\n\0mode"));
	assert_string_equal(buf_string(&reading.said),
	    "postern.conf:2: a NUL byte\n");
	clear(&reading);
	read_conf(&reading, SPAN("/* closed */\n/* never closed\nmode = 1;"));
	assert_string_equal(buf_string(&reading.said),
	    "postern.conf:2: a comment is not closed (write */)\n");
	clear(&reading);
	read_conf(&reading, SPAN("\nlog = \"never closed\n\n"));
	assert_non_null(strstr(buf_string(&reading.said),
	    "postern.conf:2: a quote is not closed\n"));
	clear(&reading);
	read_conf(&reading, SPAN("@include \"never closed"));
	assert_false(reading.good);
	clear(&reading);
}

static void
wants_the_file(void **state)
{
	struct complaints complaints;
	struct sources sources;
	struct conf conf;

	(void)state;
	complaints_init(&complaints);
	sources_init(&sources);
	assert_false(conf_read(&conf, "missing/postern.conf", &sources,
	    &complaints));
	assert_int_equal(complaints.n, 1);
	assert_string_equal(complaints.list[0].file, "missing/postern.conf");
	assert_string_equal(conf.folder, "missing");
	assert_int_equal(conf.hopcount_limit, 50);
	conf_clear(&conf);
	sources_clear(&sources);
	complaints_clear(&complaints);
}

static void
notices_what_takes_a_restart(void **state)
{
	struct reading old, same, other;

	(void)state;
	read_conf(&old, SPAN("listen = \"inet:1@127.0.0.1\";"));
	read_conf(&same, SPAN("\nlisten = \"inet:1@127.0.0.1\";\n"
	    "mode = \"shadow\";"));
	assert_true(conf_same_startup(&old.conf, &same.conf,
	    &same.complaints));
	assert_int_equal(same.complaints.n, 0);
	read_conf(&other, SPAN("\nsocket_mode = \"0600\";"));
	assert_false(conf_same_startup(&old.conf, &other.conf,
	    &other.complaints));
	assert_int_equal(other.complaints.errors, 2);
	assert_string_equal(other.complaints.list[0].text,
	    "listen: changed from \"inet:1@127.0.0.1\" to "
	    "\"inet:8896@127.0.0.1\", which takes a restart");
	assert_int_equal(other.complaints.list[0].line, 0);
	assert_string_equal(other.complaints.list[1].text,
	    "socket_mode: changed from \"0660\" to \"0600\", "
	    "which takes a restart");
	assert_int_equal(other.complaints.list[1].line, 2);
	clear(&old);
	clear(&same);
	clear(&other);
}

static void
measures_distance(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} words[] = {
		{ "", "", 0 }, { "a", "", 1 }, { "abc", "ABC", 0 },
		{ "abc", "axc", 1 }, { "abc", "abcd", 1 },
		{ "abc", "acb", 1 }, { "abc", "xyz", 3 },
		{ "kitten", "sitting", 3 }, { "ab", "ba", 1 },
	};
	char longest[NEAREST_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		assert_int_equal(nearest_distance(span_of(words[i].a),
		    span_of(words[i].b)), words[i].distance);
		assert_int_equal(nearest_distance(span_of(words[i].b),
		    span_of(words[i].a)), words[i].distance);
	}
	memset(longest, 'a', sizeof(longest));
	assert_int_equal(nearest_distance(span_make(longest, NEAREST_MAX),
	    span_make(longest, NEAREST_MAX)), 0);
	assert_int_equal(nearest_distance(span_make(longest,
	    NEAREST_MAX + 1), SPAN("a")), NEAREST_MAX);
}

static int
enter_folder(void **state)
{
	static char folder[] = "/tmp/postern-conf-XXXXXX";

	*state = folder;
	return mkdtemp(folder) != NULL && chdir(folder) == 0 ? 0 : -1;
}

static int
leave_folder(void **state)
{
	unlink("postern.conf");
	unlink("one.conf");
	unlink("two.conf");
	return chdir("/") == 0 && rmdir(*state) == 0 ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_settings),
		cmocka_unit_test(fills_members),
		cmocka_unit_test(has_the_defaults_of_postfix),
		cmocka_unit_test(prints_defaults),
		cmocka_unit_test(tells_names_apart),
		cmocka_unit_test(includes_files),
		cmocka_unit_test(survives_broken_text),
		cmocka_unit_test(wants_the_file),
		cmocka_unit_test(notices_what_takes_a_restart),
		cmocka_unit_test(measures_distance),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}

/* needs: what each policy has to hear, and where it may answer. */
#include "session/needs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy_folder.h"

/* Nothing looks at anything. */
#define NO_SIZE		"header_size_limit = 0;"
#define NO_TOTAL	"header_total_limit = 0;"
#define NO_COUNT	"header_count_limit = 0;"
#define NO_HOPS		"hopcount_limit = 0;"
#define BARE		NO_SIZE NO_TOTAL NO_COUNT NO_HOPS
#define BARE_RCPT	BARE "recipient_limit = 0;"
#define EARLY		"delay_reject = false;"
#define MAP		"[\"inline:{x=REJECT}\"];"

/*
 * Events that come, and those of them that are answered, a letter each as in
 * the protocol: C H M R L (header) N (its end) B E, and U (unknown).
 */
static const struct {
	const char *settings, *events, *replies;
} cases[] = {
	{ "", "CHMRLNE", "RE" },
	{ "recipient_limit = 0;", "CHMRLNE", "E" },
	{ BARE, "CHMRE", "RE" },
	{ BARE_RCPT, "CHMRE", "E" },
	{ "mode = \"shadow\";", "CHMRLNE", "RE" },

	/* The envelope's lists: at RCPT, or where they belong. */
	{ BARE_RCPT "client_access = " MAP, "CHMRE", "RE" },
	{ BARE_RCPT "helo_access = " MAP, "CHMRE", "RE" },
	{ BARE_RCPT "sender_access = " MAP, "CHMRE", "RE" },
	{ BARE_RCPT "login_access = " MAP, "CHMRE", "RE" },
	{ BARE_RCPT "recipient_access = " MAP, "CHMRE", "RE" },
	{ BARE_RCPT EARLY, "CHMRE", "E" },

	/* Errors: whatever the client waits for. */
	{ BARE_RCPT "hard_error_limit = 9;", "CHMREU", "HMREU" },
	{ BARE_RCPT "soft_error_limit = 9;", "CHMREU", "HMREU" },
	{ BARE_RCPT "soft_error_limit = 9; error_sleep_time = 0;", "CHMRE",
	    "E" },
	{ BARE_RCPT "error_sleep_time = 5;", "CHMRE", "E" },

	{ BARE_RCPT EARLY "client_access = " MAP, "CHMRE", "CMRE" },
	{ BARE_RCPT EARLY "reverse_client_access = " MAP, "CHMRE", "CMRE" },
	{ BARE_RCPT EARLY "helo_access = " MAP, "CHMRE", "HMRE" },
	{ BARE_RCPT EARLY "sender_access = " MAP, "CHMRE", "MRE" },
	{ BARE_RCPT EARLY "recipient_access = " MAP, "CHMRE", "RE" },

	/* Sizes: what is declared is refused at MAIL, or by recipient. */
	{ BARE "message_size_limit = 1000;", "CHMRLNBE", "MRE" },
	{ BARE_RCPT "message_size_limit = 1000;", "CHMRLNBE", "ME" },
	{ BARE_RCPT "message_size_limit = 1000;"
	    "message_size_action = \"quarantine\";", "CHMRLNBE", "E" },
	{ BARE_RCPT "message_size_access = [\"inline:{x=1}\"];",
	    "CHMRLNBE", "MRE" },
	/* No parts, no nesting: see postern.conf(5). */
	{ BARE "mime_nesting_limit = 5;", "CHMRE", "RE" },
	{ BARE "body_line_limit = 998;", "CHMRLNBE", "RE" },
	{ NO_TOTAL NO_COUNT NO_HOPS, "CHMRLNE", "RE" },
	{ NO_SIZE NO_COUNT NO_HOPS, "CHMRLNE", "RE" },
	{ NO_SIZE NO_TOTAL NO_HOPS, "CHMRLNE", "RE" },
	{ NO_SIZE NO_TOTAL NO_COUNT, "CHMRLNE", "RE" },
	{ BARE "visible_recipient_limit = 9;", "CHMRLNE", "RE" },
	{ BARE "mime_boundary_length_action = \"reject\";", "CHMRLNBE",
	    "RE" },
	{ BARE "mime_ambiguity_action = \"quarantine\";", "CHMRLNBE",
	    "RE" },

	/* Rules: what they find in content can wait for its end. */
	{ BARE "header_checks = [\"pcre:rejects\"];", "CHMRLNBE", "RE" },
	{ BARE "header_checks = [\"pcre:edits\"];", "CHMRLNBE", "RE" },
	{ BARE "header_checks = [\"pcre:unknown\"];", "CHMRLNBE", "RE" },
	{ BARE "header_checks = [\"pcre:rejects\"]; mime_header_checks = [];"
	    "nested_header_checks = [];", "CHMRLNE", "RE" },
	{ BARE "mime_header_checks = [\"pcre:rejects\"];", "CHMRLNBE",
	    "RE" },
	{ BARE "nested_header_checks = [\"pcre:rejects\"];", "CHMRLNBE",
	    "RE" },
	{ BARE "body_checks = [\"pcre:rejects\"];", "CHMRLNBE", "RE" },
	{ BARE "decoded_header_checks = [\"pcre:rejects\"];", "CHMRLNBE",
	    "RE" },
	{ BARE "decoded_header_checks = [\"pcre:edits\"];"
	    "exempt = { mynetworks = [\"decoded\", \"size\"]; };",
	    "CHMRLNBE", "RBE" },
	{ BARE "header_from_access = " MAP, "CHMRLNE", "RE" },
	{ BARE "reply_to_access = " MAP, "CHMRLNE", "RE" },

	{ BARE "text_checks = [\"pcre:rejects\"];", "CHMRLNBE", "RE" },
	{ BARE "hidden_text_checks = [\"pcre:rejects\"];", "CHMRLNBE",
	    "RE" },
	{ BARE "link_checks = [\"pcre:rejects\"];", "CHMRLNBE", "RE" },
	{ BARE "link_domain_access = " MAP, "CHMRLNBE", "RE" },
	{ BARE "link_limit = 9;", "CHMRE", "RE" },
	{ BARE "attachment_checks = [\"pcre:rejects\"];", "CHMRLNBE", "RE" },
	{ BARE "attachment_checks = [\"pcre:rejects\"];"
	    "exempt = { mynetworks = [\"decoded\", \"size\"]; };",
	    "CHMRLNBE", "RBE" },
	{ BARE "mime_part_limit = 9;", "CHMRLNBE", "RE" },
	{ BARE "attachment_limit = 9;", "CHMRLNBE", "RE" },
	{ BARE "attachment_size_limit = 9;", "CHMRLNBE", "RE" },
	{ BARE "decoded_size_limit = 9;", "CHMRE", "RE" },

	/* SKIP for all mail of some clients is worth a reply to chunks. */
	{ BARE "body_checks = [\"pcre:rejects\"];"
	    "exempt = { mynetworks = [\"body\"]; };", "CHMRLNBE", "RBE" },
	{ BARE "body_checks = [\"pcre:rejects\"];"
	    "exempt = { authenticated = [\"body\", \"client\"]; };",
	    "CHMRLNBE", "RBE" },
	{ BARE "body_checks = [\"pcre:rejects\"]; message_size_limit = 1000;"
	    "exempt = { mynetworks = [\"body\"]; };", "CHMRLNBE", "MRE" },
	{ BARE "body_checks = [\"pcre:rejects\"]; message_size_limit = 1000;"
	    "exempt = { mynetworks = [\"body\", \"size\"]; };",
	    "CHMRLNBE", "MRBE" },
	{ BARE "text_checks = [\"pcre:rejects\"];"
	    "exempt = { mynetworks = [\"decoded\"]; };", "CHMRLNBE", "RBE" },
	{ BARE "text_checks = [\"pcre:rejects\"];"
	    "exempt = { mynetworks = [\"body\"]; };", "CHMRLNBE", "RE" },
	{ BARE "header_checks = [\"pcre:edits\"];"
	    "exempt = { mynetworks = [\"body\", \"size\"]; };",
	    "CHMRLNBE", "RE" },
};

static const char *
letters(unsigned set, char text[16])
{
	static const char names[] = {
		[EVENT_CONNECT] = 'C', [EVENT_HELO] = 'H', [EVENT_MAIL] = 'M',
		[EVENT_RCPT] = 'R', [EVENT_DATA] = 'T', [EVENT_HEADER] = 'L',
		[EVENT_EOH] = 'N', [EVENT_BODY] = 'B', [EVENT_EOM] = 'E',
		[EVENT_UNKNOWN] = 'U',
	};
	size_t n = 0;

	for (unsigned i = 0; i < sizeof(names); i++)
		if (names[i] != '\0' &&
		    (set & event_bit((enum event_kind)i)) != 0)
			text[n++] = names[i];
	text[n] = '\0';
	return text;
}

static void
test_events_and_replies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct policy *policy = make_policy(cases[i].settings, NULL);
		struct needs needs;
		char text[16];

		session_needs(policy, &needs);
		print_message("%zu\n", i);
		assert_string_equal(letters(needs.events, text),
		    cases[i].events);
		assert_string_equal(letters(needs.replies, text),
		    cases[i].replies);
		policy_free(&policy);
	}
}

static void
test_macros(void **state)
{
	static const struct {
		const char *settings;
		bool reverse, login, sender, recipient;
	} wants[] = {
		/* exempt.authenticated and exempt.recipients. */
		{ "", false, true, false, true },
		{ "exempt = { authenticated = []; recipients = []; };",
		    false, false, false, false },
		{ "exempt = { authenticated = []; recipients = []; };"
		    "login_access = " MAP, false, true, false, false },
		{ "exempt = { authenticated = []; recipients = []; };"
		    "sender_access = " MAP, false, false, true, false },
		{ "exempt = { authenticated = []; recipients = []; };"
		    "recipient_access = " MAP, false, false, false, true },
		{ "exempt = { authenticated = []; recipients = []; };"
		    "reverse_client_access = " MAP, true, false, false,
		    false },
		{ "exempt = { authenticated = []; recipients = []; };"
		    "message_size_access = [\"inline:{x=1}\"];", false, false,
		    true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wants) / sizeof(*wants); i++) {
		struct policy *policy = make_policy(wants[i].settings, NULL);
		struct needs needs;

		session_needs(policy, &needs);
		assert_int_equal(needs.reverse, wants[i].reverse);
		assert_int_equal(needs.login, wants[i].login);
		assert_int_equal(needs.sender, wants[i].sender);
		assert_int_equal(needs.recipient, wants[i].recipient);
		policy_free(&policy);
	}
}

static int
set_up(void **state)
{
	if (make_folder(state) < 0)
		return -1;
	write_file("rejects", "/x/ REJECT\n");
	write_file("edits", "/x/ PREPEND X: y\n/y/ WARN\n/z/ HOLD\n");
	write_file("unknown", "/(x)/ $1\n");
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_and_replies),
		cmocka_unit_test(test_macros),
	};

	return cmocka_run_group_tests(tests, set_up, remove_folder);
}

/* settings - the one table of all settings.  See settings.h. */
#include "policy/settings.h"

#include "message/notice.h"
#include "message/plain.h"
#include "policy/conf.h"
#include "policy/nearest.h"

static const struct choice modes[] = {
	{ "enforce", MODE_ENFORCE }, { "shadow", MODE_SHADOW }, { NULL, 0 }
};

static const struct choice engines[] = {
	{ "libmilter", ENGINE_LIBMILTER }, { "native", ENGINE_NATIVE },
	{ NULL, 0 }
};

static const struct choice limit_actions[] = {
	{ "reject", LIMIT_REJECT }, { "tempfail", LIMIT_TEMPFAIL },
	{ "quarantine", LIMIT_QUARANTINE }, { NULL, 0 }
};

static const struct choice header_size_actions[] = {
	{ "reject", LIMIT_REJECT }, { "tempfail", LIMIT_TEMPFAIL },
	{ "quarantine", LIMIT_QUARANTINE }, { "truncate", LIMIT_TRUNCATE },
	{ NULL, 0 }
};

static const struct choice lenient_actions[] = {
	{ "accept", LIMIT_ACCEPT }, { "reject", LIMIT_REJECT },
	{ "tempfail", LIMIT_TEMPFAIL }, { "quarantine", LIMIT_QUARANTINE },
	{ NULL, 0 }
};

static const struct choice failure_actions[] = {
	{ "tempfail", FAILURE_TEMPFAIL }, { "accept", FAILURE_ACCEPT },
	{ NULL, 0 }
};

static const struct choice match_limit_actions[] = {
	{ "no_match", MATCH_LIMIT_NO_MATCH },
	{ "tempfail", MATCH_LIMIT_TEMPFAIL }, { NULL, 0 }
};

static const struct choice groups[] = {
	{ "client", EXEMPT_CLIENT }, { "helo", EXEMPT_HELO },
	{ "sender", EXEMPT_SENDER }, { "recipient", EXEMPT_RECIPIENT },
	{ "header", EXEMPT_HEADER }, { "body", EXEMPT_BODY },
	{ "size", EXEMPT_SIZE }, { "decoded", EXEMPT_DECODED }, { NULL, 0 }
};

static const struct choice folds[] = {
	{ "zero-width", PLAIN_ZERO_WIDTH }, { "confusable", PLAIN_CONFUSABLE },
	{ "nfkc", PLAIN_NFKC }, { NULL, 0 }
};

/* A number from 1 to 65535, or the name of a service. */
static bool
is_port(struct span port)
{
	unsigned number = 0;

	if (port.n == 0 || !ascii_digit((unsigned char)port.p[0]))
		return port.n > 0;
	for (size_t i = 0; i < port.n; i++) {
		if (!ascii_digit((unsigned char)port.p[i]))
			return false;
		number = number * 10 + (unsigned)(port.p[i] - '0');
		if (number > 65535)
			return false;
	}
	return number > 0;
}

static const char *
check_listen(struct span text)
{
	size_t colon = span_find(text, ':');
	struct span form = span_head(text, colon);
	struct span rest = span_skip(text, colon + 1);
	size_t at = span_find(rest, '@');

	if (span_caseequal(form, SPAN("inet")) ||
	    span_caseequal(form, SPAN("inet6"))) {
		if (!is_port(span_head(rest, at)))
			return "a socket: its port is no number from 1 to "
			    "65535 (write \"inet:8896@127.0.0.1\")";
		if (at < rest.n && at + 1 == rest.n)
			return "a socket: there is no host behind the \"@\" "
			    "(write \"inet:8896@127.0.0.1\")";
		return NULL;
	}
	if (span_caseequal(form, SPAN("local")) ||
	    span_caseequal(form, SPAN("unix")))
		return span_starts(rest, SPAN("/")) ? NULL :
		    "a socket: its name does not begin with \"/\" (write "
		    "\"local:/run/postern/postern.sock\")";
	return "a socket (write \"inet:8896@127.0.0.1\" or "
	    "\"local:/run/postern/postern.sock\")";
}

static const char *
check_path(struct span text)
{
	return text.n == 0 || text.p[0] == '/' ? NULL :
	    "the absolute name of a file or folder (write \"/...\")";
}

static const char *
check_folder(struct span text)
{
	return text.n > 0 ? check_path(text) :
	    "the absolute name of a folder (write \"/tmp\")";
}

static const char *
check_log(struct span text)
{
	if (span_equal(text, SPAN("syslog")) ||
	    span_equal(text, SPAN("stderr")) ||
	    (text.n > 0 && text.p[0] == '/'))
		return NULL;
	return "where to log (write \"syslog\", \"stderr\" or \"/FILE\")";
}

static const char *
check_domain(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (strchr("/@$ ", text.p[i]) != NULL)
			return "a domain (write \"example.com\")";
	return NULL;
}

static const char *
check_delimiter(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (ascii_alnum((unsigned char)text.p[i]) ||
		    strchr("@\" ", text.p[i]) != NULL)
			return "a set of delimiters (write \"+\")";
	return NULL;
}

static const char *
check_key(struct span text)
{
	return text.n > 0 ? NULL : "a key (write \"<>\")";
}

#define AT(member)	offsetof(struct conf, member)
#define KIB		((uint64_t)1 << 10)
#define MIB		((uint64_t)1 << 20)
#define TIB		((uint64_t)1 << 40)

#define HEADING(text_) \
	{ .type = SETTING_HEADING, .help = text_ }
#define START(name_, fallback_, check_, help_) \
	{ .name = #name_, .type = SETTING_TEXT, .offset = AT(name_), \
	    .fallback = fallback_, .check = check_, .startup = true, \
	    .help = help_ }
#define TEXT(name_, fallback_, check_, help_) \
	{ .name = #name_, .type = SETTING_TEXT, .offset = AT(name_), \
	    .fallback = fallback_, .check = check_, .help = help_ }
#define SPANS(name_, fallback_, check_, help_) \
	{ .name = #name_, .type = SETTING_SPAN, .offset = AT(name_), \
	    .fallback = fallback_, .check = check_, .help = help_ }
#define BOOL(name_, fallback_, help_) \
	{ .name = #name_, .type = SETTING_BOOL, .offset = AT(name_), \
	    .fallback = fallback_, .help = help_ }
#define AMOUNT(type_, name_, fallback_, min_, max_, help_) \
	{ .name = #name_, .type = type_, .offset = AT(name_), \
	    .fallback = fallback_, .min = min_, .max = max_, .help = help_ }
#define NUMBER(name_, fallback_, min_, max_, help_) \
	AMOUNT(SETTING_NUMBER, name_, fallback_, min_, max_, help_)
#define SIZE(name_, fallback_, min_, max_, help_) \
	AMOUNT(SETTING_SIZE, name_, fallback_, min_, max_, help_)
#define TIME(name_, fallback_, min_, max_, help_) \
	AMOUNT(SETTING_TIME, name_, fallback_, min_, max_, help_)
#define CHOICE(name_, fallback_, choices_, help_) \
	{ .name = #name_, .type = SETTING_CHOICE, .offset = AT(name_), \
	    .fallback = fallback_, .choices = choices_, .help = help_ }
#define LIST(name_, fallback_, help_) \
	{ .name = #name_, .type = SETTING_LIST, .offset = AT(name_), \
	    .fallback = fallback_, .help = help_ }
#define AS_LIST(name_, other_, help_) \
	{ .name = #name_, .type = SETTING_LIST, .offset = AT(name_), \
	    .same_as = #other_, .help = help_ }
#define EXEMPT(name_, fallback_, help_) \
	{ .name = "exempt." #name_, .type = SETTING_GROUPS, \
	    .offset = AT(exempt_ ## name_), .fallback = fallback_, \
	    .choices = groups, .help = help_ }

const struct setting settings[] = {
	HEADING("How it runs.  Those up to log are read once, at the start."),
	START(listen, "\"inet:8896@127.0.0.1\"", check_listen,
	    "Where the mail server connects: inet:, inet6: or local:."),
	{ .name = "socket_mode", .type = SETTING_BITS,
	    .offset = AT(socket_mode), .fallback = "\"0660\"", .max = 0777,
	    .startup = true, .help = "Permissions of a local: socket." },
	START(socket_group, "\"\"", NULL,
	    "The group that a local: socket is given; \"\": as it is made."),
	{ .name = "engine", .type = SETTING_CHOICE, .offset = AT(engine),
	    .fallback = "\"libmilter\"", .choices = engines,
	    .startup = true,
	    .help = "Who speaks with the mail server; \"native\": postern." },
	START(user, "\"\"", NULL,
	    "Whom to become after the start; \"\": nobody else."),
	START(group, "\"\"", NULL,
	    "The group to run with; \"\": that of the user."),
	START(chroot, "\"\"", check_path,
	    "A folder to be locked into; \"\": none."),
	START(pid_file, "\"\"", check_path,
	    "Holds the process ID while the filter runs; \"\": none."),
	START(log, "\"syslog\"", check_log,
	    "\"syslog\" (facility mail), \"stderr\" or a file."),
	CHOICE(mode, "\"enforce\"", modes,
	    "\"shadow\": log what would be done, do nothing."),
	TIME(reload_interval, "\"60s\"", 0, 7 * 86400,
	    "How often changed files are looked for; 0: never."),
	TIME(drain_time, "\"30s\"", 0, 3600,
	    "How long open transactions may take once it is to stop."),
	NUMBER(session_limit, "2000", 0, 1000000,
	    "Conversations at the same time; 0: no limit."),
	CHOICE(session_limit_action, "\"tempfail\"", failure_actions,
	    "What those beyond get; \"accept\": they are not filtered."),
	SIZE(spool_memory_limit, "\"256K\"", 0, 1024 * MIB,
	    "More of a message than this is kept in a temporary file."),
	TEXT(spool_directory, "\"/tmp\"", check_folder,
	    "Where that file is made (inside the chroot)."),

	HEADING("How verdicts are given."),
	BOOL(soft_bounce, "false",
	    "Turn every permanent reply into a temporary one."),
	BOOL(delay_reject, "true",
	    "Say what client and HELO maps refuse at RCPT, not before."),
	NUMBER(access_map_reject_code, "554", 400, 599,
	    "The reply code of REJECT in access maps."),
	NUMBER(access_map_defer_code, "450", 400, 499,
	    "The reply code of DEFER in access maps."),
	NUMBER(soft_error_limit, "0", 0, 1000000,
	    "After so many errors in a session replies wait; 0: never."),
	NUMBER(hard_error_limit, "0", 0, 1000000,
	    "And after so many it ends, with 421; 0: never."),
	TIME(error_sleep_time, "\"1s\"", 0, 8,
	    "How long they wait: at most 8s, mail servers have time-outs."),
	NUMBER(delay_session_limit, "10", 0, 1000000,
	    "How many replies may wait at a time; 0: no limit."),
	CHOICE(on_table_error, "\"tempfail\"", failure_actions,
	    "When a table cannot be searched; \"accept\": skip it."),

	HEADING("Addresses and networks."),
	TEXT(myorigin, "\"\"", check_domain,
	    "The domain that completes an address without one."),
	SPANS(recipient_delimiter, "\"\"", check_delimiter,
	    "What separates a user from an extension, such as \"+\"."),
	SPANS(null_access_lookup_key, "\"<>\"", check_key,
	    "What is looked up for the empty sender."),
	BOOL(parent_domain_matches_subdomains, "true",
	    "In access maps example.com stands for its subdomains, too."),
	BOOL(srs_unwrap, "false",
	    "Look up a sender that a forwarder rewrote as it was, too."),
	LIST(mynetworks, "[ \"127.0.0.0/8\", \"[::1]/128\" ]",
	    "Our own clients: see exempt."),
	LIST(trusted_relays, "[ ]",
	    "Our own relays: mail from them is never rejected but held."),

	HEADING("Access maps: lists of TYPE:FILE, see access(5)."),
	LIST(client_access, "[ ]",
	    "Asked for the client's verified name and its address."),
	LIST(reverse_client_access, "[ ]",
	    "The same with its unverified name; OK is not possible."),
	LIST(helo_access, "[ ]",
	    "Asked for the name that the client gives with HELO."),
	LIST(login_access, "[ ]",
	    "Asked for the name that the client logged in with."),
	LIST(sender_access, "[ ]",
	    "Asked for the sender's address, its domain, its user."),
	LIST(recipient_access, "[ ]",
	    "The same for each recipient."),
	LIST(header_from_access, "[ ]",
	    "The same for each address in From."),
	LIST(reply_to_access, "[ ]",
	    "The same for each address in Reply-To."),

	HEADING("Content checks: lists of TYPE:FILE, see header_checks(5)."),
	LIST(header_checks, "[ ]",
	    "For each field of the message's header."),
	AS_LIST(mime_header_checks, header_checks,
	    "For MIME fields, and all fields of MIME parts."),
	AS_LIST(nested_header_checks, header_checks,
	    "For the header of an attached message."),
	LIST(body_checks, "[ ]",
	    "For each line of the rest, as it is in the message."),
	SIZE(body_checks_size_limit, "51200", 0, TIB,
	    "How much of each part body_checks look at; 0: all."),
	SIZE(line_length_limit, "2048", 512, MIB,
	    "Longer lines are looked at in pieces of this length."),
	NUMBER(mime_nesting_limit, "100", 1, 1000,
	    "How deep MIME parts may be nested."),
	CHOICE(mime_nesting_action, "\"reject\"", limit_actions,
	    "What mail gets that is nested deeper."),
	SIZE(mime_boundary_length_limit, "2048", 70, 64 * KIB,
	    "How much of a MIME boundary is compared."),
	CHOICE(mime_boundary_length_action, "\"accept\"",
	    lenient_actions,
	    "accept (as Postfix), reject, tempfail or quarantine longer ones."),
	CHOICE(mime_ambiguity_action, "\"accept\"", lenient_actions,
	    "What mail gets that mail programs read in different ways."),

	HEADING("What a reader sees: the same, decoded, in UTF-8."),
	LIST(decoded_header_checks, "[ ]",
	    "For each field of any header, as it is shown."),
	LIST(text_checks, "[ ]",
	    "For each paragraph of the text, as it is read."),
	LIST(hidden_text_checks, "[ ]",
	    "The same for text that HTML hides from its reader."),
	{ .name = "fold", .type = SETTING_GROUPS, .offset = AT(fold),
	    .fallback = "[ ]", .choices = folds,
	    .help = "Forms looked up, too: zero-width, confusable, nfkc." },
	LIST(link_checks, "[ ]",
	    "For the URL of each link, and what it is shown as."),
	LIST(link_domain_access, "[ ]",
	    "For the host of each link, and its parent domains."),
	NUMBER(link_limit, "10000", 0, 1000000,
	    "How many links of a message are looked up; 0: all."),
	CHOICE(link_action, "\"accept\"", lenient_actions,
	    "accept (others are not looked at), reject, tempfail, quarantine."),
	LIST(attachment_checks, "[ ]",
	    "For each attachment, and for each name in an archive."),
	SPANS(attachment_notice, "\"" NOTICE_DEFAULT "\"", notice_wrong,
	    "What stands in the place of one that is taken out."),
	SIZE(attachment_inspect_limit, "\"16M\"", 4 * KIB, 64 * MIB,
	    "How much of each attachment is looked into."),
	TIME(attachment_time_limit, "\"10s\"", 1, 600,
	    "How long a message's attachments may keep it."),
	CHOICE(on_attachment_error, "\"tempfail\"", failure_actions,
	    "When one cannot be looked into; \"accept\": go on."),
	SIZE(decoded_size_limit, "\"64M\"", 0, TIB,
	    "How much of a message is decoded; 0: all."),
	CHOICE(decoded_size_action, "\"accept\"", lenient_actions,
	    "accept (the rest is seen raw), reject, tempfail, quarantine."),

	HEADING("Limits.  0: no limit.  A value equal to the limit passes."),
	SIZE(header_size_limit, "50000", 0, TIB,
	    "One header field; Postfix itself cuts fields at 60000."),
	CHOICE(header_size_action, "\"reject\"", header_size_actions,
	    "reject, tempfail, quarantine or truncate."),
	SIZE(header_total_limit, "\"1M\"", 0, TIB,
	    "All header fields together."),
	CHOICE(header_total_action, "\"reject\"", limit_actions,
	    "reject, tempfail or quarantine."),
	NUMBER(header_count_limit, "1000", 0, 1000000,
	    "The number of header fields."),
	CHOICE(header_count_action, "\"reject\"", limit_actions,
	    "reject, tempfail or quarantine."),
	SIZE(message_size_limit, "0", 0, 1024 * TIB,
	    "The message; 0: the mail server's own limit stands."),
	CHOICE(message_size_action, "\"reject\"", limit_actions,
	    "reject, tempfail or quarantine."),
	LIST(message_size_access, "[ ]",
	    "Tables with other sizes for senders, recipients, networks."),
	SIZE(body_line_limit, "0", 0, TIB,
	    "One line of the body (RFC 5321 allows 998)."),
	CHOICE(body_line_action, "\"reject\"", limit_actions,
	    "reject, tempfail or quarantine."),
	NUMBER(mime_part_limit, "0", 0, UINT32_MAX,
	    "Parts of a message, without those that only hold others."),
	CHOICE(mime_part_action, "\"reject\"", limit_actions,
	    "reject, tempfail or quarantine."),
	NUMBER(attachment_limit, "0", 0, UINT32_MAX,
	    "Parts that are no text, or attached text."),
	CHOICE(attachment_action, "\"reject\"", limit_actions,
	    "reject, tempfail or quarantine."),
	SIZE(attachment_size_limit, "0", 0, TIB,
	    "One of them, decoded."),
	CHOICE(attachment_size_action, "\"reject\"", limit_actions,
	    "reject, tempfail or quarantine."),
	NUMBER(recipient_limit, "1000", 0, 1000000,
	    "Recipients; those beyond are told to be sent again."),
	NUMBER(visible_recipient_limit, "0", 0, 1000000,
	    "Addresses in To and Cc."),
	CHOICE(visible_recipient_action, "\"reject\"", limit_actions,
	    "reject, tempfail or quarantine."),
	NUMBER(hopcount_limit, "50", 0, 1000,
	    "Received fields: a loop."),
	CHOICE(hopcount_action, "\"reject\"", limit_actions,
	    "reject, tempfail or quarantine."),
	NUMBER(archive_entry_limit, "10000", 0, 100000,
	    "Names in archives; 0: no limit, but 100000 are seen."),
	CHOICE(archive_entry_action, "\"reject\"", limit_actions,
	    "reject, tempfail or quarantine."),

	HEADING("Skipped: client helo sender recipient header body size "
	    "decoded"),
	EXEMPT(mynetworks, "[ \"client\", \"helo\" ]",
	    "For clients in mynetworks."),
	EXEMPT(authenticated, "[ \"client\", \"helo\" ]",
	    "For clients that logged in."),
	{ .name = "exempt.recipients", .type = SETTING_LIST,
	    .offset = AT(exempt_recipients),
	    .fallback = "[ \"inline:{postmaster@=OK, abuse@=OK}\" ]",
	    .help = "Content checks, when OK is found for all recipients." },

	HEADING("Tables."),
	BOOL(compatible_tables, "false",
	    "Use a table that Postfix would use; faults are warnings."),
	TIME(match_time_limit, "\"10s\"", 0, 3600,
	    "How long patterns may keep one message; 0: no limit."),
	NUMBER(match_limit, "1000000", 0, UINT32_MAX,
	    "How much work one match of a pattern may be; 0: PCRE2's own."),
	NUMBER(match_depth_limit, "250000", 0, UINT32_MAX,
	    "How deep it may go back; 0: PCRE2's own."),
	NUMBER(match_heap_limit, "20480", 0, UINT32_MAX,
	    "How many KiB it may take; 0: PCRE2's own."),
	CHOICE(on_match_limit, "\"no_match\"", match_limit_actions,
	    "What a match beyond is; \"tempfail\": the message has to wait."),
};

const size_t settings_count = sizeof(settings) / sizeof(settings[0]);

static bool
find(struct span name, size_t *number_r)
{
	for (size_t i = 0; i < settings_count; i++)
		if (settings[i].name != NULL &&
		    span_equal(name, span_of(settings[i].name))) {
			*number_r = i;
			return true;
		}
	return false;
}

bool
setting_number(struct span name, size_t *number_r)
{
	const struct span prefix = SPAN("smtpd_");

	return find(name, number_r) || (span_starts(name, prefix) &&
	    find(span_skip(name, prefix.n), number_r));
}

const char *
setting_nearest(struct span name)
{
	const struct span prefix = SPAN("smtpd_");
	const char *best = NULL;
	size_t distance = NEAREST_MAX;

	if (span_starts(name, prefix))
		name = span_skip(name, prefix.n);
	for (size_t i = 0; i < settings_count; i++) {
		size_t d = settings[i].name != NULL ? nearest_distance(name,
		    span_of(settings[i].name)) : NEAREST_MAX;

		if (d < distance) {
			best = settings[i].name;
			distance = d;
		}
	}
	return nearest_enough(distance, name.n) ? best : NULL;
}

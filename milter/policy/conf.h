/*
 * conf - postern.conf: read, checked against the table of settings, complete.
 *
 * libconfig takes unknown names, ignores wrong types and wraps numbers past
 * 31 bits, so conf_read() walks its tree against one table of settings (name,
 * type, unit, default, range, one line of help), which also prints the
 * defaults.  A setting's member here bears its name.  After conf_read()
 * nothing changes; all of it is freed by conf_clear().
 */
#ifndef POSTERN_POLICY_CONF_H
#define POSTERN_POLICY_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/complaint.h"
#include "base/region.h"
#include "base/source.h"
#include "base/span.h"

enum mode { MODE_ENFORCE, MODE_SHADOW };

/* Who speaks the milter protocol. */
enum engine { ENGINE_LIBMILTER, ENGINE_NATIVE };

/* What a passed limit does: NAME_action. */
enum limit_action {
	LIMIT_REJECT, LIMIT_TEMPFAIL, LIMIT_QUARANTINE,
	LIMIT_TRUNCATE,		/* header_size_action only */
	LIMIT_ACCEPT		/* mime_boundary_length_action and some
				   others only */
};

/* session_limit_action, on_table_error: */
enum failure_action { FAILURE_TEMPFAIL, FAILURE_ACCEPT };

/* on_match_limit */
enum match_limit_action { MATCH_LIMIT_NO_MATCH, MATCH_LIMIT_TEMPFAIL };

/* Groups of checks that somebody may be exempt from; a set of bits. */
enum exempt_group {
	EXEMPT_CLIENT = 1 << 0,		/* client and reverse client maps */
	EXEMPT_HELO = 1 << 1,
	EXEMPT_SENDER = 1 << 2,
	EXEMPT_RECIPIENT = 1 << 3,
	EXEMPT_HEADER = 1 << 4,		/* header, mime, nested checks */
	EXEMPT_BODY = 1 << 5,
	EXEMPT_SIZE = 1 << 6,		/* all limits on sizes and counts */
	EXEMPT_DECODED = 1 << 7		/* what is seen decoded */
};

/* A text of a list, and the file and line that it stands in. */
struct conf_item {
	struct span text;	/* a C string, too */
	const char *file;	/* postern.conf or what it includes */
	unsigned line;
};

struct conf_list {
	struct conf_item *items;
	size_t n;
};

struct conf_place {
	const char *file;
	unsigned line;		/* 0: the setting has its default */
};

struct conf {
	/* The file, and the folder that relative table names start from. */
	const char *file, *folder;

	/* Read once, at the start: a change at reload is a complaint. */
	const char *listen;
	unsigned socket_mode;		/* permission bits */
	const char *socket_group, *user, *group, *chroot, *pid_file, *log;
	enum engine engine;

	enum mode mode;
	bool compatible_tables, soft_bounce, delay_reject;
	bool parent_domain_matches_subdomains, srs_unwrap;
	const char *myorigin;
	struct span recipient_delimiter, null_access_lookup_key;
	uint64_t access_map_reject_code, access_map_defer_code;

	struct conf_list mynetworks, trusted_relays;
	struct conf_list client_access, reverse_client_access, helo_access;
	struct conf_list login_access, sender_access, recipient_access;
	struct conf_list header_from_access, reply_to_access;
	struct conf_list message_size_access;
	struct conf_list header_checks, mime_header_checks;
	struct conf_list nested_header_checks, body_checks;
	struct conf_list decoded_header_checks, text_checks;
	struct conf_list hidden_text_checks;
	unsigned fold;			/* a set of enum plain_how */
	struct conf_list link_checks, link_domain_access;
	uint64_t link_limit;
	enum limit_action link_action;
	struct conf_list attachment_checks;
	struct span attachment_notice;	/* see message/notice.h */
	uint64_t attachment_inspect_limit;		/* bytes */
	uint64_t attachment_time_limit;			/* seconds */
	enum failure_action on_attachment_error;

	/* Sizes and counts: 0 means no limit. */
	uint64_t body_checks_size_limit, line_length_limit;
	uint64_t mime_nesting_limit, mime_boundary_length_limit;
	uint64_t mime_part_limit, attachment_limit, attachment_size_limit;
	uint64_t decoded_size_limit;
	uint64_t header_size_limit, header_total_limit, header_count_limit;
	uint64_t message_size_limit, body_line_limit, recipient_limit;
	uint64_t visible_recipient_limit, hopcount_limit;
	uint64_t archive_entry_limit;
	enum limit_action archive_entry_action;
	enum limit_action mime_nesting_action, mime_boundary_length_action;
	enum limit_action mime_ambiguity_action;
	enum limit_action mime_part_action, attachment_action;
	enum limit_action attachment_size_action, decoded_size_action;
	enum limit_action header_size_action, header_total_action;
	enum limit_action header_count_action, message_size_action;
	enum limit_action body_line_action, visible_recipient_action;
	enum limit_action hopcount_action;

	/* Groups that they are exempt from; the tables of recipients. */
	unsigned exempt_mynetworks, exempt_authenticated;
	struct conf_list exempt_recipients;

	uint64_t match_time_limit;			/* seconds */
	uint64_t match_limit, match_depth_limit, match_heap_limit; /* KiB */
	enum match_limit_action on_match_limit;
	enum failure_action on_table_error;

	/* 0: off; the time in seconds. */
	uint64_t soft_error_limit, hard_error_limit, error_sleep_time;
	uint64_t delay_session_limit;

	uint64_t session_limit;
	enum failure_action session_limit_action;
	uint64_t reload_interval, drain_time;		/* seconds */
	uint64_t spool_memory_limit;			/* bytes, a message */
	const char *spool_directory;

	/* Where each setting stands, by its number: see conf_where(). */
	struct conf_place *places;
	struct region region;
};

/*
 * Reads FILE, all complaints included; false where there are errors, and then
 * the values are the defaults where the file's cannot be used.  conf_clear()
 * is due either way.
 */
bool conf_read(struct conf *conf, const char *file, struct sources *sources,
    struct complaints *complaints);
/* The same of a text of ours, which includes nothing, for a file's. */
bool conf_read_text(struct conf *conf, const char *name, const char *text,
    struct complaints *complaints);
void conf_clear(struct conf *conf);

/*
 * The line that a setting stands in, 0 where it has its default; and the file,
 * which is another than conf->file where that one includes it.
 */
unsigned conf_line(const struct conf *conf, const char *name);
const struct conf_place *conf_where(const struct conf *conf,
    const char *name);

/* Every setting with its default and its help, in postern.conf's syntax. */
void conf_print_defaults(struct buf *out);

/*
 * What was read once and is not as it was: one error for each; true where
 * there is none.
 */
bool conf_same_startup(const struct conf *old, const struct conf *new_conf,
    struct complaints *complaints);

/* "50M" or "52428800" in bytes; false where it is no size. */
bool conf_size(struct span text, uint64_t *bytes_r);

#endif

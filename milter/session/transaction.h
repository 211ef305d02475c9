/*
 * transaction - what a session remembers of one message; for the files of
 * session/ alone.
 *
 * It is forgotten at the next MAIL, HELO or ABORT, with its region and all
 * that is in it.  Between messages there is none.
 */
#ifndef POSTERN_SESSION_TRANSACTION_H
#define POSTERN_SESSION_TRANSACTION_H

#include "base/buf.h"
#include "base/region.h"
#include "base/spool.h"
#include "message/bodyparts.h"
#include "message/file_name.h"
#include "message/mime.h"
#include "message/plain.h"
#include "message/text.h"
#include "policy/action.h"
#include "policy/reply.h"
#include "session/session.h"
#include "table/steps.h"

/*
 * Bounds on memory, for one session.  Past a quarter of EVENT_MAX notes are
 * dropped and counted; past TRANSACTION_MAX the transaction gets 452 4.3.1.
 */
#define CONVERSATION_MAX	(16 * 1024)
#define TRANSACTION_MAX		(32 * 1024 * 1024)
#define EVENT_MAX		(16 * 1024 * 1024)

/* Names are cut there; addresses that are longer are refused. */
#define NAME_MAX_BYTES		ACCESS_NAME_MAX
/* One message cannot ask for more splices than this: 452 then. */
#define SPLICES_MAX		1000000
/* A header field as the checks see it, where header_size_limit is 0. */
#define FIELD_MAX		(1024 * 1024)

/* A rule that was found. */
struct found {
	struct span rule;	/* "FILE:LINE" */
	struct action action;
};

/* What the lists of one class, or of several in turn, come to. */
struct ruling {
	bool permit;		/* by OK, which ended the list */
	bool reject;		/* with this reply: */
	struct reply reply;
	struct span rule;
};

/* Whom or what an access map is asked about. */
struct question {
	enum access_class class;
	struct span subject, address;	/* for access_keys() */
	struct span name;		/* how the reply names it */
	const struct seen *seen;	/* the field it is from; NULL: none */
	bool effects;			/* more is wanted than a refusal */
};

/* A key of header_checks and the like; or a record of a screen. */
struct asked {
	struct span key;
	struct maps_screen *screen;
	size_t record;
};

/*
 * The forms in which a text of the decoded view is asked for: as it is, and as
 * `fold` has it.
 */
#define FORMS_MAX	3

struct asked_forms {
	struct asked list[FORMS_MAX];
	size_t n;
};

struct recipient {
	struct recipient *next;
	struct span path;	/* as the client wrote it */
};

struct text_item {
	struct text_item *next;
	struct span text;
};

/* A field to insert above the nth field that was seen (1: the first). */
struct insertion {
	struct insertion *next;
	unsigned position;
	struct field field;
};

/* The nth field of that name, changed or deleted. */
struct change {
	struct change *next;
	unsigned position;	/* among all fields */
	unsigned nth;		/* among those of its name */
	bool deleted;
	struct field field;
};

/* Bytes [offset, offset + length) of the body become text. */
struct splice {
	uint64_t offset, length;
	struct span text;
};

struct splices {
	struct splice *list;
	size_t n, room;
};

/* The names of the fields so far, and how many there are of each. */
struct field_names {
	struct span *list;
	size_t n, room;
	void *tree;		/* tsearch(3) of struct name_count */
	size_t counted;		/* fields that are in the tree */
};

/* Fields of the header that wait for its end. */
struct waiting_field {
	size_t from, name, n;	/* in the text: all of it, and its name */
};

struct waiting {
	struct buf text;
	struct waiting_field *list;
	size_t n, room;
};

/* What a log line is about: "header", "body", ..., and the text. */
struct seen {
	const char *what;
	struct span text;
};

/* The part of the raw message that an attachment is taken out with. */
struct raw_part {
	uint64_t begin, body, end;
	enum {
		RAW_WHOLE,	/* between boundaries */
		RAW_NESTED,	/* the only one of an attached message */
		RAW_MESSAGE	/* the only one of the message */
	} where;
	bool sealed;		/* within signed or encrypted mail */
	bool stripped;
};

/* A part that is not the displayed text. */
struct attachment {
	struct attachment *next;
	struct part_words words;
	struct span type;
	struct span which;		/* see note_describe() */
	uint64_t size;			/* decoded */
	uint64_t offset, kept;		/* of its bytes in the spool */
	struct raw_part *raw;		/* NULL: no rule takes any out */
};

struct attachments {
	struct attachment *list, **last;
	struct attachment *read;	/* its bytes are coming */
	struct attachment *asked;	/* what is in it? */
	struct raw_part *encoded;	/* the message that all are in now */
	uint64_t inspected;
	struct spool *spool;
	uint64_t entries;		/* names in archives, so far */
	uint64_t took;			/* milliseconds of looking into them */
};

struct transaction {
	struct region region;
	bool begun;
	bool ended;		/* EOM was answered */
	bool cut_off;		/* hard_error_limit */

	struct span sender;	/* no brackets, not completed */
	struct span sender_key;	/* completed */
	bool sender_too_long;
	struct span login;
	bool utf8;		/* SMTPUTF8: replies may be, and headers */
	uint64_t declared;	/* SIZE= */
	unsigned exempt;	/* groups */

	/* Client, HELO and sender lists, once they were asked. */
	bool ruled;
	struct ruling ruling;
	/*
	 * The first DEFER_IF_PERMIT that is still in force, and the first
	 * DEFER_IF_REJECT of the list that is being asked.
	 */
	struct ruling defer_if_permit, defer_if_reject;

	uint64_t refused;	/* recipients */
	struct recipient *recipients, **last_recipient;
	uint64_t nrecipients;
	uint64_t unlisted;	/* not in exempt.recipients */
	struct span to;		/* the last one asked about, for the log */
	struct span first;	/* the first that was accepted */

	/* Sizes: the limit in force and what came so far. */
	uint64_t size_limit;
	bool size_settled;	/* by client or sender: recipients do not */
	bool size_by_recipient;	/* one has been asked */
	struct span size_rule;
	uint64_t size, header_total, header_count, hops, visible;
	uint64_t line;		/* of the body: bytes so far, without LF */
	bool line_cr;		/* the last of them is a CR */
	unsigned said;		/* limits that were passed: bits */

	/* Content. */
	bool content;		/* begun */
	bool passed;		/* no more inspection: PASS, or held */
	struct waiting waiting;
	struct mime *mime;
	uint64_t field_told;	/* 1 + the offset of its last field */
	/* What its reader sees; NULL: nobody asks. */
	struct bodyparts *parts;
	struct bodyparts *enclosed;	/* see enclosed.c; and of which part */
	const struct part *enclosing;
	struct text *text;
	struct attachments attached;
	struct lines lines;	/* for both, once they are there: */
	bool cuts_lines;
	bool text_begun;	/* of the part that is being read */
	uint64_t decoded_size, attachments, attachment_size;
	uint64_t paragraphs;	/* so far, and */
	uint64_t found_in;	/* the one that was found last */
	struct plain plain;	/* see folded.c */
	struct links {		/* see links.c */
		struct region region;
		void *seen, *hosts;	/* tsearch(3) of struct span */
		uint64_t n;
	} links;
	bool keeps;		/* the body, in the spool: */
	struct spool *spool;
	struct splices splices;
	struct splices strips;	/* of the end, in order as well */
	struct buf field;	/* the field as the checks see it */
	struct buf decoded;	/* and as a reader sees it */

	/* What is to be done at its end. */
	bool discard;
	struct span discard_rule;
	bool hold;
	struct span hold_reason;
	struct span redirect;
	struct text_item *bcc, **last_bcc;
	struct text_item *prepends, **last_prepend;	/* of access maps */
	struct insertion *insertions, **last_insertion;
	struct change *newest_change;
	struct field_names names;

	struct steps steps;
	size_t limits_said;	/* of its rules that met limits */
	bool limits_counted;	/* and how often was said as well */

	bool outgrown;		/* TRANSACTION_MAX, and that was said */
	/* Sticky: decided, to be given at the next reply. */
	bool decided;
	struct verdict verdict;
};

#endif

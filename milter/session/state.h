/*
 * state - a session from inside, and what its files do for each other.
 *
 * Three lives: the conversation (client, HELO), the transaction (see
 * transaction.h) and the event (notes, lookups: forgotten at the next event).
 */
#ifndef POSTERN_SESSION_STATE_H
#define POSTERN_SESSION_STATE_H

#include "session/needs.h"
#include "session/transaction.h"

struct session {
	const struct policy *policy;
	struct session_options options;
	unsigned replies;	/* struct needs */

	struct region conversation;
	struct span client_name;	/* "unknown" where there is none */
	struct span client_address;
	struct span client_reverse;
	bool smtp, connected;
	bool in_mynetworks, trusted;
	const char *networks_failed;	/* the setting that was not asked */
	bool refused, helo_refused;	/* all that follows */
	uint64_t errors;	/* since the last message that was taken */
	bool slowed;		/* they were too many, and that was said */
	struct buf helo, queue_id;

	/*
	 * What a message needs, and what is worked with in any event; NULL
	 * while nothing is under way, since most conversations only wait.
	 */
	struct transaction *t;
	bool lost;		/* no memory for that: all is 451 from then */

	/* The event. */
	struct region event;
	enum event_kind kind;
	bool error_seen;	/* that was not ours */
	struct match *match;	/* the caller's, while it lasts */
	struct batch *batch;	/* in BODY: what waits */
	struct note *notes;
	size_t notes_room, dropped;
	struct edit *edits;
	struct ask ask;
	unsigned last_ask;
	struct outcome outcome;
};

/* session.c */
/* Can a verdict be given at this kind of event? */
bool replies_to(const struct session *s, enum event_kind kind);
bool is_exempt(const struct session *s, enum exempt_group group);

/*
 * A refusal as the policy has it: soft_bounce, trusted relays and mail that
 * came by no SMTP are thought of here.  It is logged.  True where the verdict
 * stands; false where it became a quarantine.
 */
bool refuse(struct session *s, const struct reply *reply, struct span rule,
    const struct seen *seen, struct verdict *verdict_r);
/* Without such thoughts: the reply as it is. */
void give(struct session *s, const struct reply *reply, struct span rule,
    struct verdict *verdict_r);
/* The runner is asked; on_..._answered() goes on. */
void ask(struct session *s, enum ask_kind kind);
/* A refusal of the whole message; sticky. */
void refuse_message(struct session *s, const struct reply *reply,
    struct span rule, const struct seen *seen);
void discard_message(struct session *s, struct span rule);
void hold_message(struct session *s, struct span reason);
/* Something of ours failed, and the message cannot be judged: 451. */
void fail_message(struct session *s, const char *why);

struct span reply_span(struct session *s, const struct reply *reply);

/* memory.c */
/* Does the event, and what is kept of those before it, lack something? */
void check_memory(struct session *s);
const struct outcome *answer_lost(struct session *s);
/* Where there was no memory for any of the event's notes. */
void note_unsaid(struct session *s);

/* errors.c */
/* At an event about no message: true where there were too many errors. */
bool errors_refuse(struct session *s);
/* The same within a message, whose verdict it becomes. */
void errors_refuse_message(struct session *s);
/* The event's verdict is found: is it an error, and has its reply to wait? */
void errors_settle(struct session *s);

/* ruling.c */
/*
 * All tables of the class, until one decides: true then.  Effects that are
 * found are carried out, or remembered, where they are wanted.
 */
bool ask_access(struct session *s, const struct question *question,
    struct ruling *ruling);
/* A part of an address is no address that a map can be asked for. */
void refuse_length(struct session *s, const char *dsn, struct ruling *ruling);

/* authors.c */
/*
 * Whom a From or Reply-To field names; this may decide.  `text` is all of the
 * field.
 */
void ask_authors(struct session *s, const struct field *field,
    struct span text);

/* envelope.c */
void on_connect(struct session *s, const struct event *event);
void on_helo(struct session *s, const struct event *event);
void on_mail(struct session *s, const struct event *event);
void on_connect_answered(struct session *s, enum ask_answer answer);
void on_mail_answered(struct session *s, enum ask_answer answer);
void on_rcpt(struct session *s, const struct event *event);
/* Mail that came by no SMTP is asked for its sender at the end. */
void late_sender_check(struct session *s);

/* content.c */
void on_header(struct session *s, const struct field *field);
void on_eoh(struct session *s);
void on_body(struct session *s, struct span chunk);
void on_eom(struct session *s);
void on_part_answered(struct session *s, const struct inspection *inspection);

/*
 * A field of the message's header, whose text is the key of what is asked;
 * decoded as in check_decoded().
 */
void check_message_field(struct session *s, const struct field *field,
    const struct asked *asked, const struct asked_forms *decoded);
/* Good until the next one. */
struct span field_text(struct session *s, const struct field *field);

/*
 * folded.c: the forms in which a text of the decoded view is looked up.  Each
 * later one is asked about where nothing was found for those before.
 */
struct folded {
	struct span list[FORMS_MAX];
	size_t n;
};

/* Good until the next call; the first form is the text itself. */
void folded_of(struct session *s, struct span text, struct folded *forms_r);

/*
 * checks.c: one key, and what its rule wants.  A field is of the message's own
 * header, or one of a part, with its event.
 */
void check_field(struct session *s, enum header_list list,
    const struct asked *asked, const struct field *field,
    const struct mime_event *event);
/*
 * The same field as its reader sees it; its list decides beside the other.  An
 * event of length 0 is of an encoded message, where nothing can be changed.
 * decoded: what it is asked for, or NULL where that is not known yet.
 */
void check_decoded(struct session *s, const struct field *field,
    const struct mime_event *event, const struct asked_forms *decoded);
bool has_decoded_checks(const struct session *s);
/* What is asked for a field; good until the next call.  False: no memory. */
bool decoded_forms(struct session *s, const struct field *field,
    struct folded *forms_r);
/* A line of the body, with its place in the batch or by itself. */
void check_body_line(struct session *s, const struct mime_event *event,
    const struct asked *asked);
/* The same for a paragraph of its text; true where something was found. */
bool check_text(struct session *s, const struct asked *asked);
bool check_hidden_text(struct session *s, struct span text);
/* The same for a key of link_checks. */
void check_url(struct session *s, const struct asked *asked);

/* fields.c */
void fields_init(struct waiting *waiting);
void fields_clear(struct waiting *waiting);
/* The field will be checked, at fields_flush() at the latest. */
void fields_add(struct session *s, const struct field *field);
/* What waits is checked, in order, until something decides. */
void fields_flush(struct session *s);

/* links.c: where the message leads */
void links_begin(struct transaction *t);
void links_clear(struct transaction *t);
/* The links in a text; they will be checked, now or with others. */
void links_text(struct session *s, struct span text);
/* One of HTML, and what its reader sees of it, if it is for a click. */
void links_html(struct session *s, const struct html_event *event);
void links_end(struct session *s);

/* A key of link_checks, and the host that it leads to, or an empty one. */
void check_link(struct session *s, const struct asked *asked,
    struct span host);

/* The key of an attachment, or of a name in one. */
void check_attachment(struct session *s, struct span key,
    const struct attachment *attachment, struct span name);

/* attachment.c */
/* True: it is one, and its bytes are wanted, until it ends. */
bool attachment_begins(struct session *s, const struct part *part);
/* As much of these bytes of it as somebody is to look into. */
struct span attachment_wants(const struct session *s, struct span bytes);
/* So many bytes of it, decoded, of which these are there to be looked into. */
void attachment_data(struct session *s, size_t size, struct span bytes);
void attachment_ends(struct session *s, const struct part *part);
void attachments_clear(struct transaction *t);
/* What is in the next one?  False where there is no more to ask. */
bool attachments_ask(struct session *s);
/* What is in the one that was asked about: its keys are looked up. */
void attachment_answered(struct session *s,
    const struct inspection *inspection);

/* strip.c: parts that are taken out, and the text in their place */
/* NULL where no rule may ask for it. */
struct raw_part *strip_begins(struct session *s, const struct part *part);
void strip_ends(struct raw_part *raw, const struct part *part);
/* An encoded message around others has. */
void strip_encoded_ends(struct session *s, const struct part *part);
bool strip_breaks_seal(const struct attachment *attachment);
/* Each once; `name` is the one that it was found by. */
void strip_attachment(struct session *s, const struct attachment *attachment,
    struct span name, const struct action *action);

/* views.c: what the reader of the message sees */
void views_begin(struct session *s);
void views_clear(struct transaction *t);
void views_field(struct session *s, const struct field *field);
/* The body, to them and to the MIME machine. */
void views_body(struct session *s, struct span chunk);
void views_end(struct session *s);
/* Something of the body that is still to come may be looked at. */
bool views_read_on(const struct session *s);

/* Of a part: its text, where somebody wants it; a field; what readers do. */
struct bodyparts_limits views_limits(const struct session *s);
bool views_text_begins(struct session *s, const struct part *part);
void views_text_data(struct session *s, const struct part *part,
    struct span bytes);
void views_text_ends(struct session *s);
void views_part_field(struct session *s, const struct part_field *at);
void views_ambiguous(struct session *s, const char *what);
void views_too_deep(struct session *s);

/* enclosed.c: a part that is a file with a message; true where it is read. */
bool enclosed_begins(struct session *s, const struct part *part);
void enclosed_data(struct session *s, struct span bytes);
void enclosed_ends(struct session *s);

/* batch.c: what is looked through together */
void batch_begin(struct session *s, struct span chunk);
/* The line will be checked, now or with others; and so will the paragraph. */
void batch_line(struct session *s, const struct mime_event *event);
void batch_text(struct session *s, struct span text);
/* As check_link() has them. */
void batch_link(struct session *s, struct span key, struct span host);
/* What waits is checked, in order, as long as it matters. */
void batch_flush(struct session *s);
void batch_end(struct session *s);

/* limits.c: each may decide, and says nothing twice. */
enum limit {
	LIMIT_FIELD = 1 << 0, LIMIT_TOTAL = 1 << 1, LIMIT_COUNT = 1 << 2,
	LIMIT_MESSAGE = 1 << 3, LIMIT_LINE = 1 << 4, LIMIT_VISIBLE = 1 << 5,
	LIMIT_HOPS = 1 << 6, LIMIT_NESTING = 1 << 7,
	LIMIT_BOUNDARY = 1 << 8, LIMIT_PARTS = 1 << 9,
	LIMIT_ATTACHMENTS = 1 << 10, LIMIT_ATTACHMENT = 1 << 11,
	LIMIT_DECODED = 1 << 12, LIMIT_LINKS = 1 << 13,
	LIMIT_ENTRIES = 1 << 14, LIMIT_AMBIGUITY = 1 << 15
};

/* "WHAT SEEN exceeds SETTING MAX", and what the action makes of it. */
void limit_passed(struct session *s, enum limit limit,
    enum limit_action action, const char *setting, const char *what,
    uint64_t seen, uint64_t max);
void limit_declared(struct session *s);
bool limit_recipient(struct session *s, struct span key,
    struct reply *reply_r, struct span *rule_r);
/* The field as it goes on, cut where header_size_action says so. */
struct field limit_field(struct session *s, const struct field *field);
void limit_part_field(struct session *s, const struct mime_event *event);
void limit_nesting(struct session *s);
void limit_boundary(struct session *s, uint64_t length);
/* Readers differ; that is logged where nothing else comes of it. */
void limit_ambiguity(struct session *s, const char *what);
void limit_blank_line(struct session *s);
/* The bytes before the first that has a limit speak; or all of the chunk. */
size_t limit_room(const struct session *s, struct span chunk);
void limit_archive_entries(struct session *s);
void limit_body(struct session *s, struct span chunk);
/* The size that this client or sender may send, or the setting. */
void limit_settle_size(struct session *s);
bool limits_count_body(const struct session *s);

/* lookup.c */
/*
 * At the end of a transaction, be it a verdict or an abort: how often its
 * rules met limits, where not just once; said once.
 */
void note_limits_met(struct session *s);

/*
 * One table of a list, or the list; ANSWER_ERROR only where on_table_error
 * makes it a failure, and then the reply is there.
 */
enum answer look_up(struct session *s, const char *view,
    const struct maps *maps, const struct asked *asked,
    enum action_place place, struct found *found_r, struct reply *reply_r);
enum answer look_up_access(struct session *s, const char *view,
    const struct table *table, const struct access_keys *keys,
    struct span *text_r, struct span *rule_r, struct reply *reply_r);
/* Complains in the log about a result that means nothing; false then. */
bool read_action(struct session *s, enum action_place place,
    struct span text, struct span rule, struct action *action_r);

/* edits.c: changes of the message's own header, and of recipients */
void edits_clear(struct transaction *t);
void edits_see_field(struct session *s, struct span name);
/* Above the field that was seen last. */
void edit_insert(struct session *s, const struct field *field);
/* The field that was seen last becomes `to`, or (NULL) is deleted. */
void edit_change(struct session *s, struct span name,
    const struct field *to);
/* On top of the header, below what was put there before. */
void edit_prepend_top(struct session *s, struct span text);
void edit_redirect(struct session *s, struct span address);
void edit_bcc(struct session *s, struct span address);
void edits_finish(struct session *s);

/* retype.c: the message's own fields that say what its body is */
bool retype_is_about_body(struct span name);
/* They give way to these, which lie in the transaction's region. */
void retype(struct session *s, const struct field *fields, size_t n);

/* rewrite.c: the body, kept and spliced */
void rewrite_clear(struct transaction *t);
void rewrite_keep(struct session *s, struct span chunk);
/*
 * The event's raw bytes become text, or nothing (text.p == NULL); or the text
 * goes before them.
 */
void rewrite_replace(struct session *s, const struct mime_event *event,
    struct span text);
void rewrite_insert(struct session *s, const struct mime_event *event,
    struct span text);
/*
 * At the end of the message, and in order: all from begin to end, with what
 * was to be done there, gives way to the text, which may be empty.
 */
void rewrite_strip(struct session *s, uint64_t begin, uint64_t end,
    struct span text);
void rewrite_finish(struct session *s);

/* notes.c */
/*
 * Which part it is, for who asked for all lookups, and then the note, once the
 * lookups of it come; the text must last as long as the event.
 */
struct span note_describe(struct session *s, const struct part *part,
    struct region *region);
void note_described(struct session *s, struct span text);
void note_lookup(struct session *s, const char *view, struct span key,
    const struct table *table, enum answer answer, struct span rule,
    struct span action);
/* What scan and decode show beside the lookups; both live on. */
void note_remark(struct session *s, const char *view, const char *text);
/* Something of ours that the administrator must know. */
void note_warning(struct session *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* How many of this event's notes there was no room for, if any. */
void note_dropped(struct session *s);
/* "QUEUEID: WORD: WHERE from host[ip]; from= to= helo=: TEXT rule=R" */
void note_content(struct session *s, const char *word,
    const struct seen *seen, struct span text, struct span rule);
/* "NOQUEUE: WORD: RCPT from host[ip]: TEXT; from= to= helo= rule=R" */
void note_stage(struct session *s, const char *word, struct span text,
    struct span rule);

#endif

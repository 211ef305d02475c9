/*
 * attachment - parts that are not the displayed text, and attachment_checks.
 *
 * Their bytes wait in a spool until the end of the message; there the runner
 * is asked what is in each, one after the other, and all keys of one are
 * looked up before the next one is asked about.  So what comes of them does
 * not hang on how the message was cut into chunks.
 */
#include "session/state.h"

#include <inttypes.h>

#include "base/shorten.h"

/* Names in archives, where archive_entry_limit is 0. */
#define ENTRIES_MAX		100000
#define DEPTH_MAX		4

#define KEY_MAX			(4 * FILE_NAME_MAX)

/* Calendars, cards and programs are text, too, and not that of the mail. */
static bool
is_prose(struct span type)
{
	static const struct span types[] = {
		SPAN_INIT("text/plain"), SPAN_INIT("text/html"),
		SPAN_INIT("text/enriched"), SPAN_INIT("text/richtext"),
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (span_equal(type, types[i]))
			return true;
	return !span_starts(type, SPAN("text/"));
}

/*
 * What a mail program shows as the text of the mail: text that does not call
 * itself a file.  An unknown disposition is "attachment" (RFC 2183).
 */
static bool
is_displayed(const struct part *part, const struct part_words *words)
{
	struct span how = words->disposition;

	return part_is_text(part) && is_prose(part->type) &&
	    words->names.n == 0 && !words->names.more &&
	    (how.n == 0 || span_equal(how, SPAN("inline")));
}

static bool
has_checks(const struct session *s)
{
	return s->policy->attachment_checks.n > 0 &&
	    !is_exempt(s, EXEMPT_DECODED);
}

bool
attachment_begins(struct session *s, const struct part *part)
{
	struct attachments *all = &s->t->attached;
	struct region *region = &s->t->region;
	struct attachment *new;
	struct part_words words;

	if (!has_checks(s))
		return false;
	if (!part_words(part->content_type, part->disposition, part->again,
	    region, &words)) {
		fail_message(s, "out of memory");
		return false;
	}
	words.names.more |= part->cut;
	if (is_displayed(part, &words) ||
	    (new = region_alloc(region, sizeof(*new))) == NULL)
		return false;
	new->words = words;
	new->type = region_copy(region, span_head(part->type, 127));
	new->which = note_describe(s, part, region);
	new->offset = all->spool != NULL ? spool_size(all->spool) : 0;
	new->raw = strip_begins(s, part);
	*all->last = new;
	all->last = &new->next;
	all->read = new;
	return true;
}

static void
keep(struct session *s, struct attachment *attachment, struct span bytes)
{
	const struct conf *conf = &s->policy->conf;
	struct attachments *all = &s->t->attached;
	const char *why;

	if (all->spool == NULL)
		all->spool = spool_new(conf->spool_memory_limit,
		    conf->spool_directory);
	if (all->spool == NULL)
		fail_message(s, "out of memory");
	else if (spool_add(all->spool, bytes, &why) < 0)
		fail_message(s, region_printf(&s->event, "%s: %s",
		    conf->spool_directory, why));
	attachment->kept += bytes.n;
}

struct span
attachment_wants(const struct session *s, struct span bytes)
{
	const struct attachment *attachment = s->t->attached.read;
	uint64_t max = s->policy->conf.attachment_inspect_limit;

	if (attachment == NULL)
		return SPAN("");
	if (max - attachment->kept < bytes.n)
		bytes = span_head(bytes, (size_t)(max - attachment->kept));
	return bytes;
}

void
attachment_data(struct session *s, size_t size, struct span bytes)
{
	struct attachment *attachment = s->t->attached.read;

	if (attachment == NULL)
		return;
	attachment->size += size;
	bytes = attachment_wants(s, bytes);
	if (bytes.n > 0)
		keep(s, attachment, bytes);
}

void
attachment_ends(struct session *s, const struct part *part)
{
	if (s->t->attached.read != NULL)
		strip_ends(s->t->attached.read->raw, part);
	s->t->attached.read = NULL;
}

void
attachments_clear(struct transaction *t)
{
	spool_free(&t->attached.spool);
}

/* Keys */

static void
add_marks(struct buf *key, unsigned marks)
{
	static const struct {
		enum inspection_mark mark;
		const char *word;
	} words[] = {
		{ INSPECTION_ENCRYPTED, " encrypted" },
		{ INSPECTION_BROKEN, " broken" },
		{ INSPECTION_CUT, " cut" },
		{ INSPECTION_MACROS, " macros" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((marks & words[i].mark) != 0)
			buf_add(key, span_of(words[i].word));
}

/* By decoded_size_limit: even what is no archive was not seen whole. */
static bool
is_past_limit(const struct session *s, const struct attachment *a)
{
	return a->kept < a->size &&
	    a->kept < s->policy->conf.attachment_inspect_limit;
}

static void
look_up_part(struct session *s, const struct attachment *a, struct span name,
    const struct inspection *found)
{
	struct buf key;

	buf_init(&key, KEY_MAX);
	buf_addf(&key, "name=%.*s type=%.*s size=%" PRIu64 " magic=%.*s "
	    "charset=%.*s disposition=%.*s", SPAN_ARG(name),
	    SPAN_ARG(a->type), a->size, SPAN_ARG(found->magic),
	    SPAN_ARG(a->words.charset), SPAN_ARG(a->words.disposition));
	if (found->archive.n > 0)
		buf_addf(&key, " archive=%.*s", SPAN_ARG(found->archive));
	add_marks(&key, found->marks | (is_past_limit(s, a) ?
	    (unsigned)INSPECTION_CUT : 0) | (a->words.names.more ?
	    (unsigned)INSPECTION_BROKEN : 0));
	if (found->error.n > 0)
		buf_addf(&key, " error=%.*s", SPAN_ARG(found->error));
	check_attachment(s, buf_span(&key), a, name);
	buf_clear(&key);
}

static void
look_up_entry(struct session *s, const struct attachment *a,
    struct span archive, const struct inspection_entry *entry)
{
	struct buf name, whole, shown, key;

	buf_init(&name, FILE_NAME_MAX);
	buf_init(&whole, KEY_MAX);
	buf_init(&shown, FILE_NAME_MAX);
	buf_init(&key, KEY_MAX);
	file_name_add(&name, entry->name);
	buf_addf(&whole, "%.*s/", SPAN_ARG(archive));
	buf_add(&whole, buf_span(&name));
	shorten_add(&shown, buf_span(&whole), FILE_NAME_MAX);
	buf_addf(&key, "name=%.*s type= size=%" PRIu64 " magic= charset= "
	    "disposition=entry", SPAN_ARG(buf_span(&shown)), entry->size);
	add_marks(&key, entry->marks);
	check_attachment(s, buf_span(&key), a, buf_span(&shown));
	buf_clear(&name);
	buf_clear(&whole);
	buf_clear(&shown);
	buf_clear(&key);
}

static bool
is_over(const struct session *s)
{
	return s->t->decided || s->t->passed;
}

static void
look_up_all(struct session *s, const struct attachment *a,
    const struct inspection *found)
{
	const struct file_names *names = &a->words.names;
	struct span first = names->n > 0 ? names->list[0] : SPAN("");

	note_described(s, a->which);
	look_up_part(s, a, first, found);
	for (size_t i = 1; i < names->n && !is_over(s); i++)
		look_up_part(s, a, names->list[i], found);
	for (size_t i = 0; i < found->nentries && !is_over(s); i++)
		look_up_entry(s, a, first, &found->entries[i]);
}

/*
 * No rule has decided about it: whether it can wait, and for how long, is not
 * known, so that somebody has to.
 */
static void
could_not_look(struct session *s, struct span why)
{
	struct reply reply;

	note_warning(s, "attachment: %.*s", SPAN_ARG(why));
	if (s->policy->conf.on_attachment_error == FAILURE_ACCEPT)
		return;
	reply_make(451, "4.3.0", &s->event, &reply,
	    "An attachment cannot be looked into");
	refuse_message(s, &reply, SPAN("on_attachment_error"), NULL);
}

/* Asking */

static uint64_t
entries_left(const struct session *s)
{
	uint64_t limit = s->policy->conf.archive_entry_limit;
	uint64_t all = limit > 0 ? limit : ENTRIES_MAX;
	uint64_t seen = s->t->attached.entries;

	return seen < all ? all - seen : 0;
}

/* Begun seconds count: the last attachment has one. */
static unsigned
seconds_left(const struct session *s)
{
	uint64_t limit = s->policy->conf.attachment_time_limit * 1000;
	uint64_t took = s->t->attached.took;

	return took < limit ? (unsigned)((limit - took + 999) / 1000) : 0;
}

static void
ask_about(struct session *s, const struct attachment *a)
{
	ask(s, ASK_PART);
	s->ask.limits = (struct inspection_limits){
		.entries = entries_left(s), .depth = DEPTH_MAX,
		.seconds = seconds_left(s),
	};
	s->ask.size = a->kept;
	s->ask.cut = a->kept < a->size;
}

static const char *
why_not(const struct session *s)
{
	if (seconds_left(s) == 0)
		return "attachment_time_limit is over";
	return s->t->attached.inspected == SESSION_PARTS_MAX ?
	    "too many attachments" : NULL;
}

bool
attachments_ask(struct session *s)
{
	struct attachments *all = &s->t->attached;

	while (!is_over(s)) {
		const char *why;

		all->asked = all->asked == NULL ? all->list :
		    all->asked->next;
		if (all->asked == NULL)
			return false;
		/* Nothing of it is there that somebody could look into. */
		if (all->asked->kept == 0 && is_past_limit(s, all->asked)) {
			attachment_answered(s, &(struct inspection){
			    .marks = 0 });
			continue;
		}
		if ((why = why_not(s)) == NULL) {
			all->inspected++;
			ask_about(s, all->asked);
			return true;
		}
		attachment_answered(s, &(struct inspection){
		    .error = span_of(why) });
	}
	return false;
}

void
attachment_answered(struct session *s, const struct inspection *found)
{
	struct attachments *all = &s->t->attached;

	all->took += found->took;
	all->entries += found->nentries;
	look_up_all(s, all->asked, found);
	if (found->error.n > 0 && !is_over(s))
		could_not_look(s, found->error);
	if ((found->marks & INSPECTION_MORE) != 0 && !is_over(s))
		limit_archive_entries(s);
}

ssize_t
session_part_read(void *session, uint64_t offset, char *to, size_t size,
    const char **why_r)
{
	const struct session *s = session;
	const struct attachment *a = s->t->attached.asked;

	if (a == NULL || offset >= a->kept) {
		*why_r = "there is no more of the attachment";
		return -1;
	}
	if (size > a->kept - offset)
		size = (size_t)(a->kept - offset);
	if (spool_read(s->t->attached.spool, a->offset + offset, to, size,
	    why_r) < 0)
		return -1;
	return (ssize_t)size;
}

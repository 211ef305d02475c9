/* changes - a session's edits, told to the mail server. */
#include "daemon/changes.h"

#include <stdlib.h>
#include <sys/types.h>

/* Where the edits go, and what they come from. */
struct telling {
	struct changes *changes;
	struct peer_at at;
	const struct terms *terms;
	const struct session *session;
};

static bool
has_room(const struct telling *telling)
{
	struct peer_at at = telling->at;

	return at.peer->has_room == NULL || at.peer->has_room(at.context);
}

/*
 * Fills the chunk from the session's pieces, which may be small: the bytes
 * in it, 0 at the end, or -1.
 */
static ssize_t
fill_chunk(const struct session *session, struct body_reader *reader,
    char *chunk, const char **why_r)
{
	size_t n = 0;
	ssize_t piece = 1;

	while (n < PEER_CHUNK_MAX && piece > 0) {
		piece = session_new_body(session, reader, chunk + n,
		    PEER_CHUNK_MAX - n, why_r);
		if (piece > 0)
			n += (size_t)piece;
	}
	return piece < 0 ? -1 : (ssize_t)n;
}

/* One chunk, and whether another follows. */
static enum changes_made
tell_chunk(const struct telling *telling, char *chunk, bool *more_r)
{
	struct changes *changes = telling->changes;
	const char *why;
	ssize_t n = fill_chunk(telling->session, &changes->reader, chunk,
	    &why);

	*more_r = n > 0;
	if (n < 0) {
		log_line(telling->at.log, LOG_LEVEL_ERROR,
		    "error: the changed body cannot be read: %s", why);
		return CHANGES_FAILED;
	}
	/* Even an empty body must be said. */
	if (n == 0 && changes->begun)
		return CHANGES_DONE;
	changes->begun = true;
	return telling->at.peer->body(telling->at.context, chunk,
	    (size_t)n) ? CHANGES_DONE : CHANGES_FAILED;
}

static enum changes_made
replace_body(const struct telling *telling)
{
	char *chunk = malloc(PEER_CHUNK_MAX);
	enum changes_made made = CHANGES_DONE;
	bool more = true;

	if (chunk == NULL) {
		log_line(telling->at.log, LOG_LEVEL_ERROR,
		    "error: the changed body cannot be read: out of memory");
		return CHANGES_FAILED;
	}
	while (more && made == CHANGES_DONE)
		made = !has_room(telling) ? CHANGES_FULL :
		    tell_chunk(telling, chunk, &more);
	free(chunk);
	return made;
}

static bool
tell_change(const struct telling *telling, const struct edit *edit,
    struct buf *name, struct buf *value)
{
	struct peer_at at = telling->at;
	struct change change = { .kind = edit->kind, .index = edit->index,
	    .silent = edit->silent };

	buf_reset(name);
	buf_reset(value);
	buf_add(name, edit->name.n > 0 ? edit->name : edit->address.n > 0 ?
	    edit->address : edit->reason);
	buf_add(value, terms_value_for(telling->terms, edit->value));
	change.name = buf_string(name);
	change.value = buf_string(value);
	return !name->cut && !value->cut &&
	    at.peer->change(at.context, &change);
}

static enum changes_made
make_all(const struct telling *telling, const struct outcome *outcome)
{
	struct changes *changes = telling->changes;
	enum changes_made made = CHANGES_DONE;
	struct buf name, value;

	buf_init(&name, PACKET_MAX);
	buf_init(&value, PACKET_MAX);
	while (changes->done < outcome->nedits && made == CHANGES_DONE) {
		const struct edit *edit = &outcome->edits[changes->done];

		if (edit->kind == EDIT_REPLACEBODY)
			made = replace_body(telling);
		else if (!has_room(telling))
			made = CHANGES_FULL;
		else if (!tell_change(telling, edit, &name, &value))
			made = CHANGES_FAILED;
		if (made == CHANGES_DONE)
			changes->done++;
	}
	buf_clear(&name);
	buf_clear(&value);
	return made;
}

enum changes_made
changes_make(struct changes *changes, struct peer_at at,
    const struct terms *terms, const struct session *session,
    const struct outcome *outcome)
{
	const struct telling telling = { changes, at, terms, session };
	enum changes_made made = make_all(&telling, outcome);

	if (made == CHANGES_FAILED)
		log_line(at.log, LOG_LEVEL_ERROR, "error: %.*s: the mail "
		    "server does not take %s (edit %zu of %zu); the message "
		    "is deferred", SPAN_ARG(at.peer->macro(at.context, "i")),
		    edit_word(outcome->edits[changes->done].kind),
		    changes->done + 1, outcome->nedits);
	return made;
}

/* milter_edits - a session's edits, told to the mail server. */
#include "daemon/milter_edits.h"

#include <stdlib.h>
#include <sys/types.h>

/* An inserted value, or a piece of a new body: libmilter's own chunk size. */
#define VALUE_MAX	MILTER_PACKET_MAX
#define CHUNK_MAX	65535

/* Where the edits go, and what they come from. */
struct edits {
	SMFICTX *ctx;
	const struct milter_terms *terms;
	const struct session *session;
	struct log *log;
};

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

	while (n < CHUNK_MAX && piece > 0) {
		piece = session_new_body(session, reader, chunk + n,
		    CHUNK_MAX - n, why_r);
		if (piece > 0)
			n += (size_t)piece;
	}
	return piece < 0 ? -1 : (ssize_t)n;
}

static int
replace_body(const struct edits *edits)
{
	struct body_reader reader = { 0 };
	char *chunk = malloc(CHUNK_MAX);
	const char *why = "out of memory";
	int result = MI_SUCCESS;
	ssize_t n = -1;

	if (chunk != NULL)
		n = fill_chunk(edits->session, &reader, chunk, &why);
	/* Even an empty body must be said. */
	if (n == 0)
		result = smfi_replacebody(edits->ctx,
		    (unsigned char *)chunk, 0);
	while (n > 0 && result == MI_SUCCESS) {
		result = smfi_replacebody(edits->ctx,
		    (unsigned char *)chunk, (int)n);
		n = fill_chunk(edits->session, &reader, chunk, &why);
	}
	free(chunk);
	if (n >= 0)
		return result;
	log_line(edits->log, LOG_LEVEL_ERROR,
	    "error: the changed body cannot be read: %s", why);
	return MI_FAILURE;
}

static int
add_recipient(const struct edits *edits, char *address, bool silent)
{
	if (silent && (edits->terms->actions & SMFIF_ADDRCPT_PAR) != 0)
		return smfi_addrcpt_par(edits->ctx, address,
		    milter_unconst("NOTIFY=NEVER"));
	return smfi_addrcpt(edits->ctx, address);
}

static int
make_edit(const struct edits *edits, const struct edit *edit,
    struct buf *first, struct buf *second)
{
	SMFICTX *ctx = edits->ctx;
	char *name, *value;

	buf_reset(first);
	buf_reset(second);
	buf_add(first, edit->name.n > 0 ? edit->name : edit->address.n > 0 ?
	    edit->address : edit->reason);
	buf_add(second, milter_value_for(edits->terms, edit->value));
	name = milter_unconst(buf_string(first));
	value = milter_unconst(buf_string(second));
	if (first->cut || second->cut)
		return MI_FAILURE;
	switch (edit->kind) {
	case EDIT_ADDHEADER:
		return smfi_addheader(ctx, name, value);
	case EDIT_INSHEADER:
		return smfi_insheader(ctx, (int)edit->index, name, value);
	case EDIT_CHGHEADER:
		return smfi_chgheader(ctx, name, (int)edit->index, value);
	case EDIT_DELHEADER:
		return smfi_chgheader(ctx, name, (int)edit->index, NULL);
	case EDIT_ADDRCPT:
		return add_recipient(edits, name, edit->silent);
	case EDIT_DELRCPT:
		return smfi_delrcpt(ctx, name);
	case EDIT_CHGFROM:
		return smfi_chgfrom(ctx, name, NULL);
	case EDIT_REPLACEBODY:
		return replace_body(edits);
	case EDIT_QUARANTINE:
		return smfi_quarantine(ctx, name);
	}
	return MI_FAILURE;
}

bool
milter_make_edits(SMFICTX *ctx, const struct milter_terms *terms,
    const struct session *session, const struct outcome *outcome,
    struct log *log)
{
	const struct edits edits = { ctx, terms, session, log };
	struct buf first, second;
	size_t done = 0;

	buf_init(&first, VALUE_MAX);
	buf_init(&second, VALUE_MAX);
	while (done < outcome->nedits && make_edit(&edits,
	    &outcome->edits[done], &first, &second) == MI_SUCCESS)
		done++;
	buf_clear(&first);
	buf_clear(&second);
	if (done == outcome->nedits)
		return true;
	log_line(log, LOG_LEVEL_ERROR, "error: %.*s: the mail server "
	    "does not take %s (edit %zu of %zu); the message is deferred",
	    SPAN_ARG(milter_macro(ctx, "i")),
	    edit_word(outcome->edits[done].kind), done + 1, outcome->nedits);
	return false;
}

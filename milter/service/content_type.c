/* content_type - libmagic.  See content_type.h. */
#include "service/content_type.h"

#include <magic.h>
#include <stdio.h>
#include <stdlib.h>

struct content_types {
	magic_t magic;
};

/* Nothing is unpacked, and no other program is run. */
#define FLAGS	(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_ERROR)

struct content_types *
content_types_open(char *why, size_t size)
{
	struct content_types *types = calloc(1, sizeof(*types));
	const char *reason = NULL;

	if (types == NULL) {
		snprintf(why, size, "out of memory");
		return NULL;
	}
	types->magic = magic_open(FLAGS);
	if (types->magic != NULL && magic_load(types->magic, NULL) == 0)
		return types;
	if (types->magic != NULL)
		reason = magic_error(types->magic);
	snprintf(why, size, "libmagic: %s", reason != NULL ? reason :
	    "out of memory");
	content_types_close(&types);
	return NULL;
}

void
content_types_close(struct content_types **types_p)
{
	struct content_types *types = *types_p;

	if (types == NULL)
		return;
	if (types->magic != NULL)
		magic_close(types->magic);
	free(types);
	*types_p = NULL;
}

const char *
content_type(struct content_types *types, struct span bytes)
{
	bytes = span_head(bytes, CONTENT_TYPE_BYTES);
	return magic_buffer(types->magic, bytes.n > 0 ? bytes.p : "",
	    bytes.n);
}

/* complaint - what is wrong with what the administrator wrote. */
#include "base/complaint.h"

#include <stdio.h>
#include <stdlib.h>

void
complaints_init(struct complaints *complaints)
{
	*complaints = (struct complaints){ .list = NULL };
}

void
complaints_clear(struct complaints *complaints)
{
	for (size_t i = 0; i < complaints->n; i++) {
		free(complaints->list[i].file);
		free(complaints->list[i].text);
	}
	free(complaints->list);
	complaints_init(complaints);
}

static struct complaint *
new_complaint(struct complaints *complaints)
{
	struct complaint *list = complaints->list;
	size_t size = complaints->size;

	if (complaints->n == COMPLAINTS_MAX)
		return NULL;
	if (complaints->n == size) {
		size = size > 0 ? size * 2 : 16;
		if ((list = realloc(list, size * sizeof(*list))) == NULL)
			return NULL;
		complaints->list = list;
		complaints->size = size;
	}
	return &list[complaints->n];
}

void
complain(struct complaints *complaints, enum complaint_kind kind,
    const char *file, unsigned line, const char *format, ...)
{
	struct complaint *complaint;
	va_list args;

	if (kind == COMPLAINT_ERROR)
		complaints->errors++;
	else
		complaints->warnings++;
	if ((complaint = new_complaint(complaints)) == NULL)
		return;
	*complaint = (struct complaint){ .kind = kind, .line = line };
	complaint->file = strdup(file);
	va_start(args, format);
	if (vasprintf(&complaint->text, format, args) < 0)
		complaint->text = NULL;
	va_end(args);
	if (complaint->file == NULL || complaint->text == NULL) {
		free(complaint->file);
		free(complaint->text);
		return;
	}
	complaints->n++;
}

void
complaint_format(const struct complaint *complaint, struct buf *out)
{
	buf_addf(out, "%s:", complaint->file);
	if (complaint->line > 0)
		buf_addf(out, "%u:", complaint->line);
	buf_addf(out, " %s%s", complaint->kind == COMPLAINT_WARNING ?
	    "warning: " : "", complaint->text);
}

/* scan_messages - the messages of files.  See scan_messages.h. */
#include "tool/scan_messages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static void
give_all(const struct scan_messages *to, const char *path,
    struct mailbox *mailbox)
{
	struct buf name;
	int more;

	buf_init(&name, strlen(path) + 32);
	while (!ferror(stdout) && mailbox_why(mailbox) == NULL &&
	    (more = mailbox_next(mailbox)) != 0) {
		uint64_t number = mailbox_number(mailbox);

		if (more < 0) {
			to->fail(to->context, path, mailbox_why(mailbox));
			break;
		}
		buf_reset(&name);
		buf_add(&name, span_of(path));
		if (number > 0)
			buf_addf(&name, "#%" PRIu64, number);
		to->message(to->context, buf_string(&name), mailbox);
	}
	buf_clear(&name);
}

uint64_t
scan_messages(const struct scan_messages *to, const char *path)
{
	const char *why = "";
	struct mailbox *mailbox = mailbox_open(path, &why);
	uint64_t size;

	if (mailbox == NULL) {
		to->fail(to->context, path, why);
		return 0;
	}
	give_all(to, path, mailbox);
	size = mailbox_offset(mailbox);
	mailbox_close(&mailbox);
	return size;
}

void
scan_messages_end(const struct scan_messages *to)
{
	/* fflush() may succeed where an earlier write did not. */
	bool lost = ferror(stdout) != 0;

	errno = 0;
	if (fflush(stdout) != 0 || lost)
		to->fail(to->context, "standard output", errno != 0 ?
		    strerrordesc_np(errno) :
		    "not everything could be written");
}

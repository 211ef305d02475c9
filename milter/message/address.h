/*
 * address - mail addresses: their parts, their two written forms, and those
 * that a header field names.
 *
 * The internal form is what an address means (a b@example.com); the external
 * form is how it is written (RFC 5321: "a b"@example.com).  They are the same
 * for nearly all.
 */
#ifndef POSTERN_MESSAGE_ADDRESS_H
#define POSTERN_MESSAGE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"

/*
 * The address of a MAIL FROM or RCPT TO argument: without angle brackets and
 * source route (@a,@b:user@c).  "<>" gives an empty span.
 */
struct span address_of_path(struct span argument);

/* At the last '@'; false, and all in local_r, where there is none. */
bool address_split(struct span address, struct span *local_r,
    struct span *domain_r);

/*
 * Does the local part name another way to go ("user%host", "host!user", or a
 * quoted "user@host"), which some host behind this one may follow?
 */
bool address_routed(struct span address);

/* Local part unquoted, or quoted where RFC 5321 asks for it. */
void address_internal(struct span address, struct buf *out);
void address_external(struct span address, struct buf *out);

/*
 * The local part without its extension, or all of it where it has none: it is
 * cut at the first byte that is in the set of delimiters, but not where the
 * whole local part is postmaster, mailer-daemon or double-bounce, not where
 * nothing would be left, and with '-' among the delimiters not for owner-NAME
 * and NAME-request (Postfix's split_addr()).
 */
struct span address_base(struct span local, struct span delimiters);

/*
 * The addresses in the value of a From or To field (RFC 5322, obsolete syntax
 * included): members of groups count, comments, names and quoted text do not.
 * Lenient with what is broken; the cost is linear.
 */
size_t address_count(struct span value);

/* Where one is in such a field. */
struct address_reader {
	struct span value;
	size_t at;		/* behind the region that is being read */
	size_t word, end;	/* what is left of that */
	bool in_angle, in_route, had_angle;
	/* From there on none is closed. */
	size_t last_quote, last_comment, last_literal;
};

/*
 * The same addresses one after the other, as they are written but without
 * brackets, route, comments and folding; `address` is emptied first, and cut
 * at its bound.  Words without commas between them are as many addresses as
 * have an '@', and none if none has, but for a word that stands alone.
 */
void address_begin(struct address_reader *reader, struct span value);
bool address_next(struct address_reader *reader, struct buf *address);

#endif

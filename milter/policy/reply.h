/*
 * reply - what the client is told: SMTP code, enhanced status code, text.
 *
 * As Postfix composes it.  Texts are made printable, and cut so that a reply
 * never passes 510 bytes.  All memory is the region's.
 */
#ifndef POSTERN_POLICY_REPLY_H
#define POSTERN_POLICY_REPLY_H

#include "base/region.h"
#include "base/span.h"
#include "policy/access.h"
#include "policy/action.h"
#include "policy/conf.h"

struct reply {
	unsigned code;		/* 400-599 */
	struct span dsn;	/* "5.7.1"; its class is the code's */
	struct span text;
};

/*
 * REJECT, DEFER, a code or DEFER_IF_* of an access map: `554 5.7.1
 * <NAME>: CLASS rejected: TEXT`, with the dsn rewritten by class as
 * smtpd_dsn_fix() does.  `name` is as the client gave it: an address without
 * its brackets, a HELO name, "host[address]", for ACCESS_REVERSE_CLIENT its
 * unverified name alone.
 */
void reply_access(const struct conf *conf, enum access_class class,
    struct span name, const struct action *action, struct region *region,
    struct reply *reply_r);

/* REJECT of header_checks or body_checks: 550 5.7.1, 451 for a 4.x.x. */
void reply_content(const struct action *action, struct region *region,
    struct reply *reply_r);

/* A fixed reply of our own. */
void reply_make(unsigned code, const char *dsn, struct region *region,
    struct reply *reply_r, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/*
 * A reply's text as the client may hear it: ASCII (RFC 5321), or UTF-8 where
 * he asked for SMTPUTF8 (RFC 6531).  What it may not hold is '?'.
 */
struct span reply_plain(struct span text, bool utf8, struct region *region);

/* 5NN 5.x.x becomes 4NN 4.x.x (soft_bounce; a limit's "tempfail"). */
void reply_soften(struct reply *reply, struct region *region);

#endif

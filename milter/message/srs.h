/*
 * srs - the sender behind an address that a forwarder rewrote.
 *
 * Sender Rewriting Scheme: a forwarder that sends on the mail of
 * user@example.com writes SRS0=HHH=TT=example.com=user@forwarder, and the next
 * one SRS1=GGG=forwarder==HHH=TT=example.com=user@second.  The hash HHH is the
 * forwarder's secret, so that nobody else can tell whether he wrote it.
 */
#ifndef POSTERN_MESSAGE_SRS_H
#define POSTERN_MESSAGE_SRS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* So many forwarders that know nothing of each other are looked behind. */
#define SRS_MAX	4

/*
 * Adds the original address, in its internal form as `address` is; false, and
 * nothing is added, where that is not a rewritten one.
 */
bool srs_unwrap(struct span address, struct buf *out);

#endif

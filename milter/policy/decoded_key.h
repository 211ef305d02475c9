/*
 * decoded_key - what decoded_header_checks are asked for: a header field as its
 * reader sees it (message/readable.h), with the other forms of
 * internationalized domains beside them (idn.h).
 */
#ifndef POSTERN_POLICY_DECODED_KEY_H
#define POSTERN_POLICY_DECODED_KEY_H

#include <stdbool.h>

#include "base/buf.h"
#include "message/header.h"

/* In place of what key holds, whose bound is set; false without memory. */
bool decoded_key(const struct field *field, struct buf *key);

#endif

/*
 * translate - what libmilter hands over and takes, in the session's terms.
 *
 * Pure functions, apart from libmilter's header so that they can be tested
 * alone.
 */
#ifndef POSTERN_DAEMON_TRANSLATE_H
#define POSTERN_DAEMON_TRANSLATE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/span.h"

/*
 * The client's address in presentation form: an IPv4-mapped one as plain
 * IPv4; empty where there is none (a local socket, an unknown family).
 */
struct span translate_address(const struct sockaddr *address,
    char text[INET6_ADDRSTRLEN]);

/*
 * SIZE= among the arguments of MAIL (RFC 1870), args[0] being the path; 0
 * where it is not given or no number, UINT64_MAX where it is larger.
 */
uint64_t translate_size(char *const *args);
/* SMTPUTF8 (RFC 6531) is among them. */
bool translate_utf8(char *const *args);
/* The same of what follows the path in a packet: strings, each with a NUL. */
uint64_t translate_packed_size(struct span args);
bool translate_packed_utf8(struct span args);

/*
 * A reply's text as smfi_setreply() wants it: no control characters, every
 * '%' doubled, since both MTAs read it as a format, and at most 980 bytes,
 * past which libmilter refuses it.
 */
#define REPLY_TEXT_MAX	980
void translate_reply(struct span text, struct buf *out);

#endif

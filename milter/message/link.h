/*
 * link - the links of a message: found in plain text, and read as a browser
 * reads them.
 *
 * link_read() writes a URL in one form, whatever its author did to hide it:
 * - white space and controls around it, tabs and line ends in it are gone;
 *   backslashes are slashes, however many stand before the host; userinfo
 *   (http://bank.example@evil.example/) is left out;
 * - the host is without percent-encoding, in lower case, as A-labels, without
 *   dots at its end; an IPv4 address in any number of decimal, octal or
 *   hexadecimal parts has four decimal ones, IPv6 is as RFC 5952 has it;
 * - a port that the scheme has by itself is left out;
 * - in what follows, letters, digits, "-._~" and well-formed UTF-8 are not
 *   percent-encoded (others stay encoded, with capitals), and there are no
 *   "." and ".." in the path, which is at least "/".
 * This is what the WHATWG's URL standard makes of it, but for percent-encoding,
 * which is undone here and done there, and for hosts that it refuses: these
 * stay as they are.
 *
 * link_walk() gives that URL and those that it leads to where these stand in
 * the link itself: in any parameter, any part of the path, plain, encoded or
 * as base64, and in the forms of known services.  One that a service keeps
 * under a number is not to be seen from here.
 *
 * Nothing here asks anybody; all time is linear, all sizes are bounded.
 */
#ifndef POSTERN_MESSAGE_LINK_H
#define POSTERN_MESSAGE_LINK_H

#include "base/buf.h"
#include "base/span.h"

/* Longer links are cut: what comes later is not looked at. */
#define LINK_MAX	8192
/* Of a link as link_read() writes it. */
#define LINK_READ_MAX	(3 * LINK_MAX + 1024)
/* Links in links, and how many in one at the most: others are not seen. */
#define LINK_DEPTH	5
#define LINK_TARGETS	16

struct link {
	struct span url;	/* "http://example.com/", "tel:123" */
	struct span scheme;	/* "http" */
	/*
	 * Without port and brackets; that of a mailto: is the domain of the
	 * first address.  Empty where the scheme has none.
	 */
	struct span host;
	bool hides;		/* it has userinfo: the host is another one
				   than a reader may think */
	unsigned depth;		/* in how many other links it stands */
};

/*
 * `out` is emptied; the link lies in it.  False for what leads nowhere by
 * itself: a relative reference, or cid: and mid:, which name parts of a
 * message.  "www.example.com" and "//example.com" are http.
 */
bool link_read(struct span written, struct buf *out, struct link *link_r);

/* Whether link_read() would say so. */
bool link_leads(struct span written);

/*
 * Whether it says only a part of where it leads: "/x", "x.html", "?x", "#x",
 * "//host/", and "https:x", which needs no base but would heed one.
 */
bool link_is_relative(struct span written);

/* Whether what link_read() has read may be the base of others. */
bool link_is_base(const struct link *link);

/*
 * Puts a link together with its base, the URL of a link_is_base(), as browsers
 * do, for link_read() to read; false: it is whole, and leads where it leads.
 */
bool link_join(struct span base, struct span written, struct buf *out);

struct link_sink {
	/* The link is good during the call. */
	void (*link)(void *context, const struct link *link);
	void *context;
};

/* False without memory, and some may be missing. */
bool link_walk(struct span written, const struct link_sink *sink);

/*
 * What a program that shows plain text makes a link of: http, https, ftp and
 * mailto, and what begins with "www." or "ftp.", without punctuation at its
 * end and without brackets that it did not open.  So are hxxp and hxxps.
 *
 * Where letters of East Asia follow an ASCII host without a blank, no two
 * programs see the same end: such a link comes in both lengths.
 */
struct link_finder {
	struct span text;
	size_t at;
	struct span shorter;	/* to come next; or empty */
};

void link_find_init(struct link_finder *finder, struct span text);
bool link_find(struct link_finder *finder, struct span *written_r);

#endif

/*
 * charset_names - what the names of character sets stand for; for charset.c.
 */
#ifndef POSTERN_MESSAGE_CHARSET_NAMES_H
#define POSTERN_MESSAGE_CHARSET_NAMES_H

#include "base/span.h"

enum charset_kind {
	CHARSET_UNKNOWN,
	CHARSET_ASCII,
	CHARSET_UTF8,
	CHARSET_1252,
	CHARSET_UTF7,
	CHARSET_UTF16, CHARSET_UTF16BE, CHARSET_UTF16LE,
	CHARSET_UTF32, CHARSET_UTF32BE, CHARSET_UTF32LE,
	CHARSET_ICONV	/* by libc, under the name in *iconv_r */
};

enum charset_kind charset_find(struct span name, const char **iconv_r);

#endif

/*
 * little - numbers of file formats, with their lowest byte first.
 */
#ifndef POSTERN_SERVICE_LITTLE_H
#define POSTERN_SERVICE_LITTLE_H

#include <stdint.h>

/* Of up to four bytes, which must be there. */
static inline uint32_t
little_number(const char *at, unsigned size)
{
	uint32_t value = 0;

	for (unsigned i = size; i-- > 0;)
		value = value << 8 | (unsigned char)at[i];
	return value;
}

#endif

/* charset_utf7 - UTF-7 byte by byte.  See charset_utf7.h. */
#include "message/charset_utf7.h"

#include "base/utf8.h"

/* A unit of UTF-16. */
static void
take_unit(struct utf7 *utf7, uint32_t unit, struct buf *out)
{
	if (utf7->high != 0 && unit >= 0xdc00 && unit < 0xe000) {
		utf8_add(out, 0x10000 + ((utf7->high - 0xd800) << 10) +
		    (unit - 0xdc00));
		utf7->high = 0;
		return;
	}
	if (utf7->high != 0)
		buf_add(out, UTF8_FFFD);
	utf7->high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
	if (utf7->high == 0)
		utf8_add(out, unit);
}

void
utf7_end(struct utf7 *utf7, struct buf *out)
{
	if (utf7->fresh)
		buf_addc(out, '+');
	/* Up to five bits of zero fill up the last digit. */
	else if (utf7->high != 0 || utf7->n_bits >= 6 || utf7->bits != 0)
		buf_add(out, UTF8_FFFD);
	*utf7 = (struct utf7){ .shifted = false };
}

static void
take_digit(struct utf7 *utf7, uint32_t value, struct buf *out)
{
	utf7->fresh = false;
	utf7->bits = utf7->bits << 6 | value;
	utf7->n_bits += 6;
	if (utf7->n_bits < 16)
		return;
	utf7->n_bits -= 16;
	take_unit(utf7, utf7->bits >> utf7->n_bits, out);
	utf7->bits &= (1U << utf7->n_bits) - 1;
}

bool
utf7_take(struct utf7 *utf7, unsigned char c, struct buf *out)
{
	if (utf7->shifted && ascii_base64(c) >= 0) {
		take_digit(utf7, (uint32_t)ascii_base64(c), out);
		return true;
	}
	if (utf7->shifted) {
		utf7_end(utf7, out);
		/* "+-" is a plus, and it is there by now. */
		if (c == '-')
			return true;
	}
	if (c >= 0x80)
		return false;
	if (c == '+')
		utf7->shifted = utf7->fresh = true;
	else
		buf_addc(out, (char)c);
	return true;
}

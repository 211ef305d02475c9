/*
 * Folding: within its bounds, the same as the library over the whole, and
 * nothing that is not seen is left.
 *
 *	HOW		(a letter: a set of enum plain_how)
 *	the text
 */
#include <uninorm.h>
#include <unistr.h>

#include "fuzz.h"
#include "message/plain.h"

#define TEXT_MAX	8192

static void
check_nfkc(struct span text, struct span got)
{
	size_t n = 0;
	uint8_t *want;

	if (u8_check((const uint8_t *)text.p, text.n) != NULL)
		return;
	want = u8_normalize(UNINORM_NFKC, (const uint8_t *)text.p, text.n,
	    NULL, &n);
	MUST(want != NULL || text.n == 0);
	MUST(span_equal(got, span_make((const char *)want, n)));
	free(want);
}

/* What has no letter to decide about does not change again. */
static void
check_again(struct plain *plain, struct span got)
{
	struct span copy = fuzz_copy(got);

	MUST(plain_fold(plain, copy).p == copy.p);
	fuzz_free(copy);
}

static void
run(unsigned how, struct span text)
{
	struct span got, joined;
	struct plain plain;

	plain_init(&plain, how, PLAIN_GROWTH * TEXT_MAX);
	got = plain_fold(&plain, text);
	MUST(!plain.failed);
	MUST(got.n <= PLAIN_GROWTH * text.n);
	if (got.p == text.p)
		MUST(got.n == text.n);
	else
		MUST(!span_equal(got, text));
	if (u8_check((const uint8_t *)text.p, text.n) == NULL)
		MUST(u8_check((const uint8_t *)got.p, got.n) == NULL);
	if (how == PLAIN_NFKC)
		check_nfkc(text, got);
	joined = plain_join(&plain, got);
	MUST(!plain.failed && joined.n <= got.n);
	/* Bytes that are no UTF-8 may be some once what parted them is gone. */
	if ((how & PLAIN_CONFUSABLE) == 0 &&
	    u8_check((const uint8_t *)text.p, text.n) == NULL)
		check_again(&plain, plain_fold(&plain, text));
	plain_clear(&plain);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_make((const char *)data, size);
	unsigned how = (unsigned)fuzz_choice(&rest, 8);
	struct span text;

	fuzz_line(&rest);
	text = fuzz_copy(span_head(rest, TEXT_MAX));
	run(how, text);
	fuzz_free(text);
	return 0;
}

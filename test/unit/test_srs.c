/* Senders that forwarders rewrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "message/srs.h"

#define NESTED	"SRS0=h=t=f1=SRS0=h=t=f2=SRS0=h=t=f3="

static const struct {
	const char *address, *want;
} cases[] = {
	/* The examples of the SRS paper, and their other separators. */
	{ "SRS0=HHH=TT=orig.org=alice@bob.com", "alice@orig.org" },
	{ "SRS0+HHH=TT=orig.org=alice@bob.com", "alice@orig.org" },
	{ "SRS0-HHH=TT=orig.org=alice@bob.com", "alice@orig.org" },
	{ "srs0=opaque+/x=tt=orig.org=Al.ice+x@b", "Al.ice+x@orig.org" },
	{ "SRS1=HHH=bob.com==HHH=TT=orig.org=alice@cathy.net",
	    "alice@orig.org" },
	{ "SRS1=HHH=bob.com=+HHH=TT=orig.org=alice@cathy.net",
	    "alice@orig.org" },
	{ "SRS1+HHH=bob.com=-HHH=TT=orig.org=alice@cathy.net",
	    "alice@orig.org" },
	/* A local part may hold anything. */
	{ "SRS0=H=T=o.g=a=b=c@b", "a=b=c@o.g" },
	{ "SRS0=H=T=o.g=a b@b", "a b@o.g" },
	{ "SRS0=H=T=o.g=a@x@b", "a@x@o.g" },
	{ "SRS0=H=T=[192.0.2.1]=a@b", "a@[192.0.2.1]" },
	{ "SRS0=H=T=b\xc3\xbc.g=a@b", "a@b\xc3\xbc.g" },
	/* Forwarders that rewrite SRS0 once more, up to SRS_MAX. */
	{ "SRS0=h=t=f1=SRS0=h=t=o.g=a@f2", "a@o.g" },
	{ NESTED "a@x", "a@f3" },
	{ NESTED "SRS0=h=t=f4=a@x", "a@f4" },
	{ NESTED "SRS0=h=t=f4=SRS0=h=t=f5=a@x", "SRS0=h=t=f5=a@f4" },
	{ "SRS1=h=f==h=t=o.g=SRS0=h=t=p.g=a@x", "a@p.g" },
	/* What looks like another, and is none, leaves the domain alone. */
	{ "SRS0=h=t=o.g=SRS0=h=t=p g=a@f", "SRS0=h=t=p g=a@o.g" },
	{ "SRS0=h=t=o.g=SRS0=h=t=p.g=@f", "SRS0=h=t=p.g=@o.g" },
	/* None, or broken. */
	{ "alice@orig.org", NULL }, { "", NULL }, { "SRS0", NULL },
	{ "SRS0=HHH=TT=orig.org=alice", NULL },
	{ "SRS0=HHH=TT=orig.org=@b", NULL },
	{ "SRS0=HHH=TT==alice@b", NULL }, { "SRS0=HHH==o=alice@b", NULL },
	{ "SRS0==TT=o=alice@b", NULL }, { "SRS0=HHH=TT=orig.org@b", NULL },
	{ "SRS0=HHH=TT=or g=alice@b", NULL },
	{ "SRS0=HHH=TT=o@g=alice@b", NULL },
	{ "SRS0*HHH=TT=orig.org=alice@b", NULL },
	{ "SRS0HHH=TT=orig.org=alice@b", NULL },
	{ "SRS2=HHH=TT=orig.org=alice@b", NULL },
	{ "SRS1=HHH=TT=orig.org=alice@b", NULL },
	{ "SRS1=HHH=bob.com=HHH=TT=orig.org=alice@c", NULL },
	{ "SRS1=HHH===HHH=TT=orig.org=alice@c", NULL },
	{ "xSRS0=HHH=TT=orig.org=alice@b", NULL },
};

static void
unwraps(void **state)
{
	struct buf got;

	(void)state;
	buf_init(&got, 1000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool found;

		buf_reset(&got);
		found = srs_unwrap(span_of(cases[i].address), &got);
		if (found != (cases[i].want != NULL) ||
		    (found && strcmp(buf_string(&got), cases[i].want) != 0) ||
		    (!found && got.n > 0))
			fail_msg("%s: %s", cases[i].address,
			    buf_string(&got));
	}
	buf_clear(&got);
}

/* Whatever comes: nothing is read beyond, nothing comes out longer. */
static void
survives(void **state)
{
	static const char *const pieces[] = {
		"SRS0", "SRS1", "=", "+", "-", "==", "@", "a", "b.c", "\0",
	};
	struct buf address, got;

	(void)state;
	buf_init(&address, 200);
	buf_init(&got, 200);
	srand(7);
	for (unsigned i = 0; i < 200000; i++) {
		char *exact;

		buf_reset(&address);
		buf_reset(&got);
		for (int n = rand() % 14; n > 0; n--)
			buf_add(&address, span_of(pieces[rand() % 10]));
		/* A sanitizer sees a byte beyond this. */
		exact = malloc(address.n + 1);
		if (address.n > 0)
			memcpy(exact, address.p, address.n);
		srs_unwrap(span_make(exact, address.n), &got);
		assert_true(got.n <= address.n);
		free(exact);
	}
	buf_clear(&address);
	buf_clear(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unwraps),
		cmocka_unit_test(survives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

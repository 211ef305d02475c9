/*
 * The reader of postern.conf, and the policy that is made of it.
 *
 * The input holds up to three files, the second and third behind lines that
 * read "==": postern.conf, one that it may include ("other"), and a table
 * ("table").  What was read without an error is the same when it is written
 * and read again.
 */
#include "fuzz.h"
#include "policy/policy.h"
#include "policy/settings.h"
#include "policy/value.h"

#define TEXT_MAX	((size_t)8 << 20)

/* What libconfig loses of a text that is not closed is not ours. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libconfig";
}

static struct span
take_file(struct span *rest)
{
	struct span whole = *rest;

	while (rest->n > 0) {
		struct span before = span_make(whole.p,
		    (size_t)(rest->p - whole.p));

		if (span_equal(fuzz_line(rest), SPAN("==")))
			return before;
	}
	return whole;
}

static void
write_exempt(const struct conf *conf, struct buf *out)
{
	buf_add(out, SPAN("exempt = {\n"));
	for (size_t i = 0; i < settings_count; i++) {
		struct span name = span_of(settings[i].name);
		struct span group = SPAN("exempt.");

		if (settings[i].type == SETTING_HEADING ||
		    !span_starts(name, group))
			continue;
		name = span_skip(name, group.n);
		buf_addf(out, "%.*s = ", SPAN_ARG(name));
		value_format(conf, &settings[i], out);
		buf_add(out, SPAN(";\n"));
	}
	buf_add(out, SPAN("};\n"));
}

static void
write_again(const struct conf *conf, struct buf *out)
{
	for (size_t i = 0; i < settings_count; i++) {
		if (settings[i].type == SETTING_HEADING ||
		    strchr(settings[i].name, '.') != NULL)
			continue;
		buf_addf(out, "%s = ", settings[i].name);
		value_format(conf, &settings[i], out);
		buf_add(out, SPAN(";\n"));
	}
	write_exempt(conf, out);
}

static void
check_written(const struct conf *conf)
{
	struct complaints complaints;
	struct sources sources;
	struct conf again;
	struct buf text;

	buf_init(&text, TEXT_MAX);
	write_again(conf, &text);
	fuzz_files[0] = (struct fuzz_file){ "postern.conf", buf_span(&text) };
	sources_init(&sources);
	complaints_init(&complaints);
	if (!conf_read(&again, "postern.conf", &sources, &complaints)) {
		fprintf(stderr, "%s: %s\n%.*s", complaints.list[0].file,
		    complaints.list[0].text, SPAN_ARG(buf_span(&text)));
		MUST(!"what was written can be read");
	}
	for (size_t i = 0; i < settings_count; i++)
		MUST(settings[i].type == SETTING_HEADING ||
		    value_same(conf, &again, &settings[i]));
	conf_clear(&again);
	complaints_clear(&complaints);
	sources_clear(&sources);
	buf_clear(&text);
}

static void
check_complaints(const struct complaints *complaints, size_t lines)
{
	for (size_t i = 0; i < complaints->n; i++) {
		MUST(complaints->list[i].line <= lines + 1);
		MUST(strchr(complaints->list[i].text, '\n') == NULL);
	}
}

static size_t
lines_in(struct span text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span whole = span_make((const char *)data, size), rest = whole;
	struct complaints complaints;
	struct policy *policy;

	fuzz_files[0] = (struct fuzz_file){ "postern.conf",
	    take_file(&rest) };
	fuzz_files[1] = (struct fuzz_file){ "other", take_file(&rest) };
	fuzz_files[2] = (struct fuzz_file){ "table", take_file(&rest) };
	complaints_init(&complaints);
	policy = policy_new("postern.conf", NULL, &complaints);
	check_complaints(&complaints, lines_in(whole));
	MUST((policy != NULL) == (complaints.errors == 0));
	if (policy != NULL)
		check_written(&policy->conf);
	policy_free(&policy);
	complaints_clear(&complaints);
	return 0;
}

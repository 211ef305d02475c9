/* value_text - values as postern.conf writes them.  See value.h. */
#include "policy/value.h"

#include "base/printable.h"

/* The longest text of a setting that is written out. */
#define TEXT_MAX	4096

static void
add_quoted(struct buf *out, struct span text)
{
	buf_addc(out, '"');
	printable_add(out, text, TEXT_MAX);
	buf_addc(out, '"');
}

static void
format_choice(const struct choice *choices, unsigned value, struct buf *out)
{
	for (; choices->word != NULL; choices++)
		if (choices->value == value)
			add_quoted(out, span_of(choices->word));
}

static void
format_groups(const struct choice *choices, unsigned set, struct buf *out)
{
	const char *comma = " ";

	buf_addc(out, '[');
	for (; choices->word != NULL; choices++)
		if ((choices->value & set) != 0) {
			buf_addf(out, "%s\"%s\"", comma, choices->word);
			comma = ", ";
		}
	buf_addf(out, " ]");
}

static void
format_list(const struct conf_list *list, struct buf *out)
{
	buf_addc(out, '[');
	for (size_t i = 0; i < list->n; i++) {
		buf_addf(out, "%s", i > 0 ? ", " : " ");
		add_quoted(out, list->items[i].text);
	}
	buf_addf(out, " ]");
}

void
value_format(const struct conf *conf, const struct setting *setting,
    struct buf *out)
{
	const void *from = (const char *)conf + setting->offset;

	switch (setting->type) {
	case SETTING_TEXT:
		add_quoted(out, span_of(*(const char *const *)from));
		break;
	case SETTING_SPAN:
		add_quoted(out, *(const struct span *)from);
		break;
	case SETTING_BOOL:
		buf_addf(out, "%s", *(const bool *)from ? "true" : "false");
		break;
	case SETTING_NUMBER:
	case SETTING_SIZE:
	case SETTING_TIME:
		buf_addf(out, "%llu",
		    (unsigned long long)*(const uint64_t *)from);
		break;
	case SETTING_BITS:
		buf_addf(out, "\"%04o\"", *(const unsigned *)from);
		break;
	case SETTING_CHOICE:
		format_choice(setting->choices, *(const unsigned *)from, out);
		break;
	case SETTING_LIST:
		format_list(from, out);
		break;
	case SETTING_GROUPS:
		format_groups(setting->choices, *(const unsigned *)from, out);
		break;
	case SETTING_HEADING:
		break;
	}
}

bool
value_same(const struct conf *a, const struct conf *b,
    const struct setting *setting)
{
	struct buf was, is;
	bool same;

	buf_init(&was, TEXT_MAX + 2);
	buf_init(&is, TEXT_MAX + 2);
	value_format(a, setting, &was);
	value_format(b, setting, &is);
	same = span_equal(buf_span(&was), buf_span(&is));
	buf_clear(&was);
	buf_clear(&is);
	return same;
}

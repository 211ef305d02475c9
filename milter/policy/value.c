/* value - what is written behind a setting's name.  See value.h. */
#include "policy/value.h"

#include "base/printable.h"
#include "policy/unit.h"

/* The most of a wrong value that a complaint repeats. */
#define SHOWN	60

static void *
member(struct conf *conf, const struct setting *setting)
{
	return (char *)conf + setting->offset;
}

static void
add_quoted(struct buf *out, struct span text)
{
	buf_addc(out, '"');
	printable_add(out, text, SHOWN);
	buf_addc(out, '"');
}

static void
add_found(struct buf *out, const struct value *value)
{
	switch (value->kind) {
	case VALUE_BOOL:
		buf_addf(out, "%s", value->yes ? "true" : "false");
		break;
	case VALUE_NUMBER:
		buf_addf(out, "%lld", value->number);
		break;
	case VALUE_TEXT:
		add_quoted(out, value->text);
		break;
	case VALUE_LIST:
		buf_addf(out, "a list");
		break;
	case VALUE_OTHER:
		buf_add(out, value->text);
		break;
	}
}

/* Always false, so that callers can return it. */
static bool
wrong(struct buf *why, const struct value *value, const char *want)
{
	add_found(why, value);
	buf_addf(why, " is not %s", want);
	return false;
}

static bool
store_bool(void *to, const struct value *value, struct buf *why)
{
	static const char *const words[] = { "no", "yes", "false", "true" };
	bool *yes = to;

	if (value->kind == VALUE_BOOL) {
		*yes = value->yes;
		return true;
	}
	for (size_t i = 0; i < 4 && value->kind == VALUE_TEXT; i++)
		if (span_caseequal(value->text, span_of(words[i]))) {
			*yes = i % 2 == 1;
			return true;
		}
	return wrong(why, value, "true or false");
}

static const char *
amount_name(enum setting_type type)
{
	return type == SETTING_SIZE ? "a size (write 52428800 or \"50M\")" :
	    type == SETTING_TIME ? "a time (write \"60s\", \"5m\" or \"1h\")" :
	    "a number";
}

/* Not an amount; of "50 MB" it can be said how it is written. */
static bool
wrong_amount(const struct setting *setting, const struct value *value,
    struct buf *why)
{
	uint64_t number;
	char letter;

	if (value->kind == VALUE_TEXT && setting->type == SETTING_SIZE &&
	    unit_guess(value->text, "kmgt", &number, &letter) &&
	    number < (uint64_t)1 << 20) {
		unsigned shift = letter == 'k' ? 10 : letter == 'm' ? 20 :
		    letter == 'g' ? 30 : 40;

		add_found(why, value);
		buf_addf(why, " is not a size (write %llu or \"%llu%c\")",
		    (unsigned long long)number << shift,
		    (unsigned long long)number, letter - ('a' - 'A'));
		return false;
	}
	if (value->kind == VALUE_TEXT && setting->type == SETTING_TIME &&
	    unit_guess(value->text, "smhdw", &number, &letter)) {
		add_found(why, value);
		buf_addf(why, " is not a time (write \"%llu%c\")",
		    (unsigned long long)number, letter);
		return false;
	}
	return wrong(why, value, amount_name(setting->type));
}

static bool
store_amount(void *to, const struct setting *setting,
    const struct value *value, struct buf *why)
{
	uint64_t amount = 0;
	bool read = false;

	if (value->kind == VALUE_NUMBER && value->number >= 0) {
		amount = (uint64_t)value->number;
		read = true;
	} else if (value->kind == VALUE_TEXT && span_digits(value->text)) {
		/* Digits that 64 bits do not hold are too large below. */
		if (!unit_number(value->text, &amount))
			amount = UINT64_MAX;
		read = true;
	} else if (value->kind == VALUE_TEXT) {
		read = setting->type == SETTING_SIZE ?
		    unit_size(value->text, &amount) :
		    setting->type == SETTING_TIME &&
		    unit_time(value->text, &amount);
	}
	if (!read)
		return wrong_amount(setting, value, why);
	if (amount < setting->min || amount > setting->max) {
		add_found(why, value);
		buf_addf(why, " is too %s (at %s %llu)",
		    amount < setting->min ? "small" : "large",
		    amount < setting->min ? "least" : "most",
		    (unsigned long long)(amount < setting->min ?
		    setting->min : setting->max));
		return false;
	}
	*(uint64_t *)to = amount;
	return true;
}

/* Octal digits in quotes: a bare 0660 is decimal to libconfig. */
static bool
store_bits(void *to, const struct setting *setting,
    const struct value *value, struct buf *why)
{
	unsigned bits = 0;
	bool octal = value->kind == VALUE_TEXT && value->text.n > 0 &&
	    value->text.n <= 5;

	for (size_t i = 0; octal && i < value->text.n; i++) {
		char c = value->text.p[i];

		octal = c >= '0' && c <= '7';
		bits = bits * 8 + (unsigned)(c - '0');
	}
	if (!octal || bits > setting->max)
		return wrong(why, value, "an octal mode in quotes (write "
		    "\"0660\")");
	*(unsigned *)to = bits;
	return true;
}

/* The words that can be chosen, the one that may have been meant first. */
static void
add_choices(struct buf *why, const struct choice *choices)
{
	for (const struct choice *c = choices; c->word != NULL; c++)
		buf_addf(why, "%s\"%s\"", c == choices ? "" :
		    c[1].word == NULL ? " or " : ", ", c->word);
}

static const struct choice *
choose(const struct choice *choices, struct span word)
{
	while (choices->word != NULL &&
	    !span_caseequal(word, span_of(choices->word)))
		choices++;
	return choices->word != NULL ? choices : NULL;
}

static bool
store_choice(void *to, const struct setting *setting,
    const struct value *value, struct buf *why)
{
	const struct choice *found = value->kind == VALUE_TEXT ?
	    choose(setting->choices, value->text) : NULL;

	if (found == NULL) {
		wrong(why, value, "");
		add_choices(why, setting->choices);
		return false;
	}
	*(unsigned *)to = found->value;
	return true;
}

static bool
store_groups(void *to, const struct setting *setting,
    const struct value *value, struct buf *why)
{
	unsigned set = 0;

	if (value->kind != VALUE_LIST) {
		wrong(why, value, "a list (write [ ");
		add_quoted(why, span_of(setting->choices[0].word));
		buf_addf(why, ", ");
		add_quoted(why, span_of(setting->choices[1].word));
		buf_addf(why, " ])");
		return false;
	}
	for (size_t i = 0; i < value->list.n; i++) {
		struct span word = value->list.items[i].text;
		const struct choice *found = choose(setting->choices, word);

		if (found == NULL) {
			add_quoted(why, word);
			buf_addf(why, " is not ");
			add_choices(why, setting->choices);
			return false;
		}
		set |= found->value;
	}
	*(unsigned *)to = set;
	return true;
}

static bool
store_list(void *to, const struct value *value, struct buf *why)
{
	if (value->kind == VALUE_TEXT) {
		add_found(why, value);
		buf_addf(why, " is not a list (write [ ");
		add_quoted(why, value->text);
		buf_addf(why, " ])");
		return false;
	}
	if (value->kind != VALUE_LIST)
		return wrong(why, value, "a list (write [ \"...\" ])");
	*(struct conf_list *)to = value->list;
	return true;
}

static bool
store_text(void *to, const struct setting *setting,
    const struct value *value, struct buf *why)
{
	const char *want = NULL;

	if (value->kind != VALUE_TEXT)
		return wrong(why, value, "a text in quotes");
	if (setting->check != NULL)
		want = setting->check(value->text);
	if (want != NULL)
		return wrong(why, value, want);
	if (setting->type == SETTING_SPAN)
		*(struct span *)to = value->text;
	else
		*(const char **)to = value->text.p;
	return true;
}

bool
value_store(struct conf *conf, const struct setting *setting,
    const struct value *value, struct buf *why)
{
	void *to = member(conf, setting);

	switch (setting->type) {
	case SETTING_TEXT:
	case SETTING_SPAN:
		return store_text(to, setting, value, why);
	case SETTING_BOOL:
		return store_bool(to, value, why);
	case SETTING_NUMBER:
	case SETTING_SIZE:
	case SETTING_TIME:
		return store_amount(to, setting, value, why);
	case SETTING_BITS:
		return store_bits(to, setting, value, why);
	case SETTING_CHOICE:
		return store_choice(to, setting, value, why);
	case SETTING_LIST:
		return store_list(to, value, why);
	case SETTING_GROUPS:
		return store_groups(to, setting, value, why);
	case SETTING_HEADING:
		break;
	}
	return false;
}

static size_t
member_size(const struct setting *setting)
{
	switch (setting->type) {
	case SETTING_TEXT:
		return sizeof(const char *);
	case SETTING_SPAN:
		return sizeof(struct span);
	case SETTING_BOOL:
		return sizeof(bool);
	case SETTING_NUMBER:
	case SETTING_SIZE:
	case SETTING_TIME:
		return sizeof(uint64_t);
	case SETTING_BITS:
	case SETTING_CHOICE:
	case SETTING_GROUPS:
		return sizeof(unsigned);
	case SETTING_LIST:
		return sizeof(struct conf_list);
	case SETTING_HEADING:
		break;
	}
	return 0;
}

void
value_copy(struct conf *conf, const struct setting *to,
    const struct setting *from)
{
	memcpy(member(conf, to), member(conf, from), member_size(to));
}

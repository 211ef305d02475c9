/* html_sheet - the rules of <style>, while they stream.  See html_sheet.h. */
#include "message/html_sheet.h"

#include <stdlib.h>

/* Longer lists of selectors are not understood. */
#define PRELUDE_MAX	4096

/* Orders past it are all the same. */
#define ORDER_MAX	0xffff

bool
html_sheet_media(struct span query)
{
	while (query.n > 0) {
		size_t comma = span_find(query, ',');
		struct span one = span_trim(span_head(query, comma));

		if (span_caseequal(one, SPAN("all")) ||
		    span_caseequal(one, SPAN("screen")) ||
		    span_caseequal(one, SPAN("only screen")))
			return true;
		query = span_skip(query, comma + 1);
	}
	return false;
}

static void
open_at_rule(struct html_sheet *sheet, struct span prelude)
{
	struct span name = prelude;
	bool sure = false;

	if (span_casestarts(name, SPAN("@media")))
		sure = html_sheet_media(span_skip(prelude, 6));
	else if (span_casestarts(name, SPAN("@layer")))
		sure = true;
	if (sheet->depth >= 32)
		sheet->full = true;
	else if (!sure)
		sheet->maybe |= (uint32_t)1 << sheet->depth;
	sheet->depth++;
}

static void
close_at_rule(struct html_sheet *sheet)
{
	sheet->depth--;
	if (sheet->depth < 32)
		sheet->maybe &= ~((uint32_t)1 << sheet->depth);
}

static void
sort(struct selector *selector)
{
	for (size_t i = 1; i < selector->n; i++)
		for (size_t k = i; k > 0 && selector->names[k] <
		    selector->names[k - 1]; k--) {
			uint32_t name = selector->names[k];

			selector->names[k] = selector->names[k - 1];
			selector->names[k - 1] = name;
		}
}

static bool
same(const struct sheet_rule *rule, const struct selector *selector)
{
	return rule->count == selector->n && (selector->n == 0 ||
	    memcmp(rule->names, selector->names,
	    selector->n * sizeof(selector->names[0])) == 0);
}

static bool
grow(struct html_sheet *sheet)
{
	uint32_t room = sheet->room == 0 ? 16 : sheet->room * 2;
	struct sheet_rule *rules;

	if (sheet->used < sheet->room)
		return true;
	rules = realloc(sheet->rules, room * sizeof(*rules));
	if (rules == NULL)
		return false;
	sheet->rules = rules;
	sheet->room = room;
	if (sheet->used == 0)
		sheet->used = 1;
	return true;
}

static uint32_t *
bucket(struct html_sheet *sheet, const struct selector *selector)
{
	uint32_t name = selector->n > 0 ? selector->names[0] : 0;

	return &sheet->buckets[(name ^ name >> 15) % 256];
}

/* The rule of this selector, a new one where need be; NULL: no room. */
static struct sheet_rule *
find_rule(struct html_sheet *sheet, struct selector *selector, bool *failed_r)
{
	uint32_t *first = bucket(sheet, selector);
	struct sheet_rule *rule;
	unsigned alike = 0;

	for (uint32_t at = *first; at != 0; at = sheet->rules[at].next) {
		if (same(&sheet->rules[at], selector))
			return &sheet->rules[at];
		alike++;
	}
	*failed_r = false;
	if (alike >= SHEET_ALIKE_MAX || sheet->used > SHEET_RULES_MAX)
		return NULL;
	if (!grow(sheet)) {
		*failed_r = true;
		return NULL;
	}
	rule = &sheet->rules[sheet->used];
	memset(rule, 0, sizeof(*rule));
	memcpy(rule->names, selector->names, sizeof(rule->names));
	rule->count = (unsigned)selector->n;
	rule->next = *first;
	*first = sheet->used++;
	return rule;
}

/* What was declared so far is less important, less special, or older. */
static void
merge(struct html_style *to, const struct html_style *from, uint32_t weight)
{
	for (size_t i = 0; i < CSS_PROPERTIES; i++) {
		uint32_t w = from->of[i].weight;

		if (w == 0)
			continue;
		if (weight != 0)
			w = (w & CSS_IMPORTANT) | weight;
		if (w >= to->of[i].weight) {
			to->of[i] = from->of[i];
			to->of[i].weight = w;
		}
	}
	to->any |= from->any;
	to->odd |= from->odd;
}

static bool
store(struct html_sheet *sheet, struct selector *selector,
    const struct html_style *style)
{
	struct sheet_rule *rule;
	bool failed = false;

	sort(selector);
	rule = find_rule(sheet, selector, &failed);
	if (rule == NULL) {
		sheet->full = true;
		return !failed;
	}
	merge(&rule->style, style, (uint32_t)selector->weight << 16 |
	    sheet->order);
	return true;
}

/* For each selector of the list. */
static bool
end_rule(struct html_sheet *sheet)
{
	struct span list = buf_span(&sheet->prelude);
	struct html_style show = sheet->style;
	bool maybe = sheet->maybe != 0 || sheet->prelude.cut, good = true;
	struct selector selector;

	sheet->full |= sheet->prelude.cut;
	if (!sheet->style.any && !sheet->style.odd)
		return true;
	if (sheet->order < ORDER_MAX)
		sheet->order++;
	css_only_show(&show);
	for (struct span rest = list; rest.n > 0;) {
		size_t comma = span_find(rest, ',');

		selector_read(span_head(rest, comma), &selector);
		maybe |= selector.odd;
		rest = span_skip(rest, comma + 1);
	}
	while (list.n > 0) {
		size_t comma = span_find(list, ',');

		selector_read(span_head(list, comma), &selector);
		if (!selector.beside)
			good &= store(sheet, &selector, maybe ||
			    selector.maybe ? &show : &sheet->style);
		list = span_skip(list, comma + 1);
	}
	return good;
}

static struct span
prelude_of(const struct html_sheet *sheet)
{
	struct span prelude = span_trim(buf_span(&sheet->prelude));

	/* What hid style sheets from browsers that had none. */
	while (span_starts(prelude, SPAN("<!--")) ||
	    span_starts(prelude, SPAN("-->")))
		prelude = span_trim(span_skip(prelude,
		    prelude.p[0] == '<' ? 4 : 3));
	return prelude;
}

static void
begin_rule(struct html_sheet *sheet)
{
	struct span prelude = prelude_of(sheet);

	if (span_starts(prelude, SPAN("@"))) {
		open_at_rule(sheet, prelude);
		buf_reset(&sheet->prelude);
		return;
	}
	if (prelude.n > 0)
		memmove(sheet->prelude.p, prelude.p, prelude.n);
	sheet->prelude.n = prelude.n;
	sheet->body = true;
	memset(&sheet->style, 0, sizeof(sheet->style));
	css_begin(&sheet->css, &sheet->style, 1);
}

/* True where a rule's body begins. */
static bool
take(struct html_sheet *sheet, unsigned c)
{
	switch (c) {
	case '{':
		if (sheet->prelude.n == 0)
			buf_addc(&sheet->prelude, ' ');
		begin_rule(sheet);
		return sheet->body;
	case '}':
		if (sheet->depth == 0)
			break;
		close_at_rule(sheet);
		/* Declarations of @font-face and the like. */
		css_find_urls(&sheet->css, buf_span(&sheet->prelude),
		    sheet->prelude.cut);
		buf_reset(&sheet->prelude);
		return false;
	case ';':
		if (!span_starts(prelude_of(sheet), SPAN("@")))
			break;
		css_find_import(&sheet->css, prelude_of(sheet));
		buf_reset(&sheet->prelude);
		return false;
	default:
		break;
	}
	/* Blanks and comments must not make it too long. */
	if (!ascii_space((int)c) || (sheet->prelude.n > 0 && !ascii_space(
	    (unsigned char)sheet->prelude.p[sheet->prelude.n - 1])))
		buf_addc(&sheet->prelude, (char)c);
	return false;
}

bool
html_sheet_feed(struct html_sheet *sheet, struct span text)
{
	bool good = true, closed;
	uint16_t out[6];

	sheet->prelude.max = PRELUDE_MAX;
	while (text.n > 0) {
		if (sheet->body) {
			text = span_skip(text, css_feed(&sheet->css, text,
			    true, &closed));
			if (!closed)
				continue;
			good &= end_rule(sheet);
			sheet->body = false;
			sheet->css.scan = (struct css_scan){ 0 };
			buf_reset(&sheet->prelude);
			continue;
		}
		for (size_t i = 0, n = css_scan(&sheet->css.scan, text.p[0],
		    out); i < n; i++)
			if (take(sheet, out[i]))
				break;
		text = span_skip(text, 1);
	}
	return good;
}

void
html_sheet_end(struct html_sheet *sheet)
{
	if (sheet->body) {
		css_end(&sheet->css);
		(void)end_rule(sheet);
	}
	sheet->body = false;
	sheet->depth = 0;
	sheet->maybe = 0;
	sheet->css.scan = (struct css_scan){ 0 };
	buf_reset(&sheet->prelude);
}

void
html_sheet_clear(struct html_sheet *sheet)
{
	css_clear(&sheet->css);
	buf_clear(&sheet->prelude);
	free(sheet->rules);
	sheet->rules = NULL;
}

static bool
selects(const struct sheet_rule *rule, const struct sheet_names *names)
{
	for (unsigned i = 0; i < rule->count; i++) {
		size_t k = 0;

		while (k < names->n && names->of[k] != rule->names[i])
			k++;
		if (k == names->n)
			return false;
	}
	return true;
}

static void
apply_bucket(const struct html_sheet *sheet, uint32_t name,
    const struct sheet_names *names, struct html_style *style)
{
	for (uint32_t at = sheet->buckets[(name ^ name >> 15) % 256]; at != 0;
	    at = sheet->rules[at].next) {
		const struct sheet_rule *rule = &sheet->rules[at];

		if ((rule->count > 0 ? rule->names[0] : 0) == name &&
		    selects(rule, names))
			merge(style, &rule->style, 0);
	}
}

void
html_sheet_apply(const struct html_sheet *sheet,
    const struct sheet_names *names, struct html_style *style)
{
	struct html_style found = { .any = false };

	if (sheet->used == 0)
		return;
	apply_bucket(sheet, 0, names, &found);
	for (size_t i = 0; i < names->n; i++)
		apply_bucket(sheet, names->of[i], names, &found);
	if (!found.any && !found.odd)
		return;
	if (sheet->full || names->cut)
		css_only_show(&found);
	merge(style, &found, 0);
}

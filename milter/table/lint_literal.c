/* lint_literal - patterns that match little, for the lints of keys. */
#include "table/lint_form.h"
#include "table/lint_rules.h"

static struct form *
read_forms(const struct written *written, const struct written_rule *rule,
    struct region *region)
{
	uint32_t posix = written->kind == WRITTEN_REGEXP ? SYNTAX_POSIX : 0;
	const struct branch *tree = syntax_read(rule->pattern,
	    rule->options | posix, region);

	return tree != NULL ? forms_of(tree, region) : NULL;
}

static bool
is_literal(const struct form *form)
{
	if (!form->start || form->end == FORM_OPEN || form->n == 0)
		return false;
	for (size_t i = 0; i < form->n; i++)
		if (item_letter(&form->items[i]) < 0)
			return false;
	return true;
}

bool
lint_literals_begin(const struct written *written,
    const struct written_rule *rule, struct region *region,
    struct lint_literals *list_r)
{
	const struct form *form = read_forms(written, rule, region);

	*list_r = (struct lint_literals){ form, region };
	if (form == NULL)
		return false;
	for (; form != NULL; form = form->next)
		if (!is_literal(form))
			return false;
	return true;
}

bool
lint_literals_next(struct lint_literals *list, struct span *literal_r)
{
	const struct form *form = list->form;
	char *text;

	if (form == NULL)
		return false;
	list->form = form->next;
	if ((text = region_alloc(list->region, form->n + 1)) == NULL)
		return false;
	for (size_t i = 0; i < form->n; i++)
		text[i] = (char)item_letter(&form->items[i]);
	*literal_r = span_make(text, form->n);
	return true;
}

static bool
has_line_feed(const struct form *form)
{
	for (size_t i = 0; i < form->n; i++)
		if (item_letter(&form->items[i]) == '\n')
			return true;
	return false;
}

bool
lint_needs_line_feed(const struct written *written,
    const struct written_rule *rule, struct region *region)
{
	const struct form *form = read_forms(written, rule, region);

	if (form == NULL)
		return false;
	for (; form != NULL; form = form->next)
		if (!has_line_feed(form))
			return false;
	return true;
}

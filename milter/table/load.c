/* load - what the types of tables share while a table is read. */
#include "table/load.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/printable.h"
#include "table/braces.h"

/* A table is text that people wrote or scripts made; more is a mistake. */
#define TEXT_MAX	((size_t)1 << 30)

/* A complaint shows rules, which may be of any length; the rest is cut. */
#define COMPLAINT_MAX	500

/*
 * A table that cannot be had, and rules in a name, which have no file of their
 * own: the complaint is about the place where the table is named.
 */
static void
place(const struct load *load, unsigned line, struct buf *text,
    const char **file_r, unsigned *line_r)
{
	*file_r = load->file;
	*line_r = line;
	if (!load->in_name && line > 0)
		return;
	*line_r = 0;
	if (load->options->file != NULL) {
		*file_r = load->options->file;
		*line_r = load->options->line;
		printable_add(text, span_of(load->table), 80);
		buf_addf(text, ": ");
	}
	if (line > 0)
		buf_addf(text, "rule %u: ", line);
}

/* `behind` is never cut off. */
static void __attribute__((format(printf, 5, 0)))
tell(const struct load *load, enum complaint_kind kind, unsigned line,
    const char *behind, const char *format, va_list args)
{
	struct buf raw, text;
	const char *file;
	unsigned at;

	buf_init(&raw, 4 * TEXT_MAX);
	buf_init(&text, 4 * COMPLAINT_MAX);
	buf_addv(&raw, format, args);
	place(load, line, &text, &file, &at);
	printable_add(&text, buf_span(&raw), COMPLAINT_MAX);
	buf_addf(&text, "%s", behind);
	complain(load->complaints, kind, file, at, "%s", buf_string(&text));
	buf_clear(&raw);
	buf_clear(&text);
}

void
load_trap(const struct load *load, unsigned line, const char *comes_of_it,
    const char *format, ...)
{
	bool compatible = load->options->compatible;
	char behind[120] = "";
	va_list args;

	if (compatible)
		snprintf(behind, sizeof(behind), ": %s", comes_of_it);
	va_start(args, format);
	tell(load, compatible ? COMPLAINT_WARNING : COMPLAINT_ERROR, line,
	    behind, format, args);
	va_end(args);
}

void
load_warn(const struct load *load, unsigned line, enum lint lint,
    const char *format, ...)
{
	struct span name = lint_name(lint);
	char behind[40] = "";
	va_list args;

	if (lint != LINT_NONE) {
		if (load->allowed != NULL && (allowed_at(load->allowed, line) &
		    LINT_BIT(lint)) != 0)
			return;
		snprintf(behind, sizeof(behind), " [%.*s]", SPAN_ARG(name));
	}
	va_start(args, format);
	tell(load, COMPLAINT_WARNING, line, behind, format, args);
	va_end(args);
}

void
load_fail(const struct load *load, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(load, COMPLAINT_ERROR, 0, "", format, args);
	va_end(args);
}

/* Each rule in braces becomes a line, as Postfix does it. */
static bool
text_of_name(const struct load *load, struct buf *text)
{
	struct span rest, word, rule;
	const char *why;

	if (!braces_strip(load->name, &rest, &why)) {
		load_fail(load, "the list of rules %s (write {{rule}, {rule}})",
		    why);
		return false;
	}
	while (braces_word(&rest, &word)) {
		if (!braces_strip(word, &rule, &why)) {
			load_fail(load, "the rule \"%.*s\" %s (write {{rule}, "
			    "{rule}})", SPAN_ARG(word), why);
			return false;
		}
		buf_add(text, rule);
		buf_addc(text, '\n');
	}
	return true;
}

char *
load_path(const struct load *load, const char *suffix)
{
	const char *folder = load->options->folder;
	char *path = NULL;

	if (folder == NULL || load->name.p[0] == '/')
		folder = "";
	if (asprintf(&path, "%s%s%.*s%s", folder, *folder != '\0' ? "/" : "",
	    SPAN_ARG(load->name), suffix) < 0)
		return NULL;
	return path;
}

static bool
text_of_file(const struct load *load, struct buf *text)
{
	char *path = load_path(load, "");
	const char *why;
	int result;

	if (path == NULL) {
		load_fail(load, "out of memory");
		return false;
	}
	result = source_read(load->sources, path, text, &why);
	free(path);
	if (result < 0)
		load_fail(load, "cannot be read: %s", why);
	return result == 0;
}

/* What a growing buffer took too much; a table may be kept for months. */
static bool
settle(struct buf *text)
{
	char *p;

	if (!buf_reserve(text, 0))
		return false;
	if ((p = realloc(text->p, text->n + 1)) == NULL)
		return false;
	p[text->n] = '\0';
	text->p = p;
	text->size = text->n + 1;
	return true;
}

bool
load_text(struct load *load, struct buf *text)
{
	bool read;

	buf_init(text, TEXT_MAX);
	read = load->in_name ? text_of_name(load, text) :
	    text_of_file(load, text);
	if (read && (text->cut || !settle(text))) {
		load_fail(load, "out of memory");
		read = false;
	}
	if (!read)
		buf_clear(text);
	else if (load->allowed != NULL && !load->in_name)
		allowed_read(load->allowed, buf_span(text));
	return read;
}

bool
load_line(const struct load *load, struct logical *lines,
    struct logical_line *line_r)
{
	while (logical_next(lines, line_r)) {
		if (line_r->suspect > 0)
			load_trap(load, line_r->suspect, "it is part of that "
			    "line's text", "an indented line continues line "
			    "%u; a rule must begin at the margin",
			    line_r->line);
		if (line_r->nul)
			load_trap(load, line_r->line, "ignoring the rest of "
			    "the line", "a NUL byte in the line");
		if (!line_r->indented)
			return true;
		load_trap(load, line_r->line, "ignoring it", "the first line "
		    "begins with white space, and there is none before it "
		    "that it could continue");
	}
	return false;
}

/* header - what is a header field.  See header.h. */
#include "message/header.h"

static bool
name_byte(unsigned char c)
{
	return c > ' ' && c < 0x7f && c != ':';
}

bool
field_parse(struct span text, struct field *field_r)
{
	size_t name = 0, colon;

	while (name < text.n && name_byte((unsigned char)text.p[name]))
		name++;
	colon = name;
	while (colon < text.n && ascii_blank(text.p[colon]))
		colon++;
	if (name == 0 || colon == text.n || text.p[colon] != ':')
		return false;
	field_r->name = span_head(text, name);
	field_r->value = span_skip(text, colon + 1);
	return true;
}

bool
field_is_mime(struct span name)
{
	static const char *const rest[] = {
		"Type", "Transfer-Encoding", "Disposition", "ID", "Description"
	};
	struct span prefix = SPAN("Content-");

	if (span_caseequal(name, SPAN("MIME-Version")))
		return true;
	if (!span_casestarts(name, prefix))
		return false;
	name = span_skip(name, prefix.n);
	for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
		if (span_caseequal(name, span_of(rest[i])))
			return true;
	return false;
}

bool
field_is_dropped(struct span name)
{
	static const char *const names[] = {
		"Bcc", "Resent-Bcc", "Content-Length", "Return-Path"
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_caseequal(name, span_of(names[i])))
			return true;
	return false;
}

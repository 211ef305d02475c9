/* import_networks - mynetworks, as permit_mynetworks means it. */
#include "tool/import_state.h"

#include "base/network.h"
#include "base/source.h"
#include "table/braces.h"
#include "table/table.h"

/* Files that a list of networks includes, one within another. */
#define DEPTH_MAX	5
#define FILE_MAX	((size_t)1 << 20)

static void add_words(struct import *import, struct span text, bool except,
    unsigned depth);

static void
leave(struct import *import, struct span item, const char *why)
{
	import_note(import, "mynetworks", item, why);
	/* With a part of them exempt would mean another thing. */
	import->networks_known = false;
}

static void
add(struct import *import, struct span item, bool except)
{
	struct span text = item;

	if (import->nnetworks == IMPORT_NETWORKS_MAX) {
		import->too_much = true;
		import->networks_known = false;
		return;
	}
	if (except)
		text = span_of(region_printf(&import->region, "!%.*s",
		    SPAN_ARG(item)));
	import->networks[import->nnetworks++] = text;
}

/* A file of networks is read where it is named, as Postfix does it. */
static void
add_file(struct import *import, struct span path, bool except,
    unsigned depth)
{
	struct sources sources;
	struct buf text;
	const char *why = "out of memory";
	char *string = region_printf(&import->region, "%.*s",
	    SPAN_ARG(path));

	sources_init(&sources);
	buf_init(&text, FILE_MAX);
	if (depth == DEPTH_MAX)
		leave(import, path, "a file in a file in a file");
	else if (string == NULL || source_read(&sources, string, &text,
	    &why) < 0)
		leave(import, path, why);
	for (struct span rest = buf_span(&text); rest.n > 0;) {
		struct span line = span_head(rest, span_find(rest, '\n'));

		rest = span_skip(rest, line.n + 1);
		if (line.n > 0 && line.p[0] != '#')
			add_words(import, region_copy(&import->region, line),
			    except, depth + 1);
	}
	buf_clear(&text);
	sources_clear(&sources);
}

static void
add_table(struct import *import, struct span item, bool except)
{
	struct import_table table;

	import_table(&import->params, item, ACTION_IN_ACCESS, &table);
	if (table.why != NULL)
		leave(import, item, table.why);
	else
		add(import, table.name, except);
}

/* TYPE:NAME, and no IPv6 address, whose parts are hexadecimal. */
static bool
names_table(struct span item)
{
	size_t colon = span_find(item, ':');

	if (colon + 1 >= item.n || item.p[0] == '[')
		return false;
	if (item.p[colon + 1] == '/' || item.p[colon + 1] == '{')
		return true;
	for (size_t i = 0; i < colon; i++)
		if (ascii_lower((unsigned char)item.p[i]) > 'f')
			return true;
	return false;
}

static void
add_item(struct import *import, struct span item, bool except,
    unsigned depth)
{
	struct span missing = import_params_missing(&import->params, item);
	struct network network;
	const char *wrong;

	while (item.n > 0 && item.p[0] == '!') {
		except = !except;
		item = span_skip(item, 1);
	}
	wrong = network_parse(item, &network);
	if (wrong == NULL)
		add(import, item, except);
	else if (item.n > 0 && item.p[0] == '/')
		add_file(import, item, except, depth);
	else if (names_table(item))
		add_table(import, item, except);
	else if (missing.n > 0)
		leave(import, item, "what it stands for is not known: give "
		    "postern import the output of postconf for it as well");
	else
		leave(import, item, wrong);
}

static void
add_words(struct import *import, struct span text, bool except,
    unsigned depth)
{
	struct span word;

	while (braces_word(&text, &word))
		add_item(import, word, except, depth);
}

void
import_networks(struct import *import)
{
	struct span raw;

	import->networks_known = import_params_has(&import->params,
	    "mynetworks", &raw);
	if (import->networks_known)
		add_words(import, import_params_get(&import->params,
		    "mynetworks"), false, 0);
	else
		import_note(import, "mynetworks", SPAN("not set"), "Postfix "
		    "derives them from mynetworks_style: give postern import "
		    "the output of \"postconf mynetworks\" as well");
}

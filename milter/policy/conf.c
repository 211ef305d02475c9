/* conf - postern.conf: read, checked, complete.  See conf.h. */
#include "policy/conf.h"

#include <assert.h>
#include <libconfig.h>

#include "base/printable.h"
#include "policy/conf_text.h"
#include "policy/settings.h"
#include "policy/unit.h"
#include "policy/value.h"

/* What a configuration may take in memory, and one list of it. */
#define CONF_MAX	((size_t)16 << 20)
#define LIST_MAX	10000

/* A walk through one tree of libconfig. */
struct walk {
	struct conf *conf;
	const struct conf_text *text;	/* NULL: the defaults */
	struct complaints *complaints;
};

static struct conf_place
place_of(const struct walk *walk, const config_setting_t *tree)
{
	struct conf_place whole = { walk->conf->file, 0 };

	return walk->text == NULL ? whole : conf_text_place(walk->text,
	    config_setting_source_line(tree));
}

static void __attribute__((format(printf, 4, 5)))
complain_at(const struct walk *walk, const config_setting_t *tree,
    enum complaint_kind kind, const char *format, ...)
{
	struct conf_place place = place_of(walk, tree);
	struct buf text;
	va_list args;

	buf_init(&text, 4096);
	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	complain(walk->complaints, kind, place.file, place.line, "%s",
	    buf_string(&text));
	buf_clear(&text);
}

/* The texts of an array or list; false, all complained about, if others. */
static bool
read_list(const struct walk *walk, const config_setting_t *tree,
    const char *name, struct conf_list *list_r)
{
	int n = config_setting_length(tree);
	struct conf_list list = { NULL, 0 };
	bool good = n <= LIST_MAX;

	if (n > 0 && good)
		list.items = region_alloc(&walk->conf->region,
		    (size_t)n * sizeof(*list.items));
	for (int i = 0; i < n && list.items != NULL; i++) {
		const config_setting_t *item = config_setting_get_elem(tree,
		    (unsigned)i);
		const char *text = config_setting_get_string(item);
		struct conf_place place = place_of(walk, item);

		if (text == NULL || *text == '\0') {
			complain_at(walk, item, COMPLAINT_ERROR,
			    "%s: a list holds texts in quotes, not %s",
			    name, text != NULL ? "\"\"" : "other values");
			good = false;
			continue;
		}
		list.items[list.n++] = (struct conf_item){
			region_copy(&walk->conf->region, span_of(text)),
			place.file, place.line
		};
	}
	*list_r = list;
	return good;
}

static bool
read_value(const struct walk *walk, const config_setting_t *tree,
    const char *name, struct value *value_r)
{
	struct value value = { .kind = VALUE_OTHER };

	switch (config_setting_type(tree)) {
	case CONFIG_TYPE_BOOL:
		value.kind = VALUE_BOOL;
		value.yes = config_setting_get_bool(tree);
		break;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		value.kind = VALUE_NUMBER;
		value.number = config_setting_get_int64(tree);
		break;
	case CONFIG_TYPE_STRING:
		value.kind = VALUE_TEXT;
		value.text = region_copy(&walk->conf->region,
		    span_of(config_setting_get_string(tree)));
		break;
	case CONFIG_TYPE_ARRAY:
	case CONFIG_TYPE_LIST:
		value.kind = VALUE_LIST;
		if (!read_list(walk, tree, name, &value.list))
			return false;
		break;
	case CONFIG_TYPE_FLOAT:
		value.text = SPAN("a fraction");
		break;
	case CONFIG_TYPE_GROUP:
		value.text = SPAN("a group");
		break;
	default:
		/* The parser gave up here, and has said so. */
		return false;
	}
	*value_r = value;
	return true;
}

static void
unknown(const struct walk *walk, const config_setting_t *tree,
    const char *name)
{
	const char *near = setting_nearest(span_of(name));

	complain_at(walk, tree, COMPLAINT_ERROR, near != NULL ?
	    "unknown setting \"%s\" (did you mean %s?)" :
	    "unknown setting \"%s\"", name, near);
}

/* One setting; `name` is with its group's name. */
static void
read_setting(const struct walk *walk, const config_setting_t *tree,
    const char *name)
{
	struct conf_place *place;
	struct value value;
	struct buf why;
	size_t number;

	if (!setting_number(span_of(name), &number)) {
		unknown(walk, tree, name);
		return;
	}
	place = &walk->conf->places[number];
	if (place->line > 0) {
		complain_at(walk, tree, COMPLAINT_ERROR,
		    "%s: is set already, at %s:%u", name, place->file,
		    place->line);
		return;
	}
	*place = place_of(walk, tree);
	if (!read_value(walk, tree, name, &value))
		return;
	buf_init(&why, 4096);
	if (!value_store(walk->conf, &settings[number], &value, &why))
		complain_at(walk, tree, COMPLAINT_ERROR, "%s: %s", name,
		    buf_string(&why));
	buf_clear(&why);
}

static void
read_exempt(const struct walk *walk, const config_setting_t *group)
{
	if (!config_setting_is_group(group)) {
		complain_at(walk, group, COMPLAINT_ERROR, "exempt: not a "
		    "group (write exempt = { mynetworks = [ \"client\" ]; };)");
		return;
	}
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *tree = config_setting_get_elem(group,
		    (unsigned)i);
		struct buf name;

		buf_init(&name, 256);
		buf_addf(&name, "exempt.%s", config_setting_name(tree));
		read_setting(walk, tree, buf_string(&name));
		buf_clear(&name);
	}
}

static void
read_tree(const struct walk *walk, const config_t *config)
{
	const config_setting_t *root = config_root_setting(config);

	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *tree = config_setting_get_elem(root,
		    (unsigned)i);

		if (strcmp(config_setting_name(tree), "exempt") == 0)
			read_exempt(walk, tree);
		else
			read_setting(walk, tree, config_setting_name(tree));
	}
}

/* The text of one line, for a complaint about it. */
static struct span
line_of(const char *text, unsigned line)
{
	struct span rest = span_of(text);

	while (line-- > 1)
		rest = span_skip(rest, span_find(rest, '\n') + 1);
	return span_trim(span_head(rest, span_find(rest, '\n')));
}

/* What could be read before an error is looked at, too. */
static void
parse(const struct walk *walk, const char *text)
{
	config_t config;

	config_init(&config);
	if (config_read_string(&config, text) == CONFIG_FALSE) {
		unsigned line = (unsigned)config_error_line(&config);
		struct conf_place place = walk->text != NULL ?
		    conf_text_place(walk->text, line) :
		    (struct conf_place){ walk->conf->file, line };
		const char *wrong = config_error_text(&config);
		bool syntax = strcmp(wrong, "syntax error") == 0;
		struct buf found;

		buf_init(&found, 256);
		printable_add(&found, line_of(text, line), 60);
		complain(walk->complaints, COMPLAINT_ERROR, place.file,
		    place.line, "%s at %s\"%s\"%s", wrong, syntax ?
		    "or before " : "", buf_string(&found), syntax ?
		    " (write name = value; with texts in quotes, lists in "
		    "brackets)" : "");
		buf_clear(&found);
	}
	read_tree(walk, &config);
	config_destroy(&config);
}

/* The defaults are a postern.conf, too. */
static void
read_defaults(struct conf *conf)
{
	struct complaints complaints;
	struct walk walk = { conf, NULL, &complaints };
	struct buf text;

	complaints_init(&complaints);
	buf_init(&text, CONF_MAX);
	conf_print_defaults(&text);
	parse(&walk, buf_string(&text));
	assert(complaints.n == 0);
	buf_clear(&text);
	complaints_clear(&complaints);
}

/* Settings that are not given, and that another is the default of. */
static void
fill_in(struct conf *conf)
{
	for (size_t i = 0; i < settings_count; i++) {
		size_t other;

		if (settings[i].same_as != NULL &&
		    conf->places[i].line == 0 && setting_number(
		    span_of(settings[i].same_as), &other))
			value_copy(conf, &settings[i], &settings[other]);
	}
}

/* What is possible, but hardly what was meant. */
static void
warn(const struct conf *conf, struct complaints *complaints)
{
	const struct conf_place *place = conf_where(conf,
	    "header_size_limit");

	if (conf->header_size_limit > 60000)
		complain(complaints, COMPLAINT_WARNING, place->file,
		    place->line, "header_size_limit: %llu is never reached, "
		    "since Postfix cuts header fields at 60000 bytes once a "
		    "milter is attached (write 50000)",
		    (unsigned long long)conf->header_size_limit);
}

static const char *
folder_of(struct region *region, struct span file)
{
	size_t slash = span_rfind(file, '/');

	if (slash == file.n)
		return ".";
	return region_copy(region, span_head(file, slash > 0 ? slash : 1)).p;
}

/* The defaults, for what `file` is to say; false without memory. */
static bool
begin(struct conf *conf, const char *file)
{
	*conf = (struct conf){ .file = NULL };
	region_init(&conf->region, CONF_MAX);
	conf->places = region_alloc(&conf->region,
	    settings_count * sizeof(*conf->places));
	conf->file = region_copy(&conf->region, span_of(file)).p;
	conf->folder = folder_of(&conf->region, span_of(file));
	if (!conf->region.failed)
		read_defaults(conf);
	return !conf->region.failed;
}

static bool
end(struct conf *conf, const char *file, size_t errors,
    struct complaints *complaints)
{
	if (!conf->region.failed) {
		fill_in(conf);
		warn(conf, complaints);
	}
	if (conf->region.failed)
		complain(complaints, COMPLAINT_ERROR, file, 0,
		    "out of memory, or too large");
	return complaints->errors == errors;
}

bool
conf_read(struct conf *conf, const char *file, struct sources *sources,
    struct complaints *complaints)
{
	size_t errors = complaints->errors;
	struct conf_text text;
	struct walk walk = { conf, &text, complaints };

	if (begin(conf, file)) {
		conf_text_read(&text, conf->file, conf->folder, &conf->region,
		    sources, complaints);
		parse(&walk, buf_string(&text.text));
		conf_text_clear(&text);
	}
	return end(conf, file, errors, complaints);
}

bool
conf_read_text(struct conf *conf, const char *name, const char *text,
    struct complaints *complaints)
{
	size_t errors = complaints->errors;
	struct walk walk = { conf, NULL, complaints };

	if (begin(conf, name))
		parse(&walk, text);
	return end(conf, name, errors, complaints);
}

void
conf_clear(struct conf *conf)
{
	region_clear(&conf->region);
}

const struct conf_place *
conf_where(const struct conf *conf, const char *name)
{
	size_t number = 0;
	bool known = setting_number(span_of(name), &number);

	assert(known);
	(void)known;
	return &conf->places[number];
}

unsigned
conf_line(const struct conf *conf, const char *name)
{
	return conf_where(conf, name)->line;
}

bool
conf_size(struct span text, uint64_t *bytes_r)
{
	return unit_size(text, bytes_r);
}

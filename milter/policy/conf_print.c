/* conf_print - the defaults; what cannot change at a reload.  See conf.h. */
#include "policy/conf.h"

#include "policy/settings.h"
#include "policy/value.h"

#define GROUP	"exempt."

static void
print_setting(const struct setting *setting, const char *indent,
    const char *name, struct buf *out)
{
	if (setting->fallback != NULL)
		buf_addf(out, "%s# %s\n%s%s = %s;\n", indent, setting->help,
		    indent, name, setting->fallback);
	else
		buf_addf(out, "%s# %s  Default: %s.\n%s#%s = [ ];\n", indent,
		    setting->help, setting->same_as, indent, name);
}

void
conf_print_defaults(struct buf *out)
{
	const struct span group = SPAN(GROUP);
	bool inside = false;

	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings[i];
		bool member = setting->name != NULL &&
		    span_starts(span_of(setting->name), group);

		if (inside && !member)
			buf_addf(out, "};\n");
		if (member && !inside)
			buf_addf(out, "exempt = {\n");
		inside = member;
		if (setting->type == SETTING_HEADING)
			buf_addf(out, "%s# %s\n\n", i > 0 ? "\n" : "",
			    setting->help);
		else
			print_setting(setting, member ? "\t" : "",
			    setting->name + (member ? group.n : 0), out);
	}
	if (inside)
		buf_addf(out, "};\n");
}

bool
conf_same_startup(const struct conf *old, const struct conf *new_conf,
    struct complaints *complaints)
{
	bool same = true;

	for (size_t i = 0; i < settings_count; i++) {
		const struct conf_place *place = &new_conf->places[i];
		struct buf was, is;

		if (!settings[i].startup ||
		    value_same(old, new_conf, &settings[i]))
			continue;
		same = false;
		buf_init(&was, 4096);
		buf_init(&is, 4096);
		value_format(old, &settings[i], &was);
		value_format(new_conf, &settings[i], &is);
		complain(complaints, COMPLAINT_ERROR, place->file,
		    place->line,
		    "%s: changed from %s to %s, which takes a restart",
		    settings[i].name, buf_string(&was), buf_string(&is));
		buf_clear(&was);
		buf_clear(&is);
	}
	return same;
}

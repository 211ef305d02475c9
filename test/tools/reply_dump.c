/*
 * reply_dump - what results of tables make the client hear, for tests.
 *
 * Lines of standard input are PLACE<TAB>NAME<TAB>RESULT, where PLACE is
 * header, body or a class of access(5), as in "reverse_client".  For each, one
 * line: the reply; or the action's word where there is none; or "wrong".
 */
#include <stdio.h>
#include <string.h>

#include "policy/reply.h"
#include "policy/restrictions.h"

static bool
find_class(const char *name, enum access_class *class_r)
{
	for (int i = 0; i < ACCESS_CLASSES; i++)
		if (strcmp(name,
		    access_class_name((enum access_class)i)) == 0) {
			*class_r = (enum access_class)i;
			return true;
		}
	return false;
}

static bool
refuses(enum action_kind kind)
{
	return kind == ACTION_REJECT || kind == ACTION_DEFER ||
	    kind == ACTION_CODE || kind == ACTION_DEFER_IF_PERMIT;
}

/* Of a list, what ends it, or else what it defers to; false: a mistake. */
static bool
take_of_list(struct action *action)
{
	struct span rest = action->text;
	struct action one, deferred = { .kind = ACTION_DUNNO };
	int next;

	while ((next = restrictions_next(&rest, &one)) > 0) {
		if (one.only_warn)
			continue;
		if (one.kind == ACTION_DEFER_IF_PERMIT) {
			deferred = one;
			continue;
		}
		*action = one.kind == ACTION_OK ? deferred : one;
		return true;
	}
	*action = deferred;
	return next == 0;
}

static void
dump(const char *place_name, const char *name, const char *result)
{
	static const struct conf conf = {
		.access_map_reject_code = 554, .access_map_defer_code = 450,
	};
	enum access_class class = ACCESS_CLIENT;
	enum action_place place = find_class(place_name, &class) ?
	    ACTION_IN_ACCESS : strcmp(place_name, "body") == 0 ?
	    ACTION_IN_BODY : ACTION_IN_HEADER;
	struct region region;
	struct action action;
	struct reply reply;
	char why[240];

	if (action_parse(place, span_of(result), &action, why,
	    sizeof(why)) == ACTION_WRONG ||
	    (action.kind == ACTION_LIST && !take_of_list(&action))) {
		puts("wrong");
		return;
	}
	if (!refuses(action.kind)) {
		puts(action_word(action.kind));
		return;
	}
	region_init(&region, 65536);
	if (place == ACTION_IN_ACCESS)
		reply_access(&conf, class, span_of(name), &action, &region,
		    &reply);
	else
		reply_content(&action, &region, &reply);
	printf("%u %.*s %.*s\n", reply.code, SPAN_ARG(reply.dsn),
	    SPAN_ARG(reply.text));
	region_clear(&region);
}

int
main(void)
{
	char line[65536];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		char *name, *result;

		line[strcspn(line, "\n")] = '\0';
		if ((name = strchr(line, '\t')) == NULL)
			return 2;
		*name++ = '\0';
		if ((result = strchr(name, '\t')) == NULL)
			return 2;
		*result++ = '\0';
		dump(line, name, result);
	}
	return 0;
}

/* check_host - users, groups and folders that have to be there. */
#include "tool/check_host.h"

#include <sys/stat.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "policy/conf.h"

static bool
is_set(const char *text)
{
	return text != NULL && *text != '\0';
}

static void
say(const struct conf *conf, const char *name, struct complaints *complaints,
    const char *value, const char *why)
{
	const struct conf_place *place = conf_where(conf, name);

	complain(complaints, COMPLAINT_ERROR, place->line > 0 ? place->file :
	    conf->file, place->line, "%s: \"%s\" %s", name, value, why);
}

static void
check_group(const struct conf *conf, const char *name, const char *group,
    struct complaints *complaints)
{
	if (is_set(group) && getgrnam(group) == NULL &&
	    !span_digits(span_of(group)))
		say(conf, name, complaints, group,
		    "is no group here (make it, or write another)");
}

/* A folder as seen from where the daemon will be: inside the chroot. */
static void
check_folder(const struct conf *conf, const char *name, const char *folder,
    const char *root, struct complaints *complaints)
{
	struct buf path;
	struct stat st;

	if (!is_set(folder))
		return;
	buf_init(&path, 8192);
	buf_addf(&path, "%s%s", is_set(root) ? root : "", folder);
	if (stat(buf_string(&path), &st) < 0)
		say(conf, name, complaints, buf_string(&path), errno ==
		    ENOENT ? "does not exist" : strerrordesc_np(errno));
	else if (!S_ISDIR(st.st_mode))
		say(conf, name, complaints, buf_string(&path),
		    "is not a folder");
	buf_clear(&path);
}

void
check_host(const char *file, struct complaints *complaints)
{
	struct complaints said;
	struct sources sources;
	struct conf conf;

	complaints_init(&said);
	sources_init(&sources);
	conf_read(&conf, file, &sources, &said);
	if (is_set(conf.user) && getpwnam(conf.user) == NULL)
		say(&conf, "user", complaints, conf.user,
		    "is no user here (make it, or write another)");
	check_group(&conf, "group", conf.group, complaints);
	check_group(&conf, "socket_group", conf.socket_group, complaints);
	check_folder(&conf, "chroot", conf.chroot, NULL, complaints);
	check_folder(&conf, "spool_directory", conf.spool_directory,
	    conf.chroot, complaints);
	conf_clear(&conf);
	sources_clear(&sources);
	complaints_clear(&said);
}

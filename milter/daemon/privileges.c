/* privileges - root is left behind. */
#include "daemon/privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/span.h"

static bool
is_set(const char *text)
{
	return text != NULL && *text != '\0';
}

int
group_find(const char *name, gid_t *gid_r)
{
	const struct group *group = getgrnam(name);

	if (group != NULL)
		*gid_r = group->gr_gid;
	else if (span_digits(span_of(name)) && strlen(name) < 10)
		*gid_r = (gid_t)strtoul(name, NULL, 10);
	else
		return -1;
	return 0;
}

int
privileges_find(struct privileges *privileges, const char *user,
    const char *group, struct buf *why)
{
	const struct passwd *passwd;

	*privileges = (struct privileges){
		.change = geteuid() == 0,
		.user = user, .uid = geteuid(), .gid = getegid(),
	};
	if (!privileges->change)
		return 0;
	if (is_set(user)) {
		if ((passwd = getpwnam(user)) == NULL) {
			buf_addf(why, "user \"%s\" does not exist (make it, "
			    "or set user in the configuration)", user);
			return -1;
		}
		privileges->uid = passwd->pw_uid;
		privileges->gid = passwd->pw_gid;
	}
	if (is_set(group) && group_find(group, &privileges->gid) < 0) {
		buf_addf(why, "group \"%s\" does not exist", group);
		return -1;
	}
	return 0;
}

bool
privileges_suffice(const struct privileges *privileges)
{
	const struct passwd *passwd;

	if (privileges->change || !is_set(privileges->user))
		return true;
	passwd = getpwnam(privileges->user);
	return passwd != NULL && passwd->pw_uid == privileges->uid;
}

static int
failed(const char *what, struct buf *why)
{
	buf_addf(why, "%s: %s", what, strerrordesc_np(errno));
	return -1;
}

/* Also what was saved for later: nothing may lead back. */
static bool
is_dropped(const struct privileges *privileges)
{
	uid_t uid[3];
	gid_t gid[3];

	if (getresuid(&uid[0], &uid[1], &uid[2]) < 0 ||
	    getresgid(&gid[0], &gid[1], &gid[2]) < 0)
		return false;
	for (int i = 0; i < 3; i++)
		if (uid[i] != privileges->uid || gid[i] != privileges->gid)
			return false;
	return privileges->uid == 0 ||
	    (setuid(0) < 0 && seteuid(0) < 0);
}

int
privileges_drop(const struct privileges *privileges, const char *root,
    struct buf *why)
{
	/* The user's own groups, read before the chroot. */
	if (privileges->change && (is_set(privileges->user) ?
	    initgroups(privileges->user, privileges->gid) :
	    setgroups(1, &privileges->gid)) < 0)
		return failed("setgroups", why);
	if (is_set(root) && (chdir(root) < 0 || chroot(root) < 0 ||
	    chdir("/") < 0))
		return failed(root, why);
	if (privileges->change && (setresgid(privileges->gid,
	    privileges->gid, privileges->gid) < 0 ||
	    setresuid(privileges->uid, privileges->uid,
	    privileges->uid) < 0))
		return failed("setresuid", why);
	if (privileges->change && !is_dropped(privileges)) {
		buf_addf(why, "privileges could be had back");
		return -1;
	}
	/* Nothing that we might ever run gains any, either. */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return 0;
}

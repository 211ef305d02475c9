/*
 * privileges - who we become once the socket is bound.
 *
 * Names are looked up before a chroot hides the files they stand in.  What is
 * dropped is dropped for good, which is tried before we believe it.
 */
#ifndef POSTERN_DAEMON_PRIVILEGES_H
#define POSTERN_DAEMON_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

struct privileges {
	bool change;		/* we were started as root */
	const char *user;
	uid_t uid;
	gid_t gid;
};

/*
 * user and group may be NULL or empty: root stays root, the group is the
 * user's own.  Who was not started as root stays who he is.  0, or -1 with a
 * reason added to why.
 */
int privileges_find(struct privileges *privileges, const char *user,
    const char *group, struct buf *why);

/* False where that user is somebody else, whom we cannot become. */
bool privileges_suffice(const struct privileges *privileges);

/* chroot may be NULL or empty.  After -1 the process is good for nothing. */
int privileges_drop(const struct privileges *privileges, const char *root,
    struct buf *why);

/* The id of a group by its name or number; -1 where there is none. */
int group_find(const char *name, gid_t *gid_r);

#endif

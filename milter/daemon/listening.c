/* listening - the socket's address, before and after it is bound. */
#include "daemon/listening.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/span.h"
#include "daemon/folder.h"

/* Those of a process that has just begun, where we look for the socket. */
#define DESCRIPTORS	1024

void
listening_init(struct listening *listening)
{
	*listening = (struct listening){ .folder = -1 };
}

static int
fail(struct buf *why, const char *address, const char *reason)
{
	buf_addf(why, "cannot listen on %s: %s", address, reason);
	return -1;
}

static int
fail_live(struct buf *why, const char *address)
{
	buf_addf(why, "another postern (or something else) listens on %s",
	    address);
	return -1;
}

/* Local sockets */

/* 1: somebody answers; 0: nobody; -1: cannot tell, see errno. */
static int
is_alive(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);
	int error = 0;

	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)address,
	    sizeof(*address)) < 0)
		error = errno;
	close(fd);
	errno = error;
	if (error == 0 || error == EAGAIN)	/* its backlog is full */
		return 1;
	return error == ECONNREFUSED || error == ENOENT ? 0 : -1;
}

static int
prepare_local(struct listening *listening, const char *address,
    const char *path, struct buf *why)
{
	struct sockaddr_un socket_address = { .sun_family = AF_UNIX };
	struct stat found;

	if (strlen(path) >= sizeof(socket_address.sun_path))
		return fail(why, address, "the path is too long");
	memcpy(socket_address.sun_path, path, strlen(path) + 1);
	listening->local = true;
	listening->folder = folder_open(path, &listening->name);
	if (listening->folder < 0)
		return fail(why, address, strerrordesc_np(errno));
	flock(listening->folder, LOCK_EX);
	if (fstatat(listening->folder, listening->name, &found,
	    AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 :
		    fail(why, address, strerrordesc_np(errno));
	if (!S_ISSOCK(found.st_mode))
		return fail(why, address, "a file that is no socket has "
		    "that name");
	switch (is_alive(&socket_address)) {
	case 1:
		return fail_live(why, address);
	case 0:
		if (unlinkat(listening->folder, listening->name, 0) == 0 ||
		    errno == ENOENT)
			return 0;
		/* FALLTHROUGH */
	default:
		return fail(why, address, strerrordesc_np(errno));
	}
}

/*
 * libmilter writes every edit and the answer behind it by itself, and keeps
 * its sockets to itself.  Without TCP_NODELAY, which Linux hands on from the
 * listening socket, a message with an edit takes 40 ms longer.
 */
static void
send_without_delay(void)
{
	for (int fd = 0; fd < DESCRIPTORS; fd++) {
		int listens = 0, on = 1;
		socklen_t size = sizeof(listens);

		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens,
		    &size) == 0 && listens)
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
			    sizeof(on));
	}
}

int
listening_settle(struct listening *listening, uid_t uid, gid_t gid,
    mode_t mode, struct buf *why)
{
	struct stat bound;

	if (!listening->local) {
		send_without_delay();
		return 0;
	}
	flock(listening->folder, LOCK_UN);
	if (fstatat(listening->folder, listening->name, &bound,
	    AT_SYMLINK_NOFOLLOW) < 0)
		return fail(why, listening->name, strerrordesc_np(errno));
	listening->device = bound.st_dev;
	listening->inode = bound.st_ino;
	listening->bound = true;
	if (fchownat(listening->folder, listening->name, uid, gid,
	    AT_SYMLINK_NOFOLLOW) < 0 ||
	    fchmodat(listening->folder, listening->name, mode, 0) < 0) {
		buf_addf(why, "owner and mode of the socket %s: %s",
		    listening->name, strerrordesc_np(errno));
		return -1;
	}
	return 0;
}

void
listening_remove(struct listening *listening)
{
	struct stat found;

	if (listening->bound && fstatat(listening->folder, listening->name,
	    &found, AT_SYMLINK_NOFOLLOW) == 0 &&
	    found.st_dev == listening->device &&
	    found.st_ino == listening->inode)
		unlinkat(listening->folder, listening->name, 0);
	if (listening->folder >= 0)
		close(listening->folder);
	listening_init(listening);
}

/* Addresses of the network */

/* "8896@[127.0.0.1]" into its parts; host is NULL where there is none. */
static void
split(char *text, const char **port_r, const char **host_r)
{
	char *at = strchr(text, '@');
	size_t n;

	*port_r = text;
	*host_r = NULL;
	if (at == NULL)
		return;
	*at++ = '\0';
	n = strlen(at);
	if (n >= 2 && at[0] == '[' && at[n - 1] == ']') {
		at[n - 1] = '\0';
		at++;
	}
	*host_r = at;
}

/*
 * Binds and lets go, for the reason that libmilter would tell syslog only.
 * As libmilter does, with SO_REUSEADDR: a listener still is in the way.
 */
static int
try_to_bind(const struct addrinfo *info)
{
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1, error = 0;

	if (fd < 0)
		return errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, info->ai_addr, info->ai_addrlen) < 0)
		error = errno;
	close(fd);
	return error;
}

/* NULL, with a reason. */
static struct addrinfo *
resolve(const char *address, const char *rest, int family, struct buf *why)
{
	struct addrinfo hints = { .ai_family = family,
	    .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
	struct addrinfo *info;
	const char *port, *host;
	char *copy = strdup(rest);
	int error;

	if (copy == NULL) {
		fail(why, address, "out of memory");
		return NULL;
	}
	split(copy, &port, &host);
	error = *port == '\0' ? EAI_SERVICE :
	    getaddrinfo(host, port, &hints, &info);
	free(copy);
	if (error == 0)
		return info;
	fail(why, address, gai_strerror(error));
	return NULL;
}

static int
prepare_inet(const char *address, const char *rest, int family,
    struct buf *why)
{
	struct addrinfo *info = resolve(address, rest, family, why);
	int error;

	if (info == NULL)
		return -1;
	error = try_to_bind(info);
	freeaddrinfo(info);
	if (error == EADDRINUSE)
		return fail_live(why, address);
	return error == 0 ? 0 : fail(why, address, strerrordesc_np(error));
}

/* The kind of an address, and what follows it; AF_UNSPEC: it is none. */
static int
family_of(const char *address, const char **rest_r)
{
	const char *colon = strchr(address, ':');
	struct span kind = span_make(address, colon != NULL ?
	    (size_t)(colon - address) : 0);

	*rest_r = colon != NULL ? colon + 1 : address;
	if (*address != '\0' && (colon == NULL || kind.n == 0 ||
	    span_caseequal(kind, SPAN("local")) ||
	    span_caseequal(kind, SPAN("unix"))))
		return AF_UNIX;
	if (kind.n > 0 && span_caseequal(kind, SPAN("inet")))
		return AF_INET;
	if (kind.n > 0 && span_caseequal(kind, SPAN("inet6")))
		return AF_INET6;
	return AF_UNSPEC;
}

int
listening_prepare(struct listening *listening, const char *address,
    struct buf *why)
{
	const char *rest;
	int family = family_of(address, &rest);

	listening_init(listening);
	if (family == AF_UNIX)
		return prepare_local(listening, address, rest, why);
	if (family != AF_UNSPEC)
		return prepare_inet(address, rest, family, why);
	buf_addf(why, "listen: \"%s\" is no address (write "
	    "\"inet:8896@127.0.0.1\" or \"local:/path\")", address);
	return -1;
}

/* Without libmilter */

static int
bind_to(const struct sockaddr *to, socklen_t size)
{
	int fd = socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);
	int on = 1, error;

	if (fd < 0)
		return -1;
	/* The second is handed on to the connections. */
	if (to->sa_family != AF_UNIX) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	}
	if (bind(fd, to, size) == 0 && listen(fd, LISTENING_BACKLOG) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int
listening_bind(const char *address, struct buf *why)
{
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	const char *rest;
	int family = family_of(address, &rest), fd;
	struct addrinfo *info = NULL;

	if (family != AF_UNIX &&
	    (info = resolve(address, rest, family, why)) == NULL)
		return -1;
	if (info == NULL)	/* listening_prepare() knows that it fits */
		memcpy(local.sun_path, rest, strnlen(rest,
		    sizeof(local.sun_path) - 1));
	fd = info != NULL ? bind_to(info->ai_addr, info->ai_addrlen) :
	    bind_to((const struct sockaddr *)&local, sizeof(local));
	if (fd < 0)
		fail(why, address, strerrordesc_np(errno));
	if (info != NULL)
		freeaddrinfo(info);
	return fd;
}

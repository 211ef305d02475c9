/*
 * What the daemon does before it serves: pid file, socket, privileges, the
 * background.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/detach.h"
#include "daemon/folder.h"
#include "daemon/listening.h"
#include "daemon/pidfile.h"
#include "daemon/privileges.h"

struct place {
	char folder[64], file[96];
	struct buf why;
};

static int
set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	strcpy(place->folder, "/tmp/test_startup.XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->file, sizeof(place->file), "%s/file", place->folder);
	buf_init(&place->why, 1000);
	*state = place;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *place = *state;

	unlink(place->file);
	rmdir(place->folder);
	buf_clear(&place->why);
	free(place);
	return 0;
}

static bool
says(struct place *place, const char *text)
{
	return strstr(buf_string(&place->why), text) != NULL;
}

static long
number_in(const char *name)
{
	FILE *file = fopen(name, "r");
	long number = 0;

	if (file == NULL)
		return -1;
	if (fscanf(file, "%ld", &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

static void
folders(void **state)
{
	static const struct { const char *path, *name; bool opens; } cases[] = {
		{ "/file", "file", true }, { "/tmp/file", "file", true },
		{ "file", "file", true }, { "/tmp/", "", true },
		{ "/no such folder/file", "file", false },
		{ "/etc/passwd/file", "file", false },
	};
	const char *name;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = folder_open(cases[i].path, &name);

		assert_string_equal(name, cases[i].name);
		assert_int_equal(fd >= 0, cases[i].opens);
		if (fd >= 0)
			close(fd);
	}
}

/* A stale file is taken over, a locked one is not, and the end is clean. */
static void
pid_file(void **state)
{
	struct place *place = *state;
	struct pidfile first, second;
	int fd = open(place->file, O_WRONLY | O_CREAT, 0644);

	assert_int_equal(write(fd, "99999999\nold\n", 13), 13);
	close(fd);
	pidfile_init(&first);
	pidfile_init(&second);
	assert_int_equal(pidfile_open(&first, place->file, &place->why), 0);
	assert_int_equal(pidfile_write(&first), 0);
	assert_int_equal(number_in(place->file), getpid());
	assert_int_equal(pidfile_open(&second, place->file, &place->why), -1);
	assert_true(says(place, "another postern is running"));
	pidfile_remove(&second);	/* never had it */
	assert_int_equal(number_in(place->file), getpid());
	pidfile_remove(&first);
	assert_int_equal(number_in(place->file), -1);
	assert_int_equal(pidfile_open(&second, place->file, &place->why), 0);
	pidfile_remove(&second);
}

/* Somebody else's file of that name is left alone. */
static void
pid_file_replaced(void **state)
{
	struct place *place = *state;
	struct pidfile pidfile;
	int fd;

	pidfile_init(&pidfile);
	assert_int_equal(pidfile_open(&pidfile, place->file, &place->why), 0);
	unlink(place->file);
	fd = open(place->file, O_WRONLY | O_CREAT, 0644);
	assert_int_equal(write(fd, "1\n", 2), 2);
	close(fd);
	pidfile_remove(&pidfile);
	assert_int_equal(number_in(place->file), 1);
}

static void
pid_file_not_through_a_link(void **state)
{
	struct place *place = *state;
	struct pidfile pidfile;

	pidfile_init(&pidfile);
	assert_int_equal(symlink("/etc/passwd", place->file), 0);
	assert_int_equal(pidfile_open(&pidfile, place->file, &place->why),
	    -1);
	assert_true(says(place, place->file));
}

/* Binds as libmilter would. */
static int
bind_local(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	mode_t mask = umask(0777);

	strcpy(address.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	umask(mask);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void
local_socket(void **state)
{
	struct place *place = *state;
	struct listening first, second;
	char address[128];
	struct stat found;
	int fd;

	snprintf(address, sizeof(address), "local:%s", place->file);
	assert_int_equal(listening_prepare(&first, address, &place->why), 0);
	fd = bind_local(place->file);
	assert_int_equal(listening_settle(&first, (uid_t)-1, (gid_t)-1, 0620,
	    &place->why), 0);
	assert_int_equal(stat(place->file, &found), 0);
	assert_int_equal(found.st_mode & 0777, 0620);

	/* Alive: refused, and it stays. */
	assert_int_equal(listening_prepare(&second, address, &place->why),
	    -1);
	assert_true(says(place, "another postern (or something else) listens "
	    "on local:"));
	listening_remove(&second);
	assert_int_equal(stat(place->file, &found), 0);

	/* Left behind: replaced.  The first owner then leaves it alone. */
	close(fd);
	buf_reset(&place->why);
	assert_int_equal(listening_prepare(&second, place->file,
	    &place->why), 0);
	assert_int_equal(stat(place->file, &found), -1);
	fd = bind_local(place->file);
	assert_int_equal(listening_settle(&second, (uid_t)-1, (gid_t)-1,
	    0600, &place->why), 0);
	listening_remove(&second);
	assert_int_equal(stat(place->file, &found), -1);
	listening_remove(&first);
	close(fd);
}

static void
local_socket_refused(void **state)
{
	struct place *place = *state;
	struct listening listening;
	char address[256];
	int fd = open(place->file, O_WRONLY | O_CREAT, 0644);

	close(fd);
	snprintf(address, sizeof(address), "unix:%s", place->file);
	assert_int_equal(listening_prepare(&listening, address, &place->why),
	    -1);
	assert_true(says(place, "is no socket"));
	listening_remove(&listening);
	assert_int_equal(access(place->file, F_OK), 0);

	buf_reset(&place->why);
	assert_int_equal(listening_prepare(&listening,
	    "local:/no such folder/socket", &place->why), -1);
	assert_true(says(place, "No such file"));
	listening_remove(&listening);

	buf_reset(&place->why);
	snprintf(address, sizeof(address), "local:/%0120d", 0);
	assert_int_equal(listening_prepare(&listening, address, &place->why),
	    -1);
	assert_true(says(place, "too long"));
	listening_remove(&listening);
}

static void
network_address(void **state)
{
	struct place *place = *state;
	struct sockaddr_in address = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address), delay_size = sizeof(int);
	struct listening listening;
	int fd = socket(AF_INET, SOCK_STREAM, 0), no_delay = 0;
	char text[64];

	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size),
	    0);
	snprintf(text, sizeof(text), "inet:%u@[127.0.0.1]",
	    ntohs(address.sin_port));
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(listening_prepare(&listening, text, &place->why),
	    -1);
	assert_true(says(place, "another postern (or something else) listens "
	    "on inet:"));

	/* The listener that is there answers without delay from then on. */
	assert_int_equal(listening_settle(&listening, 0, 0, 0, &place->why),
	    0);
	assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &no_delay,
	    &delay_size), 0);
	assert_true(no_delay);
	listening_remove(&listening);

	close(fd);
	buf_reset(&place->why);
	assert_int_equal(listening_prepare(&listening, text, &place->why), 0);
	listening_remove(&listening);
}

static void
bad_addresses(void **state)
{
	static const char *const cases[] = {
		"", "tcp:8896", "inet:8896@no.such.host.invalid", "inet:",
		"inet:nosuchservice@127.0.0.1", "inet6:1@127.0.0.1.x",
		"inet:8896@192.0.2.1",
	};
	struct place *place = *state;
	struct listening listening;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&place->why);
		assert_int_equal(listening_prepare(&listening, cases[i],
		    &place->why), -1);
		assert_true(place->why.n > 0);
		listening_remove(&listening);
	}
}

/* Runs in a child, since what is dropped stays dropped. */
static int
in_child(int (*run)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(run());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
become_nobody(void)
{
	struct privileges privileges;
	gid_t groups[64];
	struct buf why;
	int n;

	buf_init(&why, 1000);
	if (privileges_find(&privileges, "nobody", "daemon", &why) < 0 ||
	    privileges_drop(&privileges, "/tmp", &why) < 0)
		return 1;
	if (getuid() == 0 || geteuid() == 0 || getgid() == 0 ||
	    getgid() != privileges.gid)
		return 2;
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0 ||
	    setgroups(0, NULL) == 0)
		return 3;
	if ((n = getgroups(64, groups)) < 0)
		return 4;
	for (int i = 0; i < n; i++)
		if (groups[i] == 0)
			return 5;
	if (access("/etc/passwd", F_OK) == 0)
		return 6;
	buf_clear(&why);
	return 0;
}

static int
unknown_names(void)
{
	struct privileges privileges;
	struct buf why;

	buf_init(&why, 1000);
	if (privileges_find(&privileges, "no-such-user", "", &why) == 0 ||
	    strstr(buf_string(&why), "no-such-user") == NULL)
		return 1;
	if (privileges_find(&privileges, "nobody", "no-such-group",
	    &why) == 0 || strstr(buf_string(&why), "no-such-group") == NULL)
		return 2;
	if (privileges_find(&privileges, "nobody", NULL, &why) < 0 ||
	    privileges_drop(&privileges, "/no such folder", &why) == 0)
		return 3;
	buf_clear(&why);
	return 0;
}

static int
not_root(void)
{
	struct privileges privileges;
	struct buf why;

	buf_init(&why, 1000);
	if (geteuid() == 0 && setuid(65534) < 0)
		return 1;
	/* Nothing can be changed, so names are not even looked up. */
	if (privileges_find(&privileges, "no-such-user", NULL, &why) < 0 ||
	    privileges.change || privileges_drop(&privileges, "", &why) < 0)
		return 2;
	if (privileges_drop(&privileges, "/tmp", &why) == 0)
		return 3;
	buf_clear(&why);
	return 0;
}

static void
privileges_dropped(void **state)
{
	(void)state;
	assert_int_equal(in_child(not_root), 0);
	if (geteuid() != 0)
		return;
	assert_int_equal(in_child(become_nobody), 0);
	assert_int_equal(in_child(unknown_names), 0);
}

/* The parent's exit status is the child's word. */
static void
detached(void **state)
{
	(void)state;
	for (int good = 0; good < 2; good++) {
		struct detach detach;
		pid_t waiting = fork();
		int status;

		if (waiting == 0) {
			detach_init(&detach);
			if (detach_begin(&detach) < 0)
				_exit(7);
			/* In the background now. */
			if (good && getsid(0) == getpid())
				detach_done(&detach);
			_exit(3);
		}
		assert_int_equal(waitpid(waiting, &status, 0), waiting);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), good ? 0 : 1);
	}
}

int
main(void)
{
#define TEST(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(folders), TEST(pid_file), TEST(pid_file_replaced),
		TEST(pid_file_not_through_a_link), TEST(local_socket),
		TEST(local_socket_refused), TEST(network_address),
		TEST(bad_addresses), TEST(privileges_dropped), TEST(detached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

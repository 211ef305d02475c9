/*
 * sandbox - what a process can still do once it has entered service/sandbox.h:
 * a line for each thing that is tried, each in a process of its own:
 *
 *	NAME done|refused|killed|failed
 *
 * "sandbox free" tries the same without the sandbox: so is seen that it would
 * work.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "service/sandbox.h"

#define SECONDS	2
#define MEMORY	((size_t)64 << 20)

static bool
is_there(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool
try_open(void)
{
	return is_there(open("/etc/passwd", O_RDONLY));
}

static bool
try_create(void)
{
	return is_there(open("/tmp", O_TMPFILE | O_RDWR, 0600));
}

static bool
try_socket(void)
{
	return is_there(socket(AF_INET, SOCK_STREAM, 0));
}

static bool
try_unix_socket(void)
{
	return is_there(socket(AF_UNIX, SOCK_STREAM, 0));
}

static bool
try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static bool
try_exec(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return false;
}

static bool
try_kill(void)
{
	return kill(getppid(), 0) == 0;
}

static bool
try_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool
try_unlink(void)
{
	return unlink("/nonexistent/file") == 0 || errno == ENOENT;
}

static bool
try_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED && munmap(p, 4096) == 0;
}

static bool
try_memory(size_t size)
{
	char *p = malloc(size);
	bool got = p != NULL;

	if (got)
		memset(p, 1, size);
	free(p);
	return got;
}

static bool
try_little_memory(void)
{
	return try_memory(MEMORY / 2);
}

static bool
try_much_memory(void)
{
	return try_memory(MEMORY * 2);
}

/* Until a limit ends it, or the alarm does that there is without one. */
static bool
try_long(void)
{
	volatile unsigned n = 0;

	for (;;)
		n++;
	return true;
}

static bool
try_write(void)
{
	return write(STDOUT_FILENO, "", 0) == 0;
}

static const struct {
	const char *name;
	bool (*try)(void);
} things[] = {
	{ "write", try_write }, { "little-memory", try_little_memory },
	{ "open", try_open }, { "create", try_create },
	{ "socket", try_socket }, { "unix-socket", try_unix_socket },
	{ "fork", try_fork }, { "exec", try_exec }, { "kill", try_kill },
	{ "ptrace", try_ptrace }, { "unlink", try_unlink },
	{ "code", try_code }, { "much-memory", try_much_memory },
	{ "long", try_long },
};

static _Noreturn void
try_thing(size_t i, bool is_free)
{
	struct sandbox sandbox = {
		.memory = MEMORY, .present = sandbox_memory_used(),
		.seconds = SECONDS,
	};
	const char *why;

	alarm(is_free ? 1 : SECONDS * 10);
	if (!is_free && sandbox_enter(&sandbox, &why) < 0) {
		fprintf(stderr, "%s\n", why);
		_exit(3);
	}
	_exit(things[i].try() ? 0 : 1);
}

static const char *
outcome(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status) == 0 ? "done" :
		    WEXITSTATUS(status) == 1 ? "refused" : "failed";
	return WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGXCPU ||
	    WTERMSIG(status) == SIGKILL ? "killed" : "failed";
}

int
main(int argc, char **argv)
{
	bool is_free = argc > 1 && strcmp(argv[1], "free") == 0;

	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
		int status = 0;
		pid_t pid = fork();

		if (pid == 0)
			try_thing(i, is_free);
		waitpid(pid, &status, 0);
		printf("%s %s\n", things[i].name, outcome(status));
	}
	printf("bounds-memory %s\n", sandbox_bounds_memory() ? "yes" : "no");
	return 0;
}

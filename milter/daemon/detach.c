/* detach - into the background. */
#include "daemon/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

void
detach_init(struct detach *detach)
{
	*detach = (struct detach){ .parent = -1, .null = -1 };
}

static _Noreturn void
wait_for_word(int fd)
{
	char word;
	ssize_t n;

	do {
		n = read(fd, &word, 1);
	} while (n < 0 && errno == EINTR);
	_exit(n == 1 ? 0 : 1);
}

int
detach_begin(struct detach *detach)
{
	int ends[2] = { -1, -1 };
	pid_t child;

	if ((detach->null = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0 ||
	    pipe2(ends, O_CLOEXEC) < 0 || (child = fork()) < 0)
		return -1;
	if (child > 0) {
		close(ends[1]);
		wait_for_word(ends[0]);
	}
	close(ends[0]);
	detach->parent = ends[1];
	setsid();
	return 0;
}

void
detach_done(struct detach *detach)
{
	if (detach->parent < 0)
		return;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(detach->null, fd);
	if (detach->null > STDERR_FILENO)
		close(detach->null);
	/* The parent may be gone already: EPIPE, SIGPIPE being ignored. */
	if (write(detach->parent, "", 1) < 0)
		errno = 0;
	close(detach->parent);
	detach_init(detach);
}

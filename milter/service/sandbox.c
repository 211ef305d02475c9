/* sandbox - nothing left but memory and descriptors.  See sandbox.h. */
#include "service/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED	1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED	1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED	0
#endif

/* Where /proc is not to be had. */
#define MEMORY_GUESS	((uint64_t)256 << 20)

/* What reading, memory and an end need, and nothing more. */
static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(close),
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	SCMP_SYS(exit), SCMP_SYS(exit_group),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(restart_syscall), SCMP_SYS(futex),
	/* Clocks that the C library could not read without the kernel. */
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(getrandom),
};

/* What libraries ask for and can do without. */
static const int refused[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(access),
	SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(stat),
	SCMP_SYS(lstat), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
	SCMP_SYS(statx), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
	SCMP_SYS(getcwd), SCMP_SYS(umask), SCMP_SYS(lseek),
	SCMP_SYS(fcntl), SCMP_SYS(ioctl), SCMP_SYS(uname),
};

/* The runtimes of the sanitizers. */
static const int of_sanitizers[] = {
	SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(sigaltstack),
	SCMP_SYS(rt_sigaction), SCMP_SYS(gettid), SCMP_SYS(getpid),
	SCMP_SYS(sched_yield), SCMP_SYS(prctl), SCMP_SYS(getrlimit),
	SCMP_SYS(prlimit64), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(tgkill), SCMP_SYS(sched_getaffinity),
};

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

static bool
add_rules(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int result = seccomp_rule_add(filter, action, calls[i], 0);

		/* A call that this processor's kernel does not have. */
		if (result < 0 && result != -EDOM && result != -EFAULT)
			return false;
	}
	return true;
}

/* Memory of its own, which is never run. */
static bool
add_memory_rules(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
	    SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)) == 0 &&
	    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

static int
close_the_kernel(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool good = filter != NULL &&
	    add_rules(filter, SCMP_ACT_ALLOW, allowed, COUNT(allowed)) &&
	    add_rules(filter, SCMP_ACT_ERRNO(EACCES), refused,
	    COUNT(refused)) &&
	    (SANITIZED ? add_rules(filter, SCMP_ACT_ALLOW, of_sanitizers,
	    COUNT(of_sanitizers)) : add_memory_rules(filter)) &&
	    seccomp_load(filter) == 0;

	seccomp_release(filter);
	return good ? 0 : -1;
}

static int
limit(int what, rlim_t value)
{
	struct rlimit rlimit = { value, value };

	return setrlimit((__rlimit_resource_t)what, &rlimit);
}

/* What a sanitizer's runtime must not be bound in: addresses, its reports. */
static int
set_own_limits(const struct sandbox *sandbox)
{
#if SANITIZED
	(void)sandbox;
	return 0;
#else
	return limit(RLIMIT_FSIZE, 0) < 0 || limit(RLIMIT_AS,
	    (rlim_t)(sandbox->present + sandbox->memory)) < 0 ? -1 : 0;
#endif
}

static int
set_limits(const struct sandbox *sandbox)
{
	return set_own_limits(sandbox) < 0 ||
	    limit(RLIMIT_CPU, sandbox->seconds) < 0 ||
	    limit(RLIMIT_NOFILE, 0) < 0 || limit(RLIMIT_NPROC, 0) < 0 ||
	    limit(RLIMIT_CORE, 0) < 0 ? -1 : 0;
}

int
sandbox_enter(const struct sandbox *sandbox, const char **why_r)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		*why_r = "prctl fails";
	else if (set_limits(sandbox) < 0)
		*why_r = "setrlimit fails";
	else if (close_the_kernel() < 0)
		*why_r = "no seccomp filter can be set";
	else
		return 0;
	return -1;
}

uint64_t
sandbox_memory_used(void)
{
	char text[64] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
	long page = sysconf(_SC_PAGESIZE);

	if (fd >= 0)
		close(fd);
	if (n <= 0 || page <= 0)
		return MEMORY_GUESS;
	return strtoull(text, NULL, 10) * (uint64_t)page;
}

bool
sandbox_bounds_memory(void)
{
	return !SANITIZED;
}

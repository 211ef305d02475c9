/* serve - the filter starts. */
#include "daemon/serve.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/detach.h"
#include "daemon/milter.h"
#include "daemon/native.h"
#include "daemon/privileges.h"
#include "daemon/reload.h"
#include "daemon/signals.h"
#include "daemon/stop.h"

#define DEFAULT_FILE	"/etc/postern/postern.conf"
#define TEXT_MAX	4096

/*
 * A conversation has its connection and, where a body is kept, a spool; some
 * more are for tables, the log and libmilter.
 */
#define FILES_EACH	2
#define FILES_MORE	64

static const char usage[] =
"usage: postern serve [-c FILE] [--daemon] [--pid-file FILE]\n"
"\n"
"Run the filter, in the foreground unless told otherwise.\n"
"\n"
"  -c FILE          the configuration (" DEFAULT_FILE ")\n"
"  --daemon         go into the background once all is well\n"
"  --pid-file FILE  write the process id there (setting: pid_file)\n"
"\n"
"HUP and USR1 read configuration and tables again; TERM and INT stop once\n"
"the open messages have their verdict or drain_time is over.\n";

/* What main() has and all that it starts; nothing here changes later. */
struct serve {
	char *file;		/* as seen from inside a chroot */
	const char *outside;	/* as it was given */
	const char *pid_path;
	bool daemon;
	struct conf conf;	/* of the start: what is read once */
	struct sources sources;
	struct privileges privileges;
	struct detach detach;
	struct listening listening;
	int socket;		/* of the native engine */
	struct pidfile pidfile;
	struct log *log;
	struct policy *policy;	/* the first; then current's */
	struct current *current;
	struct reload *reload;
	struct traffic traffic;
	struct delays delays;
	struct scratch_pool *scratch;
	struct inspector *inspector;
	struct shared shared;
	struct signals signals;
	struct buf why;
};

static bool
is_set(const char *text)
{
	return text != NULL && *text != '\0';
}

static int
say(struct serve *serve)
{
	fprintf(stderr, "postern: %s\n", buf_string(&serve->why));
	return -1;
}

static int
say_text(const char *text)
{
	fprintf(stderr, "postern: %s\n", text);
	return -1;
}

/* The configuration */

static void
print_complaints(const struct complaints *complaints)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	for (size_t i = 0; i < complaints->n; i++) {
		buf_reset(&text);
		complaint_format(&complaints->list[i], &text);
		fprintf(stderr, "%s\n", buf_string(&text));
	}
	buf_clear(&text);
}

/*
 * Reads everything as it is seen now.  Errors, and then all complaints, are
 * printed; warnings alone go to the log, where there is one.
 */
static int
load(struct serve *serve, const char *file)
{
	struct complaints complaints;

	complaints_init(&complaints);
	serve->policy = policy_new(file, NULL, &complaints);
	if (serve->policy != NULL && !conf_same_startup(&serve->conf,
	    &serve->policy->conf, &complaints))
		policy_free(&serve->policy);
	if (serve->policy == NULL) {
		print_complaints(&complaints);
		fprintf(stderr, "postern: not started: %zu error%s in %s%s\n",
		    complaints.errors, complaints.errors == 1 ? "" : "s",
		    file, is_set(serve->conf.chroot) &&
		    file == serve->file ? " (inside the chroot)" : "");
	} else if (serve->log != NULL) {
		log_complaints(serve->log, &complaints);
	}
	complaints_clear(&complaints);
	return serve->policy != NULL ? 0 : -1;
}

/* FILE must still be found from another folder. */
static char *
absolute(const char *file)
{
	char *folder, *path = NULL;

	if (*file == '/')
		return strdup(file);
	if ((folder = getcwd(NULL, 0)) == NULL ||
	    asprintf(&path, "%s/%s", folder, file) < 0)
		path = NULL;
	free(folder);
	return path;
}

/* What lies beneath the chroot loses its front; all else must be there too. */
static void
see_from_inside(char *path, const char *root)
{
	size_t n = strlen(root);

	while (n > 0 && root[n - 1] == '/')
		n--;
	if (strncmp(path, root, n) == 0 && path[n] == '/')
		memmove(path, path + n, strlen(path + n) + 1);
}

static int
read_conf(struct serve *serve)
{
	struct complaints complaints;
	bool good;

	complaints_init(&complaints);
	sources_init(&serve->sources);
	good = conf_read(&serve->conf, serve->outside, &serve->sources,
	    &complaints);
	complaints_clear(&complaints);
	/* All that is wrong with the tables belongs to the same list. */
	if (!good && load(serve, serve->outside) == 0)
		return say_text("the configuration changes while it is read");
	if (!good)
		return -1;
	if (serve->pid_path == NULL && is_set(serve->conf.pid_file))
		serve->pid_path = serve->conf.pid_file;
	if (serve->daemon && strcmp(serve->conf.log, "stderr") == 0)
		return say_text("log = \"stderr\" leads nowhere with --daemon "
		    "(set log = \"syslog\" or \"/path\")");
	if ((serve->file = is_set(serve->conf.chroot) || serve->daemon ?
	    absolute(serve->outside) : strdup(serve->outside)) == NULL)
		return say_text("out of memory");
	if (is_set(serve->conf.chroot))
		see_from_inside(serve->file, serve->conf.chroot);
	return 0;
}

/* While we are root */

static int
open_log(struct serve *serve)
{
	const char *why;

	if ((serve->log = log_open(serve->conf.log, &why)) != NULL)
		return 0;
	buf_addf(&serve->why, "log = \"%s\": %s", serve->conf.log, why);
	return say(serve);
}

/* At EMFILE libmilter's listener spins, so it is not to come to that. */
static void
raise_limit(struct serve *serve)
{
	uint64_t sessions = serve->conf.session_limit;
	struct rlimit limit, wish;
	rlim_t want;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	want = sessions == 0 || sessions > RLIM_INFINITY / FILES_EACH / 2 ?
	    limit.rlim_max : (rlim_t)sessions * FILES_EACH + FILES_MORE;
	if (limit.rlim_cur >= want)
		return;
	wish = (struct rlimit){ .rlim_cur = want,
	    .rlim_max = limit.rlim_max > want ? limit.rlim_max : want };
	if (setrlimit(RLIMIT_NOFILE, &wish) == 0)
		return;
	wish = (struct rlimit){ .rlim_cur = limit.rlim_max,
	    .rlim_max = limit.rlim_max };
	setrlimit(RLIMIT_NOFILE, &wish);
	log_line(serve->log, LOG_LEVEL_WARNING, "warning: session_limit = %"
	    PRIu64 " may need %" PRIuMAX " open files, but only %" PRIuMAX
	    " are allowed (raise LimitNOFILE or ulimit -n, or lower it)",
	    sessions, (uintmax_t)want, (uintmax_t)limit.rlim_max);
}

static int
socket_group(struct serve *serve, gid_t *gid_r)
{
	*gid_r = serve->privileges.change ? serve->privileges.gid : (gid_t)-1;
	if (!is_set(serve->conf.socket_group) ||
	    group_find(serve->conf.socket_group, gid_r) == 0)
		return 0;
	buf_addf(&serve->why, "socket_group: group \"%s\" does not exist",
	    serve->conf.socket_group);
	return -1;
}

static int
open_socket(struct serve *serve)
{
	const char *listen = serve->conf.listen;

	if (serve->conf.engine == ENGINE_NATIVE)
		return serve->socket = listening_bind(listen, &serve->why);
	if (milter_open(listen) == 0)
		return 0;
	buf_addf(&serve->why, "cannot listen on %s: see the system log for "
	    "libmilter's reason", listen);
	return -1;
}

static int
bind_socket(struct serve *serve)
{
	const struct conf *conf = &serve->conf;
	mode_t mask;
	gid_t gid;
	int bound;

	if (socket_group(serve, &gid) < 0 ||
	    listening_prepare(&serve->listening, conf->listen,
	    &serve->why) < 0)
		return say(serve);
	/* Once it is there, what signals ask for waits until all is ready. */
	signals_block();
	mask = umask(0777);
	bound = open_socket(serve);
	umask(mask);
	if (bound < 0)
		return say(serve);
	if (listening_settle(&serve->listening, serve->privileges.change ?
	    serve->privileges.uid : (uid_t)-1, gid, conf->socket_mode,
	    &serve->why) < 0)
		return say(serve);
	return 0;
}

/* In the keeper of the inspector: it becomes whom we become. */
static int
drop_in_keeper(void *context, char *why, size_t size)
{
	const struct serve *serve = context;
	struct buf text;
	int result;

	buf_init(&text, TEXT_MAX);
	result = privileges_drop(&serve->privileges, serve->conf.chroot,
	    &text);
	snprintf(why, size, "%s", buf_string(&text));
	buf_clear(&text);
	return result;
}

/*
 * Before anything is open that it would inherit, before the chroot that hides
 * what it reads, and whether it is asked for or not, since a reload may do
 * that.  What it means that there is none is on_attachment_error.
 */
static void
start_inspector(struct serve *serve)
{
	char why[256];

	serve->inspector = inspector_start(drop_in_keeper, serve, why,
	    sizeof(why));
	if (serve->inspector == NULL)
		log_line(serve->log, LOG_LEVEL_WARNING, "warning: attachments "
		    "cannot be looked into: %s", why);
}

static int
prepare(struct serve *serve)
{
	const struct conf *conf = &serve->conf;

	if (serve->daemon && detach_begin(&serve->detach) < 0)
		return say_text(strerrordesc_np(errno));
	if (open_log(serve) < 0)
		return -1;
	raise_limit(serve);
	if (privileges_find(&serve->privileges, conf->user, conf->group,
	    &serve->why) < 0)
		return say(serve);
	if (serve->privileges.change)
		log_give(serve->log, serve->privileges.uid,
		    serve->privileges.gid);
	if (!privileges_suffice(&serve->privileges))
		log_line(serve->log, LOG_LEVEL_WARNING, "warning: not started "
		    "as root, so user = \"%s\" has no effect", conf->user);
	start_inspector(serve);
	if (is_set(serve->pid_path) && pidfile_open(&serve->pidfile,
	    serve->pid_path, &serve->why) < 0)
		return say(serve);
	if (bind_socket(serve) < 0)
		return -1;
	if (privileges_drop(&serve->privileges, conf->chroot,
	    &serve->why) < 0)
		return say(serve);
	if (serve->daemon && chdir("/") < 0)
		return say_text(strerrordesc_np(errno));
	if (geteuid() == 0)
		log_line(serve->log, LOG_LEVEL_WARNING,
		    "warning: running as root (set user)");
	return 0;
}

/* From here on unprivileged */

static void
on_reload(void *context, const char *why)
{
	struct serve *serve = context;

	log_reopen(serve->log);
	reload_request(serve->reload, why);
}

static void
on_stop(void *context, const char *why)
{
	struct serve *serve = context;
	struct pin *pin = current_pin(serve->current);
	uint64_t drain_time = pin_policy(pin)->conf.drain_time;

	current_unpin(serve->current, &pin);
	stop_process(why, drain_time, &serve->traffic, serve->log,
	    &serve->listening, &serve->pidfile);
}

static int
build(struct serve *serve)
{
	traffic_init(&serve->traffic);
	delays_init(&serve->delays);
	if (load(serve, serve->file) < 0)
		return -1;
	if ((serve->scratch = scratch_pool_new()) == NULL ||
	    (serve->reload = reload_new(serve->file, serve->log)) == NULL ||
	    (serve->current = current_new(serve->policy, reload_collect,
	    serve->reload)) == NULL)
		return say_text("out of memory");
	serve->shared = (struct shared){ .log = serve->log,
	    .current = serve->current, .traffic = &serve->traffic,
	    .scratch = serve->scratch, .inspector = serve->inspector,
	    .delays = &serve->delays };
	serve->signals = (struct signals){ .reload = on_reload,
	    .stop = on_stop, .context = serve };
	return 0;
}

static void
announce(struct serve *serve)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	policy_describe(serve->policy, &text);
	log_line(serve->log, LOG_LEVEL_INFO, "postern " POSTERN_VERSION
	    " listening on %s (%s, engine %s)", serve->conf.listen,
	    buf_string(&text), serve->conf.engine == ENGINE_NATIVE ?
	    "native" : "libmilter");
	buf_clear(&text);
}

/* The line first: by then a reload may have taken the policy away. */
static int
start_threads(struct serve *serve)
{
	if (log_start(serve->log) < 0)
		return say_text("no thread for the log");
	if (serve->pidfile.fd >= 0 && pidfile_write(&serve->pidfile) < 0) {
		buf_addf(&serve->why, "%s: %s", serve->pid_path,
		    strerrordesc_np(errno));
		return say(serve);
	}
	announce(serve);
	if (reload_start(serve->reload, serve->current) < 0 ||
	    signals_start(&serve->signals) < 0)
		return say_text("no thread for reloads and signals");
	detach_done(&serve->detach);
	return 0;
}

/* Comes back only where it cannot go on. */
static void
serve_mail(struct serve *serve)
{
	if (serve->conf.engine == ENGINE_NATIVE) {
		const char *why = native_run(serve->socket, &serve->shared);

		log_line(serve->log, LOG_LEVEL_ERROR, "error: %s", why);
		return;
	}
	milter_run(&serve->shared);
	log_line(serve->log, LOG_LEVEL_ERROR,
	    "error: libmilter has given up (see the system log)");
}

static int
run(struct serve *serve)
{
	buf_init(&serve->why, TEXT_MAX);
	detach_init(&serve->detach);
	listening_init(&serve->listening);
	pidfile_init(&serve->pidfile);
	if (read_conf(serve) == 0 && prepare(serve) == 0 &&
	    build(serve) == 0 && start_threads(serve) == 0)
		serve_mail(serve);
	listening_remove(&serve->listening);
	pidfile_remove(&serve->pidfile);
	if (serve->log != NULL)
		log_end(serve->log, 1000);
	/* Other threads may run on what we have: nothing is freed. */
	fflush(stderr);
	_exit(1);
}

int
serve_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "daemon", no_argument, NULL, 'd' },
		{ "pid-file", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	struct serve serve = { .outside = DEFAULT_FILE };
	int option;

	while ((option = getopt_long(argc, argv, "c:h", options,
	    NULL)) != -1) {
		switch (option) {
		case 'c':
			serve.outside = optarg;
			break;
		case 'd':
			serve.daemon = true;
			break;
		case 'p':
			serve.pid_path = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return 2;
	}
	return run(&serve);
}

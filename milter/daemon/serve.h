/* serve - the filter itself: from privileges to the last message. */
#ifndef POSTERN_DAEMON_SERVE_H
#define POSTERN_DAEMON_SERVE_H

/*
 * `postern serve`.  Comes back only where the filter could not start, or
 * where libmilter gave up; on TERM and INT the process ends in stop.c.
 */
int serve_main(int argc, char **argv);

#endif

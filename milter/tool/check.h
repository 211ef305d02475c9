/*
 * check - postern check: every complaint about a configuration and its tables.
 */
#ifndef POSTERN_TOOL_CHECK_H
#define POSTERN_TOOL_CHECK_H

/* 0 where there is no error, 1 where there is one, 2 on wrong usage. */
int check_main(int argc, char **argv);

#endif

/*
 * access - postern access: which key of access(5) matches, and its result.
 */
#ifndef POSTERN_TOOL_ACCESS_H
#define POSTERN_TOOL_ACCESS_H

/* 0 where something was found, 1 where nothing was, 2 on an error. */
int access_main(int argc, char **argv);

#endif

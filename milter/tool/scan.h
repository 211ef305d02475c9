/*
 * scan - postern scan: what would become of stored messages.
 */
#ifndef POSTERN_TOOL_SCAN_H
#define POSTERN_TOOL_SCAN_H

/* 0 where all were accepted, 1 where one was not, 2 on an error. */
int scan_main(int argc, char **argv);

#endif

/*
 * query - postern query: ask one table, as postmap -q would.
 */
#ifndef POSTERN_TOOL_QUERY_H
#define POSTERN_TOOL_QUERY_H

/* 0: something was found; 1: nothing was; 2: an error. */
int query_main(int argc, char **argv);

#endif

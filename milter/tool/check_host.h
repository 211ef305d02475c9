/*
 * check_host - what a configuration names outside of itself and its tables:
 * users, groups, folders.  The daemon looks them up when it starts; here the
 * same is said beforehand, for the machine that this runs on.
 */
#ifndef POSTERN_TOOL_CHECK_HOST_H
#define POSTERN_TOOL_CHECK_HOST_H

#include "base/complaint.h"

/* Reads FILE; what is wrong inside of it is not said again. */
void check_host(const char *file, struct complaints *complaints);

#endif

/*
 * policy_folder - for tests of sessions: a folder with the tables that a
 * policy reads, and the policy.
 */
#ifndef POSTERN_TEST_POLICY_FOLDER_H
#define POSTERN_TEST_POLICY_FOLDER_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/policy.h"

static char folder[] = "/tmp/postern-unit-XXXXXX";

/* For cmocka: before all tests of a program, and after them. */
static inline int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static inline int
remove_folder(void **state)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	(void)state;
	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	return rmdir(folder);
}

static inline void
write_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* The settings may name files of the folder.  checks: if any, one of them. */
static inline struct policy *
make_policy(const char *settings, const char *checks)
{
	char path[256];
	struct complaints complaints;
	struct policy *policy;

	if (checks != NULL)
		write_file("checks", checks);
	write_file("postern.conf", settings);
	snprintf(path, sizeof(path), "%s/postern.conf", folder);
	complaints_init(&complaints);
	policy = policy_new(path, NULL, &complaints);
	for (size_t i = 0; i < complaints.n; i++)
		if (complaints.list[i].kind == COMPLAINT_ERROR)
			print_message("%s:%u: %s\n", complaints.list[i].file,
			    complaints.list[i].line, complaints.list[i].text);
	complaints_clear(&complaints);
	assert_non_null(policy);
	return policy;
}

#endif

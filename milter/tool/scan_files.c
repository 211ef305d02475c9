/* scan_files - the files that scan's arguments name.  See scan_files.h. */
#include "tool/scan_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void
scan_files_init(struct scan_files *files)
{
	*files = (struct scan_files){ .paths = NULL };
}

void
scan_files_clear(struct scan_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->paths[i]);
	free(files->paths);
	scan_files_init(files);
}

/* Takes over the path, even where it fails. */
static int
add(struct scan_files *files, char *path, const char **why_r)
{
	struct stat st;

	if (path != NULL && files->n == files->room) {
		size_t room = files->room > 0 ? files->room * 2 : 64;
		char **paths = realloc(files->paths, room * sizeof(*paths));

		if (paths == NULL) {
			free(path);
			path = NULL;
		} else {
			files->paths = paths;
			files->room = room;
		}
	}
	if (path == NULL) {
		*why_r = "out of memory";
		return -1;
	}
	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
	    S_ISREG(st.st_mode))
		files->size += (uint64_t)st.st_size;
	files->paths[files->n++] = path;
	return 0;
}

/* Deliveries have no name that begins with a dot. */
static int
is_message(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int
add_folder(struct scan_files *files, const char *maildir, const char *folder,
    const char **why_r)
{
	struct dirent **entries = NULL;
	char *path = NULL;
	int n = -1, result = 0;

	if (asprintf(&path, "%s/%s", maildir, folder) >= 0)
		n = scandir(path, &entries, is_message, alphasort);
	else
		path = NULL;
	if (n < 0) {
		*why_r = strerrordesc_np(errno);
		result = -1;
	}
	for (int i = 0; i < n; i++) {
		char *file = NULL;

		if (result == 0 && asprintf(&file, "%s/%s", path,
		    entries[i]->d_name) < 0)
			file = NULL;
		if (result == 0)
			result = add(files, file, why_r);
		free(entries[i]);
	}
	free(entries);
	free(path);
	return result;
}

static int
has_folder(const char *maildir, const char *folder)
{
	struct stat st;
	char *path;
	int there;

	if (asprintf(&path, "%s/%s", maildir, folder) < 0)
		return 0;
	there = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	free(path);
	return there;
}

static char *
without_slashes(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return strndup(path, n);
}

static int
add_maildir(struct scan_files *files, const char *path, const char **why_r)
{
	char *maildir = without_slashes(path);
	int result;

	if (maildir == NULL) {
		*why_r = "out of memory";
		return -1;
	}
	if (!has_folder(maildir, "cur") || !has_folder(maildir, "new")) {
		*why_r = "a folder, but no Maildir (it has no cur and new)";
		result = -1;
	} else {
		result = add_folder(files, maildir, "cur", why_r);
		if (result == 0)
			result = add_folder(files, maildir, "new", why_r);
	}
	free(maildir);
	return result;
}

int
scan_files_add(struct scan_files *files, const char *path, const char **why_r)
{
	struct stat st;

	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
	    S_ISDIR(st.st_mode))
		return add_maildir(files, path, why_r);
	return add(files, strdup(path), why_r);
}

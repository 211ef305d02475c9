/* folder - the folder that a file lies in. */
#include "daemon/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

int
folder_open(const char *path, const char **name_r)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	int fd;

	*name_r = slash != NULL ? slash + 1 : path;
	if (slash == NULL)
		folder = strdup(".");
	else	/* "/name" lies in "/" */
		folder = strndup(path, slash > path ?
		    (size_t)(slash - path) : 1);
	if (folder == NULL) {
		errno = ENOMEM;
		return -1;
	}
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	return fd;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "control/auth/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"

int secret_file_write(const char *dir, const char *path, const char *text)
{
	char temporary[PATH_MAX + 8];

	if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary)
		return -ENAMETOOLONG;
	(void)unlink(temporary); /* of a start that was cut off */
	autoclose int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	autoclose int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || folder < 0)
		return -errno;
	if (dprintf(fd, "%s", text) < 0 || fsync(fd) < 0 || rename(temporary, path) < 0) {
		int r = -errno;

		(void)unlink(temporary); /* half a secret, on a disk that is full */
		return r;
	}
	return fsync(folder) < 0 ? -errno : 0;
}

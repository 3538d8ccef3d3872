/* SPDX-License-Identifier: Apache-2.0 */
#include "control/files/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <uv.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/rng.h"

enum { AT_ONCE = 16 }; /* bounds the memory: each holds one file */

#define NEW_SUFFIX ".new"

struct files {
	uv_loop_t *loop;
	int dir_fd;
	size_t busy;
};

/* One piece of work: put, get or remove. */
struct job {
	uv_work_t work;
	struct files *files;
	int (*run)(struct job *j); /* on the pool */
	char id[FILES_ID_SIZE];
	char *bytes;
	size_t n;
	int status;
	files_put_fn *put_done;
	files_get_fn *get_done;
	void *arg;
};

int files_new(struct files **ret, uv_loop_t *loop, const char *dir)
{
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return -errno;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	struct files *f = calloc(1, sizeof *f);
	if (!f) {
		(void)close(fd);
		return -ENOMEM;
	}
	f->loop = loop;
	f->dir_fd = fd;
	*ret = f;
	return 0;
}

int files_disk(const struct files *f, uint64_t *ret_free, uint64_t *ret_total)
{
	struct statvfs disk;

	if (fstatvfs(f->dir_fd, &disk) < 0)
		return -errno;
	*ret_free = (uint64_t)disk.f_bavail * disk.f_frsize;
	*ret_total = (uint64_t)disk.f_blocks * disk.f_frsize;
	return 0;
}

struct files *files_free(struct files *f)
{
	if (!f)
		return NULL;
	while (f->busy)
		(void)uv_run(f->loop, UV_RUN_ONCE);
	(void)close(f->dir_fd);
	free(f);
	return NULL;
}

size_t files_busy(const struct files *f)
{
	return f->busy;
}

/* ---- on the pool ---- */

static int write_all(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t wrote = write(fd, bytes, n);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -errno;
		bytes += wrote;
		n -= (size_t)wrote;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int run_put(struct job *j)
{
	char beside[FILES_ID_SIZE + sizeof NEW_SUFFIX];
	int dir = j->files->dir_fd;

	(void)snprintf(beside, sizeof beside, "%s" NEW_SUFFIX, j->id);
	int fd = openat(dir, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	int status = write_all(fd, j->bytes, j->n);
	if (close(fd) < 0 && status == 0)
		status = -errno;
	if (status == 0 && renameat(dir, beside, dir, j->id) < 0)
		status = -errno;
	if (status == 0 && fsync(dir) < 0)
		status = -errno;
	if (status < 0)
		(void)unlinkat(dir, beside, 0);
	return status;
}

static int run_get(struct job *j)
{
	struct stat st;
	int fd = openat(j->files->dir_fd, j->id, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	int status = fstat(fd, &st) < 0 ? -errno : 0;
	if (status == 0 && (!S_ISREG(st.st_mode) || st.st_size > LIMIT_UPLOAD))
		status = -ENOENT;
	j->bytes = status == 0 ? malloc((size_t)st.st_size + 1) : NULL;
	if (status == 0 && !j->bytes)
		status = -ENOMEM;
	while (status == 0 && j->n < (size_t)st.st_size) {
		ssize_t got = read(fd, j->bytes + j->n, (size_t)st.st_size - j->n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			status = got < 0 ? -errno : -EIO;
		else
			j->n += (size_t)got;
	}
	(void)close(fd);
	return status;
}

static int run_remove(struct job *j)
{
	return unlinkat(j->files->dir_fd, j->id, 0) < 0 && errno != ENOENT ? -errno : 0;
}

static void work(uv_work_t *req)
{
	struct job *j = container_of(req, struct job, work);

	if (j->status == 0)
		j->status = j->run(j);
}

/* ---- on the loop ---- */

static void end(uv_work_t *req, int canceled)
{
	struct job *j = container_of(req, struct job, work);

	if (canceled && j->status == 0)
		j->status = canceled;
	j->files->busy--;
	if (j->put_done)
		j->put_done(j->arg, j->status, j->id);
	if (j->get_done)
		j->get_done(j->arg, j->status, j->bytes, j->status == 0 ? j->n : 0);
	free(j->bytes);
	free(j);
}

static struct job *job_new(struct files *f, int (*run)(struct job *j), void *arg)
{
	struct job *j = must(calloc(1, sizeof *j));

	j->files = f;
	j->run = run;
	j->arg = arg;
	if (f->busy >= AT_ONCE)
		j->status = -EBUSY;
	return j;
}

static void submit(struct job *j)
{
	j->files->busy++;
	(void)uv_queue_work(j->files->loop, &j->work, work, end); /* fails only without `work` */
}

void files_put(struct files *f, char *bytes, size_t n, files_put_fn *done, void *arg)
{
	struct job *j = job_new(f, run_put, arg);

	rng_name(rng_os(), "", j->id, sizeof j->id);
	j->bytes = bytes;
	j->n = n;
	j->put_done = done;
	submit(j);
}

/* Letters and digits only: no path leads out of the folder. */
static bool is_id(const char *text)
{
	size_t n = strlen(text);
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	return n == FILES_ID_SIZE - 1 && strspn(text, allowed) == n;
}

static bool set_id(struct job *j, const char *id)
{
	if (is_id(id))
		memcpy(j->id, id, FILES_ID_SIZE);
	return is_id(id);
}

void files_get(struct files *f, const char *id, files_get_fn *done, void *arg)
{
	struct job *j = job_new(f, run_get, arg);

	if (!set_id(j, id))
		j->status = -ENOENT;
	j->get_done = done;
	submit(j);
}

void files_remove(struct files *f, const char *id, files_put_fn *done, void *arg)
{
	struct job *j = job_new(f, run_remove, arg);

	/* holds no bytes: there is always room for it */
	j->status = set_id(j, id) ? 0 : -ENOENT;
	j->put_done = done;
	submit(j);
}

/* ---- what is there ---- */

static bool is_half_written(const char *name)
{
	size_t n = strlen(name);

	return n == FILES_ID_SIZE - 1 + sizeof NEW_SUFFIX - 1 &&
	       strcmp(name + FILES_ID_SIZE - 1, NEW_SUFFIX) == 0;
}

int files_list(const struct files *f, char (**ret_ids)[FILES_ID_SIZE], size_t *ret_n)
{
	int fd = openat(f->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd); /* owns fd from now on */
	char(*ids)[FILES_ID_SIZE] = NULL;
	size_t n = 0, room = 0;
	struct dirent *entry;

	if (!dir) {
		int status = -errno;
		if (fd >= 0)
			(void)close(fd);
		return status;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (is_half_written(entry->d_name))
			(void)unlinkat(f->dir_fd, entry->d_name, 0);
		if (!is_id(entry->d_name))
			continue;
		if (n == room) {
			room = room ? 2 * room : 1024;
			ids = must(reallocarray(ids, room, sizeof *ids));
		}
		memcpy(ids[n++], entry->d_name, FILES_ID_SIZE);
	}
	(void)closedir(dir);
	*ret_ids = ids;
	*ret_n = n;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `confab data backup`: a copy of the data folder while the server runs, which is a data folder itself; and `confab data
 * restore`, the same the other way.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/cli.h"
#include "store/backup.h"
#include "store/store.h"

struct backup {
	int from, to; /* folders */
	uid_t uid;    /* whose the copy is to be, when root makes it */
	gid_t gid;
	size_t files;
	uint64_t bytes;
	char path[NAME_MAX + 1]; /* where it failed */
};

static int copy_bytes(int in, int out, uint64_t *ret)
{
	char bytes[64 * 1024];

	for (;;) {
		ssize_t n = read(in, bytes, sizeof bytes), done = 0;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		while (done < n) {
			ssize_t wrote = write(out, bytes + done, (size_t)(n - done));

			if (wrote < 0 && errno != EINTR)
				return -errno;
			done += wrote > 0 ? wrote : 0;
		}
		*ret += (uint64_t)n;
	}
}

/* A file that is gone meanwhile is no failure, and one that was copied is not copied again: files never change. */
static int copy_file(struct backup *b, int from, int to, const char *name)
{
	struct stat st;

	if (fstatat(to, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	autoclose int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (in < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(in, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return 0;
	autoclose int out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return -errno;
	int r = copy_bytes(in, out, &b->bytes);
	if (r == 0 && fsync(out) < 0)
		r = -errno;
	b->files++;
	return r;
}

/* The database is copied by itself, locks are a folder's own, and what is half written has another name later. */
static bool is_wanted(const char *name)
{
	const char *dot = strrchr(name, '.');

	return name[0] != '.' && strncmp(name, "confab.db", strlen("confab.db")) != 0 &&
	       !(dot && (strcmp(dot, ".lock") == 0 || strcmp(dot, ".new") == 0));
}

static int copy_files(struct backup *b, int from, int to)
{
	int fd = dup(from);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	int r = 0;

	if (!list)
		return -errno; /* out of descriptors or memory: the program ends */
	rewinddir(list);       /* the position is the descriptor's that was duplicated */
	for (struct dirent *entry; r == 0 && (entry = readdir(list));) {
		if (!is_wanted(entry->d_name))
			continue;
		r = copy_file(b, from, to, entry->d_name);
		if (r < 0)
			(void)snprintf(b->path, sizeof b->path, "%s", entry->d_name);
	}
	(void)closedir(list);
	return r == 0 && fsync(to) < 0 ? -errno : r;
}

static int copy_uploads(struct backup *b)
{
	autoclose int from = openat(b->from, "files", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (from < 0)
		return errno == ENOENT ? 0 : -errno;
	if (mkdirat(b->to, "files", 0700) < 0 && errno != EEXIST)
		return -errno;
	autoclose int to = openat(b->to, "files", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return to < 0 ? -errno : copy_files(b, from, to);
}

/* Else root's backup would be one that confabd cannot read. */
static int give_all(const struct backup *b, int folder)
{
	int fd = dup(folder);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	int r = 0;

	if (!list)
		return -errno;
	rewinddir(list);
	for (struct dirent *entry; r == 0 && (entry = readdir(list));) {
		if (strcmp(entry->d_name, "..") != 0 &&
		    fchownat(folder, entry->d_name, b->uid, b->gid, AT_SYMLINK_NOFOLLOW) < 0)
			r = -errno;
	}
	(void)closedir(list);
	return r;
}

static int give(const struct backup *b)
{
	if (geteuid() != 0 || (b->uid == 0 && b->gid == 0))
		return 0;
	autoclose int files = openat(b->to, "files", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = files < 0 ? 0 : give_all(b, files);

	return r == 0 ? give_all(b, b->to) : r;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

/*
 * Uploads before the database and after it: every file that a row names has been there before, or came while the
 * database was copied.
 */
static int copy_all(struct backup *b, const char *dir, const char *part, struct store_backup *ret,
		    char *ret_error)
{
	int r = copy_uploads(b);

	if (r == 0)
		r = store_backup(dir, part, ret, ret_error);
	if (r == 0)
		r = copy_uploads(b);
	if (r == 0)
		r = copy_files(b, b->from, b->to);
	if (r == 0)
		r = give(b);
	if (r < 0 && !*ret_error)
		(void)snprintf(ret_error, STORE_ERROR_MAX, "%.255s: %s", b->path, strerror(-r));
	return r;
}

/* owner: of a folder that the copy takes the place of; NULL: as the one that is copied. */
static int copy(const char *dir, const char *part, const char *to, const struct stat *owner,
		const char *what)
{
	char error[STORE_ERROR_MAX] = "";
	struct store_backup found = { 0 };
	autoclose int from_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclose int to_fd = open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct backup b = { .from = from_fd, .to = to_fd };
	struct stat st;

	if (from_fd < 0 || to_fd < 0 || fstat(from_fd, &st) < 0)
		return cli_fail("%s cannot be opened: %s", from_fd < 0 ? dir : part,
				strerror(errno));
	b.uid = owner ? owner->st_uid : st.st_uid;
	b.gid = owner ? owner->st_gid : st.st_gid;
	int r = copy_all(&b, dir, part, &found, error);
	/* Under its name a backup is whole; an empty folder of that name gives way. */
	if (r == 0 && rename(part, to) < 0)
		(void)snprintf(error, sizeof error, "%.255s: %s", to, strerror(r = -errno));
	if (r < 0) {
		(void)nftw(part, remove_one, 16, FTW_DEPTH | FTW_PHYS);
		return cli_fail("%s: %s", what, error);
	}
	printf("%s: %lld accounts, %lld messages, %zu files, looked through\n", to,
	       (long long)found.users, (long long)found.messages, b.files);
	return CLI_OK;
}

/* "…/name" and ".part", without slashes at the end; the name while it is not whole. */
static int part_of(const struct cli_command *self, const char *to, char ret[PATH_MAX])
{
	size_t n = strlen(to);

	while (n > 1 && to[n - 1] == '/')
		n--;
	if (n + sizeof ".part" > PATH_MAX)
		return cli_usage(self, "the folder's name is too long");
	(void)snprintf(ret, PATH_MAX, "%.*s.part", (int)n, to);
	return 0;
}

static int make_part(const char *part)
{
	if (mkdir(part, 0700) == 0)
		return 0;
	return cli_fail("%s cannot be made: %s%s", part, strerror(errno),
			errno == EEXIST ? ". Another copy is under way, or was cut off: "
					  "remove the folder then"
					: "");
}

int cli_data_backup(const struct cli_command *self, int argc, char **argv)
{
	const char *dir = NULL, *to = NULL;
	const struct cli_option options[] = { { "--to", &to, NULL },
					      { "--data", &dir, NULL },
					      { NULL } };
	char part[PATH_MAX];
	struct stat st;
	int r = cli_options(self, argc, argv, options, NULL);

	if (r || (r = cli_data_folder(self, &dir, false)))
		return r;
	if (!to || !*to)
		return cli_usage(self, "--to is missing: name a folder that is not there yet");
	if ((r = part_of(self, to, part)))
		return r;
	if (stat(to, &st) == 0 && rmdir(to) < 0)
		return cli_fail("%s is there already: name a folder that is not there yet", to);
	if ((r = make_part(part)))
		return r;
	return copy(dir, part, to, NULL, "no backup was made");
}

/* A confabd that has the folder: its data must not be taken away under it. */
static bool is_in_use(const char *dir)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof path, "%s/daemon.lock", dir) >= (int)sizeof path)
		return false;
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

int cli_data_restore(const struct cli_command *self, int argc, char **argv)
{
	const char *from = NULL, *dir = NULL;
	const struct cli_option options[] = { { "--from", &from, NULL },
					      { "--data", &dir, NULL },
					      { NULL } };
	char part[PATH_MAX];
	struct stat st;
	int r = cli_options(self, argc, argv, options, NULL);

	if (r || (r = cli_data_folder(self, &dir, true)))
		return r;
	if (!from || !*from)
		return cli_usage(self, "--from is missing: name a folder of confab data backup");
	if (snprintf(part, sizeof part, "%s/confab.db", from) >= (int)sizeof part ||
	    access(part, F_OK) < 0)
		return cli_fail("there is no backup in %s: check --from", from);
	if ((r = part_of(self, dir, part)))
		return r;
	if (is_in_use(dir))
		return cli_fail("confabd runs on %s: stop it first", dir);
	bool there = stat(dir, &st) == 0;
	if (there && rmdir(dir) < 0 && errno != ENOENT)
		return cli_fail("%s is there, and not empty: move it out of the way first, "
				"mv %s %.*s.before",
				dir, dir, (int)strlen(part) - (int)strlen(".part"), part);
	if ((r = make_part(part)))
		return r;
	return copy(from, part, dir, there ? &st : NULL, "nothing was restored");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "store/walfile.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* 31 frames of 24 + 4096 bytes. SQLite's unix layer cuts what it writes at once to 17 bits of length, silently. */
enum { GATHERED_MAX = 31 * 4120 };

struct walfile {
	sqlite3_file base;   /* what SQLite sees */
	sqlite3_file *lower; /* its own, behind this struct */
	uint8_t *bytes;	     /* GATHERED_MAX, or NULL */
	int64_t begin;	     /* where they belong */
	size_t n;
};

static const size_t lower_at = (sizeof(struct walfile) + alignof(max_align_t) - 1) /
			       alignof(max_align_t) * alignof(max_align_t);

static struct walfile *of(sqlite3_file *file)
{
	return (struct walfile *)file;
}

/* After a failure all of it is still there: the transaction may go on when only a statement is undone. */
static int flush(struct walfile *f)
{
	int rc = f->n == 0 ? SQLITE_OK
			   : f->lower->pMethods->xWrite(f->lower, f->bytes, (int)f->n, f->begin);

	if (rc == SQLITE_OK)
		f->n = 0;
	return rc;
}

/* Whether these bytes follow those that are there, or replace some, and there is room. */
static bool fits(const struct walfile *f, int64_t at, size_t n)
{
	return f->n == 0 ? n <= GATHERED_MAX
			 : at >= f->begin && at <= f->begin + (int64_t)f->n &&
				   at + (int64_t)n <= f->begin + GATHERED_MAX;
}

static int wal_write(sqlite3_file *file, const void *from, int amount, sqlite3_int64 at)
{
	struct walfile *f = of(file);
	size_t n = (size_t)amount;

	if (!fits(f, at, n)) {
		int rc = flush(f);

		if (rc != SQLITE_OK)
			return rc;
	}
	if (!f->bytes)
		f->bytes = malloc(GATHERED_MAX);
	if (!f->bytes || !fits(f, at, n))
		return f->lower->pMethods->xWrite(f->lower, from, amount, at);
	if (f->n == 0)
		f->begin = at;
	size_t offset = (size_t)(at - f->begin);
	memcpy(f->bytes + offset, from, n);
	if (offset + n > f->n)
		f->n = offset + n;
	return SQLITE_OK;
}

static int wal_read(sqlite3_file *file, void *to, int amount, sqlite3_int64 at)
{
	struct walfile *f = of(file);
	bool gathered = at < f->begin + (int64_t)f->n && at + amount > f->begin;
	int rc = gathered ? flush(f) : SQLITE_OK;

	return rc == SQLITE_OK ? f->lower->pMethods->xRead(f->lower, to, amount, at) : rc;
}

static int wal_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct walfile *f = of(file);
	int rc = flush(f);

	return rc == SQLITE_OK ? f->lower->pMethods->xTruncate(f->lower, size) : rc;
}

static int wal_sync(sqlite3_file *file, int flags)
{
	struct walfile *f = of(file);
	int rc = flush(f);

	return rc == SQLITE_OK ? f->lower->pMethods->xSync(f->lower, flags) : rc;
}

static int wal_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	struct walfile *f = of(file);
	int rc = flush(f);

	return rc == SQLITE_OK ? f->lower->pMethods->xFileSize(f->lower, ret) : rc;
}

/* What is gathered is of a transaction that did not end: nothing that was committed. */
static int wal_close(sqlite3_file *file)
{
	struct walfile *f = of(file);

	free(f->bytes);
	return f->lower->pMethods->xClose(f->lower);
}

/* SQLite locks the database, never its log. */
static int wal_lock(sqlite3_file *file, int level)
{
	(void)file, (void)level;
	return SQLITE_OK;
}

static int wal_reserved(sqlite3_file *file, int *ret)
{
	(void)file;
	*ret = 0;
	return SQLITE_OK;
}

static int wal_control(sqlite3_file *file, int operation, void *arg)
{
	struct walfile *f = of(file);
	int rc = flush(f);

	return rc == SQLITE_OK ? f->lower->pMethods->xFileControl(f->lower, operation, arg) : rc;
}

static int wal_sector(sqlite3_file *file)
{
	return of(file)->lower->pMethods->xSectorSize(of(file)->lower);
}

static int wal_traits(sqlite3_file *file)
{
	return of(file)->lower->pMethods->xDeviceCharacteristics(of(file)->lower);
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = wal_close,
	.xRead = wal_read,
	.xWrite = wal_write,
	.xTruncate = wal_truncate,
	.xSync = wal_sync,
	.xFileSize = wal_size,
	.xLock = wal_lock,
	.xUnlock = wal_lock,
	.xCheckReservedLock = wal_reserved,
	.xFileControl = wal_control,
	.xSectorSize = wal_sector,
	.xDeviceCharacteristics = wal_traits,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
		    int *ret_flags)
{
	sqlite3_vfs *below = vfs->pAppData;
	struct walfile *f = of(file);

	if (!(flags & SQLITE_OPEN_WAL))
		return below->xOpen(below, name, file, flags, ret_flags);
	*f = (struct walfile){ .lower = (sqlite3_file *)((char *)file + lower_at) };
	int rc = below->xOpen(below, name, f->lower, flags, ret_flags);
	if (rc == SQLITE_OK)
		f->base.pMethods = &methods;
	return rc;
}

static sqlite3_vfs layer;

/* All but opening is as below; SQLite's own functions for that look at nothing in the struct that they are given. */
static void make_layer(void)
{
	sqlite3_vfs *below = sqlite3_vfs_find(NULL);

	if (!below)
		return;
	layer = *below;
	layer.pNext = NULL;
	layer.zName = "confab";
	layer.pAppData = below;
	layer.szOsFile = (int)lower_at + below->szOsFile;
	layer.xOpen = vfs_open;
	if (sqlite3_vfs_register(&layer, 0) != SQLITE_OK)
		layer.zName = NULL;
}

const char *walfile_vfs(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, make_layer); /* fails for no argument of ours */
	return layer.zName;
}

struct walfile *walfile_of(sqlite3 *db)
{
	sqlite3_file *file = NULL;
	int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);

	return rc == SQLITE_OK && file && file->pMethods == &methods ? of(file) : NULL;
}

void walfile_forget(struct walfile *f)
{
	if (f)
		f->n = 0;
}

void walfile_rest(struct walfile *f)
{
	if (!f || f->n)
		return;
	free(f->bytes);
	f->bytes = NULL;
}

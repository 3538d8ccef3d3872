/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk below SQLite for tests: it knows of the database and its log what a power cut would leave (all that was synced,
 * and of the rest what chance says, torn or whole), and fails when it is told to. SQLite's default once it is there.
 */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum disk_file { DISK_DB, DISK_LOG, DISK_FILES };
enum disk_fault { FAULT_NONE, FAULT_FULL, FAULT_IO, FAULT_SHORT, FAULT_SYNC };

struct disk_write {
	struct disk_write *next;
	int64_t at;
	size_t n; /* 0: the file was cut to `at` bytes */
	uint8_t bytes[];
};

struct disk_image {
	uint8_t *bytes;
	size_t n, capacity;
	struct disk_write *first, **end; /* since the last sync */
};

static struct disk {
	sqlite3_vfs vfs, *below;
	struct disk_image images[DISK_FILES];
	unsigned log_writes, log_syncs; /* calls */
	enum disk_fault fault;
	unsigned left; /* calls on the log that still work */
	uint64_t random;
	void (*before)(void); /* a call that changes one of them: a moment for a power cut */
} disk;

struct disk_handle {
	sqlite3_file base;
	enum disk_file file;
	sqlite3_file *lower;
};

static uint32_t disk_chance(uint32_t below)
{
	disk.random = disk.random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(disk.random >> 33) % below;
}

static void image_write(struct disk_image *i, const uint8_t *bytes, size_t n, size_t at)
{
	if (at + n > i->capacity) {
		i->capacity = 2 * (at + n);
		i->bytes = realloc(i->bytes, i->capacity);
	}
	if (at > i->n)
		memset(i->bytes + i->n, 0, at - i->n);
	memcpy(i->bytes + at, bytes, n);
	i->n = at + n > i->n ? at + n : i->n;
}

/* `torn`: of a write only some sectors. */
static void image_apply(struct disk_image *i, const struct disk_write *w, bool torn)
{
	enum { SECTOR = 512 };

	if (w->n == 0) {
		i->n = (size_t)w->at < i->n ? (size_t)w->at : i->n;
		return;
	}
	for (size_t done = 0, n; done < w->n; done += n) {
		n = SECTOR - ((size_t)w->at + done) % SECTOR;
		n = n < w->n - done ? n : w->n - done;
		if (!torn || disk_chance(2))
			image_write(i, w->bytes + done, n, (size_t)w->at + done);
	}
}

static void image_note(struct disk_image *i, const void *bytes, size_t n, int64_t at)
{
	struct disk_write *w = malloc(sizeof *w + n);

	*w = (struct disk_write){ .at = at, .n = n };
	if (n)
		memcpy(w->bytes, bytes, n);
	if (!i->first)
		i->end = &i->first;
	*i->end = w;
	i->end = &w->next;
}

static void image_settle(struct disk_image *i, bool keep)
{
	for (struct disk_write *w = i->first, *next; w; w = next) {
		next = w->next;
		if (keep)
			image_apply(i, w, false);
		free(w);
	}
	i->first = NULL;
}

/* Writes into `path` what a power cut at this moment would leave of the file. */
static inline void disk_cut(enum disk_file file, const char *path)
{
	const struct disk_image *now = &disk.images[file];
	struct disk_image left = { 0 };
	FILE *out = fopen(path, "wb");

	image_write(&left, now->bytes ? now->bytes : (const uint8_t *)"", now->n, 0);
	for (struct disk_write *w = now->first; w; w = w->next) {
		uint32_t fate = disk_chance(3);

		if (fate)
			image_apply(&left, w, fate == 1);
	}
	if (left.n)
		(void)fwrite(left.bytes, 1, left.n, out);
	(void)fclose(out);
	free(left.bytes);
}

static struct disk_handle *handle_of(sqlite3_file *file)
{
	return (struct disk_handle *)file;
}

static bool disk_fails(struct disk_handle *h, bool sync)
{
	if (h->file != DISK_LOG || disk.fault == FAULT_NONE || sync != (disk.fault == FAULT_SYNC))
		return false;
	if (disk.left == 0)
		return true;
	disk.left--;
	return false;
}

static void disk_moment(void)
{
	if (disk.before)
		disk.before();
}

static int disk_close(sqlite3_file *file)
{
	return handle_of(file)->lower->pMethods->xClose(handle_of(file)->lower);
}

static int disk_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
	return handle_of(file)->lower->pMethods->xRead(handle_of(file)->lower, to, n, at);
}

static int disk_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
	struct disk_handle *h = handle_of(file);
	bool fails = disk_fails(h, false);
	int part = fails && disk.fault == FAULT_SHORT ? n / 3 : fails ? 0 : n;

	disk_moment();
	disk.log_writes += h->file == DISK_LOG;
	if (part)
		image_note(&disk.images[h->file], from, (size_t)part, at);
	int rc = part ? h->lower->pMethods->xWrite(h->lower, from, part, at) : SQLITE_OK;
	return !fails ? rc : disk.fault == FAULT_IO ? SQLITE_IOERR_WRITE : SQLITE_FULL;
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct disk_handle *h = handle_of(file);

	disk_moment();
	image_note(&disk.images[h->file], NULL, 0, size);
	return h->lower->pMethods->xTruncate(h->lower, size);
}

/* As Linux does it: what could not be written counts as clean afterwards. */
static int disk_sync(sqlite3_file *file, int flags)
{
	struct disk_handle *h = handle_of(file);
	bool fails = disk_fails(h, true);

	(void)flags;
	disk_moment();
	disk.log_syncs += h->file == DISK_LOG;
	image_settle(&disk.images[h->file], !fails);
	disk_moment();
	return fails ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *ret)
{
	return handle_of(file)->lower->pMethods->xFileSize(handle_of(file)->lower, ret);
}

static int disk_lock(sqlite3_file *file, int level)
{
	return handle_of(file)->lower->pMethods->xLock(handle_of(file)->lower, level);
}

static int disk_unlock(sqlite3_file *file, int level)
{
	return handle_of(file)->lower->pMethods->xUnlock(handle_of(file)->lower, level);
}

static int disk_reserved(sqlite3_file *file, int *ret)
{
	return handle_of(file)->lower->pMethods->xCheckReservedLock(handle_of(file)->lower, ret);
}

static int disk_control(sqlite3_file *file, int operation, void *arg)
{
	return handle_of(file)->lower->pMethods->xFileControl(handle_of(file)->lower, operation,
							      arg);
}

static int disk_sector(sqlite3_file *file)
{
	return handle_of(file)->lower->pMethods->xSectorSize(handle_of(file)->lower);
}

static int disk_traits(sqlite3_file *file)
{
	return handle_of(file)->lower->pMethods->xDeviceCharacteristics(handle_of(file)->lower);
}

static int disk_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret)
{
	return handle_of(file)->lower->pMethods->xShmMap(handle_of(file)->lower, page, size, extend,
							 ret);
}

static int disk_shm_lock(sqlite3_file *file, int at, int n, int flags)
{
	return handle_of(file)->lower->pMethods->xShmLock(handle_of(file)->lower, at, n, flags);
}

static void disk_barrier(sqlite3_file *file)
{
	handle_of(file)->lower->pMethods->xShmBarrier(handle_of(file)->lower);
}

static int disk_unmap(sqlite3_file *file, int remove)
{
	return handle_of(file)->lower->pMethods->xShmUnmap(handle_of(file)->lower, remove);
}

static const sqlite3_io_methods disk_methods = {
	2,	     disk_close, disk_read,	disk_write,    disk_truncate, disk_sync,
	disk_size,   disk_lock,	 disk_unlock,	disk_reserved, disk_control,  disk_sector,
	disk_traits, disk_map,	 disk_shm_lock, disk_barrier,  disk_unmap,    NULL,
	NULL,
};

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret)
{
	struct disk_handle *h = handle_of(file);

	(void)vfs;
	if (!(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)))
		return disk.below->xOpen(disk.below, name, file, flags, ret);
	*h = (struct disk_handle){ .file = flags & SQLITE_OPEN_WAL ? DISK_LOG : DISK_DB,
				   .lower = (sqlite3_file *)(h + 1) };
	int rc = disk.below->xOpen(disk.below, name, h->lower, flags, ret);
	if (rc == SQLITE_OK)
		h->base.pMethods = &disk_methods;
	return rc;
}

/* Before the first connection. */
static inline void disk_register(void)
{
	disk.below = sqlite3_vfs_find("unix");
	disk.vfs = *disk.below;
	disk.vfs.pNext = NULL;
	disk.vfs.zName = "disk";
	disk.vfs.szOsFile += (int)sizeof(struct disk_handle);
	disk.vfs.xOpen = disk_open;
	(void)sqlite3_vfs_register(&disk.vfs, 1);
}

/* A new disk, for a database that does not exist yet. */
static inline void disk_reset(uint64_t seed)
{
	for (int i = 0; i < DISK_FILES; i++) {
		image_settle(&disk.images[i], false);
		free(disk.images[i].bytes);
		disk.images[i] = (struct disk_image){ 0 };
	}
	disk.fault = FAULT_NONE;
	disk.before = NULL;
	disk.random = seed;
	disk.log_writes = disk.log_syncs = 0;
}

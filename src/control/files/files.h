/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of uploaded files, one file each in a folder of their own. Their names, kinds and owners
 * are in the store. Reading and writing run on the loop's thread pool. Owned by control.c, loop's
 * thread only.
 *
 * A file is there whole or not at all, also after a power cut: written beside, synced, renamed, and
 * the folder synced (R37).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct files;
struct uv_loop_s;

enum { FILES_ID_SIZE = 25 }; /* 24 letters that nobody guesses (142 bits), and NUL */

/* `dir` is made (0700) when it is missing. 0 or -errno. */
int files_new(struct files **ret, struct uv_loop_s *loop, const char *dir);

/* Of the disk with the folder, in bytes: what may still be written, and all. 0 or -errno. */
int files_disk(const struct files *f, uint64_t *ret_free, uint64_t *ret_total);

/* Runs the loop until nothing is under way. Takes NULL. Returns NULL. */
struct files *files_free(struct files *f);
size_t files_busy(const struct files *f);

/* status: 0 or -errno (-ENOSPC: the disk is full; -EBUSY: too many at once, try again). */
typedef void files_put_fn(void *arg, int status, const char *id);
typedef void files_get_fn(void *arg, int status, const char *bytes, size_t n);

/* Takes `bytes` over (malloc). Makes an id for them. Calls back exactly once, later. */
void files_put(struct files *f, char *bytes, size_t n, files_put_fn *done, void *arg);

/* `bytes` are valid during the call back. -ENOENT. The id comes from outside: it is checked. */
void files_get(struct files *f, const char *id, files_get_fn *done, void *arg);

/* Removes a file. `done` may be NULL; its status is 0 also when the file was gone already. */
void files_remove(struct files *f, const char *id, files_put_fn *done, void *arg);

/* The ids of all that is there, to free; and clears away what an upload left half-written. At the start, before there are
 * uploads; not on the pool. 0 or -errno. */
int files_list(const struct files *f, char (**ret_ids)[FILES_ID_SIZE], size_t *ret_n);

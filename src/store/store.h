/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that outlives a restart, as verbs. No SQL and no SQLite above this header. The verbs themselves are in
 * users.h, messages.h, calls.h and events.h, which come with this; what fewer files need is in headers beside it
 * (channels.h, support.h, …).
 *
 * A verb copies its arguments, queues the request and returns at once; one store thread takes all
 * that is queued, runs it in one transaction (a request that is refused undoes what it wrote itself,
 * and nothing of the others), commits to the disk, and only then are the callbacks called,
 * on the loop's thread, in the order of the requests. What one callback of the loop asks for is in one
 * transaction: a crash leaves all of it, or nothing. So: what a callback reports as done survives
 * a power cut, and two events are seen in the order in which they were stored.
 *
 * The struct store belongs to the loop's thread: call every function from
 * there. What a callback receives is valid during the call only. Each
 * accepted request is answered exactly once, also during store_close.
 *
 * Status: 0, or -ENOENT (no such row), -ENXIO (a user that is named does not exist), -EEXIST (already there), -ESTALE (pruned), -ENOSPC (disk
 * full), -EROFS (not writable), -EIO (the disk failed: nothing is acknowledged any more until a
 * restart), -EUCLEAN (damaged file), -ENOMEM, -EBUSY (another program holds the database for too
 * long), -ESHUTDOWN (closing).
 *
 * Times are microseconds since 1970 UTC and come from the caller.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/calls.h"
#include "store/events.h"
#include "store/messages.h"
#include "store/users.h"

struct uv_loop_s;

enum { STORE_ERROR_MAX = 512 };

struct store_config {
	const char *dir; /* the data folder; made (0700) when missing; the database in it is 0600 */
	struct uv_loop_s *loop; /* where callbacks run */
	bool exclusive;		/* the daemon: refuse when another daemon has this folder */

	/*
	 * When a write fails because of the disk, after one that did not (-ENOSPC, -EROFS, -EIO), and with 0 once one
	 * works again. On the loop's thread, before the request's own callback. NULL: nobody is told.
	 */
	void (*on_disk)(void *arg, int status);
	void *arg;
};

/* Opens, checks and migrates.
 * 0, or -errno with one line for the operator in ret_error (STORE_ERROR_MAX bytes). */
int store_open(const struct store_config *config, struct store **ret, char *ret_error);

/* Since the start: transactions that were committed or undone, and the requests in them that write. */
struct store_counts {
	uint64_t transactions, writes;
};
struct store_counts store_counts(struct store *s);

/*
 * What a turn of the loop asks for is handed to the thread at the turn's end, so that it gets one transaction. A turn may be long: when the
 * thread has had nothing to do for as long as a commit takes, this hands over what was asked for so far. To wait longer would cost more
 * than one commit more, and to hand over sooner would cost a commit for less. For between two requests of people; it is done between
 * two callbacks, too.
 */
void store_hurry(struct store *s);

/* Writes something and takes it away again: whether the disk takes it, as for any other write (on_disk). */
void store_probe(struct store *s, store_done_fn *done, void *arg);

/* Blocks until everything queued is answered; callbacks run inside.
 * For start-up, the command line and tests. */
void store_wait(struct store *s);

/* Commits and answers everything queued, then closes.
 * The loop must run once more, so that a handle can close. Takes NULL. Returns NULL. */
struct store *store_close(struct store *s);

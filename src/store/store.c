/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store thread and its two queues. Group commit: everything that is queued when the thread
 * comes round goes into one transaction, so that one fsync serves many requests.
 *
 * Way: a verb (users.c, messages.c, …) ▸ request_submit ▸ hand_over ▸ [queue] ▸ run_batch ▸ COMMIT ▸ [done] ▸
 * deliver ▸ callback.
 */
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#include "base/clock.h"
#include "base/trim.h"
#include "store/request.h"

enum {
	/* requests of one transaction, besides the rest of the last one's turn: bounds how long the first one waits */
	BATCH_MAX = 512,
	REST_AFTER_S = 1,  /* without a request; and … */
	TRIM_AFTER_S = 10, /* … after that */
};

struct store {
	uv_async_t async;   /* "something is done"; keeps the loop alive while requests are out */
	size_t outstanding; /* accepted, not answered; loop thread only */
	bool closing;	    /* loop thread only */
	uv_prepare_t turn;  /* runs while `fresh` holds something */
	struct list fresh;  /* submitted in this turn of the loop; loop thread only */
	uint64_t fresh_us;  /* when its first one came; loop thread only */
	struct list ready;  /* being answered; loop thread only */
	void (*on_disk)(void *arg, int status);
	void *disk_arg;
	int disk; /* what on_disk was told last; loop thread only */
	pthread_t thread;
	struct db db; /* the store thread's, from store_open on */
	/* likewise; 1: since the last request db_rest was called, 2: and trim_memory */
	unsigned rested;
	_Atomic uint64_t idle_us;   /* the thread waits since then; 0: it works */
	_Atomic uint64_t commit_us; /* what the last COMMIT took */

	pthread_mutex_t mutex;
	pthread_cond_t queued_cond, done_cond;
	struct list queued, done;   /* under the mutex */
	bool stop;		    /* under the mutex */
	struct store_counts counts; /* under the mutex */
};

/* ---- the store thread ---- */

static int run_one(struct db *db, struct request *req)
{
	if (req->mem.bad)
		return -ENOMEM;
	int r = req->run(db, req);

	return r == 0 && req->mem.bad ? -ENOMEM : r;
}

/* In a savepoint of its own, so that its failure undoes nothing else. */
static int run_apart(struct db *db, struct request *req)
{
	size_t words = db->search.n;
	int r = db_exec(db, "SAVEPOINT one", "");

	if (r < 0)
		return r;
	r = run_one(db, req);
	if (r < 0)
		search_forget(db, words);
	if (r < 0 && db_in_transaction(db))
		(void)db_exec(db, "ROLLBACK TO one", ""); /* when this fails, so does RELEASE */
	if (!db_in_transaction(db))
		return r < 0 ? r : -EIO;
	int released = db_exec(db, "RELEASE one", "");
	return r < 0 ? r : released;
}

/* Without one: savepoints are half of what a message costs. */
static int run_checked(struct db *db, struct request *req)
{
	int64_t before = db_all_changes(db);
	int r = run_one(db, req);

	if (r < 0 && db_in_transaction(db) && db_all_changes(db) != before)
		db_rollback(db); /* run_writes sees that the transaction is gone */
	return r;
}

/* Those that write, after their transaction was undone. */
static void fail_writes(struct list *batch, int status)
{
	struct request *req;

	list_each (req, batch, link)
		if (req->writes && req->status == 0)
			req->status = status;
}

static void undo(struct db *db, struct list *batch, int status)
{
	db_rollback(db);
	search_forget(db, 0);
	db->event_added = db->event_pruned = 0;
	fail_writes(batch, status);
}

static int commit(struct store *s)
{
	uint64_t begin = clock_now_us();
	int r = db_commit(&s->db);

	atomic_store_explicit(&s->commit_us, clock_now_us() - begin, memory_order_relaxed);
	return r;
}

static void run_writes(struct store *s, struct list *batch)
{
	struct db *db = &s->db;
	struct request *req;
	int64_t before = db_all_changes(db);
	int r = db_begin(db, true);

	if (r < 0) {
		fail_writes(batch, r);
		return;
	}
	list_each (req, batch, link) {
		if (!req->writes)
			continue;
		req->status = req->checks_first ? run_checked(db, req) : run_apart(db, req);
		if (!db_in_transaction(db)) {
			/* A full disk or an I/O error undid all of it:
			 * nobody is told that it worked. */
			undo(db, batch, req->status);
			return;
		}
	}
	r = search_flush(db);
	if (r == 0)
		r = event_prune(db);
	if (r == 0)
		r = commit(s);
	if (r < 0)
		undo(db, batch, r);
	else if (db_all_changes(db) != before)
		list_each (req, batch, link)
			req->committed = true;
}

static bool searches(struct list *batch)
{
	struct request *req;

	list_each (req, batch, link)
		if (req->searches)
			return true;
	return false;
}

static void run_reads(struct db *db, struct list *batch)
{
	struct request *req;

	if (searches(batch)) /* on a full disk the rest is found all the same */
		(void)search_settle(db);
	int r = db_begin(db, false);

	list_each (req, batch, link)
		if (!req->writes)
			req->status = r < 0 ? r : run_one(db, req);
	if (r == 0)
		db_rollback(db); /* nothing was written */
}

/* Reads come after the commit: they see what was asked for before them, nothing that may be undone yet,
 * and a disk that takes nothing more does not keep people from reading (R33). How many write. */
static size_t run_batch(struct store *s, struct list *batch)
{
	struct request *req;
	size_t writes = 0, reads = 0;

	list_each (req, batch, link)
		(*(req->writes ? &writes : &reads))++;
	if (writes)
		run_writes(s, batch);
	if (reads)
		run_reads(&s->db, batch);
	return writes;
}

static void take_all(struct list *from, struct list *to)
{
	while (!list_empty(from)) {
		struct list *first = from->next;

		list_remove(first);
		list_append(to, first);
	}
}

/* With the mutex held. When nothing comes for a while, what the last wave of requests read is forgotten. */
static void wait_for_work(struct store *s)
{
	struct timespec until;

	if (s->rested == 2) {
		(void)pthread_cond_wait(&s->queued_cond, &s->mutex);
		return;
	}
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += s->rested ? TRIM_AFTER_S : REST_AFTER_S;
	if (pthread_cond_timedwait(&s->queued_cond, &s->mutex, &until) != ETIMEDOUT ||
	    !list_empty(&s->queued) || s->stop)
		return;
	(void)pthread_mutex_unlock(&s->mutex);
	if (s->rested++) {
		trim_memory();
	} else {
		(void)search_settle(&s->db); /* else before the next search */
		db_rest(&s->db);
	}
	(void)pthread_mutex_lock(&s->mutex);
}

/* Whole turns of the loop: what was asked for together is there together. */
static void take_batch(struct list *queued, struct list *batch)
{
	size_t n = 0;

	while (!list_empty(queued)) {
		struct request *req = list_entry(queued->next, struct request, link);

		list_remove(&req->link);
		list_append(batch, &req->link);
		if (++n >= BATCH_MAX && req->ends_turn)
			break;
	}
}

static void run_thread(void *arg)
{
	struct store *s = arg;

	(void)pthread_mutex_lock(&s->mutex);
	for (;;) {
		struct list batch = LIST_INIT(batch);

		if (list_empty(&s->queued))
			atomic_store_explicit(&s->idle_us, clock_now_us(), memory_order_relaxed);
		while (list_empty(&s->queued) && !s->stop)
			wait_for_work(s);
		if (list_empty(&s->queued))
			break;
		atomic_store_explicit(&s->idle_us, 0, memory_order_relaxed);
		take_batch(&s->queued, &batch);
		(void)pthread_mutex_unlock(&s->mutex);

		s->rested = 0;
		size_t writes = run_batch(s, &batch);

		(void)pthread_mutex_lock(&s->mutex);
		s->counts.transactions += writes > 0;
		s->counts.writes += writes;
		take_all(&batch, &s->done);
		(void)pthread_cond_signal(&s->done_cond);
		/* fails only on a closing handle, which comes after the join */
		(void)uv_async_send(&s->async);
	}
	(void)pthread_mutex_unlock(&s->mutex);
}

static void *thread_main(void *arg)
{
	run_thread(arg);
	return NULL;
}

/* ---- the loop's thread ---- */

void *request_new(size_t size)
{
	void *req = calloc(1, size);

	if (!req)
		abort(); /* R61: a clean end and a restart; what was acknowledged is on the disk */
	return req;
}

void *request_for(size_t size, int (*run)(struct db *db, struct request *req),
		  void (*answer)(struct request *req))
{
	struct request *req = request_new(size);

	req->run = run;
	req->answer = answer;
	return req;
}

/*
 * What one turn of the loop asked for goes to the thread together, before the loop sleeps. Handed over one by one, the
 * first request would get a transaction, and an fsync, of its own, and all others would wait for it. A long turn need
 * not end first, see store_hurry.
 */
static void hand_over(struct store *s)
{
	if (list_empty(&s->fresh))
		return;
	(void)uv_prepare_stop(&s->turn); /* cannot fail */
	(void)pthread_mutex_lock(&s->mutex);
	list_entry(s->fresh.prev, struct request, link)->ends_turn = true;
	take_all(&s->fresh, &s->queued);
	(void)pthread_mutex_unlock(&s->mutex);
	(void)pthread_cond_signal(&s->queued_cond); /* it finds the mutex free */
}

static void on_turn(uv_prepare_t *turn)
{
	hand_over(turn->data);
}

void store_hurry(struct store *s)
{
	uint64_t idle_us = atomic_load_explicit(&s->idle_us, memory_order_relaxed);

	if (list_empty(&s->fresh) || idle_us == 0)
		return;
	uint64_t since = idle_us > s->fresh_us ? idle_us : s->fresh_us;
	if (clock_now_us() >= since + atomic_load_explicit(&s->commit_us, memory_order_relaxed))
		hand_over(s);
}

void request_submit(struct store *s, struct request *req)
{
	if (s->outstanding++ == 0)
		uv_ref((uv_handle_t *)&s->async);
	if (!s->closing) {
		if (list_empty(&s->fresh)) {
			/* fails without a callback only */
			(void)uv_prepare_start(&s->turn, on_turn);
			s->fresh_us = clock_now_us();
		}
		list_append(&s->fresh, &req->link);
		return;
	}
	(void)pthread_mutex_lock(&s->mutex);
	req->status = -ESHUTDOWN;
	list_append(&s->done, &req->link);
	(void)uv_async_send(&s->async);
	(void)pthread_mutex_unlock(&s->mutex);
}

static void collect(struct store *s, bool wait)
{
	(void)pthread_mutex_lock(&s->mutex);
	while (wait && list_empty(&s->done))
		(void)pthread_cond_wait(&s->done_cond, &s->mutex);
	take_all(&s->done, &s->ready);
	(void)pthread_mutex_unlock(&s->mutex);
}

/* What another reason refused says nothing of the disk, nor does what changed nothing. */
static void note_disk(struct store *s, const struct request *req)
{
	int r = req->status;
	bool failed = r == -ENOSPC || r == -EROFS || r == -EIO;

	if (!req->writes || r == s->disk || !(failed || (r == 0 && req->committed)))
		return;
	s->disk = r;
	if (s->on_disk)
		s->on_disk(s->disk_arg, r);
}

/* Callbacks may submit, wait and close: each request has left the list before its callback runs. */
static void answer_ready(struct store *s)
{
	while (!list_empty(&s->ready)) {
		struct request *req = list_entry(s->ready.next, struct request, link);

		list_remove(&req->link);
		if (--s->outstanding == 0)
			uv_unref((uv_handle_t *)&s->async);
		note_disk(s, req);
		req->answer(req);
		mem_fini(&req->mem);
		free(req);
		store_hurry(s);
	}
}

static void on_async(uv_async_t *async)
{
	struct store *s = async->data;

	collect(s, false);
	answer_ready(s);
}

struct store_counts store_counts(struct store *s)
{
	(void)pthread_mutex_lock(&s->mutex);
	struct store_counts counts = s->counts;
	(void)pthread_mutex_unlock(&s->mutex);
	return counts;
}

void store_wait(struct store *s)
{
	while (s->outstanding) {
		hand_over(s);
		collect(s, list_empty(&s->ready));
		answer_ready(s);
	}
}

int store_open(const struct store_config *config, struct store **ret, char *ret_error)
{
	struct store *s = calloc(1, sizeof *s);

	if (!s)
		return -ENOMEM;
	int r = db_open_gathering(&s->db, config->dir, config->exclusive, ret_error,
				  STORE_ERROR_MAX);
	if (r < 0)
		goto out_free;
	r = uv_async_init(config->loop, &s->async, on_async);
	if (r < 0)
		goto out_db;
	s->async.data = s;
	s->on_disk = config->on_disk;
	s->disk_arg = config->arg;
	(void)uv_prepare_init(config->loop, &s->turn); /* cannot fail */
	s->turn.data = s;
	uv_unref((uv_handle_t *)&s->turn); /* the async keeps the loop alive */
	uv_unref((uv_handle_t *)&s->async);
	list_init(&s->fresh);
	list_init(&s->queued);
	list_init(&s->done);
	list_init(&s->ready);
	(void)pthread_mutex_init(&s->mutex, NULL);
	(void)pthread_cond_init(&s->queued_cond, NULL);
	(void)pthread_cond_init(&s->done_cond, NULL);
	if (pthread_create(&s->thread, NULL, thread_main, s) != 0)
		abort(); /* no thread at start-up: there is nothing to clean up for */
	*ret = s;
	return 0;
out_db:
	db_close(&s->db);
	(void)strncpy(ret_error, "the event loop cannot take the store", STORE_ERROR_MAX);
out_free:
	free(s);
	return r;
}

static void on_turn_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void on_async_closed(uv_handle_t *handle)
{
	struct store *s = handle->data;

	uv_close((uv_handle_t *)&s->turn, on_turn_closed);
}

struct store *store_close(struct store *s)
{
	if (!s)
		return NULL;
	s->closing = true;
	store_wait(s);

	(void)pthread_mutex_lock(&s->mutex);
	s->stop = true;
	(void)pthread_cond_signal(&s->queued_cond);
	(void)pthread_mutex_unlock(&s->mutex);
	(void)pthread_join(s->thread, NULL);
	assert(list_empty(&s->queued) && list_empty(&s->done));
	db_close(&s->db);
	(void)pthread_mutex_destroy(&s->mutex);
	(void)pthread_cond_destroy(&s->queued_cond);
	(void)pthread_cond_destroy(&s->done_cond);
	/* the async at once: a wake-up that is on its way must not find the mutex gone. The turn is stopped. */
	uv_close((uv_handle_t *)&s->async, on_async_closed);
	return NULL;
}

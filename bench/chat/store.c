/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store alone under messages: as many under way as there are writers, each in a conversation of its own.
 * Between bench_commit (a bare loop) and the daemon over HTTP, it says what the bookkeeping of a message costs.
 *
 * usage: bench_store FOLDER WRITERS SECONDS     prints messages per second
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/clock.h"
#include "store/store.h"

struct writer {
	struct bench *bench;
	char id[16];
	unsigned n;
};

struct bench {
	struct store *store;
	uint64_t end_us;
	unsigned long done;
	char text[201];
};

static void write_next(struct writer *w);

static void on_written(void *arg, int status, const struct store_message *message, bool created,
		       int64_t cursor)
{
	struct writer *w = arg;

	(void)message, (void)created, (void)cursor;
	if (status < 0) {
		(void)fprintf(stderr, "bench_store: %s\n", strerror(-status));
		exit(1);
	}
	w->bench->done++;
	if (clock_now_us() < w->bench->end_us)
		write_next(w);
}

static void write_next(struct writer *w)
{
	char client_id[32];

	(void)snprintf(client_id, sizeof client_id, "m-%u", w->n++);
	store_message_add(w->bench->store,
			  &(struct store_new_message){ .conversation_id = w->id,
						       .user_id = w->id,
						       .client_id = client_id,
						       .text = w->bench->text,
						       .created_at_us = clock_wall_us() },
			  on_written, w);
}

static void on_user(void *arg, int status)
{
	(void)arg;
	if (status < 0)
		exit(1);
}

int main(int argc, char **argv)
{
	char error[STORE_ERROR_MAX];
	struct bench bench = { 0 };
	uv_loop_t loop;

	if (argc != 4) {
		(void)fprintf(stderr, "usage: bench_store FOLDER WRITERS SECONDS\n");
		return 2;
	}
	unsigned count = (unsigned)atoi(argv[2]);
	struct writer *writers = calloc(count, sizeof *writers);
	if (!writers || uv_loop_init(&loop) < 0 ||
	    store_open(&(struct store_config){ .dir = argv[1], .loop = &loop }, &bench.store,
		       error) < 0)
		return 1;
	memset(bench.text, 'x', sizeof bench.text - 1);
	for (unsigned i = 0; i < count; i++) {
		struct writer *w = &writers[i];

		w->bench = &bench;
		(void)snprintf(w->id, sizeof w->id, "u%04u", i);
		store_user_create(
			bench.store,
			&(struct store_user){ .id = w->id, .name = w->id, .role = ROLE_USER }, NULL,
			on_user, NULL);
	}
	store_wait(bench.store);
	uint64_t begin = clock_now_us();
	bench.end_us = begin + (uint64_t)(atof(argv[3]) * US_PER_S);
	for (unsigned i = 0; i < count; i++)
		write_next(&writers[i]);
	while (uv_run(&loop, UV_RUN_DEFAULT))
		;
	(void)printf("%.0f\n", (double)bench.done * US_PER_S / (double)(clock_now_us() - begin));
	bench.store = store_close(bench.store);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	free(writers);
	return 0;
}

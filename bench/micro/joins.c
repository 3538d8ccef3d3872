/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it costs that people come to a call and go: N of them one after the other, each told to all who are there, over a real
 * store. Bytes of the events as sent, once and to everybody; processor time of the store's thread and of the control plane's
 * (which writes each frame once, as for the socket of one).
 *
 * usage: build/bench/bench_joins FOLDER     an empty one
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <uv.h>

#include "base/rng.h"
#include "control/calls/calls.h"

enum { LARGEST = 400 };

struct told {
	unsigned long events, bytes, sent, longest;
};

static void on_event(void *arg, const struct call_event *e)
{
	struct told *t = arg;
	char *text = json_dumps(e->frame, JSON_COMPACT);
	size_t n = text ? strlen(text) : 0;

	free(text);
	t->events++;
	t->bytes += n;
	t->sent += n * e->audience.count;
	if (n > t->longest)
		t->longest = n;
}

static void on_call(void *arg, int status, const char *problem, json_t *reply,
		    const struct call_join *join)
{
	(void)arg, (void)reply, (void)join;
	if (status == 0)
		return;
	(void)fprintf(stderr, "bench_joins: %s\n", problem ? problem : strerror(-status));
	exit(1);
}

static void on_user(void *arg, int status)
{
	(void)arg;
	if (status < 0)
		exit(1);
}

static double cpu_ms(int who)
{
	struct rusage u;

	(void)getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

/* Each in a transaction of their own, as when they do not come together. */
static void come_and_go(struct calls *calls, struct store *store, const char *cid, unsigned n,
			bool come)
{
	for (unsigned i = 0; i < n; i++) {
		char identity[32];

		(void)snprintf(identity, sizeof identity, "user-%u:s", i);
		if (come)
			calls_participant_joined(calls, cid, identity, "Somebody Somewhere");
		else
			calls_participant_left(calls, cid, identity);
		store_wait(store);
	}
}

static void measure(struct calls *calls, struct store *store, struct told *told, unsigned n)
{
	static const struct store_user ann = { .id = "ann", .name = "Ann" };
	char id[32], cid[48];

	(void)snprintf(id, sizeof id, "of-%u", n);
	(void)snprintf(cid, sizeof cid, "default:%s", id);
	json_t *body = json_object();
	calls_get_or_create(calls, &ann, "default", id, body, on_call, NULL);
	json_decref(body);
	store_wait(store);
	*told = (struct told){ 0 };
	double all = cpu_ms(RUSAGE_SELF), here = cpu_ms(RUSAGE_THREAD);
	come_and_go(calls, store, cid, n, true);
	double all_in = cpu_ms(RUSAGE_SELF) - all, here_in = cpu_ms(RUSAGE_THREAD) - here;
	const struct told in = *told;
	come_and_go(calls, store, cid, n, false);
	double all_out = cpu_ms(RUSAGE_SELF) - all - all_in,
	       here_out = cpu_ms(RUSAGE_THREAD) - here - here_in;
	(void)printf("%12u %8lu %9lu %9.1f %11.1f %10.1f %10.1f %10.1f %10.1f\n", n, told->events,
		     told->longest, (double)in.bytes / 1e3, (double)in.sent / 1e6, all_in - here_in,
		     here_in, all_out - here_out, here_out);
}

int main(int argc, char **argv)
{
	static const unsigned sizes[] = { 10, 100, LARGEST };
	char error[STORE_ERROR_MAX];
	struct store *store;
	struct calls *calls;
	struct told told;
	uv_loop_t loop;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: bench_joins FOLDER\n");
		return 2;
	}
	if (uv_loop_init(&loop) < 0 ||
	    store_open(&(struct store_config){ .dir = argv[1], .loop = &loop }, &store, error) <
		    0 ||
	    calls_new(
		    &(struct calls_config){
			    .store = store, .rng = rng_os(), .sink = on_event, .sink_arg = &told },
		    &calls) < 0)
		return 1;
	store_user_create(store, &(struct store_user){ .id = "ann", .name = "Ann" }, NULL, on_user,
			  NULL);
	for (unsigned i = 0; i < LARGEST; i++) {
		char id[16];

		(void)snprintf(id, sizeof id, "user-%u", i);
		store_user_create(store, &(struct store_user){ .id = id, .name = id }, NULL,
				  on_user, NULL);
	}
	store_wait(store);
	(void)printf("%12s %8s %9s %9s %11s %10s %10s %10s %10s\n", "participants", "events",
		     "longest B", "joins KB", "to all MB", "store ms", "control ms", "leave: st.",
		     "control");
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		measure(calls, store, &told, sizes[i]);
	store = store_close(store);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	(void)calls_free(calls);
	return 0;
}

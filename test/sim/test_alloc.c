/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No allocation on the packet path: once a call has settled, the engine takes, forwards, repeats,
 * estimates and reports without malloc. Counted are all allocations of the process, OpenSSL's too,
 * while it is inside engine_rx, engine_tick or engine_next_tx (linked with --wrap); the fake
 * clients' own are not. A sanitizer's allocator cannot be stood before, so there it is skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"

static unsigned inside;			   /* the engine, so many calls deep */
static unsigned long counted, all_counted; /* allocations inside; anywhere */

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

enum { COUNTS = true };

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static void count(void)
{
	all_counted++;
	counted += inside > 0;
}

__attribute__((visibility("default"))) void *malloc(size_t n)
{
	count();
	return __libc_malloc(n);
}

__attribute__((visibility("default"))) void *calloc(size_t n, size_t size)
{
	count();
	return __libc_calloc(n, size);
}

__attribute__((visibility("default"))) void *realloc(void *p, size_t n)
{
	count();
	return __libc_realloc(p, n);
}

#else
enum { COUNTS = false };

static void count(void)
{
}
#endif

void *__real_slab_calloc(size_t size);
void *__wrap_slab_calloc(size_t size);

void *__wrap_slab_calloc(size_t size)
{
	count();
	return __real_slab_calloc(size);
}

void __real_engine_rx(struct engine *e, uint64_t now, const struct path *from, uint8_t *bytes,
		      size_t length);
void __real_engine_tick(struct engine *e, uint64_t now);
bool __real_engine_next_tx(struct engine *e, struct engine_tx *ret);
void __wrap_engine_rx(struct engine *e, uint64_t now, const struct path *from, uint8_t *bytes,
		      size_t length);
void __wrap_engine_tick(struct engine *e, uint64_t now);
bool __wrap_engine_next_tx(struct engine *e, struct engine_tx *ret);

void __wrap_engine_rx(struct engine *e, uint64_t now, const struct path *from, uint8_t *bytes,
		      size_t length)
{
	inside++;
	__real_engine_rx(e, now, from, bytes, length);
	inside--;
}

void __wrap_engine_tick(struct engine *e, uint64_t now)
{
	inside++;
	__real_engine_tick(e, now);
	inside--;
}

bool __wrap_engine_next_tx(struct engine *e, struct engine_tx *ret)
{
	inside++;
	bool more = __real_engine_next_tx(e, ret);
	inside--;
	return more;
}

/* Allocations of the engine in ten seconds of a meeting of four, after ten seconds to settle in. */
static unsigned long in_a_meeting(const struct simlink_config *link)
{
	struct sim *s = sim_new(7, link);
	struct sim_client *c[4];

	for (int i = 0; i < 4; i++) {
		c[i] = sim_join(s, false);
		(void)sim_publish(c[i], KIND_VIDEO, i % 2);
		(void)sim_publish(c[i], KIND_AUDIO, false);
	}
	sim_run(s, 10 * SIM_S);

	unsigned long before = counted;
	uint64_t forwarded = engine_sfu(s->engine)->forwarded_packets;

	sim_run(s, 10 * SIM_S);
	assert_true(engine_sfu(s->engine)->forwarded_packets > forwarded + 10000);
	unsigned long found = counted - before;
	(void)sim_free(s);
	return found;
}

static void none_while_media_flows(void **state)
{
	(void)state;
	if (!COUNTS)
		skip();
	assert_int_equal(in_a_meeting(&good), 0);
	assert_true(all_counted > 0 && counted > 0); /* it does count: joining allocates */
}

static void none_while_packets_are_lost(void **state)
{
	(void)state;
	if (!COUNTS)
		skip();
	assert_int_equal(in_a_meeting(&lossy), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_while_media_flows),
		cmocka_unit_test(none_while_packets_are_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

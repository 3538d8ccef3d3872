/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may still come in, by what the media workers have left of their cores (R58): so that newcomers are
 * refused before those who are in a call suffer. Pure: time and readings are arguments. Owned by the
 * hub; control thread only.
 *
 * Two figures per worker. How busy it was in the last second is measured: the processor time of its
 * thread, which others who want the same core do not change. What they take counts only when it needs
 * much of a core itself. What was admitted since and cannot show in that yet is
 * estimated, by streams; what a stream costs here is learned from the first figure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ADMISSION_READINGS = 4, /* one each SIGNAL_TICK_MS: the first is a second old at the next */
	ADMISSION_EXPECTED = 4, /* ticks until all of what has begun is in what is measured */
	ADMISSION_SMALL = 5,	/* fewer people: everybody is expected to be seen and heard */
	ADMISSION_YOUNG_US = 3 * 1000 * 1000, /* so long somebody has to begin with that */
	ADMISSION_RETRY_S = 5,		      /* what clients are told */
};

/* What forwarding a stream to one subscriber costs, in millionths of a core: 50 audio packets a second
 * of 7 µs, 190 of 4 µs of a video; and what comes with a participant who gets nothing. Measured by
 * bench/load.mjs; only the beginning, until the worker shows what it really is. */
enum { ADMISSION_AUDIO = 350, ADMISSION_VIDEO = 750, ADMISSION_PERSON = 100 };

/* Of a thread since its start, µs: on a processor, and ready to be but waiting for one. */
struct admission_time {
	uint64_t run_us, wait_us;
};

/* Joins stop at the limit; those who are in may begin to send until half of the rest is gone. */
enum admission_door { ADMISSION_JOIN, ADMISSION_PUBLISH };

struct admission_worker {
	struct {
		uint64_t at_us;
		struct admission_time time;
	} readings[ADMISSION_READINGS];
	unsigned count, next;
	double busy;			       /* of a core, 0…1; the last second */
	double factor;			       /* what streams really cost, of the figures above */
	uint64_t waiting;		       /* of who is not connected yet, millionths */
	uint64_t expected[ADMISSION_EXPECTED]; /* of who is since those ticks; a ring */
	unsigned expected_at;
	uint64_t streams; /* what its subscriptions should cost, millionths */
};

struct admission {
	double limit; /* of a core; 0 = nobody is refused */
	uint16_t count;
	struct admission_worker *workers; /* owned */
};

/* limit: percent, 0 = nobody is refused. 0 or -ENOMEM. */
int admission_init(struct admission *a, uint16_t workers, unsigned limit);
void admission_fini(struct admission *a);

/* Once a tick for each worker. people: whether anybody is there. */
void admission_measure(struct admission *a, uint16_t worker, uint64_t now_us,
		       const struct admission_time *time, bool people);

/* Whether something that should cost `cost` millionths may come to the worker; and that it will. */
bool admission_admits(const struct admission *a, uint16_t worker, enum admission_door door,
		      uint64_t cost);
void admission_expect(struct admission *a, uint16_t worker, uint64_t cost);
/* What was expected begins; or it does not come after all. */
void admission_arrived(struct admission *a, uint16_t worker, uint64_t cost);
void admission_given_up(struct admission *a, uint16_t worker, uint64_t cost);

/* A subscription begins or, with a negative figure, ends. */
void admission_stream(struct admission *a, uint16_t worker, int cost);

/* Measured and expected together, 0…; and only measured. */
double admission_load(const struct admission *a, uint16_t worker);
double admission_busy(const struct admission *a, uint16_t worker);

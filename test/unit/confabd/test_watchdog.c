/* SPDX-License-Identifier: Apache-2.0 */
/* R63: who stands still is said, with its stack; what only looks like it is not; and what lasts ends the process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "confabd/watchdog.h"

enum { LOOK_MS = 20, STALL_MS = 300 };

enum doing { RESTS, ROUNDS, BLOCKS, SPINS };

struct subject {
	struct heartbeat beat;
	pthread_t thread;
	_Atomic int doing;
	atomic_bool ready, stop;
	bool idle; /* has a processor only when nobody else wants it */
};

static void sleep_ms(unsigned ms)
{
	const struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	(void)nanosleep(&t, NULL);
}

/* By this name in the stack, if it is exported. */
static void __attribute__((noinline)) one_round(struct subject *s, enum doing doing)
{
	heartbeat_works(&s->beat);
	while (doing != ROUNDS && atomic_load(&s->doing) == (int)doing && !atomic_load(&s->stop))
		if (doing == BLOCKS)
			sleep_ms(5);
	heartbeat_rests(&s->beat);
}

static void *subject_run(void *arg)
{
	struct subject *s = arg;

	heartbeat_begin(&s->beat);
	if (s->idle) {
		const struct sched_param none = { 0 };

		(void)sched_setscheduler(0, SCHED_IDLE, &none);
	}
	atomic_store(&s->ready, true);
	while (!atomic_load(&s->stop)) {
		enum doing doing = (enum doing)atomic_load(&s->doing);

		if (doing != RESTS)
			one_round(s, doing);
		if (doing != SPINS)
			sleep_ms(1);
	}
	return NULL;
}

static struct watchdog *begin(struct subject *s, enum doing doing, unsigned end_ms)
{
	struct watched watched = { .name = "subject", .beat = &s->beat };
	struct watchdog *w = NULL;

	atomic_store(&s->doing, (int)doing);
	assert_int_equal(pthread_create(&s->thread, NULL, subject_run, s), 0);
	while (!atomic_load(&s->ready))
		sleep_ms(1);
	assert_int_equal(watchdog_start(&w, &(struct watchdog_config){ .threads = &watched,
								       .count = 1,
								       .look_ms = LOOK_MS,
								       .stall_ms = STALL_MS,
								       .end_ms = end_ms }),
			 0);
	return w;
}

static void end(struct subject *s, struct watchdog *w)
{
	atomic_store(&s->stop, true);
	(void)pthread_join(s->thread, NULL);
	assert_null(watchdog_stop(w));
}

/* What the watchdog has warned of since the count before. */
static bool warned(struct log_problem *ret)
{
	static uint64_t last;
	struct log_problem p;
	size_t n = log_recent(&p, 1);

	if (n == 0 || p.at_us == last)
		return false;
	last = p.at_us;
	*ret = p;
	assert_string_equal(p.topic, "watchdog");
	return true;
}

static void test_rest_and_rounds_are_nothing(void **state)
{
	struct log_problem p;

	(void)state;
	for (enum doing doing = RESTS; doing <= ROUNDS; doing++) {
		struct subject s = { 0 };
		struct watchdog *w = begin(&s, doing, 100000);

		sleep_ms(3 * STALL_MS);
		assert_false(warned(&p));
		end(&s, w);
	}
}

static void test_a_thread_that_stands_still(void **state)
{
	static const struct {
		enum doing doing;
		const char *states;
	} cases[] = { { BLOCKS, "SD" }, { SPINS, "R" } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct subject s = { 0 };
		struct watchdog *w = begin(&s, ROUNDS, 100000);
		struct log_problem p = { 0 };
		unsigned ms;
		char how;

		sleep_ms(50);
		uint64_t began = clock_now_us();
		atomic_store(&s.doing, (int)cases[i].doing);
		while (!warned(&p) && clock_now_us() - began < 60 * (uint64_t)US_PER_S)
			sleep_ms(5);
		assert_true(clock_now_us() - began >= STALL_MS * US_PER_MS);
		assert_int_equal(sscanf(p.text,
					"a thread does not go on thread=subject ms=%u state=%c",
					&ms, &how),
				 2);
		assert_in_range(ms, STALL_MS, STALL_MS + 2 * LOOK_MS);
		if (i == 0) /* one that computes is S while its signal is on the way, at times */
			assert_non_null(strchr(cases[i].states, how));
		assert_non_null(strstr(p.text, "test_watchdog+0x"));
		sleep_ms(2 * STALL_MS);
		assert_false(warned(&p)); /* once */
		uint32_t round = atomic_load(&s.beat.round);
		atomic_store(&s.doing, ROUNDS);
		while (atomic_load(&s.beat.round) == round)
			sleep_ms(1);
		atomic_store(&s.doing, (int)cases[i].doing); /* and again */
		p.text[0] = '\0';
		began = clock_now_us();
		while (!warned(&p) && clock_now_us() - began < 60 * (uint64_t)US_PER_S)
			sleep_ms(5);
		assert_non_null(strstr(p.text, "does not go on"));
		end(&s, w);
	}
}

/* A loop that is asked: it is at fault when it does not answer. */
static _Atomic int asked;

static void ask(void *arg)
{
	struct heartbeat *beat = arg;

	if (atomic_fetch_add(&asked, 1) == 0)
		heartbeat_rests(beat); /* the second time it does not */
}

static void test_a_loop_that_does_not_answer(void **state)
{
	struct subject s = { 0 };
	struct watched watched = { .name = "loop", .beat = &s.beat, .ask = ask, .arg = &s.beat };
	struct log_problem p = { 0 };
	struct watchdog *w = NULL;

	(void)state;
	heartbeat_begin(&s.beat); /* this thread: it sleeps */
	assert_int_equal(watchdog_start(&w, &(struct watchdog_config){ .threads = &watched,
								       .count = 1,
								       .look_ms = LOOK_MS,
								       .stall_ms = STALL_MS }),
			 0);
	uint64_t began = clock_now_us();
	while (!warned(&p) && clock_now_us() - began < 60 * (uint64_t)US_PER_S)
		sleep_ms(5);
	assert_non_null(strstr(p.text, "thread=loop"));
	assert_int_equal(atomic_load(&asked), 2);
	assert_null(watchdog_stop(w));
}

/* Runs in a process of its own; returns how that ended. */
static int in_child(void (*run)(void), void (*meanwhile)(pid_t child))
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		run();
		_exit(0);
	}
	if (meanwhile)
		meanwhile(child);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void block_for_ever(void)
{
	struct subject s = { 0 };

	(void)begin(&s, BLOCKS, 600);
	sleep_ms(60000);
}

static void test_what_lasts_ends_the_process(void **state)
{
	(void)state;
	int status = in_child(block_for_ever, NULL);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

/* Nearly as long as is allowed, and in the middle of it the process is stopped for much longer. */
static void block_for_a_while(void)
{
	struct subject s = { 0 };
	struct watchdog *w = begin(&s, BLOCKS, 2000);

	sleep_ms(1000);
	atomic_store(&s.doing, ROUNDS);
	sleep_ms(50);
	end(&s, w);
}

static void stop_for_a_while(pid_t child)
{
	sleep_ms(300);
	assert_int_equal(kill(child, SIGSTOP), 0);
	sleep_ms(2500);
	assert_int_equal(kill(child, SIGCONT), 0);
}

static void test_a_stopped_process_is_not_at_fault(void **state)
{
	(void)state;
	assert_int_equal(in_child(block_for_a_while, stop_for_a_while), 0);
}

static void pin(void)
{
	cpu_set_t all, one;

	CPU_ZERO(&one);
	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &all))
			continue;
		CPU_SET(i, &one);
		break;
	}
	(void)sched_setaffinity(0, sizeof one, &one);
}

/* One processor, and three that take it: the subject computes when they leave it something. */
static void starve(void)
{
	struct subject hungry[3] = { 0 }, s = { .idle = true };

	pin();
	struct watchdog *w = begin(&s, SPINS, 700);
	for (int i = 0; i < 3; i++) {
		atomic_store(&hungry[i].doing, SPINS);
		(void)pthread_create(&hungry[i].thread, NULL, subject_run, &hungry[i]);
	}
	sleep_ms(1500);
	for (int i = 0; i < 3; i++)
		atomic_store(&hungry[i].stop, true);
	end(&s, w);
}

static void test_a_starved_thread_is_not_at_fault(void **state)
{
	(void)state;
	assert_int_equal(in_child(starve, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rest_and_rounds_are_nothing),
		cmocka_unit_test(test_a_thread_that_stands_still),
		cmocka_unit_test(test_a_loop_that_does_not_answer),
		cmocka_unit_test(test_what_lasts_ends_the_process),
		cmocka_unit_test(test_a_stopped_process_is_not_at_fault),
		cmocka_unit_test(test_a_starved_thread_is_not_at_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

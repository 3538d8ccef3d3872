/* SPDX-License-Identifier: Apache-2.0 */
#include "confabd/watchdog.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/quiet_thread.h"

enum {
	FRAMES_MAX = 24,
	OWN_FRAMES = 2, /* of the signal's handler */
	SAMPLE_MS = 500,
	STACK_TEXT = 700, /* a line of the log has room for about a thousand bytes */
	ASK_MS = 1000,
	SAMPLE_SIGNAL = SIGURG, /* ignored by whoever does not expect it */
};

/* What is known of a thread since its round began. */
struct looked {
	uint32_t round;
	bool suspected; /* cpu_us is from this round */
	bool told;
	uint64_t cpu_us;
	uint64_t stalled_us;
	uint64_t rested_us; /* since it was asked */
};

struct watchdog {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
	unsigned count;
	uint64_t look_us, stall_us, end_us;
	struct watched threads[WATCHDOG_THREADS_MAX];
	struct looked looked[WATCHDOG_THREADS_MAX];
};

/* ---- the stack of another thread ---- */

static struct {
	sem_t done;
	_Atomic int wanted; /* thread id */
	void *frames[FRAMES_MAX];
	int n;
} sample;

/* backtrace is safe here once it has loaded what it needs, which heartbeat_begin sees to. */
static void on_sample(int number)
{
	int before = errno;

	(void)number;
	if (atomic_load(&sample.wanted) == gettid()) {
		sample.n = backtrace(sample.frames, FRAMES_MAX);
		atomic_store(&sample.wanted, 0);
		(void)sem_post(&sample.done);
	}
	errno = before;
}

static void prepare_samples(void)
{
	struct sigaction action = { .sa_handler = on_sample, .sa_flags = SA_RESTART };

	(void)sem_init(&sample.done, 0, 0);
	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SAMPLE_SIGNAL, &action, NULL);
}

void heartbeat_begin(struct heartbeat *h)
{
	sigset_t set;
	void *frame;

	(void)backtrace(&frame, 1);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SAMPLE_SIGNAL);
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	h->thread = pthread_self();
	atomic_store_explicit(&h->thread_id, gettid(), memory_order_release);
}

/* "confabd+0x1b2f0 libc.so.6:nanosleep+0x13": for addr2line. Returns what was written; 0: no room. */
static size_t put_frame(char *out, size_t room, void *address)
{
	Dl_info info = { 0 };
	bool known = dladdr(address, &info) && info.dli_fname;
	const char *slash = known ? strrchr(info.dli_fname, '/') : NULL;
	const char *file = slash ? slash + 1 : known ? info.dli_fname : "?";
	const char *from = info.dli_sname ? info.dli_saddr : info.dli_fbase;
	int n = snprintf(out, room, " %s%s%s+0x%zx", file, info.dli_sname ? ":" : "",
			 info.dli_sname ? info.dli_sname : "",
			 (size_t)((const char *)address - from));

	return n > 0 && (size_t)n < room ? (size_t)n : 0;
}

/* The sample as text that is worth a line of the log; "none" when the thread does not answer a signal. No memory is asked for:
 * it may be what the thread hangs at. */
static void take_stack(const struct heartbeat *h, char ret[STACK_TEXT])
{
	struct timespec until;
	size_t at = 0, n = 1;
	int r;

	(void)snprintf(ret, STACK_TEXT, " none");
	while (sem_trywait(&sample.done) == 0) /* of one that came too late */
		;
	atomic_store(&sample.wanted, atomic_load(&h->thread_id));
	if (pthread_kill(h->thread, SAMPLE_SIGNAL) != 0)
		return;
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += SAMPLE_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	while ((r = sem_clockwait(&sample.done, CLOCK_MONOTONIC, &until)) < 0 && errno == EINTR)
		;
	atomic_store(&sample.wanted, 0);
	for (int i = OWN_FRAMES; r == 0 && n && i < sample.n; i++)
		at += n = put_frame(ret + at, STACK_TEXT - at, sample.frames[i]);
	ret[at ? at : strlen(ret)] = '\0'; /* without half a frame */
}

/* ---- a look ---- */

/* R, S, D, T … (proc(5)), behind the name, which may hold anything; '?' when it cannot be read. */
static char state_of(int thread_id)
{
	char path[64], text[256];

	(void)snprintf(path, sizeof path, "/proc/self/task/%d/stat", thread_id);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	const char *end = strrchr(text, ')');
	return end && end[1] == ' ' && end[2] ? end[2] : '?';
}

static uint64_t cpu_of(const struct heartbeat *h)
{
	struct timespec t;
	clockid_t clock;

	if (pthread_getcpuclockid(h->thread, &clock) != 0 || clock_gettime(clock, &t) < 0)
		return 0;
	return (uint64_t)t.tv_sec * US_PER_S + (uint64_t)t.tv_nsec / 1000;
}

/*
 * The log may be what it hangs at: who watches is not to hang with it. SIGALRM ends the process, for whoever supervises it
 * as good as abort(3).
 */
static void tell(const struct watchdog *w, const struct watched *t, const struct looked *k,
		 char state)
{
	char stack[STACK_TEXT];

	(void)alarm((unsigned)(w->end_us / US_PER_S) + 1);
	take_stack(t->beat, stack);
	log_warn("watchdog", "a thread does not go on thread=%s ms=%llu state=%c stack=\"%s\"",
		 t->name, (unsigned long long)(k->stalled_us / US_PER_MS), state, stack + 1);
	(void)alarm(0);
}

static void end_process(const struct watchdog *w, const struct watched *t, const struct looked *k)
{
	(void)alarm((unsigned)(w->end_us / US_PER_S) + 1);
	log_error(
		"watchdog",
		"a thread does not go on: the process ends, to be started again thread=%s ms=%llu",
		t->name, (unsigned long long)(k->stalled_us / US_PER_MS));
	abort();
}

/* It is in the round of the last look. */
static void suspect(const struct watchdog *w, const struct watched *t, struct looked *k,
		    uint64_t passed)
{
	char state = state_of(atomic_load_explicit(&t->beat->thread_id, memory_order_acquire));
	uint64_t cpu_us = cpu_of(t->beat), used = k->suspected ? cpu_us - k->cpu_us : 0;

	if (state == 'R') /* perhaps it only waits for a processor */
		k->stalled_us += used < passed ? used : passed;
	else if (state == 'S' || state == 'D')
		k->stalled_us += passed;
	k->suspected = true;
	k->cpu_us = cpu_us;
	if (k->stalled_us >= w->end_us)
		end_process(w, t, k);
	if (k->stalled_us < w->stall_us || k->told)
		return;
	k->told = true;
	tell(w, t, k, state);
}

static void look(const struct watchdog *w, const struct watched *t, struct looked *k,
		 uint64_t passed)
{
	uint32_t round = atomic_load_explicit(&t->beat->round, memory_order_relaxed);

	if (round & 1 && round == k->round) {
		suspect(w, t, k, passed);
		return;
	}
	if (k->told)
		log_info("watchdog", "the thread goes on again thread=%s", t->name);
	*k = (struct looked){ .round = round, .rested_us = k->rested_us + passed };
	if (!t->ask || round & 1 || k->rested_us < ASK_MS * US_PER_MS)
		return;
	k->rested_us = 0;
	heartbeat_works(t->beat);
	t->ask(t->arg);
}

/* False: it is to stop. */
static bool sleep_until(struct watchdog *w, uint64_t us)
{
	const struct timespec t = { .tv_sec = (time_t)(us / US_PER_S),
				    .tv_nsec = (long)(us % US_PER_S) * 1000 };
	int r = 0;

	(void)pthread_mutex_lock(&w->lock);
	while (!w->stop && r == 0)
		r = pthread_cond_timedwait(&w->wake, &w->lock, &t);
	bool stop = w->stop;
	(void)pthread_mutex_unlock(&w->lock);
	return !stop;
}

static void *watch(void *arg)
{
	struct watchdog *w = arg;
	uint64_t last = clock_now_us();

	while (sleep_until(w, last + w->look_us)) {
		uint64_t now = clock_now_us(), passed = now - last;

		last = now;
		for (unsigned i = 0; i < w->count; i++)
			look(w, &w->threads[i], &w->looked[i],
			     passed < w->look_us ? passed : w->look_us);
	}
	return NULL;
}

/* ---- start and end ---- */

static uint64_t us_of(unsigned ms, unsigned otherwise)
{
	return (uint64_t)(ms ? ms : otherwise) * US_PER_MS;
}

int watchdog_start(struct watchdog **ret, const struct watchdog_config *config)
{
	pthread_condattr_t attributes;

	if (config->count > WATCHDOG_THREADS_MAX)
		return -E2BIG;
	struct watchdog *w = calloc(1, sizeof *w);
	if (!w)
		return -ENOMEM;
	w->count = config->count;
	memcpy(w->threads, config->threads, w->count * sizeof *w->threads);
	w->look_us = us_of(config->look_ms, WATCHDOG_LOOK_MS);
	w->stall_us = us_of(config->stall_ms, WATCHDOG_STALL_MS);
	w->end_us = us_of(config->end_ms, WATCHDOG_END_MS);
	prepare_samples();
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&w->wake, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	int r = quiet_thread_start(&w->thread, "watchdog", watch, w);
	if (r < 0) {
		free(w);
		return r;
	}
	*ret = w;
	return 0;
}

struct watchdog *watchdog_stop(struct watchdog *w)
{
	if (!w)
		return NULL;
	(void)pthread_mutex_lock(&w->lock);
	w->stop = true;
	(void)pthread_cond_signal(&w->wake);
	(void)pthread_mutex_unlock(&w->lock);
	(void)pthread_join(w->thread, NULL);
	(void)pthread_cond_destroy(&w->wake);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
	return NULL;
}

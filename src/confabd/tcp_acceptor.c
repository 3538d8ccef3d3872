/* SPDX-License-Identifier: Apache-2.0 */
#include "confabd/tcp_acceptor.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/quiet_thread.h"
#include "confabd/media_tcp.h"
#include "confabd/media_thread.h"
#include "media/engine.h"
#include "media/turn.h"
#include "net/framing.h"
#include "net/tcp.h"

enum {
	TAG_STOP = 0,
	TAG_TURN = 1,
	TAG_LISTENER = 2,				/* and its number */
	TAG_WAITING = TAG_LISTENER + TCP_LISTENERS_MAX, /* and its slot */
	ACCEPT_AT_ONCE = 32,
	RESTING_MS = 20,       /* between two looks at who rests */
	OUT_OF_FILES_MS = 100, /* until the next try, when the process has too many open */
};

/* A connection that has not said yet whom it is for. */
struct waiting {
	bool used; /* else free, and never written to: a slot takes memory from its first use on */
	int fd;	   /* -1: the worker's by now */
	uint64_t since;
	struct sockaddr_storage peer;
	struct framing in;
	unsigned challenges; /* TURN: answered so far */
	bool resting;	     /* TURN: not read yet */
};

/* A stream of TURN on its way from control. */
struct arrival {
	int fd;
	struct sockaddr_storage peer;
};

struct tcp_acceptor {
	int epoll, stop;
	int listeners[TCP_LISTENERS_MAX];
	struct sockaddr_storage addresses[TCP_LISTENERS_MAX];
	size_t count;
	pthread_t thread;
	bool started;
	struct plane_queue *queues[MEDIA_WORKERS_MAX];
	unsigned workers;
	struct plane_queue arrivals; /* of struct arrival */
	const uint8_t *secret;
	uint64_t pause; /* µs before such a stream is read */

	/* of the thread */
	struct waiting waiting[TCP_HALF_OPEN];
	size_t waiting_count, resting_count;
};

static int watch(const struct tcp_acceptor *a, int fd, uint64_t tag)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = tag };

	return epoll_ctl(a->epoll, EPOLL_CTL_ADD, fd, &e) < 0 ? -errno : 0;
}

/* ---- the thread ---- */

/* The slot is free afterwards; the descriptor is closed unless it was handed over (fd -1). */
static void release(struct tcp_acceptor *a, struct waiting *w)
{
	if (w->fd >= 0)
		(void)close(w->fd);
	w->used = false;
	a->waiting_count--;
	a->resting_count -= w->resting;
	w->resting = false;
}

static struct waiting *free_slot(struct tcp_acceptor *a)
{
	struct waiting *oldest = NULL;

	for (size_t i = 0; i < TCP_HALF_OPEN; i++) {
		struct waiting *w = &a->waiting[i];

		if (!w->used)
			return w;
		if (!oldest || w->since < oldest->since)
			oldest = w;
	}
	release(a, oldest);
	return oldest;
}

static void add(struct tcp_acceptor *a, int fd, const struct sockaddr_storage *peer, bool turn)
{
	struct waiting *w = free_slot(a);

	w->used = true;
	w->fd = fd;
	w->since = clock_now_us();
	w->peer = *peer;
	w->challenges = 0;
	if (turn)
		framing_init_turn(&w->in);
	else
		framing_init(&w->in);
	a->waiting_count++;
	w->resting = turn && a->pause;
	a->resting_count += w->resting;
	if (!w->resting && watch(a, fd, TAG_WAITING + (uint64_t)(w - a->waiting)) < 0)
		release(a, w);
}

static void accept_some(struct tcp_acceptor *a, size_t listener)
{
	struct sockaddr_storage peer;

	for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
		int fd = tcp_accept(a->listeners[listener], &peer);

		if (fd >= 0) {
			add(a, fd, &peer, false);
			continue;
		}
		if (fd == -EMFILE || fd == -ENFILE) /* it stays readable: no busy loop */
			(void)usleep(OUT_OF_FILES_MS * 1000);
		return;
	}
}

static void take_arrivals(struct tcp_acceptor *a)
{
	struct arrival arrival;

	plane_queue_drain_wake(&a->arrivals);
	while (plane_queue_take(&a->arrivals, &arrival))
		add(a, arrival.fd, &arrival.peer, true);
}

static bool worker_of(const struct waiting *w, const uint8_t *frame, size_t n, unsigned *ret)
{
	struct turn_claim claim;

	if (!w->in.turn)
		return engine_worker_of(frame, n, ret);
	if (!turn_claim_of(frame, n, &claim))
		return false;
	*ret = claim.worker;
	return true;
}

/* TURN's first request names nobody: true, it was told how to. */
static bool challenge(const struct tcp_acceptor *a, struct waiting *w, const uint8_t *frame,
		      size_t n)
{
	uint8_t bytes[STUN_MESSAGE_MAX];

	if (!w->in.turn || w->challenges++ == TCP_TURN_CHALLENGES)
		return false;
	size_t length = turn_greet(a->secret, clock_now_us(), &w->peer, frame, n, bytes);
	/* whoever does not read a few bytes is not waited for */
	return length && send(w->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)length;
}

/* The first frame is there: to the worker that it names, or nowhere. */
static void hand_over(struct tcp_acceptor *a, struct waiting *w, const uint8_t *frame, size_t n)
{
	struct tcp_handover handover = {
		.fd = w->fd, .turn = w->in.turn, .peer = w->peer, .length = (uint16_t)n
	};
	unsigned worker;

	if (worker_of(w, frame, n, &worker) && worker < a->workers) {
		memcpy(handover.bytes, frame, n);
		(void)epoll_ctl(a->epoll, EPOLL_CTL_DEL, w->fd, NULL);
		if (plane_queue_put(a->queues[worker], &handover))
			w->fd = -1;
	}
	release(a, w);
}

/* Reads up to the end of the first frame and no further: the rest is the worker's. */
static void read_first(struct tcp_acceptor *a, struct waiting *w)
{
	uint8_t bytes[FRAMING_TURN_MAX], *frame;
	unsigned worker;
	size_t length;

	for (;;) {
		ssize_t n = recv(w->fd, bytes, framing_missing(&w->in), MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		struct rd in = rd_of(bytes, n > 0 ? (size_t)n : 0);
		if (framing_next(&w->in, &in, &frame, &length)) {
			if (w->in.turn && !worker_of(w, frame, length, &worker) &&
			    challenge(a, w, frame, length))
				continue;
			hand_over(a, w, frame, length);
			return;
		}
		/* an empty frame is over at once: a stream of them would keep this thread from all others */
		if (n <= 0 || w->in.bad || w->in.have == 0) {
			release(a, w);
			return;
		}
	}
}

static void end_the_silent(struct tcp_acceptor *a, uint64_t now)
{
	for (size_t i = 0; i < TCP_HALF_OPEN; i++) {
		struct waiting *w = &a->waiting[i];

		if (w->used && now - w->since >= TCP_HALF_OPEN_US)
			release(a, w);
	}
}

/*
 * A browser that has a connection tries nothing more. A relay that is there before it has even begun with TCP (Chromium:
 * 100 ms after UDP) would be taken in its place, where the way is short.
 */
static void read_the_rested(struct tcp_acceptor *a, uint64_t now)
{
	for (size_t i = 0; a->resting_count && i < TCP_HALF_OPEN; i++) {
		struct waiting *w = &a->waiting[i];

		if (!w->used || !w->resting || now - w->since < a->pause)
			continue;
		w->resting = false;
		a->resting_count--;
		if (watch(a, w->fd, TAG_WAITING + i) < 0)
			release(a, w);
	}
}

static int wait_ms(const struct tcp_acceptor *a)
{
	return a->resting_count ? RESTING_MS : a->waiting_count ? 1000 : -1;
}

static void *run(void *argument)
{
	struct tcp_acceptor *a = argument;
	struct epoll_event events[64];

	for (;;) {
		int n = epoll_wait(a->epoll, events, 64, wait_ms(a));

		for (int i = 0; i < n; i++) {
			uint64_t tag = events[i].data.u64;

			if (tag == TAG_STOP)
				return NULL;
			if (tag == TAG_TURN)
				take_arrivals(a);
			else if (tag < TAG_WAITING)
				accept_some(a, tag - TAG_LISTENER);
			else if (a->waiting[tag - TAG_WAITING].used)
				read_first(a, &a->waiting[tag - TAG_WAITING]);
		}
		read_the_rested(a, clock_now_us());
		end_the_silent(a, clock_now_us());
	}
}

/* ---- control ---- */

static int open_listener(struct tcp_acceptor *a, struct sockaddr_storage address, uint16_t port,
			 char *error, size_t error_size)
{
	address_set_port(&address, port);
	int fd = tcp_listen(&address, error, error_size);

	if (fd < 0)
		return fd;
	a->listeners[a->count] = fd;
	a->count++;
	int r = tcp_local(fd, &a->addresses[a->count - 1]);
	return r < 0 ? r : watch(a, fd, TAG_LISTENER + a->count - 1);
}

int tcp_acceptor_new(struct tcp_acceptor **ret, const struct sockaddr_storage *addresses,
		     size_t count, uint16_t port, char *error, size_t error_size)
{
	struct tcp_acceptor *a = calloc(1, sizeof *a);
	int r = 0;

	if (!a)
		return -ENOMEM;
	a->epoll = epoll_create1(EPOLL_CLOEXEC);
	a->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (a->epoll < 0 || a->stop < 0)
		r = -errno;
	a->arrivals.wake_fd = -1;
	if (r == 0)
		r = plane_queue_init(&a->arrivals, sizeof(struct arrival), TCP_TURN_WAITING);
	if (r == 0)
		r = watch(a, a->stop, TAG_STOP);
	if (r == 0)
		r = watch(a, a->arrivals.wake_fd, TAG_TURN);
	for (size_t i = 0; r == 0 && i < count && i < TCP_LISTENERS_MAX; i++)
		r = open_listener(a, addresses[i], port, error, error_size);
	if (r < 0) {
		(void)tcp_acceptor_free(a);
		return r;
	}
	*ret = a;
	return 0;
}

const struct sockaddr_storage *tcp_acceptor_addresses(const struct tcp_acceptor *a,
						      size_t *ret_count)
{
	*ret_count = a->count;
	return a->addresses;
}

bool tcp_acceptor_add_turn(struct tcp_acceptor *a, int fd, const struct sockaddr_storage *peer)
{
	const struct arrival arrival = { .fd = fd, .peer = *peer };

	return plane_queue_put(&a->arrivals, &arrival);
}

int tcp_acceptor_start(struct tcp_acceptor *a, struct plane_queue *const *queues, unsigned workers,
		       const uint8_t *secret, unsigned turn_pause_ms)
{
	a->secret = secret;
	a->pause = (uint64_t)turn_pause_ms * US_PER_MS;
	a->workers = workers < MEDIA_WORKERS_MAX ? workers : MEDIA_WORKERS_MAX;
	for (unsigned i = 0; i < a->workers; i++)
		a->queues[i] = queues[i];
	int r = quiet_thread_start(&a->thread, "media-tcp", run, a);
	a->started = r == 0;
	return r;
}

struct tcp_acceptor *tcp_acceptor_free(struct tcp_acceptor *a)
{
	const uint64_t one = 1;

	if (!a)
		return NULL;
	if (a->started) {
		(void)!write(a->stop, &one, sizeof one);
		(void)pthread_join(a->thread, NULL);
	}
	for (size_t i = 0; i < TCP_HALF_OPEN; i++) {
		if (a->waiting[i].used)
			(void)close(a->waiting[i].fd);
	}
	struct arrival arrival;
	while (a->arrivals.slots && plane_queue_take(&a->arrivals, &arrival))
		(void)close(arrival.fd);
	plane_queue_fini(&a->arrivals);
	for (size_t i = 0; i < a->count; i++)
		(void)close(a->listeners[i]);
	if (a->stop >= 0)
		(void)close(a->stop);
	if (a->epoll >= 0)
		(void)close(a->epoll);
	free(a);
	return NULL;
}

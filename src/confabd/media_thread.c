/* SPDX-License-Identifier: Apache-2.0 */
/* Making, starting and joining the media workers, from the control thread. See media_thread.h. */
#include "confabd/media_thread.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/complain.h"
#include "base/quiet_thread.h"
#include "base/rng.h"
#include "base/trim.h"
#include "confabd/media_worker.h"
#include "confabd/tcp_acceptor.h"
#include "media/engine.h"

struct media_threads {
	unsigned count;
	struct tcp_acceptor *acceptor; /* NULL without ICE-TCP and TURN */
	bool turn;
	uint8_t turn_secret[TURN_SECRET]; /* of this process: who is in a room has no other */
	struct sockaddr_storage tcp_offered[SOCKETS_MAX]; /* as clients reach it */
	size_t tcp_count;
	struct worker *workers[MEDIA_WORKERS_MAX];
};

static int watch(struct worker *w, int fd, uint64_t tag)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = tag };

	return epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &e) < 0 ? -errno : 0;
}

static bool is_wildcard(const struct sockaddr_storage *a)
{
	const struct sockaddr_in *v4 = (const void *)a;
	const struct sockaddr_in6 *v6 = (const void *)a;

	return a->ss_family == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr)
					: v4->sin_addr.s_addr == htonl(INADDR_ANY);
}

static bool is_same_ip(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;

	if (a->ss_family != b->ss_family)
		return false;
	return a->ss_family == AF_INET6
		       ? memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof a6->sin6_addr) == 0
		       : a4->sin_addr.s_addr == b4->sin_addr.s_addr;
}

/* The different ones among what is to be bound; ret_which[i]: the one behind the i-th address. */
static size_t distinct(const struct media_threads_config *config,
		       struct sockaddr_storage ret[SOCKETS_MAX], uint8_t ret_which[SOCKETS_MAX])
{
	const struct sockaddr_storage *all = config->locals ? config->locals : config->addresses;
	size_t n = 0;

	for (size_t i = 0; i < config->address_count; i++) {
		size_t at = 0;

		while (at < n && !is_same_ip(&ret[at], &all[i]))
			at++;
		if (at == n)
			ret[n++] = all[i];
		ret_which[i] = (uint8_t)at;
	}
	return n;
}

/* Each address with the port that is bound behind it. */
static void offer(const struct media_threads_config *config, const uint8_t which[SOCKETS_MAX],
		  const struct sockaddr_storage *bound, struct sockaddr_storage ret[SOCKETS_MAX])
{
	for (size_t i = 0; i < config->address_count; i++) {
		ret[i] = config->addresses[i];
		address_set_port(&ret[i], address_port(&bound[which[i]]));
	}
}

static int bind_sockets(struct worker *w, const struct media_threads_config *config, char *error,
			size_t error_size)
{
	uint16_t port = (uint16_t)(config->port ? config->port + w->index : 0);
	struct sockaddr_storage locals[SOCKETS_MAX];
	uint8_t which[SOCKETS_MAX];
	size_t count = distinct(config, locals, which);

	for (size_t i = 0; i < count; i++) {
		address_set_port(&locals[i], port);
		int r = udp_init(&w->sockets[i], &locals[i], error, error_size);
		if (r < 0)
			return r;
		w->socket_count++;
		r = udp_local(&w->sockets[i], &w->addresses[i]);
		if (r == 0)
			r = watch(w, w->sockets[i].fd, i);
		if (r < 0)
			return r;
	}
	offer(config, which, w->addresses, w->offered);
	w->offered_count = config->address_count;
	return 0;
}

static struct worker *worker_free(struct worker *w)
{
	struct plane_event event;
	struct plane_cmd cmd;
	struct tcp_handover handover;

	if (!w)
		return NULL;
	media_tcp_fini(w);
	w->engine = engine_free(w->engine);
	while (w->commands.slots && plane_queue_take(&w->commands, &cmd))
		plane_cmd_fini(&cmd);
	while (w->events.slots && plane_queue_take(&w->events, &event))
		plane_event_fini(&event);
	while (w->handovers.slots && plane_queue_take(&w->handovers, &handover))
		(void)close(handover.fd);
	for (size_t i = 0; i < w->held_count; i++)
		plane_event_fini(&w->held[(w->held_first + i) % MEDIA_EVENTS_PENDING]);
	for (size_t i = 0; i < w->socket_count; i++)
		udp_fini(&w->sockets[i]);
	plane_queue_fini(&w->commands);
	plane_queue_fini(&w->events);
	plane_queue_fini(&w->handovers);
	if (w->epoll >= 0)
		(void)close(w->epoll);
	if (w->schedstat >= 0)
		(void)close(w->schedstat);
	free(w);
	return NULL;
}

static int worker_new(struct worker **ret, unsigned index, const struct media_threads *m,
		      const struct media_threads_config *config, char *error, size_t error_size)
{
	struct worker *w = calloc(1, sizeof *w);

	if (!w)
		return -ENOMEM;
	w->index = index;
	w->commands.wake_fd = w->events.wake_fd = w->handovers.wake_fd = -1;
	w->schedstat = -1;
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	int r = w->epoll < 0 ? -errno : 0;
	if (r == 0)
		r = plane_queue_init(&w->commands, sizeof(struct plane_cmd), MEDIA_COMMANDS);
	if (r == 0)
		r = plane_queue_init(&w->events, sizeof(struct plane_event), MEDIA_EVENTS);
	if (r == 0)
		r = watch(w, w->commands.wake_fd, TAG_COMMANDS);
	if (r == 0 && m->acceptor)
		r = plane_queue_init(&w->handovers, sizeof(struct tcp_handover),
				     MEDIA_TCP_HANDOVERS);
	if (r == 0 && m->acceptor)
		r = watch(w, w->handovers.wake_fd, TAG_HANDOVERS);
	if (r == 0)
		r = bind_sockets(w, config, error, error_size);
	if (r == 0)
		r = engine_new(&w->engine, &(struct engine_config){
						   .addresses = w->offered,
						   .address_count = w->offered_count,
						   .tcp_addresses = m->tcp_offered,
						   .tcp_address_count = m->tcp_count,
						   .rng = rng_os(),
						   .certificate = config->certificate,
						   .worker = (uint16_t)index,
					   });
	if (r < 0) {
		(void)worker_free(w);
		return r;
	}
	w->turn = (struct turn_server){ .worker = index,
					.addresses = w->offered,
					.address_count = w->offered_count,
					.rng = rng_os() };
	memcpy(w->turn.secret, m->turn_secret, sizeof w->turn.secret);
	*ret = w;
	return 0;
}

static int start_thread(struct worker *w)
{
	char name[16];

	(void)snprintf(name, sizeof name, "media-%u", w->index % 1000);
	int r = quiet_thread_start(&w->thread, name, media_loop, w);
	w->started = r == 0;
	return r;
}

static int start_acceptor(const struct media_threads *m, unsigned turn_pause_ms)
{
	struct plane_queue *queues[MEDIA_WORKERS_MAX];

	for (unsigned i = 0; i < m->count; i++)
		queues[i] = &m->workers[i]->handovers;
	return tcp_acceptor_start(m->acceptor, queues, m->count, m->turn_secret, turn_pause_ms);
}

static int listen_for_tcp(struct media_threads *m, const struct media_threads_config *config,
			  char *error, size_t error_size)
{
	struct sockaddr_storage locals[SOCKETS_MAX];
	uint8_t which[SOCKETS_MAX];
	size_t count = config->tcp ? distinct(config, locals, which) : 0;
	int r = tcp_acceptor_new(&m->acceptor, locals, count, config->tcp_port, error, error_size);

	if (r < 0 || !config->tcp)
		return r;
	offer(config, which, tcp_acceptor_addresses(m->acceptor, &count), m->tcp_offered);
	m->tcp_count = config->address_count;
	return 0;
}

static unsigned usable_cores(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) < 0 || CPU_COUNT(&set) < 1)
		return 1;
	unsigned n = (unsigned)CPU_COUNT(&set);
	return n < MEDIA_WORKERS_MAX ? n : MEDIA_WORKERS_MAX;
}

static int check_config(const struct media_threads_config *c, unsigned count, char *error,
			size_t error_size)
{
	char text[UDP_ADDRESS_TEXT];

	if (c->address_count == 0 || c->address_count > SOCKETS_MAX) {
		(void)complain(error, error_size, 0,
			       "between 1 and %d RTC addresses are needed, not %zu", SOCKETS_MAX,
			       c->address_count);
		return -EINVAL;
	}
	if (count > MEDIA_WORKERS_MAX || c->port + count - 1 > UINT16_MAX) {
		(void)complain(error, error_size, 0, "%u media workers do not fit: ports %u to %u",
			       count, (unsigned)c->port, c->port + count - 1);
		return -EINVAL;
	}
	for (size_t i = 0; i < c->address_count; i++) {
		udp_address_text(&c->addresses[i], text);
		if (is_wildcard(&c->addresses[i])) {
			(void)complain(
				error, error_size, 0,
				"RTC address %s cannot be offered to clients; give the address "
				"that they reach this machine at",
				text);
			return -EINVAL;
		}
	}
	return 0;
}

int media_threads_start(struct media_threads **ret, const struct media_threads_config *config,
			char *error, size_t error_size)
{
	static const char cannot_start[] = "media workers cannot start";
	unsigned count = config->count ? config->count : usable_cores();
	int r = 0;

	(void)complain(error, error_size, 0, "%s", cannot_start);
	r = check_config(config, count, error, error_size);
	if (r < 0)
		return r;
	struct media_threads *m = calloc(1, sizeof *m);
	if (!m)
		return -ENOMEM;
	m->turn = config->turn;
	rng_fill(rng_os(), m->turn_secret, sizeof m->turn_secret);
	if (config->tcp || config->turn)
		r = listen_for_tcp(m, config, error, error_size);
	for (; r == 0 && m->count < count; m->count += r == 0)
		r = worker_new(&m->workers[m->count], m->count, m, config, error, error_size);
	for (unsigned i = 0; r == 0 && i < count; i++)
		r = start_thread(m->workers[i]);
	if (r == 0 && m->acceptor)
		r = start_acceptor(m, config->turn_pause_ms);
	if (r < 0) {
		(void)media_threads_stop(m);
		if (error && strcmp(error, cannot_start) == 0)
			(void)complain(error, error_size, 0, "%s: %s", cannot_start, strerror(-r));
		return r;
	}
	*ret = m;
	return 0;
}

struct media_threads *media_threads_stop(struct media_threads *m)
{
	const struct plane_cmd stop = { .type = CMD_STOP };

	if (!m)
		return NULL;
	m->acceptor = tcp_acceptor_free(m->acceptor); /* it puts into the workers' queues */
	for (unsigned i = 0; i < m->count; i++) {
		struct worker *w = m->workers[i];

		if (!w->started || plane_queue_put(&w->commands, &stop))
			continue;
		const uint64_t one = 1;
		atomic_store_explicit(&w->stop, true, memory_order_relaxed);
		(void)!write(w->commands.wake_fd, &one, sizeof one);
	}
	for (unsigned i = 0; i < m->count; i++) {
		if (m->workers[i]->started)
			(void)pthread_join(m->workers[i]->thread, NULL);
		m->workers[i] = worker_free(m->workers[i]);
	}
	explicit_bzero(m->turn_secret, sizeof m->turn_secret);
	free(m);
	return NULL;
}

unsigned media_threads_count(const struct media_threads *m)
{
	return m->count;
}

int media_threads_address(const struct media_threads *m, unsigned worker, size_t k,
			  struct sockaddr_storage *ret)
{
	if (worker >= m->count || k >= m->workers[worker]->offered_count)
		return -EINVAL;
	*ret = m->workers[worker]->offered[k];
	return 0;
}

int media_threads_tcp_address(const struct media_threads *m, size_t k, struct sockaddr_storage *ret)
{
	if (k >= m->tcp_count)
		return -EINVAL;
	*ret = m->tcp_offered[k];
	return 0;
}

bool media_threads_turn(struct media_threads *m, int fd, const struct sockaddr_storage *peer)
{
	return m->turn && tcp_acceptor_add_turn(m->acceptor, fd, peer);
}

bool media_threads_turn_credentials(const struct media_threads *m, unsigned worker,
				    const struct sid *participant, struct turn_credentials *ret)
{
	if (m->turn)
		turn_credentials_make(m->turn_secret, clock_now_us(), worker, participant->text,
				      ret);
	return m->turn;
}

bool media_threads_cmd(struct media_threads *m, unsigned worker, const struct plane_cmd *cmd)
{
	return plane_queue_put(&m->workers[worker]->commands, cmd);
}

int media_threads_wake_fd(const struct media_threads *m, unsigned worker)
{
	return m->workers[worker]->events.wake_fd;
}

void media_threads_drain_wake(struct media_threads *m, unsigned worker)
{
	struct worker *w = m->workers[worker];

	plane_queue_drain_wake(&w->events);
	if (atomic_exchange_explicit(&w->released, false, memory_order_relaxed)) {
		plane_queue_release(&w->commands);
		trim_memory();
	}
}

bool media_threads_event(struct media_threads *m, unsigned worker, struct plane_event *ret)
{
	return plane_queue_take(&m->workers[worker]->events, ret);
}

/* "123456 7890 42": ns on a processor, ns waiting for one, turns. */
static bool read_schedstat(int fd, uint64_t *ret_run_us, uint64_t *ret_wait_us)
{
	char text[96];
	unsigned long long run, wait;
	ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof text - 1, 0);

	if (n <= 0)
		return false;
	text[n] = '\0';
	if (sscanf(text, "%llu %llu", &run, &wait) != 2)
		return false;
	*ret_run_us = run / 1000;
	*ret_wait_us = wait / 1000;
	return true;
}

bool media_threads_time(const struct media_threads *m, unsigned worker, uint64_t *ret_run_us,
			uint64_t *ret_wait_us)
{
	struct worker *w = m->workers[worker];
	int fd = atomic_load_explicit(&w->schedstat, memory_order_acquire);
	struct timespec t;
	clockid_t clock;

	if (read_schedstat(fd, ret_run_us, ret_wait_us))
		return true;
	if (pthread_getcpuclockid(w->thread, &clock) != 0 || clock_gettime(clock, &t) < 0)
		return false;
	*ret_run_us = (uint64_t)t.tv_sec * US_PER_S + (uint64_t)t.tv_nsec / 1000;
	*ret_wait_us = 0;
	return true;
}

struct heartbeat *media_threads_heartbeat(const struct media_threads *m, unsigned worker)
{
	return &m->workers[worker]->beat;
}

void media_threads_counters(const struct media_threads *m, struct media_counters *ret)
{
	uint64_t sums[COUNTERS] = { 0 };

	for (unsigned i = 0; i < m->count; i++) {
		for (size_t k = 0; k < COUNTERS; k++)
			sums[k] += atomic_load_explicit(&m->workers[i]->published[k],
							memory_order_relaxed);
	}
	memcpy(ret, sums, sizeof *ret);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of a media worker. Way: udp_receive ▸ engine_rx ▸
 * engine_next_tx ▸ udp_put, and commands ▸ engine_cmd ▸ engine_next_event
 * ▸ events. An idle worker sleeps in epoll until the engine's deadline.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/trim.h"
#include "confabd/media_worker.h"
#include "media/engine.h"

enum {
	EVENTS_AT_ONCE = 64,
	ROUNDS = 4,	       /* reads of one socket before the others get their turn */
	COMMANDS_AT_ONCE = 64, /* between two looks at the sockets */
	LOOK_BYTES = 512 *
		     1024, /* on their way out, a millisecond or so, before sound is looked for */
	HANDSHAKES_US = 1000,	   /* and a little more of them, then media has its turn */
	HELD_RETRY_US = 2000,	   /* control has no way to say that its queue has room again */
	TRIM_US = 2 * 1000 * 1000, /* after somebody came or left, and … */
	TRIM_AGAIN_US = 33 * 1000 *
			1000, /* … when handshakes have been forgotten, DTLS_LINGER_US */
};

/* ---- events ---- */

static bool events_put_held(struct worker *w)
{
	while (w->held_count > 0) {
		if (!plane_queue_put(&w->events, &w->held[w->held_first]))
			return false;
		w->held_first = (w->held_first + 1) % MEDIA_EVENTS_PENDING;
		w->held_count--;
	}
	return true;
}

/*
 * When control falls behind, events wait here, then inside the engine; none is lost or reordered.
 */
static void drain_events(struct worker *w)
{
	bool room = events_put_held(w);

	while (w->held_count < MEDIA_EVENTS_PENDING) {
		struct plane_event *slot =
			&w->held[(w->held_first + w->held_count) % MEDIA_EVENTS_PENDING];

		if (!engine_next_event(w->engine, slot))
			return;
		w->held_count++;
		if (room)
			room = events_put_held(w);
		if (!room)
			w->counts.events_held++;
	}
}

/* ---- datagrams ---- */

static size_t socket_for(const struct worker *w, const struct sockaddr_storage *to)
{
	uint64_t hash = address_hash(to, 0);
	const struct route *known = &w->routes[hash % ROUTES];

	if (w->socket_count == 1)
		return 0;
	if (known->hash == hash && w->addresses[known->socket].ss_family == to->ss_family)
		return known->socket;
	for (size_t i = 0; i < w->socket_count; i++) {
		if (w->addresses[i].ss_family == to->ss_family)
			return i;
	}
	return 0;
}

static void count_in(struct worker *w, size_t socket, const struct udp_datagram *d)
{
	if (w->socket_count > 1) {
		uint64_t hash = address_hash(d->from, 0);

		w->routes[hash % ROUTES] = (struct route){ .hash = hash,
							   .socket = (uint8_t)socket };
	}
	w->counts.datagrams_in++;
	w->counts.bytes_in += d->length;
}

/* In the middle of much that goes out: what has come may be sound, which does not wait for the end of
 * it. The rest does. */
static void look_early(struct worker *w)
{
	struct udp_datagram in[UDP_BATCH];

	w->unlooked = 0;
	w->now = clock_now_us();
	for (size_t i = 0; i < w->socket_count; i++) {
		int n = udp_receive_more(&w->sockets[i], in);

		for (int k = 0; k < n; k++) {
			struct path from = path_udp(in[k].from);
			uint64_t arrival = in[k].arrival < w->now ? in[k].arrival : w->now;

			count_in(w, i, &in[k]);
			if (engine_rx_early(w->engine, w->now, arrival, &from, in[k].bytes,
					    in[k].length)) {
				udp_release(&w->sockets[i], &in[k]);
				continue;
			}
			w->later[w->later_count].datagram = in[k];
			w->later[w->later_count++].socket = (uint8_t)i;
		}
	}
}

static void drain_tx(struct worker *w)
{
	struct engine_tx tx;

	while (engine_next_tx(w->engine, &tx)) {
		const struct sockaddr_storage *to = &tx.to->address;

		if (tx.to->connection)
			media_tcp_put(w, tx.to->connection, tx.bytes, tx.length, tx.video);
		else
			udp_put(&w->sockets[socket_for(w, to)], to, tx.bytes, tx.length);
		w->counts.datagrams_out++;
		w->counts.bytes_out += tx.length;
		w->unlooked += tx.length;
		if (w->unlooked >= LOOK_BYTES)
			look_early(w);
	}
}

void media_drain(struct worker *w)
{
	drain_tx(w);
	drain_events(w);
}

static void take(struct worker *w, const struct udp_datagram *d)
{
	struct path from = path_udp(d->from);
	/* what came since this turn began */
	uint64_t arrival = d->arrival < w->now ? d->arrival : w->now;

	engine_rx_at(w->engine, w->now, arrival, &from, d->bytes, d->length);
}

/* ---- handshakes ---- */

/*
 * A flight of DTLS (RFC 9147 4.1: content type 22) takes as long as a frame to dozens of people, and when
 * many come at once they fill what is read together. Media goes out before them, and again whenever they
 * have taken a millisecond.
 */
static bool is_handshake(const struct udp_datagram *d)
{
	return d->length > 0 && d->bytes[0] == 22;
}

static void flush(struct worker *w)
{
	for (size_t i = 0; i < w->socket_count; i++)
		udp_flush(&w->sockets[i]);
}

/* Takes what has come meanwhile, but for handshakes. */
static void media_first(struct worker *w)
{
	struct udp_datagram in[UDP_BATCH];

	w->now = clock_now_us();
	for (size_t i = 0; i < w->socket_count; i++) {
		int n = udp_receive_more(&w->sockets[i], in);

		for (int k = 0; k < n; k++) {
			count_in(w, i, &in[k]);
			if (!is_handshake(&in[k]))
				take(w, &in[k]);
		}
		media_drain(w);
		for (int k = 0; k < n; k++) {
			if (is_handshake(&in[k])) {
				w->later[w->later_count].datagram = in[k];
				w->later[w->later_count++].socket = (uint8_t)i;
			} else {
				udp_release(&w->sockets[i], &in[k]);
			}
		}
	}
	flush(w);
}

static void take_handshake(struct worker *w, const struct udp_datagram *d)
{
	take(w, d);
	media_drain(w);
	if (clock_now_us() >= w->now + HANDSHAKES_US)
		media_first(w);
}

/* What was read early. While it goes out more may be. */
static void take_later(struct worker *w)
{
	for (int round = 0; round < ROUNDS && w->later_count > 0; round++) {
		size_t n = w->later_count < ENGINE_RX_MAX ? w->later_count : ENGINE_RX_MAX;

		for (size_t i = 0; i < n; i++) {
			if (!is_handshake(&w->later[i].datagram))
				take(w, &w->later[i].datagram);
		}
		media_drain(w); /* before the bytes are given back */
		for (size_t i = 0; i < n; i++) {
			if (is_handshake(&w->later[i].datagram))
				take_handshake(w, &w->later[i].datagram);
			udp_release(&w->sockets[w->later[i].socket], &w->later[i].datagram);
		}
		w->later_count -= n;
		memmove(w->later, w->later + n, w->later_count * sizeof *w->later);
	}
}

static void receive(struct worker *w, size_t socket)
{
	struct udp_datagram in[UDP_BATCH];

	static_assert((int)UDP_BATCH <= (int)ENGINE_RX_MAX, "read together, handed in together");
	for (int round = 0; round < ROUNDS; round++) {
		int n = udp_receive(&w->sockets[socket], in);
		bool handshakes = false;

		for (int i = 0; i < n; i++) {
			count_in(w, socket, &in[i]);
			if (is_handshake(&in[i]))
				handshakes = true;
			else
				take(w, &in[i]);
		}
		media_drain(w); /* before the bytes are overwritten */
		if (handshakes)
			flush(w);
		for (int i = 0; i < n && handshakes; i++) {
			if (is_handshake(&in[i]))
				take_handshake(w, &in[i]);
		}
		take_later(w);
		if (n < UDP_BATCH)
			break;
	}
}

/* ---- loop ---- */

/* Back-pressure: while control does not take events it gets no answers to new commands. */
static void take_commands(struct worker *w)
{
	for (int i = 0; i < COMMANDS_AT_ONCE; i++) {
		struct plane_cmd cmd;

		if (w->held_count > 0)
			return;
		if (!plane_queue_take(&w->commands, &cmd)) {
			w->commands_waiting = false;
			return;
		}
		if (cmd.type == CMD_STOP)
			atomic_store_explicit(&w->stop, true, memory_order_relaxed);
		engine_release(w->engine);
		drain_tx(w);
		engine_cmd(w->engine, w->now, &cmd);
		media_drain(w);
	}
}

/* Nobody is there any more. The queue of commands is control's to release: it is woken for that. */
static void release(struct worker *w)
{
	const uint64_t one = 1;

	engine_rest(w->engine);
	plane_queue_release(&w->events);
	/* relaxed: a hint, of which nothing else depends */
	atomic_store_explicit(&w->released, true, memory_order_relaxed);
	(void)!write(w->events.wake_fd, &one, sizeof one);
}

/*
 * What joining and leaving took goes back to the system: allocators keep it otherwise. Not at once,
 * since the next may follow, and control frees its part a little later.
 */
static void give_back(struct worker *w, uint64_t now)
{
	size_t people = engine_people(w->engine);

	if (people != w->trim_people) {
		w->trim_people = people;
		w->trim_again = true;
		w->trim_at = now + TRIM_US;
	} else if (w->trim_at <= now) {
		if (!people)
			release(w);
		trim_memory();
		w->trim_at = w->trim_again && people ? now + TRIM_AGAIN_US : UINT64_MAX;
		w->trim_again = false;
	}
}

static uint64_t sleep_us(const struct worker *w, uint64_t now)
{
	uint64_t deadline = engine_deadline(w->engine);
	if (w->tcp.count && w->tcp.sweep_at < deadline)
		deadline = w->tcp.sweep_at;
	if (w->trim_at < deadline)
		deadline = w->trim_at;
	uint64_t us = deadline > now ? deadline - now : 0;

	if (deadline == UINT64_MAX)
		us = UINT64_MAX;
	if (w->later_count > 0 || (w->commands_waiting && w->held_count == 0))
		return 0;
	return w->held_count > 0 && us > HELD_RETRY_US ? HELD_RETRY_US : us;
}

static int wait_for_work(const struct worker *w, struct epoll_event *ret, int capacity)
{
	uint64_t us = sleep_us(w, clock_now_us());
	const struct timespec t = { .tv_sec = (time_t)(us / US_PER_S),
				    .tv_nsec = (long)(us % US_PER_S) * 1000 };
	int n = epoll_pwait2(w->epoll, ret, capacity, us == UINT64_MAX ? NULL : &t, NULL);

	if (n < 0 && errno == ENOSYS) { /* before Linux 5.11: in milliseconds, rounded up */
		int ms = us == UINT64_MAX ? -1 : (int)(us / 1000 > 60000 ? 60000 : us / 1000 + 1);

		n = epoll_wait(w->epoll, ret, capacity, ms);
	}
	return n < 0 ? 0 : n; /* EINTR: no signals are delivered here; look around anyway */
}

static void publish_counters(struct worker *w)
{
	uint64_t values[COUNTERS];

	w->counts.send_failed = w->counts.messages_out = 0;
	for (size_t i = 0; i < w->socket_count; i++) {
		w->counts.send_failed += w->sockets[i].send_failed + w->sockets[i].send_full;
		w->counts.messages_out += w->sockets[i].messages;
	}
	memcpy(values, &w->counts, sizeof values);
	/* relaxed: each is a figure for a graph, none depends on another */
	for (size_t i = 0; i < COUNTERS; i++)
		atomic_store_explicit(&w->published[i], values[i], memory_order_relaxed);
}

static void take_handovers(struct worker *w, uint64_t now)
{
	struct tcp_handover handover;

	plane_queue_drain_wake(&w->handovers);
	while (plane_queue_take(&w->handovers, &handover))
		media_tcp_take(w, now, &handover);
}

static void handle(struct worker *w, const struct epoll_event *e)
{
	uint64_t tag = e->data.u64;

	if (tag & TAG_TCP) {
		media_tcp_event(w, w->now, (uint32_t)tag, e->events);
	} else if (tag == TAG_COMMANDS) {
		plane_queue_drain_wake(&w->commands);
		w->commands_waiting = true;
	} else if (tag == TAG_HANDOVERS) {
		take_handovers(w, w->now);
	} else {
		receive(w, tag);
	}
}

/* One turn: commands, sockets, timers, and everything that came of them out. */
static void turn(struct worker *w)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	int n = wait_for_work(w, events, EVENTS_AT_ONCE);

	heartbeat_works(&w->beat);
	w->now = clock_now_us();
	w->unlooked = 0;
	drain_events(w);
	take_later(w);
	for (int i = 0; i < n; i++)
		handle(w, &events[i]);
	if (w->commands_waiting)
		take_commands(w);
	if (engine_deadline(w->engine) <= w->now) {
		engine_tick(w->engine, w->now);
		media_drain(w);
	}
	flush(w);
	media_tcp_flush(w);
	if (w->tcp.count && w->tcp.sweep_at <= w->now)
		media_tcp_sweep(w, w->now);
	give_back(w, w->now);
	publish_counters(w);
	heartbeat_rests(&w->beat);
}

void *media_loop(void *argument)
{
	struct worker *w = argument;

	log_debug("media", "worker=%u started", w->index);
	heartbeat_begin(&w->beat);
	atomic_store_explicit(&w->schedstat,
			      open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC),
			      memory_order_release); /* an open file, for whoever sees the number */
	w->trim_at = UINT64_MAX;
	while (!atomic_load_explicit(&w->stop, memory_order_relaxed))
		turn(w);
	log_debug("media", "worker=%u stopped", w->index);
	return NULL;
}

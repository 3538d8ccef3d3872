/* SPDX-License-Identifier: Apache-2.0 */
#include "confabd/media_tcp.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "confabd/media_worker.h"
#include "media/engine.h"
#include "net/framing.h"
#include "net/tcp.h"

enum { READ_AT_ONCE = 32 * 1024 }; /* of one connection, before the others get their turn */

struct tcp_connection {
	struct tcp tcp;
	struct framing in;
	struct path path;
	unsigned frames; /* before it had passed a check */
	bool known;	 /* it has */
	bool waits;	 /* for being writable */
	bool flushes;	 /* is in the list of unsent */
};

static size_t slot_of(uint32_t number)
{
	return number % MEDIA_TCP_CONNECTIONS;
}

static struct tcp_connection *find(const struct media_tcp *m, uint32_t number)
{
	struct tcp_connection *c = m->all[slot_of(number)];

	return c && c->path.connection == number ? c : NULL;
}

static void end(struct worker *w, struct tcp_connection *c)
{
	engine_path_ended(w->engine, &c->path);
	w->counts.tcp_dropped += c->tcp.dropped;
	w->tcp.all[slot_of(c->path.connection)] = NULL;
	w->tcp.count--;
	tcp_fini(&c->tcp); /* closing takes it out of epoll */
	free(c);
}

void media_tcp_fini(struct worker *w)
{
	for (size_t i = 0; i < MEDIA_TCP_CONNECTIONS; i++) {
		struct tcp_connection *c = w->tcp.all[i];

		if (!c)
			continue;
		tcp_fini(&c->tcp);
		free(c);
		w->tcp.all[i] = NULL;
	}
}

/* A number whose slot is free: numbers go up, and come round after four thousand million. */
static uint32_t new_number(struct media_tcp *m)
{
	do
		m->next++;
	while (m->next == 0 || m->all[slot_of(m->next)]);
	return m->next;
}

static int watch(const struct worker *w, struct tcp_connection *c, int operation, bool writable)
{
	struct epoll_event e = { .events = writable ? EPOLLIN | EPOLLOUT : EPOLLIN,
				 .data.u64 = TAG_TCP | c->path.connection };

	c->waits = writable;
	return epoll_ctl(w->epoll, operation, c->tcp.fd, &e) < 0 ? -errno : 0;
}

/* One frame to the engine. false: the connection is a stranger's (R40). */
static bool take_frame(struct worker *w, uint64_t now, struct tcp_connection *c, uint8_t *bytes,
		       size_t n)
{
	w->counts.datagrams_in++;
	w->counts.bytes_in += n;
	engine_rx(w->engine, now, &c->path, bytes, n);
	media_drain(w);
	if (!c->known)
		c->known = engine_knows(w->engine, &c->path);
	return c->known || ++c->frames < MEDIA_TCP_STRANGER_FRAMES;
}

void media_tcp_take(struct worker *w, uint64_t now, struct tcp_handover *handover)
{
	struct tcp_connection *c = NULL;

	if (w->tcp.count < MEDIA_TCP_CONNECTIONS)
		c = calloc(1, sizeof *c);
	if (!c) {
		w->counts.tcp_refused++;
		(void)close(handover->fd);
		return;
	}
	tcp_init(&c->tcp, handover->fd);
	framing_init(&c->in);
	c->path = path_udp(&handover->peer);
	c->path.connection = new_number(&w->tcp);
	w->tcp.all[slot_of(c->path.connection)] = c;
	if (w->tcp.count++ == 0)
		w->tcp.sweep_at = now + MEDIA_TCP_SWEEP_US;
	w->counts.tcp_opened++;
	/* the engine's answer, if there is one, waits in the queue until the end of this turn */
	if (watch(w, c, EPOLL_CTL_ADD, false) < 0 ||
	    !take_frame(w, now, c, handover->bytes, handover->length))
		end(w, c);
}

static void flush(struct worker *w, struct tcp_connection *c)
{
	int r = tcp_flush(&c->tcp);

	if (r >= 0 && c->waits != (r > 0))
		r = watch(w, c, EPOLL_CTL_MOD, r > 0);
	if (r < 0)
		end(w, c);
}

static void receive(struct worker *w, uint64_t now, struct tcp_connection *c)
{
	uint8_t bytes[READ_AT_ONCE], *frame;
	int n = tcp_read(&c->tcp, bytes, sizeof bytes);
	bool good = n >= 0;
	struct rd in = rd_of(bytes, n > 0 ? (size_t)n : 0);
	size_t length;

	while (good && framing_next(&c->in, &in, &frame, &length))
		good = take_frame(w, now, c, frame, length);
	if (!good || c->in.bad)
		end(w, c);
}

void media_tcp_event(struct worker *w, uint64_t now, uint32_t number, uint32_t events)
{
	struct tcp_connection *c = find(&w->tcp, number);

	if (c && events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		receive(w, now, c);
	c = find(&w->tcp, number);
	if (c && events & EPOLLOUT)
		flush(w, c);
}

void media_tcp_put(struct worker *w, uint32_t number, const uint8_t *bytes, size_t n, bool video)
{
	struct tcp_connection *c = find(&w->tcp, number);

	if (!c || !tcp_put(&c->tcp, bytes, n, video))
		return;
	if (c->waits || c->flushes)
		return;
	if (w->tcp.unsent_count == MEDIA_TCP_CONNECTIONS)
		media_tcp_flush(w);
	if (find(&w->tcp, number) != c) /* flushing ended it */
		return;
	c->flushes = true;
	w->tcp.unsent[w->tcp.unsent_count++] = (uint16_t)slot_of(number);
}

void media_tcp_flush(struct worker *w)
{
	size_t n = w->tcp.unsent_count;

	w->tcp.unsent_count = 0;
	for (size_t i = 0; i < n; i++) {
		struct tcp_connection *c = w->tcp.all[w->tcp.unsent[i]];

		if (!c || !c->flushes) /* ended meanwhile; perhaps another has its place */
			continue;
		c->flushes = false;
		flush(w, c);
	}
}

void media_tcp_sweep(struct worker *w, uint64_t now)
{
	w->tcp.sweep_at = now + MEDIA_TCP_SWEEP_US;
	for (size_t i = 0; i < MEDIA_TCP_CONNECTIONS; i++) {
		struct tcp_connection *c = w->tcp.all[i];

		if (c && !engine_knows(w->engine, &c->path))
			end(w, c);
	}
}

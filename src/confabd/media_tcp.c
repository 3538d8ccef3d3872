/* SPDX-License-Identifier: Apache-2.0 */
#include "confabd/media_tcp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "confabd/media_worker.h"
#include "media/engine.h"
#include "media/turn.h"
#include "net/framing.h"
#include "net/tcp.h"

enum { READ_AT_ONCE = 32 * 1024 }; /* of one connection, before the others get their turn */

/* What a connection that speaks TURN has more. */
struct relay {
	struct turn turn;
	uint32_t numbers[TURN_WAYS]; /* of its paths; 0 = nothing has come on it */
	uint64_t used_at;	     /* a packet came */
};

struct tcp_connection {
	struct tcp tcp;
	struct framing in;
	struct path path;
	struct relay *relay; /* owned; NULL: RFC 4571 */
	unsigned frames;     /* before it had passed a check */
	bool known;	     /* it has */
	bool waits;	     /* for being writable */
};

static size_t slot_of(uint32_t number)
{
	return number % MEDIA_TCP_CONNECTIONS;
}

static struct tcp_connection *find(const struct media_tcp *m, uint32_t number)
{
	return m->numbers[slot_of(number)] == number ? m->all[slot_of(number)] : NULL;
}

/* A number whose place is free, for c: numbers go up, and come round after four thousand million. 0: none is free. */
static uint32_t take_number(struct worker *w, uint64_t now, struct tcp_connection *c)
{
	struct media_tcp *m = &w->tcp;

	if (m->count == MEDIA_TCP_CONNECTIONS)
		return 0;
	do
		m->next++;
	while (m->next == 0 || m->all[slot_of(m->next)]);
	m->all[slot_of(m->next)] = c;
	m->numbers[slot_of(m->next)] = m->next;
	if (m->count++ == 0)
		m->sweep_at = now + MEDIA_TCP_SWEEP_US;
	return m->next;
}

static void give_number(struct worker *w, uint32_t number)
{
	w->tcp.all[slot_of(number)] = NULL;
	w->tcp.numbers[slot_of(number)] = 0;
	w->tcp.count--;
}

static struct path way_path(const struct tcp_connection *c, unsigned way)
{
	struct path path = path_udp(&c->relay->turn.relayed);

	path.connection = c->relay->numbers[way];
	return path;
}

static void destroy(struct tcp_connection *c)
{
	tcp_fini(&c->tcp); /* closing takes it out of epoll */
	if (c->relay)
		turn_fini(&c->relay->turn);
	free(c->relay);
	free(c);
}

static void end(struct worker *w, struct tcp_connection *c)
{
	for (unsigned i = 0; c->relay && i < TURN_WAYS; i++) {
		const struct path path = way_path(c, i);

		if (!path.connection)
			continue;
		engine_path_ended(w->engine, &path);
		give_number(w, path.connection);
	}
	if (!c->relay)
		engine_path_ended(w->engine, &c->path);
	w->counts.tcp_dropped += c->tcp.dropped;
	give_number(w, c->path.connection);
	destroy(c);
}

/* Whether the place is the connection's own, and not one of its paths'. */
static bool is_own_place(const struct media_tcp *m, size_t slot)
{
	return m->all[slot] && m->all[slot]->path.connection == m->numbers[slot];
}

void media_tcp_fini(struct worker *w)
{
	struct tcp_connection *own[MEDIA_TCP_CONNECTIONS];
	size_t n = 0;

	for (size_t i = 0; i < MEDIA_TCP_CONNECTIONS; i++) {
		if (is_own_place(&w->tcp, i))
			own[n++] = w->tcp.all[i];
	}
	while (n > 0)
		destroy(own[--n]);
	memset(w->tcp.all, 0, sizeof w->tcp.all);
}

static int watch(const struct worker *w, struct tcp_connection *c, int operation, bool writable)
{
	struct epoll_event e = { .events = writable ? EPOLLIN | EPOLLOUT : EPOLLIN,
				 .data.u64 = TAG_TCP | c->path.connection };

	c->waits = writable;
	return epoll_ctl(w->epoll, operation, c->tcp.fd, &e) < 0 ? -errno : 0;
}

static void to_engine(struct worker *w, uint64_t now, const struct path *path, uint8_t *bytes,
		      size_t n)
{
	w->counts.datagrams_in++;
	w->counts.bytes_in += n;
	engine_rx(w->engine, now, path, bytes, n);
	media_drain(w);
}

/* One frame to the engine. false: the connection is a stranger's (R40). */
static bool take_frame(struct worker *w, uint64_t now, struct tcp_connection *c, uint8_t *bytes,
		       size_t n)
{
	to_engine(w, now, &c->path, bytes, n);
	if (!c->known)
		c->known = engine_knows(w->engine, &c->path);
	return c->known || ++c->frames < MEDIA_TCP_STRANGER_FRAMES;
}

/* ---- TURN ---- */

/* How it stands with whom a first Allocate names. */
static struct turn_standing standing_of(const struct worker *w, const uint8_t *bytes, size_t n)
{
	struct turn_standing s = { 0 };
	struct turn_claim claim;

	if (!turn_claim_of(bytes, n, &claim))
		return s;
	s.present = engine_has(w->engine, claim.participant);
	for (size_t i = 0; i < MEDIA_TCP_CONNECTIONS; i++) {
		const struct relay *r = is_own_place(&w->tcp, i) ? w->tcp.all[i]->relay : NULL;

		s.allocations += r && r->turn.expires &&
				 strcmp(r->turn.claim.participant, claim.participant) == 0;
	}
	return s;
}

static void will_flush(struct worker *w, const struct tcp_connection *c)
{
	size_t slot = slot_of(c->path.connection);

	if (c->waits || w->tcp.is_unsent[slot])
		return;
	w->tcp.is_unsent[slot] = true;
	w->tcp.unsent[w->tcp.unsent_count++] = (uint16_t)slot;
}

/* A packet of the client: its way gets a number when it is the first. */
static void take_packet(struct worker *w, uint64_t now, struct tcp_connection *c,
			const struct turn_in *in)
{
	struct relay *r = c->relay;

	r->used_at = now;
	if (!r->numbers[in->way])
		r->numbers[in->way] = take_number(w, now, c);
	if (!r->numbers[in->way])
		return;
	const struct path path = way_path(c, in->way);
	to_engine(w, now, &path, in->bytes, in->length);
}

/* One message of TURN. false: the connection ends. */
static bool take_message(struct worker *w, uint64_t now, struct tcp_connection *c, uint8_t *bytes,
			 size_t n)
{
	struct turn *t = &c->relay->turn;
	struct turn_standing standing = { 0 };
	struct turn_in in;

	if (!t->expires)
		standing = standing_of(w, bytes, n);
	turn_rx(t, now, &standing, bytes, n, &in);
	if (in.kind == TURN_IN_PACKET)
		take_packet(w, now, c, &in);
	else if (in.length && tcp_put_framed(&c->tcp, in.bytes, in.length, in.bytes, 0, 0, false))
		will_flush(w, c);
	if (in.kind == TURN_IN_END)
		(void)tcp_flush(&c->tcp); /* the goodbye, if it goes at once */
	return in.kind != TURN_IN_END;
}

/* false: it is to end. */
static bool take_any(struct worker *w, uint64_t now, struct tcp_connection *c, uint8_t *bytes,
		     size_t n)
{
	return c->relay ? take_message(w, now, c, bytes, n) : take_frame(w, now, c, bytes, n);
}

void media_tcp_take(struct worker *w, uint64_t now, struct tcp_handover *handover)
{
	struct tcp_connection *c = calloc(1, sizeof *c);

	if (c && handover->turn)
		c->relay = calloc(1, sizeof *c->relay);
	if (!c || (handover->turn && !c->relay)) {
		free(c);
		c = NULL;
	}
	uint32_t number = c ? take_number(w, now, c) : 0;
	if (!number) {
		w->counts.tcp_refused++;
		(void)close(handover->fd);
		if (c)
			free(c->relay);
		free(c);
		return;
	}
	tcp_init(&c->tcp, handover->fd);
	c->path = path_udp(&handover->peer);
	c->path.connection = number;
	if (c->relay) {
		turn_init(&c->relay->turn, &w->turn, &handover->peer, number);
		c->relay->used_at = now;
		framing_init_turn(&c->in);
		w->counts.turn_opened++;
	} else {
		framing_init(&c->in);
		w->counts.tcp_opened++;
	}
	/* the answer, if there is one, waits in the queue until the end of this turn */
	if (watch(w, c, EPOLL_CTL_ADD, false) < 0 ||
	    !take_any(w, now, c, handover->bytes, handover->length))
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
		good = take_any(w, now, c, frame, length);
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

/* On the path of that number, which is one of the relay's ways. */
static bool put_wrapped(struct worker *w, struct tcp_connection *c, uint32_t number,
			const uint8_t *bytes, size_t n, bool video)
{
	uint8_t head[TURN_DATA_HEAD_MAX];
	unsigned way = 0;
	size_t pad;

	while (way < TURN_WAYS && c->relay->numbers[way] != number)
		way++;
	size_t length = way < TURN_WAYS ? turn_wrap(&c->relay->turn, w->now, way, n, head, &pad)
					: 0;
	return length && tcp_put_framed(&c->tcp, head, length, bytes, n, pad, video);
}

void media_tcp_put(struct worker *w, uint32_t number, const uint8_t *bytes, size_t n, bool video)
{
	struct tcp_connection *c = find(&w->tcp, number);

	if (!c)
		return;
	if (c->relay ? put_wrapped(w, c, number, bytes, n, video)
		     : tcp_put(&c->tcp, bytes, n, video))
		will_flush(w, c);
}

void media_tcp_flush(struct worker *w)
{
	size_t n = w->tcp.unsent_count;

	w->tcp.unsent_count = 0;
	for (size_t i = 0; i < n; i++) {
		size_t slot = w->tcp.unsent[i];

		w->tcp.is_unsent[slot] = false;
		/* it has not ended meanwhile; or another has its place, which is none the worse for it */
		if (w->tcp.all[slot])
			flush(w, w->tcp.all[slot]);
	}
}

/* TURN: nothing is allocated any more, the participant is gone, or the client has long gone another way. */
static bool is_over(const struct worker *w, uint64_t now, const struct relay *r)
{
	if (!r->turn.expires)
		return now >= r->used_at + MEDIA_TCP_SWEEP_US;
	return now >= r->turn.expires || now >= r->used_at + MEDIA_TCP_UNUSED_US ||
	       !engine_has(w->engine, r->turn.claim.participant);
}

void media_tcp_sweep(struct worker *w, uint64_t now)
{
	w->tcp.sweep_at = now + MEDIA_TCP_SWEEP_US;
	for (size_t i = 0; i < MEDIA_TCP_CONNECTIONS; i++) {
		struct tcp_connection *c = is_own_place(&w->tcp, i) ? w->tcp.all[i] : NULL;

		if (c &&
		    (c->relay ? is_over(w, now, c->relay) : !engine_knows(w->engine, &c->path)))
			end(w, c);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An association's set-up, its control chunks, its timers and the packets it writes (RFC 9260
 * sections 5, 8.5 and 9). See sctp.h.
 *
 *	sctp_rx ▸ check tag ▸ rx_chunk ▸ set-up here | sctp_in.c | sctp_out.c | sctp_reset.c
 */
#include "media/peer/sctp.h"

#include <errno.h>
#include <string.h>

#include "media/peer/sctp_private.h"

enum { COOKIE_TEXT = 8 + 4 * 4 + 2 * 2 + 1, COOKIE_LENGTH = COOKIE_TEXT + SHA256_LENGTH };

/* What the peer's INIT or INIT ACK says. */
struct setup {
	uint32_t tag, window, tsn;
	uint16_t outgoing, incoming; /* streams, as the peer sees them */
	bool forwards;
	struct rd cookie;
};

int sctp_new(struct sctp **ret, struct rng *rng, bool active)
{
	struct sctp *a = calloc(1, sizeof *a);

	if (!a)
		return -ENOMEM;
	a->rng = rng;
	do
		a->local_tag = rng_u32(rng);
	while (a->local_tag == 0);
	a->local_tsn = rng_u32(rng);
	rng_fill(rng, a->cookie_key, sizeof a->cookie_key);
	a->control = wr_of(a->control_bytes, sizeof a->control_bytes);
	sctp_in_init(&a->in);
	sctp_out_init(&a->out, a->local_tsn);
	a->resets.next_out = a->local_tsn; /* RFC 6525 4.1 */
	a->resets.outstanding = SCTP_RESET_NONE;
	a->resets.again_at = UINT64_MAX;
	a->t1 = active ? 0 : UINT64_MAX;
	a->state = active ? SCTP_COOKIE_WAIT : SCTP_CLOSED;
	*ret = a;
	return 0;
}

struct sctp *sctp_free(struct sctp *a)
{
	if (a) {
		sctp_in_fini(&a->in);
		sctp_out_fini(&a->out);
		explicit_bzero(a->cookie_key, sizeof a->cookie_key);
		free(a);
	}
	return NULL;
}

enum sctp_state sctp_get_state(const struct sctp *a)
{
	return a->state;
}

const char *sctp_cause(const struct sctp *a)
{
	return a->cause;
}

size_t sctp_held(const struct sctp *a)
{
	return a->in.held;
}

/* ---- control chunks ---- */

struct wr *sctp_control(struct sctp *a, uint32_t tag)
{
	if (a->control_tag != tag) /* what waits was for another: the newer counts */
		a->control = wr_of(a->control_bytes, sizeof a->control_bytes);
	a->control_tag = tag;
	return &a->control;
}

static void add_control(struct sctp *a, uint8_t type, const void *bytes, size_t n)
{
	struct wr *w = sctp_control(a, a->peer_tag);

	if ((size_t)(w->end - w->p) < SCTP_CHUNK_HEADER + n + 3)
		return; /* full: the peer repeats what it asked */
	size_t begin = sctp_begin_chunk(w, type, 0);
	wr_bytes(w, bytes, n);
	sctp_end(w, begin);
}

static void end(struct sctp *a, const char *cause)
{
	a->state = SCTP_ENDED;
	a->cause = cause;
	a->t1 = UINT64_MAX;
	a->resets.again_at = UINT64_MAX;
	sctp_in_fini(&a->in);
	sctp_out_fini(&a->out);
	a->out.t3 = a->in.sack_at = UINT64_MAX;
	a->out.forward_now = a->in.sack_now = a->resets.send = false;
}

void sctp_abort(struct sctp *a, const char *cause)
{
	if (a->state == SCTP_ENDED)
		return;
	if (a->peer_tag) {
		a->control = wr_of(a->control_bytes, sizeof a->control_bytes);
		add_control(a, SCTP_ABORT, NULL, 0);
	}
	end(a, cause);
}

/* ---- set-up ---- */

/* INIT and INIT ACK alike (RFC 9260 3.3.2, 3.3.3). */
static void write_setup(struct sctp *a, struct wr *w, uint8_t type, const uint8_t *cookie, size_t n)
{
	static const uint8_t extensions[] = { SCTP_RE_CONFIG, SCTP_FORWARD_TSN };
	size_t begin = sctp_begin_chunk(w, type, 0), param;

	wr_be32(w, a->local_tag);
	wr_be32(w, SCTP_RECEIVE_MAX);
	wr_be16(w, SCTP_STREAMS);
	wr_be16(w, SCTP_STREAMS);
	wr_be32(w, a->local_tsn);
	if (n) {
		param = sctp_begin_param(w, SCTP_PARAM_COOKIE);
		wr_bytes(w, cookie, n);
		sctp_end(w, param);
	}
	param = sctp_begin_param(w, SCTP_PARAM_FORWARD_TSN);
	sctp_end(w, param);
	param = sctp_begin_param(w, SCTP_PARAM_EXTENSIONS);
	wr_bytes(w, extensions, sizeof extensions);
	sctp_end(w, param);
	sctp_end(w, begin);
}

/* false: malformed, or it asks for nothing. */
static bool read_setup(struct setup *ret, struct rd body)
{
	struct setup s = { .tag = rd_be32(&body) };
	struct sctp_param param;

	s.window = rd_be32(&body);
	s.outgoing = rd_be16(&body);
	s.incoming = rd_be16(&body);
	s.tsn = rd_be32(&body);
	if (body.bad || s.tag == 0 || s.outgoing == 0 || s.incoming == 0)
		return false;
	while (sctp_next_param(&body, &param)) {
		if (param.type == SCTP_PARAM_FORWARD_TSN)
			s.forwards = true;
		else if (param.type == SCTP_PARAM_COOKIE)
			s.cookie = param.body;
		else if (!(param.type & 0x8000)) /* 3.2.1: unknown, and the rest is not for us */
			break;
	}
	if (body.bad)
		return false;
	*ret = s;
	return true;
}

static uint16_t fewer(uint16_t streams)
{
	return streams < SCTP_STREAMS ? streams : SCTP_STREAMS;
}

/* Takes over the peer's side: data may flow after it. */
static void start(struct sctp *a, const struct setup *s)
{
	a->peer_tag = s->tag;
	a->resets.next_in = s->tsn;
	sctp_in_start(&a->in, s->tsn, fewer(s->outgoing));
	sctp_out_start(&a->out, s->window, fewer(s->incoming), s->forwards);
}

/* The tag that proves that a cookie is ours and unchanged. */
static void sign(const struct sctp *a, const uint8_t *text, uint8_t *ret)
{
	hmac_sha256(a->cookie_key, sizeof a->cookie_key, text, COOKIE_TEXT, ret);
}

static void rx_init(struct sctp *a, uint64_t now, struct rd body)
{
	uint8_t cookie[COOKIE_LENGTH];
	struct wr w = wr_of(cookie, sizeof cookie);
	struct setup s;

	/*
	 * While ours is under way the peer's makes a collision: both get an answer (5.2.1). Once
	 * established it is a late copy: a restart would come with new DTLS.
	 */
	if (!read_setup(&s, body) || a->state >= SCTP_ESTABLISHED)
		return;
	wr_be64(&w, now);
	wr_be32(&w, a->local_tag);
	wr_be32(&w, s.tag);
	wr_be32(&w, s.window);
	wr_be32(&w, s.tsn);
	wr_be16(&w, s.outgoing);
	wr_be16(&w, s.incoming);
	wr_u8(&w, s.forwards);
	sign(a, cookie, cookie + COOKIE_TEXT);
	write_setup(a, sctp_control(a, s.tag), SCTP_INIT_ACK, cookie, sizeof cookie);
}

static void rx_init_ack(struct sctp *a, uint64_t now, struct rd body)
{
	struct setup s;

	if (a->state != SCTP_COOKIE_WAIT || !read_setup(&s, body))
		return;
	size_t n = rd_left(&s.cookie);
	if (n == 0 || n > sizeof a->cookie) {
		end(a, "the peer's INIT ACK has no usable cookie");
		return;
	}
	memcpy(a->cookie, s.cookie.p, n);
	a->cookie_length = n;
	start(a, &s);
	a->state = SCTP_COOKIE_ECHOED;
	a->tries = 0;
	a->t1 = now;
}

static void establish(struct sctp *a)
{
	a->state = SCTP_ESTABLISHED;
	a->t1 = UINT64_MAX;
}

static void rx_cookie_echo(struct sctp *a, uint64_t now, struct rd body)
{
	uint8_t tag[SHA256_LENGTH];
	const uint8_t *text = body.p;
	struct setup s = { 0 };

	if (rd_left(&body) != COOKIE_LENGTH)
		return;
	sign(a, text, tag);
	if (!hash_equal(tag, text + COOKIE_TEXT, sizeof tag))
		return;
	uint64_t made = rd_be64(&body);
	uint32_t local_tag = rd_be32(&body);
	s.tag = rd_be32(&body);
	s.window = rd_be32(&body);
	s.tsn = rd_be32(&body);
	s.outgoing = rd_be16(&body);
	s.incoming = rd_be16(&body);
	s.forwards = rd_u8(&body);
	if (local_tag != a->local_tag || made > now)
		return;
	if (a->state == SCTP_ESTABLISHED) { /* 5.2.4 D: our COOKIE ACK was lost */
		if (s.tag != a->peer_tag)
			return;
	} else {
		if (now - made > SCTP_COOKIE_LIFE_US)
			return; /* its next INIT gets a fresh one */
		start(a, &s);
		establish(a);
	}
	add_control(a, SCTP_COOKIE_ACK, NULL, 0);
}

/* INIT and COOKIE ECHO, first and again (5.1, 5.1.6). */
static void send_setup(struct sctp *a, uint64_t now)
{
	if (a->tries > SCTP_INIT_TRIES) {
		end(a, "the peer does not answer");
		return;
	}
	if (a->state == SCTP_COOKIE_WAIT)
		write_setup(a, sctp_control(a, 0), SCTP_INIT, NULL, 0);
	else
		add_control(a, SCTP_COOKIE_ECHO, a->cookie, a->cookie_length);
	uint64_t wait = (uint64_t)SCTP_RTO_INITIAL_US << a->tries++;
	a->t1 = now + (wait < SCTP_RTO_MAX_US ? wait : SCTP_RTO_MAX_US);
}

/* ---- in ---- */

/* The chunks of a living association. */
static void rx_data_chunk(struct sctp *a, uint64_t now, const struct sctp_chunk *c)
{
	switch (c->type) {
	case SCTP_DATA:
		sctp_in_data(a, c->flags, c->body);
		break;
	case SCTP_SACK:
		sctp_out_sack(a, now, c->body);
		break;
	case SCTP_FORWARD_TSN:
		sctp_in_forward(a, c->body);
		break;
	case SCTP_RE_CONFIG:
		sctp_resets_rx(a, c->body);
		break;
	case SCTP_HEARTBEAT:
		add_control(a, SCTP_HEARTBEAT_ACK, c->body.p, rd_left(&c->body));
		break;
	case SCTP_SHUTDOWN: /* 9.2: the peer has nothing more, and wants nothing more */
		add_control(a, SCTP_SHUTDOWN_ACK, NULL, 0);
		end(a, "shut down by the peer");
		break;
	default:
		break;
	}
}

/* false: the rest of the packet is not to be read. */
static bool rx_chunk(struct sctp *a, uint64_t now, const struct sctp_chunk *c)
{
	switch (c->type) {
	case SCTP_INIT_ACK:
		rx_init_ack(a, now, c->body);
		break;
	case SCTP_COOKIE_ECHO:
		rx_cookie_echo(a, now, c->body);
		break;
	case SCTP_COOKIE_ACK:
		if (a->state == SCTP_COOKIE_ECHOED)
			establish(a);
		break;
	case SCTP_ABORT:
		end(a, "aborted by the peer");
		break;
	case SCTP_SHUTDOWN_COMPLETE:
		break; /* we never shut down */
	default:
		if (a->state == SCTP_ESTABLISHED || a->state == SCTP_COOKIE_ECHOED)
			rx_data_chunk(a, now, c);
		/* 3.2: of unknown types the two highest bits say whether to go on. */
		return c->type <= SCTP_SHUTDOWN_COMPLETE || (c->type & 0x80);
	}
	return true;
}

static bool is_data(const struct sctp_chunk *c, bool *ret_at_once)
{
	if (c->type == SCTP_FORWARD_TSN)
		return true;
	if (c->type == SCTP_DATA && (c->flags & SCTP_FLAG_IMMEDIATE))
		*ret_at_once = true;
	return c->type == SCTP_DATA;
}

/* 8.5: whether the tag proves that this packet belongs to the association. */
static bool is_ours(const struct sctp *a, const struct sctp_header *h, const struct sctp_chunk *c)
{
	if (c->type == SCTP_INIT) /* 8.5.1: alone, with tag 0 */
		return h->tag == 0;
	if ((c->type == SCTP_ABORT || c->type == SCTP_SHUTDOWN_COMPLETE) &&
	    (c->flags & SCTP_FLAG_TAG))
		return a->peer_tag && h->tag == a->peer_tag;
	return h->tag == a->local_tag;
}

bool sctp_rx(struct sctp *a, uint64_t now, const uint8_t *bytes, size_t n)
{
	struct sctp_header h;
	struct sctp_chunk c;
	struct rd chunks;
	bool data = false, at_once = false, skipped = false;

	if (a->state == SCTP_ENDED || !sctp_parse(&h, &chunks, bytes, n) || h.source != SCTP_PORT ||
	    h.destination != SCTP_PORT)
		return false;
	struct rd all = chunks;
	while (sctp_next_chunk(&all, &c))
		if (!is_ours(a, &h, &c))
			return false;
	if (all.bad)
		return false;
	while (a->state != SCTP_ENDED && sctp_next_chunk(&chunks, &c)) {
		if (c.type == SCTP_INIT) {
			rx_init(a, now, c.body);
			break;
		}
		data = is_data(&c, &at_once) || data;
		if (c.type == SCTP_FORWARD_TSN && skipped)
			continue; /* each is work; the first says what a peer has to say */
		skipped |= c.type == SCTP_FORWARD_TSN;
		if (!rx_chunk(a, now, &c))
			break;
	}
	if (data && (a->state == SCTP_ESTABLISHED || a->state == SCTP_COOKIE_ECHOED))
		sctp_in_acknowledge(a, now, at_once);
	return true;
}

/* ---- out ---- */

static size_t finish(struct wr *w)
{
	return wr_len(w) > SCTP_HEADER ? sctp_write_checksum(w) : 0;
}

size_t sctp_next_packet(struct sctp *a, uint64_t now, uint8_t *ret)
{
	struct wr w = wr_of(ret, SCTP_PACKET_MAX);
	struct sctp_header h = { .source = SCTP_PORT, .destination = SCTP_PORT };
	size_t waiting = wr_len(&a->control);

	h.tag = waiting ? a->control_tag : a->peer_tag;
	sctp_write_header(&w, &h);
	if (waiting) {
		wr_bytes(&w, a->control.start, waiting);
		a->control = wr_of(a->control_bytes, sizeof a->control_bytes);
		return finish(&w);
	}
	if (a->state != SCTP_ESTABLISHED)
		return 0;
	sctp_resets_fill(a, now, &w);
	if (sctp_in_sack_due(&a->in, now))
		sctp_in_write_sack(&a->in, &w);
	sctp_out_fill(a, now, &w);
	return finish(&w);
}

void sctp_tick(struct sctp *a, uint64_t now)
{
	if (now >= a->t1)
		send_setup(a, now);
	if (now >= a->out.t3)
		sctp_out_timeout(a, now);
	sctp_resets_tick(a, now);
}

static void sooner(uint64_t *deadline, uint64_t at)
{
	if (at < *deadline)
		*deadline = at;
}

uint64_t sctp_deadline(const struct sctp *a)
{
	uint64_t deadline = a->t1;

	sooner(&deadline, a->out.t3);
	sooner(&deadline, a->in.sack_at);
	sooner(&deadline, a->resets.again_at);
	return deadline;
}

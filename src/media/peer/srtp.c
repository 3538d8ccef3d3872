/* SPDX-License-Identifier: Apache-2.0 */
/* Indexes, replay windows and rollover counters around the SRTP transforms. See srtp.h. */
#include "media/peer/srtp.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/rd.h"
#include "base/slab.h"
#include "crypt/gcm_mb.h"
#include "wire/rtp.h"

enum {
	WORD = 64,
	WORDS = SRTP_WINDOW / WORD + 1,
	STREAMS_FIRST = 8, /* slots of a table's first allocation; a power of two */
	RTCP_HEADER = 8,
};

static const uint64_t RTP_INDEX_END = 1ull << 48; /* RFC 3711 9.2 */
static const uint32_t RTCP_INDEX_END = 1u << 31;

struct srtp_stream {
	uint32_t ssrc;
	uint64_t used; /* srtp.uses when it was last taken */
	struct replay_window window;
};

/* ---- replay window ---- */

bool replay_is_new(const struct replay_window *w, uint64_t index)
{
	if (!w->started || index > w->top)
		return true;
	if (w->top - index >= SRTP_WINDOW)
		return false;
	return !(w->bits[index / WORD % WORDS] >> (index % WORD) & 1);
}

void replay_mark(struct replay_window *w, uint64_t index)
{
	if (!w->started) {
		*w = (struct replay_window){ .top = index, .started = true };
	} else if (index > w->top) {
		uint64_t from = w->top / WORD + 1, to = index / WORD;

		if (to >= from + WORDS)
			from = to - WORDS + 1;
		for (uint64_t word = from; word <= to; word++)
			w->bits[word % WORDS] = 0;
		w->top = index;
	}
	w->bits[index / WORD % WORDS] |= 1ull << (index % WORD);
}

uint64_t srtp_guess_index(const struct replay_window *w, uint16_t sequence)
{
	uint64_t roc = w->top >> 16;
	uint16_t top = (uint16_t)w->top;

	if (!w->started)
		return sequence;
	if (top < 0x8000) {
		/* Before the first wrap there is nothing; then it can only be a leap forward. */
		if (sequence > top + 0x8000 && roc > 0)
			roc--;
	} else if (sequence < top - 0x8000) {
		roc++;
	}
	return roc << 16 | sequence;
}

/* ---- SSRC tables ---- */

static uint32_t slot_of(const struct srtp_streams *t, uint32_t ssrc)
{
	return (ssrc * 2654435769u >> 16) & (t->capacity - 1);
}

static struct srtp_stream *streams_find(struct srtp_streams *t, uint32_t ssrc)
{
	if (t->last && t->last->ssrc == ssrc)
		return t->last;
	if (t->capacity == 0)
		return NULL;
	/* Always ends: at most three quarters of the slots are taken. */
	for (uint32_t i = slot_of(t, ssrc); t->slots[i]; i = (i + 1) & (t->capacity - 1)) {
		if (t->slots[i]->ssrc == ssrc)
			return t->last = t->slots[i];
	}
	return NULL;
}

static void streams_place(struct srtp_streams *t, struct srtp_stream *s)
{
	uint32_t i = slot_of(t, s->ssrc);

	while (t->slots[i])
		i = (i + 1) & (t->capacity - 1);
	t->slots[i] = s;
	t->count++;
}

static int streams_grow(struct srtp_streams *t)
{
	uint32_t capacity = t->capacity ? t->capacity * 2 : STREAMS_FIRST,
		 old_capacity = t->capacity;
	struct srtp_stream **slots = slab_calloc(capacity * sizeof(struct srtp_stream *)),
			   **old = t->slots;

	if (!slots)
		return -ENOMEM;
	*t = (struct srtp_streams){ .slots = slots, .capacity = capacity, .limit = t->limit };
	for (uint32_t i = 0; i < old_capacity; i++) {
		if (old[i])
			streams_place(t, old[i]);
	}
	slab_free(old);
	return 0;
}

/* Frees a stream, and puts those that its slot had pushed further back in order. */
static void streams_remove(struct srtp_streams *t, struct srtp_stream *s)
{
	uint32_t mask = t->capacity - 1, i = slot_of(t, s->ssrc);

	while (t->slots[i] != s)
		i = (i + 1) & mask;
	t->slots[i] = NULL;
	t->count--;
	t->last = NULL;
	slab_free(s);
	for (i = (i + 1) & mask; t->slots[i]; i = (i + 1) & mask) {
		struct srtp_stream *later = t->slots[i];

		t->slots[i] = NULL;
		t->count--;
		streams_place(t, later);
	}
}

/* The stream unused for longest, if that is long enough to give its place away. */
static struct srtp_stream *streams_idlest(const struct srtp_streams *t, uint64_t uses)
{
	struct srtp_stream *idlest = NULL;

	for (uint32_t i = 0; i < t->capacity; i++) {
		if (t->slots[i] && (!idlest || t->slots[i]->used < idlest->used))
			idlest = t->slots[i];
	}
	return idlest && uses - idlest->used > SRTP_IDLE_PACKETS ? idlest : NULL;
}

/* -ENOSPC: the limit. `uses` 0: never push another one out. */
static int streams_add(struct srtp_streams *t, uint32_t ssrc, uint64_t uses,
		       struct srtp_stream **ret)
{
	int r = 0;

	if (t->count >= t->limit) {
		struct srtp_stream *idlest = uses ? streams_idlest(t, uses) : NULL;

		if (!idlest)
			return -ENOSPC;
		streams_remove(t, idlest);
	} else if ((t->count + 1) * 4 > t->capacity * 3) {
		r = streams_grow(t);
	}
	struct srtp_stream *s = r == 0 ? slab_calloc(sizeof *s) : NULL;
	if (!s)
		return -ENOMEM;
	s->ssrc = ssrc;
	streams_place(t, s);
	t->last = s;
	*ret = s;
	return 0;
}

static void streams_fini(struct srtp_streams *t)
{
	for (uint32_t i = 0; i < t->capacity; i++)
		slab_free(t->slots[i]);
	slab_free(t->slots);
	*t = (struct srtp_streams){ 0 };
}

/* ---- association ---- */

int srtp_init(struct srtp *ret, const struct srtp_keys *keys)
{
	*ret = (struct srtp){
		.sent = { .limit = SRTP_SEND_STREAMS_MAX },
		.received = { .limit = LIMIT_SSRCS_PER_TRANSPORT },
		.received_rtcp = { .limit = LIMIT_SSRCS_PER_TRANSPORT },
	};
	int r = srtp_cipher_init(&ret->send, keys->suite, keys->send_key, keys->send_salt, true);
	if (r < 0)
		return r;
	r = srtp_cipher_init(&ret->receive, keys->suite, keys->receive_key, keys->receive_salt,
			     false);
	if (r < 0)
		srtp_cipher_fini(&ret->send);
	return r;
}

void srtp_from_server(struct srtp *s)
{
	s->received.limit = s->received_rtcp.limit = SRTP_SEND_STREAMS_MAX;
}

void srtp_fini(struct srtp *s)
{
	srtp_cipher_fini(&s->send);
	srtp_cipher_fini(&s->receive);
	streams_fini(&s->sent);
	streams_fini(&s->received);
	streams_fini(&s->received_rtcp);
}

void srtp_fetch(const struct srtp *s)
{
	const struct srtp_stream *stream = s->sent.last;

	if (stream) {
		__builtin_prefetch(stream, 1);
		__builtin_prefetch((const uint8_t *)stream + 64, 1);
		__builtin_prefetch((const uint8_t *)stream + 128, 1);
	}
	if (s->send.rtp.quick)
		gcm_mb_fetch(s->send.rtp.quick);
}

void srtp_end_sent(struct srtp *s, uint32_t ssrc)
{
	struct srtp_stream *stream = streams_find(&s->sent, ssrc);

	if (stream)
		streams_remove(&s->sent, stream);
}

size_t srtp_rtp_overhead(const struct srtp *s)
{
	return srtp_overhead(s->send.suite);
}

/* After authentication: remembers the index, and the SSRC when it is new. */
static enum verdict remember(struct srtp *s, struct srtp_streams *t, struct srtp_stream *stream,
			     uint32_t ssrc, uint64_t index)
{
	s->uses++;
	if (!stream && streams_add(t, ssrc, s->uses, &stream) < 0)
		return V_DROP_SSRCS;
	stream->used = s->uses;
	replay_mark(&stream->window, index);
	return V_OK;
}

enum verdict srtp_unprotect_rtp(struct srtp *s, uint8_t *packet, size_t n, size_t *ret_length,
				uint64_t *ret_index)
{
	static const struct replay_window nothing_seen;
	struct rtp_header h;
	size_t tag = srtp_overhead(s->receive.suite);

	if (n < tag || !rtp_parse_header(&h, packet, n - tag))
		return V_DROP_SHORT;
	struct srtp_stream *stream = streams_find(&s->received, h.ssrc);
	const struct replay_window *w = stream ? &stream->window : &nothing_seen;
	uint64_t index = srtp_guess_index(w, h.seq);
	if (index >= RTP_INDEX_END)
		return V_DROP_AUTH; /* the keys are used up */
	if (!replay_is_new(w, index))
		return V_DROP_REPLAY;
	size_t plain = srtp_open_rtp(&s->receive, h.ssrc, index, packet, h.header_length, n);
	if (plain == 0)
		return V_DROP_AUTH;
	enum verdict v = remember(s, &s->received, stream, h.ssrc, index);
	if (v != V_OK)
		return v;
	*ret_length = plain;
	if (ret_index)
		*ret_index = index;
	return V_OK;
}

enum verdict srtp_unprotect_rtcp(struct srtp *s, uint8_t *packet, size_t n, size_t *ret_length)
{
	uint32_t index;

	if (!srtp_rtcp_index(&s->receive, packet, n, &index) || packet[0] >> 6 != 2)
		return V_DROP_SHORT;
	struct rd r = rd_of(packet + 4, 4);
	uint32_t ssrc = rd_be32(&r);
	struct srtp_stream *stream = streams_find(&s->received_rtcp, ssrc);
	if (stream && !replay_is_new(&stream->window, index))
		return V_DROP_REPLAY;
	size_t plain = srtp_open_rtcp(&s->receive, ssrc, packet, n);
	if (plain == 0)
		return V_DROP_AUTH;
	enum verdict v = remember(s, &s->received_rtcp, stream, ssrc, index);
	if (v == V_OK)
		*ret_length = plain;
	return v;
}

/* Takes the job's index for good, before anything is encrypted under it. */
static int claim_index(struct srtp *s, uint32_t ssrc, uint16_t sequence, uint64_t *ret_index)
{
	struct srtp_stream *stream = streams_find(&s->sent, ssrc);

	if (!stream) {
		/* Never at the cost of another stream: forgetting its index could repeat one. */
		int r = streams_add(&s->sent, ssrc, 0, &stream);

		if (r < 0)
			return r;
	}
	uint64_t index = srtp_guess_index(&stream->window, sequence);
	if (index >= RTP_INDEX_END)
		return -EOVERFLOW;
	if (!replay_is_new(&stream->window, index))
		return -EALREADY;
	replay_mark(&stream->window, index);
	*ret_index = index;
	return 0;
}

static int protect_one(struct srtp_job *j)
{
	struct srtp *s = j->srtp;
	uint64_t index = 0;
	size_t length = j->header_length + j->payload_length + srtp_rtp_overhead(s);

	if (!j->header_length ||
	    rtp_header_length(j->header, j->header_length) != j->header_length || length > INT_MAX)
		return -EINVAL;
	if (j->capacity < length)
		return -ENOSPC;
	struct rd r_header = rd_of(j->header + 2, j->header_length - 2);
	uint16_t sequence = rd_be16(&r_header);
	rd_skip(&r_header, 4);
	uint32_t ssrc = rd_be32(&r_header);
	int r = claim_index(s, ssrc, sequence, &index);
	if (r < 0)
		return r;
	j->ret_length = srtp_seal_rtp(&s->send, &(struct srtp_seal){
							.ssrc = ssrc,
							.index = index,
							.header = j->header,
							.header_length = j->header_length,
							.payload = j->payload,
							.payload_length = j->payload_length,
							.out = j->out,
						});
	return j->ret_length ? 0 : -EIO;
}

void srtp_protect_rtp(struct srtp_job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		jobs[i].ret_length = 0;
		jobs[i].ret_result = protect_one(&jobs[i]);
	}
}

int srtp_protect_rtcp(struct srtp *s, const uint8_t *packet, size_t n, uint8_t *out,
		      size_t capacity)
{
	size_t length = n + srtp_overhead(s->send.suite) + SRTCP_INDEX_LENGTH;

	if (n < RTCP_HEADER || packet[0] >> 6 != 2 || length > INT_MAX)
		return -EINVAL;
	if (capacity < length)
		return -ENOSPC;
	if (s->next_rtcp_index >= RTCP_INDEX_END)
		return -EOVERFLOW;
	struct rd r = rd_of(packet + 4, 4);
	const struct srtp_seal seal = {
		.ssrc = rd_be32(&r),
		.index = s->next_rtcp_index++,
		.header = packet,
		.header_length = RTCP_HEADER,
		.payload = packet + RTCP_HEADER,
		.payload_length = n - RTCP_HEADER,
		.out = out,
	};
	return srtp_seal_rtcp(&s->send, &seal) ? (int)length : -EIO;
}

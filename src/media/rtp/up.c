/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See up.h. Numbers are extended to 64 bits once, here; everything behind compares them as
 * integers. The missing ones (up_gaps.c) and the reports are by-products of the same step.
 *
 * Way: engine.c ▸ srtp ▸ [up.c] ▸ cache.c ▸ sfu/forward.c ▸ down.c
 */
#include "media/rtp/up.h"

#include <string.h>

#include "base/rd.h"
#include "media/rtp/up_gaps.h"
#include "wire/dd.h"
#include "wire/h264.h"
#include "wire/vp8.h"
#include "wire/vp9.h"

enum { MAX_DROPOUT = 3000, NO_BAD_SEQUENCE = 65536, FIRST_CYCLE = 65536 };

void up_init(struct up *u, const struct up_config *config)
{
	*u = (struct up){ .codec = config->codec,
			  .ssrc = config->ssrc,
			  .nack = config->nack,
			  .highest = config->after,
			  .bad_sequence = NO_BAD_SEQUENCE };
	u->clock.rate = config->clock_rate;
}

static bool is_seen(const struct up *u, uint64_t sequence)
{
	uint64_t bit = sequence & (UP_WINDOW - 1);

	return u->seen[bit / 64] >> bit % 64 & 1;
}

static void set_seen(struct up *u, uint64_t sequence, bool on)
{
	uint64_t bit = sequence & (UP_WINDOW - 1), mask = (uint64_t)1 << bit % 64;

	u->seen[bit / 64] = on ? u->seen[bit / 64] | mask : u->seen[bit / 64] & ~mask;
}

/* Begins a sequence at `sequence`, which lies after everything before (RFC 3550 A.1, init_seq). */
static void begin_sequence(struct up *u, uint64_t sequence)
{
	u->floor = u->highest;
	u->base = u->highest = sequence;
	u->cycle_base = sequence & ~(uint64_t)0xffff;
	u->bad_sequence = NO_BAD_SEQUENCE;
	memset(u->seen, 0, sizeof u->seen);
	u->received = u->expected_prior = u->received_prior = 0;
	u->gap_count = 0;
	u->transit = 0;
	u->last_timestamp = 0;
}

/* RFC 3550 A.1: a jump is believed when the packet right after it follows. */
static bool confirms_jump(struct up *u, uint16_t sequence)
{
	if (u->bad_sequence == sequence)
		return true;
	u->bad_sequence = (uint16_t)(sequence + 1);
	return false;
}

static void advance(struct up *u, uint64_t now, uint64_t sequence)
{
	for (uint64_t s = u->highest + 1; s < sequence; s++)
		set_seen(u, s, false);
	if (u->nack && sequence > u->highest + 1)
		up_gaps_add(u, now, u->highest + 1, sequence - 1);
	u->highest = sequence;
}

/* Extends the number and takes note of it. */
static enum up_verdict place(struct up *u, uint64_t now, uint16_t sequence, bool recovered,
			     uint64_t *ret_sequence, bool *ret_resync)
{
	int delta = (int16_t)(uint16_t)(sequence - (uint16_t)u->highest);
	uint64_t extended = u->highest + (uint64_t)(int64_t)delta;

	*ret_resync = false;
	if (!u->started || delta >= MAX_DROPOUT || delta <= -UP_WINDOW) {
		if (recovered)
			return u->started && delta < 0 ? UP_OLD : UP_BAD;
		if (u->started && !confirms_jump(u, sequence))
			return UP_PROBATION;
		*ret_resync = u->started;
		extended = u->highest ? (u->highest | 0xffff) + 1 + FIRST_CYCLE : FIRST_CYCLE;
		extended += sequence;
		begin_sequence(u, extended);
		u->started = true;
	} else if (delta > 0) {
		advance(u, now, extended);
	} else if (extended <= u->floor) {
		return UP_OLD;
	} else if (is_seen(u, extended)) {
		return UP_DUPLICATE;
	} else {
		up_gaps_remove(u, now, extended, recovered);
		if (extended < u->base)
			u->base = extended;
	}
	set_seen(u, extended, true);
	if (!recovered)
		u->bad_sequence = NO_BAD_SEQUENCE;
	*ret_sequence = extended;
	return UP_OK;
}

/* RFC 3550 A.8, on the first packet of each timestamp: the rest of a frame is no jitter of the
 * network. */
static void measure_jitter(struct up *u, uint64_t arrival, uint32_t timestamp)
{
	uint32_t transit = (uint32_t)(arrival * u->clock.rate / 1000000) - timestamp;

	if (u->received) {
		int32_t d = (int32_t)(transit - u->transit);
		uint32_t size = d < 0 ? 0 - (uint32_t)d : (uint32_t)d;

		/* a jump of the sender's timestamps is no jitter either */
		if (size < 10 * u->clock.rate)
			u->jitter_q4 += size - ((u->jitter_q4 + 8) >> 4);
	}
	u->transit = transit;
}

static uint8_t find_key_h264(struct up *u, const struct media_packet *p)
{
	struct h264_payload nal;
	uint8_t flags = p->timestamp != u->last_timestamp ? MEDIA_FRAME_START : 0;

	if (!h264_parse(&nal, p->payload, p->length))
		return flags;
	u->seen_sps |= nal.sps;
	/* without in-band parameter sets, the first IDR slice of a picture is where to start */
	if (nal.sps ||
	    (nal.idr && !u->seen_sps && (!u->last_key || p->timestamp != u->key_timestamp)))
		flags |= MEDIA_KEY;
	return flags;
}

static uint8_t find_key_vp8(struct media_packet *p)
{
	struct vp8_descriptor vp8;

	if (!vp8_parse(&vp8, p->payload, p->length))
		return 0;
	p->pictures = vp8_pictures(&vp8);
	p->temporal = vp8.tid;
	p->sync = vp8.layer_sync;
	return (uint8_t)((vp8.frame_start ? MEDIA_FRAME_START : 0) |
			 (vp8.frame_start && vp8.key_frame ? MEDIA_KEY : 0));
}

static uint8_t find_key_vp9(struct media_packet *p)
{
	struct vp9_descriptor vp9;

	if (!vp9_parse(&vp9, p->payload, p->length))
		return 0;
	p->pictures = vp9_pictures(&vp9);
	/* temporal layers only with a dependency descriptor (scalable.c) */
	return (uint8_t)((vp9.start && vp9.sid == 0 ? MEDIA_FRAME_START : 0) |
			 (vp9.key_frame ? MEDIA_KEY : 0));
}

static uint8_t find_key_av1(const struct up *u, const struct media_packet *p)
{
	return (uint8_t)((p->timestamp != u->last_timestamp ? MEDIA_FRAME_START : 0) |
			 (av1_is_key_frame(p->payload, p->length) ? MEDIA_KEY : 0));
}

static uint8_t find_key(struct up *u, struct media_packet *p)
{
	uint8_t flags = 0;

	if (!p->length)
		return 0;
	if (u->codec == MEDIA_VP8)
		flags = find_key_vp8(p);
	else if (u->codec == MEDIA_H264)
		flags = find_key_h264(u, p);
	else if (u->codec == MEDIA_VP9)
		flags = find_key_vp9(p);
	else if (u->codec == MEDIA_AV1)
		flags = find_key_av1(u, p);
	if (!(flags & MEDIA_KEY))
		return flags;
	if (p->timestamp != u->key_timestamp || !u->last_key)
		u->count.key_frames++;
	if (p->sequence > u->last_key)
		u->last_key = p->sequence;
	u->key_timestamp = p->timestamp;
	return flags;
}

static uint8_t facts_of(const struct rtpext *x, struct media_packet *p)
{
	uint8_t flags = 0;

	if (x && x->has_audio_level) {
		p->level = x->audio_level;
		flags |= MEDIA_LEVEL | (x->voice_activity ? MEDIA_VOICE : 0);
	}
	if (x && x->dd_length >= DD_MIN && x->dd_length <= DD_MAX) {
		p->dd_bytes = x->dd;
		p->dd_length = x->dd_length;
	}
	if (x && x->has_orientation) {
		p->orientation = x->orientation;
		flags |= MEDIA_ORIENTED;
	}
	return flags;
}

/* What RTX and the stream itself have in common, once the original's fields are known. */
static enum up_verdict take(struct up *u, const struct rtpext *x, bool recovered, uint16_t sequence,
			    struct media_packet *p)
{
	bool resync, newest;
	enum up_verdict verdict = place(u, p->arrival, sequence, recovered, &p->sequence, &resync);

	u->count.duplicates += verdict == UP_DUPLICATE;
	u->count.old += verdict == UP_OLD;
	if (verdict != UP_OK)
		return verdict;
	newest = p->sequence == u->highest;
	if (!recovered) {
		if (newest && (p->timestamp != u->last_timestamp || !u->received))
			measure_jitter(u, p->arrival, p->timestamp);
		u->received++;
	}
	p->flags |= (uint8_t)(facts_of(x, p) | find_key(u, p) | (resync ? MEDIA_RESYNC : 0) |
			      (recovered ? MEDIA_RECOVERED : 0));
	if (newest)
		u->last_timestamp = p->timestamp;
	if (p->length) /* padding is no picture: a layer that only pads has stalled */
		u->last_arrival = p->arrival;
	u->count.packets++;
	u->count.bytes += p->length;
	u->count.resyncs += resync;
	u->count.recovered += recovered;
	rate_add(&u->rate, p->arrival, p->length);
	return UP_OK;
}

enum up_verdict up_rx(struct up *u, uint64_t arrival, const struct rtp_header *h,
		      const struct rtpext *x, struct media_packet *ret)
{
	struct media_packet p = { .arrival = arrival,
				  .timestamp = h->timestamp,
				  .length = (uint16_t)h->payload_length,
				  .flags = h->marker ? MEDIA_MARKER : 0,
				  .payload = h->payload };
	enum up_verdict verdict = h->payload_length > UINT16_MAX ? UP_BAD
								 : take(u, x, false, h->seq, &p);

	if (verdict == UP_OK)
		*ret = p;
	return verdict;
}

/*
 *  RFC 4588 4:  | RTP header of the RTX stream | OSN (16) | original payload |
 */
enum up_verdict up_rx_rtx(struct up *u, uint64_t arrival, const struct rtp_header *h,
			  const struct rtpext *x, struct media_packet *ret)
{
	struct rd r = rd_of(h->payload, h->payload_length);
	uint16_t original = rd_be16(&r);
	struct media_packet p = { .arrival = arrival,
				  .timestamp = h->timestamp,
				  .length = (uint16_t)rd_left(&r),
				  .flags = h->marker ? MEDIA_MARKER : 0,
				  .payload = r.p };

	if (r.bad || rd_left(&r) > UINT16_MAX)
		return UP_BAD; /* padding only: a bandwidth probe */
	enum up_verdict verdict = take(u, x, true, original, &p);
	if (verdict == UP_OK)
		*ret = p;
	return verdict;
}

void up_sender_report(struct up *u, uint64_t now, uint64_t ntp, uint32_t timestamp)
{
	u->clock.known = true;
	u->clock.ntp = ntp;
	u->clock.timestamp = timestamp;
	u->clock.arrival = now;
}

bool up_report(struct up *u, uint64_t now, struct rtcp_report *ret)
{
	if (!u->started)
		return false;
	uint64_t expected = u->highest - u->base + 1;
	int64_t lost = (int64_t)(expected - u->received);
	int64_t interval = (int64_t)(expected - u->expected_prior);
	int64_t lost_interval = interval - (int64_t)(u->received - u->received_prior);

	if (lost > 0x7fffff) /* RFC 3550 A.3: 24 bits, clamped */
		lost = 0x7fffff;
	if (lost < -0x800000)
		lost = -0x800000;
	struct rtcp_report r = { .ssrc = u->ssrc,
				 .cumulative_lost = (int32_t)lost,
				 .highest_seq = (uint32_t)(u->highest - u->cycle_base),
				 .jitter = u->jitter_q4 >> 4 };
	if (interval > 0 && lost_interval > 0)
		r.fraction_lost = (uint8_t)(lost_interval >= interval
						    ? 255
						    : (lost_interval << 8) / interval);
	if (u->clock.known) {
		r.last_sr = (uint32_t)(u->clock.ntp >> 16);
		r.delay_since_last_sr = (uint32_t)(((now - u->clock.arrival) << 16) / 1000000);
	}
	u->expected_prior = expected;
	u->received_prior = u->received;
	*ret = r;
	return true;
}

bool up_has(const struct up *u, uint64_t sequence)
{
	return sequence <= u->highest && u->highest - sequence < UP_WINDOW && is_seen(u, sequence);
}

bool up_take_needs_key(struct up *u)
{
	bool needs_key = u->needs_key;

	u->needs_key = false;
	return needs_key;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See down.h. A "range" is a run of source packets that are sent with one set of offsets; a new one
 * begins at a switch, a restart and wherever a packet is left out. Because numbers are mapped,
 * never handed out in order of arrival, a late packet finds its own place, a loss before us stays
 * visible as a gap, and a NACK can be mapped back.
 *
 * Way: up.c ▸ sfu/forward.c ▸ [down.c] ▸ peer/srtp protect; feedback: down_feedback.c
 */
#include "media/rtp/down.h"

#include <errno.h>
#include <string.h>

#include "base/slab.h"
#include "media/rtp/down_range.h"
#include "wire/dd.h"
#include "wire/rtp.h"
#include "wire/rtpext.h"
#include "wire/vp8.h"
#include "wire/vp9.h"

enum {
	FIRST_CYCLE = 65536,
	NO_PICTURE = 65536,
	PLAUSIBLE_US = 1000 * 1000,
	CREDIT_MAX = 16 * 1024 * 1024
};

int down_init(struct down *d, const struct down_config *config)
{
	if (!config->clock_rate || config->payload_type > 127 || config->rtx_payload_type > 127 ||
	    config->red_payload_type > 127 || strnlen(config->mid, DOWN_MID_MAX) == DOWN_MID_MAX)
		return -EINVAL;
	bool lean = !config->rtx_payload_type && !media_codec_is_video(config->codec);
	uint32_t count = lean ? DOWN_HISTORY_SHORT : DOWN_HISTORY_FIRST;
	struct down_sent *history = slab_calloc(count * sizeof *history);
	if (!history)
		return -ENOMEM;
	*d = (struct down){ .config = *config,
			    .history = history,
			    .history_count = count,
			    .highest = (uint64_t)FIRST_CYCLE + config->first_sequence - 1,
			    .rtx_sequence = config->rtx_first_sequence,
			    .last_timestamp = config->first_timestamp,
			    .rtx_credit = DOWN_RTX_BURST,
			    .rtx_share = DOWN_RTX_SHARE,
			    .skipped_picture = NO_PICTURE };
	return 0;
}

void down_fini(struct down *d)
{
	slab_free(d->history);
	d->history = NULL;
}

void down_restart(struct down *d)
{
	uint32_t count = d->range_serial < DOWN_RANGES ? d->range_serial : DOWN_RANGES;

	/* Late packets of before are still welcome, later ones are not: their numbers go to what comes
	 * next. Not only in the newest range: a packet left out may have ended one ahead of time. */
	for (uint32_t i = 0; i < count; i++) {
		struct down_range *r = &d->ranges[(d->range_serial - i) % DOWN_RANGES];

		if (r->end > d->highest + r->offset + 1)
			r->end = d->highest + r->offset + 1;
	}
}

/* Seconds.fraction (NTP, 32.32) between two instants, in ticks of `rate`. */
static int64_t ticks_of_ntp(uint64_t from, uint64_t to, uint32_t rate)
{
	int64_t difference = (int64_t)(to - from);
	int64_t seconds = difference >> 32;
	uint64_t fraction = (uint64_t)difference & 0xffffffff;

	if (seconds > 86400 || seconds < -86400)
		return INT64_MAX; /* no clock of ours: the caller finds it implausible */
	return seconds * rate + (int64_t)(fraction * rate >> 32);
}

/* When `timestamp` was sampled on the clock of sender reports. */
static uint64_t ntp_of(const struct media_clock *c, uint32_t timestamp)
{
	int64_t ticks = (int32_t)(timestamp - c->timestamp);
	int64_t whole = ticks / c->rate, rest = ticks % c->rate;

	return c->ntp + ((uint64_t)whole << 32) + (uint64_t)(rest * ((int64_t)1 << 32) / c->rate);
}

/*
 * How far our timestamp moves from the newest packet to `p`, which another run of offsets begins
 * with: by the source's own timestamps when it is the same sequence, else by both sources' sender
 * reports, else by time of arrival. The first two are believed when they are within a second of the
 * third.
 */
static uint32_t ticks_since_last(const struct down *d, bool same, const struct media_clock *clock,
				 const struct media_packet *p)
{
	uint32_t rate = d->config.clock_rate;
	int64_t elapsed = (int64_t)(p->arrival - d->last_arrival);
	int64_t by_arrival = (elapsed > 0 ? elapsed : 0) * rate / 1000000;
	int64_t by_source = INT64_MAX, slack = (int64_t)rate * PLAUSIBLE_US / 1000000;

	if (same)
		by_source = (int32_t)(p->timestamp - d->last_source_timestamp);
	else if (clock && clock->known && d->last_clock.known)
		by_source = ticks_of_ntp(ntp_of(&d->last_clock, d->last_source_timestamp),
					 ntp_of(clock, p->timestamp), rate);
	bool plausible = by_source != INT64_MAX && by_source >= by_arrival - slack &&
			 by_source <= by_arrival + slack;
	int64_t ticks = plausible ? by_source : by_arrival;
	return ticks < 1 ? 1 : (uint32_t)ticks; /* another picture needs another timestamp */
}

/* The numbers inside the payload that have to continue. */
static struct pictures pictures_of(const struct down *d, const struct media_packet *p)
{
	struct vp8_descriptor vp8;
	struct vp9_descriptor vp9;

	if (p->pictures.known)
		return p->pictures;
	if (d->config.codec == MEDIA_VP8 && vp8_parse(&vp8, p->payload, p->length))
		return vp8_pictures(&vp8);
	if (d->config.codec == MEDIA_VP9 && vp9_parse(&vp9, p->payload, p->length))
		return vp9_pictures(&vp9);
	return (struct pictures){ .known = true };
}

static uint16_t frame_number(const struct media_packet *p)
{
	return (uint16_t)(p->dd_bytes[1] << 8 | p->dd_bytes[2]);
}

static bool is_video(const struct down *d)
{
	return media_codec_is_video(d->config.codec);
}

/* Opens a range at `p`: the sequence, the timestamp and the picture ids go on where they were. */
static struct down_range *start(struct down *d, uint8_t source, const struct media_clock *clock,
				const struct media_packet *p)
{
	struct down_range *last = down_range_newest(d), next = { .source = source };
	bool same = last && last->source == source && !(p->flags & MEDIA_RESYNC);
	uint32_t timestamp = d->last_timestamp;
	struct pictures pictures = pictures_of(d, p);

	if (last)
		timestamp += ticks_since_last(d, same, clock, p);
	down_restart(d);
	next.first = p->sequence;
	next.end = UINT64_MAX;
	next.offset = p->sequence - (d->highest + 1);
	next.timestamp_offset = timestamp - p->timestamp;
	if (last && (pictures.id_at || pictures.tl0_at)) {
		next.picture_offset = (uint16_t)(d->last_picture + 1 - pictures.id);
		next.tl0_offset = (uint8_t)(d->last_tl0 + 1 - pictures.tl0);
	}
	if (last && p->dd_length)
		next.frame_offset = (uint16_t)(d->last_frame + 1 - frame_number(p));
	d->count.switches++;
	d->skipped_picture = NO_PICTURE;
	return down_range_push(d, &next);
}

/* Leaves out a packet after the newest one: what follows moves up. False when it is not newer, or far off. */
static bool leave_out(struct down *d, uint8_t source, uint64_t sequence, int pictures)
{
	struct down_range *r = down_range_newest(d);

	uint64_t expected = r ? d->highest + r->offset + 1 : 0;

	if (!r || r->source != source || r->end != UINT64_MAX || sequence < expected ||
	    sequence < r->first)
		return false;
	if (sequence > expected + DOWN_JUMP_MAX)
		return false; /* what follows starts anew (range_for) */
	struct down_range next = *r;
	next.first = sequence + 1;
	next.offset++;
	next.picture_offset = (uint16_t)(next.picture_offset - pictures);
	r->end = sequence;
	if (r->first == sequence)
		*r = next; /* nothing was sent with these offsets */
	else
		(void)down_range_push(d, &next);
	return true;
}

void down_skip(struct down *d, uint8_t source, const struct media_packet *p)
{
	struct pictures pictures = pictures_of(d, p);
	/* by its number, not by its first packet: that may have been lost on the way to us */
	bool picture = d->config.codec == MEDIA_VP8 && pictures.id_at &&
		       pictures.id != d->skipped_picture;

	if (leave_out(d, source, p->sequence, picture) && picture)
		d->skipped_picture = pictures.id;
}

/* The range `p` is sent with; may open one. NULL with *ret_verdict when it is not to be sent. */
static struct down_range *range_for(struct down *d, uint8_t source, const struct media_clock *clock,
				    const struct media_packet *p, enum down_verdict *ret_verdict)
{
	struct down_range *last = down_range_newest(d),
			  *r = down_range_find(d, source, p->sequence);
	uint64_t expected = last ? d->highest + last->offset + 1 : 0;
	bool resync = p->flags & MEDIA_RESYNC || p->sequence > expected + DOWN_JUMP_MAX;

	if (r && (r != last || p->sequence < expected || !resync))
		return r; /* the next one, or a late one */
	*ret_verdict = DOWN_OLD;
	if (!r && down_range_is_past(d, source, p->sequence))
		return NULL;
	*ret_verdict = p->length ? DOWN_WAIT_KEY : DOWN_ABSORBED;
	if (!p->length || (is_video(d) && !(p->flags & MEDIA_KEY)))
		return NULL;
	return start(d, source, clock, p);
}

/* What later packets continue from. */
static void remember(struct down *d, const struct down_range *r, const struct media_clock *clock,
		     const struct media_packet *p)
{
	struct pictures pictures = pictures_of(d, p);

	d->last_timestamp = p->timestamp + r->timestamp_offset;
	d->last_source_timestamp = p->timestamp;
	d->last_arrival = p->arrival;
	d->last_clock = clock ? *clock : (struct media_clock){ 0 };
	if (d->last_clock.known) {
		d->out_clock = *clock;
		d->out_clock.timestamp += r->timestamp_offset;
	}
	if (pictures.id_at)
		d->last_picture = (uint16_t)(pictures.id + r->picture_offset);
	if (pictures.tl0_at)
		d->last_tl0 = (uint8_t)(pictures.tl0 + r->tl0_offset);
	if (p->dd_length)
		d->last_frame = (uint16_t)(frame_number(p) + r->frame_offset);
}

/* Takes the number `out` for its one use. */
static enum down_verdict claim(struct down *d, uint64_t out, bool marker)
{
	struct down_sent *s = &d->history[out & (d->history_count - 1)];

	if (out < d->history_from || (out <= d->highest && d->highest - out >= d->history_count))
		return DOWN_OLD;
	if (s->out != (uint32_t)out)
		*s = (struct down_sent){ .out = (uint32_t)out };
	if (s->sent)
		return DOWN_DUPLICATE;
	s->sent = true;
	s->marker = marker;
	return DOWN_OK;
}

static void add_descriptor(struct rtpext_wr *x, uint8_t id, const struct down_range *r,
			   const struct media_packet *p)
{
	uint16_t number = (uint16_t)(frame_number(p) + r->frame_offset);
	uint8_t bytes[DD_MAX + DD_GROWTH];
	size_t n = p->dd_length;

	if (p->dd && p->dd_mask) {
		n = dd_write(bytes, p->dd, p->dd_bytes, n, number, p->dd_mask);
	} else {
		memcpy(bytes, p->dd_bytes, n);
		put_be16(bytes + 1, number);
	}
	(void)rtpext_add(x, id, bytes, n);
}

void down_write_extensions(struct down *d, uint64_t now, const struct down_range *r,
			   const struct media_packet *p, bool rtx, struct wr *out)
{
	const struct down_config *c = &d->config;
	struct rtpext_wr x = rtpext_begin(out);
	bool dd = p && p->dd_length && c->id_dd;

	/* a structure is longer than the one-byte form can say (RFC 8285 4.2) */
	x.two_byte = dd && p->dd_length + DD_GROWTH > 16;

	/* RFC 8843 15: until the receiver knows. It reports on media, never on an RTX stream; Firefox
	 * drops what comes on an SSRC without the MID once another SSRC has come with it. */
	if ((rtx || !d->mid_acknowledged) && c->mid[0])
		(void)rtpext_add(&x, c->id_mid, c->mid, strlen(c->mid));
	if (p && p->flags & MEDIA_ORIENTED)
		(void)rtpext_add(&x, c->id_orientation, &p->orientation, 1);
	if (dd)
		add_descriptor(&x, c->id_dd, r, p);
	if (c->id_abs_send_time)
		(void)rtpext_add_u24(&x, c->id_abs_send_time, rtpext_abs_send_time(now));
	if (c->id_transport_cc && c->transport_sequence)
		(void)rtpext_add_u16(&x, c->id_transport_cc, (*c->transport_sequence)++);
	rtpext_end(&x);
}

static void rewrite_pictures(const struct down *d, const struct down_range *r,
			     const struct media_packet *p, uint8_t *payload)
{
	struct pictures pictures = pictures_of(d, p);

	pictures_rewrite(payload, pictures, (uint16_t)(pictures.id + r->picture_offset),
			 (uint8_t)(pictures.tl0 + r->tl0_offset));
}

void down_write_packet(struct down *d, uint64_t now, const struct down_range *r,
		       const struct media_packet *p, uint64_t sequence, bool rtx, struct wr *out)
{
	const struct down_config *c = &d->config;
	struct rtp_header h = {
		.marker = p->flags & MEDIA_MARKER,
		.payload_type = rtx	 ? c->rtx_payload_type
				: p->red ? c->red_payload_type
					 : c->payload_type,
		.seq = (uint16_t)(rtx ? d->rtx_sequence : sequence),
		.timestamp = p->timestamp + r->timestamp_offset,
		.ssrc = rtx ? c->rtx_ssrc : c->ssrc,
	};

	rtp_write(out, &h);
	down_write_extensions(d, now, r, p, rtx, out);
	if (rtx)
		wr_be16(out, (uint16_t)sequence); /* RFC 4588 4: OSN */
	uint8_t *payload = wr_take(out, p->length);
	if (payload && p->length) {
		memcpy(payload, p->payload, p->length);
		rewrite_pictures(d, r, p, payload);
		if (p->padding && !rtx) {
			wr_zero(out, p->padding - 1u);
			wr_u8(out, p->padding);
			out->start[0] |= out->bad ? 0 : 0x20;
		}
	} else if (!rtx) {
		/* padding that could not be left out (RFC 3550 5.1): it keeps its number */
		wr_u8(out, 1);
		if (!out->bad)
			out->start[0] |= 0x20;
	}
}

/* In order: a number that may belong to a packet still missing is not taken away. */
static bool is_next(struct down *d, uint64_t sequence)
{
	const struct down_range *r = down_range_newest(d);

	return r && sequence == d->highest + r->offset + 1;
}

enum down_verdict down_write(struct down *d, uint64_t now, uint8_t source,
			     const struct media_clock *clock, const struct media_packet *p,
			     struct wr *out)
{
	enum down_verdict verdict = DOWN_OLD;

	if ((size_t)(out->end - out->p) < down_room(p))
		return DOWN_SHORT;
	if (source >= DOWN_SOURCES || !p->sequence || (p->red && !d->config.red_payload_type))
		return DOWN_OLD;
	if (!p->length && is_next(d, p->sequence) && leave_out(d, source, p->sequence, 0))
		return DOWN_ABSORBED;
	struct down_range *r = range_for(d, source, clock, p, &verdict);
	uint64_t sequence = r ? p->sequence - r->offset : 0;
	if (r)
		verdict = claim(d, sequence, p->flags & MEDIA_MARKER);
	d->count.old += verdict == DOWN_OLD;
	d->count.duplicates += verdict == DOWN_DUPLICATE;
	if (verdict != DOWN_OK)
		return verdict;
	if (sequence > d->highest) {
		d->highest = sequence;
		remember(d, r, clock, p);
	}
	down_write_packet(d, now, r, p, sequence, false, out);
	if (!d->started)
		d->started = now ? now : 1;
	d->packets++;
	d->octets += p->length;
	if (d->rtx_credit < CREDIT_MAX)
		d->rtx_credit += (int32_t)wr_len(out) / d->rtx_share;
	rate_add(&d->rate, now, p->length);
	return DOWN_OK;
}

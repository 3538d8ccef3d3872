/* SPDX-License-Identifier: Apache-2.0 */
#include "client/unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/rd.h"
#include "client/unpack_add.h"
#include "wire/h264.h"
#include "wire/vp8.h"
#include "wire/vp9.h"

enum { H264_STAP_A = 24, H264_FU_A = 28, FU_START = 0x80 };

void unpack_init(struct unpack *u, enum media_codec codec)
{
	*u = (struct unpack){ .codec = codec, .wants_key = media_codec_is_video(codec) };
}

static void empty(struct unpack_slot *s)
{
	free(s->bytes);
	*s = (struct unpack_slot){ 0 };
}

void unpack_fini(struct unpack *u)
{
	for (size_t i = 0; u->slots && i < UNPACK_PACKETS; i++)
		empty(&u->slots[i]);
	free(u->slots);
	free(u->frame);
	*u = (struct unpack){ 0 };
}

static struct unpack_slot *slot_of(const struct unpack *u, uint64_t sequence)
{
	return &u->slots[sequence % UNPACK_PACKETS];
}

static bool has(const struct unpack *u, uint64_t sequence)
{
	return slot_of(u, sequence)->sequence == sequence;
}

/* Everything is too far behind: begins again at a key frame. */
static void lose(struct unpack *u)
{
	u->next = 0;
	u->wants_key = true;
}

int unpack_put(struct unpack *u, const struct media_packet *p)
{
	if (!u->slots)
		u->slots = calloc(UNPACK_PACKETS, sizeof *u->slots);
	if (!u->slots)
		return -ENOMEM;
	if (p->sequence < u->next || p->sequence + UNPACK_PACKETS <= u->highest)
		return 0; /* its frame was given up */
	if (p->flags & MEDIA_RESYNC)
		lose(u);
	struct unpack_slot *s = slot_of(u, p->sequence);
	uint8_t *bytes = malloc(p->length + 1u);

	if (!bytes)
		return -ENOMEM;
	u->dropped += s->sequence != 0;
	empty(s);
	if (p->length)
		memcpy(bytes, p->payload, p->length);
	*s = (struct unpack_slot){ .sequence = p->sequence,
				   .arrival = p->arrival,
				   .timestamp = p->timestamp,
				   .length = p->length,
				   .flags = p->flags,
				   .bytes = bytes };
	if (p->sequence > u->highest)
		u->highest = p->sequence;
	if (u->next && u->highest - u->next >= UNPACK_PACKETS)
		lose(u);
	return 0;
}

bool unpack_add(struct unpack *u, const void *bytes, size_t n)
{
	if (n > UNPACK_FRAME_MAX - u->length)
		return false;
	if (u->length + n > u->capacity) {
		size_t capacity = (u->length + n) * 2;
		uint8_t *bigger = realloc(u->frame, capacity);

		if (!bigger)
			return false;
		u->frame = bigger;
		u->capacity = capacity;
	}
	memcpy(u->frame + u->length, bytes, n);
	u->length += n;
	return true;
}

static bool add_nal(struct unpack *u, const uint8_t *bytes, size_t n)
{
	static const uint8_t start_code[4] = { 0, 0, 0, 1 };

	return unpack_add(u, start_code, sizeof start_code) && unpack_add(u, bytes, n);
}

static bool add_h264(struct unpack *u, const uint8_t *bytes, size_t n)
{
	struct h264_payload h;

	if (!h264_parse(&h, bytes, n))
		return false;
	if (h.packet_type == H264_FU_A) {
		uint8_t header = (uint8_t)((bytes[0] & 0xe0) | (bytes[1] & 0x1f));

		if ((bytes[1] & FU_START) && !add_nal(u, &header, 1))
			return false;
		return unpack_add(u, bytes + 2, n - 2);
	}
	if (h.packet_type != H264_STAP_A)
		return add_nal(u, bytes, n);
	struct rd r = rd_of(bytes + 1, n - 1);
	while (rd_left(&r) > 2) {
		size_t length = rd_be16(&r);
		const uint8_t *nal = rd_take(&r, length);

		if (!nal || !add_nal(u, nal, length))
			return false;
	}
	return !r.bad;
}

static bool add_payload(struct unpack *u, const struct unpack_slot *s)
{
	struct vp8_descriptor d;
	size_t descriptor;

	if (s->length == 0) /* padding: a probe of the server's */
		return true;
	if (u->codec == MEDIA_H264)
		return add_h264(u, s->bytes, s->length);
	if (u->codec == MEDIA_VP8)
		return vp8_parse(&d, s->bytes, s->length) &&
		       unpack_add(u, s->bytes + d.length, s->length - (size_t)d.length);
	if (u->codec == MEDIA_VP9) {
		/* the layers of a picture one after the other: decoders take them so */
		descriptor = vp9_descriptor_length(s->bytes, s->length);
		return descriptor && unpack_add(u, s->bytes + descriptor, s->length - descriptor);
	}
	if (u->codec == MEDIA_AV1)
		return unpack_av1_add(u, s->bytes, s->length);
	return unpack_add(u, s->bytes, s->length);
}

/* Whether the packets from `first` on end a frame without a hole; *ret_last is its last one. */
static bool find_end(const struct unpack *u, uint64_t first, uint64_t *ret_last)
{
	for (uint64_t s = first; s <= u->highest && has(u, s); s++) {
		if (slot_of(u, s)->flags & MEDIA_MARKER) {
			*ret_last = s;
			return true;
		}
	}
	return false;
}

/* The first key frame from here on that is whole; 0 = none. */
static uint64_t find_key(const struct unpack *u, uint64_t from)
{
	uint64_t oldest = u->highest >= UNPACK_PACKETS ? u->highest - UNPACK_PACKETS + 1 : 1, last;

	for (uint64_t s = from > oldest ? from : oldest; s <= u->highest; s++) {
		if (has(u, s) && (slot_of(u, s)->flags & MEDIA_KEY) && find_end(u, s, &last))
			return s;
	}
	return 0;
}

static bool take(struct unpack *u, uint64_t first, uint64_t last, struct unpack_frame *ret)
{
	bool good;

	*ret = (struct unpack_frame){ .timestamp = slot_of(u, last)->timestamp,
				      .arrival = slot_of(u, last)->arrival };
	u->length = 0;
	good = u->codec != MEDIA_AV1 || unpack_av1_begin(u);
	for (uint64_t s = first; s <= last; s++) {
		struct unpack_slot *slot = slot_of(u, s);

		ret->key |= (slot->flags & MEDIA_KEY) != 0;
		good = good && add_payload(u, slot);
		empty(slot);
	}
	if (u->codec == MEDIA_AV1)
		good = unpack_av1_end(u) && good;
	u->next = last + 1;
	if (!good || u->length == 0) {
		u->dropped += last - first + 1;
		if (!good)
			lose(u);
		return false;
	}
	ret->key |= !media_codec_is_video(u->codec);
	ret->bytes = u->frame;
	ret->length = u->length;
	u->frames++;
	return true;
}

/* Whether a packet is missing that has been waited for long enough. */
static bool is_overdue(const struct unpack *u, uint64_t now)
{
	uint64_t s = u->next;

	while (s <= u->highest && has(u, s))
		s++;
	for (s++; s <= u->highest; s++) {
		if (has(u, s) && now > slot_of(u, s)->arrival + UNPACK_WAIT_US)
			return true;
	}
	return false;
}

/* Opus: whatever has come; what is missing is concealed by the decoder. */
static bool next_audio(struct unpack *u, struct unpack_frame *ret)
{
	if (!u->next)
		u->next = u->highest;
	while (u->next <= u->highest && u->highest) {
		if (has(u, u->next) && slot_of(u, u->next)->length)
			return take(u, u->next, u->next, ret);
		u->next++;
	}
	return false;
}

bool unpack_next(struct unpack *u, uint64_t now, struct unpack_frame *ret)
{
	uint64_t last;

	if (!u->slots)
		return false;
	if (!media_codec_is_video(u->codec))
		return next_audio(u, ret);
	for (;;) {
		if (u->next && !find_end(u, u->next, &last) && is_overdue(u, now))
			lose(u);
		if (!u->next) {
			uint64_t key = find_key(u, 1);

			if (!key)
				return false;
			u->next = key;
			u->wants_key = false;
		}
		if (!find_end(u, u->next, &last))
			return false;
		if (take(u, u->next, last, ret))
			return true;
	}
}

bool unpack_wants_key(const struct unpack *u)
{
	return u->wants_key;
}

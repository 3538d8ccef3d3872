/* SPDX-License-Identifier: Apache-2.0 */
/* For the examples: encoded frames out of a file, sent at their pace. */
#pragma once

#define _POSIX_C_SOURCE 200809L
#include <confab/confab.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct packet {
	const unsigned char *bytes;
	size_t length;
	unsigned samples; /* how long it lasts, in the codec's clock */
};

struct clip {
	confab_codec codec;
	unsigned char *file; /* the packets point into it */
	struct packet *packets;
	size_t count, next;
	double at; /* seconds: when the next one is due */
	unsigned timestamp, clock;
	unsigned char level;	/* of sound, in -dBov; 0: the file does not tell */
	_Atomic int key_wanted; /* set by CONFAB_EVENT_KEY_FRAME_WANTED, on the client's thread */
};

static inline size_t clip_read(const char *path, unsigned char **ret)
{
	FILE *f = fopen(path, "rb");
	long n = 0;

	if (f && fseek(f, 0, SEEK_END) == 0 && (n = ftell(f)) > 0 && fseek(f, 0, SEEK_SET) == 0 &&
	    (*ret = calloc((size_t)n + 1, 1)) && fread(*ret, 1, (size_t)n, f) != (size_t)n)
		n = 0;
	if (f)
		fclose(f);
	return n > 0 && *ret ? (size_t)n : 0;
}

static inline int clip_add(struct clip *c, const unsigned char *bytes, size_t n, unsigned samples)
{
	struct packet *more = realloc(c->packets, (c->count + 1) * sizeof *more);

	if (!more)
		return 0;
	c->packets = more;
	more[c->count++] = (struct packet){ bytes, n, samples };
	return 1;
}

static inline unsigned clip_le32(const unsigned char *p)
{
	return p[0] | (unsigned)p[1] << 8 | (unsigned)p[2] << 16 | (unsigned)p[3] << 24;
}

/* 0: none of these. */
static inline confab_codec clip_codec(const unsigned char fourcc[4])
{
	return memcmp(fourcc, "VP80", 4) == 0	? CONFAB_VP8
	       : memcmp(fourcc, "VP90", 4) == 0 ? CONFAB_VP9
	       : memcmp(fourcc, "AV01", 4) == 0 ? CONFAB_AV1
						: (confab_codec)0;
}

/* VP8, VP9 or AV1 in IVF: a header of 32 bytes; before each frame 4 bytes of length and 8 of time. 0: it is none. */
static inline int clip_load_ivf(struct clip *c, const char *path)
{
	size_t n = clip_read(path, &c->file), at = 32;
	unsigned rate, scale;

	c->clock = 90000;
	if (n < 32 || memcmp(c->file, "DKIF", 4) != 0 || !(c->codec = clip_codec(c->file + 8)))
		return 0;
	rate = clip_le32(c->file + 16);
	scale = clip_le32(c->file + 20);
	while (rate && n - at > 12) {
		size_t length = clip_le32(c->file + at);

		if (length > n - at - 12)
			break;
		if (!clip_add(c, c->file + at + 12, length, 90000 * scale / rate))
			return 0;
		at += 12 + length;
	}
	return c->count > 0;
}

static inline double clip_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Sends what is due. A file cannot make a key frame: it starts again, with the one it begins with. */
static inline void clip_play(struct clip *c, confab_track *track)
{
	const double now = clip_now();

	while (c->at <= now) {
		if (atomic_exchange(&c->key_wanted, 0) && c->codec != CONFAB_OPUS)
			c->next = 0;
		const struct packet *p = &c->packets[c->next];
		confab_frame frame = { .codec = c->codec,
				       .bytes = p->bytes,
				       .length = p->length,
				       .timestamp = c->timestamp,
				       .level = c->level };

		(void)confab_track_write(track, &frame);
		c->timestamp += p->samples;
		c->at += (double)p->samples / c->clock;
		c->next = (c->next + 1) % c->count;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* See loudness.h. */
#include "media/rtp/loudness.h"

enum { ONE = 65535, TENTH_ROOT = 58409 /* 65536 / 10^(1/20): one decibel */, QUIET_MAX = 2 };

void loudness_add(struct loudness *l, uint8_t level, uint32_t timestamp, uint32_t rate)
{
	uint64_t us = (uint64_t)(uint32_t)(timestamp - l->timestamp) * 1000000 / rate;
	uint32_t length = l->started && us <= LOUDNESS_PACKET_US ? (uint32_t)us : 20 * 1000;

	l->started = true;
	l->timestamp = timestamp;
	if (level > LOUDNESS_ACTIVE)
		return;
	if (!l->active_us || level < l->loudest)
		l->loudest = level;
	l->active_us += length;
}

/* 10^(-dB / 20) of 65535 */
static uint32_t linear(unsigned level)
{
	uint32_t value = ONE;

	for (unsigned i = 0; i < level; i++)
		value = (uint32_t)((uint64_t)value * TENTH_ROOT >> 16);
	return value;
}

uint8_t loudness_window(struct loudness *l)
{
	uint32_t active = l->active_us < LOUDNESS_WINDOW_US ? l->active_us : LOUDNESS_WINDOW_US;
	int32_t now = 0;

	if (active * 100 >= LOUDNESS_WINDOW_US * (uint32_t)LOUDNESS_PERCENT) {
		now = (int32_t)((uint64_t)linear(l->loudest) * active / LOUDNESS_WINDOW_US);
		l->quiet = 0;
	} else if (l->quiet < QUIET_MAX) {
		l->quiet++;
	}
	/* over two windows: 2 / (n + 1) of the way; then silence is silence */
	l->level = l->quiet == QUIET_MAX ? 0 : (uint16_t)(l->level + (now - l->level) * 2 / 3);
	l->active_us = 0;
	if (l->level < linear(LOUDNESS_ACTIVE))
		return 0;
	return (uint8_t)((l->level * (uint32_t)LOUDNESS_EIGHTHS + ONE - 1) / ONE);
}

bool loudness_is_pending(const struct loudness *l)
{
	return l->active_us || l->level;
}

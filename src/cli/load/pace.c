/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the packets of video leave, as libwebrtc's pacer lets them (its PacingController, and Chromium
 * observed): at two and a half times the rate; 40 ms of that at once, so that a frame leaves
 * together and a key frame does not; what waits is looked at every 20 ms. Sound does not wait.
 */
#include "base/clock.h"
#include "cli/load/load.h"

enum {
	BURST_US = 40 * 1000,
	LOOK_US = 20 * 1000,
	FACTOR_HALVES = 5, /* of the rate */
};

void load_pace_add(struct load_pace *pace, const struct load_frame *f)
{
	if (pace->count == LOAD_FRAMES) { /* it leaves at once: nothing is lost here */
		struct load_frame now = *f;

		while (now.next < now.count)
			(void)load_source_send(&now);
		return;
	}
	pace->waiting[(pace->first + pace->count++) % LOAD_FRAMES] = *f;
}

static double bytes_per_us(const struct load_participant *p)
{
	uint64_t bps = 0;

	for (unsigned i = 0; i < p->source_count; i++)
		bps += load_source_bps(&p->sources[i]);
	return (double)bps * FACTOR_HALVES / 2 / 8 / US_PER_S;
}

void load_pace_tick(struct load_participant *p)
{
	struct load_pace *pace = &p->pace;
	uint64_t now = p->load->now;

	if (!pace->count || now < pace->next)
		return;

	double rate = bytes_per_us(p), paid = rate * (double)(now - pace->at);
	pace->debt = pace->debt > paid ? pace->debt - paid : 0;
	pace->at = now;
	while (pace->count && pace->debt < rate * BURST_US) {
		struct load_frame *f = &pace->waiting[pace->first];

		pace->debt += load_source_send(f);
		if (f->next == f->count) {
			pace->first = (pace->first + 1) % LOAD_FRAMES;
			pace->count--;
		}
	}
	pace->next = pace->count ? now + LOOK_US : now;
}

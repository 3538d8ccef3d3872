/* SPDX-License-Identifier: Apache-2.0 */
/* See keyframe.h. */
#include "media/rtp/keyframe.h"

void keyframe_init(struct keyframe *k)
{
	*k = (struct keyframe){ 0 };
}

void keyframe_want(struct keyframe *k, uint64_t rtt)
{
	k->rtt = rtt;
	if (k->tries >= KEYFRAME_TRIES)
		k->tries = 0; /* given up before; somebody still cares, at the same pace */
	k->wanted = true;
}

uint64_t keyframe_deadline(const struct keyframe *k)
{
	uint64_t interval = k->rtt + k->rtt / 2;

	if (!k->wanted)
		return UINT64_MAX;
	if (!k->last_sent)
		return 0;
	return k->last_sent + (interval > KEYFRAME_INTERVAL_US ? interval : KEYFRAME_INTERVAL_US);
}

bool keyframe_due(struct keyframe *k, uint64_t now)
{
	if (!k->wanted || now < keyframe_deadline(k))
		return false;
	k->last_sent = now ? now : 1;
	k->sent++;
	if (++k->tries >= KEYFRAME_TRIES)
		k->wanted = false;
	return true;
}

void keyframe_arrived(struct keyframe *k)
{
	k->wanted = false;
	k->tries = 0;
}

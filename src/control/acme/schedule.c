/* SPDX-License-Identifier: Apache-2.0 */
#include "control/acme/schedule.h"

#include <string.h>

#include "base/clock.h"

static uint64_t doubled(uint64_t s, unsigned times, uint64_t max_s)
{
	while (times-- > 0 && s < max_s)
		s *= 2;
	return s < max_s ? s : max_s;
}

/* Up to a quarter more, so that a thousand servers that failed together do not come back together. */
static uint64_t with_jitter(uint64_t us, struct rng *rng)
{
	return us + rng_u64(rng) % (us / 4 + 1);
}

void schedule_have(struct schedule *s, uint64_t from_us, uint64_t to_us)
{
	uint64_t life = to_us > from_us ? to_us - from_us : 0;

	*s = (struct schedule){ .due_us = to_us - life / 3 };
}

bool schedule_took(struct schedule *s, uint64_t from_us, uint64_t to_us, uint64_t now_us)
{
	uint64_t life = to_us > from_us ? to_us - from_us : 0;

	schedule_have(s, from_us, to_us);
	if (s->due_us > now_us)
		return true;
	s->due_us = now_us + life / 4;
	return false;
}

void schedule_lack(struct schedule *s, uint64_t now_us)
{
	if (!schedule_is_failing(s))
		s->due_us = now_us;
}

void schedule_failed(struct schedule *s, enum schedule_failure how, uint64_t retry_after_s,
		     uint64_t now_us, struct rng *rng)
{
	uint64_t wait_s;

	if (how == SCHEDULE_UNREACHED)
		wait_s = doubled(SCHEDULE_UNREACHED_S, s->unreached++, SCHEDULE_HOUR_S);
	else
		wait_s = doubled(SCHEDULE_HOUR_S, s->refused++, SCHEDULE_REFUSED_MAX_S);
	if (how != SCHEDULE_UNREACHED)
		s->unreached = 0;
	if (retry_after_s > SCHEDULE_WAIT_MAX_S)
		retry_after_s = SCHEDULE_WAIT_MAX_S;
	s->not_before = retry_after_s ? now_us + retry_after_s * US_PER_S : 0;
	if (wait_s < retry_after_s)
		wait_s = retry_after_s;
	s->failed_us = now_us;
	s->due_us = now_us + with_jitter(wait_s * US_PER_S, rng);
}

static uint64_t earlier(uint64_t us, uint64_t by)
{
	return us > by ? us - by : 0;
}

void schedule_clock(struct schedule *s, uint64_t now_us)
{
	uint64_t back = earlier(s->failed_us, now_us);

	if (!back || !schedule_is_failing(s))
		return;
	s->failed_us = now_us;
	s->due_us = earlier(s->due_us, back);
	s->not_before = earlier(s->not_before, back);
	for (int i = 0; i < SCHEDULE_BY_HAND; i++)
		s->by_hand_us[i] = earlier(s->by_hand_us[i], back);
}

bool schedule_by_hand(struct schedule *s, uint64_t now_us)
{
	uint64_t *oldest = s->by_hand_us;

	if (now_us >= s->due_us)
		return true;
	if (!schedule_is_failing(s) || now_us < s->not_before)
		return false;
	for (int i = 1; i < SCHEDULE_BY_HAND; i++) {
		if (s->by_hand_us[i] < *oldest)
			oldest = &s->by_hand_us[i];
	}
	if (*oldest && now_us < *oldest + (uint64_t)SCHEDULE_HOUR_S * US_PER_S)
		return false;
	*oldest = now_us;
	s->due_us = now_us;
	return true;
}

bool schedule_is_failing(const struct schedule *s)
{
	return s->refused > 0 || s->unreached > 0;
}

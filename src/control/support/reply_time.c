/* SPDX-License-Identifier: Apache-2.0 */
#include "control/support/reply_time.h"

#include <stddef.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "store/support.h"

enum { MINUTE_S = 60, HOUR_S = 60 * MINUTE_S, DAY_S = 24 * HOUR_S };

const char *reply_time_word(int64_t replied, uint64_t median_us)
{
	static const struct {
		uint64_t most_s;
		const char *word;
	} words[] = {
		{ 10 * MINUTE_S, "minutes" },
		{ HOUR_S, "hour" },
		{ 6 * HOUR_S, "hours" },
		{ DAY_S, "day" },
	};

	if (replied < REPLY_TIME_MIN)
		return NULL;
	for (size_t i = 0; i < countof(words); i++)
		if (median_us <= words[i].most_s * US_PER_S)
			return words[i].word;
	return "days";
}

static void on_read(void *arg, int status, int64_t replied, uint64_t median_us)
{
	struct reply_time *r = arg;

	const char *word = reply_time_word(replied, median_us);

	r->asking = false;
	if (status < 0 || word == r->word) /* what was known holds, until it is asked again */
		return;
	r->word = word;
	if (r->changed)
		r->changed(r->changed_arg);
}

void reply_time_tick(struct reply_time *r, uint64_t now_us)
{
	const uint64_t window = (uint64_t)REPLY_TIME_DAYS * DAY_S * US_PER_S;

	if (r->asking || now_us < r->next_us)
		return;
	r->asking = true;
	r->next_us = now_us + (uint64_t)REPLY_TIME_AGAIN_S * US_PER_S;
	store_reply_time_read(r->store, now_us - window, on_read, r);
}

void reply_time_on_reply(struct reply_time *r, uint64_t now_us)
{
	uint64_t soon_us = now_us + (uint64_t)REPLY_TIME_SOON_S * US_PER_S;

	if (!r->word) /* this may be the one that was missing */
		r->next_us = 0;
	else if (r->next_us > soon_us)
		r->next_us = soon_us;
}

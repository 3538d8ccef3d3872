/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/allocate.h"

#include "media/sfu/participant.h"
#include "media/sfu/subscription.h"
#include "media/sfu/track.h"

enum {
	AUDIO_OVERHEAD = 26000, /* bit/s of headers: 50 packets per second of 65 bytes */
	VIDEO_OVERHEAD = 108,	/* per cent */
	KEEP_LOWEST = 75,	/* per cent of its need that keeps the lowest layer: no flutter */
	KEEP = 90,		/* … that keeps a better one: estimates and encoders waver */
	RAISE = 115,		/* … that a layer takes before it is given */
	RANK_SCREEN = 255,	/* a client's own ranks are 1..255 */
	RANK_SPEAKER = 2,
	RANK_REST = 1,
	RANK_NONE = 0,
};

static unsigned rank_of(const struct subscription *s)
{
	if (s->settings.priority)
		return s->settings.priority;
	if (s->track->screen)
		return RANK_SCREEN;
	return s->track->publisher->spoken ? RANK_SPEAKER : RANK_REST; /* speakers.c */
}

/* Something to share for? */
static bool is_video(const struct subscription *s)
{
	return s->sending && s->track->kind == KIND_VIDEO && !s->track->muted &&
	       s->wanted.layer >= 0;
}

/* bit/s on the wire; 0 = does not arrive. */
static uint64_t cost(const struct subscription *s, uint64_t now, int layer)
{
	return (uint64_t)track_bps(s->track, now, layer) * VIDEO_OVERHEAD / 100;
}

/* The next layer above `layer` that arrives and is wanted; LAYERS_NONE = none. */
static int next_layer(const struct subscription *s, uint64_t now, int layer)
{
	for (int i = layer + 1; i <= s->wanted.layer; i++) {
		if (cost(s, now, i))
			return i;
	}
	return LAYERS_NONE;
}

static uint64_t audio_rate(const struct participant *p, uint64_t now)
{
	const struct subscription *s;
	uint64_t sum = 0;

	list_each (s, &p->subscriptions, in_participant) {
		const struct track_layer *l = s->track->layers[0];
		uint64_t bps = s->sending && s->track->kind == KIND_AUDIO && l
				       ? rate_bps(&l->up.rate, now)
				       : 0;

		sum += bps ? bps + AUDIO_OVERHEAD : 0;
	}
	return sum;
}

static uint64_t demand_of(const struct participant *p, uint64_t now)
{
	const struct subscription *s;
	uint64_t sum = 0;

	list_each (s, &p->subscriptions, in_participant) {
		uint64_t most = 0;

		for (int i = LAYERS_NONE; is_video(s) && (i = next_layer(s, now, i)) >= 0;)
			most = cost(s, now, i);
		sum += most;
	}
	return sum;
}

/* Gives one layer more when the budget has room for it. */
static bool give(struct subscription *s, uint64_t now, uint64_t *budget)
{
	int next = next_layer(s, now, s->planned);
	bool lowest = s->planned < 0, keeps = next >= 0 && next <= s->allowed.layer;

	if (next < 0)
		return false;

	uint64_t has = lowest ? 0 : cost(s, now, s->planned), all = cost(s, now, next);
	uint64_t more = all > has ? all - has : 0;
	uint64_t need = !keeps	 ? more + all * (RAISE - 100) / 100
			: lowest ? more * KEEP_LOWEST / 100
				 : more * KEEP / 100;

	if (*budget < need)
		return false;
	*budget -= more < *budget ? more : *budget;
	s->planned = (int8_t)next;
	return true;
}

/* The rank below `rank` that somebody has; RANK_NONE = no more. */
static unsigned next_rank(const struct participant *p, unsigned rank)
{
	const struct subscription *s;
	unsigned next = RANK_NONE;

	list_each (s, &p->subscriptions, in_participant) {
		unsigned own = is_video(s) ? rank_of(s) : RANK_NONE;

		if (own < rank && own > next)
			next = own;
	}
	return next;
}

static void plan(struct participant *p, uint64_t now, uint64_t budget)
{
	struct subscription *s;

	list_each (s, &p->subscriptions, in_participant)
		s->planned = LAYERS_NONE;
	for (unsigned r = RANK_SCREEN + 1; (r = next_rank(p, r)) != RANK_NONE;) {
		list_each (s, &p->subscriptions, in_participant) {
			if (is_video(s) && rank_of(s) == r)
				(void)give(s, now, &budget);
		}
	}
	for (unsigned r = RANK_SCREEN + 1; (r = next_rank(p, r)) != RANK_NONE;) {
		for (bool given = true; given;) {
			given = false;
			list_each (s, &p->subscriptions, in_participant) {
				if (is_video(s) && rank_of(s) == r && s->planned >= 0)
					given |= give(s, now, &budget);
			}
		}
	}
}

/* It goes down: soon after it went up means that it was too early. */
static void lose_patience(struct subscription *s, uint64_t now)
{
	bool lasted = !s->raised_at || now - s->raised_at >= ALLOCATE_LASTS_US;

	s->better_since = 0;
	s->raised_at = 0;
	if (lasted)
		s->patience_us = ALLOCATE_UP_US;
	else if (s->patience_us < ALLOCATE_UP_MAX_US)
		s->patience_us = (s->patience_us ? s->patience_us : ALLOCATE_UP_US) * 2;
}

/* The plan takes effect: less at once, more when it has lasted. */
static void apply(struct subscription *s, uint64_t now)
{
	struct subscription_limit allowed = s->allowed;
	bool all = next_layer(s, now, s->planned) < 0;

	/* bandwidth limits nothing: what the client wants next is not held up */
	allowed.layer = all ? LAYERS_MAX - 1 : s->planned;
	if (allowed.layer == s->allowed.layer) {
		s->better_since = 0;
	} else if (allowed.layer < s->allowed.layer) {
		lose_patience(s, now);
		subscription_allow(s, now, allowed);
	} else if (!s->better_since) {
		s->better_since = now;
	} else if (now - s->better_since >= (s->patience_us ? s->patience_us : ALLOCATE_UP_US)) {
		s->better_since = 0;
		s->raised_at = now;
		subscription_allow(s, now, allowed);
	}
}

uint64_t allocate(struct participant *p, uint64_t now, uint64_t estimate)
{
	uint64_t audio = audio_rate(p, now), demand = audio + demand_of(p, now);
	struct subscription *s;

	if (estimate == ALLOCATE_UNLIMITED)
		return demand;
	plan(p, now, estimate > audio ? estimate - audio : 0);
	list_each (s, &p->subscriptions, in_participant) {
		if (is_video(s) && next_layer(s, now, LAYERS_NONE) >= 0)
			apply(s, now);
	}
	return demand;
}

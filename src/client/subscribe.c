/* SPDX-License-Identifier: Apache-2.0 */
/* The public functions by which a program chooses what it receives of others; kept as wishes, told by
 * session_subscribe.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/internal.h"

enum { NUMBER_MAX = UINT16_MAX };

static struct wish *find(struct confab_call *call, const char *track)
{
	struct wish *w;

	list_each (w, &call->wishes, in_call) {
		if (strcmp(w->track, track) == 0)
			return w;
	}
	return NULL;
}

static struct wish *find_or_add(struct confab_call *call, const char *track)
{
	struct wish *w = find(call, track);

	if (w || strlen(track) >= sizeof w->track)
		return w;
	w = calloc(1, sizeof *w);
	if (!w)
		return NULL;
	(void)snprintf(w->track, sizeof w->track, "%s", track);
	w->quality = CONFAB_VIDEO_HIGH;
	list_append(&call->wishes, &w->in_call);
	return w;
}

static void drop(struct wish *w)
{
	list_remove(&w->in_call);
	free(w);
}

void wish_end(struct confab_call *call, const char *track)
{
	struct wish *w = find(call, track);

	if (w)
		drop(w);
}

void wishes_free(struct confab_call *call)
{
	struct wish *w;

	list_each (w, &call->wishes, in_call)
		drop(w);
}

/* ---- the public functions ---- */

struct wanted {
	confab_call *call;
	const char *track;
	void (*change)(struct wish *w, const struct wanted *wanted);
	unsigned a, b;
};

static int take(void *arg)
{
	const struct wanted *k = arg;
	struct confab_call *call = k->call;
	int r = call_check_joined(call, NULL);

	if (r)
		return r;
	if (!call->session)
		return CONFAB_ERR_NOT_JOINED;
	if (!session_knows(call->session, k->track))
		return CONFAB_ERR_NOT_FOUND;
	struct wish *w = find_or_add(call, k->track);
	if (!w)
		return CONFAB_ERR_NO_MEMORY;
	k->change(w, k);
	return CONFAB_OK;
}

static int want(confab_call *call, const char *track,
		void (*change)(struct wish *w, const struct wanted *wanted), unsigned a, unsigned b)
{
	struct wanted k = { .call = call, .track = track, .change = change, .a = a, .b = b };

	return track ? client_ask(call->client, take, &k) : CONFAB_ERR_NOT_FOUND;
}

static void subscribe(struct wish *w, const struct wanted *k)
{
	w->said = true;
	w->subscribe = k->a;
	w->asked = w->subscribe == k->call->manual_subscribe;
	session_subscribe(k->call->session, w);
}

static void settle(struct wish *w, const struct wanted *k)
{
	w->set = true;
	session_settings(k->call->session, w);
}

static void enable(struct wish *w, const struct wanted *k)
{
	w->disabled = !k->a;
	settle(w, k);
}

static void set_quality(struct wish *w, const struct wanted *k)
{
	w->quality = (confab_video_quality)k->a;
	w->width = w->height = 0; /* they would win (livekit-protocol 3.7) */
	settle(w, k);
}

static void set_dimensions(struct wish *w, const struct wanted *k)
{
	w->quality = CONFAB_VIDEO_HIGH;
	w->width = k->a;
	w->height = k->b;
	settle(w, k);
}

static void set_fps(struct wish *w, const struct wanted *k)
{
	w->fps = k->a;
	settle(w, k);
}

int confab_call_subscribe(confab_call *call, const char *track_id, int wanted)
{
	return want(call, track_id, subscribe, wanted != 0, 0);
}

int confab_call_enable_track(confab_call *call, const char *track_id, int enabled)
{
	return want(call, track_id, enable, enabled != 0, 0);
}

int confab_call_set_video_quality(confab_call *call, const char *track_id,
				  confab_video_quality quality)
{
	if ((unsigned)quality > CONFAB_VIDEO_HIGH)
		return CONFAB_ERR_BAD_INPUT;
	return want(call, track_id, set_quality, quality, 0);
}

int confab_call_set_video_dimensions(confab_call *call, const char *track_id, unsigned width,
				     unsigned height)
{
	if (width > NUMBER_MAX || height > NUMBER_MAX || !width != !height)
		return CONFAB_ERR_BAD_INPUT;
	return want(call, track_id, set_dimensions, width, height);
}

int confab_call_set_video_fps(confab_call *call, const char *track_id, unsigned fps)
{
	if (fps > NUMBER_MAX)
		return CONFAB_ERR_BAD_INPUT;
	return want(call, track_id, set_fps, fps, 0);
}

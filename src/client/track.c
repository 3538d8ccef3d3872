/* SPDX-License-Identifier: Apache-2.0 */
/* The public functions of a call that are about media and data. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "client/internal.h"
#include "client/pack.h"

enum { DATA_MAX = 60 * 1000 };

/* What keeps a media operation of this call from working; 0 = nothing. */
int call_check_joined(const struct confab_call *call, confab_error *ret)
{
	if (!call->url && !call->client->user_id[0])
		return error_token_not_set(ret);
	if (call->state != CONFAB_CALL_JOINED && call->state != CONFAB_CALL_RECONNECTING)
		return error_set(ret, CONFAB_ERR_NOT_JOINED, 0, true,
				 "The call is not joined. Call confab_call_join before.");
	return CONFAB_OK;
}

void track_free(struct confab_track *t)
{
	list_remove(&t->in_call);
	track_stop(t);
	free(t->publishing);
	free(t->name);
	free(t);
}

struct publish {
	struct confab_call *call;
	const confab_track_options *options;
	struct confab_track *track;
};

static struct confab_track *track_new(struct confab_call *call, const confab_track_options *o)
{
	struct confab_track *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	list_init(&t->in_call);
	t->call = call;
	t->codec = o->codec;
	t->source = o->source		      ? o->source
		    : o->codec == CONFAB_OPUS ? CONFAB_SOURCE_MICROPHONE
					      : CONFAB_SOURCE_CAMERA;
	t->name = strdup(o->name ? o->name : "");
	t->layer_count = o->layer_count ? o->layer_count : 1;
	t->layers[0] = (confab_layer){ .width = o->width,
				       .height = o->height,
				       .bitrate = o->bitrate };
	for (unsigned i = 0; i < o->layer_count; i++)
		t->layers[i] = o->layers[i];
	t->width = o->width ? o->width : t->layers[t->layer_count - 1].width;
	t->height = o->height ? o->height : t->layers[t->layer_count - 1].height;
	t->publishing = malloc(sizeof *t->publishing);
	if (!t->name || !t->publishing) {
		track_free(t);
		return NULL;
	}
	list_append(&call->tracks, &t->in_call);
	return t;
}

static void do_publish(void *arg, confab_done_fn *done, void *done_arg)
{
	struct publish *p = arg;
	confab_error error;

	if (call_check_joined(p->call, &error)) {
		done(done_arg, &error);
		return;
	}
	p->track = track_new(p->call, p->options);
	if (!p->track) {
		(void)error_no_memory(&error);
		done(done_arg, &error);
		return;
	}
	*p->track->publishing = (struct waiting){ .done = done, .arg = done_arg };
	if (p->call->session)
		session_publish(p->call->session, p->track);
}

static void do_unpublish(void *arg, confab_done_fn *done, void *done_arg)
{
	struct confab_track *t = arg;

	if (t->call->session && t->sending)
		session_unpublish(t->call->session, t);
	track_free(t);
	done(done_arg, NULL);
}

/* NULL: they are fine. */
static const char *wrong_layers(const confab_track_options *o)
{
	if (!o->layer_count)
		return NULL;
	if (o->codec == CONFAB_OPUS)
		return "options.layer_count: sound has no layers.";
	if (o->layer_count == 1 || o->layer_count > PEER_LAYERS || !o->layers)
		return "options.layer_count is 2 or 3 (of options.layers), or 0 for one encoding.";
	for (unsigned i = 0; i < o->layer_count; i++) {
		const confab_layer *l = &o->layers[i];

		if (!l->width || !l->height || (i && l->width <= l[-1].width))
			return "options.layers have a width and height, and the smallest comes "
			       "first.";
	}
	return NULL;
}

int confab_call_publish(confab_call *call, const confab_track_options *options, confab_track **ret,
			confab_error *ret_error)
{
	struct publish p = { .call = call, .options = options };
	int r;

	if (options->codec < CONFAB_OPUS || options->codec > CONFAB_AV1)
		return error_set(
			ret_error, CONFAB_ERR_BAD_INPUT, 0, true,
			"options.codec %d is none of CONFAB_OPUS, CONFAB_VP8, CONFAB_H264, "
			"CONFAB_VP9, CONFAB_AV1.",
			(int)options->codec);
	if (wrong_layers(options))
		return error_set(ret_error, CONFAB_ERR_BAD_INPUT, 0, true, "%s",
				 wrong_layers(options));
	r = client_wait(call->client, do_publish, &p, ret_error);
	if (r == CONFAB_OK)
		*ret = p.track;
	else if (p.track)
		(void)client_wait(call->client, do_unpublish, p.track, NULL);
	return r;
}

int confab_track_unpublish(confab_track *track)
{
	return client_wait(track->call->client, do_unpublish, track, NULL);
}

const char *confab_track_id(const confab_track *track)
{
	return track->sid;
}

/* ---- frames ---- */

struct write {
	struct confab_track *track;
	confab_frame frame;
	uint8_t bytes[];
};

static void on_write(void *arg)
{
	struct write *w = arg;

	if (w->track->call->session)
		session_write(w->track->call->session, w->track, &w->frame);
	free(w);
}

int confab_track_write(confab_track *track, const confab_frame *frame)
{
	struct write *w;

	if (frame->codec != track->codec || !frame->bytes || frame->length == 0 ||
	    frame->length > PACK_FRAME_MAX || frame->layer >= track->layer_count)
		return CONFAB_ERR_BAD_INPUT;
	w = malloc(sizeof *w + frame->length);
	if (!w)
		return CONFAB_ERR_NO_MEMORY;
	w->track = track;
	w->frame = *frame;
	w->frame.bytes = w->bytes;
	memcpy(w->bytes, frame->bytes, frame->length);
	if (client_post(track->call->client, on_write, w))
		return CONFAB_OK;
	free(w);
	return CONFAB_ERR_NO_MEMORY;
}

struct mute {
	struct confab_track *track;
	bool muted;
};

static void on_mute(void *arg)
{
	struct mute *m = arg;

	if (m->track->muted != m->muted) {
		m->track->muted = m->muted;
		if (m->track->call->session)
			session_mute(m->track->call->session, m->track);
	}
	free(m);
}

int confab_track_mute(confab_track *track, int muted)
{
	struct mute *m = malloc(sizeof *m);

	if (!m)
		return CONFAB_ERR_NO_MEMORY;
	*m = (struct mute){ track, muted != 0 };
	if (client_post(track->call->client, on_mute, m))
		return CONFAB_OK;
	free(m);
	return CONFAB_ERR_NO_MEMORY;
}

/* ---- data ---- */

struct send_data {
	struct confab_call *call;
	const confab_data *data;
};

static int send_data(void *arg)
{
	const struct send_data *d = arg;
	int r = call_check_joined(d->call, NULL);

	if (r == CONFAB_OK && !d->call->session)
		r = CONFAB_ERR_NOT_JOINED;
	return r ? r : session_send_data(d->call->session, d->data);
}

static bool is_name(const char *t)
{
	return t && t[0] && utf8_is_valid(t, strlen(t));
}

int confab_call_publish_data(confab_call *call, const confab_data *data)
{
	struct send_data d = { call, data };

	if (!data->bytes || data->length == 0 || data->length > DATA_MAX ||
	    data->identity_count > LIMIT_DATA_DESTINATIONS)
		return CONFAB_ERR_BAD_INPUT;
	if (data->topic && !utf8_is_valid(data->topic, strlen(data->topic)))
		return CONFAB_ERR_BAD_INPUT;
	for (size_t i = 0; i < data->identity_count; i++) {
		if (!is_name(data->identities[i]))
			return CONFAB_ERR_BAD_INPUT;
	}
	return client_ask(call->client, send_data, &d);
}

int confab_call_send_data(confab_call *call, const void *data, size_t length, int reliable,
			  const char *topic)
{
	return confab_call_publish_data(call, &(confab_data){ .bytes = data,
							      .length = length,
							      .reliable = reliable,
							      .topic = topic });
}

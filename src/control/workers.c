/* SPDX-License-Identifier: Apache-2.0 */
/* Commands to and events from the media workers, and what calls ask of them. */
#include <errno.h>
#include <stdlib.h>
#include <uv.h>

#include "base/log.h"
#include "control/auth/media_token.h"
#include "control/calls/calls.h"
#include "control/calls/rights.h"
#include "control/private.h"
#include "control/signal/admission.h"
#include "control/signal/moderate.h"
#include "control/signal/signal.h"
#include "control/support/support.h"

enum { RETRY_MS = 5 /* for commands that did not fit into a queue */, CALL_TICK_MS = 200 };

struct waiting_cmd {
	struct list in_worker;
	struct plane_cmd cmd;
};

struct worker {
	uv_poll_t poll; /* its events */
	struct control *control;
	unsigned number;
	struct list waiting; /* struct waiting_cmd */
};

/* ---- calls' hand on media ---- */

unsigned control_sources(unsigned kinds)
{
	return (kinds & RIGHT_SEND_VIDEO ? MEDIA_SOURCE_CAMERA : 0) |
	       (kinds & RIGHT_SEND_AUDIO ? MEDIA_SOURCE_MICROPHONE : 0) |
	       (kinds & RIGHT_SCREENSHARE ? MEDIA_SOURCE_SCREEN_SHARE : 0) |
	       (kinds & (RIGHT_SCREENSHARE | KIND_SCREEN_AUDIO) ? MEDIA_SOURCE_SCREEN_SHARE_AUDIO
								: 0);
}

static void media_remove(void *arg, const char *room, const char *identity)
{
	signal_remove(((struct control *)arg)->signal, room, identity);
}

static void media_permit(void *arg, const char *room, const char *identity, unsigned kinds)
{
	signal_permit(((struct control *)arg)->signal, room, identity, control_sources(kinds));
}

static void media_rename(void *arg, const char *room, const char *identity, const char *name)
{
	signal_rename(((struct control *)arg)->signal, room, identity, name);
}

static void media_mute(void *arg, const char *room, const char *identity, unsigned kinds)
{
	signal_mute(((struct control *)arg)->signal, room, identity, control_sources(kinds));
}

static void media_close(void *arg, const char *room)
{
	signal_close_room(((struct control *)arg)->signal, room);
}

static void media_remove_hidden(void *arg, const char *room)
{
	signal_remove_hidden(((struct control *)arg)->signal, room);
}

static void media_describe(void *arg, const char *room, const char *identity, json_t *participant)
{
	signal_describe(((struct control *)arg)->signal, room, identity, participant);
}

static bool media_is_full(void *arg, const char *room, const char *user_id)
{
	return signal_is_full(((struct control *)arg)->signal, room, user_id);
}

static void on_call_timer(uv_timer_t *timer)
{
	struct control *c = timer->data;

	calls_tick(c->calls);
	support_tick(c->support);
}

int workers_serve_calls(struct control *c)
{
	const struct calls_media media = { .remove = media_remove,
					   .permit = media_permit,
					   .mute = media_mute,
					   .rename = media_rename,
					   .close = media_close,
					   .remove_hidden = media_remove_hidden,
					   .describe = media_describe,
					   .is_full = media_is_full,
					   .arg = c };
	struct control_private *p = c->private;

	calls_set_media(c->calls, &media);
	(void)uv_timer_init(c->loop, &p->call_timer); /* cannot fail */
	p->call_timer.data = c;
	p->call_timer_open = true;
	return uv_timer_start(&p->call_timer, on_call_timer, CALL_TICK_MS, CALL_TICK_MS);
}

/* ---- the media workers ---- */

static void flush_commands(struct control *c)
{
	struct control_private *p = c->private;
	bool waiting = false;

	for (unsigned i = 0; i < p->media.count; i++) {
		struct worker *w = &p->workers[i];
		struct waiting_cmd *wait;
		list_each (wait, &w->waiting, in_worker) {
			if (!p->media.command(p->media.arg, i, &wait->cmd))
				break;
			list_remove(&wait->in_worker);
			free(wait);
		}
		waiting = waiting || !list_empty(&w->waiting);
	}
	if (!waiting)
		(void)uv_timer_stop(&p->retry);
}

static void on_retry(uv_timer_t *timer)
{
	flush_commands(timer->data);
}

/* Never fails: while the worker's queue is full commands wait here, in order. */
void workers_command(void *arg, uint16_t worker, struct plane_cmd *cmd)
{
	struct control *c = arg;
	struct control_private *p = c->private;
	struct worker *w = &p->workers[worker];

	if (list_empty(&w->waiting) && p->media.command(p->media.arg, worker, cmd))
		return;
	struct waiting_cmd *wait = malloc(sizeof *wait);
	if (!wait) {
		log_error("control", "out of memory: a command to media worker %u was lost",
			  worker);
		plane_cmd_fini(cmd);
		return;
	}
	wait->cmd = *cmd;
	list_append(&w->waiting, &wait->in_worker);
	(void)uv_timer_start(&p->retry, on_retry, RETRY_MS, RETRY_MS);
}

bool workers_time(void *arg, uint16_t worker, struct admission_time *ret)
{
	const struct control_media *m = &((struct control *)arg)->private->media;

	return m->time(m->arg, worker, &ret->run_us, &ret->wait_us);
}

bool workers_credentials(void *arg, uint16_t worker, const struct sid *participant,
			 struct plane_credentials *ret)
{
	const struct control_media *m = &((struct control *)arg)->private->media;

	return m->turn_credentials(m->arg, worker, participant, ret);
}

static void on_worker_events(uv_poll_t *poll, int status, int events)
{
	struct worker *w = poll->data;
	const struct control_media *m = &w->control->private->media;
	struct plane_event event;

	(void)events;
	if (status < 0)
		return;
	m->drain_wake(m->arg, w->number);
	while (m->event(m->arg, w->number, &event)) {
		signal_on_plane_event(w->control->signal, (uint16_t)w->number, &event);
		plane_event_fini(&event);
	}
}

int workers_start(struct control *c)
{
	struct control_private *p = c->private;

	p->workers = calloc(p->media.count ? p->media.count : 1, sizeof *p->workers);
	if (!p->workers)
		return -ENOMEM;
	(void)uv_timer_init(c->loop, &p->retry); /* cannot fail */
	p->retry.data = c;
	p->retry_open = true;
	for (unsigned i = 0; i < p->media.count; i++) {
		struct worker *w = &p->workers[i];
		w->control = c;
		w->number = i;
		w->poll.data = w;
		list_init(&w->waiting);
	}
	for (unsigned i = 0; i < p->media.count; i++) {
		int r = uv_poll_init(c->loop, &p->workers[i].poll,
				     p->media.wake_fd(p->media.arg, i));
		if (r < 0)
			return r;
		p->polls_open++;
		(void)uv_poll_start(&p->workers[i].poll, UV_READABLE, on_worker_events);
	}
	return 0;
}

/* Handles close on the next turns of the loop. */
void workers_close(struct control *c)
{
	struct control_private *p = c->private;

	for (unsigned i = 0; i < p->polls_open; i++) {
		(void)uv_poll_stop(&p->workers[i].poll);
		uv_close((uv_handle_t *)&p->workers[i].poll, NULL);
	}
	if (p->retry_open)
		uv_close((uv_handle_t *)&p->retry, NULL);
	if (p->call_timer_open)
		uv_close((uv_handle_t *)&p->call_timer, NULL);
}

void workers_free(struct control_private *p)
{
	struct waiting_cmd *wait;

	for (unsigned i = 0; p->workers && i < p->media.count; i++) {
		list_each (wait, &p->workers[i].waiting, in_worker) {
			plane_cmd_fini(&wait->cmd);
			free(wait);
		}
	}
	free(p->workers);
}

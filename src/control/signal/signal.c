/* SPDX-License-Identifier: Apache-2.0 */
/* The hub: its life, its timer, and the way to the media plane. See signal.h and internal.h. */
#include "control/signal/signal.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/rng.h"
#include "control/signal/encode.h"
#include "control/signal/internal.h"

static void on_timer(uv_timer_t *timer)
{
	signal_tick(timer->data, clock_now_us());
}

static void free_memory(struct signal_hub *s)
{
	free(s->api_key);
	if (s->api_secret)
		explicit_bzero(s->api_secret, strlen(s->api_secret));
	free(s->api_secret);
	for (size_t i = 0; i < SIGNAL_ENDED_MAX; i++)
		free(s->ended[i]);
	for (size_t i = 0; i < SIGNAL_BARRED_MAX; i++)
		free(s->barred[i]);
	free(s->load);
	admission_fini(&s->admission);
	free(s);
}

int signal_new(const struct signal_config *config, struct signal_hub **ret_signal)
{
	if (!config->workers || !config->api_key || !config->api_secret || !config->send)
		return -EINVAL;
	struct signal_hub *s = calloc(1, sizeof *s);

	if (!s)
		return -ENOMEM;
	s->loop = config->loop;
	s->rng = config->rng;
	s->calls = config->calls;
	s->remote_unmute = config->remote_unmute;
	s->room_limit = config->room_limit ? config->room_limit : LIMIT_PARTICIPANTS_DEFAULT;
	s->send = config->send;
	s->time = config->time;
	s->credentials = config->credentials;
	s->send_arg = config->send_arg;
	s->observe = config->observe;
	s->refuse = config->refuse;
	s->observe_arg = config->observe_arg;
	s->refused = config->refused;
	s->refused_arg = config->refused_arg;
	s->workers = config->workers;
	s->api_key = strdup(config->api_key);
	s->api_secret = strdup(config->api_secret);
	s->load = calloc(config->workers, sizeof *s->load);
	list_init(&s->rooms);
	int r = s->api_key && s->api_secret && s->load ? 0 : -ENOMEM;
	if (r == 0)
		r = admission_init(&s->admission, s->workers, config->media_load);
	if (r == 0)
		r = uv_timer_init(s->loop, &s->timer);
	if (r < 0) {
		free_memory(s);
		return r;
	}
	(void)uv_timer_init(s->loop, &s->fanout); /* as the first: cannot fail */
	s->timer.data = s->fanout.data = s;
	r = uv_timer_start(&s->timer, on_timer, SIGNAL_TICK_MS, SIGNAL_TICK_MS);
	if (r < 0) {
		(void)signal_free(s);
		return r;
	}
	*ret_signal = s;
	return 0;
}

void signal_stop(struct signal_hub *s)
{
	struct room *r;
	struct member *m;

	s->stopping = true;
	list_each (r, &s->rooms, in_hub)
		list_each (m, &r->members, in_room)
			if (m->session)
				session_end(m->session, LK__LEAVE_ACTION__RECONNECT,
					    LK__DISCONNECT_REASON__SERVER_SHUTDOWN);
	list_each (r, &s->rooms, in_hub) {
		list_each (m, &r->members, in_room)
			member_remove(m, LK__DISCONNECT_REASON__SERVER_SHUTDOWN);
		room_close(r);
	}
}

static void on_timer_closed(uv_handle_t *handle)
{
	free_memory(handle->data);
}

static void on_fanout_closed(uv_handle_t *handle)
{
	struct signal_hub *s = handle->data;

	uv_close((uv_handle_t *)&s->timer, on_timer_closed);
}

struct signal_hub *signal_free(struct signal_hub *s)
{
	if (!s)
		return NULL;
	signal_stop(s);
	s->timer.data = s;
	uv_close((uv_handle_t *)&s->fanout, on_fanout_closed);
	return NULL;
}

/* What time does to one member; it may be gone afterwards. */
static void member_tick(struct member *m, uint64_t now_us)
{
	if (m->gone_at_us && now_us >= m->gone_at_us) {
		member_remove(m, LK__DISCONNECT_REASON__SIGNAL_CLOSE);
		return;
	}
	if (m->connect_by_us && now_us >= m->connect_by_us) {
		log_warn("signal", "media never came up room=%s participant=%s", m->room->sid.text,
			 m->sid.text);
		if (m->session)
			session_end(m->session, LK__LEAVE_ACTION__DISCONNECT,
				    LK__DISCONNECT_REASON__CONNECTION_TIMEOUT);
		member_remove(m, LK__DISCONNECT_REASON__CONNECTION_TIMEOUT);
		return;
	}
	if (now_us >= m->refresh_at_us && m->session) {
		m->refresh_at_us = now_us + (uint64_t)SIGNAL_REFRESH_S * US_PER_S;
		member_refresh_token(m);
	}
}

void signal_tick(struct signal_hub *s, uint64_t now_us)
{
	struct room *r;
	struct member *m;

	capacity_tick(s, now_us);
	list_each (r, &s->rooms, in_hub) {
		list_each (m, &r->members, in_room)
			member_tick(m, now_us);
		room_tick(r, now_us);
		if (list_empty(&r->members) && !r->empty_by_us)
			room_settle(r);
		if (r->empty_by_us && now_us >= r->empty_by_us)
			room_close(r);
	}
}

void signal_make_sid(struct signal_hub *s, const char *prefix, struct sid *ret)
{
	*ret = (struct sid){ 0 };
	rng_name(s->rng, prefix, ret->text, strlen(prefix) + SIGNAL_SID_LETTERS + 1);
}

void signal_send(const struct room *r, struct plane_cmd *cmd)
{
	cmd->room = r->sid;
	r->hub->send(r->hub->send_arg, r->worker, cmd);
}

void signal_observe(enum signal_happening what, const struct room *r, const struct member *m,
		    const struct track *track)
{
	const struct signal_hub *s = r->hub;
	struct room_view view;

	if (!s->observe)
		return;
	room_view_init(&view, r);
	const struct signal_observed o = { .what = what,
					   .room = &view.room,
					   .participant = m ? &m->info : NULL,
					   .track = track ? &track->info : NULL };
	s->observe(s->observe_arg, &o);
}

struct token_keys signal_keys(const struct signal_hub *s)
{
	return (struct token_keys){ .api_key = s->api_key, .secret = s->api_secret };
}

bool signal_has_ended(const struct signal_hub *s, const char *session)
{
	for (size_t i = 0; session && i < SIGNAL_ENDED_MAX; i++)
		if (s->ended[i] && strcmp(s->ended[i], session) == 0)
			return true;
	return false;
}

void signal_refuse(struct signal_hub *s, enum signal_refusal kind, const char *key)
{
	char **place = kind == SIGNAL_ENDED ? &s->ended[s->ended_at] : &s->barred[s->barred_at];

	free(*place);
	*place = strdup(key);
	if (!*place)
		log_error("signal", "no memory: a token that was taken back stays good");
	if (kind == SIGNAL_ENDED)
		s->ended_at = (s->ended_at + 1) % SIGNAL_ENDED_MAX;
	else
		s->barred_at = (s->barred_at + 1) % SIGNAL_BARRED_MAX;
}

void signal_end_session(struct signal_hub *s, const char *session)
{
	struct room *r;
	struct member *m;

	signal_refuse(s, SIGNAL_ENDED, session);
	if (s->refused)
		s->refused(s->refused_arg, SIGNAL_ENDED, session);
	list_each (r, &s->rooms, in_hub) {
		list_each (m, &r->members, in_room) {
			if (!m->token.session || strcmp(m->token.session, session) != 0)
				continue;
			if (m->session)
				session_end(m->session, LK__LEAVE_ACTION__DISCONNECT,
					    LK__DISCONNECT_REASON__PARTICIPANT_REMOVED);
			member_remove(m, LK__DISCONNECT_REASON__PARTICIPANT_REMOVED);
		}
		if (list_empty(&r->members) && !r->empty_by_us)
			room_settle(r);
	}
}

struct signal_gauges signal_gauges(const struct signal_hub *s)
{
	struct signal_gauges gauges = s->gauges;
	const struct room *r;
	const struct member *m;

	list_each (r, &s->rooms, in_hub) {
		gauges.rooms++;
		list_each (m, &r->members, in_room) {
			gauges.participants++;
			gauges.published_tracks += m->info.n_tracks;
		}
	}
	return gauges;
}

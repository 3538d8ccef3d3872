/* SPDX-License-Identifier: Apache-2.0 */
/* Puts the control plane together:
 * who gets which event, commands to and events from the media workers, start and end. */
#include "control/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/sb.h"
#include "control/api/api.h"
#include "control/auth/auth.h"
#include "control/auth/bans.h"
#include "control/auth/media_token.h"
#include "control/calls/calls.h"
#include "control/calls/rights.h"
#include "control/chat/blocks.h"
#include "control/chat/channels.h"
#include "control/files/files.h"
#include "control/hooks/hooks.h"
#include "control/http/access.h"
#include "control/http/rate.h"
#include "control/notify.h"
#include "control/push/push.h"
#include "control/routes.h"
#include "control/server/server.h"
#include "control/signal/moderate.h"
#include "control/signal/signal.h"
#include "control/support/support.h"
#include "control/upkeep.h"
#include "control/ws/hub.h"
#include "control/ws/objects.h"
#include "store/store.h"

enum {
	RETRY_MS = 5, /* for commands that did not fit into a queue */
	TOKENS_PER_MINUTE = 60,
	TOKEN_BURST = 120,
	GUESTS_PER_MINUTE = 20, /* per address; a school behind one counts as one */
	GUEST_BURST = 60,
	CALL_TICK_MS = 200,
	PEOPLE_PER_ADDRESS = 20, /* who write at full speed: a school behind one */
};

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

struct control_private {
	struct control_media media;
	struct worker *workers;
	unsigned polls_open;
	uv_timer_t retry;
	bool retry_open;
	uv_timer_t call_timer;
	bool call_timer_open;
	struct rate token_rate, guest_rate, write_rate, peer_rate;
	struct upkeep *upkeep;
	void (*stopped)(void *arg);
	void *stopped_arg;
};

/* ---- events to people ---- */

/* Those who may see a conversation: a channel's members; else its customer and every admin, of the team's notes
 * admins only. */
static void publish_to_conversation(struct control *c, const char *conversation_id, bool private,
				    int64_t cursor, const json_t *event)
{
	struct hub_audience to = { .admins = true,
				   .user_ids = &conversation_id,
				   .user_count = private ? 0 : 1 };

	if (store_is_channel(conversation_id)) {
		to.admins = false;
		to.user_ids = chat_channel_ids(c->chat, conversation_id, &to.user_count);
	}

	hub_publish(c->hub, &to, cursor, event);
}

static void post_event(struct control *c, int64_t cursor, const json_t *frame)
{
	json_t *event = c->event_hooks ? json_copy((json_t *)(uintptr_t)frame) : NULL;

	if (event && cursor)
		(void)json_object_set_new(event, "cursor", json_integer(cursor));
	if (event)
		hooks_publish(c->event_hooks, event);
}

/* With the state of the conversation: the team and the customer each see their part of that. */
static void publish_support(struct control *c, const struct store_event *event)
{
	struct store_event seen = *event;
	const struct hub_audience team = { .admins = true };
	const struct hub_audience customer = { .user_ids = &event->conversation_id,
					       .user_count = 1 };

	seen.team = true;
	json_t *whole = event_stored(&seen, NULL);
	seen.team = false;
	json_t *part = event_stored(&seen, NULL);
	if (whole && part) {
		hub_publish(c->hub, &team, event->cursor, whole);
		hub_publish(c->hub, &customer, event->cursor, part);
		post_event(c, event->cursor, whole);
	}
	json_decref(whole);
	json_decref(part);
}

static void on_chat_event(void *arg, const struct store_event *event)
{
	struct control *c = arg;

	support_on_event(c->support, event);
	notify_message(c->push, event);
	if (event->type == EVENT_CHANNEL_UPDATED)
		calls_conversation_changed(c->calls, event->conversation_id);
	if (event->support && !event->message.private) {
		publish_support(arg, event);
		return;
	}
	json_t *frame = event_stored(event, NULL);

	if (frame)
		publish_to_conversation(arg, event->conversation_id, event->message.private,
					event->cursor, frame);
	if (frame)
		post_event(arg, event->cursor, frame);
	json_decref(frame);
}

static void on_chat_notice(void *arg, const struct chat_notice *notice)
{
	json_t *frame = event_notice(notice);

	if (frame && notice->only)
		hub_publish(((struct control *)arg)->hub,
			    &(struct hub_audience){ .user_ids = &notice->only, .user_count = 1 }, 0,
			    frame);
	else if (frame)
		publish_to_conversation(arg, notice->conversation_id,
					notice->type == CHAT_VIEWING_START ||
						notice->type == CHAT_VIEWING_STOP,
					0, frame);
	json_decref(frame);
}

static void on_call_event(void *arg, const struct call_event *event)
{
	struct control *c = arg;
	const struct hub_audience to = { .user_ids = event->audience.user_ids,
					 .user_count = event->audience.count };

	if (event->conversation_id)
		publish_to_conversation(c, event->conversation_id, false, event->cursor,
					event->frame);
	else
		hub_publish(c->hub, &to, event->cursor, event->frame);
	post_event(c, event->cursor, event->frame);
	notify_ring(c->push, event->frame);
}

static bool needs_no_push(void *arg, const char *user_id)
{
	struct control *c = arg;
	char text[BAN_TEXT_SIZE];

	return hub_is_online(c->hub, user_id, NULL) || bans_hold(c->bans, user_id, text);
}

static bool is_online(void *arg, const char *user_id, const char *device)
{
	const struct control *c = arg;

	return hub_is_online(c->hub, user_id, device);
}

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

static void on_call_timer(uv_timer_t *timer)
{
	calls_tick(((struct control *)timer->data)->calls);
}

static int start_calls_media(struct control *c)
{
	const struct calls_media media = { .remove = media_remove,
					   .permit = media_permit,
					   .mute = media_mute,
					   .close = media_close,
					   .remove_hidden = media_remove_hidden,
					   .describe = media_describe,
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
static void on_signal_command(void *arg, uint16_t worker, struct plane_cmd *cmd)
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

static int start_workers(struct control *c)
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

void control_shut_out(struct control *c, const char *user_id)
{
	char text[BAN_TEXT_SIZE];

	if (!bans_hold(c->bans, user_id, text))
		return;
	hub_close_user(c->hub, user_id, text);
	signal_shut_out(c->signal);
}

void control_end_session(struct control *c, const char *session_key)
{
	signal_end_session(c->signal, session_key);
}

static void add_hook_metrics(const struct hooks *hooks, struct sb *ret)
{
	struct hooks_gauges g = hooks_gauges(hooks);

	sb_printf(ret, "# TYPE confab_webhooks_waiting gauge\nconfab_webhooks_waiting %zu\n",
		  g.waiting);
	sb_printf(ret,
		  "# TYPE confab_webhooks_delivered_total counter\n"
		  "confab_webhooks_delivered_total %llu\n",
		  (unsigned long long)g.delivered);
	sb_printf(ret,
		  "# TYPE confab_webhooks_failed_total counter\n"
		  "confab_webhooks_failed_total %llu\n",
		  (unsigned long long)g.failed);
	sb_printf(ret,
		  "# TYPE confab_webhooks_dropped_total counter\n"
		  "confab_webhooks_dropped_total %llu\n",
		  (unsigned long long)g.dropped);
}

static void add_push_metrics(const struct push *push, struct sb *ret)
{
	struct push_gauges g = push_gauges(push);

	sb_printf(ret, "# TYPE confab_push_waiting gauge\nconfab_push_waiting %zu\n", g.waiting);
	sb_printf(ret, "# TYPE confab_push_sent_total counter\nconfab_push_sent_total %llu\n",
		  (unsigned long long)g.sent);
	sb_printf(ret, "# TYPE confab_push_failed_total counter\nconfab_push_failed_total %llu\n",
		  (unsigned long long)g.failed);
	sb_printf(ret, "# TYPE confab_push_gone_total counter\nconfab_push_gone_total %llu\n",
		  (unsigned long long)g.gone);
	sb_printf(ret, "# TYPE confab_push_dropped_total counter\nconfab_push_dropped_total %llu\n",
		  (unsigned long long)g.dropped);
}

void control_add_metrics(struct control *c, struct sb *ret)
{
	struct signal_gauges g = signal_gauges(c->signal);

	sb_printf(ret, "# TYPE confab_rooms gauge\nconfab_rooms %zu\n", g.rooms);
	sb_printf(ret, "# TYPE confab_participants gauge\nconfab_participants %zu\n",
		  g.participants);
	sb_printf(ret, "# TYPE confab_published_tracks gauge\nconfab_published_tracks %zu\n",
		  g.published_tracks);
	sb_printf(ret, "# TYPE confab_joins_total counter\nconfab_joins_total %llu\n",
		  (unsigned long long)g.joins);
	sb_printf(ret, "# TYPE confab_resumes_total counter\nconfab_resumes_total %llu\n",
		  (unsigned long long)g.resumes);
	sb_printf(ret,
		  "# TYPE confab_joins_refused_total counter\nconfab_joins_refused_total %llu\n",
		  (unsigned long long)g.refused);
	sb_printf(ret,
		  "# TYPE confab_signal_bad_messages_total "
		  "counter\nconfab_signal_bad_messages_total %llu\n",
		  (unsigned long long)g.bad_messages);
	sb_printf(ret,
		  "# TYPE confab_media_failures_total counter\nconfab_media_failures_total %llu\n",
		  (unsigned long long)g.media_failures);
	if (c->hooks)
		add_hook_metrics(c->hooks, ret);
	add_push_metrics(c->push, ret);
	if (c->private->media.metrics)
		c->private->media.metrics(c->private->media.arg, ret);
}

/* ---- start and end ---- */

static void on_first_cursor(void *arg, int status, const struct store_conversation *list, size_t n,
			    int64_t cursor)
{
	struct control *c = arg;

	(void)list;
	(void)n;
	if (status == 0)
		hub_set_cursor(c->hub, cursor);
}

/* Accounts, chat, calls and the sockets that hear of them. */
static int start_domain(struct control *c, const struct control_config *config)
{
	const struct auth_config auth = {
		.loop = config->loop,
		.store = config->store,
		.keys = { .api_key = config->api_key, .secret = config->api_secret },
		.rng = rng_os(),
	};
	const struct chat_config chat = { .store = config->store,
					  .open_channels = config->open_channels,
					  .sink = on_chat_event,
					  .notice = on_chat_notice,
					  .sink_arg = c };
	const struct support_config support = { .store = config->store,
						.sink = on_chat_event,
						.sink_arg = c };
	struct calls_config calls = { .store = config->store,
				      .rng = rng_os(),
				      .sink = on_call_event,
				      .sink_arg = c,
				      .online = is_online,
				      .online_arg = c };
	int r = bans_new(&c->bans, config->store);

	if (r == 0)
		r = auth_new(&auth, &c->auth);

	if (r == 0)
		r = chat_new(&chat, &c->chat);
	if (r == 0)
		r = chat_channels_load(c->chat);
	if (r == 0)
		r = chat_blocks_load(c->chat);
	calls.chat = c->chat;
	calls.open_to = chat_open_to;
	if (r == 0)
		r = support_new(&support, &c->support);
	if (r == 0)
		r = files_new(&c->files, config->loop, config->files_dir);
	if (r == 0)
		r = upkeep_new(&c->private->upkeep, config->loop, c->store, c->chat, c->files);
	if (r == 0)
		r = calls_new(&calls, &c->calls);
	if (r == 0) {
		const struct hub_config hub = { .loop = config->loop,
						.auth = c->auth,
						.bans = c->bans,
						.chat = c->chat,
						.calls = c->calls };
		r = hub_new(&c->hub, &hub);
	}
	if (r < 0)
		return r;
	store_conversation_list(c->store, (struct store_scope){ .all = true }, 1, on_first_cursor,
				c);
	support_load(c->support);
	store_wait(c->store);
	return 0;
}

static void on_signal_observed(void *arg, const struct signal_observed *o)
{
	struct control *c = arg;

	hooks_publish(c->hooks, api_webhook_event(o));
}

static int start_hooks(struct control *c, const struct control_config *config)
{
	const struct hooks_config hooks = { .loop = config->loop,
					    .urls = config->webhooks,
					    .url_count = config->webhook_count,
					    .keys = *auth_keys(c->auth),
					    .rng = rng_os() };

	struct hooks_config events = hooks;
	events.urls = config->event_webhooks;
	events.url_count = config->event_webhook_count;
	events.events = true;
	int r = config->webhook_count ? hooks_new(&hooks, &c->hooks) : 0;

	return r == 0 && config->event_webhook_count ? hooks_new(&events, &c->event_hooks) : r;
}

/* An identity is "<user id>:<random>" (calls.h); of a foreign token whatever its server chose. */
static bool refuse_banned(void *arg, const char *identity, char ret_why[SIGNAL_REFUSAL_SIZE])
{
	char user_id[LIMIT_USER_ID + 1], text[BAN_TEXT_SIZE];
	size_t n = strcspn(identity, ":");

	if (n > LIMIT_USER_ID)
		return false;
	(void)snprintf(user_id, sizeof user_id, "%.*s", (int)n, identity);
	if (!bans_hold(((struct control *)arg)->bans, user_id, text))
		return false;
	(void)snprintf(ret_why, SIGNAL_REFUSAL_SIZE, "%.*s", SIGNAL_REFUSAL_SIZE - 1, text);
	return true;
}

/* ---- what was taken back stays taken back (R16), also over a restart ---- */

static void ignore_status(void *arg, int status)
{
	(void)arg;
	(void)status; /* a full disk: it holds until the next restart */
}

static void on_refused(void *arg, enum signal_refusal kind, const char *key)
{
	struct control *c = arg;

	store_refusal_add(c->store, kind == SIGNAL_ENDED ? "ended" : "barred", key, clock_wall_us(),
			  ignore_status, NULL);
}

static void on_refusals(void *arg, int status, const struct store_refusal *list, size_t n)
{
	struct control *c = arg;

	if (status < 0)
		log_error("control", "media tokens that were taken back are not known: %s",
			  strerror(-status));
	for (size_t i = 0; i < n; i++)
		signal_refuse(c->signal,
			      strcmp(list[i].kind, "ended") == 0 ? SIGNAL_ENDED : SIGNAL_BARRED,
			      list[i].key);
}

static int start_signal(struct control *c, const struct control_config *config)
{
	const struct signal_config signal = {
		.loop = config->loop,
		.workers = (uint16_t)config->media.count,
		.api_key = config->api_key,
		.api_secret = config->api_secret,
		.calls = c->calls,
		.rng = rng_os(),
		.remote_unmute = config->remote_unmute,
		.room_limit = config->room_limit,
		.observe = c->hooks ? on_signal_observed : NULL,
		.refuse = refuse_banned,
		.observe_arg = c,
		.refused = on_refused,
		.refused_arg = c,
		.send = on_signal_command,
		.send_arg = c,
	};
	int r = signal_new(&signal, &c->signal);

	if (r == 0) {
		store_refusal_list(c->store, on_refusals, c);
		store_wait(c->store); /* before anybody can come */
	}
	return r;
}

static int start_all(struct control *c, const struct control_config *config, char *ret_error)
{
	const struct server_config server = {
		.loop = config->loop,
		.host = config->host,
		.port = config->port,
		.tls_cert = config->tls_cert,
		.tls_key = config->tls_key,
		.routes = control_routes,
		.route_count = control_route_count,
		.gate = access_gate,
		.control = c,
	};
	const struct push_config push = { .loop = config->loop,
					  .store = config->store,
					  .data_dir = config->data_dir,
					  .contact = config->push_contact,
					  .local = config->push_local,
					  .off = config->no_push,
					  .skip = needs_no_push,
					  .skip_arg = c };
	int r = push_new(&push, &c->push, ret_error);

	if (r < 0)
		return r;
	r = start_domain(c, config);
	if (r == 0)
		r = start_workers(c);
	if (r == 0)
		r = start_hooks(c, config);
	if (r == 0)
		r = start_signal(c, config);
	if (r == 0)
		r = start_calls_media(c);
	if (r < 0) {
		(void)snprintf(ret_error, CONTROL_ERROR_MAX,
			       "The control plane could not be started: %s.", uv_strerror(r));
		return r;
	}
	return server_new(&c->server, &server, ret_error);
}

static int copy_origins(struct control *c, const struct control_config *config)
{
	c->widget_origins = calloc(config->widget_origin_count + 1, sizeof *c->widget_origins);
	for (size_t i = 0; c->widget_origins && i < config->widget_origin_count; i++) {
		c->widget_origins[i] = strdup(config->widget_origins[i]);
		if (!c->widget_origins[i])
			return -ENOMEM;
	}
	return c->widget_origins ? 0 : -ENOMEM;
}

int control_new(struct control **ret, const struct control_config *config, char *ret_error)
{
	struct control *c = calloc(1, sizeof *c);
	struct control_private *p = calloc(1, sizeof *p);

	if (!c || !p) {
		(void)snprintf(ret_error, CONTROL_ERROR_MAX, "Out of memory.");
		free(c);
		free(p);
		return -ENOMEM;
	}
	c->loop = config->loop;
	c->store = config->store;
	c->room_limit = config->room_limit ? config->room_limit : LIMIT_PARTICIPANTS_DEFAULT;
	c->private = p;
	p->media = config->media;
	p->token_rate.per_minute = TOKENS_PER_MINUTE;
	p->token_rate.burst = TOKEN_BURST;
	c->token_rate = &p->token_rate;
	p->guest_rate.per_minute = GUESTS_PER_MINUTE;
	p->guest_rate.burst = GUEST_BURST;
	c->guest_rate = &p->guest_rate;
	p->write_rate.per_minute = p->write_rate.burst = config->message_rate;
	p->peer_rate.per_minute = p->peer_rate.burst = config->message_rate * PEOPLE_PER_ADDRESS;
	c->write_rate = config->message_rate ? &p->write_rate : NULL;
	c->peer_rate = &p->peer_rate;

	c->demo = config->demo;
	c->no_guests = config->no_guests;

	int r = copy_origins(c, config);
	if (r < 0)
		(void)snprintf(ret_error, CONTROL_ERROR_MAX, "Out of memory.");
	else
		r = start_all(c, config, ret_error);
	if (r < 0) {
		(void)control_free(c);
		return r;
	}
	*ret = c;
	return 0;
}

uint16_t control_port(const struct control *c)
{
	return server_port(c->server);
}

bool control_is_tls(const struct control *c)
{
	return server_is_tls(c->server);
}

enum { CLOSE_RESTART = 1012 };

void control_stop(struct control *c, void (*stopped)(void *arg), void *arg)
{
	auth_stop(c->auth);
	signal_stop(c->signal);
	server_stop(c->server, CLOSE_RESTART, stopped, arg);
}

/* Handles close on the next turns of the loop. */
static void close_workers(struct control *c)
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

static void free_workers(struct control_private *p)
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

enum { CLOSING_TURNS = 20, HASHING_TURNS = 200 };

void control_close(struct control *c)
{
	c->server = server_free(c->server);
	for (int i = 0;
	     c->auth && (auth_busy(c->auth) || files_busy(c->files)) && i < HASHING_TURNS; i++) {
		(void)uv_run(c->loop, UV_RUN_NOWAIT);
		uv_sleep(RETRY_MS);
	}
}

struct control *control_free(struct control *c)
{
	if (!c)
		return NULL;
	c->server = server_free(c->server);
	c->signal = signal_free(c->signal);
	c->hooks = hooks_free(c->hooks);
	c->event_hooks = hooks_free(c->event_hooks);
	c->push = push_free(c->push);
	c->hub = hub_free(c->hub);
	c->private->upkeep = upkeep_free(c->private->upkeep);
	close_workers(c);
	for (int i = 0; i < CLOSING_TURNS; i++)
		(void)uv_run(c->loop, UV_RUN_NOWAIT);
	c->calls = calls_free(c->calls);
	c->chat = chat_free(c->chat);
	c->support = support_free(c->support);
	c->files = files_free(c->files);
	c->auth = auth_free(c->auth);
	c->bans = bans_free(c->bans);
	free_workers(c->private);
	for (char **origin = c->widget_origins; origin && *origin; origin++)
		free(*origin);
	free(c->widget_origins);
	free(c->private);
	free(c);
	return NULL;
}

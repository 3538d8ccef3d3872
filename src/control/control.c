/* SPDX-License-Identifier: Apache-2.0 */
/* Puts the control plane together: start and end. Who gets which event is in publish.c, the media workers are in
 * workers.c. */
#include "control/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/rng.h"
#include "control/acme/acme.h"
#include "control/api/api.h"
#include "control/auth/auth.h"
#include "control/auth/bans.h"
#include "control/calls/calls.h"
#include "control/chat/blocks.h"
#include "control/chat/channels.h"
#include "control/chat/wordlist.h"
#include "control/domain.h"
#include "control/files/files.h"
#include "control/hooks/hooks.h"
#include "control/http/access.h"
#include "control/http/message_send.h"
#include "control/http/unpacked.h"
#include "control/private.h"
#include "control/push/push.h"
#include "control/renewal.h"
#include "control/routes.h"
#include "control/server/server.h"
#include "control/support/support.h"
#include "control/upkeep.h"
#include "control/warnings.h"
#include "control/ws/hub.h"

enum {
	TOKENS_PER_MINUTE = 60,
	TOKEN_BURST = 120,
	GUESTS_PER_MINUTE = 20, /* per address; a school behind one counts as one */
	GUEST_BURST = 60,
	PEOPLE_PER_ADDRESS = 20, /* who write at full speed: a school behind one */
	ACTS_PER_MESSAGE =
		4, /* what people may do beside writing is quick, and clients do much of it by themselves */
	CLOSING_PAUSE_MS = 5,
};

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
					  .sink = publish_chat_event,
					  .notice = publish_chat_notice,
					  .sink_arg = c };
	const struct support_config support = { .store = config->store,
						.sink = publish_chat_event,
						.usual_reply_changed = publish_times,
						.sink_arg = c };
	struct calls_config calls = { .store = config->store,
				      .rng = rng_os(),
				      .sink = publish_call_event,
				      .sink_arg = c,
				      .online = publish_is_online,
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
	if (r == 0)
		r = chat_words_load(c->chat);
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
						.calls = c->calls,
						.send_message = message_send_frame,
						.control = c };
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
	autofree char *rooms_file = NULL, *events_file = NULL;
	struct hooks_config hooks = { .loop = config->loop,
				      .urls = config->webhooks,
				      .url_count = config->webhook_count,
				      .keys = *auth_keys(c->auth),
				      .rng = rng_os() };

	if (asprintf(&rooms_file, "%s/webhooks-rooms.json", config->data_dir) < 0 ||
	    asprintf(&events_file, "%s/webhooks-events.json", config->data_dir) < 0)
		return -ENOMEM;
	hooks.keep = rooms_file;
	struct hooks_config events = hooks;
	events.urls = config->event_webhooks;
	events.url_count = config->event_webhook_count;
	events.events = true;
	events.keep = events_file;
	int r = config->webhook_count ? hooks_new(&hooks, &c->hooks) : 0;

	return r == 0 && config->event_webhook_count ? hooks_new(&events, &c->event_hooks) : r;
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
		.refuse = revoke_is_banned,
		.observe_arg = c,
		.refused = revoke_note,
		.refused_arg = c,
		.send = workers_command,
		.time = config->media.time ? workers_time : NULL,
		.credentials = config->media.turn_credentials ? workers_credentials : NULL,
		.media_load = config->media_load,
		.send_arg = c,
	};
	int r = signal_new(&signal, &c->signal);

	if (r == 0) {
		store_refusal_list(c->store, revoke_restore, c);
		store_wait(c->store); /* before anybody can come */
	}
	return r;
}

static int start_warnings(struct control *c, char *ret_error)
{
	const struct warnings_config config = { .loop = c->loop,
						.store = c->store,
						.files = c->files,
						.hub = c->hub,
						.certificate_ends_us = server_tls_expires_us(
							c->server) };
	int r = warnings_new(&c->warnings, &config);

	if (r < 0)
		(void)snprintf(ret_error, CONTROL_ERROR_MAX, "Out of memory.");
	return r;
}

static void on_renewed(void *arg, uint64_t ends_us)
{
	struct control *c = arg;

	warnings_certificate(c->warnings, ends_us);
}

static int start_renewal(struct control *c, const struct server_config *server, char *ret_error)
{
	const struct renewal_config renewal = { .loop = c->loop,
						.server = c->server,
						.cert = server->tls_cert,
						.key = server->tls_key,
						.taken = on_renewed,
						.arg = c };
	int r = server->tls_cert ? renewal_new(&c->renewal, &renewal) : 0;

	if (r < 0)
		(void)snprintf(ret_error, CONTROL_ERROR_MAX, "Out of memory.");
	return r;
}

static int start_all(struct control *c, const struct control_config *config, char *ret_error)
{
	struct server_config server = {
		.loop = config->loop,
		.host = config->host,
		.port = config->port,
		.tls_cert = config->tls_cert,
		.tls_key = config->tls_key,
		.routes = control_routes,
		.route_count = control_route_count,
		.gate = access_gate,
		.control = c,
		.raw = config->media.turn,
		.raw_arg = config->media.arg,
	};
	const struct push_config push = { .loop = config->loop,
					  .store = config->store,
					  .data_dir = config->data_dir,
					  .contact = config->push_contact,
					  .local = config->push_local,
					  .off = config->no_push,
					  .skip = publish_needs_no_push,
					  .skip_arg = c };
	int r = push_new(&push, &c->push, ret_error);

	if (r < 0)
		return r;
	r = start_domain(c, config);
	if (r == 0)
		r = workers_start(c);
	if (r == 0)
		r = start_hooks(c, config);
	if (r == 0)
		r = start_signal(c, config);
	if (r == 0)
		r = workers_serve_calls(c);
	if (r < 0) {
		(void)snprintf(ret_error, CONTROL_ERROR_MAX,
			       "The control plane could not be started: %s.", uv_strerror(r));
		return r;
	}
	r = domain_prepare(c, config, &server, ret_error);
	if (r == 0)
		r = server_new(&c->server, &server, ret_error);
	if (r == 0)
		r = start_warnings(c, ret_error);
	if (r == 0)
		r = start_renewal(c, &server, ret_error);
	if (r == 0)
		domain_start(c);
	return r;
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
	c->started_us = clock_wall_us();
	c->store = config->store;
	c->media_load = config->media_load;
	c->room_limit = config->room_limit ? config->room_limit : LIMIT_PARTICIPANTS_DEFAULT;
	c->storage = config->storage;
	c->disk_floor = config->disk_floor;
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
	p->act_rate.per_minute = p->act_rate.burst = config->message_rate * ACTS_PER_MESSAGE;
	c->write_rate = config->message_rate ? &p->write_rate : NULL;
	c->act_rate = config->message_rate ? &p->act_rate : NULL;
	c->peer_rate = &p->peer_rate;

	c->demo = config->demo;
	c->no_guests = config->no_guests;

	c->unpacked = unpacked_new();
	int r = c->unpacked ? copy_origins(c, config) : -ENOMEM;
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

void control_reload(struct control *c)
{
	if (c->acme)
		acme_try_now(c->acme);
	else if (c->renewal)
		renewal_look(c->renewal);
}

void control_disk_changed(struct control *c, int status)
{
	warnings_disk(c->warnings, status);
}

enum { CLOSE_RESTART = 1012 };

void control_stop(struct control *c, void (*stopped)(void *arg), void *arg)
{
	auth_stop(c->auth);
	if (c->acme)
		acme_stop(c->acme);
	signal_stop(c->signal);
	server_stop(c->server, CLOSE_RESTART, stopped, arg);
}

enum { CLOSING_TURNS = 20, HASHING_TURNS = 200 };

void control_close(struct control *c)
{
	if (c->acme)
		acme_stop(c->acme);
	c->renewal = renewal_free(c->renewal); /* it asks the server */
	c->server = server_free(c->server);
	c->acme = acme_free(c->acme); /* the server asked it */
	if (c->private->upkeep)
		upkeep_stop(c->private->upkeep);
	for (int i = 0;
	     c->auth && (auth_busy(c->auth) || files_busy(c->files)) && i < HASHING_TURNS; i++) {
		(void)uv_run(c->loop, UV_RUN_NOWAIT);
		uv_sleep(CLOSING_PAUSE_MS);
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
	c->renewal = renewal_free(c->renewal);
	c->acme = acme_free(c->acme);
	c->warnings = warnings_free(c->warnings);
	c->hub = hub_free(c->hub);
	c->files = files_free(c->files); /* tells upkeep what it removed */
	c->private->upkeep = upkeep_free(c->private->upkeep);
	workers_close(c);
	for (int i = 0; i < CLOSING_TURNS; i++)
		(void)uv_run(c->loop, UV_RUN_NOWAIT);
	c->calls = calls_free(c->calls);
	c->chat = chat_free(c->chat);
	c->support = support_free(c->support);
	c->auth = auth_free(c->auth);
	c->bans = bans_free(c->bans);
	c->unpacked = unpacked_free(c->unpacked);
	workers_free(c->private);
	for (char **origin = c->widget_origins; origin && *origin; origin++)
		free(*origin);
	free(c->widget_origins);
	free(c->private);
	free(c);
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "control/ws/hub.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/sb.h"
#include "control/ws/frame.h"
#include "control/ws/internal.h"
#include "control/ws/objects.h"

enum { TICK_MS = 1000 };

/* Once a second while anybody is connected: late connect frames, and the health check. */
static void on_tick(uv_timer_t *timer)
{
	struct hub *h = timer->data;
	uint64_t now = clock_now_us();
	bool health = ++h->ticks % HEALTH_CHECK_S == 0;
	static const char check[] = HEALTH_CHECK_FRAME;
	struct event_socket *s;

	list_each (s, &h->sockets, in_hub) {
		if (s->state == SOCKET_WAITING &&
		    now - s->opened_us > (uint64_t)LIMIT_CONNECT_FRAME_S * US_PER_S)
			events_fail(s, 401, 5,
				    "The connect frame did not come in time; send it first, within "
				    "10 seconds.");
		else if (s->state == SOCKET_LIVE && health)
			(void)wsconn_send(s->conn, check, sizeof check - 1, false);
	}
}

/* Customers are told of the team, and the team of everybody. */
static void on_presence(void *arg, const struct store_user *user, bool online)
{
	bool team = user->role == ROLE_ADMIN;
	json_t *event = event_presence(user, online);

	if (event)
		hub_publish(arg,
			    &(struct hub_audience){
				    .everybody = team, .admins = true, .except = user->id },
			    0, event);
	json_decref(event);
}

int hub_new(struct hub **ret, const struct hub_config *config)
{
	struct hub *h = calloc(1, sizeof *h);

	if (!h)
		return -ENOMEM;
	h->config = *config;
	list_init(&h->sockets);
	list_init(&h->unknown);
	list_init(&h->admins);
	for (size_t i = 0; i < HUB_BUCKETS; i++)
		list_init(&h->users[i]);
	h->timer = calloc(1, sizeof *h->timer);
	if (!h->timer || presence_new(&h->presence, config->loop, on_presence, h) < 0) {
		free(h->timer);
		free(h);
		return -ENOMEM;
	}
	(void)uv_timer_init(config->loop, h->timer); /* cannot fail */
	h->timer->data = h;
	*ret = h;
	return 0;
}

static void on_timer_closed(uv_handle_t *timer)
{
	free(timer);
}

struct hub *hub_free(struct hub *h)
{
	if (!h)
		return NULL;
	h->presence = presence_free(h->presence);
	json_decref(h->warnings);
	uv_close((uv_handle_t *)h->timer, on_timer_closed);
	free(h);
	return NULL;
}

void hub_set_cursor(struct hub *h, int64_t cursor)
{
	if (cursor > h->cursor)
		h->cursor = cursor;
}

void hub_add(struct hub *h, struct event_socket *s)
{
	list_append(&h->sockets, &s->in_hub);
	list_append(&h->unknown, &s->in_unknown);
	if (h->count++ == 0)
		(void)uv_timer_start(h->timer, on_tick, TICK_MS, TICK_MS);
}

void hub_remove(struct hub *h, struct event_socket *s)
{
	list_remove(&s->in_hub);
	list_remove(&s->in_unknown); /* again, mostly */
	if (s->user)
		list_remove(&s->in_user);
	if (s->user && s->user->role == ROLE_ADMIN)
		list_remove(&s->in_admins);
	if (--h->count == 0)
		(void)uv_timer_stop(h->timer);
}

/* FNV-1a */
static struct list *bucket_of(struct hub *h, const char *user_id)
{
	uint32_t hash = 2166136261u;

	for (; *user_id; user_id++)
		hash = (hash ^ (unsigned char)*user_id) * 16777619u;
	return &h->users[hash % HUB_BUCKETS];
}

void hub_know(struct hub *h, struct event_socket *s)
{
	list_remove(&s->in_unknown);
	list_append(bucket_of(h, s->user->id), &s->in_user);
	if (s->user->role == ROLE_ADMIN)
		list_append(&h->admins, &s->in_admins);
}

/* ---- how many ---- */

bool hub_has_room(struct hub *h, const struct store_user *user)
{
	unsigned n = 0, most = user->role == ROLE_GUEST ? LIMIT_SOCKETS_PER_GUEST
							: LIMIT_SOCKETS_PER_PERSON;
	struct event_socket *s;

	list_each (s, bucket_of(h, user->id), in_user)
		n += s->state != SOCKET_CLOSING && strcmp(s->user->id, user->id) == 0;
	h->refused += n >= most;
	return n < most;
}

bool hub_has_room_at(struct hub *h, uint64_t place)
{
	unsigned n = 0;
	struct event_socket *s;

	if (!place)
		return true;
	list_each (s, &h->unknown, in_unknown)
		n += s->place == place;
	h->refused += n >= LIMIT_SOCKETS_UNKNOWN;
	return n < LIMIT_SOCKETS_UNKNOWN;
}

/* FNV-1a */
uint64_t hub_place(const struct http_req *req)
{
	uint64_t hash = 14695981039346656037u;

	if (http_is_local(req))
		return 0;
	for (const char *c = http_place(req); *c; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211u;
	return hash;
}

uint64_t hub_refused_count(const struct hub *h)
{
	return h->refused;
}

/* ---- fan-out ---- */

struct fan_out {
	const struct hub_audience *to;
	int64_t cursor;
	const char *text;
	size_t n;
	const struct store_event *message; /* NULL: the event is something else */
};

static void deliver(struct event_socket *s, const struct fan_out *f)
{
	if (f->to->except && strcmp(f->to->except, s->user->id) == 0)
		return;
	if (f->message && sends_reply_with_event(s, f->message, f->text, f->n))
		return;
	events_deliver(s, f->cursor, f->text, f->n);
}

static void deliver_to_user(struct hub *h, const char *user_id, const struct fan_out *f)
{
	struct event_socket *s;

	list_each (s, bucket_of(h, user_id), in_user)
		if (strcmp(s->user->id, user_id) == 0 &&
		    !(f->to->admins && s->user->role == ROLE_ADMIN)) /* had it */
			deliver(s, f);
}

static void fan_out(struct hub *h, const struct fan_out *f)
{
	struct event_socket *s;

	if (f->to->everybody) {
		list_each (s, &h->sockets, in_hub)
			if (s->user)
				deliver(s, f);
		return;
	}
	if (f->to->admins)
		list_each (s, &h->admins, in_admins)
			deliver(s, f);
	for (size_t i = 0; i < f->to->user_count; i++)
		deliver_to_user(h, f->to->user_ids[i], f);
}

void hub_publish(struct hub *h, const struct hub_audience *to, int64_t cursor, const json_t *event)
{
	hub_set_cursor(h, cursor);
	if (list_empty(&h->sockets)) /* nobody to write it for */
		return;

	json_t *frame = json_copy((json_t *)(uintptr_t)event); /* shallow: one member more */
	if (frame && cursor)
		(void)json_object_set_new(frame, "cursor", json_integer(cursor));
	char *text = frame ? json_dumps(frame, JSON_COMPACT) : NULL;
	json_decref(frame);
	if (!text)
		return; /* out of memory: clients see the gap at their next replay */

	fan_out(h, &(struct fan_out){ to, cursor, text, strlen(text), NULL });
	free(text);
}

void hub_publish_message(struct hub *h, const struct hub_audience *to,
			 const struct store_event *event)
{
	struct sb text = { 0 };

	hub_set_cursor(h, event->cursor);
	if (list_empty(&h->sockets))
		return;
	event_message_write(&text, event);
	if (!text.bad) /* out of memory: clients see the gap at their next replay */
		fan_out(h, &(struct fan_out){ to, event->cursor, text.text, text.len, event });
	sb_fini(&text);
}

void hub_warn(struct hub *h, json_t *warnings)
{
	json_t *event = json_pack("{s:s, s:O}", "type", "server.warnings", "warnings", warnings);
	autofree char *text = event ? json_dumps(event, JSON_COMPACT) : NULL;
	struct event_socket *s;

	json_decref(event);
	json_decref(h->warnings);
	h->warnings = warnings;
	list_each (s, &h->admins, in_admins)
		if (text)
			events_say(s, text, strlen(text));
}

/* Without memory the old name stays for as long as the socket is open. */
static void take_name(struct store_user **at, const struct store_user *user)
{
	struct store_user *fresh = store_user_dup(user);

	if (!fresh)
		return;
	free(*at);
	*at = fresh;
}

void hub_rename(struct hub *h, const struct hub_audience *to, const struct store_user *user)
{
	json_t *event = event_renamed(user);
	struct event_socket *s;

	list_each (s, bucket_of(h, user->id), in_user)
		if (strcmp(s->user->id, user->id) == 0)
			take_name(&s->user, user);
	presence_rename(h->presence, user);
	if (event)
		hub_publish(h, to, 0, event);
	json_decref(event);
}

void hub_close_session(struct hub *h, const char *session_key)
{
	struct event_socket *s;

	list_each (s, &h->sockets, in_hub) {
		if (s->proof.session_key[0] && strcmp(s->proof.session_key, session_key) == 0)
			events_fail(s, 401, 5, "You have signed out.");
	}
}

void hub_close_user(struct hub *h, const char *user_id, const char *text)
{
	struct event_socket *s;

	list_each (s, bucket_of(h, user_id), in_user)
		if (strcmp(s->user->id, user_id) == 0)
			events_fail(s, 403, 17, text);
}

struct online_list {
	json_t *ids;
	bool all;
};

static void add_online(void *arg, const struct store_user *user)
{
	struct online_list *list = arg;

	if (list->all || user->role == ROLE_ADMIN)
		(void)json_array_append_new(list->ids, json_string(user->id));
}

json_t *hub_online(const struct hub *h, const struct store_user *who)
{
	struct online_list list = { .ids = json_array(), .all = who->role == ROLE_ADMIN };

	presence_each(h->presence, add_online, &list);
	return list.ids;
}

bool hub_is_online(const struct hub *h, const char *user_id, const char *device)
{
	struct event_socket *s;

	list_each (s, bucket_of((struct hub *)(uintptr_t)h, user_id), in_user)
		if (s->state != SOCKET_CLOSING && strcmp(s->user->id, user_id) == 0 &&
		    (!device || strcmp(s->device, device) == 0))
			return true;
	return false;
}

unsigned hub_socket_count(const struct hub *h)
{
	return h->count;
}

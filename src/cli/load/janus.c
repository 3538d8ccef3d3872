/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signalling to Janus' videoroom: JSON over one WebSocket for everybody. A publisher's connection
 * and a subscriber's are a "handle" each; a subscriber's carries all streams of the room. Requests
 * are answered by transaction: "<participant> <letter of the step>".
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/load/janus_reply.h"
#include "cli/load/load.h"

enum { OPEN_US = 5 * 1000 * 1000, CLOSE_US = 1000 * 1000, KEEPALIVE_US = 20 * 1000 * 1000 };

enum step {
	STEP_SESSION = 'c',
	STEP_ROOMS = 'r', /* attach the handle that makes the rooms */
	STEP_ROOM = 'n',
	STEP_END_ROOM = 'e',
	STEP_ATTACH = 'A',
	STEP_JOIN = 'J',
	STEP_PUBLISH = 'P',
	STEP_SUB_ATTACH = 'a',
	STEP_SUB_JOIN = 'j',
	STEP_SUB_START = 's',
	STEP_KEEPALIVE = 'k',
};

struct janus {
	struct ws *ws;
	uint64_t session, rooms_handle, next_keepalive;
	unsigned made, ended;
	uint64_t rooms[]; /* as Janus numbered them */
};

/* Takes over `body` and `jsep`, which may be NULL. */
static void request(struct load *l, const char *what, size_t index, enum step step, uint64_t handle,
		    json_t *body, json_t *jsep)
{
	struct janus *j = l->signal_state;
	char transaction[32];

	(void)snprintf(transaction, sizeof transaction, "%zu %c", index, step);
	json_t *m = json_pack("{s:s, s:s, s:o*, s:o*}", "janus", what, "transaction", transaction,
			      "body", body, "jsep", jsep);
	if (m && j->session)
		(void)json_object_set_new(m, "session_id", json_integer((json_int_t)j->session));
	if (m && handle)
		(void)json_object_set_new(m, "handle_id", json_integer((json_int_t)handle));
	if (m && step != STEP_SESSION && what[0] == 'a')
		(void)json_object_set_new(m, "plugin", json_string("janus.plugin.videoroom"));
	autofree char *text = m ? json_dumps(m, JSON_COMPACT) : NULL;
	json_decref(m);
	if (!text || !j->ws || !ws_send(j->ws, text, strlen(text), false))
		load_fail(l, "a message to Janus could not be sent");
}

static void message(struct load_participant *p, enum step step, uint64_t handle, json_t *body,
		    json_t *jsep)
{
	request(p->load, "message", p->index, step, handle, body, jsep);
}

static json_t *description(const char *type, const char *sdp)
{
	return json_pack("{s:s, s:s}", "type", type, "sdp", sdp);
}

static void make_room(struct load *l)
{
	struct janus *j = l->signal_state;

	request(l, "message", 0, STEP_ROOM, j->rooms_handle,
		json_pack("{s:s, s:i, s:i, s:s, s:s, s:i, s:b}", "request", "create", "publishers",
			  1000, "bitrate", 0, "videocodec", "vp8", "audiocodec", "opus", "fir_freq",
			  0, "permanent", 0),
		NULL);
}

/* ---- publishers ---- */

static json_int_t room_of(const struct load_participant *p)
{
	const struct janus *j = p->load->signal_state;

	return (json_int_t)j->rooms[p->room];
}

static void join_room(struct load_participant *p)
{
	message(p, STEP_JOIN, p->handles[0],
		json_pack("{s:s, s:s, s:I}", "request", "join", "ptype", "publisher", "room",
			  room_of(p)),
		NULL);
}

static void publish(struct load_participant *p, uint64_t id)
{
	p->feed = id;
	p->pub = load_peer_new(p, true);

	autofree char *sdp = p->pub ? load_sdp_offer(p) : NULL;
	if (sdp)
		message(p, STEP_PUBLISH, p->handles[0], json_pack("{s:s}", "request", "publish"),
			description("offer", sdp));
}

/* ---- subscribers ---- */

static void join_as_subscriber(struct load_participant *p)
{
	json_t *streams = json_array();

	for (size_t i = 0; i < p->load->people_count; i++) {
		const struct load_participant *other = &p->load->people[i];

		if (other != p && other->room == p->room && other->publisher)
			(void)json_array_append_new(
				streams, json_pack("{s:I}", "feed", (json_int_t)other->feed));
	}
	message(p, STEP_SUB_JOIN, p->handles[1],
		json_pack("{s:s, s:s, s:I, s:o}", "request", "join", "ptype", "subscriber", "room",
			  room_of(p), "streams", streams),
		NULL);
}

static void take_offer(struct load_participant *p, const char *sdp)
{
	if (!p->sub)
		p->sub = load_peer_new(p, false);

	autofree char *answer = p->sub ? load_sdp_answer(p, sdp) : NULL;
	if (answer)
		message(p, STEP_SUB_START, p->handles[1], json_pack("{s:s}", "request", "start"),
			description("answer", answer));
}

/* ---- what comes back ---- */

static void step_done(struct load *l, const struct janus_reply *m)
{
	struct janus *j = l->signal_state;
	struct load_participant *p = &l->people[m->index < l->people_count ? m->index : 0];

	switch ((enum step)m->step) {
	case STEP_SESSION:
		j->session = m->id;
		request(l, "attach", 0, STEP_ROOMS, 0, NULL, NULL);
		break;
	case STEP_ROOMS:
		j->rooms_handle = m->id;
		make_room(l);
		break;
	case STEP_ROOM:
		if (j->made < l->plan.rooms)
			j->rooms[j->made++] = m->room;
		if (j->made < l->plan.rooms)
			make_room(l);
		break;
	case STEP_END_ROOM:
		j->ended++;
		break;
	case STEP_ATTACH:
		p->handles[0] = m->id;
		join_room(p);
		break;
	case STEP_JOIN:
		publish(p, m->id);
		break;
	case STEP_PUBLISH:
		if (m->sdp && p->pub)
			(void)load_sdp_take_answer(p, m->sdp);
		break;
	case STEP_SUB_ATTACH:
		p->handles[1] = m->id;
		join_as_subscriber(p);
		break;
	case STEP_SUB_JOIN:
		if (m->sdp)
			take_offer(p, m->sdp);
		break;
	case STEP_SUB_START:
	case STEP_KEEPALIVE:
		break;
	}
}

/* Our side of a connection is up before Janus' is: until then "No such feed" is what a subscriber hears. */
static void media_is_up(struct load *l, uint64_t handle)
{
	for (size_t i = 0; i < l->people_count; i++)
		if (l->people[i].handles[0] == handle)
			l->people[i].up = true;
}

static void on_message(void *arg, const char *bytes, size_t n, bool binary)
{
	struct load *l = arg;
	struct janus_reply reply;

	if (binary || !janus_reply_parse(&reply, bytes, n))
		return;
	if (reply.error)
		load_fail(l, "Janus: %s", reply.error);
	else if (reply.up)
		media_is_up(l, reply.id);
	else
		step_done(l, &reply);
	janus_reply_fini(&reply);
}

static void on_open(void *arg)
{
	request(arg, "create", 0, STEP_SESSION, 0, NULL, NULL);
}

static void on_closed(void *arg, const char *why)
{
	struct load *l = arg;

	((struct janus *)l->signal_state)->ws = NULL;
	load_fail(l, "the WebSocket to Janus ended: %s", why);
}

static int open_janus(struct load *l)
{
	static const struct ws_handlers handlers = { on_open, on_message, on_closed };
	struct janus *j = calloc(1, sizeof *j + l->plan.rooms * sizeof j->rooms[0]);
	unsigned port = ntohs(
		((const struct sockaddr_in *)(const void *)&l->plan.server)->sin_port);

	l->signal_state = j;
	if (!j)
		return load_fail(l, "out of memory");
	j->ws = load_ws_open(l, "/", "janus-protocol", &handlers, l);
	if (!j->ws)
		return -EIO;
	uint64_t end = clock_now_us() + OPEN_US;
	while (!l->error[0] && j->made < l->plan.rooms && clock_now_us() < end)
		load_ws_service(l);
	j->next_keepalive = clock_now_us() + KEEPALIVE_US;
	return l->error[0] ? -EIO
	       : j->made < l->plan.rooms
		       ? load_fail(l, "Janus at %s:%u makes no room", l->plan.host, port)
		       : 0;
}

static int join_janus(struct load_participant *p)
{
	request(p->load, "attach", p->index, p->publisher ? STEP_ATTACH : STEP_SUB_ATTACH, 0, NULL,
		NULL);
	return p->load->error[0] ? -EIO : 0;
}

static int subscribe_janus(struct load_participant *p)
{
	request(p->load, "attach", p->index, STEP_SUB_ATTACH, 0, NULL, NULL);
	return p->load->error[0] ? -EIO : 0;
}

static void service_janus(struct load *l)
{
	struct janus *j = l->signal_state;

	if (l->now >= j->next_keepalive) {
		j->next_keepalive = l->now + KEEPALIVE_US;
		request(l, "keepalive", 0, STEP_KEEPALIVE, 0, NULL, NULL);
	}
	load_ws_service(l);
}

/* Janus works on several requests at once: the session ends when the rooms are gone. */
static void destroy_rooms(struct load *l)
{
	struct janus *j = l->signal_state;
	uint64_t end = clock_now_us() + CLOSE_US;

	for (unsigned i = 0; j->ws && i < j->made; i++)
		request(l, "message", 0, STEP_END_ROOM, j->rooms_handle,
			json_pack("{s:s, s:I}", "request", "destroy", "room",
				  (json_int_t)j->rooms[i]),
			NULL);
	while (j->ws && j->ended < j->made && clock_now_us() < end)
		load_ws_service(l);
}

static void close_janus(struct load *l)
{
	struct janus *j = l->signal_state;

	if (j && j->ws)
		destroy_rooms(l);
	if (j && j->ws) {
		request(l, "destroy", 0, STEP_KEEPALIVE, 0, NULL, NULL);
		ws_close(j->ws);
	}
	free(j);
	l->signal_state = NULL;
}

const struct load_signal load_janus = { .open = open_janus,
					.join = join_janus,
					.subscribe = subscribe_janus,
					.service = service_janus,
					.close = close_janus };

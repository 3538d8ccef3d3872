/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LiveKit signalling with a fake room: the input is a list of steps {who, what, 16-bit length,
 * bytes}: bytes to one of three clients' sockets, media events about SIDs that were really given
 * out, time, or sockets that die and come again. Every message that goes out must be a
 * SignalResponse that protobuf-c reads back.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/rd.h"
#include "base/rng.h"
#include "control/auth/media_token.h"
#include "control/calls/calls.h"
#include "control/control.h"
#include "control/signal/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { CLIENTS = 3, TRACKS = 8 };

struct wsconn {
	const struct ws_handler *handler;
	void *arg;
	bool open, closed;
};

struct http_req {
	const char *identity;
	struct wsconn *conn;
	bool resumes;
};

struct fuzz_world {
	struct signal_hub *hub;
	struct wsconn clients[CLIENTS];
	struct sid room, participants[CLIENTS], tracks[TRACKS];
	unsigned joins, track_count;
	uint64_t now_us;
};

/* ---- doubles ---- */

bool wsconn_send(struct wsconn *c, const void *bytes, size_t n, bool binary)
{
	Lk__SignalResponse *response = lk__signal_response__unpack(NULL, n, bytes);

	assert(c->open && !c->closed && binary && response);
	assert(response->message_case != LK__SIGNAL_RESPONSE__MESSAGE__NOT_SET);
	lk__signal_response__free_unpacked(response, NULL);
	return true;
}

void wsconn_close(struct wsconn *c, uint16_t code, const char *reason)
{
	(void)code;
	(void)reason;
	c->closed = true;
}

void wsconn_ping(struct wsconn *c)
{
	(void)c;
}

const char *wsconn_peer(const struct wsconn *c)
{
	(void)c;
	return "192.0.2.1";
}

void calls_participant_joined(struct calls *c, const char *room, const char *identity,
			      const char *name)
{
	(void)c, (void)room, (void)identity, (void)name;
}

void calls_participant_left(struct calls *c, const char *room, const char *identity)
{
	(void)c, (void)room, (void)identity;
}

void calls_participant_quality(struct calls *c, const char *room, const char *identity,
			       unsigned connection)
{
	(void)c, (void)room, (void)identity, (void)connection;
}

void media_token_fini(struct media_token *token)
{
	free(token->identity);
	free(token->name);
	free(token->room);
	free(token->metadata);
	free(token->kind);
	json_decref(token->attributes);
	*token = (struct media_token){ 0 };
}

char *media_token_make(const struct token_keys *keys, const struct media_token *token,
		       uint64_t now_s, unsigned life_s)
{
	(void)keys, (void)token, (void)now_s, (void)life_s;
	return strdup("token");
}

int media_token_verify(const struct token_keys *keys, const char *token, uint64_t now_s,
		       struct media_token *ret, struct token_error *ret_error)
{
	(void)keys, (void)now_s, (void)ret_error;
	*ret = (struct media_token){
		.identity = strdup(token),
		.name = strdup("Name"),
		.room = strdup("r"),
		.metadata = strdup(""),
		.kind = strdup(""),
		.room_join = true,
		.can_publish = true,
		.can_subscribe = true,
		.can_publish_data = true,
		.can_update_own_metadata = true,
		.can_publish_sources = MEDIA_SOURCE_ALL,
	};
	return 0;
}

const char *http_query(const struct http_req *req, const char *name)
{
	if (strcmp(name, "reconnect") == 0)
		return req->resumes ? "1" : NULL;
	return strcmp(name, "access_token") == 0 ? req->identity : NULL;
}

const char *http_header(const struct http_req *req, const char *name)
{
	(void)req, (void)name;
	return NULL;
}

const char *http_host(const struct http_req *req)
{
	(void)req;
	return NULL;
}

bool http_is_tls(const struct http_req *req)
{
	(void)req;
	return false;
}

bool http_is_proxied(const struct http_req *req)
{
	(void)req;
	return false;
}

bool http_wants_upgrade(const struct http_req *req)
{
	(void)req;
	return true;
}

void http_add_header(struct http_req *req, const char *name, const char *value)
{
	(void)req;
	(void)name;
	(void)value;
}

void http_reply(struct http_req *req, int status, const char *type, const void *body, size_t n)
{
	(void)req, (void)status, (void)type, (void)body, (void)n;
}

void http_upgrade(struct http_req *req, const struct ws_handler *handler, void *arg)
{
	*req->conn = (struct wsconn){ .handler = handler, .arg = arg, .open = true };
	handler->opened(req->conn, arg);
}

/* ---- steps ---- */

static void on_command(void *arg, uint16_t worker, struct plane_cmd *cmd)
{
	struct fuzz_world *w = arg;

	(void)worker;
	w->room = cmd->room;
	if (cmd->type == CMD_JOIN)
		w->participants[w->joins++ % CLIENTS] = cmd->participant;
	if (cmd->type == CMD_ADD_TRACK)
		w->tracks[w->track_count++ % TRACKS] = cmd->track;
	plane_cmd_fini(cmd);
}

static void open_client(struct fuzz_world *w, unsigned who, bool resumes)
{
	static const char *const identities[CLIENTS] = { "ann:1", "bob:1",
							 "ann:1" }; /* one comes twice */
	struct http_req req = { .identity = identities[who],
				.conn = &w->clients[who],
				.resumes = resumes };
	struct control control = { .signal = w->hub };

	if (!w->clients[who].open)
		signal_http_rtc(&req, &control);
}

static void close_client(struct wsconn *c)
{
	if (!c->open)
		return;
	c->open = false;
	c->handler->closed(c, c->arg);
}

static void media_event(struct fuzz_world *w, struct rd *r)
{
	struct plane_event event = { .type = (enum plane_event_type)(rd_u8(r) % (EV_RESUMED + 1)),
				     .room = w->room,
				     .participant = w->participants[rd_u8(r) % CLIENTS],
				     .track = w->tracks[rd_u8(r) % TRACKS],
				     .target = rd_u8(r) % 2 ? TARGET_SUBSCRIBER
							    : TARGET_PUBLISHER };
	char sdp[] = "v=0\r\n";

	event.sdp = sdp;
	(void)snprintf(event.mime, sizeof event.mime, "video/VP8");
	signal_on_plane_event(w->hub, 0, &event);
}

static bool step(struct fuzz_world *w, struct rd *r)
{
	unsigned who = rd_u8(r) % CLIENTS, what = rd_u8(r) % 8;
	struct rd body = rd_sub(r, rd_be16(r));
	struct wsconn *c = &w->clients[who];

	if (r->bad)
		return false;
	switch (what) {
	case 0:
		open_client(w, who, rd_left(&body) && rd_u8(&body) % 2);
		break;
	case 1:
		close_client(c);
		break;
	case 2:
		media_event(w, &body);
		break;
	case 3:
		w->now_us += rd_be16(&body) * (uint64_t)US_PER_MS;
		signal_tick(w->hub, w->now_us);
		break;
	default:
		if (c->open && !c->closed)
			c->handler->message(c, c->arg, body.p, rd_left(&body), what != 4);
		break;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct fuzz_world w = { .now_us = clock_now_us() };
	struct rd r = rd_of(bytes, n);
	struct rng rng;
	uv_loop_t loop;

	log_set_level(LOG_ERROR);
	rng_seeded(&rng, 1);
	struct signal_config config = { .loop = &loop,
					.workers = 1,
					.api_key = "key",
					.api_secret = "secret",
					.rng = &rng,
					.send = on_command,
					.send_arg = &w };
	if (uv_loop_init(&loop) < 0 || signal_new(&config, &w.hub) < 0)
		return 0;
	open_client(&w, 0, false);
	open_client(&w, 1, false);
	while (step(&w, &r)) {}
	signal_stop(w.hub);
	for (unsigned i = 0; i < CLIENTS; i++)
		close_client(&w.clients[i]);
	(void)signal_free(w.hub);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&loop);
	return 0;
}

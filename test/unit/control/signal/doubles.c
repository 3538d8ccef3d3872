/* SPDX-License-Identifier: Apache-2.0 */
/* See doubles.h. */
#include "doubles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "control/calls/calls.h"
#include "control/control.h"

struct command {
	struct list in_world;
	uint16_t worker;
	struct plane_cmd cmd;
};

/* The calls double has no state of its own: `calls` is the world. */
static struct world *world_of(struct calls *calls)
{
	return (struct world *)calls;
}

/* ---- doubles of what signalling calls ---- */

bool wsconn_send(struct wsconn *c, const void *bytes, size_t n, bool binary)
{
	struct message *message = calloc(1, sizeof *message);

	assert_true(c->open);
	assert_int_equal(c->close_code, 0); /* nothing after the close */
	assert_true(binary);
	assert_non_null(message);
	message->response = lk__signal_response__unpack(NULL, n, bytes);
	assert_non_null(message->response);
	list_append(&c->messages, &message->in_conn);
	return true;
}

void wsconn_close(struct wsconn *c, uint16_t code, const char *reason)
{
	(void)reason;
	c->close_code = code;
}

void wsconn_ping(struct wsconn *c)
{
	c->pings++;
}

const char *wsconn_peer(const struct wsconn *c)
{
	(void)c;
	return "192.0.2.1";
}

static void note(struct calls *calls, char sign, const char *room, const char *identity)
{
	char *text = world_of(calls)->calls;
	size_t n = strlen(text);

	(void)snprintf(text + n, sizeof world_of(calls)->calls - n, "%c%s/%s ", sign, room,
		       identity);
}

void calls_participant_joined(struct calls *c, const char *room, const char *identity,
			      const char *name)
{
	(void)name;
	note(c, '+', room, identity);
}

void calls_participant_left(struct calls *c, const char *room, const char *identity)
{
	note(c, '-', room, identity);
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
	free(token->session);
	json_decref(token->attributes);
	json_decref(token->room_config);
	*token = (struct media_token){ 0 };
}

char *media_token_make(const struct token_keys *keys, const struct media_token *token,
		       uint64_t now_s, unsigned life_s)
{
	char *text = NULL;

	(void)now_s;
	(void)life_s;
	assert_string_equal(keys->api_key, "key");
	assert_true(asprintf(&text, "fresh:%s:%s", token->identity, token->name) > 0);
	return text;
}

int media_token_verify(const struct token_keys *keys, const char *token, uint64_t now_s,
		       struct media_token *ret, struct token_error *ret_error)
{
	char room[64], identity[64];

	(void)keys;
	(void)now_s;
	if (sscanf(token, "%63[^/]/%63s", room, identity) != 2) {
		(void)snprintf(ret_error->message, sizeof ret_error->message,
			       "The token has expired.");
		return -EACCES;
	}
	*ret = world_token(room, identity);
	return 0;
}

const char *http_query(const struct http_req *req, const char *name)
{
	for (size_t i = 0; i < countof(req->query); i++)
		if (req->query[i][0] && strcmp(req->query[i][0], name) == 0)
			return req->query[i][1];
	return NULL;
}

const char *http_header(const struct http_req *req, const char *name)
{
	return strcmp(name, "authorization") == 0 ? req->authorization : NULL;
}

const char *http_host(const struct http_req *req)
{
	return req->host;
}

bool http_is_tls(const struct http_req *req)
{
	return req->tls;
}

bool http_is_proxied(const struct http_req *req)
{
	return req->proxied;
}

bool http_wants_upgrade(const struct http_req *req)
{
	return req->upgrade;
}

void http_reply(struct http_req *req, int status, const char *content_type, const void *body,
		size_t n)
{
	req->answers++;
	req->status = status;
	assert_true(strncmp(content_type, "text/plain", 10) == 0);
	(void)snprintf(req->body, sizeof req->body, "%.*s", (int)n, (const char *)body);
}

void http_add_header(struct http_req *req, const char *name, const char *value)
{
	assert_string_equal(name, "retry-after");
	(void)snprintf(req->retry_after, sizeof req->retry_after, "%s", value);
}

void http_upgrade(struct http_req *req, const struct ws_handler *handler, void *arg)
{
	req->answers++;
	req->status = 101;
	assert_ptr_equal(handler, &session_handler);
	req->session = arg;
}

/* ---- the world ---- */

static void take_command(void *arg, uint16_t worker, struct plane_cmd *cmd)
{
	struct world *w = arg;
	struct command *command = calloc(1, sizeof *command);

	assert_non_null(command);
	command->worker = worker;
	command->cmd = *cmd;
	list_append(&w->commands, &command->in_world);
}

static bool tell_time(void *arg, uint16_t worker, struct admission_time *ret)
{
	*ret = ((struct world *)arg)->times[worker];
	return true;
}

static bool make_credentials(void *arg, uint16_t worker, const struct sid *participant,
			     struct plane_credentials *ret)
{
	(void)arg;
	(void)snprintf(ret->username, sizeof ret->username, "%u:%s", worker, participant->text);
	(void)snprintf(ret->password, sizeof ret->password, "secret");
	return true;
}

int world_init(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	assert_int_equal(uv_loop_init(&w->loop), 0);
	list_init(&w->commands);
	rng_seeded(&w->rng, 7);
	struct signal_config config = {
		.loop = &w->loop,
		.workers = 2,
		.api_key = "key",
		.api_secret = "secret",
		.calls = (struct calls *)w,
		.rng = &w->rng,
		.send = take_command,
		.time = tell_time,
		.credentials = make_credentials,
		.media_load = 85,
		.send_arg = w,
	};
	assert_int_equal(signal_new(&config, &w->hub), 0);
	*state = w;
	return 0;
}

int world_fini(void **state)
{
	struct world *w = *state;

	assert_null(signal_free(w->hub));
	plane_skip(w);
	(void)uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	free(w);
	return 0;
}

struct media_token world_token(const char *room, const char *identity)
{
	return (struct media_token){
		.identity = strdup(identity),
		.name = strdup("Name"),
		.room = strdup(room),
		.metadata = strdup(""),
		.kind = strdup(""),
		.room_join = true,
		.can_publish = true,
		.can_subscribe = true,
		.can_publish_data = true,
		.can_publish_sources = MEDIA_SOURCE_ALL,
	};
}

/* ---- clients ---- */

struct client *client_join(struct world *w, struct media_token token, struct client_info info)
{
	struct client *c = calloc(1, sizeof *c);

	assert_non_null(c);
	list_init(&c->conn.messages);
	c->conn.open = true;
	c->session = session_new(w->hub, &token, &info);
	assert_non_null(c->session);
	session_handler.opened(&c->conn, c->session);
	return c;
}

struct client *client_enter(struct world *w, const char *room, const char *identity)
{
	struct client_info info = { .auto_subscribe = true, .protocol = 17 };

	return client_join(w, world_token(room, identity), info);
}

void client_bytes(struct client *c, const void *bytes, size_t n, bool binary)
{
	session_handler.message(&c->conn, c->session, bytes, n, binary);
}

void client_send(struct client *c, Lk__SignalRequest *request)
{
	size_t n = lk__signal_request__get_packed_size(request);
	autofree uint8_t *bytes = malloc(n + 1);

	assert_non_null(bytes);
	(void)lk__signal_request__pack(request, bytes);
	client_bytes(c, bytes, n, true);
}

void client_close(struct client *c)
{
	client_skip(c);
	c->conn.open = false;
	session_handler.closed(&c->conn, c->session);
	free(c);
}

void response_free(Lk__SignalResponse **response)
{
	if (*response)
		lk__signal_response__free_unpacked(*response, NULL);
}

Lk__SignalResponse *client_expect(struct client *c, Lk__SignalResponse__MessageCase kind)
{
	assert_false(list_empty(&c->conn.messages));
	struct message *message = list_entry(c->conn.messages.next, struct message, in_conn);
	Lk__SignalResponse *response = message->response;

	list_remove(&message->in_conn);
	free(message);
	assert_int_equal(response->message_case, kind);
	return response;
}

void client_expect_nothing(struct client *c)
{
	assert_true(list_empty(&c->conn.messages));
}

void client_skip(struct client *c)
{
	struct message *message;

	list_each (message, &c->conn.messages, in_conn) {
		list_remove(&message->in_conn);
		lk__signal_response__free_unpacked(message->response, NULL);
		free(message);
	}
}

Lk__ParticipantInfo *expect_update(struct client *c, Lk__SignalResponse **ret)
{
	*ret = client_expect(c, LK__SIGNAL_RESPONSE__MESSAGE_UPDATE);
	assert_int_equal((*ret)->update->n_participants, 1);
	return (*ret)->update->participants[0];
}

/* ---- the media plane ---- */

struct plane_cmd plane_expect(struct world *w, enum plane_cmd_type type)
{
	assert_false(list_empty(&w->commands));
	struct command *command = list_entry(w->commands.next, struct command, in_world);
	struct plane_cmd cmd = command->cmd;

	list_remove(&command->in_world);
	free(command);
	assert_int_equal(cmd.type, type);
	return cmd;
}

void plane_expect_nothing(struct world *w)
{
	assert_true(list_empty(&w->commands));
}

void plane_skip(struct world *w)
{
	struct command *command;

	list_each (command, &w->commands, in_world) {
		list_remove(&command->in_world);
		plane_cmd_fini(&command->cmd);
		free(command);
	}
}

uint16_t plane_worker_of_last(const struct world *w)
{
	assert_false(list_empty(&w->commands));
	return list_entry(w->commands.prev, struct command, in_world)->worker;
}

void plane_event(struct world *w, struct client *c, enum plane_event_type type,
		 const struct sid *track)
{
	const struct member *m = c->session->member;
	struct plane_event event = { .type = type, .target = TARGET_SUBSCRIBER };

	assert_non_null(m);
	event.room = m->room->sid;
	event.participant = m->sid;
	if (track)
		event.track = *track;
	(void)snprintf(event.mime, sizeof event.mime, "video/VP8");
	(void)snprintf(event.mid, sizeof event.mid, "3");
	(void)snprintf(event.text, sizeof event.text, "test");
	signal_on_plane_event(w->hub, m->room->worker, &event);
}

struct sid client_publish(struct world *w, struct client *c, const char *cid, Lk__TrackType type,
			  Lk__TrackSource source)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__AddTrackRequest add = LK__ADD_TRACK_REQUEST__INIT;
	char copy[PLANE_CID_MAX];
	struct sid sid = { 0 };

	(void)snprintf(copy, sizeof copy, "%s", cid);
	add.cid = copy;
	add.has_type = add.has_source = true;
	add.type = type;
	add.source = source;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_ADD_TRACK;
	request.add_track = &add;
	client_skip(c);
	client_send(c, &request);
	response_scope published = client_expect(c, LK__SIGNAL_RESPONSE__MESSAGE_TRACK_PUBLISHED);
	(void)snprintf(sid.text, sizeof sid.text, "%s", published->track_published->track->sid);
	plane_event(w, c, EV_TRACK_LIVE, &sid);
	client_skip(c);
	return sid;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "hub_doubles.h"

#include <uv.h>

#include "control/auth/bans.h"
#include "control/calls/calls.h"
#include "control/chat/channels.h"
#include "store/support.h"

/* ---- the server's part ---- */

static struct wsconn *upgraded;

void http_upgrade(struct http_req *req, const struct ws_handler *handler, void *arg)
{
	(void)req;
	upgraded = calloc(1, sizeof *upgraded);
	upgraded->handler = handler;
	upgraded->arg = arg;
	handler->opened(upgraded, arg);
}

void http_error(struct http_req *req, int status, int code, const char *format, ...)
{
	(void)req;
	(void)code;
	(void)format;
	pending.refused = status;
}

void http_add_header(struct http_req *req, const char *name, const char *value)
{
	(void)req;
	(void)value;
	assert_string_equal(name, "retry-after");
}

bool http_is_local(const struct http_req *req)
{
	(void)req;
	return !pending.place;
}

const char *http_place(const struct http_req *req)
{
	(void)req;
	return pending.place;
}

bool wsconn_send(struct wsconn *c, const void *bytes, size_t n, bool binary)
{
	assert_false(binary);
	if (c->code)
		return false;
	assert_true(c->count < SENT_MAX);
	c->sent[c->count++] = strndup(bytes, n);
	return true;
}

void wsconn_close(struct wsconn *c, uint16_t code, const char *reason)
{
	(void)reason;
	if (!c->code)
		c->code = code;
}

size_t wsconn_queued(const struct wsconn *c)
{
	return c->queued;
}

const char *wsconn_peer(const struct wsconn *c)
{
	(void)c;
	return "192.0.2.1";
}

void drop(struct wsconn *c)
{
	c->handler->closed(c, c->arg);
	for (size_t i = 0; i < c->count; i++)
		free(c->sent[i]);
	free(c);
}

/* ---- accounts, chat and calls ---- */

struct pending pending;

/* The clock of ws/: what was proved is proved for a second. */
uint64_t clock_now_us(void)
{
	return pending.now_us;
}

void auth_still(struct auth *a, const struct auth_proof *proof, const char *user_id,
		auth_bearer_fn *done, void *arg)
{
	(void)a, (void)proof, (void)user_id;
	pending.still_done = done;
	pending.arg = arg;
}

static void send_message(struct control *control, const struct message_writer *who,
			 const char *conversation_id, const json_t *fields, message_reply_fn *done,
			 void *arg)
{
	assert_null(control);
	assert_string_equal(who->place, "192.0.2.1");
	assert_string_equal(conversation_id, "ann");
	pending.message_done[pending.messages] = done;
	pending.message_arg[pending.messages++] = arg;
	(void)snprintf(pending.text, sizeof pending.text, "%s",
		       json_string_value(json_object_get(fields, "text")));
	(void)snprintf(pending.writer, sizeof pending.writer, "%s", who->user->id);
}

void auth_session_find(struct auth *a, const char *token, store_user_fn *done, void *arg)
{
	(void)a;
	(void)token;
	pending.session_done = done;
	pending.arg = arg;
}

void auth_bearer_find(struct auth *a, const char *token, auth_bearer_fn *done, void *arg)
{
	(void)a;
	(void)token;
	pending.bearer_done = done;
	pending.arg = arg;
}

void auth_session_key(const char *token, char ret_key[AUTH_SESSION_KEY_SIZE])
{
	(void)snprintf(ret_key, AUTH_SESSION_KEY_SIZE, "key-of-%.40s", token);
}

void chat_replay(struct chat *c, const struct store_user *who, int64_t since, store_events_fn *done,
		 void *arg)
{
	(void)c;
	(void)who;
	pending.replay_done = done;
	pending.arg = arg;
	pending.since = since;
}

bool bans_hold(const struct bans *b, const char *user_id, char ret_text[BAN_TEXT_SIZE])
{
	(void)b;
	(void)user_id;
	(void)snprintf(ret_text, BAN_TEXT_SIZE, "You are banned.");
	return pending.banned;
}

const struct store_channel *chat_channel_find(const struct chat *c, const char *id)
{
	(void)c;
	(void)id;
	return NULL;
}

const struct call_state *calls_state_find(struct calls *c, const char *cid)
{
	(void)c;
	(void)cid;
	return NULL;
}

json_t *calls_ringing(struct calls *c, const char *user_id)
{
	(void)c, (void)user_id;
	return json_array();
}

json_t *object_call_state(const struct call_state *state, size_t most)
{
	(void)state, (void)most;
	return json_null();
}

const char *support_status_text(enum support_status status)
{
	(void)status;
	return "open";
}

const char *support_priority_text(enum support_priority priority)
{
	(void)priority;
	return "normal";
}

const char *user_role_text(enum user_role role)
{
	return role == ROLE_ADMIN ? "admin" : "user";
}

struct store_user *store_user_dup(const struct store_user *user)
{
	struct store_user *copy = malloc(sizeof *copy);

	*copy = *user; /* the strings are literals here */
	return copy;
}

const struct store_user ann = { .id = "ann", .name = "Ann", .role = ROLE_USER };
const struct store_user root = { .id = "root", .name = "Root", .role = ROLE_ADMIN };

/* ---- the tests' own tools ---- */

static uv_loop_t loop;
struct hub *hub;

int set_up(void **state)
{
	const struct hub_config config = { .loop = &loop, .send_message = send_message };

	(void)state;
	memset(&pending, 0, sizeof pending);
	return uv_loop_init(&loop) || hub_new(&hub, &config);
}

int tear_down(void **state)
{
	(void)state;
	hub = hub_free(hub);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	return uv_loop_close(&loop);
}

struct wsconn *open_socket(const char *cookie)
{
	upgraded = NULL;
	hub_open_socket(hub, NULL, cookie);
	return upgraded;
}

void say(struct wsconn *c, const char *text)
{
	c->handler->message(c, c->arg, (const uint8_t *)text, strlen(text), false);
}

void publish(int64_t cursor, const char *type)
{
	static const char *const customer = "ann";
	const struct hub_audience to = { .admins = true, .user_ids = &customer, .user_count = 1 };
	json_t *event = json_pack("{s:s}", "type", type);

	hub_publish(hub, &to, cursor, event);
	assert_null(json_object_get(event, "cursor")); /* borrowed, not changed */
	json_decref(event);
}

struct store_event message_event(int64_t cursor)
{
	return (struct store_event){
		.cursor = cursor,
		.type = EVENT_MESSAGE_NEW,
		.conversation_id = "ann",
		.message = { .id = cursor,
			     .conversation_id = "ann",
			     .text = "x",
			     .client_id = "c",
			     .user = ann },
	};
}

void assert_frame(const struct wsconn *c, size_t i, const char *type, int64_t cursor)
{
	assert_true(i < c->count);
	json_t *frame = json_loads(c->sent[i], 0, NULL);
	assert_non_null(frame);
	assert_string_equal(json_string_value(json_object_get(frame, "type")), type);
	assert_int_equal(json_integer_value(json_object_get(frame, "cursor")), cursor);
	json_decref(frame);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The gate: each kind of access of the route table × who asks. The server, accounts and chat are played. */
#include "control/http/access.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "control/auth/auth.h"
#include "control/auth/bans.h"
#include "control/chat/channels.h"
#include "control/control.h"

/* ---- what is played ---- */

struct http_req {
	const char *cookie, *bearer; /* both are the user's id; the token may be "id limited" */
	const char *id;		     /* of the path */
	bool local;
	int answered; /* the status; 200: the handler ran */
	void *context;
	void (*drop)(void *context);
};

static const struct store_user people[] = {
	{ .id = "ann", .name = "Ann", .role = ROLE_USER },
	{ .id = "bob", .name = "Bob", .role = ROLE_USER },
	{ .id = "boss", .name = "Boss", .role = ROLE_ADMIN },
	{ .id = "banned", .name = "Banned", .role = ROLE_ADMIN },
};

static const struct store_user *person(const char *id)
{
	for (size_t i = 0; i < countof(people); i++)
		if (strncmp(people[i].id, id, strlen(people[i].id)) == 0)
			return &people[i];
	return NULL;
}

enum http_method http_method(const struct http_req *req)
{
	(void)req;
	return HTTP_GET;
}

const char *http_path(const struct http_req *req)
{
	(void)req;
	return "/";
}

const char *http_param(const struct http_req *req, const char *name)
{
	return strcmp(name, "type") == 0 ? "default" : req->id;
}

const char *http_header(const struct http_req *req, const char *name)
{
	return strcmp(name, "authorization") == 0 ? req->bearer : NULL;
}

const char *http_cookie(const struct http_req *req, const char *name)
{
	(void)name;
	return req->cookie;
}

bool http_is_local(const struct http_req *req)
{
	return req->local;
}

const char *http_peer(const struct http_req *req)
{
	(void)req;
	return "192.0.2.1";
}

bool http_is_tls(const struct http_req *req)
{
	(void)req;
	return true;
}

const char *http_host(const struct http_req *req)
{
	(void)req;
	return "chat.example";
}

void http_set_context(struct http_req *req, void *context, void (*drop)(void *context))
{
	req->context = context;
	req->drop = drop;
}

void *http_context(const struct http_req *req)
{
	return req->context;
}

void http_error(struct http_req *req, int status, int code, const char *format, ...)
{
	(void)code, (void)format;
	assert_int_equal(req->answered, 0);
	req->answered = status;
}

void http_refuse(struct http_req *req, const struct refusal *r)
{
	http_error(req, r->status, r->code, "%s", r->message);
}

void auth_session_find(struct auth *a, const char *token, store_user_fn *done, void *arg)
{
	const struct store_user *user = person(token);

	(void)a;
	done(arg, user ? 0 : -ENOENT, user);
}

void auth_scoped_find(struct auth *a, const char *token, auth_scoped_fn *done, void *arg)
{
	json_t *cids = strstr(token, "limited") ? json_pack("[s]", "default:ann") : NULL;

	(void)a;
	done(arg, 0, person(token), cids, NULL);
	json_decref(cids);
}

bool bans_hold(const struct bans *b, const char *user_id, char ret_text[BAN_TEXT_SIZE])
{
	(void)b;
	strcpy(ret_text, "no");
	return strcmp(user_id, "banned") == 0;
}

struct store_user *store_user_dup(const struct store_user *user)
{
	struct store_user *copy = malloc(sizeof *copy);

	*copy = *user;
	return copy;
}

void store_hurry(struct store *s)
{
	(void)s;
}

/* group.ab has ann and boss in it. */
bool chat_open_to(const struct chat *c, const struct store_user *who, const char *conversation_id)
{
	(void)c;
	if (store_is_channel(conversation_id))
		return strcmp(who->id, "bob") != 0;
	return who->role == ROLE_ADMIN || strcmp(who->id, conversation_id) == 0;
}

/* ---- the tests ---- */

static void handler(struct http_req *req, struct control *control)
{
	(void)control;
	assert_int_equal(req->answered, 0);
	req->answered = 200;
}

static int asked(enum route_access access, struct http_req req)
{
	static struct control control;
	const struct http_route route = { HTTP_GET, "/{id}", handler, access, 0 };

	access_gate(&req, &route, &control);
	if (req.drop)
		req.drop(req.context);
	return req.answered;
}

#define NOBODY              \
	(struct http_req)   \
	{                   \
		.id = "ann" \
	}
#define ON_MACHINE                         \
	(struct http_req)                  \
	{                                  \
		.id = "ann", .local = true \
	}
#define BY(who)                            \
	(struct http_req)                  \
	{                                  \
		.id = "ann", .cookie = who \
	}
#define TOKEN(who)                                   \
	(struct http_req)                            \
	{                                            \
		.id = "ann", .bearer = "Bearer " who \
	}
#define IN(group, who)                               \
	(struct http_req)                            \
	{                                            \
		.id = group, .bearer = "Bearer " who \
	}

static void test_a_row_that_says_nothing_is_closed(void **state)
{
	(void)state;
	assert_int_equal(asked(ACCESS_NONE, NOBODY), 401);
	assert_int_equal(asked(ACCESS_NONE, BY("boss")), 403);
	assert_int_equal(asked(ACCESS_NONE, ON_MACHINE), 401);
	assert_int_equal(asked(ACCESS_TEAM + 1, BY("boss")), 403); /* a kind that nobody wrote */
}

static void test_without_a_user(void **state)
{
	(void)state;
	assert_int_equal(asked(ACCESS_PUBLIC, NOBODY), 200);
	assert_int_equal(asked(ACCESS_KEY, NOBODY), 200); /* its handler asks */
	assert_int_equal(asked(ACCESS_LOCAL, ON_MACHINE), 200);
	assert_int_equal(asked(ACCESS_LOCAL, BY("boss")), 403);
}

static void test_each_kind(void **state)
{
	static const struct {
		enum route_access access;
		/* the customer, a stranger, one of the team; then by token: limited to the call, or banned */
		int nobody, own, other, team, limited, banned;
	} rows[] = {
		{ ACCESS_SESSION, 401, 200, 200, 200, 401, 403 },
		{ ACCESS_USER, 401, 200, 200, 200, 403, 403 },
		{ ACCESS_CALL, 401, 200, 200, 200, 200, 403 },
		{ ACCESS_CONVERSATION, 401, 200, 404, 200, 403, 403 },
		{ ACCESS_TEAM_OF, 401, 403, 404, 200, 403, 403 },
		{ ACCESS_TEAM, 401, 403, 403, 200, 403, 403 },
	};

	(void)state;
	for (size_t i = 0; i < countof(rows); i++) {
		assert_int_equal(asked(rows[i].access, NOBODY), rows[i].nobody);
		assert_int_equal(asked(rows[i].access, BY("ann")), rows[i].own);
		assert_int_equal(asked(rows[i].access, BY("bob")), rows[i].other);
		assert_int_equal(asked(rows[i].access, BY("boss")), rows[i].team);
		assert_int_equal(asked(rows[i].access, TOKEN("ann limited")), rows[i].limited);
		assert_int_equal(asked(rows[i].access, BY("banned")), rows[i].banned);
		assert_int_equal(asked(rows[i].access, BY("gone")), 401);
	}
}

static void test_channels(void **state)
{
	(void)state;
	assert_int_equal(asked(ACCESS_CONVERSATION, IN("group.ab", "ann")), 200);
	assert_int_equal(asked(ACCESS_CONVERSATION, IN("group.ab", "bob")), 404);
	assert_int_equal(asked(ACCESS_TEAM_OF, IN("group.ab", "ann")), 200);
	assert_int_equal(asked(ACCESS_TEAM_OF, IN("group.ab", "bob")), 404);
	assert_int_equal(asked(ACCESS_CONVERSATION, IN(NULL, "boss")),
			 404); /* a row without {id} */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_row_that_says_nothing_is_closed),
		cmocka_unit_test(test_without_a_user),
		cmocka_unit_test(test_each_kind),
		cmocka_unit_test(test_channels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

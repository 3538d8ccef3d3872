/* SPDX-License-Identifier: Apache-2.0 */
/* The order of calls (M1-M3) and the errors of libconfab, where no server answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/user_id.h"
#include "client/token.h"
#include "confab/confab.h"

/* Nobody listens on port 1 of loopback. */
#define NOBODY "http://127.0.0.1:1"

struct fixture {
	confab_client *client;
	confab_call *call;
	_Atomic int asked, left, states;
	const char *token;
	confab_error seen; /* of a function that waits, called in a callback */
	confab_token_request *held;
};

/* {"user_id":"ada"} and {"user_id":"bob"}, unsigned: a client does not look at the signature. */
#define ADA "e30.eyJ1c2VyX2lkIjoiYWRhIn0.x"
#define BOB "e30.eyJ1c2VyX2lkIjoiYm9iIn0.x"

static void provide(void *arg, confab_token_request *request)
{
	struct fixture *f = arg;

	f->asked++;
	/* in a callback nothing may wait */
	(void)confab_call_join(f->call, NULL, &f->seen);
	confab_token_reply(request, f->token, "the shop is closed");
}

static void hold(void *arg, confab_token_request *request)
{
	struct fixture *f = arg;

	f->held = request;
	f->asked++;
}

static void on_event(void *arg, const confab_event *e)
{
	struct fixture *f = arg;

	f->states += e->type == CONFAB_EVENT_CALLING_STATE;
}

static void begin(struct fixture *f, int own_loop)
{
	confab_client_options o = {
		.base_url = NOBODY "/", .on_event = on_event, .arg = f, .own_loop = own_loop
	};
	confab_error error;

	memset(f, 0, sizeof *f);
	f->token = ADA;
	assert_int_equal(confab_client_new(&f->client, &o, &error), CONFAB_OK);
	f->call = confab_client_call(f->client, "default", "room", &error);
	assert_non_null(f->call);
	assert_string_equal(confab_call_cid(f->call), "default:room");
	assert_ptr_equal(confab_client_call(f->client, "default", "room", NULL), f->call);
	assert_int_equal(confab_call_state(f->call), CONFAB_CALL_IDLE);
}

static void is_not_set(int r, const confab_error *error)
{
	assert_int_equal(r, CONFAB_ERR_TOKEN_NOT_SET);
	assert_string_equal(error->message,
			    "User token is not set. Either client.connectUser wasn't "
			    "called or client.disconnect was called");
	assert_int_equal(error->status, 401);
	assert_int_equal(error->unrecoverable, 1);
}

static void every_operation_fails(struct fixture *f)
{
	confab_track_options camera = { .codec = CONFAB_VP8 };
	confab_join_options create = { .create = 1 };
	confab_track *track = NULL;
	confab_error error;

	is_not_set(confab_call_join(f->call, NULL, &error), &error);
	is_not_set(confab_call_join(f->call, &create, &error), &error);
	is_not_set(confab_call_leave(f->call, &error), &error);
	is_not_set(confab_call_publish(f->call, &camera, &track, &error), &error);
	assert_null(track);
	assert_int_equal(confab_call_send_data(f->call, "x", 1, 1, NULL), CONFAB_ERR_TOKEN_NOT_SET);
	is_not_set(confab_call_ring(f->call, NULL, &error), &error);
	is_not_set(confab_call_accept(f->call, &error), &error);
	is_not_set(confab_call_reject(f->call, NULL, &error), &error);
	is_not_set(confab_chat_send(f->client, "ada", &(confab_draft){ .text = "hello" }, NULL,
				    &error),
		   &error);
	assert_int_equal(confab_client_state(f->client), CONFAB_DISCONNECTED);
}

/* M2: before connect_user, after disconnect_user; on a thread of its own, and on the caller's loop. */
static void token_is_not_set(void **state)
{
	(void)state;
	for (int own_loop = 0; own_loop < 2; own_loop++) {
		static struct fixture f;

		begin(&f, own_loop);
		every_operation_fails(&f);
		assert_int_equal(confab_client_disconnect_user(f.client), CONFAB_OK);
		every_operation_fails(&f);
		assert_int_equal(f.asked, 0);
		confab_client_free(f.client);
	}
}

/* M3: the provider is asked at connect; what it gives is checked; the server cannot be reached. */
static void connecting(void **state)
{
	(void)state;
	static struct fixture f;
	confab_user ada = { .id = " A!da" }, nobody = { .id = "!!" }, none = { 0 };
	confab_error error;

	begin(&f, 0);
	f.token = BOB;
	assert_int_equal(confab_client_connect_user(f.client, &ada, provide, &f, &error),
			 CONFAB_ERR_AUTH_FAILED);
	assert_string_equal(error.message,
			    "userToken does not have a user_id or is not matching with user.id");
	assert_int_equal(f.seen.code, CONFAB_ERR_WOULD_WAIT);
	every_operation_fails(&f);
	f.token = "not a token";
	assert_int_equal(confab_client_connect_user(f.client, &ada, provide, &f, &error),
			 CONFAB_ERR_AUTH_FAILED);
	f.token = NULL;
	assert_int_equal(confab_client_connect_user(f.client, &ada, provide, &f, &error),
			 CONFAB_ERR_AUTH_FAILED);
	assert_string_equal(error.message, "The token provider failed: the shop is closed");
	assert_int_equal(f.asked, 3);
	f.token = ADA;
	assert_int_equal(confab_client_connect_user(f.client, &ada, provide, &f, &error),
			 CONFAB_ERR_NETWORK);
	every_operation_fails(&f);
	assert_int_equal(confab_client_connect_user(f.client, &nobody, provide, &f, &error),
			 CONFAB_ERR_BAD_INPUT);
	assert_int_equal(confab_client_connect_user(f.client, &none, provide, &f, &error),
			 CONFAB_ERR_BAD_INPUT);
	assert_int_equal(confab_client_connect_user(f.client, &ada, NULL, NULL, &error),
			 CONFAB_ERR_AUTH_FAILED);
	confab_client_free(f.client);
}

static void on_done(void *arg, const confab_error *error)
{
	*(_Atomic int *)arg = error ? error->code : 1;
}

static void on_sent(void *arg, const confab_error *error, int64_t id)
{
	(void)id;
	on_done(arg, error);
}

static void wait_for(_Atomic int *flag)
{
	for (int i = 0; i < 500 && !*flag; i++)
		(void)poll(NULL, 0, 10);
	assert_int_not_equal(*flag, 0);
}

/* A join that was begun while connecting waits for it, and ends with it; late tokens are dropped. */
static void disconnect_wins(void **state)
{
	(void)state;
	static struct fixture f;
	_Atomic int connected = 0, joined = 0, other = 0;
	confab_user ada = { .id = "ada" }, bob = { .id = "bob" };

	begin(&f, 0);
	confab_client_connect_user_async(f.client, &ada, hold, &f, on_done,
					 (void *)(uintptr_t)&connected);
	wait_for(&f.asked);
	confab_client_connect_user_async(f.client, &bob, hold, &f, on_done,
					 (void *)(uintptr_t)&other);
	wait_for(&other);
	assert_int_equal(other, CONFAB_ERR_BAD_INPUT);
	confab_call_join_async(f.call, NULL, on_done, (void *)(uintptr_t)&joined);
	assert_int_equal(confab_client_call(f.client, "default", "b", NULL) != NULL, 1);
	assert_int_equal(confab_call_state(f.call), CONFAB_CALL_JOINING);
	assert_int_equal(joined, 0);
	assert_int_equal(confab_client_disconnect_user(f.client), CONFAB_OK);
	assert_int_equal(connected, CONFAB_ERR_TOKEN_NOT_SET);
	assert_int_equal(joined, CONFAB_ERR_LEFT);
	assert_int_equal(confab_call_state(f.call), CONFAB_CALL_LEFT);
	confab_token_reply(f.held, ADA, NULL);
	every_operation_fails(&f);
	assert_int_equal(f.asked, 1);
	confab_client_free(f.client);
}

/* What a provider answers after disconnect_user is not the answer to the question of the next connect. */
static void late_token_is_dropped(void **state)
{
	(void)state;
	static struct fixture f;
	_Atomic int first = 0, second = 0;
	confab_user ada = { .id = "ada" };

	begin(&f, 0);
	confab_client_connect_user_async(f.client, &ada, hold, &f, on_done,
					 (void *)(uintptr_t)&first);
	wait_for(&f.asked);
	confab_token_request *late = f.held;
	assert_int_equal(confab_client_disconnect_user(f.client), CONFAB_OK);
	assert_int_equal(first, CONFAB_ERR_TOKEN_NOT_SET);
	f.asked = 0;
	confab_client_connect_user_async(f.client, &ada, hold, &f, on_done,
					 (void *)(uintptr_t)&second);
	wait_for(&f.asked);
	confab_token_reply(late, ADA, NULL); /* with it the attempt would go on to the server */
	confab_token_reply(f.held, NULL, "no");
	wait_for(&second);
	assert_int_equal(second, CONFAB_ERR_AUTH_FAILED);
	confab_client_free(f.client);
}

/* A LiveKit server needs no user: but it has to be there. Leaving breaks a join off. */
static void another_server(void **state)
{
	(void)state;
	static struct fixture f;
	confab_join_options o = { .url = "ws://127.0.0.1:1", .token = "t" };
	_Atomic int joined = 0;
	confab_error error;

	begin(&f, 0);
	assert_int_equal(confab_call_join(f.call, &o, &error), CONFAB_ERR_NETWORK);
	assert_int_equal(confab_call_state(f.call), CONFAB_CALL_IDLE);
	assert_int_equal(f.states, 2);
	o.url = "not a URL";
	assert_int_not_equal(confab_call_join(f.call, &o, &error), CONFAB_OK);
	o.url = "ws://192.0.2.1:1"; /* TEST-NET-1: nobody answers */
	confab_call_join_async(f.call, &o, on_done, (void *)(uintptr_t)&joined);
	assert_int_equal(confab_call_leave(f.call, &error), CONFAB_OK);
	wait_for(&joined);
	assert_int_equal(confab_call_leave(f.call, &error), CONFAB_OK); /* again: nothing */
	confab_client_free(f.client);
}

/* Driven by the caller: descriptor, timeout, process. */
static void own_loop(void **state)
{
	(void)state;
	static struct fixture f;
	confab_user ada = { .id = "ada" };
	_Atomic int connected = 0;

	begin(&f, 1);
	f.token = BOB;
	confab_client_connect_user_async(f.client, &ada, provide, &f, on_done,
					 (void *)(uintptr_t)&connected);
	assert_int_equal(f.asked, 0); /* nothing happens behind the caller's back */
	for (int i = 0; i < 500 && !connected; i++) {
		struct pollfd p = { .fd = confab_client_fd(f.client), .events = POLLIN };
		int timeout = confab_client_timeout(f.client);

		(void)poll(&p, 1, timeout < 0 || timeout > 10 ? 10 : timeout);
		confab_client_process(f.client);
	}
	assert_int_equal(connected, CONFAB_ERR_AUTH_FAILED);
	assert_int_equal(f.seen.code, CONFAB_ERR_WOULD_WAIT); /* in a callback, on any thread */
	confab_client_free(f.client);
}

static void bad_input(void **state)
{
	(void)state;
	static struct fixture f;
	confab_client_options o = { .base_url = "ftp://x" };
	confab_track_options codec = { 0 };
	static char long_id[66];
	confab_client *client;
	confab_track *track;
	confab_error error;

	assert_int_equal(confab_client_new(&client, &o, &error), CONFAB_ERR_BAD_INPUT);
	assert_string_equal(error.message,
			    "base_url 'ftp://x' does not begin with http:// or https://.");
	confab_client_free(NULL);
	assert_string_equal(confab_version(), CONFAB_VERSION);
	begin(&f, 0);
	memset(long_id, 'a', 65);
	assert_null(confab_client_call(f.client, "", "x", &error));
	assert_int_equal(error.code, CONFAB_ERR_BAD_INPUT);
	assert_null(confab_client_call(f.client, "default", "a b", &error));
	assert_null(confab_client_call(f.client, "default", long_id, &error));
	assert_null(confab_client_call(f.client, "de.fault", "x", &error));
	assert_non_null(confab_client_call(f.client, "default", "a.b@c-d_E", &error));
	assert_int_equal(confab_call_publish(f.call, &codec, &track, &error), CONFAB_ERR_BAD_INPUT);
	assert_int_equal(confab_call_send_data(f.call, "", 0, 1, NULL), CONFAB_ERR_BAD_INPUT);
	confab_client_free(f.client);
}

/* What is wrong is told without asking the server: here is none. */
static void bad_words(void **state)
{
	(void)state;
	static struct fixture f;
	confab_user ada = { .id = "ada" };
	_Atomic int connected = 0, sent = 0;
	confab_error error;

	begin(&f, 0);
	confab_client_connect_user_async(f.client, &ada, hold, &f, on_done,
					 (void *)(uintptr_t)&connected);
	wait_for(&f.asked);
	assert_int_equal(confab_call_reject(f.call, "Not now!", &error), CONFAB_ERR_BAD_INPUT);
	assert_int_equal(confab_call_reject(f.call, "", &error), CONFAB_ERR_BAD_INPUT);
	/* good ones wait for the connection, and end with it */
	confab_chat_send_async(f.client, "ada", &(confab_draft){ .text = "x" }, on_sent,
			       (void *)(uintptr_t)&sent);
	assert_int_equal(confab_client_disconnect_user(f.client), CONFAB_OK);
	assert_int_equal(sent, CONFAB_ERR_TOKEN_NOT_SET);
	confab_token_reply(f.held, ADA, NULL);
	confab_client_free(f.client);
}

static void ids(void **state)
{
	(void)state;
	char id[LIMIT_USER_ID + 1];

	assert_int_equal(user_id_sanitise("  Ada.Love lace@X-1_\xc3\x84 ", id), 0); /* M6 */
	assert_string_equal(id, "adalovelace@x-1_");
	assert_true(user_id_sanitise("", id) < 0);
	assert_true(token_is_for(ADA, "ada"));
	assert_false(token_is_for(ADA, "bob"));
	assert_false(token_is_for("", "ada"));
	assert_false(token_is_for("a.!!.c", "ada"));
	assert_false(token_is_for("a.e30.c", "ada"));
	assert_false(token_is_for("a.bm9uZQ.c", "ada"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_is_not_set),
		cmocka_unit_test(connecting),
		cmocka_unit_test(disconnect_wins),
		cmocka_unit_test(another_server),
		cmocka_unit_test(own_loop),
		cmocka_unit_test(bad_input),
		cmocka_unit_test(late_token_is_dropped),
		cmocka_unit_test(bad_words),
		cmocka_unit_test(ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

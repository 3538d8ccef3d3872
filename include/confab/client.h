/* SPDX-License-Identifier: Apache-2.0 */
/* The client: who is connected, its token, its loop. */
#ifndef CONFAB_CLIENT_H
#define CONFAB_CLIENT_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum confab_connection_state {
	CONFAB_DISCONNECTED,
	CONFAB_CONNECTING,
	CONFAB_CONNECTED,
	CONFAB_CONNECTION_LOST /* comes back by itself */
} confab_connection_state;

/* Everything that happens; see event.h. Comes on the client's thread. */
typedef void confab_event_fn(void *arg, const confab_event *event);

/*
 * Asked for a user token at connect, and again whenever the server says that the old one expired, also
 * in the middle of a call. Comes on the client's thread; answer with confab_token_reply, at once or
 * later. Forgotten at disconnect_user.
 */
typedef void confab_token_provider_fn(void *arg, confab_token_request *request);

typedef enum confab_log_level {
	CONFAB_LOG_ERROR,
	CONFAB_LOG_WARN,
	CONFAB_LOG_INFO
} confab_log_level;
typedef void confab_log_fn(void *arg, confab_log_level level, const char *text);

typedef struct confab_client_options {
	const char *base_url;	   /* "https://chat.example.com"; NULL: only calls with a `url` */
	confab_event_fn *on_event; /* NULL: none wanted */
	confab_log_fn *on_log;	   /* NULL: silent. No tokens, no content */
	void *arg;		   /* of both */
	int own_loop; /* 1: no thread; the caller runs confab_client_process, and only from one thread */
} confab_client_options;

typedef struct confab_user {
	const char *id; /* made lower case; only a-z 0-9 @ _ - are kept (1 to 64 of them) */
	const char *name, *image; /* or NULL; for later use */
	/*
	 * `cursor` of the last event that an earlier run of the program has dealt with: what happened since comes
	 * first, or CONFAB_EVENT_RESYNC when that is too long ago. 0: events from now on.
	 */
	int64_t since;
} confab_user;

/*
 * Makes a client; does not connect. Any thread; does not wait. 0; CONFAB_ERR_BAD_INPUT: base_url is no
 * http or https URL; CONFAB_ERR_NO_MEMORY. The client is the caller's: confab_client_free.
 */
CONFAB_API int confab_client_new(confab_client **ret, const confab_client_options *options,
				 confab_error *ret_error);

/* Leaves every call, disconnects, ends the thread, frees everything. What ends by that comes as events before
 * it returns, none after. Waits. NULL is allowed. In a callback it does nothing. Token requests must have been
 * answered. */
CONFAB_API void confab_client_free(confab_client *client);

/*
 * Signs in: asks the provider for a token, checks that it is this user's, opens the event socket.
 * Waits. The same user again: joins in the attempt, or 0 at once; another user: CONFAB_ERR_BAD_INPUT
 * until disconnect_user. Also CONFAB_ERR_AUTH_FAILED, CONFAB_ERR_NETWORK (after three attempts in about
 * 2 s), or the server's code. The order of calls is that of other SDKs: docs/migrating.md.
 */
CONFAB_API int confab_client_connect_user(confab_client *client, const confab_user *user,
					  confab_token_provider_fn *provider, void *provider_arg,
					  confab_error *ret_error);
/* The same without waiting; done comes exactly once, with the errors above. */
CONFAB_API void confab_client_connect_user_async(confab_client *client, const confab_user *user,
						 confab_token_provider_fn *provider,
						 void *provider_arg, confab_done_fn *done,
						 void *arg);

/* Answers a request of the provider, once, from any thread; the request is gone then. token NULL: `why`
 * says what is wrong. Does not wait. Never fails (a process without memory for a few bytes is ended). */
CONFAB_API void confab_token_reply(confab_token_request *request, const char *token,
				   const char *why);

/* Leaves every call, closes the socket, forgets user, token and provider. Waits. 0, also when nobody
 * is connected; CONFAB_ERR_WOULD_WAIT. */
CONFAB_API int confab_client_disconnect_user(confab_client *client);

/* How the client is connected. Never fails. Any thread; may be out of date when it returns. */
CONFAB_API confab_connection_state confab_client_state(const confab_client *client);

/*
 * A handle on a call; makes no request. The same handle for the same type and id. NULL and
 * CONFAB_ERR_BAD_INPUT: type is not 1-64 of A-Z a-z 0-9 _ -, id not 1-64 of these and @ and dot; or
 * CONFAB_ERR_NO_MEMORY. Waits for the client's thread, not for the network.
 */
CONFAB_API confab_call *confab_client_call(confab_client *client, const char *type, const char *id,
					   confab_error *ret_error);

/*
 * own_loop: watch the descriptor for reading, wait no longer than the timeout (ms; -1: for ever), then
 * call process, which runs the callbacks and never waits. Functions that wait run the loop themselves.
 * Never fail. On the loop's thread; the descriptor stays the client's. (As libuv embeds its loop:
 * uv_backend_fd.)
 */
CONFAB_API int confab_client_fd(const confab_client *client);
/* See confab_client_fd. Ask anew after each process and each other call. */
CONFAB_API int confab_client_timeout(const confab_client *client);
/* See confab_client_fd. Without own_loop, or in a callback, it does nothing. */
CONFAB_API void confab_client_process(confab_client *client);

#ifdef __cplusplus
}
#endif

#endif

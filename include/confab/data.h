/* SPDX-License-Identifier: Apache-2.0 */
/* Messages and questions between the programs in a call. */
#ifndef CONFAB_DATA_H
#define CONFAB_DATA_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A message to others in a call. */
typedef struct confab_data {
	const void *bytes;
	size_t length;	   /* 1 to 60,000 bytes */
	int reliable;	   /* 0: at most once, without repetition, perhaps out of order */
	const char *topic; /* UTF-8, or NULL */
	/* To whom, as in their events, 512 at most; those who are not there miss it. NULL: to all others. */
	const char *const *identities;
	size_t identity_count;
} confab_data;

/*
 * Sends a message, which comes as CONFAB_EVENT_DATA. Kept until the connection for it is up (64 messages at
 * most). Reliable ones come once and in order, also when the connection is lost and resumed; those under way when
 * the call is joined anew (after CONFAB_CALL_RECONNECTING everybody is told of once more) may be lost. 0;
 * CONFAB_ERR_TOKEN_NOT_SET, _NOT_JOINED, _NO_MEMORY; _BAD_INPUT: empty, longer than 60,000 bytes or, with
 * topic and identities, than 64,000, a text that is not UTF-8, an empty identity. Does not wait for the
 * network. Any thread, callbacks included. (LiveKit's publishData.)
 */
CONFAB_API int confab_call_publish_data(confab_call *call, const confab_data *data);

/* The same, to all others in the call; topic may be NULL. Errors as confab_call_publish_data; 0. Does not
 * wait for the network. Any thread. */
CONFAB_API int confab_call_send_data(confab_call *call, const void *data, size_t length,
				     int reliable, const char *topic);

/* Bytes of a request's or an answer's text, at most: 15 KiB (LiveKit's RPC, version 1). */
enum { CONFAB_RPC_PAYLOAD_MAX = 15 * 1024, CONFAB_RPC_METHOD_MAX = 64 };

/* A question to a program of somebody else in the call: a remote procedure call. */
typedef struct confab_rpc {
	const char *identity; /* whom: as in their events */
	const char *method;   /* 1 to 64 bytes */
	const char *payload; /* UTF-8, CONFAB_RPC_PAYLOAD_MAX bytes at most, often JSON; NULL: "" */
	unsigned timeout_ms; /* to wait for the answer; 0: 15,000 */
} confab_rpc;

/*
 * The end of an _async call. error NULL: `text` is the answer. Else why there is none, with a code of
 * CONFAB_ERR_RPC_… or one that their program chose, and `text`: what it sent with it, or NULL.
 */
typedef void confab_rpc_done_fn(void *arg, const confab_error *error, const char *text);

/*
 * Calls a method that somebody's program has registered, in this or another LiveKit SDK, and waits for
 * the answer. With ret not NULL: *ret is the answer, or what was sent with an error, or NULL; the
 * caller's, to be freed by confab_text_free. 0; CONFAB_ERR_TOKEN_NOT_SET, _NOT_JOINED, _NO_MEMORY,
 * _WOULD_WAIT; _BAD_INPUT: no method, or one over 64 bytes; _LEFT, _NETWORK: the call was left or lost
 * before the answer came; CONFAB_ERR_RPC_…; or the code that the other program chose.
 */
CONFAB_API int confab_call_perform_rpc(confab_call *call, const confab_rpc *rpc, char **ret,
				       confab_error *ret_error);
/* The same without waiting; done comes exactly once. */
CONFAB_API void confab_call_perform_rpc_async(confab_call *call, const confab_rpc *rpc,
					      confab_rpc_done_fn *done, void *arg);

/* A request that came in. */
typedef struct confab_rpc_invocation {
	const char *identity; /* who asks */
	const char *method, *payload;
	const char *id;	     /* of the request, the same at both ends: for logs */
	unsigned timeout_ms; /* how long they wait */
} confab_rpc_invocation;

/*
 * Answers requests for a method. Comes on the client's thread; answer with confab_rpc_reply or
 * confab_rpc_fail, at once or later. `invocation` is gone when it returns.
 */
typedef void confab_rpc_handler_fn(void *arg, const confab_rpc_invocation *invocation,
				   confab_rpc_request *request);

/*
 * Answers requests for this method from now on, in this call, joined or not, over reconnections;
 * replaces the handler before; NULL: no more (they get CONFAB_ERR_RPC_UNSUPPORTED_METHOD, as all
 * for unknown methods do). Does not wait for the network. Any thread, callbacks included. 0;
 * CONFAB_ERR_BAD_INPUT: the method is not 1 to 64 bytes; CONFAB_ERR_NO_MEMORY.
 */
CONFAB_API int confab_call_register_rpc(confab_call *call, const char *method,
					confab_rpc_handler_fn *handler, void *arg);

/*
 * Answers a request, once; it is gone then, and all must be answered before confab_client_free. payload:
 * as in confab_rpc, NULL: ""; a longer one is told as CONFAB_ERR_RPC_RESPONSE_TOO_LARGE. Any thread. Does
 * not wait. Never fails: when the call was left meanwhile nothing is sent (a process without memory for a
 * few bytes is ended).
 */
CONFAB_API void confab_rpc_reply(confab_rpc_request *request, const char *payload);
/*
 * The same, with an error: a code of your own (not 1001 to 1999, which are LiveKit's), a text for people,
 * cut at 256 bytes, and what else there is to say, or NULL. Any thread. Does not wait. Never fails.
 */
CONFAB_API void confab_rpc_fail(confab_rpc_request *request, unsigned code, const char *message,
				const char *data);

#ifdef __cplusplus
}
#endif

#endif

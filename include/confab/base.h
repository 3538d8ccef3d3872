/* SPDX-License-Identifier: Apache-2.0 */
/* What all parts of libconfab share: handles, errors, the end of an _async function. */
#ifndef CONFAB_BASE_H
#define CONFAB_BASE_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) || !defined(__GNUC__)
#define CONFAB_API
#else
#define CONFAB_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct confab_client confab_client;
typedef struct confab_call confab_call;
typedef struct confab_track confab_track;
typedef struct confab_token_request confab_token_request;
typedef struct confab_rpc_request confab_rpc_request;
typedef struct confab_event confab_event;

/* The text of CONFAB_ERR_TOKEN_NOT_SET. */
#define CONFAB_TOKEN_NOT_SET                                                                   \
	"User token is not set. Either client.connectUser wasn't called or client.disconnect " \
	"was called"

/* Codes of the server's API (docs/api.md) are passed on as they are; those from 1001 are ours. */
typedef enum confab_error_code {
	CONFAB_OK = 0,
	CONFAB_ERR_INTERNAL = -1,
	CONFAB_ERR_BAD_INPUT = 4,
	CONFAB_ERR_AUTH_FAILED = 5, /* the token, the provider, or another user's token */
	CONFAB_ERR_RATE_LIMITED = 9,
	CONFAB_ERR_NOT_FOUND = 16, /* the call does not exist: join with `create` */
	CONFAB_ERR_NOT_ALLOWED = 17,
	CONFAB_ERR_TOKEN_EXPIRED = 40,
	CONFAB_ERR_SERVER_FULL = 61, /* no processor for one more in a call: again later */
	CONFAB_ERR_TOKEN_NOT_SET = 1001,
	CONFAB_ERR_NO_MEMORY = 1002,
	CONFAB_ERR_NETWORK = 1003, /* the server could not be reached, or did not answer in time */
	CONFAB_ERR_LEFT = 1004,	   /* the call was left meanwhile */
	CONFAB_ERR_NOT_JOINED = 1005,
	CONFAB_ERR_WOULD_WAIT = 1006, /* a function that waits, called in a callback */
	CONFAB_ERR_REMOVED = 1007,    /* the server ended our part in the call */
	CONFAB_ERR_ABORTED = 1008,    /* whoever sends the data stream gave it up */
	/* of remote procedure calls: LiveKit's RpcError, with its numbers; programs may send others */
	CONFAB_ERR_RPC_UNSUPPORTED_METHOD = 1400,
	CONFAB_ERR_RPC_RECIPIENT_NOT_FOUND = 1401,
	CONFAB_ERR_RPC_REQUEST_TOO_LARGE = 1402,
	CONFAB_ERR_RPC_UNSUPPORTED_SERVER = 1403,
	CONFAB_ERR_RPC_UNSUPPORTED_VERSION = 1404,
	CONFAB_ERR_RPC_APPLICATION = 1500,	  /* the method failed there */
	CONFAB_ERR_RPC_CONNECTION_TIMEOUT = 1501, /* they did not confirm the request within 7 s */
	CONFAB_ERR_RPC_RESPONSE_TIMEOUT = 1502,
	CONFAB_ERR_RPC_RECIPIENT_DISCONNECTED = 1503,
	CONFAB_ERR_RPC_RESPONSE_TOO_LARGE = 1504,
	CONFAB_ERR_RPC_SEND_FAILED = 1505
} confab_error_code;

typedef struct confab_error {
	int code;	   /* confab_error_code */
	int status;	   /* HTTP status; 0 when there was no answer */
	int unrecoverable; /* 1: trying again cannot help */
	char message[256]; /* for people; UTF-8 */
	int retry_after; /* of 429 and 503: seconds that the server asks you to wait; 0: it does not say */
} confab_error;

typedef struct confab_attribute {
	const char *name, *value;
} confab_attribute;

/* The end of an _async function; error NULL: it worked. Never before the function returned to the
 * client's loop. */
typedef void confab_done_fn(void *arg, const confab_error *error);

/* The end of one that has a text to tell; error NULL: it worked. The text is gone when it returns. */
typedef void confab_text_fn(void *arg, const confab_error *error, const char *text);

/* Frees a text that a function has returned; NULL is allowed. Never fails. Any thread. */
CONFAB_API void confab_text_free(char *text);

/* "0.1.0": of the library. Never fails. Any thread. The text is the library's. */
CONFAB_API const char *confab_version(void);

#ifdef __cplusplus
}
#endif

#endif

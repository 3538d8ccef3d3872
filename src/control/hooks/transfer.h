/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST requests of ours, run by libcurl on the libuv loop; the only file that knows curl. Only http
 * and https, no redirects, no proxy of the environment, at most TRANSFER_TIMEOUT_MS each: what is
 * asked is what the operator configured, or a stranger's URL on the public internet. Control thread only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct transfers;

enum { TRANSFER_CONNECT_MS = 3000, TRANSFER_TIMEOUT_MS = 5000, TRANSFER_ANSWER_MAX = 64 * 1024 };

struct transfer_answer {
	long status;	    /* HTTP's; 0 = none came, and then `cause` says why */
	long retry_after_s; /* Retry-After (RFC 9110 10.2.3), also when it was a date; 0 = none */
	const char *cause;
};

/* Later, once, unless transfers_free came first. The answer is valid during the call. */
typedef void transfer_done_fn(void *arg, const struct transfer_answer *answer);

/* 0, -ENOMEM or libuv's error. */
int transfers_new(uv_loop_t *loop, struct transfers **ret);

struct transfer_header {
	const char *name, *value;
};

struct transfer_request {
	const char *url;
	const struct transfer_header *headers;
	size_t header_count;
	const void *body;
	size_t length;
	/* The URL is not the operator's but somebody else's: https only, and never to an address of
	 * this machine or a private network, whatever its name resolves to (address_is_public). */
	bool stranger;
};

/* Copies all. 0 or -ENOMEM. */
int transfer_start(struct transfers *t, const struct transfer_request *request,
		   transfer_done_fn *done, void *arg);

/* Whether libcurl could use it: http or https with a host. */
bool transfer_url_is_valid(const char *url);

/* The same URL for people's eyes: what may be a secret in it (user, password, query, long parts of the path) is left out. Free
 * it. NULL: out of memory, or it is not valid. */
char *transfer_url_shown(const char *url);

/* Cuts off what is under way, without calls. Run the loop once more before closing it. Takes NULL.
 * Returns NULL. */
struct transfers *transfers_free(struct transfers *t);

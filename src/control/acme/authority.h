/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A certificate authority that one talks to: its directory, nonces, our account, and signed requests (RFC 8555 6, 7.1 to 7.3). Every
 * function that fails has said in `failure` why. Blocks: for the thread of order.c, whose stack it is on.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "control/acme/fetch.h"
#include "control/acme/schedule.h"

struct evp_pkey_st;

enum { AUTHORITY_CAUSE_MAX = 400 };

struct authority_failure {
	enum schedule_failure how;
	long retry_after_s;
	char type[48]; /* of RFC 8555 6.7, "dns" for example; "" = none */
	char cause[AUTHORITY_CAUSE_MAX];
};

struct authority {
	struct fetch fetch;
	struct evp_pkey_st *key; /* of the account; borrowed */
	json_t *directory;
	char *nonce;
	char *kid; /* the account's URL */
	struct authority_failure failure;
};

/* Reads the directory. 0 or -1. */
int authority_open(struct authority *a, const char *directory);
void authority_close(struct authority *a);

/* Makes the account, or finds it by its key. `contact`: a mailto: URI, or NULL. 0 or -1. */
int authority_account(struct authority *a, const char *contact);

/* The URL for "newOrder" and the like; NULL: it has none, which is said in `failure`. */
const char *authority_url(struct authority *a, const char *name);

/* A signed request. payload NULL: only to read. 0 and an answer with status 2xx, to be freed; or -1. */
int authority_post(struct authority *a, const char *url, const json_t *payload,
		   struct fetch_answer *ret);

/* The same, and the answer is an object, the caller's. ret_location (may be NULL): the caller's, may be none. ret_pause_s: what
 * Retry-After says (may be NULL). */
json_t *authority_ask(struct authority *a, const char *url, const json_t *payload,
		      char **ret_location, long *ret_pause_s);

/* -1, always. */
int authority_fail(struct authority *a, enum schedule_failure how, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* What a problem document says (RFC 7807). `of`: what was wanted. */
int authority_problem(struct authority *a, const json_t *problem, const char *of);

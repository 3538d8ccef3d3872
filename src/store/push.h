/* SPDX-License-Identifier: Apache-2.0 */
/* Web Push subscriptions; store.h says how verbs work and what their status means. */
#pragma once

#include "store/store.h"

struct store_push {
	const char *user_id, *endpoint;
	const char *p256dh, *auth; /* base64url */
	const char *language;
};

typedef void store_pushes_fn(void *arg, int status, const struct store_push *list, size_t n);

/* Takes the place of the sign-in's older one, and of whoever had the endpoint. -ENOENT: the user has
 * no such sign-in (auth_session_key). */
void store_push_set(struct store *s, const struct store_push *push, const char *session_key,
		    uint64_t at_us, store_done_fn *done, void *arg);

/* Also when there is none. */
void store_push_remove(struct store *s, const char *session_key, store_done_fn *done, void *arg);

/* The push service says that it is gone. */
void store_push_forget(struct store *s, const char *endpoint, store_done_fn *done, void *arg);

/* Whose: several kinds add up. */
struct store_push_scope {
	const char *ids_json; /* a JSON list of user ids; NULL = none */
	const char *channel;  /* the members of this one; NULL = none */
	bool admins;
	bool all;
	uint64_t now_us, idle_us; /* sign-ins must still hold */
};

void store_push_list(struct store *s, const struct store_push_scope *scope, store_pushes_fn *done,
		     void *arg);

/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with their own account: their sign-ins, their name; store.h says how verbs work. */
#pragma once

#include "store/store.h"

struct store_session {
	const char *key;		    /* its hash in hex: auth_session_key */
	const char *agent;		    /* what the browser called itself; NULL = not known */
	uint64_t created_at_us, seen_at_us; /* the use is noted hourly */
};

/* The newest first. */
typedef void store_sessions_fn(void *arg, int status, const struct store_session *sessions,
			       size_t n);

/* Those of the user that still open something; at most LIMIT_SESSIONS. */
void store_sessions_list(struct store *s, const char *user_id, uint64_t now_us, uint64_t idle_us,
			 store_sessions_fn *done, void *arg);

/* Deletes all of the user's but the one with this key; the callback hears which they were. */
void store_sessions_end_others(struct store *s, const char *user_id, const char *keep_key,
			       store_sessions_fn *done, void *arg);

/* -ENOENT: no such user. The callback has the user as they are now. */
void store_user_rename(struct store *s, const char *user_id, const char *name, store_user_fn *done,
		       void *arg);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts, START HERE: who is asking. Sign-in with a password or a one-time link, sessions, user
 * tokens, new accounts. Owned by control.c; everything runs on the loop's thread, Argon2id on
 * libuv's thread pool, storage on the store's thread. Sees neither HTTP nor SQL.
 *
 * Way of a sign-in: user_id.c (sanitise) ▸ throttle.c (may this one try?) ▸ store ▸ password.c ▸
 * store (session) ▸ caller.
 *
 * Each callback runs exactly once, later, on the loop's thread, also when auth_stop was called.
 * What it receives is valid during the call.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "base/user_id.h"
#include "control/auth/token.h"
#include "control/auth/user_token.h"
#include "store/sessions.h"
#include "store/store.h"

struct auth;
struct uv_loop_s;

enum {
	AUTH_SESSION_LIFE_S = 30 * 24 * 3600, /* absolute; the cookie's Max-Age */
	AUTH_SESSION_IDLE_S = 7 * 24 * 3600,
	AUTH_LINK_LIFE_S = 24 * 3600,
	AUTH_OWN_LINK_LIFE_S = 5 * 60, /* of one that people make for their other device */
	AUTH_PASSWORD_MIN = 8,
	AUTH_TOKEN_SIZE = 44, /* a session or link token: 43 characters of base64url and NUL */
	AUTH_SESSION_KEY_SIZE = 65,
};

struct auth_config {
	struct uv_loop_s *loop;
	struct store *store;	   /* borrowed */
	struct token_keys keys;	   /* copied, wiped at the end */
	struct rng *rng;	   /* rng_os() but for tests */
	uint64_t (*wall_us)(void); /* NULL = clock_wall_us */
};

/* 0, -EINVAL (keys), -ENOMEM or libuv's error. */
int auth_new(const struct auth_config *config, struct auth **ret);

/* New sign-ins are answered with -ESHUTDOWN, queued hashes too;
 * running ones end by themselves in the loop. */
void auth_stop(struct auth *a);

/*
 * When nothing is in flight any more: after auth_stop run the loop until auth_busy is false, or
 * just call it at the end of the program. Takes NULL. Returns NULL.
 */
struct auth *auth_free(struct auth *a);

/* Requests not answered yet. */
bool auth_busy(const struct auth *a);

/* The pair given at auth_new, borrowed: for media_token_make and the public configuration. */
const struct token_keys *auth_keys(const struct auth *a);

/* ---- signing in ---- */

struct auth_signin {
	/*
	 * 0; -EACCES: wrong user or password, or link unknown, used or expired (401 code 5);
	 * -EAGAIN: too many failures, see retry_after_s (429 code 9); -EBUSY: the hashing queue is
	 * full (503 code 9); else of the store (500, 503).
	 */
	int status;
	unsigned retry_after_s;
	const struct store_user *user; /* NULL unless 0 */
	const char *session_token;     /* the cookie's value, 43 characters; NULL unless 0 */
	const char *refused_id;	       /* with -EACCES: whose password was wrong; NULL = nobody's */
	bool locked;		       /* with it: that was the last try for now */
};

typedef void auth_signin_fn(void *arg, const struct auth_signin *result);

enum { AUTH_AGENT_MAX = 300 };

/* `peer` is the client's address as text, for the rate limit; `agent` what the browser calls itself, for the list of
 * sessions: NULL, or at most AUTH_AGENT_MAX bytes.
 * An unknown user takes as long as a wrong password. */
void auth_login(struct auth *a, const char *raw_user_id, const char *password, const char *peer,
		const char *agent, auth_signin_fn *done, void *arg);

/* Signs in with a one-time link's token. */
void auth_link_use(struct auth *a, const char *link_token, const char *peer, const char *agent,
		   auth_signin_fn *done, void *arg);

/* ---- who is it ---- */

/* The user of a session cookie;
 * -ENOENT when there is no such live session (unknown, malformed, expired, logged out). */
void auth_session_find(struct auth *a, const char *session_token, store_user_fn *done, void *arg);

/* Deletes the session; 0 also when there was none. */
void auth_logout(struct auth *a, const char *session_token, store_done_fn *done, void *arg);

/* A name for the session that may be kept and compared (hex of the token's hash):
 * to find its sockets at logout. */
void auth_session_key(const char *session_token, char ret_key[AUTH_SESSION_KEY_SIZE]);

/* What is said when a session or a token's user is not there. */
#define AUTH_SESSION_ENDED "You are not signed in, or the session has ended; sign in again."
#define AUTH_NO_SUCH_USER  "The token's user does not exist on this server."

/* error is set when status is -EACCES:
 * the token was refused, or its user does not exist (code 5). `token` is what it says, of auth_bearer_find when status is 0. */
typedef void auth_bearer_fn(void *arg, int status, const struct store_user *user,
			    const struct user_token *token, const struct token_error *error);

/* The user of a user token; one that is limited to certain calls is refused. */
void auth_bearer_find(struct auth *a, const char *token, auth_bearer_fn *done, void *arg);

/* What a connection that stays open keeps of how its user was found: enough to ask again, and it opens nothing. */
struct auth_proof {
	char session_key[AUTH_SESSION_KEY_SIZE]; /* auth_session_key; "" = it was a user token */
	int64_t token_expires_at_s;
};

/* Whether it still holds, and the user as they are now. -EACCES with the error of a request: the session has ended, the token has
 * expired, or the user is gone. Notes the use of a session. */
void auth_still(struct auth *a, const struct auth_proof *proof, const char *user_id,
		auth_bearer_fn *done, void *arg);

/* The same, also for limited tokens (call_cids: a list of texts, else NULL) and for the anonymous
 * user, who has no account (ROLE_ANONYMOUS, always limited). Answers at once when the same token was
 * looked at within the last second. */
typedef void auth_scoped_fn(void *arg, int status, const struct store_user *user, json_t *call_cids,
			    const struct token_error *error);
void auth_scoped_find(struct auth *a, const char *token, auth_scoped_fn *done, void *arg);

/*
 * A user token for the session's own user. 0 and *ret_token (to
 * free) and ret_id; -EINVAL: `raw_user_id` sanitises to nothing;
 * -EPERM: it is not `who` (403 code 17); -ENOMEM. Answers at once.
 */
int auth_user_token(struct auth *a, const struct store_user *who, const char *raw_user_id,
		    char **ret_token, char ret_id[USER_ID_SIZE]);

/* ---- one's own account (account.c) ---- */

/* The user's sign-ins, the newest first. */
void auth_sessions_list(struct auth *a, const char *user_id, store_sessions_fn *done, void *arg);

/* Ends all but the one with this key (auth_session_key); the callback hears which: their sockets and
 * calls are to end. */
void auth_sessions_end_others(struct auth *a, const char *user_id, const char *keep_key,
			      store_sessions_fn *done, void *arg);

/* -EINVAL: see auth_user_problem. */
void auth_rename(struct auth *a, const char *user_id, const char *name, store_user_fn *done,
		 void *arg);

struct auth_password_change {
	const char *user_id, *now, *next; /* next: see auth_user_problem */
	const char *keep_key; /* every other sign-in ends: whoever knew the old one may be in */
	const char *peer;
};

/* -EACCES: not the password (nobody's when the account has none); -EAGAIN and -EBUSY as in
 * struct auth_signin; the sessions are those that ended. */
typedef void auth_password_fn(void *arg, int status, unsigned retry_after_s,
			      const struct store_session *ended, size_t n);
void auth_password_change(struct auth *a, const struct auth_password_change *change,
			  auth_password_fn *done, void *arg);

/* ---- accounts ---- */

/* A guest: a new account with an id made from `id` (may be NULL) or the name, and a token for it.
 * name and image as in auth_new_user. -EINVAL: see auth_user_problem. */
typedef void auth_guest_fn(void *arg, int status, const struct store_user *user, const char *token);
void auth_guest_create(struct auth *a, const char *id, const char *name, const char *image,
		       auth_guest_fn *done, void *arg);

struct auth_new_user {
	const char *raw_id;
	const char *name;  /* NULL or "": the id */
	const char *image; /* https URL or NULL */
	enum user_role role;
	const char *password; /* NULL: signs in by link only */
};

/*
 * The id is sanitised first; the callback's user has the final one. -EINVAL,
 * -ENAMETOOLONG: see auth_user_problem; -EEXIST: the id, or another one that
 * sanitises to the same, is taken; -EBUSY: hashing queue full.
 */
void auth_user_create(struct auth *a, const struct auth_new_user *user, store_user_fn *done,
		      void *arg);

/* What is wrong with the form of a new account, as a sentence for people; NULL when nothing is. */
const char *auth_user_problem(const struct auth_new_user *user);

typedef void auth_link_fn(void *arg, int status, const char *link_token);

/*
 * A one-time sign-in link's token (256 bit), good for life_s, and no longer than the session (its key) that asked for it;
 * NULL: the operator asks. -ENOENT: no such user, or session.
 */
void auth_link_create(struct auth *a, const char *user_id, const char *session, unsigned life_s,
		      auth_link_fn *done, void *arg);

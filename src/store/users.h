/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts, sign-ins, and media tokens that were taken back. Part of store.h, which says how verbs work. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum { STORE_HASH = 32 };

/* ---- users ---- */

/* A guest has an account without a password or conversation; ROLE_ANONYMOUS is never stored. */
enum user_role { ROLE_USER, ROLE_ADMIN, ROLE_GUEST, ROLE_ANONYMOUS };

const char *user_role_text(enum user_role role); /* "user", "admin", "guest", "anonymous" */
bool user_role_parse(const char *text, enum user_role *ret); /* the first two */

struct store_user {
	const char *id; /* [a-z0-9@_-]{1,64} */
	const char *name;
	const char *image; /* NULL = none */
	enum user_role role;
	uint64_t created_at_us;
	const char *
		place; /* of whoever asks for something now: from which address; NULL = not known */
};

struct store_deed;

/* A copy that the caller owns, one allocation; NULL when out of memory. Free with free(). */
struct store_user *store_user_dup(const struct store_user *user);

typedef void store_done_fn(void *arg, int status);
typedef void store_user_fn(void *arg, int status, const struct store_user *user);
typedef void store_login_fn(void *arg, int status, const struct store_user *user,
			    const char *password_hash);
typedef void store_users_fn(void *arg, int status, const struct store_user *users, size_t n);

/* password_hash NULL: nobody can sign in with a password.
 * With ROLE_USER the conversation comes with it. -EEXIST. */
void store_user_create(struct store *s, const struct store_user *user, const char *password_hash,
		       store_done_fn *done, void *arg);
/* -ENOENT: also when it was merged into another one (merge.h). */
void store_user_find(struct store *s, const char *id, store_user_fn *done, void *arg);
/* With the password's hash, "" when the user has none. */
void store_user_find_login(struct store *s, const char *id, store_login_fn *done, void *arg);
/* By id. */
void store_user_list(struct store *s, store_users_fn *done, void *arg);
void store_user_set_password(struct store *s, const char *id, const char *password_hash,
			     store_done_fn *done, void *arg);

/* What is left of somebody who was deleted. soft: the account is closed, and what they said stays, with their name.
 * pruning: the name and all that is known of them goes, too. hard: and all they said, with their conversation's
 * messages. The id stays: nobody else becomes them. */
enum erase_mode { ERASE_SOFT, ERASE_PRUNING, ERASE_HARD };

#define ERASED_NAME "Deleted user"

bool erase_mode_parse(const char *text, enum erase_mode *ret); /* "soft", "pruning", "hard" */

/* Who is left. -ENOENT: no such user; -EPERM: one of the team. */
void store_user_erase(struct store *s, const char *id, enum erase_mode mode,
		      const struct store_deed *by, store_user_fn *done, void *arg);

/* Accounts of guests made before then who have left nothing behind. */
void store_guest_prune(struct store *s, uint64_t before_us, store_done_fn *done, void *arg);

/* ---- media tokens that are refused: the newest STORE_REFUSALS_MAX ---- */

enum { STORE_REFUSALS_MAX = 2048 };

struct store_refusal {
	const char *kind; /* "ended": key is a session's; "barred": key is signalling's */
	const char *key;
};
typedef void store_refusals_fn(void *arg, int status, const struct store_refusal *list, size_t n);
void store_refusal_add(struct store *s, const char *kind, const char *key, uint64_t at_us,
		       store_done_fn *done, void *arg);
void store_refusal_list(struct store *s, store_refusals_fn *done, void *arg); /* oldest first */

/* ---- sessions and sign-in links: only hashes of tokens are stored ---- */

/* `agent`: what the browser calls itself, or NULL. */
void store_session_create(struct store *s, const uint8_t hash[STORE_HASH], const char *user_id,
			  const char *agent, uint64_t now_us, uint64_t expires_us,
			  store_done_fn *done, void *arg);
/* The session's user; -ENOENT when unknown, past its end, or unused for idle_us.
 * Notes the use, at most hourly. */
void store_session_find(struct store *s, const uint8_t hash[STORE_HASH], uint64_t now_us,
			uint64_t idle_us, store_user_fn *done, void *arg);
/* 0 also when there was none. */
void store_session_delete(struct store *s, const uint8_t hash[STORE_HASH], store_done_fn *done,
			  void *arg);

struct store_link {
	const char *user_id;
	const char *session; /* a key of store_session: the link ends with it; NULL: it does not */
	uint64_t created_at_us, expires_at_us;
};

/* -ENOENT: no such user, or no such session of theirs. */
void store_link_create(struct store *s, const uint8_t hash[STORE_HASH],
		       const struct store_link *link, store_done_fn *done, void *arg);
/* Uses the link up: its user, once; -ENOENT when unknown, used or expired. */
void store_link_use(struct store *s, const uint8_t hash[STORE_HASH], uint64_t now_us,
		    store_user_fn *done, void *arg);

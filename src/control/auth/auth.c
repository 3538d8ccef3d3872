/* SPDX-License-Identifier: Apache-2.0 */
/* The object, and who is asking: sessions and user tokens.
 * Signing in is in signin.c, accounts are in accounts.c. */
#include "control/auth/auth.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "control/auth/private.h"

static const uint64_t idle_us = (uint64_t)AUTH_SESSION_IDLE_S * US_PER_S;

static void free_secret(const char *text)
{
	char *own = (char *)(uintptr_t)text; /* we made it: see copy_keys */

	if (own)
		explicit_bzero(own, strlen(own));
	free(own);
}

static int copy_keys(struct auth *a, const struct token_keys *keys)
{
	a->keys.api_key = strdup(keys->api_key);
	a->keys.secret = strdup(keys->secret);
	return a->keys.api_key && a->keys.secret ? 0 : -ENOMEM;
}

int auth_new(const struct auth_config *config, struct auth **ret)
{
	if (strlen(config->keys.secret) < TOKEN_SECRET_MIN || !*config->keys.api_key)
		return -EINVAL;
	if (sodium_init() < 0)
		return -ENOSYS;
	struct auth *a = calloc(1, sizeof *a);
	if (!a)
		return -ENOMEM;
	a->store = config->store;
	a->rng = config->rng;
	a->wall_us = config->wall_us ? config->wall_us : clock_wall_us;
	password_pool_init(&a->passwords, config->loop);
	throttle_init(&a->throttle, config->rng);
	a->known = known_new();
	int r = a->known ? copy_keys(a, &config->keys) : -ENOMEM;
	if (r < 0) {
		(void)auth_free(a);
		return r;
	}
	*ret = a;
	return 0;
}

void auth_stop(struct auth *a)
{
	a->stopped = true;
	password_pool_stop(&a->passwords);
}

struct auth *auth_free(struct auth *a)
{
	if (a) {
		a->known = known_free(a->known);
		free_secret(a->keys.api_key);
		free_secret(a->keys.secret);
		explicit_bzero(a, sizeof *a);
	}
	free(a);
	return NULL;
}

bool auth_busy(const struct auth *a)
{
	return a->pending > 0;
}

const struct token_keys *auth_keys(const struct auth *a)
{
	return &a->keys;
}

/* ---- tokens of sessions and links ---- */

void auth_hash_token(const char *token, uint8_t ret_hash[STORE_HASH])
{
	static_assert(crypto_hash_sha256_BYTES == STORE_HASH, "the store keeps SHA-256");
	/* 256 random bits need no salt and no slow hash. */
	(void)crypto_hash_sha256(ret_hash, (const uint8_t *)token, strlen(token)); /* never fails */
}

void auth_make_token(struct auth *a, char ret_token[AUTH_TOKEN_SIZE], uint8_t ret_hash[STORE_HASH])
{
	uint8_t bytes[32];

	rng_fill(a->rng, bytes, sizeof bytes);
	(void)sodium_bin2base64(ret_token, AUTH_TOKEN_SIZE, bytes, sizeof bytes,
				sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	explicit_bzero(bytes, sizeof bytes);
	auth_hash_token(ret_token, ret_hash);
}

void auth_session_key(const char *session_token, char ret_key[AUTH_SESSION_KEY_SIZE])
{
	uint8_t hash[STORE_HASH];

	auth_hash_token(session_token, hash);
	(void)sodium_bin2hex(ret_key, AUTH_SESSION_KEY_SIZE, hash, sizeof hash);
}

/* A malformed token has a hash, too, and is as unknown as any other. */
void auth_session_find(struct auth *a, const char *session_token, store_user_fn *done, void *arg)
{
	uint8_t hash[STORE_HASH];

	auth_hash_token(session_token, hash);
	store_session_find(a->store, hash, a->wall_us(), idle_us, done, arg);
}

void auth_logout(struct auth *a, const char *session_token, store_done_fn *done, void *arg)
{
	uint8_t hash[STORE_HASH];

	auth_hash_token(session_token, hash);
	store_session_delete(a->store, hash, done, arg);
}

/* ---- user tokens ---- */

/* What known.h keeps of a user token, for each request anew: BLAKE2b, of which libsodium has a fast one; of SHA-256 not. */
static void hash_user_token(const char *token, uint8_t ret_hash[STORE_HASH])
{
	/* fails on sizes that it does not know only */
	(void)crypto_generichash(ret_hash, STORE_HASH, (const uint8_t *)token, strlen(token), NULL,
				 0);
}

struct bearer {
	struct auth *auth;
	int status;
	struct user_token token;
	struct token_error error;
	uint8_t hash[STORE_HASH]; /* of the token */
	unsigned age;		  /* known.h */
	auth_bearer_fn *done;	  /* one of the two */
	auth_scoped_fn *scoped;
	void *arg;
};

static int refuse(struct bearer *b, const char *message)
{
	b->error = (struct token_error){ .code = TOKEN_NOT_OURS };
	(void)snprintf(b->error.message, sizeof b->error.message, "%s", message);
	return -EACCES;
}

static void on_bearer_user(void *arg, int status, const struct store_user *user)
{
	static const struct store_user anonymous = { .id = USER_ANONYMOUS,
						     .name = "Anonymous",
						     .role = ROLE_ANONYMOUS };
	struct bearer *b = arg;

	b->auth->pending--;
	if (b->status < 0) {
		status = b->status;
		user = NULL;
	} else if (strcmp(b->token.user_id, USER_ANONYMOUS) == 0) {
		status = 0;
		user = &anonymous;
	} else if (status == -ENOENT) {
		status = refuse(b, AUTH_NO_SUCH_USER);
	} else if (status == 0) {
		known_put(b->auth->known, b->age, b->hash, &b->token, user, b->auth->wall_us());
	}
	const struct token_error *error = status == -EACCES ? &b->error : NULL;
	if (b->done)
		b->done(b->arg, status, user, status == 0 ? &b->token : NULL, error);
	else
		b->scoped(b->arg, status, user, b->token.call_cids, error);
	json_decref(b->token.call_cids);
	free(b);
}

static void bearer_find(struct auth *a, const char *token, auth_bearer_fn *done,
			auth_scoped_fn *scoped, void *arg)
{
	struct bearer *b = must(calloc(1, sizeof *b));

	*b = (struct bearer){ .auth = a, .done = done, .scoped = scoped, .arg = arg };
	hash_user_token(token, b->hash);
	b->age = known_age(a->known);
	b->status = user_token_verify(&a->keys, token, a->wall_us() / US_PER_S, &b->token,
				      &b->error);
	if (b->status == 0 && done && b->token.call_cids)
		b->status = refuse(b, "This token opens certain calls only (call_cids); it has no "
				      "events.");
	a->pending++;
	/* Also for a bad token: the answer comes later in every case. No user is called "". */
	store_user_find(a->store, b->token.user_id, on_bearer_user, b);
}

void auth_bearer_find(struct auth *a, const char *token, auth_bearer_fn *done, void *arg)
{
	bearer_find(a, token, done, NULL, arg);
}

void auth_scoped_find(struct auth *a, const char *token, auth_scoped_fn *done, void *arg)
{
	uint8_t hash[STORE_HASH];

	hash_user_token(token, hash);
	const struct known_user *known = known_find(a->known, hash, a->wall_us());
	if (known) {
		done(arg, 0, known->user, known->token.call_cids, NULL);
		return;
	}
	bearer_find(a, token, NULL, done, arg);
}

int auth_user_token(struct auth *a, const struct store_user *who, const char *raw_user_id,
		    char **ret_token, char ret_id[USER_ID_SIZE])
{
	char id[USER_ID_SIZE];
	int r = user_id_sanitise(raw_user_id, id);

	if (r == -ENAMETOOLONG || (r == 0 && strcmp(id, who->id) != 0))
		return -EPERM;
	if (r < 0)
		return r;
	char *token = user_token_make(&a->keys, id, a->wall_us() / US_PER_S, USER_TOKEN_LIFE_S);
	if (!token)
		return -ENOMEM;
	*ret_token = token;
	memcpy(ret_id, id, sizeof id);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with their own account. Changing the password: the way is the order of the functions. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "control/auth/private.h"

void auth_sessions_list(struct auth *a, const char *user_id, store_sessions_fn *done, void *arg)
{
	store_sessions_list(a->store, user_id, a->wall_us(),
			    (uint64_t)AUTH_SESSION_IDLE_S * US_PER_S, done, arg);
}

void auth_sessions_end_others(struct auth *a, const char *user_id, const char *keep_key,
			      store_sessions_fn *done, void *arg)
{
	store_sessions_end_others(a->store, user_id, keep_key, done, arg);
}

void auth_rename(struct auth *a, const char *user_id, const char *name, store_user_fn *done,
		 void *arg)
{
	known_forget(a->known);
	store_user_rename(a->store, user_id, name, done, arg);
}

struct change {
	struct auth *auth;
	char id[USER_ID_SIZE];
	char peer[AUTH_PEER_SIZE];
	char keep_key[AUTH_SESSION_KEY_SIZE];
	char *now, *next; /* own copies, wiped */
	auth_password_fn *done;
	void *arg;
};

static char *secret_copy(const char *text)
{
	return must(strdup(text));
}

static void secret_free(char *text)
{
	explicit_bzero(text, strlen(text));
	free(text);
}

static void finish(struct change *c, int status, unsigned retry_after_s,
		   const struct store_session *ended, size_t n)
{
	c->auth->pending--;
	c->done(c->arg, status, retry_after_s, ended, n);
	secret_free(c->now);
	secret_free(c->next);
	free(c);
}

static void on_others_ended(void *arg, int status, const struct store_session *ended, size_t n)
{
	finish(arg, status, 0, ended, n);
}

static void on_stored(void *arg, int status)
{
	struct change *c = arg;

	if (status < 0)
		finish(c, status, 0, NULL, 0);
	else
		store_sessions_end_others(c->auth->store, c->id, c->keep_key, on_others_ended, c);
}

static void on_hashed(void *arg, int status, const char *hash)
{
	struct change *c = arg;

	if (status < 0)
		finish(c, status, 0, NULL, 0);
	else
		store_user_set_password(c->auth->store, c->id, hash, on_stored, c);
}

/* Guessing here costs the same tries as guessing at the door (R12). */
static void on_verified(void *arg, int status, const char *fresh_hash)
{
	struct change *c = arg;
	struct throttle *t = &c->auth->throttle;

	(void)fresh_hash; /* a new one is made in any case */
	if (status == 0)
		throttle_good(t, clock_now_us(), c->id, c->peer);
	else if (status != -EACCES)
		throttle_undo(t, clock_now_us(), c->id, c->peer);
	if (status < 0)
		finish(c, status, 0, NULL, 0);
	else
		password_hash(&c->auth->passwords, c->next, on_hashed, c);
}

static void on_account(void *arg, int status, const struct store_user *user, const char *hash)
{
	struct change *c = arg;
	unsigned wait = 0;

	(void)user;
	if (status == 0 && c->auth->stopped)
		status = -ESHUTDOWN;
	if (status == 0)
		wait = throttle_take(&c->auth->throttle, clock_now_us(), c->id, c->peer);
	if (wait)
		status = -EAGAIN;
	if (status < 0)
		finish(c, status, wait, NULL, 0);
	else
		password_verify(&c->auth->passwords, c->now, hash, on_verified, c);
}

void auth_password_change(struct auth *a, const struct auth_password_change *change,
			  auth_password_fn *done, void *arg)
{
	struct change *c = must(calloc(1, sizeof *c));

	c->auth = a;
	c->done = done;
	c->arg = arg;
	(void)snprintf(c->id, sizeof c->id, "%s", change->user_id);
	(void)snprintf(c->peer, sizeof c->peer, "%s", change->peer);
	(void)snprintf(c->keep_key, sizeof c->keep_key, "%s", change->keep_key);
	c->now = secret_copy(change->now);
	c->next = secret_copy(change->next);
	a->pending++;
	store_user_find_login(a->store, c->id, on_account, c);
}

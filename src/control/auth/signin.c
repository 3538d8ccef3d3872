/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in, by password or by link. The way is the order of the functions. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "control/auth/private.h"

struct signin {
	struct auth *auth;
	char id[USER_ID_SIZE]; /* "" = by link, or an id that nobody can have */
	char peer[AUTH_PEER_SIZE];
	char agent[AUTH_AGENT_SIZE]; /* "" = not known */
	bool charged;		     /* the throttle's try was taken */
	unsigned wait;		     /* or the seconds it asks for */
	char *password;
	struct store_user *user; /* who it is, once known */
	char session_token[AUTH_TOKEN_SIZE];
	auth_signin_fn *done;
	void *arg;
};

static struct signin *signin_new(struct auth *a, const char *peer, const char *agent,
				 auth_signin_fn *done, void *arg)
{
	struct signin *s = must(calloc(1, sizeof *s));

	s->auth = a;
	s->done = done;
	s->arg = arg;
	(void)snprintf(s->peer, sizeof s->peer, "%s", peer); /* longer than any address: cut */
	(void)snprintf(s->agent, sizeof s->agent, "%s", agent ? agent : "");
	a->pending++;
	return s;
}

static void finish(struct signin *s, int status, unsigned retry_after_s)
{
	struct auth_signin result = { .status = status, .retry_after_s = retry_after_s };

	if (status == 0) {
		result.user = s->user;
		result.session_token = s->session_token;
	} else if (status == -EACCES && s->user) {
		result.refused_id = s->user->id;
		result.locked = throttle_wait(&s->auth->throttle, clock_now_us(), s->id, s->peer);
	}
	/* Only a wrong guess costs a try. */
	if (s->charged && status == 0)
		throttle_good(&s->auth->throttle, clock_now_us(), s->id, s->peer);
	else if (s->charged && status != -EACCES)
		throttle_undo(&s->auth->throttle, clock_now_us(), s->id, s->peer);
	s->auth->pending--;
	s->done(s->arg, &result);

	if (s->password) {
		explicit_bzero(s->password, strlen(s->password));
		free(s->password);
	}
	free(s->user);
	explicit_bzero(s, sizeof *s);
	free(s);
}

static void on_session(void *arg, int status)
{
	finish(arg, status, 0);
}

/* R14: a new token at each sign-in; nothing from before it is used again. */
static void make_session(struct signin *s)
{
	uint8_t hash[STORE_HASH];
	uint64_t now = s->auth->wall_us();

	auth_make_token(s->auth, s->session_token, hash);
	store_session_create(s->auth->store, hash, s->user->id, *s->agent ? s->agent : NULL, now,
			     now + (uint64_t)AUTH_SESSION_LIFE_S * US_PER_S, on_session, s);
}

static void ignore_done(void *arg, int status)
{
	(void)arg;
	(void)status; /* the old hash stays, and the next sign-in tries again */
}

static void on_verified(void *arg, int status, const char *fresh_hash)
{
	struct signin *s = arg;

	if (status == 0 && !s->user)
		status = -EACCES;
	if (status < 0) {
		finish(s, status, 0);
		return;
	}
	if (fresh_hash)
		store_user_set_password(s->auth->store, s->user->id, fresh_hash, ignore_done, NULL);
	make_session(s);
}

static void on_login_user(void *arg, int status, const struct store_user *user,
			  const char *password_hash)
{
	struct signin *s = arg;
	unsigned wait = 0;

	if (s->auth->stopped)
		status = -ESHUTDOWN;
	else if (status == 0 || status == -ENOENT)
		wait = throttle_take(&s->auth->throttle, clock_now_us(), s->id, s->peer);
	if (wait)
		status = -EAGAIN;
	if (status < 0 && status != -ENOENT) {
		finish(s, status, wait);
		return;
	}
	s->charged = true;
	if (user && !(s->user = store_user_dup(user))) {
		finish(s, -ENOMEM, 0);
		return;
	}
	/* An unknown user costs the same time as a wrong password. */
	password_verify(&s->auth->passwords, s->password, password_hash, on_verified, s);
}

void auth_login(struct auth *a, const char *raw_user_id, const char *password, const char *peer,
		const char *agent, auth_signin_fn *done, void *arg)
{
	struct signin *s = signin_new(a, peer, agent, done, arg);

	s->password = must(strdup(password));
	(void)user_id_sanitise(raw_user_id, s->id); /* what is no id stays "", which is nobody's */
	store_user_find_login(a->store, s->id, on_login_user, s);
}

static void on_link(void *arg, int status, const struct store_user *user)
{
	struct signin *s = arg;

	if (status == 0 && !(s->user = store_user_dup(user)))
		status = -ENOMEM;
	if (status < 0)
		finish(s, status == -ENOENT ? -EACCES : status, 0);
	else
		make_session(s);
}

/* One turn through the store first, so that the answer comes later in every case. */
static void on_refused(void *arg, int status, const struct store_user *user)
{
	struct signin *s = arg;

	(void)status;
	(void)user;
	finish(s, s->wait ? -EAGAIN : -ESHUTDOWN, s->wait);
}

void auth_link_use(struct auth *a, const char *link_token, const char *peer, const char *agent,
		   auth_signin_fn *done, void *arg)
{
	struct signin *s = signin_new(a, peer, agent, done, arg);
	uint8_t hash[STORE_HASH];

	s->wait = a->stopped ? 0 : throttle_take(&a->throttle, clock_now_us(), "", s->peer);
	if (a->stopped || s->wait) {
		store_user_find(a->store, "", on_refused, s);
		return;
	}
	s->charged = true;
	auth_hash_token(link_token, hash);
	store_link_use(a->store, hash, a->wall_us(), on_link, s);
}

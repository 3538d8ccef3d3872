/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of sign-in: accounts over a real store and a real loop, at a time that the test sets. */
#pragma once

#include "scratch.h"

#include "base/clock.h"
#include "control/auth/auth.h"
#include "forge.h"

struct world {
	struct scratch scratch;
	struct auth *auth;
};

static uint64_t wall = 1800000000ull * US_PER_S;

static inline uint64_t fake_wall(void)
{
	return wall;
}

static inline void auth_open(struct world *w)
{
	struct auth_config config = {
		.loop = &w->scratch.loop,
		.store = w->scratch.store,
		.keys = { .api_key = FORGE_KEY, .secret = FORGE_SECRET },
		.rng = rng_os(),
		.wall_us = fake_wall,
	};

	assert_int_equal(auth_new(&config, &w->auth), 0);
}

static inline int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	scratch_make(&w->scratch);
	auth_open(w);
	*state = w;
	return 0;
}

static inline int teardown(void **state)
{
	struct world *w = *state;

	assert_false(auth_busy(w->auth));
	scratch_close(&w->scratch);
	w->auth = auth_free(w->auth);
	scratch_remove(&w->scratch);
	free(w);
	return 0;
}

static inline void run(struct world *w)
{
	uv_run(&w->scratch.loop, UV_RUN_DEFAULT);
}

static inline int create(struct world *w, const char *raw_id, const char *password,
			 struct noted_user *ret)
{
	struct noted_user u = { .status = 1 };

	auth_user_create(w->auth, &(struct auth_new_user){ .raw_id = raw_id, .password = password },
			 note_user, &u);
	assert_int_equal(u.calls, 0); /* later, never inside */
	run(w);
	assert_int_equal(u.calls, 1);
	if (ret)
		*ret = u;
	return u.status;
}

struct signed_in {
	int status, calls;
	unsigned retry_after_s;
	char id[65], token[AUTH_TOKEN_SIZE];
};

static inline void note_signin(void *arg, const struct auth_signin *result)
{
	struct signed_in *s = arg;

	s->status = result->status;
	s->retry_after_s = result->retry_after_s;
	s->calls++;
	if (result->status == 0) {
		strcpy(s->id, result->user->id);
		strcpy(s->token, result->session_token);
	} else {
		assert_null(result->user);
		assert_null(result->session_token);
		if (result->refused_id)
			strcpy(s->id, result->refused_id);
	}
}

static inline struct signed_in login(struct world *w, const char *id, const char *password,
				     const char *peer)
{
	struct signed_in s = { .status = 1 };

	auth_login(w->auth, id, password, peer, NULL, note_signin, &s);
	assert_int_equal(s.calls, 0);
	run(w);
	assert_int_equal(s.calls, 1);
	return s;
}

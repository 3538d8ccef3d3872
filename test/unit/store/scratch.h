/* SPDX-License-Identifier: Apache-2.0 */
/* A data folder and a loop for tests of what stands on the store. */
#pragma once

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <uv.h>

#include "store/store.h"

struct scratch {
	char dir[64];
	uv_loop_t loop;
	struct store *store;
};

static inline void scratch_open(struct scratch *s)
{
	char error[STORE_ERROR_MAX] = "";

	assert_int_equal(uv_loop_init(&s->loop), 0);
	int r = store_open(&(struct store_config){ .dir = s->dir, .loop = &s->loop }, &s->store,
			   error);
	if (r < 0)
		fail_msg("store_open: %d %s", r, error);
}

static inline void scratch_close(struct scratch *s)
{
	s->store = store_close(s->store);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&s->loop), 0);
}

static inline int scratch_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline void scratch_remove(struct scratch *s)
{
	(void)nftw(s->dir, scratch_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* A folder of its own, with an empty store open in it. */
static inline void scratch_make(struct scratch *s)
{
	strcpy(s->dir, "/tmp/confab-test-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	scratch_open(s);
}

static inline int scratch_setup(void **state)
{
	struct scratch *s = calloc(1, sizeof *s);

	scratch_make(s);
	*state = s;
	return 0;
}

static inline int scratch_teardown(void **state)
{
	struct scratch *s = *state;

	if (s->store)
		scratch_close(s);
	scratch_remove(s);
	free(s);
	return 0;
}

/* ---- answers, kept for the test to look at ---- */

static inline void note_status(void *arg, int status)
{
	*(int *)arg = status;
}

struct noted_user {
	int status, calls;
	char id[65], name[129], role[8], hash[128];
};

static inline void note_user(void *arg, int status, const struct store_user *user)
{
	struct noted_user *n = arg;

	n->status = status;
	n->calls++;
	if (user) {
		snprintf(n->id, sizeof n->id, "%s", user->id);
		snprintf(n->name, sizeof n->name, "%s", user->name);
		snprintf(n->role, sizeof n->role, "%s", user_role_text(user->role));
	}
}

static inline int add_user(struct scratch *s, const char *id, enum user_role role)
{
	int status = 1;
	struct store_user user = { .id = id, .name = id, .role = role, .created_at_us = 1000 };

	store_user_create(s->store, &user, NULL, note_status, &status);
	store_wait(s->store);
	return status;
}

/* Customers ann and bob, and the admin boss. */
static inline void add_people(struct scratch *s)
{
	assert_int_equal(add_user(s, "ann", ROLE_USER), 0);
	assert_int_equal(add_user(s, "bob", ROLE_USER), 0);
	assert_int_equal(add_user(s, "boss", ROLE_ADMIN), 0);
}

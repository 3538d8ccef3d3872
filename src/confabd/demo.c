/* SPDX-License-Identifier: Apache-2.0 */
#include "confabd/demo.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "base/rng.h"
#include "control/auth/auth.h"

struct step {
	struct demo_account *account;
	int status;
	bool done;
};

static void on_created(void *arg, int status, const struct store_user *user)
{
	struct step *s = arg;

	(void)user;
	s->status = status;
	s->done = true;
}

static void on_link(void *arg, int status, const char *link_token)
{
	struct step *s = arg;

	if (status == 0)
		(void)snprintf(s->account->link, sizeof s->account->link, "%s", link_token);
	s->status = status;
	s->done = true;
}

static int wait_for(struct step *s, uv_loop_t *loop)
{
	while (!s->done)
		(void)uv_run(loop, UV_RUN_ONCE);
	return s->status;
}

static int prepare_one(struct auth *auth, uv_loop_t *loop, enum user_role role,
		       struct demo_account *account)
{
	struct step create = { .account = account }, link = { .account = account };

	rng_name(rng_os(), "", account->password, sizeof account->password);
	const struct auth_new_user user = { .raw_id = account->id,
					    .name = account->name,
					    .role = role,
					    .password = account->password };
	auth_user_create(auth, &user, on_created, &create);
	int r = wait_for(&create, loop);
	if (r < 0)
		explicit_bzero(account->password, sizeof account->password);
	if (r < 0 && r != -EEXIST)
		return r;

	auth_link_create(auth, account->id, NULL, AUTH_LINK_LIFE_S, on_link, &link);
	return wait_for(&link, loop);
}

int demo_prepare(struct auth *auth, struct uv_loop_s *loop, struct demo_account ret[DEMO_ACCOUNTS])
{
	ret[0] = (struct demo_account){ .id = "admin", .name = "Alex Morgan" };
	ret[1] = (struct demo_account){ .id = "user", .name = "Sam Rivera" };

	int r = prepare_one(auth, loop, ROLE_ADMIN, &ret[0]);
	return r < 0 ? r : prepare_one(auth, loop, ROLE_USER, &ret[1]);
}

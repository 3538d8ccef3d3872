/* SPDX-License-Identifier: Apache-2.0 */
/* New accounts and one-time sign-in links. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/must.h"
#include "base/utf8.h"
#include "control/auth/private.h"

enum { IMAGE_MAX = 2048 };

static bool is_line(const char *text, size_t max)
{
	size_t n = strlen(text);

	if (n > max || !utf8_is_valid(text, n))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return true;
}

/* Names that are used for things that are not people. */
static bool is_reserved(const char *id)
{
	return strcmp(id, "system") == 0 || strcmp(id, "anon") == 0;
}

const char *auth_user_problem(const struct auth_new_user *u)
{
	char id[USER_ID_SIZE];
	int r = user_id_sanitise(u->raw_id, id);

	if (r == -EINVAL)
		return "The user ID has none of the characters that are kept (a-z 0-9 @ _ -). "
		       "Choose another.";
	if (r == -ENAMETOOLONG)
		return "The user ID is too long: at most 64 of a-z 0-9 @ _ - are kept.";
	if (is_reserved(id))
		return "This user ID is reserved. Choose another.";
	if (u->name && !is_line(u->name, LIMIT_USER_NAME))
		return "The name must be one line of UTF-8, at most 128 bytes.";
	if (u->image && (strncmp(u->image, "https://", 8) != 0 || !is_line(u->image, IMAGE_MAX)))
		return "The image must be an https:// address of at most 2048 bytes.";
	if (u->password && strlen(u->password) < AUTH_PASSWORD_MIN)
		return "The password is too short: at least 8 characters.";
	if (u->password && strlen(u->password) > LIMIT_PASSWORD)
		return "The password is too long: at most 1024 bytes.";
	if (u->password && strcmp(u->password, id) == 0)
		return "The password is the user ID. Choose another password.";
	return NULL;
}

struct creation {
	struct auth *auth;
	int status; /* known before anything was asked */
	char id[USER_ID_SIZE];
	char *name, *image, *password; /* own copies */
	enum user_role role;
	struct store_user user;
	store_user_fn *done;
	void *arg;
};

static void finish(struct creation *c, int status)
{
	c->auth->pending--;
	c->done(c->arg, status, status == 0 ? &c->user : NULL);
	if (c->password)
		explicit_bzero(c->password, strlen(c->password));
	free(c->password);
	free(c->name);
	free(c->image);
	free(c);
}

static void on_created(void *arg, int status)
{
	finish(arg, status);
}

static void on_hash(void *arg, int status, const char *hash)
{
	struct creation *c = arg;

	if (status < 0) {
		finish(c, status);
		return;
	}
	c->user = (struct store_user){
		.id = c->id,
		.name = c->name,
		.image = c->image,
		.role = c->role,
		.created_at_us = c->auth->wall_us(),
	};
	store_user_create(c->auth->store, &c->user, hash, on_created, c);
}

/* Asked before the hash, which is dear; two creations at once are decided by the store. */
static void on_taken(void *arg, int status, const struct store_user *user)
{
	struct creation *c = arg;

	if (c->status < 0)
		finish(c, c->status);
	else if (user || status != -ENOENT)
		finish(c, user ? -EEXIST : status);
	else if (c->password)
		password_hash(&c->auth->passwords, c->password, on_hash, c);
	else
		on_hash(c, 0, NULL);
}

void auth_user_create(struct auth *a, const struct auth_new_user *user, store_user_fn *done,
		      void *arg)
{
	struct creation *c = must(calloc(1, sizeof *c));

	*c = (struct creation){ .auth = a, .role = user->role, .done = done, .arg = arg };
	c->status = user_id_sanitise(user->raw_id, c->id);
	if (c->status == 0 && auth_user_problem(user))
		c->status = -EINVAL;
	c->name = must_copy(user->name && *user->name ? user->name : c->id);
	c->image = must_copy(user->image);
	c->password = must_copy(user->password);
	a->pending++;
	store_user_find(a->store, c->id, on_taken, c);
}

struct link {
	struct auth *auth;
	char token[AUTH_TOKEN_SIZE];
	auth_link_fn *done;
	void *arg;
};

static void on_link_stored(void *arg, int status)
{
	struct link *l = arg;

	l->auth->pending--;
	l->done(l->arg, status, status == 0 ? l->token : NULL);
	explicit_bzero(l, sizeof *l);
	free(l);
}

void auth_link_create(struct auth *a, const char *user_id, const char *session, unsigned life_s,
		      auth_link_fn *done, void *arg)
{
	struct link *l = must(calloc(1, sizeof *l));
	uint8_t hash[STORE_HASH];
	uint64_t now = a->wall_us();

	*l = (struct link){ .auth = a, .done = done, .arg = arg };
	auth_make_token(a, l->token, hash);
	a->pending++;
	/* The user's absence is the store's foreign key: -ENOENT. */
	store_link_create(
		a->store, hash,
		&(struct store_link){ .user_id = user_id,
				      .session = session,
				      .created_at_us = now,
				      .expires_at_us = now + (uint64_t)life_s * US_PER_S },
		on_link_stored, l);
}

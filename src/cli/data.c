/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rng.h"
#include "cli/cli.h"
#include "control/auth/auth.h"
#include "store/store.h"

_Static_assert((int)STORE_ERROR_MAX <= 1024 && (int)API_KEYS_ERROR_MAX <= 1024,
	       "error lines must fit");

/* A mistyped folder must not become a new, empty one. */
static bool has_data(const char *dir)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof path, "%s/confab.db", dir) < (int)sizeof path &&
	       access(path, F_OK) == 0;
}

int cli_data_folder(const struct cli_command *self, const char **dir, bool create)
{
	if (!*dir)
		*dir = getenv("CONFAB_DATA");
	if (!*dir || !**dir)
		return cli_usage(
			self,
			"--data is missing: name the data folder of confabd, or set CONFAB_DATA");
	if (!create && !has_data(*dir))
		return cli_fail("there is no Confab data in %s: check --data", *dir);
	return 0;
}

/* What root makes in the folder must be confabd's, whose folder it is: SQLite does so with its own files, for the rest we are that
 * user from here on. */
static int be_owner(const char *dir)
{
	struct stat st;

	if (geteuid() != 0 || stat(dir, &st) < 0 || st.st_uid == 0)
		return 0;
	if (setgroups(0, NULL) < 0 || setegid(st.st_gid) < 0 || seteuid(st.st_uid) < 0)
		return cli_fail("cannot become the user whom %s belongs to: %s", dir,
				strerror(errno));
	return 0;
}

int cli_data_open(const struct cli_command *self, const char *dir, bool create,
		  struct cli_data *ret)
{
	char error[1024] = "out of memory"; /* takes the longest line of either */
	struct cli_data *d = ret;
	int folder = cli_data_folder(self, &dir, create);

	*d = (struct cli_data){ .dir = dir };
	if (folder || (folder = be_owner(d->dir)))
		return folder;
	if (api_keys_load(d->dir, rng_os(), &d->keys, error) < 0)
		return cli_fail("%s", error);
	int r = uv_loop_init(&d->loop);
	if (r < 0)
		return cli_fail("no event loop: %s", uv_strerror(r));
	r = store_open(&(struct store_config){ .dir = d->dir, .loop = &d->loop }, &d->store, error);
	if (r == 0)
		r = auth_new(&(struct auth_config){ .loop = &d->loop,
						    .store = d->store,
						    .keys = api_keys_token(&d->keys),
						    .rng = rng_os() },
			     &d->auth);
	if (r < 0) {
		cli_data_close(d);
		return cli_fail("%s", error);
	}
	return 0;
}

int cli_data_open_for(const struct cli_command *self, const char *user, const char *dir,
		      char ret_id[USER_ID_SIZE], struct cli_data *ret)
{
	if (!user)
		return cli_usage(self, "--user is missing");
	if (user_id_sanitise(user, ret_id) < 0)
		return cli_usage(self, "--user '%s' is no user ID", user);
	return cli_data_open(self, dir, false, ret);
}

void cli_data_wait(struct cli_data *d)
{
	(void)uv_run(&d->loop, UV_RUN_DEFAULT); /* ends when nothing is in flight */
}

void cli_data_close(struct cli_data *d)
{
	d->store = store_close(d->store);
	(void)uv_run(&d->loop, UV_RUN_DEFAULT); /* the store's handle closes */
	d->auth = auth_free(d->auth);
	(void)uv_loop_close(&d->loop); /* nothing is left in it */
	api_keys_fini(&d->keys);
}

const char *cli_status_text(int status)
{
	switch (status) {
	case -ENOENT:
		return "it does not exist";
	case -EEXIST:
		return "it is taken";
	case -ENOSPC:
		return "the disk is full";
	case -EROFS:
		return "the data folder cannot be written; run this as the user who runs confabd";
	case -EUCLEAN:
		return "the database is damaged; restore it from a backup";
	default:
		return strerror(-status);
	}
}

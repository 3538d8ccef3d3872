/* SPDX-License-Identifier: Apache-2.0 */
/* `confab token create`: a user token, as POST /api/video-call/token hands out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "control/auth/auth.h"

static void on_found(void *arg, int status, const struct store_user *user)
{
	(void)user;
	*(int *)arg = status;
}

int cli_token_create(const struct cli_command *self, int argc, char **argv)
{
	const char *user = NULL, *dir = NULL;
	const struct cli_option options[] = { { "--user", &user, NULL },
					      { "--data", &dir, NULL },
					      { NULL } };
	char id[USER_ID_SIZE];
	struct cli_data data;
	int status = -EIO, r = cli_options(self, argc, argv, options, NULL);

	if (r || (r = cli_data_open_for(self, user, dir, id, &data)))
		return r;
	store_user_find(data.store, id, on_found, &status);
	cli_data_wait(&data);
	char *token = status == 0 ? user_token_make(auth_keys(data.auth), id,
						    clock_wall_us() / US_PER_S, USER_TOKEN_LIFE_S)
				  : NULL;
	cli_data_close(&data);
	if (status == -ENOENT)
		return cli_fail("there is no user '%s'; confab user list shows who there is", id);
	if (!token)
		return cli_fail("no token was made: %s",
				cli_status_text(status < 0 ? status : -ENOMEM));
	puts(token);
	free(token);
	return CLI_OK;
}

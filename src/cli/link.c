/* SPDX-License-Identifier: Apache-2.0 */
/* `confab link create`: a one-time sign-in link. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "control/auth/auth.h"

struct made {
	int status;
	char token[AUTH_TOKEN_SIZE];
};

static void on_link(void *arg, int status, const char *token)
{
	struct made *m = arg;

	m->status = status;
	if (token)
		strcpy(m->token, token);
}

int cli_link_create(const struct cli_command *self, int argc, char **argv)
{
	const char *user = NULL, *url = "http://localhost:8080", *dir = NULL;
	const struct cli_option options[] = { { "--user", &user, NULL },
					      { "--url", &url, NULL },
					      { "--data", &dir, NULL },
					      { NULL } };
	char id[USER_ID_SIZE];
	struct cli_data data;
	struct made made = { .status = -EIO };
	int r = cli_options(self, argc, argv, options, NULL);

	if (r || (r = cli_data_open_for(self, user, dir, id, &data)))
		return r;
	auth_link_create(data.auth, id, NULL, AUTH_LINK_LIFE_S, on_link, &made);
	cli_data_wait(&data);
	cli_data_close(&data);
	if (made.status == -ENOENT)
		return cli_fail("there is no user '%s'; confab user list shows who there is", id);
	if (made.status < 0)
		return cli_fail("no link was made: %s", cli_status_text(made.status));
	size_t n = strlen(url);
	printf("%.*s/signin#%s\n", (int)(n && url[n - 1] == '/' ? n - 1 : n), url, made.token);
	return CLI_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* `confab user add`, `confab user list`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "control/auth/auth.h"

struct added {
	int status;
	char id[USER_ID_SIZE];
};

static void on_added(void *arg, int status, const struct store_user *user)
{
	struct added *a = arg;

	a->status = status;
	if (user)
		strcpy(a->id, user->id);
}

/* The first line of stdin. Never an argument: those are seen by everybody on the machine. */
static int read_password(const struct cli_command *self, char password[LIMIT_PASSWORD + 3])
{
	if (!fgets(password, LIMIT_PASSWORD + 3, stdin))
		return cli_usage(self, "--password-stdin, but the standard input is empty");
	password[strcspn(password, "\r\n")] = '\0';
	return 0;
}

int cli_user_add(const struct cli_command *self, int argc, char **argv)
{
	const char *raw_id = NULL, *role = "user", *name = NULL, *image = NULL, *dir = NULL;
	bool password_stdin = false;
	char password[LIMIT_PASSWORD + 3] = "";
	const struct cli_option options[] = {
		{ "--role", &role, NULL },
		{ "--name", &name, NULL },
		{ "--image", &image, NULL },
		{ "--data", &dir, NULL },
		{ "--password-stdin", NULL, &password_stdin },
		{ NULL },
	};
	int r = cli_options(self, argc, argv, options, &raw_id);

	if (r)
		return r;
	struct auth_new_user user = { .raw_id = raw_id, .name = name, .image = image };
	if (!raw_id)
		return cli_usage(self, "the ID is missing");
	if (!user_role_parse(role, &user.role))
		return cli_usage(self, "--role '%s' is unknown: use user or admin", role);
	if (password_stdin && (r = read_password(self, password)))
		return r;
	if (password_stdin)
		user.password = password;
	const char *problem = auth_user_problem(&user);
	if (problem)
		return cli_fail("user '%s' was not made: %s", raw_id, problem);

	struct cli_data data;
	struct added added = { .status = -EIO };
	if ((r = cli_data_open(self, dir, true, &data)))
		return r;
	auth_user_create(data.auth, &user, on_added, &added);
	cli_data_wait(&data);
	cli_data_close(&data);
	explicit_bzero(password, sizeof password);
	if (added.status == -EEXIST) {
		char id[USER_ID_SIZE] = "";

		(void)user_id_sanitise(raw_id, id); /* it worked a moment ago */
		return cli_fail("user '%s' was not made: its id is '%s', and that account exists "
				"already. Choose another ID.",
				raw_id, id);
	}
	if (added.status < 0)
		return cli_fail("user '%s' was not made: %s", raw_id,
				cli_status_text(added.status));
	printf("%s\n", added.id);
	if (strcmp(added.id, raw_id) != 0)
		fprintf(stderr, "confab: '%s' signs in as '%s'\n", raw_id, added.id);
	if (!password_stdin)
		fprintf(stderr,
			"confab: no password was given; confab link create --user %s makes a "
			"sign-in link\n",
			added.id);
	return CLI_OK;
}

static void on_list(void *arg, int status, const struct store_user *users, size_t n)
{
	*(int *)arg = status;
	for (size_t i = 0; i < n; i++)
		printf("%-24s %-6s %s\n", users[i].id, user_role_text(users[i].role),
		       users[i].name);
}

int cli_user_list(const struct cli_command *self, int argc, char **argv)
{
	const char *dir = NULL;
	const struct cli_option options[] = { { "--data", &dir, NULL }, { NULL } };
	struct cli_data data;
	int status = -EIO, r = cli_options(self, argc, argv, options, NULL);

	if (r || (r = cli_data_open(self, dir, false, &data)))
		return r;
	store_user_list(data.store, on_list, &status);
	cli_data_wait(&data);
	cli_data_close(&data);
	return status < 0 ? cli_fail("the accounts cannot be listed: %s", cli_status_text(status))
			  : CLI_OK;
}

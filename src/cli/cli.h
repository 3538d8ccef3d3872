/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `confab`, the command line, START HERE: one file per sub-command, one row per command in main.c.
 * A command opens what it needs, runs the loop until it is done, and says on stderr what went
 * wrong: cause, value, fix.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/user_id.h"
#include "control/auth/keys.h"

struct auth;
struct store;

enum cli_exit { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

struct cli_command {
	const char *name;    /* "user add" */
	const char *usage;   /* what follows the name */
	const char *summary; /* one line */
	/* argv without the command's own words. Returns an enum cli_exit. */
	int (*run)(const struct cli_command *self, int argc, char **argv);
};

/* One option: with `value` it takes an argument (`--name X`, `--name=X`), with `flag` none. */
struct cli_option {
	const char *name;
	const char **value;
	bool *flag;
};

/*
 * Reads options and at most one other argument (*ret_operand, NULL = none allowed). `options` ends
 * with a NULL name. 0, or CLI_USAGE after saying why.
 */
int cli_options(const struct cli_command *self, int argc, char **argv,
		const struct cli_option *options, const char **ret_operand);

/* "confab user add: …" and the usage on stderr; returns CLI_USAGE. */
int cli_usage(const struct cli_command *self, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "confab: …" on stderr; returns CLI_FAILED. */
int cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The data folder of a daemon, opened for one command. */
struct cli_data {
	const char *dir;
	uv_loop_t loop;
	struct store *store;
	struct auth *auth;
	struct api_keys keys;
};

/* Fills in $CONFAB_DATA for a *dir that is NULL. create: it may be missing.
 * 0, or CLI_FAILED or CLI_USAGE after saying why. */
int cli_data_folder(const struct cli_command *self, const char **dir, bool create);

/* `dir` NULL: $CONFAB_DATA. create: makes the folder when it is missing.
 * 0, or CLI_FAILED or CLI_USAGE after saying why. */
int cli_data_open(const struct cli_command *self, const char *dir, bool create,
		  struct cli_data *ret);

/* The same, create false, for a command about one account: `user`, as given, becomes its id. */
int cli_data_open_for(const struct cli_command *self, const char *user, const char *dir,
		      char ret_id[USER_ID_SIZE], struct cli_data *ret);

void cli_data_close(struct cli_data *d);

/* Runs the loop until everything asked of store and auth is answered. */
void cli_data_wait(struct cli_data *d);

/* What a status of store or auth means, for people. */
const char *cli_status_text(int status);

int cli_user_add(const struct cli_command *self, int argc, char **argv);
int cli_user_list(const struct cli_command *self, int argc, char **argv);
int cli_data_backup(const struct cli_command *self, int argc, char **argv);
int cli_data_restore(const struct cli_command *self, int argc, char **argv);
int cli_doctor(const struct cli_command *self, int argc, char **argv);
int cli_load(const struct cli_command *self, int argc, char **argv);
int cli_link_create(const struct cli_command *self, int argc, char **argv);
int cli_token_create(const struct cli_command *self, int argc, char **argv);
int cli_widget_secret(const struct cli_command *self, int argc, char **argv);

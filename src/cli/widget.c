/* SPDX-License-Identifier: Apache-2.0 */
/* `confab widget secret`: with what a shop's server makes the hashes of its customers' ids. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "control/auth/customers.h"

int cli_widget_secret(const struct cli_command *self, int argc, char **argv)
{
	const char *dir = NULL;
	const struct cli_option options[] = { { "--data", &dir, NULL }, { NULL } };
	char secret[CUSTOMER_KEY_SIZE];
	struct cli_data data;
	int r = cli_options(self, argc, argv, options, NULL);

	if (r || (r = cli_data_open(self, dir, false, &data)))
		return r;
	customer_secret(data.auth, secret);
	cli_data_close(&data);
	puts(secret);
	explicit_bzero(secret, sizeof secret);
	return CLI_OK;
}

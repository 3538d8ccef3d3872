/* SPDX-License-Identifier: Apache-2.0 */
/* `confab doctor`: see doctor/doctor.h. */
#include "cli/doctor/doctor.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static void (*const checks[])(struct doctor *) = {
	doctor_find_daemon,    doctor_check_settings, doctor_check_folder,   doctor_check_room,
	doctor_check_database, doctor_check_keys,     doctor_check_limits,   doctor_check_daemon,
	doctor_check_site,     doctor_check_tokens,   doctor_check_response, doctor_check_users,
	doctor_check_media,    doctor_check_browser,
};

int cli_doctor(const struct cli_command *self, int argc, char **argv)
{
	struct doctor *d = calloc(1, sizeof *d);
	const struct cli_option options[] = {
		{ "--data", d ? &d->data : NULL, NULL },
		{ "--url", d ? &d->url : NULL, NULL },
		{ "--user", d ? &d->users : NULL, NULL },
		{ "--config", d ? &d->config_file : NULL, NULL },
		{ "--token-response", d ? &d->token_file : NULL, NULL },
		{ "--json", NULL, d ? &d->json : NULL },
		{ NULL },
	};
	int r = d ? cli_options(self, argc, argv, options, NULL) : cli_fail("out of memory");

	if (r == 0) {
		d->findings = json_array();
		for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
			checks[i](d);
		doctor_end(d);
		r = d->counts[DOCTOR_BAD] ? CLI_FAILED : CLI_OK;
		json_decref(d->findings);
		(void)store_look_close(d->look);
		doctor_forget_daemon(d);
		api_keys_fini(&d->keys);
	}
	free(d);
	return r;
}

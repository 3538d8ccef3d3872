/* SPDX-License-Identifier: Apache-2.0 */
/* `--demo`: an admin and a user to try Confab with. Control thread, at start. */
#pragma once

struct auth;
struct uv_loop_s;

enum { DEMO_ACCOUNTS = 2, DEMO_LINK_MAX = 64, DEMO_PASSWORD_MAX = 24 };

struct demo_account {
	const char *id, *name;
	char link[DEMO_LINK_MAX];	  /* token of a one-time sign-in link, new at each start */
	char password[DEMO_PASSWORD_MAX]; /* "" unless the account was made by this call */
};

/* Makes what is missing, and a link for each: the admin first, then the user.
 * Runs the loop until done. 0 or -errno. */
int demo_prepare(struct auth *auth, struct uv_loop_s *loop, struct demo_account ret[DEMO_ACCOUNTS]);

/* SPDX-License-Identifier: Apache-2.0 */
/* The connected user: token and event socket. On the client's loop. */
#pragma once

#include "client/internal.h"

/* Who is to be connected, and who waits for it. */
struct user_connect {
	struct confab_client *client;
	char id[LIMIT_USER_ID + 1];
	int bad;       /* of the id */
	int64_t since; /* 0: events from now on */
	confab_token_provider_fn *provider;
	void *provider_arg;
	confab_done_fn *done;
	void *arg;
};

/*
 * Begins to connect, or joins in; done follows then, maybe at once, and CONFAB_OK is returned. Else the
 * error, in *ret, and done is not called.
 */
int user_connect(struct confab_client *c, const struct user_connect *k, confab_error *ret);

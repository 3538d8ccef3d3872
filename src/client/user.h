/* SPDX-License-Identifier: Apache-2.0 */
/* The connected user: token and event socket. On the client's loop. */
#pragma once

#include "client/internal.h"

/*
 * Begins to connect, or joins in; done follows then, maybe at once, and CONFAB_OK is returned. Else the
 * error, in *ret, and done is not called.
 */
int user_connect(struct confab_client *c, const char *id, confab_token_provider_fn *provider,
		 void *provider_arg, confab_done_fn *done, void *arg, confab_error *ret);

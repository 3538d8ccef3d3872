/* SPDX-License-Identifier: Apache-2.0 */
/* User ids and tokens, as far as a client looks into them. Pure. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"

/*
 * M6, as the server does it: ASCII letters made lower case, everything but a-z 0-9 @ _ - deleted. 0;
 * -EINVAL: nothing is left; -ENAMETOOLONG: more than LIMIT_USER_ID.
 */
int token_sanitise_id(const char *raw, char ret[LIMIT_USER_ID + 1]);

/*
 * Whether the token is a JWT whose claim `user_id` is this one. Its signature is the server's work.
 */
bool token_is_for(const char *token, const char *user_id);

/* SPDX-License-Identifier: Apache-2.0 */
/* A user's token, as far as a client looks into it. Pure. Any thread. */
#pragma once

#include <stdbool.h>

/*
 * Whether the token is a JWT whose claim `user_id` is this one. Its signature is the server's work.
 */
bool token_is_for(const char *token, const char *user_id);

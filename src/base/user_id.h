/* SPDX-License-Identifier: Apache-2.0 */
/* User ids (M6): `[a-z0-9@_-]{1,64}`. Pure functions, any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"

/* Holds a sanitised id and its NUL. */
enum { USER_ID_SIZE = LIMIT_USER_ID + 1 };

/*
 * Trims, lower-cases (ASCII) and deletes every other character. 0, -EINVAL when nothing is left,
 * -ENAMETOOLONG when more than 64 characters are left. Untouched on failure.
 */
int user_id_sanitise(const char *raw, char ret_id[USER_ID_SIZE]);

/* Already in that form. */
bool user_id_is_valid(const char *id);

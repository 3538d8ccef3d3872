/* SPDX-License-Identifier: Apache-2.0 */
/* Who is named in a note: "@" and a user id, at the beginning of a word. Pure. */
#pragma once

#include <stddef.h>

#include "base/limits.h"

enum { MENTIONS_MAX = 20 };

struct mentions {
	char ids[MENTIONS_MAX][LIMIT_USER_ID + 1];
	const char *list[MENTIONS_MAX]; /* into ids */
	size_t count;
};

/* The first MENTIONS_MAX of a text, lower case; that they exist is not known. A dot or a dash at the end
 * of a sentence is no part of a name. */
void mentions_find(const char *text, struct mentions *ret);

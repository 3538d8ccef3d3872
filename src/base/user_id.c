/* SPDX-License-Identifier: Apache-2.0 */
#include "base/user_id.h"

#include <errno.h>
#include <string.h>

static bool allowed(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '@' || c == '_' || c == '-';
}

int user_id_sanitise(const char *raw, char ret_id[USER_ID_SIZE])
{
	char id[USER_ID_SIZE];
	size_t n = 0;

	/* Bytes of UTF-8 letters are over 0x7f and go, too; trimming is part of the deleting. */
	for (; *raw; raw++) {
		char c = *raw >= 'A' && *raw <= 'Z' ? (char)(*raw + ('a' - 'A')) : *raw;

		if (!allowed(c))
			continue;
		if (n == LIMIT_USER_ID)
			return -ENAMETOOLONG;
		id[n++] = c;
	}
	if (n == 0)
		return -EINVAL;
	id[n] = '\0';
	memcpy(ret_id, id, n + 1);
	return 0;
}

bool user_id_is_valid(const char *id)
{
	size_t n = 0;

	for (; allowed(id[n]); n++)
		if (n == LIMIT_USER_ID)
			return false;
	return n > 0 && id[n] == '\0';
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Sanitising: the result is an id, stays itself, and
 * comes from the input's own characters in their order. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/user_id.h"

static void require(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *raw = malloc(n + 1), id[USER_ID_SIZE] = "", again[USER_ID_SIZE];

	if (n)
		memcpy(raw, bytes, n);
	raw[n] = '\0';
	int r = user_id_sanitise(raw, id);
	require(r == 0 || ((r == -EINVAL || r == -ENAMETOOLONG) && !*id));
	if (r == 0) {
		require(user_id_is_valid(id));
		require(user_id_sanitise(id, again) == 0 && strcmp(id, again) == 0);
		const char *at = raw;
		for (const char *c = id; *c; c++, at++) {
			while (*at && *at != *c && !(*c >= 'a' && *c <= 'z' && *at == *c - 32))
				at++;
			require(*at);
		}
	}
	require(user_id_is_valid(raw) == (r == 0 && strcmp(raw, id) == 0));
	free(raw);
	return 0;
}

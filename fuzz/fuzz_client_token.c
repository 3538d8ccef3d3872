/* SPDX-License-Identifier: Apache-2.0 */
/* A user's token, and after a line feed the id it is held against, as libconfab looks into both. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/user_id.h"
#include "client/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char id[LIMIT_USER_ID + 1] = "untouched", again[LIMIT_USER_ID + 1];
	autofree char *text = calloc(n + 1, 1);

	assert(text);
	if (n)
		memcpy(text, bytes, n);

	char *raw = strchr(text, '\n');
	if (!raw)
		return 0;
	*raw++ = '\0';
	if (user_id_sanitise(raw, id) < 0) {
		assert(strcmp(id, "untouched") == 0);
		return 0;
	}
	assert(user_id_sanitise(id, again) == 0 && strcmp(id, again) == 0);
	if (token_is_for(text, id))
		assert(!token_is_for(text, "somebody else"));
	return 0;
}

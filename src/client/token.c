/* SPDX-License-Identifier: Apache-2.0 */
#include "client/token.h"

#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"

enum { CLAIMS_MAX = 16 * 1024 };

/* RFC 4648 5, without padding. */
static int value_of(char c)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

static bool decode(const char *text, size_t n, char *ret, size_t *ret_length)
{
	uint32_t bits = 0, count = 0;
	size_t length = 0;

	for (size_t i = 0; i < n; i++) {
		int v = value_of(text[i]);

		if (v < 0)
			return false;
		bits = bits << 6 | (uint32_t)v;
		count += 6;
		if (count >= 8) {
			count -= 8;
			ret[length++] = (char)(bits >> count & 0xff);
		}
	}
	*ret_length = length;
	return true;
}

bool token_is_for(const char *token, const char *user_id)
{
	const char *begin = strchr(token, '.'), *end = begin ? strchr(begin + 1, '.') : NULL;
	size_t n = end ? (size_t)(end - begin - 1) : 0, length;
	autofree char *claims = NULL;

	if (n == 0 || n > CLAIMS_MAX)
		return false;
	claims = malloc(n);
	if (!claims || !decode(begin + 1, n, claims, &length))
		return false;
	json_t *object = json_loadb(claims, length, 0, NULL);
	const char *found = json_string_value(json_object_get(object, "user_id"));
	bool same = found && strcmp(found, user_id) == 0;
	json_decref(object);
	return same;
}

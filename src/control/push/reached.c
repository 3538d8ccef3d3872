/* SPDX-License-Identifier: Apache-2.0 */
#include "control/push/reached.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypt/hash.h"

/* False: no memory. */
static bool make_id(const char *topic, const char *endpoint, uint8_t ret[REACHED_ID])
{
	size_t n = strlen(topic), m = strlen(endpoint);
	uint8_t digest[SHA256_LENGTH], *text = malloc(n + 1 + m);

	if (!text)
		return false;
	memcpy(text, topic, n + 1); /* with its NUL between them */
	memcpy(text + n + 1, endpoint, m);
	hash_sha256(text, n + 1 + m, digest);
	free(text);
	memcpy(ret, digest, REACHED_ID);
	return true;
}

void reached_add(struct reached *r, const char *topic, const char *endpoint, uint64_t now_us)
{
	if (make_id(topic, endpoint, r->slots[r->next].id)) {
		r->slots[r->next].at_us = now_us;
		r->next = (r->next + 1) % REACHED_MAX;
	}
}

bool reached_take(struct reached *r, const char *topic, const char *endpoint, uint64_t now_us)
{
	uint8_t id[REACHED_ID];
	bool found = false;

	if (!make_id(topic, endpoint, id))
		return false;
	for (size_t i = 0; i < REACHED_MAX; i++) {
		if (!r->slots[i].at_us || memcmp(r->slots[i].id, id, sizeof id) != 0)
			continue;
		found |= now_us - r->slots[i].at_us < (uint64_t)REACHED_LIFE_S * US_PER_S;
		r->slots[i].at_us = 0;
	}
	return found;
}

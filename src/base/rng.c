/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static void fill_from_kernel(struct rng *g, void *bytes, size_t n)
{
	(void)g;
	for (size_t done = 0; done < n;) {
		ssize_t got = getrandom((uint8_t *)bytes + done, n - done, 0);

		if (got > 0)
			done += (size_t)got;
	}
}

/* splitmix64: short, and good enough for tests. */
static void fill_seeded(struct rng *g, void *bytes, size_t n)
{
	for (size_t done = 0; done < n;) {
		uint64_t z = g->state += 0x9e3779b97f4a7c15u;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		z ^= z >> 31;
		size_t take = n - done < sizeof z ? n - done : sizeof z;
		memcpy((uint8_t *)bytes + done, &z, take);
		done += take;
	}
}

struct rng *rng_os(void)
{
	static struct rng os = { .fill = fill_from_kernel };

	return &os;
}

void rng_seeded(struct rng *ret, uint64_t seed)
{
	*ret = (struct rng){ .fill = fill_seeded, .state = seed };
}

void rng_fill(struct rng *g, void *bytes, size_t n)
{
	g->fill(g, bytes, n);
}

uint32_t rng_u32(struct rng *g)
{
	uint32_t v;

	g->fill(g, &v, sizeof v);
	return v;
}

uint64_t rng_u64(struct rng *g)
{
	uint64_t v;

	g->fill(g, &v, sizeof v);
	return v;
}

void rng_name(struct rng *g, const char *prefix, char *ret, size_t capacity)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	size_t at = strlen(prefix);

	memcpy(ret, prefix, at);
	while (at < capacity - 1) {
		uint8_t byte;

		g->fill(g, &byte, 1);
		if (byte < 248) /* 4 * 62: no letter is likelier than another */
			ret[at++] = alphabet[byte % 62];
	}
	ret[at] = '\0';
}

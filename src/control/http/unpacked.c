/* SPDX-License-Identifier: Apache-2.0 */
#include "control/http/unpacked.h"

#include <assert.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/cleanup.h"

enum { GZIP = 16 + MAX_WBITS }; /* zlib.h, inflateInit2: a gzip header, not zlib's own */

struct unpacked {
	uint8_t **plain; /* of each asset; NULL until somebody asked for it */
};

struct unpacked *unpacked_new(void)
{
	struct unpacked *p = calloc(1, sizeof *p);

	if (!p || !(p->plain = calloc(asset_count, sizeof p->plain[0])))
		return unpacked_free(p);
	return p;
}

struct unpacked *unpacked_free(struct unpacked *p)
{
	for (size_t i = 0; p && p->plain && i < asset_count; i++)
		free(p->plain[i]);
	if (p)
		free(p->plain);
	free(p);
	return NULL;
}

static uint8_t *unpack(const struct asset *a)
{
	autofree uint8_t *plain = malloc(a->length);
	/* zlib's next_in is not const, but is only read */
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)a->bytes,
		       .avail_in = (uInt)a->gzip_length,
		       .next_out = plain,
		       .avail_out = (uInt)a->length };

	if (!plain || inflateInit2(&z, GZIP) != Z_OK)
		return NULL;
	int r = inflate(&z, Z_FINISH);
	(void)inflateEnd(&z);
	assert(r == Z_STREAM_END || r == Z_MEM_ERROR); /* we packed it */
	return r == Z_STREAM_END && z.avail_out == 0 ? steal(plain) : NULL;
}

const uint8_t *unpacked_get(struct unpacked *p, const struct asset *a)
{
	uint8_t **at = &p->plain[a - assets];

	if (!a->gzip_length)
		return a->bytes;
	if (!*at)
		*at = unpack(a);
	return *at;
}

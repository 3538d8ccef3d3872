/* SPDX-License-Identifier: Apache-2.0 */
/* What Janus sends to the load generator. */
#include <assert.h>
#include <string.h>

#include "cli/load/janus_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct janus_reply r;

	if (!janus_reply_parse(&r, (const char *)bytes, n))
		return 0;
	/* or our words for an error without any */
	assert(!r.error || strlen(r.error) <= n + 32);
	assert(!r.sdp || strlen(r.sdp) <= n);
	janus_reply_fini(&r);
	return 0;
}

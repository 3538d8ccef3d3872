/* SPDX-License-Identifier: Apache-2.0 */
/* Data channel establishment (RFC 8832): what is understood lies within the message and its limits,
 * and says the same after it was written again. */
#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "wire/dcep.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	uint8_t copy[LIMIT_DATA_LABEL + 64];
	struct wr w = wr_of(copy, sizeof copy);
	struct dcep_open open, again;
	int kind = dcep_kind(bytes, n);

	assert(kind == 0 || (n > 0 && kind == bytes[0]));
	if (!dcep_parse_open(&open, bytes, n))
		return 0;
	assert(kind == DCEP_OPEN);
	assert(open.label_length <= LIMIT_DATA_LABEL);
	assert(open.label_length == 0 ||
	       ((const uint8_t *)open.label >= bytes &&
		(const uint8_t *)open.label + open.label_length <= bytes + n));
	assert(utf8_is_valid(open.label, open.label_length));

	dcep_write_open(&w, &open);
	assert(!w.bad && dcep_parse_open(&again, copy, wr_len(&w)));
	assert(again.unordered == open.unordered && again.partial == open.partial);
	assert(!open.partial || again.retransmits == open.retransmits);
	assert(again.label_length == open.label_length);
	if (open.label_length)
		assert(memcmp(again.label, open.label, open.label_length) == 0);
	return 0;
}

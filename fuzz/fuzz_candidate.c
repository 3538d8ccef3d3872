/* SPDX-License-Identifier: Apache-2.0 */
/* Candidates: what is listed is usable, in order, none twice; each line by itself says the same. */
#include <assert.h>

#include "base/address.h"
#include "wire/candidate.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct candidate list[4], one;
	size_t count = candidate_list((const char *)bytes, n, list, 4);

	assert(count <= 4);
	for (size_t i = 0; i < count; i++) {
		assert(list[i].address.ss_family == AF_INET ||
		       list[i].address.ss_family == AF_INET6);
		assert(i == 0 || list[i - 1].priority >= list[i].priority);
		for (size_t k = 0; k < i; k++)
			assert(!address_equal(&list[i].address, &list[k].address));
	}
	(void)candidate_parse(&one, (const char *)bytes, n);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the time zone database, and names in notes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "control/chat/mentions.h"
#include "control/support/zone.h"

static void check_mentions(const uint8_t *data, size_t size)
{
	char text[512];
	struct mentions m;

	if (size >= sizeof text)
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	mentions_find(text, &m);
	for (size_t i = 0; i < m.count; i++)
		if (m.count > MENTIONS_MAX || strlen(m.list[i]) < 1 ||
		    strlen(m.list[i]) > LIMIT_USER_ID)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t times[] = {
		INT32_MIN, -1, 0, 1795608000, 4102444800, INT64_C(1) << 40
	};
	struct zone z;

	check_mentions(data, size);
	if (zone_parse(data, size, &z) < 0)
		return 0;
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		int32_t offset = zone_offset(&z, times[i]);

		if (offset < -8 * 86400 || offset > 8 * 86400)
			abort();
	}
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "control/push/retry.h"

#include "base/clock.h"

bool retry_is_worth(long status)
{
	return status == 0 || status == 408 || status == 429 || status >= 500;
}

uint64_t retry_pause_us(unsigned attempts, long retry_after_s, uint32_t chance)
{
	uint64_t pause = RETRY_PAUSE_S * US_PER_S, least = 0;

	if (attempts >= RETRY_ATTEMPTS)
		return 0;
	for (unsigned i = 1; i < attempts && pause < RETRY_PAUSE_MAX_S * US_PER_S; i++)
		pause *= 2;
	if (pause > RETRY_PAUSE_MAX_S * US_PER_S)
		pause = RETRY_PAUSE_MAX_S * US_PER_S;
	if (retry_after_s > 0)
		least = (uint64_t)retry_after_s * US_PER_S;
	pause += pause * chance / UINT32_MAX / 2; /* up to half of it more */
	return least > pause ? least : pause;
}

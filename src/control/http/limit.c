/* SPDX-License-Identifier: Apache-2.0 */
/* How much one person, and one address, may write in a minute (R30). */
#include <stdio.h>

#include "base/clock.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/rate.h"

/* Whoever needs no account for it gets a quarter. */
enum { GUEST_COST = 4 };

bool http_may_write(struct http_req *req, struct control *control)
{
	const struct store_user *who = access_user(req);
	unsigned cost = who->role == ROLE_GUEST ? GUEST_COST : 1;
	uint64_t now = clock_now_us();
	bool ok = true;
	char seconds[16];

	if (!control->write_rate)
		return true;
	for (unsigned i = 0; ok && i < cost; i++)
		ok = rate_take(control->write_rate, who->id, now);
	ok = ok && rate_take(control->peer_rate, http_peer(req), now);
	if (ok)
		return true;
	(void)snprintf(seconds, sizeof seconds, "%u",
		       1 + cost * 60 / control->write_rate->per_minute);
	http_add_header(req, "retry-after", seconds);
	http_error(req, 429, 9, "You are writing too fast; try again in %s seconds.", seconds);
	return false;
}

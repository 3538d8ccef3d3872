/* SPDX-License-Identifier: Apache-2.0 */
/* How much one person, and one address, may write in a minute (R30). */
#include <stdio.h>

#include "base/clock.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/rate.h"

/* Whoever needs no account for it gets a quarter. */
enum { GUEST_COST = 4 };

static bool refuse(struct http_req *req, unsigned wait_s, const char *what)
{
	char seconds[16];

	(void)snprintf(seconds, sizeof seconds, "%u", wait_s);
	http_add_header(req, "retry-after", seconds);
	http_error(req, 429, 9, "%s too fast; try again in %s seconds.", what, seconds);
	return false;
}

bool http_may_write(struct http_req *req, struct control *control, enum write_cost cost)
{
	const struct store_user *who = access_user(req);
	uint64_t now = clock_now_us();

	if (!control->write_rate)
		return true;
	unsigned wait_s = rate_take(control->write_rate, who->id,
				    who->role == ROLE_GUEST ? cost * GUEST_COST : cost, now);
	if (wait_s)
		return refuse(req, wait_s, "You are writing");
	wait_s = rate_take(control->peer_rate, http_place(req), cost, now);
	return wait_s == 0 || refuse(req, wait_s, "Your address is writing");
}

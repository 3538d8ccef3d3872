/* SPDX-License-Identifier: Apache-2.0 */
/* How much one person, and one address, may write in a minute (R30). */
#include "base/clock.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/rate.h"

/* Whoever needs no account for it gets a quarter. */
enum { GUEST_COST = 4 };

static bool refuse(struct refusal *ret, unsigned wait_s, const char *what)
{
	refusal_set(ret, 429, 9, "%s too fast; try again in %u seconds.", what, wait_s);
	ret->retry_after_s = wait_s;
	return false;
}

bool writer_may(const struct message_writer *who, struct control *control, enum write_cost cost,
		struct refusal *ret)
{
	uint64_t now = clock_now_us();

	if (!control->write_rate)
		return true;
	unsigned wait_s = rate_take(control->write_rate, who->user->id,
				    who->user->role == ROLE_GUEST ? cost * GUEST_COST : cost, now);
	if (wait_s)
		return refuse(ret, wait_s, "You are writing");
	wait_s = rate_take(control->peer_rate, who->place, cost, now);
	return wait_s == 0 || refuse(ret, wait_s, "Your address is writing");
}

bool http_may_act(struct http_req *req, struct control *control)
{
	const struct store_user *who = access_user(req);
	unsigned cost = who->role == ROLE_GUEST ? GUEST_COST : 1;
	struct refusal r;

	if (!control->act_rate)
		return true;
	unsigned wait_s = rate_take(control->act_rate, who->id, cost, clock_now_us());
	if (wait_s == 0)
		return true;
	(void)refuse(&r, wait_s, "You are asking");
	http_refuse(req, &r);
	return false;
}

bool http_may_write(struct http_req *req, struct control *control, enum write_cost cost)
{
	const struct message_writer who = { .user = access_user(req), .place = http_place(req) };
	struct refusal r;

	if (writer_may(&who, control, cost, &r))
		return true;
	http_refuse(req, &r);
	return false;
}

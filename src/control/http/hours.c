/* SPDX-License-Identifier: Apache-2.0 */
/* GET and PUT /api/v1/support/hours, and what everybody learns of them. */
#include "base/clock.h"
#include "control/control.h"
#include "control/http/handlers.h"
#include "control/http/setting.h"
#include "control/http/support_args.h"
#include "control/objects/objects.h"
#include "control/support/support.h"
#include "control/ws/hub.h"

json_t *support_hours_now(const struct hours *hours)
{
	if (!hours->enabled)
		return NULL;

	struct hours_state state = hours_at(hours, (int64_t)(clock_wall_us() / US_PER_S));
	uint64_t opens_us = state.open ? 0 : (uint64_t)state.opens_at * US_PER_S;

	return json_pack("{s:b, s:o}", "open", (int)state.open, "opens_at",
			 object_maybe_time(opens_us));
}

void http_hours(struct http_req *req, struct control *control)
{
	http_reply_json(req, 200,
			json_pack("{s:o}", "hours", hours_json(support_hours(control->support))));
}

/* Text boxes count down, heads say when somebody is there and how soon, and ticks go, before anybody is refused. Who is
 * away reads the list again. */
void support_tell_times(struct control *control)
{
	const struct hours *hours = support_hours(control->support);
	json_t *event = json_pack("{s:s, s:i, s:b, s:o*, s:s*}", "type", "hours.updated",
				  "slow_mode_s", (int)hours->slow_mode_s, "read_receipts",
				  (int)hours->receipts, "hours", support_hours_now(hours),
				  "usual_reply", support_usual_reply(control->support));

	if (event)
		hub_publish(control->hub, &(struct hub_audience){ .everybody = true }, 0, event);
	json_decref(event);
}

static json_t *tell(struct control *control)
{
	support_tell_times(control);
	return json_pack("{s:o}", "hours", hours_json(support_hours(control->support)));
}

static void save(struct control *control, const struct store_user *by, const json_t *body,
		 char *ret_error, store_done_fn *done, void *arg)
{
	support_set_hours(control->support, by, body, ret_error, done, arg);
}

void http_hours_put(struct http_req *req, struct control *control)
{
	static const struct setting hours = { .save = save, .tell = tell };

	http_setting_put(req, control, &hours);
}

_Static_assert((int)HOURS_ERROR <= (int)SETTING_ERROR, "what is wrong with hours fits");

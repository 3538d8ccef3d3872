/* SPDX-License-Identifier: Apache-2.0 */
/* GET and PUT /api/v1/support/hours, and what everybody learns of them. */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
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
	if (support_is_team(req))
		http_reply_json(
			req, 200,
			json_pack("{s:o}", "hours", hours_json(support_hours(control->support))));
}

struct saving {
	struct http_req *req;
	struct control *control;
	char error[HOURS_ERROR];
};

/* Text boxes count down, and heads say when somebody is there, before anybody is refused. Who is away reads the list again. */
static void tell(struct control *control)
{
	const struct hours *hours = support_hours(control->support);
	json_t *event = json_pack("{s:s, s:i, s:o*}", "type", "hours.updated", "slow_mode_s",
				  (int)hours->slow_mode_s, "hours", support_hours_now(hours));

	if (event)
		hub_publish(control->hub, &(struct hub_audience){ .everybody = true }, 0, event);
	json_decref(event);
}

static void on_hours(void *arg, int status)
{
	struct saving s = *(struct saving *)arg;

	free(arg);
	if (status == -EINVAL)
		http_error(s.req, 400, 4, "%s", s.error);
	else if (status < 0)
		access_answer_error(s.req, status, "setting");
	else {
		tell(s.control);
		http_reply_json(
			s.req, 200,
			json_pack("{s:o}", "hours", hours_json(support_hours(s.control->support))));
	}
}

void http_hours_put(struct http_req *req, struct control *control)
{
	const json_t *body = support_is_team(req) ? http_body_json(req) : NULL;
	struct saving *s = body ? calloc(1, sizeof *s) : NULL;

	if (!body)
		return;
	if (!s)
		abort(); /* R61: a clean end and a restart */
	s->req = req;
	s->control = control;
	support_set_hours(control->support, access_user(req), body, s->error, on_hours, s);
}

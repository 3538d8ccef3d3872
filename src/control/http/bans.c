/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/bans, for admins: who may not come in. In force at once: sockets close and call legs end. */
#include "control/auth/bans.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/utf8.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/objects/objects.h"
#include "control/ws/hub.h"

static json_t *object_ban(const struct store_ban *ban)
{
	return json_pack("{s:s, s:s, s:s?, s:o, s:o}", "user_id", ban->user_id, "reason",
			 ban->reason, "by_user_id", ban->by_id, "created_at",
			 object_time(ban->created_at_us), "until",
			 object_maybe_time(ban->until_us));
}

static void add(void *arg, const struct store_ban *ban)
{
	(void)json_array_append_new(arg, object_ban(ban));
}

void http_bans(struct http_req *req, struct control *control)
{
	json_t *list = json_array();

	bans_each(control->bans, add, list);
	http_reply_json(req, 200, json_pack("{s:o}", "bans", list));
}

struct banning {
	struct http_req *req;
	struct control *control;
	char *user_id; /* owned */
	bool lift;
};

static void on_done(void *arg, int status)
{
	struct banning b = *(struct banning *)arg;

	free(arg);
	if (status == 0 && !b.lift)
		control_shut_out(b.control, b.user_id);
	if (status == 0)
		http_reply_json(b.req, 200, json_object());
	else if (b.lift)
		access_answer_error(b.req, status, "ban of this user");
	else
		access_answer_error(b.req, status, "user of this id");
	free(b.user_id);
}

static struct banning *banning_new(struct http_req *req, struct control *control, bool lift)
{
	struct banning *b = must(malloc(sizeof *b));
	char *user_id = must(strdup(http_param(req, "user")));

	*b = (struct banning){ .req = req, .control = control, .user_id = user_id, .lift = lift };
	return b;
}

enum { BAN_SECONDS_MAX = 10 * 366 * 24 * 3600 };

void http_ban_set(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const json_t *reason = json_object_get(body, "reason");
	const json_t *seconds = json_object_get(body, "seconds");
	const char *text = reason ? json_string_value(reason) : "";
	json_int_t n = json_integer_value(seconds);

	if (!body)
		return;
	if (!text || strlen(text) > BAN_REASON_MAX || strpbrk(text, "\r\n")) {
		http_error(req, 400, 4, "`reason` must be a text of one line, at most %d bytes.",
			   BAN_REASON_MAX);
		return;
	}
	if (seconds && (!json_is_integer(seconds) || n < 1 || n > BAN_SECONDS_MAX)) {
		http_error(req, 400, 4,
			   "`seconds` must be a whole number from 1 to %d; without it the ban is "
			   "for good.",
			   BAN_SECONDS_MAX);
		return;
	}
	if (strcmp(access_user(req)->id, http_param(req, "user")) == 0) {
		http_error(req, 400, 4, "You cannot ban yourself.");
		return;
	}
	uint64_t now = clock_wall_us();
	bans_set(control->bans,
		 &(struct store_ban){ .user_id = http_param(req, "user"),
				      .reason = text,
				      .by_id = access_user(req)->id,
				      .place = http_peer(req),
				      .created_at_us = now,
				      .until_us = seconds ? now + (uint64_t)n * US_PER_S : 0 },
		 on_done, banning_new(req, control, false));
}

void http_ban_lift(struct http_req *req, struct control *control)
{
	bans_lift(control->bans, http_param(req, "user"), access_user(req)->id, http_peer(req),
		  on_done, banning_new(req, control, true));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/blocks: whom one does not want to hear from. Each sees and changes their own only. */
#include "control/chat/blocks.h"

#include <errno.h>

#include "base/limits.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/message_args.h"
#include "control/objects/objects.h"

void blocked_refusal(int status, struct refusal *ret)
{
	refusal_set(ret, 403, 17,
		    status == -ECONNABORTED ? "You have blocked this person; undo that first."
					    : "This person does not take messages from you.");
}

void http_blocked_error(struct http_req *req, int status)
{
	struct refusal r;

	blocked_refusal(status, &r);
	http_refuse(req, &r);
}

static void on_list(void *arg, int status, const struct store_block *list, size_t n)
{
	struct http_req *req = arg;

	if (status < 0) {
		access_answer_error(req, status, "list of blocks");
		return;
	}
	json_t *array = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(
			array, json_pack("{s:o, s:o}", "user", object_user(&list[i].user),
					 "created_at", object_time(list[i].created_at_us)));
	http_reply_json(req, 200, json_pack("{s:o}", "blocks", array));
}

void http_blocks(struct http_req *req, struct control *control)
{
	chat_block_list(control->chat, access_user(req), on_list, req);
}

static void on_done(void *arg, int status)
{
	struct http_req *req = arg;

	switch (status) {
	case 0:
		http_reply_json(req, 200, json_object());
		return;
	case -EINVAL:
		http_error(req, 400, 4, "You cannot block yourself.");
		return;
	case -EDQUOT:
		http_error(req, 429, 9, "You have blocked %d people; undo one first.",
			   LIMIT_BLOCKS);
		return;
	default:
		access_answer_error(req, status, "user of this id, or block of theirs");
	}
}

void http_block_set(struct http_req *req, struct control *control)
{
	if (http_may_write(req, control, WRITE_CHANGE))
		chat_block_set(control->chat, access_user(req), http_param(req, "user"), true,
			       on_done, req);
}

void http_block_lift(struct http_req *req, struct control *control)
{
	chat_block_set(control->chat, access_user(req), http_param(req, "user"), false, on_done,
		       req);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* DELETE /api/v1/users/{user}, for admins: closes an account, and forgets the person as far as is asked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "control/auth/bans.h"
#include "control/chat/reports.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/names.h"
#include "control/ws/hub.h"

/* Lives until the answer: whoever gives that frees it. */
struct erasing {
	struct http_req *req;
	struct control *control;
	char *user_id; /* owned */
	enum erase_mode mode;
};

static void answer(struct erasing *e, int status)
{
	if (status == 0)
		http_reply_json(e->req, 200, json_object());
	else if (status == -EPERM)
		http_error(e->req, 400, 4,
			   "This is somebody of the team: only customers and guests are deleted.");
	else
		access_answer_error(e->req, status, "user of this id");
	free(e->user_id);
	free(e);
}

/* Clients empty what they show; those that are away load everything anew when they come back. */
static void tell_cleared(struct erasing *e)
{
	json_t *event = json_pack("{s:s, s:s}", "type", "conversation.cleared", "conversation_id",
				  e->user_id);

	if (event)
		hub_publish(e->control->hub, &(struct hub_audience){ .admins = true }, 0, event);
	json_decref(event);
}

static void on_erased(void *arg, int status, const struct store_user *user)
{
	struct erasing *e = arg;

	if (status == 0 && e->mode >= ERASE_PRUNING)
		http_tell_name(e->control, user);
	if (status == 0 && e->mode == ERASE_HARD) {
		tell_cleared(e);
		control_sweep_files(e->control);
		chat_tell_reports(e->control->chat);
	}
	answer(e, status);
}

/* The door is shut first: nothing new is said while the old is forgotten. */
static void on_banned(void *arg, int status)
{
	struct erasing *e = arg;

	if (status < 0) {
		answer(e, status);
		return;
	}
	const struct store_deed by = access_deed(e->req);
	control_shut_out(e->control, e->user_id);
	store_user_erase(e->control->store, e->user_id, e->mode, &by, on_erased, e);
}

static void on_found(void *arg, int status, const struct store_user *user)
{
	struct erasing *e = arg;

	if (status == 0 && user->role == ROLE_ADMIN)
		status = -EPERM;
	if (status < 0) {
		answer(e, status);
		return;
	}
	bans_set(e->control->bans,
		 &(struct store_ban){ .user_id = e->user_id,
				      .reason = "This account was deleted.",
				      .by_id = access_user(e->req)->id,
				      .place = http_peer(e->req),
				      .created_at_us = clock_wall_us() },
		 on_banned, e);
}

void http_user_delete(struct http_req *req, struct control *control)
{
	const char *mode = http_query(req, "mode");
	enum erase_mode parsed = ERASE_SOFT;

	if (mode && !erase_mode_parse(mode, &parsed)) {
		http_error(req, 400, 4, "`mode` must be soft, pruning or hard.");
		return;
	}
	struct erasing *e = must(malloc(sizeof *e));
	char *user_id = must(strdup(http_param(req, "user")));
	*e = (struct erasing){ .req = req, .control = control, .user_id = user_id, .mode = parsed };
	store_user_find(control->store, user_id, on_found, e);
}

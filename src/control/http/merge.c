/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/v1/customers/{id}/merge, for the team: another customer turned out to be this one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "control/auth/bans.h"
#include "control/auth/customers.h"
#include "control/calls/calls.h"
#include "control/chat/channels.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/names.h"
#include "control/http/support_args.h"
#include "control/objects/objects.h"

/* Lives until the answer. */
struct merging {
	struct http_req *req;
	struct control *control;
	char *kept, *other; /* owned */
	int status;
	json_t *answer;
};

/* Open pages load what they show of either anew. */
static void tell(struct merging *m, const struct store_merged *merged)
{
	const char *const both[] = { m->kept, m->other };
	json_t *event = json_pack("{s:s, s:s, s:s, s:o}", "type", "conversation.merged",
				  "conversation_id", m->other, "into", m->kept, "user",
				  object_user(access_user(m->req)));

	if (event) {
		http_tell_around(m->control, both, 2, event);
		control_post_event(m->control, 0, event);
	}
	json_decref(event);
	chat_tell(m->control->chat, merged->events, merged->event_count);
}

static void on_merged(void *arg, int status, const struct store_merged *merged)
{
	struct merging *m = arg;

	m->status = status;
	if (status < 0)
		return;
	m->answer = json_pack("{s:o}", "customer", object_customer(&merged->customer));
	tell(m, merged);
}

/* No sign-in of the other's is left, and a ban may have come over with the rest. */
static void on_bans(void *arg, int status)
{
	struct merging *m = arg;

	if (status < 0)
		log_error("control", "bans are not known anew after a merge: %s",
			  strerror(-status));
	if (m->status < 0)
		return;
	control_shut_out(m->control, m->other);
	control_shut_out(m->control, m->kept);
}

static void on_channels(void *arg, int status)
{
	struct merging *m = arg;

	if (status < 0)
		log_error("control", "conversations are not known anew after a merge: %s",
			  strerror(-status));
	if (m->status == 0)
		http_reply_json(m->req, 200, m->answer);
	else if (m->status == -EINVAL)
		http_error(m->req, 400, 4, "`other` is this customer: name another one.");
	else
		access_answer_error(m->req, m->status, "customer of this id");
	free(m->kept);
	free(m->other);
	free(m);
}

static struct merging *merging_new(struct http_req *req, struct control *control, const char *other)
{
	struct merging *m = must(calloc(1, sizeof *m));

	m->req = req;
	m->control = control;
	m->kept = must(strdup(http_param(req, "id")));
	m->other = must(strdup(other));
	return m;
}

void http_customer_merge(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const char *other = body ? support_text(req, body, "other", LIMIT_USER_ID, NULL) : NULL;

	if (!other)
		return;
	if (calls_engage(control->calls, http_param(req, "id")) ||
	    calls_engage(control->calls, other)) {
		http_error(req, 409, 4,
			   "One of them is in a call, or is being called: merge them when it is "
			   "over.");
		return;
	}
	struct merging *m = merging_new(req, control, other);
	const struct store_deed by = access_deed(req);
	/* one transaction, answered one after the other: nobody asks anything in between */
	customer_merge(control->auth, m->kept, m->other, &by, on_merged, m);
	bans_reload(control->bans, on_bans, m);
	chat_channels_reload(control->chat, on_channels, m);
}

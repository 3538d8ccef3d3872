/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/channels: direct and group conversations. Their messages are those of /api/v1/conversations. */
#include "control/chat/channels.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "control/calls/calls.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/message_args.h"
#include "control/ws/objects.h"

static void answer_error(struct http_req *req, int status)
{
	switch (status) {
	case -EACCES:
		http_error(req, 403, 17,
			   "Only the team starts direct and group conversations here; the server's "
			   "flag --open-channels lets everybody.");
		return;
	case -EPERM:
		http_error(req, 403, 17, "Only an owner of the group may do this.");
		return;
	case -EEXIST:
		http_error(req, 409, 4, "There is a group of this `id` already; choose another.");
		return;
	case -ENXIO:
		http_error(req, 400, 4, "Somebody in the list has no account on this server.");
		return;
	case -EINVAL:
		http_error(req, 400, 4,
			   "`name` must be 1 to %d bytes of one line, `id` 1 to %d of a-z 0-9 _ -, "
			   "and `user_id` somebody else.",
			   LIMIT_CHANNEL_NAME, CHAT_GROUP_ID_MAX);
		return;
	case -ECONNREFUSED:
	case -ECONNABORTED:
		http_blocked_error(req, status);
		return;
	case -E2BIG:
		http_error(req, 400, 4, "A group has at most %d members.", LIMIT_CHANNEL_MEMBERS);
		return;
	case -EDQUOT:
		http_error(req, 429, 9,
			   "The server has %d direct and group conversations; no more.",
			   LIMIT_CHANNELS);
		return;
	default:
		access_answer_error(req, status, "channel of this id");
	}
}

/* ---- reading ---- */

struct listing {
	struct http_req *req;
	struct control *control;
};

static const struct call_state *live_call(struct calls *calls, const char *channel_id)
{
	char cid[CALLS_CID_SIZE];

	(void)snprintf(cid, sizeof cid, "default:chat-%s", channel_id);
	return calls_state_find(calls, cid);
}

static json_t *object_of(const struct listing *l, const struct store_conversation *v)
{
	const struct store_channel *channel = chat_channel_find(l->control->chat, v->id);
	json_t *o = channel ? object_channel(channel, CHANNEL_MEMBERS_SHOWN) : NULL;
	json_t *reads = json_array();

	for (size_t i = 0; i < v->read_count; i++)
		(void)json_array_append_new(reads, object_read(&v->reads[i]));
	(void)json_object_set_new(o, "last_message",
				  v->has_last_message ? object_message(&v->last_message)
						      : json_null());
	(void)json_object_set_new(o, "call",
				  object_call_state(live_call(l->control->calls, v->id), SIZE_MAX));
	(void)json_object_set_new(o, "updated_at", object_time(v->updated_at_us));
	(void)json_object_set_new(o, "unread", json_integer((json_int_t)v->unread));
	(void)json_object_set_new(o, "reads", reads);
	return o;
}

static void on_list(void *arg, int status, const struct store_conversation *list, size_t n,
		    int64_t cursor)
{
	struct listing l = *(struct listing *)arg;
	json_t *array = json_array();

	free(arg);
	for (size_t i = 0; status == 0 && i < n; i++)
		(void)json_array_append_new(array, object_of(&l, &list[i]));
	if (status == 0)
		http_reply_json(
			l.req, 200,
			json_pack("{s:O, s:I}", "channels", array, "cursor", (json_int_t)cursor));
	else
		answer_error(l.req, status);
	json_decref(array);
}

void http_channels(struct http_req *req, struct control *control)
{
	struct listing *l = malloc(sizeof *l);

	if (!l) {
		http_error(req, 500, -1, "Out of memory.");
		return;
	}
	*l = (struct listing){ .req = req, .control = control };
	chat_channel_list(control->chat, access_user(req), on_list, l);
}

void http_channel(struct http_req *req, struct control *control)
{
	const char *id = http_param(req, "id");
	const struct store_channel *channel = store_is_channel(id)
						      ? chat_channel_find(control->chat, id)
						      : NULL;

	if (!channel)
		answer_error(req, -ENOENT);
	else
		http_reply_json(req, 200,
				json_pack("{s:o}", "channel",
					  object_channel(channel, channel->member_count)));
}

/* ---- changing ---- */

static void on_made(void *arg, int status, const struct store_channel *channel, bool changed,
		    int64_t cursor)
{
	(void)cursor;
	if (status < 0)
		answer_error(arg, status);
	else
		http_reply_json(arg, changed ? 201 : 200,
				json_pack("{s:o}", "channel",
					  object_channel(channel, CHANNEL_MEMBERS_SHOWN)));
}

static void on_changed(void *arg, int status, const struct store_channel *channel, bool changed,
		       int64_t cursor)
{
	on_made(arg, status, channel, status == 0 ? false : changed, cursor);
}

/* A list of user ids, borrowed from the body; free the array. False: refused already. */
static bool read_ids(struct http_req *req, const json_t *body, const char *name, const char ***ret,
		     size_t *ret_count)
{
	const json_t *list = json_object_get(body, name), *id;
	size_t i, n = json_array_size(list);
	const char **ids = calloc(n + 1, sizeof *ids);
	bool ok = ids && (!list || json_is_array(list)) && n <= LIMIT_CHANNEL_MEMBERS;

	json_array_foreach(list, i, id)
	{
		if (!ok || !json_string_value(id)) {
			ok = false;
			break;
		}
		ids[i] = json_string_value(id);
	}
	if (!ok) {
		http_error(req, 400, 4, "`%s` must be a list of at most %d user ids.", name,
			   LIMIT_CHANNEL_MEMBERS);
		free(ids);
		return false;
	}
	*ret = ids;
	*ret_count = n;
	return true;
}

void http_channel_create(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const char *type = json_string_value(json_object_get(body, "type"));
	struct chat_new_channel channel = {
		.user_id = json_string_value(json_object_get(body, "user_id")),
		.id = json_string_value(json_object_get(body, "id")),
		.name = json_string_value(json_object_get(body, "name")),
	};
	const char **members;

	if (!body)
		return;
	if (!type || (strcmp(type, "direct") != 0 && strcmp(type, "group") != 0) ||
	    (strcmp(type, "direct") == 0) != (channel.user_id != NULL)) {
		http_error(req, 400, 4,
			   "`type` must be \"direct\", with the other's `user_id`, or \"group\", "
			   "with a `name` and perhaps `members`.");
		return;
	}
	if (!read_ids(req, body, "members", &members, &channel.member_count))
		return;
	channel.members = members;
	chat_channel_create(control->chat, access_user(req), &channel, on_made, req);
	free(members);
}

void http_channel_change(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const json_t *name = json_object_get(body, "name"),
		     *slow = json_object_get(body, "slow_mode_s");
	json_int_t seconds = json_integer_value(slow);
	unsigned slow_mode_s = (unsigned)seconds;
	struct store_channel_change change = { .id = http_param(req, "id"),
					       .name = json_string_value(name),
					       .slow_mode_s = slow ? &slow_mode_s : NULL };
	const char **add = NULL, **remove = NULL, **own = NULL;

	if (!body)
		return;
	if (name && !change.name)
		http_error(req, 400, 4, "`name` must be a string.");
	else if (slow && (!json_is_integer(slow) || seconds < 0 || seconds > CHAT_SLOW_MODE_MAX_S))
		http_error(req, 400, 4,
			   "`slow_mode_s` must be a whole number of seconds from 0 (off) to %d.",
			   CHAT_SLOW_MODE_MAX_S);
	else if (read_ids(req, body, "add_members", &add, &change.add_count) &&
		 read_ids(req, body, "remove_members", &remove, &change.remove_count) &&
		 read_ids(req, body, "owners", &own, &change.own_count)) {
		change.add = add;
		change.remove = remove;
		change.own = own;
		chat_channel_change(control->chat, access_user(req), &change, on_changed, req);
	}
	free(add);
	free(remove);
	free(own);
}

void http_channel_leave(struct http_req *req, struct control *control)
{
	const char *me = access_user(req)->id;
	const struct store_channel_change change = { .id = http_param(req, "id"),
						     .remove = &me,
						     .remove_count = 1 };

	chat_channel_change(control->chat, access_user(req), &change, on_changed, req);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Calls as the JSON of docs/api.md. */
#include <string.h>

#include "base/limits.h"
#include "control/calls/internal.h"
#include "control/objects/objects.h"

json_t *object_call_state(const struct call_state *state, size_t most)
{
	if (!state)
		return json_null();

	json_t *participants = json_array();
	for (size_t i = 0; i < state->participant_count && i < most; i++)
		(void)json_array_append_new(participants, object_user(state->participants[i]));
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:I}", "cid", state->cid, "session_id",
			 state->session_id, "started_at", object_time(state->started_at_us),
			 "started_by", object_user(state->started_by), "participants", participants,
			 "participant_count", (json_int_t)state->participant_count);
}

json_t *object_call(const struct calls *c, const struct store_call *call)
{
	json_t *blocked = json_array();

	for (size_t i = 0; i < call->blocked_count; i++)
		(void)json_array_append_new(blocked, json_string(call->blocked[i]));
	json_t *o = json_pack(
		"{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o}", "cid", call->cid,
		"type", call->type, "id", call->id, "created_by", object_user(&call->created_by),
		"created_at", object_time(call->created_at_us), "updated_at",
		object_time(call->updated_at_us), "starts_at",
		object_maybe_time(call->starts_at_us), "ended_at",
		object_maybe_time(call->ended_at_us), "backstage", (int)call->backstage, "custom",
		object_stored(call->custom), "settings", call_types_settings(c->types, call),
		"blocked_user_ids", blocked);

	if (o && call->conversation_id)
		(void)json_object_set_new(o, "conversation_id", json_string(call->conversation_id));
	return o;
}

json_t *object_member(const struct store_call_member *m)
{
	return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o}", "user_id", m->user.id, "user",
			 object_user(&m->user), "role", m->role, "custom", object_stored(m->custom),
			 "created_at", object_time(m->created_at_us), "updated_at",
			 object_time(m->updated_at_us));
}

json_t *object_members(const struct store_call *call, size_t max)
{
	json_t *list = json_array();

	for (size_t i = 0; i < call->member_count && i < max; i++)
		(void)json_array_append_new(list, object_member(&call->members[i]));
	return list;
}

json_t *call_reply(struct calls *c, const struct store_call *call, const struct store_user *who)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "call", object_call(c, call), "members",
			 object_members(call, LIMIT_PAGE), "state",
			 object_call_state(calls_state_find(c, call->cid), SIZE_MAX),
			 "own_capabilities", rights_json(rights_on(c->types, call, who)), "ring",
			 rings_json(c, call->cid));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "control/ws/objects.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

json_t *object_time(uint64_t wall_us)
{
	time_t seconds = (time_t)(wall_us / US_PER_S);
	struct tm utc;
	char day[32], text[48];

	(void)gmtime_r(&seconds, &utc);
	(void)strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &utc);
	(void)snprintf(text, sizeof text, "%s.%03uZ", day,
		       (unsigned)(wall_us % US_PER_S / US_PER_MS));
	return json_string(text);
}

json_t *object_user(const struct store_user *user)
{
	json_t *o = json_pack("{s:s, s:s, s:s}", "id", user->id, "name", user->name, "role",
			      user_role_text(user->role));

	if (o && user->image)
		(void)json_object_set_new(o, "image", json_string(user->image));
	return o;
}

json_t *object_message(const struct store_message *m)
{
	return json_pack("{s:I, s:s, s:o, s:s, s:s, s:o}", "id", (json_int_t)m->id,
			 "conversation_id", m->conversation_id, "user", object_user(&m->user),
			 "text", m->text, "client_id", m->client_id, "created_at",
			 object_time(m->created_at_us));
}

json_t *object_call(const struct store_call *call)
{
	return json_pack("{s:s, s:s, s:s, s:o, s:o}", "cid", call->cid, "type", call->type, "id",
			 call->id, "created_by", object_user(&call->created_by), "created_at",
			 object_time(call->created_at_us));
}

json_t *object_call_state(const struct call_state *state)
{
	if (!state)
		return json_null();

	json_t *participants = json_array();
	for (size_t i = 0; i < state->participant_count; i++)
		(void)json_array_append_new(participants, object_user(state->participants[i]));
	return json_pack("{s:s, s:s, s:o, s:o, s:o}", "cid", state->cid, "session_id",
			 state->session_id, "started_at", object_time(state->started_at_us),
			 "started_by", object_user(state->started_by), "participants",
			 participants);
}

json_t *object_conversation(const struct store_conversation *c, const struct call_state *call)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "id", c->id, "user", object_user(&c->user),
			 "last_message",
			 c->has_last_message ? object_message(&c->last_message) : json_null(),
			 "call", object_call_state(call), "updated_at",
			 object_time(c->updated_at_us));
}

json_t *object_error(int status, int code, const char *message)
{
	return json_pack("{s:i, s:i, s:s}", "code", code, "status_code", status, "message",
			 message);
}

static json_t *event_message(const struct store_message *m)
{
	return json_pack("{s:s, s:s, s:o}", "type", "message.new", "conversation_id",
			 m->conversation_id, "message", object_message(m));
}

static json_t *call_frame(const char *type, const char *cid, const char *conversation_id)
{
	json_t *o = json_pack("{s:s, s:s}", "type", type, "cid", cid);

	if (o && conversation_id)
		(void)json_object_set_new(o, "conversation_id", json_string(conversation_id));
	return o;
}

json_t *event_call(const struct call_event *e)
{
	static const char *const types[] = {
		[CALL_SESSION_STARTED] = "call.session_started",
		[CALL_PARTICIPANT_JOINED] = "call.session_participant_joined",
		[CALL_PARTICIPANT_LEFT] = "call.session_participant_left",
		[CALL_SESSION_ENDED] = "call.session_ended",
		[CALL_REJECTED] = "call.rejected",
	};
	json_t *o = call_frame(types[e->type], e->cid, e->conversation_id);

	if (!o)
		return NULL;
	if (e->type == CALL_SESSION_ENDED || e->type == CALL_REJECTED)
		(void)json_object_set_new(o, "session_id", json_string(e->session_id));
	else
		(void)json_object_set_new(o, "state", object_call_state(e->state));
	if (e->type != CALL_SESSION_STARTED && e->type != CALL_SESSION_ENDED)
		(void)json_object_set_new(o, "user", object_user(e->user));
	if (e->type == CALL_REJECTED)
		(void)json_object_set_new(o, "reason",
					  json_string(e->reason ? e->reason : "decline"));
	return o;
}

/* What the state was when the session started, for a session that is over by now. */
static json_t *first_state(const struct store_event *e)
{
	const struct store_user *const participants[] = { &e->user };
	const struct call_state state = {
		.cid = e->cid,
		.session_id = e->session_id,
		.conversation_id = e->conversation_id,
		.started_at_us = e->created_at_us,
		.started_by = &e->user,
		.participants = participants,
		.participant_count = 1,
	};

	return object_call_state(&state);
}

json_t *event_stored(const struct store_event *e, const struct call_state *state)
{
	json_t *o = NULL;

	switch (e->type) {
	case EVENT_MESSAGE_NEW:
		return event_message(&e->message);
	case EVENT_CALL_SESSION_STARTED:
		o = call_frame("call.session_started", e->cid, e->conversation_id);
		if (o && state && strcmp(state->session_id, e->session_id) == 0)
			(void)json_object_set_new(o, "state", object_call_state(state));
		else if (o)
			(void)json_object_set_new(o, "state", first_state(e));
		return o;
	case EVENT_CALL_SESSION_ENDED:
		o = call_frame("call.session_ended", e->cid, e->conversation_id);
		if (o)
			(void)json_object_set_new(o, "session_id", json_string(e->session_id));
		return o;
	}
	return NULL;
}

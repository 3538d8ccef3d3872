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

/* [{"type", "user_ids"}], in the order in which each type was first given. */
static json_t *object_reactions(const struct store_message *m)
{
	json_t *list = json_array(), *entry;
	size_t at;

	for (size_t i = 0; i < m->reaction_count; i++) {
		const struct store_reaction *r = &m->reactions[i];
		json_t *users = NULL;

		json_array_foreach(list, at, entry)
		{
			if (strcmp(json_string_value(json_object_get(entry, "type")), r->type) == 0)
				users = json_object_get(entry, "user_ids");
		}
		if (!users) {
			users = json_array();
			(void)json_array_append_new(
				list, json_pack("{s:s, s:o}", "type", r->type, "user_ids", users));
		}
		(void)json_array_append_new(users, json_string(r->user_id));
	}
	return list;
}

static void set_time(json_t *o, const char *name, uint64_t wall_us)
{
	if (wall_us)
		(void)json_object_set_new(o, name, object_time(wall_us));
}

json_t *object_message(const struct store_message *m)
{
	json_t *o = json_pack("{s:I, s:s, s:o, s:s, s:s, s:o, s:o}", "id", (json_int_t)m->id,
			      "conversation_id", m->conversation_id, "user", object_user(&m->user),
			      "text", m->text, "client_id", m->client_id, "created_at",
			      object_time(m->created_at_us), "reactions", object_reactions(m));

	if (!o)
		return NULL;
	set_time(o, "updated_at", m->updated_at_us);
	set_time(o, "deleted_at", m->deleted_at_us);
	if (m->private)
		(void)json_object_set_new(o, "private", json_true());
	if (m->quoted_id && m->quoted_user_id)
		(void)json_object_set_new(o, "quoted",
					  json_pack("{s:I, s:s, s:s, s:s}", "id",
						    (json_int_t)m->quoted_id, "user_id",
						    m->quoted_user_id, "user_name",
						    m->quoted_user_name, "text", m->quoted_text));
	return o;
}

json_t *object_read(const struct store_read *read)
{
	return json_pack("{s:s, s:s, s:I, s:I}", "user_id", read->user_id, "role",
			 user_role_text(read->role), "last_read_message_id",
			 (json_int_t)read->read_id, "last_delivered_message_id",
			 (json_int_t)read->delivered_id);
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
	json_t *reads = json_array();

	for (size_t i = 0; i < c->read_count; i++)
		(void)json_array_append_new(reads, object_read(&c->reads[i]));
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:I, s:o}", "id", c->id, "user",
			 object_user(&c->user), "last_message",
			 c->has_last_message ? object_message(&c->last_message) : json_null(),
			 "call", object_call_state(call), "updated_at",
			 object_time(c->updated_at_us), "unread", (json_int_t)c->unread, "reads",
			 reads);
}

json_t *object_error(int status, int code, const char *message)
{
	return json_pack("{s:i, s:i, s:s}", "code", code, "status_code", status, "message",
			 message);
}

static json_t *event_message(const char *type, const struct store_event *e)
{
	json_t *o = json_pack("{s:s, s:s, s:o}", "type", type, "conversation_id",
			      e->message.conversation_id, "message", object_message(&e->message));

	if (o && e->type != EVENT_MESSAGE_NEW)
		(void)json_object_set_new(o, "user", object_user(&e->user));
	return o;
}

json_t *event_notice(const struct chat_notice *n)
{
	static const char *const types[] = {
		[CHAT_READ] = "message.read",
		[CHAT_TYPING_START] = "typing.start",
		[CHAT_TYPING_STOP] = "typing.stop",
	};
	json_t *o = json_pack("{s:s, s:s, s:o}", "type", types[n->type], "conversation_id",
			      n->conversation_id, "user", object_user(n->user));

	if (o && n->read)
		(void)json_object_set_new(o, "read", object_read(n->read));
	return o;
}

json_t *event_presence(const struct store_user *user, bool online)
{
	return json_pack("{s:s, s:o, s:b}", "type", "user.presence.changed", "user",
			 object_user(user), "online", (int)online);
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
		return event_message("message.new", e);
	case EVENT_MESSAGE_UPDATED:
		return event_message("message.updated", e);
	case EVENT_MESSAGE_DELETED:
		return event_message("message.deleted", e);
	case EVENT_REACTION_NEW:
		return event_message("reaction.new", e);
	case EVENT_REACTION_DELETED:
		return event_message("reaction.deleted", e);
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

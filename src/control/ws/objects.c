/* SPDX-License-Identifier: Apache-2.0 */
#include "control/ws/objects.h"

#include <string.h>

#include "base/limits.h"
#include "base/sb.h"

json_t *object_conversation(const struct store_conversation *c, const struct call_state *call,
			    bool team, bool receipts)
{
	json_t *reads = json_array();

	for (size_t i = 0; i < c->read_count; i++) {
		struct store_read read = c->reads[i];

		if (!team && !receipts && read.role == ROLE_ADMIN)
			read.read_id = 0;
		(void)json_array_append_new(reads, object_read(&read));
	}
	json_t *o = json_pack("{s:s, s:o, s:o, s:o, s:o, s:I, s:o, s:o}", "id", c->id, "user",
			      object_user(&c->user), "last_message",
			      c->has_last_message ? object_message(&c->last_message) : json_null(),
			      "call", object_call_state(call, SIZE_MAX), "updated_at",
			      object_time(c->updated_at_us), "unread", (json_int_t)c->unread,
			      "reads", reads, "support", object_support(&c->support, team));

	if (o && team)
		(void)json_object_set_new(o, "mentions", json_integer(c->mentions));
	return o;
}

static json_t *event_message(const char *type, const struct store_event *e)
{
	json_t *o = json_pack("{s:s, s:s, s:o}", "type", type, "conversation_id",
			      e->message.conversation_id, "message", object_message(&e->message));

	if (o && e->type != EVENT_MESSAGE_NEW)
		(void)json_object_set_new(o, "user", object_user(&e->user));
	if (o && e->support)
		(void)json_object_set_new(o, "support", object_support(e->support, e->team));
	return o;
}

void event_message_write(struct sb *out, const struct store_event *e)
{
	sb_puts(out, "{\"type\":\"message.new\",\"conversation_id\":");
	object_text_write(out, e->message.conversation_id);
	sb_puts(out, ",\"message\":");
	object_message_write(out, &e->message);
	sb_printf(out, ",\"cursor\":%lld}", (long long)e->cursor);
}

json_t *event_notice(const struct chat_notice *n)
{
	static const char *const types[] = {
		[CHAT_READ] = "message.read",	      [CHAT_UNREAD] = "message.unread",
		[CHAT_TYPING_START] = "typing.start", [CHAT_TYPING_STOP] = "typing.stop",
		[CHAT_CHANNEL_LEFT] = "channel.left", [CHAT_VIEWING_START] = "viewing.start",
		[CHAT_VIEWING_STOP] = "viewing.stop",
	};
	json_t *o = json_pack("{s:s, s:s, s:o}", "type", types[n->type], "conversation_id",
			      n->conversation_id, "user", object_user(n->user));

	if (o && n->read)
		(void)json_object_set_new(o, "read", object_read(n->read));
	if (o && n->unread)
		(void)json_object_update_new(o, object_unread(n->unread));
	return o;
}

json_t *event_reports(int64_t open)
{
	return json_pack("{s:s, s:I}", "type", "reports.updated", "open", (json_int_t)open);
}

json_t *event_renamed(const struct store_user *user)
{
	return json_pack("{s:s, s:o}", "type", "user.updated", "user", object_user(user));
}

json_t *event_presence(const struct store_user *user, bool online)
{
	return json_pack("{s:s, s:o, s:b}", "type", "user.presence.changed", "user",
			 object_user(user), "online", (int)online);
}

static json_t *call_frame(const char *type, const struct store_event *e)
{
	json_t *o = json_pack("{s:s, s:s, s:o}", "type", type, "cid", e->cid, "created_at",
			      object_time(e->created_at_us));

	if (o && e->conversation_id)
		(void)json_object_set_new(o, "conversation_id", json_string(e->conversation_id));
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

	return object_call_state(&state, LIMIT_CALL_STATE_NAMES);
}

/* As the state is now, when it is still the same session; NULL otherwise. */
static json_t *state_now(const struct store_event *e, const struct call_state *state)
{
	return state && strcmp(state->session_id, e->session_id) == 0
		       ? object_call_state(state, LIMIT_CALL_STATE_NAMES)
		       : NULL;
}

json_t *event_report(const struct chat_notice *n)
{
	bool closed = n->type == CHAT_REPORT_CLOSED;
	json_t *o = json_pack(
		"{s:s, s:s, s:o}", "type", closed ? "message.report_closed" : "message.reported",
		"conversation_id", n->conversation_id, "message", object_message(n->message));

	if (o && n->user)
		(void)json_object_set_new(o, "user", object_user(n->user));
	if (o && closed)
		(void)json_object_set_new(o, "deleted", json_boolean(n->removed));
	else if (o)
		(void)json_object_set_new(o, "reason", json_string(n->reason ? n->reason : ""));
	if (o && n->word)
		(void)json_object_set_new(o, "word", json_string(n->word));
	return o;
}

static json_t *event_participant(const char *type, const struct store_event *e,
				 const struct call_state *state)
{
	json_t *o = call_frame(type, e), *now = state_now(e, state);

	(void)json_object_set_new(o, "user", object_user(&e->user));
	(void)json_object_set_new(o, "state", now ? now : json_null());
	return o;
}

static json_t *event_started(const struct store_event *e, const struct call_state *state)
{
	json_t *o = call_frame("call.session_started", e), *now = state_now(e, state);

	(void)json_object_set_new(o, "state", now ? now : first_state(e));
	return o;
}

static json_t *event_ended(const struct store_event *e)
{
	json_t *o = call_frame("call.session_ended", e);

	(void)json_object_set_new(o, "session_id", json_string(e->session_id));
	return o;
}

static json_t *event_conversation(const struct store_event *e)
{
	json_t *o = e->support ? json_pack("{s:s, s:s, s:o}", "type", "conversation.updated",
					   "conversation_id", e->conversation_id, "support",
					   object_support(e->support, e->team))
			       : NULL;

	if (o && e->team && e->user.id)
		(void)json_object_set_new(o, "user_id", json_string(e->user.id));
	return o;
}

json_t *object_channel(const struct store_channel *c, size_t most)
{
	json_t *members = json_array();

	for (size_t i = 0; i < c->member_count && i < most; i++)
		(void)json_array_append_new(
			members,
			json_pack("{s:o, s:s, s:o}", "user", object_user(&c->members[i].user),
				  "role", c->members[i].owner ? "owner" : "member", "joined_at",
				  object_time(c->members[i].joined_at_us)));
	return json_pack("{s:s, s:s, s:s?, s:s?, s:i, s:o, s:o, s:I}", "id", c->id, "type", c->type,
			 "name", c->name, "created_by", c->created_by, "slow_mode_s",
			 (int)c->slow_mode_s, "created_at", object_time(c->created_at_us),
			 "members", members, "member_count", (json_int_t)c->member_count);
}

static json_t *event_channel(const struct store_event *e)
{
	return e->channel ? json_pack("{s:s, s:s, s:o, s:o}", "type", "channel.updated",
				      "conversation_id", e->conversation_id, "user",
				      object_user(&e->user), "channel",
				      object_channel(e->channel, CHANNEL_MEMBERS_SHOWN))
			  : NULL;
}

json_t *event_stored(const struct store_event *e, const struct call_state *state)
{
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
	case EVENT_CHANNEL_UPDATED:
		return event_channel(e);
	case EVENT_CONVERSATION_UPDATED:
		return event_conversation(e);
	case EVENT_CALL_SESSION_STARTED:
		return event_started(e, state);
	case EVENT_CALL_SESSION_ENDED:
		return event_ended(e);
	case EVENT_CALL_PARTICIPANT_JOINED:
		return event_participant("call.session_participant_joined", e, state);
	case EVENT_CALL_PARTICIPANT_LEFT:
		return event_participant("call.session_participant_left", e, state);
	case EVENT_FRAME:
		return e->payload ? json_loads(e->payload, 0, NULL) : NULL;
	}
	return NULL; /* of a newer version */
}

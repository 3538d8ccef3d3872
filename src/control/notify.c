/* SPDX-License-Identifier: Apache-2.0 */
#include "control/notify.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "control/push/push.h"
#include "store/channels.h"
#include "store/store.h"

enum { MESSAGE_LIFE_S = 24 * 3600, RING_LIFE_S = 45, TEXT_MAX = 500 };

/* The beginning of a text, in whole characters. */
static json_t *beginning(const char *text)
{
	size_t length = strlen(text), n = 0;

	while (n < length) {
		size_t step = utf8_sequence((const uint8_t *)text + n, length - n);

		if (step == 0 || n + step > TEXT_MAX)
			break;
		n += step;
	}
	return json_stringn(text, n);
}

void notify_message(struct push *p, const struct store_event *event)
{
	const struct store_message *m = &event->message;

	if (event->type != EVENT_MESSAGE_NEW || m->card || m->activity || !push_is_used(p))
		return;
	bool channel = store_is_channel(event->conversation_id);
	json_t *ids = channel || m->private ? json_array()
					    : json_pack("[s]", event->conversation_id);
	json_t *payload = json_pack("{s:s, s:s, s:I, s:{s:s, s:s}, s:o, s:I}", "type",
				    "message.new", "conversation_id", event->conversation_id,
				    "message_id", (json_int_t)m->id, "user", "id", m->user.id,
				    "name", m->user.name, "text", beginning(m->text), "attachments",
				    (json_int_t)m->attachment_count);
	const struct push_note note = { .user_ids = ids,
					.channel = channel ? event->conversation_id : NULL,
					.admins = !channel,
					.except = m->user.id,
					.topic = event->conversation_id,
					.life_s = MESSAGE_LIFE_S };

	push_send(p, &note, payload);
	json_decref(ids);
	json_decref(payload);
}

/* Whose phone rings, or rings no more. */
static json_t *leg_ids(const json_t *ring, bool ringing)
{
	json_t *ids = json_array();
	size_t i;
	json_t *leg;

	json_array_foreach(json_object_get(ring, "legs"), i, leg)
	{
		const char *state = json_string_value(json_object_get(leg, "state"));

		if (state && (strcmp(state, "ringing") == 0) == ringing)
			(void)json_array_append(ids, json_object_get(leg, "user_id"));
	}
	return ids;
}

/* What a frame means to those whose phone rang: an outcome, and whose; or NULL. */
static const char *ending_of(const json_t *frame, const json_t *ring, json_t **ret_ids)
{
	const char *type = json_string_value(json_object_get(frame, "type"));
	const char *reason = json_string_value(json_object_get(frame, "reason"));
	const json_t *who = json_object_get(json_object_get(frame, "user"), "id");
	bool missed = type && strcmp(type, "call.missed") == 0;

	if (type && strcmp(type, "call.accepted") == 0) {
		*ret_ids = leg_ids(ring,
				   false); /* those whom it still rings decide for themselves */
		return "answered";
	}
	if (!missed && (!type || !reason || strcmp(type, "call.rejected") != 0))
		return NULL;
	if (!missed && (json_equal(who, json_object_get(json_object_get(ring, "caller"), "id")) ||
			strcmp(reason, "busy") == 0))
		return NULL; /* call.missed follows */
	*ret_ids = json_pack("[O]", who);
	return missed || strcmp(reason, "timeout") == 0 ? "missed" : "declined";
}

void notify_ring(struct push *p, const json_t *frame)
{
	const char *type = json_string_value(json_object_get(frame, "type"));
	const json_t *ring = json_object_get(frame, "ring");
	const json_t *caller = json_object_get(ring, "caller");
	const char *cid = json_string_value(json_object_get(ring ? frame : NULL, "cid"));
	json_t *conversation = json_object_get(frame, "conversation_id"), *ids = NULL;
	json_t *channel = json_object_get(ring, "channel_name");
	bool begins = type && strcmp(type, "call.ring") == 0;
	const char *outcome = cid && !begins ? ending_of(frame, ring, &ids) : NULL;

	if (!cid || (!begins && !outcome))
		return;
	if (begins)
		ids = leg_ids(ring, true);
	json_t *payload = json_pack(
		"{s:s, s:s, s:O, s:{s:O, s:O}}", "type", begins ? "call.ring" : "call.ring_ended",
		"cid", cid, "video", json_object_get(ring, "video"), "user", "id",
		json_object_get(caller, "id"), "name", json_object_get(caller, "name"));

	if (payload && begins)
		(void)json_object_set(payload, "expires_at", json_object_get(ring, "expires_at"));
	else if (payload)
		(void)json_object_set_new(payload, "outcome", json_string(outcome));
	if (payload && conversation)
		(void)json_object_set(payload, "conversation_id", conversation);
	if (payload && channel)
		(void)json_object_set(payload, "channel_name", channel);
	/* that one was called is worth knowing tomorrow; that one need not answer is not */
	bool missed = outcome && strcmp(outcome, "missed") == 0;
	const struct push_note note = { .user_ids = ids,
					.topic = cid,
					.life_s = missed ? MESSAGE_LIFE_S : RING_LIFE_S,
					.urgent = begins,
					.follow = !begins };

	push_send(p, &note, payload);
	json_decref(ids);
	json_decref(payload);
}

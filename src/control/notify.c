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

	if (event->type != EVENT_MESSAGE_NEW || m->card || m->activity)
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

static json_t *ringing_ids(const json_t *ring)
{
	json_t *ids = json_array();
	size_t i;
	json_t *leg;

	json_array_foreach(json_object_get(ring, "legs"), i, leg)
	{
		const char *state = json_string_value(json_object_get(leg, "state"));

		if (state && strcmp(state, "ringing") == 0)
			(void)json_array_append(ids, json_object_get(leg, "user_id"));
	}
	return ids;
}

void notify_ring(struct push *p, const json_t *frame)
{
	const char *type = json_string_value(json_object_get(frame, "type"));
	const json_t *ring = json_object_get(frame, "ring");
	const json_t *caller = json_object_get(ring, "caller");
	const char *cid = json_string_value(json_object_get(ring ? frame : NULL, "cid"));

	if (!type || strcmp(type, "call.ring") != 0 || !cid)
		return;
	json_t *ids = ringing_ids(ring);
	json_t *payload = json_pack("{s:s, s:s, s:O, s:O, s:{s:O, s:O}}", "type", type, "cid", cid,
				    "video", json_object_get(ring, "video"), "expires_at",
				    json_object_get(ring, "expires_at"), "user", "id",
				    json_object_get(caller, "id"), "name",
				    json_object_get(caller, "name"));
	json_t *conversation = json_object_get(frame, "conversation_id");

	if (payload && conversation)
		(void)json_object_set(payload, "conversation_id", conversation);
	const struct push_note note = {
		.user_ids = ids, .topic = cid, .life_s = RING_LIFE_S, .urgent = true
	};

	push_send(p, &note, payload);
	json_decref(ids);
	json_decref(payload);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Rings that a restart cut off: said to have been missed. */
#include <string.h>

#include "control/calls/live_ring.h"
#include "control/objects/objects.h"

static void end_legs(json_t *ring)
{
	json_t *leg;
	size_t at;

	(void)json_object_set_new(ring, "state", json_string("ended"));
	(void)json_object_set_new(ring, "outcome", json_string("missed"));
	json_array_foreach(json_object_get(ring, "legs"), at, leg)
	{
		const char *state = json_string_value(json_object_get(leg, "state"));

		if (state && strcmp(state, "ringing") == 0)
			(void)json_object_set_new(leg, "state", json_string("missed"));
	}
}

static void say_restarted(struct calls *c, const struct store_ring *stored, json_t *ring)
{
	const char *caller = json_string_value(
		json_object_get(json_object_get(ring, "caller"), "id"));
	json_t *leg;
	size_t at;

	json_array_foreach(json_object_get(ring, "legs"), at, leg)
	{
		const char *const ids[] = { json_string_value(json_object_get(leg, "user_id")),
					    caller };
		json_t *frame = frame_new(c, "call.missed", stored->cid, stored->conversation_id);

		(void)json_object_set(frame, "ring", ring);
		(void)json_object_set(frame, "user", json_object_get(leg, "user"));
		if (ids[0] && ids[1])
			say_to(c, stored->cid, ids, 2, frame);
		else
			json_decref(frame);
	}
}

void rings_missed(struct calls *c, const struct store_ring *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json_t *ring = object_stored(list[i].ring), *card = object_stored(list[i].card);
		const char *caller = json_string_value(
			json_object_get(json_object_get(card, "caller"), "id"));

		end_legs(ring);
		say_restarted(c, &list[i], ring);
		(void)json_object_set_new(card, "ended_at", object_time(c->wall_us()));
		if (caller)
			card_post(c, list[i].cid, list[i].conversation_id, caller, card);
		else
			json_decref(card);
		json_decref(ring);
	}
}

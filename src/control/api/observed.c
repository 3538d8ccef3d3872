/* SPDX-License-Identifier: Apache-2.0 */
/* What happened in a room, as LiveKit's WebhookEvent (livekit-protocol 7.2). */
#include "control/api/api.h"
#include "control/api/protojson.h"
#include "control/signal/signal.h"
#include "livekit_room.pb-c.h"

static const char *name_of(enum signal_happening what)
{
	switch (what) {
	case SIGNAL_ROOM_STARTED:
		return "room_started";
	case SIGNAL_ROOM_FINISHED:
		return "room_finished";
	case SIGNAL_PARTICIPANT_JOINED:
		return "participant_joined";
	case SIGNAL_PARTICIPANT_LEFT:
		return "participant_left";
	case SIGNAL_PARTICIPANT_ABORTED:
		return "participant_connection_aborted";
	case SIGNAL_TRACK_PUBLISHED:
		return "track_published";
	case SIGNAL_TRACK_UNPUBLISHED:
	default:
		return "track_unpublished";
	}
}

json_t *api_webhook_event(const struct signal_observed *o)
{
	json_t *event = json_pack("{s:s, s:o}", "event", name_of(o->what), "room",
				  protojson_write(&o->room->base));

	if (event && o->participant)
		(void)json_object_set_new(event, "participant",
					  protojson_write(&o->participant->base));
	if (event && o->track)
		(void)json_object_set_new(event, "track", protojson_write(&o->track->base));
	return event;
}

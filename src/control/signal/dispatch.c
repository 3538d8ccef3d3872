/* SPDX-License-Identifier: Apache-2.0 */
/* SignalRequest by SignalRequest: the table of what clients may ask for and where it is answered.
 */
#include <string.h>

#include "base/log.h"
#include "control/signal/encode.h"
#include "control/signal/internal.h"

static void describe(struct session *session, enum plane_cmd_type type,
		     const Lk__SessionDescription *d)
{
	struct member *m = session->member;
	size_t n = d->sdp ? strlen(d->sdp) : 0;

	if (!n || n > LIMIT_SDP) {
		char cause[] = "The session description is empty or longer than 512 KiB.";

		send_request_response(session, 0, LK__REQUEST_REASON__INVALID_REQUEST, cause, NULL);
		return;
	}
	if (type == CMD_OFFER && !m->may_offer) {
		char cause[] = "The token allows neither media nor data.";

		send_request_response(session, 0, LK__REQUEST_REASON__NOT_ALLOWED, cause, NULL);
		return;
	}
	struct plane_cmd cmd = {
		.type = type, .participant = m->sid, .id = d->id, .sdp = strdup(d->sdp)
	};
	if (cmd.sdp)
		signal_send(m->room, &cmd);
}

static void leave(struct session *session)
{
	struct member *m = session->member;
	struct room *r = m->room;

	member_remove(m, LK__DISCONNECT_REASON__CLIENT_INITIATED);
	session->closing = true;
	wsconn_close(session->conn, 1000, "bye");
	room_settle(r);
}

static int64_t wall_ms(void)
{
	return (int64_t)(clock_wall_us() / US_PER_MS);
}

static void unsupported(struct session *session, const Lk__SignalRequest *request)
{
	char cause[] = "This server does not support that request.";

	send_request_response(session, 0, LK__REQUEST_REASON__UNSUPPORTED_TYPE, cause, request);
}

/* For tests of clients: the sender alone is told to come back with a new session. */
static void simulate(struct session *session, const Lk__SimulateScenario *scenario)
{
	if (scenario->leave_request_full_reconnect)
		session_end(session, LK__LEAVE_ACTION__RECONNECT,
			    LK__DISCONNECT_REASON__STATE_MISMATCH);
}

/* ---- how much work a request is ---- */

static size_t names_in_subscription(const Lk__UpdateSubscription *s)
{
	size_t n = s->n_track_sids;

	for (size_t i = 0; i < s->n_participant_tracks; i++)
		n += 1 + s->participant_tracks[i]->n_track_sids;
	return n;
}

/* Each rule is looked at for each track that it may be about. */
static size_t names_in_permission(const struct member *m, const Lk__SubscriptionPermission *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_track_permissions; i++)
		n += 1 + s->track_permissions[i]->n_track_sids;
	return n * (1 + m->info.n_tracks + m->info.n_data_tracks);
}

static size_t names_in_sync(const Lk__SyncState *s)
{
	return (s->subscription ? names_in_subscription(s->subscription) : 0) +
	       (s->data_subscription ? s->data_subscription->n_updates : 0) + s->n_publish_tracks +
	       s->n_publish_data_tracks + s->n_datachannel_receive_states;
}

size_t dispatch_names(const struct member *m, const Lk__SignalRequest *request)
{
	switch (request->message_case) {
	case LK__SIGNAL_REQUEST__MESSAGE_SUBSCRIPTION:
		return names_in_subscription(request->subscription);
	case LK__SIGNAL_REQUEST__MESSAGE_TRACK_SETTING:
		return request->track_setting->n_track_sids;
	case LK__SIGNAL_REQUEST__MESSAGE_SUBSCRIPTION_PERMISSION:
		return names_in_permission(m, request->subscription_permission);
	case LK__SIGNAL_REQUEST__MESSAGE_SYNC_STATE:
		return names_in_sync(request->sync_state);
	case LK__SIGNAL_REQUEST__MESSAGE_UPDATE_DATA_SUBSCRIPTION:
		return request->update_data_subscription->n_updates;
	default:
		return 0;
	}
}

void dispatch(struct session *session, const Lk__SignalRequest *request)
{
	switch (request->message_case) {
	case LK__SIGNAL_REQUEST__MESSAGE_OFFER:
		describe(session, CMD_OFFER, request->offer);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_ANSWER:
		describe(session, CMD_ANSWER, request->answer);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_ADD_TRACK:
		publish_on_add_track(session, request);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_MUTE:
		publish_mute(session, request);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_UPDATE_AUDIO_TRACK:
		publish_update_audio(session, request->update_audio_track);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_UPDATE_VIDEO_TRACK:
		publish_update_video(session, request->update_video_track);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_SUBSCRIPTION:
		subscribe_request(session, request->subscription);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_TRACK_SETTING:
		subscribe_settings(session, request->track_setting);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_SUBSCRIPTION_PERMISSION:
		permission_request(session, request->subscription_permission);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_UPDATE_METADATA:
		metadata_request(session, request);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_SYNC_STATE:
		resume_sync(session, request->sync_state);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_PING:
		send_pong(session, wall_ms());
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_PING_REQ:
		send_pong_resp(session, request->ping_req->timestamp, wall_ms());
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_LEAVE:
		leave(session);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_SIMULATE:
		simulate(session, request->simulate);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_PUBLISH_DATA_TRACK:
		data_tracks_publish(session, request);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_UNPUBLISH_DATA_TRACK:
		data_tracks_unpublish(session, request);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_UPDATE_DATA_SUBSCRIPTION:
		data_tracks_request(session, request->update_data_subscription);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_STORE_DATA_BLOB:
	case LK__SIGNAL_REQUEST__MESSAGE_GET_DATA_BLOB:
		unsupported(session, request);
		break;
	case LK__SIGNAL_REQUEST__MESSAGE_TRICKLE:
		/* We are ICE-lite and learn the client's address from its checks: candidates are
		 * not needed. */
	case LK__SIGNAL_REQUEST__MESSAGE_UPDATE_LAYERS:
	case LK__SIGNAL_REQUEST__MESSAGE__NOT_SET: /* newer than we are */
	default:
		break;
	}
}

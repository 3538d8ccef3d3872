/* SPDX-License-Identifier: Apache-2.0 */
/* What control asks of the engine: each command finds its participant, then its verb in sfu/. */
#include <stdio.h>
#include <string.h>

#include "media/engine_private.h"
#include "media/sfu/data.h"
#include "media/sfu/data_track.h"
#include "media/sfu/forward.h"
#include "media/sfu/participant.h"
#include "media/sfu/publish.h"
#include "media/sfu/subscribe.h"
#include "media/sfu/subscription.h"
#include "media/sfu/track.h"

static void run_join(struct engine *e, uint64_t now, const struct plane_cmd *cmd)
{
	struct participant *p = NULL;
	int r = participant_new(&p, &e->sfu, cmd);

	if (r == 0 && cmd->join.can_subscribe)
		r = subscribe_open(p, now);
	if (r == 0) {
		engine_schedule(&p->subscriber.leg, now);
		return;
	}
	(void)participant_free(p, now);

	struct plane_event event = { .type = EV_FAILED,
				     .worker = e->sfu.worker,
				     .room = cmd->room,
				     .participant = cmd->participant,
				     .target = TARGET_SUBSCRIBER };
	(void)snprintf(event.text, sizeof event.text, "join: %s", strerrordesc_np(-r));
	egress_event(&e->sfu.egress, &event);
}

/* Commands about a track that `p` is sent, or may be. */
static void run_subscription(struct participant *p, uint64_t now, const struct plane_cmd *cmd)
{
	struct track *t = sfu_find_track(p->sfu, &cmd->track);
	struct subscription *s = t ? subscription_find(p, t) : NULL;
	bool same_room = t && t->publisher->room == p->room && t->publisher != p;

	if (cmd->type == CMD_SUBSCRIBE && same_room && !s && p->subscriber.leg.open &&
	    subscription_new(&s, p, t, now) == 0) {
		if (t->live)
			subscribe_change(p, now);
	} else if (cmd->type == CMD_UNSUBSCRIBE && s) {
		(void)subscription_free(s, now);
	} else if (cmd->type == CMD_SETTINGS && s) {
		subscription_want(s, now, &cmd->settings);
	} else {
		sfu_drop(p->sfu, DROP_COMMAND);
	}
}

static void run_mute(struct participant *p, uint64_t now, const struct plane_cmd *cmd)
{
	struct track *t = sfu_find_track(p->sfu, &cmd->track);

	if (t && t->publisher == p)
		forward_mute(t, now, cmd->on);
	else
		sfu_drop(p->sfu, DROP_COMMAND);
}

static void run_grant(struct participant *p, uint64_t now, const struct plane_cmd *cmd)
{
	p->join.can_publish |= cmd->join.can_publish;
	p->join.can_publish_data = cmd->join.can_publish_data;
	p->join.can_subscribe |= cmd->join.can_subscribe;
	if (p->join.can_subscribe && !p->subscriber.leg.open && subscribe_open(p, now) < 0)
		sfu_drop(p->sfu, DROP_COMMAND);
}

static void run_data_track(struct participant *p, const struct plane_cmd *cmd)
{
	int r = cmd->type == CMD_ADD_DATA_TRACK ? data_track_add(p, cmd)
		: cmd->type == CMD_REMOVE_DATA_TRACK
			? data_track_remove(p, &cmd->track)
			: data_track_subscribe(p, &cmd->track, cmd->on);

	if (r < 0)
		sfu_drop(p->sfu, DROP_COMMAND);
}

/* EV_RESUMED comes before the offer: what it says must be in the client's first message. */
static void run_resume(struct participant *p, uint64_t now)
{
	struct plane_event event = participant_event(p, EV_RESUMED);

	event.id = p->data_sequence;
	egress_event(&p->sfu->egress, &event);
	subscribe_resume(p, now);
}

/* Commands about a participant who is there. */
static void run_participant(struct participant *p, uint64_t now, const struct plane_cmd *cmd)
{
	switch (cmd->type) {
	case CMD_OFFER:
		publish_offer(p, now, cmd->id, cmd->sdp ? cmd->sdp : "");
		break;
	case CMD_ANSWER:
		subscribe_answer(p, now, cmd->id, cmd->sdp ? cmd->sdp : "");
		break;
	case CMD_ADD_TRACK:
		publish_add_track(p, cmd);
		break;
	case CMD_MUTE_TRACK:
		run_mute(p, now, cmd);
		break;
	case CMD_REMOVE_TRACK:
		publish_remove_track(p, now, &cmd->track);
		break;
	case CMD_GRANT:
		run_grant(p, now, cmd);
		break;
	case CMD_SUBSCRIBE:
	case CMD_UNSUBSCRIBE:
	case CMD_SETTINGS:
		run_subscription(p, now, cmd);
		break;
	case CMD_AWAY:
		subscribe_away(p);
		break;
	case CMD_RESUME:
		run_resume(p, now);
		break;
	case CMD_REPLAY:
		data_replay(p, now, &cmd->publisher, cmd->id);
		break;
	case CMD_ADD_DATA_TRACK:
	case CMD_REMOVE_DATA_TRACK:
	case CMD_SUBSCRIBE_DATA:
		run_data_track(p, cmd);
		break;
	case CMD_SEND_DATA:
		data_send(p, now, cmd->on, cmd->data, cmd->data_length);
		break;
	case CMD_LEAVE:
		(void)participant_free(p, now);
		return;
	default:
		sfu_drop(p->sfu, DROP_COMMAND);
		break;
	}
	engine_schedule(&p->publisher.leg, now);
	engine_schedule(&p->subscriber.leg, now);
}

void engine_cmd(struct engine *e, uint64_t now, struct plane_cmd *cmd)
{
	struct participant *p = sfu_find_participant(&e->sfu, &cmd->participant);

	forward_rest(&e->sfu); /* media waiting refers to tracks */
	if (cmd->type == CMD_JOIN)
		run_join(e, now, cmd);
	else if (p)
		run_participant(p, now, cmd);
	else if (cmd->type != CMD_STOP) /* the worker's own: it frees the engine */
		sfu_drop(&e->sfu, DROP_COMMAND);
	plane_cmd_fini(cmd);
}

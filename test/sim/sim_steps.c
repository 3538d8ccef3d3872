/* SPDX-License-Identifier: Apache-2.0 */
/* What clients of the simulation do: join, publish, subscribe, mute, leave. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

struct sim_client *sim_join(struct sim *s, bool firefox)
{
	return sim_join_as(s, &(struct plane_join){ .can_publish = true,
						    .can_subscribe = true,
						    .can_publish_data = true,
						    .firefox = firefox });
}

struct sim_client *sim_join_as(struct sim *s, const struct plane_join *join)
{
	struct sim_client *c = &s->clients[s->client_count];

	c->index = s->client_count++;
	c->sim = s;
	c->connection = -1;
	c->joined = true;
	c->firefox = join->firefox;
	c->ssrc = rng_u32(&s->rng);
	c->pub.target = TARGET_PUBLISHER;
	(void)snprintf(c->sid.text, sizeof c->sid.text, "PA_client%06d", c->index);
	struct plane_cmd cmd = { .type = CMD_JOIN, .room = sim_room, .participant = c->sid };
	cmd.join = *join;
	sim_cmd(s, &cmd);
	for (int i = 0; i < s->client_count && !s->manual_subscribe; i++) {
		struct sim_client *other = &s->clients[i];

		for (int t = 0; t < other->track_count; t++) {
			if (other != c && other->joined && other->tracks[t].active)
				sim_subscribe(c, &other->tracks[t].sid, CMD_SUBSCRIBE, false);
		}
	}
	return c;
}

void sim_leave(struct sim_client *c)
{
	struct plane_cmd cmd = { .type = CMD_LEAVE, .room = sim_room, .participant = c->sid };

	c->joined = false;
	c->pub.cut = c->sub.cut = true;
	for (int t = 0; t < c->track_count; t++)
		c->tracks[t].active = false;
	sim_cmd(c->sim, &cmd);
}

void sim_offer(struct sim_client *c)
{
	struct plane_cmd cmd = { .type = CMD_OFFER, .room = sim_room, .participant = c->sid };

	sim_open_pc(c, &c->pub, TARGET_PUBLISHER);
	cmd.id = ++c->offer_id;
	cmd.sdp = client_offer(c);
	sim_cmd(c->sim, &cmd);
}

struct sim_track *sim_add_track(struct sim_client *c, enum plane_kind kind, bool simulcast)
{
	struct sim_track *t = &c->tracks[c->track_count++];

	*t = (struct sim_track){ .kind = kind, .active = true, .simulcast = simulcast };
	t->wanted = -1;
	t->level = 60; /* a quiet room */
	t->layer_count = t->layers_on = simulcast ? 3 : 1;
	t->layers = calloc((size_t)t->layer_count, sizeof *t->layers);
	if (!t->layers)
		abort();
	(void)snprintf(t->sid.text, sizeof t->sid.text, "TR_track%07u", ++c->sim->sids);
	(void)snprintf(t->cid, sizeof t->cid, "cid-%u", c->sim->sids);
	(void)snprintf(t->msid, sizeof t->msid, c->firefox ? "{other-%u}" : "cid-%u", c->sim->sids);
	t->next_frame = c->sim->now;
	client_new_ssrcs(c, t);
	return t;
}

void sim_announce(struct sim_client *c, const struct sim_track *t)
{
	struct plane_cmd cmd = { .type = CMD_ADD_TRACK, .room = sim_room, .participant = c->sid };

	cmd.track = t->sid;
	cmd.add_track.kind = (uint8_t)t->kind;
	cmd.add_track.screen = t->screen;
	memcpy(cmd.add_track.cid, t->cid, sizeof t->cid);
	for (int i = 0; t->simulcast && i < t->layer_count; i++)
		cmd.add_track.layers[cmd.add_track.layer_count++] = (struct plane_layer){
			.quality = (uint8_t)i, .width = 320u << i, .height = 180u << i
		};
	sim_cmd(c->sim, &cmd);
}

struct sim_track *sim_publish(struct sim_client *c, enum plane_kind kind, bool simulcast)
{
	struct sim_track *t = sim_add_track(c, kind, simulcast);

	sim_announce(c, t);
	sim_offer(c);
	return t;
}

void sim_unpublish(struct sim_client *c, struct sim_track *t)
{
	t->active = false;
	sim_offer(c);
}

void sim_mute(struct sim_client *c, struct sim_track *t, bool muted)
{
	struct plane_cmd cmd = { .type = CMD_MUTE_TRACK,
				 .room = sim_room,
				 .participant = c->sid,
				 .track = t->sid,
				 .on = muted };

	t->muted = muted;
	sim_cmd(c->sim, &cmd);
}

void sim_subscribe(struct sim_client *c, const struct sid *track, enum plane_cmd_type type, bool on)
{
	struct plane_cmd cmd = {
		.type = type, .room = sim_room, .participant = c->sid, .track = *track, .on = on
	};

	sim_cmd(c->sim, &cmd);
}

void sim_settings(struct sim_client *c, const struct sid *track,
		  const struct plane_settings *settings)
{
	struct plane_cmd cmd = {
		.type = CMD_SETTINGS, .room = sim_room, .participant = c->sid, .track = *track
	};

	cmd.settings = *settings;
	sim_cmd(c->sim, &cmd);
}

struct sim_stream *sim_stream(struct sim_client *c, const struct sid *track)
{
	for (int i = 0; i < c->stream_count; i++) {
		if (c->streams[i].active && sid_is(&c->streams[i].track, track))
			return &c->streams[i];
	}
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a member may do (from its token, changed by the server API), and whom it lets have its
 * tracks (subscription_permission).
 */
#include <string.h>

#include "control/signal/encode.h"
#include "control/signal/internal.h"

enum { ALLOW_ARENA = 64 * 1024, ALLOW_RULES_MAX = LIMIT_PARTICIPANTS_PER_ROOM };

/* ---- what it may do ---- */

void permission_fill(struct member *m)
{
	Lk__ParticipantPermission *p = &m->permission;
	const struct media_token *token = &m->token;

	lk__participant_permission__init(p);
	p->has_can_subscribe = p->has_can_publish = p->has_can_publish_data = true;
	p->can_subscribe = token->can_subscribe;
	p->can_publish = token->can_publish;
	p->can_publish_data = token->can_publish_data;
	p->has_hidden = p->has_recorder = p->has_agent = p->has_can_update_metadata = true;
	p->hidden = token->hidden;
	p->recorder = token->recorder;
	p->agent = token->agent;
	p->can_update_metadata = token->can_update_own_metadata;
	if (token->can_publish_sources != MEDIA_SOURCE_ALL)
		for (unsigned source = 1; source <= countof(m->sources); source++)
			if (token->can_publish_sources & 1u << source)
				m->sources[p->n_can_publish_sources++] = (Lk__TrackSource)source;
	p->can_publish_sources = m->sources;
	/* for media, for data, or because it is the only connection there is */
	m->may_offer |= token->can_publish || token->can_publish_data || !token->can_subscribe;
}

static unsigned source_bits(const Lk__ParticipantPermission *p)
{
	unsigned bits = 0;

	for (size_t i = 0; i < p->n_can_publish_sources; i++)
		if ((unsigned)p->can_publish_sources[i] <= LK__TRACK_SOURCE__SCREEN_SHARE_AUDIO)
			bits |= 1u << (unsigned)p->can_publish_sources[i];
	return p->n_can_publish_sources ? bits : MEDIA_SOURCE_ALL;
}

/* The whole grant is replaced, but for who it is: hidden, recorder and agent stay. */
void permission_change(struct member *m, const Lk__ParticipantPermission *permission)
{
	struct media_token *token = &m->token;
	bool subscribed = token->can_subscribe;

	token->can_subscribe = permission->can_subscribe;
	token->can_publish = permission->can_publish;
	token->can_publish_data = permission->can_publish_data;
	token->can_update_own_metadata = permission->can_update_metadata;
	token->can_publish_sources = source_bits(permission);
	permission_fill(m);

	struct plane_cmd grant = { .type = CMD_GRANT, .participant = m->sid };
	grant.join.can_publish = m->may_offer;
	grant.join.can_publish_data = token->can_publish_data;
	grant.join.can_subscribe = token->can_subscribe;
	signal_send(m->room, &grant);

	member_touch(m);
	room_announce(m, NULL); /* clients check it before they do something */
	publish_revoke(m);
	data_tracks_revoke(m);
	if (subscribed && !token->can_subscribe)
		subscribe_none(m);
	else if (!subscribed && token->can_subscribe)
		subscribe_all(m);
}

/* ---- whom it lets ---- */

static const Lk__TrackPermission *rule_of(const struct allow *allow, const struct member *viewer)
{
	for (size_t i = 0; i < allow->n; i++) {
		const Lk__TrackPermission *rule = allow->rules[i];
		const char *sid = rule->participant_sid, *identity = rule->participant_identity;

		if ((sid && strcmp(sid, viewer->sid.text) == 0) ||
		    (identity && *identity && strcmp(identity, viewer->info.identity) == 0))
			return rule;
	}
	return NULL;
}

bool permission_lets(const struct member *publisher, const struct sid *track,
		     const struct member *viewer)
{
	if (!publisher->allow.restricted)
		return true;
	const Lk__TrackPermission *rule = rule_of(&publisher->allow, viewer);
	if (!rule || rule->all_tracks)
		return rule;
	for (size_t i = 0; i < rule->n_track_sids; i++)
		if (strcmp(rule->track_sids[i], track->text) == 0)
			return true;
	return false;
}

static bool copy_rule(struct arena *arena, const Lk__TrackPermission *from,
		      Lk__TrackPermission **ret)
{
	Lk__TrackPermission *rule = arena_alloc(arena, sizeof *rule);
	char **sids = arena_alloc(arena, (from->n_track_sids + 1) * sizeof *sids);

	if (!rule || !sids)
		return false;
	lk__track_permission__init(rule);
	rule->all_tracks = from->all_tracks;
	rule->participant_sid = arena_text(arena, from->participant_sid);
	rule->participant_identity = arena_text(arena, from->participant_identity);
	rule->track_sids = sids;
	rule->n_track_sids = from->n_track_sids;
	for (size_t i = 0; i < from->n_track_sids; i++) {
		sids[i] = arena_text(arena, from->track_sids[i]);
		if (!sids[i])
			return false;
	}
	*ret = rule;
	return (!from->participant_sid || rule->participant_sid) &&
	       (!from->participant_identity || rule->participant_identity);
}

static bool copy_rules(struct allow *allow, const Lk__SubscriptionPermission *request)
{
	size_t n = request->n_track_permissions;

	if (n > ALLOW_RULES_MAX)
		return false;
	allow->rules = arena_alloc(&allow->arena, (n + 1) * sizeof(void *));
	for (size_t i = 0; allow->rules && i < n; i++)
		if (!copy_rule(&allow->arena, request->track_permissions[i], &allow->rules[i]))
			return false;
	allow->n = n;
	return allow->rules;
}

void permission_request(struct session *session, const Lk__SubscriptionPermission *request)
{
	struct member *m = session->member;
	struct allow allow = { .restricted = !request->all_participants,
			       .arena = arena_of(ALLOW_ARENA) };

	if (allow.restricted && !copy_rules(&allow, request)) {
		char cause[] = "The list of who may subscribe is too long.";

		arena_fini(&allow.arena);
		send_request_response(session, 0, LK__REQUEST_REASON__LIMIT_EXCEEDED, cause, NULL);
		return;
	}
	arena_fini(&m->allow.arena);
	m->allow = allow;
	subscribe_review(m);
	data_tracks_review(m);
}

void permission_fini(struct member *m)
{
	arena_fini(&m->allow.arena);
}

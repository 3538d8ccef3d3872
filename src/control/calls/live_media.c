/* SPDX-License-Identifier: Apache-2.0 */
/* What media lets those who are in a call do: as their rights say, on the spot. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "control/calls/live_session.h"

static unsigned kinds_of(unsigned rights)
{
	return rights & RIGHTS_SEND;
}

static void enforce_seat(struct calls *c, struct live *l, struct seat *seat, unsigned rights)
{
	unsigned kinds = kinds_of(rights);

	if (!(rights & RIGHT_JOIN)) {
		if (c->media.remove)
			c->media.remove(c->media.arg, l->cid, seat->identity);
	} else if (seat->kinds != kinds) {
		seat->kinds = kinds;
		if (c->media.permit)
			c->media.permit(c->media.arg, l->cid, seat->identity, kinds);
	}
}

static void limit(struct calls *c, struct live *l, const struct store_call *call)
{
	json_t *settings = call_types_settings(c->types, call);
	json_int_t s = call_setting_number(settings, "limits", "max_duration_seconds");

	l->most_us = (uint64_t)s * US_PER_S;
	json_decref(settings);
}

/* `all`: also those that were told what media lets them since they came. */
static void enforce(struct calls *c, const struct store_call *call, bool all)
{
	struct live *l = live_find(c, call->cid);

	if (!l)
		return;
	limit(c, l, call);
	l->refs++;
	for (size_t i = l->seat_count; i-- > 0;) { /* removal puts the last one into its place */
		struct seat *seat = i < l->seat_count ? &l->seats[i] : NULL;

		if (seat && seat->person->has_account && (all || seat->kinds == KINDS_UNKNOWN))
			enforce_seat(c, l, seat, rights_on(c->types, call, &seat->person->user));
	}
	live_unref(l);
}

void live_enforce(struct calls *c, const struct store_call *call)
{
	enforce(c, call, true);
}

static void on_changed(void *arg, int status, const struct store_call *call, bool created)
{
	(void)created;
	if (status == 0)
		enforce(arg, call, true);
}

void live_type_changed(struct calls *c, const char *type)
{
	size_t n = strlen(type);
	struct live *l;

	for (size_t i = 0; i < LIVE_BUCKETS; i++)
		list_each (l, &c->live[i], link)
			if (strncmp(l->cid, type, n) == 0 && l->cid[n] == ':')
				store_call_find(c->store, l->cid, on_changed, c);
}

/* The others were told when it changed: to ask again for each of them at every coming would make a large call's beginning
 * quadratic. */
static void on_admitted(void *arg, int status, const struct store_call *call, bool created)
{
	(void)created;
	if (status == 0)
		enforce(arg, call, false);
}

void live_admit(struct calls *c, const struct live *l)
{
	store_call_find(c->store, l->cid, on_admitted, c);
}

void calls_conversation_changed(struct calls *c, const char *conversation_id)
{
	char cid[CALLS_CID_SIZE];
	int n = snprintf(cid, sizeof cid, "default:chat-%s", conversation_id);

	if (n < (int)sizeof cid && live_find(c, cid))
		store_call_find(c->store, cid, on_changed, c);
}

/* ---- by somebody's hand ---- */

void live_close(struct calls *c, const char *cid)
{
	if (c->media.close)
		c->media.close(c->media.arg, cid);
}

void live_remove_user(struct calls *c, const char *cid, const char *user_id)
{
	struct live *l = live_find(c, cid);

	if (!l || !c->media.remove)
		return;
	l->refs++;
	for (size_t i = l->seat_count; i-- > 0;) /* removal puts the last one into its place */
		if (i < l->seat_count && strcmp(l->seats[i].person->user.id, user_id) == 0)
			c->media.remove(c->media.arg, l->cid, l->seats[i].identity);
	live_unref(l);
}

/* Whether somebody is one of those who are muted. */
static bool is_meant(const struct person *p, const char *user_id, const char *except)
{
	const char *id = p->user.id;

	return user_id ? strcmp(id, user_id) == 0 : !except || strcmp(id, except) != 0;
}

size_t live_mute(struct calls *c, const char *cid, const char *user_id, const char *except,
		 unsigned kinds, void (*each)(void *arg, const char *user_id), void *arg)
{
	struct live *l = live_find(c, cid);
	size_t n = 0;

	for (size_t i = 0; l && c->media.mute && i < l->seat_count; i++)
		if (is_meant(l->seats[i].person, user_id, except))
			c->media.mute(c->media.arg, cid, l->seats[i].identity, kinds);
	for (size_t i = 0; l && i < l->member_count; i++)
		if (l->members[i]->seats && is_meant(l->members[i], user_id, except)) {
			each(arg, l->members[i]->user.id);
			n++;
		}
	return n;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What was taken back stays taken back (R16): bans, sign-ins that ended, media tokens, also over a restart. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "control/auth/bans.h"
#include "control/private.h"
#include "control/signal/moderate.h"
#include "control/upkeep.h"
#include "control/ws/hub.h"

void control_shut_out(struct control *c, const char *user_id)
{
	char text[BAN_TEXT_SIZE];

	if (!bans_hold(c->bans, user_id, text))
		return;
	hub_close_user(c->hub, user_id, text);
	signal_shut_out(c->signal);
}

void control_sweep_files(struct control *c)
{
	upkeep_sweep_files(c->private->upkeep);
}

void control_end_session(struct control *c, const char *session_key)
{
	signal_end_session(c->signal, session_key);
}

/* An identity is "<user id>:<random>" (calls.h); of a foreign token whatever its server chose. */
bool revoke_is_banned(void *arg, const char *identity, char ret_why[SIGNAL_REFUSAL_SIZE])
{
	char user_id[LIMIT_USER_ID + 1], text[BAN_TEXT_SIZE];
	size_t n = strcspn(identity, ":");

	if (n > LIMIT_USER_ID)
		return false;
	(void)snprintf(user_id, sizeof user_id, "%.*s", (int)n, identity);
	if (!bans_hold(((struct control *)arg)->bans, user_id, text))
		return false;
	(void)snprintf(ret_why, SIGNAL_REFUSAL_SIZE, "%.*s", SIGNAL_REFUSAL_SIZE - 1, text);
	return true;
}

static void ignore_status(void *arg, int status)
{
	(void)arg;
	(void)status; /* a full disk: it holds until the next restart */
}

void revoke_note(void *arg, enum signal_refusal kind, const char *key)
{
	struct control *c = arg;

	store_refusal_add(c->store, kind == SIGNAL_ENDED ? "ended" : "barred", key, clock_wall_us(),
			  ignore_status, NULL);
}

void revoke_restore(void *arg, int status, const struct store_refusal *list, size_t n)
{
	struct control *c = arg;

	if (status < 0)
		log_error("control", "media tokens that were taken back are not known: %s",
			  strerror(-status));
	for (size_t i = 0; i < n; i++)
		signal_refuse(c->signal,
			      strcmp(list[i].kind, "ended") == 0 ? SIGNAL_ENDED : SIGNAL_BARRED,
			      list[i].key);
}

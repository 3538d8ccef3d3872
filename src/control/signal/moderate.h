/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the call coordinator does to participants: rights changed, muted, removed, at once (R16).
 * Unknown rooms and identities are passed over. Control thread only.
 */
#pragma once

#include <jansson.h>

#include "control/signal/signal.h"

/* Out, and tokens of this identity for this room are refused from now on (the last
 * SIGNAL_BARRED_MAX are remembered; a token lives ten minutes). */
void signal_remove(struct signal_hub *s, const char *room, const char *identity);

/* What it may publish, as MEDIA_SOURCE_… bits (media_token.h); what is not among them ends. */
void signal_permit(struct signal_hub *s, const char *room, const char *identity, unsigned sources);

/* Everybody in the room hears of the name, and its next token has it. */
void signal_rename(struct signal_hub *s, const char *room, const char *identity, const char *name);

/* Mutes what it publishes of these sources. It may unmute itself. */
void signal_mute(struct signal_hub *s, const char *room, const char *identity, unsigned sources);

/* Everybody out; or only who is hidden. */
void signal_close_room(struct signal_hub *s, const char *room);
void signal_remove_hidden(struct signal_hub *s, const char *room);

/* Adds `tracks` and `connected_at` to a participant's JSON object. */
void signal_describe(struct signal_hub *s, const char *room, const char *identity,
		     json_t *participant);

/* Everybody out whom signal_config.refuse refuses now. */
void signal_shut_out(struct signal_hub *s);

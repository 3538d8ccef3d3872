/* SPDX-License-Identifier: Apache-2.0 */
/* Conversations and events as JSON. Each returns a new reference; NULL when out of memory. */
#pragma once

#include <jansson.h>

#include "control/calls/calls.h"
#include "control/chat/channels.h"
#include "control/objects/objects.h"
#include "store/store.h"

/* `call`: the live state of the conversation's call, or NULL. `team`: the reader is of the team; `receipts`: who is not sees what
 * the team has read. */
json_t *object_conversation(const struct store_conversation *conversation,
			    const struct call_state *call, bool team, bool receipts);

/* With the first `most` of its members. */
enum { CHANNEL_MEMBERS_SHOWN = 100 }; /* in lists and events */
json_t *object_channel(const struct store_channel *channel, size_t most);

/* Events: without `cursor`, which the hub adds. */
json_t *event_notice(const struct chat_notice *notice);
json_t *event_reports(int64_t open);			/* for the team */
json_t *event_report(const struct chat_notice *notice); /* REPORTED, REPORT_CLOSED: for webhooks */
json_t *event_renamed(const struct store_user *user);
json_t *event_presence(const struct store_user *user, bool online);

/* The text of a new message's event, appended; with its cursor, and without the state of a conversation. */
struct sb;
void event_message_write(struct sb *out, const struct store_event *event);

/* A stored event for replay; `state` is that of the call now, NULL when nobody is in it. */
json_t *event_stored(const struct store_event *event, const struct call_state *state);

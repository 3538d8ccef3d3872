/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of docs/api.md as JSON, for answers and events.
 * Each returns a new reference; NULL when out of memory. */
#pragma once

#include <jansson.h>

#include "control/calls/calls.h"
#include "control/chat/chat.h"
#include "store/store.h"

json_t *object_time(uint64_t wall_us); /* RFC 3339 UTC with milliseconds */
json_t *object_user(const struct store_user *user);
json_t *object_message(const struct store_message *message);
json_t *object_read(const struct store_read *read);
json_t *object_call(const struct store_call *call);
json_t *object_call_state(const struct call_state *state); /* NULL = null */

/* `call`: the live state of the conversation's call, or NULL. */
json_t *object_conversation(const struct store_conversation *conversation,
			    const struct call_state *call);

/* `{"code", "status_code", "message"}` */
json_t *object_error(int status, int code, const char *message);

/* Events: without `cursor`, which the hub adds. */
json_t *event_call(const struct call_event *event);
json_t *event_notice(const struct chat_notice *notice);
json_t *event_presence(const struct store_user *user, bool online);

/* A stored event for replay; `state` is that of the call now, NULL when nobody is in it. */
json_t *event_stored(const struct store_event *event, const struct call_state *state);

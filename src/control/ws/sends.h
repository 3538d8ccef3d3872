/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message that is sent, whichever way it came: what http/message_send.c takes and answers, for the POST of a message and for
 * the event socket, which reaches it through hub_config. Control thread only.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "control/server/refusal.h"

struct control;
struct store_message;
struct store_user;

struct message_writer {
	const struct store_user *user;
	const char *place; /* where they write from, for limits: http_place */
};

struct message_reply {
	const struct refusal
		*refused; /* NULL: it is stored, on the disk, and its event was published */
	const struct store_message *message;
	bool created; /* false: it was there already, under the same client_id */
};

/* What the reply points to is valid during the call. */
typedef void message_reply_fn(void *arg, const struct message_reply *reply);

/* `fields` is the body of the POST, borrowed for the call. `done` runs exactly once; at once when it is refused before the
 * store was asked. */
typedef void message_send_fn(struct control *control, const struct message_writer *who,
			     const char *conversation_id, const json_t *fields,
			     message_reply_fn *done, void *arg);

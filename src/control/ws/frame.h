/* SPDX-License-Identifier: Apache-2.0 */
/* The frames that clients send on the event socket, read. Pure: changes no state; any thread. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/server/refusal.h"

#define SEND_MESSAGE_TYPE  "message.send"
#define HEALTH_CHECK_TYPE  "health.check"
#define HEALTH_CHECK_FRAME "{\"type\":\"" HEALTH_CHECK_TYPE "\"}" /* ours, too */

enum { DEVICE_SIZE = 65 };

/* What they point to belongs to the frame. */
struct connect_frame {
	int64_t since;	       /* -1: not said */
	const char *token;     /* NULL: not said */
	const char *device_id; /* "": not said */
};

struct send_frame {
	const char *request_id, *conversation_id;
	const char
		*client_id; /* "" when the message has none, which is refused later, as in a POST */
	const json_t *message;
};

/* NULL: it is no JSON object in a text frame, or is nested too deeply. The caller's to json_decref. */
json_t *frame_parse(const uint8_t *bytes, size_t n, bool binary);

/* NULL, or what is wrong with the connect frame. */
const char *frame_read_connect(const json_t *frame, struct connect_frame *ret);

/* The client asks whether we are there. */
bool frame_is_health_check(const json_t *frame);

/* False: refused; `request_id` is set all the same when the frame has one. */
bool frame_read_send(const json_t *frame, struct send_frame *ret, struct refusal *ret_refusal);

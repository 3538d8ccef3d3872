/* SPDX-License-Identifier: Apache-2.0 */
#include "control/ws/frame.h"

#include <string.h>

#include "base/limits.h"
#include "control/server/text.h"

json_t *frame_parse(const uint8_t *bytes, size_t n, bool binary)
{
	json_t *frame = NULL;

	/* one level more than a request's body, which is inside */
	if (!binary && text_json_depth_ok((const char *)bytes, n, LIMIT_JSON_DEPTH + 1))
		frame = json_loadb((const char *)bytes, n, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(frame))
		return frame;
	json_decref(frame);
	return NULL;
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

const char *frame_read_connect(const json_t *frame, struct connect_frame *ret)
{
	const json_t *since = json_object_get(frame, "since");
	const json_t *token = json_object_get(frame, "token");
	const json_t *device = json_object_get(frame, "device_id");
	const char *type = text_of(frame, "type"), *name = json_string_value(device);

	if (!type || strcmp(type, "connect") != 0)
		return "The first frame must be {\"type\": \"connect\"}.";
	if (since && (!json_is_integer(since) || json_integer_value(since) < 0))
		return "`since` must be a cursor: a number that an event or the list of "
		       "conversations carried.";
	if (token && !json_is_string(token))
		return "`token` must be a string: the token of POST /api/video-call/token.";
	if (device && (!name || !*name || strlen(name) >= DEVICE_SIZE))
		return "`device_id` must be a string of 1 to 64 characters.";
	*ret = (struct connect_frame){ .since = since ? json_integer_value(since) : -1,
				       .token = json_string_value(token),
				       .device_id = name ? name : "" };
	return NULL;
}

bool frame_is_health_check(const json_t *frame)
{
	const char *type = text_of(frame, "type");

	return type && strcmp(type, HEALTH_CHECK_TYPE) == 0;
}

static bool is_request_id(const char *id)
{
	size_t n = id ? strlen(id) : 0;

	for (size_t i = 0; i < n; i++)
		if (id[i] <= ' ' || id[i] > '~')
			return false;
	return n >= 1 && n <= LIMIT_REQUEST_ID;
}

bool frame_read_send(const json_t *frame, struct send_frame *ret, struct refusal *r)
{
	const char *type = text_of(frame, "type"), *id = text_of(frame, "request_id");
	const json_t *message = json_object_get(frame, "message");
	const char *client_id = text_of(message, "client_id");

	if (!is_request_id(id)) {
		refusal_set(r, 400, 4, "`request_id` must be 1 to %d printable ASCII characters.",
			    LIMIT_REQUEST_ID);
		return false;
	}
	*ret = (struct send_frame){ .request_id = id,
				    .conversation_id = text_of(frame, "conversation_id"),
				    .client_id = client_id ? client_id : "",
				    .message = message };
	if (!type || strcmp(type, SEND_MESSAGE_TYPE) != 0) {
		refusal_set(r, 400, 4,
			    "`type` must be one of those that connection.ok accepts: "
			    "\"" SEND_MESSAGE_TYPE "\" or \"" HEALTH_CHECK_TYPE "\".");
		return false;
	}
	if (!ret->conversation_id) {
		refusal_set(r, 400, 4, "`conversation_id` must be the id of a conversation.");
		return false;
	}
	if (!json_is_object(message)) {
		refusal_set(r, 400, 4, "`message` must be an object: what POST …/messages takes.");
		return false;
	}
	return true;
}

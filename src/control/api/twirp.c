/* SPDX-License-Identifier: Apache-2.0 */
/* See api.h. Order: token, method, body, grant, and only then the deed. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "control/api/api.h"
#include "control/api/protojson.h"
#include "control/auth/auth.h"
#include "control/auth/media_token.h"
#include "control/control.h"
#include "control/server/text.h"
#include "control/signal/admin.h"
#include "control/signal/decode.h"

enum {
	REQUEST_ARENA = 4 * 1024 * 1024,
	RESPONSE_ARENA = 64 * 1024 * 1024, /* ListRooms with LIMIT_ROOMS */
};

/* Twirp's error: the code decides the status. */
static void refuse(struct http_req *req, const char *code, const char *cause)
{
	static const struct {
		const char *code;
		int status;
	} statuses[] = {
		{ "malformed", 400 },
		{ "invalid_argument", 400 },
		{ "unauthenticated", 401 },
		{ "permission_denied", 403 },
		{ "not_found", 404 },
		{ "bad_route", 404 },
		{ "failed_precondition", 412 },
		{ "resource_exhausted", 429 },
		{ "internal", 500 },
		{ "unimplemented", 501 },
		{ "unavailable", 503 },
	};
	int status = 500;

	for (size_t i = 0; i < countof(statuses); i++)
		if (strcmp(statuses[i].code, code) == 0)
			status = statuses[i].status;
	http_reply_json(req, status, json_pack("{s:s, s:s}", "code", code, "msg", cause));
}

static void refuse_status(struct http_req *req, int status, const char *cause)
{
	switch (status) {
	case -EINVAL:
		refuse(req, "invalid_argument", cause);
		break;
	case -ENOENT:
		refuse(req, "not_found", cause);
		break;
	case -ENOSPC:
		refuse(req, "resource_exhausted", cause);
		break;
	case -EPERM:
		refuse(req, "failed_precondition", cause);
		break;
	default:
		refuse(req, "internal", cause);
		break;
	}
}

static bool authenticate(struct http_req *req, struct control *control, struct media_grant *ret)
{
	const char *header = http_header(req, "authorization");
	struct token_error error;

	if (!header || strncasecmp(header, "Bearer ", 7) != 0) {
		refuse(req, "unauthenticated",
		       "Send an access token as Authorization: Bearer <token>.");
		return false;
	}
	const char *token = header + 7 + strspn(header + 7, " ");
	if (media_grant_verify(auth_keys(control->auth), token, clock_wall_us() / US_PER_S, ret,
			       &error) < 0) {
		refuse(req, "unauthenticated", error.message);
		return false;
	}
	return true;
}

static bool is_protobuf(const struct http_req *req)
{
	const char *type = http_header(req, "content-type");
	static const char protobuf[] = "application/protobuf";
	size_t n = sizeof protobuf - 1;

	return type && strncasecmp(type, protobuf, n) == 0 && (!type[n] || strchr("; ", type[n]));
}

static const ProtobufCMessage *read_json(struct http_req *req, struct arena *arena,
					 const struct admin_method *method, const char *body,
					 size_t n)
{
	json_error_t error;
	json_t *json = json_loadb(body, n, JSON_REJECT_DUPLICATES, &error);
	const char *field = NULL;
	const ProtobufCMessage *message = json ? protojson_read(arena, method->request, json,
								&field)
					       : NULL;
	char cause[160];

	if (!json)
		(void)snprintf(cause, sizeof cause, "The body is not JSON: %.100s.", error.text);
	else if (field)
		(void)snprintf(cause, sizeof cause, "`%.60s` has a wrong type or value.", field);
	else
		(void)snprintf(cause, sizeof cause, "The body must be a JSON object.");
	json_decref(json);
	if (!message)
		refuse(req, "malformed", cause);
	return message;
}

static const ProtobufCMessage *read_request(struct http_req *req, struct arena *arena,
					    const struct admin_method *method)
{
	size_t n;
	const char *body = http_body(req, &n), *type = http_header(req, "content-type");

	if (is_protobuf(req)) {
		const ProtobufCMessage *message = message_decode(arena, method->request,
								 (const uint8_t *)body, n);

		if (!message)
			refuse(req, "malformed", "The body is not the method's protobuf message.");
		return message;
	}
	if (type && text_is_json_type(type))
		return read_json(req, arena, method, body, n);
	refuse(req, "bad_route", "Send Content-Type: application/json or application/protobuf.");
	return NULL;
}

static bool is_allowed(struct http_req *req, const struct admin_method *method,
		       const ProtobufCMessage *request, const struct media_grant *grant)
{
	switch (method->grant) {
	case ADMIN_ROOM_CREATE:
		if (grant->room_create)
			return true;
		refuse(req, "permission_denied", "The token does not grant roomCreate.");
		return false;
	case ADMIN_ROOM_LIST:
		if (grant->room_list)
			return true;
		refuse(req, "permission_denied", "The token does not grant roomList.");
		return false;
	case ADMIN_ROOM:
	default:
		if (grant->room_admin && grant->room[0] &&
		    strcmp(grant->room, admin_room_of(method, request)) == 0)
			return true;
		refuse(req, "permission_denied",
		       "The token does not grant roomAdmin for this room.");
		return false;
	}
}

static void answer(struct http_req *req, const ProtobufCMessage *response)
{
	if (!is_protobuf(req)) {
		json_t *json = protojson_write(response);

		if (json)
			http_reply_json(req, 200, json);
		else
			refuse(req, "internal", "Out of memory.");
		return;
	}
	size_t n = protobuf_c_message_get_packed_size(response);
	autofree uint8_t *bytes = malloc(n ? n : 1);
	if (!bytes) {
		refuse(req, "internal", "Out of memory.");
		return;
	}
	(void)protobuf_c_message_pack(response, bytes); /* always the size above */
	http_reply(req, 200, "application/protobuf", bytes, n);
}

static void run(struct http_req *req, struct control *control, const struct admin_method *method,
		const struct media_grant *grant)
{
	cleanup(arena_fini) struct arena in = arena_of(REQUEST_ARENA);
	cleanup(arena_fini) struct arena out = arena_of(RESPONSE_ARENA);
	const ProtobufCMessage *request = read_request(req, &in, method), *response = NULL;
	const char *cause = "Something went wrong in the server.";

	if (!request || !is_allowed(req, method, request, grant))
		return;
	int status = method->run(control->signal, &out, request, &response, &cause);
	log_info("api", "method=%s status=%d peer=%s", method->name, status, http_peer(req));
	if (status < 0)
		refuse_status(req, status, cause);
	else
		answer(req, response);
}

void api_twirp(struct http_req *req, struct control *control)
{
	const char *service = http_param(req, "service"), *name = http_param(req, "method");
	bool rooms = strcmp(service, "livekit.RoomService") == 0;
	const struct admin_method *method = rooms ? admin_find(name) : NULL;
	struct media_grant grant;

	if (!authenticate(req, control, &grant))
		return;
	if (method)
		run(req, control, method, &grant);
	else if (rooms && admin_is_unserved(name))
		refuse(req, "unimplemented", "This server does not have that method.");
	else if (!rooms && strncmp(service, "livekit.", 8) == 0)
		refuse(req, "unimplemented", "This server has livekit.RoomService only.");
	else
		refuse(req, "bad_route", "There is no such service or method.");
}

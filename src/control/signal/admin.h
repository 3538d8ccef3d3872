/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LiveKit's RoomService, the verbs (livekit-protocol 7.1): what servers may do to rooms and to who
 * is in them. The HTTP side, tokens and JSON are in control/api/. Control thread only.
 */
#pragma once

#include "control/signal/arena.h"
#include "control/signal/signal.h"
#include "livekit_room.pb-c.h"

/* What the token must allow. */
enum admin_grant { ADMIN_ROOM_CREATE, ADMIN_ROOM_LIST, ADMIN_ROOM };

/*
 * 0 and ret_response, which lives in the arena or in the room, until the loop goes on; or -EINVAL
 * (400), -ENOENT (404), -ENOSPC (429), -ESHUTDOWN (503), -EPERM (the server is not set up to), or
 * -ENOMEM; then *ret_cause is a sentence.
 */
typedef int admin_fn(struct signal_hub *s, struct arena *arena, const ProtobufCMessage *request,
		     const ProtobufCMessage **ret_response, const char **ret_cause);

struct admin_method {
	const char *name; /* as in the path */
	const ProtobufCMessageDescriptor *request;
	enum admin_grant grant;
	admin_fn *run;
};

/* NULL: there is no such method, or it is not served. */
const struct admin_method *admin_find(const char *name);

/* The room that an ADMIN_ROOM request is about, "" when it names none. */
const char *admin_room_of(const struct admin_method *method, const ProtobufCMessage *request);

/* A method that LiveKit has and we do not. */
bool admin_is_unserved(const char *name);

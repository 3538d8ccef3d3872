/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protobuf messages as JSON and back, by the rules of proto3 (names in lowerCamelCase, snake_case
 * taken as well; 64-bit integers as strings, enums by name, bytes in base64, unknown members
 * ignored), over protobuf-c's descriptors. Pure, any thread.
 */
#pragma once

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

#include "control/signal/arena.h"

/* The message with every scalar, also those that are unset. For the caller to json_decref; NULL
 * without memory. */
json_t *protojson_write(const ProtobufCMessage *message);

/*
 * The message, living in the arena; NULL when a member has the wrong type, and then *ret_field is
 * its name (borrowed from the type), or when it needs more than the arena allows (*ret_field NULL).
 */
const ProtobufCMessage *protojson_read(struct arena *arena, const ProtobufCMessageDescriptor *type,
				       const json_t *json, const char **ret_field);

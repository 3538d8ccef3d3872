/* SPDX-License-Identifier: Apache-2.0 */
/* A server API request in JSON: the first byte says of which message. What is read can be written, read again, and packed. */
#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "control/api/protojson.h"
#include "livekit_room.pb-c.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const ProtobufCMessageDescriptor *const types[] = {
	&lk__create_room_request__descriptor,
	&lk__list_rooms_request__descriptor,
	&lk__update_participant_request__descriptor,
	&lk__update_subscriptions_request__descriptor,
	&lk__webhook_event__descriptor,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n < 1)
		return 0;
	cleanup(arena_fini) struct arena arena = arena_of(1024 * 1024);
	const ProtobufCMessageDescriptor *type = types[bytes[0] % countof(types)];
	const char *field;
	json_t *json = json_loadb((const char *)bytes + 1, n - 1, JSON_REJECT_DUPLICATES, NULL);
	const ProtobufCMessage *message = json ? protojson_read(&arena, type, json, &field) : NULL;

	json_decref(json);
	if (!message)
		return 0;
	size_t size = protobuf_c_message_get_packed_size(message);
	autofree uint8_t *packed = malloc(size + 1);
	json_t *again = protojson_write(message);
	cleanup(arena_fini) struct arena second = arena_of(4 * 1024 * 1024);

	assert(packed && again);
	assert(protobuf_c_message_pack(message, packed) == size);
	assert(protojson_read(&second, type, again, &field));
	json_decref(again);
	return 0;
}

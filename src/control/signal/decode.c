/* SPDX-License-Identifier: Apache-2.0 */
/* See decode.h. protobuf-c does the wire format; what it leaves open is checked here over its
 * descriptors. */
#include "control/signal/decode.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

static void *arena_allocate(void *arena, size_t n)
{
	return arena_alloc(arena, n ? n : 1);
}

static void arena_keep(void *arena, void *pointer)
{
	(void)arena;
	(void)pointer; /* goes with the arena */
}

static bool texts_are_utf8(const ProtobufCMessage *message);

static bool value_is_utf8(const ProtobufCFieldDescriptor *field, const void *value)
{
	if (field->type == PROTOBUF_C_TYPE_STRING) {
		const char *text = *(char *const *)value;

		return !text || utf8_is_valid(text, strlen(text));
	}
	if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
		const ProtobufCMessage *part = *(ProtobufCMessage *const *)value;

		return !part || texts_are_utf8(part);
	}
	return true;
}

/* Recursion ends: none of our messages contains itself. */
static bool texts_are_utf8(const ProtobufCMessage *message)
{
	const uint8_t *base = (const uint8_t *)message;

	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		const void *at = base + field->offset;
		const void *quantifier = base + field->quantifier_offset;

		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			bool pointers = field->type == PROTOBUF_C_TYPE_STRING ||
					field->type == PROTOBUF_C_TYPE_MESSAGE;
			size_t count = pointers ? *(const size_t *)quantifier : 0;
			const void *const *values = *(const void *const *const *)at;

			for (size_t k = 0; k < count; k++)
				if (!value_is_utf8(field, &values[k]))
					return false;
		} else if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
			if (*(const uint32_t *)quantifier == field->id && !value_is_utf8(field, at))
				return false;
		} else if (!value_is_utf8(field, at)) {
			return false;
		}
	}
	return true;
}

const ProtobufCMessage *message_decode(struct arena *arena, const ProtobufCMessageDescriptor *type,
				       const uint8_t *bytes, size_t n)
{
	ProtobufCAllocator allocator = { arena_allocate, arena_keep, arena };
	const ProtobufCMessage *message = protobuf_c_message_unpack(type, &allocator, n, bytes);

	return message && texts_are_utf8(message) ? message : NULL;
}

const Lk__SignalRequest *signal_decode(struct arena *arena, const uint8_t *bytes, size_t n)
{
	return (const Lk__SignalRequest *)(const void *)message_decode(
		arena, &lk__signal_request__descriptor, bytes, n);
}

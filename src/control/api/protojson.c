/* SPDX-License-Identifier: Apache-2.0 */
/* See protojson.h. StringEntry is how proto/ writes the entries of map<string, string>. */
#include "control/api/protojson.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "livekit_models.pb-c.h"

enum { NAME_MAX_BYTES = 64 };

/* snake_case ▸ lowerCamelCase */
static void camel(const char *name, char ret[NAME_MAX_BYTES])
{
	size_t n = 0;
	bool upper = false;

	for (; *name && n < NAME_MAX_BYTES - 1; name++) {
		if (*name == '_') {
			upper = true;
			continue;
		}
		ret[n++] = upper ? (char)toupper((unsigned char)*name) : *name;
		upper = false;
	}
	ret[n] = '\0';
}

static bool is_map(const ProtobufCFieldDescriptor *field)
{
	return field->type == PROTOBUF_C_TYPE_MESSAGE &&
	       field->label == PROTOBUF_C_LABEL_REPEATED &&
	       field->descriptor == &lk__string_entry__descriptor;
}

/* Enum values share one namespace in proto/, so this one has another name there. */
static const char *enum_name(const ProtobufCEnumDescriptor *type, const char *name)
{
	bool source = type == &lk__track_source__descriptor;

	return source && strcmp(name, "UNKNOWN_SOURCE") == 0 ? "UNKNOWN" : name;
}

/* ---- writing ---- */

static json_t *write_text(const char *text)
{
	return json_string(text ? text : "");
}

static json_t *write_long(int64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%lld", (long long)value);
	return json_string(text);
}

static json_t *write_enum(const ProtobufCEnumDescriptor *type, int value)
{
	const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(type, value);

	return found ? json_string(enum_name(type, found->name)) : json_integer(value);
}

/* One value; `at` as protobuf-c stores it. */
static json_t *write_value(const ProtobufCFieldDescriptor *field, const void *at)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
		return write_text(*(char *const *)at);
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)at);
	case PROTOBUF_C_TYPE_INT32:
		return json_integer(*(const int32_t *)at);
	case PROTOBUF_C_TYPE_UINT32:
		return json_integer(*(const uint32_t *)at);
	case PROTOBUF_C_TYPE_INT64:
		return write_long(*(const int64_t *)at);
	case PROTOBUF_C_TYPE_ENUM:
		return write_enum(field->descriptor, *(const int *)at);
	case PROTOBUF_C_TYPE_MESSAGE:
		return protojson_write(*(const ProtobufCMessage *const *)at);
	default: /* no message that we write has others */
		return NULL;
	}
}

/* Bytes that one value takes in a repeated field's array; 0 = not a type that we have. */
static size_t value_size(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_UINT32:
		return sizeof(int32_t);
	case PROTOBUF_C_TYPE_INT64:
		return sizeof(int64_t);
	case PROTOBUF_C_TYPE_ENUM:
		return sizeof(int);
	default:
		return 0;
	}
}

static json_t *write_list(const ProtobufCFieldDescriptor *field, const void *values, size_t n)
{
	json_t *list = is_map(field) ? json_object() : json_array();
	size_t size = value_size(field->type);

	for (size_t i = 0; list && i < n; i++) {
		const char *at = (const char *)values + i * size;

		if (is_map(field)) {
			const Lk__StringEntry *entry = *(Lk__StringEntry *const *)(const void *)at;

			(void)json_object_set_new(list, entry->key ? entry->key : "",
						  write_text(entry->value));
		} else {
			(void)json_array_append_new(list, write_value(field, at));
		}
	}
	return list;
}

json_t *protojson_write(const ProtobufCMessage *message)
{
	json_t *object = json_object();
	const char *base = (const char *)message;

	for (unsigned i = 0; object && i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		const void *at = base + field->offset,
			   *quantifier = base + field->quantifier_offset;
		char name[NAME_MAX_BYTES];

		camel(field->name, name);
		if (field->label == PROTOBUF_C_LABEL_REPEATED)
			(void)json_object_set_new(
				object, name,
				write_list(field, *(void *const *)at, *(const size_t *)quantifier));
		else if (field->type != PROTOBUF_C_TYPE_MESSAGE || *(void *const *)at)
			(void)json_object_set_new(object, name, write_value(field, at));
	}
	return object;
}

/* ---- reading ---- */

struct reader {
	struct arena *arena;
	const char *field; /* the one that was wrong */
};

static bool read_number(const json_t *json, int64_t min, int64_t max, int64_t *ret)
{
	const char *text = json_string_value(json);
	char *end = NULL;

	errno = 0;
	if (json_is_integer(json))
		*ret = json_integer_value(json);
	else if (text && *text && !isspace((unsigned char)*text))
		*ret = strtoll(text, &end, 10);
	else
		return false;
	return (!end || (*end == '\0' && errno == 0)) && *ret >= min && *ret <= max;
}

static bool read_enum(const ProtobufCEnumDescriptor *type, const json_t *json, int *ret)
{
	const char *text = json_string_value(json);
	int64_t number;

	for (unsigned i = 0; text && i < type->n_values; i++) {
		if (strcmp(enum_name(type, type->values[i].name), text) == 0) {
			*ret = type->values[i].value;
			return true;
		}
	}
	if (text || !read_number(json, INT32_MIN, INT32_MAX, &number))
		return false;
	*ret = (int)number;
	return true;
}

/* A NUL inside would cut the text. */
static bool read_text(struct reader *r, const json_t *json, char **ret)
{
	const char *text = json_string_value(json);

	if (!text || strlen(text) != json_string_length(json))
		return false;
	*ret = arena_text(r->arena, text);
	return *ret;
}

/* ProtoJSON: base64, "either standard or URL-safe … with/without paddings are accepted". */
static bool read_bytes(struct reader *r, const json_t *json, ProtobufCBinaryData *ret)
{
	static const int variants[] = { sodium_base64_VARIANT_ORIGINAL,
					sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
					sodium_base64_VARIANT_URLSAFE,
					sodium_base64_VARIANT_URLSAFE_NO_PADDING };
	const char *text = json_string_value(json);
	size_t n = json_string_length(json), room = n / 4 * 3 + 3;

	ret->data = text ? arena_alloc(r->arena, room) : NULL;
	for (size_t i = 0; ret->data && i < countof(variants); i++)
		if (sodium_base642bin(ret->data, room, text, n, NULL, &ret->len, NULL,
				      variants[i]) == 0)
			return true;
	return false;
}

static bool read_message(struct reader *r, ProtobufCMessage *message, const json_t *json);

static bool read_part(struct reader *r, const ProtobufCMessageDescriptor *type, const json_t *json,
		      ProtobufCMessage **ret)
{
	ProtobufCMessage *part = arena_alloc(r->arena, type->sizeof_message);

	if (!part)
		return false;
	protobuf_c_message_init(type, part);
	*ret = part;
	return read_message(r, part, json);
}

static bool read_value(struct reader *r, const ProtobufCFieldDescriptor *field, const json_t *json,
		       void *at)
{
	int64_t number;

	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
		return read_text(r, json, at);
	case PROTOBUF_C_TYPE_BYTES:
		return read_bytes(r, json, at);
	case PROTOBUF_C_TYPE_BOOL:
		*(protobuf_c_boolean *)at = json_is_true(json);
		return json_is_boolean(json);
	case PROTOBUF_C_TYPE_INT32:
		if (!read_number(json, INT32_MIN, INT32_MAX, &number))
			return false;
		*(int32_t *)at = (int32_t)number;
		return true;
	case PROTOBUF_C_TYPE_UINT32:
		if (!read_number(json, 0, UINT32_MAX, &number))
			return false;
		*(uint32_t *)at = (uint32_t)number;
		return true;
	case PROTOBUF_C_TYPE_INT64:
		return read_number(json, INT64_MIN, INT64_MAX, at);
	case PROTOBUF_C_TYPE_ENUM:
		return read_enum(field->descriptor, json, at);
	case PROTOBUF_C_TYPE_MESSAGE:
		return read_part(r, field->descriptor, json, at);
	default:
		return false;
	}
}

static bool read_map(struct reader *r, const json_t *json, void *values)
{
	Lk__StringEntry **entries = values;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)json, key, value)
	{
		Lk__StringEntry *entry = arena_alloc(r->arena, sizeof *entry);

		if (!entry)
			return false;
		lk__string_entry__init(entry);
		entry->key = arena_text(r->arena, key);
		if (!entry->key || !read_text(r, value, &entry->value))
			return false;
		*entries++ = entry;
	}
	return true;
}

static bool read_list(struct reader *r, const ProtobufCFieldDescriptor *field, const json_t *json,
		      void **ret_values, size_t *ret_n)
{
	bool map = is_map(field);
	size_t n = map ? json_object_size(json) : json_array_size(json);
	size_t size = value_size(field->type);
	char *values = arena_alloc(r->arena, n * size + 1);

	if (!values || !(map ? json_is_object(json) : json_is_array(json)))
		return false;
	for (size_t i = 0; !map && i < n; i++)
		if (!read_value(r, field, json_array_get(json, i), values + i * size))
			return false;
	if (map && !read_map(r, json, values))
		return false;
	*ret_values = values;
	*ret_n = n;
	return true;
}

static bool read_field(struct reader *r, const ProtobufCFieldDescriptor *field, const json_t *json,
		       char *base)
{
	void *at = base + field->offset, *quantifier = base + field->quantifier_offset;

	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return read_list(r, field, json, at, quantifier);
	if (!read_value(r, field, json, at))
		return false;
	if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE)
		*(protobuf_c_boolean *)quantifier = true;
	return true;
}

/* Recursion ends: none of our messages contains itself. */
static bool read_message(struct reader *r, ProtobufCMessage *message, const json_t *json)
{
	if (!json_is_object(json))
		return false;
	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		char name[NAME_MAX_BYTES];

		camel(field->name, name);
		const json_t *member = json_object_get(json, name);
		if (!member)
			member = json_object_get(json, field->name);
		if (!member || json_is_null(member))
			continue;
		if (!read_field(r, field, member, (char *)message)) {
			r->field = r->field ? r->field : field->name;
			return false;
		}
	}
	return true;
}

const ProtobufCMessage *protojson_read(struct arena *arena, const ProtobufCMessageDescriptor *type,
				       const json_t *json, const char **ret_field)
{
	struct reader r = { .arena = arena };
	ProtobufCMessage *message = NULL;

	*ret_field = NULL;
	if (read_part(&r, type, json, &message))
		return message;
	*ret_field = r.field;
	return NULL;
}

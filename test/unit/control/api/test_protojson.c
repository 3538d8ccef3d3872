/* SPDX-License-Identifier: Apache-2.0 */
/* Protobuf ⇄ JSON by the rules of proto3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "control/api/protojson.h"
#include "livekit_room.pb-c.h"

static const void *read_text(struct arena *arena, const ProtobufCMessageDescriptor *type,
			     const char *text, const char **ret_field)
{
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	const ProtobufCMessage *message = protojson_read(arena, type, json, ret_field);
	json_decref(json);
	return message;
}

static void test_there_and_back(void **state)
{
	cleanup(arena_fini) struct arena arena = arena_of(64 * 1024);
	const char *field;
	const Lk__UpdateParticipantRequest *q = read_text(
		&arena, &lk__update_participant_request__descriptor,
		"{\"room\": \"r\", \"identity\": \"ann\", \"unknown\": {\"x\": [1]}, \"name\": "
		"null,"
		" \"attributes\": {\"a\": \"1\", \"b\": \"\"},"
		" \"permission\": {\"can_publish\": true, \"canSubscribe\": false,"
		" \"canPublishSources\": [\"CAMERA\", 2, \"UNKNOWN\"]}}",
		&field);

	(void)state;
	assert_non_null(q);
	assert_string_equal(q->room, "r");
	assert_null(q->name);
	assert_int_equal(q->n_attributes, 2);
	assert_string_equal(q->attributes[1]->key, "b");
	assert_true(q->permission->can_publish);
	assert_true(q->permission->has_can_subscribe);
	assert_false(q->permission->can_subscribe);
	assert_int_equal(q->permission->n_can_publish_sources, 3);
	assert_int_equal(q->permission->can_publish_sources[1], LK__TRACK_SOURCE__MICROPHONE);

	json_t *json = protojson_write(&q->base);
	json_t *permission = json_object_get(json, "permission");
	json_t *sources = json_object_get(permission, "canPublishSources");
	assert_string_equal(json_string_value(json_object_get(json, "name")), "");
	assert_string_equal(json_string_value(json_array_get(sources, 1)), "MICROPHONE");
	assert_string_equal(json_string_value(json_array_get(sources, 2)), "UNKNOWN");
	assert_true(json_is_false(json_object_get(permission, "hidden")));
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(json, "attributes"), "a")), "1");
	json_decref(json);
}

static void test_long_numbers_are_texts(void **state)
{
	cleanup(arena_fini) struct arena arena = arena_of(64 * 1024);
	const char *field;
	const Lk__Room *room = read_text(&arena, &lk__room__descriptor,
					 "{\"creationTime\": \"9007199254740993\","
					 " \"maxParticipants\": \"4294967295\"}",
					 &field);

	(void)state;
	assert_non_null(room);
	assert_int_equal(room->creation_time, 9007199254740993);
	assert_int_equal(room->max_participants, UINT32_MAX);
	json_t *json = protojson_write(&room->base);
	assert_string_equal(json_string_value(json_object_get(json, "creationTime")),
			    "9007199254740993");
	assert_int_equal(json_integer_value(json_object_get(json, "maxParticipants")), UINT32_MAX);
	json_decref(json);
}

static void test_wrong_types_are_named(void **state)
{
	static const struct {
		const char *text, *field;
	} wrong[] = {
		{ "{\"maxParticipants\": -1}", "max_participants" },
		{ "{\"maxParticipants\": 4294967296}", "max_participants" },
		{ "{\"maxParticipants\": \"4x\"}", "max_participants" },
		{ "{\"maxParticipants\": \" 4\"}", "max_participants" },
		{ "{\"maxParticipants\": 1.5}", "max_participants" },
		{ "{\"creationTime\": \"9223372036854775808\"}", "creation_time" },
		{ "{\"name\": 5}", "name" },
		{ "{\"active_recording\": \"true\"}", "active_recording" },
		{ "{\"enabledCodecs\": {}}", "enabled_codecs" },
		{ "{\"enabledCodecs\": [{\"mime\": []}]}", "mime" },
		{ "[]", NULL },
	};

	(void)state;
	for (size_t i = 0; i < countof(wrong); i++) {
		cleanup(arena_fini) struct arena arena = arena_of(64 * 1024);
		const char *field = NULL;

		assert_null(read_text(&arena, &lk__room__descriptor, wrong[i].text, &field));
		if (wrong[i].field)
			assert_string_equal(field, wrong[i].field);
		else
			assert_null(field);
	}
}

static void test_a_nul_and_too_much_are_refused(void **state)
{
	cleanup(arena_fini) struct arena arena = arena_of(512);
	json_t *nul = json_pack("{s:s#}", "name", "a\0b", (size_t)3);
	json_t *large = json_object();
	json_t *names = json_array();
	const char *field;

	(void)state;
	assert_null(protojson_read(&arena, &lk__room__descriptor, nul, &field));
	for (int i = 0; i < 1000; i++)
		(void)json_array_append_new(names, json_string("name"));
	(void)json_object_set_new(large, "names", names);
	assert_null(protojson_read(&arena, &lk__list_rooms_request__descriptor, large, &field));
	json_decref(nul);
	json_decref(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_long_numbers_are_texts),
		cmocka_unit_test(test_wrong_types_are_named),
		cmocka_unit_test(test_a_nul_and_too_much_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

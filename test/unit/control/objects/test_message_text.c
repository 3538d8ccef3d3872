/* SPDX-License-Identifier: Apache-2.0 */
/* What is written at once is what the tree of values gives, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/sb.h"
#include "control/objects/objects.h"

static const struct store_message usual = {
	.id = 42,
	.conversation_id = "ann",
	.client_id = "c-1",
	.text = "Hello",
	.created_at_us = 1767225600123456,
	.user = { .id = "ann", .name = "Ann", .role = ROLE_USER },
};

static void assert_same(const struct store_message *m)
{
	struct sb written = { 0 };
	json_t *tree = object_message(m);
	autofree char *expected = json_dumps(tree, JSON_COMPACT);

	json_decref(tree);
	assert_non_null(expected);
	object_message_write(&written, m);
	assert_false(written.bad);
	assert_string_equal(written.text, expected);
	sb_fini(&written);
}

static void a_usual_message(void **state)
{
	struct store_message m = usual;

	(void)state;
	assert_same(&m);
	m.id = INT64_MAX;
	m.private = true;
	m.user.role = ROLE_ADMIN;
	m.user.image = "/files/x/\"file\"";
	assert_same(&m);
	m.text = "";
	m.user.role = ROLE_GUEST;
	m.created_at_us = 1;
	assert_same(&m);
}

static void every_character(void **state)
{
	char all[0x80], one[2] = { 0 };
	struct store_message m = usual;

	(void)state;
	for (size_t i = 0; i < sizeof all - 1; i++)
		all[i] = (char)(i + 1);
	all[sizeof all - 1] = '\0';
	m.text = all;
	m.user.name = all;
	m.client_id = all;
	assert_same(&m);
	m = usual;
	m.text = one;
	for (int c = 1; c < 0x80; c++) {
		one[0] = (char)c;
		assert_same(&m);
	}
	m.text = "Gr\u00fc\u00dfe, \u0441\u043b\u043e\u0432\u043e, \u05e9\u05dc\u05d5\u05dd, "
		 "\U0001f600 \u2028";
	assert_same(&m);
}

static void what_is_rare(void **state)
{
	const struct store_reaction reactions[] = { { "like", "bob" }, { "like", "cy" } };
	const struct store_attachment file = { .id = "f",
					       .name = "a \"b\".png",
					       .kind = "image/png",
					       .size = 5,
					       .width = 1,
					       .height = 2 };
	struct store_message m = usual;

	(void)state;
	m.reactions = reactions;
	m.reaction_count = 2;
	assert_same(&m);
	m = usual;
	m.attachments = &file;
	m.attachment_count = 1;
	assert_same(&m);
	m = usual;
	m.quoted_id = 7;
	m.quoted_text = "before";
	m.quoted_user_id = "bob";
	m.quoted_user_name = "Bob";
	assert_same(&m);
	m = usual;
	m.updated_at_us = m.created_at_us + 1;
	assert_same(&m);
	m.deleted_at_us = m.created_at_us + 2;
	assert_same(&m);
	m = usual;
	m.card = "{\"state\":\"missed\"}";
	assert_same(&m);
	m = usual;
	m.activity = "label";
	m.activity_value = "3";
	assert_same(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_usual_message),
		cmocka_unit_test(every_character),
		cmocka_unit_test(what_is_rare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

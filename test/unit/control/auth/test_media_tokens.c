/* SPDX-License-Identifier: Apache-2.0 */
/* Media tokens: what we make is taken, what others forge is not, each with its code; and what grants say. User tokens:
 * test_tokens.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "control/auth/media_token.h"
#include "control/auth/user_token.h"
#include "forge.h"

static const struct token_keys keys = { .api_key = FORGE_KEY, .secret = FORGE_SECRET };
static const uint64_t NOW = 1800000000;

/* of a person, not of media */
#define PERSON "{\"user_id\":\"ann\",\"iat\":1799999995,\"exp\":1800003600}"

static int verify_media(const char *token, struct token_error *error)
{
	struct media_token t = { 0 };
	int r = media_token_verify(&keys, token, NOW, &t, error);

	media_token_fini(&t);
	return r == 0 ? 0 : (int)error->code;
}

#define MEDIA(video, rest)                                                            \
	"{\"iss\":\"ck_test\",\"sub\":\"bot\",\"nbf\":1799999990,\"exp\":1800003600," \
	"\"video\":" video rest "}"
#define JOIN "{\"room\":\"r\",\"roomJoin\":true}"

static const struct {
	const char *claims;
	int code;
} media[] = {
	{ MEDIA(JOIN, ""), 0 },
	{ MEDIA(JOIN, ",\"roomConfig\":{\"agents\":[{\"metadata\":\"x\"}]},\"sha256\":\"\""), 0 },
	{ "{\"iss\":\"ck_test\",\"jti\":\"bot\",\"exp\":1800003600,\"video\":" JOIN "}", 0 },
	{ "{\"iss\":\"other\",\"sub\":\"bot\",\"exp\":1800003600,\"video\":" JOIN "}", 5 },
	{ "{\"sub\":\"bot\",\"exp\":1800003600,\"video\":" JOIN "}", 5 },
	{ "{\"iss\":\"ck_test\",\"exp\":1800003600,\"video\":" JOIN "}", 4 },
	{ "{\"iss\":\"ck_test\",\"sub\":\"\",\"exp\":1800003600,\"video\":" JOIN "}", 4 },
	{ "{\"iss\":\"ck_test\",\"sub\":7,\"exp\":1800003600,\"video\":" JOIN "}", 5 },
	{ "{\"iss\":\"ck_test\",\"sub\":\"bot\",\"video\":" JOIN "}", 5 },
	{ MEDIA("{\"room\":\"r\"}", ""), 5 },
	{ MEDIA("{\"roomJoin\":true}", ""), 4 },
	{ MEDIA("{\"room\":\"\",\"roomJoin\":true}", ""), 4 },
	{ MEDIA("{\"room\":\"r\",\"roomJoin\":\"true\"}", ""), 5 },
	{ MEDIA("{\"room\":\"r\",\"roomJoin\":true,\"canPublish\":1}", ""), 5 },
	{ MEDIA("{\"room\":\"r\",\"roomJoin\":true,\"canPublishSources\":\"camera\"}", ""), 5 },
	{ MEDIA("{\"room\":\"r\",\"roomJoin\":true,\"canPublishSources\":[1]}", ""), 5 },
	{ MEDIA("\"room\"", ""), 5 },
	{ MEDIA(JOIN, ",\"attributes\":[]"), 5 },
	{ MEDIA(JOIN, ",\"attributes\":{\"a\":1}"), 5 },
	{ MEDIA(JOIN, ",\"name\":{}"), 5 },
	{ MEDIA(JOIN, ",\"user_id\":\"ann\""), 5 },
	/* 60 s of leeway on both sides. */
	{ "{\"iss\":\"ck_test\",\"sub\":\"bot\",\"exp\":1799999940,\"video\":" JOIN "}", 40 },
	{ "{\"iss\":\"ck_test\",\"sub\":\"bot\",\"exp\":1799999941,\"video\":" JOIN "}", 0 },
	{ "{\"iss\":\"ck_test\",\"sub\":\"bot\",\"nbf\":1800000061,\"exp\":1800003600,"
	  "\"video\":" JOIN "}",
	  41 },
	{ "{\"iss\":\"ck_test\",\"sub\":\"bot\",\"nbf\":1800000060,\"exp\":1800003600,"
	  "\"video\":" JOIN "}",
	  0 },
};

static void test_media_claims(void **state)
{
	static char token[FORGE_SIZE];
	struct token_error error;

	(void)state;
	for (size_t i = 0; i < sizeof media / sizeof *media; i++) {
		int code = verify_media(forge(token, HS256, media[i].claims, FORGE_SECRET), &error);

		if (code != media[i].code)
			fail_msg("%s: code %d, not %d", media[i].claims, code, media[i].code);
	}
	/* The two classes never stand in for each other. */
	char *user = user_token_make(&keys, "ann", NOW, USER_TOKEN_LIFE_S);
	assert_int_equal(verify_media(user, &error), 5);
	free(user);
	forge(token, HS256, MEDIA(JOIN, ""), FORGE_SECRET);
	assert_true(user_token_verify(&keys, token, NOW, &(struct user_token){ 0 }, &error) < 0);
	assert_int_equal(error.code, 5);
	assert_int_equal(
		verify_media(forge(token, "{\"alg\":\"none\"}", MEDIA(JOIN, ""), FORGE_SECRET),
			     &error),
		43);
	assert_int_equal(verify_media(forge(token, HS256, MEDIA(JOIN, ""), "x"), &error), 43);

	/* An identity one byte too long, and one that just fits. */
	char claims[2048], name[LIMIT_IDENTITY + 2];
	memset(name, 'i', sizeof name);
	for (int over = 0; over < 2; over++) {
		snprintf(claims, sizeof claims,
			 "{\"iss\":\"ck_test\",\"sub\":\"%.*s\",\"exp\":1800003600,\"video\":" JOIN
			 "}",
			 LIMIT_IDENTITY + over, name);
		assert_int_equal(verify_media(forge(token, HS256, claims, FORGE_SECRET), &error),
				 over ? 5 : 0);
	}
}

static struct media_token open_grant(const char *grant)
{
	static char token[FORGE_SIZE];
	char claims[1024];
	struct token_error error;
	struct media_token t;

	snprintf(claims, sizeof claims, MEDIA("{\"room\":\"r\",\"roomJoin\":true%s}", ""), grant);
	assert_int_equal(media_token_verify(&keys, forge(token, HS256, claims, FORGE_SECRET), NOW,
					    &t, &error),
			 0);
	return t;
}

/* Absent is not false. */
static void test_media_three_states(void **state)
{
	(void)state;
	struct media_token t = open_grant("");
	assert_true(t.can_publish && t.can_subscribe && t.can_publish_data);
	assert_false(t.hidden || t.room_admin || t.can_update_own_metadata || t.recorder ||
		     t.agent);
	assert_int_equal(t.can_publish_sources, MEDIA_SOURCE_ALL);
	media_token_fini(&t);

	t = open_grant(",\"canPublish\":false");
	assert_false(t.can_publish || t.can_publish_data);
	assert_true(t.can_subscribe);
	media_token_fini(&t);

	t = open_grant(",\"canPublish\":false,\"canPublishData\":true,\"canSubscribe\":false,"
		       "\"hidden\":true");
	assert_true(t.can_publish_data && t.hidden);
	assert_false(t.can_publish || t.can_subscribe);
	media_token_fini(&t);

	t = open_grant(",\"canPublishSources\":[\"camera\",\"screen_share\"]");
	assert_int_equal(t.can_publish_sources, MEDIA_SOURCE_CAMERA | MEDIA_SOURCE_SCREEN_SHARE);
	media_token_fini(&t);
	t = open_grant(",\"canPublishSources\":[]");
	assert_int_equal(t.can_publish_sources, MEDIA_SOURCE_ALL);
	media_token_fini(&t);
	/* A list of unknown names allows nothing; it is not the empty list. */
	t = open_grant(",\"canPublishSources\":[\"hologram\"]");
	assert_int_equal(t.can_publish_sources, 0);
	media_token_fini(&t);
}

static void same(const struct media_token *a, const struct media_token *b)
{
	assert_string_equal(a->identity, b->identity);
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->room, b->room);
	assert_string_equal(a->metadata, b->metadata);
	assert_string_equal(a->kind, b->kind);
	assert_true(json_equal(a->attributes, b->attributes) || (!a->attributes && !b->attributes));
	assert_int_equal(a->can_publish, b->can_publish);
	assert_int_equal(a->can_subscribe, b->can_subscribe);
	assert_int_equal(a->can_publish_data, b->can_publish_data);
	assert_int_equal(a->hidden, b->hidden);
	assert_true(!a->session == !b->session);
	if (a->session)
		assert_string_equal(a->session, b->session);
	assert_true(json_equal(a->room_config, b->room_config) ||
		    (!a->room_config && !b->room_config));
	assert_int_equal(a->can_publish_sources, b->can_publish_sources);
}

/* A verified token can be signed again (refresh) and says the same. */
static void test_media_round_trip(void **state)
{
	struct media_token a, b;
	struct token_error error;

	(void)state;
	assert_int_equal(media_token_init(&a, "ann:k3F", "Ann \"quoted\" é", "default:chat-ann"),
			 0);
	char *token = media_token_make(&keys, &a, NOW, MEDIA_TOKEN_LIFE_S);
	assert_int_equal(media_token_verify(&keys, token, NOW, &b, &error), 0);
	assert_true(b.room_join);
	assert_int_equal(b.expires_at_s, NOW + MEDIA_TOKEN_LIFE_S);
	same(&a, &b);
	free(token);
	media_token_fini(&b);
	media_token_fini(&a);

	unsigned some[] = { 0, MEDIA_SOURCE_CAMERA,
			    MEDIA_SOURCE_MICROPHONE | MEDIA_SOURCE_SCREEN_SHARE_AUDIO,
			    MEDIA_SOURCE_ALL };
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(media_token_init(&a, "bot", NULL, "r"), 0);
		a.can_publish = i % 2;
		a.can_publish_data = true;
		a.can_subscribe = false;
		a.hidden = i > 1;
		a.can_publish_sources = some[i];
		a.attributes = json_pack("{s:s}", "lang", "de");
		a.session = i ? strdup("session") : NULL;
		a.room_config = i ? json_pack("{s:i}", "maxParticipants", 3) : NULL;
		token = media_token_make(&keys, &a, NOW, 600);
		assert_int_equal(media_token_verify(&keys, token, NOW, &b, &error), 0);
		same(&a, &b);
		free(token);
		media_token_fini(&b);
		media_token_fini(&a);
	}
}

/* A server's token needs neither identity nor room, and says what it may do. */
static void test_grants_of_servers(void **state)
{
	char token[FORGE_SIZE], claims[512];
	struct media_grant g;
	struct token_error error;
	static const struct {
		const char *grant;
		bool create, list, admin;
		const char *room;
	} good[] = {
		{ "{\"roomCreate\":true}", true, false, false, "" },
		{ "{\"roomList\":true,\"room\":\"r\"}", false, true, false, "r" },
		{ "{\"roomAdmin\":true,\"room\":\"r\",\"roomCreate\":false}", false, false, true,
		  "r" },
	};
	static const char *const bad[] = { "{\"roomCreate\":1}", "{\"room\":5}", "7" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		(void)snprintf(claims, sizeof claims,
			       "{\"iss\":\"" FORGE_KEY "\",\"exp\":1800003600,\"video\":%s}",
			       good[i].grant);
		forge(token, HS256, claims, FORGE_SECRET);
		assert_int_equal(media_grant_verify(&keys, token, NOW, &g, &error), 0);
		assert_int_equal(g.room_create, good[i].create);
		assert_int_equal(g.room_list, good[i].list);
		assert_int_equal(g.room_admin, good[i].admin);
		assert_string_equal(g.room, good[i].room);
		assert_true(media_grant_verify(&keys, token, NOW + 7200, &g, &error) < 0);
		forge(token, HS256, claims, FORGE_SECRET "x");
		assert_true(media_grant_verify(&keys, token, NOW, &g, &error) < 0);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		(void)snprintf(claims, sizeof claims,
			       "{\"iss\":\"" FORGE_KEY "\",\"exp\":1800003600,\"video\":%s}",
			       bad[i]);
		assert_true(media_grant_verify(&keys, forge(token, HS256, claims, FORGE_SECRET),
					       NOW, &g, &error) < 0);
	}
	assert_true(media_grant_verify(&keys, forge(token, HS256, PERSON, FORGE_SECRET), NOW, &g,
				       &error) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_media_claims),
		cmocka_unit_test(test_media_three_states),
		cmocka_unit_test(test_media_round_trip),
		cmocka_unit_test(test_grants_of_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* User tokens: what we make is taken, what others forge is not, each with its code (RFC 8725, R22-R24). Media tokens:
 * test_media_tokens.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "control/auth/user_token.h"
#include "forge.h"

static const struct token_keys keys = { .api_key = FORGE_KEY, .secret = FORGE_SECRET };
static const uint64_t NOW = 1800000000;

#define GOOD	   "{\"user_id\":\"ann\",\"iat\":1799999995,\"exp\":1800003600}"
#define USER(rest) "{\"user_id\":\"ann\",\"iat\":1799999995,\"exp\":1800003600," rest "}"

static int verify_user(const char *token, struct token_error *error)
{
	struct user_token t = { 0 };
	int r = user_token_verify(&keys, token, NOW, &t, error);

	json_decref(t.call_cids);
	if (r == 0)
		assert_string_equal(t.user_id, "ann");
	else
		assert_int_equal(t.expires_at_s, 0); /* untouched on failure */
	return r == 0 ? 0 : (int)error->code;
}

#define SPACES_20 "                    "
#define SPACES	  SPACES_20 SPACES_20 SPACES_20 SPACES_20 SPACES_20 SPACES_20

/* Header and claims that are well signed with the right secret:
 * refused for what they say. 0 = taken. */
static const struct {
	const char *header, *claims;
	int code;
} signed_ones[] = {
	{ HS256, GOOD, 0 },
	{ "{\"alg\":\"HS256\"}", GOOD, 0 },
	{ "{\"typ\":\"jwt\",\"alg\":\"HS256\",\"kid\":\"ck_test\"}", GOOD, 0 },
	{ HS256, USER("\"role\":\"user\",\"iss\":\"x\",\"sub\":\"user/ann\""), 0 },
	{ HS256, USER("\"note\":\"brackets \\\" [[[[[[[[[[ of a text\""), 0 },

	/* a header is no place to keep things */
	{ "{\"alg\":" SPACES SPACES SPACES SPACES SPACES SPACES SPACES SPACES "\"HS256\"}", GOOD,
	  5 },

	/* 22: the algorithm */
	{ "{\"alg\":\"none\"}", GOOD, 43 },
	{ "{\"alg\":\"None\"}", GOOD, 43 },
	{ "{\"alg\":\"NONE\"}", GOOD, 43 },
	{ "{\"alg\":\"nOnE\",\"typ\":\"JWT\"}", GOOD, 43 },
	{ "{\"alg\":\"\"}", GOOD, 43 },
	{ "{\"alg\":null}", GOOD, 43 },
	{ "{\"alg\":1}", GOOD, 43 },
	{ "{\"alg\":[\"HS256\"]}", GOOD, 43 },
	{ "{\"typ\":\"JWT\"}", GOOD, 43 },
	{ "{}", GOOD, 43 },
	{ "{\"alg\":\"RS256\",\"typ\":\"JWT\"}", GOOD, 43 },
	{ "{\"alg\":\"ES256\",\"typ\":\"JWT\"}", GOOD, 43 },
	{ "{\"alg\":\"PS256\",\"typ\":\"JWT\"}", GOOD, 43 },
	{ "{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}", GOOD, 43 },
	{ "{\"alg\":\"HS384\",\"typ\":\"JWT\"}", GOOD, 43 },
	{ "{\"alg\":\"HS512\",\"typ\":\"JWT\"}", GOOD, 43 },
	{ "{\"alg\":\"hs256\",\"typ\":\"JWT\"}", GOOD, 43 },
	{ "{\"alg\":\" HS256\",\"typ\":\"JWT\"}", GOOD, 43 },
	{ "{\"alg\":\"HS256\\u0000\",\"typ\":\"JWT\"}", GOOD, 5 },
	{ "{\"alg\":\"HS256\",\"alg\":\"none\"}", GOOD, 5 },
	/* 22: keys and extensions of the sender's own */
	{ "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}}", GOOD, 5 },
	{ "{\"alg\":\"HS256\",\"jku\":\"https://evil.example/k\"}", GOOD, 5 },
	{ "{\"alg\":\"HS256\",\"x5u\":\"https://evil.example/k\"}", GOOD, 5 },
	{ "{\"alg\":\"HS256\",\"x5c\":[\"AAAA\"]}", GOOD, 5 },
	{ "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", GOOD, 5 },
	{ "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}", GOOD, 5 },
	{ "{\"alg\":\"HS256\",\"kid\":\"../../dev/null\"}", GOOD, 5 },
	{ "{\"alg\":\"HS256\",\"kid\":\"x' UNION SELECT 'k\"}", GOOD, 5 },
	{ "{\"alg\":\"HS256\",\"kid\":null}", GOOD, 5 },
	{ "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", GOOD, 5 },
	{ "{\"alg\":\"HS256\",\"cty\":\"JWT\"}", GOOD, 5 },
	{ "[\"HS256\"]", GOOD, 5 },
	{ "\"HS256\"", GOOD, 5 },
	{ "{\"alg\":\"HS256\"", GOOD, 5 },
	{ "", GOOD, 5 },

	/* 23: claims */
	{ HS256, "{\"iat\":1799999995,\"exp\":1800003600}", 5 },
	{ HS256, "{\"user_id\":42,\"exp\":1800003600}", 5 },
	{ HS256, "{\"user_id\":null,\"exp\":1800003600}", 5 },
	{ HS256, "{\"user_id\":true,\"exp\":1800003600}", 5 },
	{ HS256, "{\"user_id\":[\"ann\"],\"exp\":1800003600}", 5 },
	{ HS256, "{\"user_id\":\"\",\"exp\":1800003600}", 5 },
	{ HS256, "{\"user_id\":\"Ann\",\"exp\":1800003600}", 5 },
	{ HS256, "{\"user_id\":\"ann:1\",\"exp\":1800003600}", 5 },
	{ HS256, "{\"user_id\":\"ann\\u0000bob\",\"exp\":1800003600}", 5 },
	{ HS256, "{\"user_id\":\"ann\"}", 5 },
	{ HS256, "{\"user_id\":\"ann\",\"user_id\":\"boss\",\"exp\":1800003600}", 5 },
	{ HS256, "{\"user_id\":\"ann\",\"exp\":\"1800003600\"}", 5 },
	{ HS256, "{\"user_id\":\"ann\",\"exp\":1800003600.5}", 5 },
	{ HS256, "{\"user_id\":\"ann\",\"exp\":1e12}", 5 },
	{ HS256, "{\"user_id\":\"ann\",\"exp\":9223372036854775807}", 5 },
	{ HS256, "{\"user_id\":\"ann\",\"exp\":99999999999999999999}", 5 },
	{ HS256, "{\"user_id\":\"ann\",\"exp\":-1}", 5 },
	{ HS256, "{\"user_id\":\"ann\",\"exp\":0}", 5 },
	{ HS256, "{\"user_id\":\"ann\",\"exp\":null}", 5 },
	{ HS256, USER("\"nbf\":\"soon\""), 5 },
	{ HS256, USER("\"call_cids\":[\"default:a\"]"), 0 },
	{ HS256, USER("\"call_cids\":[]"), 5 },
	{ HS256, USER("\"call_cids\":[7]"), 5 },
	{ HS256, USER("\"call_cids\":\"default:a\""), 5 },
	{ HS256, USER("\"call_cids\":null"), 5 },
	{ HS256, USER("\"call_cids\":[\"default:a\\u0000b\"]"), 5 },
	{ HS256, "{\"user_id\":\"!anon\",\"exp\":1800003600}", 5 },
	{ HS256, USER("\"video\":{\"room\":\"r\",\"roomJoin\":true}"), 5 },
	{ HS256, USER("\"deep\":[[[[[[[[1]]]]]]]]"), 5 },
	{ HS256, USER("\"fine\":[[[[[[[\"[[[[[[\"]]]]]]]"), 0 },
	{ HS256, "[\"ann\"]", 5 },
	{ HS256, "\"ann\"", 5 },
	{ HS256, GOOD "x", 5 },
	{ HS256, "{\"user_id\":\"ann\",\"x\":\"\xff\xfe\",\"exp\":1800003600}", 5 },

	/* Times, at the boundary:
	 * valid until exp - 1, from nbf and iat - 5 (the issuer's clock) on. */
	{ HS256, "{\"user_id\":\"ann\",\"exp\":1799999999}", 40 },
	{ HS256, "{\"user_id\":\"ann\",\"exp\":1800000000}", 40 },
	{ HS256, "{\"user_id\":\"ann\",\"exp\":1800000001}", 0 },
	{ HS256, "{\"user_id\":\"ann\",\"nbf\":1800000006,\"exp\":1800003600}", 41 },
	{ HS256, "{\"user_id\":\"ann\",\"nbf\":1800000005,\"exp\":1800003600}", 0 },
	{ HS256, "{\"user_id\":\"ann\",\"iat\":1800000006,\"exp\":1800003600}", 42 },
	{ HS256, "{\"user_id\":\"ann\",\"iat\":1800000005,\"exp\":1800003600}", 0 },
};

static void test_signed_by_the_book_or_not(void **state)
{
	static char token[FORGE_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof signed_ones / sizeof *signed_ones; i++) {
		struct token_error error = { 0 };
		int code = verify_user(
			forge(token, signed_ones[i].header, signed_ones[i].claims, FORGE_SECRET),
			&error);

		if (code != signed_ones[i].code)
			fail_msg("%s . %s: code %d, not %d: %s", signed_ones[i].header,
				 signed_ones[i].claims, code, signed_ones[i].code, error.message);
		if (code)
			assert_true(strlen(error.message) > 10);
	}
}

/* Everything about the text of the token. */
static void test_form_and_signature(void **state)
{
	static char token[FORGE_SIZE], other[FORGE_SIZE + 16], big[20000];
	struct token_error error;

	(void)state;
	forge(token, HS256, GOOD, FORGE_SECRET);
	assert_int_equal(verify_user(token, &error), 0);
	char *dot = strchr(token, '.'), *second = strrchr(token, '.');

	/* Each character of it matters: changing any one makes it invalid. */
	for (size_t i = 0; token[i]; i++) {
		char kept = token[i];

		token[i] = kept == 'A' ? 'B' : 'A';
		if (verify_user(token, &error) == 0)
			fail_msg("character %zu of %s does not matter", i, token);
		token[i] = kept;
	}
	/* Every prefix is refused. */
	for (size_t i = 0; token[i]; i++) {
		snprintf(other, sizeof other, "%.*s", (int)i, token);
		assert_int_not_equal(verify_user(other, &error), 0);
	}
	/* Another secret, none, ours with something behind it. */
	assert_int_equal(
		verify_user(forge(other, HS256, GOOD, "another-secret-another-secret-another"),
			    &error),
		43);
	assert_int_equal(verify_user(forge(other, HS256, GOOD, ""), &error), 43);
	assert_int_equal(verify_user(forge(other, HS256, GOOD, FORGE_SECRET "x"), &error), 43);
	/* No signature; alg none with and without one. */
	snprintf(other, sizeof other, "%.*s.", (int)(second - token), token);
	assert_int_equal(verify_user(other, &error), 43);
	forge(other, "{\"alg\":\"none\"}", GOOD, FORGE_SECRET);
	strrchr(other, '.')[1] = '\0';
	assert_int_equal(verify_user(other, &error), 43);
	/* Parts: one, two, four, five (JWE), empty ones. */
	assert_int_equal(verify_user("", &error), 5);
	assert_int_equal(verify_user("a", &error), 5);
	assert_int_equal(verify_user("a.b", &error), 5);
	assert_int_equal(verify_user("..", &error), 5);
	assert_int_equal(verify_user("....", &error), 5);
	snprintf(other, sizeof other, "%s.", token);
	assert_int_equal(verify_user(other, &error), 5);
	snprintf(other, sizeof other, ".%s", token);
	assert_int_equal(verify_user(other, &error), 5);
	/* Padding, white space, standard base64, other spellings of the same bytes. */
	snprintf(other, sizeof other, "%s=", token);
	assert_int_equal(verify_user(other, &error), 43);
	snprintf(other, sizeof other, "%s\n", token);
	assert_int_equal(verify_user(other, &error), 43);
	snprintf(other, sizeof other, " %s", token);
	assert_int_equal(verify_user(other, &error), 5);
	snprintf(other, sizeof other, "%.*s=%s", (int)(dot - token), token, dot);
	assert_int_equal(verify_user(forge_resign(other, FORGE_SECRET), &error), 5);
	strcpy(other, token);
	/* 32 bytes leave two bits over: the last letter has four spellings */
	other[strlen(other) - 1]++;
	assert_int_equal(verify_user(other, &error), 43);
	/* The same for the claims: bits that nobody looks at must be zero. */
	forge(other, HS256, "{\"user_id\":\"ann\",\"exp\":1800003600} ", FORGE_SECRET);
	second = strrchr(other, '.');
	if (second[-1] >= 'A' && second[-1] < 'Z')
		second[-1]++;
	assert_int_equal(verify_user(forge_resign(other, FORGE_SECRET), &error), 5);
	/* Too long: 8 KiB and one. */
	memset(big, 'x', sizeof big);
	snprintf(other, sizeof other, "{\"user_id\":\"ann\",\"exp\":1800003600,\"x\":\"%.9000s\"}",
		 big);
	static char huge[FORGE_SIZE];
	assert_int_equal(verify_user(forge(huge, HS256, other, FORGE_SECRET), &error), 5);
	assert_non_null(strstr(error.message, "too long"));
	/* A NUL in the claims. */
	const char nul[] = "{\"user_id\":\"ann\",\"exp\":1800003600}\0";
	assert_int_equal(
		verify_user(forge_n(other, HS256, strlen(HS256), nul, sizeof nul, FORGE_SECRET),
			    &error),
		5);
}

static void test_the_number_is_explained(void **state)
{
	static char token[FORGE_SIZE];
	struct token_error error;

	(void)state;
	verify_user(forge(token, HS256, "{\"user_id\":42,\"exp\":1800003600}", FORGE_SECRET),
		    &error);
	assert_non_null(strstr(error.message, "must be a string, not a number"));
}

static void test_user_token_round_trip(void **state)
{
	struct user_token t;
	struct token_error error;
	char *token = user_token_make(&keys, "ann@x_y-z", NOW, USER_TOKEN_LIFE_S);

	(void)state;
	assert_int_equal(user_token_verify(&keys, token, NOW, &t, &error), 0);
	assert_string_equal(t.user_id, "ann@x_y-z");
	assert_int_equal(t.issued_at_s, NOW - 5);
	assert_int_equal(t.expires_at_s, NOW + 3600);
	assert_int_equal(user_token_verify(&keys, token, NOW + 3599, &t, &error), 0);
	assert_int_not_equal(user_token_verify(&keys, token, NOW + 3600, &t, &error), 0);
	assert_int_equal(error.code, TOKEN_EXPIRED);
	free(token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signed_by_the_book_or_not),
		cmocka_unit_test(test_form_and_signature),
		cmocka_unit_test(test_the_number_is_explained),
		cmocka_unit_test(test_user_token_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

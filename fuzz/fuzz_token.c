/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both token verifiers. The input is first taken as a whole token, then as claims that are signed
 * properly, so that what lies behind the signature is reached, too.
 */
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "control/auth/media_token.h"
#include "control/auth/user_token.h"

static const struct token_keys keys = { .api_key = "ck_test",
					.secret = "0123456789abcdef0123456789abcdef" };
static const uint64_t NOW = 1800000000;

static void require(bool ok)
{
	if (!ok)
		abort();
}

static void try_token(const char *token, bool may_pass)
{
	struct user_token user = { 0 };
	struct media_token media = { 0 };
	struct token_error error = { 0 };
	bool is_user = user_token_verify(&keys, token, NOW, &user, &error) == 0;

	require(is_user || (error.code && *error.message));
	require(!is_user ||
		(may_pass && user.expires_at_s > (int64_t)NOW &&
		 (user_id_is_valid(user.user_id) ||
		  (strcmp(user.user_id, USER_ANONYMOUS) == 0 && json_array_size(user.call_cids)))));
	json_decref(user.call_cids);
	bool is_media = media_token_verify(&keys, token, NOW, &media, &error) == 0;
	require(!(is_user && is_media)); /* never both */
	require(!is_media || (may_pass && media.room_join && *media.room && *media.identity &&
			      strlen(media.room) <= LIMIT_ROOM_NAME &&
			      strlen(media.identity) <= LIMIT_IDENTITY));
	if (is_media) {
		/* What was taken can be signed again and says the same. */
		char *again = media_token_make(&keys, &media, NOW, 600);
		struct media_token renewed = { 0 };

		require(again && media_token_verify(&keys, again, NOW, &renewed, &error) == 0);
		require(strcmp(renewed.room, media.room) == 0 &&
			strcmp(renewed.identity, media.identity) == 0 &&
			renewed.can_publish == media.can_publish &&
			renewed.can_publish_sources == media.can_publish_sources &&
			renewed.hidden == media.hidden);
		media_token_fini(&renewed);
		free(again);
	}
	media_token_fini(&media);
}

static char *sign(const char *claims, size_t n)
{
	static const char header[] = "eyJhbGciOiJIUzI1NiJ9.";
	size_t length = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *token = malloc(sizeof header + length + 64);
	unsigned char mac[32];
	crypto_auth_hmacsha256_state state;

	strcpy(token, header);
	sodium_bin2base64(token + strlen(token), length, (const unsigned char *)claims, n,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	crypto_auth_hmacsha256_init(&state, (const unsigned char *)keys.secret,
				    strlen(keys.secret));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)token, strlen(token));
	crypto_auth_hmacsha256_final(&state, mac);
	strcat(token, ".");
	sodium_bin2base64(token + strlen(token), 44, mac, sizeof mac,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return token;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = malloc(n + 1);

	if (n)
		memcpy(text, bytes, n);
	text[n] = '\0';
	try_token(text, true);
	char *token = sign(text, n);
	try_token(token, true);
	/* One bit of the signature is enough. */
	char *last = token + strlen(token) - 2;
	*last = *last == 'A' ? 'B' : 'A';
	try_token(token, false);
	free(token);
	free(text);
	return 0;
}

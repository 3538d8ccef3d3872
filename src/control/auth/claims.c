/* SPDX-License-Identifier: Apache-2.0 */
#include "control/auth/claims.h"

#include <errno.h>
#include <jwt.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { HEADER_MAX = 1024, TIME_MAX_DIGITS = 12 };

static const int64_t YEAR_9999 = 253402300799;

static void jwt_freep(jwt_t **jwt)
{
	jwt_free(*jwt);
}

int claims_refuse(struct token_error *ret_error, enum token_error_code code, const char *format,
		  ...)
{
	va_list args;

	ret_error->code = code;
	va_start(args, format);
	(void)vsnprintf(ret_error->message, sizeof ret_error->message, format,
			args); /* a long line is cut */
	va_end(args);
	return -EACCES;
}

char *claims_sign(const struct token_keys *keys, const json_t *claims)
{
	cleanup(jwt_freep) jwt_t *jwt = NULL;
	autofree char *text = json_dumps(claims, JSON_COMPACT);

	if (!text || jwt_new(&jwt) != 0 ||
	    jwt_set_alg(jwt, JWT_ALG_HS256, (const unsigned char *)keys->secret,
			(int)strlen(keys->secret)) != 0 ||
	    jwt_add_grants_json(jwt, text) != 0)
		return NULL;
	return jwt_encode_str(jwt);
}

/* ---- opening ---- */

/* Nesting of JSON text, found without parsing it (R24). */
static bool too_deep(const char *text, size_t n)
{
	unsigned depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < n; i++) {
		if (in_string && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			in_string = !in_string;
		else if (!in_string && (text[i] == '{' || text[i] == '['))
			depth++;
		else if (!in_string && (text[i] == '}' || text[i] == ']') && depth)
			depth--;
		if (depth > TOKEN_DEPTH_MAX)
			return true;
	}
	return false;
}

/* One part of the token as a JSON object: canonical base64url without padding, no key twice.
 * NULL when it is not. */
static json_t *part_open(const char *part, size_t n)
{
	autofree char *text = malloc(n + 1);
	size_t length = 0;

	if (!text || sodium_base642bin((unsigned char *)text, n + 1, part, n, NULL, &length, NULL,
				       sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return NULL;
	if (too_deep(text, length))
		return NULL;
	json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	if (json && !json_is_object(json)) {
		json_decref(json);
		return NULL;
	}
	return json;
}

/*
 * The header may say what we would have done anyway, and nothing else: no key of its own (jwk, jku,
 * x5u, x5c), no critical extensions, no other key id.
 */
static int check_header(const struct token_keys *keys, const char *part, size_t n,
			struct token_error *ret_error)
{
	cleanup(json_decrefp) json_t *header = n <= HEADER_MAX ? part_open(part, n) : NULL;
	const char *name;
	json_t *value;

	if (!header)
		return claims_refuse(ret_error, TOKEN_NOT_OURS,
				     "The token is malformed: its header is not base64url JSON.");
	const char *alg = json_string_value(json_object_get(header, "alg"));
	if (!alg || strcmp(alg, "HS256") != 0)
		return claims_refuse(
			ret_error, TOKEN_BAD_SIGNATURE,
			"The token is not signed with HS256. Sign it with the API secret.");
	json_object_foreach(header, name, value)
	{
		const char *text = json_string_value(value);
		bool known = strcmp(name, "alg") == 0;

		if (strcmp(name, "typ") == 0)
			known = text && strcasecmp(text, "JWT") == 0;
		if (strcmp(name, "kid") == 0)
			known = text && strcmp(text, keys->api_key) == 0;
		if (!known)
			return claims_refuse(
				ret_error, TOKEN_NOT_OURS,
				"The token's header has a field that is not accepted.");
	}
	return 0;
}

static bool is_base64url(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '_'))
			return false;
	}
	return true;
}

/* In constant time, and in the one canonical spelling: base64 has others with the same value. */
static bool signature_is_good(const struct token_keys *keys, const char *token,
			      const char *signature)
{
	crypto_auth_hmacsha256_state state;
	unsigned char given[crypto_auth_hmacsha256_BYTES], right[crypto_auth_hmacsha256_BYTES];
	size_t n = strlen(signature), length = 0;

	if (!is_base64url(signature, n) ||
	    sodium_base642bin(given, sizeof given, signature, n, NULL, &length, NULL,
			      sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
	    length != sizeof given)
		return false;
	/* None of these can fail; the last dot is not signed. */
	(void)crypto_auth_hmacsha256_init(&state, (const unsigned char *)keys->secret,
					  strlen(keys->secret));
	(void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)token,
					    (size_t)(signature - 1 - token));
	(void)crypto_auth_hmacsha256_final(&state, right);
	return sodium_memcmp(given, right, sizeof right) == 0;
}

/* libjwt's opinion, with our algorithm and key.
 * It parses before it verifies, so it is asked after the signature. */
static bool libjwt_agrees(const struct token_keys *keys, const char *token)
{
	cleanup(jwt_freep) jwt_t *jwt = NULL;

	return jwt_decode(&jwt, token, (const unsigned char *)keys->secret,
			  (int)strlen(keys->secret)) == 0 &&
	       jwt_get_alg(jwt) == JWT_ALG_HS256;
}

json_t *claims_open(const struct token_keys *keys, const char *token, size_t max,
		    struct token_error *ret_error)
{
	size_t n = strnlen(token, max + 1);
	const char *dot = n <= max ? memchr(token, '.', n) : NULL;
	const char *second = dot ? strchr(dot + 1, '.') : NULL;

	if (n > max || !second || strchr(second + 1, '.')) {
		(void)claims_refuse(ret_error, TOKEN_NOT_OURS,
				    n > max ? "The token is too long."
					    : "The token is malformed: a JWT has three parts.");
		return NULL;
	}
	if (check_header(keys, token, (size_t)(dot - token), ret_error) < 0)
		return NULL;

	if (!signature_is_good(keys, token, second + 1)) {
		(void)claims_refuse(
			ret_error, TOKEN_BAD_SIGNATURE,
			"The token's signature is wrong. Sign it with this server's API secret.");
		return NULL;
	}
	size_t claims_length = (size_t)(second - dot - 1);
	json_t *claims = is_base64url(dot + 1, claims_length) && libjwt_agrees(keys, token)
				 ? part_open(dot + 1, claims_length)
				 : NULL;
	if (!claims)
		(void)claims_refuse(ret_error, TOKEN_NOT_OURS,
				    "The token is malformed: its claims are not plain JSON.");
	return claims;
}

int claims_time(const json_t *claims, const char *name, int64_t *ret)
{
	const json_t *value = json_object_get(claims, name);

	if (!value) {
		*ret = 0;
		return 0;
	}
	int64_t seconds = json_is_integer(value) ? json_integer_value(value) : 0;
	if (seconds < 1 || seconds > YEAR_9999)
		return -EINVAL;
	*ret = seconds;
	return 0;
}

int claims_refuse_expired(struct token_error *ret_error)
{
	return claims_refuse(ret_error, TOKEN_EXPIRED, "The token has expired. Fetch a new one.");
}

int claims_check_times(const json_t *claims, uint64_t now_s, unsigned late_s, unsigned early_s,
		       struct token_error *ret_error)
{
	int64_t exp, nbf, iat, now = (int64_t)now_s;

	if (claims_time(claims, "exp", &exp) < 0 || claims_time(claims, "nbf", &nbf) < 0 ||
	    claims_time(claims, "iat", &iat) < 0)
		return claims_refuse(
			ret_error, TOKEN_NOT_OURS,
			"The token's exp, nbf and iat must be whole seconds since 1970.");
	if (exp == 0)
		return claims_refuse(ret_error, TOKEN_NOT_OURS,
				     "The token has no exp. Tokens must expire.");
	if (now >= exp + late_s)
		return claims_refuse_expired(ret_error);
	if (now + early_s < nbf)
		return claims_refuse(ret_error, TOKEN_NOT_YET_VALID,
				     "The token is not valid yet (nbf). Check the clocks.");
	if (now + early_s < iat)
		return claims_refuse(
			ret_error, TOKEN_BEFORE_ISSUED,
			"The token is used before it was issued (iat). Check the clocks.");
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "control/acme/jws.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "crypt/site_cert.h"
#include "crypt/web_push.h"

enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING, COORDINATE = 32 };

static void json_freep(json_t **j)
{
	json_decref(*j);
}

char *jws_base64(const void *bytes, size_t n)
{
	size_t size = sodium_base64_encoded_len(n, VARIANT);
	char *text = malloc(size);

	return text ? sodium_bin2base64(text, size, bytes, n, VARIANT) : NULL;
}

json_t *jws_jwk(struct evp_pkey_st *key)
{
	uint8_t point[WEB_PUSH_POINT]; /* 4, x, y */

	if (web_push_key_point(key, point) < 0)
		return NULL;
	autofree char *x = jws_base64(point + 1, COORDINATE);
	autofree char *y = jws_base64(point + 1 + COORDINATE, COORDINATE);
	return x && y ? json_pack("{s:s, s:s, s:s, s:s}", "kty", "EC", "crv", "P-256", "x", x, "y",
				  y)
		      : NULL;
}

int jws_thumbprint(const json_t *jwk, char ret[JWS_THUMBPRINT])
{
	autofree char *text = json_dumps(jwk, JSON_COMPACT | JSON_SORT_KEYS);
	uint8_t digest[SHA256_LENGTH];

	if (!text)
		return -ENOMEM;
	hash_sha256(text, strlen(text), digest);
	(void)sodium_bin2base64(ret, JWS_THUMBPRINT, digest, sizeof digest, VARIANT);
	return 0;
}

/* RFC 8555 6.2. */
static char *protected_header(const struct jws *j)
{
	cleanup(json_freep) json_t *header = json_pack("{s:s, s:s, s:s}", "alg", "ES256", "nonce",
						       j->nonce, "url", j->url);
	int r = j->kid ? json_object_set_new(header, "kid", json_string(j->kid))
		       : json_object_set_new(header, "jwk", jws_jwk(j->key));
	autofree char *text = r == 0 ? json_dumps(header, JSON_COMPACT) : NULL;

	return text ? jws_base64(text, strlen(text)) : NULL;
}

char *jws_sign(const struct jws *j)
{
	autofree char *header = protected_header(j);
	autofree char *text = j->payload ? json_dumps(j->payload, JSON_COMPACT) : strdup("");
	autofree char *payload = text ? jws_base64(text, strlen(text)) : NULL;
	autofree char *input = NULL, *signature = NULL;
	uint8_t raw[ES256_SIGNATURE];

	if (!header || !payload || asprintf(&input, "%s.%s", header, payload) < 0) {
		input = NULL;
		return NULL;
	}
	if (es256_sign(j->key, input, strlen(input), raw) < 0)
		return NULL;
	signature = jws_base64(raw, sizeof raw);
	cleanup(json_freep)
		json_t *body = signature ? json_pack("{s:s, s:s, s:s}", "protected", header,
						     "payload", payload, "signature", signature)
					 : NULL;
	return body ? json_dumps(body, JSON_COMPACT) : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cryptography of Web Push: P-256 keys, and message encryption for one browser (RFC 8291, with
 * the content coding aes128gcm of RFC 8188). Pure functions but for key generation; thread-safe.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	WEB_PUSH_POINT = 65, /* an uncompressed point of P-256, X9.62 */
	WEB_PUSH_AUTH = 16,
	WEB_PUSH_SALT = 16,
	WEB_PUSH_OVERHEAD = 16 + 4 + 1 + WEB_PUSH_POINT + 1 + 16, /* header, delimiter, tag */
	WEB_PUSH_BODY_MAX = 4096, /* what every push service takes, RFC 8030 7.2 */
	WEB_PUSH_TEXT_MAX = WEB_PUSH_BODY_MAX - WEB_PUSH_OVERHEAD,
	WEB_PUSH_PEM_MAX = 512,
};

struct evp_pkey_st; /* OpenSSL's EVP_PKEY */

/* What the browser gave with its subscription. */
struct web_push_receiver {
	uint8_t point[WEB_PUSH_POINT]; /* p256dh */
	uint8_t auth[WEB_PUSH_AUTH];
};

/* A fresh key pair; NULL: OpenSSL refused. Freed by web_push_key_free, which takes NULL. */
struct evp_pkey_st *web_push_key_new(void);
struct evp_pkey_st *web_push_key_free(struct evp_pkey_st *key);

/* As PEM (PKCS #8) and back. 0 or -EINVAL; reading takes a P-256 key only. Wipe the text. */
int web_push_key_write(struct evp_pkey_st *key, char ret[WEB_PUSH_PEM_MAX]);
int web_push_key_read(const char *pem, size_t n, struct evp_pkey_st **ret);

/* The public half. 0 or -EINVAL. */
int web_push_key_point(struct evp_pkey_st *key, uint8_t ret[WEB_PUSH_POINT]);

/* 0, or -EINVAL: no point of the curve. */
int web_push_point_check(const uint8_t point[WEB_PUSH_POINT]);

/*
 * One record for the receiver, n + WEB_PUSH_OVERHEAD bytes in `ret`; n is at most WEB_PUSH_TEXT_MAX.
 * `sender` must be fresh for each message, and so must the salt. 0, -EINVAL (the receiver's point,
 * or too long) or -EIO (OpenSSL refused).
 */
int web_push_encrypt(struct evp_pkey_st *sender, const struct web_push_receiver *receiver,
		     const uint8_t salt[WEB_PUSH_SALT], const void *text, size_t n, uint8_t *ret);

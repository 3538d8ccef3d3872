/* SPDX-License-Identifier: Apache-2.0 */
#include "crypt/web_push.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <string.h>

#include "base/cleanup.h"
#include "crypt/hash.h"

enum { SECRET = 32, KEY = 16, NONCE = 12, TAG = 16, LAST_RECORD = 2 };

static void key_freep(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

static void key_context_freep(EVP_PKEY_CTX **context)
{
	EVP_PKEY_CTX_free(*context);
}

static void cipher_freep(EVP_CIPHER_CTX **context)
{
	EVP_CIPHER_CTX_free(*context);
}

static void bio_freep(BIO **bio)
{
	(void)BIO_free(*bio);
}

struct evp_pkey_st *web_push_key_new(void)
{
	return EVP_EC_gen("P-256");
}

struct evp_pkey_st *web_push_key_free(struct evp_pkey_st *key)
{
	EVP_PKEY_free(key);
	return NULL;
}

int web_push_key_write(struct evp_pkey_st *key, char ret[WEB_PUSH_PEM_MAX])
{
	cleanup(bio_freep) BIO *bio = BIO_new(BIO_s_secmem());

	if (!bio || PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1)
		return -EINVAL;
	int n = BIO_read(bio, ret, WEB_PUSH_PEM_MAX - 1);
	if (n <= 0 || BIO_pending(bio) > 0)
		return -EINVAL;
	ret[n] = '\0';
	return 0;
}

int web_push_key_point(struct evp_pkey_st *key, uint8_t ret[WEB_PUSH_POINT])
{
	uint8_t point[WEB_PUSH_POINT];
	size_t n = 0;

	if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point,
					    sizeof point, &n) != 1 ||
	    n != sizeof point || point[0] != 4)
		return -EINVAL;
	memcpy(ret, point, sizeof point);
	return 0;
}

int web_push_key_read(const char *pem, size_t n, struct evp_pkey_st **ret)
{
	cleanup(bio_freep) BIO *bio = n < WEB_PUSH_PEM_MAX ? BIO_new_mem_buf(pem, (int)n) : NULL;
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
	char group[32] = "";

	if (!key || EVP_PKEY_get_group_name(key, group, sizeof group, NULL) != 1 ||
	    strcmp(group, "prime256v1") != 0) {
		EVP_PKEY_free(key);
		return -EINVAL;
	}
	*ret = key;
	return 0;
}

/* Only points of the curve: OpenSSL looks. */
static EVP_PKEY *public_key(const uint8_t point[WEB_PUSH_POINT])
{
	cleanup(key_context_freep)
		EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	char group[] = "prime256v1";
	uint8_t copy[WEB_PUSH_POINT];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *key = NULL;

	memcpy(copy, point, sizeof copy);
	if (copy[0] != 4 || !context || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		return NULL;
	return key;
}

int web_push_point_check(const uint8_t point[WEB_PUSH_POINT])
{
	cleanup(key_freep) EVP_PKEY *key = public_key(point);

	return key ? 0 : -EINVAL;
}

static int agree(EVP_PKEY *sender, EVP_PKEY *receiver, uint8_t ret[SECRET])
{
	cleanup(key_context_freep) EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(sender, NULL);
	size_t n = SECRET;

	return context && EVP_PKEY_derive_init(context) == 1 &&
			       EVP_PKEY_derive_set_peer(context, receiver) == 1 &&
			       EVP_PKEY_derive(context, ret, &n) == 1 && n == SECRET
		       ? 0
		       : -EIO;
}

/* HKDF (RFC 5869) with one block of output: HMAC over the info and the number of the block. */
static void expand(const uint8_t prk[SECRET], const void *info, size_t n, uint8_t *ret,
		   size_t ret_length)
{
	uint8_t text[192], block[SHA256_LENGTH];

	memcpy(text, info, n);
	text[n] = 1;
	hmac_sha256(prk, SECRET, text, n + 1, block);
	memcpy(ret, block, ret_length);
	OPENSSL_cleanse(block, sizeof block);
}

/* RFC 8291 3.4: from the agreed secret to the key and nonce of the only record. */
static void derive(const uint8_t agreed[SECRET], const struct web_push_receiver *receiver,
		   const uint8_t sender_point[WEB_PUSH_POINT], const uint8_t salt[WEB_PUSH_SALT],
		   uint8_t ret_key[KEY], uint8_t ret_nonce[NONCE])
{
	static const char key_info[] = "WebPush: info", cek[] = "Content-Encoding: aes128gcm",
			  nonce[] = "Content-Encoding: nonce"; /* with their NULs */
	uint8_t info[sizeof key_info + 2 * WEB_PUSH_POINT], prk[SECRET], ikm[SECRET];

	memcpy(info, key_info, sizeof key_info);
	memcpy(info + sizeof key_info, receiver->point, WEB_PUSH_POINT);
	memcpy(info + sizeof key_info + WEB_PUSH_POINT, sender_point, WEB_PUSH_POINT);
	hmac_sha256(receiver->auth, WEB_PUSH_AUTH, agreed, SECRET, prk);
	expand(prk, info, sizeof info, ikm, SECRET);
	hmac_sha256(salt, WEB_PUSH_SALT, ikm, SECRET, prk);
	expand(prk, cek, sizeof cek, ret_key, KEY);
	expand(prk, nonce, sizeof nonce, ret_nonce, NONCE);
	OPENSSL_cleanse(prk, sizeof prk);
	OPENSSL_cleanse(ikm, sizeof ikm);
}

/* The text, the delimiter of a last record (RFC 8188 2) and the tag. */
static int seal(const uint8_t key[KEY], const uint8_t nonce[NONCE], const void *text, size_t n,
		uint8_t *ret)
{
	cleanup(cipher_freep) EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	const uint8_t delimiter = LAST_RECORD;
	int length, rest;

	if (!context || EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), NULL, key, nonce) != 1 ||
	    EVP_EncryptUpdate(context, ret, &length, text, (int)n) != 1 ||
	    EVP_EncryptUpdate(context, ret + n, &length, &delimiter, 1) != 1 ||
	    EVP_EncryptFinal_ex(context, ret + n + 1, &rest) != 1 ||
	    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG, ret + n + 1) != 1)
		return -EIO;
	return 0;
}

int web_push_encrypt(struct evp_pkey_st *sender, const struct web_push_receiver *receiver,
		     const uint8_t salt[WEB_PUSH_SALT], const void *text, size_t n, uint8_t *ret)
{
	cleanup(key_freep) EVP_PKEY *peer = public_key(receiver->point);
	uint8_t agreed[SECRET], key[KEY], nonce[NONCE];
	uint8_t *at = ret + WEB_PUSH_SALT;

	if (!peer || n > WEB_PUSH_TEXT_MAX)
		return -EINVAL;
	/* RFC 8188 2.1: salt, record size, key id; RFC 8291 4: that is the sender's point */
	memcpy(ret, salt, WEB_PUSH_SALT);
	*at++ = 0;
	*at++ = 0;
	*at++ = WEB_PUSH_BODY_MAX >> 8;
	*at++ = WEB_PUSH_BODY_MAX & 0xff;
	*at++ = WEB_PUSH_POINT;
	if (web_push_key_point(sender, at) < 0 || agree(sender, peer, agreed) < 0)
		return -EIO;
	derive(agreed, receiver, at, salt, key, nonce);
	int r = seal(key, nonce, text, n, at + WEB_PUSH_POINT);
	OPENSSL_cleanse(agreed, sizeof agreed);
	OPENSSL_cleanse(key, sizeof key);
	return r;
}

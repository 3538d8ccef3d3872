/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AEAD_AES_128_GCM (RFC 7714) and AES_CM_128_HMAC_SHA1_80 (RFC 3711) on OpenSSL EVP contexts that
 * are keyed once and get a new IV per packet.
 *
 *	SRTP, GCM   header | ciphertext | tag 16            AAD: header
 *
 *	SRTP, CM    header | ciphertext | tag 10            tag over header, ciphertext, ROC
 *
 *	SRTCP, GCM  header 8 | ciphertext | tag 16 | E,index    AAD: header, E and index
 *
 *	SRTCP, CM   header 8 | ciphertext | E,index | tag 10    tag over everything before it
 */
#include "crypt/srtp_cipher.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/rd.h"
#include "base/wr.h"
#include "crypt/gcm_mb.h"

enum {
	GCM_TAG = 16,
	CM_TAG = 10,
	GCM_SALT = 12,
	CM_SALT = 14,
	RTCP_HEADER = 8,
};

/* RFC 3711 4.3.2 */
enum label {
	LABEL_RTP_KEY = 0,
	LABEL_RTP_AUTH = 1,
	LABEL_RTP_SALT = 2,
	LABEL_RTCP_KEY = 3,
	LABEL_RTCP_AUTH = 4,
	LABEL_RTCP_SALT = 5,
};

static const uint32_t E_FLAG = 0x80000000u;

size_t srtp_salt_length(enum srtp_suite suite)
{
	return suite == SRTP_AEAD_AES_128_GCM ? GCM_SALT : CM_SALT;
}

size_t srtp_overhead(enum srtp_suite suite)
{
	return suite == SRTP_AEAD_AES_128_GCM ? GCM_TAG : CM_TAG;
}

int srtp_derive(const uint8_t master_key[SRTP_KEY_LENGTH], const uint8_t *master_salt,
		size_t salt_length, uint8_t label, uint8_t *ret, size_t n)
{
	static const uint8_t zeros[32];
	uint8_t iv[16] = { 0 };
	int length;

	if (n > sizeof zeros || salt_length > SRTP_SALT_MAX)
		return -EIO;
	/*
	 * x = (label << 48) XOR master_salt, IV = x * 2^16;
	 * a 96-bit salt is padded on the right (RFC 7714 11).
	 */
	memcpy(iv, master_salt, salt_length);
	iv[7] ^= label;
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	if (!c)
		return -ENOMEM;
	bool ok = EVP_EncryptInit_ex(c, EVP_aes_128_ctr(), NULL, master_key, iv) == 1 &&
		  EVP_EncryptUpdate(c, ret, &length, zeros, (int)n) == 1;
	EVP_CIPHER_CTX_free(c);
	return ok ? 0 : -EIO;
}

static int session_init(struct srtp_session *s, enum srtp_suite suite, const uint8_t *master_key,
			const uint8_t *master_salt, enum label first, bool seal)
{
	bool gcm = suite == SRTP_AEAD_AES_128_GCM;
	size_t salt = srtp_salt_length(suite);
	uint8_t key[SRTP_KEY_LENGTH], auth[SHA1_LENGTH];
	int r = srtp_derive(master_key, master_salt, salt, (uint8_t)first, key, sizeof key);

	if (r == 0)
		r = srtp_derive(master_key, master_salt, salt, (uint8_t)(first + 2), s->salt, salt);
	if (r == 0 && !gcm) {
		r = srtp_derive(master_key, master_salt, salt, (uint8_t)(first + 1), auth,
				sizeof auth);
		hmac_sha1_init(&s->auth, auth, sizeof auth);
	}
	if (r == 0 && gcm)
		s->quick = gcm_mb_new(key);
	if (!s->quick)
		s->context = EVP_CIPHER_CTX_new();
	if (r == 0 && !s->quick && !s->context)
		r = -ENOMEM;
	/* Counter mode decrypts by encrypting. */
	if (r == 0 && !s->quick &&
	    EVP_CipherInit_ex(s->context, gcm ? EVP_aes_128_gcm() : EVP_aes_128_ctr(), NULL, key,
			      NULL, seal || !gcm) != 1)
		r = -EIO;
	OPENSSL_cleanse(key, sizeof key);
	OPENSSL_cleanse(auth, sizeof auth);
	return r;
}

int srtp_cipher_init(struct srtp_cipher *ret, enum srtp_suite suite,
		     const uint8_t master_key[SRTP_KEY_LENGTH], const uint8_t *master_salt,
		     bool seal)
{
	memset(ret, 0, sizeof *ret);
	ret->suite = suite;
	ret->seal = seal;
	memcpy(ret->master_key, master_key, SRTP_KEY_LENGTH);
	memcpy(ret->master_salt, master_salt, srtp_salt_length(suite));
	int r = session_init(&ret->rtcp, suite, master_key, master_salt, LABEL_RTCP_KEY, seal);
	if (r < 0)
		srtp_cipher_fini(ret);
	return r;
}

static void session_fini(struct srtp_session *s)
{
	s->quick = gcm_mb_free(s->quick);
	EVP_CIPHER_CTX_free(s->context); /* wipes the key schedule */
	s->context = NULL;
}

int srtp_cipher_prepare(struct srtp_cipher *c)
{
	if (c->has_rtp)
		return 0;
	int r = session_init(&c->rtp, c->suite, c->master_key, c->master_salt, LABEL_RTP_KEY,
			     c->seal);
	if (r < 0) {
		session_fini(&c->rtp);
		return r;
	}
	c->has_rtp = true;
	OPENSSL_cleanse(c->master_key, sizeof c->master_key);
	OPENSSL_cleanse(c->master_salt, sizeof c->master_salt);
	return 0;
}

void srtp_cipher_fini(struct srtp_cipher *c)
{
	session_fini(&c->rtp);
	session_fini(&c->rtcp);
	OPENSSL_cleanse(c, sizeof *c);
}

/* RFC 7714 8.1 and 9.1: salt XOR (0 0 | SSRC | 48-bit index). */
static void gcm_iv(uint8_t iv[GCM_SALT], const uint8_t *salt, uint32_t ssrc, uint64_t index)
{
	uint8_t x[GCM_SALT] = { 0 };

	put_be32(x + 2, ssrc);
	put_be16(x + 6, (uint16_t)(index >> 32));
	put_be32(x + 8, (uint32_t)index);
	for (size_t i = 0; i < GCM_SALT; i++)
		iv[i] = salt[i] ^ x[i];
}

/* RFC 3711 4.1.1: salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16; the last two bytes count blocks. */
static void cm_iv(uint8_t iv[16], const uint8_t *salt, uint32_t ssrc, uint64_t index)
{
	uint8_t x[16] = { 0 };

	put_be32(x + 4, ssrc);
	put_be16(x + 8, (uint16_t)(index >> 32));
	put_be32(x + 10, (uint32_t)index);
	for (size_t i = 0; i < 16; i++)
		iv[i] = i < CM_SALT ? salt[i] ^ x[i] : x[i];
}

static bool cm_crypt(struct srtp_session *s, uint32_t ssrc, uint64_t index, const uint8_t *in,
		     uint8_t *out, size_t n)
{
	uint8_t iv[16];
	int length;

	if (n == 0)
		return true;
	cm_iv(iv, s->salt, ssrc, index);
	return EVP_CipherInit_ex(s->context, NULL, NULL, NULL, iv, -1) == 1 &&
	       EVP_CipherUpdate(s->context, out, &length, in, (int)n) == 1;
}

/* What a GCM call works on. */
struct gcm_text {
	uint32_t ssrc;
	uint64_t index;
	const uint8_t *aad, *in;
	size_t aad_length, length;
	uint8_t *out;
};

static bool gcm_start(struct srtp_session *s, const struct gcm_text *t)
{
	uint8_t iv[GCM_SALT];
	int length;

	gcm_iv(iv, s->salt, t->ssrc, t->index);
	if (EVP_CipherInit_ex(s->context, NULL, NULL, NULL, iv, -1) != 1 ||
	    EVP_CipherUpdate(s->context, NULL, &length, t->aad, (int)t->aad_length) != 1)
		return false;
	return t->length == 0 ||
	       EVP_CipherUpdate(s->context, t->out, &length, t->in, (int)t->length) == 1;
}

/* The same for the quick half. */
static struct gcm_mb_text quick_text(const struct gcm_text *t, const uint8_t *iv)
{
	return (struct gcm_mb_text){ .iv = iv,
				     .aad = t->aad,
				     .in = t->in,
				     .aad_length = t->aad_length,
				     .length = t->length,
				     .out = t->out };
}

static bool gcm_seal(struct srtp_session *s, const struct gcm_text *t, uint8_t *tag)
{
	int length;
	uint8_t none[16];

	if (s->quick) {
		uint8_t iv[GCM_SALT];

		gcm_iv(iv, s->salt, t->ssrc, t->index);
		const struct gcm_mb_text text = quick_text(t, iv);
		gcm_mb_seal(s->quick, &text, tag);
		return true;
	}
	return gcm_start(s, t) && EVP_EncryptFinal_ex(s->context, none, &length) == 1 &&
	       EVP_CIPHER_CTX_ctrl(s->context, EVP_CTRL_AEAD_GET_TAG, GCM_TAG, tag) == 1;
}

static bool gcm_open(struct srtp_session *s, const struct gcm_text *t, const uint8_t *tag)
{
	int length;
	uint8_t none[16], expected[GCM_TAG];

	if (s->quick) {
		uint8_t iv[GCM_SALT];

		gcm_iv(iv, s->salt, t->ssrc, t->index);
		const struct gcm_mb_text text = quick_text(t, iv);
		return gcm_mb_open(s->quick, &text, tag);
	}
	memcpy(expected, tag, sizeof expected);
	/* OpenSSL compares in constant time inside Final. The tag may be set after the text. */
	return gcm_start(s, t) &&
	       EVP_CIPHER_CTX_ctrl(s->context, EVP_CTRL_AEAD_SET_TAG, GCM_TAG, expected) == 1 &&
	       EVP_DecryptFinal_ex(s->context, none, &length) == 1;
}

size_t srtp_seal_rtp(struct srtp_cipher *c, const struct srtp_seal *s)
{
	size_t plain = s->header_length + s->payload_length;
	uint8_t *payload = s->out + s->header_length, *tag = s->out + plain;
	bool ok;

	if (s->out != s->header)
		memcpy(s->out, s->header, s->header_length);
	if (srtp_cipher_prepare(c) < 0) {
		ok = false;
	} else if (c->suite == SRTP_AEAD_AES_128_GCM) {
		ok = gcm_seal(&c->rtp,
			      &(struct gcm_text){ .ssrc = s->ssrc,
						  .index = s->index,
						  .aad = s->out,
						  .aad_length = s->header_length,
						  .in = s->payload,
						  .length = s->payload_length,
						  .out = payload },
			      tag);
	} else {
		uint8_t roc[4], full[SHA1_LENGTH];

		ok = cm_crypt(&c->rtp, s->ssrc, s->index, s->payload, payload, s->payload_length);
		put_be32(roc, (uint32_t)(s->index >> 16));
		const struct hash_part parts[] = { { s->out, plain }, { roc, sizeof roc } };
		hmac_sha1(&c->rtp.auth, parts, 2, full);
		memcpy(tag, full, CM_TAG);
	}
	if (!ok) {
		memset(s->out, 0, plain);
		return 0;
	}
	return plain + srtp_overhead(c->suite);
}

size_t srtp_seal_rtcp(struct srtp_cipher *c, const struct srtp_seal *s)
{
	size_t plain = s->header_length + s->payload_length;
	uint8_t *payload = s->out + s->header_length;
	uint8_t word[SRTCP_INDEX_LENGTH];
	bool ok;

	put_be32(word, E_FLAG | (uint32_t)s->index);
	if (s->out != s->header)
		memcpy(s->out, s->header, s->header_length);
	if (c->suite == SRTP_AEAD_AES_128_GCM) {
		uint8_t aad[RTCP_HEADER + SRTCP_INDEX_LENGTH];

		memcpy(aad, s->out, RTCP_HEADER);
		memcpy(aad + RTCP_HEADER, word, sizeof word);
		ok = gcm_seal(&c->rtcp,
			      &(struct gcm_text){ .ssrc = s->ssrc,
						  .index = s->index,
						  .aad = aad,
						  .aad_length = sizeof aad,
						  .in = s->payload,
						  .length = s->payload_length,
						  .out = payload },
			      s->out + plain);
		memcpy(s->out + plain + GCM_TAG, word, sizeof word);
	} else {
		uint8_t full[SHA1_LENGTH];

		ok = cm_crypt(&c->rtcp, s->ssrc, s->index, s->payload, payload, s->payload_length);
		memcpy(s->out + plain, word, sizeof word);
		const struct hash_part part = { s->out, plain + sizeof word };
		hmac_sha1(&c->rtcp.auth, &part, 1, full);
		memcpy(s->out + plain + sizeof word, full, CM_TAG);
	}
	if (!ok) {
		memset(s->out, 0, plain);
		return 0;
	}
	return plain + SRTCP_INDEX_LENGTH + srtp_overhead(c->suite);
}

size_t srtp_open_rtp(struct srtp_cipher *c, uint32_t ssrc, uint64_t index, uint8_t *packet,
		     size_t header_length, size_t length)
{
	size_t tag_length = srtp_overhead(c->suite);

	if (length < header_length + tag_length || srtp_cipher_prepare(c) < 0)
		return 0;
	size_t plain = length - tag_length;
	uint8_t *payload = packet + header_length;
	if (c->suite == SRTP_AEAD_AES_128_GCM) {
		const struct gcm_text text = { .ssrc = ssrc,
					       .index = index,
					       .aad = packet,
					       .aad_length = header_length,
					       .in = payload,
					       .length = plain - header_length,
					       .out = payload };

		return gcm_open(&c->rtp, &text, packet + plain) ? plain : 0;
	}
	uint8_t roc[4], full[SHA1_LENGTH];
	put_be32(roc, (uint32_t)(index >> 16));
	const struct hash_part parts[] = { { packet, plain }, { roc, sizeof roc } };
	hmac_sha1(&c->rtp.auth, parts, 2, full);
	if (!hash_equal(full, packet + plain, CM_TAG) ||
	    !cm_crypt(&c->rtp, ssrc, index, payload, payload, plain - header_length))
		return 0;
	return plain;
}

/* Where an SRTCP packet ends and where its E and index stand. false: too short. */
static bool rtcp_layout(const struct srtp_cipher *c, size_t length, size_t *ret_plain,
			size_t *ret_word)
{
	size_t extra = srtp_overhead(c->suite) + SRTCP_INDEX_LENGTH;

	if (length < RTCP_HEADER + extra)
		return false;
	*ret_plain = length - extra;
	*ret_word = c->suite == SRTP_AEAD_AES_128_GCM ? length - SRTCP_INDEX_LENGTH : *ret_plain;
	return true;
}

bool srtp_rtcp_index(const struct srtp_cipher *c, const uint8_t *packet, size_t length,
		     uint32_t *ret_index)
{
	size_t plain, word;

	if (!rtcp_layout(c, length, &plain, &word))
		return false;
	struct rd r = rd_of(packet + word, SRTCP_INDEX_LENGTH);
	*ret_index = rd_be32(&r) & ~E_FLAG;
	return true;
}

/* The tag stands between what is authenticated, and the E and index that are, too. */
static bool gcm_open_rtcp(struct srtp_cipher *c, struct gcm_text text, uint8_t *packet,
			  size_t plain, bool encrypted)
{
	uint8_t tag[GCM_TAG], aad[RTCP_HEADER + SRTCP_INDEX_LENGTH];
	uint8_t *word = packet + plain + GCM_TAG;

	memcpy(tag, packet + plain, sizeof tag);
	text.out = packet + RTCP_HEADER;
	text.in = text.out;
	if (encrypted) {
		memcpy(aad, packet, RTCP_HEADER);
		memcpy(aad + RTCP_HEADER, word, SRTCP_INDEX_LENGTH);
		text.aad = aad;
		text.aad_length = sizeof aad;
		text.length = plain - RTCP_HEADER;
	} else {
		/* RFC 7714 9.2, 9.3: without E the whole packet is associated data */
		memcpy(packet + plain, word, SRTCP_INDEX_LENGTH);
		text.aad = packet;
		text.aad_length = plain + SRTCP_INDEX_LENGTH;
	}
	return gcm_open(&c->rtcp, &text, tag);
}

size_t srtp_open_rtcp(struct srtp_cipher *c, uint32_t ssrc, uint8_t *packet, size_t length)
{
	size_t plain, word;

	if (!rtcp_layout(c, length, &plain, &word))
		return 0;
	struct rd r = rd_of(packet + word, SRTCP_INDEX_LENGTH);
	uint32_t flagged = rd_be32(&r), index = flagged & ~E_FLAG;
	bool encrypted = flagged & E_FLAG;
	uint8_t *payload = packet + RTCP_HEADER;

	if (c->suite == SRTP_AEAD_AES_128_GCM)
		return gcm_open_rtcp(c, (struct gcm_text){ .ssrc = ssrc, .index = index }, packet,
				     plain, encrypted)
			       ? plain
			       : 0;
	uint8_t full[SHA1_LENGTH];
	const struct hash_part part = { packet, plain + SRTCP_INDEX_LENGTH };
	hmac_sha1(&c->rtcp.auth, &part, 1, full);
	if (!hash_equal(full, packet + plain + SRTCP_INDEX_LENGTH, CM_TAG))
		return 0;
	if (encrypted && !cm_crypt(&c->rtcp, ssrc, index, payload, payload, plain - RTCP_HEADER))
		return 0;
	return plain;
}

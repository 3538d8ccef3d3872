/* SPDX-License-Identifier: Apache-2.0 */
#include "crypt/gcm_mb.h"
#include "base/slab.h"

#ifdef HAVE_IPSEC_MB

#include <intel-ipsec-mb.h>
#include <openssl/crypto.h>
#include <pthread.h>

struct gcm_mb {
	_Alignas(64) struct gcm_key_data key; /* as the library wants it */
	struct gcm_context_data context;
};

/*
 * The functions for this processor, found once and never changed after: the library's managers
 * also hold queues for jobs, which nothing here needs.
 */
static struct {
	aes_gcm_pre_t prepare;
	aes_gcm_enc_dec_t seal, open;
} functions;

static void find_functions(void)
{
	IMB_MGR *m = alloc_mb_mgr(0);

	if (!m)
		return;
	/* below AVX2 OpenSSL is as quick */
	if (m->features & IMB_FEATURE_AVX2) {
		init_mb_mgr_auto(m, NULL);
		functions.prepare = m->gcm128_pre;
		functions.seal = m->gcm128_enc;
		functions.open = m->gcm128_dec;
	}
	free_mb_mgr(m);
}

struct gcm_mb *gcm_mb_new(const uint8_t key[GCM_MB_KEY])
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, find_functions);
	if (!functions.prepare)
		return NULL;

	struct gcm_mb *k = slab_calloc(sizeof *k);
	if (k)
		functions.prepare(key, &k->key);
	return k;
}

struct gcm_mb *gcm_mb_free(struct gcm_mb *k)
{
	if (k)
		OPENSSL_cleanse(k, sizeof *k);
	slab_free(k);
	return NULL;
}

void gcm_mb_seal(struct gcm_mb *k, const struct gcm_mb_text *t, uint8_t tag[GCM_MB_TAG])
{
	functions.seal(&k->key, &k->context, t->out, t->in, t->length, t->iv, t->aad, t->aad_length,
		       tag, GCM_MB_TAG);
}

bool gcm_mb_open(struct gcm_mb *k, const struct gcm_mb_text *t, const uint8_t tag[GCM_MB_TAG])
{
	uint8_t expected[GCM_MB_TAG];

	functions.open(&k->key, &k->context, t->out, t->in, t->length, t->iv, t->aad, t->aad_length,
		       expected, GCM_MB_TAG);
	return CRYPTO_memcmp(expected, tag, GCM_MB_TAG) == 0; /* in constant time */
}

#else

struct gcm_mb *gcm_mb_new(const uint8_t key[GCM_MB_KEY])
{
	(void)key;
	return NULL;
}

struct gcm_mb *gcm_mb_free(struct gcm_mb *k)
{
	(void)k;
	return NULL;
}

void gcm_mb_seal(struct gcm_mb *k, const struct gcm_mb_text *t, uint8_t tag[GCM_MB_TAG])
{
	(void)k, (void)t, (void)tag;
}

bool gcm_mb_open(struct gcm_mb *k, const struct gcm_mb_text *t, const uint8_t tag[GCM_MB_TAG])
{
	(void)k, (void)t, (void)tag;
	return false;
}

#endif

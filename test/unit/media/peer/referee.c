/* SPDX-License-Identifier: Apache-2.0 */
#include "referee.h"

#include <dlfcn.h>
#include <srtp2/srtp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTIONS(X)                          \
	X(srtp_init)                          \
	X(srtp_create)                        \
	X(srtp_dealloc)                       \
	X(srtp_protect)                       \
	X(srtp_unprotect)                     \
	X(srtp_protect_rtcp)                  \
	X(srtp_unprotect_rtcp)                \
	X(srtp_set_stream_roc)                \
	X(srtp_crypto_policy_set_rtp_default) \
	X(srtp_crypto_policy_set_aes_gcm_128_16_auth)

struct referee {
#define MEMBER(name) __typeof__(&name) name;
	FUNCTIONS(MEMBER)
	srtp_t context;
};

static void *load(const char *name)
{
	static void *library;

	if (!library)
		library = dlopen("libsrtp2.so.1", RTLD_NOW | RTLD_LOCAL);
	void *function = library ? dlsym(library, name) : NULL;
	if (!function) {
		fprintf(stderr, "libsrtp2: %s\n", dlerror());
		abort();
	}
	return function;
}

struct referee *referee_new(bool gcm, const uint8_t *key, const uint8_t *salt, bool outbound)
{
	static bool ready;
	uint8_t both[30];
	srtp_policy_t p = { 0 };
	struct referee *r = calloc(1, sizeof *r);

	if (!r)
		abort();
#define LOAD(name) r->name = (__typeof__(r->name))load(#name);
	FUNCTIONS(LOAD)
	if (!ready && r->srtp_init() != srtp_err_status_ok)
		abort();
	ready = true;
	memcpy(both, key, 16);
	memcpy(both + 16, salt, gcm ? 12 : 14);
	p.key = both;
	p.window_size = 1024;
	p.ssrc.type = outbound ? ssrc_any_outbound : ssrc_any_inbound;
	if (gcm) {
		r->srtp_crypto_policy_set_aes_gcm_128_16_auth(&p.rtp);
		r->srtp_crypto_policy_set_aes_gcm_128_16_auth(&p.rtcp);
	} else {
		r->srtp_crypto_policy_set_rtp_default(&p.rtp);
		r->srtp_crypto_policy_set_rtp_default(&p.rtcp);
	}
	if (r->srtp_create(&r->context, &p) != srtp_err_status_ok)
		abort();
	return r;
}

struct referee *referee_free(struct referee *r)
{
	if (r) {
		(void)r->srtp_dealloc(r->context);
		free(r);
	}
	return NULL;
}

int referee_protect(struct referee *r, uint8_t *packet, int n)
{
	return r->srtp_protect(r->context, packet, &n) == srtp_err_status_ok ? n : -1;
}

int referee_unprotect(struct referee *r, uint8_t *packet, int n)
{
	return r->srtp_unprotect(r->context, packet, &n) == srtp_err_status_ok ? n : -1;
}

int referee_protect_rtcp(struct referee *r, uint8_t *packet, int n)
{
	return r->srtp_protect_rtcp(r->context, packet, &n) == srtp_err_status_ok ? n : -1;
}

int referee_unprotect_rtcp(struct referee *r, uint8_t *packet, int n)
{
	return r->srtp_unprotect_rtcp(r->context, packet, &n) == srtp_err_status_ok ? n : -1;
}

bool referee_set_roc(struct referee *r, uint32_t ssrc, uint32_t roc)
{
	return r->srtp_set_stream_roc(r->context, ssrc, roc) == srtp_err_status_ok;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proves the name to a certificate authority inside TLS (RFC 8737): who offers the protocol acme-tls/1 and nothing else is shown a
 * certificate with the proof in it. Everybody else goes on as if this were not here.
 */
#include <string.h>

#include "base/cleanup.h"
#include "control/server/internal.h"

#define PROTOCOL \
	"\x0a"   \
	"acme-tls/1"

/* The whole extension: the list's length, then one name (RFC 7301 3.1). */
static const unsigned char only[] = "\x00\x0b" PROTOCOL;

static void bio_freep(BIO **b)
{
	(void)BIO_free(*b);
}

static int on_choice(SSL *ssl, const unsigned char **ret, unsigned char *ret_length,
		     const unsigned char *offered, unsigned n, void *arg)
{
	(void)ssl;
	(void)offered; /* on_hello has seen it */
	(void)n;
	(void)arg;
	*ret = only + 3;
	*ret_length = sizeof only - 1 - 3;
	return SSL_TLSEXT_ERR_OK;
}

/* Whatever the name: there is one proof at a time. libwebsockets' own function, which would be called else, looks for the vhost of this
 * certificate and ends the process when there is none. */
static int on_name(SSL *ssl, int *alert, void *arg)
{
	(void)ssl;
	(void)alert;
	(void)arg;
	return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *with_proof(const char *pem)
{
	cleanup(bio_freep) BIO *in = BIO_new_mem_buf(pem, -1);
	cleanup(bio_freep) BIO *again = BIO_new_mem_buf(pem, -1);
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	X509 *x = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
	EVP_PKEY *key = again ? PEM_read_bio_PrivateKey(again, NULL, NULL, NULL) : NULL;

	bool good = ctx && x && key && SSL_CTX_use_certificate(ctx, x) == 1 &&
		    SSL_CTX_use_PrivateKey(ctx, key) == 1;
	X509_free(x);
	EVP_PKEY_free(key);
	if (!good) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	SSL_CTX_set_alpn_select_cb(ctx, on_choice, NULL);
	(void)SSL_CTX_set_tlsext_servername_callback(ctx, on_name);
	return ctx;
}

static int on_hello(SSL *ssl, int *alert, void *arg)
{
	const struct server_plain *proofs = arg;
	const unsigned char *offered;
	size_t n;

	(void)alert;
	if (!SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation,
				       &offered, &n) ||
	    n != sizeof only - 1 || memcmp(offered, only, n) != 0)
		return SSL_CLIENT_HELLO_SUCCESS;
	autofree char *pem = proofs->certificate(proofs->arg);
	SSL_CTX *ctx = pem ? with_proof(pem) : NULL;
	if (ctx)
		(void)SSL_set_SSL_CTX(ssl, ctx); /* the connection keeps it */
	SSL_CTX_free(ctx);
	ERR_clear_error();
	return SSL_CLIENT_HELLO_SUCCESS;
}

void proof_offer(struct server *s)
{
	if (s->tls && s->config.plain.certificate)
		SSL_CTX_set_client_hello_cb(s->tls, on_hello, &s->config.plain);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "control/server/certificate.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/complain.h"
#include "control/server/internal.h"

static uint64_t end_of(const SSL_CTX *ctx)
{
	const X509 *cert = SSL_CTX_get0_certificate(ctx);
	struct tm tm;

	if (!cert || ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) != 1)
		return 0;
	time_t at = timegm(&tm);
	return at > 0 ? (uint64_t)at * 1000000 : 0;
}

static int use(SSL_CTX *ctx, const char *cert, const char *key, char *ret_error)
{
	if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
		return complain(ret_error, SERVER_ERROR_MAX, -EINVAL,
				"tls-cert '%s' is not a certificate chain in PEM form.", cert);
	if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(ctx) != 1)
		return complain(
			ret_error, SERVER_ERROR_MAX, -EINVAL,
			"tls-key '%s' is not the private key, in PEM form, of tls-cert '%s'.", key,
			cert);
	return 0;
}

int certificate_load(SSL_CTX *into, const char *cert, const char *key, uint64_t *ret_ends_us,
		     char *ret_error)
{
	/* in one of its own first: libwebsockets, and a half-written renewal, take a key that belongs to another one */
	SSL_CTX *trial = SSL_CTX_new(TLS_server_method());
	int r = trial ? use(trial, cert, key, ret_error)
		      : complain(ret_error, SERVER_ERROR_MAX, -EINVAL, "Out of memory.");

	if (r == 0 && into)
		r = use(into, cert, key, ret_error);
	if (r == 0)
		*ret_ends_us = end_of(trial);
	SSL_CTX_free(trial);
	ERR_clear_error();
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DTLS 1.2 with OpenSSL 3.0. The BIO below keeps datagram boundaries: a read yields the datagram
 * given to dtls_rx once, a write is one datagram of at most the MTU into the outbox (OpenSSL packs
 * the records of a flight up to the MTU by itself). See dtls.h.
 */
#include "media/peer/dtls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/rd.h"

enum {
	TIMER_FIRST_US = 100 *
			 1000, /* LiveKit's; the RFC's 1 s makes joins over lossy links slow */
	TIMER_MOST_US = 1600 * 1000,
	RELEASE_US = 1000 * 1000,	  /* after the last datagram, the record buffers go */
	CERTIFICATE_BYTES_MAX = 8 * 1024, /* of a peer's chain, reassembled (R43) */
	EXPORT_MAX = 2 * (SRTP_KEY_LENGTH + SRTP_SALT_MAX),
};

struct dtls_context {
	SSL_CTX *ssl;
	BIO_METHOD *bio;
	const struct cert *certificate;
	unsigned alive;
};

struct dtls {
	struct dtls_config config;
	SSL *ssl;
	enum dtls_state state;
	bool refused; /* the peer's certificate is not the one of its SDP */
	uint64_t deadline, give_up_us;
	uint64_t release_at; /* µs: when the record buffers go; UINT64_MAX = not waiting for that */
	const uint8_t *in;   /* the datagram that is being taken; NULL once read */
	size_t in_length;
	uint8_t *out; /* where dtls_seal wants the next datagram; NULL = the outbox */
	size_t out_capacity, out_length;
	bool kept;
};

/* ---- BIO ---- */

static int bio_read(BIO *bio, char *ret, int capacity)
{
	struct dtls *d = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (!d->in || capacity < 0) {
		BIO_set_retry_read(bio);
		return -1;
	}
	size_t n = d->in_length < (size_t)capacity ? d->in_length : (size_t)capacity;
	memcpy(ret, d->in, n);
	d->in = NULL;
	return (int)n;
}

static int bio_write(BIO *bio, const char *bytes, int n)
{
	struct dtls *d = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (d->out) {
		if (n > 0 && (size_t)n <= d->out_capacity - d->out_length) {
			memcpy(d->out + d->out_length, bytes, (size_t)n);
			d->out_length += (size_t)n;
		}
		return n;
	}
	/* A full outbox is a lost datagram, and DTLS repeats those. */
	if (n > 0 && !path_none(d->config.to))
		(void)outbox_put(d->config.outbox, d->config.to, bytes, (size_t)n);
	return n;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
	(void)bio;
	(void)number;
	(void)pointer;
	return command ==
	       BIO_CTRL_FLUSH; /* nothing is pending, no MTU is known, no timeouts kept */
}

/* ---- context ---- */

/* 1: accepted. The signature over the handshake proves the key; the SDP names the certificate. */
static int verify(X509_STORE_CTX *store, void *unused)
{
	char fingerprint[FINGERPRINT_TEXT];
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct dtls *d = SSL_get_app_data(ssl);
	X509 *x509 = X509_STORE_CTX_get0_cert(store);

	(void)unused;
	/* Not known yet: dtls_export_keys compares in any case, this is the early way out. */
	if (!d->config.fingerprint[0])
		return 1;
	if (x509 && cert_fingerprint_of(x509, fingerprint) == 0 &&
	    strcmp(fingerprint, d->config.fingerprint) == 0)
		return 1;
	d->refused = true;
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
	return 0;
}

static bool configure(SSL_CTX *c, const struct cert *certificate)
{
	char groups[] = "X25519:P-256:P-384"; /* an array: the macro casts const away */
	/* RFC 8827 6.5: ECDHE with AEAD, P-256 certificates. The peer's may be of any kind. */
	static const char ciphers[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:"
				      "ECDHE-ECDSA-AES256-GCM-SHA384";

	SSL_CTX_set_options(c, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
				       SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(c, verify, NULL);
	SSL_CTX_set_max_cert_list(c, CERTIFICATE_BYTES_MAX);
	return SSL_CTX_set_min_proto_version(c, DTLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_cipher_list(c, ciphers) == 1 &&
	       SSL_CTX_set1_groups_list(c, groups) == 1 &&
	       SSL_CTX_use_certificate(c, cert_x509(certificate)) == 1 &&
	       SSL_CTX_use_PrivateKey(c, cert_key(certificate)) == 1;
}

int dtls_context_new(struct dtls_context **ret, const struct cert *certificate)
{
	struct dtls_context *c = calloc(1, sizeof *c);

	if (!c)
		return -ENOMEM;
	c->certificate = certificate;
	c->ssl = SSL_CTX_new(DTLS_method());
	c->bio = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "confab datagrams");
	if (!c->ssl || !c->bio || !BIO_meth_set_read(c->bio, bio_read) ||
	    !BIO_meth_set_write(c->bio, bio_write) || !BIO_meth_set_ctrl(c->bio, bio_ctrl) ||
	    !configure(c->ssl, certificate)) {
		ERR_clear_error();
		(void)dtls_context_free(c);
		return -EIO;
	}
	*ret = c;
	return 0;
}

struct dtls_context *dtls_context_free(struct dtls_context *c)
{
	if (c) {
		SSL_CTX_free(c->ssl);
		BIO_meth_free(c->bio);
		free(c);
	}
	return NULL;
}

/* ---- association ---- */

static unsigned next_timer(SSL *ssl, unsigned us)
{
	(void)ssl;
	if (us == 0)
		return TIMER_FIRST_US;
	return us * 2 < TIMER_MOST_US ? us * 2 : TIMER_MOST_US;
}

/* A fresh SSL object in place of the present one. */
static int start(struct dtls *d)
{
	const struct dtls_config *c = &d->config;
	/* The server's order counts: GCM is half the cost (media.md). 0 means success here. */
	const char *profiles = c->only_cm ? "SRTP_AES128_CM_SHA1_80"
					  : "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";

	SSL_free(d->ssl);
	d->ssl = SSL_new(c->context->ssl);
	BIO *bio = BIO_new(c->context->bio);
	if (!d->ssl || !bio || (!c->without_srtp && SSL_set_tlsext_use_srtp(d->ssl, profiles))) {
		BIO_free(bio);
		ERR_clear_error();
		return -ENOMEM;
	}
	BIO_set_data(bio, d);
	BIO_set_init(bio, 1);
	SSL_set_bio(d->ssl, bio, bio);
	SSL_set_app_data(d->ssl, d);
	SSL_set_mtu(d->ssl, (long)(c->mtu ? c->mtu : DTLS_MTU));
	DTLS_set_timer_cb(d->ssl, next_timer);
	if (c->client)
		SSL_set_connect_state(d->ssl);
	else
		SSL_set_accept_state(d->ssl);
	return 0;
}

int dtls_new(struct dtls **ret, const struct dtls_config *config, uint64_t now)
{
	if (config->context->alive >= DTLS_ASSOCIATIONS_MAX)
		return -EBUSY;
	struct dtls *d = calloc(1, sizeof *d);
	if (!d)
		return -ENOMEM;
	d->config = *config;
	d->give_up_us = now + DTLS_GIVE_UP_US;
	d->release_at = UINT64_MAX;
	d->deadline = config->client ? now : d->give_up_us;
	d->config.context->alive++;
	int r = start(d);
	if (r < 0) {
		(void)dtls_free(d);
		return r;
	}
	*ret = d;
	return 0;
}

struct dtls *dtls_free(struct dtls *d)
{
	if (d) {
		SSL_free(d->ssl);
		if (!d->kept)
			d->config.context->alive--;
		free(d);
	}
	return NULL;
}

enum dtls_state dtls_get_state(const struct dtls *d)
{
	return d->state;
}

uint64_t dtls_deadline(const struct dtls *d)
{
	return d->state == DTLS_HANDSHAKE ? d->deadline
	       : d->state == DTLS_DONE	  ? d->release_at
					  : UINT64_MAX;
}

static void set_deadline(struct dtls *d, uint64_t now)
{
	struct timeval left;

	d->deadline = d->give_up_us;
	if (DTLSv1_get_timeout(d->ssl, &left) == 1) {
		uint64_t us = (uint64_t)left.tv_sec * 1000000 + (uint64_t)left.tv_usec;

		/* OpenSSL's clock is not ours: ask again in a moment rather than at once. */
		us = us < 1000 ? 1000 : us;
		if (now + us < d->deadline)
			d->deadline = now + us;
	}
}

/*
 * The handshake broke. A wrong certificate is final. Anything else may have been one hostile or
 * damaged datagram, and a client that has not heard from us begins again by itself (R41).
 * DTLS_GIVE_UP_US ends it.
 */
static void broken(struct dtls *d)
{
	if (d->refused || d->config.client || start(d) < 0)
		d->state = DTLS_FAILED;
}

static enum verdict handshake(struct dtls *d, uint64_t now)
{
	enum verdict v = V_OK;

	ERR_clear_error();
	int r = SSL_do_handshake(d->ssl);
	if (r == 1) {
		d->state = DTLS_DONE;
	} else if (SSL_get_error(d->ssl, r) != SSL_ERROR_WANT_READ) {
		broken(d);
		v = V_DROP_DTLS;
	}
	ERR_clear_error();
	if (d->state == DTLS_HANDSHAKE)
		set_deadline(d, now);
	return v;
}

/*
 * Whether a datagram can belong to a handshake: whole records, and in the clear (epoch 0) only
 * handshake messages and ChangeCipherSpec. A client's clear-text alert proves nothing and would end
 * the handshake; when it has really given up, so shall we in a while (RFC 6347 4.1.2.7).
 */
static bool is_plausible(const struct dtls *d, const uint8_t *bytes, size_t n)
{
	enum { CHANGE_CIPHER_SPEC = 20, ALERT = 21, HANDSHAKE = 22 };
	struct rd r = rd_of(bytes, n);

	while (rd_left(&r) > 0) {
		uint8_t type = rd_u8(&r);

		if (rd_u8(&r) != 254) /* DTLS 1.x */
			return false;
		rd_skip(&r, 1);
		bool clear = rd_be16(&r) == 0;
		rd_skip(&r, 6);
		rd_skip(&r, rd_be16(&r));
		if (clear && type != HANDSHAKE && type != CHANGE_CIPHER_SPEC &&
		    !(type == ALERT && d->config.client))
			return false;
	}
	return !r.bad;
}

enum verdict dtls_rx(struct dtls *d, uint64_t now, const uint8_t *bytes, size_t n)
{
	enum verdict v = V_OK;

	if (d->state == DTLS_FAILED || d->state == DTLS_CLOSED ||
	    (d->state == DTLS_HANDSHAKE && !is_plausible(d, bytes, n)))
		return V_DROP_DTLS;
	d->in = bytes;
	d->in_length = n;
	d->release_at = now + RELEASE_US;
	if (d->state == DTLS_HANDSHAKE) {
		v = handshake(d, now);
		if (d->state != DTLS_DONE)
			d->in = NULL;
	}
	return v;
}

size_t dtls_read(struct dtls *d, uint8_t *ret, size_t capacity)
{
	if (d->state != DTLS_DONE || capacity > INT32_MAX)
		return 0;
	ERR_clear_error();
	int r = SSL_read(d->ssl, ret, (int)capacity);
	ERR_clear_error();
	d->in = NULL;
	if (r > 0)
		return (size_t)r;
	/*
	 * close_notify, or a fatal alert, both authenticated; other errors leave the keys as good
	 * as they were.
	 */
	if (SSL_get_shutdown(d->ssl) & SSL_RECEIVED_SHUTDOWN)
		d->state = DTLS_CLOSED;
	return 0;
}

int dtls_write(struct dtls *d, const uint8_t *bytes, size_t n)
{
	if (d->state != DTLS_DONE)
		return -EAGAIN;
	if (n == 0 || n > DTLS_MTU)
		return -EMSGSIZE;
	ERR_clear_error();
	if (SSL_alloc_buffers(d->ssl) != 1) /* reading takes them by itself, writing does not */
		return -ENOMEM;
	int r = SSL_write(d->ssl, bytes, (int)n);
	ERR_clear_error();
	if (d->release_at == UINT64_MAX) /* idle otherwise: nothing else would give them back */
		(void)SSL_free_buffers(d->ssl);
	return r > 0 ? 0 : -EIO;
}

int dtls_seal(struct dtls *d, const uint8_t *bytes, size_t n, uint8_t *ret, size_t capacity)
{
	d->out = ret;
	d->out_capacity = capacity;
	d->out_length = 0;
	int r = dtls_write(d, bytes, n);
	d->out = NULL;
	if (r < 0)
		return r;
	return d->out_length ? (int)d->out_length : -EMSGSIZE;
}

void dtls_keep(struct dtls *d)
{
	if (d->state == DTLS_DONE && !d->kept) {
		d->kept = true;
		d->config.context->alive--;
	}
}

void dtls_close(struct dtls *d)
{
	if (d->state == DTLS_DONE && SSL_alloc_buffers(d->ssl) == 1) {
		(void)SSL_shutdown(d->ssl); /* sends close_notify; nobody waits for the answer */
		ERR_clear_error();
		d->state = DTLS_CLOSED;
	}
}

/*
 * Of the 75 KB of an association 34 are the buffers for one record each way. SSL_MODE_RELEASE_BUFFERS
 * does that for TLS only. They come back with the next datagram; many of those are far apart.
 */
static void release(struct dtls *d, uint64_t now)
{
	if (now < d->release_at)
		return;
	d->release_at = UINT64_MAX;
	(void)SSL_free_buffers(d->ssl); /* refuses when a record waits to be read: another time */
}

void dtls_tick(struct dtls *d, uint64_t now)
{
	if (d->state == DTLS_DONE)
		release(d, now);
	if (d->state != DTLS_HANDSHAKE || now < d->deadline)
		return;
	if (now >= d->give_up_us) {
		d->state = DTLS_FAILED;
		return;
	}
	ERR_clear_error();
	if (d->config.client && SSL_get_state(d->ssl) == TLS_ST_BEFORE)
		(void)handshake(d, now);
	else if (DTLSv1_handle_timeout(d->ssl) < 0)
		broken(d); /* OpenSSL has repeated the flight twelve times */
	ERR_clear_error();
	if (d->state == DTLS_HANDSHAKE)
		set_deadline(d, now);
}

/* RFC 5764 4.2: client key, server key, client salt, server salt. */
static void split_keys(const uint8_t *material, size_t salt, bool client, struct srtp_keys *ret)
{
	const uint8_t *keys[2] = { material, material + SRTP_KEY_LENGTH };
	const uint8_t *salts[2] = { material + sizeof ret->send_key * 2,
				    material + sizeof ret->send_key * 2 + salt };

	memcpy(ret->send_key, keys[!client], sizeof ret->send_key);
	memcpy(ret->receive_key, keys[client], sizeof ret->receive_key);
	memcpy(ret->send_salt, salts[!client], salt);
	memcpy(ret->receive_salt, salts[client], salt);
}

int dtls_export_keys(struct dtls *d, const char *fingerprint, struct srtp_keys *ret)
{
	static const char label[] = "EXTRACTOR-dtls_srtp";
	char seen[FINGERPRINT_TEXT];
	uint8_t material[EXPORT_MAX];

	if (d->state != DTLS_DONE || !fingerprint[0])
		return -EAGAIN;
	X509 *x509 = SSL_get0_peer_certificate(d->ssl);
	if (!x509 || cert_fingerprint_of(x509, seen) < 0 || strcmp(seen, fingerprint) != 0)
		return -EACCES;
	const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(d->ssl);
	if (!profile ||
	    (profile->id != SRTP_AEAD_AES_128_GCM && profile->id != SRTP_AES128_CM_SHA1_80))
		return -ENOPROTOOPT;
	struct srtp_keys keys = { .suite = (enum srtp_suite)profile->id };
	size_t salt = srtp_salt_length(keys.suite);
	int r = SSL_export_keying_material(d->ssl, material, 2 * (SRTP_KEY_LENGTH + salt), label,
					   sizeof label - 1, NULL, 0, 0);
	if (r == 1) {
		split_keys(material, salt, d->config.client, &keys);
		*ret = keys;
	}
	explicit_bzero(material, sizeof material);
	explicit_bzero(&keys, sizeof keys);
	ERR_clear_error();
	return r == 1 ? 0 : -EIO;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DTLS-SRTP over OpenSSL (RFC 6347, 5763, 5764): one handshake that proves the peer owns the
 * certificate of its SDP and yields the SRTP keys. DTLS 1.2, client certificate required, use_srtp
 * required. The only file of the project that sees <openssl/ssl.h> is dtls.c. A context and its
 * associations belong to one worker's thread.
 *
 * OpenSSL reads the wall clock and its own random numbers:
 * in virtual-time tests use transport_inject_keys.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/path.h"
#include "crypt/cert.h"
#include "media/peer/outbox.h"
#include "media/peer/srtp.h"

enum {
	DTLS_MTU = 1200,
	DTLS_ASSOCIATIONS_MAX = 1024,	/* handshakes per worker: 50-75 KB each (R43) */
	DTLS_GIVE_UP_US = 15 * 1000000, /* a handshake that takes longer has failed (R43) */
	DTLS_LINGER_US = 30 * 1000000,	/* kept after completion, to repeat the last flight */
};

struct dtls_context;
struct dtls;

/* One per worker. The certificate is kept. 0, -ENOMEM, -EIO. */
int dtls_context_new(struct dtls_context **ret, const struct cert *certificate);
struct dtls_context *dtls_context_free(struct dtls_context *c);

enum dtls_state {
	DTLS_HANDSHAKE,
	DTLS_DONE,   /* keys can be exported once the fingerprint was compared */
	DTLS_FAILED, /* handshake given up, refused, or a fatal alert */
	DTLS_CLOSED, /* the peer said close_notify */
};

struct dtls_config {
	struct dtls_context *context;
	bool client;
	/*
	 * The peer's fingerprint in cert.h form, or "" while unknown;
	 * read at verification, so it must stay in place.
	 */
	const char *fingerprint;
	struct outbox *outbox; /* kept */
	const struct path *to; /* where flights go; kept, read whenever one is sent */
	unsigned mtu;	       /* 0 = DTLS_MTU; tests use small ones to force fragments */
	bool without_srtp;     /* tests: offer no use_srtp */
	bool only_cm;	       /* client: offer AES128_CM_SHA1_80 alone */
};

/* 0, -ENOMEM, -EIO, -EBUSY (DTLS_ASSOCIATIONS_MAX). */
int dtls_new(struct dtls **ret, const struct dtls_config *config, uint64_t now);
struct dtls *dtls_free(struct dtls *d);

/*
 * Takes one datagram; when the handshake is done, call dtls_read until it returns 0. Anything
 * malformed is dropped or restarts an unfinished handshake; it does not kill a finished
 * association. V_OK or V_DROP_DTLS. The bytes are read until the next call of a dtls function.
 */
enum verdict dtls_rx(struct dtls *d, uint64_t now, const uint8_t *bytes, size_t n);

/* One record of application data, at most `capacity` bytes; 0 = none. */
size_t dtls_read(struct dtls *d, uint8_t *ret, size_t capacity);

/* Sends one record of application data (SCTP). 0, -EAGAIN (not done), -EMSGSIZE, -ENOMEM, -EIO. */
int dtls_write(struct dtls *d, const uint8_t *bytes, size_t n);

/* The same into `ret` instead of the outbox: the length of the datagram, or -errno as above. */
int dtls_seal(struct dtls *d, const uint8_t *bytes, size_t n, uint8_t *ret, size_t capacity);

/*
 * The handshake is over and the association stays: it no longer counts for DTLS_ASSOCIATIONS_MAX,
 * which bounds what strangers can make us hold.
 */
void dtls_keep(struct dtls *d);

/* Sends close_notify, as a courtesy. */
void dtls_close(struct dtls *d);

enum dtls_state dtls_get_state(const struct dtls *d);

/* Starts the client's first flight, repeats flights, gives up; gives back what an idle association
 * does not need. Call at dtls_deadline or later. */
void dtls_tick(struct dtls *d, uint64_t now);
uint64_t dtls_deadline(const struct dtls *d);

/*
 * Compares the peer's certificate with `fingerprint` and only then exports the keys. 0, -EAGAIN
 * (not done), -EACCES (another certificate), -ENOPROTOOPT (no SRTP profile), -EIO.
 */
int dtls_export_keys(struct dtls *d, const char *fingerprint, struct srtp_keys *ret);

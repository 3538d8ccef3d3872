/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A live transport under a sequence of steps: datagrams from a validated address and from a
 * stranger, raw or made authentic by a peer that has the keys, time passing, ICE restarts. The
 * first byte says whether keys are injected or DTLS is open to the bytes.
 *
 *	step: kind 1 | length 2 (big endian) | bytes
 */
#include <stdlib.h>
#include <string.h>

#include "base/rd.h"
#include "base/wr.h"
#include "crypt/hash.h"
#include "media/peer/transport.h"
#include "wire/rtp.h"
#include "wire/stun.h"

enum step { RAW, RAW_STRANGER, SIGNED_STUN, SEALED_RTP, SEALED_RTCP, TIME, RESTART, REMOTE, STEPS };

struct world {
	struct transport t;
	struct outbox outbox;
	struct rng rng;
	struct srtp peer; /* the other end's keys */
	struct path from, stranger;
	uint64_t now;
	bool injected;
};

static struct dtls_context *shared_dtls(void)
{
	static struct dtls_context *dtls;
	struct cert *certificate;

	/* made once: a key pair for each input would be most of the time */
	if (!dtls && (cert_new(&certificate) < 0 || dtls_context_new(&dtls, certificate) < 0))
		abort();
	return dtls;
}

static void rx(struct world *w, const struct path *from, const uint8_t *bytes, size_t n)
{
	struct transport_in in;
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		return;
	if (n)
		memcpy(copy, bytes, n);
	uint32_t waiting = w->outbox.tail - w->outbox.head;
	enum verdict v = transport_rx(&w->t, w->now, from, copy, n, &in);
	if (v != V_OK && in.kind != TRANSPORT_IN_NOTHING)
		abort();
	if (in.kind != TRANSPORT_IN_NOTHING && (in.bytes < copy || in.bytes + in.length > copy + n))
		abort();
	if (from == &w->stranger && (w->outbox.tail - w->outbox.head != waiting || in.ice.learned))
		abort(); /* R40 */
	uint8_t data[100];
	while (transport_next_data(&w->t, data, sizeof data) > 0)
		;
	free(copy);
}

/*
 * A Binding request of the fuzzer's attributes with
 * our USERNAME in front, signed with our password.
 */
static void signed_stun(struct world *w, struct rd *body)
{
	uint8_t message[1400], mac[SHA1_LENGTH];
	const struct ice_credentials *c = transport_local(&w->t);
	size_t n = rd_left(body) & ~(size_t)3, name = strlen(c->ufrag);
	struct wr m = wr_of(message, sizeof message);
	struct hmac_sha1_key key;

	wr_be16(&m, 1);
	wr_be16(&m, 0);
	wr_be32(&m, 0x2112a442);
	wr_bytes(&m, "abcdefghijkl", 12);
	wr_be16(&m, 6);
	wr_be16(&m, (uint16_t)(name + 5));
	wr_bytes(&m, c->ufrag, name);
	wr_bytes(&m, ":peer", 5);
	wr_zero(&m, (4 - (name + 5) % 4) % 4);
	wr_bytes(&m, rd_take(body, n), n);
	size_t at = wr_len(&m);
	if (at == 0 || at + 32 > sizeof message)
		return;
	put_be16(message + 2, (uint16_t)(at - 20 + 24));
	hmac_sha1_init(&key, c->pwd, strlen(c->pwd));
	hmac_sha1(&key, &(struct hash_part){ message, at }, 1, mac);
	wr_be32(&m, 0x00080014);
	wr_bytes(&m, mac, sizeof mac);
	put_be16(message + 2, (uint16_t)(at - 20 + 32));
	uint32_t crc = stun_crc32(message, at + 24);
	wr_be32(&m, 0x80280004);
	wr_be32(&m, crc ^ 0x5354554e);
	rx(w, &w->from, message, wr_len(&m));
}

static void sealed(struct world *w, bool rtcp, struct rd *body)
{
	uint8_t out[4096];
	size_t n = rd_left(body);
	const uint8_t *plain = rd_take(body, n);
	struct rtp_header h;
	int r;

	if (!plain || n > 2000)
		return;
	if (rtcp) {
		r = srtp_protect_rtcp(&w->peer, plain, n, out, sizeof out);
	} else if (rtp_parse_header(&h, plain, n)) {
		struct srtp_job job = { .srtp = &w->peer,
					.header = plain,
					.header_length = h.header_length,
					.payload = plain + h.header_length,
					.payload_length = n - h.header_length,
					.out = out,
					.capacity = sizeof out };
		srtp_protect_rtp(&job, 1);
		r = (int)job.ret_length;
	} else {
		return;
	}
	if (r > 0)
		rx(w, &w->from, out, (size_t)r);
}

static void remote(struct world *w, struct rd *body)
{
	char ufrag[300] = "", pwd[300] = "", fingerprint[100] = "";
	size_t n = rd_left(body) / 2;

	if (n == 0)
		return;
	n = n < sizeof ufrag ? n : sizeof ufrag - 1;
	memcpy(ufrag, rd_take(body, n), n);
	memcpy(pwd, rd_take(body, n), n);
	memset(fingerprint, 'A', 95);
	for (int i = 2; i < 95; i += 3)
		fingerprint[i] = ':';
	const struct transport_remote r = { .ufrag = ufrag,
					    .pwd = pwd,
					    .fingerprint = fingerprint };
	(void)transport_set_remote(&w->t, w->now, &r);
}

static void take_step(struct world *w, enum step kind, struct rd body)
{
	size_t n = rd_left(&body);

	switch (kind) {
	case RAW:
		rx(w, &w->from, body.p, n);
		break;
	case RAW_STRANGER:
		rx(w, &w->stranger, body.p, n);
		break;
	case SIGNED_STUN:
		signed_stun(w, &body);
		break;
	case SEALED_RTP:
	case SEALED_RTCP:
		if (w->injected)
			sealed(w, kind == SEALED_RTCP, &body);
		break;
	case TIME:
		w->now += (uint64_t)rd_be16(&body) * 1000;
		(void)transport_tick(&w->t, w->now);
		break;
	case RESTART:
		transport_restart_ice(&w->t, w->now);
		break;
	default:
		remote(w, &body);
		break;
	}
	while (outbox_take(&w->outbox))
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct world w;
	struct rd r = rd_of(bytes, n);
	struct srtp_keys keys = { .suite = SRTP_AEAD_AES_128_GCM };
	uint8_t mode = rd_u8(&r);

	rng_seeded(&w.rng, 1);
	outbox_init(&w.outbox);
	w.from.address.ss_family = w.stranger.address.ss_family = AF_INET;
	((struct sockaddr_in *)&w.from.address)->sin_port = 1;
	((struct sockaddr_in *)&w.stranger.address)->sin_port = 2;
	w.now = 1000000;
	w.injected = mode & 1;
	if (mode & 2)
		keys.suite = SRTP_AES128_CM_SHA1_80;
	const struct transport_config config = { .rng = &w.rng,
						 .outbox = &w.outbox,
						 .dtls = shared_dtls() };
	transport_init(&w.t, &config);
	if (w.injected && (srtp_init(&w.peer, &keys) < 0 || transport_inject_keys(&w.t, &keys) < 0))
		abort();
	signed_stun(&w, &(struct rd){ 0 }); /* the peer's first check */
	if (transport_get_state(&w.t) != (w.injected ? TRANSPORT_CONNECTED : TRANSPORT_CHECKED))
		abort();
	for (int i = 0; i < 200 && rd_left(&r) > 0; i++) {
		uint8_t kind = rd_u8(&r);
		uint16_t length = rd_be16(&r);
		size_t left = rd_left(&r);

		take_step(&w, kind % STEPS, rd_sub(&r, length < left ? length : left));
	}
	transport_fini(&w.t);
	if (w.injected)
		srtp_fini(&w.peer);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "dtls_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/wr.h"

int pair_set_up(void **state)
{
	static struct pair p;

	memset(&p, 0, sizeof p);
	rng_seeded(&p.rng, 11);
	struct end *ends[] = { &p.client, &p.server };
	for (int i = 0; i < 2; i++) {
		assert_int_equal(cert_new(&ends[i]->certificate), 0);
		assert_int_equal(dtls_context_new(&ends[i]->context, ends[i]->certificate), 0);
		outbox_init(&ends[i]->outbox);
		ends[i]->peer.address.ss_family = AF_INET;
		ends[i]->config = (struct dtls_config){ .context = ends[i]->context,
							.client = i == 0,
							.fingerprint = ends[i]->fingerprint,
							.outbox = &ends[i]->outbox,
							.to = &ends[i]->peer };
	}
	strcpy(p.client.fingerprint, cert_fingerprint(p.server.certificate));
	strcpy(p.server.fingerprint, cert_fingerprint(p.client.certificate));
	*state = &p;
	return 0;
}

int pair_tear_down(void **state)
{
	struct pair *p = *state;

	p->client.dtls = dtls_free(p->client.dtls);
	p->server.dtls = dtls_free(p->server.dtls);
	(void)dtls_context_free(p->client.context);
	(void)dtls_context_free(p->server.context);
	(void)cert_free(p->client.certificate);
	(void)cert_free(p->server.certificate);
	return 0;
}

void open_ends(struct pair *p)
{
	assert_int_equal(dtls_new(&p->client.dtls, &p->client.config, clock_now_us()), 0);
	assert_int_equal(dtls_new(&p->server.dtls, &p->server.config, clock_now_us()), 0);
}

static bool is_hello(const uint8_t *b, size_t n)
{
	return n > 25 && b[0] == 22 && b[13] == 1;
}

/* One handshake record again as a fragment of itself. */
static size_t make_fragment(uint8_t *ret, const uint8_t *record, size_t at, size_t n,
			    uint8_t number)
{
	struct wr w = wr_of(ret, OUTBOX_BYTES);

	wr_bytes(&w, record, 10); /* type, version, epoch, sequence number but its last byte */
	wr_u8(&w, number);
	wr_be16(&w, (uint16_t)(12 + n));
	wr_bytes(&w, record + 13, 6); /* type, length, message number */
	wr_be24(&w, (uint32_t)at);
	wr_be24(&w, (uint32_t)n);
	wr_bytes(&w, record + 25 + at, n);
	return wr_len(&w);
}

/* Numbers far apart: the client goes on counting from 1 and must not look like a replay. */
static void deliver_split(struct end *to, const uint8_t *record, size_t n)
{
	uint8_t fragment[OUTBOX_BYTES];
	size_t body = n - 25, third = body / 3;

	n = make_fragment(fragment, record, 2 * third, body - 2 * third, 42);
	(void)dtls_rx(to->dtls, clock_now_us(), fragment, n);
	n = make_fragment(fragment, record, 0, third, 40);
	(void)dtls_rx(to->dtls, clock_now_us(), fragment, n);
	assert_null(outbox_take(&to->outbox)); /* a part is not answered */
	n = make_fragment(fragment, record, third, third, 41);
	(void)dtls_rx(to->dtls, clock_now_us(), fragment, n);
}

void deliver(struct pair *p, struct end *from, struct end *to)
{
	const struct outbox_datagram *d;

	while ((d = outbox_take(&from->outbox))) {
		p->longest = d->length > p->longest ? (unsigned)d->length : p->longest;
		p->to_server += to == &p->server;
		if (rng_u32(&p->rng) % 100 < p->loss)
			continue;
		if (p->split_hello && to == &p->server && is_hello(d->bytes, d->length)) {
			deliver_split(to, d->bytes, d->length);
			continue;
		}
		(void)dtls_rx(to->dtls, clock_now_us(), d->bytes, d->length);
		uint8_t ignored[64];
		while (dtls_read(to->dtls, ignored, sizeof ignored) > 0)
			;
	}
}

static bool done(const struct pair *p)
{
	return dtls_get_state(p->client.dtls) != DTLS_HANDSHAKE &&
	       dtls_get_state(p->server.dtls) != DTLS_HANDSHAKE;
}

void run(struct pair *p, uint64_t us)
{
	uint64_t start = clock_now_us();

	while (!done(p) && clock_now_us() - start < us) {
		dtls_tick(p->client.dtls, clock_now_us());
		dtls_tick(p->server.dtls, clock_now_us());
		deliver(p, &p->client, &p->server);
		deliver(p, &p->server, &p->client);
		if (p->loss && !done(p)) /* only a timer can help now */
			(void)nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
}

void assert_same_keys(struct pair *p, enum srtp_suite suite)
{
	struct srtp_keys c, s;

	assert_int_equal(dtls_get_state(p->client.dtls), DTLS_DONE);
	assert_int_equal(dtls_get_state(p->server.dtls), DTLS_DONE);
	assert_int_equal(dtls_export_keys(p->client.dtls, p->client.fingerprint, &c), 0);
	assert_int_equal(dtls_export_keys(p->server.dtls, p->server.fingerprint, &s), 0);
	assert_int_equal(c.suite, suite);
	assert_int_equal(s.suite, suite);
	assert_memory_equal(c.send_key, s.receive_key, SRTP_KEY_LENGTH);
	assert_memory_equal(c.receive_key, s.send_key, SRTP_KEY_LENGTH);
	assert_memory_equal(c.send_salt, s.receive_salt, srtp_salt_length(suite));
	assert_memory_equal(c.receive_salt, s.send_salt, srtp_salt_length(suite));
	assert_memory_not_equal(c.send_key, c.receive_key, SRTP_KEY_LENGTH);
}

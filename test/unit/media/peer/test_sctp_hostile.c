/* SPDX-License-Identifier: Apache-2.0 */
/* An SCTP association against a hostile peer that knows the keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "media/peer/sctp.h"
#include "wire/sctp.h"

enum { MS = 1000, S = 1000 * 1000 };

struct hostile {
	uint64_t now;
	struct rng rng;
	struct sctp *a;
	uint32_t tag, tsn; /* what our packets must carry; our next TSN */
	uint8_t out[SCTP_PACKET_MAX];
	size_t length;
};

/* Begins a packet with one chunk. */
static struct wr packet_to(struct hostile *h, uint8_t *bytes, size_t capacity, uint32_t tag)
{
	struct wr w = wr_of(bytes, capacity);

	(void)h;
	sctp_write_header(&w, &(struct sctp_header){ SCTP_PORT, SCTP_PORT, tag });
	return w;
}

static bool give(struct hostile *h, struct wr *w)
{
	bool taken = sctp_rx(h->a, h->now, w->start, sctp_write_checksum(w));
	size_t n;
	struct sctp_message m;
	uint8_t packet[SCTP_PACKET_MAX];

	while (sctp_next_message(h->a, &m))
		;
	h->length = 0;
	while ((n = sctp_next_packet(h->a, h->now, packet))) {
		memcpy(h->out, packet, n);
		h->length = n;
	}
	return taken;
}

/* The first chunk of the last packet that came out. */
static struct sctp_chunk answer_of(const struct hostile *h, struct sctp_header *ret)
{
	struct sctp_chunk c = { 0 };
	struct rd chunks;

	assert_true(sctp_parse(ret, &chunks, h->out, h->length));
	assert_true(sctp_next_chunk(&chunks, &c));
	return c;
}

static void write_init(struct wr *w, uint32_t tag, uint32_t tsn)
{
	size_t begin = sctp_begin_chunk(w, SCTP_INIT, 0), param;

	wr_be32(w, tag);
	wr_be32(w, 100000);
	wr_be16(w, 65535);
	wr_be16(w, 65535);
	wr_be32(w, tsn);
	param = sctp_begin_param(w, SCTP_PARAM_FORWARD_TSN);
	sctp_end(w, param);
	sctp_end(w, begin);
}

/* The INIT ACK's cookie into `ret`. */
static size_t cookie_of(struct hostile *h, uint8_t *ret)
{
	struct sctp_header header;
	struct sctp_chunk c = answer_of(h, &header);
	struct sctp_param param;

	assert_int_equal(c.type, SCTP_INIT_ACK);
	h->tag = rd_be32(&c.body);
	rd_skip(&c.body, 12);
	while (sctp_next_param(&c.body, &param)) {
		if (param.type == SCTP_PARAM_COOKIE) {
			size_t n = rd_left(&param.body);

			memcpy(ret, param.body.p, n);
			return n;
		}
	}
	fail_msg("no cookie");
	return 0;
}

static bool echo(struct hostile *h, const uint8_t *cookie, size_t n)
{
	uint8_t bytes[600];
	struct wr w = packet_to(h, bytes, sizeof bytes, h->tag);
	size_t begin = sctp_begin_chunk(&w, SCTP_COOKIE_ECHO, 0);

	wr_bytes(&w, cookie, n);
	sctp_end(&w, begin);
	(void)give(h, &w);
	return sctp_get_state(h->a) == SCTP_ESTABLISHED;
}

static void hostile_init(struct hostile *h, uint64_t seed)
{
	uint8_t bytes[600];

	memset(h, 0, sizeof *h);
	h->now = S;
	rng_seeded(&h->rng, seed);
	assert_int_equal(sctp_new(&h->a, &h->rng, false), 0);
	struct wr w = packet_to(h, bytes, sizeof bytes, 0);
	h->tsn = 0xfffffff0; /* wraps soon */
	write_init(&w, 77, h->tsn);
	assert_true(give(h, &w));
}

static void hostile_start(struct hostile *h, uint64_t seed)
{
	uint8_t cookie[512];
	size_t n;

	hostile_init(h, seed);
	n = cookie_of(h, cookie);
	assert_true(echo(h, cookie, n));
}

static void data_chunk(struct wr *w, uint8_t flags, uint32_t tsn, uint16_t stream, uint16_t ssn,
		       size_t length)
{
	static const uint8_t zero[2048];
	size_t begin = sctp_begin_chunk(w, SCTP_DATA, flags);

	wr_be32(w, tsn);
	wr_be16(w, stream);
	wr_be16(w, ssn);
	wr_be32(w, 53);
	wr_bytes(w, zero, length);
	sctp_end(w, begin);
}

static bool give_data(struct hostile *h, uint8_t flags, uint32_t tsn, uint16_t stream, uint16_t ssn,
		      size_t length)
{
	uint8_t bytes[1400];
	struct wr w = packet_to(h, bytes, sizeof bytes, h->tag);

	data_chunk(&w, flags, tsn, stream, ssn, length);
	return give(h, &w);
}

static void cookies_are_checked(void **state)
{
	struct hostile h;
	uint8_t cookie[512];
	size_t n;

	(void)state;
	hostile_init(&h, 11);
	n = cookie_of(&h, cookie);
	for (size_t i = 0; i < n; i++) { /* any change is seen */
		cookie[i] ^= 1;
		assert_false(echo(&h, cookie, n));
		cookie[i] ^= 1;
	}
	assert_false(echo(&h, cookie, n - 1));
	assert_false(echo(&h, cookie, 0));
	h.now += 61 * (uint64_t)S;
	assert_false(echo(&h, cookie, n)); /* too old */
	h.now -= 30 * (uint64_t)S;
	assert_true(echo(&h, cookie, n));
	struct sctp_header header;
	assert_int_equal(answer_of(&h, &header).type, SCTP_COOKIE_ACK);
	assert_int_equal(header.tag, 77);
	h.length = 0;
	assert_true(echo(&h, cookie, n)); /* our answer was lost: again */
	assert_int_equal(answer_of(&h, &header).type, SCTP_COOKIE_ACK);
	sctp_free(h.a);
}

static void tags_and_checksums_are_checked(void **state)
{
	struct hostile h;
	uint8_t bytes[600];

	(void)state;
	hostile_start(&h, 12);
	struct wr w = packet_to(&h, bytes, sizeof bytes, h.tag + 1);
	sctp_end(&w, sctp_begin_chunk(&w, SCTP_ABORT, 0));
	assert_false(give(&h, &w));
	w = packet_to(&h, bytes, sizeof bytes, h.tag);
	sctp_end(&w, sctp_begin_chunk(&w, SCTP_ABORT, SCTP_FLAG_TAG));
	assert_false(give(&h, &w)); /* with T it must be the peer's own */
	w = packet_to(&h, bytes, sizeof bytes, h.tag);
	sctp_end(&w, sctp_begin_chunk(&w, SCTP_ABORT, 0));
	size_t n = sctp_write_checksum(&w);
	bytes[9] ^= 1;
	assert_false(sctp_rx(h.a, h.now, bytes, n));
	assert_int_equal(sctp_get_state(h.a), SCTP_ESTABLISHED);
	bytes[9] ^= 1;
	assert_true(sctp_rx(h.a, h.now, bytes, n));
	assert_int_equal(sctp_get_state(h.a), SCTP_ENDED);
	sctp_free(h.a);
}

static void what_never_becomes_complete_is_bounded(void **state)
{
	struct hostile h;
	size_t most = 0;

	(void)state;
	/* Beginnings without ends, each a message of its own. */
	hostile_start(&h, 13);
	for (uint32_t i = 0; i < 20000; i++) {
		(void)give_data(&h, SCTP_FLAG_BEGIN, h.tsn + i, 1, (uint16_t)i, 1100);
		most = sctp_held(h.a) > most ? sctp_held(h.a) : most;
	}
	assert_int_equal(sctp_get_state(h.a), SCTP_ENDED);
	assert_true(most > SCTP_RECEIVE_MAX / 2 && most <= 2 * SCTP_RECEIVE_MAX + 4096);
	assert_int_equal(sctp_held(h.a), 0);
	sctp_free(h.a);

	/* Every second fragment: nothing joins. The window ends it. */
	hostile_start(&h, 14);
	for (uint32_t i = 1; i < 60000; i += 2)
		(void)give_data(&h, SCTP_FLAG_UNORDERED, h.tsn + i, 1, 0, 1);
	assert_true(sctp_held(h.a) <= SCTP_RECEIVE_MAX);
	assert_int_equal(sctp_get_state(h.a), SCTP_ESTABLISHED);
	sctp_free(h.a);

	/* Whole messages that wait for one that is never sent. */
	hostile_start(&h, 15);
	for (uint32_t i = 0; i < 20000 && sctp_get_state(h.a) == SCTP_ESTABLISHED; i++)
		(void)give_data(&h, SCTP_FLAG_BEGIN | SCTP_FLAG_END, h.tsn + i, 1,
				(uint16_t)(i + 1), 10);
	assert_int_equal(sctp_get_state(h.a), SCTP_ENDED);
	sctp_free(h.a);

	/* One message without end. */
	hostile_start(&h, 16);
	for (uint32_t i = 0; i < 1000 && sctp_get_state(h.a) == SCTP_ESTABLISHED; i++)
		(void)give_data(&h, i ? 0 : SCTP_FLAG_BEGIN, h.tsn + i, 1, 0, 1100);
	assert_int_equal(sctp_get_state(h.a), SCTP_ENDED);
	assert_string_equal(sctp_cause(h.a), "a message is too long");
	sctp_free(h.a);
}

static void nonsense_from_a_peer_changes_nothing(void **state)
{
	struct hostile h;
	uint8_t bytes[1400];
	struct sctp_header header;
	struct wr w;

	(void)state;
	hostile_start(&h, 17);
	/* An acknowledgement of what was never sent, gaps out of order. */
	w = packet_to(&h, bytes, sizeof bytes, h.tag);
	size_t begin = sctp_begin_chunk(&w, SCTP_SACK, 0);
	wr_be32(&w, 0x12345678);
	wr_be32(&w, 0);
	wr_be16(&w, 300);
	wr_be16(&w, 0);
	for (int i = 0; i < 300; i++)
		wr_be32(&w, 0x0001ffff);
	sctp_end(&w, begin);
	assert_true(give(&h, &w));
	/* A stream that does not exist, a FORWARD TSN far away, then a message as usual. */
	assert_true(give_data(&h, SCTP_FLAG_BEGIN | SCTP_FLAG_END, h.tsn, 5000, 0, 10));
	w = packet_to(&h, bytes, sizeof bytes, h.tag);
	begin = sctp_begin_chunk(&w, SCTP_FORWARD_TSN, 0);
	wr_be32(&w, h.tsn + 100000);
	wr_be32(&w, 0xffffffff);
	sctp_end(&w, begin);
	assert_true(give(&h, &w));
	assert_true(give_data(&h, SCTP_FLAG_BEGIN | SCTP_FLAG_END, h.tsn + 100001, 1, 0, 10));
	h.now += S;
	w = packet_to(&h, bytes, sizeof bytes, h.tag);
	begin = sctp_begin_chunk(&w, SCTP_HEARTBEAT, 0);
	wr_be32(&w, 0x00010008);
	wr_be32(&w, 0xcafecafe);
	sctp_end(&w, begin);
	assert_true(sctp_rx(h.a, h.now, w.start, sctp_write_checksum(&w)));
	h.length = sctp_next_packet(h.a, h.now, h.out);
	struct sctp_chunk c = answer_of(&h, &header);
	assert_int_equal(c.type, SCTP_HEARTBEAT_ACK);
	assert_int_equal(rd_be64(&c.body), 0x00010008cafecafe);
	h.length = sctp_next_packet(h.a, h.now, h.out);
	c = answer_of(&h, &header);
	assert_int_equal(c.type, SCTP_SACK);
	assert_int_equal(rd_be32(&c.body), h.tsn + 100001);
	assert_int_equal(sctp_get_state(h.a), SCTP_ESTABLISHED);
	sctp_free(h.a);
}

static uint64_t cpu_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void forward_chunk(struct wr *w, uint32_t to, unsigned streams, uint16_t ssn)
{
	size_t begin = sctp_begin_chunk(w, SCTP_FORWARD_TSN, 0);

	wr_be32(w, to);
	for (uint16_t i = 0; i < streams; i++) {
		wr_be16(w, (uint16_t)(i + 2));
		wr_be16(w, ssn);
	}
	sctp_end(w, begin);
}

/*
 * As much work as a packet can ask for: hundreds of streams to skip, for each
 * of which all that is held was looked through; or ninety chunks that each move on by all of the window.
 */
static void a_packet_is_no_work(void **state)
{
	enum { HELD = 2000, PACKETS = 1000, STREAMS = 280, CHUNKS = 90 };
	uint8_t bytes[1400];
	struct hostile h;
	struct wr w;

	(void)state;
	hostile_start(&h, 18);
	for (uint32_t i = 0; i < HELD; i++) /* complete, and never in order */
		(void)give_data(&h, SCTP_FLAG_BEGIN | SCTP_FLAG_END, h.tsn + i, 1,
				(uint16_t)(i + 1), 1);
	uint64_t since = cpu_ms();
	uint32_t to = h.tsn + HELD;

	for (uint32_t i = 0; i < PACKETS; i++) {
		w = packet_to(&h, bytes, sizeof bytes, h.tag);
		forward_chunk(&w, to++, STREAMS, (uint16_t)i);
		assert_true(give(&h, &w));
	}
	for (uint32_t i = 0; i < PACKETS; i++) {
		w = packet_to(&h, bytes, sizeof bytes, h.tag);
		for (uint32_t k = 0; k < CHUNKS; k++)
			forward_chunk(&w, to += 4000, 0, 0);
		assert_true(give(&h, &w));
	}
	assert_int_equal(sctp_get_state(h.a), SCTP_ESTABLISHED);
	print_message("%u packets: %u ms\n", 2 * PACKETS, (unsigned)(cpu_ms() - since));
	assert_true(cpu_ms() - since < 500);
	sctp_free(h.a);
}

/*
 * Thousands of small messages to one who made them partially reliable and acknowledges none: giving up
 * on one looked at all that is in flight.
 */
static void giving_up_is_no_work(void **state)
{
	enum { ROUNDS = 20 };
	uint8_t packet[SCTP_PACKET_MAX];
	struct hostile h;
	uint64_t spent = 0;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct blob *blob = blob_new(1);

		hostile_start(&h, 19 + round);
		blob->bytes[0] = 0;
		while (sctp_send(h.a, &(struct sctp_outgoing){ .blob = blob,
							       .ppid = 53,
							       .stream = 1,
							       .partial = true }) == 0)
			;
		while (sctp_next_packet(h.a, h.now, packet))
			;
		uint64_t since = cpu_ms();
		h.now += 11 * (uint64_t)S;
		sctp_tick(h.a, h.now);
		spent += cpu_ms() - since;
		assert_int_equal(sctp_get_state(h.a), SCTP_ESTABLISHED);
		blob_unref(blob);
		sctp_free(h.a);
	}
	print_message("%u times: %u ms\n", ROUNDS, (unsigned)spent);
	assert_true(spent < 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cookies_are_checked),
		cmocka_unit_test(tags_and_checksums_are_checked),
		cmocka_unit_test(what_never_becomes_complete_is_bounded),
		cmocka_unit_test(nonsense_from_a_peer_changes_nothing),
		cmocka_unit_test(a_packet_is_no_work),
		cmocka_unit_test(giving_up_is_no_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

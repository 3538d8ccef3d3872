/* SPDX-License-Identifier: Apache-2.0 */
/* The TURN server in virtual time: what an allocation is for, how long, and that it leads nowhere but to us (R54). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "turn_case.h"

static void send_to(struct fixture *f, struct sockaddr_storage peer, const char *text)
{
	const struct turn_msg m = { .type = TURN_SEND,
				    .peer_count = 1,
				    .peers = { peer },
				    .data = (const uint8_t *)text,
				    .data_length = (uint16_t)strlen(text) };
	size_t n = turn_request(f->bytes, sizeof f->bytes, m, NULL, NULL);

	turn_rx(&f->turn, f->now, &there, f->bytes, n, &f->in);
}

static void send_channel(struct fixture *f, uint16_t channel, const char *text)
{
	size_t n = strlen(text);
	const uint8_t head[] = { (uint8_t)(channel >> 8), (uint8_t)channel, 0, (uint8_t)n };

	memcpy(f->bytes, head, 4);
	memcpy(f->bytes + 4, text, n);
	turn_rx(&f->turn, f->now, &there, f->bytes, (4 + n + 3) & ~(size_t)3, &f->in);
}

#define ASSERT_PACKET(f, text)                                          \
	do {                                                            \
		assert_int_equal((f)->in.kind, TURN_IN_PACKET);         \
		assert_int_equal((f)->in.length, strlen(text));         \
		assert_memory_equal((f)->in.bytes, text, strlen(text)); \
	} while (0)

static void test_packets(void **state)
{
	struct fixture *f = *state;
	uint8_t head[TURN_DATA_HEAD_MAX], message[200];
	struct turn_msg m;
	size_t pad, n;

	send_to(f, f->addresses[0], "too early");
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);
	assert_int_equal(turn_wrap(&f->turn, f->now, 0, 100, head, &pad), 0);
	assert_int_equal(ask(f, permission_for(f->addresses[1])), 0);
	assert_int_equal(ask(f, permission_for(f->addresses[0])), 0);
	send_to(f, f->addresses[0], "first");
	ASSERT_PACKET(f, "first");
	assert_int_equal(f->in.way, 1);
	send_to(f, f->addresses[1], "second");
	ASSERT_PACKET(f, "second");
	assert_int_equal(f->in.way, 0);
	send_to(f, f->addresses[0], "");
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);

	/* back, as a Data indication */
	n = turn_wrap(&f->turn, f->now, 1, 5, head, &pad);
	assert_true(n > 0 && pad == 3);
	memset(message, 0, sizeof message);
	memcpy(message, head, n);
	memcpy(message + n, "reply", 5);
	assert_int_equal(turn_parse(&m, message, n + 5 + pad), STUN_OK);
	assert_int_equal(m.type, TURN_DATA);
	assert_true(address_equal(&m.peers[0], &f->addresses[0]));
	assert_int_equal(m.data_length, 5);
	assert_memory_equal(m.data, "reply", 5);

	send_channel(f, 0x4001, "not bound");
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);
	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x4001)), 0);
	send_channel(f, 0x4001, "bound");
	ASSERT_PACKET(f, "bound");
	assert_int_equal(f->in.way, 1);
	assert_int_equal(turn_wrap(&f->turn, f->now, 1, 5, head, &pad), 4);
	assert_memory_equal(head, "\x40\x01\x00\x05", 4);
	assert_int_equal(pad, 3);
	memcpy(f->bytes, "\x40\x01\x00\xff....", 8); /* leaves its message */
	turn_rx(&f->turn, f->now, &there, f->bytes, 8, &f->in);
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);
}

static void test_channels_are_one_to_one(void **state)
{
	struct fixture *f = *state;
	struct turn_msg two = binding_of(f->addresses[0], 0x4000);

	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x3fff)), 400);
	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x5000)), 400);
	two.peer_count = 2;
	two.peers[1] = f->addresses[1];
	assert_int_equal(ask(f, two), 400);
	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x4000)), 0);
	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x4000)), 0);
	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x4001)), 400);
	assert_int_equal(ask(f, binding_of(f->addresses[1], 0x4000)), 400);
	assert_int_equal(ask(f, binding_of(f->addresses[1], 0x4fff)), 0);
}

static void test_time_runs_out(void **state)
{
	struct fixture *f = *state;
	uint8_t head[TURN_DATA_HEAD_MAX];
	size_t pad;

	assert_int_equal(ask(f, binding_of(f->addresses[0], 0x4000)), 0);
	f->now += 299 * US_PER_S;
	assert_int_equal(turn_wrap(&f->turn, f->now, 0, 9, head, &pad), 4);
	f->now += US_PER_S; /* the permission */
	assert_int_equal(turn_wrap(&f->turn, f->now, 0, 9, head, &pad), 0);
	send_to(f, f->addresses[0], "late");
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);
	assert_int_equal(ask(f, permission_for(f->addresses[0])), 0);
	f->now += 299 * US_PER_S;
	send_channel(f, 0x4000, "still");
	ASSERT_PACKET(f, "still");
	f->now += US_PER_S; /* the channel */
	send_channel(f, 0x4000, "late");
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);
	assert_true(f->now >= f->turn.expires);
}

static void test_refresh_ends_it(void **state)
{
	struct fixture *f = *state;
	struct turn_msg m = { .type = TURN_REFRESH, .has_lifetime = true, .lifetime = 3600 };

	assert_int_equal(ask(f, m), 0);
	assert_int_equal(f->answer.lifetime, 600);
	assert_int_equal(f->in.kind, TURN_IN_REPLY);
	m.lifetime = 0;
	assert_int_equal(ask(f, m), 0);
	assert_int_equal(f->answer.lifetime, 0);
	assert_int_equal(f->in.kind, TURN_IN_END);
}

/* What has opened other relays: RFC 6890 and its IPv6 kin, and IPv4 in every dress of IPv6. */
static const char *const elsewhere[] = {
	"127.0.0.1",
	"127.255.255.254",
	"0.0.0.0",
	"0.0.0.1",
	"255.255.255.255",
	"10.0.0.1",
	"10.0.0.4",
	"10.0.0.6",
	"10.255.255.255",
	"100.64.0.1",
	"169.254.169.254",
	"172.16.0.1",
	"172.31.255.255",
	"192.0.0.1",
	"192.0.2.1",
	"192.88.99.1",
	"192.168.0.1",
	"198.18.0.1",
	"198.51.100.9",
	"203.0.113.6",
	"203.0.113.8",
	"7.113.0.203",
	"224.0.0.1",
	"239.255.255.255",
	"240.0.0.1",
	"8.8.8.8",
	"::",
	"::1",
	"::2",
	"::127.0.0.1",
	"::10.0.0.5",
	"::203.0.113.7",
	"::ffff:127.0.0.1",
	"::ffff:0.0.0.0",
	"::ffff:10.0.0.5",
	"::ffff:203.0.113.7",
	"::ffff:169.254.169.254",
	"::ffff:0:127.0.0.1",
	"::ffff:0:203.0.113.7",
	"64:ff9b::127.0.0.1",
	"64:ff9b::10.0.0.5",
	"64:ff9b::203.0.113.7",
	"64:ff9b:1::7f00:1",
	"2002:7f00:1::",
	"2002:a00:5::",
	"2002:cb00:7107::",
	"2001::7f00:1",
	"2001:0:cb00:7107::",
	"2001:10::1",
	"2001:20::1",
	"2001:db8::",
	"2001:db8::1",
	"2001:db8::8",
	"2001:db8::7:7",
	"2001:db8:0:1::7",
	"100::1",
	"5f00::1",
	"3fff::1",
	"fc00::1",
	"fd00::1",
	"fe80::1",
	"fe80::203.0.113.7",
	"fec0::1",
	"ff01::1",
	"ff02::1",
	"ff0e::1",
	"fe80::5efe:127.0.0.1",
	"2001:db8::5efe:203.0.113.7",
	"2606:4700:4700::1111",
	"2a00:1450::8888",
};

/* Each of them as each family's allocation, by each method. */
static void test_nowhere_but_to_us(void **state)
{
	struct fixture *f = *state;
	struct turn_msg m = an_allocate;

	m.has_family = true;
	for (m.family = 1; m.family <= 2; m.family++) {
		turn_init(&f->turn, &f->server, &f->client, NUMBER);
		assert_int_equal(ask(f, m), 0);
		/* as much as may be is allowed, so that nothing is refused for want of it */
		assert_int_equal(ask(f, binding_of(f->addresses[m.family == 1 ? 0 : 2], 0x4000)),
				 0);
		for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
			static const uint16_t ports[] = { 0, 22, 443, 7885, 65535 };

			for (size_t k = 0; k < 5; k++) {
				struct sockaddr_storage peer = at(elsewhere[i], ports[k]);
				int want = (peer.ss_family == AF_INET) == (m.family == 1) ? 403
											  : 443;

				assert_int_equal(ask(f, permission_for(peer)), want);
				assert_int_equal(ask(f, binding_of(peer, 0x4000)), want);
				assert_int_equal(ask(f, binding_of(peer, 0x4abc)), want);
				send_to(f, peer, "x");
				assert_int_equal(f->in.kind, TURN_IN_NOTHING);
			}
		}
		assert_int_equal(f->turn.way_count, 1);
	}
}

/* Our own machine, at other ports than media's. */
static void test_no_other_port_of_ours(void **state)
{
	struct fixture *f = *state;
	static const uint16_t ports[] = { 0, 22, 80, 443, 5432, 7881, 7882, 7884, 7886 };

	assert_int_equal(ask(f, permission_for(f->addresses[0])), 0);
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		struct sockaddr_storage peer = at("203.0.113.7", ports[i]);

		assert_int_equal(ask(f, permission_for(peer)), 0); /* permissions have no port */
		assert_int_equal(ask(f, binding_of(peer, 0x4000)), 403);
		send_to(f, peer, "x");
		assert_int_equal(f->in.kind, TURN_IN_NOTHING);
	}
}

static void test_all_or_none(void **state)
{
	struct fixture *f = *state;
	struct turn_msg m = permission_for(f->addresses[0]);

	m.peer_count = 2;
	m.peers[1] = at("8.8.8.8", 53);
	assert_int_equal(ask(f, m), 403);
	send_to(f, f->addresses[0], "x");
	assert_int_equal(f->in.kind, TURN_IN_NOTHING);
	m.peers[1] = f->addresses[1];
	assert_int_equal(ask(f, m), 0);
	send_to(f, f->addresses[1], "x");
	ASSERT_PACKET(f, "x");
}

#define TEST(name) cmocka_unit_test_setup(name, setup_allocated)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_packets),
		TEST(test_channels_are_one_to_one),
		TEST(test_time_runs_out),
		TEST(test_refresh_ends_it),
		TEST(test_no_other_port_of_ours),
		TEST(test_all_or_none),
		cmocka_unit_test_setup(test_nowhere_but_to_us, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

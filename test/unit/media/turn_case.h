/* SPDX-License-Identifier: Apache-2.0 */
/* A TURN server with three addresses and a client of it, in virtual time. */
#pragma once

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/address.h"
#include "base/clock.h"
#include "turn_request.h"

enum { WORKER = 3, NUMBER = 77 };

static const struct turn_standing there = { .present = true };

struct fixture {
	struct rng rng;
	struct sockaddr_storage addresses[3], client;
	struct turn_server server;
	struct turn turn;
	struct turn_credentials who;
	char nonce[64];
	uint64_t now;
	struct turn_in in;
	struct turn_msg answer; /* to the last request */
	uint8_t bytes[2000];
};

static inline struct sockaddr_storage at(const char *ip, uint16_t port)
{
	struct sockaddr_storage ret = { 0 };
	struct sockaddr_in *four = (void *)&ret;
	struct sockaddr_in6 *six = (void *)&ret;

	if (inet_pton(AF_INET, ip, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(port);
	} else {
		assert_int_equal(inet_pton(AF_INET6, ip, &six->sin6_addr), 1);
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(port);
	}
	return ret;
}

static inline void give_nonce(struct fixture *f)
{
	uint8_t greeting[STUN_MESSAGE_MAX];
	const struct turn_msg m = { .type = TURN_ALLOCATE, .has_transport = true, .transport = 17 };
	size_t n = turn_request(f->bytes, sizeof f->bytes, m, NULL, NULL);

	n = turn_greet(f->server.secret, f->now, &f->client, f->bytes, n, greeting);
	assert_true(n > 0 && n <= 120);
	turn_nonce_of(greeting, n, f->nonce);
}

static inline int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){ .now = 5000 * (uint64_t)US_PER_S };
	rng_seeded(&f.rng, 1);
	f.addresses[0] = at("203.0.113.7", 7885);
	f.addresses[1] = at("10.0.0.5", 7885);
	f.addresses[2] = at("2001:db8::7", 7885);
	f.client = at("198.51.100.9", 40000);
	f.server = (struct turn_server){
		.worker = WORKER, .addresses = f.addresses, .address_count = 3, .rng = &f.rng
	};
	rng_fill(&f.rng, f.server.secret, sizeof f.server.secret);
	turn_init(&f.turn, &f.server, &f.client, NUMBER);
	turn_credentials_make(f.server.secret, f.now, WORKER, "PA_abcdefghijkl", &f.who);
	give_nonce(&f);
	*state = &f;
	return 0;
}

/* Sends a request as `who`; the code of the answer, 0 = success, -1 = none. */
static inline int ask_as(struct fixture *f, struct turn_msg m, const struct turn_credentials *who,
			 const struct turn_standing *standing)
{
	size_t n = turn_request(f->bytes, sizeof f->bytes, m, who, f->nonce);

	turn_rx(&f->turn, f->now, standing, f->bytes, n, &f->in);
	f->answer = (struct turn_msg){ 0 };
	if (!f->in.length || f->in.kind == TURN_IN_PACKET)
		return -1;
	assert_ptr_equal(f->in.bytes, f->in.reply);
	assert_int_equal(turn_parse(&f->answer, f->in.reply, f->in.length), STUN_OK);
	assert_int_equal(f->answer.type, m.type | (f->answer.error_code ? 0x110 : 0x100));
	return f->answer.error_code;
}

static inline int ask(struct fixture *f, struct turn_msg m)
{
	return ask_as(f, m, &f->who, &there);
}

static const struct turn_msg an_allocate = { .type = TURN_ALLOCATE,
					     .has_transport = true,
					     .transport = TURN_UDP };

static inline int setup_allocated(void **state)
{
	setup(state);
	return ask(*state, an_allocate);
}

static inline struct turn_msg permission_for(struct sockaddr_storage peer)
{
	return (struct turn_msg){ .type = TURN_CREATE_PERMISSION,
				  .peer_count = 1,
				  .peers = { peer } };
}

static inline struct turn_msg binding_of(struct sockaddr_storage peer, uint16_t channel)
{
	return (struct turn_msg){ .type = TURN_CHANNEL_BIND,
				  .has_channel = true,
				  .channel = channel,
				  .peer_count = 1,
				  .peers = { peer } };
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "base/cleanup.h"
#include "wire/candidate.h"

static bool parse(struct candidate *ret, const char *text)
{
	return candidate_parse(ret, text, strlen(text));
}

static void usable(void **state)
{
	(void)state;
	struct candidate c;
	const struct sockaddr_in *in = (const void *)&c.address;
	const struct sockaddr_in6 *in6 = (const void *)&c.address;

	assert_true(parse(&c, "candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host"));
	assert_int_equal(c.priority, 2130706431);
	assert_int_equal(in->sin_family, AF_INET);
	assert_int_equal(ntohs(in->sin_port), 7882);
	assert_int_equal(ntohl(in->sin_addr.s_addr), 0xc0000201);
	assert_true(parse(&c, "a=candidate:x/+ 1 UDP 1 2001:db8::1 9 typ srflx raddr 0.0.0.0 "
			      "rport 1 generation 0"));
	assert_int_equal(in6->sin6_family, AF_INET6);
	assert_int_equal(in6->sin6_addr.s6_addr[1], 1);
}

static void not_usable(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"",
		"candidate:",
		"candidate:1 1 udp 1 192.0.2.1",
		"candidate:1 1 udp 1 192.0.2.1 7882",
		"candidate:1 1 udp 1 192.0.2.1 7882 type host",
		"candidate:1 2 udp 1 192.0.2.1 7882 typ host",
		"candidate:1 1 tcp 1 192.0.2.1 7882 typ host",
		"candidate:1 1 udp 4294967296 192.0.2.1 7882 typ host",
		"candidate:1 1 udp 1 192.0.2.1 65536 typ host",
		"candidate:1 1 udp 1 192.0.2.1 0 typ host",
		"candidate:1 1 udp 1 3e1f-44.local 7882 typ host",
		"candidate:1 1 udp 1 192.0.2 7882 typ host",
		"candidate:1 1 udp x 192.0.2.1 7882 typ host",
	};
	struct candidate c;

	for (size_t i = 0; i < countof(texts); i++)
		assert_false(parse(&c, texts[i]));
}

static void listed(void **state)
{
	(void)state;
	static const char sdp[] = "v=0\r\na=candidate:1 1 udp 10 192.0.2.1 1 typ host\r\n"
				  "m=x\na=candidate:2 1 udp 30 192.0.2.2 1 typ host\n"
				  "a=candidate:2 1 tcp 99 192.0.2.9 9 typ host\r\n"
				  "a=candidate:3 1 udp 20 192.0.2.3 1 typ host\r\n"
				  "a=candidate:3 1 udp 99 192.0.2.3 1 typ host\r\n"
				  "a=candidate:4 1 udp 5 192.0.2.4 1 typ host";
	struct candidate list[4];

	assert_int_equal(candidate_list(sdp, sizeof sdp - 1, list, 4), 4);
	assert_int_equal(list[0].priority, 30);
	assert_int_equal(list[1].priority, 20);
	assert_int_equal(list[2].priority, 10);
	assert_int_equal(list[3].priority, 5);
	/* the best ones are kept when there is room for fewer */
	assert_int_equal(candidate_list(sdp, sizeof sdp - 1, list, 2), 2);
	assert_int_equal(list[0].priority, 30);
	assert_int_equal(list[1].priority, 20);
	assert_int_equal(candidate_list(sdp, sizeof sdp - 1, list, 0), 0);
	assert_int_equal(candidate_list("", 0, list, 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(usable), cmocka_unit_test(not_usable),
					    cmocka_unit_test(listed) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses strangers may make the server connect to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "control/hooks/public.h"

static bool is_public(const char *text)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return address_is_public((const struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return address_is_public((const struct sockaddr *)&v6);
}

static void test_inside(void **state)
{
	static const char *const list[] = {
		"0.0.0.0",
		"10.1.2.3",
		"100.64.0.1",
		"100.127.255.255",
		"127.0.0.1",
		"127.255.0.1",
		"169.254.169.254",
		"172.16.0.1",
		"172.31.255.255",
		"192.168.0.1",
		"192.0.2.7",
		"198.18.0.1",
		"198.19.255.255",
		"224.0.0.1",
		"240.0.0.1",
		"255.255.255.255",
		"::",
		"::1",
		"::ffff:127.0.0.1",
		"::ffff:8.8.8.8",
		"::127.0.0.1",
		"64:ff9b::a00:1",
		"fc00::1",
		"fd12::1",
		"fe80::1",
		"ff02::1",
		"2001::1",
		"2001:db8::1",
		"2002:7f00:1::",
		"3fff::1",
	};

	(void)state;
	for (size_t i = 0; i < countof(list); i++)
		if (is_public(list[i]))
			fail_msg("%s counts as public", list[i]);
}

static void test_outside(void **state)
{
	static const char *const list[] = {
		"1.1.1.1",    "8.8.8.8",     "100.63.255.255", "100.128.0.0",  "126.255.255.255",
		"128.0.0.1",  "172.15.0.1",  "172.32.0.1",     "192.167.0.1",  "198.17.0.1",
		"198.20.0.1", "223.255.0.1", "2606:4700::1",   "2a00:1450::1", "2001:4860::1",
	};

	(void)state;
	for (size_t i = 0; i < countof(list); i++)
		if (!is_public(list[i]))
			fail_msg("%s does not count as public", list[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The pure parts of `confab doctor`; test/api/doctor.test.mjs has the rest. */
#include "cli/doctor/doctor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "cli/doctor/probe.h"
#include "net/udp.h"
#include "wire/stun.h"

static void test_urls(void **state)
{
	static const struct {
		const char *url, *text;
		bool path, local;
	} good[] = {
		{ "https://chat.example.com", "https://chat.example.com", false, false },
		{ "HTTPS://chat.example.com:443/", "https://chat.example.com", false, false },
		{ "http://localhost:8080/app", "http://localhost:8080", true, true },
		{ "wss://[2001:db8::1]:8443?x", "https://[2001:db8::1]:8443", true, false },
		{ "http://[::1]", "http://[::1]", false, true },
		{ "http://127.0.0.2:80", "http://127.0.0.2", false, true },
		{ "http://shop.localhost", "http://shop.localhost", false, true },
	};
	static const char *const bad[] = {
		"",	      "chat.example.com", "ftp://a",	    "https://",	   "https://:443",
		"http://a:0", "http://a:b",	  "http://a:65536", "http://[::1", "http://a b/",
		"http://u@a", "http://a:80x"
	};
	struct web_target t;
	char text[WEB_HOST + 32];
	bool path;

	(void)state;
	for (size_t i = 0; i < countof(good); i++) {
		assert_int_equal(web_target_parse(good[i].url, &t, &path), 0);
		web_target_text(&t, text);
		assert_string_equal(text, good[i].text);
		assert_int_equal(path, good[i].path);
		assert_int_equal(web_target_is_local(&t), good[i].local);
	}
	for (size_t i = 0; i < countof(bad); i++)
		assert_true(web_target_parse(bad[i], &t, &path) < 0);
}

static void test_http(void **state)
{
	static const char head[] =
		"HTTP/1.1 200 OK\r\nDATE:  now \r\nX-Date: never\r\n\r\nDate: no";
	char value[16], chunks[] = "3;x=1\r\nabc\r\n1\r\nd\r\n0\r\n\r\n", cut[] = "3\r\nab",
			endless[] = "1\r\na\r\n";

	(void)state;
	assert_int_equal(web_head_length(head, sizeof head - 1), sizeof head - 1 - 8);
	assert_int_equal(web_head_length(head, 20), 0);
	web_header(head, "date", value, sizeof value);
	assert_string_equal(value, "now ");
	web_header(head, "content-length", value, sizeof value);
	assert_string_equal(value, "");
	assert_int_equal(web_unchunk(chunks, sizeof chunks - 1), 4);
	assert_memory_equal(chunks, "abcd", 4);
	assert_int_equal(web_unchunk(cut, sizeof cut - 1), -1);
	assert_int_equal(web_unchunk(endless, sizeof endless - 1), -1);
	assert_int_equal(web_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
	assert_int_equal(web_date("Sun, 06 Nav 1994 08:49:37 GMT"), 0);
	assert_int_equal(web_date("yesterday"), 0);
}

static const char offer[] =
	"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
	"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
	"a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"
	"a=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host\r\n"
	"a=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host\r\n"
	"a=candidate:2 1 udp 2130706430 2001:db8::1 7882 typ host\r\n"
	"a=candidate:3 1 tcp 1671430143 192.0.2.1 7882 typ host tcptype passive\r\n"
	"a=candidate:4 2 udp 1 192.0.2.2 1 typ host\r\n"
	"a=candidate:5 1 udp 1 some.local 1 typ host\r\n";

static void test_places(void **state)
{
	struct place places[PLACES_MAX];
	char text[UDP_ADDRESS_TEXT];

	(void)state;
	assert_int_equal(places_of(offer, places, 0), 3);
	udp_address_text(&places[1].address, text);
	assert_string_equal(text, "[2001:db8::1]:7882");
	assert_true(places[2].tcp && !places[0].tcp);
	assert_string_equal(places[2].pwd, "abcdefghijklmnopqrstuv");
	assert_int_equal(places_of(offer, places, 3), 3); /* again: none is new */
	assert_int_equal(
		places_of("v=0\r\na=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n", places, 0),
		0); /* without the words for checks */
}

/* What the server's own parser makes of a check. */
static void test_checks(void **state)
{
	struct place places[PLACES_MAX];
	uint8_t bytes[STUN_MESSAGE_MAX + 2], tid[STUN_TID_LENGTH] = { 1, 2, 3 };
	struct stun_msg m;
	size_t length;

	(void)state;
	(void)places_of(offer, places, 0);
	size_t n = probe_write(&places[0], tid, bytes, sizeof bytes);
	assert_int_equal(stun_parse(&m, bytes, n), STUN_OK);
	assert_int_equal(m.type, STUN_BINDING_REQUEST);
	assert_memory_equal(stun_local_ufrag(&m, &length), "abcd", 4);
	assert_true(m.integrity_at && m.has_fingerprint);
	size_t framed = probe_write(&places[2], tid, bytes, sizeof bytes);
	assert_int_equal(framed, n + 2);
	assert_int_equal(bytes[0] << 8 | bytes[1], n);
	assert_int_equal(stun_parse(&m, bytes + 2, n), STUN_OK);
}

static void test_variables(void **state)
{
	char bytes[] = "A=1\0EMPTY=\0AB=2\0";
	const struct doctor_block block = { bytes, sizeof bytes - 1 };

	(void)state;
	assert_string_equal(doctor_variable(&block, "A"), "1");
	assert_string_equal(doctor_variable(&block, "AB"), "2");
	assert_null(doctor_variable(&block, "EMPTY"));
	assert_null(doctor_variable(&block, "B"));
}

/* A certificate or a server says what it likes; a terminal gets one line of it. */
static void test_findings(void **state)
{
	struct doctor d = { .json = true, .findings = json_array() };

	(void)state;
	doctor_ok(&d, "one", "fine");
	doctor_bad(&d, "two", "\x1b[2J%s", "bell\a\n");
	doctor_fix(&d, "run %d", 7);
	assert_int_equal(json_array_size(d.findings), 2);
	const json_t *bad = json_array_get(d.findings, 1);
	assert_string_equal(json_string_value(json_object_get(bad, "level")), "bad");
	assert_string_equal(json_string_value(json_object_get(bad, "seen")), "?[2Jbell??");
	assert_string_equal(json_string_value(json_object_get(bad, "fix")), "run 7");
	assert_null(json_object_get(json_array_get(d.findings, 0), "fix"));
	assert_int_equal(d.counts[DOCTOR_BAD], 1);
	json_decref(d.findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),	  cmocka_unit_test(test_http),
		cmocka_unit_test(test_places),	  cmocka_unit_test(test_checks),
		cmocka_unit_test(test_variables), cmocka_unit_test(test_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

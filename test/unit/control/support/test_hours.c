/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones against what is known of them, business hours across nights, weekends, holidays and changes of the clocks; how soon the team answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/civil.h"
#include "base/clock.h"
#include "control/chat/mentions.h"
#include "control/support/hours.h"
#include "control/support/reply_time.h"

static int64_t utc(int year, int month, int day, int hour, int minute)
{
	return civil_days(year, month, day) * 86400 + hour * 3600 + minute * 60;
}

static void test_calendar(void **state)
{
	(void)state;
	assert_int_equal(civil_days(1970, 1, 1), 0);
	assert_int_equal(civil_days(2000, 3, 1), 11017);
	assert_int_equal(civil_days(1969, 12, 31), -1);
	assert_int_equal(civil_weekday(0), 4); /* a Thursday */
	assert_int_equal(civil_weekday(civil_days(2026, 11, 25)), 3);
	for (int year = 1960; year < 2110; year++) {
		assert_int_equal(civil_year(civil_days(year, 1, 1)), year);
		assert_int_equal(civil_year(civil_days(year, 12, 31)), year);
	}
}

static void test_zones(void **state)
{
	struct zone z;

	(void)state;
	assert_int_equal(zone_load("Europe/Berlin", &z), 0);
	assert_int_equal(zone_offset(&z, utc(2026, 1, 15, 12, 0)), 3600);
	assert_int_equal(zone_offset(&z, utc(2026, 7, 15, 12, 0)), 7200);
	/* the last Sunday of March, 01:00 UTC */
	assert_int_equal(zone_offset(&z, utc(2026, 3, 29, 0, 59)), 3600);
	assert_int_equal(zone_offset(&z, utc(2026, 3, 29, 1, 0)), 7200);
	assert_int_equal(zone_offset(&z, utc(2026, 10, 25, 0, 59)), 7200);
	assert_int_equal(zone_offset(&z, utc(2026, 10, 25, 1, 0)), 3600);
	/* far behind the table: by the rule at its end */
	assert_int_equal(zone_offset(&z, utc(2090, 3, 26, 0, 59)), 3600);
	assert_int_equal(zone_offset(&z, utc(2090, 3, 26, 1, 0)), 7200);
	assert_int_equal(zone_offset(&z, utc(2090, 12, 1, 0, 0)), 3600);

	/* summer across the turn of the year */
	assert_int_equal(zone_load("Australia/Sydney", &z), 0);
	assert_int_equal(zone_offset(&z, utc(2090, 1, 15, 0, 0)), 11 * 3600);
	assert_int_equal(zone_offset(&z, utc(2090, 7, 15, 0, 0)), 10 * 3600);
	assert_int_equal(zone_load("Asia/Kolkata", &z), 0);
	assert_int_equal(zone_offset(&z, utc(2026, 7, 15, 0, 0)), 19800);
	assert_int_equal(zone_load("America/St_Johns", &z), 0);
	assert_int_equal(zone_offset(&z, utc(2060, 1, 15, 0, 0)), -12600);
	assert_int_equal(zone_load("UTC", &z), 0);
	assert_int_equal(zone_offset(&z, 0), 0);
}

static void test_no_zones(void **state)
{
	static const char *const names[] = {
		"",    "/etc/passwd", "../../etc/passwd", "Europe/..",
		"a b", "Europe",      "Mars/Olympus",	  "tzdata.zi"
	};
	struct zone z;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (zone_load(names[i], &z) == 0)
			fail_msg("%s is no zone", names[i]);
	assert_true(zone_parse((const uint8_t *)"TZif2", 5, &z) < 0);
}

static struct hours parse(const char *week, const char *holidays)
{
	struct hours h;
	char text[1024], error[HOURS_ERROR] = "";

	(void)snprintf(
		text, sizeof text,
		"{\"enabled\":true,\"ask\":false,\"time_zone\":\"Europe/Berlin\",\"away_text\":"
		"\"\",\"week\":%s,\"holidays\":%s,\"read_receipts\":false,"
		"\"slow_mode_s\":30}",
		week, holidays);
	json_t *json = json_loads(text, 0, NULL);
	if (hours_parse(json, &h, error) < 0)
		fail_msg("%s", error);
	/* what is written is what was read */
	json_t *again = hours_json(&h);
	assert_true(json_equal(json, again));
	assert_int_equal(h.slow_mode_s, 30);
	assert_false(h.receipts);
	(void)json_object_del(json, "read_receipts");
	assert_int_equal(hours_parse(json, &h, error), 0);
	assert_true(h.receipts); /* as settings from before it are */
	json_decref(json);
	json_decref(again);
	return h;
}

#define DAY	 "[{\"from\":\"09:00\",\"to\":\"12:30\"},{\"from\":\"13:30\",\"to\":\"17:00\"}]"
#define WEEKDAYS "[" DAY "," DAY "," DAY "," DAY "," DAY ",[],[]]"

static void test_hours(void **state)
{
	struct hours h = parse(WEEKDAYS, "[\"2026-12-25\"]");

	(void)state;
	/* Wednesday 25 November 2026, Berlin is one hour ahead */
	assert_true(hours_at(&h, utc(2026, 11, 25, 8, 0)).open);
	assert_false(hours_at(&h, utc(2026, 11, 25, 7, 59)).open);
	struct hours_state noon = hours_at(&h, utc(2026, 11, 25, 11, 30));
	assert_false(noon.open);
	assert_int_equal(noon.closed_since, utc(2026, 11, 25, 11, 30));
	assert_int_equal(noon.opens_at, utc(2026, 11, 25, 12, 30));
	/* one night is one closing, before and after midnight */
	struct hours_state late = hours_at(&h, utc(2026, 11, 25, 22, 0));
	struct hours_state early = hours_at(&h, utc(2026, 11, 26, 3, 0));
	assert_int_equal(late.closed_since, utc(2026, 11, 25, 16, 0));
	assert_int_equal(early.closed_since, late.closed_since);
	assert_int_equal(early.opens_at, utc(2026, 11, 26, 8, 0));
	/* the weekend; and Christmas on a Friday before one */
	assert_int_equal(hours_at(&h, utc(2026, 11, 28, 12, 0)).opens_at, utc(2026, 11, 30, 8, 0));
	struct hours_state christmas = hours_at(&h, utc(2026, 12, 25, 10, 0));
	assert_false(christmas.open);
	assert_int_equal(christmas.closed_since, utc(2026, 12, 24, 16, 0));
	assert_int_equal(christmas.opens_at, utc(2026, 12, 28, 8, 0));
	/* the clocks change in the night between */
	assert_int_equal(hours_at(&h, utc(2026, 3, 28, 12, 0)).opens_at, utc(2026, 3, 30, 7, 0));
}

static void test_reply_time(void **state)
{
	static const struct {
		uint64_t median_s;
		const char *word;
	} cases[] = {
		{ 0, "minutes" },  { 600, "minutes" }, { 601, "hour" },	 { 3600, "hour" },
		{ 3601, "hours" }, { 21600, "hours" }, { 21601, "day" }, { 86400, "day" },
		{ 86401, "days" }, { 999999, "days" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(reply_time_word(REPLY_TIME_MIN, cases[i].median_s * US_PER_S),
				    cases[i].word);
	assert_null(reply_time_word(REPLY_TIME_MIN - 1, 0));
}

static void test_always_and_never(void **state)
{
#define ALL "[{\"from\":\"00:00\",\"to\":\"24:00\"}]"
	struct hours always = parse("[" ALL "," ALL "," ALL "," ALL "," ALL "," ALL "," ALL "]",
				    "[]");
	struct hours never = parse("[[],[],[],[],[],[],[]]", "[]");

	(void)state;
	for (int hour = 0; hour < 24 * 8; hour++)
		assert_true(hours_at(&always, utc(2026, 11, 25, 0, 0) + hour * 3600).open);
	struct hours_state s = hours_at(&never, utc(2026, 11, 25, 0, 0));
	assert_false(s.open);
	assert_int_equal(s.closed_since, 0);
	assert_int_equal(s.opens_at, 0);
}

static void expect_mentions(const char *text, const char *expected)
{
	struct mentions m;
	char found[256] = "";

	mentions_find(text, &m);
	for (size_t i = 0; i < m.count; i++) {
		strcat(found, m.list[i]);
		strcat(found, " ");
	}
	assert_string_equal(found, expected);
}

static void test_mentions(void **state)
{
	char many[600] = "", longest[80] = "@";

	(void)state;
	expect_mentions("@eva, look", "eva ");
	expect_mentions("ask @Max_2- and (@eva).", "max_2 eva ");
	expect_mentions("write to max@example.org or @", "");
	expect_mentions("@@eva @-", "");
	for (int i = 0; i < 30; i++)
		strcat(many, "@a ");
	struct mentions m;
	mentions_find(many, &m);
	assert_int_equal(m.count, MENTIONS_MAX);
	memset(longest + 1, 'x', 65);
	expect_mentions(longest, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calendar),	 cmocka_unit_test(test_zones),
		cmocka_unit_test(test_no_zones),	 cmocka_unit_test(test_hours),
		cmocka_unit_test(test_always_and_never), cmocka_unit_test(test_mentions),
		cmocka_unit_test(test_reply_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "control/support/hours.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/utf8.h"

enum { DAY_MIN = 1440, DAY_S = 86400, FORTNIGHT = 15 };

void hours_default(struct hours *ret)
{
	*ret = (struct hours){ .zone_name = "UTC", .ask = true, .receipts = true };
	for (int day = 0; day < 5; day++) {
		ret->week[day][0] = (struct hours_span){ 9 * 60, 17 * 60 };
		ret->spans[day] = 1;
	}
}

/* ---- reading ---- */

static int __attribute__((format(printf, 2, 3))) fail(char *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error, HOURS_ERROR, format, args); /* a long line is cut */
	va_end(args);
	return -EINVAL;
}

/* "09:30"; -1 for anything else. */
static int read_minute(const json_t *json)
{
	const char *text = json_string_value(json);
	unsigned hour, minute;
	int n = 0;

	if (!text || strlen(text) != 5 || sscanf(text, "%2u:%2u%n", &hour, &minute, &n) != 2 ||
	    n != 5 || minute > 59 || hour * 60 + minute > DAY_MIN)
		return -1;
	return (int)(hour * 60 + minute);
}

static int read_day(const json_t *list, int day, struct hours *h, char *error)
{
	const json_t *span;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > HOURS_PER_DAY)
		return fail(error, "`week[%d]` must be a list of at most %d opening times.", day,
			    HOURS_PER_DAY);
	json_array_foreach(list, i, span)
	{
		int from = read_minute(json_object_get(span, "from"));
		int to = read_minute(json_object_get(span, "to"));
		int before = i ? h->week[day][i - 1].to : -1;

		if (from < 0 || to < 0 || from >= to || from <= before)
			return fail(
				error,
				"`week[%d][%zu]` must have from and to as HH:MM, from before to "
				"(at most 24:00), and after the one before it.",
				day, i);
		h->week[day][i] = (struct hours_span){ (uint16_t)from, (uint16_t)to };
	}
	h->spans[day] = (uint8_t)i;
	return 0;
}

static int read_week(const json_t *week, struct hours *h, char *error)
{
	if (!json_is_array(week) || json_array_size(week) != 7)
		return fail(error, "`week` must be a list of seven days, Monday first.");
	for (int day = 0; day < 7; day++) {
		int r = read_day(json_array_get(week, (size_t)day), day, h, error);
		if (r < 0)
			return r;
	}
	return 0;
}

/* "2026-12-25"; -1 for what is no date. */
static int64_t read_date(const char *text)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned year, month, day;
	int n = 0;

	if (!text || strlen(text) != 10 ||
	    sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &n) != 3 || n != 10 || year < 1970 ||
	    month < 1 || month > 12)
		return -1;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	int length = lengths[month - 1] + (month == 2 && leap);
	return day < 1 || (int)day > length ? -1 : civil_days(year, (int)month, (int)day);
}

static int read_holidays(const json_t *list, struct hours *h, char *error)
{
	const json_t *date;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > HOURS_HOLIDAYS)
		return fail(error, "`holidays` must be a list of at most %d dates.",
			    HOURS_HOLIDAYS);
	json_array_foreach(list, i, date)
	{
		h->holidays[i] = read_date(json_string_value(date));
		if (h->holidays[i] < 0)
			return fail(error, "`holidays[%zu]` must be a date as YYYY-MM-DD.", i);
	}
	h->holiday_count = i;
	return 0;
}

static int read_zone(const json_t *json, struct hours *h, char *error)
{
	const char *name = json_string_value(json);
	int r = name ? zone_load(name, &h->zone) : -EINVAL;

	if (r < 0)
		return fail(error,
			    "`time_zone` '%.40s' is not known here; it must be one like "
			    "Europe/Berlin or UTC.",
			    name ? name : "");
	(void)snprintf(h->zone_name, sizeof h->zone_name, "%s", name);
	return 0;
}

int hours_parse(const json_t *json, struct hours *ret, char ret_error[HOURS_ERROR])
{
	const json_t *enabled = json_object_get(json, "enabled"),
		     *ask = json_object_get(json, "ask"),
		     *receipts = json_object_get(json, "read_receipts"),
		     *slow = json_object_get(json, "slow_mode_s");
	const char *text = json_string_value(json_object_get(json, "away_text"));
	struct hours h = { 0 };

	if (!json_is_boolean(enabled) || !json_is_boolean(ask))
		return fail(ret_error, "`enabled` and `ask` must be true or false.");
	if (receipts && !json_is_boolean(receipts))
		return fail(ret_error, "`read_receipts` must be true or false.");
	if (slow && (!json_is_integer(slow) || json_integer_value(slow) < 0 ||
		     json_integer_value(slow) > HOURS_SLOW_MAX_S))
		return fail(ret_error,
			    "`slow_mode_s` must be a whole number of seconds from 0 (off) to %d.",
			    HOURS_SLOW_MAX_S);
	if (!text || strlen(text) > HOURS_TEXT || !utf8_is_valid(text, strlen(text)))
		return fail(ret_error, "`away_text` must be a text of at most %d bytes.",
			    HOURS_TEXT);
	h.enabled = json_is_true(enabled);
	h.ask = json_is_true(ask);
	h.receipts = !json_is_false(receipts); /* settings from before it have none */
	h.slow_mode_s = (unsigned)json_integer_value(slow);
	(void)snprintf(h.away_text, sizeof h.away_text, "%s", text);
	int r = read_zone(json_object_get(json, "time_zone"), &h, ret_error);
	if (r == 0)
		r = read_week(json_object_get(json, "week"), &h, ret_error);
	if (r == 0)
		r = read_holidays(json_object_get(json, "holidays"), &h, ret_error);
	if (r == 0)
		*ret = h;
	return r;
}

/* ---- writing ---- */

static json_t *minute_json(unsigned minute)
{
	return json_sprintf("%02u:%02u", minute / 60, minute % 60);
}

static json_t *date_json(int64_t days)
{
	int year = civil_year(days), month = 12;

	while (civil_days(year, month, 1) > days)
		month--;
	return json_sprintf("%04d-%02d-%02d", year, month,
			    (int)(days - civil_days(year, month, 1)) + 1);
}

json_t *hours_json(const struct hours *h)
{
	json_t *week = json_array(), *holidays = json_array();

	for (int day = 0; day < 7; day++) {
		json_t *spans = json_array();

		for (unsigned i = 0; i < h->spans[day]; i++)
			(void)json_array_append_new(
				spans,
				json_pack("{s:o, s:o}", "from", minute_json(h->week[day][i].from),
					  "to", minute_json(h->week[day][i].to)));
		(void)json_array_append_new(week, spans);
	}
	for (size_t i = 0; i < h->holiday_count; i++)
		(void)json_array_append_new(holidays, date_json(h->holidays[i]));
	return json_pack("{s:b, s:s, s:o, s:o, s:s, s:b, s:b, s:i}", "enabled", (int)h->enabled,
			 "time_zone", h->zone_name, "week", week, "holidays", holidays, "away_text",
			 h->away_text, "ask", (int)h->ask, "read_receipts", (int)h->receipts,
			 "slow_mode_s", (int)h->slow_mode_s);
}

/* ---- asking ---- */

static bool is_holiday(const struct hours *h, int64_t day)
{
	for (size_t i = 0; i < h->holiday_count; i++)
		if (h->holidays[i] == day)
			return true;
	return false;
}

/* Of a local time in minutes since 1970. Twice: the first guess may lie across a change of the clocks. */
static int64_t to_utc(const struct hours *h, int64_t local_min)
{
	int64_t at = local_min * 60 - zone_offset(&h->zone, local_min * 60);

	return local_min * 60 - zone_offset(&h->zone, at);
}

struct hours_state hours_at(const struct hours *h, int64_t now)
{
	int64_t local = civil_floor(now + zone_offset(&h->zone, now), 60);
	int64_t today = civil_floor(local, DAY_MIN);
	struct hours_state state = { 0 };

	for (int64_t day = today - FORTNIGHT; day <= today + FORTNIGHT; day++) {
		int weekday = (civil_weekday(day) + 6) % 7; /* Monday first */

		for (unsigned i = 0; !is_holiday(h, day) && i < h->spans[weekday]; i++) {
			int64_t from = day * DAY_MIN + h->week[weekday][i].from;
			int64_t to = day * DAY_MIN + h->week[weekday][i].to;

			if (from <= local && local < to)
				return (struct hours_state){ .open = true };
			if (to <= local)
				state.closed_since = to_utc(h, to);
			else if (!state.opens_at)
				state.opens_at = to_utc(h, from);
		}
	}
	return state;
}

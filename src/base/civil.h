/* SPDX-License-Identifier: Apache-2.0 */
/* Days of the Gregorian calendar, counted from 1970-01-01; for all years that fit. */
#pragma once

#include <stdint.h>

/* Rounds down, also below zero. */
static inline int64_t civil_floor(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* A year that begins in March has its leap day at the end: month and day follow from a line. */
static inline int64_t civil_days(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = civil_floor(y, 400), of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static inline int civil_year(int64_t days)
{
	int64_t z = days + 719468, era = civil_floor(z, 146097), of_era = z - era * 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);

	return (int)(y + era * 400 + ((5 * of_year + 2) / 153 >= 10));
}

/* 0: Sunday. */
static inline int civil_weekday(int64_t days)
{
	return (int)(days + 4 - civil_floor(days + 4, 7) * 7);
}

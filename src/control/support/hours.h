/* SPDX-License-Identifier: Apache-2.0 */
/* Business hours: a week of opening times in a time zone, and holidays. Pure. */
#pragma once

#include <jansson.h>

#include "control/support/zone.h"

enum { HOURS_SLOW_MAX_S = 3600 };
enum { HOURS_PER_DAY = 4, HOURS_HOLIDAYS = 100, HOURS_TEXT = 1000, HOURS_ERROR = 160 };

struct hours_span {
	uint16_t from, to; /* minutes of the day; to is at most 1440 */
};

struct hours {
	bool enabled;
	char zone_name[ZONE_NAME];
	struct zone zone;
	struct hours_span week[7]
			      [HOURS_PER_DAY]; /* Monday first; in order, apart from each other */
	uint8_t spans[7];
	int64_t holidays[HOURS_HOLIDAYS]; /* days since 1970-01-01 */
	size_t holiday_count;
	char away_text[HOURS_TEXT + 1]; /* for the customer; "" = the client's own words */
	bool ask;			/* customers are asked how it was */
	bool receipts;			/* customers see what the team has read */
	unsigned slow_mode_s;		/* customers wait so long between two messages; 0 = off */
};

/* Off, Monday to Friday 9 to 17, UTC; customers are asked, and see what was read. */
void hours_default(struct hours *ret);

/* What settings say, as JSON. 0, or -EINVAL with the reason (cause, value, fix) in ret_error. Loads the zone. */
int hours_parse(const json_t *json, struct hours *ret, char ret_error[HOURS_ERROR]);
json_t *hours_json(const struct hours *hours);

/* All in seconds since 1970 UTC. */
struct hours_state {
	bool open;
	int64_t closed_since; /* when not open: when the last opening time ended; 0 = not in the last fortnight */
	int64_t opens_at; /* when not open: the next one begins; 0 = not in the next fortnight */
};

struct hours_state hours_at(const struct hours *hours, int64_t now);

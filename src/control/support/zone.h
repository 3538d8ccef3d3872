/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What time it is somewhere: files of the time zone database (RFC 8536). The C library knows one zone
 * per process, and changing that concerns every thread; hence this. Pure but for zone_load; fuzzed by
 * fuzz_zone.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ZONE_TRANSITIONS = 512, ZONE_TYPES = 64, ZONE_NAME = 64, ZONE_FILE_MAX = 64 * 1024 };

/* One change of a rule that repeats each year: the POSIX form Mm.w.d/time. */
struct zone_rule {
	uint8_t month, week, day; /* week 5: the last one; day 0: Sunday */
	int32_t seconds;	  /* local time of the change */
};

struct zone {
	size_t count; /* of transitions, in order */
	int64_t at[ZONE_TRANSITIONS];
	int32_t offset[ZONE_TRANSITIONS]; /* seconds east of UTC from then on */
	int32_t first;			  /* before the first one */
	/* after the last one, when `rules`: standard time, and daylight time between the two rules */
	bool rules, daylight;
	int32_t standard, summer;
	struct zone_rule begin, end;
};

/* A version 2 or newer file. 0, or -EBADMSG. */
int zone_parse(const uint8_t *bytes, size_t n, struct zone *ret);

/* By name, for example Europe/Berlin. -EINVAL: no such name; -ENOENT: not known on this machine;
 * -EBADMSG. Reads a small file: for start-up and settings. */
int zone_load(const char *name, struct zone *ret);

/* Seconds east of UTC at a time in seconds since 1970 UTC. */
int32_t zone_offset(const struct zone *zone, int64_t at);

/* SPDX-License-Identifier: Apache-2.0 */
#include "control/support/zone.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/rd.h"

enum { HEADER = 44, DAY_S = 86400, OFFSET_MAX = 26 * 3600 };

/* ---- the footer: a POSIX TZ string (RFC 8536 3.3) ---- */

/* "CET", "<+03>" */
static const char *skip_name(const char *p)
{
	const char *start = p;

	if (*p == '<') {
		p += strcspn(p, ">");
		return *p ? p + 1 : NULL;
	}
	while (isalpha((unsigned char)*p))
		p++;
	return p - start >= 3 ? p : NULL;
}

/* [+-]h[h[h]][:mm[:ss]] */
static const char *read_time(const char *p, int32_t *ret)
{
	int sign = *p == '-' ? -1 : 1;
	int32_t parts[3] = { 0 };
	char *end;

	p += *p == '-' || *p == '+';
	for (int i = 0; i < 3; i++) {
		if (!isdigit((unsigned char)*p))
			return NULL;
		long value = strtol(p, &end, 10);
		if (end - p > 3 || value > (i ? 59 : 167))
			return NULL;
		parts[i] = (int32_t)value;
		p = end;
		if (*p != ':' || i == 2)
			break;
		p++;
	}
	*ret = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
	return p;
}

static const char *read_rule(const char *p, struct zone_rule *ret)
{
	unsigned month, week, day;
	int n = 0;

	if (sscanf(p, ",M%2u.%1u.%1u%n", &month, &week, &day, &n) != 3 || n == 0 || month < 1 ||
	    month > 12 || week < 1 || week > 5 || day > 6)
		return NULL;
	*ret = (struct zone_rule){ (uint8_t)month, (uint8_t)week, (uint8_t)day, 2 * 3600 };
	p += n;
	return *p == '/' ? read_time(p + 1, &ret->seconds) : p;
}

/* Other forms of rules (Jn, n) are in no file of the database. False: not understood. */
static bool read_footer(const char *p, struct zone *z)
{
	p = skip_name(p);
	p = p ? read_time(p, &z->standard) : NULL;
	if (!p)
		return false;
	z->standard = -z->standard; /* POSIX counts west */
	z->rules = true;
	if (!*p)
		return true;
	z->summer = z->standard + 3600;
	p = skip_name(p);
	if (p && *p != ',') {
		p = read_time(p, &z->summer);
		z->summer = -z->summer;
	}
	p = p ? read_rule(p, &z->begin) : NULL;
	p = p ? read_rule(p, &z->end) : NULL;
	z->daylight = true;
	return p && !*p;
}

/* ---- the file ---- */

struct counts {
	uint32_t isutc, isstd, leap, times, types, chars;
};

static bool read_header(struct rd *r, struct counts *ret)
{
	const uint8_t *magic = rd_take(r, 4);
	bool ok = magic && memcmp(magic, "TZif", 4) == 0;

	ok = rd_u8(r) >= '2' && ok; /* version 1 has 32-bit times and no footer */
	rd_skip(r, 15);
	ret->isutc = rd_be32(r);
	ret->isstd = rd_be32(r);
	ret->leap = rd_be32(r);
	ret->times = rd_be32(r);
	ret->types = rd_be32(r);
	ret->chars = rd_be32(r);
	return ok && !r->bad;
}

static size_t body_size(const struct counts *c, size_t time)
{
	return (size_t)c->times * (time + 1) + (size_t)c->types * 6 + c->chars +
	       (size_t)c->leap * (time + 4) + c->isstd + c->isutc;
}

static bool read_body(struct rd *r, const struct counts *c, struct zone *z)
{
	uint8_t index[ZONE_TRANSITIONS];
	int32_t offsets[ZONE_TYPES];

	if (c->times > ZONE_TRANSITIONS || c->types < 1 || c->types > ZONE_TYPES)
		return false;
	for (uint32_t i = 0; i < c->times; i++) {
		z->at[i] = (int64_t)rd_be64(r);
		if (i && z->at[i] <= z->at[i - 1])
			return false;
	}
	for (uint32_t i = 0; i < c->times; i++)
		index[i] = rd_u8(r);
	for (uint32_t i = 0; i < c->types; i++) {
		offsets[i] = (int32_t)rd_be32(r);
		rd_skip(r, 2);
		if (offsets[i] < -OFFSET_MAX || offsets[i] > OFFSET_MAX)
			return false;
	}
	if (r->bad)
		return false;
	for (uint32_t i = 0; i < c->times; i++) {
		if (index[i] >= c->types)
			return false;
		z->offset[i] = offsets[index[i]];
	}
	z->count = c->times;
	z->first = offsets[0];
	rd_skip(r, c->chars + (size_t)c->leap * 12 + c->isstd + c->isutc);
	return !r->bad;
}

int zone_parse(const uint8_t *bytes, size_t n, struct zone *ret)
{
	struct rd r = rd_of(bytes, n);
	struct counts c;
	struct zone z = { 0 };
	char footer[128];

	if (n > ZONE_FILE_MAX || !read_header(&r, &c))
		return -EBADMSG;
	rd_skip(&r, body_size(&c, 4));
	if (!read_header(&r, &c) || !read_body(&r, &c, &z))
		return -EBADMSG;
	size_t left = rd_left(&r);
	const uint8_t *text = rd_take(&r, left);
	if (!text || left < 2 || left - 2 >= sizeof footer || text[0] != '\n' ||
	    text[left - 1] != '\n')
		return -EBADMSG;
	memcpy(footer, text + 1, left - 2);
	footer[left - 2] = '\0';
	/* an empty one: as after the last transition */
	if (footer[0] && !read_footer(footer, &z))
		return -EBADMSG;
	*ret = z;
	return 0;
}

int zone_load(const char *name, struct zone *ret)
{
	static const char alphabet[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";
	char path[ZONE_NAME + 32];
	uint8_t bytes[ZONE_FILE_MAX];
	size_t length = strlen(name);

	if (length < 1 || length >= ZONE_NAME || strspn(name, alphabet) != length || name[0] == '/')
		return -EINVAL; /* no dots: no way out of the folder */
	(void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	FILE *file = fopen(path, "rbe");
	if (!file)
		return -ENOENT;
	size_t n = fread(bytes, 1, sizeof bytes, file);
	(void)fclose(file);
	return n ? zone_parse(bytes, n, ret) : -ENOENT; /* a folder reads as nothing */
}

/* ---- asking ---- */

/* When a rule changes the time in a year, in seconds since 1970 of local standard or daylight time. */
static int64_t rule_at(const struct zone_rule *rule, int year)
{
	int64_t first = civil_days(year, rule->month, 1);
	int weekday = civil_weekday(first);
	int64_t day = first + (rule->day - weekday + 7) % 7 + (rule->week - 1) * 7;
	int64_t next = rule->month == 12 ? civil_days(year + 1, 1, 1)
					 : civil_days(year, rule->month + 1, 1);

	while (day >= next) /* there is no fifth one */
		day -= 7;
	return day * DAY_S + rule->seconds;
}

static int32_t by_rules(const struct zone *z, int64_t at)
{
	int year = civil_year(civil_floor(at + z->standard, DAY_S));

	if (!z->daylight)
		return z->standard;
	int64_t begin = rule_at(&z->begin, year) - z->standard;
	int64_t end = rule_at(&z->end, year) - z->summer;
	bool summer = begin < end ? at >= begin && at < end : at >= begin || at < end;

	return summer ? z->summer : z->standard;
}

int32_t zone_offset(const struct zone *z, int64_t at)
{
	size_t low = 0, high = z->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (z->at[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == z->count && z->rules)
		return by_rules(z, at);
	return low ? z->offset[low - 1] : z->first;
}

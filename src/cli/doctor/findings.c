/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/doctor/doctor.h"

static const char *const level_names[] = {
	[DOCTOR_OK] = "ok", [DOCTOR_WARN] = "warn", [DOCTOR_BAD] = "bad"
};

/* One line of UTF-8, whatever a server or a certificate says. */
static void line(char ret[DOCTOR_TEXT], const char *format, va_list args)
{
	ret[0] = '\0';
	if (format) /* it is: gcc 12 warns of the branch that UBSan adds otherwise */
		(void)vsnprintf(ret, DOCTOR_TEXT, format, args); /* a long one is cut */
	size_t n = strlen(ret), whole;

	for (size_t at = 0; at < n; at += whole ? whole : 1) {
		whole = utf8_sequence((const uint8_t *)ret + at, n - at);
		if (whole == 0 || iscntrl((unsigned char)ret[at]))
			ret[at] = '?';
	}
}

static void add(struct doctor *d, enum doctor_level level, const char *check, const char *format,
		va_list args)
{
	char text[DOCTOR_TEXT];

	line(text, format, args);
	d->counts[level]++;
	(void)json_array_append_new(d->findings,
				    json_pack("{s:s, s:s, s:s%}", "check", check, "level",
					      level_names[level], "seen", text, strlen(text)));
	if (!d->json) {
		(void)printf("%-4s  %-14s  %s\n", level_names[level], check, text);
		(void)fflush(stdout); /* the next check may take its time */
	}
}

#define ADD(level)                            \
	va_list args;                         \
	va_start(args, format);               \
	add(d, (level), check, format, args); \
	va_end(args)

void doctor_say(struct doctor *d, enum doctor_level level, const char *check, const char *format,
		...)
{
	ADD(level);
}

void doctor_ok(struct doctor *d, const char *check, const char *format, ...)
{
	ADD(DOCTOR_OK);
}

void doctor_warn(struct doctor *d, const char *check, const char *format, ...)
{
	ADD(DOCTOR_WARN);
}

void doctor_bad(struct doctor *d, const char *check, const char *format, ...)
{
	ADD(DOCTOR_BAD);
}

void doctor_fix(struct doctor *d, const char *format, ...)
{
	char text[DOCTOR_TEXT];
	va_list args;
	size_t n = json_array_size(d->findings);

	va_start(args, format);
	line(text, format, args);
	va_end(args);
	if (n)
		(void)json_object_set_new(json_array_get(d->findings, n - 1), "fix",
					  json_stringn(text, strlen(text)));
	if (!d->json)
		(void)printf("      %-14s  ▸ %s\n", "", text);
}

void doctor_end(struct doctor *d)
{
	if (d->json) {
		(void)json_dumpf(d->findings, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
		(void)putchar('\n');
		return;
	}
	(void)printf("\n%u ok, %u to look at, %u bad\n", d->counts[DOCTOR_OK],
		     d->counts[DOCTOR_WARN], d->counts[DOCTOR_BAD]);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"

static _Atomic int log_threshold = LOG_INFO;

void log_set_level(enum log_level level)
{
	atomic_store_explicit(&log_threshold, (int)level, memory_order_relaxed);
}

void log_write(enum log_level level, const char *topic, const char *format, ...)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };
	char text[1024], line[1200];
	va_list args;

	if ((int)level > atomic_load_explicit(&log_threshold, memory_order_relaxed))
		return;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	for (char *c = text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}

	uint64_t now = clock_wall_us();
	time_t seconds = (time_t)(now / US_PER_S);
	struct tm utc;
	char stamp[32];
	(void)gmtime_r(&seconds, &utc);
	(void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
	int n = snprintf(line, sizeof line, "%s.%03uZ %s %s %s\n", stamp,
			 (unsigned)(now / US_PER_MS % 1000), names[level], topic, text);
	/* One write per line, so that threads do not mix theirs. */
	(void)fwrite(line, 1, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1, stderr);
}

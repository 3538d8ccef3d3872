/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/utf8.h"

static _Atomic int log_threshold = LOG_INFO;

void log_set_level(enum log_level level)
{
	atomic_store_explicit(&log_threshold, (int)level, memory_order_relaxed);
}

const char *log_level_name(enum log_level level)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };

	return names[level];
}

/* ---- what went wrong lately ---- */

static struct {
	pthread_mutex_t lock;
	struct log_problem entries[LOG_RECENT_MAX];
	uint64_t n; /* ever kept; the last is entries[(n - 1) % LOG_RECENT_MAX] */
} recent = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void keep(uint64_t now, enum log_level level, const char *topic, const char *text)
{
	(void)pthread_mutex_lock(&recent.lock);
	struct log_problem *entry = &recent.entries[recent.n++ % LOG_RECENT_MAX];
	entry->at_us = now;
	entry->level = level;
	(void)snprintf(entry->topic, sizeof entry->topic, "%s", topic);
	(void)snprintf(entry->text, sizeof entry->text, "%.*s", (int)sizeof entry->text - 1, text);
	/* no half of a character at the end of what was cut */
	for (size_t n = strlen(entry->text); n > 0 && !utf8_is_valid(entry->text, n);)
		entry->text[--n] = '\0';
	(void)pthread_mutex_unlock(&recent.lock);
}

size_t log_recent(struct log_problem *ret, size_t max)
{
	size_t n = 0;

	(void)pthread_mutex_lock(&recent.lock);
	while (n < max && n < LOG_RECENT_MAX && n < recent.n) {
		ret[n] = recent.entries[(recent.n - 1 - n) % LOG_RECENT_MAX];
		n++;
	}
	(void)pthread_mutex_unlock(&recent.lock);
	return n;
}

/* ---- a line ---- */

void log_write(enum log_level level, const char *topic, const char *format, ...)
{
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
	if (level <= LOG_WARN)
		keep(now, level, topic, text);
	time_t seconds = (time_t)(now / US_PER_S);
	struct tm utc;
	char stamp[32];
	(void)gmtime_r(&seconds, &utc);
	(void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
	int n = snprintf(line, sizeof line, "%s.%03uZ %s %s %s\n", stamp,
			 (unsigned)(now / US_PER_MS % 1000), log_level_name(level), topic, text);
	/* One write per line, so that threads do not mix theirs. */
	(void)fwrite(line, 1, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1, stderr);
}

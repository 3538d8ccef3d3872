/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

static _Atomic int log_threshold = LOG_INFO;
static _Atomic bool log_json;

void log_set_level(enum log_level level)
{
	atomic_store_explicit(&log_threshold, (int)level, memory_order_relaxed);
}

void log_set_json(bool on)
{
	atomic_store_explicit(&log_json, on, memory_order_relaxed);
}

bool log_is_json(void)
{
	return atomic_load_explicit(&log_json, memory_order_relaxed);
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

/* ---- the way out ---- */

/* A line has room for a text of nothing but quotation marks. */
enum { TEXT_MAX = 1024, LINE_MAX_BYTES = 2 * TEXT_MAX + 200, PIPE_ROOM = 1024 * 1024 };

static struct {
	pthread_mutex_t lock;
	uint64_t untold; /* lines that found no room since the last that did */
	_Atomic uint64_t dropped;
} out = { .lock = PTHREAD_MUTEX_INITIALIZER };

void log_make_room(void)
{
	/* fails on what is no pipe, and where the system allows no more: as it was before */
	(void)fcntl(STDERR_FILENO, F_SETPIPE_SZ, PIPE_ROOM);
}

uint64_t log_dropped(void)
{
	return atomic_load_explicit(&out.dropped, memory_order_relaxed);
}

/* RFC 8259 7. What log_write has let through is UTF-8 without control characters. */
static void quote(char ret[2 * TEXT_MAX], const char *text)
{
	size_t n = 0;

	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			ret[n++] = '\\';
		ret[n++] = *text;
	}
	ret[n] = '\0';
}

static size_t compose(char ret[LINE_MAX_BYTES], uint64_t now, enum log_level level,
		      const char *topic, const char *text)
{
	time_t seconds = (time_t)(now / US_PER_S);
	struct tm utc;
	char stamp[32], quoted[2 * TEXT_MAX];
	unsigned ms = (unsigned)(now / US_PER_MS % 1000);
	int n;

	(void)gmtime_r(&seconds, &utc);
	(void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
	if (log_is_json()) {
		quote(quoted, text);
		n = snprintf(ret, LINE_MAX_BYTES,
			     "{\"time\":\"%s.%03uZ\",\"level\":\"%s\",\"topic\":\"%s\","
			     "\"text\":\"%s\"}\n",
			     stamp, ms, log_level_name(level), topic, quoted);
	} else {
		n = snprintf(ret, LINE_MAX_BYTES, "%s.%03uZ %s %s %s\n", stamp, ms,
			     log_level_name(level), topic, text);
	}
	return n < LINE_MAX_BYTES ? (size_t)n : LINE_MAX_BYTES - 1;
}

/*
 * One write per line, so that programs do not mix theirs; false when the line is lost. Whoever has stopped to read must
 * not stop calls (R59): what poll calls writable takes PIPE_BUF bytes at once (pipe(7)). Files always are.
 */
static bool put(const char *line, size_t n)
{
	_Static_assert((int)LINE_MAX_BYTES <= PIPE_BUF, "a line is written at once");
	struct pollfd fd = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&fd, 1, 0) == 1 && fd.revents & POLLOUT &&
	       write(STDERR_FILENO, line, n) == (ssize_t)n;
}

static bool tell_loss(uint64_t now)
{
	char text[96], line[LINE_MAX_BYTES];

	(void)snprintf(text, sizeof text, "lines were lost while nobody read them lines=%llu",
		       (unsigned long long)out.untold);
	return put(line, compose(line, now, LOG_WARN, "log", text));
}

/* The lock keeps poll true until the write. */
static void put_or_count(uint64_t now, const char *line, size_t n)
{
	(void)pthread_mutex_lock(&out.lock);
	if ((out.untold == 0 || tell_loss(now)) && put(line, n)) {
		out.untold = 0;
	} else {
		if (out.untold++ == 0)
			keep(now, LOG_WARN, "log",
			     "nobody reads the log: its lines are lost until somebody does");
		atomic_fetch_add_explicit(&out.dropped, 1, memory_order_relaxed);
	}
	(void)pthread_mutex_unlock(&out.lock);
}

/* ---- a line ---- */

/*
 * What could begin a line or command a terminal (C0, DEL, and C1, which UTF-8 has in two bytes), and what is no UTF-8.
 */
static void make_harmless(char *text)
{
	uint8_t *at = (uint8_t *)text;
	size_t left = strlen(text);

	while (left > 0) {
		size_t n = utf8_sequence(at, left);
		bool harmful = n == 0 || (n == 1 && (*at < ' ' || *at == 0x7f)) ||
			       (n == 2 && at[0] == 0xc2 && at[1] < 0xa0);

		n = n ? n : 1;
		if (harmful)
			memset(at, '?', n);
		at += n;
		left -= n;
	}
}

void log_write(enum log_level level, const char *topic, const char *format, ...)
{
	char text[TEXT_MAX], line[LINE_MAX_BYTES];
	va_list args;

	if ((int)level > atomic_load_explicit(&log_threshold, memory_order_relaxed))
		return;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	make_harmless(text);
	uint64_t now = clock_wall_us();
	if (level <= LOG_WARN)
		keep(now, level, topic, text);
	put_or_count(now, line, compose(line, now, level, topic, text));
}

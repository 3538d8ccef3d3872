/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line per event on stderr, logfmt: `time level topic message
 * key=value …`. Only the edges log; base, wire, media and store return
 * what happened. No payloads, tokens, passwords or SDP, ever. Thread-safe.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

enum { LOG_RECENT_MAX = 64 };

/* A warning or an error that was written; texts longer than this are cut. */
struct log_problem {
	uint64_t at_us; /* clock_wall_us */
	enum log_level level;
	char topic[24];
	char text[232];
};

void log_set_level(enum log_level level);

/* The format's result is escaped: control characters cannot start a new line. */
void log_write(enum log_level level, const char *topic, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The last warnings and errors, newest first, for the operator: at most max go to ret, the count comes
 * back. Kept in memory only. Thread-safe. */
size_t log_recent(struct log_problem *ret, size_t max);

/* "error", "warn", … */
const char *log_level_name(enum log_level level);

#define log_error(topic, ...) log_write(LOG_ERROR, topic, __VA_ARGS__)
#define log_warn(topic, ...)  log_write(LOG_WARN, topic, __VA_ARGS__)
#define log_info(topic, ...)  log_write(LOG_INFO, topic, __VA_ARGS__)
#define log_debug(topic, ...) log_write(LOG_DEBUG, topic, __VA_ARGS__)

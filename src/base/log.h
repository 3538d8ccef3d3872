/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line per event on stderr, logfmt: `time level topic message
 * key=value …`. Only the edges log; base, wire, media and store return
 * what happened. No payloads, tokens, passwords or SDP, ever. Thread-safe.
 */
#pragma once

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level level);

/* The format's result is escaped: control characters cannot start a new line. */
void log_write(enum log_level level, const char *topic, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define log_error(topic, ...) log_write(LOG_ERROR, topic, __VA_ARGS__)
#define log_warn(topic, ...)  log_write(LOG_WARN, topic, __VA_ARGS__)
#define log_info(topic, ...)  log_write(LOG_INFO, topic, __VA_ARGS__)
#define log_debug(topic, ...) log_write(LOG_DEBUG, topic, __VA_ARGS__)

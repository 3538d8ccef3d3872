/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line per event on stderr, logfmt: `time level topic message
 * key=value …`, or a JSON object of the same. Only the edges log; base, wire, media and store return
 * what happened. No payloads, tokens, passwords or SDP, ever. Thread-safe.
 *
 * Nobody waits for a reader: a line that finds no room in the pipe is dropped and counted, and the next
 * line that finds some comes after one that says how many were lost.
 */
#pragma once

#include <stdbool.h>
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

/* {"time", "level", "topic", "text"} from now on. */
void log_set_json(bool on);
bool log_is_json(void);

/* Asks for 1 MiB of room when stderr is a pipe, for readers who are slow at times. For a program to call at its start;
 * it is the pipe's, so other processes see it too. */
void log_make_room(void);

/* Lines that nobody will read, since the start. Thread-safe. */
uint64_t log_dropped(void);

/* The format's result is made harmless: control characters, and what is no UTF-8, become question marks. */
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

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messenger's load client: many connections of real requests and frames in one thread, so lean that the server is what
 * is measured. connection.c knows the bytes; listen.c and send.c are what is measured.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONNECTION_BUFFER = 64 * 1024, TOKEN_MAX = 1024, LINE_MAX_BYTES = TOKEN_MAX + 128 };

struct connection {
	int fd;
	bool closed;	      /* an event socket: by the server, with a reason */
	bool stamped;	      /* the kernel says when it had what is read */
	size_t begin, length; /* of what was read and not yet understood, and the NUL behind it */
	uint64_t read_at_us;  /* wall clock: when the kernel had the last of it; else not set */
	char buffer[CONNECTION_BUFFER];
};

/* Ends the program with a line when the server is not there. Blocking until connection_watch. */
void connection_open(struct connection *c, uint16_t port);
void connection_watch(struct connection *c, int epoll, uint64_t tag);
/* From now on `read_at_us` is set, or not any more: it costs the whole machine some time for each packet. */
void connection_stamp(struct connection *c, bool on);
/* All of it; waits for a full socket. */
void connection_write(struct connection *c, const void *bytes, size_t n);
/* What is there, without waiting once it is watched. Ends the program when the server has closed. */
void connection_read(struct connection *c);
void connection_drop(struct connection *c, size_t n);

/* Opens an event socket (RFC 6455) and waits for its greeting. */
void events_open(struct connection *c, uint16_t port, const char *token);
/* The payload of the next text frame, or false; pings are answered on the way, and `closed` is set. `*ret_size` is what
 * to drop after it. */
bool events_next(struct connection *c, const char **ret_text, size_t *ret_length, size_t *ret_size);
void events_send(struct connection *c, const char *text, size_t n);

/* A POST with a JSON body into `ret`; its length. */
size_t request_write(char *ret, size_t capacity, const char *path, const char *token,
		     const char *body);
/* The status of a whole answer that was read, and drops it; 0: not all is there. */
int answer_take(struct connection *c);

/* Of n values, sorted by it. */
double quantile(uint32_t *values, size_t n, double q);
/* This process' processor time. */
uint64_t own_cpu_us(void);
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* One line of standard input without its end; false at the end. */
bool read_line(char line[LINE_MAX_BYTES]);

int run_listen(uint16_t port, unsigned members, unsigned rate, double seconds);
int run_send(uint16_t port, double seconds, bool socket);

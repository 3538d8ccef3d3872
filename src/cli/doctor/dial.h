/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to one host, with TLS or without, that never waits longer than it is told. Blocking; for the doctor only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum { DIAL_ERROR = 256, DIAL_NAMES = 256, DIAL_ADDRESSES = 8 };

struct dial;

/* Of the server's certificate. */
struct dial_certificate {
	char subject[DIAL_NAMES],
		names[DIAL_NAMES]; /* its common name; what it is for, with commas */
	bool fits;		   /* the host that was asked for */
	bool self_signed;
	int64_t ends_at; /* seconds since 1970 */
	long verdict;	 /* of the chain against this machine's authorities: X509_V_OK = 0 */
	char verdict_text[DIAL_ERROR];
};

/* The addresses of a name or a number; how many, 0 with the reason. */
size_t dial_resolve(const char *host, uint16_t port, int wait_ms,
		    struct sockaddr_storage ret[DIAL_ADDRESSES], char ret_error[DIAL_ERROR]);

/*
 * Tries each address until `wait_ms` is over. NULL: the reason is in ret_error. Any certificate is taken: nothing secret may be
 * sent to a host whose certificate does not hold; `ret_certificate` (may be NULL) says what there is.
 */
struct dial *dial_open(const char *host, uint16_t port, bool tls, int wait_ms,
		       struct dial_certificate *ret_certificate, char ret_error[DIAL_ERROR]);
struct dial *dial_close(struct dial *c); /* takes NULL; returns NULL */

/* From here on, so much time is left. */
void dial_wait(struct dial *c, int wait_ms);

/* All of it, or false. */
bool dial_write(struct dial *c, const void *bytes, size_t n);
/* What is there, at most n bytes. 0: the end; -1: nothing came in time, or it failed. */
long dial_read(struct dial *c, void *bytes, size_t n);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request to the certificate authority, by libcurl, with its answer: https only, no redirects, no proxy of the environment.
 * Blocks: for the thread of order.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct curl;

enum {
	FETCH_CONNECT_MS = 10000,
	FETCH_TIMEOUT_MS = 30000,
	FETCH_BODY_MAX = 256 * 1024,
	FETCH_CAUSE_MAX = 256,
};

struct fetch {
	const struct curl *curl;
	const char *ca_file;	  /* whom to trust; NULL: whom the system does */
	bool (*ended)(void *arg); /* asked meanwhile: true ends it */
	void *arg;
};

struct fetch_answer {
	long status;		/* 0 = none, and `cause` says why */
	char *nonce, *location; /* its headers; NULL = without */
	long retry_after_s;
	char *body; /* with a NUL behind */
	size_t length;
	char cause[FETCH_CAUSE_MAX];
};

/* `body` NULL: a HEAD or GET, as `method` says; else a POST of JOSE JSON. Free the answer, whatever it is. */
void fetch(const struct fetch *f, const char *method, const char *url, const char *body,
	   struct fetch_answer *ret);
void fetch_answer_fini(struct fetch_answer *a);

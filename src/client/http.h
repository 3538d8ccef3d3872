/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP requests of a client: libcurl on libuv's pool of threads, since there are few of them. The
 * answer comes on the loop's thread. The only part of libconfab that knows libcurl.
 */
#pragma once

#include <stddef.h>
#include <uv.h>

struct https;

struct https_answer {
	long status;	  /* 0: none, and `text` says why, for people */
	int retry_after;  /* seconds; 0 = it does not say */
	const char *text; /* the body, ended by NUL */
	size_t length;
};

typedef void https_fn(void *arg, const struct https_answer *answer);

struct https *https_new(uv_loop_t *loop);
/* Breaks off what is under way (the callbacks come, with status 0); runs the loop until it is gone. */
void https_free(struct https *h);

struct https_request {
	const char *method, *url;
	const char *bearer; /* of the Authorization */
	const char *type;   /* of the body; NULL: there is none */
	const void *body;
	size_t length;
};

/* Sends it, with copies of everything. 0 or -ENOMEM. Follows no redirects: they would take the token elsewhere. */
int https_send(struct https *h, const struct https_request *request, https_fn *fn, void *arg);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What proves to the authority that the name is ours: one answer at a time, put here by the order's thread and given out by the
 * server on the loop, as a page (RFC 8555 8.3) or as a certificate (RFC 8737). Thread-safe.
 */
#pragma once

#include <pthread.h>

struct challenge {
	pthread_mutex_t lock;
	char *token, *authorization; /* NULL: none */
	char *certificate;	     /* PEM, with its key; NULL: none */
};

void challenge_init(struct challenge *c);
void challenge_fini(struct challenge *c);

/* From now on these; takes all three over (free). NULL each: none. */
void challenge_set(struct challenge *c, char *token, char *authorization, char *certificate);

/* A copy, the caller's to free; NULL: there is none. */
char *challenge_page(struct challenge *c, const char *token);
char *challenge_certificate(struct challenge *c);

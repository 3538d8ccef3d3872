/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request, one answer: what the functions of chat.h, but for sending, have in common. Each makes a query, and
 * either waits for it or gives it away.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "confab/confab.h"

struct query {
	struct confab_client *client;
	const char *method;
	char *path;	     /* NULL: no memory */
	json_t *json;	     /* the body; NULL: none */
	const char *problem; /* with what was given; else NULL */
	json_t *answer;	     /* when it worked */
	bool begun;
	confab_done_fn
		*done; /* of who waits; NULL: it is given away, and `tell` calls the program */
	void (*tell)(struct query *q, const confab_error *error);
	union {
		confab_done_fn *done;
		confab_text_fn *text;
		confab_messages_fn *messages;
	} fn;
	void *arg;
};

/* NULL: no memory. Takes path and json; one of them NULL where there should be one: no memory. */
struct query *query_new(struct confab_client *client, const char *method, char *path, json_t *json);
/* The same, which only fails with this. */
struct query *query_bad(struct confab_client *client, const char *problem);
void query_free(struct query *q);
/* Waits for the end; q NULL: no memory. The answer is then in q->answer. */
int query_wait(struct confab_client *client, struct query *q, confab_error *ret_error);
/* Gives it away: false: no memory, it is freed, and nobody was told. */
bool query_post(struct query *q);
/* For queries without an answer: both in one. */
int query_run(struct confab_client *client, struct query *q, confab_error *ret_error);
void query_run_async(struct query *q, confab_done_fn *done, void *arg);

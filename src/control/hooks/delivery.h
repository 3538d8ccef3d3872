/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event on its way to one URL, and what is remembered of those that arrived or were given up: the last
 * DELIVERIES_KEPT of each URL, and of as many of them as fit in DELIVERIES_BYTES what was sent, so that it can be sent
 * again. All of it is in memory and ends with the process. Control thread only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

enum {
	DELIVERY_ID_SIZE = 16,
	DELIVERY_TYPE_SIZE = 48,
	DELIVERY_CAUSE_SIZE = 120,
	DELIVERIES_KEPT = 200,
	DELIVERIES_BYTES = 1 << 20,
};

enum delivery_state {
	DELIVERY_WAITING, /* for its turn, or for another attempt */
	DELIVERY_SENDING,
	DELIVERY_DONE,	 /* the receiver has it */
	DELIVERY_FAILED, /* given up */
};

struct delivery {
	struct list in_list;
	char id[DELIVERY_ID_SIZE], type[DELIVERY_TYPE_SIZE];
	enum delivery_state state;
	unsigned attempts; /* in all */
	unsigned tries;	   /* of them since it was last asked for */
	long status; /* HTTP's answer to the last attempt; 0 = none came, and then `cause` says why */
	char cause[DELIVERY_CAUSE_SIZE];
	uint64_t created_us, attempted_us, next_us; /* wall; 0 = not yet, or not known */
	uint64_t took_us;			    /* the last attempt */
	uint64_t lost; /* events that it tells the receiver to have been dropped */
	bool counted;  /* as lost itself: once, however often it is sent again */
	char *body;    /* owned; NULL = not kept */
	size_t length;
};

/* Copies all. Free with delivery_free. NULL: out of memory. */
struct delivery *delivery_new(const char *id, const char *type, const char *body);

/* In no list any more. Takes NULL. Returns NULL. */
struct delivery *delivery_free(struct delivery *d);

/* An attempt has ended: `cause` is borrowed, and kept only without a status. */
void delivery_note(struct delivery *d, long status, const char *cause, uint64_t took_us);

/* Those of one URL that are over, latest first. */
struct deliveries {
	struct list list;
	size_t count, bytes; /* of bodies */
};

void deliveries_init(struct deliveries *all);
void deliveries_fini(struct deliveries *all);

/* Takes it over; the oldest go, or lose their bodies. */
void deliveries_keep(struct deliveries *all, struct delivery *d);

/* Gives it back. */
void deliveries_take(struct deliveries *all, struct delivery *d);

/* Of any list of deliveries. NULL: not there. */
struct delivery *delivery_find(const struct list *list, const char *id);

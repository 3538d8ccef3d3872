/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How soon the team usually answers, as customers are told: the median of the first replies of the last 30 days, as a
 * word and not as a figure. Part of struct support; loop's thread only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct store;

enum {
	REPLY_TIME_MIN = 5,
	REPLY_TIME_DAYS = 30,
	REPLY_TIME_AGAIN_S = 600,
	REPLY_TIME_SOON_S = 5, /* after an answer: more of them are looked at together */
};

struct reply_time {
	struct store *store; /* borrowed */
	uint64_t next_us;    /* when it is asked for again; 0 = now */
	bool asking;
	const char *word;	    /* NULL = not known */
	void (*changed)(void *arg); /* the word is another one; may be NULL */
	void *changed_arg;
};

/* "minutes", "hour", "hours", "day", "days": within a few of them, or one. NULL: fewer than REPLY_TIME_MIN replies
 * say nothing. Pure. */
const char *reply_time_word(int64_t replied, uint64_t median_us);

/* Give it a turn now and then. */
void reply_time_tick(struct reply_time *r, uint64_t now_us);

/* The team has answered somebody who waited. */
void reply_time_on_reply(struct reply_time *r, uint64_t now_us);

/* SPDX-License-Identifier: Apache-2.0 */
/* What the resources of the support layer share. */
#pragma once

#include "base/limits.h"
#include "control/server/request.h"
#include "control/support/hours.h"
#include "store/support.h"

struct control;
struct support;

/* The API's Customer. */
json_t *object_customer(const struct store_customer *customer);

/* HoursNow: whether somebody is to be expected, and when. NULL where there are no hours. */
json_t *support_hours_now(const struct hours *hours);

/* Puts into an answer what says when somebody is to be expected: `hours`, where there are any; for customers `usual_reply`. */
void support_add_times(json_t *answer, const struct support *support, bool customer);

/* To everybody: when somebody is to be expected, how soon the team usually answers, and what else holds for all conversations. */
void support_tell_times(struct control *control);

/* A text member of 0 to `max` bytes of UTF-8; `absent` when it is not there. NULL: refused already. */
const char *support_text(struct http_req *req, const json_t *body, const char *name, size_t max,
			 const char *absent);

/* What is to become of a conversation, into `ret` and `labels`, which it points to. False: refused already. */
bool support_read_change(struct http_req *req, const json_t *body, int64_t labels[LIMIT_LABELS_PUT],
			 struct store_support_change *ret);

/* What is wrong with a change that the store refused, for status 400 and code 4; NULL: it is something else. */
const char *support_problem(int status);

/* SPDX-License-Identifier: Apache-2.0 */
/* What the resources around messages share: arguments and errors. */
#pragma once

#include <stdint.h>

#include "control/server/request.h"

/* A whole number of the query between 1 and max; `absent` when it is not there. -1: refused already. */
int64_t http_number_argument(struct http_req *req, const char *name, int64_t absent, int64_t max);

struct store_message;

/* Answers for a status of chat.h's sending and changes, and the message that came with it (NULL but for -EBADMSG). */
void http_message_error(struct http_req *req, int status, const struct store_message *message);

/* message_send.c: the same, for the caller to say; `where` is for the log. */
void message_refusal(int status, const struct store_message *message, const char *where,
		     struct refusal *ret);

/* blocks.c: answers for -ECONNREFUSED and -ECONNABORTED of chat/blocks.h. */
void http_blocked_error(struct http_req *req, int status);
void blocked_refusal(int status, struct refusal *ret);

/* The message id of the path; 0: refused already. */
int64_t http_message_id(struct http_req *req);

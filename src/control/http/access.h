/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate in front of every handler: CSRF rules, who is asking, and whether they may, as the row of the
 * route table says it (R18, R26). What is seen of a conversation or a call is decided by chat/ and calls/.
 */
#pragma once

#include "control/server/route.h"
#include "control/server/server.h"
#include "control/ws/sends.h"
#include "store/support.h"

#define SESSION_COOKIE "__Host-confab"

http_gate_fn access_gate;

/* Who is asking. Not NULL in handlers of routes from ACCESS_SESSION on; valid until the answer. */
const struct store_user *access_user(const struct http_req *req);

/* The same for the audit log: who, now, and from where. Valid as long. */
struct store_deed access_deed(const struct http_req *req);

/* Whether a user may do what such a route is for, to the conversation that it names (NULL: none); also for frames of the event
 * socket. False: what to say is in *ret. */
bool access_allows(const struct control *control, enum route_access access,
		   const struct store_user *user, const char *conversation_id, struct refusal *ret);

/* Whether the request comes from the server's own pages, or from no page at all. */
bool access_own_origin(const struct http_req *req);

/* Answers for a status that the domain's callbacks have in common (store.h): 404, 503 or 500.
 * `what` names the thing for 404. */
void access_answer_error(struct http_req *req, int status, const char *what);

/* The same, for the caller to say; `where` is for the log. */
void access_refusal(int status, const char *what, const char *where, struct refusal *ret);

/* limit.c: what is written counts against the minute's allowance; a file is kept longer than a word. */
enum write_cost { WRITE_MESSAGE = 1, WRITE_CHANGE = 1, WRITE_FILE = 4 };

/* Whether the user may write this much more now. False: answered with 429. */
bool http_may_write(struct http_req *req, struct control *control, enum write_cost cost);

/* The same for what is no message, and that others are told of or that is kept: calls and what is done in them, who
 * writes, what is read. It has an allowance of its own, several times that of messages. */
bool http_may_act(struct http_req *req, struct control *control);

/* As http_may_write, of the same allowance, and what to say is in *ret when it is false. */
bool writer_may(const struct message_writer *who, struct control *control, enum write_cost cost,
		struct refusal *ret);

/* SPDX-License-Identifier: Apache-2.0 */
/* From what calls/ answers to HTTP. Control thread only. */
#pragma once

#include "control/calls/calls.h"
#include "control/server/request.h"

calls_answer_fn call_answer; /* arg: the request */
void call_answer_error(struct http_req *req, int status, const char *problem);

/* The same as a callback that writes `action` (a literal) into the audit log when it was done; its
 * argument is made by call_audited. */
void *call_audited(struct http_req *req, struct control *control, const char *action);
void call_answer_audited(void *arg, int status, const char *problem, json_t *reply,
			 const struct call_join *join);

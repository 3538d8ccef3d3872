/* SPDX-License-Identifier: Apache-2.0 */
/* From what calls/ answers to HTTP. Control thread only. */
#pragma once

#include "control/calls/calls.h"
#include "control/server/request.h"

calls_answer_fn call_answer; /* arg: the request */
void call_answer_error(struct http_req *req, int status, const char *problem);

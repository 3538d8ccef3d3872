/* SPDX-License-Identifier: Apache-2.0 */
/* A setting of the team's: one JSON object that is put, holds from then on, and is told to who sees it. */
#pragma once

#include "control/server/request.h"
#include "store/store.h"

struct control;

enum { SETTING_ERROR = 256 };

struct setting {
	/* Stores it. -EINVAL: why is in ret_error (SETTING_ERROR bytes). */
	void (*save)(struct control *control, const struct store_user *by, const json_t *body,
		     char *ret_error, store_done_fn *done, void *arg);
	/* As it is now, for the answer; others have been told of it. */
	json_t *(*tell)(struct control *control);
};

/* Saves the request's body and answers. */
void http_setting_put(struct http_req *req, struct control *control, const struct setting *setting);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PATCH /api/v1/conversations: several at once. All are asked of the store in one turn, so they are one transaction, in
 * which each has its own savepoint: what cannot be done of one leaves the others alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/must.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/support_args.h"
#include "control/objects/objects.h"
#include "control/support/support.h"

struct bulk;

struct one {
	struct bulk *bulk;
	json_t *result; /* borrowed from the list */
	struct store_support_change change;
	int64_t labels[LIMIT_LABELS_PUT];
};

struct bulk {
	struct http_req *req;
	json_t *results;
	size_t left; /* without an answer, and one for us while we ask */
	size_t count;
	struct one each[];
};

static void let_go(struct bulk *b)
{
	if (--b->left)
		return;
	http_reply_json(b->req, 200, json_pack("{s:o}", "results", b->results));
	free(b);
}

static json_t *error_of(int status)
{
	const char *problem = support_problem(status);

	if (problem)
		return object_error(400, 4, problem);
	if (status == -ENOENT)
		return object_error(404, 16,
				    "There is no conversation of this id, or it is not yours to "
				    "see.");
	return object_error(503, 9, "The server cannot store this now; try again.");
}

static void on_changed(void *arg, int status, const struct store_support *state)
{
	struct one *one = arg;

	if (status < 0)
		(void)json_object_set_new(one->result, "error", error_of(status));
	else
		(void)json_object_set_new(one->result, "support", object_support(state, true));
	let_go(one->bulk);
}

/* False: refused already. */
static bool read_one(struct http_req *req, const json_t *body, struct bulk *b)
{
	struct one *one = &b->each[b->count];
	const json_t *id = json_object_get(body, "id");
	const char *text = json_string_value(id);

	if (!text || strlen(text) != json_string_length(id)) {
		http_error(req, 400, 4,
			   "Each of `changes` must be an object with the `id` of a conversation.");
		return false;
	}
	one->bulk = b;
	one->change.conversation_id = text;
	if (!support_read_change(req, body, one->labels, &one->change))
		return false;
	one->result = json_pack("{s:O}", "id", id);
	(void)json_array_append_new(b->results, one->result);
	b->count++;
	return true;
}

void http_support_bulk(struct http_req *req, struct control *control)
{
	const json_t *body = http_body_json(req);
	const json_t *list = json_object_get(body, "changes"), *item;
	size_t n = json_array_size(list), i;

	if (!body)
		return;
	if (n < 1 || n > LIMIT_BULK) {
		http_error(req, 400, 4, "`changes` must be a list of 1 to %d changes.", LIMIT_BULK);
		return;
	}
	struct bulk *b = must(calloc(1, sizeof *b + n * sizeof b->each[0]));
	*b = (struct bulk){ .req = req, .results = json_array(), .left = n + 1 };
	json_array_foreach(list, i, item)
	{
		if (!read_one(req, item, b)) {
			json_decref(b->results);
			free(b);
			return;
		}
	}
	for (i = 0; i < n; i++)
		support_change(control->support, access_user(req), &b->each[i].change, on_changed,
			       &b->each[i]);
	let_go(b);
}

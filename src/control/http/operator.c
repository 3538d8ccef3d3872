/* SPDX-License-Identifier: Apache-2.0 */
/* What the operator's page shows, for admins: calls that are live, what became of others, and what went wrong.
 * Calls of channels are for their members, also here: others are told how many there are now, and no more. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/log.h"
#include "control/calls/calls.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/objects/objects.h"
#include "store/store.h"

void http_operator_calls(struct http_req *req, struct control *control)
{
	http_reply_json(req, 200, calls_live_json(control->calls, access_user(req)));
}

/* The warnings and errors of the log, newest first. */
void http_operator_problems(struct http_req *req, struct control *control)
{
	struct log_problem entries[LOG_RECENT_MAX];

	(void)control;
	size_t n = log_recent(entries, LOG_RECENT_MAX);
	json_t *problems = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(problems,
					    json_pack("{s:o, s:s, s:s, s:s}", "at",
						      object_time(entries[i].at_us), "level",
						      log_level_name(entries[i].level), "topic",
						      entries[i].topic, "text", entries[i].text));
	http_reply_json(req, 200, json_pack("{s:o}", "problems", problems));
}

static void on_cards(void *arg, int status, const struct store_card *list, size_t n)
{
	struct http_req *req = arg;
	json_t *cards = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(cards, object_stored(list[i].card));
	if (status == 0) {
		http_reply_json(req, 200, json_pack("{s:o}", "cards", cards));
		return;
	}
	json_decref(cards);
	access_answer_error(req, status, "history");
}

void http_operator_history(struct http_req *req, struct control *control)
{
	const char *limit = http_query(req, "limit");
	long n = limit ? strtol(limit, NULL, 10) : LIMIT_PAGE;

	if (n < 1 || n > LIMIT_PAGE) {
		http_error(req, 400, 4, "`limit` must be a whole number from 1 to %d.", LIMIT_PAGE);
		return;
	}
	store_card_list(control->store, access_user(req)->id, http_query(req, "cid"),
			http_query(req, "conversation"), (unsigned)n, on_cards, req);
}

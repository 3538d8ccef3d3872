/* SPDX-License-Identifier: Apache-2.0 */
/* For the team: figures, the audit log. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "control/control.h"
#include "control/http/access.h"
#include "control/http/handlers.h"
#include "control/http/message_args.h"
#include "control/objects/objects.h"
#include "control/support/support.h"

enum { DAYS_DEFAULT = 30, DAYS_MAX = 366, DAY_S = 24 * 3600 };

/* ---- figures ---- */

static json_t *seconds(uint64_t us, int64_t count)
{
	return count ? json_integer((json_int_t)(us / US_PER_S)) : json_null();
}

static json_t *mean(double rating, int64_t count)
{
	return count ? json_real(rating) : json_null();
}

static json_t *object_team(const struct store_figures *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->team_count; i++) {
		const struct store_member_figures *m = &f->team[i];

		(void)json_array_append_new(
			list,
			json_pack("{s:o, s:I, s:o, s:I, s:I, s:o}", "user", object_user(&m->user),
				  "replied", (json_int_t)m->replied, "first_reply_median_s",
				  seconds(m->reply_median_us, m->replied), "resolved",
				  (json_int_t)m->resolved, "ratings", (json_int_t)m->ratings,
				  "rating_mean", mean(m->rating_mean, m->ratings)));
	}
	return list;
}

static void on_figures(void *arg, int status, const struct store_figures *f)
{
	if (status < 0) {
		access_answer_error(arg, status, "figures");
		return;
	}
	http_reply_json(
		arg, 200,
		json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:o, s:o, s:I, "
			  "s:o, s:I, s:o, s:o}",
			  "open", (json_int_t)f->open, "pending", (json_int_t)f->pending, "snoozed",
			  (json_int_t)f->snoozed, "unassigned", (json_int_t)f->unassigned,
			  "waiting", (json_int_t)f->waiting, "oldest_waiting_since",
			  object_maybe_time(f->oldest_waiting_us), "cases", (json_int_t)f->cases,
			  "replied", (json_int_t)f->replied, "resolved", (json_int_t)f->resolved,
			  "first_reply_median_s", seconds(f->reply_median_us, f->replied),
			  "resolution_median_s", seconds(f->resolve_median_us, f->resolved),
			  "ratings", (json_int_t)f->ratings, "rating_mean",
			  mean(f->rating_mean, f->ratings), "call_ratings",
			  (json_int_t)f->call_ratings, "call_rating_mean",
			  mean(f->call_rating_mean, f->call_ratings), "team", object_team(f)));
}

void http_figures(struct http_req *req, struct control *control)
{
	int64_t days = http_number_argument(req, "days", DAYS_DEFAULT, DAYS_MAX);

	if (days > 0)
		store_figures_read(control->store,
				   clock_wall_us() - (uint64_t)days * DAY_S * US_PER_S, on_figures,
				   req);
}

/* ---- the audit log ---- */

static void on_audit(void *arg, int status, const struct store_audit *list, size_t n, bool has_more)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *o = json_pack("{s:I, s:o, s:s, s:s}", "id", (json_int_t)list[i].id, "at",
				      object_time(list[i].at_us), "actor_id", list[i].actor_id,
				      "action", list[i].action);

		if (o && list[i].target)
			(void)json_object_set_new(o, "target", json_string(list[i].target));
		if (o && list[i].detail)
			(void)json_object_set_new(o, "detail", json_string(list[i].detail));
		if (o && list[i].place)
			(void)json_object_set_new(o, "place", json_string(list[i].place));
		(void)json_array_append_new(rows, o);
	}
	if (status == 0) {
		http_reply_json(arg, 200,
				json_pack("{s:o, s:b}", "audit", rows, "has_more", (int)has_more));
		return;
	}
	json_decref(rows);
	access_answer_error(arg, status, "audit log");
}

void http_audit(struct http_req *req, struct control *control)
{
	int64_t before = http_number_argument(req, "before", 0, INT64_MAX);
	int64_t limit = before < 0 ? -1 : http_number_argument(req, "limit", 50, LIMIT_PAGE);

	if (limit > 0)
		store_audit_list(control->store,
				 &(struct store_audit_query){ .before = before,
							      .actor = http_query(req, "actor"),
							      .action = http_query(req, "action"),
							      .limit = (unsigned)limit },
				 on_audit, req);
}

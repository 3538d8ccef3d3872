/* SPDX-License-Identifier: Apache-2.0 */
/* What people said of calls that they were in. */
#include <errno.h>

#include "store/request.h"

struct feedback_request {
	struct status_request status;
	struct store_feedback feedback;
};

static int run_feedback(struct db *db, struct request *req)
{
	const struct feedback_request *r = container_of(request_of(req, struct status_request),
							struct feedback_request, status);
	const struct store_feedback *f = &r->feedback;
	int status = db_exec(
		db,
		"INSERT INTO call_feedback (session_id, user_id, rating, reason, created_at) "
		"SELECT s.id, u.user_id, ?1, ?2, ?3 FROM call_sessions s JOIN call_session_users u "
		"ON u.session_id = s.id AND u.user_id = ?4 "
		"WHERE s.cid = ?5 AND (?6 IS NULL OR s.id = ?6) "
		"ORDER BY s.started_at DESC LIMIT 1 "
		"ON CONFLICT (session_id, user_id) DO UPDATE SET rating = excluded.rating, "
		"reason = excluded.reason, created_at = excluded.created_at",
		"isisss", (int64_t)f->rating, f->reason, (int64_t)f->at_us, f->user_id, f->cid,
		f->session_id);

	return status == 0 && db_changes(db) == 0 ? -ENOENT : status;
}

void store_feedback_add(struct store *s, const struct store_feedback *feedback, store_done_fn *done,
			void *arg)
{
	struct feedback_request *r = request_new(sizeof *r);
	struct mem *mem = &r->status.base.mem;

	r->status.base.run = run_feedback;
	r->status.base.answer = status_answer;
	r->status.base.writes = true;
	r->status.done = done;
	r->status.arg = arg;
	r->feedback = *feedback;
	r->feedback.cid = mem_text(mem, feedback->cid);
	r->feedback.session_id = mem_text(mem, feedback->session_id);
	r->feedback.user_id = mem_text(mem, feedback->user_id);
	r->feedback.reason = mem_text(mem, feedback->reason);
	request_submit(s, &r->status.base);
}

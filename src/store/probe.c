/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the disk takes something again: nobody may write for hours after it was full. */
#include "store/request.h"

/* A row that comes and goes is a change, and goes to the disk. */
static int run_probe(struct db *db, struct request *req)
{
	int r = db_exec(db,
			"INSERT INTO media_refusals (kind, key, created_at) "
			"VALUES ('ended', '', 0)",
			"");

	(void)req;
	return r < 0 ? r : db_exec(db, "DELETE FROM media_refusals WHERE key = ''", "");
}

void store_probe(struct store *s, store_done_fn *done, void *arg)
{
	struct status_request *r = request_new(sizeof *r);

	r->base.run = run_probe;
	r->base.answer = status_answer;
	r->base.writes = true;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

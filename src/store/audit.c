/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log: rows are added, and never changed or taken away (the schema's triggers see to it). */
#include "store/request.h"

int audit_add(struct db *db, const struct audit_row *row)
{
	return db_exec(
		db,
		"INSERT INTO audit (at, actor_id, action, target, detail) VALUES (?, ?, ?, ?, ?)",
		"issss", (int64_t)row->at_us, row->actor_id, row->action, row->target, row->detail);
}

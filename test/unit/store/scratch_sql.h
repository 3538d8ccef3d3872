/* SPDX-License-Identifier: Apache-2.0 */
/* A second connection of a test's own to the database of a scratch folder. */
#pragma once

#include <sqlite3.h>

#include "scratch.h"

static inline void sql(struct scratch *s, const char *text)
{
	char path[128];
	sqlite3 *db;

	snprintf(path, sizeof path, "%s/confab.db", s->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static inline int64_t sql_int(struct scratch *s, const char *text)
{
	char path[128];
	sqlite3 *db;
	sqlite3_stmt *stmt;

	snprintf(path, sizeof path, "%s/confab.db", s->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	int64_t value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return value;
}

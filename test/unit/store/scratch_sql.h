/* SPDX-License-Identifier: Apache-2.0 */
/* A second connection of a test's own to the database of a scratch folder. */
#pragma once

#include <sqlite3.h>

#include "scratch.h"
#include "store/calls.h"
#include "store/messages.h"

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

static inline void note_card(void *arg, int status, const struct store_message *message,
			     bool created, int64_t cursor)
{
	(void)arg, (void)message, (void)cursor;
	assert_int_equal(status, 0);
	assert_true(created);
}

/* A call's card, in the history and in `conversation`, said by `who`; NULL: in the history only. */
static inline void add_card(struct scratch *s, const char *cid, const char *conversation,
			    const char *who, const char *card)
{
	int status = 1;

	store_card_add(s->store,
		       &(struct store_card){ .cid = cid,
					     .conversation_id = conversation,
					     .card = card,
					     .ended_at_us = 2 },
		       note_status, &status);
	if (conversation)
		store_message_add(s->store,
				  &(struct store_new_message){ .conversation_id = conversation,
							       .user_id = who,
							       .client_id = cid,
							       .text = "Video call, 0:10",
							       .card = card,
							       .created_at_us = 3000 },
				  note_card, NULL);
	store_wait(s->store);
	assert_int_equal(status, 0);
}

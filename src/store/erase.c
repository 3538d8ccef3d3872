/* SPDX-License-Identifier: Apache-2.0 */
/* Deleting a person: the account, what is known of them, and what they said. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "store/request.h"
#include "store/rows.h"
#include "store/support.h"

static const char *const modes[] = {
	[ERASE_SOFT] = "soft", [ERASE_PRUNING] = "pruning", [ERASE_HARD] = "hard"
};

bool erase_mode_parse(const char *text, enum erase_mode *ret)
{
	for (size_t i = 0; i < countof(modes); i++)
		if (strcmp(modes[i], text) == 0) {
			*ret = (enum erase_mode)i;
			return true;
		}
	return false;
}

struct erase_request {
	struct request base;
	const char *id, *by, *place;
	uint64_t at_us;
	enum erase_mode mode;
	struct store_user user;
	store_user_fn *done;
	void *arg;
};

/* Each has the user's id as ?1. */
static int run_all(struct db *db, const char *const *statements, size_t n, const char *id)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < n; i++)
		status = db_exec(db, statements[i], "s", id);
	return status;
}

static int find(struct db *db, struct erase_request *r)
{
	sqlite3_stmt *stmt = db_query(db, "SELECT " USER " FROM users u WHERE u.id = ?", "s",
				      r->id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		user_read(&r->base.mem, stmt, 0, &r->user);
	db_end(stmt);
	if (row < 1)
		return row < 0 ? row : -ENOENT;
	return r->user.role == ROLE_ADMIN ? -EPERM : 0;
}

static int close_account(struct db *db, const char *id)
{
	static const char *const statements[] = {
		"DELETE FROM sessions WHERE user_id = ?1", /* and its browsers' notifications */
		"DELETE FROM signin_links WHERE user_id = ?1",
	};

	return run_all(db, statements, countof(statements), id);
}

/* ---- who they are ---- */

/* Calls keep what they were; the name goes. ?1: who. */
#define WITHOUT_NAME(user) "json_remove(json_set(" user ", '$.name', '" ERASED_NAME "'), '$.image')"
#define RENAME_CARDS(table, which)                                                                 \
	"UPDATE " table " SET card = json_set(card, '$.caller', json(iif("                         \
	"json_extract(card, '$.caller.id') = ?1, " WITHOUT_NAME(                                   \
		"json_extract(card, '$.caller')") ", json_extract(card, '$.caller'))), "           \
						  "'$.participants', json((SELECT "                \
						  "json_group_array(json(iif("                     \
						  "json_extract(value, '$.id') = ?1, "             \
						  "" WITHOUT_NAME("value") ", value))) "           \
									   "FROM json_each(card, " \
									   "'$.participants')))"   \
									   ") WHERE " which

static int forget_person(struct db *db, struct erase_request *r)
{
	static const char *const statements[] = {
		"UPDATE users SET name = '" ERASED_NAME "', image = NULL, password_hash = NULL "
		"WHERE id = ?1",
		"UPDATE users SET name = '" ERASED_NAME "', image = NULL WHERE merged_into = ?1",
		"DELETE FROM customers WHERE user_id = ?1",
		"UPDATE support_cases SET comment = NULL WHERE conversation_id = ?1",
		"UPDATE messages SET activity_text = NULL WHERE conversation_id = ?1 AND activity "
		"IN ('rated', 'merged')",
		"UPDATE call_feedback SET reason = NULL WHERE user_id = ?1",
		"UPDATE reports SET reason = '' WHERE reporter_id = ?1",
		"DELETE FROM call_rings WHERE conversation_id = ?1 AND ended_at IS NOT NULL",
		"DELETE FROM blocks WHERE user_id = ?1 OR blocked_id = ?1",
		"UPDATE calls SET custom = '{}' WHERE conversation_id = ?1",
		RENAME_CARDS("messages", "id IN (SELECT message_id FROM message_people WHERE "
					 "user_id = ?1)"),
		RENAME_CARDS("call_history", "id IN (SELECT history_id FROM history_people WHERE "
					     "user_id = ?1)"),
	};
	int status = run_all(db, statements, countof(statements), r->id);

	/* stored frames hold names: who comes back loads everything anew */
	return status < 0 ? status : event_break(db);
}

/* ---- what was said ---- */

struct said {
	int64_t id;
	const char *text;
};

static void said_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct said *)ret = (struct said){ db_int(stmt, 0), db_text(mem, stmt, 1) };
}

/* Out of the search, which holds people's words and cards only. */
static int forget_words(struct db *db, struct erase_request *r)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT id, text FROM messages WHERE (conversation_id = ?1 OR "
		"user_id = ?1) AND activity IS NULL AND deleted_at IS NULL",
		"s", r->id);
	struct rows rows = { .n = 0 };
	int status = rows_read(db, &r->base.mem, stmt, sizeof(struct said), said_read, &rows);
	const struct said *said = rows.list;

	for (size_t i = 0; status == 0 && i < rows.n; i++)
		status = search_remove(db, said[i].id, said[i].text);
	return status;
}

/* The bytes of their files are next: gone_files. */
static int forget_talk(struct db *db, struct erase_request *r)
{
	static const char *const statements[] = {
		"DELETE FROM attachments WHERE conversation_id = ?1 OR user_id = ?1",
		"UPDATE conversations SET last_message_id = NULL, last_public_id = NULL, status = "
		"'resolved', snoozed_until = NULL, waiting_since = NULL, assignee_id = NULL WHERE "
		"id = ?1",
		"DELETE FROM messages WHERE conversation_id = ?1",
		"DELETE FROM conversation_labels WHERE conversation_id = ?1",
		"DELETE FROM call_history WHERE conversation_id = ?1",
		"DELETE FROM reactions WHERE user_id = ?1",
		/* they hold the words, too */
		("DELETE FROM reports WHERE message_id IN (SELECT id FROM messages WHERE user_id = "
		 "?1)"),
	};
	int status = forget_words(db, r);

	if (status == 0)
		status = run_all(db, statements, countof(statements), r->id);
	if (status == 0) /* in groups: as if they had deleted each */
		status = db_exec(
			db,
			"UPDATE messages SET text = '', deleted_at = ?2 WHERE user_id = ?1 "
			"AND deleted_at IS NULL",
			"si", r->id, (int64_t)r->at_us);
	return status < 0 ? status
			  : db_exec(db,
				    "UPDATE support_cases SET resolved_at = ?2 WHERE "
				    "conversation_id = ?1 AND resolved_at IS NULL",
				    "si", r->id, (int64_t)r->at_us);
}

static int run_erase(struct db *db, struct request *req)
{
	struct erase_request *r = request_of(req, struct erase_request);
	int status = find(db, r);

	if (status == 0)
		status = close_account(db, r->id);
	if (status == 0 && r->mode >= ERASE_HARD)
		status = forget_talk(db, r);
	if (status == 0 && r->mode >= ERASE_PRUNING)
		status = forget_person(db, r);
	if (status == 0)
		status = audit_add(db, &(struct audit_row){ .at_us = r->at_us,
							    .actor_id = r->by,
							    .action = "user.delete",
							    .target = r->id,
							    .detail = modes[r->mode],
							    .place = r->place });
	return status < 0 ? status : find(db, r);
}

static void answer_erase(struct request *req)
{
	struct erase_request *r = request_of(req, struct erase_request);

	r->done(r->arg, req->status, req->status == 0 ? &r->user : NULL);
}

void store_user_erase(struct store *s, const char *id, enum erase_mode mode,
		      const struct store_deed *by, store_user_fn *done, void *arg)
{
	struct erase_request *r = request_new(sizeof *r);

	r->base.run = run_erase;
	r->base.answer = answer_erase;
	r->base.writes = true;
	r->id = mem_text(&r->base.mem, id);
	r->by = mem_text(&r->base.mem, by->user_id);
	r->place = mem_text(&r->base.mem, by->place);
	r->mode = mode;
	r->at_us = by->at_us;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

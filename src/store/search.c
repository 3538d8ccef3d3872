/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Full-text search over messages (SQLite's FTS5). Words of new messages are not in the index when those are acknowledged: a
 * segment for each transaction, and merging them, was a fifth of what a message took. They follow some hundred at a time, before
 * anybody searches, and when there is nothing else to do. What is missing needs no note: it is what was written after the newest
 * message in the index, also after a crash.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/request.h"

enum { QUEUE_FIRST = 64, TOGETHER = 512 };

static int later(struct db *db, int64_t id, const char *text, bool remove)
{
	struct search_queue *q = &db->search;

	if (q->n == q->capacity) {
		size_t capacity = q->capacity ? 2 * q->capacity : QUEUE_FIRST;
		struct search_entry *entries = realloc(q->entries, capacity * sizeof *entries);

		if (!entries)
			return -ENOMEM;
		q->entries = entries;
		q->capacity = capacity;
	}
	q->entries[q->n++] = (struct search_entry){ id, text, remove };
	return 0;
}

void search_new(struct db *db)
{
	db->search.behind++;
}

int search_add(struct db *db, int64_t id, const char *text)
{
	return later(db, id, text, false);
}

/* FTS5 wants the very text that was indexed, to take its words out again. */
int search_remove(struct db *db, int64_t id, const char *text)
{
	int status = search_catch_up(db);

	return status < 0 ? status : later(db, id, text, true);
}

/* Lines about what was done (activity) are no words of people's. */
int search_catch_up(struct db *db)
{
	if (!db->search.behind)
		return 0;
	int status = db_exec(
		db,
		"INSERT INTO message_search (rowid, text) SELECT id, text FROM messages WHERE id > "
		"(SELECT coalesce(max(id), 0) FROM message_search_docsize) AND activity IS NULL "
		"AND "
		"deleted_at IS NULL ORDER BY id",
		"");

	if (status == 0)
		db->search.behind = 0;
	return status;
}

int search_settle(struct db *db)
{
	if (!db->search.behind)
		return 0;
	int status = db_begin(db, true);

	if (status == 0)
		status = search_catch_up(db);
	if (status == 0)
		status = db_commit(db);
	if (status < 0) {
		db_rollback(db);
		search_forget(db, 0);
	}
	return status;
}

int search_flush(struct db *db)
{
	const struct search_queue *q = &db->search;
	int status = 0;

	for (size_t i = 0; status == 0 && i < q->n; i++)
		status = db_exec(db,
				 q->entries[i].remove
					 ? "INSERT INTO message_search (message_search, rowid, "
					   "text) VALUES ('delete', ?, ?)"
					 : "INSERT INTO message_search (rowid, text) VALUES (?, ?)",
				 "is", q->entries[i].id, q->entries[i].text);
	db->search.n = 0;
	return status == 0 && q->behind >= TOGETHER ? search_catch_up(db) : status;
}

void search_forget(struct db *db, size_t n)
{
	db->search.n = n;
	db->search.behind++; /* what was caught up with may be undone, too */
}

struct search_request {
	struct request base;
	bool all;
	const char *user_id, *query;
	struct store_search search;
	struct message_page found;
	store_messages_fn *done;
	void *arg;
};

/*
 * People's words as a query of FTS5: each one quoted, so that nothing in it is syntax, and the last one
 * a beginning, so that results come while one types. NULL when there is no word.
 */
static const char *make_query(struct mem *mem, const char *words)
{
	static const char blank[] = " \t\r\n";
	size_t n = strlen(words);
	/* per byte at most a doubled quote; per word two quotes and a blank; "*" and the end */
	char *query = mem_take(mem, 5 * n + 2), *at = query;

	if (!query)
		return NULL;
	for (words += strspn(words, blank); *words; words += strspn(words, blank)) {
		if (at > query)
			*at++ = ' ';
		*at++ = '"';
		for (; *words && !strchr(blank, *words); words++) {
			if (*words == '"')
				*at++ = '"';
			*at++ = *words;
		}
		*at++ = '"';
	}
	if (at == query)
		return NULL;
	*at++ = '*';
	*at = '\0';
	return query;
}

static int run_search(struct db *db, struct request *req)
{
	struct search_request *r = request_of(req, struct search_request);
	const struct store_search *s = &r->search;

	if (!r->query)
		return 0;
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT " MESSAGE
		" FROM message_search s JOIN messages m ON m.id = s.rowid JOIN users u "
		"ON u.id = m.user_id" MESSAGE_JOINS
		"WHERE message_search MATCH ?1 AND m.deleted_at IS NULL AND " VISIBLE_IN(
			"m.conversation_id",
			"m.private") " AND (?4 IS NULL OR m.conversation_id = ?4) "
				     "AND (?5 IS NULL OR m.user_id = ?5) "
				     "AND m.created_at >= ?6 AND (?7 = 0 OR m.created_at < ?7) "
				     "AND (?8 = 0 OR EXISTS (SELECT 1 FROM attachments a "
				     "WHERE a.message_id = m.id)) "
				     "ORDER BY s.rank, m.id DESC LIMIT ?9",
		"sisssiiii", r->query, (int64_t)r->all, r->user_id, s->conversation_id, s->user_id,
		(int64_t)s->since_us, (int64_t)s->until_us, (int64_t)s->files,
		(int64_t)s->limit + 1);
	return message_page_read(db, &req->mem, stmt, s->limit, &r->found);
}

static void answer_search(struct request *req)
{
	struct search_request *r = request_of(req, struct search_request);

	r->done(r->arg, req->status, r->found.list, req->status == 0 ? r->found.n : 0,
		r->found.has_more);
}

void store_message_query(struct store *s, struct store_scope scope,
			 const struct store_search *search, store_messages_fn *done, void *arg)
{
	struct search_request *r = request_new(sizeof *r);
	struct mem *mem = &r->base.mem;

	r->base.run = run_search;
	r->base.answer = answer_search;
	r->base.searches = true;
	r->all = scope.all;
	r->user_id = mem_text(mem, scope.user_id);
	r->query = make_query(mem, search->words);
	r->search = *search;
	r->search.words = NULL;
	r->search.conversation_id = mem_text(mem, search->conversation_id);
	r->search.user_id = mem_text(mem, search->user_id);
	r->search.limit = search->limit ? search->limit : 1;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

void store_message_search(struct store *s, struct store_scope scope, const char *conversation_id,
			  const char *words, unsigned limit, store_messages_fn *done, void *arg)
{
	const struct store_search search = { .words = words,
					     .conversation_id = conversation_id,
					     .limit = limit };

	store_message_query(s, scope, &search, done, arg);
}

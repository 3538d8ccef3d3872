/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: reading rows, pages of a conversation, one more. */
#include <errno.h>

#include "store/channels.h"
#include "store/request.h"
#include "store/rows.h"

void message_read(struct mem *mem, sqlite3_stmt *stmt, int column, struct store_message *ret)
{
	ret->id = db_int(stmt, column);
	ret->conversation_id = db_text(mem, stmt, column + 1);
	ret->text = db_text(mem, stmt, column + 2);
	ret->client_id = db_text(mem, stmt, column + 3);
	ret->created_at_us = (uint64_t)db_int(stmt, column + 4);
	ret->updated_at_us = (uint64_t)db_int(stmt, column + 5);
	ret->deleted_at_us = (uint64_t)db_int(stmt, column + 6);
	ret->private = db_int(stmt, column + 7) != 0;
	ret->quoted_id = db_int(stmt, column + 8);
	ret->quoted_text = db_text(mem, stmt, column + 9);
	ret->quoted_user_id = db_text(mem, stmt, column + 10);
	ret->quoted_user_name = db_text(mem, stmt, column + 11);
	ret->card = db_text(mem, stmt, column + 12);
	ret->activity = db_text(mem, stmt, column + 13);
	ret->activity_value = db_text(mem, stmt, column + 14);
	ret->activity_text = db_text(mem, stmt, column + 15);
	user_read(mem, stmt, column + 16, &ret->user);
}

static void reaction_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct store_reaction *)ret = (struct store_reaction){ db_text(mem, stmt, 0),
								 db_text(mem, stmt, 1) };
}

static int read_reactions(struct db *db, struct mem *mem, struct store_message *message)
{
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT type, user_id FROM reactions WHERE message_id = ? "
				      "ORDER BY created_at, type, "
				      "user_id",
				      "i", message->id);

	return rows_all(db, mem, stmt, sizeof(struct store_reaction), reaction_read,
			&message->reactions, &message->reaction_count);
}

int message_read_parts(struct db *db, struct mem *mem, struct store_message *message)
{
	int status = read_reactions(db, mem, message);

	return status < 0 ? status : attachments_read(db, mem, message);
}

static void listed_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	message_read(mem, stmt, 0, ret);
}

int message_page_read(struct db *db, struct mem *mem, sqlite3_stmt *stmt, unsigned limit,
		      struct message_page *page)
{
	struct rows rows = { .limit = limit };
	int row = rows_read(db, mem, stmt, sizeof(struct store_message), listed_read, &rows);

	page->list = rows.list;
	page->n = rows.n;
	page->has_more = rows.more;
	for (size_t i = 0; row == 0 && i < page->n; i++)
		row = message_read_parts(db, mem, &page->list[i]);
	return row;
}

int conversation_exists(struct db *db, const char *id)
{
	sqlite3_stmt *stmt = db_query(db, "SELECT 1 FROM conversations WHERE id = ?", "s", id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

/* ---- a page of messages ---- */

struct messages_request {
	struct request base;
	struct store_page page;
	struct message_page found;
	store_messages_fn *done;
	void *arg;
};

static void reverse(struct message_page *page)
{
	for (size_t i = 0; i < page->n / 2; i++) {
		struct store_message swap = page->list[i];

		page->list[i] = page->list[page->n - 1 - i];
		page->list[page->n - 1 - i] = swap;
	}
}

#define SELECT_PAGE \
	"SELECT " MESSAGE " FROM messages m JOIN users u ON u.id = m.user_id" MESSAGE_JOINS
#define PAGE_WHERE "WHERE m.conversation_id = ?1 AND (?4 OR NOT m.private) "

static int run_message_list(struct db *db, struct request *req)
{
	struct messages_request *r = request_of(req, struct messages_request);
	const struct store_page *page = &r->page;
	int status = conversation_exists(db, page->conversation_id);

	if (status < 0)
		return status;
	sqlite3_stmt *stmt = page->after ? db_query(db,
						    SELECT_PAGE PAGE_WHERE
						    "AND m.id > ?2 ORDER BY m.id LIMIT ?3",
						    "siii", page->conversation_id, page->after,
						    (int64_t)page->limit + 1, (int64_t)page->notes)
					 : db_query(db,
						    SELECT_PAGE PAGE_WHERE
						    "AND m.id < ?2 ORDER BY m.id DESC LIMIT ?3",
						    "siii", page->conversation_id,
						    page->before > 0 ? page->before : INT64_MAX,
						    (int64_t)page->limit + 1, (int64_t)page->notes);
	status = message_page_read(db, &req->mem, stmt, page->limit, &r->found);
	if (!page->after)
		reverse(&r->found);
	return status;
}

static void answer_messages(struct request *req)
{
	struct messages_request *r = request_of(req, struct messages_request);

	r->done(r->arg, req->status, r->found.list, req->status == 0 ? r->found.n : 0,
		r->found.has_more);
}

void store_message_list(struct store *s, const struct store_page *page, store_messages_fn *done,
			void *arg)
{
	struct messages_request *r = request_new(sizeof *r);

	r->base.run = run_message_list;
	r->base.answer = answer_messages;
	r->page = *page;
	r->page.conversation_id = mem_text(&r->base.mem, page->conversation_id);
	r->page.limit = page->limit ? page->limit : 1;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

/* ---- one more message ---- */

struct message_request {
	struct request base;
	struct store_new_message new;
	struct store_message message;
	bool created;
	int64_t cursor, inserted, wait_us;
	struct event_list more;
	struct support_before before;
	const struct store_support *support;
	store_message_fn *done;
	void *arg;
};

static int find_by_client_id(struct db *db, struct message_request *r)
{
	const struct store_new_message *new = &r->new;
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT " MESSAGE " FROM messages m JOIN users u ON u.id = m.user_id" MESSAGE_JOINS
		"WHERE m.conversation_id = ? AND m.user_id = ? AND m.client_id = ?",
		"sss", new->conversation_id, new->user_id, new->client_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		message_read(&r->base.mem, stmt, 0, &r->message);
	db_end(stmt);
	int status = row == 1 ? message_read_parts(db, &r->base.mem, &r->message) : 0;
	return status < 0 ? status : row;
}

/* What is quoted must be there, and for the same eyes; it may have been deleted while the answer was
 * written. */
static int check_quoted(struct db *db, struct message_request *r)
{
	struct store_message quoted = { 0 };

	if (r->new.quoted_id == 0)
		return 0;
	int row = message_find(db, &r->base.mem, r->new.conversation_id, r->new.quoted_id, &quoted);
	if (row < 0)
		return row;
	r->message.quoted_id = quoted.id;
	r->message.quoted_text = quoted.text;
	r->message.quoted_user_id = quoted.user.id;
	r->message.quoted_user_name = quoted.user.name;
	return row == 1 && (!quoted.private || r->new.private) ? 0 : -ENOENT;
}

/*
 * And the state of their conversation, and whether the message is there: one question instead of three is worth having, each
 * message asks it. -EEXIST: it is. An INSERT that finds it would write all the same, the next id, which a full disk refuses.
 */
static int find_writer(struct db *db, struct message_request *r)
{
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT " USER ", c.status = 'open', c.waiting_since IS NOT NULL, EXISTS (SELECT 1 "
		"FROM messages WHERE conversation_id = ?1 AND user_id = ?2 AND client_id = ?3) "
		"FROM users u LEFT JOIN conversations c ON c.id = ?1 WHERE u.id = ?2",
		"sss", r->new.conversation_id, r->new.user_id, r->new.client_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);
	bool there = row == 1 && db_int(stmt, USER_COLUMNS + 2);

	if (row == 1) {
		user_read(&r->base.mem, stmt, 0, &r->message.user);
		r->before = (struct support_before){ db_int(stmt, USER_COLUMNS) != 0,
						     db_int(stmt, USER_COLUMNS + 1) != 0 };
	}
	db_end(stmt);
	return there ? -EEXIST : row == 1 ? 0 : row == 0 ? -ENOENT : row;
}

/* The message as it is in the table now: what was inserted, and what the checks read. */
static int fill(struct db *db, struct message_request *r)
{
	const struct store_new_message *new = &r->new;
	struct store_message *m = &r->message;

	m->id = r->inserted;
	m->conversation_id = new->conversation_id;
	m->client_id = new->client_id;
	m->text = new->text;
	m->card = new->card;
	m->created_at_us = new->created_at_us;
	m->private = new->private;
	m->support = r->support;
	m->events = r->more.events;
	m->event_count = r->more.n;
	return new->attachment_count ? attachments_read(db, &r->base.mem, m) : 0;
}

/* -EEXIST: its client id was there. Without the conversation or the user the foreign keys say -ENOENT. */
static int insert(struct db *db, struct message_request *r)
{
	const struct store_new_message *new = &r->new;
	int status = db_exec(
		db,
		"INSERT INTO messages (conversation_id, user_id, client_id, text, "
		"created_at, quoted_id, private, card) VALUES (?, ?, ?, ?, ?, nullif(?, 0), ?, ?) "
		"ON CONFLICT (conversation_id, user_id, client_id) DO NOTHING",
		"ssssiiis", new->conversation_id, new->user_id, new->client_id, new->text,
		(int64_t) new->created_at_us, new->quoted_id, (int64_t) new->private, new->card);

	if (status == 0 && db_changes(db) == 0)
		return -EEXIST;
	r->inserted = db_last_id(db);
	return status;
}

/* What comes with a message that was inserted. */
static int insert_rest(struct db *db, struct message_request *r)
{
	const struct store_new_message *new = &r->new;
	int64_t at = (int64_t) new->created_at_us, id = r->inserted;
	int status = attachments_send(db, new, id);

	if (status == 0 && new->card)
		status = card_name_people(db, id, new->card);
	if (status < 0)
		return status;
	status = db_exec(
		db,
		"UPDATE conversations SET last_message_id = ?1, last_public_id = CASE WHEN ?2 "
		"THEN last_public_id ELSE ?1 END, updated_at = max(updated_at, ?3) WHERE id = "
		"?4",
		"iiis", id, (int64_t) new->private, at, new->conversation_id);
	search_new(db);
	if (status == 0)
		status = read_mark(db, new->conversation_id, new->user_id, id, id);
	if (status == 0)
		status = event_add(db,
				   &(struct event_row){ .type = EVENT_MESSAGE_NEW,
							.created_at_us = new->created_at_us,
							.message_id = id,
							.conversation_id = new->conversation_id },
				   &r->cursor);
	return status < 0 || store_is_channel(new->conversation_id)
		       ? status
		       : support_on_message(db, &r->base.mem, new, &r->before, &r->more,
					    &r->support);
}

static int add_mentions(struct db *db, const struct message_request *r, int64_t id)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < r->new.mention_count; i++)
		status = db_exec(
			db,
			"INSERT INTO mentions (message_id, user_id) SELECT ?1, id FROM users "
			"WHERE id = ?2 AND role = 'admin' AND id <> ?3 ON CONFLICT DO NOTHING",
			"iss", id, r->new.mentions[i], r->new.user_id);
	return status;
}

/* Asked here again: somebody may have been removed while the message was on its way (R27). */
static int check(struct db *db, struct message_request *r)
{
	int status = channel_admits(db, r->new.conversation_id, r->new.user_id);

	if (status == 0)
		status = check_quoted(db, r);
	if (status == 0)
		status = find_writer(db, r);
	return status == 0 ? channel_slow(db, &r->new, &r->wait_us) : status;
}

static int run_message_add(struct db *db, struct request *req)
{
	struct message_request *r = request_of(req, struct message_request);
	/* slow mode takes note of a new one, not of the first one again */
	int row = r->new.slow_us ? find_by_client_id(db, r) : 0;

	if (row != 0)
		return row < 0 ? row : 0;
	int status = check(db, r);
	if (status == 0)
		status = insert(db, r);
	if (status == -EEXIST || status == -ENOENT) {
		/* nothing was written; the first one again, also from who may write no more */
		row = find_by_client_id(db, r);
		return row == 1 ? 0 : row < 0 ? row : status;
	}
	if (status == 0)
		status = insert_rest(db, r);
	if (status < 0)
		return status;
	r->created = true;
	if (r->new.listed_word) {
		status = report_word(db, r->inserted, r->new.listed_word, r->new.text,
				     r->new.created_at_us);
		if (status < 0)
			return status;
	}
	status = r->new.mention_count ? add_mentions(db, r, r->inserted) : 0;
	return status < 0 ? status : fill(db, r);
}

static void answer_message(struct request *req)
{
	struct message_request *r = request_of(req, struct message_request);
	bool ok = req->status == 0;

	r->done(r->arg, req->status, ok ? &r->message : NULL, ok && r->created,
		ok ? r->cursor : r->wait_us);
}

void store_message_add(struct store *s, const struct store_new_message *message,
		       store_message_fn *done, void *arg)
{
	struct message_request *r = request_new(sizeof *r);
	struct mem *mem = &r->base.mem;

	r->base.run = run_message_add;
	r->base.answer = answer_message;
	r->base.writes = true;
	/* a file that is not there is noticed late, and slow mode notes the time before */
	r->base.checks_first = !message->attachment_count && !message->slow_us;
	r->new = *message;
	r->new.conversation_id = mem_text(mem, message->conversation_id);
	r->new.user_id = mem_text(mem, message->user_id);
	r->new.client_id = mem_text(mem, message->client_id);
	r->new.text = mem_text(mem, message->text);
	r->new.card = mem_text(mem, message->card);
	r->new.listed_word = mem_text(mem, message->listed_word);
	const char **ids = mem_take(mem, (message->attachment_count + 1) * sizeof *ids);
	for (size_t i = 0; ids && i < message->attachment_count; i++)
		ids[i] = mem_text(mem, message->attachments[i]);
	r->new.attachments = ids;
	const char **mentions = mem_take(mem, (message->mention_count + 1) * sizeof *mentions);
	for (size_t i = 0; mentions && i < message->mention_count; i++)
		mentions[i] = mem_text(mem, message->mentions[i]);
	r->new.mentions = mentions;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

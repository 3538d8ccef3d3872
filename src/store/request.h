/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One queued request, private to src/store. A verb's file embeds it as the first member of its own
 * struct, fills the rest, and hands it to request_submit. `run` is called on the store thread
 * inside the transaction, `answer` on the loop's thread after the commit.
 */
#pragma once

#include "base/list.h"
#include "store/db.h"
#include "store/mem.h"
#include "store/store.h"

struct request {
	struct list link;
	int (*run)(struct db *db, struct request *req);
	void (*answer)(struct request *req);
	bool writes;
	bool ends_turn; /* the last one that its turn of the loop asked for */
	/* All that can refuse it comes before its first write: it needs no savepoint. When it fails after
	 * that (a disk, memory), so does its whole transaction. */
	bool checks_first;
	bool searches; /* reads the search index, which all messages must be in before that */
	int status;
	bool committed; /* with others, in a transaction that changed something */
	struct mem mem; /* arguments and results */
};

/* Zeroed, `size` bytes.
 * Never NULL: without memory for this the program ends (nothing acknowledged is lost). */
void *request_new(size_t size);

/* The same with what is run and what answers; `size` is of a struct that embeds it first. */
void *request_for(size_t size, int (*run)(struct db *db, struct request *req),
		  void (*answer)(struct request *req));

/* Takes the request over. */
void request_submit(struct store *s, struct request *req);

/* The concrete request of a generic one. */
#define request_of(req, type) container_of(req, type, base)

/* The columns of a user in a SELECT whose users table
 * is called u, and their reading from `column` on. */
#define USER "u.id, u.name, iif(u.guest, 'guest', u.role), u.image, u.created_at"
enum { USER_COLUMNS = 5 };
void user_read(struct mem *mem, sqlite3_stmt *stmt, int column, struct store_user *ret);

/* The same of a message: tables m, u (its writer), and MESSAGE_JOINS after them. */
#define MESSAGE                                                                      \
	"m.id, m.conversation_id, m.text, m.client_id, m.created_at, m.updated_at, " \
	"m.deleted_at, m.private, m.quoted_id, q.text, qu.id, qu.name, m.card, "     \
	"m.activity, m.activity_value, m.activity_text, " USER
#define MESSAGE_JOINS \
	" LEFT JOIN messages q ON q.id = m.quoted_id LEFT JOIN users qu ON qu.id = q.user_id "
enum { MESSAGE_COLUMNS = 16 + USER_COLUMNS };
void message_read(struct mem *mem, sqlite3_stmt *stmt, int column, struct store_message *ret);

/* Reads the reactions and attachments of a message that was read. 0 or -errno. */
int message_read_parts(struct db *db, struct mem *mem, struct store_message *message);
int attachments_read(struct db *db, struct mem *mem, struct store_message *message);

/* cards.c: whom the card of a message that was added names, so that merges and erasures find it. */
int card_name_people(struct db *db, int64_t message_id, const char *card);

/* Gives the user's uploads to a message. 0, -ENOENT or -errno. */
int attachments_send(struct db *db, const struct store_new_message *message, int64_t message_id);

/* Appends what the statement gives (columns MESSAGE) to the page, with reactions; ends the statement.
 * Stops after `limit` rows and then says so. 0 or -errno. */
struct message_page {
	struct store_message *list;
	size_t n;
	bool has_more;
};
int message_page_read(struct db *db, struct mem *mem, sqlite3_stmt *stmt, unsigned limit,
		      struct message_page *page);

/* One message of a conversation: 1, 0 (there is none), or -errno. */
int message_find(struct db *db, struct mem *mem, const char *conversation_id, int64_t id,
		 struct store_message *ret);

/* A message was added; its words come into the search index later. */
void search_new(struct db *db);
/*
 * The words of a message that changes, in and out of the search index (a trigger may not: the schema is not trusted); out before
 * the row is changed. Both happen together at the end of the transaction, by search_flush: FTS5 writes what it has to the disk
 * at every savepoint, a segment for each message then, instead of one for all. The text must live until the answer.
 */
int search_add(struct db *db, int64_t id, const char *text);
int search_remove(struct db *db, int64_t id, const char *text);
int search_flush(struct db *db);
/* In a transaction that writes: the words of all messages are in the index after it. */
int search_catch_up(struct db *db);
/* The same in a transaction of its own. On failure nothing has changed, and the newest words are not found. */
int search_settle(struct db *db);
/* Forgets all but the first `n`: the rest was undone. */
void search_forget(struct db *db, size_t n);

/* message_change.c: leaves a placeholder of a message that is there (its text must live until the answer), with the event. */
int message_bury(struct db *db, const struct store_message_change *change,
		 const struct store_message *message, int64_t *ret_cursor);

/* reports.c: one by the word list, unless an open one is there. */
int report_word(struct db *db, int64_t message_id, const char *word, const char *text,
		uint64_t at_us);

/* reports.c: the message's open reports are closed. */
int report_settle(struct db *db, int64_t message_id, const char *by, uint64_t at_us);

/* What a request brought about, for its answer. */
struct event_list {
	struct store_event *events;
	size_t n;
};

/* support.c: what a new message means for its conversation, of whose state every message asks so much; appends to
 * `out`. The new state is in `ret` when it has changed. */
struct support_before {
	bool open, waiting;
};
int support_on_message(struct db *db, struct mem *mem, const struct store_new_message *message,
		       const struct support_before *before, struct event_list *out,
		       const struct store_support **ret);
/* The state of a conversation that is there. */
int support_read(struct db *db, struct mem *mem, const char *conversation_id,
		 struct store_support *ret);
/* The same in memory of its own. */
int support_take(struct db *db, struct mem *mem, const char *conversation_id,
		 const struct store_support **ret);

/* audit.c: one more row; target, detail and place may be NULL. */
struct audit_row {
	uint64_t at_us;
	const char *actor_id, *action, *target, *detail, *place;
};
int audit_add(struct db *db, const struct audit_row *row);

/* Whose rows: of customers' conversations all (?2) or one's own (?3) without the team's notes; of channels
 * those one is in. */
#define VISIBLE_IN(conversation, private)                                               \
	"((instr(" conversation ", '.') = 0 AND (?2 OR (" conversation " = ?3 AND NOT " \
	"coalesce(" private ", 0)))) OR EXISTS (SELECT 1 FROM channel_members p WHERE " \
			    "p.channel_id = " conversation " AND p.user_id = ?3))"

/* Whether the user may write there: 0 in a customer's conversation, else -ENOENT without membership; or -errno. */
/* Slow mode: notes that one more is sent now. -EAGAIN: too early, by *ret_wait_us. */
int channel_slow(struct db *db, const struct store_new_message *message, int64_t *ret_wait_us);

int channel_admits(struct db *db, const char *conversation_id, const char *user_id);

/* 0, -ENOENT or -errno. */
int conversation_exists(struct db *db, const char *id);

/* conversations.c: what the user has not read there: others' messages (with the team's notes, or without them), up to
 * STORE_UNREAD_MAX, and notes that name them. 0 or -errno. */
int unread_count(struct db *db, const char *conversation_id, const char *user_id, bool notes,
		 int64_t *ret);
int mention_count(struct db *db, const char *conversation_id, const char *user_id, int64_t *ret);

/* customers.c: -ENOENT: no customer. */
struct store_customer;
int customer_read(struct db *db, struct mem *mem, const char *user_id, struct store_customer *ret);

/* Moves what somebody has read and been given forward, never back. */
int read_mark(struct db *db, const char *conversation_id, const char *user_id, int64_t read_id,
	      int64_t delivered_id);
/* The columns of a call in a SELECT whose calls table is called c, joined with users u. */
#define CALL                                                                                \
	"c.cid, c.type, c.id, c.conversation_id, c.created_at, c.updated_at, c.starts_at, " \
	"c.ended_at, c.backstage, c.custom, c.settings, " USER
void call_columns_read(struct mem *mem, sqlite3_stmt *stmt, struct store_call *ret);
/* Members, blocks, rights of the call whose cid is there. */
int call_rest_read(struct db *db, struct mem *mem, struct store_call *ret);

/* Copies into the request's memory. */
struct store_user user_copy(struct mem *mem, const struct store_user *user);

/* Appends to the event log; event_prune, at the end of the transaction, cuts that. Unused fields are NULL or 0. */
struct event_row {
	enum store_event_type type;
	uint64_t created_at_us;
	int64_t message_id;
	const char *conversation_id, *cid, *session_id, *user_id, *user_name, *payload;
};
int event_add(struct db *db, const struct event_row *event, int64_t *ret_cursor);
int event_prune(struct db *db);
/* From now on every cursor that was given away is answered with -ESTALE. */
int event_break(struct db *db);

/* Writes down who hears of it (struct store_audience's rule; `only`: just `more`) and answers it. */
int event_audience(struct db *db, struct mem *mem, int64_t cursor, const struct event_row *event,
		   struct store_audience more, bool only, struct store_audience *ret);
/* The same for a session's beginning, end, comings and goings. Nobody but the watchers is written down. */
int event_session_hearers(struct db *db, struct mem *mem, int64_t cursor,
			  const struct event_row *event, struct store_audience watchers,
			  struct store_session_hearers *ret);
struct store_audience audience_copy(struct mem *mem, struct store_audience audience);

/* A verb that answers with a status only: fill `text` (and what else the verb's own struct has). */
struct status_request {
	struct request base;
	store_done_fn *done;
	void *arg;
};
void status_answer(struct request *req);

/* The card of a row of call_history, with what those who were in the call said of it: `feedback`. */
#define CARD_AND_FEEDBACK                                                                      \
	"(SELECT iif(count(*), json_set(card, '$.feedback', json(json_group_array("            \
	"json_object('user_id', f.user_id, 'rating', f.rating, 'reason', f.reason)))), card) " \
	"FROM call_feedback f WHERE f.session_id = json_extract(card, '$.session_id'))"

/* The newest cursor ever given; 0 before the first. */
int event_newest(struct db *db, int64_t *ret_cursor);

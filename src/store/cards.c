/* SPDX-License-Identifier: Apache-2.0 */
/* The cards of calls that are over: the operator's history, and whom each card names. */
#include <errno.h>

#include "store/request.h"
#include "store/rows.h"

/* ---- whom a card names: its caller, and who was in the call ---- */

/* ?1: the card's row, ?2: the card. Its people may be the caller, too: UNION counts each once. */
#define NAMED                                                                                 \
	"SELECT json_extract(?2, '$.caller.id') AS who, ?1 WHERE who IS NOT NULL UNION "      \
	"SELECT json_extract(value, '$.id') AS who, ?1 FROM json_each(?2, '$.participants') " \
	"WHERE who IS NOT NULL"

int card_name_people(struct db *db, int64_t message_id, const char *card)
{
	return db_exec(db, "INSERT INTO message_people (user_id, message_id) " NAMED, "is",
		       message_id, card);
}

/* ---- one more ---- */

struct card_request {
	struct status_request status;
	struct store_card card;
};

static int run_card_add(struct db *db, struct request *req)
{
	const struct store_card *card = &container_of(request_of(req, struct status_request),
						      struct card_request, status)
						 ->card;
	int status = db_exec(db,
			     "INSERT INTO call_history (cid, conversation_id, card, ended_at) "
			     "VALUES (?, ?, ?, ?)",
			     "sssi", card->cid, card->conversation_id, card->card,
			     (int64_t)card->ended_at_us);

	return status < 0 ? status
			  : db_exec(db, "INSERT INTO history_people (user_id, history_id) " NAMED,
				    "is", db_last_id(db), card->card);
}

void store_card_add(struct store *s, const struct store_card *card, store_done_fn *done, void *arg)
{
	struct card_request *r = request_for(sizeof *r, run_card_add, status_answer);
	struct mem *mem = &r->status.base.mem;

	r->status.base.writes = true;
	r->status.done = done;
	r->status.arg = arg;
	r->card = (struct store_card){ mem_text(mem, card->cid),
				       mem_text(mem, card->conversation_id),
				       mem_text(mem, card->card), card->ended_at_us };
	request_submit(s, &r->status.base);
}

/* ---- the history ---- */

struct cards_request {
	struct request base;
	const char *user_id, *cid, *conversation_id;
	unsigned limit;
	struct store_card *list;
	size_t n;
	store_cards_fn *done;
	void *arg;
};

static void card_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	*(struct store_card *)ret = (struct store_card){ db_text(mem, stmt, 0),
							 db_text(mem, stmt, 1),
							 db_text(mem, stmt, 2),
							 (uint64_t)db_int(stmt, 3) };
}

static int run_card_list(struct db *db, struct request *req)
{
	struct cards_request *r = request_of(req, struct cards_request);
	sqlite3_stmt *stmt = db_query(
		db,
		"SELECT cid, conversation_id, " CARD_AND_FEEDBACK ", ended_at FROM call_history "
		"WHERE (?1 IS NULL OR cid = ?1) AND (?2 IS NULL OR conversation_id = ?2) "
		"AND (conversation_id IS NULL OR instr(conversation_id, '.') = 0 OR EXISTS "
		"(SELECT 1 FROM channel_members WHERE channel_id = conversation_id AND user_id = "
		"?4)) "
		"ORDER BY id DESC LIMIT ?3",
		"ssis", r->cid, r->conversation_id, (int64_t)r->limit, r->user_id);

	return rows_all(db, &req->mem, stmt, sizeof(struct store_card), card_read, &r->list, &r->n);
}

static void answer_cards(struct request *req)
{
	struct cards_request *r = request_of(req, struct cards_request);

	r->done(r->arg, req->status, r->list, req->status == 0 ? r->n : 0);
}

void store_card_list(struct store *s, const char *user_id, const char *cid,
		     const char *conversation_id, unsigned limit, store_cards_fn *done, void *arg)
{
	struct cards_request *r = request_new(sizeof *r);

	r->base.run = run_card_list;
	r->base.answer = answer_cards;
	r->user_id = mem_text(&r->base.mem, user_id);
	r->cid = mem_text(&r->base.mem, cid);
	r->conversation_id = mem_text(&r->base.mem, conversation_id);
	r->limit = limit;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* How it was, and what the customer is told out of hours. */
#include <errno.h>
#include <stdio.h>

#include "store/support.h"
#include "store/support_lines.h"

struct case_request {
	struct request base;
	struct store_rating rating;
	const char *text; /* away */
	uint64_t since_us;
	struct store_support support;
	struct event_list out;
	store_support_fn *done;
	void *arg;
};

static int finish(struct db *db, struct case_request *r)
{
	const struct store_rating *rating = &r->rating;
	int status = support_event_add(db, &r->base.mem, rating->conversation_id,
				       rating->conversation_id, rating->at_us, &r->out);

	if (status == 0)
		r->support = *r->out.events[r->out.n - 1].support;
	return status;
}

static int run_rating(struct db *db, struct request *req)
{
	struct case_request *r = request_of(req, struct case_request);
	const struct store_rating *rating = &r->rating;
	char value[16], words[32];

	(void)snprintf(value, sizeof value, "%d", rating->rating);
	(void)snprintf(words, sizeof words, "Rated %d of 5", rating->rating);
	int status = db_exec(
		db,
		"UPDATE support_cases SET answered_at = ?3, rating = nullif(?4, 0), comment = ?5 "
		"WHERE id = ?2 AND conversation_id = ?1 AND asked AND answered_at IS NULL",
		"siiis", rating->conversation_id, rating->question, (int64_t)rating->at_us,
		(int64_t)rating->rating, rating->comment);
	if (status < 0)
		return status;
	if (db_changes(db) == 0)
		return -ENOENT;
	const struct support_line line = { .conversation_id = rating->conversation_id,
					   .user_id = rating->conversation_id,
					   .activity = "rated",
					   .value = value,
					   .text = rating->comment,
					   .words = words,
					   .private = true,
					   .at_us = rating->at_us };
	if (rating->rating)
		status = support_line_add(db, &req->mem, &line, &r->out);
	return status < 0 ? status : finish(db, r);
}

static int run_away(struct db *db, struct request *req)
{
	struct case_request *r = request_of(req, struct case_request);
	const struct store_rating *at = &r->rating;
	const struct support_line line = { .conversation_id = at->conversation_id,
					   .user_id = at->conversation_id,
					   .activity = "away",
					   .text = r->text,
					   .words = r->text ? r->text : "We are closed now.",
					   .at_us = at->at_us };
	int status = db_exec(db,
			     "UPDATE conversations SET away_at = ?2 WHERE id = ?1 AND "
			     "(away_at IS NULL OR away_at < ?3)",
			     "sii", at->conversation_id, (int64_t)at->at_us, (int64_t)r->since_us);

	if (status < 0 || db_changes(db) == 0)
		return status;
	return support_line_add(db, &req->mem, &line, &r->out);
}

static void answer_case(struct request *req)
{
	struct case_request *r = request_of(req, struct case_request);
	bool ok = req->status == 0;

	r->done(r->arg, req->status, ok ? &r->support : NULL, r->out.events, ok ? r->out.n : 0);
}

static struct case_request *case_request(int (*run)(struct db *, struct request *),
					 const struct store_rating *rating, store_support_fn *done,
					 void *arg)
{
	struct case_request *r = request_new(sizeof *r);

	r->base.run = run;
	r->base.answer = answer_case;
	r->base.writes = true;
	r->rating = *rating;
	r->rating.conversation_id = mem_text(&r->base.mem, rating->conversation_id);
	r->rating.comment = mem_text(&r->base.mem, rating->comment);
	r->done = done;
	r->arg = arg;
	return r;
}

void store_rating_add(struct store *s, const struct store_rating *rating, store_support_fn *done,
		      void *arg)
{
	request_submit(s, &case_request(run_rating, rating, done, arg)->base);
}

void store_away_add(struct store *s, const char *conversation_id, const char *text,
		    uint64_t since_us, uint64_t at_us, store_support_fn *done, void *arg)
{
	const struct store_rating at = { .conversation_id = conversation_id, .at_us = at_us };
	struct case_request *r = case_request(run_away, &at, done, arg);

	r->text = mem_text(&r->base.mem, text);
	r->since_us = since_us;
	request_submit(s, &r->base);
}

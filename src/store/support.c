/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of conversations: status, who looks after them, labels; and the cases that are measured. */
#include "store/support.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "store/rows.h"
#include "store/support_lines.h"

static const char *const statuses[] = { [SUPPORT_OPEN] = "open",
					[SUPPORT_PENDING] = "pending",
					[SUPPORT_SNOOZED] = "snoozed",
					[SUPPORT_RESOLVED] = "resolved" };

static const char *const priorities[] = { [PRIORITY_LOW] = "low",
					  [PRIORITY_NORMAL] = "normal",
					  [PRIORITY_HIGH] = "high",
					  [PRIORITY_URGENT] = "urgent" };

static int find_text(const char *const *texts, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(texts[i], text) == 0)
			return (int)i;
	return -1;
}

const char *support_status_text(enum support_status status)
{
	return statuses[status];
}

bool support_status_parse(const char *text, enum support_status *ret)
{
	int found = find_text(statuses, countof(statuses), text);

	if (found >= 0)
		*ret = (enum support_status)found;
	return found >= 0;
}

const char *support_priority_text(enum support_priority priority)
{
	return priorities[priority];
}

bool support_priority_parse(const char *text, enum support_priority *ret)
{
	int found = find_text(priorities, countof(priorities), text);

	if (found >= 0)
		*ret = (enum support_priority)found;
	return found >= 0;
}

/* ---- reading ---- */

static void label_read(struct mem *mem, sqlite3_stmt *stmt, void *ret)
{
	(void)mem;
	*(int64_t *)ret = db_int(stmt, 0);
}

static int read_labels(struct db *db, struct mem *mem, const char *conversation_id,
		       struct store_support *ret)
{
	sqlite3_stmt *stmt = db_query(db,
				      "SELECT label_id FROM conversation_labels WHERE "
				      "conversation_id = ? ORDER BY label_id",
				      "s", conversation_id);

	return rows_all(db, mem, stmt, sizeof(int64_t), label_read, &ret->labels,
			&ret->label_count);
}

int support_read(struct db *db, struct mem *mem, const char *conversation_id,
		 struct store_support *ret)
{
	sqlite3_stmt *stmt = db_query(
		db,
		/* only the last case is asked about: an older one that nobody answered is over */
		"SELECT v.status, v.status_at, v.waiting_since, CASE WHEN v.status = 'resolved' "
		"THEN (SELECT CASE WHEN answered_at IS NULL THEN id END FROM support_cases "
		"WHERE conversation_id = v.id AND asked ORDER BY id DESC LIMIT 1) END, "
		"v.snoozed_until, v.priority, " USER
		" FROM conversations v LEFT JOIN users u ON u.id "
		"= v.assignee_id WHERE v.id = ? AND "
		"v.customer_id IS NOT NULL",
		"s", conversation_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	*ret = (struct store_support){ 0 };
	if (row == 1) {
		const char *status = db_text(mem, stmt, 0);

		if (status)
			(void)support_status_parse(status, &ret->status);
		ret->status_at_us = (uint64_t)db_int(stmt, 1);
		ret->waiting_since_us = (uint64_t)db_int(stmt, 2);
		ret->question = db_int(stmt, 3);
		ret->snoozed_until_us = (uint64_t)db_int(stmt, 4);
		ret->priority = (enum support_priority)db_int(stmt, 5);
		user_read(mem, stmt, 6, &ret->assignee);
	}
	db_end(stmt);
	if (row < 1)
		return row == 0 ? -ENOENT : row;
	return read_labels(db, mem, conversation_id, ret);
}

int support_take(struct db *db, struct mem *mem, const char *conversation_id,
		 const struct store_support **ret)
{
	struct store_support *taken = mem_take(mem, sizeof *taken);
	int status = taken ? support_read(db, mem, conversation_id, taken) : -ENOMEM;

	if (status == 0)
		*ret = taken;
	return status;
}

/* ---- what a message means ---- */

/* 1: the state has changed. */
static int on_customer(struct db *db, struct mem *mem, const struct store_new_message *m,
		       const struct support_before *before, struct event_list *out)
{
	const struct support_line line = { .conversation_id = m->conversation_id,
					   .user_id = m->user_id,
					   .activity = "reopened",
					   .words = "Opened again by a new message",
					   .private = true,
					   .at_us = m->created_at_us };
	int64_t at = (int64_t)m->created_at_us;
	bool reopens = !before->open;

	if (!reopens && before->waiting) /* then there is a case, too */
		return 0;
	int status = db_exec(db,
			     "INSERT INTO support_cases (conversation_id, opened_at) VALUES (?, ?) "
			     "ON CONFLICT DO NOTHING",
			     "si", m->conversation_id, at);
	if (status < 0)
		return status;
	status = db_exec(db,
			 "UPDATE conversations SET waiting_since = coalesce(waiting_since, ?2), "
			 "status_at = iif(status = 'open', status_at, ?2), status = 'open', "
			 "snoozed_until = NULL WHERE id = ?1",
			 "si", m->conversation_id, at);
	if (status == 0 && reopens)
		status = support_line_add(db, mem, &line, out);
	return status < 0 ? status : 1;
}

static int on_team(struct db *db, const struct store_new_message *m,
		   const struct support_before *before)
{
	int status = db_exec(db,
			     "UPDATE support_cases SET replied_at = ?2, replied_by = ?3 WHERE "
			     "conversation_id = ?1 AND resolved_at IS NULL AND replied_at IS NULL",
			     "sis", m->conversation_id, (int64_t)m->created_at_us, m->user_id);

	if (status < 0 || !before->waiting)
		return status;
	status = db_exec(db, "UPDATE conversations SET waiting_since = NULL WHERE id = ?", "s",
			 m->conversation_id);
	return status < 0 ? status : 1;
}

int support_on_message(struct db *db, struct mem *mem, const struct store_new_message *m,
		       const struct support_before *before, struct event_list *out,
		       const struct store_support **ret)
{
	if (m->private || m->card)
		return 0;
	int status = strcmp(m->user_id, m->conversation_id) == 0
			     ? on_customer(db, mem, m, before, out)
			     : on_team(db, m, before);
	return status < 1 ? status : support_take(db, mem, m->conversation_id, ret);
}

/* ---- changes by the team ---- */

struct support_request {
	struct request base;
	struct store_support_change change;
	struct store_support support;
	struct event_list out;
	store_support_fn *done;
	void *arg;
};

static int add_line(struct db *db, struct support_request *r, const char *activity,
		    const char *value, const char *text, const char *words, bool private)
{
	const struct support_line line = { .conversation_id = r->change.conversation_id,
					   .user_id = r->change.user_id,
					   .activity = activity,
					   .value = value,
					   .text = text,
					   .words = words,
					   .private = private,
					   .at_us = r->change.at_us };

	return support_line_add(db, &r->base.mem, &line, &r->out);
}

static int add_audit(struct db *db, const struct support_request *r, const char *action,
		     const char *detail)
{
	return audit_add(db, &(struct audit_row){ .at_us = r->change.at_us,
						  .actor_id = r->change.user_id,
						  .action = action,
						  .target = r->change.conversation_id,
						  .detail = detail,
						  .place = r->change.place });
}

/* The case ends, or (resolved by mistake) goes on. */
static int move_case(struct db *db, const struct support_request *r, bool resolved)
{
	const struct store_support_change *c = &r->change;

	if (resolved)
		return db_exec(
			db,
			"UPDATE support_cases SET resolved_at = ?2, resolved_by = ?3, asked = ?4 "
			"WHERE conversation_id = ?1 AND resolved_at IS NULL",
			"sisi", c->conversation_id, (int64_t)c->at_us, c->user_id, (int64_t)c->ask);
	return db_exec(
		db,
		"UPDATE support_cases SET resolved_at = NULL, resolved_by = NULL, asked = 0 WHERE "
		"answered_at IS NULL AND id = (SELECT max(id) FROM support_cases WHERE "
		"conversation_id = ?1)",
		"s", c->conversation_id);
}

/* Resolving ended the waiting; taken back, the customer waits again for an answer to what came after the team's last one. */
static int wait_again(struct db *db, const char *conversation_id)
{
	return db_exec(db,
		       "UPDATE conversations SET waiting_since = (SELECT min(created_at) FROM "
		       "messages WHERE conversation_id = ?1 AND user_id = ?1 AND activity IS NULL "
		       "AND card IS NULL AND deleted_at IS NULL AND id > coalesce((SELECT id FROM "
		       "messages WHERE conversation_id = ?1 AND user_id <> ?1 AND NOT private AND "
		       "activity IS NULL AND card IS NULL ORDER BY id DESC LIMIT 1), 0)) WHERE id "
		       "= ?1",
		       "s", conversation_id);
}

static int set_status(struct db *db, struct support_request *r)
{
	static const char *const words[] = { [SUPPORT_OPEN] = "Opened the conversation again",
					     [SUPPORT_PENDING] = "Set the conversation to pending",
					     [SUPPORT_SNOOZED] = "Snoozed the conversation",
					     [SUPPORT_RESOLVED] = "Resolved the conversation" };
	const struct store_support_change *c = &r->change;
	const char *text = support_status_text(c->status);
	bool resolved = c->status == SUPPORT_RESOLVED;
	bool was_resolved = r->support.status == SUPPORT_RESOLVED;
	bool snoozed = c->status == SUPPORT_SNOOZED;
	char until[SNOOZE_TEXT];

	if (c->status == r->support.status &&
	    (!snoozed || c->snoozed_until_us == r->support.snoozed_until_us))
		return 0;
	snooze_text(c->snoozed_until_us, until);
	int status = db_exec(
		db,
		"UPDATE conversations SET status = ?2, status_at = ?3, waiting_since = "
		"iif(?4, NULL, waiting_since), snoozed_until = nullif(?5, 0) WHERE id = ?1",
		"ssiii", c->conversation_id, text, (int64_t)c->at_us, (int64_t)resolved,
		snoozed ? (int64_t)c->snoozed_until_us : 0);
	if (status == 0 && (resolved || was_resolved))
		status = move_case(db, r, resolved);
	if (status == 0 && was_resolved)
		status = wait_again(db, c->conversation_id);
	/* that it is over, and that it is not, concerns the customer; the rest does not */
	if (status == 0)
		status = add_line(db, r, "status", text, snoozed ? until : NULL, words[c->status],
				  snoozed || (!resolved && !was_resolved));
	return status < 0 ? status : add_audit(db, r, "conversation.status", text);
}

static int set_priority(struct db *db, struct support_request *r)
{
	const struct store_support_change *c = &r->change;
	const char *text = support_priority_text(c->priority);
	char words[48];

	if (c->priority == r->support.priority)
		return 0;
	int status = db_exec(db, "UPDATE conversations SET priority = ?2 WHERE id = ?1", "si",
			     c->conversation_id, (int64_t)c->priority);
	(void)snprintf(words, sizeof words, "Set the priority to %s", text);
	if (status == 0)
		status = add_line(db, r, "priority", text, NULL, words, true);
	return status < 0 ? status : add_audit(db, r, "conversation.priority", text);
}

/* -ENXIO: not of the team. */
static int find_colleague(struct db *db, struct support_request *r, const char **ret_name)
{
	sqlite3_stmt *stmt = db_query(db, "SELECT name FROM users WHERE id = ? AND role = 'admin'",
				      "s", r->change.assignee_id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		*ret_name = db_text(&r->base.mem, stmt, 0);
	db_end(stmt);
	return row == 1 ? 0 : row == 0 ? -ENXIO : row;
}

static int set_assignee(struct db *db, struct support_request *r)
{
	const struct store_support_change *c = &r->change;
	const char *old = r->support.assignee.id, *new = c->assignee_id, *name = NULL;
	char words[LIMIT_USER_NAME + 32] = "Nobody is assigned any more";

	if (!new && !old)
		return 0;
	if (new &&old && strcmp(new, old) == 0)
		return 0;
	int status = new ? find_colleague(db, r, &name) : 0;
	if (status == 0)
		status = db_exec(db, "UPDATE conversations SET assignee_id = ?2 WHERE id = ?1",
				 "ss", c->conversation_id, new);
	if (status == 0 && new)
		(void)snprintf(words, sizeof words, "Assigned to %s", name ? name : new);
	if (status == 0)
		status = add_line(db, r, new ? "assigned" : "unassigned", new, name, words, true);
	return status < 0 ? status : add_audit(db, r, "conversation.assign", new);
}

static bool has_label(const int64_t *list, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == id)
			return true;
	return false;
}

static int set_label(struct db *db, struct support_request *r, int64_t id, bool on)
{
	const struct store_support_change *c = &r->change;
	char value[24], words[96];
	const char *name = NULL;
	sqlite3_stmt *stmt = db_query(db, "SELECT name FROM labels WHERE id = ?", "i", id);
	int row = stmt ? db_step(db, stmt) : db_error(db);

	if (row == 1)
		name = db_text(&r->base.mem, stmt, 0);
	db_end(stmt);
	if (row < 1 || !name)
		return row < 0 ? row : -ENXIO;
	int status = on ? db_exec(db,
				  "INSERT INTO conversation_labels (conversation_id, label_id) "
				  "VALUES (?, ?)",
				  "si", c->conversation_id, id)
			: db_exec(db,
				  "DELETE FROM conversation_labels WHERE conversation_id = ? AND "
				  "label_id = ?",
				  "si", c->conversation_id, id);
	(void)snprintf(value, sizeof value, "%lld", (long long)id);
	(void)snprintf(words, sizeof words,
		       on ? "Added the label %.60s" : "Took the label %.60s away", name);
	if (status == 0)
		status = add_line(db, r, on ? "labelled" : "unlabelled", value, name, words, true);
	return status < 0 ? status : add_audit(db, r, on ? "label.put" : "label.take", name);
}

/* Puts the change's labels on, all but those that are there. */
static int put_labels(struct db *db, struct support_request *r)
{
	const struct store_support_change *c = &r->change;
	const struct store_support *before = &r->support;
	size_t more = 0;
	int status = 0;

	for (size_t i = 0; status == 0 && i < c->label_count; i++)
		if (!has_label(before->labels, before->label_count, c->labels[i]) &&
		    !has_label(c->labels, i, c->labels[i])) {
			more++;
			status = set_label(db, r, c->labels[i], true);
		}
	return status == 0 && c->fields & CHANGE_LABELS_PUT &&
			       before->label_count + more > LIMIT_LABELS_PUT
		       ? -E2BIG
		       : status;
}

/* Takes those away that are (`listed`) or are not in the change. */
static int take_labels(struct db *db, struct support_request *r, bool listed)
{
	const struct store_support_change *c = &r->change;
	const struct store_support *before = &r->support;
	int status = 0;

	for (size_t i = 0; status == 0 && i < before->label_count; i++)
		if (has_label(c->labels, c->label_count, before->labels[i]) == listed)
			status = set_label(db, r, before->labels[i], false);
	return status;
}

static int set_labels(struct db *db, struct support_request *r)
{
	if (r->change.fields & CHANGE_LABELS_TAKE)
		return take_labels(db, r, true);
	int status = put_labels(db, r);
	return status == 0 && r->change.fields & CHANGE_LABELS ? take_labels(db, r, false) : status;
}

static int run_support_set(struct db *db, struct request *req)
{
	struct support_request *r = request_of(req, struct support_request);
	const struct store_support_change *c = &r->change;
	int status = support_read(db, &req->mem, c->conversation_id, &r->support);

	if (status == 0 && c->fields & (CHANGE_LABELS | CHANGE_LABELS_PUT | CHANGE_LABELS_TAKE))
		status = set_labels(db, r);
	if (status == 0 && c->fields & CHANGE_ASSIGNEE)
		status = set_assignee(db, r);
	if (status == 0 && c->fields & CHANGE_PRIORITY)
		status = set_priority(db, r);
	if (status == 0 && c->fields & CHANGE_STATUS)
		status = set_status(db, r);
	if (status < 0 || r->out.n == 0)
		return status;
	status = support_event_add(db, &req->mem, c->conversation_id, c->user_id, c->at_us,
				   &r->out);
	if (status == 0)
		r->support = *r->out.events[r->out.n - 1].support;
	return status;
}

static void answer_support(struct request *req)
{
	struct support_request *r = request_of(req, struct support_request);
	bool ok = req->status == 0;

	r->done(r->arg, req->status, ok ? &r->support : NULL, r->out.events, ok ? r->out.n : 0);
}

void store_support_set(struct store *s, const struct store_support_change *change,
		       store_support_fn *done, void *arg)
{
	struct support_request *r = request_new(sizeof *r);
	struct mem *mem = &r->base.mem;

	r->base.run = run_support_set;
	r->base.answer = answer_support;
	r->base.writes = true;
	r->change = *change;
	r->change.conversation_id = mem_text(mem, change->conversation_id);
	r->change.user_id = mem_text(mem, change->user_id);
	r->change.assignee_id = mem_text(mem, change->assignee_id);
	int64_t *labels = mem_take(mem, (change->label_count + 1) * sizeof *labels);
	for (size_t i = 0; labels && i < change->label_count; i++)
		labels[i] = change->labels[i];
	r->change.labels = labels;
	r->done = done;
	r->arg = arg;
	request_submit(s, &r->base);
}

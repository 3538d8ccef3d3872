/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The support layer's verbs; store.h says how verbs work and what their status means.
 *
 * A case is the work between a customer's first message and its resolution. Customers' messages open
 * cases and reopen conversations, the team's answers end the waiting: store_message_add does that in
 * the same transaction, and says so in the message's `events`.
 *
 * Activities (struct store_message): "status" (value: the new one; of a snoozed one text: until when, RFC 3339),
 * "reopened", "woken" (a snoozed one's time has come), "priority" (value: the new one), "assigned" (value: the
 * user id, text: the name), "unassigned", "labelled" and "unlabelled" (value: the id, text: the name),
 * "rated" (value: 1 to 5, text: the comment), "away" (text: what the customer was told), "merged" (value: whose conversation was put
 * into this one, text: the name).
 */
#pragma once

#include "store/store.h"

const char *support_status_text(
	enum support_status status); /* "open", "pending", "snoozed", "resolved" */
bool support_status_parse(const char *text, enum support_status *ret);
const char *support_priority_text(
	enum support_priority priority); /* "low", "normal", "high", "urgent" */
bool support_priority_parse(const char *text, enum support_priority *ret);

/* What happened, in the order of cursors; the state of the conversation afterwards. */
typedef void store_support_fn(void *arg, int status, const struct store_support *support,
			      const struct store_event *events, size_t n);

enum store_support_field {
	CHANGE_STATUS = 1,
	CHANGE_ASSIGNEE = 2,
	CHANGE_LABELS = 4,
	CHANGE_PRIORITY = 8,
	CHANGE_LABELS_PUT = 16, /* one of the three */
	CHANGE_LABELS_TAKE = 32
};

struct store_support_change {
	const char *conversation_id, *user_id; /* whose, and by whom */
	const char *place;		       /* as in struct store_deed */
	uint64_t at_us;
	unsigned fields; /* enum store_support_field: which of the next are set */
	enum support_status status;
	uint64_t snoozed_until_us; /* with SUPPORT_SNOOZED */
	enum support_priority priority;
	bool ask;		 /* when it becomes resolved: ask the customer how it was */
	const char *assignee_id; /* NULL = nobody */
	const int64_t
		*labels; /* all that are on it then; or those that are put on it, or taken away */
	size_t label_count;
};

/* Changes nothing that is so already. -ENOENT: no such conversation; -ENXIO: the assignee is not of the
 * team, or there is no such label; -E2BIG: more than LIMIT_LABELS_PUT labels. */
void store_support_set(struct store *s, const struct store_support_change *change,
		       store_support_fn *done, void *arg);

/* `next_us`: when the next one is to be woken; 0 = none is snoozed. */
typedef void store_wake_fn(void *arg, int status, const struct store_event *events, size_t n,
			   uint64_t next_us);

/* Opens the conversations whose time has come, at most STORE_WAKE_MAX of them: the longest due first. */
void store_snooze_wake(struct store *s, uint64_t now_us, store_wake_fn *done, void *arg);

enum { STORE_WAKE_MAX = 50 };

/* Everybody of the team, by name. */
void store_team_list(struct store *s, store_users_fn *done, void *arg);

/* Who does something, for the audit log. */
struct store_deed {
	const char *user_id;
	uint64_t at_us;
	const char *place; /* the address they came from; NULL = not known */
};

/* ---- small lists of the team's: labels, canned replies ---- */

enum store_item_kind { ITEM_LABEL, ITEM_CANNED };

struct store_item {
	int64_t id;
	const char *name;  /* unique without regard to case; of a canned reply: its shortcut */
	const char *value; /* a label's colour, a canned reply's text */
};

/* All of them, by name; after a change also `id`: which one it was about. */
typedef void store_items_fn(void *arg, int status, const struct store_item *list, size_t n,
			    int64_t id);

void store_item_list(struct store *s, enum store_item_kind kind, store_items_fn *done, void *arg);
/* id 0: a new one. -EEXIST: the name is taken; -ENOENT: no such id; -E2BIG: STORE_ITEMS_MAX are there. */
void store_item_put(struct store *s, enum store_item_kind kind, const struct store_item *item,
		    const struct store_deed *by, store_items_fn *done, void *arg);
/* A label goes from the conversations, too. -ENOENT. */
void store_item_delete(struct store *s, enum store_item_kind kind, int64_t id,
		       const struct store_deed *by, store_items_fn *done, void *arg);

enum { STORE_ITEMS_MAX = 500 };

/* ---- customers ---- */

/* What a customer's client says of itself; NULL = not said. */
struct store_seen {
	const char *page, *title, *agent, *language, *time_zone;
};

struct store_case {
	int64_t id;
	uint64_t opened_at_us, replied_at_us, resolved_at_us; /* 0 = not yet */
	const char *resolved_by;			      /* a user id */
	int rating;					      /* 0 = none */
	const char *comment;				      /* NULL = none */
};

struct store_customer {
	struct store_user user;
	struct store_seen seen;
	uint64_t first_seen_us, last_seen_us; /* 0 = never */
	const char *notes;		      /* "" = none */
	const char *notes_by;		      /* a user id; NULL = nobody */
	uint64_t notes_at_us;
	int64_t message_count;		/* in their conversation, calls' cards, too */
	const struct store_case *cases; /* latest first, at most STORE_CASES_MAX */
	size_t case_count;
	const char *const *cards; /* of calls, JSON, latest first, at most STORE_CASES_MAX */
	size_t card_count;
};

enum { STORE_CASES_MAX = 20 };

typedef void store_customer_fn(void *arg, int status, const struct store_customer *customer);

void store_customer_seen(struct store *s, const char *user_id, const struct store_seen *seen,
			 uint64_t at_us, store_done_fn *done, void *arg);
/* Somebody with a conversation; else -ENOENT. */
void store_customer_find(struct store *s, const char *user_id, store_customer_fn *done, void *arg);
void store_customer_note(struct store *s, const char *user_id, const char *notes,
			 const struct store_deed *by, store_customer_fn *done, void *arg);

/* ---- how it was, and out of hours ---- */

struct store_rating {
	const char *conversation_id;
	int64_t question; /* struct store_support */
	int rating;	  /* 1 to 5; 0: skipped */
	const char *comment;
	uint64_t at_us;
};

/* -ENOENT: that is not asked, or not any more. */
void store_rating_add(struct store *s, const struct store_rating *rating, store_support_fn *done,
		      void *arg);

/* Tells the customer `text`, unless that was done after `since_us`. */
void store_away_add(struct store *s, const char *conversation_id, const char *text,
		    uint64_t since_us, uint64_t at_us, store_support_fn *done, void *arg);

/* ---- figures ---- */

/* Of somebody of the team, and of cases that were opened since; first replies and resolutions are theirs, and so are the ratings of
 * what they resolved. */
struct store_member_figures {
	struct store_user user;
	int64_t replied, resolved, ratings;
	uint64_t reply_median_us;
	double rating_mean;
};

struct store_figures {
	int64_t open, pending, snoozed;	  /* now */
	int64_t unassigned, waiting;	  /* of open and pending ones; of those not resolved */
	uint64_t oldest_waiting_us;	  /* since when; 0 = nobody waits */
	int64_t cases, replied, resolved; /* opened since; of these */
	uint64_t reply_median_us, resolve_median_us;
	int64_t ratings; /* of cases that were opened since */
	double rating_mean;
	int64_t call_ratings; /* of calls, given since */
	double call_rating_mean;
	const struct store_member_figures *team; /* everybody of it, by name */
	size_t team_count;
};

typedef void store_figures_fn(void *arg, int status, const struct store_figures *figures);

void store_figures_read(struct store *s, uint64_t since_us, store_figures_fn *done, void *arg);

/* Of the cases that were opened since: how many were replied to, and the median time until then. */
typedef void store_reply_time_fn(void *arg, int status, int64_t replied, uint64_t median_us);

void store_reply_time_read(struct store *s, uint64_t since_us, store_reply_time_fn *done,
			   void *arg);

/* ---- settings, as JSON ---- */

/* value NULL: never set. */
typedef void store_setting_fn(void *arg, int status, const char *value);

void store_setting_get(struct store *s, const char *name, store_setting_fn *done, void *arg);
void store_setting_put(struct store *s, const char *name, const char *value,
		       const struct store_deed *by, store_done_fn *done, void *arg);

/* ---- the audit log: append only ---- */

struct store_audit {
	int64_t id;
	uint64_t at_us;
	const char *actor_id, *action;
	const char *target, *detail; /* NULL = none */
	const char *place;	     /* the address that the actor came from; NULL = not known */
};

typedef void store_audit_fn(void *arg, int status, const struct store_audit *list, size_t n,
			    bool has_more);

struct store_audit_query {
	int64_t before;	    /* id; 0 = from the newest on */
	const char *actor;  /* NULL = anybody */
	const char *action; /* NULL = anything; "label" is also "label.put" */
	unsigned limit;
};

void store_audit_add(struct store *s, const struct store_audit *row, store_done_fn *done,
		     void *arg);
/* Latest first. */
void store_audit_list(struct store *s, const struct store_audit_query *query, store_audit_fn *done,
		      void *arg);

/* SPDX-License-Identifier: Apache-2.0 */
#include "control/support/support.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/utf8.h"
#include "control/support/reply_time.h"

#define DAY_US ((uint64_t)24 * 3600 * US_PER_S)

struct support {
	struct store *store;
	uint64_t (*wall_us)(void);
	support_event_fn *sink;
	void *sink_arg;
	struct hours hours;
	struct reply_time reply_time;
	uint64_t wake_us; /* when the next snoozed conversation is due; 0 = none */
	bool waking;	  /* the store is asked */
};

int support_new(const struct support_config *config, struct support **ret)
{
	struct support *s = calloc(1, sizeof *s);

	if (!s)
		return -ENOMEM;
	*s = (struct support){ .store = config->store,
			       .wall_us = config->wall_us ? config->wall_us : clock_wall_us,
			       .sink = config->sink,
			       .sink_arg = config->sink_arg,
			       .reply_time = { .store = config->store,
					       .changed = config->usual_reply_changed,
					       .changed_arg = config->sink_arg } };
	hours_default(&s->hours);
	s->wake_us = 1; /* who is due is asked at the first tick */
	*ret = s;
	return 0;
}

struct support *support_free(struct support *s)
{
	free(s);
	return NULL;
}

static bool is_team(const struct store_user *who)
{
	return who->role == ROLE_ADMIN;
}

struct asking {
	struct support *support;
	support_state_fn *done;
	void *arg;
};

static struct asking *asking_new(struct support *s, support_state_fn *done, void *arg)
{
	struct asking *a = must(malloc(sizeof *a));

	*a = (struct asking){ .support = s, .done = done, .arg = arg };
	return a;
}

static void on_changed(void *arg, int status, const struct store_support *state,
		       const struct store_event *events, size_t n)
{
	struct asking a = *(struct asking *)arg;

	free(arg);
	for (size_t i = 0; i < n; i++)
		a.support->sink(a.support->sink_arg, &events[i]);
	a.done(a.arg, status, state);
}

void support_change(struct support *s, const struct store_user *who,
		    const struct store_support_change *change, support_state_fn *done, void *arg)
{
	struct store_support_change c = *change;

	if (!is_team(who)) {
		done(arg, -EACCES, NULL);
		return;
	}
	c.user_id = who->id;
	c.place = who->place;
	c.at_us = s->wall_us();
	c.ask = s->hours.ask;
	if (c.fields & CHANGE_STATUS && c.status == SUPPORT_SNOOZED) {
		if (c.snoozed_until_us <= c.at_us ||
		    c.snoozed_until_us > c.at_us + SUPPORT_SNOOZE_DAYS * DAY_US) {
			done(arg, -ERANGE, NULL);
			return;
		}
		if (!s->wake_us || c.snoozed_until_us < s->wake_us)
			s->wake_us = c.snoozed_until_us;
	}
	store_support_set(s->store, &c, on_changed, asking_new(s, done, arg));
}

/* ---- snoozed conversations ---- */

enum { WAKE_AGAIN_S = 60 };

static void on_woken(void *arg, int status, const struct store_event *events, size_t n,
		     uint64_t next_us)
{
	struct support *s = arg;

	s->waking = false;
	for (size_t i = 0; i < n; i++)
		s->sink(s->sink_arg, &events[i]);
	/* while it was asked somebody may have snoozed one for a shorter time */
	if (status < 0)
		s->wake_us = s->wall_us() + (uint64_t)WAKE_AGAIN_S * US_PER_S;
	else if (next_us && (!s->wake_us || next_us < s->wake_us))
		s->wake_us = next_us;
}

void support_tick(struct support *s)
{
	uint64_t now = s->wall_us();

	reply_time_tick(&s->reply_time, now);
	if (!s->wake_us || s->waking || now < s->wake_us)
		return;
	s->waking = true;
	s->wake_us = 0;
	store_snooze_wake(s->store, now, on_woken, s);
}

const char *support_usual_reply(const struct support *s)
{
	return s->reply_time.word;
}

void support_team(struct support *s, const struct store_user *who, store_users_fn *done, void *arg)
{
	if (is_team(who))
		store_team_list(s->store, done, arg);
	else
		done(arg, -EACCES, NULL, 0);
}

/* ---- business hours ---- */

static void on_loaded(void *arg, int status, const char *value)
{
	struct support *s = arg;
	json_t *json = value ? json_loads(value, 0, NULL) : NULL;
	char error[HOURS_ERROR];

	if (json && hours_parse(json, &s->hours, error) < 0)
		log_error("support", "business hours are off: %s Save them again.", error);
	else if (status < 0)
		log_error("support", "business hours cannot be read and are off");
	json_decref(json);
}

void support_load(struct support *s)
{
	store_setting_get(s->store, "hours", on_loaded, s);
}

const struct hours *support_hours(const struct support *s)
{
	return &s->hours;
}

struct saving {
	struct support *support;
	struct hours hours;
	store_done_fn *done;
	void *arg;
};

static void on_saved(void *arg, int status)
{
	struct saving *save = arg;

	if (status == 0)
		save->support->hours = save->hours;
	save->done(save->arg, status);
	free(save);
}

void support_set_hours(struct support *s, const struct store_user *who, const json_t *json,
		       char *ret_error, store_done_fn *done, void *arg)
{
	struct saving *save = must(malloc(sizeof *save));
	int status = is_team(who) ? 0 : -EACCES;

	*save = (struct saving){ .support = s, .done = done, .arg = arg };
	if (status == 0)
		status = hours_parse(json, &save->hours, ret_error);
	if (status < 0) {
		free(save);
		done(arg, status);
		return;
	}
	json_t *clean = hours_json(&save->hours);
	autofree char *text = must(json_dumps(clean, JSON_COMPACT));
	json_decref(clean);
	store_setting_put(s->store, "hours", text,
			  &(struct store_deed){
				  .user_id = who->id, .at_us = s->wall_us(), .place = who->place },
			  on_saved, save);
}

static void ignore_state(void *arg, int status, const struct store_support *state)
{
	(void)arg, (void)status, (void)state;
}

void support_on_event(struct support *s, const struct store_event *event)
{
	const struct store_message *m = &event->message;
	uint64_t now = s->wall_us();

	/* only an answer to somebody who waited changes the state */
	if (event->type == EVENT_MESSAGE_NEW && event->support && m->user.role == ROLE_ADMIN)
		reply_time_on_reply(&s->reply_time, now);
	if (!s->hours.enabled || event->type != EVENT_MESSAGE_NEW || m->card || m->activity ||
	    strcmp(m->user.id, event->conversation_id) != 0)
		return;
	struct hours_state state = hours_at(&s->hours, (int64_t)(now / US_PER_S));
	if (state.open)
		return;
	store_away_add(s->store, event->conversation_id,
		       s->hours.away_text[0] ? s->hours.away_text : NULL,
		       (uint64_t)state.closed_since * US_PER_S, now, on_changed,
		       asking_new(s, ignore_state, NULL));
}

/* ---- how it was ---- */

void support_rate(struct support *s, const struct store_user *who, const char *conversation_id,
		  int64_t question, int64_t rating, const char *comment, support_state_fn *done,
		  void *arg)
{
	size_t length = strlen(comment);
	int status = strcmp(who->id, conversation_id) != 0 ? -ENOENT
		     : rating < 0 || rating > 5 || length > SUPPORT_COMMENT_MAX ||
				     !utf8_is_valid(comment, length)
			     ? -EINVAL
			     : 0;

	if (status < 0) {
		done(arg, status, NULL);
		return;
	}
	store_rating_add(s->store,
			 &(struct store_rating){ .conversation_id = conversation_id,
						 .question = question,
						 .rating = (int)rating,
						 .comment = length ? comment : NULL,
						 .at_us = s->wall_us() },
			 on_changed, asking_new(s, done, arg));
}

/* ---- the audit log ---- */

static void on_audited(void *arg, int status)
{
	(void)arg;
	if (status < 0 && status != -ESHUTDOWN)
		log_error("support", "a row of the audit log was lost: %s", strerror(-status));
}

void support_audit(struct support *s, const char *actor_id, const char *place, const char *action,
		   const char *target, const char *detail)
{
	store_audit_add(s->store,
			&(struct store_audit){ .at_us = s->wall_us(),
					       .actor_id = actor_id,
					       .place = place,
					       .action = action,
					       .target = target,
					       .detail = detail },
			on_audited, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "control/auth/bans.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/must.h"
#include "control/auth/media_token.h"

struct held {
	struct list in_bans;
	struct store_ban ban; /* texts owned */
};

struct bans {
	struct store *store;
	struct list list; /* struct held; few */
	int status;
};

static void held_free(struct held *h)
{
	free((char *)(uintptr_t)h->ban.user_id);
	free((char *)(uintptr_t)h->ban.reason);
	free((char *)(uintptr_t)h->ban.by_id);
	free(h);
}

static struct held *held_new(const struct store_ban *ban)
{
	struct held *h = must(calloc(1, sizeof *h));

	h->ban = *ban;
	h->ban.user_id = must_copy(ban->user_id);
	h->ban.reason = must_copy(ban->reason);
	h->ban.by_id = must_copy(ban->by_id);
	return h;
}

static void forget(struct bans *b, const char *user_id)
{
	struct held *h;

	list_each (h, &b->list, in_bans) {
		if (strcmp(h->ban.user_id, user_id) == 0) {
			list_remove(&h->in_bans);
			held_free(h);
			return;
		}
	}
}

static void forget_all(struct bans *b)
{
	struct held *h;

	list_each (h, &b->list, in_bans) {
		list_remove(&h->in_bans);
		held_free(h);
	}
}

static void on_loaded(void *arg, int status, const struct store_ban *list, size_t n)
{
	struct bans *b = arg;

	b->status = status;
	if (status == 0)
		forget_all(b);
	for (size_t i = 0; i < n; i++)
		list_append(&b->list, &held_new(&list[i])->in_bans);
}

/* Who was merged into somebody else has no account any more, and no door looks at media tokens' accounts: they are kept
 * out as long as one that was given to them before may last. */
static void load(struct bans *b, store_bans_fn *done, void *arg)
{
	store_ban_list(b->store, clock_wall_us(), (uint64_t)MEDIA_TOKEN_LIFE_S * US_PER_S, done,
		       arg);
}

int bans_new(struct bans **ret, struct store *store)
{
	struct bans *b = calloc(1, sizeof *b);

	if (!b)
		return -ENOMEM;
	b->store = store;
	list_init(&b->list);
	load(b, on_loaded, b);
	store_wait(store);
	int status = b->status;
	if (status < 0)
		(void)bans_free(b);
	else
		*ret = b;
	return status;
}

struct bans *bans_free(struct bans *b)
{
	if (!b)
		return NULL;
	forget_all(b);
	free(b);
	return NULL;
}

static bool holds(const struct store_ban *ban)
{
	return ban->until_us == 0 || ban->until_us > clock_wall_us();
}

bool bans_hold(const struct bans *b, const char *user_id, char ret_text[BAN_TEXT_SIZE])
{
	struct held *h;
	char until[64] = "";

	list_each (h, &b->list, in_bans) {
		if (strcmp(h->ban.user_id, user_id) != 0 || !holds(&h->ban))
			continue;
		if (h->ban.merged) {
			(void)strcpy(ret_text, "This account was put together with another one: "
					       "sign in anew.");
			return true;
		}
		time_t at = (time_t)(h->ban.until_us / US_PER_S);
		struct tm tm;

		if (at && gmtime_r(&at, &tm))
			(void)strftime(until, sizeof until, " until %Y-%m-%d %H:%M UTC", &tm);
		(void)snprintf(ret_text, BAN_TEXT_SIZE, "This account is banned%s%s%s", until,
			       *h->ban.reason ? ": " : ".", h->ban.reason);
		return true;
	}
	return false;
}

void bans_each(const struct bans *b, bans_each_fn *each, void *arg)
{
	struct held *h;

	list_each (h, &b->list, in_bans)
		if (holds(&h->ban) && !h->ban.merged)
			each(arg, &h->ban);
}

struct changing {
	struct bans *bans;
	struct held *held; /* owned; its ban is to be in force, or only names whose is lifted */
	bool lift;
	store_done_fn *done;
	void *arg;
};

static void on_stored(void *arg, int status)
{
	struct changing *c = arg;

	if (status == 0)
		forget(c->bans, c->held->ban.user_id);
	if (status == 0 && !c->lift)
		list_append(&c->bans->list, &c->held->in_bans);
	else
		held_free(c->held);
	c->done(c->arg, status);
	free(c);
}

static struct changing *changing_new(struct bans *b, const struct store_ban *ban, bool lift,
				     store_done_fn *done, void *arg)
{
	struct changing *c = must(calloc(1, sizeof *c));

	*c = (struct changing){
		.bans = b, .held = held_new(ban), .lift = lift, .done = done, .arg = arg
	};
	return c;
}

void bans_set(struct bans *b, const struct store_ban *ban, store_done_fn *done, void *arg)
{
	store_ban_set(b->store, ban, on_stored, changing_new(b, ban, false, done, arg));
}

void bans_lift(struct bans *b, const char *user_id, const char *by_id, const char *place,
	       store_done_fn *done, void *arg)
{
	const struct store_ban ban = { .user_id = user_id, .by_id = by_id };

	store_ban_lift(b->store, user_id, by_id, place, clock_wall_us(), on_stored,
		       changing_new(b, &ban, true, done, arg));
}

struct reloading {
	struct bans *bans;
	store_done_fn *done;
	void *arg;
};

static void on_reloaded(void *arg, int status, const struct store_ban *list, size_t n)
{
	struct reloading r = *(struct reloading *)arg;

	free(arg);
	on_loaded(r.bans, status, list, n);
	r.done(r.arg, status);
}

void bans_reload(struct bans *b, store_done_fn *done, void *arg)
{
	struct reloading *r = must(malloc(sizeof *r));

	*r = (struct reloading){ .bans = b, .done = done, .arg = arg };
	load(b, on_reloaded, r);
}

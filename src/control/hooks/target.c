/* SPDX-License-Identifier: Apache-2.0 */
#include "control/hooks/target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "control/auth/media_token.h"

struct delivery *target_first(const struct target *t)
{
	return list_entry(t->queue.next, struct delivery, in_list);
}

static void put_away_first(struct target *t, enum delivery_state state)
{
	struct delivery *d = target_first(t);

	list_remove(&d->in_list);
	t->waiting--;
	d->state = state;
	deliveries_keep(&t->over, d);
}

static void on_pause_over(uv_timer_t *timer)
{
	target_attempt(timer->data);
}

/* Worth another try: nothing came, or the other side says that it is its trouble (RFC 9110 15.5.9, 15.6) or that we are too
 * many (RFC 6585 4). */
static bool is_passing(long status)
{
	return status == 0 || status == 408 || status == 429 || status >= 500;
}

static void give_up(struct target *t, const char *cause)
{
	struct delivery *d = target_first(t);

	log_warn("hooks", "given up url=%s attempts=%u status=%ld cause=\"%s\"", t->shown,
		 d->attempts, d->status, cause);
	if (!d->counted) {
		d->counted = true;
		t->hooks->gauges.dropped++;
		t->failed++;
		t->lost += 1 + d->lost;
	}
	put_away_first(t, DELIVERY_FAILED);
	target_attempt(t);
}

static void on_failed(struct target *t, long status, const char *cause)
{
	struct delivery *d = target_first(t);
	uint64_t pause = HOOKS_PAUSE_MS;

	t->hooks->gauges.failed++;
	if (!is_passing(status) || d->tries >= HOOKS_ATTEMPTS) {
		give_up(t, cause);
		return;
	}
	for (unsigned i = 1; i < d->tries && pause < HOOKS_PAUSE_MAX_MS; i++)
		pause *= 2;
	if (pause > HOOKS_PAUSE_MAX_MS)
		pause = HOOKS_PAUSE_MAX_MS;
	if (d->attempts == 1)
		log_warn("hooks", "not delivered, trying again url=%s status=%ld cause=\"%s\"",
			 t->shown, status, cause);
	d->state = DELIVERY_WAITING;
	d->next_us = clock_wall_us() + pause * US_PER_MS;
	(void)uv_timer_start(&t->pause, on_pause_over, pause, 0);
}

static void on_done(void *arg, const struct transfer_answer *answer)
{
	struct target *t = arg;
	long status = answer->status;

	delivery_note(target_first(t), status, answer->cause, clock_now_us() - t->began_us);
	t->busy = false;
	if (status < 200 || status > 299) {
		on_failed(t, status, status ? "the answer's status" : answer->cause);
		return;
	}
	t->hooks->gauges.delivered++;
	t->delivered++;
	put_away_first(t, DELIVERY_DONE);
	target_attempt(t);
}

static int start(struct target *t, const struct transfer_header *headers, size_t header_count,
		 const char *body)
{
	const struct transfer_request request = { .url = t->url,
						  .headers = headers,
						  .header_count = header_count,
						  .body = body,
						  .length = strlen(body) };

	return transfer_start(t->hooks->transfers, &request, on_done, t);
}

/* LiveKit's way: a token about the body, which lives five minutes. */
static int start_room_event(struct target *t, const char *body)
{
	struct hooks *h = t->hooks;
	autofree char *token = media_token_sign_body(
		&h->keys, body, strlen(body), clock_wall_us() / US_PER_S, HOOKS_TOKEN_LIFE_S);
	const struct transfer_header headers[] = {
		{ "Content-Type", "application/webhook+json" },
		{ "Authorization", token },
	};

	return token ? start(t, headers, countof(headers), body) : -ENOMEM;
}

/* X-WEBHOOK-ID is the same for each attempt: receivers drop what they have. */
static int start_event(struct target *t, const char *body)
{
	struct hooks *h = t->hooks;
	char signature[MEDIA_BODY_HMAC_SIZE], number[16];
	const struct transfer_header headers[] = {
		{ "Content-Type", "application/json" }, { "X-WEBHOOK-ID", target_first(t)->id },
		{ "X-WEBHOOK-ATTEMPT", number },	{ "X-API-KEY", h->keys.api_key },
		{ "X-SIGNATURE", signature },
	};

	(void)snprintf(number, sizeof number, "%u", target_first(t)->attempts);
	media_token_hmac_body(&h->keys, body, strlen(body), signature);
	return start(t, headers, countof(headers), body);
}

void target_attempt(struct target *t)
{
	struct hooks *h = t->hooks;

	if (t->busy || list_empty(&t->queue) || uv_is_active((uv_handle_t *)&t->pause))
		return;
	struct delivery *d = target_first(t);

	t->busy = true;
	t->began_us = clock_now_us();
	d->state = DELIVERY_SENDING;
	d->attempts++;
	d->tries++;
	d->attempted_us = clock_wall_us();
	d->next_us = 0;
	if ((h->events ? start_event(t, d->body) : start_room_event(t, d->body)) < 0) {
		t->busy = false;
		delivery_note(d, 0, "out of memory", 0);
		on_failed(t, 0, "out of memory");
	}
}

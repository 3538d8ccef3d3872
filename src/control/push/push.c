/* SPDX-License-Identifier: Apache-2.0 */
/* See push.h. */
#include "control/push/push.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/rng.h"
#include "control/auth/auth.h"
#include "control/auth/vapid.h"
#include "control/hooks/transfer.h"
#include "control/push/reached.h"
#include "control/push/retry.h"
#include "crypt/hash.h"
#include "crypt/web_push.h"

enum { TOPIC_SIZE = 33 /* RFC 8030 5.4, and NUL */ };

/* One message for one browser: waits, then is under way, then perhaps waits for another try. */
struct job {
	struct list in_push;
	struct push *push;
	char topic[TOPIC_SIZE];
	bool urgent;
	unsigned attempts;
	uint64_t due_us, end_us; /* of the next try; when it is no news any more */
	size_t length;
	uint8_t body[WEB_PUSH_BODY_MAX];
	char endpoint[];
};

struct push {
	struct push_config config;
	char *contact;
	struct vapid *vapid;
	bool any;			   /* has ever subscribed: else the store is not asked */
	struct transfers *transfers;	   /* made for the first one: libcurl is large */
	struct list queue, active, paused; /* struct job */
	size_t waiting, running, pausing;
	uv_timer_t *timer;	/* for the paused; owned by the loop */
	struct reached reached; /* by what is urgent */
	struct push_gauges gauges;
};

static void start_more(struct push *p);

static void job_free(struct job *j)
{
	list_remove(&j->in_push);
	free(j);
}

/* ---- subscriptions ---- */

static bool decode(const char *text, void *ret, size_t n)
{
	size_t length = 0;

	return sodium_base642bin(ret, n, text, strlen(text), NULL, &length, NULL,
				 sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
	       length == n;
}

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

const char *push_problem(const struct push *p, const struct store_push *push)
{
	struct web_push_receiver r;
	bool scheme = strncmp(push->endpoint, "https://", 8) == 0 ||
		      (p->config.local && strncmp(push->endpoint, "http://", 7) == 0);

	if (!scheme || strlen(push->endpoint) > PUSH_ENDPOINT_MAX ||
	    !is_printable(push->endpoint) || strchr(push->endpoint, '@') ||
	    !transfer_url_is_valid(push->endpoint))
		return "`endpoint` must be the https URL of a push service, at most 1024 bytes.";
	if (!decode(push->p256dh, r.point, sizeof r.point) || web_push_point_check(r.point) < 0)
		return "`keys.p256dh` must be a point of P-256, base64url (RFC 8291).";
	if (!decode(push->auth, r.auth, sizeof r.auth))
		return "`keys.auth` must be 16 bytes, base64url (RFC 8291).";
	if (strlen(push->language) > PUSH_LANGUAGE_MAX || !is_printable(push->language))
		return "`language` must be a language tag of at most 16 letters, like \"en\".";
	return NULL;
}

const char *push_public_key(const struct push *p)
{
	return p->config.off ? NULL : vapid_public(p->vapid);
}

void push_subscribe(struct push *p, const struct store_push *push, const char *session_key,
		    store_done_fn *done, void *arg)
{
	p->any = true;
	store_push_set(p->config.store, push, session_key, clock_wall_us(), done, arg);
}

/* ---- sending ---- */

static void ignore(void *arg, int status)
{
	(void)arg;
	(void)status; /* a full disk: the next push says again that it is gone */
}

static void on_timer(uv_timer_t *timer);

/* The timer goes off when the first of the paused is due. */
static void set_timer(struct push *p)
{
	uint64_t now = clock_now_us(), first = UINT64_MAX;
	struct job *j;

	list_each (j, &p->paused, in_push)
		first = j->due_us < first ? j->due_us : first;
	if (first == UINT64_MAX)
		(void)uv_timer_stop(p->timer);
	else
		(void)uv_timer_start(p->timer, on_timer,
				     first > now ? (first - now) / US_PER_MS + 1 : 0, 0);
}

static void on_timer(uv_timer_t *timer)
{
	struct push *p = timer->data;
	uint64_t now = clock_now_us();
	struct job *j;

	list_each (j, &p->paused, in_push) {
		if (j->due_us > now)
			continue;
		list_remove(&j->in_push);
		p->pausing--;
		list_append(&p->queue, &j->in_push);
		p->waiting++;
	}
	set_timer(p);
	start_more(p);
}

/* Whether the job waits for another try now. */
static bool pause_job(struct push *p, struct job *j, const struct transfer_answer *answer)
{
	uint64_t now = clock_now_us();
	uint64_t pause = retry_pause_us(j->attempts, answer->retry_after_s, rng_u32(rng_os()));

	if (!retry_is_worth(answer->status) || !pause || now + pause >= j->end_us ||
	    p->pausing >= PUSH_PAUSED_MAX)
		return false;
	j->due_us = now + pause;
	list_remove(&j->in_push);
	list_append(&p->paused, &j->in_push);
	p->pausing++;
	set_timer(p);
	return true;
}

static void on_done(void *arg, const struct transfer_answer *answer)
{
	struct job *j = arg;
	struct push *p = j->push;
	long status = answer->status;
	bool paused = false;

	if (status >= 200 && status <= 299) {
		p->gauges.sent++;
	} else if (status == 404 || status == 410) { /* RFC 8030 7.3 */
		p->gauges.gone++;
		store_push_forget(p->config.store, j->endpoint, ignore, NULL);
	} else {
		p->gauges.failed++;
		paused = pause_job(p, j, answer);
		p->gauges.dropped += !paused;
		log_warn("push", "not delivered%s attempt=%u status=%ld cause=\"%s\"",
			 paused ? ", trying again" : "", j->attempts, status,
			 status ? "" : answer->cause);
	}
	if (!paused)
		job_free(j);
	p->running--;
	start_more(p);
}

static int job_start(struct push *p, struct job *j)
{
	uint64_t now = clock_now_us();
	char life[24];
	autofree char *authorization = vapid_authorization(p->vapid, j->endpoint, p->contact,
							   clock_wall_us() / US_PER_S);
	const struct transfer_header headers[] = {
		{ "Authorization", authorization },
		{ "Content-Type", "application/octet-stream" },
		{ "Content-Encoding", "aes128gcm" },
		{ "TTL", life },			      /* RFC 8030 5.2 */
		{ "Urgency", j->urgent ? "high" : "normal" }, /* 5.3: a call, a message */
		{ "Topic", j->topic },			      /* 5.4 */
	};
	const struct transfer_request request = { .url = j->endpoint,
						  .headers = headers,
						  .header_count = countof(headers),
						  .body = j->body,
						  .length = j->length,
						  .stranger = !p->config.local };

	if (!authorization)
		return -ENOMEM;
	if (now >= j->end_us)
		return -ETIMEDOUT;
	(void)snprintf(life, sizeof life, "%llu",
		       (unsigned long long)((j->end_us - now + US_PER_S - 1) / US_PER_S));
	j->attempts++;
	int r = p->transfers ? 0 : transfers_new(p->config.loop, &p->transfers);
	return r < 0 ? r : transfer_start(p->transfers, &request, on_done, j);
}

static void start_more(struct push *p)
{
	while (p->running < PUSH_AT_ONCE && !list_empty(&p->queue)) {
		struct job *j = list_entry(p->queue.next, struct job, in_push);

		list_remove(&j->in_push);
		p->waiting--;
		if (job_start(p, j) < 0) {
			p->gauges.dropped++;
			free(j);
			continue;
		}
		list_append(&p->active, &j->in_push);
		p->running++;
	}
}

/* What is asked of the store for one note. */
struct asking {
	struct push *push;
	json_t *payload; /* owned */
	char *except;	 /* owned; NULL = nobody */
	char topic[TOPIC_SIZE];
	unsigned life_s;
	bool urgent, follow;
};

static struct job *job_new(const struct asking *a, const struct store_push *to)
{
	struct web_push_receiver receiver;
	uint8_t salt[WEB_PUSH_SALT];
	size_t n = strlen(to->endpoint) + 1;

	(void)json_object_set_new(a->payload, "language", json_string(to->language));
	autofree char *text = json_dumps(a->payload, JSON_COMPACT);
	struct job *j = text ? malloc(sizeof *j + n) : NULL;
	struct evp_pkey_st *sender = j ? web_push_key_new()
				       : NULL; /* RFC 8291 3.1: for each message */

	rng_fill(rng_os(), salt, sizeof salt);
	if (!sender || !decode(to->p256dh, receiver.point, sizeof receiver.point) ||
	    !decode(to->auth, receiver.auth, sizeof receiver.auth) ||
	    web_push_encrypt(sender, &receiver, salt, text, strlen(text), j->body) < 0) {
		(void)web_push_key_free(sender);
		free(j);
		return NULL;
	}
	(void)web_push_key_free(sender);
	list_init(&j->in_push);
	j->push = a->push;
	j->urgent = a->urgent;
	j->attempts = 0;
	j->end_us = clock_now_us() + (uint64_t)a->life_s * US_PER_S;
	j->length = strlen(text) + WEB_PUSH_OVERHEAD;
	strcpy(j->topic, a->topic);
	memcpy(j->endpoint, to->endpoint, n);
	return j;
}

/* What waits for another try is old by now, and the end of a ring must not come before it. */
static void drop_older(struct push *p, const struct asking *a, const char *endpoint)
{
	struct list *const lists[] = { &p->paused, a->follow ? &p->queue : NULL };
	struct job *j;

	for (size_t i = 0; i < countof(lists) && lists[i]; i++) {
		list_each (j, lists[i], in_push) {
			if (strcmp(j->topic, a->topic) != 0 || strcmp(j->endpoint, endpoint) != 0)
				continue;
			*(i == 0 ? &p->pausing : &p->waiting) -= 1;
			p->gauges.dropped++;
			job_free(j);
		}
	}
}

static bool is_wanted(struct push *p, const struct asking *a, const struct store_push *to)
{
	if (a->except && strcmp(to->user_id, a->except) == 0)
		return false;
	if (a->follow)
		return reached_take(&p->reached, a->topic, to->endpoint, clock_now_us());
	return !p->config.skip(p->config.skip_arg, to->user_id);
}

static void on_list(void *arg, int status, const struct store_push *list, size_t n)
{
	struct asking *a = arg;
	struct push *p = a->push;

	if (status < 0)
		log_warn("push", "subscriptions cannot be read: %s", strerror(-status));
	for (size_t i = 0; i < n; i++) {
		if (!is_wanted(p, a, &list[i]))
			continue;
		drop_older(p, a, list[i].endpoint);
		struct job *j = p->waiting < PUSH_QUEUE_MAX ? job_new(a, &list[i]) : NULL;

		if (!j) {
			p->gauges.dropped++;
			continue;
		}
		list_append(&p->queue, &j->in_push);
		p->waiting++;
		if (a->urgent)
			reached_add(&p->reached, a->topic, j->endpoint, clock_now_us());
	}
	json_decref(a->payload);
	free(a->except);
	free(a);
	start_more(p);
}

/* 32 letters that tell the push service nothing. */
static void make_topic(const char *text, char ret[TOPIC_SIZE])
{
	uint8_t digest[SHA256_LENGTH];

	hash_sha256(text, strlen(text), digest);
	(void)sodium_bin2base64(ret, TOPIC_SIZE, digest, 24,
				sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool push_is_used(const struct push *p)
{
	return p->any;
}

void push_send(struct push *p, const struct push_note *note, json_t *payload)
{
	autofree char *ids = note->user_ids ? json_dumps(note->user_ids, JSON_COMPACT) : NULL;

	if (!p->any || !payload || p->config.off)
		return;
	struct asking *a = calloc(1, sizeof *a);
	char *except = a && note->except ? strdup(note->except) : NULL;

	if (!a || (note->except && !except)) {
		free(a);
		p->gauges.dropped++;
		return;
	}
	*a = (struct asking){ .push = p,
			      .payload = json_incref(payload),
			      .except = except,
			      .life_s = note->life_s,
			      .urgent = note->urgent,
			      .follow = note->follow };
	make_topic(note->topic, a->topic);
	const struct store_push_scope scope = { .ids_json = ids,
						.channel = note->channel,
						.admins = note->admins,
						.now_us = clock_wall_us(),
						.idle_us = (uint64_t)AUTH_SESSION_IDLE_S *
							   US_PER_S };
	store_push_list(p->config.store, &scope, on_list, a);
}

struct push_gauges push_gauges(const struct push *p)
{
	struct push_gauges gauges = p->gauges;

	gauges.waiting = p->waiting + p->pausing;
	return gauges;
}

/* ---- start and end ---- */

static void on_first(void *arg, int status, const struct store_push *list, size_t n)
{
	struct push *p = arg;

	(void)list;
	p->any = status < 0 || n > 0;
}

int push_new(const struct push_config *config, struct push **ret, char *ret_error)
{
	struct push *p = calloc(1, sizeof *p);

	if (!p) {
		(void)snprintf(ret_error, PUSH_ERROR_MAX, "Out of memory.");
		return -ENOMEM;
	}
	p->config = *config;
	list_init(&p->queue);
	list_init(&p->active);
	list_init(&p->paused);
	p->contact = strdup(config->contact ? config->contact : "");
	p->timer = calloc(1, sizeof *p->timer);
	int r = p->timer ? uv_timer_init(config->loop, p->timer) : -ENOMEM;
	if (r < 0) {
		(void)snprintf(ret_error, PUSH_ERROR_MAX, "Out of memory.");
		free(p->timer);
		p->timer = NULL;
	} else {
		p->timer->data = p;
		r = vapid_new(&p->vapid, config->data_dir, ret_error);
	}
	if (r < 0) {
		(void)push_free(p);
		return r;
	}
	store_push_list(
		config->store,
		&(struct store_push_scope){ .all = true,
					    .now_us = clock_wall_us(),
					    .idle_us = (uint64_t)AUTH_SESSION_IDLE_S * US_PER_S },
		on_first, p);
	store_wait(config->store);
	*ret = p;
	return 0;
}

static void on_timer_closed(uv_handle_t *handle)
{
	free(handle);
}

struct push *push_free(struct push *p)
{
	struct job *j;

	if (!p)
		return NULL;
	p->transfers = transfers_free(p->transfers);
	list_each (j, &p->queue, in_push)
		job_free(j);
	list_each (j, &p->active, in_push)
		job_free(j);
	list_each (j, &p->paused, in_push)
		job_free(j);
	if (p->timer)
		uv_close((uv_handle_t *)p->timer, on_timer_closed);
	p->vapid = vapid_free(p->vapid);
	free(p->contact);
	free(p);
	return NULL;
}

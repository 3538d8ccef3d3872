/* SPDX-License-Identifier: Apache-2.0 */
#include "control/acme/acme.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/quiet_thread.h"
#include "control/acme/challenge.h"
#include "control/acme/keep.h"
#include "control/acme/order.h"
#include "control/acme/schedule.h"
#include "control/hooks/curl.h"

/* The wall clock may be set meanwhile: looked at so often, whatever the time until then. */
enum { LOOK_MS = 10 * 60 * 1000, HANDLES = 2, TIME_TEXT = 32 };

struct acme {
	struct acme_config config;
	struct keep keep;
	struct challenge challenge;
	struct schedule schedule; /* the thread's while it runs */
	struct curl curl;
	bool stands_in;
	bool page, over_tls; /* both ways are there; the next one */
	uv_timer_t timer;
	uv_async_t done;
	unsigned closed; /* of the handles */
	pthread_t thread;
	bool running, cleaning;
	pthread_mutex_t lock; /* of `ending` */
	pthread_cond_t wake;
	bool ending;
	struct order_result result; /* the thread's while it runs */
	int kept;		    /* 0, or why a certificate cannot be written */
};

static struct site_names names_of(const struct acme *a)
{
	return (struct site_names){ a->config.domains, a->config.domain_count };
}

static const char *time_text(uint64_t us, char ret[TIME_TEXT])
{
	time_t at = (time_t)(us / US_PER_S);
	struct tm tm;

	(void)strftime(ret, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &tm));
	return ret;
}

/* ---- the thread ---- */

static bool has_ended(void *arg)
{
	struct acme *a = arg;

	(void)pthread_mutex_lock(&a->lock);
	bool ending = a->ending;
	(void)pthread_mutex_unlock(&a->lock);
	return ending;
}

static bool wait_ms(void *arg, unsigned ms)
{
	struct acme *a = arg;
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until); /* as init_lock says */
	until.tv_sec += ms / 1000;
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	(void)pthread_mutex_lock(&a->lock);
	while (!a->ending && pthread_cond_timedwait(&a->wake, &a->lock, &until) == 0)
		;
	bool go_on = !a->ending;
	(void)pthread_mutex_unlock(&a->lock);
	return go_on;
}

static void have(struct acme *a, const struct site_cert *c)
{
	if (!schedule_took(&a->schedule, c->from_s * US_PER_S, c->to_s * US_PER_S, clock_wall_us()))
		log_warn("acme", "what has just come would have to be renewed: set this machine's "
				 "clock right, or run a time service");
}

static void *run(void *arg)
{
	struct acme *a = arg;
	struct order_result *r = &a->result;
	const struct order_config order = {
		.fetch = { .curl = &a->curl,
			   .ca_file = a->config.ca_file,
			   .ended = has_ended,
			   .arg = a },
		.wait = wait_ms,
		.account = a->keep.account,
		.challenge = &a->challenge,
		.names = names_of(a),
		.directory = a->config.directory,
		.contact = a->config.contact,
		.over_tls = a->over_tls,
	};

	a->kept = keep_probe(&a->keep);
	if (a->kept == 0)
		order_run(&order, r);
	if (r->chain)
		a->kept = keep_certificate(&a->keep, r->key, r->chain);
	if (r->chain && a->kept == 0)
		have(a, &r->certificate);
	else /* r->failure is nothing, and so UNREACHED, when nobody was asked */
		schedule_failed(&a->schedule, r->chain ? SCHEDULE_REFUSED : r->failure.how,
				(uint64_t)r->failure.retry_after_s, clock_wall_us(), rng_os());
	if (!has_ended(a))
		keep_schedule(&a->keep, &a->schedule);
	if (r->key)
		explicit_bzero(r->key, strlen(r->key));
	(void)uv_async_send(&a->done);
	return NULL;
}

/* ---- the loop ---- */

static void wind(struct acme *a);

static void begin(struct acme *a)
{
	int r = a->curl.easy_init ? 0 : curl_load(&a->curl);

	if (r == 0 && a->curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		r = -ENOMEM;
	a->cleaning = r == 0;
	if (r == 0) {
		log_info("acme", "asking for a certificate name=%s authority=%s way=%s",
			 a->config.domains[0], a->config.directory,
			 a->over_tls ? "tls-alpn-01" : "http-01");
		r = quiet_thread_start(&a->thread, "acme", run, a);
	}
	a->running = r == 0;
	if (r < 0) {
		if (a->cleaning)
			a->curl.global_cleanup();
		a->cleaning = false;
		schedule_failed(&a->schedule, SCHEDULE_REFUSED, 0, clock_wall_us(), rng_os());
		log_error("acme", "a certificate could not be asked for: %s", strerror(-r));
		a->config.failed(a->config.arg, strerror(-r), a->schedule.due_us, a->stands_in);
		wind(a);
	}
}

static void on_time(uv_timer_t *timer)
{
	struct acme *a = timer->data;
	uint64_t now = clock_wall_us();

	schedule_clock(&a->schedule, now);
	if (now >= a->schedule.due_us)
		begin(a);
	else
		wind(a);
}

static void wind(struct acme *a)
{
	uint64_t now = clock_wall_us(), due = a->schedule.due_us;
	uint64_t ms = due > now ? (due - now) / US_PER_MS + 1 : 0;

	(void)uv_timer_start(&a->timer, on_time, ms < LOOK_MS ? ms : LOOK_MS, 0);
}

/* The other way, when it was the way that failed. */
static void turn(struct acme *a, const struct authority_failure *f)
{
	static const char *const of_the_way[] = { "connection", "unauthorized", "incorrectResponse",
						  "tls" };

	for (size_t i = 0; a->page && i < countof(of_the_way); i++) {
		if (strcmp(f->type, of_the_way[i]) == 0)
			a->over_tls = !a->over_tls;
	}
}

static void tell_failure(struct acme *a)
{
	const struct authority_failure *f = &a->result.failure;
	char again[TIME_TEXT], cause[AUTHORITY_CAUSE_MAX + 64];

	if (a->kept < 0)
		(void)snprintf(cause, sizeof cause, "%.300s cannot be written: %s",
			       a->keep.certificate, strerror(-a->kept));
	else
		(void)snprintf(cause, sizeof cause, "%s", f->cause);
	log_error("acme", "no new certificate%s name=%s cause=\"%s\" fix=\"%s\" again=%s",
		  a->stands_in ? ": a self-signed one stands in, browsers warn" : "",
		  a->config.domains[0], cause,
		  a->kept < 0 ? "make room, or let confabd write there" : order_advice(f),
		  time_text(a->schedule.due_us, again));
	turn(a, f);
	a->config.failed(a->config.arg, cause, a->schedule.due_us, a->stands_in);
}

static void on_done(uv_async_t *async)
{
	struct acme *a = async->data;
	char until[TIME_TEXT], next[TIME_TEXT];

	if (!a->running)
		return;
	(void)pthread_join(a->thread, NULL);
	a->running = false;
	if (has_ended(a))
		return;
	if (a->result.chain && a->kept == 0) {
		a->stands_in = false;
		log_info("acme", "a certificate is here name=%s until=%s next=%s",
			 a->config.domains[0],
			 time_text(a->result.certificate.to_s * US_PER_S, until),
			 time_text(a->schedule.due_us, next));
		a->config.taken(a->config.arg);
	} else {
		tell_failure(a);
	}
	free(a->result.chain);
	free(a->result.key);
	a->result = (struct order_result){ 0 };
	a->curl.global_cleanup();
	a->cleaning = false;
	wind(a);
}

/* ---- start and end ---- */

/* What is there from before; or what stands in. */
static int prepare(struct acme *a, char *ret_error)
{
	struct site_cert found = { 0 };
	uint64_t now = clock_wall_us();
	enum site_cert_fault fault = keep_look(&a->keep, names_of(a), now / US_PER_S, &found);
	char until[TIME_TEXT];

	keep_read_schedule(&a->keep, &a->schedule, now);
	a->stands_in = found.signed_by_itself || fault == SITE_CERT_NONE ||
		       fault == SITE_CERT_OTHER_KEY || fault == SITE_CERT_BROKEN;
	if (fault == SITE_CERT_GOOD && !a->stands_in) {
		struct schedule before = a->schedule;

		schedule_have(&a->schedule, found.from_s * US_PER_S, found.to_s * US_PER_S);
		if (schedule_is_failing(&before)) /* to renew it */
			a->schedule = before;
		log_info("acme", "the certificate of %s is good until=%s", a->config.domains[0],
			 time_text(found.to_s * US_PER_S, until));
		return 0;
	}
	schedule_lack(&a->schedule, now);
	(void)schedule_by_hand(&a->schedule, now);
	if (a->stands_in) {
		bool lies_there = found.signed_by_itself && fault == SITE_CERT_GOOD;

		log_info("acme",
			 "there is no certificate for %s yet: a self-signed one stands in, "
			 "browsers warn",
			 a->config.domains[0]);
		/* not another one at each start: browsers may have been told to go on with it */
		return lies_there ? 0
				  : keep_stand_in(&a->keep, names_of(a), ACME_STAND_IN_DAYS,
						  ret_error);
	}
	log_info("acme", "the certificate that is there goes on until another comes: %s",
		 site_cert_fault_text(fault));
	return 0;
}

/* Whoever waits does so by a clock that nobody sets. */
static void init_lock(struct acme *a)
{
	pthread_condattr_t attributes;

	(void)pthread_mutex_init(&a->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&a->wake, &attributes);
	(void)pthread_condattr_destroy(&attributes);
}

static void init_handles(struct acme *a)
{
	(void)uv_timer_init(a->config.loop, &a->timer);		/* cannot fail */
	(void)uv_async_init(a->config.loop, &a->done, on_done); /* its descriptors are the loop's */
	a->timer.data = a->done.data = a;
	uv_unref((uv_handle_t *)&a->timer);
	uv_unref((uv_handle_t *)&a->done);
}

int acme_new(struct acme **ret, const struct acme_config *config, char *ret_error)
{
	struct acme *a = calloc(1, sizeof *a);

	if (!a) {
		(void)snprintf(ret_error, ACME_ERROR_MAX, "Out of memory.");
		return -ENOMEM;
	}
	a->config = *config;
	challenge_init(&a->challenge);
	init_lock(a);
	init_handles(a);
	int r = keep_open(&a->keep, config->data_dir, config->directory, ret_error);
	if (r == 0)
		r = prepare(a, ret_error);
	if (r < 0) {
		(void)acme_free(a);
		return r;
	}
	*ret = a;
	return 0;
}

const char *acme_file(const struct acme *a)
{
	return a->keep.certificate;
}

void acme_start(struct acme *a, bool page, bool tls_first)
{
	char again[TIME_TEXT];

	a->page = page;
	a->over_tls = tls_first || !page;
	if (schedule_is_failing(&a->schedule) && a->schedule.due_us > clock_wall_us())
		log_warn("acme", "it failed before the restart, and is tried again at %s",
			 time_text(a->schedule.due_us, again));
	wind(a);
}

void acme_try_now(struct acme *a)
{
	char again[TIME_TEXT];

	if (a->running)
		return;
	schedule_clock(&a->schedule, clock_wall_us());
	if (schedule_by_hand(&a->schedule, clock_wall_us()))
		wind(a);
	else if (schedule_is_failing(&a->schedule))
		log_warn("acme",
			 "not again so soon: the authority would refuse us for longer again=%s",
			 time_text(a->schedule.due_us, again));
}

char *acme_proof_page(void *arg, const char *token)
{
	struct acme *a = arg;

	return challenge_page(&a->challenge, token);
}

char *acme_proof_certificate(void *arg)
{
	struct acme *a = arg;

	return challenge_certificate(&a->challenge);
}

void acme_stop(struct acme *a)
{
	(void)pthread_mutex_lock(&a->lock);
	a->ending = true;
	(void)pthread_cond_broadcast(&a->wake);
	(void)pthread_mutex_unlock(&a->lock);
	(void)uv_timer_stop(&a->timer);
}

static void on_closed(uv_handle_t *handle)
{
	struct acme *a = handle->data;

	if (++a->closed < HANDLES)
		return;
	(void)pthread_cond_destroy(&a->wake);
	(void)pthread_mutex_destroy(&a->lock);
	free(a);
}

struct acme *acme_free(struct acme *a)
{
	if (!a)
		return NULL;
	acme_stop(a);
	if (a->running)
		(void)pthread_join(a->thread, NULL);
	if (a->cleaning)
		a->curl.global_cleanup();
	free(a->result.chain);
	free(a->result.key);
	challenge_fini(&a->challenge);
	keep_close(&a->keep);
	uv_close((uv_handle_t *)&a->timer, on_closed);
	uv_close((uv_handle_t *)&a->done, on_closed);
	return NULL;
}

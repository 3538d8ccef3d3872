/* SPDX-License-Identifier: Apache-2.0 */
/* The way through the public URL: name, certificate, proxy, clock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cli/doctor/doctor.h"

enum { DAY_S = 86400, RENEW_DAYS = 14, SKEW_S = 5, SKEW_BAD_S = 60 };

/* ---- certificate ---- */

/* How one comes by a certificate that browsers trust. */
static void fix_certificate(struct doctor *d, const char *else_)
{
	if (d->config_known && d->config.domain_count)
		doctor_fix(d,
			   "confabd gets it by itself: its log says why it has not (journalctl -u "
			   "confabd), systemctl reload confabd tries again");
	else
		doctor_fix(d, "confabd --domain %s gets one by itself; elsewhere %s", d->site.host,
			   else_);
}

/* Whether tokens may be sent there. */
static bool check_certificate(struct doctor *d, const char *where, const struct dial_certificate *c)
{
	int64_t left = c->ends_at - (int64_t)(clock_wall_us() / US_PER_S);
	bool good = true;

	if (left < 0) {
		doctor_bad(d, "certificate", "that of %s ended %lld days ago", where,
			   (long long)(-left / DAY_S));
		fix_certificate(d, "certbot renew, and see that it gets to confabd or the proxy");
		good = false;
	}
	if (!c->fits) {
		doctor_bad(d, "certificate", "it is for %s, and not for %s",
			   c->names[0] ? c->names : c->subject, d->site.host);
		fix_certificate(d, "certbot certonly");
		good = false;
	}
	if (good && c->verdict != 0 && c->self_signed) {
		doctor_warn(
			d, "certificate",
			"that of %s is signed by itself: each browser warns, and apps refuse it",
			where);
		fix_certificate(d, "certbot certonly");
		good = false;
	} else if (good && c->verdict != 0) {
		doctor_bad(d, "certificate", "its chain does not hold: %s", c->verdict_text);
		doctor_fix(d, "give the whole chain to confabd or the proxy: fullchain.pem, not "
			      "cert.pem");
		good = false;
	}
	if (!good)
		return false;
	doctor_say(d, left < RENEW_DAYS * DAY_S ? DOCTOR_WARN : DOCTOR_OK, "certificate",
		   "for %s, %lld days left", c->names[0] ? c->names : c->subject,
		   (long long)(left / DAY_S));
	if (left < RENEW_DAYS * DAY_S)
		fix_certificate(d, "certbot renew");
	return true;
}

/* ---- who answers ---- */

/* The answer may have taken long: a date between question and answer is right. */
static void check_clock(struct doctor *d, const struct web_answer *a, uint64_t asked_us,
			uint64_t answered_us)
{
	int64_t there = a->date[0] ? web_date(a->date) : 0, asked = (int64_t)(asked_us / US_PER_S),
		answered = (int64_t)(answered_us / US_PER_S);
	long long off = there < asked	   ? (long long)(there - asked)
			: there > answered ? (long long)(there - answered)
					   : 0;

	if (!there)
		return; /* not said */
	if (llabs(off) <= SKEW_S) {
		doctor_ok(d, "clock", "the server's is within %d s of this one", SKEW_S);
		return;
	}
	doctor_say(d, llabs(off) > SKEW_BAD_S ? DOCTOR_BAD : DOCTOR_WARN, "clock",
		   "the server's is %lld s %s this one: tokens look expired, or not yet good",
		   llabs(off), off > 0 ? "ahead of" : "behind");
	doctor_fix(d, "timedatectl set-ntp true, on the one that is wrong");
}

/* Of scheme and host, without the path. */
static size_t origin_length(const char *url)
{
	const char *host = strstr(url, "://");

	return host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : strlen(url);
}

/* Whether it is Confab, and ours. */
static bool check_health(struct doctor *d, const char *where, const struct web_answer *a)
{
	json_t *health = web_answer_json(a);
	const char *version = json_string_value(json_object_get(health, "version"));
	bool good = a->status == 200 && version;

	if (a->status == 0) {
		doctor_bad(d, "url", "%s: %s", where, a->error);
		doctor_fix(d,
			   "check the name's DNS record (getent hosts %s), that port %u/tcp is "
			   "open, and what listens there (ss -ltnp)",
			   d->site.host, d->site.port);
	} else if (a->location[0]) {
		doctor_bad(d, "url", "%s sends browsers elsewhere, to %s", where, a->location);
		doctor_fix(d, "ask there: --url %.*s", (int)origin_length(a->location),
			   a->location);
	} else if (!good) {
		doctor_bad(d, "url", "%s/healthz answers %d%s", where, a->status,
			   a->status == 502 || a->status == 503 || a->status == 504
				   ? ": the proxy does not reach confabd"
				   : ": that is not Confab");
		doctor_fix(d,
			   "let the proxy pass all of %s on to confabd's --listen (docs/"
			   "self-hosting.md, \"Behind a proxy\")",
			   where);
	} else if (d->version[0] && strcmp(version, d->version) != 0) {
		doctor_bad(d, "url", "%s is Confab %s, and the confabd here is %s: another server",
			   where, version, d->version);
		doctor_fix(d, "point the name or the proxy to this one");
	} else {
		doctor_ok(d, "url", "Confab %s answers at %s", version, where);
	}
	json_decref(health);
	return good;
}

static void check_same(struct doctor *d, const char *where)
{
	struct web_answer a;

	web_ask(&d->site, &(struct web_request){ .method = "GET", .path = "/api/video-call" }, &a);
	json_t *config = web_answer_json(&a);
	const char *key = json_string_value(json_object_get(config, "apiKey"));

	if (a.status != 200 || !key) {
		doctor_bad(d, "url", "%s/api/video-call answers %d without an apiKey", where,
			   a.status);
		doctor_fix(d, "let the proxy pass all paths on, not only some");
	} else if (d->api_key[0] && strcmp(key, d->api_key) != 0) {
		doctor_bad(d, "url",
			   "%s has API key '%s', the confabd here has '%s': another server", where,
			   key, d->api_key);
		doctor_fix(d, "point the name or the proxy to this one");
	} else {
		(void)snprintf(d->api_key, sizeof d->api_key, "%s", key);
	}
	json_decref(config);
	web_answer_fini(&a);
}

/* ---- the proxy ---- */

/* The event socket takes anybody in, and asks who it is by a frame. */
static bool check_upgrade(struct doctor *d, const char *where)
{
	struct web_answer a;
	struct dial *c = web_socket_open(&d->site, "/api/v1/events", &a);

	if (c) {
		doctor_ok(d, "websocket", "%s takes WebSockets", where);
	} else {
		doctor_bad(d, "websocket",
			   "%s/api/v1/events answers %d instead of 101: the proxy does not pass "
			   "the Upgrade on%s%s",
			   where, a.status, a.status ? "" : ", ", a.error);
		doctor_fix(d, "nginx: proxy_http_version 1.1; proxy_set_header Upgrade "
			      "$http_upgrade; proxy_set_header Connection $connection_upgrade;");
	}
	web_answer_fini(&a);
	bool taken = c != NULL;
	(void)dial_close(c);
	return taken;
}

/* As a page of ours asks for a token, but for the cookie: 401 is the right answer to that. */
static bool check_origin(struct doctor *d, const char *where)
{
	struct web_answer a;

	web_ask(&d->site,
		&(struct web_request){ .method = "POST",
				       .path = "/api/video-call/token",
				       .origin = where,
				       .body = "{\"userId\":\"doctor\"}" },
		&a);
	if (a.status == 401) {
		doctor_ok(d, "token route", "it answers, and wants a sign-in");
	} else if (a.status == 403) {
		doctor_bad(d, "token route",
			   "a page of %s is taken for another site's: Host or X-Forwarded-Proto "
			   "does not arrive",
			   where);
		doctor_fix(d, "nginx: proxy_set_header Host $http_host; proxy_set_header "
			      "X-Forwarded-Proto $scheme; they count from a proxy on confabd's own "
			      "machine");
	} else {
		doctor_bad(d, "token route",
			   "POST %s/api/video-call/token answers %d instead of 401%s%s", where,
			   a.status, a.status ? "" : ": ", a.error);
		doctor_fix(d, "let the proxy pass POST requests on as they are");
	}
	web_answer_fini(&a);
	return a.status == 401;
}

/* What only this machine's programs are told, over a proxy that hides whom it speaks for. `heard`: its other headers count. */
static void check_forwarded_for(struct doctor *d, bool heard)
{
	struct web_answer a;

	if (!d->version[0] || d->own.tls || !d->site.tls)
		return; /* not known to be a proxy on this machine */
	web_ask(&d->site, &(struct web_request){ .method = "GET", .path = "/metrics" }, &a);
	if (a.status == 200) {
		doctor_bad(d, "proxy",
			   "X-Forwarded-For does not arrive: everybody counts as one "
			   "address, and /metrics is open to all");
		doctor_fix(d,
			   "nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;");
	} else if (heard) {
		doctor_ok(d, "proxy", "it says for whom it asks");
	}
	web_answer_fini(&a);
}

void doctor_check_site(struct doctor *d)
{
	char where[WEB_HOST + 32];
	struct web_answer a;
	bool path = false, trusted = true;

	if (!d->url)
		return;
	if (web_target_parse(d->url, &d->site, &path) < 0) {
		doctor_bad(d, "url", "'%s' is no address of a site", d->url);
		doctor_fix(d, "--url https://chat.example.com");
		d->url = NULL; /* for the checks that follow there is none */
		return;
	}
	web_target_text(&d->site, where);
	if (path) {
		doctor_warn(d, "url",
			    "Confab needs a host of its own: what follows %s is not looked at",
			    where);
		doctor_fix(d, "--url %s", where);
	}
	uint64_t asked_us = clock_wall_us();
	web_ask(&d->site, &(struct web_request){ .method = "GET", .path = "/healthz" }, &a);
	uint64_t answered_us = clock_wall_us();
	if (a.has_certificate)
		trusted = check_certificate(d, where, &a.certificate);
	bool answers = check_health(d, where, &a);
	if (answers)
		check_clock(d, &a, asked_us, answered_us);
	web_answer_fini(&a);
	if (!answers)
		return;
	check_same(d, where);
	d->site_upgrades = check_upgrade(d, where);
	check_forwarded_for(d, check_origin(d, where));
	d->site_trusted = trusted;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "control/acme/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "control/acme/jws.h"
#include "crypt/web_push.h"

enum {
	PAUSE_FIRST_MS = 250,
	PAUSE_MAX_MS = 8000,
	PAUSE_ASKED_MAX_S = 60, /* of what Retry-After says while it works */
	PATIENCE_MS = 180 * 1000,
	TOKEN_MAX = 200,
};

struct order {
	const struct order_config *config;
	struct authority authority;
	char thumbprint[JWS_THUMBPRINT];
	json_t *order; /* as it was last read */
	char *url;
	struct evp_pkey_st *key; /* of the certificate */
	struct order_result *result;
};

static void json_freep(json_t **j)
{
	json_decref(*j);
}

static void key_freep(struct evp_pkey_st **key)
{
	(void)web_push_key_free(*key);
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static bool is(const json_t *object, const char *status)
{
	return strcmp(text_of(object, "status"), status) == 0;
}

/* ---- waiting for the authority ---- */

/* Reads `url` until its status is none of the two. NULL: it failed. */
static json_t *poll_while(struct order *o, const char *url, const char *one, const char *other)
{
	unsigned pause_ms = PAUSE_FIRST_MS, waited_ms = 0;

	for (;;) {
		long asked_s = 0;
		json_t *got = authority_ask(&o->authority, url, NULL, NULL, &asked_s);

		if (!got || (!is(got, one) && !is(got, other)))
			return got;
		json_decref(got);
		if (asked_s > PAUSE_ASKED_MAX_S)
			asked_s = PAUSE_ASKED_MAX_S;
		unsigned ms = asked_s ? (unsigned)asked_s * 1000 : pause_ms;
		if (waited_ms + ms > PATIENCE_MS) {
			(void)authority_fail(&o->authority, SCHEDULE_REFUSED,
					     "it was still busy after %d s", PATIENCE_MS / 1000);
			return NULL;
		}
		if (!o->config->wait(o->config->fetch.arg, ms)) {
			(void)authority_fail(&o->authority, SCHEDULE_UNREACHED, "confabd stops");
			return NULL;
		}
		waited_ms += ms;
		pause_ms = pause_ms < PAUSE_MAX_MS ? 2 * pause_ms : PAUSE_MAX_MS;
	}
}

/* ---- one name ---- */

static const json_t *find_challenge(const json_t *authorization, const char *type)
{
	const json_t *list = json_object_get(authorization, "challenges"), *challenge;
	size_t i;

	json_array_foreach(list, i, challenge)
	{
		if (strcmp(text_of(challenge, "type"), type) == 0)
			return challenge;
	}
	return NULL;
}

/* It becomes part of a path, and of what is signed. */
static bool is_token(const char *token)
{
	size_t n = strlen(token);

	return n > 0 && n <= TOKEN_MAX &&
	       strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
		       n;
}

/* RFC 8737 3: a certificate with the digest of the authorization. */
static char *proof_certificate(const char *name, const char *authorization)
{
	cleanup(key_freep) struct evp_pkey_st *key = web_push_key_new();
	uint8_t digest[SHA256_LENGTH];
	char pem[WEB_PUSH_PEM_MAX], *whole;

	hash_sha256(authorization, strlen(authorization), digest);
	autofree char *certificate = key ? site_cert_signed_by_itself(
						   key, (struct site_names){ &name, 1 }, 1, digest)
					 : NULL;
	if (!certificate || web_push_key_write(key, pem) < 0 ||
	    asprintf(&whole, "%s%s", certificate, pem) < 0)
		return NULL;
	return whole;
}

/* From now on the server gives out what proves the name. */
static int show_proof(struct order *o, const char *name, const char *token)
{
	char *copy = strdup(token), *authorization, *certificate = NULL;

	if (asprintf(&authorization, "%s.%s", token, o->thumbprint) < 0)
		authorization = NULL;
	if (o->config->over_tls && authorization)
		certificate = proof_certificate(name, authorization);
	bool good = copy && authorization && (certificate || !o->config->over_tls);
	challenge_set(o->config->challenge, copy, authorization, certificate);
	return good ? 0 : authority_fail(&o->authority, SCHEDULE_UNREACHED, "out of memory");
}

static int prove(struct order *o, const char *url, const json_t *authorization)
{
	const char *type = o->config->over_tls ? "tls-alpn-01" : "http-01";
	const json_t *challenge = find_challenge(authorization, type);
	const char *name = text_of(json_object_get(authorization, "identifier"), "value");
	const char *token = text_of(challenge, "token");

	if (!challenge || !is_token(token))
		return authority_fail(&o->authority, SCHEDULE_REFUSED, "it offers no %s for %s",
				      type, name);
	if (show_proof(o, name, token) < 0)
		return -1;
	cleanup(json_freep) json_t *nothing = json_object();
	cleanup(json_freep) json_t *begun = authority_ask(&o->authority, text_of(challenge, "url"),
							  nothing, NULL, NULL);
	cleanup(json_freep) json_t *done = begun ? poll_while(o, url, "pending", "processing")
						 : NULL;
	if (!done)
		return -1;
	if (is(done, "valid"))
		return 0;
	return authority_problem(&o->authority,
				 json_object_get(find_challenge(done, type), "error"), name);
}

static int prove_all(struct order *o)
{
	const json_t *list = json_object_get(o->order, "authorizations"), *url;
	size_t i;
	int r = 0;

	json_array_foreach(list, i, url)
	{
		const char *at = json_string_value(url) ? json_string_value(url) : "";
		cleanup(json_freep)
			json_t *authorization = authority_ask(&o->authority, at, NULL, NULL, NULL);

		if (!authorization)
			r = -1;
		else if (!is(authorization, "valid")) /* of an earlier order, perhaps */
			r = prove(o, at, authorization);
		challenge_set(o->config->challenge, NULL, NULL, NULL);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- the order ---- */

static int begin(struct order *o)
{
	cleanup(json_freep) json_t *wanted = json_pack("{s:[]}", "identifiers");
	const char *url = authority_url(&o->authority, "newOrder");

	for (size_t i = 0; i < o->config->names.count; i++)
		(void)json_array_append_new(
			json_object_get(wanted, "identifiers"),
			json_pack("{s:s, s:s}", "type", "dns", "value", o->config->names.list[i]));
	o->order = url ? authority_ask(&o->authority, url, wanted, &o->url, NULL) : NULL;
	if (!o->order)
		return -1;
	return o->url ? 0 : authority_fail(&o->authority, SCHEDULE_REFUSED, "its order has no URL");
}

/* Reads it anew until it is neither of the two. 0: it is `wanted`. */
static int reach(struct order *o, const char *one, const char *other, const char *wanted)
{
	json_t *now = poll_while(o, o->url, one, other);

	if (!now)
		return -1;
	json_decref(o->order);
	o->order = now;
	if (is(now, wanted))
		return 0;
	if (json_object_get(now, "error"))
		return authority_problem(&o->authority, json_object_get(now, "error"),
					 "the order failed");
	return authority_fail(&o->authority, SCHEDULE_REFUSED, "the order is %s, not %s",
			      text_of(now, "status"), wanted);
}

static int finalize(struct order *o)
{
	uint8_t *der = NULL;
	size_t n = 0;

	o->key = web_push_key_new();
	if (!o->key || site_cert_request(o->key, o->config->names, &der, &n) < 0)
		return authority_fail(&o->authority, SCHEDULE_UNREACHED,
				      "the request could not be made (OpenSSL)");
	autofree char *csr = jws_base64(der, n);
	free(der);
	cleanup(json_freep) json_t *wanted = json_pack("{s:s}", "csr", csr ? csr : "");
	cleanup(json_freep) json_t *got = authority_ask(
		&o->authority, text_of(o->order, "finalize"), wanted, NULL, NULL);
	return got ? reach(o, "processing", "ready", "valid") : -1;
}

/* What comes is not taken because it came. */
static int download(struct order *o)
{
	struct order_result *r = o->result;
	struct fetch_answer got;
	char pem[WEB_PUSH_PEM_MAX];

	if (authority_post(&o->authority, text_of(o->order, "certificate"), NULL, &got) < 0)
		return -1;
	enum site_cert_fault fault = site_cert_look(got.body ? got.body : "", got.length, o->key,
						    o->config->names, clock_wall_us() / US_PER_S,
						    &r->certificate);
	if (fault == SITE_CERT_GOOD && web_push_key_write(o->key, pem) == 0) {
		r->chain = steal(got.body);
		r->key = strdup(pem);
	}
	explicit_bzero(pem, sizeof pem);
	fetch_answer_fini(&got);
	if (fault != SITE_CERT_GOOD)
		return authority_fail(&o->authority, SCHEDULE_REFUSED,
				      "what it gave is not taken: %s", site_cert_fault_text(fault));
	return r->key ? 0 : authority_fail(&o->authority, SCHEDULE_UNREACHED, "out of memory");
}

static int run(struct order *o)
{
	cleanup(json_freep) json_t *jwk = jws_jwk(o->config->account);

	if (!jwk || jws_thumbprint(jwk, o->thumbprint) < 0)
		return authority_fail(&o->authority, SCHEDULE_UNREACHED, "out of memory");
	if (authority_open(&o->authority, o->config->directory) < 0 ||
	    authority_account(&o->authority, o->config->contact) < 0 || begin(o) < 0 ||
	    prove_all(o) < 0 || reach(o, "pending", "processing", "ready") < 0 || finalize(o) < 0)
		return -1;
	return download(o);
}

void order_run(const struct order_config *config, struct order_result *ret)
{
	struct order o = { .config = config,
			   .authority = { .fetch = config->fetch, .key = config->account },
			   .result = ret };

	*ret = (struct order_result){ 0 };
	if (run(&o) < 0) {
		free(ret->chain);
		free(ret->key);
		*ret = (struct order_result){ .failure = o.authority.failure };
	}
	authority_close(&o.authority);
	json_decref(o.order);
	free(o.url);
	(void)web_push_key_free(o.key);
}

const char *order_advice(const struct authority_failure *f)
{
	static const struct {
		const char *type, *advice;
	} table[] = {
		{ "connection", "let ports 80 and 443 (TCP) of the name reach this machine" },
		{ "dns", "let the name's A and AAAA records say this machine's address" },
		{ "unauthorized", "something else answers for the name: let its A and AAAA records "
				  "say this machine's address only" },
		{ "incorrectResponse", "something else answers for the name: let its A and AAAA "
				       "records say this machine's address only" },
		{ "tls", "let port 443 of the name reach confabd itself, without a proxy" },
		{ "caa", "let the name's CAA record name this authority" },
		{ "rejectedIdentifier", "this authority gives none for this name; is it right?" },
		{ "externalAccountRequired", "choose another authority: --acme-directory" },
		{ "invalidContact", "--acme-contact with an address that takes mail" },
	};

	for (size_t i = 0; i < countof(table); i++) {
		if (strcmp(table[i].type, f->type) == 0)
			return table[i].advice;
	}
	if (f->how == SCHEDULE_LIMITED)
		return "wait; what was asked too often is in the cause";
	return f->how == SCHEDULE_UNREACHED ? "let this machine reach the authority (HTTPS)"
					    : "see the cause";
}

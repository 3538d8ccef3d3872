/* SPDX-License-Identifier: Apache-2.0 */
#include "control/acme/authority.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "control/acme/jws.h"

enum { NONCE_TRIES = 4 };

static const char type_prefix[] = "urn:ietf:params:acme:error:";

static void json_freep(json_t **j)
{
	json_decref(*j);
}

int authority_fail(struct authority *a, enum schedule_failure how, const char *format, ...)
{
	va_list args;

	a->failure = (struct authority_failure){ .how = how }; /* and nothing of an earlier one */
	va_start(args, format);
	(void)vsnprintf(a->failure.cause, sizeof a->failure.cause, format, args);
	va_end(args);
	return -1;
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

int authority_problem(struct authority *a, const json_t *problem, const char *of)
{
	const char *type = text_of(problem, "type"), *detail = text_of(problem, "detail");
	const json_t *first = json_array_get(json_object_get(problem, "subproblems"), 0);
	const char *more = text_of(first, "detail");

	if (strncmp(type, type_prefix, sizeof type_prefix - 1) == 0)
		type += sizeof type_prefix - 1;
	(void)authority_fail(a,
			     strcmp(type, "rateLimited") == 0 ? SCHEDULE_LIMITED : SCHEDULE_REFUSED,
			     "%s: %s%s%s%s", of, *detail ? detail : "refused without a word",
			     *more ? ": " : "", more, *type ? "" : " (no reason)");
	(void)snprintf(a->failure.type, sizeof a->failure.type, "%s", type);
	return -1;
}

/* What an answer that is no success means. */
static int refused(struct authority *a, const char *url, const struct fetch_answer *got)
{
	cleanup(json_freep)
		json_t *problem = got->body ? json_loadb(got->body, got->length, 0, NULL) : NULL;

	if (got->status >= 500)
		(void)authority_fail(a, SCHEDULE_UNREACHED, "%s answers %ld: %s", url, got->status,
				     text_of(problem, "detail"));
	else if (got->status == 429)
		(void)authority_problem(a, problem, "it limits how often it is asked");
	else if (json_is_object(problem))
		(void)authority_problem(a, problem, "it refuses");
	else
		(void)authority_fail(a, SCHEDULE_REFUSED, "%s answers %ld, which is not ACME", url,
				     got->status);
	if (got->status == 429)
		a->failure.how = SCHEDULE_LIMITED;
	a->failure.retry_after_s = got->retry_after_s;
	return -1;
}

/* Without a signature. 0: an answer with 2xx. */
static int get(struct authority *a, const char *method, const char *url, struct fetch_answer *ret)
{
	fetch(&a->fetch, method, url, NULL, ret);
	if (ret->status >= 200 && ret->status < 300)
		return 0;
	int r = ret->status ? refused(a, url, ret)
			    : authority_fail(a, SCHEDULE_UNREACHED, "%s: %s", url, ret->cause);
	fetch_answer_fini(ret);
	return r;
}

int authority_open(struct authority *a, const char *directory)
{
	struct fetch_answer got;

	if (get(a, "GET", directory, &got) < 0)
		return -1;
	a->directory = got.body ? json_loadb(got.body, got.length, 0, NULL) : NULL;
	fetch_answer_fini(&got);
	return json_is_object(a->directory)
		       ? 0
		       : authority_fail(a, SCHEDULE_REFUSED, "%s is no ACME directory", directory);
}

void authority_close(struct authority *a)
{
	json_decref(a->directory);
	free(a->nonce);
	free(a->kid);
}

const char *authority_url(struct authority *a, const char *name)
{
	const char *url = json_string_value(json_object_get(a->directory, name));

	if (!url)
		(void)authority_fail(a, SCHEDULE_REFUSED, "its directory has no %s", name);
	return url;
}

static int take_nonce(struct authority *a)
{
	const char *url = authority_url(a, "newNonce");
	struct fetch_answer got;

	if (!url || get(a, "HEAD", url, &got) < 0)
		return -1;
	a->nonce = steal(got.nonce);
	fetch_answer_fini(&got);
	return a->nonce ? 0 : authority_fail(a, SCHEDULE_REFUSED, "%s gives no nonce", url);
}

static bool is_bad_nonce(const struct fetch_answer *got)
{
	cleanup(json_freep) json_t *problem = got->status == 400 && got->body
						      ? json_loadb(got->body, got->length, 0, NULL)
						      : NULL;

	return strcmp(text_of(problem, "type"), "urn:ietf:params:acme:error:badNonce") == 0;
}

/* One try, and the nonce for the next one. */
static int post_once(struct authority *a, const char *url, const json_t *payload,
		     struct fetch_answer *ret)
{
	if (!a->nonce && take_nonce(a) < 0)
		return -1;
	autofree char *nonce = steal(a->nonce);
	const struct jws jws = {
		.key = a->key, .url = url, .nonce = nonce, .kid = a->kid, .payload = payload
	};
	autofree char *body = jws_sign(&jws);
	if (!body)
		return authority_fail(a, SCHEDULE_UNREACHED, "a request could not be signed");
	fetch(&a->fetch, "POST", url, body, ret);
	a->nonce = steal(ret->nonce);
	return 0;
}

int authority_post(struct authority *a, const char *url, const json_t *payload,
		   struct fetch_answer *ret)
{
	for (int i = 0; i < NONCE_TRIES; i++) {
		if (post_once(a, url, payload, ret) < 0)
			return -1;
		if (ret->status >= 200 && ret->status < 300)
			return 0;
		bool again = is_bad_nonce(ret); /* RFC 8555 6.5: it is an ordinary thing */
		int r = ret->status
				? refused(a, url, ret)
				: authority_fail(a, SCHEDULE_UNREACHED, "%s: %s", url, ret->cause);
		fetch_answer_fini(ret);
		if (!again)
			return r;
	}
	return -1;
}

json_t *authority_ask(struct authority *a, const char *url, const json_t *payload,
		      char **ret_location, long *ret_pause_s)
{
	struct fetch_answer got;

	if (authority_post(a, url, payload, &got) < 0)
		return NULL;
	json_t *object = got.body ? json_loadb(got.body, got.length, 0, NULL) : NULL;
	if (ret_location)
		*ret_location = steal(got.location);
	if (ret_pause_s)
		*ret_pause_s = got.retry_after_s;
	fetch_answer_fini(&got);
	if (json_is_object(object))
		return object;
	json_decref(object);
	(void)authority_fail(a, SCHEDULE_REFUSED, "%s answers what is not ACME", url);
	if (ret_location) {
		free(*ret_location);
		*ret_location = NULL;
	}
	return NULL;
}

int authority_account(struct authority *a, const char *contact)
{
	const char *terms = text_of(json_object_get(a->directory, "meta"), "termsOfService");
	const char *url = authority_url(a, "newAccount");
	cleanup(json_freep) json_t *wanted = json_pack("{s:b}", "termsOfServiceAgreed", 1);
	struct fetch_answer got;

	if (contact && *contact)
		(void)json_object_set_new(wanted, "contact", json_pack("[s]", contact));
	if (!url || authority_post(a, url, wanted, &got) < 0)
		return -1;
	a->kid = steal(got.location);
	bool made = got.status == 201;
	fetch_answer_fini(&got);
	if (!a->kid)
		return authority_fail(a, SCHEDULE_REFUSED, "%s gives no account", url);
	if (made)
		log_info("acme", "an account was made; --domain agrees to the terms terms=%s",
			 *terms ? terms : "none");
	return 0;
}

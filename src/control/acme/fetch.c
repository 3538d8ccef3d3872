/* SPDX-License-Identifier: Apache-2.0 */
#include "control/acme/fetch.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sb.h"
#include "control/hooks/curl.h"

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct sb *body = arg;

	sb_add(body, bytes, size * n);
	return body->bad ? 0 : size * n;
}

static int on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct fetch *f = arg;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return f->ended(f->arg);
}

static bool set_up(const struct fetch *f, CURL *e, const char *method, const char *url,
		   const char *body, const struct curl_slist *headers)
{
	const struct curl *curl = f->curl;
	CURLcode bad = curl->easy_setopt(e, CURLOPT_URL, url);

	bad |= curl->easy_setopt(e, CURLOPT_PROTOCOLS_STR, "https");
	bad |= curl->easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl->easy_setopt(e, CURLOPT_PROXY, "");
	bad |= curl->easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	bad |= curl->easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)FETCH_CONNECT_MS);
	bad |= curl->easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)FETCH_TIMEOUT_MS);
	bad |= curl->easy_setopt(e, CURLOPT_USERAGENT, "confabd (RFC 8555)");
	bad |= curl->easy_setopt(e, CURLOPT_HTTPHEADER, headers);
	bad |= curl->easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
	bad |= curl->easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress);
	bad |= curl->easy_setopt(e, CURLOPT_XFERINFODATA, f);
	if (f->ca_file)
		bad |= curl->easy_setopt(e, CURLOPT_CAINFO, f->ca_file);
	if (strcmp(method, "HEAD") == 0)
		bad |= curl->easy_setopt(e, CURLOPT_NOBODY, 1L);
	if (body)
		bad |= curl->easy_setopt(e, CURLOPT_POSTFIELDS, body);
	return bad == CURLE_OK;
}

static char *header(const struct fetch *f, CURL *e, const char *name)
{
	struct curl_header *found;

	return f->curl->easy_header(e, name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK
		       ? strdup(found->value)
		       : NULL;
}

static void read_answer(const struct fetch *f, CURL *e, struct sb *body, struct fetch_answer *ret)
{
	curl_off_t pause = 0;

	(void)f->curl->easy_getinfo(e, CURLINFO_RESPONSE_CODE, &ret->status);
	(void)f->curl->easy_getinfo(e, CURLINFO_RETRY_AFTER, &pause);
	ret->retry_after_s = pause > 0 && pause < INT_MAX ? (long)pause : 0;
	ret->nonce = header(f, e, "Replay-Nonce");
	ret->location = header(f, e, "Location");
	ret->length = body->len;
	ret->body = body->len ? sb_steal(body) : NULL;
}

void fetch(const struct fetch *f, const char *method, const char *url, const char *body,
	   struct fetch_answer *ret)
{
	const struct curl *curl = f->curl;
	struct sb answer = { .limit = FETCH_BODY_MAX };
	char error[CURL_ERROR_SIZE] = "";
	struct curl_slist *headers = body ? curl->slist_append(
						    NULL, "Content-Type: application/jose+json")
					  : NULL;
	CURL *e = curl->easy_init();
	CURLcode r = CURLE_OUT_OF_MEMORY;

	*ret = (struct fetch_answer){ 0 };
	if (e && (headers || !body) && set_up(f, e, method, url, body, headers) &&
	    curl->easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	    curl->easy_setopt(e, CURLOPT_WRITEDATA, &answer) == CURLE_OK &&
	    curl->easy_setopt(e, CURLOPT_ERRORBUFFER, error) == CURLE_OK)
		r = curl->easy_perform(e);
	if (r == CURLE_OK)
		read_answer(f, e, &answer, ret);
	else
		(void)snprintf(ret->cause, sizeof ret->cause, "%s",
			       error[0] ? error : curl->easy_strerror(r));
	if (e)
		curl->easy_cleanup(e);
	curl->slist_free_all(headers);
	sb_fini(&answer);
}

void fetch_answer_fini(struct fetch_answer *a)
{
	free(a->nonce);
	free(a->location);
	free(a->body);
	*a = (struct fetch_answer){ 0 };
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "client/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/sb.h"

enum {
	CONNECT_MS = 10000,
	TIMEOUT_MS = 20000,
	SLOWEST = 8, /* bytes per ms that a body is given time for */
	ANSWER_MAX = 4 * 1024 * 1024,
};

struct https {
	uv_loop_t *loop;
	unsigned active;
	_Atomic bool stopping;
};

struct request {
	uv_work_t work;
	struct https *owner;
	char *url, *method, *authorization, *type; /* type NULL: there is no body */
	char *body;
	size_t length;
	struct sb answer;
	long status;
	int retry_after;
	char error[CURL_ERROR_SIZE];
	https_fn *fn;
	void *arg;
};

struct https *https_new(uv_loop_t *loop)
{
	struct https *h = calloc(1, sizeof *h);

	if (h && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(h);
		return NULL;
	}
	if (h)
		h->loop = loop;
	return h;
}

void https_free(struct https *h)
{
	if (!h)
		return;
	h->stopping = true;
	while (h->active)
		(void)uv_run(h->loop, UV_RUN_ONCE);
	curl_global_cleanup();
	free(h);
}

static size_t on_answer(char *bytes, size_t size, size_t n, void *arg)
{
	struct request *r = arg;

	sb_add(&r->answer, bytes, size * n);
	return r->answer.bad ? 0 : size * n;
}

static int on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct request *r = arg;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return r->owner->stopping; /* not 0: break off */
}

static bool set_up(struct request *r, CURL *e, struct curl_slist *headers)
{
	CURLcode bad = curl_easy_setopt(e, CURLOPT_URL, r->url);

	bad |= curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	bad |= curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, TIMEOUT_MS + (long)r->length / SLOWEST);
	if (r->type) {
		bad |= curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->length);
		bad |= curl_easy_setopt(e, CURLOPT_POSTFIELDS, r->body);
	}
	bad |= curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, r->method);
	bad |= curl_easy_setopt(e, CURLOPT_HTTPHEADER, headers);
	bad |= curl_easy_setopt(e, CURLOPT_USERAGENT, "libconfab");
	bad |= curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_answer);
	bad |= curl_easy_setopt(e, CURLOPT_WRITEDATA, r);
	bad |= curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
	bad |= curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress);
	bad |= curl_easy_setopt(e, CURLOPT_XFERINFODATA, r);
	bad |= curl_easy_setopt(e, CURLOPT_ERRORBUFFER, r->error);
	return bad == CURLE_OK;
}

/* On a thread of the pool: touches the request only. */
static void work(uv_work_t *w)
{
	struct request *r = container_of(w, struct request, work);
	struct curl_slist *headers = curl_slist_append(NULL, r->authorization);
	struct curl_slist *all = headers && r->type ? curl_slist_append(headers, r->type) : headers;
	CURL *e = curl_easy_init();

	curl_off_t wait = 0;

	if (e && all && set_up(r, e, all) && curl_easy_perform(e) == CURLE_OK) {
		(void)curl_easy_getinfo(e, CURLINFO_RESPONSE_CODE, &r->status);
		(void)curl_easy_getinfo(e, CURLINFO_RETRY_AFTER, &wait);
		r->retry_after = wait < INT_MAX ? (int)wait : INT_MAX;
	}
	curl_easy_cleanup(e);
	curl_slist_free_all(headers);
}

static void request_free(struct request *r)
{
	if (r->authorization)
		explicit_bzero(r->authorization, strlen(r->authorization));
	free(r->authorization);
	free(r->url);
	free(r->method);
	free(r->type);
	free(r->body);
	sb_fini(&r->answer);
	free(r);
}

static void after_work(uv_work_t *w, int status)
{
	struct request *r = container_of(w, struct request, work);

	r->owner->active--;
	struct https_answer answer = { .text = r->error, .length = strlen(r->error) };

	if (status == 0 && r->status)
		answer = (struct https_answer){ .status = r->status,
						.retry_after = r->retry_after,
						.text = r->answer.text ? r->answer.text : "",
						.length = r->answer.len };
	r->fn(r->arg, &answer);
	request_free(r);
}

static bool copy_body(struct request *r, const struct https_request *request)
{
	if (!request->type)
		return true;
	if (asprintf(&r->type, "Content-Type: %s", request->type) < 0)
		r->type = NULL;
	r->length = request->length;
	r->body = malloc(r->length + 1);
	if (r->body && r->length) /* none: a length of 0 */
		memcpy(r->body, request->body, r->length);
	return r->type && r->body;
}

int https_send(struct https *h, const struct https_request *request, https_fn *fn, void *arg)
{
	struct request *r = calloc(1, sizeof *r);

	if (!r)
		return -ENOMEM;
	r->owner = h;
	r->fn = fn;
	r->arg = arg;
	r->answer.limit = ANSWER_MAX;
	r->url = strdup(request->url);
	r->method = strdup(request->method);
	if (asprintf(&r->authorization, "Authorization: Bearer %s", request->bearer) < 0)
		r->authorization = NULL;
	if (!r->url || !r->method || !r->authorization || !copy_body(r, request) ||
	    uv_queue_work(h->loop, &r->work, work, after_work) < 0) {
		request_free(r);
		return -ENOMEM;
	}
	h->active++;
	return 0;
}

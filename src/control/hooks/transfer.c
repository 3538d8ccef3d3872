/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl's multi interface over libuv: it names sockets and a timer, we watch them. */
#include "control/hooks/transfer.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "control/hooks/curl.h"
#include "control/hooks/public.h"

struct transfers {
	struct curl curl;
	uv_loop_t *loop;
	uv_timer_t timer;
	CURLM *multi;
	struct list active; /* struct transfer */
};

struct transfer {
	struct list in_active;
	struct transfers *owner;
	CURL *easy;
	struct curl_slist *headers;
	size_t answered; /* bytes */
	char error[CURL_ERROR_SIZE];
	transfer_done_fn *done;
	void *arg;
};

/* One of curl's sockets. Lives until its handle is closed. */
struct watch {
	uv_poll_t poll;
	struct transfers *owner;
	curl_socket_t fd;
};

static void transfer_free(struct transfer *t)
{
	if (t->easy) {
		(void)t->owner->curl.multi_remove_handle(t->owner->multi, t->easy);
		t->owner->curl.easy_cleanup(t->easy);
	}
	t->owner->curl.slist_free_all(t->headers);
	list_remove(&t->in_active);
	free(t);
}

/* Those that ended. The callback may start another one. */
static void collect(struct transfers *t)
{
	CURLMsg *message;
	int left;

	while ((message = t->curl.multi_info_read(t->multi, &left))) {
		struct transfer *transfer = NULL;
		CURLcode result = message->data.result;
		struct transfer_answer answer = { 0 };
		curl_off_t pause = 0;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)t->curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		(void)t->curl.easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE,
					   &answer.status);
		(void)t->curl.easy_getinfo(message->easy_handle, CURLINFO_RETRY_AFTER, &pause);
		transfer_done_fn *done = transfer->done;
		void *arg = transfer->arg;
		char cause[CURL_ERROR_SIZE];
		(void)snprintf(cause, sizeof cause, "%s",
			       transfer->error[0] ? transfer->error
						  : t->curl.easy_strerror(result));
		transfer_free(transfer);
		if (result != CURLE_OK)
			answer.status = 0;
		answer.retry_after_s = pause > 0 && pause < INT_MAX ? (long)pause : 0;
		answer.cause = cause;
		done(arg, &answer);
	}
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct watch *w = poll->data;
	struct transfers *t = w->owner;
	int flags = 0, running;

	if (status < 0)
		flags = CURL_CSELECT_ERR;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	(void)t->curl.multi_socket_action(t->multi, w->fd, flags, &running); /* may close w */
	collect(t);
}

static void on_watch_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static struct watch *watch_new(struct transfers *t, curl_socket_t fd)
{
	struct watch *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	w->owner = t;
	w->fd = fd;
	w->poll.data = w;
	if (uv_poll_init_socket(t->loop, &w->poll, fd) < 0) {
		free(w);
		return NULL;
	}
	(void)t->curl.multi_assign(t->multi, fd, w);
	return w;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket)
{
	struct transfers *t = arg;
	struct watch *w = socket;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (w) {
			(void)uv_poll_stop(&w->poll);
			uv_close((uv_handle_t *)&w->poll, on_watch_closed);
			(void)t->curl.multi_assign(t->multi, fd, NULL);
		}
		return 0;
	}
	if (!w)
		w = watch_new(t, fd);
	if (!w)
		return -1; /* curl gives the transfer up */
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	return uv_poll_start(&w->poll, events, on_ready) < 0 ? -1 : 0;
}

static void on_timer(uv_timer_t *timer)
{
	struct transfers *t = timer->data;
	int running;

	(void)t->curl.multi_socket_action(t->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(t);
}

static int on_timeout_wanted(CURLM *multi, long ms, void *arg)
{
	struct transfers *t = arg;

	(void)multi;
	if (ms < 0)
		return uv_timer_stop(&t->timer);
	return uv_timer_start(&t->timer, on_timer, (uint64_t)ms,
			      0); /* never from within this call */
}

int transfers_new(uv_loop_t *loop, struct transfers **ret)
{
	struct transfers *t = calloc(1, sizeof *t);

	int r = t ? curl_load(&t->curl) : -ENOMEM;

	if (r == 0 && t->curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		r = -ENOMEM;
	if (r < 0) {
		free(t);
		return r;
	}
	t->loop = loop;
	list_init(&t->active);
	t->multi = t->curl.multi_init();
	r = t->multi ? uv_timer_init(loop, &t->timer) : -ENOMEM;
	if (r < 0) {
		(void)t->curl.multi_cleanup(t->multi);
		t->curl.global_cleanup();
		free(t);
		return r;
	}
	t->timer.data = t;
	(void)t->curl.multi_setopt(t->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	(void)t->curl.multi_setopt(t->multi, CURLMOPT_SOCKETDATA, t);
	(void)t->curl.multi_setopt(t->multi, CURLMOPT_TIMERFUNCTION, on_timeout_wanted);
	(void)t->curl.multi_setopt(t->multi, CURLMOPT_TIMERDATA, t);
	*ret = t;
	return 0;
}

/* What they answer does not matter, but it must end. */
static size_t on_answer(char *bytes, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	(void)bytes;
	t->answered += size * n;
	return t->answered > TRANSFER_ANSWER_MAX ? 0 : size * n;
}

static bool add_header(struct transfer *t, const char *name, const char *value)
{
	autofree char *line = NULL;

	if (asprintf(&line, "%s: %s", name, value) < 0) {
		line = NULL;
		return false;
	}
	struct curl_slist *longer = t->owner->curl.slist_append(t->headers, line);
	if (longer)
		t->headers = longer;
	return longer;
}

/* After the name was resolved and for each address tried, so that no answer of a DNS server leads inside. */
static curl_socket_t open_public(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)arg;
	(void)purpose;
	if (!address_is_public(&address->addr))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static bool set_up(struct transfer *t, const struct transfer_request *request)
{
	const struct curl *curl = &t->owner->curl;
	CURL *e = t->easy;
	CURLcode bad = curl->easy_setopt(e, CURLOPT_URL, request->url);

	bad |= curl->easy_setopt(e, CURLOPT_PROTOCOLS_STR,
				 request->stranger ? "https" : "http,https");
	if (request->stranger)
		bad |= curl->easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, open_public);
	bad |= curl->easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl->easy_setopt(e, CURLOPT_PROXY, "");
	bad |= curl->easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	bad |= curl->easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)TRANSFER_CONNECT_MS);
	bad |= curl->easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)TRANSFER_TIMEOUT_MS);
	bad |= curl->easy_setopt(e, CURLOPT_POSTFIELDSIZE, (long)request->length);
	bad |= curl->easy_setopt(e, CURLOPT_COPYPOSTFIELDS, request->body);
	bad |= curl->easy_setopt(e, CURLOPT_HTTPHEADER, t->headers);
	bad |= curl->easy_setopt(e, CURLOPT_USERAGENT, "confabd");
	bad |= curl->easy_setopt(e, CURLOPT_WRITEFUNCTION, on_answer);
	bad |= curl->easy_setopt(e, CURLOPT_WRITEDATA, t);
	bad |= curl->easy_setopt(e, CURLOPT_ERRORBUFFER, t->error);
	bad |= curl->easy_setopt(e, CURLOPT_PRIVATE, t);
	return bad == CURLE_OK;
}

int transfer_start(struct transfers *owner, const struct transfer_request *request,
		   transfer_done_fn *done, void *arg)
{
	struct transfer *t = calloc(1, sizeof *t);
	bool added = true;

	if (!t)
		return -ENOMEM;
	list_init(&t->in_active);
	t->owner = owner;
	t->done = done;
	t->arg = arg;
	t->easy = owner->curl.easy_init();
	for (size_t i = 0; i < request->header_count; i++)
		added = added && add_header(t, request->headers[i].name, request->headers[i].value);
	if (!t->easy || !added || !set_up(t, request) ||
	    owner->curl.multi_add_handle(owner->multi, t->easy) != CURLM_OK) {
		transfer_free(t);
		return -ENOMEM;
	}
	list_append(&owner->active, &t->in_active);
	return 0;
}

bool transfer_url_is_valid(const char *url)
{
	struct curl curl;

	if (curl_load(&curl) < 0)
		return false;
	CURLU *parts = curl.url();
	char *scheme = NULL, *host = NULL;
	bool good = parts && curl.url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
		    curl.url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		    curl.url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
		    (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);

	curl.free(scheme);
	curl.free(host);
	curl.url_cleanup(parts);
	return good;
}

enum { SEGMENT_SHOWN = 20 };

/* Tokens in a path are long: `/services/T01/<24 letters>`. */
static void hide_long_segments(char *path)
{
	static const char hidden[] = "...";
	char *from = path, *to = path;

	while (*from) {
		size_t n = strcspn(from, "/");
		bool hide = n > SEGMENT_SHOWN;

		memmove(to, hide ? hidden : from, hide ? sizeof hidden - 1 : n);
		to += hide ? sizeof hidden - 1 : n;
		from += n;
		if (*from)
			*to++ = *from++;
	}
	*to = '\0';
}

char *transfer_url_shown(const char *url)
{
	struct curl curl;
	char *scheme = NULL, *host = NULL, *port = NULL, *path = NULL, *shown = NULL;

	if (curl_load(&curl) < 0)
		return NULL;
	CURLU *parts = curl.url();
	if (parts && curl.url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl.url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	    curl.url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	    curl.url_get(parts, CURLUPART_PATH, &path, 0) == CURLUE_OK) {
		(void)curl.url_get(parts, CURLUPART_PORT, &port, 0); /* none: NULL */
		hide_long_segments(path);
		if (asprintf(&shown, "%s://%s%s%s%s%s", scheme, host, port ? ":" : "",
			     port ? port : "", path, strchr(url, '?') ? "?..." : "") < 0)
			shown = NULL;
	}
	curl.free(scheme);
	curl.free(host);
	curl.free(port);
	curl.free(path);
	curl.url_cleanup(parts);
	return shown;
}

static void on_timer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

struct transfers *transfers_free(struct transfers *t)
{
	struct transfer *transfer;

	if (!t)
		return NULL;
	list_each (transfer, &t->active, in_active)
		transfer_free(transfer);
	(void)t->curl.multi_cleanup(t->multi); /* gives its sockets back through on_socket */
	t->curl.global_cleanup();
	uv_close((uv_handle_t *)&t->timer, on_timer_closed);
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/doctor/web.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/sb.h"
#include "cli/doctor/doctor.h"

/* ---- URLs ---- */

int web_target_parse(const char *url, struct web_target *ret, bool *ret_path)
{
	static const struct {
		const char *scheme;
		bool tls;
	} schemes[] = {
		{ "https://", true }, { "http://", false }, { "wss://", true }, { "ws://", false }
	};
	struct web_target t = { 0 };
	const char *at = NULL;

	for (size_t i = 0; i < countof(schemes) && !at; i++) {
		if (strncasecmp(url, schemes[i].scheme, strlen(schemes[i].scheme)) == 0) {
			at = url + strlen(schemes[i].scheme);
			t.tls = schemes[i].tls;
		}
	}
	if (!at)
		return -EINVAL;
	bool brackets = *at == '[';
	const char *host = at + brackets;
	size_t n = strcspn(host, brackets ? "]" : ":/?#");
	const char *rest = host + n + (brackets && host[n] == ']');
	if (n == 0 || n >= sizeof t.host || strcspn(host, "@ \t%") < n ||
	    (brackets && host[n] != ']'))
		return -EINVAL;
	memcpy(t.host, host, n);
	long port = t.tls ? 443 : 80;
	if (*rest == ':') {
		char *end;

		port = strtol(rest + 1, &end, 10);
		if (end == rest + 1)
			return -EINVAL;
		rest = end;
	}
	if (port < 1 || port > 65535 || (*rest && !strchr("/?#", *rest)))
		return -EINVAL;
	t.port = (uint16_t)port;
	*ret = t;
	*ret_path = *rest && strcmp(rest, "/") != 0;
	return 0;
}

void web_target_text(const struct web_target *t, char ret[WEB_HOST + 32])
{
	char port[8] = "";

	if (t->port != (t->tls ? 443 : 80))
		(void)snprintf(port, sizeof port, ":%u", t->port);
	(void)snprintf(ret, WEB_HOST + 32, strchr(t->host, ':') ? "%s://[%s]%s" : "%s://%s%s",
		       t->tls ? "https" : "http", t->host, port);
}

bool web_target_is_local(const struct web_target *t)
{
	size_t n = strlen(t->host);

	return strcasecmp(t->host, "localhost") == 0 || strncmp(t->host, "127.", 4) == 0 ||
	       strcmp(t->host, "::1") == 0 ||
	       (n > 10 && strcasecmp(t->host + n - 10, ".localhost") == 0);
}

/* ---- heads and bodies ---- */

size_t web_head_length(const char *bytes, size_t n)
{
	const char *end = memmem(bytes, n, "\r\n\r\n", 4);

	return end ? (size_t)(end - bytes) + 4 : 0;
}

void web_header(const char *head, const char *name, char *ret, size_t capacity)
{
	size_t n = strlen(name);

	ret[0] = '\0';
	for (const char *line = strstr(head, "\r\n"); line && line[2] != '\r' && line[2];
	     line = strstr(line + 2, "\r\n")) {
		const char *value = line + 2 + n + 1;

		if (strncasecmp(line + 2, name, n) != 0 || line[2 + n] != ':')
			continue;
		value += strspn(value, " \t");
		(void)snprintf(ret, capacity, "%.*s", (int)strcspn(value, "\r\n"), value);
		return;
	}
}

long web_unchunk(char *bytes, size_t n)
{
	size_t from = 0, to = 0;

	for (;;) {
		char *end, *line = memmem(bytes + from, n - from, "\r\n", 2);
		unsigned long size = line ? strtoul(bytes + from, &end, 16) : 0;

		if (!line || end == bytes + from)
			return -1;
		from = (size_t)(line - bytes) + 2;
		if (size == 0)
			return (long)to;
		if (size > n - from || n - from - size < 2)
			return -1;
		memmove(bytes + to, bytes + from, size);
		to += size;
		from += size + 2;
	}
}

int64_t web_date(const char *text)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm = { 0 };
	char month[4] = "";

	if (sscanf(text, "%*3s, %d %3s %d %d:%d:%d", &tm.tm_mday, month, &tm.tm_year, &tm.tm_hour,
		   &tm.tm_min, &tm.tm_sec) != 6)
		return 0;
	const char *at = strlen(month) == 3 ? strstr(months, month) : NULL;
	if (!at || (at - months) % 3)
		return 0;
	tm.tm_mon = (int)(at - months) / 3;
	tm.tm_year -= 1900;
	return (int64_t)timegm(&tm);
}

json_t *web_answer_json(const struct web_answer *a)
{
	json_t *value = a->body ? json_loads(a->body, 0, NULL) : NULL;

	if (json_is_object(value))
		return value;
	json_decref(value);
	return NULL;
}

void web_answer_fini(struct web_answer *a)
{
	free(a->body);
	a->body = NULL;
}

/* ---- asking ---- */

static void write_request(struct sb *b, const struct web_target *t, const struct web_request *r)
{
	char url[WEB_HOST + 32];

	web_target_text(t, url);
	sb_printf(b, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: confab-doctor\r\n", r->method,
		  r->path, strstr(url, "://") + 3);
	if (r->bearer)
		sb_printf(b, "Authorization: Bearer %s\r\n", r->bearer);
	if (r->origin)
		sb_printf(b, "Origin: %s\r\n", r->origin);
	if (r->body)
		sb_printf(b, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
			  strlen(r->body));
}

/* Everything until the end that the head announces, or the connection's. */
static char *read_answer(struct dial *c, size_t *ret_length, bool head_only)
{
	char *bytes = malloc(WEB_ANSWER + 1);
	size_t n = 0, head = 0;

	while (bytes && n < WEB_ANSWER) {
		long wanted = -1, r = dial_read(c, bytes + n, head_only ? 1 : WEB_ANSWER - n);
		char length[24];

		if (r <= 0)
			break;
		n += (size_t)r;
		bytes[n] = '\0';
		head = web_head_length(bytes, n);
		if (!head)
			continue;
		web_header(bytes, "content-length", length, sizeof length);
		wanted = length[0] ? strtol(length, NULL, 10) : -1;
		if (head_only || (wanted >= 0 && n >= head + (size_t)wanted))
			break;
	}
	*ret_length = n;
	return bytes;
}

static void take_answer(struct web_answer *ret, char *bytes, size_t n)
{
	size_t head = bytes ? web_head_length(bytes, n) : 0;
	char encoding[16];

	if (!head || sscanf(bytes, "HTTP/1.%*1d %3d", &ret->status) != 1) {
		ret->status = 0;
		(void)snprintf(ret->error, sizeof ret->error, "%s",
			       n ? "what answers there is not HTTP" : "no answer in time");
		free(bytes);
		return;
	}
	web_header(bytes, "date", ret->date, sizeof ret->date);
	web_header(bytes, "location", ret->location, sizeof ret->location);
	web_header(bytes, "transfer-encoding", encoding, sizeof encoding);
	long length = strcasecmp(encoding, "chunked") == 0 ? web_unchunk(bytes + head, n - head)
							   : (long)(n - head);
	memmove(bytes, bytes + head, n - head);
	bytes[length > 0 ? length : 0] = '\0';
	ret->body = bytes;
}

static struct dial *open_to(const struct web_target *t, struct web_answer *ret)
{
	*ret = (struct web_answer){ .has_certificate = t->tls };
	struct dial *c = dial_open(t->host, t->port, t->tls, DOCTOR_WAIT_MS, &ret->certificate,
				   ret->error);
	if (c)
		dial_wait(c, DOCTOR_WAIT_MS);
	else
		ret->has_certificate = false;
	return c;
}

void web_ask(const struct web_target *t, const struct web_request *request, struct web_answer *ret)
{
	struct dial *c = open_to(t, ret);
	struct sb b = { 0 };
	size_t n = 0;

	if (!c)
		return;
	write_request(&b, t, request);
	sb_puts(&b, "Connection: close\r\n\r\n");
	if (request->body)
		sb_puts(&b, request->body);
	if (b.bad || !dial_write(c, b.text, b.len)) {
		(void)snprintf(ret->error, sizeof ret->error, "the connection was closed");
	} else {
		char *bytes = read_answer(c, &n, false);

		take_answer(ret, bytes, n);
	}
	sb_fini(&b);
	(void)dial_close(c);
}

/* ---- WebSocket ---- */

struct dial *web_socket_open(const struct web_target *t, const char *path, struct web_answer *ret)
{
	const struct web_request request = { .method = "GET", .path = path };
	struct dial *c = open_to(t, ret);
	struct sb b = { 0 };
	size_t n = 0;

	if (!c)
		return NULL;
	write_request(&b, t, &request);
	/* the key is no secret, and may be anything (RFC 6455 1.3) */
	sb_puts(&b, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
		    "Sec-WebSocket-Key: Y29uZmFiIGRvY3RvciEhIQ==\r\n\r\n");
	if (!b.bad && dial_write(c, b.text, b.len)) {
		char *bytes = read_answer(c, &n, true);

		take_answer(ret, bytes, n);
	}
	sb_fini(&b);
	return ret->status == 101 ? c : dial_close(c);
}

/* Masked with nothing: that is for browsers, whose pages choose the bytes (RFC 6455 10.3). */
bool web_socket_send(struct dial *c, const uint8_t *bytes, size_t n)
{
	uint8_t frame[6 + 125] = { 0x82, (uint8_t)(0x80 | n) };

	if (n > 125)
		return false;
	memcpy(frame + 6, bytes, n);
	return dial_write(c, frame, 6 + n);
}

static bool read_all(struct dial *c, uint8_t *bytes, size_t n)
{
	while (n > 0) {
		long r = dial_read(c, bytes, n);

		if (r <= 0)
			return false;
		bytes += r;
		n -= (size_t)r;
	}
	return true;
}

/* Servers do not mask (RFC 6455 5.1). Pings go unanswered: we are not there that long. */
long web_socket_read(struct dial *c, uint8_t *bytes)
{
	uint64_t at = 0;

	for (;;) {
		uint8_t head[2], more[8] = { 0 };
		bool control;

		if (!read_all(c, head, 2))
			return -1;
		control = head[0] & 8;
		uint64_t n = head[1] & 127;
		size_t wide = n == 126 ? 2 : n == 127 ? 8 : 0;
		if (!read_all(c, more, wide))
			return -1;
		for (size_t i = 0; i < wide; i++)
			n = i ? n << 8 | more[i] : more[i];
		if (n > WEB_FRAME - at || !read_all(c, bytes + at, n) || (head[0] & 15) == 8)
			return -1;
		if (control)
			continue;
		at += n;
		if (head[0] & 0x80)
			return (long)at;
	}
}

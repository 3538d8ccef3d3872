/* SPDX-License-Identifier: Apache-2.0 */
#include "control/server/text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

const char *text_next_cookie(const char **cursor, size_t *ret_length)
{
	for (;;) {
		const char *p = *cursor + strspn(*cursor, " \t;");
		size_t n = strcspn(p, ";");
		*cursor = p + n;
		if (n == 0)
			return NULL;
		while (p[n - 1] == ' ' || p[n - 1] == '\t')
			n--;
		if (memchr(p, '=', n)) {
			*ret_length = n;
			return p;
		}
	}
}

/* The length of the name or address part, 0 when malformed. */
static size_t host_name_length(const char *host)
{
	if (host[0] == '[') {
		size_t n = 1 + strspn(host + 1, "0123456789abcdefABCDEF:.");
		return host[n] == ']' && n > 2 ? n + 1 : 0;
	}

	size_t n = 0;
	while (isalnum((unsigned char)host[n]) || (host[n] && strchr("-._", host[n])))
		n++;
	return n;
}

bool text_host_is_plausible(const char *host)
{
	size_t n = host_name_length(host), total = strlen(host);

	if (n == 0 || total > 260)
		return false;
	if (host[n] == '\0')
		return true;
	if (host[n] != ':')
		return false;
	size_t digits = strspn(host + n + 1, "0123456789");
	return digits >= 1 && digits <= 5 && host[n + 1 + digits] == '\0';
}

/* Splits host[:port]; the port, or the scheme's own. */
static size_t host_split(const char *host, const char *scheme_port, const char **ret_port)
{
	size_t n = host_name_length(host);

	*ret_port = host[n] == ':' ? host + n + 1 : scheme_port;
	return n;
}

bool text_origin_is_host(const char *origin, const char *host, bool tls)
{
	const char *scheme_port, *port, *own_port;

	if (tls && strncasecmp(origin, "https://", 8) == 0) {
		origin += 8;
		scheme_port = "443";
	} else if (!tls && strncasecmp(origin, "http://", 7) == 0) {
		origin += 7;
		scheme_port = "80";
	} else {
		return false;
	}
	if (!text_host_is_plausible(origin) || !text_host_is_plausible(host))
		return false;

	size_t n = host_split(origin, scheme_port, &port);
	size_t own = host_split(host, scheme_port, &own_port);
	return n == own && strncasecmp(origin, host, n) == 0 && strcmp(port, own_port) == 0;
}

bool text_is_json_type(const char *content_type)
{
	static const char json[] = "application/json";
	size_t n = sizeof json - 1;

	if (strncasecmp(content_type, json, n) != 0)
		return false;
	content_type += n;
	content_type += strspn(content_type, " \t");
	return *content_type == '\0' || *content_type == ';';
}

bool text_etag_matches(const char *if_none_match, const char *etag)
{
	size_t etag_length = strlen(etag);

	for (const char *p = if_none_match; *p;) {
		p += strspn(p, " \t,");
		if (*p == '*')
			return true;
		if (strncmp(p, "W/", 2) == 0)
			p += 2;
		size_t n = strcspn(p, ",");
		size_t length = n;
		while (length && (p[length - 1] == ' ' || p[length - 1] == '\t'))
			length--;
		if (length == etag_length && memcmp(p, etag, length) == 0)
			return true;
		p += n;
	}
	return false;
}

bool text_accepts_gzip(const char *accept_encoding)
{
	for (const char *p = accept_encoding; *p;) {
		p += strspn(p, " \t,");
		size_t n = strcspn(p, ",");
		size_t name = strcspn(p, " \t;,");
		if (name == 4 && strncasecmp(p, "gzip", 4) == 0) {
			const char *q = memchr(p, '=', n);
			if (!q)
				return true;
			return q[1] == '1' || strspn(q + 1, "0.") < strcspn(q + 1, ", \t");
		}
		p += n;
	}
	return false;
}

bool text_json_depth_ok(const char *text, size_t n, unsigned max)
{
	unsigned depth = 0;
	bool inside = false;

	for (size_t i = 0; i < n; i++) {
		char c = text[i];
		if (inside) {
			if (c == '\\')
				i++;
			else if (c == '"')
				inside = false;
		} else if (c == '"') {
			inside = true;
		} else if (c == '{' || c == '[') {
			if (++depth > max)
				return false;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return true;
}

void text_mend_utf8(char *text)
{
	size_t left = strlen(text);
	char *to = text;

	for (const char *from = text; left;) {
		size_t whole = utf8_prefix(from, left);

		memmove(to, from, whole);
		to += whole;
		from += whole;
		left -= whole;
		if (!left)
			break;
		*to++ = '?';
		do { /* at least one byte, and this is not longer than that */
			from++;
			left--;
		} while (left && !utf8_sequence((const uint8_t *)from, left));
	}
	*to = '\0';
}

static bool is_address(const char *text)
{
	struct in6_addr room;

	return inet_pton(AF_INET6, text, &room) == 1 || inet_pton(AF_INET, text, &room) == 1;
}

bool text_forwarded_for(const char *header, char ret[INET6_ADDRSTRLEN])
{
	const char *comma = strrchr(header, ','), *at = comma ? comma + 1 : header;
	char text[INET6_ADDRSTRLEN + sizeof "[]:65535"], *address = text;

	at += strspn(at, " \t");
	size_t n = strcspn(at, " \t");
	if (n >= sizeof text)
		return false;
	memcpy(text, at, n);
	text[n] = '\0';
	if (*text == '[') {
		address++;
		address[strcspn(address, "]")] = '\0';
	} else if (!is_address(text)) {
		text[strcspn(text, ":")] = '\0';
	}
	if (!is_address(address))
		return false;
	memcpy(ret, address, strlen(address) + 1); /* an address has room */
	return true;
}

long long text_content_length(const char *header)
{
	long long length = 0;
	size_t n = strlen(header);

	if (n == 0 || n > 18 || strspn(header, "0123456789") != n)
		return -1;
	for (size_t i = 0; i < n; i++)
		length = length * 10 + (header[i] - '0');
	return length;
}

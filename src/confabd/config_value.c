/* SPDX-License-Identifier: Apache-2.0 */
#include "confabd/config_value.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "net/udp.h"

int config_fail(struct loader *l, const char *format, ...)
{
	va_list args;

	if (!l->failed) {
		va_start(args, format);
		(void)vsnprintf(l->error, CONFIG_ERROR_MAX, format, args);
		va_end(args);
		for (char *c = l->error; *c; c++) { /* one line, whatever the value holds */
			if (iscntrl((unsigned char)*c))
				*c = '?';
		}
	}
	l->failed = true;
	return -EINVAL;
}

static void *member_of(struct loader *l, const struct option *o)
{
	return (char *)l->config + o->offset;
}

/* Whether these are the first values of a list from this source: then a lower one's are to go. */
static bool begins(struct loader *l, enum list list)
{
	bool first = l->lists[list] != l->source;

	l->lists[list] = l->source;
	return first;
}

/* ---- one word ---- */

int value_text(struct loader *l, const struct option *o, const char *value)
{
	if (value[0] == '\0' || strlen(value) >= o->size)
		return config_fail(l, "%s '%.100s' is empty or too long; give a path.", o->name,
				   value);
	(void)snprintf(member_of(l, o), o->size, "%s", value);
	return 0;
}

/* RFC 8292 2.1. */
int value_contact(struct loader *l, const struct option *o, const char *value)
{
	if (strncmp(value, "mailto:", 7) != 0 && strncmp(value, "https://", 8) != 0)
		return config_fail(
			l,
			"%s '%.100s' is not usable; give mailto:you@example.org or an https URL.",
			o->name, value);
	return value_text(l, o, value);
}

int value_flag(struct loader *l, const struct option *o, const char *value)
{
	static const char *const yes[] = { "1", "true", "yes", "on" }, *const no[] = { "0", "false",
										       "no",
										       "off" };

	for (size_t i = 0; i < countof(yes); i++) {
		if (strcmp(value, yes[i]) == 0 || strcmp(value, no[i]) == 0) {
			*(bool *)member_of(l, o) = strcmp(value, yes[i]) == 0;
			return 0;
		}
	}
	return config_fail(l, "%s '%.100s' is not a switch; give true or false.", o->name, value);
}

int value_level(struct loader *l, const struct option *o, const char *value)
{
	static const char *const levels[] = { [LOG_ERROR] = "error",
					      [LOG_WARN] = "warn",
					      [LOG_INFO] = "info",
					      [LOG_DEBUG] = "debug" };

	for (size_t i = 0; i < countof(levels); i++) {
		if (strcmp(value, levels[i]) == 0) {
			l->config->log_level = (enum log_level)i;
			return 0;
		}
	}
	return config_fail(l, "%s '%.100s' is not a level; give error, warn, info or debug.",
			   o->name, value);
}

/* ---- numbers ---- */

/* A whole decimal number between min and max; -1 for anything else. */
static long parse_number(const char *text, long min, long max)
{
	size_t n = strlen(text);

	if (n == 0 || n > 9 || strspn(text, "0123456789") != n)
		return -1;
	long value = strtol(text, NULL, 10);
	return value < min || value > max ? -1 : value;
}

/* The number, or -EINVAL when it is none or out of the option's range. */
static long read_number(struct loader *l, const struct option *o, const char *value)
{
	long n = parse_number(value, o->min, o->max);

	return n < 0 ? config_fail(l,
				   "%s '%.100s' is not possible; give a number from %ld to %ld%s.",
				   o->name, value, o->min, o->max, o->note ? o->note : "")
		     : n;
}

int value_number(struct loader *l, const struct option *o, const char *value)
{
	long n = read_number(l, o, value);

	if (n < 0)
		return (int)n;
	if (o->size == sizeof(uint16_t))
		*(uint16_t *)member_of(l, o) = (uint16_t)n;
	else
		*(unsigned *)member_of(l, o) = (unsigned)n;
	return 0;
}

int value_megabytes(struct loader *l, const struct option *o, const char *value)
{
	long n = read_number(l, o, value);

	if (n < 0)
		return (int)n;
	*(int64_t *)member_of(l, o) = (int64_t)n * CONFIG_MEGABYTE;
	return 0;
}

/* Who gives it wants it: it must be free. */
int value_tcp_port(struct loader *l, const struct option *o, const char *value)
{
	l->config->rtc_tcp_given = true;
	return value_number(l, o, value);
}

/* ---- addresses ---- */

int value_listen(struct loader *l, const struct option *o, const char *value)
{
	const char *colon = strrchr(value, ':');
	size_t n = colon ? (size_t)(colon - value) : 0;
	long port = colon ? parse_number(colon + 1, 0, 65535) : -1;
	bool brackets = n > 2 && value[0] == '[' && colon[-1] == ']';

	if (port < 0 || n == 0 || n >= CONFIG_HOST || (!brackets && memchr(value, ':', n)))
		return config_fail(l,
				   "%s '%.300s' is not an address; give HOST:PORT, for example "
				   "127.0.0.1:8080 or [::]:443.",
				   o->name, value);
	(void)snprintf(l->config->host, CONFIG_HOST, "%.*s", (int)(brackets ? n - 2 : n),
		       brackets ? value + 1 : value);
	l->config->port = (uint16_t)port;
	l->config->listen_given = true;
	return 0;
}

/* A host name as a certificate has it (RFC 1123 2.1), in lower case; no address, and nothing for a whole zone. */
static bool is_domain(const char *text)
{
	size_t n = strlen(text);
	bool letter = false;

	for (const char *c = text; *c; c++) {
		bool edge = c == text || c[-1] == '.' || c[1] == '.' || c[1] == '\0';

		if (*c == '.' ? edge : *c == '-' ? edge : !isalnum((unsigned char)*c))
			return false;
		letter = letter || isalpha((unsigned char)*c);
	}
	return n > 0 && n < CONFIG_DOMAIN && letter;
}

static bool is_listed(const struct config *c, const char *domain)
{
	for (size_t i = 0; i < c->domain_count; i++) {
		if (strcmp(c->domains[i], domain) == 0)
			return true;
	}
	return false;
}

/* One name, or several with commas; one that is given twice counts once, an authority may refuse it else. */
int value_domains(struct loader *l, const struct option *o, const char *value)
{
	struct config *c = l->config;
	const char *at = value;

	if (begins(l, LIST_DOMAINS))
		c->domain_count = 0;
	do {
		size_t n = strcspn(at, ",");
		char *to = c->domains[c->domain_count];

		if (c->domain_count == CONFIG_DOMAINS_MAX || n >= CONFIG_DOMAIN)
			return config_fail(l, "%s '%.100s': at most %d names are taken.", o->name,
					   value, CONFIG_DOMAINS_MAX);
		for (size_t i = 0; i < n; i++)
			to[i] = (char)tolower((unsigned char)at[i]);
		to[n] = '\0';
		if (!is_domain(to))
			return config_fail(
				l,
				"%s '%.100s' is not a host name; give the one that people "
				"open, for example chat.example.com.",
				o->name, value);
		c->domain_count += !is_listed(c, to);
		at += n;
	} while (*at++ == ',');
	return 0;
}

int value_https(struct loader *l, const struct option *o, const char *value)
{
	if (strncmp(value, "https://", 8) != 0 || !isalnum((unsigned char)value[8]) ||
	    strpbrk(value, " \t"))
		return config_fail(l, "%s '%.100s' is not usable; give an https URL.", o->name,
				   value);
	return value_text(l, o, value);
}

/* "you@example.org", or the same as a mailto: URI. */
int value_mail(struct loader *l, const struct option *o, const char *value)
{
	char uri[CONFIG_PATH];
	const char *mail = strncmp(value, "mailto:", 7) == 0 ? value + 7 : value;

	if (strlen(mail) >= sizeof uri - 7 || !strchr(mail, '@') || strpbrk(mail, " \t<>,?"))
		return config_fail(l, "%s '%.100s' is not usable; give an address for mail.",
				   o->name, value);
	(void)snprintf(uri, sizeof uri, "mailto:%s", mail);
	return value_text(l, o, uri);
}

/* An address that can be reached: not 0.0.0.0 or ::. */
static bool parse_ip(const char *text, struct sockaddr_storage *ret)
{
	const struct sockaddr_in *v4 = (const void *)ret;
	const struct sockaddr_in6 *v6 = (const void *)ret;

	if (udp_address_parse(text, 0, ret) < 0)
		return false;
	return ret->ss_family == AF_INET ? v4->sin_addr.s_addr != INADDR_ANY
					 : !IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr);
}

/* "PUBLIC", or "PUBLIC/LOCAL" where a NAT forwards what comes for the one to the other. */
static bool parse_ips(char *text, struct sockaddr_storage *ret, struct sockaddr_storage *ret_local)
{
	char *slash = strchr(text, '/');

	if (slash)
		*slash = '\0';
	return parse_ip(text, ret) && parse_ip(slash ? slash + 1 : text, ret_local) &&
	       ret->ss_family == ret_local->ss_family;
}

void config_default_ip(struct config *c)
{
	(void)parse_ip("127.0.0.1", &c->rtc_ips[0]);
	c->rtc_locals[0] = c->rtc_ips[0];
	c->rtc_ip_count = 1;
}

/* One address, or several with commas (for the environment). */
int value_ips(struct loader *l, const struct option *o, const char *value)
{
	struct config *c = l->config;
	const char *at = value;
	char text[2 * INET6_ADDRSTRLEN + 8];

	if (begins(l, LIST_IPS))
		c->rtc_ip_count = 0;
	do {
		size_t n = strcspn(at, ",");
		(void)snprintf(text, sizeof text, "%.*s", (int)n, at);
		if (n >= sizeof text || c->rtc_ip_count == CONFIG_IPS_MAX ||
		    !parse_ips(text, &c->rtc_ips[c->rtc_ip_count], &c->rtc_locals[c->rtc_ip_count]))
			return config_fail(
				l,
				"%s '%.100s' is not usable; give up to %d IP addresses that "
				"browsers can reach, each as IP, or behind a NAT as "
				"PUBLIC/LOCAL.",
				o->name, value, CONFIG_IPS_MAX);
		c->rtc_ip_count++;
		at += n;
	} while (*at++ == ',');
	return 0;
}

/* One URL, or several with commas, as above. */
static int take_urls(struct loader *l, const struct option *o, const char *value, enum list list,
		     char urls[][CONFIG_PATH], size_t *count)
{
	const char *at = value;

	if (begins(l, list))
		*count = 0;
	do {
		size_t n = strcspn(at, ",");
		bool http = strncmp(at, "http://", 7) == 0 && n > 7;
		bool https = strncmp(at, "https://", 8) == 0 && n > 8;
		if ((!http && !https) || n >= CONFIG_PATH || strcspn(at, " \t") < n ||
		    *count == CONFIG_WEBHOOKS_MAX)
			return config_fail(
				l, "%s '%.100s' is not usable; give up to %d http or https URLs.",
				o->name, value, CONFIG_WEBHOOKS_MAX);
		(void)snprintf(urls[(*count)++], CONFIG_PATH, "%.*s", (int)n, at);
		at += n;
	} while (*at++ == ',');
	return 0;
}

int value_webhooks(struct loader *l, const struct option *o, const char *value)
{
	return take_urls(l, o, value, LIST_WEBHOOKS, l->config->webhooks,
			 &l->config->webhook_count);
}

int value_event_webhooks(struct loader *l, const struct option *o, const char *value)
{
	return take_urls(l, o, value, LIST_EVENT_WEBHOOKS, l->config->event_webhooks,
			 &l->config->event_webhook_count);
}

/* Scheme, host and perhaps a port: what browsers send as Origin (RFC 6454 6.2), in lower case. */
static bool is_origin(const char *text)
{
	const char *host = strncmp(text, "https://", 8) == 0  ? text + 8
			   : strncmp(text, "http://", 7) == 0 ? text + 7
							      : "";

	return *host && host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]")] == '\0';
}

/* One web origin, or several with commas, as above. Kept as browsers write them. */
int value_origins(struct loader *l, const struct option *o, const char *value)
{
	struct config *c = l->config;
	const char *at = value;

	if (begins(l, LIST_ORIGINS))
		c->widget_origin_count = 0;
	do {
		size_t n = strcspn(at, ",");
		char *to = c->widget_origins[c->widget_origin_count];
		if (c->widget_origin_count == CONFIG_ORIGINS_MAX || n >= CONFIG_ORIGIN)
			return config_fail(l,
					   "%s '%.100s': at most %d origins of %d bytes are taken.",
					   o->name, value, CONFIG_ORIGINS_MAX, CONFIG_ORIGIN - 1);
		for (size_t i = 0; i < n; i++)
			to[i] = (char)tolower((unsigned char)at[i]);
		to[n] = '\0';
		if (!is_origin(to))
			return config_fail(
				l,
				"%s '%.100s' is not a web origin; give scheme and host only, "
				"for example https://shop.example.",
				o->name, value);
		c->widget_origin_count++;
		at += n;
	} while (*at++ == ',');
	return 0;
}

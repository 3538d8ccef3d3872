/* SPDX-License-Identifier: Apache-2.0 */
#include "confabd/config.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "net/udp.h"

enum source { FROM_DEFAULT, FROM_FILE, FROM_ENVIRONMENT, FROM_FLAG };

struct loader {
	struct config *config;
	char *error;
	const char *file;
	enum source source, ips_source, webhooks_source, event_webhooks_source, origins_source;
	bool failed;
};

typedef int set_fn(struct loader *l, const char *key, const char *value);

static set_fn set_text, set_contact, set_listen, set_ip, set_port, set_tcp_port, set_workers,
	set_room_limit, set_flag, set_level, set_webhook, set_event_webhook, set_origin,
	set_message_rate, set_media_load, set_megabytes;

/* Every key. A flag is "--" and the name;
 * the variable is CONFAB_ and the name in capitals with _ for -. */
static const struct option {
	const char *name;
	set_fn *set;
	size_t offset; /* set_text, set_flag, set_megabytes: where in struct config; CONFIG_PATH bytes, bool, int64_t */
	bool has_value;
} options[] = {
	{ "data", set_text, offsetof(struct config, data), true },
	{ "listen", set_listen, 0, true },
	{ "tls-cert", set_text, offsetof(struct config, tls_cert), true },
	{ "tls-key", set_text, offsetof(struct config, tls_key), true },
	{ "rtc-ip", set_ip, 0, true },
	{ "rtc-port", set_port, 0, true },
	{ "rtc-tcp-port", set_tcp_port, 0, true },
	{ "workers", set_workers, 0, true },
	{ "room-limit", set_room_limit, 0, true },
	{ "media-load", set_media_load, 0, true },
	{ "log-level", set_level, 0, true },
	{ "webhook", set_webhook, 0, true },
	{ "event-webhook", set_event_webhook, 0, true },
	{ "push-contact", set_contact, offsetof(struct config, push_contact), true },
	{ "no-push", set_flag, offsetof(struct config, no_push), false },
	{ "push-local", set_flag, offsetof(struct config, push_local), false },
	{ "widget-origin", set_origin, 0, true },
	{ "remote-unmute", set_flag, offsetof(struct config, remote_unmute), false },
	{ "open-channels", set_flag, offsetof(struct config, open_channels), false },
	{ "message-rate", set_message_rate, 0, true },
	{ "storage-per-person", set_megabytes, offsetof(struct config, storage_per_person), true },
	{ "storage-total", set_megabytes, offsetof(struct config, storage_total), true },
	{ "disk-floor", set_megabytes, offsetof(struct config, disk_floor), true },
	{ "no-guests", set_flag, offsetof(struct config, no_guests), false },
	{ "demo", set_flag, offsetof(struct config, demo), false },
};

static int fail(struct loader *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int fail(struct loader *l, const char *format, ...)
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

/* A whole decimal number between min and max; -1 for anything else. */
static long parse_number(const char *text, long min, long max)
{
	size_t n = strlen(text);

	if (n == 0 || n > 9 || strspn(text, "0123456789") != n)
		return -1;
	long value = strtol(text, NULL, 10);
	return value < min || value > max ? -1 : value;
}

static const struct option *find_option(const char *name)
{
	for (size_t i = 0; i < countof(options); i++) {
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	}
	return NULL;
}

/* " (did you mean --listen?)", or nothing. */
static const char *meant(const char *name, const char *dashes, char ret[96])
{
	const char *near = nearest_word(name, &options[0].name, countof(options), sizeof *options);

	ret[0] = '\0';
	if (near)
		(void)snprintf(ret, 96, " (did you mean %s%s?)", dashes, near);
	return ret;
}

static int set_text(struct loader *l, const char *key, const char *value)
{
	char *at = (char *)l->config + find_option(key)->offset;

	if (value[0] == '\0' || strlen(value) >= CONFIG_PATH)
		return fail(l, "%s '%.100s' is empty or too long; give a path.", key, value);
	(void)snprintf(at, CONFIG_PATH, "%s", value);
	return 0;
}

static int set_listen(struct loader *l, const char *key, const char *value)
{
	const char *colon = strrchr(value, ':');
	size_t n = colon ? (size_t)(colon - value) : 0;
	long port = colon ? parse_number(colon + 1, 0, 65535) : -1;
	bool brackets = n > 2 && value[0] == '[' && colon[-1] == ']';

	if (port < 0 || n == 0 || n >= CONFIG_HOST || (!brackets && memchr(value, ':', n)))
		return fail(l,
			    "%s '%.300s' is not an address; give HOST:PORT, for example "
			    "127.0.0.1:8080 or [::]:443.",
			    key, value);
	(void)snprintf(l->config->host, CONFIG_HOST, "%.*s", (int)(brackets ? n - 2 : n),
		       brackets ? value + 1 : value);
	l->config->port = (uint16_t)port;
	return 0;
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

/* One address, or several with commas (for the environment).
 * A higher source replaces what a lower one gave. */
static int set_ip(struct loader *l, const char *key, const char *value)
{
	struct config *c = l->config;
	const char *at = value;
	char text[2 * INET6_ADDRSTRLEN + 8];

	if (l->ips_source != l->source) {
		l->ips_source = l->source;
		c->rtc_ip_count = 0;
	}
	do {
		size_t n = strcspn(at, ",");
		(void)snprintf(text, sizeof text, "%.*s", (int)n, at);
		if (n >= sizeof text || c->rtc_ip_count == CONFIG_IPS_MAX ||
		    !parse_ips(text, &c->rtc_ips[c->rtc_ip_count], &c->rtc_locals[c->rtc_ip_count]))
			return fail(l,
				    "%s '%.100s' is not usable; give up to %d IP addresses that "
				    "browsers can reach, each as IP, or behind a NAT as "
				    "PUBLIC/LOCAL.",
				    key, value, CONFIG_IPS_MAX);
		c->rtc_ip_count++;
		at += n;
	} while (*at++ == ',');
	return 0;
}

/* RFC 8292 2.1. */
static int set_contact(struct loader *l, const char *key, const char *value)
{
	if (strncmp(value, "mailto:", 7) != 0 && strncmp(value, "https://", 8) != 0)
		return fail(
			l,
			"%s '%.100s' is not usable; give mailto:you@example.org or an https URL.",
			key, value);
	return set_text(l, key, value);
}

/* One URL, or several with commas (for the environment), as above. */
static int set_urls(struct loader *l, const char *key, const char *value, enum source *from,
		    char urls[][CONFIG_PATH], size_t *count)
{
	const char *at = value;

	if (*from != l->source) {
		*from = l->source;
		*count = 0;
	}
	do {
		size_t n = strcspn(at, ",");
		bool http = strncmp(at, "http://", 7) == 0 && n > 7;
		bool https = strncmp(at, "https://", 8) == 0 && n > 8;
		if ((!http && !https) || n >= CONFIG_PATH || strcspn(at, " \t") < n ||
		    *count == CONFIG_WEBHOOKS_MAX)
			return fail(l,
				    "%s '%.100s' is not usable; give up to %d http or https URLs.",
				    key, value, CONFIG_WEBHOOKS_MAX);
		(void)snprintf(urls[(*count)++], CONFIG_PATH, "%.*s", (int)n, at);
		at += n;
	} while (*at++ == ',');
	return 0;
}

static int set_webhook(struct loader *l, const char *key, const char *value)
{
	return set_urls(l, key, value, &l->webhooks_source, l->config->webhooks,
			&l->config->webhook_count);
}

static int set_event_webhook(struct loader *l, const char *key, const char *value)
{
	return set_urls(l, key, value, &l->event_webhooks_source, l->config->event_webhooks,
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
static int set_origin(struct loader *l, const char *key, const char *value)
{
	struct config *c = l->config;
	const char *at = value;

	if (l->origins_source != l->source) {
		l->origins_source = l->source;
		c->widget_origin_count = 0;
	}
	do {
		size_t n = strcspn(at, ",");
		char *to = c->widget_origins[c->widget_origin_count];
		if (c->widget_origin_count == CONFIG_ORIGINS_MAX || n >= CONFIG_ORIGIN)
			return fail(l, "%s '%.100s': at most %d origins of %d bytes are taken.",
				    key, value, CONFIG_ORIGINS_MAX, CONFIG_ORIGIN - 1);
		for (size_t i = 0; i < n; i++)
			to[i] = (char)tolower((unsigned char)at[i]);
		to[n] = '\0';
		if (!is_origin(to))
			return fail(l,
				    "%s '%.100s' is not a web origin; give scheme and host only, "
				    "for example https://shop.example.",
				    key, value);
		c->widget_origin_count++;
		at += n;
	} while (*at++ == ',');
	return 0;
}

static int set_port(struct loader *l, const char *key, const char *value)
{
	long port = parse_number(value, 0, 65535);

	if (port < 0)
		return fail(l, "%s '%.100s' is not a port; give a number from 1 to 65535.", key,
			    value);
	l->config->rtc_port = (uint16_t)port;
	return 0;
}

static int set_tcp_port(struct loader *l, const char *key, const char *value)
{
	long port = parse_number(value, 0, 65535);

	if (port < 0)
		return fail(
			l,
			"%s '%.100s' is not a port; give a number from 1 to 65535, or 0 for none.",
			key, value);
	l->config->rtc_tcp_port = (uint16_t)port;
	l->config->rtc_tcp_given = true;
	return 0;
}

static int set_message_rate(struct loader *l, const char *key, const char *value)
{
	long n = parse_number(value, 0, CONFIG_MESSAGE_RATE_MAX);

	if (n < 0)
		return fail(l, "%s: '%s' is not a number from 0 to %d", key, value,
			    CONFIG_MESSAGE_RATE_MAX);
	l->config->message_rate = (unsigned)n;
	return 0;
}

static int set_megabytes(struct loader *l, const char *key, const char *value)
{
	long n = parse_number(value, 0, CONFIG_MEGABYTES_MAX);

	if (n < 0)
		return fail(l,
			    "%s '%.100s' is not possible; give a number of megabytes from 0 to "
			    "%d, 0 = no limit.",
			    key, value, CONFIG_MEGABYTES_MAX);
	*(int64_t *)(void *)((char *)l->config + find_option(key)->offset) = (int64_t)n *
									     CONFIG_MEGABYTE;
	return 0;
}

static int set_workers(struct loader *l, const char *key, const char *value)
{
	long n = parse_number(value, 0, CONFIG_WORKERS_MAX);

	if (n < 0)
		return fail(l,
			    "%s '%.100s' is not possible; give a number from 1 to %d, or leave it "
			    "out for one per core.",
			    key, value, CONFIG_WORKERS_MAX);
	l->config->workers = (unsigned)n;
	return 0;
}

static int set_room_limit(struct loader *l, const char *key, const char *value)
{
	long n = parse_number(value, 1, LIMIT_PARTICIPANTS_PER_ROOM);

	if (n < 0)
		return fail(l, "%s '%.100s' is not possible; give a number from 1 to %d.", key,
			    value, LIMIT_PARTICIPANTS_PER_ROOM);
	l->config->room_limit = (unsigned)n;
	return 0;
}

static int set_media_load(struct loader *l, const char *key, const char *value)
{
	long n = parse_number(value, 0, 100);

	if (n < 0)
		return fail(
			l,
			"%s '%.100s' is not possible; give a number from 1 to 100, percent of a "
			"core, or 0 for no limit.",
			key, value);
	l->config->media_load = (unsigned)n;
	return 0;
}

static int set_flag(struct loader *l, const char *key, const char *value)
{
	static const char *const yes[] = { "1", "true", "yes", "on" }, *const no[] = { "0", "false",
										       "no",
										       "off" };

	for (size_t i = 0; i < countof(yes); i++) {
		if (strcmp(value, yes[i]) == 0 || strcmp(value, no[i]) == 0) {
			*(bool *)((char *)l->config +
				  find_option(key)->offset) = strcmp(value, yes[i]) == 0;
			return 0;
		}
	}
	return fail(l, "%s '%.100s' is not a switch; give true or false.", key, value);
}

static int set_level(struct loader *l, const char *key, const char *value)
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
	return fail(l, "%s '%.100s' is not a level; give error, warn, info or debug.", key, value);
}

static int on_file_line(void *user, const char *section, const char *name, const char *value)
{
	struct loader *l = user;
	const struct option *o = find_option(name);
	char near[96];

	if (l->failed)
		return 1;
	if (section[0])
		(void)fail(
			l,
			"config '%.300s': section [%.100s] is not known; the file has no sections.",
			l->file, section);
	else if (!o)
		(void)fail(l,
			   "config '%.300s': the key '%.100s' is not known%s; confabd --help all "
			   "lists the keys.",
			   l->file, name, meant(name, "", near));
	else
		(void)o->set(l, name, value ? value : "");
	return 1;
}

static int load_file(struct loader *l, const char *path)
{
	l->source = FROM_FILE;
	l->file = path;
	int line = ini_parse(path, on_file_line, l);
	if (l->failed)
		return -EINVAL;
	if (line < 0)
		return fail(l, "config '%.300s' cannot be read: %s.", path, strerror(errno));
	if (line > 0)
		return fail(l, "config '%.300s', line %d is not of the form `key = value`.", path,
			    line);
	return 0;
}

static int load_environment(struct loader *l, const char *(*environment)(const char *name))
{
	l->source = FROM_ENVIRONMENT;
	for (size_t i = 0; i < countof(options); i++) {
		char name[64] = "CONFAB_";
		size_t n = strlen(name);
		for (const char *c = options[i].name; *c && n < sizeof name - 1; c++)
			name[n++] = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
		name[n] = '\0';
		const char *value = environment(name);
		if (value && *value && options[i].set(l, options[i].name, value) < 0)
			return -EINVAL;
	}
	return 0;
}

/* One flag at argv[*at]; moves *at past its value.
 * The file's name is only wanted on the first pass, the rest on the second. */
static int load_flag(struct loader *l, int argc, char *const *argv, int *at, const char **ret_file)
{
	const char *text = argv[*at], *equals = strchr(text, '=');
	char name[64], near[96];

	if (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0) {
		bool all = *at + 1 < argc && strcmp(argv[*at + 1], "all") == 0;

		*at += all;
		l->config->action = all ? CONFIG_HELP_ALL : CONFIG_HELP;
		return 0;
	}
	if (strcmp(text, "--version") == 0) {
		l->config->action = CONFIG_VERSION;
		return 0;
	}
	if (strncmp(text, "--", 2) != 0)
		return fail(l, "'%.300s' is not a flag; confabd --help all lists the flags.", text);
	(void)snprintf(name, sizeof name, "%.*s", (int)(equals ? equals - text - 2 : 60), text + 2);

	bool is_file = strcmp(name, "config") == 0;
	const struct option *o = find_option(name);
	if (!o && !is_file)
		return fail(l, "the flag --%s is not known%s; confabd --help all lists the flags.",
			    name, meant(name, "--", near));
	const char *value = equals ? equals + 1 : "true";
	if (!equals && (is_file || o->has_value)) {
		if (*at + 1 >= argc)
			return fail(l, "%s needs a value; confabd --help all shows it.", name);
		value = argv[++*at];
	}
	if (is_file && ret_file)
		*ret_file = value;
	return is_file || ret_file ? 0 : o->set(l, name, value);
}

static int load_flags(struct loader *l, int argc, char *const *argv, const char **ret_file)
{
	l->source = FROM_FLAG;
	for (int i = 1; i < argc; i++) {
		if (load_flag(l, argc, argv, &i, ret_file) < 0)
			return -EINVAL;
	}
	return 0;
}

static int check_together(struct loader *l)
{
	const struct config *c = l->config;
	const char *const files[][2] = { { "tls-cert", c->tls_cert }, { "tls-key", c->tls_key } };

	if (!c->tls_cert[0] != !c->tls_key[0])
		return fail(l, "%s is given without %s; give both, or none for plain HTTP.",
			    c->tls_cert[0] ? "tls-cert" : "tls-key",
			    c->tls_cert[0] ? "tls-key" : "tls-cert");
	for (size_t i = 0; c->tls_cert[0] && i < countof(files); i++) {
		if (access(files[i][1], R_OK) < 0)
			return fail(l, "%s '%.300s' cannot be read: %s.", files[i][0], files[i][1],
				    strerror(errno));
	}
	return 0;
}

int config_load(struct config *ret, int argc, char *const *argv,
		const char *(*environment)(const char *name), char *ret_error)
{
	struct loader l = { .config = ret,
			    .error = ret_error,
			    .ips_source = FROM_DEFAULT,
			    .webhooks_source = FROM_DEFAULT,
			    .event_webhooks_source = FROM_DEFAULT,
			    .origins_source = FROM_DEFAULT };
	const char *file = environment("CONFAB_CONFIG");

	*ret = (struct config){ .data = "confab-data",
				.host = "127.0.0.1",
				.port = 8080,
				.rtc_port = 7882,
				.message_rate = 240,
				.storage_per_person = CONFIG_STORAGE_PER_PERSON_MB *
						      (int64_t)CONFIG_MEGABYTE,
				.disk_floor = -1,
				.rtc_tcp_port = 7881,
				.room_limit = LIMIT_PARTICIPANTS_DEFAULT,
				.media_load = LIMIT_MEDIA_LOAD_DEFAULT,
				.log_level = LOG_INFO };
	(void)parse_ip("127.0.0.1", &ret->rtc_ips[0]);
	ret->rtc_locals[0] = ret->rtc_ips[0];
	ret->rtc_ip_count = 1;

	if (load_flags(&l, argc, argv, &file) < 0)
		return -EINVAL;
	if (ret->action != CONFIG_RUN)
		return 0;
	if (file && *file && load_file(&l, file) < 0)
		return -EINVAL;
	if (load_environment(&l, environment) < 0 || load_flags(&l, argc, argv, NULL) < 0)
		return -EINVAL;
	ret->rtc_ip_given = l.ips_source != FROM_DEFAULT;
	return check_together(&l);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every key in one table, and where values come from: file, environment, flags. What a value may be:
 * config_value.c.
 */
#include "confabd/config.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "confabd/config_value.h"
#include "confabd/lan.h"

#define MEMBER(name) offsetof(struct config, name), sizeof(((struct config *)0)->name)

static const struct option options[] = {
	{ "data", value_text, MEMBER(data) },
	{ "listen", value_listen },
	{ "tls-cert", value_text, MEMBER(tls_cert) },
	{ "tls-key", value_text, MEMBER(tls_key) },
	{ "domain", value_domains },
	{ "http-port", value_number, MEMBER(http_port), 0, UINT16_MAX, ", 0 = none" },
	{ "acme-directory", value_https, MEMBER(acme_directory) },
	{ "acme-contact", value_mail, MEMBER(acme_contact) },
	{ "acme-ca", value_text, MEMBER(acme_ca) },
	{ "rtc-ip", value_ips },
	{ "rtc-port", value_number, MEMBER(rtc_port), 0, UINT16_MAX },
	{ "rtc-tcp-port", value_tcp_port, MEMBER(rtc_tcp_port), 0, UINT16_MAX, ", 0 = none" },
	{ "no-turn", value_flag, MEMBER(no_turn) },
	{ "workers", value_number, MEMBER(workers), 0, CONFIG_WORKERS_MAX, ", 0 = one per core" },
	{ "room-limit", value_number, MEMBER(room_limit), 1, LIMIT_PARTICIPANTS_PER_ROOM },
	{ "media-load", value_number, MEMBER(media_load), 0, 100,
	  ", percent of a core, 0 = no limit" },
	{ "log-level", value_level },
	{ "log-json", value_flag, MEMBER(log_json) },
	{ "webhook", value_webhooks },
	{ "event-webhook", value_event_webhooks },
	{ "push-contact", value_contact, MEMBER(push_contact) },
	{ "no-push", value_flag, MEMBER(no_push) },
	{ "push-local", value_flag, MEMBER(push_local) },
	{ "widget-origin", value_origins },
	{ "remote-unmute", value_flag, MEMBER(remote_unmute) },
	{ "open-channels", value_flag, MEMBER(open_channels) },
	{ "message-rate", value_number, MEMBER(message_rate), 0, CONFIG_MESSAGE_RATE_MAX,
	  ", 0 = any" },
	{ "storage-per-person", value_megabytes, MEMBER(storage_per_person), 0,
	  CONFIG_MEGABYTES_MAX, ", megabytes, 0 = no limit" },
	{ "storage-total", value_megabytes, MEMBER(storage_total), 0, CONFIG_MEGABYTES_MAX,
	  ", megabytes, 0 = no limit" },
	{ "disk-floor", value_megabytes, MEMBER(disk_floor), 0, CONFIG_MEGABYTES_MAX,
	  ", megabytes, 0 = no limit" },
	{ "no-guests", value_flag, MEMBER(no_guests) },
	{ "demo", value_flag, MEMBER(demo) },
};

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

static int on_file_line(void *user, const char *section, const char *name, const char *value)
{
	struct loader *l = user;
	const struct option *o = find_option(name);
	char near[96];

	if (l->failed)
		return 1;
	if (section[0])
		(void)config_fail(
			l,
			"config '%.300s': section [%.100s] is not known; the file has no sections.",
			l->file, section);
	else if (!o)
		(void)config_fail(
			l,
			"config '%.300s': the key '%.100s' is not known%s; confabd --help all "
			"lists the keys.",
			l->file, name, meant(name, "", near));
	else
		(void)o->set(l, o, value ? value : "");
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
		return config_fail(l, "config '%.300s' cannot be read: %s.", path, strerror(errno));
	if (line > 0)
		return config_fail(l, "config '%.300s', line %d is not of the form `key = value`.",
				   path, line);
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
		if (value && *value && options[i].set(l, &options[i], value) < 0)
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
		return config_fail(l, "'%.300s' is not a flag; confabd --help all lists the flags.",
				   text);
	(void)snprintf(name, sizeof name, "%.*s", (int)(equals ? equals - text - 2 : 60), text + 2);

	bool is_file = strcmp(name, "config") == 0;
	const struct option *o = find_option(name);
	if (!o && !is_file)
		return config_fail(
			l, "the flag --%s is not known%s; confabd --help all lists the flags.",
			name, meant(name, "--", near));
	const char *value = equals ? equals + 1 : "true";
	if (!equals && (is_file || o->set != value_flag)) {
		if (*at + 1 >= argc)
			return config_fail(l, "%s needs a value; confabd --help all shows it.",
					   name);
		value = argv[++*at];
	}
	if (is_file && ret_file)
		*ret_file = value;
	return is_file || ret_file ? 0 : o->set(l, o, value);
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
	const char *const files[][2] = { { "tls-cert", c->tls_cert },
					 { "tls-key", c->tls_key },
					 { "acme-ca", c->acme_ca } };

	if (!c->tls_cert[0] != !c->tls_key[0])
		return config_fail(l, "%s is given without %s; give both, or none for plain HTTP.",
				   c->tls_cert[0] ? "tls-cert" : "tls-key",
				   c->tls_cert[0] ? "tls-key" : "tls-cert");
	if (c->domain_count && c->tls_cert[0])
		return config_fail(
			l, "domain gets a certificate by itself, and tls-cert gives one; give one "
			   "of the two.");
	for (size_t i = 0; i < countof(files); i++) {
		if (files[i][1][0] && access(files[i][1], R_OK) < 0)
			return config_fail(l, "%s '%.300s' cannot be read: %s.", files[i][0],
					   files[i][1], strerror(errno));
	}
	return 0;
}

/* Browsers and authorities come to port 443, over IPv6 when the name has such an address: "::" takes both where there is IPv6. */
static void listen_for_domain(struct config *c)
{
	if (c->domain_count == 0 || c->listen_given)
		return;
	(void)snprintf(c->host, sizeof c->host, "%s", lan_has_ipv6() ? "::" : "0.0.0.0");
	c->port = CONFIG_HTTPS_PORT;
}

int config_load(struct config *ret, int argc, char *const *argv,
		const char *(*environment)(const char *name), char *ret_error)
{
	struct loader l = { .config = ret, .error = ret_error };
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
				.http_port = CONFIG_HTTP_PORT,
				.acme_directory = CONFIG_ACME_DIRECTORY,
				.room_limit = LIMIT_PARTICIPANTS_DEFAULT,
				.media_load = LIMIT_MEDIA_LOAD_DEFAULT,
				.log_level = LOG_INFO };
	config_default_ip(ret);

	if (load_flags(&l, argc, argv, &file) < 0)
		return -EINVAL;
	if (ret->action != CONFIG_RUN)
		return 0;
	if (file && *file && load_file(&l, file) < 0)
		return -EINVAL;
	if (load_environment(&l, environment) < 0 || load_flags(&l, argc, argv, NULL) < 0)
		return -EINVAL;
	ret->rtc_ip_given = l.lists[LIST_IPS] != FROM_DEFAULT;
	listen_for_domain(ret);
	return check_together(&l);
}

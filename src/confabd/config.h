/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's configuration: flags win over the environment, which wins over the file. One table
 * in config.c has every key. Pure but for the file, and for asking whether there is IPv6. Owned by main.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

enum {
	CONFIG_PATH = 1024,
	CONFIG_HOST = 256,
	CONFIG_IPS_MAX = 8,
	CONFIG_ERROR_MAX = 1536,
	CONFIG_WEBHOOKS_MAX = 8,
	CONFIG_ORIGINS_MAX = 32,
	CONFIG_ORIGIN = 280,
	CONFIG_DOMAINS_MAX = 8,
	CONFIG_DOMAIN = 254,
	CONFIG_MESSAGE_RATE_MAX = 60000,
	CONFIG_MEGABYTE = 1000 * 1000,
	CONFIG_MEGABYTES_MAX = 999999999,
	CONFIG_STORAGE_PER_PERSON_MB = 1000,
	CONFIG_WORKERS_MAX = 64,
	CONFIG_HTTP_PORT = 80,
	CONFIG_HTTPS_PORT = 443
};

#define CONFIG_ACME_DIRECTORY "https://acme-v02.api.letsencrypt.org/directory"

enum config_action { CONFIG_RUN, CONFIG_HELP, CONFIG_HELP_ALL, CONFIG_VERSION };

struct config {
	enum config_action action;
	char data[CONFIG_PATH];
	char host[CONFIG_HOST]; /* of listen, without brackets */
	uint16_t port;
	bool listen_given;
	char domains[CONFIG_DOMAINS_MAX][CONFIG_DOMAIN]; /* names to get a certificate for */
	size_t domain_count;
	uint16_t http_port; /* for plain HTTP beside HTTPS, with a domain; 0 = none */
	char acme_directory[CONFIG_PATH];
	char acme_contact[CONFIG_PATH];			    /* mailto: URI; "" = none */
	char acme_ca[CONFIG_PATH];			    /* PEM; "" = whom the system trusts */
	char tls_cert[CONFIG_PATH], tls_key[CONFIG_PATH];   /* "" = none */
	struct sockaddr_storage rtc_ips[CONFIG_IPS_MAX];    /* as clients reach them; ports are 0 */
	struct sockaddr_storage rtc_locals[CONFIG_IPS_MAX]; /* ours, behind each; often the same */
	size_t rtc_ip_count;
	bool rtc_ip_given; /* else main chooses by where it listens */
	uint16_t rtc_port;
	uint16_t rtc_tcp_port; /* 0 = no ICE-TCP */
	bool rtc_tcp_given;    /* by the user: then it must be free */
	bool no_turn;	       /* no media through the web port */
	unsigned workers;      /* 0 = one per core */
	unsigned room_limit;   /* participants of one room */
	unsigned media_load;   /* percent; a media thread that uses more takes nobody in; 0 = any */
	char webhooks[CONFIG_WEBHOOKS_MAX][CONFIG_PATH];
	size_t webhook_count;
	char event_webhooks[CONFIG_WEBHOOKS_MAX][CONFIG_PATH];
	size_t event_webhook_count;
	char widget_origins[CONFIG_ORIGINS_MAX][CONFIG_ORIGIN];
	size_t widget_origin_count;
	char push_contact[CONFIG_PATH]; /* mailto: or https: URI; "" = none */
	bool push_local;
	bool demo;
	bool remote_unmute;
	bool open_channels;
	unsigned message_rate;			   /* in a minute, of one person; 0 = any */
	int64_t storage_per_person, storage_total; /* bytes of files; 0 = any */
	int64_t disk_floor; /* bytes that files leave free; -1 = by the disk (base/disk.h) */
	bool no_guests;
	bool no_push;
	enum log_level log_level;
	bool log_json;
};

/* `environment` is getenv(3) but for tests.
 * 0, or -EINVAL with one line that names the key, the value and what to do. */
int config_load(struct config *ret, int argc, char *const *argv,
		const char *(*environment)(const char *name), char *ret_error);

/* The text of --help: what one needs first; or of --help all. */
const char *config_help(bool all);

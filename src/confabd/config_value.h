/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the value of a key may be: one reader for each kind, which checks it and puts it into struct config.
 * Only config.c, whose table names them, includes this.
 */
#pragma once

#include "confabd/config.h"

enum source { FROM_DEFAULT, FROM_FILE, FROM_ENVIRONMENT, FROM_FLAG };

/* Where a key's values came from that may be given several times: a higher source replaces a lower one's. */
enum list { LIST_IPS, LIST_WEBHOOKS, LIST_EVENT_WEBHOOKS, LIST_ORIGINS, LIST_DOMAINS, LISTS };

struct loader {
	struct config *config;
	char *error;
	const char *file;
	enum source source, lists[LISTS];
	bool failed;
};

struct option;
typedef int value_fn(struct loader *l, const struct option *o, const char *value);

/* A row of the table: a flag is "--" and the name, the variable CONFAB_ and the name in capitals with _ for -. */
struct option {
	const char *name;
	value_fn *set;
	size_t offset, size; /* of the member that it sets, for the readers of one member */
	long min, max;	     /* of a number */
	const char *note;    /* what else is to be said of it when it is out of range */
};

value_fn value_text, value_contact, value_flag, value_number, value_megabytes, value_tcp_port,
	value_level;
value_fn value_listen, value_ips, value_webhooks, value_event_webhooks, value_origins,
	value_domains, value_https, value_mail;

/* The first failure is what the caller hears, as one line. Returns -EINVAL. */
int config_fail(struct loader *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Media's address while nobody has given one. */
void config_default_ip(struct config *c);

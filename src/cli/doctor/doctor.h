/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `confab doctor`, START HERE: why a call does not work. Looks at the environment, the data folder, the daemon, the way to it
 * and the media's, and says of each what was seen and what to do. It changes nothing, and sends nothing but to the daemon, to
 * the URL that it is given and to the addresses that the daemon offers for media; each step of the network has DOCTOR_WAIT_MS.
 *
 * One file per matter; each check adds findings (doctor_ok, doctor_warn, doctor_bad; doctor_fix says what helps against the last
 * one) and leaves in struct doctor what later ones need. The order is in ../doctor.c.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/user_id.h"
#include "cli/doctor/web.h"
#include "confabd/config.h"
#include "control/auth/keys.h"
#include "store/look.h"

enum {
	DOCTOR_WAIT_MS = 3000,
	DOCTOR_TEXT = 1024,
	DOCTOR_TOKEN_RESPONSE = 16 * 1024,
};

enum doctor_level { DOCTOR_OK, DOCTOR_WARN, DOCTOR_BAD };

/* What a process was started with: "NAME=value" or arguments, each ended by NUL. */
struct doctor_block {
	char *bytes; /* owned; ends with two NULs */
	size_t length;
};

struct doctor {
	/* asked for */
	const char *data, *url, *users, *config_file, *token_file;
	bool json;

	/* of the data folder */
	bool folder_named; /* by the user or the environment */
	bool folder_found, folder_readable;
	struct store_look *look; /* NULL: not to be read, or its schema is another one */

	/* of the daemon on it */
	bool runs;
	pid_t pid; /* 0: not known */
	struct doctor_block environment, arguments;
	bool config_known;
	struct config config; /* the daemon's; or what one would have that is started here */
	char domain_url[WEB_HOST + 32]; /* what --domain makes the URL, when none was asked for */
	char version[32], api_key[129]; /* as it says; "" = it did not answer */

	bool keys_known;
	struct api_keys keys;

	struct web_target own, site; /* host "": none */
	bool site_trusted;  /* it answers, and its certificate holds: tokens may go there */
	bool site_upgrades; /* to a WebSocket */

	json_t *findings;
	unsigned counts[3];
};

/* ---- findings.c ---- */

void doctor_ok(struct doctor *d, const char *check, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void doctor_warn(struct doctor *d, const char *check, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void doctor_bad(struct doctor *d, const char *check, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void doctor_say(struct doctor *d, enum doctor_level level, const char *check, const char *format,
		...) __attribute__((format(printf, 4, 5)));
/* What helps against the last finding: a command, or one line. */
void doctor_fix(struct doctor *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The sum, or with --json the list. */
void doctor_end(struct doctor *d);

/* ---- the checks, in their order ---- */

void doctor_find_daemon(struct doctor *d); /* daemon.c */
void doctor_check_settings(struct doctor *d);
void doctor_forget_daemon(struct doctor *d);

void doctor_check_keys(struct doctor *d); /* keys.c */

void doctor_check_folder(struct doctor *d); /* folder.c */
void doctor_check_room(struct doctor *d);
void doctor_check_database(struct doctor *d);

void doctor_check_limits(struct doctor *d); /* host.c */

void doctor_check_daemon(struct doctor *d); /* server.c */
void doctor_check_site(struct doctor *d);   /* site.c */

void doctor_check_tokens(struct doctor *d); /* token.c */
void doctor_check_users(struct doctor *d);
void doctor_check_response(struct doctor *d);

void doctor_check_media(struct doctor *d);			      /* media.c */
void doctor_check_turn(struct doctor *d, const struct web_target *t); /* turn.c */

void doctor_check_browser(struct doctor *d); /* browser.c */

/* ---- for several of them ---- */

/* Of a block of variables; NULL when it is not there or empty. */
const char *doctor_variable(const struct doctor_block *block, const char *name);

/* Where tokens are tried: at the URL, when that is fit for it; else at the daemon's own address. NULL: nowhere. */
const struct web_target *doctor_target(const struct doctor *d, bool websocket);

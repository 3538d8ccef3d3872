/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon at its own address: whether it runs, answers, and is this version with this key. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/doctor/doctor.h"

const struct web_target *doctor_target(const struct doctor *d, bool websocket)
{
	if (d->site_trusted && (d->site_upgrades || !websocket))
		return &d->site;
	return d->version[0] ? &d->own : NULL;
}

static void copy(const json_t *object, const char *name, char *ret, size_t capacity)
{
	const char *text = json_string_value(json_object_get(object, name));

	(void)snprintf(ret, capacity, "%s", text ? text : "");
}

/* Who has the address, when our daemon does not. */
static void not_running(struct doctor *d)
{
	bool unit = access("/run/systemd/system", F_OK) == 0 &&
		    (access("/usr/local/lib/systemd/system/confabd.service", F_OK) == 0 ||
		     access("/lib/systemd/system/confabd.service", F_OK) == 0);

	if (d->folder_found && !d->folder_readable)
		doctor_warn(d, "confabd", "whether one runs on %s cannot be seen as this user",
			    d->data);
	else if (d->url && !d->folder_found)
		return; /* elsewhere, and that is asked next */
	else
		doctor_say(d, d->url ? DOCTOR_WARN : DOCTOR_BAD, "confabd", "none runs on %s",
			   d->data);
	if (unit)
		doctor_fix(d,
			   "systemctl start confabd; journalctl -u confabd says why it does not");
	else if (d->config_file)
		doctor_fix(d, "confabd --config %s", d->config_file);
	else
		doctor_fix(d, "confabd --data %s --listen 127.0.0.1:8080", d->data);
}

static bool ask_health(struct doctor *d, const char *where)
{
	struct web_answer a;
	json_t *health = NULL;

	web_ask(&d->own, &(struct web_request){ .method = "GET", .path = "/healthz" }, &a);
	health = web_answer_json(&a);
	copy(health, "version", d->version, sizeof d->version);
	if (a.status == 0)
		doctor_bad(d, "confabd", "it runs (process %d), but %s/healthz: %s", (int)d->pid,
			   where, a.error);
	else if (a.status != 200 || !d->version[0])
		doctor_bad(d, "confabd", "what answers at %s/healthz with %d is not Confab", where,
			   a.status);
	else
		doctor_ok(d, "confabd", "version %s answers at %s", d->version, where);
	if (!d->version[0])
		doctor_fix(d, "restart confabd, and look at its log");
	json_decref(health);
	web_answer_fini(&a);
	return d->version[0] != '\0';
}

void doctor_check_daemon(struct doctor *d)
{
	char where[WEB_HOST + 32];
	struct web_answer a;
	json_t *config;

	if (!d->runs) {
		not_running(d);
		return;
	}
	web_target_text(&d->own, where);
	if (d->own.port == 0) {
		doctor_warn(d, "confabd", "it listens on a port that the system chose: not asked");
		doctor_fix(d, "start it with --listen HOST:PORT, or name its address with --url");
		return;
	}
	if (!ask_health(d, where))
		return;
	if (strcmp(d->version, CONFAB_VERSION) != 0) {
		doctor_warn(d, "version", "confabd is %s, this program is " CONFAB_VERSION,
			    d->version);
		doctor_fix(d, "systemctl restart confabd, or take the confab that came with it");
	}
	web_ask(&d->own, &(struct web_request){ .method = "GET", .path = "/api/video-call" }, &a);
	config = web_answer_json(&a);
	copy(config, "apiKey", d->api_key, sizeof d->api_key);
	json_decref(config);
	web_answer_fini(&a);
}

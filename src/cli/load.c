/* SPDX-License-Identifier: Apache-2.0 */
/* `confab load`: puts load on a server and says what that cost. The work is in cli/load/. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/load/load.h"
#include "net/udp.h"

struct texts {
	const char *server, *kind, *data_dir, *rooms, *publishers, *subscribers, *speakers, *rate,
		*warmup, *seconds, *settle, *pid, *cpu, *json;
	bool no_audio, no_video, no_data;
};

static int number(const struct cli_command *self, const char *name, const char *text, long least,
		  long most, long otherwise, long *ret)
{
	char *end;

	*ret = otherwise;
	if (!text)
		return 0;
	errno = 0;
	*ret = strtol(text, &end, 10);
	if (errno || *end || end == text || *ret < least || *ret > most)
		return cli_usage(self, "%s is '%s': it takes a number from %ld to %ld", name, text,
				 least, most);
	return 0;
}

static int read_numbers(const struct cli_command *self, const struct texts *t,
			struct load_plan *plan)
{
	const struct {
		const char *name, *text;
		long least, most, otherwise;
	} rows[] = {
		{ "--rooms", t->rooms, 1, 500, 1 },
		{ "--publishers", t->publishers, 1, 200, 1 },
		{ "--subscribers", t->subscribers, 0, LOAD_PEOPLE_MAX, 10 },
		{ "--speakers", t->speakers, 0, 200, 0 },
		{ "--rate", t->rate, 1, 1000, 50 },
		{ "--warmup", t->warmup, 0, 120, 3 },
		{ "--seconds", t->seconds, 1, LOAD_SECONDS_MAX, 10 },
		{ "--settle", t->settle, 0, 120, 3 },
		{ "--pid", t->pid, 1, 1 << 30, 0 },
		{ "--cpu", t->cpu, 0, 1023, -1 },
	};
	long values[countof(rows)];

	for (size_t i = 0; i < countof(rows); i++) {
		int r = number(self, rows[i].name, rows[i].text, rows[i].least, rows[i].most,
			       rows[i].otherwise, &values[i]);
		if (r)
			return r;
	}
	plan->rooms = (unsigned)values[0];
	plan->publishers = (unsigned)values[1];
	plan->subscribers = (unsigned)values[2];
	plan->speakers = (unsigned)values[3];
	plan->joins_per_s = (unsigned)values[4];
	plan->warmup_s = (unsigned)values[5];
	plan->seconds = (unsigned)values[6];
	plan->settle_s = (unsigned)values[7];
	plan->pid = (int)values[8];
	plan->cpu = (int)values[9];
	if (plan->pid && !process_rss_kb(plan->pid))
		return cli_usage(self,
				 "--pid is '%s': there is no such process, or no access to it",
				 t->pid);
	if ((long)plan->rooms * (plan->publishers + plan->subscribers) > LOAD_PEOPLE_MAX)
		return cli_usage(self, "more than %d participants in all", LOAD_PEOPLE_MAX);
	return 0;
}

static int read_kind(const struct cli_command *self, const char *kind, struct load_plan *plan)
{
	if (!kind || strcmp(kind, "confab") == 0 || strcmp(kind, "livekit") == 0)
		plan->kind = LOAD_LIVEKIT;
	else if (strcmp(kind, "janus") == 0)
		plan->kind = LOAD_JANUS;
	else if (strcmp(kind, "bare") == 0)
		plan->kind = LOAD_BARE;
	else
		return cli_usage(self, "--kind is '%s': it takes confab, livekit, janus or bare",
				 kind);
	return 0;
}

static int read_server(const struct cli_command *self, const char *text, struct load_plan *plan)
{
	const char *host = text ? text : "127.0.0.1:8080", *colon = strrchr(host, ':');
	long port;

	if (!colon || colon == host || (size_t)(colon - host) >= sizeof plan->host)
		return cli_usage(self, "--server is '%s': it takes ADDRESS:PORT", host);
	int r = number(self, "--server's port", colon + 1, 1, 65535, 0, &port);
	if (r)
		return r;
	memcpy(plan->host, host, (size_t)(colon - host));
	if (udp_address_parse(plan->host, (uint16_t)port, &plan->server) < 0)
		return cli_usage(self, "--server is '%s': it takes an IP address, not a name",
				 host);
	if (!load_is_loopback(&plan->server) && !plan->allow_remote)
		return cli_usage(self,
				 "--server %s is another machine: say --allow-remote if you "
				 "may load it",
				 plan->host);
	return 0;
}

int cli_load(const struct cli_command *self, int argc, char **argv)
{
	struct load l = { .epoll = -1 };
	struct texts t = { 0 };
	struct cli_data data = { 0 };
	const struct cli_option options[] = { { "--server", &t.server, NULL },
					      { "--kind", &t.kind, NULL },
					      { "--data", &t.data_dir, NULL },
					      { "--rooms", &t.rooms, NULL },
					      { "--publishers", &t.publishers, NULL },
					      { "--subscribers", &t.subscribers, NULL },
					      { "--speakers", &t.speakers, NULL },
					      { "--rate", &t.rate, NULL },
					      { "--warmup", &t.warmup, NULL },
					      { "--seconds", &t.seconds, NULL },
					      { "--settle", &t.settle, NULL },
					      { "--pid", &t.pid, NULL },
					      { "--cpu", &t.cpu, NULL },
					      { "--json", &t.json, NULL },
					      { "--no-audio", NULL, &t.no_audio },
					      { "--no-video", NULL, &t.no_video },
					      { "--no-data", NULL, &t.no_data },
					      { "--simulcast", NULL, &l.plan.simulcast },
					      { "--allow-remote", NULL, &l.plan.allow_remote },
					      { "--refusals", NULL, &l.plan.refusals },
					      { NULL } };
	int r = cli_options(self, argc, argv, options, NULL);

	if (r || (r = read_numbers(self, &t, &l.plan)) || (r = read_kind(self, t.kind, &l.plan)) ||
	    (r = read_server(self, t.server, &l.plan)))
		return r;
	l.plan.audio = !t.no_audio;
	l.plan.video = !t.no_video;
	l.plan.data = !t.no_data;
	l.plan.json = t.json;
	if (!l.plan.audio && !l.plan.video)
		return cli_usage(self, "neither audio nor video: nothing would be sent");
	if (l.plan.kind == LOAD_LIVEKIT) {
		char error[API_KEYS_ERROR_MAX];

		if (!t.data_dir)
			t.data_dir = getenv("CONFAB_DATA");
		if (!t.data_dir && !getenv("CONFAB_API_SECRET"))
			return cli_usage(self, "no API key pair: name confabd's --data, or set "
					       "CONFAB_API_KEY and CONFAB_API_SECRET");
		if (api_keys_load(t.data_dir ? t.data_dir : ".", rng_os(), &data.keys, error) < 0)
			return cli_fail("%s", error);
		l.plan.api_key = data.keys.key;
		l.plan.api_secret = data.keys.secret;
	}
	r = load_run(&l);
	api_keys_fini(&data.keys);
	return r < 0 ? cli_fail("%s", l.error) : CLI_OK;
}

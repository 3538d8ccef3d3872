/* SPDX-License-Identifier: Apache-2.0 */
#include "confabd/bridge.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "base/sb.h"
#include "confabd/media_thread.h"
#include "media/turn.h"

static bool command(void *arg, unsigned worker, const struct plane_cmd *cmd)
{
	return media_threads_cmd(arg, worker, cmd);
}

static int wake_fd(void *arg, unsigned worker)
{
	return media_threads_wake_fd(arg, worker);
}

static void drain_wake(void *arg, unsigned worker)
{
	media_threads_drain_wake(arg, worker);
}

static bool event(void *arg, unsigned worker, struct plane_event *ret)
{
	return media_threads_event(arg, worker, ret);
}

static bool worker_time(void *arg, unsigned worker, uint64_t *ret_run_us, uint64_t *ret_wait_us)
{
	return media_threads_time(arg, worker, ret_run_us, ret_wait_us);
}

static bool take_turn(void *arg, int fd, const struct sockaddr_storage *client)
{
	return media_threads_turn(arg, fd, client);
}

static bool turn_credentials(void *arg, unsigned worker, const struct sid *participant,
			     struct plane_credentials *ret)
{
	struct turn_credentials c;
	bool made = media_threads_turn_credentials(arg, worker, participant, &c);

	(void)snprintf(ret->username, sizeof ret->username, "%s", made ? c.username : "");
	(void)snprintf(ret->password, sizeof ret->password, "%s", made ? c.password : "");
	return made;
}

static void metrics(void *arg, struct sb *ret)
{
	struct media_counters c;

	media_threads_counters(arg, &c);
	const struct {
		const char *name;
		uint64_t value;
	} lines[] = {
		{ "datagrams_in", c.datagrams_in }, { "datagrams_out", c.datagrams_out },
		{ "bytes_in", c.bytes_in },	    { "bytes_out", c.bytes_out },
		{ "send_failed", c.send_failed },   { "tcp_opened", c.tcp_opened },
		{ "messages_out", c.messages_out }, { "tcp_refused", c.tcp_refused },
		{ "tcp_dropped", c.tcp_dropped },   { "turn_opened", c.turn_opened },
	};
	for (size_t i = 0; i < countof(lines); i++)
		sb_printf(ret, "# TYPE confab_media_%s_total counter\nconfab_media_%s_total %llu\n",
			  lines[i].name, lines[i].name, (unsigned long long)lines[i].value);
}

struct control_media bridge_of(struct media_threads *threads, bool turn)
{
	return (struct control_media){
		.count = media_threads_count(threads),
		.command = command,
		.wake_fd = wake_fd,
		.drain_wake = drain_wake,
		.event = event,
		.time = worker_time,
		.metrics = metrics,
		.turn = turn ? take_turn : NULL,
		.turn_credentials = turn ? turn_credentials : NULL,
		.arg = threads,
	};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Signalling's, webhooks', notifications' and the media plane's lines for /metrics. */
#include "base/log.h"
#include "base/sb.h"
#include "control/hooks/hooks.h"
#include "control/private.h"
#include "control/push/push.h"
#include "control/signal/signal.h"

static void add_hook_metrics(const struct hooks *rooms, const struct hooks *events, struct sb *ret)
{
	struct hooks_gauges g = hooks_gauges(rooms), more = hooks_gauges(events);

	g.waiting += more.waiting;
	g.delivered += more.delivered;
	g.failed += more.failed;
	g.dropped += more.dropped;

	sb_printf(ret, "# TYPE confab_webhooks_waiting gauge\nconfab_webhooks_waiting %zu\n",
		  g.waiting);
	sb_printf(ret,
		  "# TYPE confab_webhooks_delivered_total counter\n"
		  "confab_webhooks_delivered_total %llu\n",
		  (unsigned long long)g.delivered);
	sb_printf(ret,
		  "# TYPE confab_webhooks_failed_total counter\n"
		  "confab_webhooks_failed_total %llu\n",
		  (unsigned long long)g.failed);
	sb_printf(ret,
		  "# TYPE confab_webhooks_dropped_total counter\n"
		  "confab_webhooks_dropped_total %llu\n",
		  (unsigned long long)g.dropped);
}

static void add_push_metrics(const struct push *push, struct sb *ret)
{
	struct push_gauges g = push_gauges(push);

	sb_printf(ret, "# TYPE confab_push_waiting gauge\nconfab_push_waiting %zu\n", g.waiting);
	sb_printf(ret, "# TYPE confab_push_sent_total counter\nconfab_push_sent_total %llu\n",
		  (unsigned long long)g.sent);
	sb_printf(ret, "# TYPE confab_push_failed_total counter\nconfab_push_failed_total %llu\n",
		  (unsigned long long)g.failed);
	sb_printf(ret, "# TYPE confab_push_gone_total counter\nconfab_push_gone_total %llu\n",
		  (unsigned long long)g.gone);
	sb_printf(ret, "# TYPE confab_push_dropped_total counter\nconfab_push_dropped_total %llu\n",
		  (unsigned long long)g.dropped);
}

double control_media_busy(const struct control *c)
{
	double most = 0;

	for (unsigned i = 0; i < c->private->media.count; i++) {
		double busy = signal_busy(c->signal, (uint16_t)i);

		most = busy > most ? busy : most;
	}
	return most;
}

void control_add_metrics(struct control *c, struct sb *ret)
{
	struct signal_gauges g = signal_gauges(c->signal);

	sb_printf(ret, "# TYPE confab_rooms gauge\nconfab_rooms %zu\n", g.rooms);
	sb_printf(ret, "# TYPE confab_participants gauge\nconfab_participants %zu\n",
		  g.participants);
	sb_printf(ret, "# TYPE confab_published_tracks gauge\nconfab_published_tracks %zu\n",
		  g.published_tracks);
	sb_printf(ret, "# TYPE confab_joins_total counter\nconfab_joins_total %llu\n",
		  (unsigned long long)g.joins);
	sb_printf(ret, "# TYPE confab_resumes_total counter\nconfab_resumes_total %llu\n",
		  (unsigned long long)g.resumes);
	sb_printf(ret,
		  "# TYPE confab_joins_refused_total counter\nconfab_joins_refused_total %llu\n",
		  (unsigned long long)g.refused);
	sb_printf(ret,
		  "# TYPE confab_joins_refused_full_total counter\n"
		  "confab_joins_refused_full_total %llu\n",
		  (unsigned long long)g.refused_full);
	sb_printf(ret, "# TYPE confab_media_worker_busy gauge\n");
	for (unsigned i = 0; i < c->private->media.count; i++)
		sb_printf(ret, "confab_media_worker_busy{worker=\"%u\"} %.3f\n", i,
			  signal_busy(c->signal, (uint16_t)i));
	sb_printf(ret,
		  "# TYPE confab_signal_bad_messages_total "
		  "counter\nconfab_signal_bad_messages_total %llu\n",
		  (unsigned long long)g.bad_messages);
	sb_printf(ret,
		  "# TYPE confab_media_failures_total counter\nconfab_media_failures_total %llu\n",
		  (unsigned long long)g.media_failures);
	if (c->hooks || c->event_hooks)
		add_hook_metrics(c->hooks, c->event_hooks, ret);
	add_push_metrics(c->push, ret);
	sb_printf(ret,
		  "# TYPE confab_log_lines_dropped_total counter\n"
		  "confab_log_lines_dropped_total %llu\n",
		  (unsigned long long)log_dropped());
	if (c->private->media.metrics)
		c->private->media.metrics(c->private->media.arg, ret);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/load/figures.h"

#include <errno.h>
#include <stdlib.h>

int histogram_init(struct histogram *h)
{
	*h = (struct histogram){ .buckets = calloc(HISTOGRAM_BUCKETS, sizeof *h->buckets) };
	return h->buckets ? 0 : -ENOMEM;
}

void histogram_fini(struct histogram *h)
{
	free(h->buckets);
	*h = (struct histogram){ 0 };
}

void histogram_add(struct histogram *h, uint64_t us)
{
	uint64_t at = us / HISTOGRAM_STEP_US;

	h->buckets[at < HISTOGRAM_BUCKETS ? at : HISTOGRAM_BUCKETS - 1]++;
	h->count++;
}

double histogram_ms(const struct histogram *h, double share)
{
	uint64_t below = 0, wanted = (uint64_t)((double)h->count * share);

	for (size_t i = 0; i < HISTOGRAM_BUCKETS && h->count; i++) {
		below += h->buckets[i];
		if (below > wanted || below == h->count)
			return (double)(i * HISTOGRAM_STEP_US) / 1000;
	}
	return 0;
}

int figures_init(struct figures *f)
{
	struct histogram *all[] = { &f->delay, &f->audio_delay, &f->join, &f->refusal,
				    &f->joining_delay };
	int r = 0;

	for (size_t i = 0; i < sizeof all / sizeof *all && r == 0; i++)
		r = histogram_init(all[i]);
	return r;
}

void figures_fini(struct figures *f)
{
	histogram_fini(&f->delay);
	histogram_fini(&f->audio_delay);
	histogram_fini(&f->join);
	histogram_fini(&f->refusal);
	histogram_fini(&f->joining_delay);
}

static double ratio(double a, double b)
{
	return b > 0 ? a / b : 0;
}

static double us_per_packet(const struct figures *f)
{
	return ratio(f->server_cpu_s * 1e6, (double)f->received);
}

static double per_subscriber_kb(const struct figures *f)
{
	return ratio((double)f->rss_media_kb - (double)f->rss_idle_kb, f->subscribing);
}

/* What a join took for itself. */
static double join_cpu_ms(const struct figures *f)
{
	double forwarding = us_per_packet(f) * (double)f->joining_packets / 1e3;
	double ms = f->join_all_cpu_ms - ratio(forwarding, f->connections);

	return ms > 0 ? ms : 0;
}

static double loss(const struct figures *f)
{
	return ratio((double)f->lost, (double)f->expected);
}

void figures_print(const struct figures *f, FILE *out)
{
	fprintf(out, "| | |\n|---|---|\n");
	fprintf(out, "| rooms × (publishers, subscribers) | %u × (%u, %u)%s%s%s |\n", f->rooms,
		f->publishers, f->subscribers, f->video ? " video" : "",
		f->simulcast ? " simulcast" : "", f->audio ? " audio" : "");
	if (f->speakers)
		fprintf(out, "| speak at a time, in each room | %u |\n", f->speakers);
	fprintf(out, "| packets forwarded per second | %.0f |\n",
		ratio((double)f->received, f->seconds));
	fprintf(out, "| Mbit/s | %.1f |\n", ratio((double)f->bytes * 8 / 1e6, f->seconds));
	if (f->server_cpu_s >= 0) {
		fprintf(out, "| server, CPU-µs per forwarded packet | %.2f (%.2f user) |\n",
			us_per_packet(f), ratio(f->server_user_s * 1e6, (double)f->received));
		fprintf(out, "| packets per CPU-second | %.0f |\n",
			ratio((double)f->received, f->server_cpu_s));
		fprintf(out, "| Mbit per CPU-second | %.0f |\n",
			ratio((double)f->bytes * 8 / 1e6, f->server_cpu_s));
		fprintf(out, "| server, share of a core | %.1f %% |\n",
			100 * ratio(f->server_cpu_s, f->seconds));
		fprintf(out, "| server, CPU-ms per join | %.2f (%.2f with media) |\n",
			join_cpu_ms(f), f->join_all_cpu_ms);
		fprintf(out,
			"| RSS idle, joined, under media, after, MiB | %.1f, %.1f, %.1f, %.1f |\n",
			(double)f->rss_idle_kb / 1024, (double)f->rss_joined_kb / 1024,
			(double)f->rss_media_kb / 1024, (double)f->rss_after_kb / 1024);
		fprintf(out, "| RSS per subscribing connection, KiB | %.1f |\n",
			per_subscriber_kb(f));
	}
	fprintf(out, "| delay p50, p99, ms | %.2f, %.2f |\n", histogram_ms(&f->delay, 0.5),
		histogram_ms(&f->delay, 0.99));
	if (f->audio_delay.count)
		fprintf(out, "| of audio, p50, p99, ms | %.2f, %.2f |\n",
			histogram_ms(&f->audio_delay, 0.5), histogram_ms(&f->audio_delay, 0.99));
	fprintf(out,
		"| while people join, p50, p99, ms | %.2f, %.2f |\n"
		"| loss until all are there | %.4f %% |\n",
		histogram_ms(&f->joining_delay, 0.5), histogram_ms(&f->joining_delay, 0.99),
		100 * f->joining_loss);
	fprintf(out, "| loss | %.4f %% |\n", 100 * loss(f));
	if (f->refused)
		fprintf(out, "| refused; told so after p50, p99, ms | %u; %.1f, %.1f |\n",
			f->refused, histogram_ms(&f->refusal, 0.5),
			histogram_ms(&f->refusal, 0.99));
	fprintf(out, "| join to first packet p50, p99, ms | %.0f, %.0f |\n",
		histogram_ms(&f->join, 0.5), histogram_ms(&f->join, 0.99));
	fprintf(out, "| streams, of them silent | %u, %u |\n", f->streams, f->streams_silent);
	fprintf(out, "| NACKs, PLIs, transport feedbacks of the subscribers | %llu, %llu, %llu |\n",
		(unsigned long long)f->nacks, (unsigned long long)f->plis,
		(unsigned long long)f->feedbacks);
	fprintf(out, "| retransmissions received, packets not authentic | %llu, %llu |\n",
		(unsigned long long)f->retransmitted, (unsigned long long)f->bad);
	fprintf(out,
		"| the loader itself: share of its core that it had, of which busy | %.1f %%, %.1f "
		"%% |\n",
		100 * ratio(f->loader_cpu_s, f->seconds),
		100 * ratio(f->loader_busy_s, f->seconds));
}

/* What is known with --pid only. */
static void json_of_server(const struct figures *f, FILE *out)
{
	fprintf(out,
		"\"server_cpu_s\":%.6f,\"server_user_s\":%.6f,\"us_per_forwarded_packet\":%.4f,"
		"\"packets_per_cpu_s\":%.1f,\"mbit_per_cpu_s\":%.3f,\"join_cpu_ms\":%.3f,"
		"\"join_all_cpu_ms\":%.3f,",
		f->server_cpu_s, f->server_user_s, us_per_packet(f),
		ratio((double)f->received, f->server_cpu_s),
		ratio((double)f->bytes * 8 / 1e6, f->server_cpu_s), join_cpu_ms(f),
		f->join_all_cpu_ms);
	fprintf(out,
		"\"rss_idle_kb\":%llu,\"rss_joined_kb\":%llu,\"rss_media_kb\":%llu,"
		"\"rss_after_kb\":%llu,\"rss_per_subscriber_kb\":%.2f,",
		(unsigned long long)f->rss_idle_kb, (unsigned long long)f->rss_joined_kb,
		(unsigned long long)f->rss_media_kb, (unsigned long long)f->rss_after_kb,
		per_subscriber_kb(f));
}

void figures_json(const struct figures *f, FILE *out)
{
	fprintf(out,
		"{\"server\":\"%s\",\"rooms\":%u,\"publishers\":%u,\"subscribers\":%u,"
		"\"speakers\":%u,"
		"\"audio\":%s,\"video\":%s,\"simulcast\":%s,\"seconds\":%.3f,",
		f->server, f->rooms, f->publishers, f->subscribers, f->speakers,
		f->audio ? "true" : "false", f->video ? "true" : "false",
		f->simulcast ? "true" : "false", f->seconds);
	fprintf(out,
		"\"sent\":%llu,\"received\":%llu,\"bytes\":%llu,\"expected\":%llu,\"lost\":%llu,"
		"\"loss\":%.6f,\"retransmitted\":%llu,\"bad\":%llu,\"streams\":%u,"
		"\"streams_silent\":%u,\"subscribing\":%u,",
		(unsigned long long)f->sent, (unsigned long long)f->received,
		(unsigned long long)f->bytes, (unsigned long long)f->expected,
		(unsigned long long)f->lost, loss(f), (unsigned long long)f->retransmitted,
		(unsigned long long)f->bad, f->streams, f->streams_silent, f->subscribing);
	fprintf(out,
		"\"nacks\":%llu,\"plis\":%llu,\"feedbacks\":%llu,\"packets_per_s\":%.1f,"
		"\"mbit_per_s\":%.3f,",
		(unsigned long long)f->nacks, (unsigned long long)f->plis,
		(unsigned long long)f->feedbacks, ratio((double)f->received, f->seconds),
		ratio((double)f->bytes * 8 / 1e6, f->seconds));
	if (f->server_cpu_s >= 0)
		json_of_server(f, out);
	fprintf(out, "\"audio_delay_p50_ms\":%.3f,\"audio_delay_p99_ms\":%.3f,",
		histogram_ms(&f->audio_delay, 0.5), histogram_ms(&f->audio_delay, 0.99));
	fprintf(out,
		"\"joining_delay_p50_ms\":%.3f,\"joining_delay_p99_ms\":%.3f,"
		"\"joining_loss\":%.6f,",
		histogram_ms(&f->joining_delay, 0.5), histogram_ms(&f->joining_delay, 0.99),
		f->joining_loss);
	fprintf(out, "\"refused\":%u,\"refusal_p50_ms\":%.1f,\"refusal_p99_ms\":%.1f,", f->refused,
		histogram_ms(&f->refusal, 0.5), histogram_ms(&f->refusal, 0.99));
	fprintf(out,
		"\"delay_p50_ms\":%.3f,\"delay_p99_ms\":%.3f,\"join_p50_ms\":%.1f,"
		"\"join_p99_ms\":%.1f,\"loader_cpu_s\":%.6f,\"loader_share\":%.4f,"
		"\"loader_busy\":%.4f}\n",
		histogram_ms(&f->delay, 0.5), histogram_ms(&f->delay, 0.99),
		histogram_ms(&f->join, 0.5), histogram_ms(&f->join, 0.99), f->loader_cpu_s,
		ratio(f->loader_cpu_s, f->seconds), ratio(f->loader_busy_s, f->seconds));
}

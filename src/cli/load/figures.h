/* SPDX-License-Identifier: Apache-2.0 */
/* What a run of `confab load` measured, and how it is printed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Counts of values in µs: 10 µs wide up to 1 s, the rest in the last. */
enum { HISTOGRAM_STEP_US = 10, HISTOGRAM_BUCKETS = 100 * 1000 + 1 };

struct histogram {
	uint32_t *buckets; /* owned */
	uint64_t count;
};

int histogram_init(struct histogram *h);
void histogram_fini(struct histogram *h);
void histogram_add(struct histogram *h, uint64_t us);
/* The value that `share` (0…1) of all are below, in ms; 0 when empty. */
double histogram_ms(const struct histogram *h, double share);

struct figures {
	/* the plan, for the record */
	const char *server;
	unsigned rooms, publishers, subscribers, speakers;
	bool audio, video, simulcast;

	/* in the window */
	double seconds;
	uint64_t sent, received, bytes, expected, lost, retransmitted, bad;
	uint64_t nacks, plis, feedbacks;
	struct histogram delay, audio_delay, join;
	unsigned refused; /* participants; and how long it took to tell them */
	struct histogram refusal;
	double server_cpu_s, server_user_s; /* server_cpu_s < 0: not measured */
	double loader_cpu_s,
		loader_busy_s; /* it spins: busy is the time in turns with something to do */
	uint64_t rss_idle_kb, rss_joined_kb, rss_media_kb, rss_after_kb;
	unsigned connections; /* that were made */
	unsigned subscribing; /* peer connections that receive */
	unsigned streams, streams_silent;
	/* of the server, per peer connection, until everybody has come; and without what forwarding to those who were there
	 * took of that, at the cost that a packet had in the window */
	double join_all_cpu_ms;
	/* while people come; loss from then until the window */
	uint64_t joining_packets;
	struct histogram joining_delay;
	double joining_loss;
};

int figures_init(struct figures *f);
void figures_fini(struct figures *f);
void figures_print(const struct figures *f, FILE *out);
void figures_json(const struct figures *f, FILE *out);

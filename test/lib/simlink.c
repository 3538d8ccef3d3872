/* SPDX-License-Identifier: Apache-2.0 */
/* See simlink.h. Packets under way are a list in order of arrival; ties keep the order of sending.
 */
#include "simlink.h"

#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/rng.h"

struct packet {
	struct list link;
	uint64_t arrival;
	uint32_t tag;
	size_t n;
	uint8_t bytes[];
};

struct simlink {
	struct simlink_config config;
	struct simlink_stats stats;
	struct rng rng;
	struct list under_way;
	uint64_t free_at;      /* when the wire has sent all that waits */
	uint64_t last_arrival; /* of packets that keep their order */
	uint64_t received_at;
	bool in_burst;
};

struct simlink *simlink_new(uint64_t seed, const struct simlink_config *config)
{
	struct simlink *l = calloc(1, sizeof *l);

	if (!l)
		abort();
	l->config = *config;
	rng_seeded(&l->rng, seed);
	list_init(&l->under_way);
	return l;
}

struct simlink *simlink_free(struct simlink *l)
{
	struct packet *p;

	if (!l)
		return NULL;
	list_each (p, &l->under_way, link) {
		list_remove(&p->link);
		free(p);
	}
	free(l);
	return NULL;
}

void simlink_set(struct simlink *l, const struct simlink_config *config)
{
	l->config = *config;
}

static bool happens(struct simlink *l, uint32_t ppm)
{
	return ppm && rng_u32(&l->rng) % 1000000 < ppm;
}

static uint32_t up_to(struct simlink *l, uint32_t most)
{
	return most ? rng_u32(&l->rng) % (most + 1) : 0;
}

static bool is_lost(struct simlink *l)
{
	const struct simlink_config *c = &l->config;

	if (l->in_burst)
		l->in_burst = !happens(l, c->burst_packets ? 1000000 / c->burst_packets : 1000000);
	else
		l->in_burst = happens(l, c->burst_ppm);
	if (l->in_burst && (!c->burst_loss_ppm || happens(l, c->burst_loss_ppm)))
		return true;
	return happens(l, c->loss_ppm);
}

/* When the last bit leaves; false: the queue is full. */
static bool pass_queue(struct simlink *l, uint64_t now, size_t bytes, uint64_t *ret_at)
{
	const struct simlink_config *c = &l->config;
	uint64_t begin = l->free_at > now ? l->free_at : now;

	if (c->rate_bps) {
		uint64_t waiting = (begin - now) * c->rate_bps / 8 / 1000000;

		if (c->queue_bytes && waiting + bytes > c->queue_bytes)
			return false;
		l->free_at = begin + (bytes * 8 * 1000000 + c->rate_bps - 1) / c->rate_bps;
		if (begin - now > l->stats.max_queue_us)
			l->stats.max_queue_us = begin - now;
		begin = l->free_at;
	}
	*ret_at = begin;
	return true;
}

static void enqueue(struct simlink *l, uint64_t arrival, uint32_t tag, const void *bytes, size_t n)
{
	struct packet *p = malloc(sizeof *p + n);
	struct list *before = l->under_way.prev;

	if (!p)
		abort();
	p->arrival = arrival;
	p->tag = tag;
	p->n = n;
	if (n)
		memcpy(p->bytes, bytes, n);
	while (before != &l->under_way &&
	       list_entry(before, struct packet, link)->arrival > arrival)
		before = before->prev;
	list_append(before->next, &p->link); /* before its successor, that is behind `before` */
}

static void depart(struct simlink *l, uint64_t at, uint32_t tag, const void *bytes, size_t n)
{
	const struct simlink_config *c = &l->config;
	uint64_t arrival = at + c->delay_us + up_to(l, c->jitter_us);

	if (happens(l, c->reorder_ppm)) {
		l->stats.reordered++;
		arrival += 1 + up_to(l, c->reorder_us);
	} else {
		if (arrival < l->last_arrival)
			arrival = l->last_arrival;
		l->last_arrival = arrival;
	}
	enqueue(l, arrival, tag, bytes, n);
}

void simlink_send(struct simlink *l, uint64_t now, uint32_t tag, const void *bytes, size_t n)
{
	uint64_t at;

	l->stats.sent++;
	if (l->config.down) {
		l->stats.lost++;
		return;
	}
	if (!pass_queue(l, now, n + l->config.overhead, &at)) {
		l->stats.queue_dropped++;
		return;
	}
	if (is_lost(l)) {
		l->stats.lost++;
		return;
	}
	depart(l, at, tag, bytes, n);
	if (happens(l, l->config.duplicate_ppm)) {
		l->stats.duplicated++;
		depart(l, at, tag, bytes, n);
	}
}

uint64_t simlink_next(const struct simlink *l)
{
	if (list_empty(&l->under_way))
		return UINT64_MAX;
	return list_entry(l->under_way.next, struct packet, link)->arrival;
}

bool simlink_recv(struct simlink *l, uint64_t now, uint32_t *ret_tag, void *ret_bytes,
		  size_t capacity, size_t *ret_n)
{
	if (simlink_next(l) > now || list_empty(&l->under_way))
		return false;
	struct packet *p = list_entry(l->under_way.next, struct packet, link);
	size_t n = p->n < capacity ? p->n : capacity;

	list_remove(&p->link);
	l->stats.delivered++;
	l->stats.bytes_delivered += p->n;
	l->received_at = p->arrival;
	if (n)
		memcpy(ret_bytes, p->bytes, n);
	if (ret_n)
		*ret_n = n;
	if (ret_tag)
		*ret_tag = p->tag;
	free(p);
	return true;
}

uint64_t simlink_arrival(const struct simlink *l)
{
	return l->received_at;
}

uint64_t simlink_wait(const struct simlink *l, uint64_t now)
{
	return l->free_at > now ? l->free_at - now : 0;
}

const struct simlink_stats *simlink_stats(const struct simlink *l)
{
	return &l->stats;
}

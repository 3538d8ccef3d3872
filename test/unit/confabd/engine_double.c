/* SPDX-License-Identifier: Apache-2.0 */
/* See engine_double.h. */
#include "engine_double.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct engine {
	uint16_t worker;
	struct {
		struct path to;
		uint8_t bytes[2000];
		size_t length;
	} echoes[ENGINE_RX_MAX];
	size_t next, count;
	uint32_t events_left, next_event;
	uint64_t deadline;
	uint32_t known[1024]; /* TCP connections */
	size_t known_count;
};

atomic_uint ticks, engines, early_ticks, ended_paths;
atomic_bool busy, reached, shaking, shaken, everybody_left;

int engine_new(struct engine **ret, const struct engine_config *config)
{
	struct engine *e = calloc(1, sizeof *e);

	assert_non_null(e);
	assert_true(config->address_count > 0);
	e->worker = config->worker;
	e->deadline = UINT64_MAX;
	engines++;
	*ret = e;
	return 0;
}

struct engine *engine_free(struct engine *e)
{
	engines -= e != NULL;
	free(e);
	return NULL;
}

void engine_rx_at(struct engine *e, uint64_t now, uint64_t arrival, const struct path *from,
		  uint8_t *bytes, size_t length)
{
	assert_true(arrival <= now);
	if (length > 1 && bytes[0] == 22 && bytes[1] == 'w')
		for (shaken = true; shaking;)
			continue;
	assert_true(e->count < ENGINE_RX_MAX && length < sizeof e->echoes[0].bytes);
	e->echoes[e->count].to = *from;
	e->echoes[e->count].length = length;
	memcpy(e->echoes[e->count].bytes, bytes, length);
	if (from->connection && length > 2) {
		e->echoes[e->count].bytes[length - 1] = (uint8_t)('0' + e->worker);
		if (bytes[2] == '!' && e->known_count < 1024)
			e->known[e->known_count++] = from->connection;
	}
	e->count++;
}

void engine_rx(struct engine *e, uint64_t now, const struct path *from, uint8_t *bytes,
	       size_t length)
{
	engine_rx_at(e, now, now, from, bytes, length);
}

/* Nothing is taken early. */
bool engine_rx_early(struct engine *e, uint64_t now, uint64_t arrival, const struct path *from,
		     uint8_t *bytes, size_t length)
{
	(void)e;
	(void)now;
	(void)arrival;
	(void)from;
	(void)bytes;
	(void)length;
	return false;
}

bool engine_worker_of(const uint8_t *bytes, size_t length, unsigned *ret_worker)
{
	if (length < 2 || bytes[0] != 0)
		return false;
	*ret_worker = bytes[1];
	return true;
}

bool engine_knows(const struct engine *e, const struct path *path)
{
	for (size_t i = 0; i < e->known_count; i++) {
		if (e->known[i] == path->connection)
			return true;
	}
	return false;
}

void engine_path_ended(struct engine *e, const struct path *path)
{
	(void)e;
	assert_true(path->connection != 0);
	ended_paths++;
}

void engine_cmd(struct engine *e, uint64_t now, struct plane_cmd *cmd)
{
	if (cmd->type == CMD_LEAVE)
		e->deadline = now + cmd->id;
	else if (cmd->type == CMD_MUTE_TRACK)
		for (reached = true; busy;)
			continue;
	else if (cmd->type != CMD_STOP)
		e->events_left += cmd->id;
	plane_cmd_fini(cmd);
}

void engine_tick(struct engine *e, uint64_t now)
{
	early_ticks += now < e->deadline;
	e->deadline = UINT64_MAX;
	ticks++;
}

void engine_release(struct engine *e)
{
	(void)e;
}

uint64_t engine_deadline(const struct engine *e)
{
	return e->deadline;
}

bool engine_next_tx(struct engine *e, struct engine_tx *ret)
{
	if (e->next == e->count) {
		e->next = e->count = 0;
		return false;
	}
	*ret = (struct engine_tx){ .to = &e->echoes[e->next].to,
				   .bytes = e->echoes[e->next].bytes,
				   .length = e->echoes[e->next].length };
	e->next++;
	return true;
}

bool engine_has(const struct engine *e, const char *participant)
{
	(void)e;
	return strncmp(participant, "PA_", 3) == 0 && !everybody_left;
}

size_t engine_people(const struct engine *e)
{
	(void)e;
	return 1;
}

void engine_rest(struct engine *e)
{
	(void)e;
}

bool engine_next_event(struct engine *e, struct plane_event *ret)
{
	if (e->events_left == 0)
		return false;
	e->events_left--;
	*ret = (struct plane_event){ .type = EV_OFFER, .worker = e->worker, .id = e->next_event++ };
	ret->sdp = strdup("v=0");
	return true;
}

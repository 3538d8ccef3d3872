/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of struct control: what its files share. Control thread only. */
#pragma once

#include <uv.h>

#include "base/list.h"
#include "control/control.h"
#include "control/http/rate.h"
#include "control/signal/signal.h"
#include "store/store.h"

struct call_event;
struct chat_notice;
struct worker;

struct control_private {
	struct control_media media;
	struct worker *workers;
	unsigned polls_open;
	uv_timer_t retry;
	bool retry_open;
	uv_timer_t call_timer;
	bool call_timer_open;
	struct rate token_rate, guest_rate, write_rate, act_rate, peer_rate;
	struct upkeep *upkeep;
	void (*stopped)(void *arg);
	void *stopped_arg;
};

/* ---- publish.c: sinks of chat and calls; `arg` is the struct control ---- */

void publish_chat_event(void *arg, const struct store_event *event);
void publish_chat_notice(void *arg, const struct chat_notice *notice);
void publish_times(void *arg); /* how soon the team answers is another word */
void publish_call_event(void *arg, const struct call_event *event);
bool publish_needs_no_push(void *arg, const char *user_id);
bool publish_is_online(void *arg, const char *user_id, const char *device);

/* ---- workers.c ---- */

/* 0 or -errno; what was opened is closed by workers_close. */
int workers_start(struct control *c);
/* Gives calls their hand on media, and their clock. */
int workers_serve_calls(struct control *c);
/* Of signalling; never fails: while the worker's queue is full commands wait here, in order. */
void workers_command(void *arg, uint16_t worker, struct plane_cmd *cmd);
/* What a worker's thread has had of processors. */
bool workers_time(void *arg, uint16_t worker, struct admission_time *ret);
bool workers_credentials(void *arg, uint16_t worker, const struct sid *participant,
			 struct plane_credentials *ret);
/* Handles close on the next turns of the loop. */
void workers_close(struct control *c);
void workers_free(struct control_private *p);

/* ---- revoke.c: signalling asks and tells ---- */

bool revoke_is_banned(void *arg, const char *identity, char ret_why[SIGNAL_REFUSAL_SIZE]);
void revoke_note(void *arg, enum signal_refusal kind, const char *key);
void revoke_restore(void *arg, int status, const struct store_refusal *list, size_t n);

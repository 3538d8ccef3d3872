/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ringing, as web/client has it. The server runs the ring and its timers; this is what the device makes
 * of the server's picture of it: RINGING while it rings here, a join when the ring that was started here is
 * answered, LEFT when it is over or was answered elsewhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/internal.h"

enum { REASON_MAX = 32, PATH_MAX_BYTES = 256 };

/* ---- the server's picture ---- */

struct picture {
	confab_ring ring;
	bool mine;	    /* this user calls */
	bool called;	    /* this user has a leg, whatever became of it */
	bool rings_me;	    /* this user's leg rings */
	bool answered_here; /* this device has accepted */
	bool accepted;	    /* somebody has */
};

static const char *text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static bool is(const char *text, const char *wanted)
{
	return text && strcmp(text, wanted) == 0;
}

static void read_legs(const struct confab_client *c, const json_t *legs, struct picture *p)
{
	const json_t *leg;
	size_t at;

	json_array_foreach(legs, at, leg)
	{
		bool me = is(text(leg, "user_id"), c->user_id);
		const char *state = text(leg, "state");

		p->called |= me;
		p->accepted |= is(state, "accepted");
		p->rings_me |= me && is(state, "ringing");
		p->answered_here |= me && is(text(leg, "device_id"), c->device_id);
	}
}

static bool picture_read(const struct confab_client *c, const json_t *ring, struct picture *ret)
{
	const json_t *caller = json_object_get(ring, "caller");
	const char *state = text(ring, "state");
	struct picture p = { .ring = { .id = text(ring, "id"),
				       .outcome = text(ring, "outcome"),
				       .caller = text(caller, "id"),
				       .caller_name = text(caller, "name"),
				       .video = json_is_true(json_object_get(ring, "video")) } };

	if (!p.ring.id || strlen(p.ring.id) >= CLIENT_RING_ID || !p.ring.caller || !state)
		return false;
	p.ring.state = is(state, "ringing")    ? CONFAB_RING_RINGING
		       : is(state, "accepted") ? CONFAB_RING_ACCEPTED
					       : CONFAB_RING_ENDED;
	p.mine = strcmp(p.ring.caller, c->user_id) == 0;
	p.accepted = p.ring.state == CONFAB_RING_ACCEPTED || is(p.ring.outcome, "accepted");
	read_legs(c, json_object_get(ring, "legs"), &p);
	p.rings_me &= !p.mine && p.ring.state == CONFAB_RING_RINGING;
	p.ring.incoming = p.rings_me || p.answered_here;
	*ret = p;
	return true;
}

/* ---- what it means for the call ---- */

void ring_settle(struct confab_call *call)
{
	strcpy(call->ring.settled, call->ring.seen);
}

static void unring(struct confab_call *call)
{
	ring_settle(call);
	if (call->state == CONFAB_CALL_RINGING)
		call_set_state(call, CONFAB_CALL_LEFT, NULL);
}

static void ring_on(struct confab_call *call)
{
	if (call->state == CONFAB_CALL_IDLE || call->state == CONFAB_CALL_LEFT)
		call_set_state(call, CONFAB_CALL_RINGING, NULL);
}

static void enter(struct confab_call *call)
{
	bool waited = call->state == CONFAB_CALL_RINGING;

	ring_settle(call);
	if (!waited)
		return; /* in already, or gone */
	free(call->url);
	call->url = NULL;
	call->create = call->manual_subscribe = false;
	call_begin_join(call);
}

/* An answer to a request may be older than the events that came before it: nothing goes back. */
static bool is_stale(const struct call_ring *known, const struct picture *p)
{
	return strcmp(known->seen, p->ring.id) == 0 &&
	       (p->ring.state < known->state || (known->accepted && !p->accepted));
}

static void follow(struct confab_call *call, const struct picture *p)
{
	struct call_ring *known = &call->ring;
	bool own = strcmp(known->own, p->ring.id) == 0;

	if (is_stale(known, p))
		return;
	(void)snprintf(known->seen, sizeof known->seen, "%s", p->ring.id);
	known->state = p->ring.state;
	known->accepted = p->accepted;
	if (strcmp(known->settled, p->ring.id) == 0)
		return;
	if (own && p->accepted)
		enter(call);
	else if (p->rings_me || (own && p->ring.state == CONFAB_RING_RINGING))
		ring_on(call);
	else if (call->state == CONFAB_CALL_RINGING && (own || !p->mine) &&
		 !(p->answered_here && p->ring.state == CONFAB_RING_ACCEPTED))
		unring(call); /* over, or answered elsewhere */
}

void ring_take(struct confab_client *c, json_t *event)
{
	const json_t *user = json_object_get(event, "user");
	const char *cid = text(event, "cid");
	struct confab_call *call;
	struct picture p;

	if (!picture_read(c, json_object_get(event, "ring"), &p))
		return;
	/* somebody calls: the program gets a handle to answer with, or, when it was busy, to call back */
	call = p.called && !p.mine ? call_open(c, cid) : call_find(c, cid);
	if (!call)
		return;
	client_emit(c, &(confab_event){ .type = CONFAB_EVENT_RING,
					.call = call,
					.identity = text(user, "id"),
					.name = text(user, "name"),
					.topic = text(event, "reason"),
					.ring = &p.ring });
	follow(call, &p);
}

/* ---- after a gap in the events ---- */

static void on_refreshed(void *arg, json_t *answer, const confab_error *error)
{
	struct confab_call *call = arg;
	const json_t *ring = json_object_get(answer, "ring");
	struct picture p;

	if (error || call->state != CONFAB_CALL_RINGING)
		return;
	if (picture_read(call->client, ring, &p) && strcmp(p.ring.id, call->ring.seen) == 0)
		follow(call, &p);
	else
		unring(call); /* over and forgotten */
}

static void call_path(const struct confab_call *call, const char *verb, char ret[PATH_MAX_BYTES])
{
	(void)snprintf(ret, PATH_MAX_BYTES, "/api/v1/call/%s/%s%s", call->type, call->id, verb);
}

void ring_refresh(struct confab_client *c)
{
	struct confab_call *call;
	char path[PATH_MAX_BYTES];

	list_each (call, &c->calls, in_client) {
		if (call->state != CONFAB_CALL_RINGING)
			continue;
		call_path(call, "", path); /* it exists: nothing is made */
		api_post(c, path, json_object(), on_refreshed, call);
	}
}

/* ---- ring ---- */

struct asking {
	struct confab_call *call;
	json_t *body;
	char verb[8]; /* "", "/accept", "/reject" */
	char id[CLIENT_RING_ID];
	unsigned reconnect_seconds;
	uint64_t leaves;
	bool bad;
	confab_done_fn *done;
	void *arg;
};

static void asking_end(struct asking *a, const confab_error *error)
{
	a->done(a->arg, error);
	json_decref(a->body);
	free(a);
}

static void on_ignored(void *arg, json_t *answer, const confab_error *error)
{
	(void)arg, (void)answer, (void)error; /* the server gives up a ring whose caller is gone */
}

static void post_cancel(struct confab_call *call)
{
	char path[PATH_MAX_BYTES];

	call_path(call, "/reject", path);
	api_post(call->client, path,
		 json_pack("{s:s, s:s}", "reason", "cancel", "device_id", call->client->device_id),
		 on_ignored, NULL);
}

void ring_cancel_own(struct confab_call *call)
{
	struct call_ring *r = &call->ring;

	if (r->own[0] && strcmp(r->own, r->seen) == 0 && r->state == CONFAB_RING_RINGING &&
	    strcmp(r->settled, r->own) != 0)
		post_cancel(call);
}

static void on_rung(void *arg, json_t *answer, const confab_error *error)
{
	struct asking *a = arg;
	struct confab_call *call = a->call;
	confab_error left;
	struct picture p;

	(void)error_set(&left, CONFAB_ERR_LEFT, 0, false, "The call was left.");
	if (error || !picture_read(call->client, json_object_get(answer, "ring"), &p)) {
		asking_end(a,
			   error); /* without a ring: it was over at once, and an event said so */
		return;
	}
	(void)snprintf(call->ring.own, sizeof call->ring.own, "%s", p.ring.id);
	if (a->leaves != call->leaves) {
		/* nobody must go on ringing for a caller who is gone */
		strcpy(call->ring.settled, p.ring.id);
		if (p.ring.state == CONFAB_RING_RINGING)
			post_cancel(call);
		asking_end(a, &left);
		return;
	}
	call->reconnect_us = (uint64_t)a->reconnect_seconds * US_PER_S;
	if (strcmp(call->ring.seen, p.ring.id) == 0 && is_stale(&call->ring, &p)) {
		p.ring.state = call->ring.state; /* events were faster than this answer */
		p.accepted = call->ring.accepted;
	}
	ring_on(call);
	follow(call, &p);
	asking_end(a, NULL);
}

static void ask_to_ring(struct asking *a)
{
	char path[PATH_MAX_BYTES];

	call_path(a->call, "", path);
	api_post(a->call->client, path, json_incref(a->body), on_rung, a);
}

/* ---- accept, reject ---- */

static void on_answered(void *arg, json_t *answer, const confab_error *error)
{
	struct asking *a = arg;

	(void)answer;
	/* somebody was faster, or it is over */
	if (error && error->status == 409 && strcmp(a->id, a->call->ring.seen) == 0)
		unring(a->call);
	asking_end(a, error);
}

static void ask_to_answer(struct asking *a)
{
	char path[PATH_MAX_BYTES];

	(void)snprintf(a->id, sizeof a->id, "%s", a->call->ring.seen);
	if (strcmp(a->verb, "/reject") == 0)
		unring(a->call);
	call_path(a->call, a->verb, path);
	api_post(a->call->client, path, json_incref(a->body), on_answered, a);
}

/* ---- the public functions ---- */

static void on_ready(void *arg, const confab_error *error)
{
	struct asking *a = arg;

	if (error)
		asking_end(a, error);
	else if (a->verb[0])
		ask_to_answer(a);
	else
		ask_to_ring(a);
}

static void begin(struct asking *a)
{
	confab_error error;

	if (!a->call->client->user_id[0]) {
		(void)error_token_not_set(&error);
		asking_end(a, &error);
		return;
	}
	if (a->bad) {
		(void)error_set(&error, CONFAB_ERR_BAD_INPUT, 400, true,
				"A reason is 1 to 32 of a-z _ -, for example \"decline\".");
		asking_end(a, &error);
		return;
	}
	a->leaves = a->call->leaves;
	client_ready(a->call->client, on_ready, a);
}

static struct asking *asking_new(confab_call *call, const char *verb, json_t *body)
{
	struct asking *a = calloc(1, sizeof *a);

	if (!a || !body ||
	    json_object_set_new(body, "device_id", json_string(call->client->device_id)) < 0) {
		json_decref(body);
		free(a);
		return NULL;
	}
	a->call = call;
	a->body = body;
	(void)snprintf(a->verb, sizeof a->verb, "%s", verb);
	return a;
}

/* A conversation's call has no list of members. */
static json_t *ring_body(const confab_call *call, const confab_ring_options *o)
{
	static const confab_ring_options none;
	const confab_ring_options *options = o ? o : &none;
	json_t *body = json_pack("{s:b, s:b}", "ring", 1, "video", options->video != 0);

	if (!options->member_ids)
		return body;
	json_t *ids = json_array(), *members = json_array();
	for (size_t i = 0; i < options->member_count; i++) {
		(void)json_array_append_new(ids, json_string(options->member_ids[i]));
		(void)json_array_append_new(members,
					    json_pack("{s:s}", "user_id", options->member_ids[i]));
	}
	(void)json_object_set_new(body, "member_ids", ids);
	if (strncmp(call->id, "chat-", 5) != 0)
		(void)json_object_set_new(body, "data", json_pack("{s:o}", "members", members));
	else
		json_decref(members);
	return body;
}

static struct asking *ring_of(confab_call *call, const confab_ring_options *options)
{
	struct asking *a = asking_new(call, "", ring_body(call, options));

	if (a && options)
		a->reconnect_seconds = options->reconnect_seconds;
	return a;
}

static struct asking *reject_of(confab_call *call, const char *reason)
{
	const char *given = reason ? reason : "decline";
	size_t n = strspn(given, "abcdefghijklmnopqrstuvwxyz_-");
	bool bad = n == 0 || n > REASON_MAX || given[n];
	struct asking *a = asking_new(call, "/reject",
				      json_pack("{s:s}", "reason", bad ? "decline" : given));

	if (a)
		a->bad = bad;
	return a;
}

static void start(void *arg, confab_done_fn *done, void *done_arg)
{
	struct asking *a = arg;

	a->done = done;
	a->arg = done_arg;
	begin(a);
}

static int wait_for(struct asking *a, confab_call *call, confab_error *ret_error)
{
	int r = a ? client_wait(call->client, start, a, ret_error) : error_no_memory(ret_error);

	if (a && r == CONFAB_ERR_WOULD_WAIT) {
		json_decref(a->body);
		free(a);
	}
	return r;
}

static void on_task(void *arg)
{
	begin(arg);
}

static void post(struct asking *a, confab_call *call, confab_done_fn *done, void *arg)
{
	confab_error error;

	if (a) {
		a->done = done ? done : done_ignored;
		a->arg = arg;
		if (client_post(call->client, on_task, a))
			return;
		json_decref(a->body);
		free(a);
	}
	(void)error_no_memory(&error);
	if (done)
		done(arg, &error);
}

int confab_call_ring(confab_call *call, const confab_ring_options *options, confab_error *ret_error)
{
	return wait_for(ring_of(call, options), call, ret_error);
}

void confab_call_ring_async(confab_call *call, const confab_ring_options *options,
			    confab_done_fn *done, void *arg)
{
	post(ring_of(call, options), call, done, arg);
}

int confab_call_accept(confab_call *call, confab_error *ret_error)
{
	return wait_for(asking_new(call, "/accept", json_object()), call, ret_error);
}

void confab_call_accept_async(confab_call *call, confab_done_fn *done, void *arg)
{
	post(asking_new(call, "/accept", json_object()), call, done, arg);
}

int confab_call_reject(confab_call *call, const char *reason, confab_error *ret_error)
{
	return wait_for(reject_of(call, reason), call, ret_error);
}

void confab_call_reject_async(confab_call *call, const char *reason, confab_done_fn *done,
			      void *arg)
{
	post(reject_of(call, reason), call, done, arg);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we say of ourselves in a call: name, metadata, attributes. The server says whether it took a change, by
 * the number of the request (livekit-protocol 3.8); what was asked while signalling was lost is asked again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "client/session.h"

enum {
	ANSWER_US = 5 * 1000 * 1000, /* as LiveKit's SDKs wait */
	WAITING_MAX = 100,
	ATTRIBUTES_MAX = 1000, /* of one change; servers take fewer */
};

struct describe {
	struct list in_call;
	struct confab_call *call;
	Lk__UpdateParticipantMetadata *message; /* owned; NULL: `problem` or no memory */
	const char *problem;
	uint64_t answer_by;
	confab_done_fn *done;
	void *arg;
};

/* ---- the end of a change ---- */

static void describe_free(struct describe *d)
{
	if (d->message)
		lk__update_participant_metadata__free_unpacked(d->message, NULL);
	free(d);
}

static void end(struct describe *d, const confab_error *error)
{
	list_remove(&d->in_call);
	d->done(d->arg, error);
	describe_free(d);
}

void describe_end_all(struct confab_call *call, const confab_error *error)
{
	struct describe *d;

	list_each (d, &call->describing, in_call)
		end(d, error);
}

void describe_tick(struct session *s, uint64_t now)
{
	struct describe *d;
	confab_error error;

	(void)error_set(&error, CONFAB_ERR_NETWORK, 0, false,
			"The server did not answer the change of name, metadata or attributes.");
	list_each (d, &s->call->describing, in_call) {
		if (now >= d->answer_by && !s->resume_by)
			end(d, &error);
	}
}

/* In Confab's own calls nobody can take another's name, so that tokens never say canUpdateOwnMetadata. */
static int error_of(confab_error *ret, const struct confab_call *call, const Lk__RequestResponse *r)
{
	switch (r->reason) {
	case LK__REQUEST_REASON__NOT_ALLOWED:
		return error_set(
			ret, CONFAB_ERR_NOT_ALLOWED, 0, true, "%s",
			call->url ? "The access token does not allow you to change your own "
				    "name, metadata and attributes: have it made with "
				    "canUpdateOwnMetadata."
				  : "In Confab's own calls everybody has the name of their "
				    "account, and no token has canUpdateOwnMetadata. Tell the "
				    "others with confab_call_send_data, or have your own server "
				    "set it (UpdateParticipant).");
	case LK__REQUEST_REASON__LIMIT_EXCEEDED:
	case LK__REQUEST_REASON__INVALID_REQUEST:
	case LK__REQUEST_REASON__INVALID_NAME:
		return error_set(ret, CONFAB_ERR_BAD_INPUT, 0, true,
				 "The server does not take this name, metadata or attributes: %s",
				 r->message ? r->message : "too large");
	default:
		return error_set(ret, CONFAB_ERR_INTERNAL, 0, false,
				 "The server refused the change (reason %d): %s", (int)r->reason,
				 or_empty(r->message));
	}
}

void describe_take(struct session *s, const Lk__RequestResponse *r)
{
	struct describe *d;
	confab_error error;

	if (r->reason == LK__REQUEST_REASON__QUEUED)
		return; /* the outcome follows */
	list_each (d, &s->call->describing, in_call) {
		if (d->message->request_id != r->request_id)
			continue;
		if (r->reason)
			(void)error_of(&error, s->call, r);
		end(d, r->reason ? &error : NULL);
		return;
	}
}

/* ---- out ---- */

static void send_change(struct session *s, struct describe *d)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;

	d->answer_by = clock_now_us() + ANSWER_US;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_UPDATE_METADATA;
	request.update_metadata = d->message;
	(void)signal_send(s, &request); /* else a resume does it: describe_again */
}

void describe_again(struct session *s)
{
	struct describe *d;

	list_each (d, &s->call->describing, in_call)
		send_change(s, d);
}

static int check(const struct describe *d, confab_error *ret)
{
	size_t waiting = 0;
	const struct describe *other;
	int r = call_check_joined(d->call, ret);

	if (r)
		return r;
	if (d->problem)
		return error_set(ret, CONFAB_ERR_BAD_INPUT, 0, true, "%s", d->problem);
	if (!d->call->session)
		return error_set(ret, CONFAB_ERR_NOT_JOINED, 0, false,
				 "The call is not up at the moment.");
	list_each (other, &d->call->describing, in_call)
		waiting++;
	return d->message && waiting < WAITING_MAX ? CONFAB_OK : error_no_memory(ret);
}

/* Takes d. */
static void begin(struct describe *d)
{
	confab_error error;

	list_init(&d->in_call);
	if (check(d, &error)) {
		end(d, &error);
		return;
	}
	d->message->has_request_id = 1;
	d->message->request_id = ++d->call->session->requests;
	list_append(&d->call->describing, &d->in_call);
	send_change(d->call->session, d);
}

/* ---- the public functions ---- */

/* protobuf-c does not change what it packs */
static char *text(const char *t)
{
	return (char *)(uintptr_t)t;
}

static bool is_utf8(const char *t)
{
	return !t || utf8_is_valid(t, strlen(t));
}

static const char *problem_of(const confab_description *o)
{
	static const char not_utf8[] = "Name, metadata and attributes are UTF-8.";

	if (!(o->name && o->name[0]) && !(o->metadata && o->metadata[0]) && !o->attribute_count)
		return "The description has nothing to change: name, metadata and attributes are "
		       "empty.";
	if (o->attribute_count > ATTRIBUTES_MAX)
		return "description.attribute_count is 1000 at most.";
	for (size_t i = 0; i < o->attribute_count; i++) {
		if (!o->attributes[i].name || !o->attributes[i].name[0])
			return "An attribute of the description has no name.";
		if (!is_utf8(o->attributes[i].name) || !is_utf8(o->attributes[i].value))
			return not_utf8;
	}
	return is_utf8(o->name) && is_utf8(o->metadata) ? NULL : not_utf8;
}

/* A copy of its own; NULL: no memory. */
static Lk__UpdateParticipantMetadata *message_of(const confab_description *o)
{
	Lk__UpdateParticipantMetadata m = LK__UPDATE_PARTICIPANT_METADATA__INIT;
	autofree Lk__StringEntry *entries = calloc(o->attribute_count + 1, sizeof *entries);
	autofree Lk__StringEntry **list = calloc(o->attribute_count + 1, sizeof *list);

	if (!entries || !list)
		return NULL;
	m.name = text(o->name);
	m.metadata = text(o->metadata);
	for (size_t i = 0; i < o->attribute_count; i++) {
		lk__string_entry__init(&entries[i]);
		entries[i].key = text(o->attributes[i].name);
		entries[i].value = text(or_empty(o->attributes[i].value));
		list[i] = &entries[i];
	}
	m.attributes = list;
	m.n_attributes = o->attribute_count;
	size_t n = lk__update_participant_metadata__get_packed_size(&m);
	autofree uint8_t *bytes = malloc(n + 1);
	if (!bytes)
		return NULL;
	(void)lk__update_participant_metadata__pack(&m, bytes);
	return lk__update_participant_metadata__unpack(NULL, n, bytes);
}

static struct describe *describe_new(confab_call *call, const confab_description *o,
				     confab_done_fn *done, void *arg)
{
	struct describe *d = calloc(1, sizeof *d);

	if (!d)
		return NULL;
	*d = (struct describe){ .call = call,
				.problem = problem_of(o),
				.done = done ? done : done_ignored,
				.arg = arg };
	if (!d->problem)
		d->message = message_of(o);
	return d;
}

static void start(void *arg, confab_done_fn *done, void *done_arg)
{
	struct describe **slot = arg, *d = *slot;

	*slot = NULL;
	d->done = done;
	d->arg = done_arg;
	begin(d);
}

int confab_call_describe(confab_call *call, const confab_description *description,
			 confab_error *ret_error)
{
	struct describe *d = describe_new(call, description, NULL, NULL);

	if (!d)
		return error_no_memory(ret_error);
	int r = client_wait(call->client, start, &d, ret_error);
	if (d) /* it was not begun */
		describe_free(d);
	return r;
}

static void on_task(void *arg)
{
	begin(arg);
}

void confab_call_describe_async(confab_call *call, const confab_description *description,
				confab_done_fn *done, void *arg)
{
	struct describe *d = describe_new(call, description, done, arg);
	confab_error error;

	(void)error_no_memory(&error);
	if (d && client_post(call->client, on_task, d))
		return;
	if (d)
		describe_free(d);
	if (done)
		done(arg, &error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Remote procedure calls that we make (LiveKit's RPC, version 1): a request to one participant, their
 * confirmation within 7 s, the answer within the time that was given. The other direction: rpc_serve.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "client/session.h"

enum {
	ACK_MS = 7000, /* there and back, with what the network may need to repair */
	LEAST_MS = ACK_MS + 1000,
	ANSWER_MS = 15000,
	VERSION = 1,
	WAITING_MAX = 1000, /* requests under way, in one call */
};

struct pending {
	struct list in_call;
	char id[36];
	char *identity; /* owned */
	bool confirmed;
	uint64_t confirm_by, answer_by;
	confab_rpc_done_fn *done;
	void *arg;
};

/* ---- the end of a request ---- */

static const char *text_of(int code)
{
	switch (code) {
	case CONFAB_ERR_RPC_RECIPIENT_NOT_FOUND:
		return "Recipient not found";
	case CONFAB_ERR_RPC_REQUEST_TOO_LARGE:
		return "Request payload too large";
	case CONFAB_ERR_RPC_UNSUPPORTED_SERVER:
		return "RPC not supported by server";
	case CONFAB_ERR_RPC_CONNECTION_TIMEOUT:
		return "Connection timeout";
	case CONFAB_ERR_RPC_RESPONSE_TIMEOUT:
		return "Response timeout";
	case CONFAB_ERR_RPC_RECIPIENT_DISCONNECTED:
		return "Recipient disconnected";
	default:
		return "Failed to send";
	}
}

/* The texts are those of LiveKit's SDKs. */
static int set(confab_error *ret, int code)
{
	return error_set(ret, code, 0, false, "%s", text_of(code));
}

static void end(struct pending *p, const confab_error *error, const char *text)
{
	list_remove(&p->in_call);
	p->done(p->arg, error, text);
	free(p->identity);
	free(p);
}

static void fail(struct pending *p, int code)
{
	confab_error error;

	(void)set(&error, code);
	end(p, &error, NULL);
}

void rpc_tick(struct confab_call *call, uint64_t now)
{
	struct pending *p;

	list_each (p, &call->rpc_pending, in_call) {
		if (now >= p->answer_by)
			fail(p, CONFAB_ERR_RPC_RESPONSE_TIMEOUT);
		else if (!p->confirmed && now >= p->confirm_by)
			fail(p, CONFAB_ERR_RPC_CONNECTION_TIMEOUT);
	}
}

void rpc_gone(struct confab_call *call, const char *identity)
{
	struct pending *p;

	list_each (p, &call->rpc_pending, in_call) {
		if (strcmp(p->identity, identity) == 0)
			fail(p, CONFAB_ERR_RPC_RECIPIENT_DISCONNECTED);
	}
}

void rpc_end_all(struct confab_call *call, const confab_error *error)
{
	struct pending *p;

	list_each (p, &call->rpc_pending, in_call)
		end(p, error, NULL);
}

/* ---- in ---- */

/* Only who was asked can answer: the server says who sent it. */
static struct pending *find(struct confab_call *call, const Lk__DataPacket *packet, const char *id)
{
	struct pending *p;

	list_each (p, &call->rpc_pending, in_call) {
		if (strcmp(p->id, or_empty(id)) == 0 &&
		    strcmp(p->identity, or_empty(packet->participant_identity)) == 0)
			return p;
	}
	return NULL;
}

void rpc_take_ack(struct session *s, const Lk__DataPacket *packet)
{
	struct pending *p = find(s->call, packet, packet->rpc_ack->request_id);

	if (p)
		p->confirmed = true;
}

void rpc_take_response(struct session *s, const Lk__DataPacket *packet)
{
	const Lk__RpcResponse *r = packet->rpc_response;
	struct pending *p = find(s->call, packet, r->request_id);
	confab_error error;

	if (!p)
		return; /* it came too late */
	if (r->value_case != LK__RPC_RESPONSE__VALUE_ERROR) {
		end(p, NULL,
		    r->value_case == LK__RPC_RESPONSE__VALUE_PAYLOAD ? or_empty(r->payload) : "");
		return;
	}
	int code = r->error->code && r->error->code <= INT32_MAX ? (int)r->error->code
								 : CONFAB_ERR_RPC_APPLICATION;
	(void)error_set(&error, code, 0, false, "%s", or_empty(r->error->message));
	error.message[utf8_prefix(error.message, strlen(error.message))] = '\0'; /* it was cut */
	end(p, &error, r->error->data);
}

/* ---- out ---- */

struct perform {
	confab_call *call;
	confab_rpc rpc;
	confab_rpc_done_fn *done;
	void *arg;
};

static int check(const struct perform *k, confab_error *ret)
{
	const confab_rpc *rpc = &k->rpc;
	size_t method = rpc->method ? strlen(rpc->method) : 0;
	int r = call_check_joined(k->call, ret);

	if (r)
		return r;
	if (method == 0 || method > CONFAB_RPC_METHOD_MAX)
		return error_set(ret, CONFAB_ERR_BAD_INPUT, 0, true,
				 "rpc.method is 1 to %d bytes long, this one %zu.",
				 CONFAB_RPC_METHOD_MAX, method);
	if (rpc->payload && strlen(rpc->payload) > CONFAB_RPC_PAYLOAD_MAX)
		return set(ret, CONFAB_ERR_RPC_REQUEST_TOO_LARGE);
	if (!k->call->session)
		return error_set(ret, CONFAB_ERR_NOT_JOINED, 0, false,
				 "The call is not up at the moment.");
	if (k->call->session->no_rpc)
		return set(ret, CONFAB_ERR_RPC_UNSUPPORTED_SERVER);
	if (!rpc->identity || !roster_by_identity(k->call->session, rpc->identity))
		return set(ret, CONFAB_ERR_RPC_RECIPIENT_NOT_FOUND);
	return CONFAB_OK;
}

static int send_request(const struct perform *k, const char *id, uint32_t timeout_ms)
{
	Lk__DataPacket packet = LK__DATA_PACKET__INIT;
	Lk__RpcRequest request = LK__RPC_REQUEST__INIT;
	char *to = (char *)(uintptr_t)k->rpc.identity; /* packing changes none of them */

	request.id = (char *)(uintptr_t)id;
	request.method = (char *)(uintptr_t)k->rpc.method;
	request.payload = (char *)(uintptr_t)or_empty(k->rpc.payload);
	request.has_response_timeout_ms = request.has_version = 1;
	/* others take a shorter time than the confirmation needs for a mistake */
	request.response_timeout_ms = timeout_ms < LEAST_MS ? LEAST_MS : timeout_ms;
	request.version = VERSION;
	packet.has_kind = 1;
	packet.destination_identities = &to;
	packet.n_destination_identities = 1;
	packet.rpc_request = &request;
	return data_queue(k->call->session, &packet, true);
}

static void perform(const struct perform *k)
{
	uint32_t timeout_ms = k->rpc.timeout_ms ? k->rpc.timeout_ms : ANSWER_MS;
	uint64_t now = clock_now_us();
	struct pending *p;
	confab_error error;
	size_t waiting = 0;

	if (check(k, &error)) {
		k->done(k->arg, &error, NULL);
		return;
	}
	list_each (p, &k->call->rpc_pending, in_call)
		waiting++;
	p = waiting < WAITING_MAX ? calloc(1, sizeof *p) : NULL;
	char *identity = strdup(k->rpc.identity);
	if (!p || !identity) {
		free(p);
		free(identity);
		(void)error_no_memory(&error);
		k->done(k->arg, &error, NULL);
		return;
	}
	*p = (struct pending){ .identity = identity,
			       .confirm_by = now + ACK_MS * US_PER_MS,
			       .answer_by = now + (uint64_t)timeout_ms * US_PER_MS,
			       .done = k->done,
			       .arg = k->arg };
	rng_name(rng_os(), "rpc-", p->id, sizeof p->id);
	list_append(&k->call->rpc_pending, &p->in_call);
	if (send_request(k, p->id, timeout_ms))
		fail(p, CONFAB_ERR_RPC_SEND_FAILED);
}

/* ---- the public functions ---- */

struct waiter {
	struct perform perform;
	confab_done_fn *done;
	void *arg;
	char *text;
};

static void on_performed(void *arg, const confab_error *error, const char *text)
{
	struct waiter *w = arg;

	w->text = text ? strdup(text) : NULL;
	w->done(w->arg, error);
}

static void start(void *arg, confab_done_fn *done, void *done_arg)
{
	struct waiter *w = arg;

	w->done = done;
	w->arg = done_arg;
	perform(&w->perform);
}

int confab_call_perform_rpc(confab_call *call, const confab_rpc *rpc, char **ret,
			    confab_error *ret_error)
{
	struct waiter w = { .perform = { call, *rpc, on_performed, &w } };
	int r = client_wait(call->client, start, &w, ret_error);

	if (ret)
		*ret = w.text;
	else
		free(w.text);
	return r;
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static void perform_free(struct perform *k)
{
	free((char *)(uintptr_t)k->rpc.identity);
	free((char *)(uintptr_t)k->rpc.method);
	free((char *)(uintptr_t)k->rpc.payload);
	free(k);
}

static void on_task(void *arg)
{
	perform(arg);
	perform_free(arg);
}

void confab_call_perform_rpc_async(confab_call *call, const confab_rpc *rpc,
				   confab_rpc_done_fn *done, void *arg)
{
	struct perform *k = malloc(sizeof *k);
	confab_error error;

	(void)error_no_memory(&error);
	if (k)
		*k = (struct perform){ .call = call,
				       .rpc = { copy(rpc->identity), copy(rpc->method),
						copy(rpc->payload), rpc->timeout_ms },
				       .done = done,
				       .arg = arg };
	if (k && client_post(call->client, on_task, k))
		return;
	if (k)
		perform_free(k);
	done(arg, &error, NULL);
}

void confab_text_free(char *text)
{
	free(text);
}

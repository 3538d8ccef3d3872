/* SPDX-License-Identifier: Apache-2.0 */
/* Remote procedure calls that others make (LiveKit's RPC, version 1): a request is confirmed at once, and
 * answered by the program's handler when it likes. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "client/session.h"

enum {
	VERSION = 1,
	OPEN_MAX = 256, /* requests that the program has not answered, in one call */
	MESSAGE_MAX = 256,
};

struct method {
	struct list in_call;
	char name[CONFAB_RPC_METHOD_MAX + 1];
	confab_rpc_handler_fn *handler;
	void *arg;
};

/* What is sent as an answer; texts NULL: none. */
struct answer {
	unsigned code; /* 0: no error */
	const char *text, *data;
};

struct confab_rpc_request {
	struct confab_call *call;
	char *identity, *id;
	unsigned code;
	char *text, *data; /* the answer */
};

/* ---- out ---- */

static char *text(const char *t)
{
	return (char *)(uintptr_t)t; /* protobuf-c does not change what it packs */
}

static void send_to(struct session *s, const char *identity, Lk__DataPacket *packet)
{
	char *to = text(identity);

	packet->has_kind = 1;
	packet->destination_identities = &to;
	packet->n_destination_identities = 1;
	if (data_queue(s, packet, true))
		client_log(s->client, CONFAB_LOG_WARN, "An RPC packet was dropped: too many wait.");
}

static void confirm(struct session *s, const char *identity, const char *id)
{
	Lk__DataPacket packet = LK__DATA_PACKET__INIT;
	Lk__RpcAck ack = LK__RPC_ACK__INIT;

	ack.request_id = text(id);
	packet.rpc_ack = &ack;
	send_to(s, identity, &packet);
}

static void respond(struct session *s, const char *identity, const char *id, const struct answer *a)
{
	Lk__DataPacket packet = LK__DATA_PACKET__INIT;
	Lk__RpcResponse response = LK__RPC_RESPONSE__INIT;
	Lk__RpcError error = LK__RPC_ERROR__INIT;

	response.request_id = text(id);
	if (a->code) {
		error.has_code = 1;
		error.code = a->code;
		error.message = text(or_empty(a->text));
		error.data = text(or_empty(a->data));
		response.value_case = LK__RPC_RESPONSE__VALUE_ERROR;
		response.error = &error;
	} else {
		response.value_case = LK__RPC_RESPONSE__VALUE_PAYLOAD;
		response.payload = text(or_empty(a->text));
	}
	packet.rpc_response = &response;
	send_to(s, identity, &packet);
}

/* ---- in ---- */

static struct method *find(struct confab_call *call, const char *name)
{
	struct method *m;

	list_each (m, &call->rpc_methods, in_call) {
		if (strcmp(m->name, name) == 0)
			return m;
	}
	return NULL;
}

static void request_free(struct confab_rpc_request *r)
{
	free(r->identity);
	free(r->id);
	free(r->text);
	free(r->data);
	free(r);
}

static struct confab_rpc_request *request_new(struct confab_call *call, const char *identity,
					      const char *id)
{
	struct confab_rpc_request *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->call = call;
	r->identity = strdup(identity);
	r->id = strdup(id);
	if (r->identity && r->id)
		return r;
	request_free(r);
	return NULL;
}

/* Why it is not for a handler; code 0: it is. */
static struct answer refusal(const struct confab_call *call, const Lk__RpcRequest *request,
			     const struct method *m)
{
	if (request->version != VERSION)
		return (struct answer){ CONFAB_ERR_RPC_UNSUPPORTED_VERSION,
					"Unsupported RPC version", NULL };
	if (!m)
		return (struct answer){ CONFAB_ERR_RPC_UNSUPPORTED_METHOD,
					"Method not supported at destination", NULL };
	if (call->rpc_open >= OPEN_MAX)
		return (struct answer){ CONFAB_ERR_RPC_APPLICATION,
					"Too many requests are waiting for an answer", NULL };
	return (struct answer){ 0 };
}

void rpc_take_request(struct session *s, const Lk__DataPacket *packet)
{
	const Lk__RpcRequest *request = packet->rpc_request;
	const char *identity = or_empty(packet->participant_identity), *id = or_empty(request->id);
	struct method *m = find(s->call, or_empty(request->method));
	const struct answer no = refusal(s->call, request, m);
	struct confab_rpc_request *r;

	if (!identity[0] || !id[0])
		return; /* there is nobody to answer */
	confirm(s, identity, id);
	if (no.code) {
		respond(s, identity, id, &no);
		return;
	}
	r = request_new(s->call, identity, id);
	if (!r)
		return; /* it ends by its timeout */
	s->call->rpc_open++;
	m->handler(m->arg,
		   &(confab_rpc_invocation){ .identity = identity,
					     .method = or_empty(request->method),
					     .payload = or_empty(request->payload),
					     .id = id,
					     .timeout_ms = request->response_timeout_ms },
		   r);
}

/* ---- the public functions ---- */

static void drop(struct method *m)
{
	list_remove(&m->in_call);
	free(m);
}

void rpc_methods_free(struct confab_call *call)
{
	struct method *m;

	list_each (m, &call->rpc_methods, in_call)
		drop(m);
}

struct registering {
	confab_call *call;
	const char *method;
	confab_rpc_handler_fn *handler;
	void *arg;
};

static int do_register(void *arg)
{
	const struct registering *k = arg;
	struct method *m = find(k->call, k->method);

	if (!k->handler) {
		if (m)
			drop(m);
		return CONFAB_OK;
	}
	if (!m) {
		m = calloc(1, sizeof *m);
		if (!m)
			return CONFAB_ERR_NO_MEMORY;
		memcpy(m->name, k->method, strlen(k->method) + 1);
		list_append(&k->call->rpc_methods, &m->in_call);
	}
	m->handler = k->handler;
	m->arg = k->arg;
	return CONFAB_OK;
}

int confab_call_register_rpc(confab_call *call, const char *method, confab_rpc_handler_fn *handler,
			     void *arg)
{
	struct registering k = { call, method, handler, arg };
	size_t n = method ? strlen(method) : 0;

	if (n == 0 || n > CONFAB_RPC_METHOD_MAX)
		return CONFAB_ERR_BAD_INPUT;
	return client_ask(call->client, do_register, &k);
}

static void on_answer(void *arg)
{
	struct confab_rpc_request *r = arg;
	struct answer a = { r->code, r->text, r->data };

	if (!a.code && r->text && strlen(r->text) > CONFAB_RPC_PAYLOAD_MAX)
		a = (struct answer){ CONFAB_ERR_RPC_RESPONSE_TOO_LARGE,
				     "Response payload too large", NULL };
	r->call->rpc_open--;
	if (r->call->session)
		respond(r->call->session, r->identity, r->id, &a);
	request_free(r);
}

static void answer(confab_rpc_request *request)
{
	if (!client_post(request->call->client, on_answer, request))
		abort(); /* 32 bytes: the process is past saving, and somebody waits for this */
}

void confab_rpc_reply(confab_rpc_request *request, const char *payload)
{
	request->text = strdup(or_empty(payload));
	if (!request->text)
		request->code = CONFAB_ERR_RPC_APPLICATION;
	answer(request);
}

/* At most so many bytes, and whole characters. */
static char *cut(const char *t, size_t most)
{
	return strndup(t, utf8_prefix(t, strnlen(t, most)));
}

void confab_rpc_fail(confab_rpc_request *request, unsigned code, const char *message,
		     const char *data)
{
	request->code = code ? code : CONFAB_ERR_RPC_APPLICATION;
	request->text = cut(or_empty(message), MESSAGE_MAX);
	request->data = data ? cut(data, CONFAB_RPC_PAYLOAD_MAX) : NULL;
	answer(request);
}

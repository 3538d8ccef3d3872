/* SPDX-License-Identifier: Apache-2.0 */
/* Handles on calls: local, and kept as long as the client. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/internal.h"

static bool is_name(const char *text, const char *also, size_t most)
{
	size_t n = 0;

	for (; text[n]; n++) {
		char c = text[n];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      strchr(also, c)))
			return false;
	}
	return n > 0 && n <= most;
}

struct confab_call *call_find(struct confab_client *c, const char *cid)
{
	struct confab_call *call;

	list_each (call, &c->calls, in_client) {
		if (strcmp(call->cid, cid) == 0)
			return call;
	}
	return NULL;
}

struct confab_call *call_open(struct confab_client *c, const char *cid)
{
	struct confab_call *call = call_find(c, cid);
	const char *colon = strchr(cid, ':');

	if (call || !colon || (size_t)(colon - cid) >= sizeof call->type ||
	    strlen(colon + 1) >= sizeof call->id)
		return call;
	call = calloc(1, sizeof *call);
	if (!call)
		return NULL;
	call->client = c;
	call->state = CONFAB_CALL_IDLE;
	(void)snprintf(call->type, sizeof call->type, "%.*s", (int)(colon - cid), cid);
	(void)snprintf(call->id, sizeof call->id, "%s", colon + 1);
	(void)snprintf(call->cid, sizeof call->cid, "%s", cid);
	list_init(&call->joins);
	list_init(&call->tracks);
	list_init(&call->wishes);
	list_init(&call->rpc_methods);
	list_init(&call->rpc_pending);
	list_init(&call->describing);
	list_init(&call->incoming);
	list_init(&call->outgoing);
	(void)uv_timer_init(&c->loop, &call->timer);
	call->timer.data = call;
	list_append(&c->calls, &call->in_client);
	return call;
}

struct find {
	struct confab_client *client;
	char cid[CLIENT_CID_SIZE];
	struct confab_call *found;
};

static void do_find(void *arg, confab_done_fn *done, void *done_arg)
{
	struct find *f = arg;

	f->found = call_open(f->client, f->cid);
	done(done_arg, NULL);
}

confab_call *confab_client_call(confab_client *client, const char *type, const char *id,
				confab_error *ret_error)
{
	struct find f = { .client = client };

	if (!type || !is_name(type, "_-", LIMIT_CALL_ID)) {
		(void)error_set(ret_error, CONFAB_ERR_BAD_INPUT, 400, true,
				"A call type is 1 to 64 of the characters A-Z a-z 0-9 _ -");
		return NULL;
	}
	/* a conversation's call has the conversation's id in its own */
	size_t most = id && strncmp(id, "chat-", 5) == 0 ? LIMIT_CHAT_CALL_ID : LIMIT_CALL_ID;
	if (!id || !is_name(id, "_@.-", most)) {
		(void)error_set(ret_error, CONFAB_ERR_BAD_INPUT, 400, true,
				"A call id is 1 to 64 of the characters A-Z a-z 0-9 _ - @ .");
		return NULL;
	}
	(void)snprintf(f.cid, sizeof f.cid, "%s:%s", type, id);
	if (!client_may_wait(client))
		f.found = call_open(client, f.cid);
	else
		(void)client_wait(client, do_find, &f, ret_error);
	if (!f.found)
		(void)error_no_memory(ret_error);
	return f.found;
}

confab_calling_state confab_call_state(const confab_call *call)
{
	return (confab_calling_state)call->state;
}

const char *confab_call_cid(const confab_call *call)
{
	return call->cid;
}

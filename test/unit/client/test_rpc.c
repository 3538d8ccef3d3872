/* SPDX-License-Identifier: Apache-2.0 */
/* Remote procedure calls, both directions, in virtual time (test/lib/client_edges.h): what leaves is looked at
 * as packets, what comes is handed in as packets. With other SDKs: test/interop/libconfab-rpc.test.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "in_call.h"

struct fixture {
	struct in_call in;
	confab_call *call; /* in it */
	int ended, code;
	char text[64], message[256];
	/* of a request that came in */
	confab_rpc_request *request;
	char caller[32], payload[64];
	unsigned timeout_ms, asked;
};

static void on_ended(void *arg, const confab_error *error, const char *text)
{
	struct fixture *f = arg;

	f->ended++;
	f->code = error ? error->code : 0;
	(void)snprintf(f->message, sizeof f->message, "%s", error ? error->message : "");
	(void)snprintf(f->text, sizeof f->text, "%.40s", text ? text : "-");
}

static int set_up(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof f);
	in_call_init(&f.in);
	in_call_join(&f.in, &in_call_options, NULL);
	f.call = f.in.call;
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	in_call_fini(&f->in);
	return 0;
}

/* Asks ann; the packet that left. */
static Lk__DataPacket *ask(struct fixture *f, const confab_rpc *rpc)
{
	confab_call_perform_rpc_async(f->call, rpc, on_ended, f);
	edges_run(f->in.client);
	return edges_last_packet(f->call->session);
}

static void take(struct fixture *f, Lk__DataPacket *p, const char *from)
{
	in_call_take(&f->in, p, from);
	edges_run(f->in.client);
}

static void take_ack(struct fixture *f, const char *id, const char *from)
{
	Lk__DataPacket p = LK__DATA_PACKET__INIT;
	Lk__RpcAck ack = LK__RPC_ACK__INIT;

	ack.request_id = text(id);
	p.rpc_ack = &ack;
	take(f, &p, from);
}

static void take_answer(struct fixture *f, const char *id, const char *from, const char *payload)
{
	Lk__DataPacket p = LK__DATA_PACKET__INIT;
	Lk__RpcResponse response = LK__RPC_RESPONSE__INIT;

	response.request_id = text(id);
	response.value_case = LK__RPC_RESPONSE__VALUE_PAYLOAD;
	response.payload = text(payload);
	p.rpc_response = &response;
	take(f, &p, from);
}

static void take_error(struct fixture *f, const char *id, unsigned code, const char *message,
		       const char *data)
{
	Lk__DataPacket p = LK__DATA_PACKET__INIT;
	Lk__RpcResponse response = LK__RPC_RESPONSE__INIT;
	Lk__RpcError error = LK__RPC_ERROR__INIT;

	error.has_code = 1;
	error.code = code;
	error.message = text(message);
	error.data = text(data);
	response.request_id = text(id);
	response.value_case = LK__RPC_RESPONSE__VALUE_ERROR;
	response.error = &error;
	p.rpc_response = &response;
	take(f, &p, "ann");
}

static void free_packet(Lk__DataPacket *p)
{
	lk__data_packet__free_unpacked(p, NULL);
}

/* ---- we ask ---- */

static const confab_rpc question = { .identity = "ann", .method = "greet", .payload = "hello" };

static void a_question_and_its_answer(void **state)
{
	struct fixture *f = *state;
	Lk__DataPacket *p;

	p = ask(f, &question);
	assert_non_null(p->rpc_request);
	assert_string_equal(p->rpc_request->method, "greet");
	assert_string_equal(p->rpc_request->payload, "hello");
	assert_int_equal(p->rpc_request->version, 1);
	assert_int_equal(p->rpc_request->response_timeout_ms, 15000);
	assert_int_equal(p->n_destination_identities, 1);
	assert_string_equal(p->destination_identities[0], "ann");
	take_answer(f, p->rpc_request->id, "bob", "not mine to give");
	take_answer(f, "another", "ann", "of another question");
	assert_int_equal(f->ended, 0);
	take_ack(f, p->rpc_request->id, "ann");
	edges_pass(f->in.client, 14 * US_PER_S);
	take_answer(f, p->rpc_request->id, "ann", "hello yourself");
	assert_int_equal(f->ended, 1);
	assert_int_equal(f->code, 0);
	assert_string_equal(f->text, "hello yourself");
	take_answer(f, p->rpc_request->id, "ann", "again");
	assert_int_equal(f->ended, 1);
	free_packet(p);
}

static void errors_of_others(void **state)
{
	struct fixture *f = *state;
	static char long_text[400];
	Lk__DataPacket *p;

	p = ask(f, &question);
	take_error(f, p->rpc_request->id, 42, "It does not work", "because");
	assert_int_equal(f->code, 42);
	assert_string_equal(f->message, "It does not work");
	assert_string_equal(f->text, "because");
	free_packet(p);
	p = ask(f, &question);
	take_error(f, p->rpc_request->id, 0, NULL, NULL); /* without a code it is still an error */
	assert_int_equal(f->code, CONFAB_ERR_RPC_APPLICATION);
	assert_string_equal(f->text, "-");
	free_packet(p);
	p = ask(f, &question);
	for (size_t i = 0; i + 2 < sizeof long_text; i += 2)
		memcpy(long_text + i, "\xc3\xa4", 2);
	take_error(f, p->rpc_request->id, 43, long_text, NULL);
	assert_int_equal(strlen(f->message), 254); /* whole characters */
	free_packet(p);
	assert_int_equal(f->ended, 3);
}

static void times_out(void **state)
{
	struct fixture *f = *state;
	confab_rpc quick = question, late = question;
	Lk__DataPacket *p;

	free_packet(ask(f, &question)); /* nobody confirms */
	edges_pass(f->in.client, 6900 * US_PER_MS);
	assert_int_equal(f->ended, 0);
	edges_pass(f->in.client, 200 * US_PER_MS);
	assert_int_equal(f->code, CONFAB_ERR_RPC_CONNECTION_TIMEOUT);
	assert_string_equal(f->message, "Connection timeout");

	late.timeout_ms = 20000; /* confirmed, and then nothing */
	p = ask(f, &late);
	assert_int_equal(p->rpc_request->response_timeout_ms, 20000);
	take_ack(f, p->rpc_request->id, "ann");
	edges_pass(f->in.client, 19900 * US_PER_MS);
	assert_int_equal(f->ended, 1);
	edges_pass(f->in.client, 200 * US_PER_MS);
	assert_int_equal(f->ended, 2);
	assert_int_equal(f->code, CONFAB_ERR_RPC_RESPONSE_TIMEOUT);
	free_packet(p);

	quick.timeout_ms = 1000; /* the other side is given what the way may take */
	p = ask(f, &quick);
	assert_int_equal(p->rpc_request->response_timeout_ms, 8000);
	edges_pass(f->in.client, 1100 * US_PER_MS);
	assert_int_equal(f->ended, 3);
	assert_int_equal(f->code, CONFAB_ERR_RPC_RESPONSE_TIMEOUT);
	free_packet(p);
}

static void cannot_be_asked(void **state)
{
	struct fixture *f = *state;
	static char big[CONFAB_RPC_PAYLOAD_MAX + 2];
	confab_rpc rpc = question;
	char *answer = text("untouched");
	confab_error error;

	rpc.identity = "bob";
	assert_int_equal(confab_call_perform_rpc(f->call, &rpc, &answer, &error),
			 CONFAB_ERR_RPC_RECIPIENT_NOT_FOUND);
	assert_null(answer);
	assert_string_equal(error.message, "Recipient not found");
	rpc = question;
	rpc.method = "";
	assert_int_equal(confab_call_perform_rpc(f->call, &rpc, NULL, &error),
			 CONFAB_ERR_BAD_INPUT);
	rpc.method = NULL;
	assert_int_equal(confab_call_perform_rpc(f->call, &rpc, NULL, &error),
			 CONFAB_ERR_BAD_INPUT);
	rpc = question;
	rpc.payload = big;
	memset(big, 'x', sizeof big - 1);
	assert_int_equal(confab_call_perform_rpc(f->call, &rpc, NULL, &error),
			 CONFAB_ERR_RPC_REQUEST_TOO_LARGE);
	big[CONFAB_RPC_PAYLOAD_MAX] = '\0'; /* the most there may be */
	Lk__DataPacket *p = ask(f, &rpc);
	assert_int_equal(strlen(p->rpc_request->payload), CONFAB_RPC_PAYLOAD_MAX);
	free_packet(p);
	assert_int_equal(f->ended, 0);

	assert_int_equal(confab_call_leave(f->call, NULL), CONFAB_OK); /* while it waits */
	assert_int_equal(f->ended, 1);
	assert_int_equal(f->code, CONFAB_ERR_LEFT);
	assert_int_equal(confab_call_perform_rpc(f->call, &question, NULL, &error),
			 CONFAB_ERR_NOT_JOINED);
	in_call_join(&f->in, &in_call_options, "1.7.9");
	assert_int_equal(confab_call_perform_rpc(f->call, &question, NULL, &error),
			 CONFAB_ERR_RPC_UNSUPPORTED_SERVER);
	confab_text_free(NULL);
}

static void who_was_asked_goes(void **state)
{
	struct fixture *f = *state;

	free_packet(ask(f, &question));
	send_gone("PA_ann", LK__DISCONNECT_REASON__CLIENT_INITIATED);
	assert_int_equal(f->ended, 1);
	assert_int_equal(f->code, CONFAB_ERR_RPC_RECIPIENT_DISCONNECTED);
}

/* ---- we are asked ---- */

static void keep(void *arg, const confab_rpc_invocation *i, confab_rpc_request *request)
{
	struct fixture *f = arg;

	f->asked++;
	f->request = request;
	f->timeout_ms = i->timeout_ms;
	(void)snprintf(f->caller, sizeof f->caller, "%s", i->identity);
	(void)snprintf(f->payload, sizeof f->payload, "%s", i->payload);
}

/* A request of ann's; what left last. */
static Lk__DataPacket *be_asked(struct fixture *f, const char *method, uint32_t version)
{
	Lk__DataPacket p = LK__DATA_PACKET__INIT;
	Lk__RpcRequest request = LK__RPC_REQUEST__INIT;

	request.id = text("q1");
	request.method = text(method);
	request.payload = text("how are you?");
	request.has_response_timeout_ms = request.has_version = 1;
	request.response_timeout_ms = 9000;
	request.version = version;
	p.rpc_request = &request;
	take(f, &p, "ann");
	return edges_last_packet(f->call->session);
}

static void is_answer(Lk__DataPacket *p, unsigned code, const char *wanted)
{
	assert_non_null(p->rpc_response);
	assert_string_equal(p->rpc_response->request_id, "q1");
	assert_string_equal(p->destination_identities[0], "ann");
	if (code) {
		assert_int_equal(p->rpc_response->value_case, LK__RPC_RESPONSE__VALUE_ERROR);
		assert_int_equal(p->rpc_response->error->code, code);
		assert_string_equal(p->rpc_response->error->message, wanted);
	} else {
		assert_int_equal(p->rpc_response->value_case, LK__RPC_RESPONSE__VALUE_PAYLOAD);
		assert_string_equal(p->rpc_response->payload, wanted);
	}
	free_packet(p);
}

static void a_question_to_us(void **state)
{
	struct fixture *f = *state;
	static char big[CONFAB_RPC_PAYLOAD_MAX + 2], long_name[CONFAB_RPC_METHOD_MAX + 2];
	Lk__DataPacket *p;

	assert_int_equal(confab_call_register_rpc(f->call, "ask", keep, f), CONFAB_OK);
	p = be_asked(f, "ask", 1);
	assert_non_null(p->rpc_ack); /* at once */
	assert_string_equal(p->rpc_ack->request_id, "q1");
	assert_string_equal(p->destination_identities[0], "ann");
	free_packet(p);
	assert_string_equal(f->caller, "ann");
	assert_string_equal(f->payload, "how are you?");
	assert_int_equal(f->timeout_ms, 9000);
	confab_rpc_reply(f->request, "fine"); /* later */
	edges_run(f->in.client);
	is_answer(edges_last_packet(f->call->session), 0, "fine");

	free_packet(be_asked(f, "ask", 1));
	confab_rpc_reply(f->request, NULL);
	edges_run(f->in.client);
	is_answer(edges_last_packet(f->call->session), 0, "");
	free_packet(be_asked(f, "ask", 1));
	memset(big, 'x', sizeof big - 1);
	confab_rpc_reply(f->request, big);
	edges_run(f->in.client);
	is_answer(edges_last_packet(f->call->session), CONFAB_ERR_RPC_RESPONSE_TOO_LARGE,
		  "Response payload too large");
	free_packet(be_asked(f, "ask", 1));
	confab_rpc_fail(f->request, 77, "not today", "because");
	edges_run(f->in.client);
	p = edges_last_packet(f->call->session);
	assert_string_equal(p->rpc_response->error->data, "because");
	is_answer(p, 77, "not today");

	is_answer(be_asked(f, "other", 1), CONFAB_ERR_RPC_UNSUPPORTED_METHOD,
		  "Method not supported at destination");
	is_answer(be_asked(f, "ask", 2), CONFAB_ERR_RPC_UNSUPPORTED_VERSION,
		  "Unsupported RPC version");
	assert_int_equal(confab_call_register_rpc(f->call, "ask", NULL, NULL), CONFAB_OK);
	is_answer(be_asked(f, "ask", 1), CONFAB_ERR_RPC_UNSUPPORTED_METHOD,
		  "Method not supported at destination");
	assert_int_equal(f->asked, 4);

	memset(long_name, 'm', sizeof long_name - 1);
	assert_int_equal(confab_call_register_rpc(f->call, long_name, keep, f),
			 CONFAB_ERR_BAD_INPUT);
	assert_int_equal(confab_call_register_rpc(f->call, "", keep, f), CONFAB_ERR_BAD_INPUT);
}

/* Only so many wait for the program; those who left are not answered. */
static void too_many_questions(void **state)
{
	struct fixture *f = *state;
	static confab_rpc_request *open[256];
	struct message_out *m;

	assert_int_equal(confab_call_register_rpc(f->call, "ask", keep, f), CONFAB_OK);
	for (size_t i = 0; i < 256; i++) {
		free_packet(be_asked(f, "ask", 1));
		open[i] = f->request;
		list_each (m, &f->call->session->messages, in_session) {
			list_remove(&m->in_session); /* as if it had left */
			blob_unref(m->blob);
			free(m);
		}
		f->call->session->message_count = 0;
	}
	is_answer(be_asked(f, "ask", 1), CONFAB_ERR_RPC_APPLICATION,
		  "Too many requests are waiting for an answer");
	assert_int_equal(f->asked, 256);
	assert_int_equal(confab_call_leave(f->call, NULL), CONFAB_OK);
	for (size_t i = 0; i < 256; i++)
		confab_rpc_reply(open[i], "too late");
	edges_run(f->in.client);
	assert_int_equal(f->call->rpc_open, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_question_and_its_answer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(errors_of_others, set_up, tear_down),
		cmocka_unit_test_setup_teardown(times_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cannot_be_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_was_asked_goes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_question_to_us, set_up, tear_down),
		cmocka_unit_test_setup_teardown(too_many_questions, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

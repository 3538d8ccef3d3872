/* SPDX-License-Identifier: Apache-2.0 */
/* Pings, metadata, requests we do not serve, bad bytes, and the HTTP side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "control/control.h"
#include "control/signal/decode.h"
#include "doubles.h"

static void test_both_pings_are_answered(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__Ping ping = LK__PING__INIT;

	client_skip(ann);
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_PING;
	request.ping = 1234;
	client_send(ann, &request);
	response_scope pong = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_PONG);
	assert_true(pong->pong > 0);
	ping.has_timestamp = true;
	ping.timestamp = 1234;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_PING_REQ;
	request.ping_req = &ping;
	client_send(ann, &request);
	response_scope resp = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_PONG_RESP);
	assert_int_equal(resp->pong_resp->last_ping_timestamp, 1234);
	client_close(ann);
}

static void update_metadata(struct client *c, const char *name, const char *key, const char *value)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__UpdateParticipantMetadata body = LK__UPDATE_PARTICIPANT_METADATA__INIT;
	Lk__StringEntry entry = LK__STRING_ENTRY__INIT;
	Lk__StringEntry *entries[] = { &entry };
	char copies[3][64];

	(void)snprintf(copies[0], sizeof copies[0], "%s", name);
	(void)snprintf(copies[1], sizeof copies[1], "%s", key);
	(void)snprintf(copies[2], sizeof copies[2], "%s", value);
	body.name = copies[0];
	entry.key = copies[1];
	entry.value = copies[2];
	body.attributes = entries;
	body.n_attributes = 1;
	body.has_request_id = true;
	body.request_id = 5;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_UPDATE_METADATA;
	request.update_metadata = &body;
	client_send(c, &request);
}

static void test_metadata_needs_the_grant(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");

	client_skip(ann);
	update_metadata(ann, "New", "a", "1");
	response_scope refused = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE);
	assert_int_equal(refused->request_response->request_id, 5);
	assert_int_equal(refused->request_response->reason, LK__REQUEST_REASON__NOT_ALLOWED);
	client_expect_nothing(ann);
	client_close(ann);
}

static void test_metadata_changes_are_told_to_all(void **state)
{
	struct world *w = *state;
	struct client_info info = { .auto_subscribe = true };
	struct media_token token = world_token("r", "ann:1");
	response_scope own = NULL, other = NULL, cleared = NULL;

	token.can_update_own_metadata = true;
	token.attributes = json_pack("{s:s}", "hand", "down");
	struct client *ann = client_join(w, token, info);
	response_scope first = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_JOIN);
	assert_string_equal(first->join->participant->attributes[0]->value, "down");
	struct client *bob = client_enter(w, "r", "bob:1");
	client_skip(ann);
	client_skip(bob);
	update_metadata(ann, "New", "hand", "up");
	assert_string_equal(expect_update(ann, &own)->name, "New");
	response_scope ok = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE);
	assert_int_equal(ok->request_response->reason, LK__REQUEST_REASON__OK);
	assert_int_equal(ok->request_response->request_id, 5);
	response_scope fresh = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_REFRESH_TOKEN);
	assert_string_equal(fresh->refresh_token, "fresh:ann:1:New");
	Lk__ParticipantInfo *seen = expect_update(bob, &other);
	assert_int_equal(seen->n_attributes, 1);
	assert_string_equal(seen->attributes[0]->value, "up");

	/* an empty value deletes the key, an empty name clears nothing */
	update_metadata(ann, "", "hand", "");
	seen = expect_update(bob, &cleared);
	assert_int_equal(seen->n_attributes, 0);
	assert_string_equal(seen->name, "New");
	client_close(ann);
	client_close(bob);
}

static void test_unsupported_is_said(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	/* store_data_blob_request (22) with a field inside; then simulate (13) */
	static const uint8_t blob[] = { 0xb2, 0x01, 0x02, 0x08, 0x05 };
	static const uint8_t simulate[] = { 0x6a, 0x02, 0x08, 0x01 };
	static const uint8_t unknown[] = { 0xfa, 0x3e, 0x01, 0x00 }; /* field 1007 */

	client_skip(ann);
	client_bytes(ann, blob, sizeof blob, true);
	response_scope refused = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_REQUEST_RESPONSE);
	assert_int_equal(refused->request_response->reason, LK__REQUEST_REASON__UNSUPPORTED_TYPE);
	client_bytes(ann, simulate, sizeof simulate, true);
	client_bytes(ann, unknown, sizeof unknown, true);
	client_bytes(ann, "{}", 2, false); /* JSON form: ignored */
	client_bytes(ann, "", 0, true);
	client_expect_nothing(ann);
	assert_int_equal(ann->conn.close_code, 0);
	client_close(ann);
}

static void expect_closed(struct world *w, const uint8_t *bytes, size_t n, uint16_t code)
{
	struct client *ann = client_enter(w, "r", "ann:1");
	uint64_t before = signal_gauges(w->hub).bad_messages;

	client_skip(ann);
	client_bytes(ann, bytes, n, true);
	assert_int_equal(ann->conn.close_code, code);
	assert_int_equal(signal_gauges(w->hub).bad_messages, before + 1);
	client_close(ann);
}

static void test_bad_bytes_close_the_socket(void **state)
{
	static const uint8_t cut[] = { 0x0a, 0x7f, 0x01 };
	static const uint8_t group[] = { 0x0b };
	/* add_track{cid "\xff"}: would break every other client's decoder */
	static const uint8_t not_utf8[] = { 0x22, 0x03, 0x0a, 0x01, 0xff };
	static const uint8_t surrogate[] = { 0x22, 0x05, 0x12, 0x03, 0xed, 0xa0, 0x80 };

	expect_closed(*state, cut, sizeof cut, 1007);
	expect_closed(*state, group, sizeof group, 1007);
	expect_closed(*state, not_utf8, sizeof not_utf8, 1007);
	expect_closed(*state, surrogate, sizeof surrogate, 1007);
}

static void test_decoder_has_a_budget(void **state)
{
	/* 2 MiB of empty layers inside add_track would become 100 MiB of structs */
	enum { LAYERS = 1000 * 1000 };
	size_t body = 2 * (size_t)LAYERS;
	autofree uint8_t *bytes = malloc(body + 8);
	struct arena arena = arena_of(4 * 1024 * 1024);
	size_t n = 0;

	(void)state;
	assert_non_null(bytes);
	bytes[n++] = 0x22;
	for (size_t left = body; left || n == 1; left >>= 7)
		bytes[n++] = (uint8_t)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
	for (size_t i = 0; i < LAYERS; i++) {
		bytes[n++] = 0x4a;
		bytes[n++] = 0x00;
	}
	assert_null(signal_decode(&arena, bytes, n));
	assert_true(arena.used <= arena.limit);
	arena_fini(&arena);
}

static void test_flood_is_stopped(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	static const uint8_t trickle[] = { 0x1a, 0x00 };

	client_skip(ann);
	for (int i = 0; i < 2000 && !ann->conn.close_code; i++)
		client_bytes(ann, trickle, sizeof trickle, true);
	assert_int_equal(ann->conn.close_code, 1008);
	client_close(ann);
}

/* A client that names n tracks in one message; what it was closed with, 0 = it was not. */
static int close_code_after_naming(struct world *w, size_t n)
{
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	Lk__UpdateTrackSettings body = LK__UPDATE_TRACK_SETTINGS__INIT;
	struct client *ann = client_enter(w, "r", "ann:1");
	autofree char **sids = calloc(n, sizeof *sids);
	char sid[] = "TR_nobody";

	assert_non_null(sids);
	for (size_t i = 0; i < n; i++)
		sids[i] = sid;
	body.track_sids = sids;
	body.n_track_sids = n;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_TRACK_SETTING;
	request.track_setting = &body;
	client_skip(ann);
	client_send(ann, &request);
	int code = ann->conn.close_code;

	client_close(ann);
	return code;
}

/* Each name is looked for among everybody's tracks: a few long messages are as many short ones. */
static void test_long_messages_are_many(void **state)
{
	assert_int_equal(close_code_after_naming(*state, 8000), 0); /* a room of thousands */
	assert_int_equal(close_code_after_naming(*state, 40 * 1000), 1008);
}

/* Nor is it cheaper to send few long descriptions than many short ones. */
static void test_long_descriptions_are_many(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	Lk__SessionDescription description = LK__SESSION_DESCRIPTION__INIT;
	Lk__SignalRequest request = LK__SIGNAL_REQUEST__INIT;
	autofree char *sdp = malloc(LIMIT_SDP + 2);
	char type[] = "offer";
	int sent = 0;

	assert_non_null(sdp);
	memset(sdp, 'a', LIMIT_SDP + 1);
	sdp[LIMIT_SDP + 1] = '\0';
	description.type = type;
	description.sdp = sdp;
	request.message_case = LK__SIGNAL_REQUEST__MESSAGE_OFFER;
	request.offer = &description;
	for (; sent < 2000 && !ann->conn.close_code; sent++) {
		client_skip(ann);
		client_send(ann, &request);
	}
	assert_int_equal(ann->conn.close_code, 1008);
	assert_in_range(sent, 10, 40);
	client_close(ann);
}

static void test_tokens_are_refreshed(void **state)
{
	struct world *w = *state;
	struct client *ann = client_enter(w, "r", "ann:1");
	uint64_t now = clock_now_us() + (SIGNAL_REFRESH_S + 1) * (uint64_t)US_PER_S;

	plane_event(w, ann, EV_CONNECTED, NULL);
	client_skip(ann);
	signal_tick(w->hub, now);
	response_scope fresh = client_expect(ann, LK__SIGNAL_RESPONSE__MESSAGE_REFRESH_TOKEN);
	client_skip(ann);
	signal_tick(w->hub, now + 10 * (uint64_t)US_PER_S);
	client_skip(ann);
	signal_tick(w->hub, now + 20 * (uint64_t)US_PER_S);
	client_expect_nothing(ann);
	client_close(ann);
}

/* ---- HTTP ---- */

static void ask(struct world *w, http_fn *route, struct http_req *req, int status, const char *text)
{
	struct control control = { .signal = w->hub };

	route(req, &control);
	assert_int_equal(req->answers, 1);
	assert_int_equal(req->status, status);
	if (text)
		assert_non_null(strstr(req->body, text));
}

static void test_refusals_before_the_upgrade(void **state)
{
	struct world *w = *state;
	struct http_req none = { .upgrade = true };
	struct http_req expired = { .upgrade = true, .query = { { "access_token", "old" } } };
	struct http_req single = {
		.upgrade = true, .query = { { "access_token", "r/ann" }, { "join_request", "x" } }
	};
	struct http_req plain = { .query = { { "access_token", "r/ann" } } };
	struct http_req valid = { .authorization = "Bearer r/ann" };
	struct http_req expired_too = { .query = { { "access_token", "old" } } };
	struct http_req v1 = { .upgrade = true };

	ask(w, signal_http_rtc, &none, 401, "no access token");
	ask(w, signal_http_rtc, &expired, 401, "expired");
	ask(w, signal_http_rtc, &single, 400, "single peer connection");
	ask(w, signal_http_rtc, &plain, 400, "WebSocket");
	ask(w, signal_http_validate, &valid, 200, "success");
	ask(w, signal_http_validate, &expired_too, 401, "expired");
	ask(w, signal_http_not_served, &v1, 404, "not found");
	assert_null(strstr(v1.body, "requested room does not exist")); /* JS would not fall back */
	signal_stop(w->hub);
	struct http_req late = { .upgrade = true, .query = { { "access_token", "r/ann" } } };
	ask(w, signal_http_rtc, &late, 503, "shutting down");
}

static void test_query_reaches_the_session(void **state)
{
	struct world *w = *state;
	struct http_req req = { .upgrade = true,
				.authorization = "bearer r/ann",
				.query = { { "auto_subscribe", "0" },
					   { "browser", "Firefox" },
					   { "protocol", "17" },
					   { "client_protocol", "2" },
					   { "reconnect", "1" } } };

	ask(w, signal_http_rtc, &req, 101, NULL);
	assert_string_equal(req.session->token.identity, "ann");
	assert_false(req.session->client.auto_subscribe);
	assert_true(req.session->client.firefox);
	assert_true(req.session->client.reconnect);
	assert_int_equal(req.session->client.protocol, 17);
	assert_int_equal(req.session->client.client_protocol, 2);
	session_handler.closed(NULL, req.session); /* never opened: only freed */
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, world_init, world_fini)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_both_pings_are_answered),
		CASE(test_metadata_needs_the_grant),
		CASE(test_metadata_changes_are_told_to_all),
		CASE(test_unsupported_is_said),
		CASE(test_bad_bytes_close_the_socket),
		CASE(test_decoder_has_a_budget),
		CASE(test_flood_is_stopped),
		CASE(test_long_messages_are_many),
		CASE(test_long_descriptions_are_many),
		CASE(test_tokens_are_refreshed),
		CASE(test_refusals_before_the_upgrade),
		CASE(test_query_reaches_the_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What a session makes of a media server's signalling, and tells the program: in virtual time, with the edges cut off.
 * With the real server: test/interop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "in_call.h"

static void who_is_there(void **state)
{
	struct in_call *c = *state;
	const struct seen *s;

	c->at = 0; /* also what the join has told */
	assert_int_equal(seen_next(c, CONFAB_EVENT_CALLING_STATE)->state, CONFAB_CALL_JOINING);
	assert_string_equal(seen_next(c, CONFAB_EVENT_ROOM)->text, "of the room");
	s = seen_next(c, CONFAB_EVENT_PARTICIPANT_JOINED);
	assert_string_equal(s->identity, "ann");
	assert_string_equal(s->text, "early");
	s = seen_next(c, CONFAB_EVENT_TRACK_PUBLISHED);
	assert_string_equal(s->track, "TR_cam");
	assert_string_equal(s->text, "video/VP8");
	assert_int_equal(seen_next(c, CONFAB_EVENT_CALLING_STATE)->state, CONFAB_CALL_JOINED);

	send_ann(5, 2, true, "early", NULL);
	assert_string_equal(seen_next(c, CONFAB_EVENT_TRACK_MUTED)->track, "TR_cam");
	assert_string_equal(seen_next(c, CONFAB_EVENT_TRACK_PUBLISHED)->track, "TR_mic");
	send_ann(6, 2, true, "late", "up");
	s = seen_next(c, CONFAB_EVENT_PARTICIPANT_CHANGED);
	assert_int_equal(s->changed, CONFAB_CHANGED_METADATA | CONFAB_CHANGED_ATTRIBUTES);
	assert_string_equal(s->text, "late");
	send_ann(4, 0, false, "older", NULL); /* overtaken: nothing */
	send_ann(6, 2, true, "late", "up");   /* the same again: nothing */
	assert_all_seen(c);
	send_ann(7, 1, true, "late", "up");
	s = seen_next(c, CONFAB_EVENT_TRACK_UNPUBLISHED);
	assert_string_equal(s->track, "TR_mic");
	assert_string_equal(s->identity, "ann");
	send_gone("PA_ann", LK__DISCONNECT_REASON__PARTICIPANT_REMOVED);
	assert_string_equal(seen_next(c, CONFAB_EVENT_TRACK_UNPUBLISHED)->track, "TR_cam");
	s = seen_next(c, CONFAB_EVENT_PARTICIPANT_LEFT);
	assert_string_equal(s->identity, "ann");
	assert_int_equal(s->reason, CONFAB_REASON_REMOVED);
	send_gone("PA_nobody", LK__DISCONNECT_REASON__ROOM_CLOSED);
	assert_all_seen(c);
}

static void reports(void **state)
{
	struct in_call *c = *state;
	Lk__SignalResponse m = LK__SIGNAL_RESPONSE__INIT;
	Lk__ConnectionQualityInfo info = LK__CONNECTION_QUALITY_INFO__INIT, *infos[] = { &info };
	Lk__ConnectionQualityUpdate quality = LK__CONNECTION_QUALITY_UPDATE__INIT;
	Lk__StreamStateInfo stream = LK__STREAM_STATE_INFO__INIT, *streams[] = { &stream };
	Lk__StreamStateUpdate states = LK__STREAM_STATE_UPDATE__INIT;
	Lk__SubscriptionPermissionUpdate allowed = LK__SUBSCRIPTION_PERMISSION_UPDATE__INIT;
	Lk__SubscriptionResponse failed = LK__SUBSCRIPTION_RESPONSE__INIT;
	const struct seen *s;

	info.participant_sid = text("PA_me");
	info.has_quality = 1;
	info.quality = LK__CONNECTION_QUALITY__EXCELLENT;
	quality.updates = infos;
	quality.n_updates = 1;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_CONNECTION_QUALITY;
	m.connection_quality = &quality;
	edges_signal(&m);
	s = seen_next(c, CONFAB_EVENT_QUALITY);
	assert_int_equal(s->state, CONFAB_QUALITY_EXCELLENT);
	assert_string_equal(s->identity, "-"); /* ourselves */

	stream.participant_sid = allowed.participant_sid = text("PA_ann");
	stream.track_sid = allowed.track_sid = failed.track_sid = text("TR_cam");
	stream.has_state = 1;
	stream.state = LK__STREAM_STATE__STREAM_PAUSED;
	states.stream_states = streams;
	states.n_stream_states = 1;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_STREAM_STATE_UPDATE;
	m.stream_state_update = &states;
	edges_signal(&m);
	s = seen_next(c, CONFAB_EVENT_TRACK_PAUSED);
	assert_int_equal(s->state, 1);
	assert_string_equal(s->identity, "ann");

	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIPTION_PERMISSION_UPDATE;
	m.subscription_permission_update = &allowed;
	edges_signal(&m);
	assert_int_equal(seen_next(c, CONFAB_EVENT_SUBSCRIPTION_PERMISSION)->state, 0);

	failed.has_err = 1;
	failed.err = 2;
	m.message_case = LK__SIGNAL_RESPONSE__MESSAGE_SUBSCRIPTION_RESPONSE;
	m.subscription_response = &failed;
	edges_signal(&m);
	s = seen_next(c, CONFAB_EVENT_SUBSCRIPTION_FAILED);
	assert_int_equal(s->code, CONFAB_ERR_NOT_FOUND);
	assert_string_equal(s->track, "TR_cam");
	assert_all_seen(c);
}

static void the_server_ends_it(void **state)
{
	struct in_call *c = *state;
	const struct seen *s;

	send_leave(LK__LEAVE_ACTION__DISCONNECT, LK__DISCONNECT_REASON__DUPLICATE_IDENTITY);
	s = seen_last(c);
	assert_int_equal(s->type, CONFAB_EVENT_CALLING_STATE);
	assert_int_equal(s->state, CONFAB_CALL_LEFT);
	assert_int_equal(s->code, CONFAB_ERR_REMOVED);
	assert_int_equal(s->reason, CONFAB_REASON_DUPLICATE_IDENTITY);
	/* who leaves by themselves gives no reason */
	in_call_join(c, &in_call_options, NULL);
	assert_int_equal(confab_call_leave(c->call, NULL), CONFAB_OK);
	s = seen_last(c);
	assert_int_equal(s->state, CONFAB_CALL_LEFT);
	assert_int_equal(s->code, 0);
	assert_int_equal(s->reason, CONFAB_REASON_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_is_there, in_call_set_up, in_call_tear_down),
		cmocka_unit_test_setup_teardown(reports, in_call_set_up, in_call_tear_down),
		cmocka_unit_test_setup_teardown(the_server_ends_it, in_call_set_up,
						in_call_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

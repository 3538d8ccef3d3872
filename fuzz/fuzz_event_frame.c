/* SPDX-License-Identifier: Apache-2.0 */
/* The frames of clients on the event socket: whatever is read is within its bounds, and what is refused has a reason. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "control/ws/frame.h"

static void check_send(const json_t *frame)
{
	struct send_frame f = { 0 };
	struct refusal r = { 0 };

	if (frame_read_send(frame, &f, &r)) {
		if (!f.request_id || !f.conversation_id || !f.client_id ||
		    !json_is_object(f.message))
			abort();
	} else if (r.status != 400 || !r.message[0]) {
		abort();
	}
	if (f.request_id && (!f.request_id[0] || strlen(f.request_id) > LIMIT_REQUEST_ID))
		abort();
	json_t *error = refusal_json(&r);
	if (!error)
		abort();
	json_decref(error);
}

static void check_connect(const json_t *frame)
{
	struct connect_frame f = { .since = -2 };

	if (!frame_read_connect(frame, &f) &&
	    (f.since < -1 || !f.device_id || strlen(f.device_id) >= DEVICE_SIZE))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	json_t *frame = frame_parse(data, n, false);

	if (frame_parse(data, n, true))
		abort(); /* text frames only */
	if (frame) {
		(void)frame_is_health_check(frame);
		check_send(frame);
		check_connect(frame);
	}
	json_decref(frame);
	return 0;
}

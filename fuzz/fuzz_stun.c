/* SPDX-License-Identifier: Apache-2.0 */
/* STUN: whatever parses can be hashed, answered, and written again with the same meaning. */
#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "wire/stun.h"

static void check_request(const struct stun_msg *m)
{
	struct stun_request request = {
		.username = (const char *)m->username,
		.username_length = m->username_length,
		.priority = m->priority,
		.role = m->role,
		.tie_breaker = m->tie_breaker,
		.use_candidate = m->use_candidate,
	};
	uint8_t bytes[STUN_MESSAGE_MAX];
	struct stun_out out;
	struct stun_msg again;

	memcpy(request.tid, m->tid, sizeof request.tid);
	assert(stun_write_request(&out, bytes, sizeof bytes, &request) == 0);
	memset(out.hmac, 1, STUN_HMAC_LENGTH);
	assert(stun_finish(&out) == 0);
	assert(stun_parse(&again, bytes, out.length) == STUN_OK);
	assert(again.username_length == m->username_length);
	assert(memcmp(again.username, m->username, m->username_length) == 0);
	assert(again.priority == m->priority && again.role == m->role);
	assert(again.tie_breaker == m->tie_breaker && again.use_candidate == m->use_candidate);
}

static void check_answers(const struct stun_msg *m)
{
	uint8_t bytes[STUN_MESSAGE_MAX];
	struct stun_out out;
	struct stun_msg again;

	assert(stun_write_error(&out, bytes, sizeof bytes, m, STUN_UNKNOWN_ATTRIBUTE, true) == 0);
	assert(stun_finish(&out) == 0);
	assert(stun_parse(&again, bytes, out.length) == STUN_OK);
	assert(again.error_code == STUN_UNKNOWN_ATTRIBUTE);
	assert(memcmp(again.tid, m->tid, sizeof again.tid) == 0);
	if (m->has_mapped) {
		assert(stun_write_success(&out, bytes, sizeof bytes, m->tid, &m->mapped) == 0);
		assert(stun_finish(&out) == 0);
		assert(stun_parse(&again, bytes, out.length) == STUN_OK);
		assert(memcmp(&again.mapped, &m->mapped, sizeof m->mapped) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static uint8_t input[64 * 1024 + 64];
	struct stun_msg m;
	size_t length;

	if (stun_parse(&m, bytes, n) != STUN_OK)
		return 0;
	assert(m.unknown_count <= STUN_UNKNOWN_MAX);
	size_t hashed = stun_integrity_input(&m, bytes, input, sizeof input);
	assert((hashed != 0) == (stun_integrity(&m, bytes) != NULL));
	if (hashed)
		assert(stun_integrity(&m, bytes) + STUN_HMAC_LENGTH <= bytes + n);
	assert(stun_integrity_input(&m, bytes, input, 19) == 0);
	const char *ufrag = stun_local_ufrag(&m, &length);
	if (ufrag)
		assert(length < m.username_length && ufrag[length] == ':');
	if (m.username)
		check_request(&m);
	check_answers(&m);
	return 0;
}

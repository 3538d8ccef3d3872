/* SPDX-License-Identifier: Apache-2.0 */
/* What ice.c and ice_checks.c share. */
#pragma once

#include "media/peer/ice.h"
#include "wire/stun.h"

/* An authenticated check came from, or was answered by, `from`. */
void ice_validated(struct ice *i, uint64_t now, const struct path *from, bool nominates,
		   struct ice_in *ret);

void ice_sign(const struct stun_out *out, const char *pwd);
bool ice_integrity_is_right(const struct stun_msg *m, const uint8_t *bytes, const char *pwd);

/* The answer to a check of ours. */
enum verdict ice_checks_rx(struct ice *i, uint64_t now, const struct path *from,
			   const struct stun_msg *m, const uint8_t *bytes, struct ice_in *ret);
/* A check came from `from`: check it too (RFC 8445 7.3.1.4). */
void ice_checks_triggered(struct ice *i, uint64_t now, const struct path *from);

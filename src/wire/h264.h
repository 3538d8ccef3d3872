/* SPDX-License-Identifier: Apache-2.0 */
/* H.264 payloads (RFC 6184), as far as a forwarder looks into them. Pure. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct h264_payload {
	uint8_t packet_type; /* 1-23 single NAL unit, 24 STAP-A, 28 FU-A */
	bool sps;	     /* a sequence parameter set begins here */
	bool idr;	     /* a slice of an IDR picture begins here */
	bool nal_start;	     /* false: the middle or end of a fragmented NAL unit */
};

/* False when empty, a type that WebRTC does not use
 * (STAP-B, MTAP, FU-B), or lengths leave the payload. */
bool h264_parse(struct h264_payload *ret, const void *payload, size_t n);

/* A receiver can start here: SPS or IDR begins. Senders put SPS and PPS before each IDR picture. */
bool h264_is_key_frame(const void *payload, size_t n);

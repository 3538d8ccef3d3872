/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/dcep.h"

#include "base/limits.h"
#include "base/rd.h"
#include "base/utf8.h"

/* Channel types, RFC 8832 5.1. */
enum { RELIABLE = 0, PARTIAL_RETRANSMITS = 1, PARTIAL_TIME = 2, UNORDERED = 0x80 };

int dcep_kind(const uint8_t *bytes, size_t n)
{
	return n > 0 && (bytes[0] == DCEP_ACK || bytes[0] == DCEP_OPEN) ? bytes[0] : 0;
}

bool dcep_parse_open(struct dcep_open *ret, const uint8_t *bytes, size_t n)
{
	struct rd r = rd_of(bytes, n);

	uint8_t kind = rd_u8(&r), type = rd_u8(&r);
	rd_skip(&r, 2); /* priority: all channels are equal here */
	uint32_t reliability = rd_be32(&r);
	uint16_t label_length = rd_be16(&r), protocol_length = rd_be16(&r);
	const char *label = (const char *)rd_take(&r, label_length);
	rd_skip(&r, protocol_length);
	if (r.bad || kind != DCEP_OPEN || (type & ~UNORDERED) > PARTIAL_TIME ||
	    label_length > LIMIT_DATA_LABEL || !utf8_is_valid(label, label_length))
		return false;
	*ret = (struct dcep_open){
		.unordered = type & UNORDERED,
		.partial = (type & ~UNORDERED) != RELIABLE,
		.label = label,
		.label_length = label_length,
	};
	if ((type & ~UNORDERED) == PARTIAL_RETRANSMITS)
		ret->retransmits = reliability > UINT16_MAX ? UINT16_MAX : (uint16_t)reliability;
	return true;
}

void dcep_write_open(struct wr *w, const struct dcep_open *open)
{
	wr_u8(w, DCEP_OPEN);
	wr_u8(w, (uint8_t)((open->unordered ? UNORDERED : 0) |
			   (open->partial ? PARTIAL_RETRANSMITS : RELIABLE)));
	wr_be16(w, 256); /* normal priority, RFC 8831 6.4 */
	wr_be32(w, open->partial ? open->retransmits : 0);
	wr_be16(w, (uint16_t)open->label_length);
	wr_be16(w, 0);
	wr_bytes(w, open->label, open->label_length);
}

void dcep_write_ack(struct wr *w)
{
	wr_u8(w, DCEP_ACK);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "client/receive.h"

#include "wire/rtcp.h"

enum { NACK_MAX = 128 };

void receive_init(struct receive *r, const struct peer_stream *stream)
{
	r->stream = *stream;
	r->last_pli = r->plis = 0;
	unpack_init(&r->unpack, stream->codec);
	up_init(&r->up, &(struct up_config){ .ssrc = stream->ssrc,
					     .clock_rate = stream->clock_rate,
					     .codec = stream->codec,
					     .nack = stream->nack });
}

void receive_fini(struct receive *r)
{
	unpack_fini(&r->unpack);
}

bool receive_is(const struct receive *r, uint32_t ssrc)
{
	return ssrc == r->stream.ssrc || (r->stream.rtx_ssrc && ssrc == r->stream.rtx_ssrc);
}

int receive_rtp(struct receive *r, uint64_t now, const struct rtp_header *h)
{
	struct media_packet p;
	enum up_verdict v = h->ssrc == r->stream.ssrc ? up_rx(&r->up, now, h, NULL, &p)
						      : up_rx_rtx(&r->up, now, h, NULL, &p);

	return v == UP_OK ? unpack_put(&r->unpack, &p) : 0;
}

bool receive_next(struct receive *r, uint64_t now, struct unpack_frame *ret)
{
	return unpack_next(&r->unpack, now, ret);
}

void receive_sender_report(struct receive *r, uint64_t now, const struct rtcp_sr *sr)
{
	up_sender_report(&r->up, now, sr->ntp, sr->rtp_timestamp);
}

void receive_feedback(struct receive *r, uint64_t now, uint32_t ssrc, struct wr *w)
{
	uint16_t seqs[NACK_MAX];
	size_t n = up_nack(&r->up, now, seqs, NACK_MAX), done = 0, took = 1;
	bool wants_key = up_take_needs_key(&r->up) || unpack_wants_key(&r->unpack);

	while (done < n && took) {
		took = rtcp_write_nack(w, ssrc, r->stream.ssrc, seqs + done, n - done);
		done += took;
	}
	if (!media_codec_is_video(r->stream.codec) || !wants_key || !r->up.started ||
	    (r->last_pli && now - r->last_pli < RECEIVE_PLI_US))
		return;
	r->last_pli = now;
	r->plis++;
	rtcp_write_pli(w, ssrc, r->stream.ssrc);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the fake client says in its descriptions, and takes from the server's. */
#include "sim.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct peer_track describe(const struct sim_track *t)
{
	struct peer_track d = {
		.codec = t->kind == KIND_AUDIO ? MEDIA_OPUS : MEDIA_VP8,
		.also = t->kind == KIND_AUDIO ? MEDIA_OTHER : MEDIA_H264, /* as browsers do */
		.active = t->active,
		.stream = "-",
		.track = t->msid,
		.layer_count = (uint8_t)t->layer_count,
	};

	for (int i = 0; i < t->layer_count; i++)
		d.layers[i] = (struct peer_layer){ t->layers[i].ssrc,
						   t->kind == KIND_VIDEO ? t->layers[i].rtx_ssrc
									 : 0 };
	return d;
}

/* RED is not libconfab's: written into the sections of audio that begin with " 111". */
static char *add_red(char *offer)
{
	static const char line[] = "SAVPF 111\r\n", map[] = "a=rtpmap:111 ";
	struct sb out = { 0 };
	const char *at = offer;

	for (const char *end; (end = strstr(at, line)); at = end) {
		const char *format = strstr(end, map);

		assert(format);
		sb_printf(&out, "%.*s %d\r\n", (int)(end - at + (long)sizeof line - 3), at,
			  SIM_PT_RED);
		end += sizeof line - 1;
		sb_printf(&out, "%.*sa=rtpmap:%d red/48000/2\r\na=fmtp:%d 111/111\r\n",
			  (int)(format - end), end, SIM_PT_RED, SIM_PT_RED);
		end = format;
	}
	sb_puts(&out, at);
	free(offer);
	return sb_steal(&out);
}

char *client_offer(struct sim_client *c)
{
	struct peer_track tracks[SIM_TRACKS] = { 0 };
	bool red = false;

	for (int i = 0; i < c->track_count; i++) {
		tracks[i] = describe(&c->tracks[i]);
		red |= c->tracks[i].red;
	}
	char *offer = peer_write_offer(&c->pub.peer, tracks, (size_t)c->track_count);

	return red ? add_red(offer) : offer;
}

static void copy(char *ret, size_t capacity, const char *text)
{
	size_t n = strlen(text);

	assert(n < capacity);
	memcpy(ret, text, n + 1);
}

static void check(int r, const char *error, const char *text)
{
	if (r < 0) {
		(void)fprintf(stderr, "sim: %s\n%s", error, text);
		abort();
	}
}

void client_take_answer(struct sim_client *c, const char *answer)
{
	struct sdp *sdp = c->sim->sdp;
	char error[PEER_ERROR];

	check(peer_read_answer(&c->pub.peer, c->sim->now, sdp, answer, strlen(answer), error),
	      error, answer);
	assert(sdp->section_count == (size_t)c->track_count + 1);
	for (size_t i = 0; i < sdp->section_count; i++)
		assert(sdp->sections[i].port != 0);
}

/* The stream of a section: msid says whose track it is. */
static void take_section(struct sim_client *c, size_t i, const struct sdp_section *s)
{
	struct sim_stream *stream = &c->streams[i];
	struct peer_stream p;
	char *bar;

	if ((int)i >= c->stream_count)
		c->stream_count = (int)i + 1;
	if (!peer_stream_of(&p, s)) {
		stream->active = false;
		return;
	}
	assert(p.ssrc);
	if (stream->active && stream->ssrc == p.ssrc)
		return;
	*stream = (struct sim_stream){ .active = true,
				       .ssrc = p.ssrc,
				       .rtx_ssrc = p.rtx_ssrc,
				       .kind = s->kind == SDP_AUDIO ? KIND_AUDIO : KIND_VIDEO,
				       .payload_type = p.payload_type,
				       .rtx_payload_type = p.rtx_payload_type };
	/* PA_…|TR_… and TR_… again (livekit-protocol 5.1) */
	bar = strchr(p.stream, '|');
	assert(bar && strcmp(bar + 1, p.track) == 0);
	*bar = '\0';
	copy(stream->track.text, sizeof stream->track.text, p.track);
	copy(stream->publisher.text, sizeof stream->publisher.text, p.stream);
	up_init(&stream->up, &(struct up_config){ .ssrc = p.ssrc,
						  .clock_rate = p.clock_rate,
						  .codec = p.codec,
						  .nack = p.nack });
}

char *client_answer(struct sim_client *c, const char *offer)
{
	struct sdp *sdp = c->sim->sdp;
	char error[PEER_ERROR];

	c->sub.peer.no_transport_cc = c->no_transport_cc;
	check(peer_read_offer(&c->sub.peer, c->sim->now, sdp, offer, strlen(offer), error), error,
	      offer);
	assert(sdp->section_count >= 1 && sdp->sections[0].kind == SDP_APPLICATION);
	assert((int)sdp->section_count - 1 >= c->stream_count); /* sections never go */
	for (size_t i = 1; i < sdp->section_count; i++)
		take_section(c, i - 1, &sdp->sections[i]);
	return peer_write_answer(&c->sub.peer, sdp);
}

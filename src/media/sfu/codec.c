/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/codec.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define VIDEO_FEEDBACK (SDP_FB_NACK | SDP_FB_NACK_PLI | SDP_FB_CCM_FIR)

static const struct codec_info codecs[CODEC_COUNT] = {
	[CODEC_OPUS] = { .name = "opus",
			 .mime = "audio/opus",
			 .kind = KIND_AUDIO,
			 .media = MEDIA_OPUS,
			 .clock_rate = 48000,
			 .channels = 2,
			 .payload_type = 111,
			 .unoffered = SDP_FB_NACK,
			 .fmtp = "minptime=10;useinbandfec=1" },
	[CODEC_RED] = { .name = "red",
			.mime = "audio/red",
			.kind = KIND_AUDIO,
			.media = MEDIA_OPUS,
			.clock_rate = 48000,
			.channels = 2,
			.payload_type = 63,
			.unoffered = SDP_FB_NACK,
			.fmtp = "111/111" },
	[CODEC_VP9] = { .name = "VP9",
			.mime = "video/VP9",
			.kind = KIND_VIDEO,
			.media = MEDIA_VP9,
			.clock_rate = 90000,
			.channels = 1,
			.payload_type = 98,
			.rtx_payload_type = 99,
			.feedback = VIDEO_FEEDBACK,
			.fmtp = "profile-id=0" },
	[CODEC_AV1] = { .name = "AV1",
			.mime = "video/AV1",
			.kind = KIND_VIDEO,
			.media = MEDIA_AV1,
			.clock_rate = 90000,
			.channels = 1,
			.payload_type = 35,
			.rtx_payload_type = 36,
			.feedback = VIDEO_FEEDBACK },
	[CODEC_VP8] = { .name = "VP8",
			.mime = "video/VP8",
			.kind = KIND_VIDEO,
			.media = MEDIA_VP8,
			.clock_rate = 90000,
			.channels = 1,
			.payload_type = 96,
			.rtx_payload_type = 97,
			.feedback = VIDEO_FEEDBACK },
	[CODEC_H264_MODE0] = { .name = "H264",
			       .mime = "video/H264",
			       .kind = KIND_VIDEO,
			       .media = MEDIA_H264,
			       .clock_rate = 90000,
			       .channels = 1,
			       .payload_type = 125,
			       .rtx_payload_type = 126,
			       .feedback = VIDEO_FEEDBACK,
			       .fmtp = "level-asymmetry-allowed=1;packetization-mode=0;"
				       "profile-level-id=42e01f" },
	[CODEC_H264_MODE1] = { .name = "H264",
			       .mime = "video/H264",
			       .kind = KIND_VIDEO,
			       .media = MEDIA_H264,
			       .clock_rate = 90000,
			       .channels = 1,
			       .payload_type = 108,
			       .rtx_payload_type = 109,
			       .feedback = VIDEO_FEEDBACK,
			       .fmtp = "level-asymmetry-allowed=1;packetization-mode=1;"
				       "profile-level-id=42e01f" },
};

const struct codec_info *codec_info(enum codec codec)
{
	return codec > CODEC_NONE && codec < CODEC_COUNT ? &codecs[codec] : NULL;
}

/*
 * Baseline (42xxxx) and what is constrained to it: everybody decodes that, whatever level it says
 * (level-asymmetry). Main and High are left out (livekit-protocol 5.4). Without the parameter the
 * profile is Baseline (RFC 6184 8.1).
 */
static bool h264_is_baseline(struct sdp_text fmtp)
{
	struct sdp_text profile = sdp_fmtp_get(fmtp, "profile-level-id");

	return profile.n == 0 || (profile.n == 6 && profile.at[0] == '4' && profile.at[1] == '2');
}

static enum codec codec_of_h264(const struct sdp_codec *c)
{
	struct sdp_text mode = sdp_fmtp_get(c->fmtp, "packetization-mode");

	if (!h264_is_baseline(c->fmtp))
		return CODEC_NONE;
	if (mode.n == 0 || sdp_text_is(mode, "0"))
		return CODEC_H264_MODE0;
	return sdp_text_is(mode, "1") ? CODEC_H264_MODE1 : CODEC_NONE;
}

/* A parameter whose absence means `value` (RFC 9628 6: profile-id; AV1's payload format 7.2: profile). */
static bool has_value(struct sdp_text fmtp, const char *parameter, const char *value)
{
	struct sdp_text is = sdp_fmtp_get(fmtp, parameter);

	return is.n == 0 || sdp_text_is(is, value);
}

enum codec codec_of_sdp(const struct sdp_codec *c, enum sdp_kind kind)
{
	if (kind == SDP_AUDIO && c->clock_rate == 48000)
		return sdp_codec_is(c, "opus")	? CODEC_OPUS
		       : sdp_codec_is(c, "red") ? CODEC_RED
						: CODEC_NONE;
	if (kind != SDP_VIDEO || c->clock_rate != 90000)
		return CODEC_NONE;
	if (sdp_codec_is(c, "VP8"))
		return CODEC_VP8;
	if (sdp_codec_is(c, "VP9"))
		return has_value(c->fmtp, "profile-id", "0") ? CODEC_VP9 : CODEC_NONE;
	if (sdp_codec_is(c, "AV1"))
		return has_value(c->fmtp, "profile", "0") ? CODEC_AV1 : CODEC_NONE;
	return sdp_codec_is(c, "H264") ? codec_of_h264(c) : CODEC_NONE;
}

enum codec codec_of_name(const char *name, enum plane_kind kind)
{
	const char *slash = strchr(name, '/');

	for (unsigned i = CODEC_NONE + 1; *name && i < CODEC_COUNT; i++) {
		if (codecs[i].kind == kind &&
		    strcasecmp(codecs[i].name, slash ? slash + 1 : name) == 0)
			return (enum codec)i;
	}
	return CODEC_NONE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Sound and video of a call: what is received, what is published. */
#ifndef CONFAB_MEDIA_H
#define CONFAB_MEDIA_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum confab_codec {
	CONFAB_OPUS = 1,
	CONFAB_VP8 = 2,
	CONFAB_H264 = 3,
	CONFAB_VP9 = 4,
	CONFAB_AV1 = 5
} confab_codec;

typedef enum confab_source {
	CONFAB_SOURCE_UNKNOWN,
	CONFAB_SOURCE_CAMERA,
	CONFAB_SOURCE_MICROPHONE,
	CONFAB_SOURCE_SCREEN_SHARE,
	CONFAB_SOURCE_SCREEN_SHARE_AUDIO
} confab_source;

/*
 * One encoded frame: an Opus packet; a VP8 frame; a VP9 picture (received: its spatial layers one after the other; sent: of one
 * layer); an H.264 access unit with start codes (Annex B); an AV1 temporal unit of OBUs with their sizes, received with a
 * temporal delimiter first (AV1 specification 5.2, as files have it).
 */
typedef struct confab_frame {
	confab_codec codec;
	const uint8_t *bytes;
	size_t length;
	/* Clock of the codec: 48 kHz for Opus (RFC 7587 4.1), 90 kHz for video (RFC 7741 4.1, RFC 9628
	 * 4.1, RFC 6184 5.1); wraps. Differences count. */
	uint32_t timestamp;
	int key; /* received: a decoder can start here. Sent: not read */
	/*
	 * Received: when it was captured, by the server's clock, in µs since 1970 (RFC 3550 6.4.1): sound
	 * and picture with the same time belong together. 0: not known yet (before the first sender
	 * report, about a second). Sent: not read.
	 */
	uint64_t captured_us;
	/* Sent, Opus: how loud it is, in -dBov, 1 (loudest) to 127 (silence); 0: not told, and then
	 * nobody is shown that this participant speaks (RFC 6464 3). Received: 0. */
	uint8_t level;
	/* Sent, of a track with layers: which, 0 = smallest. The frames of one picture have one timestamp.
	 * Received: 0. */
	uint8_t layer;
} confab_frame;

/* Since the call was joined (again). */
typedef struct confab_stats {
	uint64_t packets_sent, bytes_sent; /* of media, without headers and retransmissions */
	uint64_t packets_retransmitted;	   /* because the server asked for them */
	uint64_t packets_lost_on_the_way;  /* that we sent, by the server's reports */
	/* To the server and back, by its newest report (RFC 3550 6.4.1); 0: not known, as long as
	 * nothing is sent. */
	uint64_t round_trip_us;
	uint64_t packets_received,
		bytes_received;	   /* of media, without headers; repaired ones too */
	uint64_t packets_missing;  /* not there (yet), and needed */
	uint64_t packets_repaired; /* came as retransmissions */
	uint64_t frames_received;  /* that came as CONFAB_EVENT_FRAME */
	uint64_t key_frames_requested;
	uint64_t jitter_us; /* between arrivals (RFC 3550 A.8); of all tracks: the greatest */
} confab_stats;

/* Somebody else's track, as they publish it, whether it is received or not. */
typedef struct confab_publication {
	const char *name; /* "" = none */
	const char *mime; /* "video/VP8"; what this library cannot read has codec 0 in the event */
	int video;	  /* 1: video; 0: sound */
	int simulcast;	  /* 1: there are several layers to choose from */
	unsigned width, height; /* of video, in pixels; 0: not told */
} confab_publication;

/*
 * What was sent and received: of one track, ours or somebody else's, by its id ("TR_…"), or with
 * track_id NULL of all together. Does not wait for the network. Any thread, callbacks included. 0;
 * CONFAB_ERR_TOKEN_NOT_SET, _NOT_JOINED, _NOT_FOUND: no such track is sent or received now; and *ret is
 * untouched.
 */
CONFAB_API int confab_call_stats(confab_call *call, const char *track_id, confab_stats *ret);

/*
 * Receives somebody else's track (1) or no longer (0), by its id of CONFAB_EVENT_TRACK_PUBLISHED; the
 * wish is kept as long as it is published, over reconnections. CONFAB_EVENT_TRACK_SUBSCRIBED or
 * _UNSUBSCRIBED follows, or _SUBSCRIPTION_FAILED. Does not wait for the network. Any thread, callbacks
 * included. 0; CONFAB_ERR_TOKEN_NOT_SET, _NOT_JOINED, _NO_MEMORY, _NOT_FOUND: nobody else publishes such
 * a track. (LiveKit's UpdateSubscription.)
 */
CONFAB_API int confab_call_subscribe(confab_call *call, const char *track_id, int subscribe);

/*
 * Holds a track that is received back (0), or lets it flow again (1): it stays subscribed, and costs no
 * bandwidth while nobody looks. Kept, and errors, as confab_call_subscribe. Does not wait for the network.
 * Any thread, callbacks included. (LiveKit's UpdateTrackSettings, as the three below.)
 */
CONFAB_API int confab_call_enable_track(confab_call *call, const char *track_id, int enabled);

typedef enum confab_video_quality {
	CONFAB_VIDEO_LOW = 0,
	CONFAB_VIDEO_MEDIUM = 1,
	CONFAB_VIDEO_HIGH = 2 /* from the beginning */
} confab_video_quality;

/*
 * Which layer of somebody's video comes, of those there are, at most; it changes at the layer's next key
 * frame. Replaces a wish for dimensions. Kept, and errors, as confab_call_subscribe, and
 * CONFAB_ERR_BAD_INPUT: no such quality. Does not wait for the network. Any thread, callbacks included.
 */
CONFAB_API int confab_call_set_video_quality(confab_call *call, const char *track_id,
					     confab_video_quality quality);

/*
 * The same by how large it is shown, in pixels: the smallest layer comes that covers it. Both 0: as large
 * as there is. Replaces a wish for a quality. Kept, and errors, as confab_call_set_video_quality: one of
 * them 0, or over 65,535. Does not wait for the network. Any thread, callbacks included.
 */
CONFAB_API int confab_call_set_video_dimensions(confab_call *call, const char *track_id,
						unsigned width, unsigned height);

/*
 * How many pictures a second come at most, of what the layers in time of the video allow (an encoder
 * without them has one rate); 0: all. Kept, and errors, as confab_call_set_video_quality: over 65,535.
 * Does not wait for the network. Any thread, callbacks included.
 */
CONFAB_API int confab_call_set_video_fps(confab_call *call, const char *track_id, unsigned fps);

/* One encoding of a video that is published in several sizes (simulcast). */
typedef struct confab_layer {
	unsigned width, height; /* in pixels: by these the server chooses for each who looks */
	unsigned bitrate;	/* about, in bit/s; 0: not told */
} confab_layer;

typedef struct confab_track_options {
	confab_codec codec;
	confab_source source; /* CONFAB_SOURCE_UNKNOWN: camera or microphone by the codec */
	const char *name;     /* or NULL */
	/* of video, in pixels; 0: not told, or those of the largest layer */
	unsigned width, height;
	/* Of video without layers, the most that its encoder makes, in bit/s: the path is tried for no more.
	 * 0: not told, about 2 for each pixel. */
	unsigned bitrate;
	/* Simulcast (RFC 8853): 2 or 3 layers, smallest first; each frame says of which it is. 0: one
	 * encoding. */
	const confab_layer *layers;
	unsigned layer_count;
} confab_track_options;

/*
 * Publishes a track: others see it from now on. Waits until frames can be written. After a
 * reconnection it is published again by itself. The track is the caller's: confab_track_unpublish. 0;
 * CONFAB_ERR_TOKEN_NOT_SET, _NOT_JOINED, _NO_MEMORY, _NOT_ALLOWED, _NETWORK, _LEFT; _BAD_INPUT: no such
 * codec, layers that are not 2 or 3 of video, each larger than the one before, or 32 tracks are published.
 */
CONFAB_API int confab_call_publish(confab_call *call, const confab_track_options *options,
				   confab_track **ret, confab_error *ret_error);

/*
 * Sends one frame, now: the caller keeps the pace. The first frame of video, and the next after
 * CONFAB_EVENT_KEY_FRAME_WANTED (RFC 4585 6.3.1), should be a key frame. Does not wait. Any thread. While
 * the call reconnects, while muted, and of a layer that nobody wants, frames are dropped. 0;
 * CONFAB_ERR_BAD_INPUT: empty, over 4 MiB, of another codec, or of no layer of the track;
 * CONFAB_ERR_NO_MEMORY.
 */
CONFAB_API int confab_track_write(confab_track *track, const confab_frame *frame);

/* Mutes (1) or unmutes (0): others are told. Does not wait. Any thread. 0 or CONFAB_ERR_NO_MEMORY. */
CONFAB_API int confab_track_mute(confab_track *track, int muted);

/* "TR_…" once published, before that ""; valid until the next reconnection. Never fails. In callbacks
 * of the client only, or on the thread of the caller's own loop. */
CONFAB_API const char *confab_track_id(const confab_track *track);

/* Takes the track back, which others see, and frees it. Waits for the client's thread, not for the
 * network. 0; CONFAB_ERR_WOULD_WAIT, CONFAB_ERR_NO_MEMORY, and the track is as it was. */
CONFAB_API int confab_track_unpublish(confab_track *track);

#ifdef __cplusplus
}
#endif

#endif

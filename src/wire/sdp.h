/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Session descriptions as WebRTC uses them (RFC 8866, RFC 8829): text into one bounded struct.
 * Every text in the result points into the parsed text, which must outlive it. Unknown lines and
 * attributes are skipped (RFC 8866 5.13); known ones must be well-formed. Linear time. Pure; no
 * memory of its own. Any thread.
 *
 * Writing is done where the decisions are (media/sfu), with base/sb.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "wire/rtpext.h"

enum {
	SDP_LINE_MAX = 4096,
	SDP_CODECS = 2048, /* of all sections together; a Chromium video section has 23 */
	SDP_EXTENSIONS = 4096,
	SDP_SSRCS = 1024,
	SDP_SSRCS_PER_SECTION = 64,
	SDP_SSRC_GROUPS = 512,
	SDP_GROUP_SSRCS = 8,
	SDP_RIDS = 512,
	SDP_MID_MAX = 47,
	SDP_ID_MAX = 127, /* msid parts */
	SDP_RID_MAX = 32,
	SDP_FINGERPRINT_LENGTH = 32, /* SHA-256 */
};

/* A part of the parsed text; n == 0: absent. Not NUL-terminated. Print with "%.*s", SDP_ARG(t). */
struct sdp_text {
	const char *at;
	uint32_t n;
};
#define SDP_ARG(t) (int)(t).n, (t).at

enum sdp_kind { SDP_OTHER, SDP_AUDIO, SDP_VIDEO, SDP_APPLICATION };
enum sdp_direction { SDP_INACTIVE = 0, SDP_SENDONLY = 1, SDP_RECVONLY = 2, SDP_SENDRECV = 3 };
enum sdp_setup {
	SDP_SETUP_NONE,
	SDP_SETUP_ACTIVE,
	SDP_SETUP_PASSIVE,
	SDP_SETUP_ACTPASS,
	SDP_SETUP_HOLDCONN
};

/* Bits of sdp_codec.feedback. */
enum {
	SDP_FB_NACK = 1,
	SDP_FB_NACK_PLI = 2,
	SDP_FB_CCM_FIR = 4,
	SDP_FB_REMB = 8,
	SDP_FB_TRANSPORT_CC = 16,
};

/* One payload type of a section, in the order of the m= line. */
struct sdp_codec {
	uint8_t payload_type, channels; /* channels: 1 unless the rtpmap says more */
	uint8_t feedback;
	/* "VP8"; PCMU, PCMA, G722 have it without rtpmap; absent = unusable */
	struct sdp_text name;
	uint32_t clock_rate;
	struct sdp_text fmtp; /* "minptime=10;useinbandfec=1" */
};

struct sdp_extension {
	uint8_t id;
	uint8_t kind; /* enum rtpext_kind, RTPEXT_NONE: an unknown URI */
	enum sdp_direction direction;
	struct sdp_text uri;
};

struct sdp_ssrc {
	uint32_t ssrc;
	struct sdp_text cname, stream, track; /* a=ssrc:N cname:…, a=ssrc:N msid:<stream> <track> */
};

enum sdp_semantics { SDP_GROUP_OTHER, SDP_GROUP_FID, SDP_GROUP_SIM };

struct sdp_ssrc_group {
	enum sdp_semantics semantics;
	uint8_t count;
	uint32_t ssrcs[SDP_GROUP_SSRCS]; /* FID: primary, then its RTX */
};

struct sdp_rid {
	struct sdp_text id;
	bool send;		      /* else recv */
	struct sdp_text restrictions; /* "max-width=1280;…" */
};

struct sdp_fingerprint {
	bool present;
	uint8_t sha256[SDP_FINGERPRINT_LENGTH];
};

struct sdp_section {
	enum sdp_kind kind;
	uint16_t port;		   /* 0: rejected, or in a bundle with a=bundle-only */
	bool bundle_only, bundled; /* bundled: its mid is in the session's first BUNDLE group */
	struct sdp_text media, protocol; /* "video", "UDP/TLS/RTP/SAVPF" */
	struct sdp_text formats;	 /* the rest of the m= line */
	struct sdp_text mid;
	enum sdp_direction direction; /* sendrecv when nothing says other (RFC 8866 6.7) */

	/* Own, or else the session's. */
	enum sdp_setup setup;
	struct sdp_text ice_ufrag, ice_pwd, ice_options;
	struct sdp_fingerprint fingerprint;

	struct sdp_text stream, track; /* first a=msid; stream "-": none. track may be absent */
	bool rtcp_mux, rtcp_rsize, end_of_candidates;
	uint16_t candidates;	   /* counted, at most 65535; never read: we are ICE-lite */
	uint16_t sctp_port;	   /* 0 = none */
	uint64_t max_message_size; /* 0 = not said */
	struct sdp_text simulcast_send, simulcast_recv; /* "q;h;f"; sdp_next_rid walks them */
	uint32_t line;					/* of its m= */
	uint8_t wildcard_feedback; /* SDP_FB_… said for `*`; each codec has it too */

	/* Slices of the session's arrays. */
	const struct sdp_codec *codecs;
	const struct sdp_extension *extensions;
	const struct sdp_ssrc *ssrcs;
	const struct sdp_ssrc_group *ssrc_groups;
	const struct sdp_rid *rids;
	uint16_t codec_count, extension_count, ssrc_count, ssrc_group_count, rid_count;
};

/*
 * About 400 KB: keep one per thread that negotiates, on the heap. sdp_parse sets it up and
 * touches only as much as the description needs.
 */
struct sdp {
	struct sdp_text origin;		      /* the whole o= value */
	uint64_t session_id, session_version; /* of o=; 0 when they are no numbers */
	struct sdp_text bundle; /* the mids of the first a=group:BUNDLE, separated by spaces */
	bool ice_lite, extmap_allow_mixed;
	size_t section_count;

	struct sdp_section sections[LIMIT_SDP_SECTIONS];
	size_t codec_count, extension_count, ssrc_count, ssrc_group_count, rid_count;
	struct sdp_codec codecs[SDP_CODECS];
	struct sdp_extension extensions[SDP_EXTENSIONS];
	struct sdp_ssrc ssrcs[SDP_SSRCS];
	struct sdp_ssrc_group ssrc_groups[SDP_SSRC_GROUPS];
	struct sdp_rid rids[SDP_RIDS];
};

enum sdp_result {
	SDP_OK = 0,
	SDP_TOO_LARGE, /* over LIMIT_SDP, or a line over SDP_LINE_MAX */
	SDP_BAD_BYTES, /* NUL, or CR that no LF follows */
	SDP_BAD_LINE,  /* not "x=…" */
	SDP_BAD_ORDER, /* does not start with v=0 */
	SDP_BAD_VALUE, /* a known line whose value is malformed */
	SDP_TOO_MANY,  /* over one of the limits above */
	SDP_DUPLICATE, /* a mid, payload type or extension id twice */
};

struct sdp_error {
	enum sdp_result code;
	unsigned line;	/* from 1; 0: the whole */
	char text[192]; /* for people: cause, value, fix; printable ASCII */
};

/* Parses n bytes. SDP_OK, or why not, also in `ret_error` (may be NULL);
 * `ret` is then without meaning. */
enum sdp_result sdp_parse(struct sdp *ret, const char *text, size_t n, struct sdp_error *ret_error);

/* NULL when none. */
const struct sdp_section *sdp_find_section(const struct sdp *s, struct sdp_text mid);
const struct sdp_codec *sdp_find_codec(const struct sdp_section *s, unsigned payload_type);
const struct sdp_ssrc *sdp_find_ssrc(const struct sdp_section *s, uint32_t ssrc);

/* The RTX SSRC of a primary one by its FID group; 0 = none. */
uint32_t sdp_rtx_ssrc(const struct sdp_section *s, uint32_t primary);

/* The RTX codec whose apt is `payload_type`; NULL when none. */
const struct sdp_codec *sdp_find_rtx(const struct sdp_section *s, unsigned payload_type);

/* Codec names compare without case (RFC 4855). */
bool sdp_codec_is(const struct sdp_codec *c, const char *name);

bool sdp_text_is(struct sdp_text t, const char *text);
bool sdp_text_same(struct sdp_text a, struct sdp_text b);

/* The value of one fmtp parameter; absent when it is not there. Names compare without case. */
struct sdp_text sdp_fmtp_get(struct sdp_text fmtp, const char *name);

/* A decimal number of at most `max`; false for anything else. */
bool sdp_text_number(struct sdp_text t, uint64_t max, uint64_t *ret);

/* Takes the next word off `rest`. False at the end. */
bool sdp_next_word(struct sdp_text *rest, char separator, struct sdp_text *ret);

/* Walks a simulcast list: each stream's first alternative; `~` means paused. */
bool sdp_next_rid(struct sdp_text *rest, struct sdp_text *ret_rid, bool *ret_paused);

/* The direction seen from the other side: sendonly ⇄ recvonly. */
static inline enum sdp_direction sdp_direction_reverse(enum sdp_direction d)
{
	return (enum sdp_direction)(((d & 1) << 1) | (d >> 1));
}

const char *sdp_direction_name(enum sdp_direction d);
const char *sdp_setup_name(enum sdp_setup s); /* NULL for SDP_SETUP_NONE */

/* "AB:CD:…" of 32 bytes, with NUL: 96 characters. */
void sdp_fingerprint_text(const uint8_t sha256[SDP_FINGERPRINT_LENGTH], char ret[96]);

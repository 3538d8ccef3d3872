/* SPDX-License-Identifier: Apache-2.0 */
/* The a= lines of a description that WebRTC needs; one function per attribute. See sdp.h. */
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "wire/sdp_parser.h"

enum {
	UFRAG_MIN = 4, /* RFC 8839 5.4 */
	PWD_MIN = 22,
	ICE_MAX = 256,
};

typedef enum sdp_result (*attribute_fn)(struct sdp_parser *p, struct sdp_text value);

/* Only counted: an ICE-lite server never sends first, so it has no use for them. */
static enum sdp_result parse_candidate(struct sdp_parser *p, struct sdp_text value)
{
	(void)value;
	if (p->section->candidates < UINT16_MAX)
		p->section->candidates++;
	return SDP_OK;
}

static enum sdp_result parse_mid(struct sdp_parser *p, struct sdp_text value)
{
	if (!sdp_text_is_token(value, SDP_MID_MAX))
		return sdp_fail(p, SDP_BAD_VALUE, "a=mid", value, "use a token of 1 to 47 bytes");
	if (p->section->mid.n)
		return sdp_fail(p, SDP_DUPLICATE, "a=mid", value, "one a=mid per section");
	p->section->mid = value;
	return SDP_OK;
}

static enum sdp_result parse_setup(struct sdp_parser *p, struct sdp_text value)
{
	for (enum sdp_setup s = SDP_SETUP_ACTIVE; s <= SDP_SETUP_HOLDCONN; s++) {
		if (sdp_text_is(value, sdp_setup_name(s))) {
			p->section->setup = s;
			return SDP_OK;
		}
	}
	return sdp_fail(p, SDP_BAD_VALUE, "a=setup", value, "use actpass, active or passive");
}

/* ice-char: ALPHA / DIGIT / "+" / "/" (RFC 8839 5.4) */
static bool is_ice_text(struct sdp_text t, size_t min)
{
	for (uint32_t i = 0; i < t.n; i++) {
		char c = t.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '+' || c == '/'))
			return false;
	}
	return t.n >= min && t.n <= ICE_MAX;
}

static enum sdp_result parse_ice_ufrag(struct sdp_parser *p, struct sdp_text value)
{
	if (!is_ice_text(value, UFRAG_MIN))
		return sdp_fail(p, SDP_BAD_VALUE, "a=ice-ufrag", value, "use 4 to 256 ice-chars");
	p->section->ice_ufrag = value;
	return SDP_OK;
}

static enum sdp_result parse_ice_pwd(struct sdp_parser *p, struct sdp_text value)
{
	/* a password is not repeated in a message */
	if (!is_ice_text(value, PWD_MIN))
		return sdp_fail(p, SDP_BAD_VALUE, "a=ice-pwd", (struct sdp_text){ "…", 0 },
				"use 22 to 256 ice-chars");
	p->section->ice_pwd = value;
	return SDP_OK;
}

static enum sdp_result parse_ice_options(struct sdp_parser *p, struct sdp_text value)
{
	p->section->ice_options = value;
	return SDP_OK;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

static bool decode_sha256(struct sdp_text hex, uint8_t ret[SDP_FINGERPRINT_LENGTH])
{
	if (hex.n != 3 * SDP_FINGERPRINT_LENGTH - 1)
		return false;
	for (size_t i = 0; i < SDP_FINGERPRINT_LENGTH; i++) {
		int high = hex_digit(hex.at[3 * i]), low = hex_digit(hex.at[3 * i + 1]);

		if (high < 0 || low < 0 || (3 * i + 2 < hex.n && hex.at[3 * i + 2] != ':'))
			return false;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static enum sdp_result parse_fingerprint(struct sdp_parser *p, struct sdp_text value)
{
	struct sdp_text rest = value, algorithm, hex;
	uint8_t sha256[SDP_FINGERPRINT_LENGTH];

	if (!sdp_next_word(&rest, ' ', &algorithm) || !sdp_next_word(&rest, ' ', &hex))
		return sdp_fail(p, SDP_BAD_VALUE, "a=fingerprint", value,
				"use an algorithm and hex bytes");
	/* Other algorithms may stand beside it; every WebRTC client has this one (RFC 8122 5). */
	if (algorithm.n != 7 || strncasecmp(algorithm.at, "sha-256", 7) != 0 || p->own_fingerprint)
		return SDP_OK;
	if (!decode_sha256(hex, sha256))
		return sdp_fail(p, SDP_BAD_VALUE, "a=fingerprint", value,
				"use 32 bytes of hex with colons");
	memcpy(p->section->fingerprint.sha256, sha256, sizeof sha256);
	p->section->fingerprint.present = true;
	p->own_fingerprint = true;
	return SDP_OK;
}

/* "<payload type> <rest>". NULL codec: not of this section, or no RTP section: skip the line. */
static enum sdp_result take_codec(struct sdp_parser *p, const char *what, struct sdp_text *value,
				  struct sdp_codec **ret)
{
	struct sdp_text word = { 0 };
	uint64_t payload_type;

	*ret = NULL;
	if (!sdp_next_word(value, ' ', &word) || !sdp_text_number(word, 127, &payload_type))
		return sdp_fail(p, SDP_BAD_VALUE, what, word, "use a payload type of 0 to 127");
	if (value->n) { /* the space */
		value->at++;
		value->n--;
	}
	if (p->codec_at[payload_type])
		*ret = &p->sdp->codecs[p->codec_at[payload_type] - 1];
	return SDP_OK;
}

static enum sdp_result parse_rtpmap(struct sdp_parser *p, struct sdp_text value)
{
	struct sdp_text whole = value, name, clock, channels;
	struct sdp_codec *codec;
	uint64_t rate, count = 1;
	enum sdp_result result = take_codec(p, "a=rtpmap", &value, &codec);

	if (result != SDP_OK)
		return result;
	if (!sdp_next_word(&value, '/', &name) || !sdp_next_word(&value, '/', &clock) ||
	    !sdp_text_number(clock, UINT32_MAX, &rate) || rate == 0 ||
	    !sdp_text_is_token(name, 64) ||
	    (sdp_next_word(&value, '/', &channels) && !sdp_text_number(channels, 255, &count)))
		return sdp_fail(p, SDP_BAD_VALUE, "a=rtpmap", whole,
				"use <type> <name>/<clock>[/<channels>]");
	if (!codec)
		return SDP_OK;
	codec->name = name;
	codec->clock_rate = (uint32_t)rate;
	codec->channels = count ? (uint8_t)count : 1;
	return SDP_OK;
}

static enum sdp_result parse_fmtp(struct sdp_parser *p, struct sdp_text value)
{
	struct sdp_codec *codec;
	enum sdp_result result = take_codec(p, "a=fmtp", &value, &codec);

	if (result == SDP_OK && codec)
		codec->fmtp = value;
	return result;
}

static uint8_t feedback_bit(struct sdp_text text)
{
	static const struct {
		const char *text;
		uint8_t bit;
	} table[] = {
		{ "nack", SDP_FB_NACK },
		{ "nack pli", SDP_FB_NACK_PLI },
		{ "ccm fir", SDP_FB_CCM_FIR },
		{ "goog-remb", SDP_FB_REMB },
		{ "transport-cc", SDP_FB_TRANSPORT_CC },
	};

	for (size_t i = 0; i < countof(table); i++) {
		if (sdp_text_is(text, table[i].text))
			return table[i].bit;
	}
	return 0;
}

static enum sdp_result parse_rtcp_fb(struct sdp_parser *p, struct sdp_text value)
{
	struct sdp_codec *codec;

	if (value.n > 2 && value.at[0] == '*' && value.at[1] == ' ') {
		uint8_t bit = feedback_bit((struct sdp_text){ value.at + 2, value.n - 2 });

		/* at most 128 codecs, and no line without new feedback walks them */
		if (!bit || p->section->wildcard_feedback & bit || p->at_session)
			return SDP_OK;
		p->section->wildcard_feedback |= bit;
		for (size_t i = 0; i < p->section->codec_count; i++)
			p->sdp->codecs[p->sdp->codec_count - 1 - i].feedback |= bit;
		return SDP_OK;
	}
	enum sdp_result result = take_codec(p, "a=rtcp-fb", &value, &codec);
	if (result == SDP_OK && codec)
		codec->feedback |= feedback_bit(value);
	return result;
}

static bool direction_of(struct sdp_text name, enum sdp_direction *ret)
{
	for (int d = SDP_INACTIVE; d <= SDP_SENDRECV; d++) {
		if (sdp_text_is(name, sdp_direction_name((enum sdp_direction)d))) {
			*ret = (enum sdp_direction)d;
			return true;
		}
	}
	return false;
}

static enum sdp_result parse_extmap(struct sdp_parser *p, struct sdp_text value)
{
	struct sdp_text rest = value, head, id_text, direction, uri;
	struct sdp_extension e = { .direction = SDP_SENDRECV };
	uint64_t id;

	if (p->at_session)
		return SDP_OK; /* legal, but no WebRTC client does it */
	if (!sdp_next_word(&rest, ' ', &head) || !sdp_next_word(&rest, ' ', &uri) ||
	    !sdp_next_word(&head, '/', &id_text) || !sdp_text_number(id_text, 4351, &id) ||
	    id == 0 ||
	    (sdp_next_word(&head, '/', &direction) && !direction_of(direction, &e.direction)))
		return sdp_fail(p, SDP_BAD_VALUE, "a=extmap", value,
				"use <id>[/<direction>] <uri>");
	if (id == 15 || id > 255)
		return SDP_OK; /* cannot be on a packet; 4096 and up are proposals (RFC 8285 7) */
	if (p->extension_ids[id / 8] >> id % 8 & 1)
		return sdp_fail(p, SDP_DUPLICATE, "a=extmap", value,
				"use each id once per section");
	if (p->sdp->extension_count == SDP_EXTENSIONS)
		return sdp_fail(p, SDP_TOO_MANY, "a=extmap", value, "at most 2048 in all");
	p->extension_ids[id / 8] |= (uint8_t)(1 << id % 8);
	e.id = (uint8_t)id;
	e.uri = uri;
	e.kind = (uint8_t)rtpext_kind_of_uri(uri.at, uri.n);
	p->sdp->extensions[p->sdp->extension_count++] = e;
	p->section->extension_count++;
	return SDP_OK;
}

/* "<stream> [<track>]" (RFC 8830) */
static bool split_msid(struct sdp_text value, struct sdp_text *ret_stream,
		       struct sdp_text *ret_track)
{
	struct sdp_text stream, track = { 0 };

	if (!sdp_next_word(&value, ' ', &stream) || !sdp_text_is_visible(stream, SDP_ID_MAX))
		return false;
	if (sdp_next_word(&value, ' ', &track) && !sdp_text_is_visible(track, SDP_ID_MAX))
		return false;
	*ret_stream = stream;
	*ret_track = track;
	return true;
}

static enum sdp_result parse_msid(struct sdp_parser *p, struct sdp_text value)
{
	if (p->section->stream.n)
		return SDP_OK; /* further streams of the same track */
	if (!split_msid(value, &p->section->stream, &p->section->track))
		return sdp_fail(p, SDP_BAD_VALUE, "a=msid", value,
				"use <stream> <track>, each at most 127 bytes");
	return SDP_OK;
}

/* Finds or makes the entry; NULL: too many. Bounded by SDP_SSRCS_PER_SECTION. */
static struct sdp_ssrc *ssrc_entry(struct sdp_parser *p, uint32_t ssrc)
{
	struct sdp *s = p->sdp;

	for (size_t i = s->ssrc_count; i > s->ssrc_count - p->section->ssrc_count; i--) {
		if (s->ssrcs[i - 1].ssrc == ssrc)
			return &s->ssrcs[i - 1];
	}
	if (s->ssrc_count == SDP_SSRCS || p->section->ssrc_count == SDP_SSRCS_PER_SECTION)
		return NULL;
	p->section->ssrc_count++;
	s->ssrcs[s->ssrc_count] = (struct sdp_ssrc){ .ssrc = ssrc };
	return &s->ssrcs[s->ssrc_count++];
}

static enum sdp_result parse_ssrc(struct sdp_parser *p, struct sdp_text value)
{
	struct sdp_text rest = value, number, name;
	uint64_t ssrc;

	if (p->at_session)
		return SDP_OK;
	if (!sdp_next_word(&rest, ' ', &number) || !sdp_text_number(number, UINT32_MAX, &ssrc))
		return sdp_fail(p, SDP_BAD_VALUE, "a=ssrc", value,
				"use <32-bit number> <attribute>");
	struct sdp_ssrc *entry = ssrc_entry(p, (uint32_t)ssrc);
	if (!entry)
		return sdp_fail(p, SDP_TOO_MANY, "a=ssrc", value,
				"at most 64 per section and 1024 in all");
	if (rest.n) {
		rest.at++;
		rest.n--;
	}
	struct sdp_text content = rest;
	if (!sdp_next_word(&content, ':', &name))
		return SDP_OK;
	if (content.n) {
		content.at++;
		content.n--;
	}
	if (sdp_text_is(name, "cname"))
		entry->cname = content;
	if (sdp_text_is(name, "msid") && !split_msid(content, &entry->stream, &entry->track))
		return sdp_fail(p, SDP_BAD_VALUE, "a=ssrc", value,
				"use msid:<stream> <track>, each at most 127 bytes");
	return SDP_OK;
}

static enum sdp_result parse_ssrc_group(struct sdp_parser *p, struct sdp_text value)
{
	struct sdp_text rest = value, word;
	struct sdp_ssrc_group g = { 0 };

	if (p->at_session || !sdp_next_word(&rest, ' ', &word))
		return SDP_OK;
	g.semantics = sdp_text_is(word, "FID")	 ? SDP_GROUP_FID
		      : sdp_text_is(word, "SIM") ? SDP_GROUP_SIM
						 : SDP_GROUP_OTHER;
	while (sdp_next_word(&rest, ' ', &word)) {
		uint64_t ssrc;

		if (!sdp_text_number(word, UINT32_MAX, &ssrc))
			return sdp_fail(p, SDP_BAD_VALUE, "a=ssrc-group", value,
					"use <semantics> and 32-bit numbers");
		if (g.count == SDP_GROUP_SSRCS)
			return sdp_fail(p, SDP_TOO_MANY, "a=ssrc-group", value,
					"at most 8 numbers");
		g.ssrcs[g.count++] = (uint32_t)ssrc;
	}
	if (p->sdp->ssrc_group_count == SDP_SSRC_GROUPS)
		return sdp_fail(p, SDP_TOO_MANY, "a=ssrc-group", value, "at most 512 in all");
	p->sdp->ssrc_groups[p->sdp->ssrc_group_count++] = g;
	p->section->ssrc_group_count++;
	return SDP_OK;
}

static enum sdp_result parse_rid(struct sdp_parser *p, struct sdp_text value)
{
	struct sdp_text rest = value, direction;
	struct sdp_rid rid = { 0 };

	if (p->at_session)
		return SDP_OK;
	if (!sdp_next_word(&rest, ' ', &rid.id) || !sdp_text_is_token(rid.id, SDP_RID_MAX) ||
	    !sdp_next_word(&rest, ' ', &direction) ||
	    !(sdp_text_is(direction, "send") || sdp_text_is(direction, "recv")))
		return sdp_fail(p, SDP_BAD_VALUE, "a=rid", value, "use <id> send|recv [<limits>]");
	if (p->sdp->rid_count == SDP_RIDS)
		return sdp_fail(p, SDP_TOO_MANY, "a=rid", value, "at most 512 in all");
	rid.send = sdp_text_is(direction, "send");
	(void)sdp_next_word(&rest, ' ', &rid.restrictions); /* may be absent */
	p->sdp->rids[p->sdp->rid_count++] = rid;
	p->section->rid_count++;
	return SDP_OK;
}

static enum sdp_result parse_simulcast(struct sdp_parser *p, struct sdp_text value)
{
	struct sdp_text rest = value, direction, list;

	while (sdp_next_word(&rest, ' ', &direction)) {
		if (!sdp_next_word(&rest, ' ', &list) ||
		    !(sdp_text_is(direction, "send") || sdp_text_is(direction, "recv")))
			return sdp_fail(p, SDP_BAD_VALUE, "a=simulcast", value,
					"use send <list> and/or recv <list>");
		if (sdp_text_is(direction, "send"))
			p->section->simulcast_send = list;
		else
			p->section->simulcast_recv = list;
	}
	return SDP_OK;
}

static enum sdp_result parse_sctp_port(struct sdp_parser *p, struct sdp_text value)
{
	uint64_t port;

	if (!sdp_text_number(value, UINT16_MAX, &port))
		return sdp_fail(p, SDP_BAD_VALUE, "a=sctp-port", value, "use a number up to 65535");
	p->section->sctp_port = (uint16_t)port;
	return SDP_OK;
}

static enum sdp_result parse_max_message_size(struct sdp_parser *p, struct sdp_text value)
{
	if (!sdp_text_number(value, UINT64_MAX, &p->section->max_message_size))
		return sdp_fail(p, SDP_BAD_VALUE, "a=max-message-size", value,
				"use a number of bytes");
	return SDP_OK;
}

static enum sdp_result parse_group(struct sdp_parser *p, struct sdp_text value)
{
	struct sdp_text rest = value, semantics;

	if (!p->at_session || !sdp_next_word(&rest, ' ', &semantics))
		return SDP_OK;
	if (sdp_text_is(semantics, "BUNDLE") && !p->sdp->bundle.n && rest.n > 1)
		p->sdp->bundle = (struct sdp_text){ rest.at + 1, rest.n - 1 };
	return SDP_OK;
}

static const struct {
	const char *name;
	attribute_fn parse;
} attributes[] = {
	{ "rtcp-fb", parse_rtcp_fb },
	{ "rtpmap", parse_rtpmap },
	{ "fmtp", parse_fmtp },
	{ "extmap", parse_extmap },
	{ "candidate", parse_candidate },
	{ "ssrc", parse_ssrc },
	{ "ssrc-group", parse_ssrc_group },
	{ "mid", parse_mid },
	{ "msid", parse_msid },
	{ "setup", parse_setup },
	{ "ice-ufrag", parse_ice_ufrag },
	{ "ice-pwd", parse_ice_pwd },
	{ "ice-options", parse_ice_options },
	{ "fingerprint", parse_fingerprint },
	{ "rid", parse_rid },
	{ "simulcast", parse_simulcast },
	{ "sctp-port", parse_sctp_port },
	{ "max-message-size", parse_max_message_size },
	{ "group", parse_group },
};

/* Attributes without a value. */
static bool take_flag(struct sdp_parser *p, struct sdp_text name)
{
	struct sdp_section *section = p->section;
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{ "rtcp-mux", &section->rtcp_mux },
		{ "rtcp-rsize", &section->rtcp_rsize },
		{ "bundle-only", &section->bundle_only },
		{ "end-of-candidates", &section->end_of_candidates },
		{ "ice-lite", &p->sdp->ice_lite },
		{ "extmap-allow-mixed", &p->sdp->extmap_allow_mixed },
	};

	if (direction_of(name, &section->direction))
		return true;
	for (size_t i = 0; i < countof(flags); i++) {
		if (sdp_text_is(name, flags[i].name)) {
			*flags[i].flag = true;
			return true;
		}
	}
	return false;
}

enum sdp_result sdp_parse_attribute(struct sdp_parser *p, struct sdp_text line)
{
	const char *colon = line.n ? memchr(line.at, ':', line.n) : NULL;
	struct sdp_text name = { line.at, colon ? (uint32_t)(colon - line.at) : line.n };
	struct sdp_text value = { 0 };

	if (!colon && take_flag(p, name))
		return SDP_OK;
	if (colon)
		value = (struct sdp_text){ colon + 1, line.n - name.n - 1 };
	for (size_t i = 0; i < countof(attributes); i++) {
		if (sdp_text_is(name, attributes[i].name))
			return attributes[i].parse(p, value);
	}
	return SDP_OK; /* unknown: skipped (RFC 8866 5.13) */
}

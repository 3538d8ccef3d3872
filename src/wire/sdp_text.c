/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into a parsed description and its texts. See sdp.h. */
#include <string.h>
#include <strings.h>

#include "wire/sdp_parser.h"

bool sdp_text_is(struct sdp_text t, const char *text)
{
	return strlen(text) == t.n && memcmp(t.at, text, t.n) == 0;
}

bool sdp_text_same(struct sdp_text a, struct sdp_text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

static bool same_ignoring_case(struct sdp_text t, const char *text)
{
	return strlen(text) == t.n && strncasecmp(t.at, text, t.n) == 0;
}

bool sdp_text_is_visible(struct sdp_text t, size_t max)
{
	for (uint32_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.at[i];

		if (c <= ' ' || c == 0x7f)
			return false;
	}
	return t.n > 0 && t.n <= max;
}

bool sdp_text_is_token(struct sdp_text t, size_t max)
{
	for (uint32_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.at[i];

		if (c <= ' ' || c >= 0x7f || strchr("\"(),/:;<=>?@[\\]", c))
			return false;
	}
	return t.n > 0 && t.n <= max;
}

bool sdp_text_number(struct sdp_text t, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	for (uint32_t i = 0; i < t.n; i++) {
		uint64_t digit = (uint64_t)(unsigned char)t.at[i] - '0';

		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	if (t.n == 0 || v > max)
		return false;
	*ret = v;
	return true;
}

bool sdp_next_word(struct sdp_text *rest, char separator, struct sdp_text *ret)
{
	while (rest->n && *rest->at == separator) {
		rest->at++;
		rest->n--;
	}
	if (rest->n == 0)
		return false;
	const char *end = memchr(rest->at, separator, rest->n);
	uint32_t n = end ? (uint32_t)(end - rest->at) : rest->n;

	*ret = (struct sdp_text){ rest->at, n };
	rest->at += n;
	rest->n -= n;
	return true;
}

bool sdp_next_rid(struct sdp_text *rest, struct sdp_text *ret_rid, bool *ret_paused)
{
	struct sdp_text stream, rid;

	if (!sdp_next_word(rest, ';', &stream) || !sdp_next_word(&stream, ',', &rid))
		return false;
	*ret_paused = *rid.at == '~';
	if (*ret_paused) {
		rid.at++;
		rid.n--;
	}
	*ret_rid = rid;
	return true;
}

struct sdp_text sdp_fmtp_get(struct sdp_text fmtp, const char *name)
{
	for (struct sdp_text parameter; sdp_next_word(&fmtp, ';', &parameter);) {
		while (parameter.n && *parameter.at == ' ') {
			parameter.at++;
			parameter.n--;
		}
		const char *equals = parameter.n ? memchr(parameter.at, '=', parameter.n) : NULL;
		if (!equals)
			continue;
		struct sdp_text key = { parameter.at, (uint32_t)(equals - parameter.at) };

		if (same_ignoring_case(key, name))
			return (struct sdp_text){ equals + 1, parameter.n - key.n - 1 };
	}
	return (struct sdp_text){ 0 };
}

bool sdp_codec_is(const struct sdp_codec *c, const char *name)
{
	return same_ignoring_case(c->name, name);
}

const struct sdp_section *sdp_find_section(const struct sdp *s, struct sdp_text mid)
{
	for (size_t i = 0; i < s->section_count; i++) {
		if (mid.n && sdp_text_same(s->sections[i].mid, mid))
			return &s->sections[i];
	}
	return NULL;
}

const struct sdp_codec *sdp_find_codec(const struct sdp_section *s, unsigned payload_type)
{
	for (size_t i = 0; i < s->codec_count; i++) {
		if (s->codecs[i].payload_type == payload_type)
			return &s->codecs[i];
	}
	return NULL;
}

const struct sdp_codec *sdp_find_rtx(const struct sdp_section *s, unsigned payload_type)
{
	for (size_t i = 0; i < s->codec_count; i++) {
		uint64_t apt;

		if (sdp_codec_is(&s->codecs[i], "rtx") &&
		    sdp_text_number(sdp_fmtp_get(s->codecs[i].fmtp, "apt"), 127, &apt) &&
		    apt == payload_type)
			return &s->codecs[i];
	}
	return NULL;
}

const struct sdp_ssrc *sdp_find_ssrc(const struct sdp_section *s, uint32_t ssrc)
{
	for (size_t i = 0; i < s->ssrc_count; i++) {
		if (s->ssrcs[i].ssrc == ssrc)
			return &s->ssrcs[i];
	}
	return NULL;
}

uint32_t sdp_rtx_ssrc(const struct sdp_section *s, uint32_t primary)
{
	for (size_t i = 0; i < s->ssrc_group_count; i++) {
		const struct sdp_ssrc_group *g = &s->ssrc_groups[i];

		if (g->semantics == SDP_GROUP_FID && g->count == 2 && g->ssrcs[0] == primary)
			return g->ssrcs[1];
	}
	return 0;
}

const char *sdp_direction_name(enum sdp_direction d)
{
	static const char *const names[] = { "inactive", "sendonly", "recvonly", "sendrecv" };

	return names[d & 3];
}

const char *sdp_setup_name(enum sdp_setup s)
{
	static const char *const names[] = { NULL, "active", "passive", "actpass", "holdconn" };

	return s <= SDP_SETUP_HOLDCONN ? names[s] : NULL;
}

void sdp_fingerprint_text(const uint8_t sha256[SDP_FINGERPRINT_LENGTH], char ret[96])
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < SDP_FINGERPRINT_LENGTH; i++) {
		ret[3 * i] = digits[sha256[i] >> 4];
		ret[3 * i + 1] = digits[sha256[i] & 15];
		ret[3 * i + 2] = i + 1 < SDP_FINGERPRINT_LENGTH ? ':' : '\0';
	}
}

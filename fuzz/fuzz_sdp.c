/* SPDX-License-Identifier: Apache-2.0 */
/* Session descriptions:
 * every text of the result lies in the input, every slice in its array, every list in its cap. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "wire/sdp.h"

static const char *begin, *end;

static void inside(struct sdp_text t)
{
	if (t.n)
		assert(t.at >= begin && t.at + t.n <= end);
}

static void check_codecs(const struct sdp *s, const struct sdp_section *section)
{
	for (size_t i = 0; i < section->codec_count; i++) {
		const struct sdp_codec *c = &section->codecs[i];

		assert(c >= s->codecs && c < s->codecs + s->codec_count);
		if (c->payload_type != 0 && c->payload_type != 8 && c->payload_type != 9)
			inside(c->name); /* those have names of their own */
		inside(c->fmtp);
		inside(sdp_fmtp_get(c->fmtp, "apt"));
		assert(sdp_find_codec(section, c->payload_type) == c);
		(void)sdp_find_rtx(section, c->payload_type);
		assert(c->channels > 0);
	}
}

static void check_streams(const struct sdp *s, const struct sdp_section *section)
{
	assert(section->ssrc_count <= SDP_SSRCS_PER_SECTION);
	for (size_t i = 0; i < section->ssrc_count; i++) {
		const struct sdp_ssrc *entry = &section->ssrcs[i];

		assert(entry < s->ssrcs + s->ssrc_count);
		assert(sdp_find_ssrc(section, entry->ssrc) == entry);
		(void)sdp_rtx_ssrc(section, entry->ssrc);
		inside(entry->cname);
		inside(entry->stream);
		inside(entry->track);
	}
	for (size_t i = 0; i < section->ssrc_group_count; i++)
		assert(section->ssrc_groups[i].count <= SDP_GROUP_SSRCS);
	for (size_t i = 0; i < section->rid_count; i++) {
		assert(section->rids[i].id.n > 0 && section->rids[i].id.n <= SDP_RID_MAX);
		inside(section->rids[i].id);
	}
	struct sdp_text list = section->simulcast_send, rid;
	bool paused;
	while (sdp_next_rid(&list, &rid, &paused))
		inside(rid);
}

static void check_section(const struct sdp *s, const struct sdp_section *section)
{
	inside(section->mid);
	inside(section->protocol);
	inside(section->formats);
	inside(section->ice_ufrag);
	inside(section->ice_pwd);
	inside(section->stream);
	inside(section->track);
	assert(section->mid.n <= SDP_MID_MAX && section->stream.n <= SDP_ID_MAX);
	assert(!section->mid.n || sdp_find_section(s, section->mid) == section);
	for (size_t i = 0; i < section->extension_count; i++) {
		assert(section->extensions[i].id != 0 && section->extensions[i].id != 15);
		assert(section->extensions[i].kind < RTPEXT_KINDS);
		inside(section->extensions[i].uri);
	}
	check_codecs(s, section);
	check_streams(s, section);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct sdp *s;
	struct sdp_error error = { 0 };

	if (!s)
		s = malloc(sizeof *s);
	if (!s)
		return 0;
	begin = (const char *)bytes;
	end = begin + n;
	if (sdp_parse(s, begin, n, &error) != SDP_OK) {
		assert(error.code != SDP_OK && error.text[0]);
		for (const char *c = error.text; *c; c++)
			assert(*c >= ' ' && *c < 0x7f);
		return 0;
	}
	assert(s->section_count <= LIMIT_SDP_SECTIONS && s->codec_count <= SDP_CODECS);
	assert(s->extension_count <= SDP_EXTENSIONS && s->ssrc_count <= SDP_SSRCS);
	inside(s->origin);
	inside(s->bundle);
	for (size_t i = 0; i < s->section_count; i++)
		check_section(s, &s->sections[i]);
	return 0;
}

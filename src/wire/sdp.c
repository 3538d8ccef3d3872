/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session description, line by line (RFC 8866 5). Attributes: sdp_attribute.c. See sdp.h.
 * Way: control/signal ▸ plane ▸ sfu/negotiate.c ▸ [sdp.c]
 */
#include "wire/sdp.h"

#include <stdio.h>
#include <string.h>

#include "wire/sdp_parser.h"

enum { SHOWN_MAX = 48 };

enum sdp_result sdp_fail(struct sdp_parser *p, enum sdp_result code, const char *what,
			 struct sdp_text value, const char *fix)
{
	char shown[SHOWN_MAX + 1];
	size_t n = value.n < SHOWN_MAX ? value.n : SHOWN_MAX;

	for (size_t i = 0; i < n; i++)
		shown[i] = value.at[i] >= ' ' && value.at[i] < 0x7f ? value.at[i] : '?';
	shown[n] = '\0';
	p->error.code = code;
	p->error.line = p->line;
	(void)snprintf(p->error.text, sizeof p->error.text, "%s \"%s%s\" in line %u of the SDP: %s",
		       what, shown, value.n > SHOWN_MAX ? "..." : "", p->line, fix);
	return code;
}

/* Formats that need no rtpmap (RFC 3551 6). */
static void name_static_format(struct sdp_codec *c)
{
	static const struct {
		uint8_t payload_type;
		struct sdp_text name;
	} table[] = { { 0, { "PCMU", 4 } }, { 8, { "PCMA", 4 } }, { 9, { "G722", 4 } } };

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		if (table[i].payload_type == c->payload_type) {
			c->name = table[i].name;
			c->clock_rate = 8000;
		}
	}
}

static enum sdp_result parse_formats(struct sdp_parser *p, struct sdp_text formats)
{
	struct sdp *s = p->sdp;

	for (struct sdp_text word; sdp_next_word(&formats, ' ', &word);) {
		uint64_t payload_type;

		if (!sdp_text_number(word, 127, &payload_type))
			return sdp_fail(p, SDP_BAD_VALUE, "m= payload type", word, "use 0 to 127");
		if (p->codec_at[payload_type])
			return sdp_fail(p, SDP_DUPLICATE, "m= payload type", word,
					"name each once");
		if (s->codec_count == SDP_CODECS)
			return sdp_fail(p, SDP_TOO_MANY, "m= payload type", word,
					"at most 2048 in all");
		struct sdp_codec *c = &s->codecs[s->codec_count++];

		*c = (struct sdp_codec){ .payload_type = (uint8_t)payload_type, .channels = 1 };
		name_static_format(c);
		p->section->codec_count++;
		p->codec_at[payload_type] = (uint16_t)s->codec_count;
	}
	return SDP_OK;
}

static enum sdp_kind kind_of(struct sdp_text media)
{
	return sdp_text_is(media, "audio")	   ? SDP_AUDIO
	       : sdp_text_is(media, "video")	   ? SDP_VIDEO
	       : sdp_text_is(media, "application") ? SDP_APPLICATION
						   : SDP_OTHER;
}

static bool is_rtp(struct sdp_text protocol)
{
	return protocol.n >= 4 && memmem(protocol.at, protocol.n, "RTP/", 4);
}

/* A new section, with what the session said for all. */
static struct sdp_section *add_section(struct sdp_parser *p)
{
	struct sdp *s = p->sdp;
	struct sdp_section *section = &s->sections[s->section_count++];

	*section = (struct sdp_section){
		.direction = p->session.direction,
		.setup = p->session.setup,
		.ice_ufrag = p->session.ice_ufrag,
		.ice_pwd = p->session.ice_pwd,
		.ice_options = p->session.ice_options,
		.fingerprint = p->session.fingerprint,
		.line = p->line,
	};
	section->codecs = s->codecs + s->codec_count;
	section->extensions = s->extensions + s->extension_count;
	section->ssrcs = s->ssrcs + s->ssrc_count;
	section->ssrc_groups = s->ssrc_groups + s->ssrc_group_count;
	section->rids = s->rids + s->rid_count;
	memset(p->codec_at, 0, sizeof p->codec_at);
	memset(p->extension_ids, 0, sizeof p->extension_ids);
	p->own_fingerprint = false;
	p->at_session = false;
	p->section = section;
	return section;
}

/* m=<media> <port>[/<count>] <protocol> <formats> */
static enum sdp_result parse_media(struct sdp_parser *p, struct sdp_text value)
{
	struct sdp_text rest = value, media, ports, port_text, protocol;
	uint64_t port;

	if (p->sdp->section_count == LIMIT_SDP_SECTIONS)
		return sdp_fail(p, SDP_TOO_MANY, "m=", value, "at most 512 sections");
	if (!sdp_next_word(&rest, ' ', &media) || !sdp_next_word(&rest, ' ', &ports) ||
	    !sdp_next_word(&rest, ' ', &protocol) || !sdp_next_word(&ports, '/', &port_text) ||
	    !sdp_text_number(port_text, UINT16_MAX, &port) || rest.n < 2)
		return sdp_fail(p, SDP_BAD_VALUE, "m=", value,
				"use <media> <port> <protocol> <formats>");

	struct sdp_section *section = add_section(p);
	section->kind = kind_of(media);
	section->media = media;
	section->port = (uint16_t)port;
	section->protocol = protocol;
	section->formats = (struct sdp_text){ rest.at + 1, rest.n - 1 };
	return is_rtp(protocol) ? parse_formats(p, section->formats) : SDP_OK;
}

/* o=<user> <session id> <version> … */
static void parse_origin(struct sdp_parser *p, struct sdp_text value)
{
	struct sdp_text rest = value, user, id, version;

	p->sdp->origin = value;
	if (sdp_next_word(&rest, ' ', &user) && sdp_next_word(&rest, ' ', &id) &&
	    sdp_next_word(&rest, ' ', &version)) {
		(void)sdp_text_number(id, UINT64_MAX, &p->sdp->session_id);
		(void)sdp_text_number(version, UINT64_MAX, &p->sdp->session_version);
	}
}

static enum sdp_result parse_line(struct sdp_parser *p, struct sdp_text line)
{
	if (line.n < 2 || line.at[1] != '=')
		return sdp_fail(p, SDP_BAD_LINE, "line", line, "start with a letter and '='");
	struct sdp_text value = { line.at + 2, line.n - 2 };

	if (p->line == 1 && !sdp_text_is(line, "v=0"))
		return sdp_fail(p, SDP_BAD_ORDER, "first line", line, "start with v=0");
	switch (line.at[0]) {
	case 'm':
		return parse_media(p, value);
	case 'a':
		return sdp_parse_attribute(p, value);
	case 'o':
		parse_origin(p, value);
		return SDP_OK;
	default:
		return SDP_OK; /* s= t= c= b= …: nothing in them for us */
	}
}

/* Takes the next line, without its end, off the text. */
static enum sdp_result take_line(struct sdp_parser *p, struct sdp_text *text, struct sdp_text *ret)
{
	const char *lf = memchr(text->at, '\n', text->n);
	struct sdp_text line = { text->at, lf ? (uint32_t)(lf - text->at) : text->n };
	uint32_t taken = line.n + (lf ? 1 : 0);

	p->line++;
	if (lf && line.n && line.at[line.n - 1] == '\r')
		line.n--;
	if (line.n > SDP_LINE_MAX)
		return sdp_fail(p, SDP_TOO_LARGE, "line", line, "use at most 4096 bytes a line");
	if (line.n && (memchr(line.at, '\r', line.n) || memchr(line.at, '\0', line.n)))
		return sdp_fail(p, SDP_BAD_BYTES, "line", line,
				"leave out NUL, and CR without LF after it");
	text->at += taken;
	text->n -= taken;
	*ret = line;
	return SDP_OK;
}

/* Marks the sections of the BUNDLE group.
 * Clients list mids in section order, so the next one is tried first. */
static enum sdp_result mark_bundle(struct sdp_parser *p)
{
	struct sdp_text rest = p->sdp->bundle, mid;
	size_t words = 0, next = 0;

	while (sdp_next_word(&rest, ' ', &mid)) {
		struct sdp *s = p->sdp;

		if (++words > LIMIT_SDP_SECTIONS)
			return sdp_fail(p, SDP_TOO_MANY, "a=group:BUNDLE", s->bundle,
					"at most 512 mids");
		for (size_t tries = 0; tries < s->section_count; tries++) {
			size_t i = (next + tries) % s->section_count;

			if (sdp_text_same(s->sections[i].mid, mid)) {
				s->sections[i].bundled = true;
				next = i + 1;
				break;
			}
		}
	}
	return SDP_OK;
}

static enum sdp_result check_mids(struct sdp_parser *p)
{
	const struct sdp *s = p->sdp;

	for (size_t i = 1; i < s->section_count; i++) {
		const struct sdp_section *section = &s->sections[i];

		for (size_t j = 0; section->mid.n && j < i; j++) {
			if (sdp_text_same(section->mid, s->sections[j].mid)) {
				p->line = section->line;
				return sdp_fail(p, SDP_DUPLICATE, "a=mid", section->mid,
						"give each section its own, below this m=");
			}
		}
	}
	return SDP_OK;
}

static void start(struct sdp_parser *p, struct sdp *s)
{
	/* The arrays stay as they are: each entry is set when it is taken. */
	s->origin = s->bundle = (struct sdp_text){ 0 };
	s->session_id = s->session_version = 0;
	s->ice_lite = s->extmap_allow_mixed = false;
	s->section_count = s->codec_count = s->extension_count = 0;
	s->ssrc_count = s->ssrc_group_count = s->rid_count = 0;
	p->sdp = s;
	p->section = &p->session;
	p->session.direction = SDP_SENDRECV;
	p->at_session = true;
}

static enum sdp_result parse_all(struct sdp_parser *p, const char *text, size_t n)
{
	struct sdp_text rest = { text, (uint32_t)n }, line = { 0 };

	if (n == 0 || n > LIMIT_SDP)
		return sdp_fail(p, n ? SDP_TOO_LARGE : SDP_BAD_ORDER, "description", line,
				n ? "use at most 512 KiB" : "start with v=0");
	while (rest.n) {
		enum sdp_result result = take_line(p, &rest, &line);

		if (result == SDP_OK &&
		    (line.n || p->line == 1)) /* empty lines at the end happen */
			result = parse_line(p, line);
		if (result != SDP_OK)
			return result;
	}
	enum sdp_result result = check_mids(p);
	return result == SDP_OK ? mark_bundle(p) : result;
}

enum sdp_result sdp_parse(struct sdp *ret, const char *text, size_t n, struct sdp_error *ret_error)
{
	struct sdp_parser p = { 0 };

	start(&p, ret);
	enum sdp_result result = parse_all(&p, text, n);
	if (result != SDP_OK && ret_error)
		*ret_error = p.error;
	return result;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "media/sfu/sfu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int sfu_init(struct sfu *s, const struct sfu_config *config)
{
	s->rng = config->rng;
	s->dtls = config->dtls;
	s->fingerprint = config->fingerprint;
	s->worker = config->worker;
	outbox_init(&s->outbox);
	keymap_init(&s->rooms, s->rng);
	keymap_init(&s->participants, s->rng);
	keymap_init(&s->tracks, s->rng);
	keymap_init(&s->sources, s->rng);
	keymap_init(&s->ufrags, s->rng);
	if (config->address_count == 0)
		return -EINVAL;

	s->sdp = malloc(sizeof *s->sdp);
	s->addresses = calloc(config->address_count + config->tcp_address_count,
			      sizeof *s->addresses);
	if (!s->sdp || !s->addresses)
		return -ENOMEM;
	memcpy(s->addresses, config->addresses, config->address_count * sizeof *s->addresses);
	for (size_t i = 0; i < config->tcp_address_count; i++)
		s->addresses[config->address_count + i] = config->tcp_addresses[i];
	s->address_count = config->address_count;
	s->tcp_address_count = config->tcp_address_count;
	return 0;
}

void sfu_fini(struct sfu *s)
{
	keymap_fini(&s->rooms);
	keymap_fini(&s->participants);
	keymap_fini(&s->tracks);
	keymap_fini(&s->sources);
	keymap_fini(&s->ufrags);
	timers_fini(&s->timers);
	egress_fini(&s->egress);
	free(s->sdp);
	free(s->addresses);
	s->sdp = NULL;
	s->addresses = NULL;
}

const char *sfu_drop_name(enum sfu_drop why)
{
	static const char *const names[DROP_COUNT] = {
		[DROP_STRANGER] = "stranger",
		[DROP_DATA] = "data",
		[DROP_RTP] = "rtp_malformed",
		[DROP_RTCP] = "rtcp_malformed",
		[DROP_DIRECTION] = "direction",
		[DROP_SSRC] = "ssrc_unknown",
		[DROP_RETIRED] = "stream_replaced",
		[DROP_TRACK] = "no_track",
		[DROP_PAYLOAD_TYPE] = "payload_type",
		[DROP_CODEC] = "codec_change",
		[DROP_STREAM] = "duplicate_or_old",
		[DROP_MUTED] = "muted",
		[DROP_SILENT] = "silent",
		[DROP_RED] = "red",
		[DROP_FEEDBACK] = "feedback_foreign",
		[DROP_SEND] = "send",
		[DROP_COMMAND] = "command",
		[DROP_DATA_PACKET] = "data_packet",
		[DROP_DATA_RIGHTS] = "data_rights",
		[DROP_DATA_OLD] = "data_duplicate",
		[DROP_DATA_TRACK] = "data_track",
		[DROP_DATA_FULL] = "data_full",
		[DROP_DATA_RATE] = "data_rate",
	};

	return names[why];
}

bool sfu_key(struct key *ret, const struct sid *sid)
{
	return key_of_text(ret, sid->text, strnlen(sid->text, sizeof sid->text));
}

struct participant *sfu_find_participant(const struct sfu *s, const struct sid *sid)
{
	struct key key;

	return sfu_key(&key, sid) ? keymap_get(&s->participants, &key) : NULL;
}

struct track *sfu_find_track(const struct sfu *s, const struct sid *sid)
{
	struct key key;

	return sfu_key(&key, sid) ? keymap_get(&s->tracks, &key) : NULL;
}

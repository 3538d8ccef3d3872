/* SPDX-License-Identifier: Apache-2.0 */
/* Joins ICE, DTLS and SRTP of one peer connection. See transport.h. */
#include "media/peer/transport.h"

#include <errno.h>
#include <string.h>

#include "wire/rtp.h"

void transport_init(struct transport *t, const struct transport_config *config)
{
	memset(t, 0, sizeof *t);
	t->rng = config->rng;
	t->outbox = config->outbox;
	t->dtls_context = config->dtls;
	t->dtls_client = config->checks != NULL;
	ice_init(&t->ice, t->rng, config->ufrag_prefix ? config->ufrag_prefix : "", config->checks);
}

void transport_fini(struct transport *t)
{
	t->dtls = dtls_free(t->dtls);
	if (t->has_srtp)
		srtp_fini(&t->srtp);
	explicit_bzero(&t->ice, sizeof t->ice);
	t->has_srtp = false;
	t->state = TRANSPORT_FAILED;
}

enum transport_state transport_get_state(const struct transport *t)
{
	return t->state;
}

const char *transport_cause(const struct transport *t)
{
	return t->cause;
}

const struct ice_credentials *transport_local(const struct transport *t)
{
	return &t->ice.current;
}

/* The keys stay until transport_fini: the engine may be in the middle of a batch. */
static void fail(struct transport *t, const char *cause)
{
	t->state = TRANSPORT_FAILED;
	t->cause = cause;
	t->dtls = dtls_free(t->dtls);
}

static void advance(struct transport *t)
{
	if (t->state == TRANSPORT_NEW && t->ice.address_count > 0)
		t->state = TRANSPORT_CHECKED;
	if (t->state == TRANSPORT_CHECKED && t->has_srtp)
		t->state = TRANSPORT_CONNECTED;
}

static int open_srtp(struct transport *t, const struct srtp_keys *keys)
{
	int r = srtp_init(&t->srtp, keys);

	if (r == 0 && t->ice.checks) /* a client's end */
		srtp_from_server(&t->srtp);
	return r;
}

/* Looks at what the handshake has come to. */
static void check_dtls(struct transport *t, uint64_t now)
{
	struct srtp_keys keys;

	if (!t->dtls)
		return;
	if (dtls_get_state(t->dtls) == DTLS_FAILED) {
		fail(t, "DTLS handshake failed");
		return;
	}
	if (dtls_get_state(t->dtls) == DTLS_CLOSED) {
		fail(t, "closed by the peer");
		return;
	}
	if (t->has_srtp)
		return;
	int r = dtls_export_keys(t->dtls, t->remote_fingerprint, &keys);
	if (r == -EAGAIN) /* not done, or the peer's SDP is still on its way */
		return;
	if (r == 0) {
		r = open_srtp(t, &keys);
		explicit_bzero(&keys, sizeof keys);
	}
	if (r == -EACCES) {
		fail(t, "DTLS certificate is not the one of the SDP");
	} else if (r == -ENOPROTOOPT) {
		fail(t, "DTLS without an SRTP profile");
	} else if (r < 0) {
		fail(t, "no SRTP keys");
	} else {
		t->has_srtp = t->dtls_over = true;
		t->dtls_done_us = now;
		if (t->keep_dtls)
			dtls_keep(t->dtls);
	}
}

int transport_set_remote(struct transport *t, uint64_t now, const struct transport_remote *remote)
{
	char fingerprint[FINGERPRINT_TEXT];
	int r = cert_fingerprint_parse(remote->fingerprint, strlen(remote->fingerprint),
				       fingerprint);

	if (r < 0)
		return r;
	if (t->remote_fingerprint[0] && strcmp(t->remote_fingerprint, fingerprint) != 0)
		return -EACCES;
	r = ice_set_remote(&t->ice, remote->ufrag, remote->pwd);
	if (r < 0)
		return r;
	memcpy(t->remote_fingerprint, fingerprint, sizeof fingerprint);
	if (t->connect_by_us == 0)
		t->connect_by_us = now + TRANSPORT_CONNECT_US;
	if (t->state != TRANSPORT_FAILED)
		check_dtls(t, now);
	advance(t);
	return 0;
}

bool transport_is_restart(const struct transport *t, const char *remote_ufrag)
{
	const char *known = t->ice.current.remote_ufrag;

	return known[0] && strcmp(known, remote_ufrag) != 0;
}

void transport_restart_ice(struct transport *t, uint64_t now)
{
	t->restart_by_us = now + TRANSPORT_RESTART_US;
	ice_restart(&t->ice, t->rng);
	if (t->ice.checks)
		ice_disconnect(&t->ice);
}

static void start_dtls(struct transport *t, uint64_t now)
{
	const struct dtls_config config = {
		.context = t->dtls_context,
		.client = t->dtls_client,
		.fingerprint = t->remote_fingerprint,
		.outbox = t->outbox,
		.to = &t->ice.selected,
	};

	/* Failing means: too many at once, or no memory. The peer repeats itself. */
	(void)dtls_new(&t->dtls, &config, now);
}

static enum verdict rx_dtls(struct transport *t, uint64_t now, uint8_t *bytes, size_t n,
			    struct transport_in *ret)
{
	enum { HANDSHAKE_RECORD = 22 };

	if (!t->dtls && !t->dtls_over && t->dtls_context && !t->dtls_client &&
	    bytes[0] == HANDSHAKE_RECORD)
		start_dtls(t, now);
	if (!t->dtls)
		return V_DROP_DTLS;
	enum verdict v = dtls_rx(t->dtls, now, bytes, n);
	check_dtls(t, now);
	/* Application data is worth something only after the fingerprint was compared. */
	if (!t->dtls || !t->has_srtp)
		return v;
	size_t length = dtls_read(t->dtls, bytes, n);
	check_dtls(t, now);
	if (length > 0) {
		ret->kind = TRANSPORT_IN_DATA;
		ret->bytes = bytes;
		ret->length = length;
	}
	return v;
}

size_t transport_next_data(struct transport *t, uint8_t *ret, size_t capacity)
{
	return t->dtls && t->has_srtp ? dtls_read(t->dtls, ret, capacity) : 0;
}

static enum verdict rx_media(struct transport *t, uint64_t now, bool rtcp, uint8_t *bytes, size_t n,
			     struct transport_in *ret)
{
	size_t length = 0;
	enum verdict v;

	if (!t->has_srtp)
		return V_DROP_KEYS;
	if (rtcp)
		v = srtp_unprotect_rtcp(&t->srtp, bytes, n, &length);
	else
		v = srtp_unprotect_rtp(&t->srtp, bytes, n, &length, &ret->rtp_index);
	if (v != V_OK)
		return v;
	ice_alive(&t->ice, now);
	ret->kind = rtcp ? TRANSPORT_IN_RTCP : TRANSPORT_IN_RTP;
	ret->bytes = bytes;
	ret->length = length;
	return V_OK;
}

static enum verdict demultiplex(struct transport *t, uint64_t now, const struct path *from,
				uint8_t *bytes, size_t n, struct transport_in *ret)
{
	enum demux_kind kind = demux_of(bytes, n);

	if (n == 0)
		return V_DROP_SHORT;
	if (t->state == TRANSPORT_FAILED)
		return V_DROP_CLOSED;
	if (kind == DEMUX_STUN)
		return ice_rx(&t->ice, now, from, bytes, n, t->outbox, &ret->ice);
	if (kind != DEMUX_DTLS && kind != DEMUX_RTP && kind != DEMUX_RTCP)
		return V_DROP_KIND;
	if (!ice_is_validated(&t->ice, from)) /* R41, R46 */
		return V_DROP_STRANGER;
	if (kind == DEMUX_DTLS)
		return rx_dtls(t, now, bytes, n, ret);
	return rx_media(t, now, kind == DEMUX_RTCP, bytes, n, ret);
}

enum verdict transport_rx(struct transport *t, uint64_t now, const struct path *from,
			  uint8_t *bytes, size_t n, struct transport_in *ret)
{
	enum transport_state before = t->state;

	*ret = (struct transport_in){ .kind = TRANSPORT_IN_NOTHING };
	enum verdict v = demultiplex(t, now, from, bytes, n, ret);
	advance(t);
	t->verdicts[v]++;
	ret->state_changed = t->state != before;
	return v;
}

static bool is_due(uint64_t since, uint64_t period, uint64_t now)
{
	return now >= since && now - since >= period;
}

/* R53; a client that has just asked for a restart is given the time for it. */
static uint64_t dead_at(const struct transport *t)
{
	uint64_t at = t->ice.last_seen_us + ICE_DEAD_US;

	return at > t->restart_by_us ? at : t->restart_by_us;
}

bool transport_tick(struct transport *t, uint64_t now)
{
	enum transport_state before = t->state;

	if (t->state == TRANSPORT_FAILED)
		return false;
	ice_tick(&t->ice, now, t->rng, t->outbox);
	if (t->dtls_client && !t->dtls && !t->dtls_over && t->dtls_context && t->ice.address_count)
		start_dtls(t, now);
	if (t->dtls) {
		dtls_tick(t->dtls, now);
		check_dtls(t, now);
	}
	/* Without data channels nothing needs the 50-75 KB of an SSL object any longer. */
	if (t->dtls && !t->keep_dtls && t->dtls_done_us &&
	    is_due(t->dtls_done_us, DTLS_LINGER_US, now))
		t->dtls = dtls_free(t->dtls);
	advance(t);
	if (t->state == TRANSPORT_FAILED)
		return true;
	if (t->state != TRANSPORT_CONNECTED && t->connect_by_us && now >= t->connect_by_us)
		fail(t, "not connected in time");
	else if (t->ice.last_seen_us && now >= dead_at(t))
		fail(t, "consent expired");
	return t->state != before;
}

static void sooner(uint64_t *deadline, uint64_t at)
{
	if (at < *deadline)
		*deadline = at;
}

uint64_t transport_deadline(const struct transport *t)
{
	uint64_t deadline = UINT64_MAX;

	if (t->state == TRANSPORT_FAILED)
		return deadline;
	sooner(&deadline, ice_deadline(&t->ice));
	if (t->dtls_client && !t->dtls && !t->dtls_over && t->dtls_context && t->ice.address_count)
		sooner(&deadline, t->ice.last_seen_us);
	if (t->dtls)
		sooner(&deadline, dtls_deadline(t->dtls));
	if (t->dtls && !t->keep_dtls && t->dtls_done_us)
		sooner(&deadline, t->dtls_done_us + DTLS_LINGER_US);
	if (t->state != TRANSPORT_CONNECTED && t->connect_by_us)
		sooner(&deadline, t->connect_by_us);
	if (t->ice.last_seen_us)
		sooner(&deadline, dead_at(t));
	return deadline;
}

bool transport_may_send(const struct transport *t, uint64_t now)
{
	return t->state == TRANSPORT_CONNECTED && ice_may_send(&t->ice, now);
}

const struct path *transport_selected(const struct transport *t)
{
	return path_none(&t->ice.selected) ? NULL : &t->ice.selected;
}

struct srtp *transport_srtp(struct transport *t)
{
	return t->state == TRANSPORT_CONNECTED ? &t->srtp : NULL;
}

int transport_protect_rtp(struct transport *t, const uint8_t *packet, size_t n, uint8_t *out,
			  size_t capacity)
{
	size_t header = rtp_header_length(packet, n);

	if (t->state != TRANSPORT_CONNECTED)
		return -ENOTCONN;
	if (!header)
		return -EINVAL;
	struct srtp_job job = {
		.srtp = &t->srtp,
		.header = packet,
		.header_length = header,
		.payload = packet + header,
		.payload_length = n - header,
		.out = out,
		.capacity = capacity,
	};
	srtp_protect_rtp(&job, 1);
	return job.ret_result < 0 ? job.ret_result : (int)job.ret_length;
}

void transport_end_rtp(struct transport *t, uint32_t ssrc)
{
	if (t->has_srtp)
		srtp_end_sent(&t->srtp, ssrc);
}

int transport_protect_rtcp(struct transport *t, const uint8_t *packet, size_t n, uint8_t *out,
			   size_t capacity)
{
	if (t->state != TRANSPORT_CONNECTED)
		return -ENOTCONN;
	return srtp_protect_rtcp(&t->srtp, packet, n, out, capacity);
}

int transport_send_data(struct transport *t, const uint8_t *bytes, size_t n)
{
	if (t->state != TRANSPORT_CONNECTED || !t->dtls)
		return -ENOTCONN;
	return dtls_write(t->dtls, bytes, n);
}

int transport_protect_data(struct transport *t, const uint8_t *bytes, size_t n, uint8_t *out,
			   size_t capacity)
{
	if (t->state != TRANSPORT_CONNECTED || !t->dtls)
		return -ENOTCONN;
	return dtls_seal(t->dtls, bytes, n, out, capacity);
}

void transport_drop_dtls(struct transport *t)
{
	t->keep_dtls = false;
}

bool transport_keep_dtls(struct transport *t)
{
	if (t->dtls_over && !t->dtls)
		return false;
	t->keep_dtls = true;
	if (t->dtls && t->has_srtp)
		dtls_keep(t->dtls);
	return true;
}

void transport_close(struct transport *t)
{
	if (t->state == TRANSPORT_FAILED)
		return;
	if (t->dtls)
		dtls_close(t->dtls);
	fail(t, "closed");
}

bool transport_has_ufrag(const struct transport *t, const char *ufrag)
{
	return ice_has_ufrag(&t->ice, ufrag);
}

bool transport_ufrag_of(const uint8_t *bytes, size_t n, char ret[ICE_LOCAL_UFRAG + 1])
{
	return ice_ufrag_of(bytes, n, ret);
}

void transport_forget(struct transport *t, const struct path *path)
{
	ice_forget(&t->ice, path);
}

size_t transport_addresses(const struct transport *t, const struct ice_address **ret)
{
	*ret = t->ice.addresses;
	return t->ice.address_count;
}

int transport_inject_keys(struct transport *t, const struct srtp_keys *keys)
{
	if (t->has_srtp) {
		srtp_fini(&t->srtp);
		t->has_srtp = false;
	}
	int r = open_srtp(t, keys);
	if (r < 0)
		return r;
	t->has_srtp = t->dtls_over = true;
	advance(t);
	return 0;
}

void transport_set_roles(struct transport *t, bool controlling, bool dtls_client)
{
	ice_set_role(&t->ice, controlling);
	t->dtls_client = dtls_client;
}

void transport_connect(struct transport *t, uint64_t now, const struct path *to)
{
	ice_connect(&t->ice, now, to, t->rng);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One peer connection's transport: ICE, DTLS and SRTP behind one sans-IO struct. The engine finds
 * the transport of a datagram (by source address, or by transport_ufrag_of for an unknown source),
 * hands it in, and gets back what came out. Order of trust: length, authentication, replay, and
 * only then state. Belongs to its worker's thread.
 *
 *	first byte (RFC 7983)  0-3 ▸ ice.c   20-63 ▸ dtls.c   128-191 ▸ srtp.c   others: dropped
 *
 * Way: engine_rx ▸ [transport_rx] ▸ rtp/up … rtp/down ▸ srtp_protect_rtp ▸ engine_next_tx.
 *
 * Outgoing STUN and DTLS datagrams collect in the worker's outbox (outbox.h): drain it after
 * transport_rx, transport_tick, transport_set_remote and transport_close.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/path.h"
#include "base/rng.h"
#include "media/peer/dtls.h"
#include "media/peer/ice.h"
#include "media/peer/outbox.h"
#include "media/peer/srtp.h"
#include "media/peer/verdict.h"

enum {
	TRANSPORT_CONNECT_US = 30 * 1000000, /* from set_remote to connected, or it has failed */
	TRANSPORT_RESTART_US = 15 * 1000000, /* from a restart to a check, when consent is gone */
};

enum transport_state {
	TRANSPORT_NEW,	     /* waiting for the first authenticated check */
	TRANSPORT_CHECKED,   /* ICE has an address; DTLS under way */
	TRANSPORT_CONNECTED, /* keys are there: media flows */
	TRANSPORT_FAILED,    /* for good; transport_cause says why */
};

struct transport_config {
	struct rng *rng;       /* kept */
	struct outbox *outbox; /* kept; the worker's */
	/* kept; the worker's. NULL: keys come from transport_inject_keys */
	struct dtls_context *dtls;
	/* starts the local ufrag (worker number); "" or NULL = none; <= 7 letters */
	const char *ufrag_prefix;
	/*
	 * NULL: the server's end, ICE-lite and DTLS server. Else a client's end, with full ICE and
	 * DTLS client until transport_set_roles; kept.
	 */
	struct ice_checks *checks;
};

/*
 * Public so that it can be embedded; its fields are transport.c's.
 * About 3 KB, plus the SRTP streams on the heap.
 */
struct transport {
	enum transport_state state;
	const char *cause;
	struct rng *rng;
	struct outbox *outbox;
	struct dtls_context *dtls_context;
	struct ice ice;
	struct dtls *dtls;     /* NULL before the first record; see transport_keep_dtls */
	uint64_t dtls_done_us; /* when the handshake completed; 0 = not yet */
	bool dtls_over;	       /* completed: no new handshake is accepted */
	bool keep_dtls;	       /* data channels need it for the transport's life */
	bool dtls_client, has_srtp;
	struct srtp srtp;
	char remote_fingerprint[FINGERPRINT_TEXT]; /* "" = not known yet */
	uint64_t connect_by_us;			   /* 0 = no limit yet */
	uint64_t restart_by_us; /* a restart has until then, however long consent is gone */
	uint64_t verdicts[V_COUNT];
};

/* What came out of a datagram. */
enum transport_in_kind {
	TRANSPORT_IN_NOTHING,
	/* bytes, length: the plain packet, inside the buffer given to transport_rx */
	TRANSPORT_IN_RTP,
	TRANSPORT_IN_RTCP, /* the same, a compound packet */
	TRANSPORT_IN_DATA, /* DTLS application data (SCTP), in the buffer given; decrypted */
};

struct transport_in {
	enum transport_in_kind kind;
	uint8_t *bytes;
	size_t length;
	uint64_t rtp_index; /* RTP: the 48-bit packet index: sequence number without wraps */
	bool state_changed; /* look at transport_get_state */
	struct ice_in ice;  /* addresses to add to, or take out of, the engine's address table */
};

/* What the peer's SDP says. Texts end with NUL and are copied. */
struct transport_remote {
	const char *ufrag, *pwd;
	const char *fingerprint; /* value of a=fingerprint:sha-256, any case */
};

/* The transport must not be moved afterwards. */
void transport_init(struct transport *t, const struct transport_config *config);
void transport_fini(struct transport *t);

/*
 * Our side of the SDP: ufrag and pwd of the newest generation. Valid until transport_restart_ice.
 */
const struct ice_credentials *transport_local(const struct transport *t);

/*
 * Takes the peer's side of the SDP: the first time, after a restart, or again unchanged. The peer
 * may have begun ICE and DTLS before; keys are used only once the fingerprint is known and equal.
 * 0; -EINVAL: malformed; -EACCES: another fingerprint than before. May complete the connection:
 * compare transport_get_state.
 */
int transport_set_remote(struct transport *t, uint64_t now, const struct transport_remote *remote);

/*
 * Whether this ufrag of the peer's SDP means that it restarts ICE (RFC 8839 4.4.1.1.1): then call
 * transport_restart_ice before transport_set_remote, and answer with the new transport_local.
 */
bool transport_is_restart(const struct transport *t, const char *remote_ufrag);

/*
 * New local credentials for the next SDP; the present ones serve until the peer uses the new.
 * DTLS and SRTP go on. A transport about to fail for lack of consent lives on a while.
 */
void transport_restart_ice(struct transport *t, uint64_t now);

/*
 * Takes one datagram; counts and returns its fate.
 * `ret` is always filled. The bytes may be changed.
 */
enum verdict transport_rx(struct transport *t, uint64_t now, const struct path *from,
			  uint8_t *bytes, size_t n, struct transport_in *ret);

/*
 * After TRANSPORT_IN_DATA: the next message of the same datagram, or 0.
 * A datagram may hold several DTLS records.
 */
size_t transport_next_data(struct transport *t, uint8_t *ret, size_t capacity);

/* Runs what is due. true: the state changed. */
bool transport_tick(struct transport *t, uint64_t now);
/*
 * When transport_tick wants to run next, in µs; UINT64_MAX = never. Changes with every other call.
 */
uint64_t transport_deadline(const struct transport *t);

enum transport_state transport_get_state(const struct transport *t);
/* Why it is FAILED, in a few words; NULL otherwise. */
const char *transport_cause(const struct transport *t);

/*
 * Connected, consent fresh (R53): media may be sent to transport_selected now.
 * Ask once per round, not per packet.
 */
bool transport_may_send(const struct transport *t, uint64_t now);
/* Where media goes: the nominated address; NULL = none yet. Read it whenever sending: it moves. */
const struct path *transport_selected(const struct transport *t);

/* A stream is over, and its SSRC will not be used again on this connection. */
void transport_end_rtp(struct transport *t, uint32_t ssrc);

/* Asks for the memory that sending media will read soon; srtp_fetch is the other half. */
static inline void transport_fetch(const struct transport *t)
{
	__builtin_prefetch(&t->state);
	__builtin_prefetch(&t->ice.selected);
	__builtin_prefetch(&t->ice.last_seen_us);
	__builtin_prefetch(&t->srtp.send);
	__builtin_prefetch(&t->srtp.sent);
}

/* The SRTP association for srtp_job; NULL until connected. */
struct srtp *transport_srtp(struct transport *t);
/*
 * Protects one RTP packet (srtp_protect_rtp with one job). The length in `out`, or -errno as there;
 * -ENOTCONN.
 */
int transport_protect_rtp(struct transport *t, const uint8_t *packet, size_t n, uint8_t *out,
			  size_t capacity);
/* Protects one compound RTCP packet. The length in `out`, or -errno; -ENOTCONN. */
int transport_protect_rtcp(struct transport *t, const uint8_t *packet, size_t n, uint8_t *out,
			   size_t capacity);
/* Sends one message over DTLS (SCTP). 0, -ENOTCONN, or as dtls_write. */
int transport_send_data(struct transport *t, const uint8_t *bytes, size_t n);

/* The same into `out` instead of the outbox; the length of the datagram, or -errno. */
int transport_protect_data(struct transport *t, const uint8_t *bytes, size_t n, uint8_t *out,
			   size_t capacity);

/*
 * A data section was negotiated: DTLS stays. Otherwise its 50-75 KB go DTLS_LINGER_US after the
 * handshake; after that it is too late. Returns whether it is in time.
 */
bool transport_keep_dtls(struct transport *t);

/* The data section was refused after all. */
void transport_drop_dtls(struct transport *t);

/* Says goodbye (close_notify) and ends in TRANSPORT_FAILED with cause "closed". */
void transport_close(struct transport *t);

/*
 * Whether a STUN message for this local ufrag belongs
 * here (the newest generation, or the one before).
 */
bool transport_has_ufrag(const struct transport *t, const char *ufrag);
/* For datagrams from unknown sources: the local ufrag they ask for. See ice_ufrag_of. */
bool transport_ufrag_of(const uint8_t *bytes, size_t n, char ret[ICE_LOCAL_UFRAG + 1]);
/*
 * Whether this datagram is a STUN message by its first byte (RFC 7983):
 * route it by ufrag even from a known source.
 */
static inline bool transport_is_stun(const uint8_t *bytes, size_t n)
{
	return n > 0 && bytes[0] < 4;
}
/* The path is no more (a TCP connection that ended): media goes to another validated one, if any. */
void transport_forget(struct transport *t, const struct path *path);
/* Validated addresses, for taking them out of the engine's table when the transport ends. */
size_t transport_addresses(const struct transport *t, const struct ice_address **ret);

/*
 * Tests and simulations: skips DTLS. Connected as soon as (or if already) ICE has an address. 0,
 * -ENOMEM, -EIO.
 */
int transport_inject_keys(struct transport *t, const struct srtp_keys *keys);

/* ---- a client's end ---- */

/* By the other's description, before anything is sent: whether it is ICE-lite (or we offered), and
 * whether its a=setup leaves the DTLS client's part to us. */
void transport_set_roles(struct transport *t, bool controlling, bool dtls_client);

/* Begins checks towards one more candidate of the other end. */
void transport_connect(struct transport *t, uint64_t now, const struct path *to);

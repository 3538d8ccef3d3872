/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Media tokens: LiveKit access tokens (livekit-protocol 2). Handed out
 * by `join`, refreshed by signalling, or made by anybody's server with
 * `livekit-server-sdk`. A user token is never accepted here. Any thread.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/limits.h"
#include "control/auth/token.h"

enum {
	MEDIA_TOKEN_LIFE_S = 6 * 3600,
	/* of `join`: signalling renews it every five minutes; long enough to come back (R23) */
	MEDIA_TOKEN_JOIN_S = 600,
	MEDIA_TOKEN_LEEWAY_S = 60,
};

/* canPublishSources; the bits are 1 << LiveKit's TrackSource. */
enum media_source {
	MEDIA_SOURCE_CAMERA = 1 << 1,
	MEDIA_SOURCE_MICROPHONE = 1 << 2,
	MEDIA_SOURCE_SCREEN_SHARE = 1 << 3,
	MEDIA_SOURCE_SCREEN_SHARE_AUDIO = 1 << 4,
	/* absent or empty list: everything, also sources of unknown kind (bit 0) */
	MEDIA_SOURCE_ALL = 0xff,
};

struct media_token {
	char *identity;	     /* `sub`, 1 to LIMIT_IDENTITY bytes of UTF-8 */
	char *name;	     /* display name; "" = none */
	char *room;	     /* 1 to LIMIT_ROOM_NAME bytes */
	char *metadata;	     /* "" = none */
	json_t *attributes;  /* object of strings; NULL = none */
	char *kind;	     /* "" = standard */
	char *session;	     /* auth_session_key of the sign-in that it was given to; NULL = none */
	json_t *room_config; /* roomConfig, for the room that this token opens; NULL = none */

	/* The grant, with absent ones resolved: absent is not false (livekit-protocol 2). */
	bool room_join;
	bool can_publish;      /* absent: true */
	bool can_subscribe;    /* absent: true */
	bool can_publish_data; /* absent: as can_publish */
	bool can_update_own_metadata;
	bool hidden, recorder, agent, room_admin;
	unsigned can_publish_sources; /* enum media_source bits */

	int64_t not_before_s, expires_at_s; /* not_before_s 0 = none */
};

/* Frees what it owns; the struct is the caller's. Harmless on zeroes and twice. */
void media_token_fini(struct media_token *token);

/* What a Confab user gets for a call: may do everything a participant may. Strings are copied; 0 or
 * -ENOMEM. */
int media_token_init(struct media_token *ret, const char *identity, const char *name,
		     const char *room);

/*
 * Signs: iss = API key, nbf = now - 5, exp = now + life_s; identity, grant and the rest from
 * `token` (its times are not used), so a verified token can be renewed. The text is the caller's to
 * free; NULL when out of memory.
 */
char *media_token_make(const struct token_keys *keys, const struct media_token *token,
		       uint64_t now_s, unsigned life_s);

/*
 * 0, or -EACCES with the reason: HS256 with our secret, iss = our key,
 * sub (or jti), exp (60 s leeway), and a video grant with roomJoin and
 * room. On success the caller owns ret (media_token_fini).
 */
int media_token_verify(const struct token_keys *keys, const char *token, uint64_t now_s,
		       struct media_token *ret, struct token_error *ret_error);

/* What a token allows on the server API: it needs neither identity nor roomJoin. */
struct media_grant {
	bool room_create, room_list, room_admin;
	char room[LIMIT_ROOM_NAME + 1]; /* where room_admin holds; "" = nowhere */
};

/* 0, or -EACCES with the reason: the same checks as above but for those two. */
int media_grant_verify(const struct token_keys *keys, const char *token, uint64_t now_s,
		       struct media_grant *ret, struct token_error *ret_error);

/* Hex of HMAC-SHA256 over a body with the API secret (webhooks about calls and chat). */
enum { MEDIA_BODY_HMAC_SIZE = 65 };
void media_token_hmac_body(const struct token_keys *keys, const void *body, size_t n,
			   char ret[MEDIA_BODY_HMAC_SIZE]);

/* A signed statement about a body (webhooks, livekit-protocol 7.2): iss, nbf, exp and
 * sha256 = base64 of the body's SHA-256. To free; NULL when out of memory. */
char *media_token_sign_body(const struct token_keys *keys, const void *body, size_t n,
			    uint64_t now_s, unsigned life_s);

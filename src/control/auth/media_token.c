/* SPDX-License-Identifier: Apache-2.0 */
/* LiveKit access tokens; livekit-protocol.md 2 has the table of claims. */
#include "control/auth/media_token.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "control/auth/claims.h"

/* Ours: ends with the sign-in (R16). */
#define SESSION_CLAIM "confabSession"

enum { BACKDATE_S = 5, ATTRIBUTES_MAX = 128 };

static const struct {
	const char *name;
	unsigned bit;
} sources[] = {
	{ "camera", MEDIA_SOURCE_CAMERA },
	{ "microphone", MEDIA_SOURCE_MICROPHONE },
	{ "screen_share", MEDIA_SOURCE_SCREEN_SHARE },
	{ "screen_share_audio", MEDIA_SOURCE_SCREEN_SHARE_AUDIO },
};

void media_token_fini(struct media_token *token)
{
	free(token->identity);
	free(token->name);
	free(token->room);
	free(token->metadata);
	free(token->kind);
	free(token->session);
	json_decref(token->attributes);
	json_decref(token->room_config);
	*token = (struct media_token){ 0 };
}

static bool set_texts(struct media_token *t, const char *identity, const char *name,
		      const char *room, const char *metadata, const char *kind)
{
	t->identity = strdup(identity);
	t->name = strdup(name ? name : "");
	t->room = strdup(room);
	t->metadata = strdup(metadata ? metadata : "");
	t->kind = strdup(kind ? kind : "");
	return t->identity && t->name && t->room && t->metadata && t->kind;
}

int media_token_init(struct media_token *ret, const char *identity, const char *name,
		     const char *room)
{
	struct media_token t = {
		.room_join = true,
		.can_publish = true,
		.can_subscribe = true,
		.can_publish_data = true,
		.can_publish_sources = MEDIA_SOURCE_ALL,
	};

	if (!set_texts(&t, identity, name, room, NULL, NULL)) {
		media_token_fini(&t);
		return -ENOMEM;
	}
	*ret = t;
	return 0;
}

/* ---- making ---- */

static json_t *sources_json(unsigned bits)
{
	json_t *list = json_array();

	for (size_t i = 0; i < countof(sources); i++)
		if (bits & sources[i].bit)
			(void)json_array_append_new(
				list,
				json_string(sources[i].name)); /* NULL is checked at the end */
	/* An empty list would mean everything. */
	if (json_array_size(list) == 0)
		(void)json_array_append_new(list, json_string("none"));
	return list;
}

static json_t *grant_json(const struct media_token *t)
{
	json_t *grant = json_pack("{s:s, s:b, s:b, s:b, s:b, s:b}", "room", t->room, "roomJoin",
				  t->room_join, "canPublish", t->can_publish, "canSubscribe",
				  t->can_subscribe, "canPublishData", t->can_publish_data,
				  "canUpdateOwnMetadata", t->can_update_own_metadata);
	const struct {
		const char *name;
		bool on;
	} rest[] = { { "hidden", t->hidden },
		     { "recorder", t->recorder },
		     { "agent", t->agent },
		     { "roomAdmin", t->room_admin } };
	bool bad = !grant;

	for (size_t i = 0; i < countof(rest); i++)
		if (rest[i].on)
			bad |= json_object_set_new(grant, rest[i].name, json_true()) != 0;
	if (t->can_publish_sources != MEDIA_SOURCE_ALL)
		bad |= json_object_set_new(grant, "canPublishSources",
					   sources_json(t->can_publish_sources)) != 0;
	if (bad) {
		json_decref(grant);
		return NULL;
	}
	return grant;
}

char *media_token_make(const struct token_keys *keys, const struct media_token *t, uint64_t now_s,
		       unsigned life_s)
{
	json_int_t now = (json_int_t)now_s;
	json_t *claims = json_pack("{s:s, s:s, s:I, s:I}", "iss", keys->api_key, "sub", t->identity,
				   "nbf", now - BACKDATE_S, "exp", now + (json_int_t)life_s);
	bool bad = !claims || json_object_set_new(claims, "video", grant_json(t)) != 0;

	if (t->name && *t->name)
		bad |= json_object_set_new(claims, "name", json_string(t->name)) != 0;
	if (t->metadata && *t->metadata)
		bad |= json_object_set_new(claims, "metadata", json_string(t->metadata)) != 0;
	if (t->kind && *t->kind)
		bad |= json_object_set_new(claims, "kind", json_string(t->kind)) != 0;
	if (t->attributes)
		bad |= json_object_set(claims, "attributes", t->attributes) != 0;
	if (t->session)
		bad |= json_object_set_new(claims, SESSION_CLAIM, json_string(t->session)) != 0;
	if (t->room_config)
		bad |= json_object_set(claims, "roomConfig", t->room_config) != 0;
	char *token = bad ? NULL : claims_sign(keys, claims);
	json_decref(claims);
	return token;
}

/* ---- verifying ---- */

/* An optional string: NULL when absent; *bad when it is something else, or too long. */
static const char *text_claim(const json_t *object, const char *name, size_t max, bool *bad)
{
	const json_t *value = json_object_get(object, name);

	if (!value)
		return NULL;
	const char *text = json_string_value(value);
	/* A NUL inside would cut the text that the signer saw whole. */
	if (!text || strlen(text) != json_string_length(value) || strlen(text) > max)
		*bad = true;
	return text;
}

/* Three states: absent gives the default (livekit-protocol 2). */
static bool bool_claim(const json_t *object, const char *name, bool absent, bool *bad)
{
	const json_t *value = json_object_get(object, name);

	if (!value || json_is_null(value))
		return absent;
	if (!json_is_boolean(value))
		*bad = true;
	return json_is_true(value);
}

static unsigned sources_claim(const json_t *grant, bool *bad)
{
	const json_t *list = json_object_get(grant, "canPublishSources");
	unsigned bits = 0;
	const json_t *item;
	size_t at;

	if (!list || json_is_null(list))
		return MEDIA_SOURCE_ALL;
	if (!json_is_array(list)) {
		*bad = true;
		return 0;
	}
	json_array_foreach(list, at, item)
	{
		if (!json_is_string(item))
			*bad = true;
		for (size_t i = 0; i < countof(sources); i++)
			if (json_is_string(item) &&
			    strcasecmp(json_string_value(item), sources[i].name) == 0)
				bits |= sources[i].bit;
	}
	/* A list of names that we do not know allows nothing. */
	return json_array_size(list) == 0 ? MEDIA_SOURCE_ALL : bits;
}

static json_t *attributes_claim(const json_t *claims, bool *bad)
{
	json_t *attributes = json_object_get(claims, "attributes");
	const char *name;
	json_t *value;

	if (!attributes || json_is_null(attributes) || json_object_size(attributes) == 0) {
		*bad |= attributes && !json_is_null(attributes) && !json_is_object(attributes);
		return NULL;
	}
	if (!json_is_object(attributes) || json_object_size(attributes) > ATTRIBUTES_MAX)
		*bad = true;
	json_object_foreach(attributes, name, value) *bad |= !json_is_string(value) ||
							     strlen(json_string_value(value)) !=
								     json_string_length(value);
	return attributes;
}

/* roomConfig (RoomConfiguration as proto-JSON): an object; what is in it is checked by whom it
 * concerns. */
static json_t *room_config_claim(const json_t *claims, bool *bad)
{
	json_t *config = json_object_get(claims, "roomConfig");

	if (!config || json_is_null(config))
		return NULL;
	*bad |= !json_is_object(config);
	return config;
}

static int read_claims(const struct token_keys *keys, const json_t *claims, struct media_token *t,
		       struct token_error *ret_error)
{
	const json_t *grant = json_object_get(claims, "video");
	bool bad = false;

	if (!json_is_object(grant) || json_object_get(claims, "user_id"))
		return claims_refuse(ret_error, TOKEN_NOT_OURS,
				     "This is not a media token: it has no video grant.");
	const char *issuer = text_claim(claims, "iss", TOKEN_MEDIA_MAX, &bad);
	if (!issuer || strcmp(issuer, keys->api_key) != 0)
		return claims_refuse(ret_error, TOKEN_NOT_OURS,
				     "The token's iss is not this server's API key.");
	const char *identity = text_claim(claims, "sub", LIMIT_IDENTITY, &bad);
	const char *fallback = text_claim(claims, "jti", LIMIT_IDENTITY, &bad);
	if (!identity || !*identity)
		identity = fallback;
	const char *name = text_claim(claims, "name", TOKEN_MEDIA_MAX, &bad);
	const char *metadata = text_claim(claims, "metadata", TOKEN_MEDIA_MAX, &bad);
	const char *kind = text_claim(claims, "kind", LIMIT_IDENTITY, &bad);
	const char *room = text_claim(grant, "room", LIMIT_ROOM_NAME, &bad);
	const char *session = text_claim(claims, SESSION_CLAIM, LIMIT_IDENTITY, &bad);

	t->room_join = bool_claim(grant, "roomJoin", false, &bad);
	t->can_publish = bool_claim(grant, "canPublish", true, &bad);
	t->can_subscribe = bool_claim(grant, "canSubscribe", true, &bad);
	t->can_publish_data = bool_claim(grant, "canPublishData", t->can_publish, &bad);
	t->can_update_own_metadata = bool_claim(grant, "canUpdateOwnMetadata", false, &bad);
	t->hidden = bool_claim(grant, "hidden", false, &bad);
	t->recorder = bool_claim(grant, "recorder", false, &bad);
	t->agent = bool_claim(grant, "agent", false, &bad);
	t->room_admin = bool_claim(grant, "roomAdmin", false, &bad);
	t->can_publish_sources = sources_claim(grant, &bad);
	json_t *attributes = attributes_claim(claims, &bad);
	json_t *room_config = room_config_claim(claims, &bad);
	if (bad)
		return claims_refuse(ret_error, TOKEN_NOT_OURS,
				     "The media token has a claim of the wrong type or length.");
	if (!identity || !*identity)
		return claims_refuse(ret_error, TOKEN_INCOMPLETE,
				     "The media token has no identity (sub).");
	if (!t->room_join)
		return claims_refuse(ret_error, TOKEN_NOT_OURS,
				     "The media token does not allow to join a room (roomJoin).");
	if (!room || !*room)
		return claims_refuse(ret_error, TOKEN_INCOMPLETE,
				     "The media token names no room (room).");
	t->session = session ? strdup(session) : NULL;
	if (session && !t->session)
		return claims_refuse(ret_error, TOKEN_NOT_OURS, "Out of memory.");
	t->attributes = json_incref(attributes);
	t->room_config = json_incref(room_config);
	return set_texts(t, identity, name, room, metadata, kind)
		       ? 0
		       : claims_refuse(ret_error, TOKEN_NOT_OURS, "Out of memory.");
}

int media_token_verify(const struct token_keys *keys, const char *token, uint64_t now_s,
		       struct media_token *ret, struct token_error *ret_error)
{
	json_t *claims = claims_open(keys, token, TOKEN_MEDIA_MAX, ret_error);
	struct media_token t = { 0 };

	if (!claims)
		return -EACCES;
	int r = read_claims(keys, claims, &t, ret_error);
	if (r == 0)
		r = claims_check_times(claims, now_s, MEDIA_TOKEN_LEEWAY_S, MEDIA_TOKEN_LEEWAY_S,
				       ret_error);
	if (r == 0) {
		/* Both were checked just above. */
		(void)claims_time(claims, "nbf", &t.not_before_s);
		(void)claims_time(claims, "exp", &t.expires_at_s);
		*ret = t;
	} else {
		media_token_fini(&t);
	}
	json_decref(claims);
	return r;
}

/* ---- for servers ---- */

static int read_grant(const struct token_keys *keys, const json_t *claims, struct media_grant *g,
		      struct token_error *ret_error)
{
	const json_t *grant = json_object_get(claims, "video");
	bool bad = false;

	if (!json_is_object(grant) || json_object_get(claims, "user_id"))
		return claims_refuse(ret_error, TOKEN_NOT_OURS,
				     "This is not an access token: it has no video grant.");
	const char *issuer = text_claim(claims, "iss", TOKEN_MEDIA_MAX, &bad);
	if (!issuer || strcmp(issuer, keys->api_key) != 0)
		return claims_refuse(ret_error, TOKEN_NOT_OURS,
				     "The token's iss is not this server's API key.");
	const char *room = text_claim(grant, "room", LIMIT_ROOM_NAME, &bad);

	g->room_create = bool_claim(grant, "roomCreate", false, &bad);
	g->room_list = bool_claim(grant, "roomList", false, &bad);
	g->room_admin = bool_claim(grant, "roomAdmin", false, &bad);
	if (bad)
		return claims_refuse(ret_error, TOKEN_NOT_OURS,
				     "The access token has a claim of the wrong type or length.");
	(void)snprintf(g->room, sizeof g->room, "%s", room ? room : ""); /* fits: checked */
	return 0;
}

int media_grant_verify(const struct token_keys *keys, const char *token, uint64_t now_s,
		       struct media_grant *ret, struct token_error *ret_error)
{
	json_t *claims = claims_open(keys, token, TOKEN_MEDIA_MAX, ret_error);
	struct media_grant g = { 0 };

	if (!claims)
		return -EACCES;
	int r = read_grant(keys, claims, &g, ret_error);
	if (r == 0)
		r = claims_check_times(claims, now_s, MEDIA_TOKEN_LEEWAY_S, MEDIA_TOKEN_LEEWAY_S,
				       ret_error);
	if (r == 0)
		*ret = g;
	json_decref(claims);
	return r;
}

char *media_token_sign_body(const struct token_keys *keys, const void *body, size_t n,
			    uint64_t now_s, unsigned life_s)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char text[sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES,
					    sodium_base64_VARIANT_ORIGINAL)];
	json_int_t now = (json_int_t)now_s;

	(void)crypto_hash_sha256(hash, body, n);
	(void)sodium_bin2base64(text, sizeof text, hash, sizeof hash,
				sodium_base64_VARIANT_ORIGINAL);
	json_t *claims = json_pack("{s:s, s:I, s:I, s:s}", "iss", keys->api_key, "nbf",
				   now - BACKDATE_S, "exp", now + (json_int_t)life_s, "sha256",
				   text);
	char *token = claims ? claims_sign(keys, claims) : NULL;
	json_decref(claims);
	return token;
}

void media_token_hmac_body(const struct token_keys *keys, const void *body, size_t n,
			   char ret[MEDIA_BODY_HMAC_SIZE])
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;

	/* None of these can fail. */
	(void)crypto_auth_hmacsha256_init(&state, (const unsigned char *)keys->secret,
					  strlen(keys->secret));
	(void)crypto_auth_hmacsha256_update(&state, body, n);
	(void)crypto_auth_hmacsha256_final(&state, mac);
	(void)sodium_bin2hex(ret, MEDIA_BODY_HMAC_SIZE, mac, sizeof mac);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "control/auth/user_token.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "control/auth/claims.h"

/* The issuer's clock may be a little ahead of ours.
 * Late is late: the client fetches a new one unseen. */
enum { USER_TOKEN_EARLY_S = 5, USER_TOKEN_LATE_S = 0 };

char *user_token_make(const struct token_keys *keys, const char *user_id, uint64_t now_s,
		      unsigned life_s)
{
	json_int_t now = (json_int_t)now_s;
	json_t *claims = json_pack("{s:s, s:I, s:I}", "user_id", user_id, "iat",
				   now - USER_TOKEN_BACKDATE_S, "exp", now + (json_int_t)life_s);
	char *token = claims ? claims_sign(keys, claims) : NULL;

	json_decref(claims);
	return token;
}

/* NULL when there is no limit. A list of texts else; anything else must not turn into no limit. */
static int read_cids(const json_t *claims, bool anonymous, json_t **ret,
		     struct token_error *ret_error)
{
	json_t *list = json_object_get(claims, "call_cids");
	const json_t *item;
	size_t at;

	if (!list && anonymous)
		return claims_refuse(ret_error, TOKEN_NOT_OURS,
				     "An anonymous token must have call_cids: the calls it opens.");
	if (list && (!json_is_array(list) || json_array_size(list) == 0))
		return claims_refuse(ret_error, TOKEN_NOT_OURS,
				     "The token's call_cids must be a list of calls like "
				     "\"livestream:news\", not empty.");
	json_array_foreach(list, at, item)
	{
		if (!json_is_string(item) ||
		    strlen(json_string_value(item)) != json_string_length(item))
			return claims_refuse(ret_error, TOKEN_NOT_OURS,
					     "The token's call_cids must be texts.");
	}
	*ret = list;
	return 0;
}

static int check(const json_t *claims, uint64_t now_s, struct user_token *ret,
		 struct token_error *ret_error)
{
	const json_t *id = json_object_get(claims, "user_id");

	if (json_object_get(claims, "video"))
		return claims_refuse(ret_error, TOKEN_NOT_OURS,
				     "This is a media token. Use a user token here.");
	if (!id)
		return claims_refuse(ret_error, TOKEN_NOT_OURS, "The token has no user_id.");
	if (!json_is_string(id))
		return claims_refuse(
			ret_error, TOKEN_NOT_OURS, "The token's user_id must be a string%s.",
			json_is_integer(id) ? ", not a number: sign \"42\" instead of 42" : "");
	const char *text = json_string_value(id);
	bool anonymous = strcmp(text, USER_ANONYMOUS) == 0;
	json_t *cids = NULL;
	if (json_string_length(id) != strlen(text) || (!anonymous && !user_id_is_valid(text)))
		return claims_refuse(ret_error, TOKEN_NOT_OURS,
				     "The token's user_id may have 1 to 64 of a-z 0-9 @ _ - only. "
				     "Sanitise it before signing.");
	int r = read_cids(claims, anonymous, &cids, ret_error);
	if (r < 0)
		return r;
	r = claims_check_times(claims, now_s, USER_TOKEN_LATE_S, USER_TOKEN_EARLY_S, ret_error);
	if (r < 0)
		return r;
	/* Both were checked just above. */
	(void)claims_time(claims, "iat", &ret->issued_at_s);
	(void)claims_time(claims, "exp", &ret->expires_at_s);
	strcpy(ret->user_id, text);
	ret->call_cids = json_incref(cids);
	return 0;
}

int user_token_verify(const struct token_keys *keys, const char *token, uint64_t now_s,
		      struct user_token *ret, struct token_error *ret_error)
{
	json_t *claims = claims_open(keys, token, TOKEN_MAX, ret_error);

	if (!claims)
		return -EACCES;
	int r = check(claims, now_s, ret, ret_error);
	json_decref(claims);
	return r;
}

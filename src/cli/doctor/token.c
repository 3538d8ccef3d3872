/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens as the token route makes them, the answer of a token route of one's own, and what becomes of user ids. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/sb.h"
#include "cli/doctor/doctor.h"
#include "control/auth/media_token.h"
#include "control/auth/user_token.h"

enum { LIFE_S = 60, IDS_MAX = 16 };

static void time_text(int64_t s, char ret[32])
{
	time_t at = (time_t)s;
	struct tm tm;

	if (s == 0 || !gmtime_r(&at, &tm))
		(void)snprintf(ret, 32, "none");
	else
		(void)strftime(ret, 32, "%Y-%m-%d %H:%M:%S UTC", &tm);
}

/* Its claims, or why it is none of ours. `what` it is for people. */
static bool check_token(struct doctor *d, const char *what, const char *token)
{
	const struct token_keys keys = api_keys_token(&d->keys);
	struct user_token claims = { 0 };
	struct token_error error;
	char issued[32], ends[32];

	if (user_token_verify(&keys, token, clock_wall_us() / US_PER_S, &claims, &error) < 0) {
		doctor_bad(d, "token", "%s: %s (code %d)", what, error.message, (int)error.code);
		doctor_fix(
			d,
			error.code == TOKEN_BAD_SIGNATURE
				? "sign with the secret of API key '%s', HS256, on the server"
			: error.code == TOKEN_EXPIRED
				? "let the token provider fetch a new one each time it is asked "
				  "(API key '%s')"
				: "make it with `confab token create`, or of user_id (a string), "
				  "iat and exp in seconds (API key '%s')",
			d->keys.key);
		return false;
	}
	time_text(claims.issued_at_s, issued);
	time_text(claims.expires_at_s, ends);
	doctor_ok(d, "token", "%s: user_id '%s', iat %s, exp %s", what, claims.user_id, issued,
		  ends);
	json_decref(claims.call_cids);
	return true;
}

/* The daemon takes what is signed with our secret. */
static void check_with_daemon(struct doctor *d)
{
	const struct web_target *t = doctor_target(d, false);
	const struct token_keys keys = api_keys_token(&d->keys);
	struct media_token media = { 0 };
	struct sb path = { 0 };
	struct web_answer a;

	if (!t || media_token_init(&media, "confab-doctor", "Doctor", "confab-doctor") < 0)
		return;
	autofree char *token = media_token_make(&keys, &media, clock_wall_us() / US_PER_S, LIFE_S);
	media_token_fini(&media);
	sb_printf(&path, "/rtc/validate?access_token=%s", token ? token : "");
	web_ask(t, &(struct web_request){ .method = "GET", .path = path.text }, &a);
	sb_fini(&path);
	if (a.status == 200) {
		doctor_ok(d, "join", "confabd takes tokens of API key '%s' (/rtc/validate)",
			  d->keys.key);
	} else {
		doctor_bad(
			d, "join",
			"/rtc/validate answers %d %.200s: confabd (API key '%s') has another pair "
			"than '%s' here",
			a.status, a.status ? (a.body ? a.body : "") : a.error, d->api_key,
			d->keys.key);
		doctor_fix(d, "set the same CONFAB_API_KEY and CONFAB_API_SECRET for both, and "
			      "restart confabd");
	}
	web_answer_fini(&a);
}

void doctor_check_tokens(struct doctor *d)
{
	const struct token_keys keys = api_keys_token(&d->keys);

	if (!d->keys_known) {
		doctor_warn(d, "token", "no API key pair is known: tokens are not looked at");
		doctor_fix(d, "name the data folder with --data, or set CONFAB_API_KEY and "
			      "CONFAB_API_SECRET");
		return;
	}
	autofree char *token = user_token_make(&keys, "doctor", clock_wall_us() / US_PER_S,
					       USER_TOKEN_LIFE_S);
	if (token && check_token(d, "one that is made now", token))
		check_with_daemon(d);
}

/* ---- the answer of a token route ---- */

static char *read_all(const char *path)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *text = f ? calloc(1, DOCTOR_TOKEN_RESPONSE + 1) : NULL;

	if (text)
		text[fread(text, 1, DOCTOR_TOKEN_RESPONSE, f)] = '\0';
	if (f && f != stdin)
		(void)fclose(f);
	return text;
}

/* {"token": "…", "userId": "…"}: each way in which it is not. */
static void check_shape(struct doctor *d, const json_t *answer)
{
	const json_t *token = json_object_get(answer, "token"),
		     *user = json_object_get(answer, "userId");
	char id[USER_ID_SIZE];

	if (!json_is_string(token)) {
		doctor_bad(d, "token answer", "its `token` is %s",
			   token ? "no string: a promise or an object, perhaps" : "missing");
		doctor_fix(d,
			   "answer {\"token\": TOKEN, \"userId\": ID}; the token provider returns "
			   "the string, not the answer");
		return;
	}
	if (!json_is_string(user)) {
		doctor_warn(d, "token answer", "its `userId` is %s",
			    user ? "no string" : "missing");
		doctor_fix(d,
			   "answer {\"token\": TOKEN, \"userId\": ID}, with the id that the token "
			   "is for");
	} else if (!user_id_is_valid(json_string_value(user))) {
		doctor_bad(d, "token answer", "its userId '%s' is none", json_string_value(user));
		doctor_fix(d,
			   user_id_sanitise(json_string_value(user), id) == 0
				   ? "answer the id as it becomes: lower case, only a-z 0-9 @ _ -"
				   : "answer an id of a-z 0-9 @ _ -");
	} else {
		doctor_ok(d, "token answer", "{token, userId}: userId '%s'",
			  json_string_value(user));
	}
	if (d->keys_known)
		(void)check_token(d, "that of the answer", json_string_value(token));
}

void doctor_check_response(struct doctor *d)
{
	if (!d->token_file)
		return;
	autofree char *text = read_all(d->token_file);
	if (!text) {
		doctor_bad(d, "token answer", "%s: %s", d->token_file, strerror(errno));
		return;
	}
	json_t *answer = json_loads(text, 0, NULL);
	text[strcspn(text, "\r\n")] = '\0';
	if (json_is_object(answer)) {
		check_shape(d, answer);
	} else if (strncmp(text, "eyJ", 3) == 0 && d->keys_known) {
		(void)check_token(d, "that which was given", text);
	} else {
		doctor_bad(d, "token answer", "it is no JSON object%s",
			   text[0] == '<' ? ", but a page: of a sign-in or an error, perhaps" : "");
		doctor_fix(d, "answer {\"token\": TOKEN, \"userId\": ID} as application/json");
	}
	json_decref(answer);
}

/* ---- user ids ---- */

static void check_account(struct doctor *d, const char *id)
{
	struct store_look_user user;
	int r = store_look_user(d->look, id, &user);

	if (r == 0 && user.merged_into[0]) {
		doctor_warn(d, "user", "'%s' was merged into '%s'", id, user.merged_into);
		doctor_fix(d, "use '%s'", user.merged_into);
	} else if (r == 0) {
		doctor_ok(d, "user", "'%s' is an account: \"%s\", %s", id, user.name,
			  user_role_text(user.role));
	} else if (r == -ENOENT) {
		doctor_bad(d, "user", "there is no account '%s': a token for it is refused", id);
		doctor_fix(d, "confab user add %s --data %s", id, d->data);
	} else {
		doctor_warn(d, "user", "'%s' could not be looked up: %s", id, strerror(-r));
	}
}

/* ret_id is "" when nothing is left of it. */
static void check_id(struct doctor *d, const char *raw, char ret_id[USER_ID_SIZE])
{
	int r = user_id_sanitise(raw, ret_id);

	if (r < 0) {
		ret_id[0] = '\0';
		doctor_bad(d, "user id",
			   r == -EINVAL ? "'%.200s' becomes nothing: none of a-z 0-9 @ _ - is in it"
					: "'%.200s' is too long: 64 of a-z 0-9 @ _ - are taken",
			   raw);
		doctor_fix(d,
			   "give this person an id of a-z 0-9 @ _ -, the number of their account "
			   "in the shop for example");
		return;
	}
	if (strcmp(raw, ret_id) == 0) {
		doctor_ok(d, "user id", "'%s' stays as it is", raw);
	} else {
		doctor_warn(d, "user id", "'%.200s' becomes '%s'", raw, ret_id);
		doctor_fix(d, "connect with '%s', the userId that the token route answers", ret_id);
	}
}

/* Which of those before becomes the same; n: none. */
static size_t find_same(char ids[IDS_MAX][USER_ID_SIZE], size_t n)
{
	size_t i = 0;

	while (i < n && strcmp(ids[i], ids[n]) != 0)
		i++;
	return i;
}

void doctor_check_users(struct doctor *d)
{
	char ids[IDS_MAX][USER_ID_SIZE];
	const char *raws[IDS_MAX];
	autofree char *list = d->users ? strdup(d->users) : NULL;
	size_t n = 0, same;

	for (char *at = list; at && n < IDS_MAX && (raws[n] = strsep(&at, ",")); n++) {
		check_id(d, raws[n], ids[n]);
		if (!ids[n][0])
			continue;
		same = find_same(ids, n);
		if (same == n && d->look)
			check_account(d, ids[n]);
		if (same == n || strcmp(raws[same], raws[n]) == 0)
			continue;
		doctor_bad(d, "user id", "'%.100s' and '%.100s' are one account, '%s'", raws[same],
			   raws[n], ids[n]);
		doctor_fix(d, "give one of them another id: what is left out or put in lower case "
			      "tells nobody apart");
	}
}

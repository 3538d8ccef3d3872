/* SPDX-License-Identifier: Apache-2.0 */
/* The API key pair: what the environment says, and which one the daemon has. Values are never printed; a key is not secret. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/doctor/doctor.h"

/* A variable and its alias, which counts where the variable is not set. */
struct pair {
	const char *name, *alias;
	const char *value, *other; /* NULL: not set, or empty */
};

static const char *set_or_none(const char *value)
{
	return value && *value ? value : NULL;
}

static struct pair look_up(const struct doctor_block *block, const char *name, const char *alias)
{
	return (struct pair){
		.name = name,
		.alias = alias,
		.value = block ? doctor_variable(block, name) : set_or_none(getenv(name)),
		.other = block ? doctor_variable(block, alias) : set_or_none(getenv(alias))
	};
}

static const char *value_of(const struct pair *p)
{
	return p->value ? p->value : p->other;
}

static const char *name_of(const struct pair *p)
{
	return p->value || !p->other ? p->name : p->alias;
}

/* Two that differ: the server signs with the one, the site with the other. */
static bool check_alias(struct doctor *d, const struct pair *p, const char *where)
{
	if (!p->value || !p->other || strcmp(p->value, p->other) == 0)
		return true;
	doctor_bad(d, "environment", "%s and %s are both set%s, and differ: %s counts", p->name,
		   p->alias, where, p->name);
	doctor_fix(d, "unset %s, or set both to the same value", p->alias);
	return false;
}

static bool check_variables(struct doctor *d, const struct pair *key, const struct pair *secret,
			    const char *where)
{
	const char *k = value_of(key), *s = value_of(secret);

	if (!check_alias(d, key, where) | !check_alias(d, secret, where))
		return false;
	if (!k && !s)
		return true;
	if (!k || !s) {
		doctor_bad(d, "environment", "%s is set%s, but %s is not",
			   k ? name_of(key) : name_of(secret), where,
			   k ? name_of(secret) : name_of(key));
		doctor_fix(d, "set both, or none to use the pair in the data folder");
		return false;
	}
	if (strlen(s) < TOKEN_SECRET_MIN) {
		doctor_bad(d, "environment", "%s has %zu characters%s, at least %d are needed",
			   name_of(secret), strlen(s), where, TOKEN_SECRET_MIN);
		doctor_fix(d, "openssl rand -hex 32");
		return false;
	}
	doctor_ok(d, "environment", "%s is '%s', and there is a secret of %zu characters%s",
		  name_of(key), k, strlen(s), where);
	return true;
}

/* What signs here and what checks there are one pair, or nothing works. */
static void compare(struct doctor *d, const struct pair *key, const struct pair *secret)
{
	if (!value_of(key)) {
		doctor_warn(
			d, "environment",
			"confabd has its pair from its environment, and here it is not set: what "
			"`confab token create` makes here is refused");
		doctor_fix(d, "set %s and %s here, too", key->name, secret->name);
	} else if (strcmp(d->keys.key, value_of(key)) != 0 ||
		   strcmp(d->keys.secret, value_of(secret)) != 0) {
		doctor_bad(d, "environment",
			   "the pair that is set here is not the one that confabd uses (key '%s'): "
			   "tokens of the one are refused by the other",
			   d->keys.key);
		doctor_fix(d, "set the same %s and %s for both, and restart what reads them",
			   key->name, secret->name);
	} else {
		doctor_ok(d, "environment", "the pair that is set here is confabd's");
	}
}

static void take(struct api_keys *ret, const char *key, const char *secret)
{
	(void)snprintf(ret->key, sizeof ret->key, "%s", key);
	(void)snprintf(ret->secret, sizeof ret->secret, "%s", secret);
}

/* The pair of the folder, when nothing else is said. */
static void take_of_folder(struct doctor *d)
{
	char error[API_KEYS_ERROR_MAX];

	if (!d->folder_found)
		return;
	int r = api_keys_read_folder(d->data, &d->keys, error);
	d->keys_known = r == 0;
	if (r == 0) {
		doctor_ok(d, "api keys", "key '%s' of %s/api-keys", d->keys.key, d->data);
		return;
	}
	doctor_bad(d, "api keys", "%s", error);
	if (d->folder_readable)
		doctor_fix(d, "start confabd once: it makes the pair");
	else
		doctor_fix(d, "sudo confab doctor --data %s", d->data);
}

void doctor_check_keys(struct doctor *d)
{
	const bool theirs = d->environment.bytes != NULL && d->environment.length > 0;
	const struct pair key = look_up(NULL, "CONFAB_API_KEY", "NEXT_PUBLIC_STREAM_API_KEY"),
			  secret = look_up(NULL, "CONFAB_API_SECRET", "STREAM_API_SECRET");
	const struct pair their_key = look_up(&d->environment, key.name, key.alias),
			  their_secret = look_up(&d->environment, secret.name, secret.alias);
	bool here = check_variables(d, &key, &secret, theirs ? " here" : "");
	bool there = theirs && check_variables(d, &their_key, &their_secret, " for confabd");

	if (there && value_of(&their_key)) {
		take(&d->keys, value_of(&their_key), value_of(&their_secret));
		d->keys_known = true;
	} else if (!theirs && here && value_of(&key)) {
		take(&d->keys, value_of(&key), value_of(&secret));
		d->keys_known = true;
	} else if (theirs ? there : here) {
		take_of_folder(d);
	}
	if (theirs && d->keys_known && here && (value_of(&key) || value_of(&their_key)))
		compare(d, &key, &secret);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "control/auth/keys.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/complain.h"
#include "control/auth/secret_file.h"

/* Letters and digits hold 5.95 bits each: 48 of them are 285 bits. */
enum { KEY_LENGTH = 3 + 16, SECRET_LENGTH = 48, FILE_MAX = 2048 };

/* The variable or its alias; *ret_name is the one that is set. An empty one is as good as none. */
static const char *env(const char *name, const char *alias, const char **ret_name)
{
	const char *value = getenv(name);

	*ret_name = name;
	if (!value || !*value) {
		value = getenv(alias);
		if (value && *value)
			*ret_name = alias;
	}
	return value && *value ? value : NULL;
}

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			return false;
	return true;
}

/* `from`: the variable, or the file's line. */
static int set(struct api_keys *k, const char *key, const char *key_from, const char *secret,
	       const char *secret_from, char *ret_error)
{
	if (strlen(key) >= sizeof k->key || !is_plain(key))
		return complain(ret_error, API_KEYS_ERROR_MAX, -EINVAL,
				"%s must be 1 to %zu printable characters without spaces", key_from,
				sizeof k->key - 1);
	if (strlen(secret) < TOKEN_SECRET_MIN)
		return complain(
			ret_error, API_KEYS_ERROR_MAX, -EINVAL,
			"%s is too short: it has %zu bytes, at least %d are needed (openssl "
			"rand -hex 32 makes one)",
			secret_from, strlen(secret), TOKEN_SECRET_MIN);
	if (strlen(secret) >= sizeof k->secret || !is_plain(secret))
		return complain(ret_error, API_KEYS_ERROR_MAX, -EINVAL,
				"%s must be at most %zu printable characters without spaces",
				secret_from, sizeof k->secret - 1);
	strcpy(k->key, key);
	strcpy(k->secret, secret);
	return 0;
}

/* Two lines `key=…`, `secret=…`; # starts a comment. */
static int read_file(FILE *file, const char *path, struct api_keys *ret, char *ret_error)
{
	char line[FILE_MAX], key[FILE_MAX] = "", secret[FILE_MAX] = "";
	char key_from[PATH_MAX + 16], secret_from[PATH_MAX + 16];

	while (fgets(line, sizeof line, file)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (strncmp(line, "key=", 4) == 0)
			strcpy(key, line + 4);
		else if (strncmp(line, "secret=", 7) == 0)
			strcpy(secret, line + 7);
	}
	(void)snprintf(key_from, sizeof key_from, "key in %s", path);
	(void)snprintf(secret_from, sizeof secret_from, "secret in %s", path);
	int r = *key ? set(ret, key, key_from, secret, secret_from, ret_error)
		     : complain(ret_error, API_KEYS_ERROR_MAX, -EINVAL,
				"%s has no key= line: repair it, or delete it to get a new pair",
				path);
	explicit_bzero(line, sizeof line);
	explicit_bzero(secret, sizeof secret);
	return r;
}

static int write_file(const char *dir, const char *path, const struct api_keys *k)
{
	char text[FILE_MAX];

	(void)snprintf(text, sizeof text,
		       "# Made at the first start. Whoever has the secret can sign in as "
		       "anybody.\nkey=%s\nsecret=%s\n",
		       k->key, k->secret);
	int r = secret_file_write(dir, path, text);
	explicit_bzero(text, sizeof text);
	return r;
}

/* g NULL: nothing is made or changed. */
static int from_folder(const char *dir, struct rng *g, struct api_keys *ret, char *ret_error)
{
	char path[PATH_MAX];

	if (g && mkdir(dir, 0700) < 0 && errno != EEXIST)
		return complain(ret_error, API_KEYS_ERROR_MAX, -errno,
				"data folder %s cannot be made: %s%s", dir, strerror(errno),
				errno == ENOENT ? ": make the folder that it is to be in" : "");
	if (snprintf(path, sizeof path, "%s/api-keys", dir) >= (int)sizeof path)
		return complain(ret_error, API_KEYS_ERROR_MAX, -ENAMETOOLONG,
				"data folder %.64s… has too long a name", dir);
	FILE *file = fopen(path, "re");
	if (file) {
		if (g)
			(void)fchmod(fileno(file), 0600); /* best effort: it was made so */
		int r = read_file(file, path, ret, ret_error);

		(void)fclose(file); /* only read */
		return r;
	}
	if (errno == ENOTDIR)
		return complain(ret_error, API_KEYS_ERROR_MAX, -errno,
				"data folder %s is not a folder", dir);
	if (errno == EACCES)
		return complain(
			ret_error, API_KEYS_ERROR_MAX, -errno,
			"%s cannot be read: run this as the user whom the data folder belongs "
			"to, or give it to yourself (chown -R)",
			path);
	if (errno != ENOENT)
		return complain(ret_error, API_KEYS_ERROR_MAX, -errno, "%s cannot be read: %s",
				path, strerror(errno));
	if (!g)
		return complain(ret_error, API_KEYS_ERROR_MAX, -ENOENT,
				"there is no %s: the first start makes it", path);

	rng_name(g, "ck_", ret->key, KEY_LENGTH + 1);
	rng_name(g, "", ret->secret, SECRET_LENGTH + 1);
	int r = write_file(dir, path, ret);
	return r < 0 ? complain(ret_error, API_KEYS_ERROR_MAX, r, "%s cannot be written: %s", path,
				strerror(-r))
		     : 0;
}

int api_keys_read_folder(const char *data_dir, struct api_keys *ret, char *ret_error)
{
	struct api_keys k = { 0 };
	int r = from_folder(data_dir, NULL, &k, ret_error);

	if (r == 0)
		*ret = k;
	api_keys_fini(&k);
	return r;
}

int api_keys_load(const char *data_dir, struct rng *g, struct api_keys *ret, char *ret_error)
{
	struct api_keys k = { 0 };
	const char *key_from, *secret_from;
	const char *key = env("CONFAB_API_KEY", "NEXT_PUBLIC_STREAM_API_KEY", &key_from);
	const char *secret = env("CONFAB_API_SECRET", "STREAM_API_SECRET", &secret_from);
	int r;

	if (key && secret)
		r = set(&k, key, key_from, secret, secret_from, ret_error);
	else if (key || secret)
		r = complain(
			ret_error, API_KEYS_ERROR_MAX, -EINVAL,
			"%s is set but %s is not: set both, or none to use the pair in the data "
			"folder",
			key ? key_from : secret_from, key ? secret_from : key_from);
	else
		r = from_folder(data_dir, g, &k, ret_error);
	if (r == 0)
		*ret = k;
	api_keys_fini(&k);
	return r;
}

struct token_keys api_keys_token(const struct api_keys *k)
{
	return (struct token_keys){ .api_key = k->key, .secret = k->secret };
}

void api_keys_fini(struct api_keys *k)
{
	explicit_bzero(k, sizeof *k);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Where the API key pair comes from. */
#include "scratch.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "control/auth/keys.h"
#include "control/auth/secret_file.h"

static const char long_secret[] = "0123456789abcdef0123456789abcdef";

static void clear_env(void)
{
	unsetenv("CONFAB_API_KEY");
	unsetenv("CONFAB_API_SECRET");
	unsetenv("NEXT_PUBLIC_STREAM_API_KEY");
	unsetenv("STREAM_API_SECRET");
}

static int setup(void **state)
{
	static char dir[64];

	clear_env();
	strcpy(dir, "/tmp/confab-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	*state = dir;
	return 0;
}

static int teardown(void **state)
{
	struct scratch s;

	clear_env();
	strcpy(s.dir, *state);
	scratch_remove(&s);
	return 0;
}

static void test_generated_once(void **state)
{
	struct api_keys a, b;
	char error[API_KEYS_ERROR_MAX], path[256], dir[128];
	struct stat st;

	snprintf(dir, sizeof dir, "%s/data", (char *)*state);
	assert_int_equal(api_keys_load(dir, rng_os(), &a, error), 0);
	assert_int_equal(strncmp(a.key, "ck_", 3), 0);
	assert_true(strlen(a.secret) >= TOKEN_SECRET_MIN);
	assert_int_equal(api_keys_load(dir, rng_os(), &b, error), 0);
	assert_string_equal(a.key, b.key);
	assert_string_equal(a.secret, b.secret);

	snprintf(path, sizeof path, "%s/api-keys", dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);

	/* Another folder, another pair; what a start that was cut off has left is in nobody's way. */
	snprintf(path, sizeof path, "%s/api-keys.new", (char *)*state);
	FILE *left = fopen(path, "we");
	assert_non_null(left);
	(void)fclose(left);
	assert_int_equal(api_keys_load(*state, rng_os(), &b, error), 0);
	assert_string_not_equal(a.key, b.key);
	assert_string_not_equal(a.secret, b.secret);
	assert_int_equal(access(path, F_OK), -1);
}

/* For who only looks: nothing is made, no mode is set, and the environment does not count. */
static void test_folder_is_only_read(void **state)
{
	struct api_keys a, b;
	char error[API_KEYS_ERROR_MAX], dir[128], path[160];
	struct stat st;

	snprintf(dir, sizeof dir, "%s/data", (char *)*state);
	assert_int_equal(api_keys_read_folder(dir, &b, error), -ENOENT);
	assert_int_equal(access(dir, F_OK), -1);
	assert_int_equal(api_keys_load(dir, rng_os(), &a, error), 0);
	snprintf(path, sizeof path, "%s/api-keys", dir);
	assert_int_equal(chmod(path, 0644), 0);
	setenv("CONFAB_API_KEY", "other", 1);
	assert_int_equal(api_keys_read_folder(dir, &b, error), 0);
	assert_string_equal(a.key, b.key);
	assert_string_equal(a.secret, b.secret);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
}

static void test_environment(void **state)
{
	struct api_keys k;
	char error[API_KEYS_ERROR_MAX], path[128];

	setenv("NEXT_PUBLIC_STREAM_API_KEY", "alias", 1);
	setenv("STREAM_API_SECRET", long_secret, 1);
	assert_int_equal(api_keys_load(*state, rng_os(), &k, error), 0);
	assert_string_equal(k.key, "alias");
	assert_string_equal(k.secret, long_secret);
	/* Our own names win. */
	setenv("CONFAB_API_KEY", "own", 1);
	setenv("CONFAB_API_SECRET", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef", 1);
	assert_int_equal(api_keys_load(*state, rng_os(), &k, error), 0);
	assert_string_equal(k.key, "own");
	assert_string_equal(k.secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef");
	/* Nothing was written. */
	snprintf(path, sizeof path, "%s/api-keys", (char *)*state);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void expect(void *dir, const char *name)
{
	struct api_keys k = { .key = "untouched" };
	char error[API_KEYS_ERROR_MAX] = "";

	assert_int_equal(api_keys_load(dir, rng_os(), &k, error), -EINVAL);
	if (!strstr(error, name))
		fail_msg("'%s' does not name %s", error, name);
	assert_null(strchr(error, '\n'));
	assert_string_equal(k.key, "untouched");
}

static void test_bad_environment_is_named(void **state)
{
	setenv("CONFAB_API_KEY", "key", 1);
	expect(*state, "CONFAB_API_SECRET is not");
	setenv("CONFAB_API_SECRET", "0123456789abcdef0123456789abcde", 1); /* 31 */
	expect(*state, "CONFAB_API_SECRET is too short");
	setenv("CONFAB_API_SECRET", long_secret, 1);
	setenv("CONFAB_API_KEY", "with space", 1);
	expect(*state, "CONFAB_API_KEY must be");
	clear_env();
	setenv("STREAM_API_SECRET", "short", 1);
	expect(*state, "STREAM_API_SECRET is set but CONFAB_API_KEY is not");
	setenv("NEXT_PUBLIC_STREAM_API_KEY", "k", 1);
	expect(*state, "STREAM_API_SECRET is too short");
}

static void test_bad_file_is_named(void **state)
{
	static const char *const bad[] = { "", "secret=0123456789abcdef0123456789abcdef\n",
					   "key=k\n", "key=k\nsecret=short\n",
					   "key=\nsecret=0123456789abcdef0123456789abcdef\n" };
	char path[128];

	snprintf(path, sizeof path, "%s/api-keys", (char *)*state);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		FILE *file = fopen(path, "w");

		fputs(bad[i], file);
		fclose(file);
		expect(*state, path);
	}
}

/* On a disk that is full what was there stays, and nothing else does. */
static void test_a_full_disk(void **state)
{
	struct rlimit before, small = { .rlim_cur = 100 };
	char path[128], temporary[160], text[1000];
	struct stat st;

	snprintf(path, sizeof path, "%s/secret", (char *)*state);
	snprintf(temporary, sizeof temporary, "%s.new", path);
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_int_equal(secret_file_write(*state, path, "old"), 0);

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int r = secret_file_write(*state, path, text);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);

	assert_int_equal(r, -EFBIG);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(access(temporary, F_OK), -1);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_generated_once),    TEST(test_folder_is_only_read),
		TEST(test_environment),	      TEST(test_bad_environment_is_named),
		TEST(test_bad_file_is_named), TEST(test_a_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

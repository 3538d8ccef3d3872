/* SPDX-License-Identifier: Apache-2.0 */
#include "confabd/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *variable, *variable_value;

static const char *environment(const char *name)
{
	return variable && strcmp(variable, name) == 0 ? variable_value : NULL;
}

/* Arguments as one string with spaces. */
static int load(struct config *ret, const char *arguments, char *ret_error)
{
	char program[] = "confabd", copy[1024], *argv[32] = { program };
	int argc = 1;

	(void)snprintf(copy, sizeof copy, "%s", arguments);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	ret_error[0] = '\0';
	return config_load(ret, argc, argv, environment, ret_error);
}

static void test_defaults(void **state)
{
	char error[CONFIG_ERROR_MAX];
	struct config c;

	(void)state;
	variable = NULL;
	assert_int_equal(load(&c, "", error), 0);
	assert_int_equal(c.action, CONFIG_RUN);
	assert_string_equal(c.data, "confab-data");
	assert_string_equal(c.host, "127.0.0.1");
	assert_int_equal(c.port, 8080);
	assert_int_equal(c.rtc_port, 7882);
	assert_false(c.rtc_ip_given);
	assert_int_equal(c.rtc_ip_count, 1);
	assert_int_equal(c.workers, 0);
	assert_int_equal(c.room_limit, 1000);
	assert_int_equal(c.media_load, 85);
	assert_false(c.demo);
	assert_int_equal(c.log_level, LOG_INFO);
}

static void test_flags(void **state)
{
	char error[CONFIG_ERROR_MAX];
	struct config c;

	(void)state;
	variable = NULL;
	assert_int_equal(load(&c,
			      "--data=/tmp/x --listen [::1]:0 --rtc-ip 10.0.0.1 --rtc-ip ::1 "
			      "--rtc-port 9000 --rtc-tcp-port 0 --workers 3 --room-limit 20 "
			      "--media-load 50 "
			      "--webhook http://a/x --webhook https://b --remote-unmute "
			      "--no-guests "
			      "--widget-origin https://Shop.example,http://[::1]:80 "
			      "--demo --log-level debug --log-json",
			      error),
			 0);
	assert_string_equal(c.data, "/tmp/x");
	assert_string_equal(c.host, "::1");
	assert_int_equal(c.port, 0);
	assert_int_equal(c.rtc_ip_count, 2); /* the default was replaced */
	assert_int_equal(c.rtc_ips[0].ss_family, AF_INET);
	assert_int_equal(c.rtc_ips[1].ss_family, AF_INET6);
	assert_memory_equal(&c.rtc_locals[1], &c.rtc_ips[1], sizeof c.rtc_ips[1]);
	assert_true(c.rtc_ip_given);
	assert_int_equal(c.rtc_port, 9000);
	assert_int_equal(c.rtc_tcp_port, 0);
	assert_true(c.rtc_tcp_given);
	assert_int_equal(c.workers, 3);
	assert_int_equal(c.room_limit, 20);
	assert_int_equal(c.media_load, 50);
	assert_true(c.demo);
	assert_true(c.remote_unmute && c.no_guests);
	assert_int_equal(c.webhook_count, 2);
	assert_string_equal(c.webhooks[1], "https://b");
	assert_int_equal(c.widget_origin_count, 2);
	assert_string_equal(c.widget_origins[0], "https://shop.example");
	assert_string_equal(c.widget_origins[1], "http://[::1]:80");
	assert_int_equal(c.log_level, LOG_DEBUG);
	assert_true(c.log_json);
	assert_int_equal(load(&c, "--help", error), 0);
	assert_int_equal(c.action, CONFIG_HELP);
	assert_int_equal(load(&c, "--version", error), 0);
	assert_int_equal(c.action, CONFIG_VERSION);
}

static void test_bad_values_are_named(void **state)
{
	static const struct {
		const char *arguments, *key, *value;
	} table[] = {
		{ "--listen nowhere", "listen", "nowhere" },
		{ "--listen 127.0.0.1:99999", "listen", "99999" },
		{ "--listen 127.0.0.1:", "listen", "127.0.0.1:" },
		{ "--listen :80", "listen", ":80" },
		{ "--listen ::1:80", "listen", "::1:80" },
		{ "--listen a:-1", "listen", "a:-1" },
		{ "--rtc-ip 300.1.1.1", "rtc-ip", "300.1.1.1" },
		{ "--rtc-ip 0.0.0.0", "rtc-ip", "0.0.0.0" },
		{ "--rtc-ip 203.0.113.7/", "rtc-ip", "203.0.113.7/" },
		{ "--rtc-ip /10.0.0.5", "rtc-ip", "/10.0.0.5" },
		{ "--rtc-ip 203.0.113.7/0.0.0.0", "rtc-ip", "0.0.0.0" },
		{ "--rtc-ip 203.0.113.7/10.0.0.5/8", "rtc-ip", "/8" },
		{ "--rtc-ip 203.0.113.7/::1", "rtc-ip", "::1" },
		{ "--rtc-ip 1.2.3.4,", "rtc-ip", "1.2.3.4," },
		{ "--rtc-port 0x10", "rtc-port", "0x10" },
		{ "--rtc-port 65536", "rtc-port", "65536" },
		{ "--rtc-tcp-port x", "rtc-tcp-port", "x" },
		{ "--workers -1", "workers", "-1" },
		{ "--workers 65", "workers", "65" },
		{ "--room-limit 2001", "room-limit", "2001" },
		{ "--media-load 101", "media-load", "101" },
		{ "--log-level loud", "log-level", "loud" },
		{ "--demo=maybe", "demo", "maybe" },
		{ "--remote-unmute=maybe", "remote-unmute", "maybe" },
		{ "--webhook ftp://a/", "webhook", "ftp://a/" },
		{ "--webhook http://", "webhook", "http://" },
		{ "--webhook http://a,", "webhook", "http://a," },
		{ "--widget-origin shop.example", "widget-origin", "shop.example" },
		{ "--widget-origin https://a/", "widget-origin", "https://a/" },
		{ "--widget-origin https://", "widget-origin", "https://" },
		{ "--domain 10.0.0.1", "domain", "10.0.0.1" },
		{ "--domain *.example.com", "domain", "*.example.com" },
		{ "--domain -a.example", "domain", "-a.example" },
		{ "--domain a..example", "domain", "a..example" },
		{ "--domain a.example.", "domain", "a.example." },
		{ "--domain a.example,", "domain", "a.example," },
		{ "--domain https://a.example", "domain", "https://a.example" },
		{ "--acme-directory http://ca.example/", "acme-directory", "http://ca.example/" },
		{ "--acme-contact anna", "acme-contact", "anna" },
		{ "--acme-ca /does/not/exist", "acme-ca", "/does/not/exist" },
		{ "--data=", "data", "" },
		{ "--frobnicate", "frobnicate", "" },
		{ "--listen", "listen", "value" },
		{ "stray", "stray", "" },
		{ "--tls-cert /does/not/exist --tls-key /does/not/exist", "tls-cert",
		  "/does/not/exist" },
		{ "--tls-cert /does/not/exist", "tls-key", "" },
		{ "--tls-key /does/not/exist", "tls-cert", "" },
		{ "--config /does/not/exist.ini", "config", "/does/not/exist.ini" },
	};
	char error[CONFIG_ERROR_MAX];
	struct config c;

	(void)state;
	variable = NULL;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		assert_int_not_equal(load(&c, table[i].arguments, error), 0);
		assert_non_null(strstr(error, table[i].key));
		assert_non_null(strstr(error, table[i].value));
		assert_null(strchr(error, '\n'));
	}
}

static void test_domain(void **state)
{
	char error[CONFIG_ERROR_MAX];
	struct config c;

	(void)state;
	variable = NULL;
	assert_int_equal(load(&c,
			      "--domain Chat.Example.com,www.chat.example.com --domain "
			      "x-1.test,chat.example.com",
			      error),
			 0);
	assert_int_equal(c.domain_count, 3);
	assert_string_equal(c.domains[0], "chat.example.com");
	assert_string_equal(c.domains[2], "x-1.test");
	assert_int_equal(c.port, 443); /* of every address */
	assert_true(strcmp(c.host, "::") == 0 || strcmp(c.host, "0.0.0.0") == 0);
	assert_int_equal(c.http_port, 80);
	assert_string_equal(c.acme_directory, CONFIG_ACME_DIRECTORY);
	assert_int_equal(
		load(&c, "--domain a.test --listen 127.0.0.1:8443 --acme-contact a@b.test", error),
		0);
	assert_string_equal(c.host, "127.0.0.1");
	assert_int_equal(c.port, 8443);
	assert_string_equal(c.acme_contact, "mailto:a@b.test");
	assert_int_equal(load(&c, "", error), 0);
	assert_int_equal(c.port, 8080);
}

static void test_order_of_sources(void **state)
{
	char path[] = "/tmp/confab-config-XXXXXX", error[CONFIG_ERROR_MAX], arguments[256];
	struct config c;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_true(dprintf(fd, "; a comment\nrtc-port = 1000\nworkers = 2\nrtc-ip = "
				"10.0.0.1\nrtc-ip = 10.0.0.2\n"
				"demo = true\n") > 0);
	(void)close(fd);
	(void)snprintf(arguments, sizeof arguments, "--config %s --workers 4", path);

	variable = "CONFAB_RTC_PORT";
	variable_value = "2000";
	assert_int_equal(load(&c, arguments, error), 0);
	assert_int_equal(c.rtc_port, 2000); /* environment over file */
	assert_int_equal(c.workers, 4);	    /* flag over file */
	assert_int_equal(c.rtc_ip_count, 2);
	assert_true(c.demo);

	variable = "CONFAB_RTC_IP";
	variable_value = "192.0.2.1,192.0.2.2,192.0.2.3";
	assert_int_equal(load(&c, arguments, error), 0);
	assert_int_equal(c.rtc_ip_count, 3);
	(void)snprintf(arguments, sizeof arguments, "--config %s --rtc-ip 127.0.0.1", path);
	assert_int_equal(load(&c, arguments, error), 0);
	assert_int_equal(c.rtc_ip_count, 1);

	variable = "CONFAB_CONFIG"; /* the file may be named by the environment */
	variable_value = path;
	assert_int_equal(load(&c, "", error), 0);
	assert_int_equal(c.rtc_port, 1000);

	variable = "CONFAB_LOG_LEVEL";
	variable_value = "shout";
	assert_int_not_equal(load(&c, "", error), 0);
	assert_non_null(strstr(error, "log-level"));
	variable = NULL;
	(void)unlink(path);
}

static void load_file_text(const char *text, char *ret_error)
{
	char path[] = "/tmp/confab-config-XXXXXX", arguments[256];
	struct config c;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_true(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	(void)close(fd);
	(void)snprintf(arguments, sizeof arguments, "--config %s", path);
	assert_int_not_equal(load(&c, arguments, ret_error), 0);
	assert_null(strchr(ret_error, '\n'));
	(void)unlink(path);
}

static void test_bad_files(void **state)
{
	char error[CONFIG_ERROR_MAX];

	(void)state;
	variable = NULL;
	load_file_text("liten = 127.0.0.1:8080\n", error);
	assert_non_null(strstr(error, "liten"));
	load_file_text("[server]\nlisten = 127.0.0.1:8080\n", error);
	assert_non_null(strstr(error, "server"));
	load_file_text("rtc-port = many\n", error);
	assert_non_null(strstr(error, "rtc-port"));
	assert_non_null(strstr(error, "many"));
	load_file_text("data = x\nnonsense\n", error);
	assert_non_null(strstr(error, "line 2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_bad_values_are_named),
		cmocka_unit_test(test_domain),
		cmocka_unit_test(test_order_of_sources),
		cmocka_unit_test(test_bad_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

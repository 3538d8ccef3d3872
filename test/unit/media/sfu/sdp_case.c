/* SPDX-License-Identifier: Apache-2.0 */
#include "sdp_case.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct sockaddr_storage addresses[2], tcp_address;
struct negotiate_local local = {
	.ufrag = "1+localufrag",
	.pwd = "localpasswordlocalpassword",
	.fingerprint = FINGERPRINT,
	.addresses = addresses,
	.address_count = 2,
	.tcp_addresses = &tcp_address,
	.tcp_address_count = 1,
	.session_id = 12345,
	.version = 1,
};

int local_set_up(void **state)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&addresses[0];
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&addresses[1];

	(void)state;
	in->sin_family = AF_INET;
	in->sin_port = htons(7882);
	(void)inet_pton(AF_INET, "192.0.2.1", &in->sin_addr);
	tcp_address = addresses[0];
	((struct sockaddr_in *)&tcp_address)->sin_port = htons(7881);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(7882);
	(void)inet_pton(AF_INET6, "2001:db8::1", &in6->sin6_addr);
	return 0;
}

char *read_file(const char *folder, const char *name)
{
	char path[512];
	(void)snprintf(path, sizeof path, "%s/%s/%s.sdp", VECTORS, folder, name);
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, 128 * 1024);

	assert_non_null(text);
	if (!file) {
		free(text);
		return NULL;
	}
	(void)!fread(text, 1, 128 * 1024 - 1, file);
	(void)fclose(file);
	return text;
}

struct sdp *parse(const char *text)
{
	struct sdp *sdp = malloc(sizeof *sdp);
	struct sdp_error error;

	assert_non_null(sdp);
	if (sdp_parse(sdp, text, strlen(text), &error) != SDP_OK)
		fail_msg("line %u: %s\n%s", error.line, error.text, text);
	return sdp;
}

char *edited(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *copy = calloc(1, strlen(text) + strlen(to) + 1);

	assert_non_null(at);
	assert_non_null(copy);
	memcpy(copy, text, (size_t)(at - text));
	strcat(strcat(copy, to), at + strlen(from));
	return copy;
}

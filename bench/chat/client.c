/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: bench_chat listen PORT MEMBERS RATE SECONDS   tokens of clients on standard input, one a line, up to an empty one;
 *                                                      `ready`, then for each further line a fan-out's figures; until its end
 *        bench_chat send PORT SECONDS http|socket      "CONVERSATION TOKEN" of each writer, one a line
 *
 * Figures are one line of JSON. bench/chat.mjs runs it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "listen") == 0)
		return run_listen((uint16_t)atoi(argv[2]), (unsigned)atoi(argv[3]),
				  (unsigned)atoi(argv[4]), atof(argv[5]));
	if (argc == 5 && strcmp(argv[1], "send") == 0)
		return run_send((uint16_t)atoi(argv[2]), atof(argv[3]),
				strcmp(argv[4], "socket") == 0);
	(void)fprintf(stderr, "usage: bench_chat listen PORT MEMBERS RATE SECONDS | send PORT "
			      "SECONDS http|socket\n");
	return 2;
}

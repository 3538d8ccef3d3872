/* SPDX-License-Identifier: Apache-2.0 */
#include "control/chat/mentions.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static bool is_of_id(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

void mentions_find(const char *text, struct mentions *ret)
{
	ret->count = 0;
	for (const char *p = text; *p && ret->count < MENTIONS_MAX; p++) {
		/* within a word, as in an e-mail address, it names nobody */
		if (*p != '@' || (p > text && (is_of_id(p[-1]) || p[-1] == '@')))
			continue;
		char *id = ret->ids[ret->count];
		size_t n = 0;
		while (n <= LIMIT_USER_ID && is_of_id(p[1 + n]))
			n++;
		size_t end = n;
		while (end && p[end] == '-')
			end--;
		if (end < 1 || n > LIMIT_USER_ID)
			continue;
		for (size_t i = 0; i < end; i++)
			id[i] = (char)tolower((unsigned char)p[1 + i]);
		id[end] = '\0';
		ret->list[ret->count] = id;
		ret->count++;
		p += n;
	}
}

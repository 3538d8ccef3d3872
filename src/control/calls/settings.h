/* SPDX-License-Identifier: Apache-2.0 */
/* The settings that a call has, and their values in the built-in types. For types.c. */
#pragma once

#include <jansson.h>
#include <stddef.h>

enum call_builtin {
	TYPE_DEFAULT,
	TYPE_AUDIO_ROOM,
	TYPE_LIVESTREAM,
	TYPE_DEVELOPMENT,
	CALL_TYPES_BUILTIN
};

/* All settings of a built-in type; conversation_id not NULL: of its conversations' calls. */
json_t *settings_builtin(size_t type, const char *conversation_id);

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an uploaded file is, told from its bytes: what the sender says it is does not count. Nothing
 * that a browser would run (HTML, SVG, scripts) has a kind of its own. Pure; no memory.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A media type, static: "image/jpeg", "video/mp4", …; "text/plain; charset=utf-8" for UTF-8 without
 * control characters; "application/octet-stream" for everything else. */
const char *file_kind(const void *bytes, size_t n);

/* Images, audio and video: browsers may show these in place; others are for saving. */
bool file_is_inline(const char *kind);

/* Width and height in pixels of a JPEG, PNG, GIF or WebP. False when they are not to be had. */
bool file_image_size(const char *kind, const void *bytes, size_t n, uint32_t *ret_width,
		     uint32_t *ret_height);

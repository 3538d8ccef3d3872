/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes out of pictures what their senders do not know is in them: where and when a photo was taken, by
 * which device, comments. Pure; in place.
 */
#pragma once

#include <stddef.h>

/*
 * Removes metadata from a JPEG, PNG or WebP (kinds of kind.h); other kinds stay as they are. Of a
 * JPEG's Exif the orientation is kept, since without it the picture would be shown turned. Returns
 * the new length, never more than `n`. A file that cannot be followed to its end is cut of what was
 * understood, and otherwise left alone: the browser decides whether it is a picture.
 */
size_t file_strip(const char *kind, void *bytes, size_t n);

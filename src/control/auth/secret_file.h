/* SPDX-License-Identifier: Apache-2.0 */
/* A file of the data folder that only its owner may read. Any thread. */
#pragma once

/*
 * Writes `text` into `path`, a file of the folder `dir`, mode 0600: whole under another name, then
 * renamed, so that a crash leaves no half of it. 0 once it is on the disk, or -errno.
 */
int secret_file_write(const char *dir, const char *path, const char *text);

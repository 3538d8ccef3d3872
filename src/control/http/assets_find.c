/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "control/http/assets.h"

static int compare(const void *key, const void *element)
{
	return strcmp(key, ((const struct asset *)element)->path);
}

const struct asset *asset_find(const char *path)
{
	return bsearch(path, assets, asset_count, sizeof assets[0], compare);
}

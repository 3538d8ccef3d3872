/* SPDX-License-Identifier: Apache-2.0 */
/* The whole HTTP surface, as one constant table. */
#pragma once

#include "control/server/route.h"

extern const struct http_route control_routes[];
extern const size_t control_route_count;

/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/pictures.h"

#include "base/wr.h"

void pictures_rewrite(uint8_t *payload, struct pictures p, uint16_t id, uint8_t tl0)
{
	if (p.id_at && p.long_id)
		put_be16(payload + p.id_at, (uint16_t)(0x8000 | id));
	else if (p.id_at)
		payload[p.id_at] = id & 0x7f;
	if (p.tl0_at)
		payload[p.tl0_at] = tl0;
}

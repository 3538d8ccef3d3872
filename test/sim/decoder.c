/* SPDX-License-Identifier: Apache-2.0 */
/* See sim.h. */
#include "sim.h"

static bool has(const struct decoder *d, uint8_t layer, uint32_t frame)
{
	return d->decoded[layer][frame % DECODER_FRAMES] == frame + 1;
}

static bool try_decode(struct decoder *d, const struct decoder_frame *f)
{
	if (!f->key && (!has(d, f->layer, f->refs[0]) || !has(d, f->layer, f->refs[1])))
		return false;
	d->decoded[f->layer][f->frame % DECODER_FRAMES] = f->frame + 1;
	d->frames++;
	d->base_frames += f->tid == 0;
	if (d->last_at && f->at > d->last_at && f->at - d->last_at > d->longest)
		d->longest = f->at - d->last_at;
	if (f->at > d->last_at)
		d->last_at = f->at;
	return true;
}

void decoder_frame(struct decoder *d, const struct decoder_frame *f)
{
	bool again = true;

	d->complete++;
	d->base_complete += f->tid == 0;
	if (!try_decode(d, f)) {
		for (int i = 0; i < DECODER_WAITING; i++) {
			/* the oldest place is taken over: it waited for seconds */
			if (!d->waiting[i].at || i == DECODER_WAITING - 1) {
				d->waiting[i] = *f;
				return;
			}
		}
	}
	while (again) {
		again = false;
		for (int i = 0; i < DECODER_WAITING; i++) {
			struct decoder_frame *w = &d->waiting[i];

			if (!w->at)
				continue;
			w->at = w->at > f->at ? w->at : f->at;
			if (try_decode(d, w)) {
				w->at = 0;
				again = true;
			}
		}
	}
}

void decoder_picture(struct decoder *d, uint16_t picture)
{
	if (!d->starts++) {
		d->first_picture = d->last_picture = 0x100000 + picture;
		return;
	}
	int delta = ((picture - (int)(d->last_picture & 0x7fff) + 0x4000) & 0x7fff) - 0x4000;
	uint64_t extended = d->last_picture + (uint64_t)(int64_t)delta;

	if (extended > d->last_picture)
		d->last_picture = extended;
	if (extended < d->first_picture)
		d->first_picture = extended;
}

int64_t decoder_picture_gaps(const struct decoder *d)
{
	return (int64_t)(d->last_picture - d->first_picture + 1) - (int64_t)d->starts;
}

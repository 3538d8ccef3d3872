/* SPDX-License-Identifier: Apache-2.0 */
/* What files are, and what is taken out of pictures. The pictures in test/vectors hold the word SECRET
 * wherever metadata may stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "control/files/kind.h"
#include "control/files/strip.h"

struct file {
	uint8_t *bytes;
	size_t n;
};

static struct file load(const char *name)
{
	char path[512];
	struct file f = { .bytes = malloc(100000) };

	(void)snprintf(path, sizeof path, "%s/pictures/%s", getenv("VECTORS"), name);
	FILE *in = fopen(path, "rb");
	assert_non_null(in);
	f.n = fread(f.bytes, 1, 100000, in);
	assert_true(f.n > 0 && f.n < 100000);
	(void)fclose(in);
	return f;
}

static bool holds(const struct file *f, const char *word)
{
	return memmem(f->bytes, f->n, word, strlen(word)) != NULL;
}

static void test_metadata_goes_and_the_picture_stays(void **state)
{
	static const struct {
		const char *name, *kind;
		uint32_t width, height;
	} pictures[] = { { "turned.jpg", "image/jpeg", 32, 24 },
			 { "upright.jpg", "image/jpeg", 32, 24 },
			 { "text.png", "image/png", 3, 2 },
			 { "photo.webp", "image/webp", 32, 24 } };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct file f = load(pictures[i].name);
		uint32_t width = 0, height = 0;

		assert_string_equal(file_kind(f.bytes, f.n), pictures[i].kind);
		assert_true(holds(&f, "SECRET"));
		size_t before = f.n;
		f.n = file_strip(pictures[i].kind, f.bytes, f.n);
		assert_true(f.n < before);
		assert_false(holds(&f, "SECRET"));
		assert_string_equal(file_kind(f.bytes, f.n), pictures[i].kind);
		assert_true(file_image_size(pictures[i].kind, f.bytes, f.n, &width, &height));
		assert_int_equal(width, pictures[i].width);
		assert_int_equal(height, pictures[i].height);
		/* again changes nothing */
		assert_int_equal(file_strip(pictures[i].kind, f.bytes, f.n), f.n);
		free(f.bytes);
	}
}

static void test_the_orientation_stays(void **state)
{
	struct file turned = load("turned.jpg"), upright = load("upright.jpg");

	(void)state;
	turned.n = file_strip("image/jpeg", turned.bytes, turned.n);
	upright.n = file_strip("image/jpeg", upright.bytes, upright.n);
	static const char exif[] = "Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0\6";
	assert_non_null(memmem(turned.bytes, turned.n, exif, sizeof exif - 1));
	assert_false(holds(&upright, "Exif"));
	assert_int_equal(turned.n, upright.n + 36);
	free(turned.bytes);
	free(upright.bytes);
}

static void test_cut_anywhere(void **state)
{
	static const char *const names[] = { "turned.jpg", "text.png", "photo.webp" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct file f = load(names[i]);

		for (size_t n = 0; n <= f.n; n++) {
			uint8_t *copy = malloc(n + 1); /* exactly so large: the sanitizer watches */
			memcpy(copy, f.bytes, n);
			uint32_t w, h;
			const char *kind = file_kind(copy, n);
			assert_true(file_strip(kind, copy, n) <= n);
			(void)file_image_size(kind, copy, n, &w, &h);
			free(copy);
		}
		free(f.bytes);
	}
}

static void test_kinds(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *kind;
	} files[] = {
		{ "", 0, "application/octet-stream" },
		{ "hello\n", 6, "text/plain; charset=utf-8" },
		{ "caf\xc3\xa9", 5, "text/plain; charset=utf-8" },
		{ "caf\xe9", 4, "application/octet-stream" },
		{ "a\0b", 3, "application/octet-stream" },
		{ "GIF89a\1\0\1\0", 10, "image/gif" },
		{ "%PDF-1.7", 8, "application/pdf" },
		{ "PK\3\4", 4, "application/zip" },
		{ "\0\0\0\x18"
		  "ftypisom",
		  12, "video/mp4" },
		{ "\x1a\x45\xdf\xa3", 4, "video/webm" },
		{ "\x1a\x45\xdf\xa3..\x86\x86"
		  "A_OPUS..",
		  16, "audio/webm" },
		{ "\x1a\x45\xdf\xa3..\x86\x86"
		  "A_OPUS\x86\x85V_VP8",
		  21, "video/webm" },
		{ "\0\0\0\x08"
		  "ftyp....hdlr\0\0\0\0\0\0\0\0soun",
		  28, "audio/mp4" },
		{ "\0\0\0\x08"
		  "ftyphdlr\0\0\0\0\0\0\0\0sounhdlr\0\0\0\0\0\0\0\0vide",
		  40, "video/mp4" },
		{ "\0\0\0\x08"
		  "ftyphdlr\0\0\0\0\0\0\0\0so",
		  22, "video/mp4" },
		{ "OggS\0\2", 6, "audio/ogg" },
		{ "RIFF\0\0\0\0WAVE", 12, "audio/wav" },
		/* what a browser would run has no kind of its own */
		{ "<html><script>alert(1)</script>", 31, "text/plain; charset=utf-8" },
		{ "<svg onload='alert(1)'/>", 24, "text/plain; charset=utf-8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		assert_string_equal(file_kind(files[i].bytes, files[i].n), files[i].kind);
	assert_true(file_is_inline("image/png") && file_is_inline("audio/ogg") &&
		    file_is_inline("video/mp4"));
	assert_false(file_is_inline("text/plain; charset=utf-8") ||
		     file_is_inline("application/pdf"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_metadata_goes_and_the_picture_stays),
		cmocka_unit_test(test_the_orientation_stays),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
// Eight pixels per step with AVX2; on other processors rows_supported returns false.
#include "renderer/rows.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

bool rows_supported(void)
{
	return __builtin_cpu_supports("avx2");
}

// Eight pixels: source + target * (255 - alpha) / 255, rounded, each channel 255 at most.
AVX2 static inline __m256i blend_over(__m256i target, __m256i source)
{
	const __m256i zero = _mm256_setzero_si256(), half = _mm256_set1_epi16(0x80);
	const __m256i divide = _mm256_set1_epi16(0x101);
	const __m256i spread = _mm256_setr_epi8(3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15,
		15, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
	__m256i rest = _mm256_xor_si256(_mm256_shuffle_epi8(source, spread), _mm256_set1_epi8(-1));
	__m256i low = _mm256_mullo_epi16(
		_mm256_unpacklo_epi8(target, zero), _mm256_unpacklo_epi8(rest, zero));
	__m256i high = _mm256_mullo_epi16(
		_mm256_unpackhi_epi8(target, zero), _mm256_unpackhi_epi8(rest, zero));
	low = _mm256_mulhi_epu16(_mm256_add_epi16(low, half), divide);
	high = _mm256_mulhi_epu16(_mm256_add_epi16(high, half), divide);
	return _mm256_adds_epu8(source, _mm256_packus_epi16(low, high));
}

AVX2 void rows_over(uint32_t *target, const uint32_t *source, size_t n)
{
	const __m256i alpha = _mm256_set1_epi32((int)0xff000000);
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		__m256i pixels = _mm256_loadu_si256((const __m256i *)(source + i));
		__m256i *into = (__m256i *)(target + i);
		if (_mm256_testc_si256(pixels, alpha)) // all opaque
			_mm256_storeu_si256(into, pixels);
		else if (!_mm256_testz_si256(pixels, pixels))
			_mm256_storeu_si256(into, blend_over(_mm256_loadu_si256(into), pixels));
	}
	if (i == n)
		return;
	const __m256i mask = _mm256_cmpgt_epi32(
		_mm256_set1_epi32((int)(n - i)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
	__m256i pixels = _mm256_maskload_epi32((const int *)(source + i), mask);
	__m256i below = _mm256_maskload_epi32((const int *)(target + i), mask);
	_mm256_maskstore_epi32((int *)(target + i), mask, blend_over(below, pixels));
}

AVX2 void rows_copy_past_caches(uint32_t *target, const uint32_t *source, size_t n)
{
	size_t i = 0;
	for (; i < n && ((uintptr_t)(target + i) & 31); i++)
		target[i] = source[i];
	for (; i + 32 <= n; i += 32) {
		const __m256i *from = (const __m256i *)(source + i);
		__m256i *into = (__m256i *)(target + i);
		__m256i a = _mm256_loadu_si256(from), b = _mm256_loadu_si256(from + 1);
		__m256i c = _mm256_loadu_si256(from + 2), d = _mm256_loadu_si256(from + 3);
		_mm256_stream_si256(into, a);
		_mm256_stream_si256(into + 1, b);
		_mm256_stream_si256(into + 2, c);
		_mm256_stream_si256(into + 3, d);
	}
	for (; i < n; i++)
		target[i] = source[i];
}

void rows_flush(void)
{
	_mm_sfence();
}

#else

bool rows_supported(void)
{
	return false;
}

void rows_over(uint32_t *target, const uint32_t *source, size_t n)
{
}

void rows_copy_past_caches(uint32_t *target, const uint32_t *source, size_t n)
{
}

void rows_flush(void)
{
}
#endif

#include "kernel.h"
#include <math.h>
#include <string.h>

#pragma GCC optimize("no-math-errno", "no-trapping-math")

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__)
#define VECTORS
#include <immintrin.h>
// The compiler makes one copy of the loop for each kind of processor, and the program
// takes the best at its start.
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

enum { BLOCK = 16, GROUP = 4, PACK = BLOCK * GROUP };

static void dense_plain(const int8_t *w, const int32_t *start, const float *scale, int rows, int groups,
                        const uint8_t *x, int batch, float *out) {
    for (int r = 0; r < rows; r += BLOCK, w += (long)groups * PACK) {
        int n = rows - r < BLOCK ? rows - r : BLOCK;
        for (int b = 0; b < batch; b++) {
            const uint8_t *in = x + (long)b * groups * GROUP;
            int32_t sum[BLOCK] = {0};
            for (int g = 0; g < groups; g++)
                for (int i = 0; i < PACK; i++)
                    sum[i / GROUP] += w[g * PACK + i] * in[g * GROUP + i % GROUP];
            for (int i = 0; i < n; i++)
                out[(long)b * rows + r + i] = (float)(start[r + i] + sum[i]) * scale[r + i];
        }
    }
}

#ifdef VECTORS

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define AVX2 __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline))

// tile512 does some blocks of rows with some inputs: each value loaded serves for all.
INLINE AVX512 void tile512(const int8_t *w, const int32_t *start, const float *scale, int rows, int r, int blocks, int groups,
                           const uint8_t *x, int inputs, float *out) {
    __m512i sum[4][4];
    for (int k = 0; k < blocks; k++)
        for (int b = 0; b < inputs; b++)
            sum[k][b] = _mm512_setzero_si512();
    for (int g = 0; g < groups; g++) {
        __m512i weights[4];
        for (int k = 0; k < blocks; k++)
            weights[k] = _mm512_loadu_si512(w + ((long)k * groups + g) * PACK);
        for (int b = 0; b < inputs; b++) {
            int32_t four;
            memcpy(&four, x + ((long)b * groups + g) * GROUP, sizeof four);
            __m512i in = _mm512_set1_epi32(four);
            for (int k = 0; k < blocks; k++)
                sum[k][b] = _mm512_dpbusd_epi32(sum[k][b], in, weights[k]);
        }
    }
    for (int k = 0; k < blocks; k++) {
        int at = r + k * BLOCK, n = rows - at;
        __mmask16 real = n < BLOCK ? (__mmask16)((1u << n) - 1) : 0xffff;
        __m512i first = _mm512_maskz_loadu_epi32(real, start + at);
        __m512 by = _mm512_maskz_loadu_ps(real, scale + at);
        for (int b = 0; b < inputs; b++)
            _mm512_mask_storeu_ps(out + (long)b * rows + at, real, _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_add_epi32(sum[k][b], first)), by));
    }
}

INLINE AVX512 void rows512(const int8_t *w, const int32_t *start, const float *scale, int rows, int r, int blocks, int groups,
                           const uint8_t *x, int batch, float *out) {
    w += (long)r * groups * GROUP;
    int b = 0;
    for (; b + 4 <= batch; b += 4)
        tile512(w, start, scale, rows, r, blocks, groups, x + (long)b * groups * GROUP, 4, out + (long)b * rows);
    for (; b < batch; b++)
        tile512(w, start, scale, rows, r, blocks, groups, x + (long)b * groups * GROUP, 1, out + (long)b * rows);
}

AVX512 static void dense_avx512(const int8_t *w, const int32_t *start, const float *scale, int rows, int groups,
                                const uint8_t *x, int batch, float *out) {
    int r = 0;
    for (; r + 3 * BLOCK < rows; r += 4 * BLOCK)
        rows512(w, start, scale, rows, r, 4, groups, x, batch, out);
    for (; r < rows; r += BLOCK)
        rows512(w, start, scale, rows, r, 1, groups, x, batch, out);
}

// tile256 does one block of rows with some inputs. A processor without products of
// bytes has those of shorts, of which it adds two by two.
INLINE AVX2 void tile256(const int8_t *w, const int32_t *start, const float *scale, int rows, int r, int groups,
                         const uint8_t *x, int inputs, float *out) {
    __m256i sum[4][2];
    for (int q = 0; q < 4; q++)
        for (int b = 0; b < inputs; b++)
            sum[q][b] = _mm256_setzero_si256();
    for (int g = 0; g < groups; g++) {
        __m256i in[2];
        for (int b = 0; b < inputs; b++) {
            int32_t four;
            memcpy(&four, x + ((long)b * groups + g) * GROUP, sizeof four);
            in[b] = _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
        }
        for (int q = 0; q < 4; q++) {
            __m256i weights = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(w + (long)g * PACK + q * BLOCK)));
            for (int b = 0; b < inputs; b++)
                sum[q][b] = _mm256_add_epi32(sum[q][b], _mm256_madd_epi16(weights, in[b]));
        }
    }
    for (int b = 0; b < inputs; b++)
        for (int q = 0; q < 4; q++) {
            int32_t two[8];
            _mm256_storeu_si256((__m256i *)two, sum[q][b]);
            for (int i = 0; i < 4 && r + 4 * q + i < rows; i++)
                out[(long)b * rows + r + 4 * q + i] = (float)(start[r + 4 * q + i] + two[2 * i] + two[2 * i + 1]) * scale[r + 4 * q + i];
        }
}

AVX2 static void dense_avx2(const int8_t *w, const int32_t *start, const float *scale, int rows, int groups,
                            const uint8_t *x, int batch, float *out) {
    for (int r = 0; r < rows; r += BLOCK, w += (long)groups * PACK) {
        int b = 0;
        for (; b + 2 <= batch; b += 2)
            tile256(w, start, scale, rows, r, groups, x + (long)b * groups * GROUP, 2, out + (long)b * rows);
        if (b < batch)
            tile256(w, start, scale, rows, r, groups, x + (long)b * groups * GROUP, 1, out + (long)b * rows);
    }
}

static int can(int way) {
    switch (way) {
    case 2:
        return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    case 1:
        return __builtin_cpu_supports("avx2");
    }
    return way == 0;
}

#else

static int can(int way) { return way == 0; }

#define dense_avx512 dense_plain
#define dense_avx2 dense_plain

#endif

typedef void dense_way(const int8_t *, const int32_t *, const float *, int, int, const uint8_t *, int, float *);

static dense_way *const ways[DENSE_WAYS] = {dense_plain, dense_avx2, dense_avx512};

int dense_by(int way, const int8_t *w, const int32_t *start, const float *scale, int rows, int groups,
             const uint8_t *x, int batch, float *out) {
    if (!can(way))
        return 0;
    ways[way](w, start, scale, rows, groups, x, batch, out);
    return 1;
}

void dense(const int8_t *w, const int32_t *start, const float *scale, int rows, int groups,
           const uint8_t *x, int batch, float *out) {
    for (int way = DENSE_WAYS - 1; !dense_by(way, w, start, scale, rows, groups, x, batch, out); way--)
        ;
}

// Lambert's continued fraction of tanh, over and under the line, to one part in ten
// thousand. Divisions are what takes time here, so they are put off.
static inline float within(float most, float x) {
    x = x < most ? x : most;
    return x > -most ? x : -most;
}
static inline float clipped(float x) { return within(4.9f, x); }
static inline float over(float x) { float y = x * x; return x * (135135.0f + y * (17325.0f + y * (378.0f + y))); }
static inline float under(float x) { float y = x * x; return 135135.0f + y * (62370.0f + y * (3150.0f + y * 28.0f)); }

static inline uint8_t activation(float v) { return (uint8_t)(int)(v * 127.0f + 128.5f); }

CLONES
void squash(const float *restrict v, int n, uint8_t *restrict out) {
    for (int i = 0; i < n; i++) {
        float x = clipped(v[i]);
        out[i] = activation(over(x) / under(x));
    }
}

CLONES
void pool(const uint8_t *restrict in, int w, int h, int depth, int dx, int dy, uint8_t *restrict out) {
    for (int y = 0; y + dy <= h; y += dy)
        for (int x = 0; x + dx <= w; x += dx, out += depth)
            for (int i = 0; i < dx * dy; i++) {
                const uint8_t *from = in + ((long)(y + i / dx) * w + x + i % dx) * depth;
                for (int k = 0; k < depth; k++)
                    out[k] = i > 0 && out[k] > from[k] ? out[k] : from[k];
            }
}

void shares(float *v, int rows, int n) {
    for (int r = 0; r < rows; r++, v += n) {
        float most = v[0], sum = 0;
        for (int i = 1; i < n; i++)
            most = v[i] > most ? v[i] : most;
        for (int i = 0; i < n; i++)
            sum += v[i] = v[i] - most < -20 ? 0 : expf(v[i] - most);
        for (int i = 0; i < n; i++)
            v[i] /= sum;
    }
}

// A gate is half of one and tanh of half of its sum, (under + over) / (2 · under).
CLONES
static void remember(const float *restrict gates, float *restrict state, uint8_t *restrict out, int ns) {
    for (int u = 0; u < ns; u++) {
        float c = clipped(gates[u]), i = clipped(0.5f * gates[ns + u]), f = clipped(0.5f * gates[2 * ns + u]), o = clipped(0.5f * gates[3 * ns + u]);
        float uc = under(c), ui = under(i), uf = under(f), uo = under(o);
        float s = 0.5f * (state[u] * (uf + over(f)) * (uc * ui) + over(c) * (ui + over(i)) * uf) / (uf * (uc * ui));
        state[u] = within(100, s);
        s = clipped(s);
        out[u] = activation(0.5f * over(s) * (uo + over(o)) / (under(s) * uo));
    }
}

void lstm(const int8_t *w, const int32_t *start, const float *scale, int ni, int ns, int groups,
          const sequence *s, int n, const uint8_t *in, uint8_t *out, uint8_t *x, float *gates, float *state) {
    int width = groups * GROUP;
    memset(x, 128, (long)n * width);
    memset(state, 0, (long)n * ns * sizeof *state);
    for (int t = 0; t < s[0].length; t++) {
        while (s[n - 1].length <= t)
            n--;
        for (int b = 0; b < n; b++)
            memcpy(x + (long)b * width, in + s[b].from + t * s[b].step, ni);
        dense(w, start, scale, 4 * ns, groups, x, n, gates);
        for (int b = 0; b < n; b++) {
            uint8_t *put = out + s[b].to + t * s[b].put;
            remember(gates + (long)b * 4 * ns, state + (long)b * ns, put, ns);
            memcpy(x + (long)b * width + ni, put, ns);
        }
    }
}

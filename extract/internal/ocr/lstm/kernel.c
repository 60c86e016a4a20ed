#include "kernel.h"
#include <math.h>

#pragma GCC optimize("no-math-errno", "no-trapping-math")

// The compiler makes one copy of each loop for each kind of processor, and the
// program takes the best at its start.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

// Four rows with two inputs at a time: each value loaded serves twice or four times.
CLONES
void dense(const int16_t *restrict w, const int16_t *restrict bias, const float *restrict scale, int rows, int width,
           const int16_t *restrict x, int batch, float *restrict out) {
    width &= ~31;
    for (int r = 0; r < rows; r += 4) {
        int n = rows - r < 4 ? rows - r : 4;
        const int16_t *w0 = w + (long)r * width, *w1 = n > 1 ? w0 + width : w0, *w2 = n > 2 ? w1 + width : w0, *w3 = n > 3 ? w2 + width : w0;
        for (int b = 0; b < batch; b += 2) {
            const int16_t *x0 = x + (long)b * width, *x1 = b + 1 < batch ? x0 + width : x0;
            int32_t s00 = 0, s10 = 0, s20 = 0, s30 = 0, s01 = 0, s11 = 0, s21 = 0, s31 = 0;
            for (int k = 0; k < width; k++) {
                s00 += w0[k] * x0[k];
                s10 += w1[k] * x0[k];
                s20 += w2[k] * x0[k];
                s30 += w3[k] * x0[k];
                s01 += w0[k] * x1[k];
                s11 += w1[k] * x1[k];
                s21 += w2[k] * x1[k];
                s31 += w3[k] * x1[k];
            }
            int32_t s[2][4] = {{s00, s10, s20, s30}, {s01, s11, s21, s31}};
            for (int c = 0; c < 2 && b + c < batch; c++)
                for (int i = 0; i < n; i++)
                    out[(long)(b + c) * rows + r + i] = (float)(s[c][i] + 127 * bias[r + i]) * scale[r + i];
        }
    }
}

// Lambert's continued fraction, to one part in ten thousand.
static inline float tanh_of(float x) {
    x = x < -4.9f ? -4.9f : x > 4.9f ? 4.9f : x;
    float y = x * x;
    float p = x * (135135.0f + y * (17325.0f + y * (378.0f + y)));
    float q = 135135.0f + y * (62370.0f + y * (3150.0f + y * 28.0f));
    return p / q;
}

static inline float gate_of(float x) { return 0.5f + 0.5f * tanh_of(0.5f * x); }

static inline int8_t activation(float v) {
    return (int8_t)(int)(v * 127.0f + (v < 0 ? -0.5f : 0.5f));
}

CLONES
void squash(const float *restrict v, int n, int8_t *restrict out) {
    for (int i = 0; i < n; i++)
        out[i] = activation(tanh_of(v[i]));
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

CLONES
static void remember(const float *restrict gates, float *restrict state, int8_t *restrict out, int16_t *restrict x, int ns) {
    for (int u = 0; u < ns; u++) {
        float s = state[u] * gate_of(gates[4 * u + 2]) + tanh_of(gates[4 * u]) * gate_of(gates[4 * u + 1]);
        s = s < -100 ? -100 : s > 100 ? 100 : s;
        state[u] = s;
        out[u] = activation(tanh_of(s) * gate_of(gates[4 * u + 3]));
        x[u] = out[u];
    }
}

void lstm(const int16_t *w, const int16_t *bias, const float *scale, int ni, int ns, int width,
          const int32_t *active, int steps, const int8_t *in, int8_t *out,
          int16_t *x, float *gates, float *state) {
    for (int t = 0; t < steps; t++) {
        int n = active[t];
        for (int b = 0; b < n; b++, in += ni)
            for (int i = 0; i < ni; i++)
                x[(long)b * width + i] = in[i];
        dense(w, bias, scale, 4 * ns, width, x, n, gates);
        for (int b = 0; b < n; b++, out += ns)
            remember(gates + (long)b * 4 * ns, state + (long)b * ns, out, x + (long)b * width + ni, ns);
    }
}

#include <stdint.h>

// Dense layers of small integers. A weight or an activation of 127 stands for one
// of its scale. Rows are padded with zeros to a multiple of 32.

// dense computes out[b*rows+r] = (w[r]·x[b] + 127·bias[r])·scale[r].
void dense(const int16_t *w, const int16_t *bias, const float *scale, int rows, int width,
           const int16_t *x, int batch, float *out);

// squash writes tanh of v as activations.
void squash(const float *v, int n, int8_t *out);

// shares turns each row of logits into shares that add up to one.
void shares(float *v, int rows, int n);

// lstm runs sequences side by side. At step t the first active[t] of them go on;
// active never grows. In and out hold the steps one after the other, each with
// active[t] rows of ni and ns activations. The rows of w are, for each unit, its
// input, its input gate, its forget gate and its output gate, over the step's ni
// activations and the ns outputs of the step before. X, gates and state are
// working space for active[0] sequences: width, 4·ns and ns values each, all zero.
void lstm(const int16_t *w, const int16_t *bias, const float *scale, int ni, int ns, int width,
          const int32_t *active, int steps, const int8_t *in, int8_t *out,
          int16_t *x, float *gates, float *state);

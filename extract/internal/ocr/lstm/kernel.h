#include <stdint.h>

// Dense layers of small integers. A weight of 127 stands for one of its row's scale,
// an activation of 255 for one, of 128 for nothing and of 1 for minus one.
//
// Weights are packed as they are multiplied: for each block of sixteen rows, for each
// group of four inputs, each row's four weights. Rows and inputs that there are not
// have zeros. Start is what a row adds up to before its first input.

// dense computes out[b*rows+r] = (start[r] + w[r]·x[b])·scale[r] for a batch of inputs
// of 4·groups activations each.
void dense(const int8_t *w, const int32_t *start, const float *scale, int rows, int groups,
           const uint8_t *x, int batch, float *out);

// dense_by is dense by one of the ways to do it, of which there are DENSE_WAYS. It
// returns 0 where the processor cannot. All ways give the same.
enum { DENSE_WAYS = 3 };
int dense_by(int way, const int8_t *w, const int32_t *start, const float *scale, int rows, int groups,
             const uint8_t *x, int batch, float *out);

// squash writes tanh of v as activations.
void squash(const float *v, int n, uint8_t *out);

// pool writes the greatest of each dx × dy places of depth activations, w × h places.
void pool(const uint8_t *in, int w, int h, int depth, int dx, int dy, uint8_t *out);

// shares turns each row of logits into shares that add up to one.
void shares(float *v, int rows, int n);

// sequence is a way through places: where it starts, how far each step goes, and
// where its outputs are put.
typedef struct {
    int64_t from, step, to, put;
    int32_t length;
} sequence;

// lstm runs n sequences side by side, the longest first. The rows of w are its units'
// inputs, then their input gates, forget gates and output gates, over the step's ni
// activations and the ns outputs of the step before. X, gates and state are working
// space for n sequences: 4·groups, 4·ns and ns values each.
void lstm(const int8_t *w, const int32_t *start, const float *scale, int ni, int ns, int groups,
          const sequence *s, int n, const uint8_t *in, uint8_t *out, uint8_t *x, float *gates, float *state);

// Tables of a convolution's weights, and what pools do to spikes as bits.
#include "tables.h"

// Weights [taps, groups*16, vectors*16] to tables, chunk after chunk of output channels.
extern "C" void build_tables(const float *weights, int32_t taps, int32_t groups, int32_t vectors, float *tables) {
  const int c_out = vectors * LANES;
  for (int first = 0; first < vectors;) {
    const int v = chunk(vectors - first);
#pragma omp parallel for
    for (int part = 0; part < taps * groups * 4; part++) {
      const float *rows = weights + static_cast<int64_t>(part) * 4 * c_out + first * LANES;
      for (int vector = 0; vector < v; vector++) {
        float *table = tables + (static_cast<int64_t>(part) * v + vector) * TABLE;
        store(table, Vector{});
        for (int pattern = 1; pattern < 16; pattern++) {
          const float *row = rows + __builtin_ctz(pattern) * c_out + vector * LANES;
          store(table + pattern * LANES, load(table + (pattern & (pattern - 1)) * LANES) + load(row));
        }
      }
    }
    tables += table_size(taps, groups, v);
    first += v;
  }
}

// 2x2 max-pool: any of the four. Frames [height, width, groups]; counts [frames].
extern "C" void pool_bits(const uint16_t *in, int64_t frames, int32_t height, int32_t width, int32_t groups,
                          uint16_t *out, int32_t *counts, int32_t threads) {
  const int rows = height / 2, columns = width / 2, line = width * groups;
#pragma omp parallel for num_threads(threads)
  for (int64_t f = 0; f < frames; f++) {
    const uint16_t *from = in + f * height * line;
    uint16_t *to = out + f * rows * columns * groups;
    int32_t count = 0;
    for (int y = 0; y < rows; y++)
      for (int x = 0; x < columns; x++)
        for (int g = 0; g < groups; g++) {
          const uint16_t *at = from + 2 * y * line + 2 * x * groups + g;
          *to = at[0] | at[groups] | at[line] | at[line + groups];
          count += __builtin_popcount(*to++);
        }
    counts[f] = count;
  }
}

// The gradient goes to the first of the four that fired, to the first of all where none did, as torch has it.
extern "C" void pool_bits_backward(const uint16_t *in, const float *grad, int64_t frames, int32_t height, int32_t width,
                                   int32_t groups, const float *extra, int32_t steps, float *out, int32_t threads) {
  const int rows = height / 2, columns = width / 2, line = width * groups;
#pragma omp parallel for num_threads(threads)
  for (int64_t f = 0; f < frames; f++) {
    const uint16_t *from = in + f * height * line;
    const float *g_at = grad + f * rows * columns * groups * LANES;
    float *to = out + f * height * line * LANES;
    std::memset(to, 0, sizeof(float) * height * line * LANES);
    for (int y = 0; y < rows; y++)
      for (int x = 0; x < columns; x++)
        for (int g = 0; g < groups; g++, g_at += LANES) {
          const int at = 2 * y * line + 2 * x * groups + g;
          const int places[4] = {at, at + groups, at + line, at + line + groups};
          const Vector value = load(g_at) + extra[f % steps];
          uint16_t open = 0xffff;
          for (int i = 0; i < 4; i++) {
            const uint16_t here = open & from[places[i]];
            open &= ~here;
            store(to + static_cast<int64_t>(places[i]) * LANES, where(here, value));
          }
          float *first = to + static_cast<int64_t>(at) * LANES;
          store(first, load(first) + where(open, value));
        }
  }
}

// Average of windows of side_y*side_x spikes, as a current [frames, rows, columns, groups*16]. Divided, as torch does:
// a share multiplied is rounded twice, and 121 of 121 spikes would stay below a threshold of 1.
extern "C" void average_bits(const uint16_t *in, int64_t frames, int32_t height, int32_t width, int32_t groups,
                             int32_t side_y, int32_t side_x, float *out, int32_t threads) {
  const int rows = height / side_y, columns = width / side_x;
  const float window = static_cast<float>(side_y * side_x);
#pragma omp parallel for num_threads(threads)
  for (int64_t f = 0; f < frames; f++) {
    float *to = out + f * rows * columns * groups * LANES;
    for (int y = 0; y < rows; y++)
      for (int x = 0; x < columns; x++)
        for (int g = 0; g < groups; g++, to += LANES) {
          Vector sum{};
          for (int i = 0; i < side_y * side_x; i++) {
            const int64_t pixel = static_cast<int64_t>(y * side_y + i / side_x) * width + x * side_x + i % side_x;
            sum += where(in[(f * height * width + pixel) * groups + g], all(1.0f));
          }
          store(to, sum / window);
        }
  }
}

// Each input of a window takes its share of the gradient; what lies outside of all windows takes none.
extern "C" void average_bits_backward(const float *grad, int64_t frames, int32_t height, int32_t width, int32_t groups,
                                      int32_t side_y, int32_t side_x, float *out, int32_t threads) {
  const int rows = height / side_y, columns = width / side_x;
  const float share = 1.0f / (side_y * side_x);
#pragma omp parallel for num_threads(threads)
  for (int64_t f = 0; f < frames; f++) {
    float *to = out + f * height * width * groups * LANES;
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++)
        for (int g = 0; g < groups; g++, to += LANES) {
          const int row = y / side_y, column = x / side_x;
          const bool inside = row < rows && column < columns;
          const float *from = grad + (((f * rows + row) * columns + column) * groups + g) * LANES;
          store(to, inside ? load(from) * share : Vector{});
        }
  }
}

// Bits [count, groups] to floats [count, groups*16].
extern "C" void unpack_bits(const uint16_t *in, int64_t count, float *out, int32_t threads) {
#pragma omp parallel for num_threads(threads)
  for (int64_t i = 0; i < count; i++) store(out + i * LANES, where(in[i], all(1.0f)));
}

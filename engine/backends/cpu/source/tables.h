// Convolution of spikes by table: four input channels are one of 16 patterns, whose sums of weights are made once.
#pragma once

#include <algorithm>
#include <vector>

#include "vectors.h"

// A convolution as a list of taps: output pixel (y, x) reads input pixel (y*stride + dy, x*stride + dx).
// `bits` is [N, T, height, width, groups] of 16 channels each.
struct Term {
  const uint16_t *bits;
  const float *weights;  // forward: tables of `build_tables`; backward: [taps, c_out, c_in], padded to 16
  const int32_t *dy, *dx;
  int32_t height, width, groups, taps, stride;
};

// Where taps reach beyond the map.
struct Reach {
  int up, left, rows, columns;
};

static inline Reach reach_of(const Term &term, int out_height, int out_width) {
  const auto [low_y, high_y] = std::minmax_element(term.dy, term.dy + term.taps);
  const auto [low_x, high_x] = std::minmax_element(term.dx, term.dx + term.taps);
  const int up = std::max(0, -*low_y), left = std::max(0, -*low_x);
  const int bottom = std::max(term.height, (out_height - 1) * term.stride + *high_y + 1);
  const int right = std::max(term.width, (out_width - 1) * term.stride + *high_x + 1);
  return {up, left, up + bottom, left + right};
}

// Where each of a mask's four nibbles finds its pattern in a table: four distances in bytes.
static inline uint64_t spread_nibbles(uint16_t mask) {
  const uint64_t m = mask;
  return ((m & 0xf) | (m & 0xf0) << 12 | (m & 0xf00) << 24 | (m & 0xf000) << 36) << 6;
}

// Frames of spikes with a silent border, each group's mask spread to four distances; and the taps' distances.
struct Padded {
  Reach reach;
  std::vector<uint64_t> frames;
  std::vector<int> offsets;
  int row, step, frame;

  Padded(const Term &term, int steps, int out_height, int out_width) : reach(reach_of(term, out_height, out_width)) {
    row = reach.columns * term.groups;
    step = term.stride * term.groups;
    frame = reach.rows * row;
    frames.assign(static_cast<size_t>(steps) * frame, 0);
    for (int i = 0; i < term.taps; i++)
      offsets.push_back((term.dy[i] + reach.up) * row + (term.dx[i] + reach.left) * term.groups);
  }

  void fill(const Term &term, int64_t image, int steps) {
    const int64_t line = static_cast<int64_t>(term.width) * term.groups;
    const uint16_t *from = term.bits + image * steps * term.height * line;
    for (int t = 0; t < steps; t++)
      for (int y = 0; y < term.height; y++, from += line) {
        uint64_t *to = &frames[t * frame + (y + reach.up) * row + reach.left * term.groups];
        for (int64_t i = 0; i < line; i++) to[i] = spread_nibbles(from[i]);
      }
  }

  const uint64_t *at(const Term &term, int t, int y, int x) const {
    return &frames[t * frame + y * term.stride * row + x * step];
  }
};

// How many vectors of output channels are summed at once, from `left` that remain.
static inline int chunk(int left) { return left >= 2 ? 2 : 1; }

// The floats of one table: 16 patterns of 16 channels, and a line to spare, so that the patterns most often looked up
// do not all fall into the same sets of the first cache.
constexpr int TABLE = 17 * LANES;

// The floats of a chunk's tables: [taps, groups, 4 nibbles, vectors, TABLE].
static inline int64_t table_size(int taps, int groups, int vectors) {
  return static_cast<int64_t>(taps) * groups * 4 * vectors * TABLE;
}

// Adds to `sums` the P neighbouring output pixels' convolution for V vectors of output channels.
template <int V, int P>
static inline void look_up(Vector (&sums)[P][V], const uint64_t *frame, const int *offsets, int taps, int groups,
                           int step, const float *table) {
  const char *entries = reinterpret_cast<const char *>(table);
  for (int tap = 0; tap < taps; tap++) {
    const uint64_t *pixel = frame + offsets[tap];
    for (int g = 0; g < groups; g++, entries += 4 * V * TABLE * 4) {
#pragma GCC unroll 8
      for (int p = 0; p < P; p++) {
        uint16_t distances[4];
        std::memcpy(distances, pixel + p * step + g, sizeof distances);
#pragma GCC unroll 4
        for (int nibble = 0; nibble < 4; nibble++)
#pragma GCC unroll 2
          for (int v = 0; v < V; v++)
            sums[p][v] += load(reinterpret_cast<const float *>(entries + (nibble * V + v) * TABLE * 4 + distances[nibble]));
      }
    }
  }
}

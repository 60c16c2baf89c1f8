// Training: convolution of spikes by table, batch norm with the neurons behind it, and all their gradients.
// Whatever is summed over images is summed in a fixed order, so results do not depend on the number of threads.
#include "tables.h"

// out [N, T, height, width, vectors*16]; sums [N, T, 2, vectors*16]: of the outputs and of their squares.
template <int V, int P>
static inline void convolve_tile(const Term &term, const Padded &padded, const float *table, int t, int y, int x,
                                 float *out, int c_out, Vector (&one)[V], Vector (&two)[V]) {
  Vector sums[P][V] = {};
  look_up<V, P>(sums, padded.at(term, t, y, x), padded.offsets.data(), term.taps, term.groups, padded.step, table);
  for (int p = 0; p < P; p++)
    for (int i = 0; i < V; i++) {
      store(out + static_cast<int64_t>(p) * c_out + i * LANES, sums[p][i]);
      one[i] += sums[p][i];
      two[i] += sums[p][i] * sums[p][i];
    }
}

template <int V, int P>
static void convolve(const Term &term, const Padded &padded, const float *table, int t, int height, int width,
                     float *out, int c_out, double *sums) {
  for (int y = 0; y < height; y++, out += static_cast<int64_t>(width) * c_out) {
    Vector one[V] = {}, two[V] = {};
    int x = 0;
    for (; x + P <= width; x += P)
      convolve_tile<V, P>(term, padded, table, t, y, x, out + static_cast<int64_t>(x) * c_out, c_out, one, two);
    for (; x < width; x++)
      convolve_tile<V, 1>(term, padded, table, t, y, x, out + static_cast<int64_t>(x) * c_out, c_out, one, two);
    for (int i = 0; i < V; i++)
      for (int k = 0; k < LANES; k++) {
        sums[i * LANES + k] += one[i][k];
        sums[c_out + i * LANES + k] += two[i][k];
      }
  }
}

extern "C" void convolve_bits(const Term *term, int64_t images, int32_t steps, int32_t height, int32_t width,
                              int32_t vectors, float *out, double *sums, int32_t threads) {
  const int c_out = vectors * LANES;
  const int64_t frame = static_cast<int64_t>(height) * width * c_out;
#pragma omp parallel num_threads(threads)
  {
    Padded padded(*term, steps, height, width);
#pragma omp for schedule(dynamic)
    for (int64_t image = 0; image < images; image++) {
      padded.fill(*term, image, steps);
      for (int t = 0; t < steps; t++) {
        float *to = out + (image * steps + t) * frame;
        double *totals = sums + (image * steps + t) * 2 * c_out;
        std::fill(totals, totals + 2 * c_out, 0.0);
        const float *table = term->weights;
        for (int from = 0; from < vectors;) {
          const int v = chunk(vectors - from);
          float *lanes = to + from * LANES;
          double *mine = totals + from * LANES;
          if (v == 2 && width >= 8) convolve<2, 8>(*term, padded, table, t, height, width, lanes, c_out, mine);
          else if (v == 2) convolve<2, 4>(*term, padded, table, t, height, width, lanes, c_out, mine);
          else if (width >= 8) convolve<1, 8>(*term, padded, table, t, height, width, lanes, c_out, mine);
          else convolve<1, 4>(*term, padded, table, t, height, width, lanes, c_out, mine);
          table += table_size(term->taps, term->groups, v);
          from += v;
        }
      }
    }
  }
}

// A current X[t] = scale[t]*x + shift[t], from x of T frames or of one that drives all steps.
struct Part {
  const float *x, *scale, *shift;  // scale and shift [T, vectors*16]
  const float *mean, *deviation;   // backward: batch statistics [T, vectors*16], 1/deviation; null without batch norm
  int32_t frames;                  // 1 or T
};

struct Current {
  const Part *first, *second;  // the second may be null
  const uint16_t *shortcut;    // spikes added, or null
  int32_t steps, pixels, vectors;
};

static inline Vector normalised(const Part &part, int64_t image, int t, int pixels, int c_out, int64_t at, int lane) {
  const int frame = part.frames == 1 ? 0 : t;
  const Vector x = load(part.x + (image * part.frames + frame) * pixels * c_out + at);
  return load(part.scale + t * c_out + lane) * x + load(part.shift + t * c_out + lane);
}

// The current of one pixel's 16 channels; `at` counts floats within a frame.
static inline Vector current_of(const Current &c, int64_t image, int t, int c_out, int64_t at, int lane) {
  Vector x = normalised(*c.first, image, t, c.pixels, c_out, at, lane);
  if (c.second) x += normalised(*c.second, image, t, c.pixels, c_out, at, lane);
  if (c.shortcut) {
    const int64_t frame = (image * c.steps + t) * c.pixels * c.vectors;
    x += where(c.shortcut[frame + at / LANES], all(1.0f));
  }
  return x;
}

extern "C" void fire(const Current *current, const Neuron *neuron, int64_t images, uint16_t *out, int32_t *counts,
                     int32_t threads) {
  const Current &c = *current;
  const int c_out = c.vectors * LANES;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (int64_t image = 0; image < images; image++) {
    std::fill(counts + image * c.steps, counts + (image + 1) * c.steps, 0);
    for (int64_t block = 0; block < static_cast<int64_t>(c.pixels) * c.vectors; block++) {
      const int lane = static_cast<int>(block % c.vectors) * LANES;
      Vector v{};
      for (int t = 0; t < c.steps; t++) {
        const Vector h = charged(*neuron, v, current_of(c, image, t, c_out, block * LANES, lane));
        const uint16_t fired = at_least(h, neuron->threshold);
        v = after_reset(*neuron, h, fired);
        out[(image * c.steps + t) * c.pixels * c.vectors + block] = fired;
        counts[image * c.steps + t] += __builtin_popcount(fired);
      }
    }
  }
}

constexpr int MAX_STEPS = 64;

// From dL/dS in `grad` [N, T, ...] to dL/dX, in place; where a single frame drives all steps, its gradient is summed
// over T into the first frame. `extra` [T] is added to every dL/dS. sums [N, T, 3, c_out]: of dL/dX, and of dL/dX times
// the normalised x of both parts. `decays` [N]: the images' shares of dL/da.
extern "C" void fire_backward(const Current *current, const Neuron *neuron, int64_t images, const float *extra,
                              float *grad, double *sums, double *decays, int32_t threads) {
  const Current &c = *current;
  const int c_out = c.vectors * LANES;
  const bool leaky = neuron->decay >= 0, once = c.first->frames == 1;
  const Part *parts[2] = {c.first, c.second};
#pragma omp parallel num_threads(threads)
  {
    std::vector<float> row(static_cast<size_t>(c.steps) * 3 * c_out);
    Vector h[MAX_STEPS];
#pragma omp for schedule(dynamic)
    for (int64_t image = 0; image < images; image++) {
      double *totals = sums + image * c.steps * 3 * c_out;
      std::fill(totals, totals + static_cast<int64_t>(c.steps) * 3 * c_out, 0.0);
      double decay_total = 0;
      for (int begin = 0; begin < c.pixels; begin += 32) {
        std::fill(row.begin(), row.end(), 0.0f);
        Vector decay_sum{};
        const int end = std::min(c.pixels, begin + 32);
        for (int64_t block = static_cast<int64_t>(begin) * c.vectors; block < static_cast<int64_t>(end) * c.vectors; block++) {
          const int lane = static_cast<int>(block % c.vectors) * LANES;
          Vector v{};
          for (int t = 0; t < c.steps; t++) {
            h[t] = charged(*neuron, v, current_of(c, image, t, c_out, block * LANES, lane));
            v = after_reset(*neuron, h[t], at_least(h[t], neuron->threshold));
          }
          Vector grad_v{}, over_time{};
          for (int t = c.steps - 1; t >= 0; t--) {
            float *at = grad + ((image * c.steps + t) * c.pixels * c.vectors + block) * LANES;
            Vector g = slope(*neuron, h[t] - neuron->threshold) * (load(at) + extra[t]);
            const uint16_t fired = at_least(h[t], neuron->threshold);
            g += neuron->soft ? grad_v : where(static_cast<uint16_t>(~fired), grad_v);
            Vector g_x = g;
            if (leaky) {
              const Vector before = t == 0 ? Vector{} : after_reset(*neuron, h[t - 1], at_least(h[t - 1], neuron->threshold));
              decay_sum += g * (h[t] - before);
              g_x = g * neuron->decay;
              grad_v = g * (1.0f - neuron->decay);
            } else {
              grad_v = g;
            }
            over_time += g_x;
            if (once && t > 0) continue;
            const Vector kept = once ? over_time : g_x;
            store(at, kept);
            float *mine = &row[static_cast<size_t>(t) * 3 * c_out + lane];
            store(mine, load(mine) + kept);
            for (int k = 0; k < 2; k++) {
              const Part *part = parts[k];
              if (!part || !part->mean) continue;
              const int frame = part->frames == 1 ? 0 : t;
              const Vector x = load(part->x + (image * part->frames + frame) * c.pixels * c_out + block * LANES);
              const Vector hat = (x - load(part->mean + t * c_out + lane)) * load(part->deviation + t * c_out + lane);
              float *other = mine + (k + 1) * c_out;
              store(other, load(other) + kept * hat);
            }
          }
        }
        for (size_t i = 0; i < row.size(); i++) totals[i] += row[i];
        for (int k = 0; k < LANES; k++) decay_total += decay_sum[k];
      }
      decays[image] = decay_total;
    }
  }
}

// Gradient of a convolution's output, on a map with a border of zeros: a*g + b*x + d, the backward pass of batch norm.
struct Returned {
  const float *grad, *x, *a, *b, *d;  // grad and x [N, T, height, width, c_out]; a, b, d [T, c_out], null: grad itself
  int32_t steps, height, width, vectors;
};

struct Border {
  int up, left, rows, columns;
};

static Border border_of(const Term &term, int out_height, int out_width) {
  const auto [low_y, high_y] = std::minmax_element(term.dy, term.dy + term.taps);
  const auto [low_x, high_x] = std::minmax_element(term.dx, term.dx + term.taps);
  const int up = std::max(0, +*high_y), left = std::max(0, +*high_x);
  const int bottom = std::max(term.height - *low_y, (out_height - 1) * term.stride + 1);
  const int right = std::max(term.width - *low_x, (out_width - 1) * term.stride + 1);
  return {up, left, up + bottom, left + right};
}

static void fill_returned(const Returned &r, const Term &term, const Border &border, int64_t image, int t, float *to) {
  const int c_out = r.vectors * LANES;
  const int64_t frame = static_cast<int64_t>(r.height) * r.width * c_out, from = (image * r.steps + t) * frame;
  for (int y = 0; y < r.height; y++)
    for (int x = 0; x < r.width; x++) {
      const int64_t at = from + (static_cast<int64_t>(y) * r.width + x) * c_out;
      float *out = to + ((y * term.stride + border.up) * static_cast<int64_t>(border.columns) + x * term.stride + border.left) * c_out;
      for (int lane = 0; lane < c_out; lane += LANES) {
        Vector g = load(r.grad + at + lane);
        if (r.a)
          g = load(r.a + t * c_out + lane) * g + load(r.b + t * c_out + lane) * load(r.x + at + lane) +
              load(r.d + t * c_out + lane);
        store(out + lane, g);
      }
    }
}

// For each input channel, the places of its spikes in one frame, as floats' distances on the bordered map.
struct Places {
  std::vector<int32_t> list;
  std::vector<int32_t> count;
  int capacity;

  Places(const Term &term) : list(static_cast<size_t>(term.groups) * LANES * term.height * term.width),
                             count(term.groups * LANES), capacity(term.height * term.width) {}

  void find(const Term &term, const Border &border, int64_t frame, int c_out) {
    std::fill(count.begin(), count.end(), 0);
    const uint16_t *bits = term.bits + frame * capacity * term.groups;
    for (int y = 0; y < term.height; y++)
      for (int x = 0; x < term.width; x++) {
        const int32_t place = ((y + border.up) * border.columns + x + border.left) * c_out;
        for (int g = 0; g < term.groups; g++)
          for (uint32_t mask = *bits++; mask; mask &= mask - 1) {
            const int channel = g * LANES + __builtin_ctz(mask);
            list[static_cast<size_t>(channel) * capacity + count[channel]++] = place;
          }
      }
  }
};

// Adds to K taps' weights of one input channel the gradients at its spikes. `weights` are `stride` floats apart.
template <int K>
static inline void gather(const float *map, const int32_t *places, int count, const int *offsets, float *weights,
                          int64_t stride) {
  Vector sums[K];
#pragma GCC unroll 32
  for (int k = 0; k < K; k++) sums[k] = load(weights + k * stride);
  for (int i = 0; i < count; i++) {
    const float *at = map + places[i];
#pragma GCC unroll 32
    for (int k = 0; k < K; k++) sums[k] += load(at - offsets[k]);
  }
#pragma GCC unroll 32
  for (int k = 0; k < K; k++) store(weights + k * stride, sums[k]);
}

static void weight_gradient(const Term &term, const Places &places, const float *map, const int *offsets, int c_out,
                            float *weights) {
  const int channels = term.groups * LANES;
  const int64_t tap = static_cast<int64_t>(channels) * c_out;
  for (int lane = 0; lane < c_out; lane += LANES)
    for (int channel = 0; channel < channels; channel++) {
      const int count = places.count[channel];
      if (!count) continue;
      const int32_t *list = &places.list[static_cast<size_t>(channel) * places.capacity];
      float *at = weights + static_cast<int64_t>(channel) * c_out + lane;
      for (int k = 0; k < term.taps;) {
        const int left = term.taps - k;
        const float *shifted = map + lane;
        if (left >= 25) gather<25>(shifted, list, count, offsets + k, at + k * tap, tap), k += 25;
        else if (left >= 9) gather<9>(shifted, list, count, offsets + k, at + k * tap, tap), k += 9;
        else gather<1>(shifted, list, count, offsets + k, at + k * tap, tap), k += 1;
      }
    }
}

// The input's gradient for P neighbouring pixels and V vectors of input channels.
template <int V, int P>
static inline void spread_tile(const Term &term, const float *map, const int *offsets, int c_out, int c_in,
                               const float *weights, float *to, bool add) {
  Vector sums[P][V] = {};
  for (int tap = 0; tap < term.taps; tap++) {
    const float *at = map - offsets[tap], *w = weights + static_cast<int64_t>(tap) * c_out * c_in;
    for (int k = 0; k < c_out; k++, w += c_in) {
      Vector row[V];
#pragma GCC unroll 4
      for (int v = 0; v < V; v++) row[v] = load(w + v * LANES);
#pragma GCC unroll 16
      for (int p = 0; p < P; p++)
#pragma GCC unroll 4
        for (int v = 0; v < V; v++) sums[p][v] += at[static_cast<int64_t>(p) * c_out + k] * row[v];
    }
  }
  for (int p = 0; p < P; p++)
    for (int v = 0; v < V; v++) {
      float *place = to + static_cast<int64_t>(p) * c_in + v * LANES;
      store(place, add ? load(place) + sums[p][v] : sums[p][v]);
    }
}

template <int V>
static void spread_rows(const Term &term, const Border &border, const float *map, const int *offsets, int c_out,
                        int c_in, const float *weights, float *to, bool add) {
  for (int y = 0; y < term.height; y++) {
    const float *row = map + ((y + border.up) * static_cast<int64_t>(border.columns) + border.left) * c_out;
    float *out = to + static_cast<int64_t>(y) * term.width * c_in;
    int x = 0;
    if (V == 1)
      for (; x + 16 <= term.width; x += 16)
        spread_tile<V, 16>(term, row + x * c_out, offsets, c_out, c_in, weights, out + x * c_in, add);
    for (; x + 8 <= term.width; x += 8)
      spread_tile<V, 8>(term, row + x * c_out, offsets, c_out, c_in, weights, out + x * c_in, add);
    for (; x + 4 <= term.width; x += 4)
      spread_tile<V, 4>(term, row + x * c_out, offsets, c_out, c_in, weights, out + x * c_in, add);
    for (; x < term.width; x++)
      spread_tile<V, 1>(term, row + x * c_out, offsets, c_out, c_in, weights, out + x * c_in, add);
  }
}

// The gradients of one convolution: of its weights into `slabs` parts [taps, c_in, c_out], each of a fixed range of
// images; of its input, where `out` is given, written or added.
extern "C" void convolve_backward(const Term *term, const Returned *returned, int64_t images, int32_t slabs,
                                  float *weights, float *out, int32_t add, int32_t threads) {
  const int c_out = returned->vectors * LANES, c_in = term->groups * LANES, steps = returned->steps;
  const Border border = border_of(*term, returned->height, returned->width);
  std::vector<int> offsets;
  for (int i = 0; i < term->taps; i++) offsets.push_back((term->dy[i] * border.columns + term->dx[i]) * c_out);
  const int64_t size = static_cast<int64_t>(term->taps) * c_in * c_out;
  const int64_t frame = static_cast<int64_t>(term->height) * term->width * c_in;
#pragma omp parallel num_threads(threads)
  {
    const size_t cells = static_cast<size_t>(border.rows) * border.columns * c_out;
    float *map = static_cast<float *>(aligned_alloc(64, (cells * sizeof(float) + 63) / 64 * 64));
    std::fill(map, map + cells, 0.0f);
    Places places(*term);
#pragma omp for schedule(dynamic)
    for (int slab = 0; slab < slabs; slab++) {
      float *mine = weights + slab * size;
      std::fill(mine, mine + size, 0.0f);
      for (int64_t image = images * slab / slabs; image < images * (slab + 1) / slabs; image++)
        for (int t = 0; t < steps; t++) {
          fill_returned(*returned, *term, border, image, t, map);
          places.find(*term, border, image * steps + t, c_out);
          weight_gradient(*term, places, map, offsets.data(), c_out, mine);
          if (!out) continue;
          float *to = out + (image * steps + t) * frame;
          for (int from = 0; from < term->groups;) {
            const int v = term->groups - from >= 2 ? 2 : 1;
            const float *w = term->weights + from * LANES;
            if (v == 2) spread_rows<2>(*term, border, map, offsets.data(), c_out, c_in, w, to + from * LANES, add);
            else spread_rows<1>(*term, border, map, offsets.data(), c_out, c_in, w, to + from * LANES, add);
            from += v;
          }
        }
    }
    free(map);
  }
}

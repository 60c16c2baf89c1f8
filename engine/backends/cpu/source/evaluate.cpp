// Evaluation: convolution by table with batch norm folded in, and the neurons behind it, without a float in memory.
#include "tables.h"

struct Layer {
  const Term *first, *second;    // the second may be null
  const uint16_t *shortcut;      // spikes added to the current, or null
  const float *bias;             // [vectors*16]
  int32_t steps, height, width, vectors;
  Neuron neuron;
  uint16_t *out;                 // [N, T, height, width, vectors]
  int32_t *counts;               // [N, T]
};

template <int V, int P>
static inline void tile(const Layer &layer, const Padded &first, const Padded *second, const float *table,
                        const float *second_table, int64_t image, int y, int x, int from, int32_t *counts) {
  Vector v[P][V] = {};
  for (int t = 0; t < layer.steps; t++) {
    Vector sums[P][V];
    for (int p = 0; p < P; p++)
      for (int i = 0; i < V; i++) sums[p][i] = load(layer.bias + (from + i) * LANES);
    const Term &one = *layer.first;
    look_up<V, P>(sums, first.at(one, t, y, x), first.offsets.data(), one.taps, one.groups, first.step, table);
    if (second) {
      const Term &two = *layer.second;
      look_up<V, P>(sums, second->at(two, t, y, x), second->offsets.data(), two.taps, two.groups, second->step,
                    second_table);
    }
    const int64_t at = (((image * layer.steps + t) * layer.height + y) * layer.width + x) * layer.vectors + from;
    for (int p = 0; p < P; p++)
      for (int i = 0; i < V; i++) {
        const int64_t place = at + p * layer.vectors + i;
        if (layer.shortcut) sums[p][i] += where(layer.shortcut[place], all(1.0f));
        const Vector h = charged(layer.neuron, v[p][i], sums[p][i]);
        const uint16_t fired = at_least(h, layer.neuron.threshold);
        v[p][i] = after_reset(layer.neuron, h, fired);
        layer.out[place] = fired;
        counts[t] += __builtin_popcount(fired);
      }
  }
}

template <int V, int P>
static void columns(const Layer &layer, const Padded &first, const Padded *second, const float *table,
                    const float *second_table, int64_t image, int from, int32_t *counts) {
  for (int y = 0; y < layer.height; y++) {
    int x = 0;
    for (; x + P <= layer.width; x += P)
      tile<V, P>(layer, first, second, table, second_table, image, y, x, from, counts);
    for (; x < layer.width; x++)
      tile<V, 1>(layer, first, second, table, second_table, image, y, x, from, counts);
  }
}

extern "C" void evaluate_layer(const Layer *layer, int64_t images, int32_t threads) {
#pragma omp parallel num_threads(threads)
  {
    Padded first(*layer->first, layer->steps, layer->height, layer->width);
    std::vector<Padded> second;
    if (layer->second) second.emplace_back(*layer->second, layer->steps, layer->height, layer->width);
    const Padded *other = second.empty() ? nullptr : &second[0];
#pragma omp for schedule(dynamic)
    for (int64_t image = 0; image < images; image++) {
      first.fill(*layer->first, image, layer->steps);
      if (layer->second) second[0].fill(*layer->second, image, layer->steps);
      int32_t *counts = layer->counts + image * layer->steps;
      std::fill(counts, counts + layer->steps, 0);
      const float *table = layer->first->weights, *more = layer->second ? layer->second->weights : nullptr;
      for (int from = 0; from < layer->vectors;) {
        const int v = chunk(layer->vectors - from);
        if (v == 2 && layer->width >= 8) columns<2, 8>(*layer, first, other, table, more, image, from, counts);
        else if (v == 2) columns<2, 4>(*layer, first, other, table, more, image, from, counts);
        else if (layer->width >= 8) columns<1, 8>(*layer, first, other, table, more, image, from, counts);
        else columns<1, 4>(*layer, first, other, table, more, image, from, counts);
        table += table_size(layer->first->taps, layer->first->groups, v);
        if (more) more += table_size(layer->second->taps, layer->second->groups, v);
        from += v;
      }
    }
  }
}

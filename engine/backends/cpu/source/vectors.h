// Sixteen channels at a time: vectors, spike masks, and the arithmetic of a neuron.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the lowest bits of a mask are read first");

constexpr int LANES = 16;
typedef float Vector __attribute__((vector_size(64), may_alias));
typedef float Unaligned __attribute__((vector_size(64), may_alias, aligned(4)));
typedef int32_t Whole __attribute__((vector_size(64), may_alias));

static inline Vector all(float value) { return Vector{} + value; }

static inline Vector load(const float *at) { return *reinterpret_cast<const Unaligned *>(at); }

static inline void store(float *at, Vector value) { *reinterpret_cast<Unaligned *>(at) = value; }

// One bit a lane: is h at or above the threshold?
static inline uint16_t at_least(Vector h, float threshold) {
#if defined(__AVX512F__)
  return static_cast<uint16_t>(_mm512_cmp_ps_mask((__m512)h, _mm512_set1_ps(threshold), _CMP_GE_OQ));
#else
  uint16_t mask = 0;
  for (int i = 0; i < LANES; i++) mask |= static_cast<uint16_t>((h[i] >= threshold) << i);
  return mask;
#endif
}

// `value` where the mask's bit is set, 0 elsewhere.
static inline Vector where(uint16_t mask, Vector value) {
#if defined(__AVX512F__)
  return (Vector)_mm512_maskz_mov_ps(mask, (__m512)value);
#else
  Vector out{};
  for (int i = 0; i < LANES; i++) out[i] = (mask >> i & 1) ? value[i] : 0.0f;
  return out;
#endif
}

// e^x to about 1e-7, for x between -87 and 87; outside, the value at the bound.
static inline Vector exponential(Vector x) {
  Vector bounded;
  for (int i = 0; i < LANES; i++) bounded[i] = x[i] < -87.0f ? -87.0f : (x[i] > 87.0f ? 87.0f : x[i]);
  const Vector scaled = bounded * 1.44269504088896341f;
  Whole n;
  for (int i = 0; i < LANES; i++) n[i] = static_cast<int32_t>(std::nearbyint(scaled[i]));
  const Vector whole = __builtin_convertvector(n, Vector);
  const Vector r = (bounded - whole * 0.693359375f) + whole * 2.12194440e-4f;
  Vector p = all(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const Whole power = (n + 127) << 23;
  Vector two_to_n;
  std::memcpy(&two_to_n, &power, sizeof two_to_n);
  return p * two_to_n;
}

enum Surrogate : int32_t { ATAN = 0, SIGMOID = 1, ERF = 2, TRIANGLE = 3 };

// What a layer of neurons is. `decay` is a of H = V + a(X - V); a negative one means integrate-and-fire.
struct Neuron {
  float decay, threshold, alpha;
  int32_t soft, surrogate;
};

// H from the potential V left behind and the current X.
static inline Vector charged(const Neuron &neuron, Vector v, Vector x) {
  return neuron.decay < 0 ? v + x : v + neuron.decay * (x - v);
}

// V after the spikes `fired` of H.
static inline Vector after_reset(const Neuron &neuron, Vector h, uint16_t fired) {
  return neuron.soft ? h - where(fired, all(neuron.threshold)) : where(static_cast<uint16_t>(~fired), h);
}

// dS/dH at the distance x = H - threshold; as engine.model.neurons.surrogate_gradient.
static inline Vector slope(const Neuron &neuron, Vector x) {
  const float a = neuron.alpha;
  if (neuron.surrogate == ATAN) {
    const Vector u = static_cast<float>(M_PI / 2) * a * x;
    return (a / 2) / (1.0f + u * u);
  }
  if (neuron.surrogate == ERF) return (a / std::sqrt(static_cast<float>(M_PI))) * exponential(-(a * x) * (a * x));
  if (neuron.surrogate == TRIANGLE) {
    Vector out;
    for (int i = 0; i < LANES; i++) out[i] = std::fmax(0.0f, a - a * a * std::fabs(x[i]));
    return out;
  }
  const Vector s = 1.0f / (1.0f + exponential(-a * x));
  return a * s * (1.0f - s);
}

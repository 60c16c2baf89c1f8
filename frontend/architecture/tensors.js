// Reads safetensors, and spikes packed eight to a byte, first neuron in the highest bit.

/** @typedef {{shape: number[], values: Float32Array | Uint8Array | Int32Array | Float64Array}} Tensor */

/** @type {Record<string, (bytes: ArrayBuffer) => Tensor["values"]>} */
const READ = {
  F32: (bytes) => new Float32Array(bytes),
  U8: (bytes) => new Uint8Array(bytes),
  I32: (bytes) => new Int32Array(bytes),
  I64: (bytes) => Float64Array.from(new BigInt64Array(bytes), Number),
};

/** @param {ArrayBuffer} file @returns {Map<string, Tensor>} */
export function readTensors(file) {
  const length = Number(new DataView(file).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, length)));
  const found = new Map();
  delete header.__metadata__;
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(header)) {
    found.set(name, { shape, values: READ[dtype](file.slice(8 + length + from, 8 + length + to)) });
  }
  return found;
}

/** The spikes of one neuron layer on a sample: which of `neurons` fired at each of `steps`. */
export class Bits {
  /** @param {Tensor} packed [T, ⌈neurons / 8⌉] @param {number[]} shape channels, height, width */
  constructor(packed, shape) {
    this.bytes = packed.values;
    this.steps = packed.shape[0];
    this.stride = packed.shape[1];
    this.shape = shape;
    this.neurons = shape[0] * shape[1] * shape[2];
  }

  /** @param {number} step @param {number} neuron */
  fired(step, neuron) {
    return (this.bytes[step * this.stride + (neuron >> 3)] >> (7 - (neuron & 7))) & 1;
  }

  /** How often each neuron fired over all steps. */
  counts() {
    const found = new Uint16Array(this.neurons);
    for (let t = 0; t < this.steps; t++) for (let n = 0; n < this.neurons; n++) found[n] += this.fired(t, n);
    return found;
  }
}

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** Copies numbers into a larger array of their kind, and returns that one. */
export function grown<Larger extends Numbers>(from: Larger, larger: Larger): Larger {
  larger.set(from);
  return larger;
}

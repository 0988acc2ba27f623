/** Marks iterated bodies whose bytes are all in memory. They are iterated so that the sender can report progress. */
const marked: WeakSet<object> = new WeakSet();

/** Marks a body. A transport may collect its chunks without a size limit. */
export function markInMemory<Body extends AsyncIterable<Uint8Array>>(body: Body): Body {
  marked.add(body);
  return body;
}

export function isInMemory(body: object): boolean {
  return marked.has(body);
}

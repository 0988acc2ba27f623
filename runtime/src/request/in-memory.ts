/** Bodies that are iterated although all of their bytes are available: chunks let their sender report progress. */
const marked: WeakSet<object> = new WeakSet();

/** Marks a body whose bytes may be collected whatever their number. */
export function markInMemory<Body extends AsyncIterable<Uint8Array>>(body: Body): Body {
  marked.add(body);
  return body;
}

export function isInMemory(body: object): boolean {
  return marked.has(body);
}

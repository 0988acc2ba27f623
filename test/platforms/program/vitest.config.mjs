// Vitest of its own: it looks for tests where this file is.
export default { test: { include: ["tested.js"], root: import.meta.dirname } };

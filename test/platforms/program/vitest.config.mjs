// A separate Vitest project, with the tests next to this file.
export default { test: { include: ["tested.js"], root: import.meta.dirname } };

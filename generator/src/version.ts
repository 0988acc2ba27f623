/** The version of this package, as shown in generated files. A test compares it with package.json. */
export const VERSION = "0.1.0";

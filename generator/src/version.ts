/** The version of this package, as generated files name it. A test holds it equal to package.json. */
export const VERSION = "0.1.0";

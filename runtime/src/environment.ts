/** A variable of the environment, where the platform has one; an empty one counts as absent. */
export function environment(name: string): string | undefined {
  // Workers have no `process`, and a bundler's stand-in for it may be empty.
  const { process } = globalThis as {
    readonly process?: { readonly env?: { readonly [name: string]: string | undefined } };
  };
  const value = process?.env?.[name];
  return value === "" ? undefined : value;
}

/**
 * Partial responses: the type of a response that a literal `fields` parameter narrows.
 *
 * Accepts the forms that Google documents: names separated by commas, `a/b` or `a.b` for a nested field, `a(b,c)` for
 * several, `*` for all, camel or snake case, spaces anywhere. Source:
 * https://developers.google.com/workspace/drive/api/guides/fields-parameter. A call without `fields` does not
 * instantiate these types. A string that is not a literal does not change the type.
 */

/** The parameters of a call. With a literal `fields`, an unknown field is a compile error that names the field. */
export type Selecting<Params, Response, Fields> = [Fields] extends [undefined]
  ? Params
  : Params & { readonly fields?: Fields extends string ? CheckedFields<Response, Fields> : Fields };

type CheckedFields<Response, Fields extends string> = string extends Fields
  ? Fields
  : [UnknownField<Response, Paths<Fields>>] extends [never]
    ? Fields
    : `unknown field: ${UnknownField<Response, Paths<Fields>>}`;

/** The response with the selected fields. */
export type Selected<Response, Fields> = Fields extends string
  ? string extends Fields
    ? Response
    : Select<Response, WithCamelCase<Paths<Fields>>>
  : Response;

/** An item of a page with the selected fields. `never` if the selection does not include items. */
export type SelectedItem<Page, Item, Fields, Items extends string> = [Fields] extends [undefined]
  ? Item
  : ElementOf<MemberOf<Selected<Page, Fields>, Items>>;

type MemberOf<Value, Name extends string> = Name extends keyof Value ? NonNullable<Value[Name]> : never;

type ElementOf<List> = [List] extends [never]
  ? never
  : List extends readonly (infer Item)[]
    ? Item
    : List extends { readonly [key: string]: infer Item }
      ? Item
      : never;

/** The union of all paths of a selection: `a(b,c.d),e` → `a/b` | `a/c/d` | `e`. */
type Paths<Fields extends string> = Scan<Fields, "", [], never>;

/** Reads one character at a time. In tail position, so long selections do not exceed the compiler's recursion limit. */
type Scan<
  Rest extends string,
  Path extends string,
  Open extends readonly string[],
  Found extends string,
> = Rest extends `${infer Character}${infer Next}`
  ? Character extends ","
    ? Scan<Next, Last<Open>, Open, Found | Ended<Path>>
    : Character extends "("
      ? Scan<Next, `${Path}/`, [...Open, `${Path}/`], Found>
      : Character extends ")"
        ? Scan<Next, "", Outer<Open>, Found | Ended<Path>>
        : Character extends " " | "\n" | "\t"
          ? Scan<Next, Path, Open, Found>
          : Character extends "."
            ? Scan<Next, `${Path}/`, Open, Found>
            : Scan<Next, `${Path}${Character}`, Open, Found>
  : Found | Ended<Path>;

type Last<Open extends readonly string[]> = Open extends readonly [...string[], infer Prefix extends string]
  ? Prefix
  : "";

type Outer<Open extends readonly string[]> = Open extends readonly [...infer Rest extends string[], string] ? Rest : [];

/** The path that ends here, if any. No path ends between `)` and the next comma. */
type Ended<Path extends string> = Path extends "" ? never : Path;

/** Google accepts `next_page_token` for `nextPageToken`. Includes both, because a name may contain an underscore. */
type WithCamelCase<Path extends string> = Path extends `${string}_${string}` ? CamelCase<Path> | Path : Path;

type CamelCase<Name extends string> = Name extends `${infer Start}_${infer Rest}`
  ? `${Start}${Capitalize<CamelCase<Rest>>}`
  : Name;

/** The property that a name of the selection refers to. */
type KeyOf<Value, Name extends string> = Name extends keyof Value
  ? Name
  : CamelCase<Name> extends keyof Value
    ? CamelCase<Name>
    : never;

type Head<Path extends string> = Path extends `${infer Name}/${string}` ? Name : Path;

type Tail<Path extends string, Name extends string> = Path extends `${Name}/${infer Rest}` ? Rest : never;

/** The paths that end at this name and select it with all its fields. */
type Ending<Path extends string, Name extends string> = Path extends Name | "*" ? Path : never;

// An open enum contains `string & {}`, which is an object for the compiler.
type Select<Value, Path extends string> = unknown extends Value
  ? Value
  : Value extends string
    ? Value
    : Value extends readonly (infer Item)[]
      ? Select<Item, Path>[]
      : Value extends object
        ? string extends keyof Value
          ? Value
          : "*" extends Path
            ? Value
            : {
                [
                  Key in keyof Value as Key extends Head<Path> ? Key : "*" extends Head<Path> ? Key : never
                ]: Key extends string
                  ? [Ending<Path, Key>] extends [never]
                    ? Select<Value[Key], Tail<Path, Key> | Tail<Path, "*">>
                    : Value[Key]
                  : never;
              }
        : Value;

/** The first part of a path that is not a field, preceded by its parents. */
type UnknownField<Value, Path extends string, Before extends string = ""> = Path extends string
  ? unknown extends Value
    ? never
    : Value extends string
      ? never
      : Value extends readonly (infer Item)[]
        ? UnknownField<Item, Path, Before>
        : Value extends object
          ? string extends keyof Value
            ? never
            : Head<Path> extends "*"
              ? Path extends `*/${infer Rest}`
                ? UnknownOfAny<NonNullable<Value[keyof Value]>, Rest, `${Before}*/`>
                : never
              : [KeyOf<Value, Head<Path>>] extends [never]
                ? `${Before}${Head<Path>}`
                : Path extends `${infer Name}/${infer Rest}`
                  ? UnknownField<NonNullable<Value[KeyOf<Value, Name> & keyof Value]>, Rest, `${Before}${Name}/`>
                  : never
          : never
  : never;

/** Below `*` a field is unknown only if no property has it. */
type UnknownOfAny<Value, Path extends string, Before extends string> =
  true extends HasField<Value, Path> ? never : `${Before}${Head<Path>}`;

type HasField<Value, Path extends string> = unknown extends Value
  ? true
  : Value extends string | number | boolean
    ? false
    : Value extends readonly (infer Item)[]
      ? HasField<Item, Path>
      : [UnknownField<Value, Path>] extends [never]
        ? true
        : false;

/**
 * Partial responses: what a literal `fields` parameter leaves of an answer, worked out by the compiler.
 *
 * The syntax is that of https://developers.google.com/workspace/drive/api/guides/fields-parameter: names with commas
 * between, `a/b` for a field of a field, `a(b,c)` for several, `*` for all. None of this costs anything where `fields`
 * is not given, and a string that is no literal leaves the type whole.
 */
import type { ApiPromise } from "./response/api-promise.js";
import type { Paged } from "./response/paged.js";

/** Parameters of a call that takes the answer as it is. */
export type Whole<Params> = Params & { readonly fields?: undefined };

/** Parameters with a selection of fields; one that is not there is an error that names it. */
export type Selecting<Params, Answer, Fields extends string> = Params & {
  readonly fields?: Fields | undefined;
} & CheckedFields<UnknownField<Answer, string extends Fields ? never : Paths<Fields>>>;

/** A property that nobody can give: the compiler's complaint about it shows the field. */
type CheckedFields<Unknown extends string> = [Unknown] extends [never]
  ? unknown
  : { readonly "there is no field": Unknown };

/** What is left of an answer. */
export type Selected<Answer, Fields extends string> = string extends Fields ? Answer : Select<Answer, Paths<Fields>>;

/** What an ordinary method returns when only some fields are asked for. */
export type SelectedPromise<Answer, Fields extends string> = ApiPromise<Selected<Answer, Fields>>;

/** What a paged method returns when only some fields are asked for. */
export type SelectedPages<Page, Fields extends string, Items extends string> = Paged<
  Selected<Page, Fields>,
  SelectedItem<Page, Fields, Items>
>;

/** What is left of an item of a page; never when the selection leaves the items out. */
export type SelectedItem<Page, Fields extends string, Items extends string> = ElementOf<
  MemberOf<Selected<Page, Fields>, Items>
>;

type MemberOf<Value, Name extends string> = Name extends keyof Value ? NonNullable<Value[Name]> : never;

type ElementOf<List> = [List] extends [never]
  ? never
  : List extends readonly (infer Item)[]
    ? Item
    : List extends { readonly [key: string]: infer Item }
      ? Item
      : never;

/** The union of all paths of a selection: `a(b,c/d),e` → `a/b` | `a/c/d` | `e`. */
type Paths<Fields extends string> = Scan<Fields, "", [], never>;

/** Reads character by character, in tail position so that long selections do not exhaust the compiler. */
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
        : Character extends " "
          ? Scan<Next, Path, Open, Found>
          : Scan<Next, `${Path}${Character}`, Open, Found>
  : Found | Ended<Path>;

type Last<Open extends readonly string[]> = Open extends readonly [...string[], infer Prefix extends string]
  ? Prefix
  : "";

type Outer<Open extends readonly string[]> = Open extends readonly [...infer Rest extends string[], string] ? Rest : [];

/** Nothing stands between `)` and what follows it. */
type Ended<Path extends string> = Path extends "" ? never : Path;

type Head<Path extends string> = Path extends `${infer Name}/${string}` ? Name : Path;

type Tail<Path extends string, Name extends string> = Path extends `${Name}/${infer Rest}` ? Rest : never;

/** Paths that end at this name, and so take all of it. */
type Ending<Path extends string, Name extends string> = Path extends Name | "*" ? Path : never;

type Select<Value, Path extends string> = unknown extends Value
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

/** The first part of a path that names nothing, with what leads to it. */
type UnknownField<Value, Path extends string, Before extends string = ""> = Path extends string
  ? unknown extends Value
    ? never
    : Value extends readonly (infer Item)[]
      ? UnknownField<Item, Path, Before>
      : Value extends object
        ? string extends keyof Value
          ? never
          : Head<Path> extends "*"
            ? never
            : Head<Path> extends infer Name extends string & keyof Value
              ? Path extends `${Name}/${infer Rest}`
                ? UnknownField<NonNullable<Value[Name]>, Rest, `${Before}${Name}/`>
                : never
              : `${Before}${Head<Path>}`
        : never
  : never;

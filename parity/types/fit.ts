/** Whether Pi's types and ours fit each other, both ways. */

/**
 * A type whose classes are their public members: TypeScript takes two classes with private members for different ones
 * whatever they hold. Functions are opened too, and what holds functions that give streams.
 */
export type Open<T> = T extends abstract new (
  ...args: infer Parameters
) => infer Instance
  ? new (
      ...args: OpenFields<Parameters>
    ) => OpenFields<Instance>
  : T extends (...args: infer Parameters) => infer Result
    ? (...args: OpenFields<Parameters>) => Open<Result>
    : T extends Promise<infer Value>
      ? Promise<Open<Value>>
      : T extends (infer Item)[]
        ? Open<Item>[]
        : Holding<T>;

type OpenFields<T> = { [Key in keyof T]: Open<T[Key]> };

type Holding<T> = T extends { push(event: never): void; result(): Promise<unknown> }
  ? { [Key in keyof T]: T[Key] }
  : Extract<keyof T, "stream" | "streamFn" | "streamBedrock"> extends never
    ? T
    : OpenFields<T>;

type Fits<Left, Right> = [Left] extends [Right] ? ([Right] extends [Left] ? true : false) : false;

/** The names of the pairs that do not fit. */
export type Misfits<Pairs> = {
  [Name in keyof Pairs]: Pairs[Name] extends [infer Pi, infer Ours]
    ? Fits<Open<Pi>, Open<Ours>> extends true
      ? never
      : Name
    : Name;
}[keyof Pairs];

/** The names of the values of Pi's module that ours lacks or that do not fit. */
export type ValueMisfits<Pi, Ours> = Misfits<{
  [Name in keyof Pi]: Name extends keyof Ours ? [Pi[Name], Ours[Name]] : "missing";
}>;

/** `true` if these names are just the expected ones, else what is wrong. */
export type Only<Expected, Names> = [Exclude<Names, Expected>, Exclude<Expected, Names>] extends [
  never,
  never,
]
  ? true
  : `${Exclude<Names, Expected> & string} does not fit` | `${Exclude<Expected, Names> & string} fits`;

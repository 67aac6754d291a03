import type { components, paths } from "./school-api.gen.js";

/** What the school's API takes and gives, by its name in the document. */
export type Schemas = components["schemas"];

/** The methods that there are. */
export type Method = "get" | "post" | "put" | "patch" | "delete";

/** The paths that have the method. */
export type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];

type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never;

/** What is left out may be said as `undefined` too. */
type Loose<T> = { [K in keyof T]: undefined extends T[K] ? T[K] | undefined : T[K] };

type PathPart<O> = O extends { parameters: { path: infer X extends object } } ? { readonly path: X } : { readonly path?: undefined };
type QueryPart<O> = O extends { parameters: { query: infer X extends object } }
  ? { readonly query: Loose<X> }
  : O extends { parameters: { query?: infer X } }
    ? { readonly query?: Loose<NonNullable<X>> | undefined }
    : { readonly query?: undefined };
type BodyPart<O> = O extends { requestBody: { content: { "application/json": infer X } } }
  ? { readonly body: X }
  : O extends { requestBody?: { content: { "application/json": infer X } } }
    ? { readonly body?: X | undefined }
    : { readonly body?: undefined };

/** How one request is to be made, beside what it says. */
export interface CallOptions {
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
  /** How long one try may take, milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** To be repeated although it is a `POST`: the server takes it twice without harm. */
  readonly idempotent?: boolean | undefined;
  /** What `fetch` takes beside, such as Next.js' `next`. */
  readonly init?: Omit<RequestInit, "method" | "body" | "signal" | "headers"> | undefined;
}

/** What a request to the path says: `path` and `query` parameters, the JSON `body`, and how it is made. */
export type Call<P extends keyof paths, M extends Method> = PathPart<Operation<P, M>> &
  QueryPart<Operation<P, M>> &
  BodyPart<Operation<P, M>> &
  CallOptions;

/** A call as the last argument, to be left out where nothing must be said. */
export type CallArguments<P extends keyof paths, M extends Method> =
  Partial<Call<P, M>> extends Call<P, M> ? [call?: Call<P, M>] : [call: Call<P, M>];

type Success = 200 | 201 | 202 | 204;
type AnswersOf<R> = {
  [S in keyof R & Success]: R[S] extends { content: { "application/json": infer B } } ? B : undefined;
}[keyof R & Success];

/** What the answer says; `undefined` when it says nothing. */
export type Answer<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: infer R } ? AnswersOf<R> : never;

/**
 * JSON Schemas of two OpenAPI documents, held against each other.
 */

/** The part of JSON Schema that the two documents use. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | ReadonlyArray<string>
  readonly format?: string
  readonly const?: unknown
  readonly enum?: ReadonlyArray<unknown>
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly oneOf?: ReadonlyArray<JsonSchema>
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly minimum?: number
  readonly maximum?: number
}

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: JsonSchema
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>

export interface Operation {
  readonly parameters?: ReadonlyArray<Parameter>
  readonly requestBody?: { readonly required?: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Content }>>
  readonly security?: ReadonlyArray<Readonly<Record<string, ReadonlyArray<string>>>>
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly responses?: Readonly<Record<string, { readonly content?: Content }>>
  }
}

/** A schema of one document. */
export interface Part {
  readonly document: Document
  readonly schema: JsonSchema
}

/** What a value may be: one JSON type with what is said about it. */
interface Alternative {
  readonly type: string
  readonly schema: JsonSchema
  /** The only values, where it is closed. */
  readonly values: ReadonlySet<unknown> | undefined
}

const all = <A>(f: (...numbers: ReadonlyArray<number>) => A) => (a: A | undefined, b: A | undefined) =>
  a === undefined ? b : b === undefined ? a : f(Number(a), Number(b))

const least = all(Math.min)
const most = all(Math.max)

/** Both at once: what `allOf` says, and what stands beside `$ref` and `oneOf`. */
const merge = (a: JsonSchema, b: JsonSchema): JsonSchema => {
  const pairs = {
    enum: a.enum === undefined ? b.enum : b.enum === undefined ? a.enum : a.enum.filter((v) => b.enum?.includes(v)),
    minLength: most(a.minLength, b.minLength),
    maxLength: least(a.maxLength, b.maxLength),
    minimum: most(a.minimum, b.minimum),
    maximum: least(a.maximum, b.maximum),
    properties: a.properties || b.properties ? { ...a.properties, ...b.properties } : undefined,
    required: a.required || b.required ? [...a.required ?? [], ...b.required ?? []] : undefined
  }
  return { ...a, ...b, ...Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== undefined)) }
}

const typeOf = (value: unknown) =>
  value === null ? "null" : Number.isInteger(value) ? "integer" : Array.isArray(value) ? "array" : typeof value

const guessType = (
  { properties, items, additionalProperties }: JsonSchema,
  values: ReadonlyArray<unknown> | undefined
) =>
  values?.[0] !== undefined
    ? typeOf(values[0])
    : properties !== undefined || typeof additionalProperties === "object"
    ? "object"
    : items === undefined
    ? "anything"
    : "array"

const alternativesOf = ({ document, schema }: Part): ReadonlyArray<Alternative> => {
  const { $ref, allOf, anyOf, oneOf, ...own } = schema
  if ($ref !== undefined) {
    const name = $ref.replace("#/components/schemas/", "")
    const target = document.components.schemas[name]
    if (target === undefined) throw new Error(`There is no ${$ref}`)
    return alternativesOf({ document, schema: target })
  }
  if (allOf !== undefined) {
    const parts = allOf.map((schema) => alternativesOf({ document, schema }))
    return parts.reduce(
      (products, alternatives) =>
        products.flatMap((a) =>
          alternatives.map((b) => ({
            type: a.type === "anything" ? b.type : a.type,
            schema: merge(a.schema, b.schema),
            values: a.values === undefined
              ? b.values
              : new Set(Array.from(a.values).filter((v) => b.values?.has(v) ?? true))
          }))
        ),
      alternativesOf({ document, schema: own })
    )
  }
  const union = anyOf ?? oneOf
  if (union !== undefined) {
    return union.flatMap((schema) =>
      alternativesOf({ document, schema: schema.$ref === undefined ? merge(own, schema) : schema })
    )
  }
  const values = "const" in own ? [own.const] : own.enum
  const types = (own.type === undefined ? [guessType(own, values)] : [own.type].flat())
    .map((type) => type === "number" && values?.every(Number.isInteger) ? "integer" : type)
  return types.map((type) => ({
    type,
    schema: own,
    values: values && new Set(values.filter((value) => holds(type, typeOf(value))))
  }))
}

interface Read extends Alternative {
  readonly known: ReadonlySet<unknown>
}

const seen = new WeakMap<Document, WeakMap<JsonSchema, ReadonlyArray<Read>>>()

/** The alternatives, one a type, read once: a schema is compared many times. */
const read = (part: Part): ReadonlyArray<Read> => {
  const ofDocument = seen.get(part.document) ?? new WeakMap<JsonSchema, ReadonlyArray<Read>>()
  const known = ofDocument.get(part.schema) ?? readAnew(part)
  seen.set(part.document, ofDocument.set(part.schema, known))
  return known
}

/** Strings with values of their own are one string. */
const readAnew = (part: Part): ReadonlyArray<Read> => {
  const read: Array<Read> = []
  for (const alternative of alternativesOf(part)) {
    const { type, values } = alternative
    const index = read.findIndex((other) => other.type === type && type !== "object")
    const other = read[index]
    const known = new Set([...other?.known ?? [], ...values ?? []])
    if (other === undefined) read.push({ ...alternative, known })
    else {
      const open = other.values === undefined ? other : values === undefined ? alternative : undefined
      read[index] = open === undefined
        ? { type, schema: {}, values: known, known }
        : { ...open, known }
    }
  }
  return read
}

/** `integer` is a `number`; anything else is only itself. */
const holds = (wide: string, narrow: string) =>
  wide === "anything" || wide === narrow || (wide === "number" && narrow === "integer")

const isId = ({ format, pattern }: JsonSchema) =>
  format === "snowflake" || pattern?.startsWith("^(?:0|[1-9][0-9]") === true

const bounds = {
  string: ["minLength", "maxLength"],
  array: ["minItems", "maxItems"],
  object: ["minProperties", "maxProperties"],
  integer: ["minimum", "maximum"],
  number: ["minimum", "maximum"]
} as const

const hasBounds = (type: string): type is keyof typeof bounds => Object.hasOwn(bounds, type)

/** JSON's numbers are exact to here, so as a bound it bounds nothing. */
const isBound = (bound: number | undefined): bound is number =>
  bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER

const boundIssues = (type: string, wide: JsonSchema, narrow: JsonSchema, path: string): ReadonlyArray<string> => {
  if (!hasBounds(type)) return []
  const [least, most] = bounds[type]
  return [
    ...(isBound(wide[least]) && !((narrow[least] ?? -Infinity) >= wide[least])
      ? [`${path}: ${least} is ${wide[least]}`]
      : []),
    ...(isBound(wide[most]) && !((narrow[most] ?? Infinity) <= wide[most]) ? [`${path}: ${most} is ${wide[most]}`] : [])
  ]
}

/** Whether an object may have any members at all. */
const isFree = ({ additionalProperties, properties }: JsonSchema) =>
  properties === undefined && additionalProperties === undefined

const objectIssues = (wide: Part, narrow: Part, path: string): ReadonlyArray<string> => {
  if (isFree(wide.schema)) return []
  const rest = wide.schema.additionalProperties
  const at = (schema: JsonSchema | undefined, name: string, other: JsonSchema) =>
    schema === undefined
      ? typeof rest === "object"
        ? acceptIssues({ ...wide, schema: rest }, { ...narrow, schema: other }, `${path}.${name}`)
        : [`${path}.${name}: not known`]
      : acceptIssues({ ...wide, schema }, { ...narrow, schema: other }, `${path}.${name}`)
  return [
    ...Object.entries(narrow.schema.properties ?? {}).flatMap(([name, other]) =>
      at(wide.schema.properties?.[name], name, other)
    ),
    ...(wide.schema.required ?? []).flatMap((name) =>
      narrow.schema.required?.includes(name) ? [] : [`${path}.${name}: may be absent`]
    ),
    ...(typeof narrow.schema.additionalProperties === "object"
      ? at(undefined, "*", narrow.schema.additionalProperties)
      : [])
  ]
}

/** The only values of an object's member `type`, which tells it from the other objects of a union. */
const tagsOf = (document: Document, { schema, type }: Alternative): ReadonlyArray<unknown> | undefined => {
  const tag = type === "object" ? schema.properties?.type : undefined
  const alternatives = tag === undefined ? [] : read({ document, schema: tag })
  return alternatives.length > 0 && alternatives.every(({ values }) => values !== undefined)
    ? alternatives.flatMap(({ values }) => Array.from(values ?? []))
    : undefined
}

/** One object for each of its tags. */
const oneEach = <A extends Alternative>(document: Document, one: A): ReadonlyArray<A> => {
  const tags = tagsOf(document, one) ?? []
  return tags.length < 2 ? [one] : tags.map((tag) => ({
    ...one,
    schema: { ...one.schema, properties: { ...one.schema.properties, type: { const: tag } } }
  }))
}

/** The objects of a union that may hold what has such a tag: those that name it, else those without, else the open. */
const tagged = <A extends Alternative>(
  { candidates, document }: { readonly candidates: ReadonlyArray<A>; readonly document: Document },
  tag: unknown
): ReadonlyArray<A> => {
  const withTags = candidates.map((candidate) => ({ candidate, tags: tagsOf(document, candidate) }))
  const found = [
    withTags.filter(({ tags }) => tags?.includes(tag)),
    withTags.filter(({ candidate }) => candidate.schema.properties?.type === undefined),
    withTags.filter(({ tags }) => tags === undefined)
  ].find((some) => some.length > 0)
  return (found ?? withTags).map(({ candidate }) => candidate)
}

/** What may hold `one` at all: of several objects, those of its `type`. */
const fitting = <A extends Alternative>(
  wide: Document,
  candidates: ReadonlyArray<A>,
  narrow: Document,
  one: Alternative
) => {
  const same = candidates.filter(({ type }) => holds(type, one.type))
  const tags = tagsOf(narrow, one)
  return same.length < 2 || tags?.length !== 1 ? same : tagged({ candidates: same, document: wide }, tags[0])
}

/**
 * Why `wide` does not accept every value that `narrow` allows. Members that `wide` does not name are an issue, so a
 * model that lost one is found.
 */
export const acceptIssues = (wide: Part, narrow: Part, path: string): ReadonlyArray<string> => {
  const candidates = read(wide)
  const several = candidates.filter(({ type }) => type === "object").length > 1
  const issues = read(narrow).flatMap((one) => several ? oneEach(narrow.document, one) : [one]).flatMap((one) => {
    const found = fitting(wide.document, candidates, narrow.document, one).map((candidate): ReadonlyArray<string> => {
      if (candidate.type === "anything") return []
      const values = candidate.values
      if (values !== undefined) {
        const others = one.values === undefined
          ? undefined
          : Array.from(one.values).filter((value) => !values.has(value))
        if (others === undefined) return [`${path}: not any ${one.type}, but one of ${Array.from(values).join(", ")}`]
        if (others.length > 0) return [`${path}: not ${others.join(", ")}`]
        return []
      }
      if (one.values !== undefined) return []
      const inside = { ...wide, schema: candidate.schema }
      const other = { ...narrow, schema: one.schema }
      return [
        ...boundIssues(one.type, candidate.schema, one.schema, path),
        ...(isId(candidate.schema) === isId(one.schema)
          ? []
          : [`${path}: ${isId(one.schema) ? "an id is not any string" : "not any string is an id"}`]),
        ...(one.type === "object" ? objectIssues(inside, other, path) : []),
        ...(one.type === "array" && candidate.schema.items !== undefined
          ? acceptIssues(
            { ...wide, schema: candidate.schema.items },
            { ...narrow, schema: one.schema.items ?? {} },
            `${path}[]`
          )
          : [])
      ]
    }).sort((a, b) => a.length - b.length)
    return found[0] ?? [`${path}: not ${one.type}`]
  })
  return Array.from(new Set(issues))
}

/** Values that `theirs` documents and our open enum of the same place does not name. */
export const unknownValues = (ours: Part, theirs: Part, path: string): ReadonlyArray<string> => {
  const mine = read(ours)
  const issues = read(theirs).flatMap((one) => oneEach(theirs.document, one)).flatMap((one) => {
    const [same] = fitting(ours.document, mine.filter(({ type }) => type === one.type), theirs.document, one)
    if (same === undefined) return []
    const inner = (a: JsonSchema | undefined, b: JsonSchema | undefined, path: string) =>
      a === undefined || b === undefined ? [] : unknownValues({ ...ours, schema: a }, { ...theirs, schema: b }, path)
    return [
      ...(same.known.size === 0 ? [] : Array.from(one.known).filter((value) => !same.known.has(value)))
        .map((value) => `${path}: ${String(value)}`),
      ...Object.entries(one.schema.properties ?? {}).flatMap(([name, schema]) =>
        inner(same.schema.properties?.[name], schema, `${path}.${name}`)
      ),
      ...inner(same.schema.items, one.schema.items, `${path}[]`)
    ]
  })
  return Array.from(new Set(issues))
}

/** The path of every member of a schema, however deep, through references. */
export const members = (part: Part): ReadonlyArray<string> => {
  const inside = (schema: JsonSchema | boolean | undefined, at: string) =>
    typeof schema === "object" ? members({ ...part, schema }).map((path) => `${at}${path}`) : []
  const paths = read(part).flatMap(({ schema }) => [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) => [`.${name}`, ...inside(member, `.${name}`)]),
    ...inside(schema.items, "[]"),
    ...inside(schema.additionalProperties, ".*")
  ])
  return Array.from(new Set(paths))
}

/** The schema without the alternatives that take what is not known yet: objects that may have any further members. */
export const withoutOpen = (schema: JsonSchema): JsonSchema => {
  const { additionalProperties, anyOf, items, properties } = schema
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, withoutOpen(member)]))
    }),
    ...(items && { items: withoutOpen(items) }),
    ...(typeof additionalProperties === "object" && { additionalProperties: withoutOpen(additionalProperties) }),
    ...(anyOf && {
      anyOf: anyOf.filter((one) => one.properties === undefined || one.additionalProperties !== undefined).map(
        withoutOpen
      )
    })
  }
}

/** The schema without each of its members in turn, however deep; it may hold no references. */
export const withoutEach = (schema: JsonSchema): ReadonlyArray<readonly [path: string, less: JsonSchema]> => {
  const inside = (schema: JsonSchema | boolean | undefined, wrap: (less: JsonSchema) => JsonSchema, at: string) =>
    typeof schema === "object" ? withoutEach(schema).map(([path, less]) => [`${at}${path}`, wrap(less)] as const) : []
  const list = (name: "allOf" | "anyOf" | "oneOf") =>
    (schema[name] ?? []).flatMap((part, index) =>
      inside(part, (less) => ({ ...schema, [name]: schema[name]?.with(index, less) }), "")
    )
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
      const { [name]: _, ...properties } = schema.properties ?? {}
      const required = schema.required?.filter((other) => other !== name) ?? []
      return [
        [`.${name}`, { ...schema, properties, required }] as const,
        ...inside(member, (less) => ({ ...schema, properties: { ...properties, [name]: less } }), `.${name}`)
      ]
    }),
    ...inside(schema.items, (items) => ({ ...schema, items }), "[]"),
    ...inside(schema.additionalProperties, (additionalProperties) => ({ ...schema, additionalProperties }), ".*"),
    ...list("allOf"),
    ...list("anyOf"),
    ...list("oneOf")
  ]
}
